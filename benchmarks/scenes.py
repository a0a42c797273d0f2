"""How rendered frames compare with real ones: depth, its range, edges and planes, and the image's contrast.

    python benchmarks/scenes.py --shared ../shared/data --frames 300 --json benchmarks/results/scenes.json

Every frame is brought to about 320 columns by taking samples. Of sparse LiDAR only the depths themselves are compared.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

import machine
from spnet.evaluate.datasets import open_dataset
from spnet.synth import assets
from spnet.synth.assets.bankfile import load
from spnet.synth.frames import FrameMaker
from spnet.synth.layouts import KINDS

COLUMNS = 320
JUMP = 0.1
"""Neighbours whose depths differ by more than this share of the nearer one are two sides of an edge."""
WINDOW, FLATNESS = 15, 0.006
"""A pixel is planar where 1 / depth, which is linear on a plane, fits a line over so many pixels to this share."""
DENSE = 0.5
"""Maps with a smaller share of pixels are points, which have no edges and planes to count."""

Depth = NDArray[np.float32]


def measure(rgb: NDArray[np.uint8], depth: Depth) -> dict[str, float]:
    """The figures of one frame."""
    known = depth > 0
    low, middle, high = np.percentile(depth[known], [5, 50, 95])
    luma = rgb.astype(np.float32).mean(axis=-1)
    slope = np.hypot(ndimage.sobel(luma, 0), ndimage.sobel(luma, 1)) / 8
    figures = {
        "median depth": middle,
        "far / near": high / low,
        "mean grey": luma.mean(),
        "grey deviation": luma.std(),
        "image gradient": slope.mean(),
    }
    if known.mean() > DENSE:
        edges = edge_pixels(depth)
        strong = slope > np.percentile(slope, 90)
        figures |= {
            "edges": edges.mean(),
            "planar": planar(depth),
            "edges seen": strong[edges].mean() if edges.any() else np.nan,
        }
    return {name: float(value) for name, value in figures.items()}


def edge_pixels(depth: Depth) -> NDArray[np.bool_]:
    """Where depth jumps to the right or below."""
    edges = np.zeros(depth.shape, bool)
    for axis in (0, 1):
        near, far = np.split(np.sort(np.stack([depth, np.roll(depth, -1, axis)]), axis=0), 2)
        jump = ((near > 0) & (far - near > JUMP * near))[0]
        jump[(-1,) if axis == 0 else (slice(None), -1)] = False
        edges |= jump
    return edges


def planar(depth: Depth) -> float:
    """The share of pixels about which a window is known and flat."""
    inverse = np.where(depth > 0, 1 / np.maximum(depth, 1e-6), np.nan)
    offsets = np.arange(WINDOW) - WINDOW // 2
    spread = float((offsets**2).sum()) * WINDOW
    ones, along = np.ones(WINDOW), offsets[::-1].astype(float)

    def summed(
        values: NDArray[np.float64], down: NDArray[np.float64], across: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return ndimage.convolve1d(ndimage.convolve1d(values, down, 0), across, 1)

    mean = summed(inverse, ones, ones) / WINDOW**2
    rise = summed(inverse, along, ones), summed(inverse, ones, along)
    squares = summed(inverse**2, ones, ones) - WINDOW**2 * mean**2 - (rise[0] ** 2 + rise[1] ** 2) / spread
    inside = np.s_[WINDOW // 2 : -(WINDOW // 2), WINDOW // 2 : -(WINDOW // 2)]
    residual = np.sqrt(np.maximum(squares[inside], 0)) / WINDOW / mean[inside]
    known = np.isfinite(residual)
    return float((residual[known] < FLATNESS).mean()) if known.any() else float("nan")


def real(folder: Path) -> Iterator[tuple[str, NDArray[np.uint8], Depth]]:
    """The group, image and depth of every real frame."""
    for sample in open_dataset(folder, "pairs").samples:
        view = sample.load()
        facts = json.loads((folder / sample.id / "meta.json").read_text())
        rgb, depth = view.rgb, view.truth
        if view.crop:
            inside = slice(*view.crop.rows), slice(*view.crop.columns)
            rgb, depth = rgb[inside], depth[inside]
        step = max(1, round(depth.shape[1] / COLUMNS))
        name = folder.name if folder.name == "nyu_dev" else f"real, {facts['scene_type'].split()[0]}"
        yield name, rgb[::step, ::step], depth[::step, ::step]


def rendered(frames: int, bank: Path) -> Iterator[tuple[str, NDArray[np.uint8], Depth]]:
    """The same of frames of every kind."""
    opened = load(bank)
    for kind in KINDS:
        maker = FrameMaker(opened, COLUMNS, 256, kind)
        for index in range(frames):
            frame = maker.make(0, index)
            yield f"synth, {kind}", frame.rgb, frame.depth


def summarised(rows: list[dict[str, float]]) -> dict[str, list[float]]:
    """Percentiles 10, 50 and 90 of every figure over the frames that have it."""
    names = dict.fromkeys(name for row in rows for name in row)
    values = {name: [row[name] for row in rows if name in row and np.isfinite(row[name])] for name in names}
    return {name: [round(float(q), 4) for q in np.percentile(found, [10, 50, 90])] for name, found in values.items()}


def main() -> None:
    """Measure everything and write or print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=machine.ROOT.parent / "shared" / "data")
    parser.add_argument("--frames", type=int, default=200, help="of each kind (default: %(default)s)")
    parser.add_argument("--bank", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    groups: dict[str, list[dict[str, float]]] = {}
    sources = [real(options.shared / name) for name in ("nyu_dev", "real")]
    for source in [*sources, rendered(options.frames, assets.find(options.bank))]:
        for name, rgb, depth in source:
            groups.setdefault(name, []).append(measure(rgb, depth))
    result = {
        "machine": machine.describe(),
        "groups": {name: {"frames": len(rows), "percentiles": summarised(rows)} for name, rows in groups.items()},
    }
    machine.report(result, options.json)


if __name__ == "__main__":
    main()
