"""How fast each engine runs the same network, against the plain way to write it, and what it costs.

    python benchmarks/speed.py --json benchmarks/results/speed.json

All run in one process, in turn, round after round, so that a noisy machine slows them alike: the ratios are the
result. The baseline is the network as a paper would have it: eager PyTorch, float32, NCHW, the norm as a chain of
elementwise operations. Peak memory is that of a process of its own. The error is against the baseline, on the
example frame, relative to the mean of its output. Weights are random: speed does not depend on them.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import machine
import spnet
from spnet.classic import METHODS
from spnet.engines import ENGINES, Options
from spnet.errors import SpnetError
from spnet.weights import resolve
from spnet.weights.files import SHIPPED
from spnet.weights.importing import import_checkpoint

HEIGHT, WIDTH, THREADS = 480, 640, 2
NETWORKS = {
    "Tiny": ((96, 192, 384, 768), (3, 3, 9, 3)),
    "32,64,128,256 x 2,2,4,2": ((32, 64, 128, 256), (2, 2, 4, 2)),
}
ENGINE_RUNS = [
    ("openvino", "f32"),
    ("openvino", "bf16"),
    ("torch", "f32"),
    ("torch", "bf16"),
    ("onnxruntime", "f32"),
]
EXAMPLE = machine.ROOT / "examples" / "motorcycle"

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def example_frame() -> spnet.Frame:
    """The example frame cut to the benchmark's size."""
    frame = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
    return spnet.Frame(frame.rgb[:HEIGHT, :WIDTH], frame.depth[:HEIGHT, :WIDTH])


def example_input() -> NDArray[np.float32]:
    """The same as networks get it, (1,5,480,640)."""
    frame = example_frame()
    stacked = np.empty((1, 5, HEIGHT, WIDTH), dtype=np.float32)
    stacked[0, :3] = frame.rgb.transpose(2, 0, 1) / np.float32(255)
    stacked[0, 3] = frame.depth / 20
    stacked[0, 4] = frame.mask
    return stacked


def measure_network(path: Path, rounds: int) -> list[dict[str, object]]:
    """One row for each engine and precision that this machine can do."""
    from textbook import textbook

    runs: dict[tuple[str, str], Run] = {("plain", "f32"): textbook(path, THREADS)}
    refused: list[dict[str, object]] = []
    for engine, precision in ENGINE_RUNS:
        if precision == "bf16" and not machine.has_bf16():  # PyTorch would emulate it, many times slower
            refused.append({"engine": engine, "precision": precision, "refused": "this processor has no bf16"})
            continue
        try:
            runs[engine, precision] = ENGINES[engine](resolve(path), Options(precision=precision, threads=THREADS))
        except SpnetError as error:
            refused.append({"engine": engine, "precision": precision, "refused": str(error)})
    x = example_input()
    outputs = {key: run(x) for key, run in runs.items()}  # warms up, too
    times: dict[tuple[str, str], list[float]] = {key: [] for key in runs}
    for _ in range(rounds):
        for key, run in runs.items():
            start = time.perf_counter()
            run(x)
            times[key].append(time.perf_counter() - start)
    plain = ("plain", "f32")
    rows = []
    for key in runs:
        ratios = [slow / fast for slow, fast in zip(times[plain], times[key], strict=True)]
        difference = np.abs(outputs[key] - outputs[plain])
        rows.append(
            {
                "engine": key[0],
                "precision": key[1],
                "milliseconds": round(1000 * statistics.median(times[key]), 1),
                "times_plain": round(statistics.median(ratios), 2),
                "mean_error": float(f"{difference.mean() / np.abs(outputs[plain]).mean():.2e}"),
                **in_a_fresh_process(path, *key),
            }
        )
    return rows + refused


def random_network(folder: Path, index: int, channels: tuple[int, ...], blocks: tuple[int, ...]) -> Path:
    """An untrained network as `spnet import` would have left it."""
    import torch

    from spnet.model import Config, SPNet

    torch.manual_seed(0)
    torch.save(SPNet(Config(channels, blocks)).state_dict(), folder / f"{index}.pth")
    import_checkpoint(folder / f"{index}.pth", folder / f"{index}.safetensors", max_depth=20)
    return folder / f"{index}.safetensors"


def matrix_product_gflops(side: int = 2048) -> float:
    """What the processor reaches in the plainest work there is; networks come near it, not past it."""
    import torch

    torch.set_num_threads(THREADS)
    a, b = torch.rand(side, side), torch.rand(side, side)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        torch.mm(a, b)
        times.append(time.perf_counter() - start)
    return round(2 * side**3 / min(times) / 1e9, 1)


def in_a_fresh_process(path: Path, engine: str, precision: str) -> dict[str, float]:
    """Seconds to load and MiB at the peak of a process that runs the network twice; it was converted before."""
    command = [sys.executable, __file__, "--alone", str(path), engine, precision]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def run_alone(path: Path, engine: str, precision: str) -> None:
    """Load, run twice, print the time to load and the peak of memory."""
    start = time.perf_counter()
    if engine == "plain":
        from textbook import textbook  # only here: PyTorch would count in the memory of the other engines

        run = textbook(path, THREADS)
    else:
        run = ENGINES[engine](resolve(path), Options(precision=precision, threads=THREADS))
    load_seconds = time.perf_counter() - start
    for _ in range(2):
        run(example_input())
    status = Path("/proc/self/status").read_text()  # getrusage would count the peak of the parent, too
    peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps({"load_seconds": round(load_seconds, 2), "peak_mib": peak}))


def measure_methods(rounds: int) -> list[dict[str, object]]:
    """The models of the package on the example frame, from its arrays to its depth; networks on OpenVINO."""
    frame = example_frame()
    precisions = ("f32", "bf16") if machine.has_bf16() else ("f32",)
    kinds = [(name, "f32") for name in METHODS] + [(name, precision) for name in SHIPPED for precision in precisions]
    models = {
        (name, precision): spnet.load(name, engine="openvino", options=Options(precision=precision, threads=THREADS))
        for name, precision in kinds
    }
    metres = {kind: model(frame).metres for kind, model in models.items()}  # warms up, too
    times: dict[tuple[str, str], list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, model in models.items():
            times[kind].append(model(frame).seconds)
    return [
        {
            "method": name,
            "precision": precision,
            "milliseconds": round(1000 * statistics.median(times[name, precision]), 1),
            "mean_error": float(f"{np.mean(np.abs(metres[name, precision] / metres[name, 'f32'] - 1)):.2e}"),
        }
        for name, precision in kinds
    ]


def main() -> None:
    """Measure, print the table, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="file to write")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--alone", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        path, engine, precision = arguments.alone
        run_alone(Path(path), engine, precision)
        return
    result: dict[str, object] = {"machine": machine.describe(), "size": [HEIGHT, WIDTH], "threads": THREADS}
    result["networks"] = {}
    with tempfile.TemporaryDirectory() as folder:
        for index, (name, (channels, blocks)) in enumerate(NETWORKS.items()):
            path = random_network(Path(folder), index, channels, blocks)
            result["networks"][name] = measure_network(path, arguments.rounds)
            for row in result["networks"][name]:
                print(name, row)
    result["matrix_product_gflops"] = matrix_product_gflops()
    result["methods"] = measure_methods(arguments.rounds)
    print(result["methods"])
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
