"""How many frames a second are rendered, and where the time goes.

    python benchmarks/synth.py --json benchmarks/results/synth.json

The rate is that of the command ``spnet synth render`` for the mix once it runs: the first quarter of the frames, while
workers load the bank and shaders are compiled at their first use, is told apart. The stages are measured in one process
with one thread, as the command's workers run.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

import machine
from spnet.synth import assets
from spnet.synth.assets.bankfile import load
from spnet.synth.folder import Recipe, render
from spnet.synth.layouts import KINDS, layout
from spnet.synth.photograph import draw_style, photograph
from spnet.synth.render import Renderer

SIZE = (320, 256)


def rate(bank: Path, frames: int) -> tuple[float, float]:
    """Frames a second into a folder after the first quarter of them, and the seconds until then."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        times = [
            time.perf_counter()
            for _ in render(Path(folder) / "frames", frames, Recipe(0, *SIZE, "mix", "jpg"), bank=bank)
        ]
    warm = frames // 4
    return (frames - 1 - warm) / (times[-1] - times[warm]), times[warm] - start


def stages(bank: Path, frames: int) -> dict[str, dict[str, float]]:
    """Median milliseconds of each stage, by kind."""
    os.environ["LP_NUM_THREADS"] = "1"
    opened = load(bank)
    renderer = Renderer(opened, *SIZE)
    result = {}
    for kind in KINDS:
        rows = []
        for index in range(frames):
            rng = np.random.default_rng([1, index])
            clock = [time.perf_counter()]
            scene = layout(kind)(rng, opened, *SIZE)
            clock.append(time.perf_counter())
            rendering = renderer.render(scene)
            clock.append(time.perf_counter())
            photograph(rendering.light, draw_style(rng), rng)
            clock.append(time.perf_counter())
            rows.append([*np.diff(clock) * 1e3, rendering.triangles])
        names = ("layout", "render", "photograph", "triangles")
        result[kind] = dict(zip(names, np.median(rows, axis=0).round(1).tolist(), strict=True))
    return result


def main() -> None:
    """Measure and write or print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bank", type=Path)
    parser.add_argument("--frames", type=int, default=480, help="of each rate (default: %(default)s)")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    bank = assets.find(options.bank)
    rates = [rate(bank, options.frames) for _ in range(3)]
    result = {
        "machine": machine.describe(),
        "processors": os.cpu_count(),
        "size": SIZE,
        "frames": options.frames,
        "frames_a_second": [round(value, 2) for value, _ in rates],
        "seconds_of_the_first_quarter": [round(seconds, 1) for _, seconds in rates],
        "milliseconds": stages(bank, options.frames),
    }
    machine.report(result, options.json)


if __name__ == "__main__":
    main()
