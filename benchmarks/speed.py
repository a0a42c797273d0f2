"""How fast each engine runs the same network, against the plain way to write it, and what it costs.

    python benchmarks/speed.py --json benchmarks/results/speed.json

All run in one process, in turn, round after round, so that a noisy machine slows them alike: the ratios are the
result. The baseline is the network as a paper would have it: eager PyTorch, float32, NCHW, the norm as a chain of
elementwise operations. Peak memory is that of a process of its own. The error is against the baseline, on the
example frame, relative to the mean of its output. Weights are random: speed does not depend on them.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from numpy.typing import NDArray

import machine
import spnet
from spnet.classic import METHODS
from spnet.engines import ENGINES, Options
from spnet.errors import SpnetError
from spnet.model import SPNET, Config, SPNet, from_checkpoint
from spnet.weights import resolve

HEIGHT, WIDTH, THREADS = 480, 640, 2
NETWORKS = {"Tiny": SPNET["Tiny"], "32,64,128,256 x 2,2,4,2": Config((32, 64, 128, 256), (2, 2, 4, 2))}
ENGINE_RUNS = [
    ("openvino", "f32"),
    ("openvino", "bf16"),
    ("torch", "f32"),
    ("torch", "bf16"),
    ("onnxruntime", "f32"),
]
EXAMPLE = machine.ROOT / "examples" / "motorcycle"

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def textbook(path: Path) -> Run:
    """The network in eager float32 NCHW, with SP-Norm's formula written out."""
    network = from_checkpoint(path)

    def norm(x: torch.Tensor) -> torch.Tensor:
        std, mean = torch.std_mean(x, dim=1, keepdim=True)
        return (x - mean) / (std + 1e-6)

    def run(x: NDArray[np.float32]) -> NDArray[np.float32]:
        stacked = torch.from_numpy(x)
        with torch.inference_mode(), mock.patch("spnet.model.norms.standardise", norm):
            return network(stacked[:, :3], stacked[:, 3:4], stacked[:, 4:5]).numpy()

    return run


def example_input() -> NDArray[np.float32]:
    """The example frame at the benchmark's size, (1,5,480,640)."""
    frame = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
    stacked = np.empty((1, 5, HEIGHT, WIDTH), dtype=np.float32)
    stacked[0, :3] = frame.rgb[:HEIGHT, :WIDTH].transpose(2, 0, 1) / np.float32(255)
    stacked[0, 3] = frame.depth[:HEIGHT, :WIDTH] / 20
    stacked[0, 4] = frame.mask[:HEIGHT, :WIDTH]
    return stacked


def measure_network(path: Path, rounds: int) -> list[dict[str, object]]:
    """One row for each engine and precision that this machine can do."""
    torch.set_num_threads(THREADS)
    runs: dict[tuple[str, str], Run] = {("plain", "f32"): textbook(path)}
    refused: list[dict[str, object]] = []
    for engine, precision in ENGINE_RUNS:
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
                "peak_mib": peak_memory(path, *key),
            }
        )
    return rows + refused


def peak_memory(path: Path, engine: str, precision: str) -> int:
    """MiB at the peak of a process that loads the network and runs it twice; conversion was done before."""
    command = [sys.executable, __file__, "--memory-of", str(path), engine, precision]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def run_for_memory(path: Path, engine: str, precision: str) -> None:
    """Load, run twice, print the peak."""
    torch.set_num_threads(THREADS)
    options = Options(precision=precision, threads=THREADS)
    run = textbook(path) if engine == "plain" else ENGINES[engine](resolve(path), options)
    for _ in range(2):
        run(example_input())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def measure_methods(rounds: int) -> list[dict[str, object]]:
    """The non-learned methods on the example frame."""
    frame = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
    times: dict[str, list[float]] = {name: [] for name in METHODS}
    for _ in range(rounds):
        for name in METHODS:
            times[name].append(spnet.complete(frame, name).seconds)
    return [
        {"method": name, "milliseconds": round(1000 * statistics.median(values), 1)} for name, values in times.items()
    ]


def main() -> None:
    """Measure, print the table, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="file to write")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--memory-of", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        path, engine, precision = arguments.memory_of
        run_for_memory(Path(path), engine, precision)
        return
    result: dict[str, object] = {"machine": machine.describe(), "size": [HEIGHT, WIDTH], "threads": THREADS}
    result["networks"] = {}
    with tempfile.TemporaryDirectory() as folder:
        for index, (name, config) in enumerate(NETWORKS.items()):
            torch.manual_seed(0)
            path = Path(folder) / f"network{index}.pth"
            torch.save(SPNet(config).state_dict(), path)
            result["networks"][name] = measure_network(path, arguments.rounds)
            for row in result["networks"][name]:
                print(name, row)
    result["methods"] = measure_methods(arguments.rounds)
    print(result["methods"])
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
