"""Which points of a sparse depth map the camera cannot see.

A LiDAR stands beside the camera and looks past the edges of near objects. What it finds there is projected
among the points of the object in front, although the camera sees only the object. There are no surfaces to
test against, only points; what gives a hidden point away is that clearly nearer points surround it closely.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from spnet.camera import Camera

# Chosen on simulated sensors of 16 to 128 lines with known visibility, and by eye on KITTI frames.
_REACH = 1.3  # spacings: points are neighbours up to here; a regularly sampled surface then has no hole
_NEARER = 0.08  # a neighbour is in front if it is nearer by this share of its depth ...
_SLOPE = 3.0  # ... and this many times its distance to the side: surfaces steep to 70 degrees hide nothing
_SECTOR = 110.0  # degrees: the farthest that any direction may be from one to a neighbour in front

_CELLS_PER_SPACING = 2
_CELL_REACH = math.ceil(_REACH * _CELLS_PER_SPACING)
_SAMPLES = 1000  # points whose distance to the next one is measured
_STRIPS = 12  # of the image, each with its own spacing
_SAMPLES_PER_STRIP = 20  # fewer tell nothing
_LINE_WIDTH = 0.01  # radians: what lies within it to either side counts as straight ahead ...
_WIDEST_LINE = 32  # pixels: ... but no more than this
_DIRECTIONS = 64  # one bit of a uint64 each

_Coordinates = NDArray[np.float32]
_Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class _Points:
    """The measured pixels; all arrays are (N,).

    x, y: on the plane 1 m in front of the camera.
    across, down: in a lattice in which neighbours are about 1 apart.
    cell: number of the lattice cell that holds the point, row by row, in a grid of `grid_shape` cells whose
        margin is empty.
    """

    metres: NDArray[np.float32]
    x: _Coordinates
    y: _Coordinates
    across: _Coordinates
    down: _Coordinates
    cell: _Indices
    grid_shape: tuple[int, int]


def hidden_points(depth: NDArray[np.float32], camera: Camera) -> NDArray[np.bool_]:
    """Find the measurements that lie behind a surface which `depth` shows in front of them.

    A measurement is hidden if clearly nearer ones stand around it, within about one spacing of the points,
    which is measured along and across the lines of a LiDAR. Points in front on one side only hide nothing, so
    neither the outside of a silhouette nor a slanted surface loses points.

    Args:
        depth: (H,W) metres, 0 where nothing was measured.
        camera: of the same size.

    Returns:
        (H,W), true where the camera cannot see the measured point.
    """
    hidden = np.zeros(depth.shape, dtype=np.bool_)
    pixels = np.flatnonzero(depth > 0)
    if pixels.size:
        points = _arrange(pixels, depth.ravel()[pixels], camera)
        hidden.ravel()[pixels[_surrounded(points)]] = True
    return hidden


def _arrange(pixels: _Indices, metres: NDArray[np.float32], camera: Camera) -> _Points:
    """Place the measured pixels (flat indices, sorted) in the lattice.

    Its coordinates depend on the column or on the row alone: a spinning LiDAR's spacing in the image grows to
    the left and right, and its lines may be closer at the horizon.
    """
    rows, columns = np.divmod(pixels, camera.width)
    by_column = np.argsort(columns, kind="stable")
    where, gap = _gaps_along(rows, columns, camera.width, _line_width(camera.fy))
    across, cell_column = _integrate(_spacing(where, gap, camera.width))
    where, gap = _gaps_along(columns[by_column], rows[by_column], camera.height, _line_width(camera.fx))
    down, cell_row = _integrate(_spacing(where, gap, camera.height))
    grid_shape = int(cell_row[-1]) + 2 * _CELL_REACH + 1, int(cell_column[-1]) + 2 * _CELL_REACH + 1
    cell = (cell_row[rows] + _CELL_REACH) * grid_shape[1] + cell_column[columns] + _CELL_REACH
    x = ((columns - camera.cx) / camera.fx).astype(np.float32)
    y = ((rows - camera.cy) / camera.fy).astype(np.float32)
    return _Points(metres, x, y, across[columns], down[rows], cell, grid_shape)


def _line_width(focal_length: float) -> int:
    return min(max(round(_LINE_WIDTH * focal_length), 1), _WIDEST_LINE)


def _gaps_along(line: _Indices, position: _Indices, length: int, reach: int) -> tuple[_Indices, NDArray[np.float64]]:
    """For a sample of the points: their position, and how far on the next point is, infinite if none is.

    The points are sorted by line, then by position along it, which is below `length`. The next point may lie
    up to `reach` lines aside, as LiDAR lines are not level, but farther along than aside.
    """
    index = line * length + position
    sample = slice(None, None, max(1, index.size // _SAMPLES))
    line, position = line[sample], position[sample]
    gap = np.full(line.size, np.inf)
    for aside in range(-reach, reach + 1):
        start = position + max(abs(aside), 1)
        line_index = (line + aside) * length
        found = index[np.minimum(np.searchsorted(index, line_index + start), index.size - 1)] - line_index
        valid = (found >= start) & (found < length)
        gap[valid] = np.minimum(gap[valid], (found - position)[valid])
    return position, gap


def _spacing(where: _Indices, gap: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The spacing of the points at each of `size` columns (or rows), from gaps measured at `where`."""
    where, gap = where[np.isfinite(gap)], gap[np.isfinite(gap)]
    strip = where * _STRIPS // size
    centres, spacings = [0.0], [float(np.median(gap)) if gap.size else 1.0]
    counts = np.bincount(strip, minlength=_STRIPS)
    if counts.max() >= _SAMPLES_PER_STRIP:
        measured = np.flatnonzero(counts >= _SAMPLES_PER_STRIP)
        centres = [(number + 0.5) * size / _STRIPS for number in measured]
        spacings = [float(np.median(gap[strip == number])) for number in measured]
    return np.interp(np.arange(size), centres, spacings)


def _integrate(spacing: NDArray[np.float64]) -> tuple[_Coordinates, _Indices]:
    """For each column (or row) its coordinate in the lattice, and its cell; a cell is at least a pixel."""
    cells = np.cumsum(np.minimum(_CELLS_PER_SPACING / spacing, 1))
    return np.cumsum(1 / spacing).astype(np.float32), cells.astype(np.intp)


def _surrounded(points: _Points) -> _Indices:
    """Numbers of the points that have a neighbour in front within _SECTOR of every direction."""
    least = np.full(points.grid_shape, np.inf, dtype=np.float32)
    np.minimum.at(least.reshape(-1), points.cell, points.metres)
    least_around = ndimage.minimum_filter(least, 2 * _CELL_REACH + 1, mode="nearest").reshape(-1)
    # Most points have nothing in front of them anywhere near, which the cells tell at little cost.
    candidates = np.flatnonzero(points.metres / (1 + _NEARER) > least_around[points.cell])
    foremost = np.flatnonzero(points.metres == least.reshape(-1)[points.cell])
    point_in_cell = np.full(least.size, -1, dtype=np.intp)
    point_in_cell[points.cell[foremost]] = foremost

    covered = np.zeros(candidates.size, dtype=np.uint64)
    sectors = _sector_bits()
    steps = range(-_CELL_REACH, _CELL_REACH + 1)
    for step in (down * points.grid_shape[1] + across for down in steps for across in steps):
        other = point_in_cell[points.cell[candidates] + step]
        filled = np.flatnonzero(other >= 0)
        in_front, direction = _in_front(points, candidates[filled], other[filled])
        covered[filled[in_front]] |= sectors[direction]
    hidden: _Indices = candidates[covered == np.uint64(2**_DIRECTIONS - 1)]
    return hidden


def _in_front(points: _Points, behind: _Indices, before: _Indices) -> tuple[_Indices, _Indices]:
    """Which pairs are neighbours with the second clearly in front, and the directions in which it stands."""
    ratio = np.divide(points.metres[behind], points.metres[before], dtype=np.float64)  # float32 could overflow
    pairs = np.flatnonzero(ratio > 1 + _NEARER)
    behind, before, ratio = behind[pairs], before[pairs], ratio[pairs]
    aside = np.hypot(points.x[before] - points.x[behind], points.y[before] - points.y[behind])
    across, down = points.across[before] - points.across[behind], points.down[before] - points.down[behind]
    near = np.maximum(np.abs(across), np.abs(down)) <= _REACH
    chosen = near & (ratio > 1 + _NEARER + _SLOPE * aside)
    turns = np.arctan2(down[chosen], across[chosen]) / (2 * np.pi)
    return pairs[chosen], np.floor(turns * _DIRECTIONS).astype(np.intp) % _DIRECTIONS


def _sector_bits() -> NDArray[np.uint64]:
    """For each direction the bits of all that are at most _SECTOR away from it."""
    number = np.arange(_DIRECTIONS)
    apart = np.abs(number[:, None] - number)
    degrees = np.minimum(apart, _DIRECTIONS - apart) * 360 / _DIRECTIONS
    bits = np.uint64(1) << number.astype(np.uint64)
    sectors: NDArray[np.uint64] = np.bitwise_or.reduce(np.where(degrees <= _SECTOR, bits, np.uint64(0)), axis=1)
    return sectors
