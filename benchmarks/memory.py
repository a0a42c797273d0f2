"""How much memory a run takes: per pixel of input, and at the peak of a 12-megapixel frame.

    python benchmarks/memory.py --json benchmarks/results/memory.json

Every figure is of a process of its own, by the kernel's account of its peak. Weights are random.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import machine
import spnet
from speed import NETWORKS, random_network
from spnet.classic import METHODS
from spnet.engines import ENGINES, Options
from spnet.weights import resolve
from spnet.weights.files import read_config

SIDES = (512, 1024, 2048)
LARGE = (3000, 4000)
MORE_NETWORKS = {"Small": ((96, 192, 384, 768), (3, 3, 27, 3))}


def peak_mib() -> float:
    """MiB at the peak of this process so far."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def grow(path: Path, engine: str) -> list[float]:
    """Bytes per pixel and channel of the 1/4 scale at each of SIDES, in this process."""
    weights = resolve(path)
    run, channels = ENGINES[engine](weights, Options()), read_config(weights.metadata)["channels"][0]
    before = peak_mib()
    figures = []
    for side in SIDES:
        run(np.zeros((1, 5, side, side), dtype=np.float32))
        figures.append(round((peak_mib() - before) * 2**20 / side**2 / channels, 1))
    return figures


def large(model: str) -> dict[str, float]:
    """Peak and tiles of a 12-megapixel frame with 1 % of its pixels measured, in this process."""
    generator = np.random.default_rng(0)
    depth = generator.uniform(1, 9, LARGE).astype(np.float32) * (generator.random(LARGE, dtype=np.float32) < 0.01)
    frame = spnet.Frame(generator.integers(0, 256, (*LARGE, 3), dtype=np.uint8), depth)
    done = spnet.complete(frame, model)
    return {"peak_mib": round(peak_mib()), "tiles": done.tiles, "seconds": round(done.seconds, 1)}


def alone(*arguments: str) -> object:
    """What this script prints when it is run with these arguments."""
    command = [sys.executable, __file__, "--alone", *arguments]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="file to write")
    parser.add_argument("--alone", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        what, model, *engine = arguments.alone
        print(json.dumps(grow(Path(model), *engine) if what == "grow" else large(model)))
        return
    result: dict[str, object] = {"machine": machine.describe(), "sides": SIDES, "large": {}, "bytes": {}}
    with tempfile.TemporaryDirectory() as folder:
        for index, (name, shape) in enumerate((NETWORKS | MORE_NETWORKS).items()):
            path = str(random_network(Path(folder), index, *shape))
            spnet.load(path)  # converts it once
            result["large"][name] = alone("large", path)
            if name in NETWORKS:
                result["bytes"][name] = {engine: alone("grow", path, engine) for engine in ENGINES}
        for name in METHODS:
            result["large"][name] = alone("large", name)
    machine.report(result, arguments.json)


if __name__ == "__main__":
    main()
