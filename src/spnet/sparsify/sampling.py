"""Steps that keep some measurements as they are: at random, by rows, by cells, by depth, by the field of view."""

import numpy as np
from numpy.typing import NDArray

from spnet.sparsify.scene import Scene

_TAPS = 5  # a zone of a low-resolution sensor is looked at in this many rows and columns

_Depth = NDArray[np.float32]


def keep_share(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Keep every pixel with the same probability, whatever the depth; a smaller share keeps some of the same ones."""
    (share,) = values
    return depth * (generator.random(depth.shape) < share)


def keep_points(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Keep exactly that many measured pixels, or all if there are fewer; fewer points are some of the same ones."""
    number = int(values[0])
    measured = depth > 0
    if np.count_nonzero(measured) <= number:
        return depth
    keys = generator.random(depth.shape)  # 53 bits each: no two are equal
    keys += ~measured
    return depth * (keys <= np.partition(keys, number - 1, axis=None)[number - 1])


def keep_rows(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Keep that many evenly spaced rows of the image, or all if it has no more."""
    number = min(int(values[0]), depth.shape[0])
    rows = np.linspace(0, depth.shape[0] - 1, number + 2).round().astype(np.intp)[1:-1]
    if number == depth.shape[0]:
        return depth
    kept = np.zeros_like(depth)
    kept[rows] = depth[rows]
    return kept


def keep_range(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Keep what is measured between two depths in metres, ends included."""
    nearest, farthest = values
    return depth * ((depth >= nearest) & (depth <= farthest))


def keep_view(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Keep a window of that share of the image's height and width, anywhere in it.

    Depth cameras often see less than the colour camera beside them, and registered to its image their depth ends
    before it does.
    """
    kept = np.zeros_like(depth)
    sizes = [max(round(values[0] * side), 1) for side in depth.shape]
    top, left = (int(generator.integers(side - size + 1)) for side, size in zip(depth.shape, sizes, strict=True))
    window = slice(top, top + sizes[0]), slice(left, left + sizes[1])
    kept[window] = depth[window]
    return kept


def measure_zones(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """One measurement for each cell of a grid, at its centre: what a multi-zone time-of-flight sensor reports.

    Such a sensor gathers light over the whole zone and reports the peak of its arrival times, which is the surface
    that fills most of the zone: not the mean of two surfaces, and not what happens to lie at the centre. Here that is
    the median over 5 x 5 pixels spread over the zone, which is a measured value; a zone where depth is missing in
    more than half of them reports nothing.
    """
    height, width = (min(int(value), size) for value, size in zip(values, depth.shape, strict=True))
    rows, columns = _taps(height, depth.shape[0]), _taps(width, depth.shape[1])
    taps = depth[rows[:, None, :, None], columns[None, :, None, :]].reshape(height, width, _TAPS**2)
    found = np.count_nonzero(taps, axis=2)
    taps.sort(axis=2)  # what is missing comes first
    middle = taps.shape[2] - found + (found - 1) // 2
    zones = np.take_along_axis(taps, np.minimum(middle, _TAPS**2 - 1)[:, :, None], axis=2)[:, :, 0]
    measured = np.zeros_like(depth)
    centres = np.ix_(rows[:, _TAPS // 2], columns[:, _TAPS // 2])
    measured[centres] = np.where(2 * found > _TAPS**2, zones, 0)
    return measured


def _taps(cells: int, pixels: int) -> NDArray[np.intp]:
    """The pixels (cells, _TAPS) that are looked at along one axis, evenly spread in each cell."""
    positions = 2 * np.arange(cells * _TAPS, dtype=np.intp) + 1
    return (positions * pixels // (2 * cells * _TAPS)).reshape(cells, _TAPS)
