"""How far the non-learned methods are from the truth: on the example, and on NYU frames where they are at hand.

    python benchmarks/classic.py --frames ../shared/data/nyu_dev --json benchmarks/results/classic.json

Each frame's dense depth is thinned by a pattern seeded by the frame's name; a method sees what is left and the image.
RMSE in metres over the pixels with true depth, averaged over the frames. NYU frames have a white border, where
neither input is taken nor error counted: rows 45 to 471, columns 41 to 601 are used.
"""

import argparse
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import machine
import spnet
from spnet.classic import METHODS
from spnet.files.depth import read_depth
from spnet.files.images import read_image

EXAMPLE = machine.ROOT / "examples" / "motorcycle"
ROWS, COLUMNS = slice(45, 471), slice(41, 601)

Mask = NDArray[np.bool_]


def share(fraction: float) -> Callable[[tuple[int, int], np.random.Generator], Mask]:
    """A random share of the pixels."""
    return lambda shape, generator: generator.random(shape) < fraction


def count(number: int) -> Callable[[tuple[int, int], np.random.Generator], Mask]:
    """A number of random pixels."""

    def draw(shape: tuple[int, int], generator: np.random.Generator) -> Mask:
        mask = np.zeros(shape, dtype=bool)
        mask.flat[generator.choice(mask.size, number, replace=False)] = True
        return mask

    return draw


def rows(number: int) -> Callable[[tuple[int, int], np.random.Generator], Mask]:
    """Evenly spaced rows."""

    def draw(shape: tuple[int, int], _: np.random.Generator) -> Mask:
        mask = np.zeros(shape, dtype=bool)
        mask[np.linspace(0, shape[0] - 1, number + 2).round().astype(int)[1:-1]] = True
        return mask

    return draw


PATTERNS = {
    "10 %": share(0.1),
    "1 %": share(0.01),
    "0.1 %": share(0.001),
    "500 points": count(500),
    "16 rows": rows(16),
    "4 rows": rows(4),
}


def rmse(depth: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Root mean square error in metres where there is truth."""
    error = (depth.astype(np.float64) - truth)[truth > 0]
    return float(np.sqrt(np.mean(error**2)))


def measure_frames(folder: Path) -> dict[str, dict[str, float]]:
    """Mean RMSE by method and pattern over a folder of frames (rgb.jpg, depth.png in mm)."""
    errors: dict[str, dict[str, list[float]]] = {name: {pattern: [] for pattern in PATTERNS} for name in METHODS}
    for path in sorted(path.parent for path in folder.glob("*/depth.png")):
        image = read_image(path / "rgb.jpg")[ROWS, COLUMNS]
        truth = read_depth(path / "depth.png", "mm").metres[ROWS, COLUMNS]
        for pattern, draw in PATTERNS.items():
            generator = np.random.default_rng(zlib.crc32(f"{path.name} {pattern}".encode()))
            frame = spnet.Frame(image, np.where(draw(truth.shape, generator), truth, 0))
            for name in METHODS:
                errors[name][pattern].append(rmse(spnet.complete(frame, name).metres, truth))
    return {
        name: {pattern: round(float(np.mean(values)), 4) for pattern, values in by_pattern.items()}
        for name, by_pattern in errors.items()
    }


def measure_example() -> dict[str, float]:
    """RMSE of each method on the committed example."""
    frame = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
    truth = read_depth(EXAMPLE / "truth.png", "mm").metres
    return {name: round(rmse(spnet.complete(frame, name).metres, truth), 4) for name in METHODS}


def main() -> None:
    """Measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=Path, help="folder of NYU frames")
    parser.add_argument("--json", type=Path, help="file to write")
    arguments = parser.parse_args()
    result: dict[str, object] = {"machine": machine.describe(), "example_rmse": measure_example()}
    if arguments.frames:
        result["frames"] = len(list(arguments.frames.glob("*/depth.png")))
        result["rmse"] = measure_frames(arguments.frames)
    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
