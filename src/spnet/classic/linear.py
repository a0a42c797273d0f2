"""Linear interpolation over the Delaunay triangles of the measured pixels."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.spatial import Delaunay

from spnet.classic import nearest

# How much is drawn at once: a row of a triangle costs some 200 bytes, a pixel some 50.
_ROWS_AT_ONCE = 1 << 18
_PIXELS_AT_ONCE = 1 << 20


class _Runs(NamedTuple):
    """Runs of pixels along image rows, each inside one triangle; arrays of one length."""

    start: NDArray[np.int64]  # flat index of the first pixel
    length: NDArray[np.int64]  # pixels
    depth: NDArray[np.float64]  # metres at the first pixel
    slope: NDArray[np.float64]  # metres per column

    def part(self, some: slice) -> "_Runs":
        return _Runs(self.start[some], self.length[some], self.depth[some], self.slope[some])


def fill(rgb: NDArray[np.uint8], depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Interpolate depth linearly inside the convex hull of the measured pixels; outside it, take the nearest.

    The contract is that of `spnet.classic`. Measured pixels that span no area (fewer than three, or all on one
    line) have no triangles: then every pixel takes the nearest one's depth. Where more than three measured
    pixels lie on one empty circle the triangulation is not unique; the choice is arbitrary, but always the same.
    """
    dense = nearest.fill(rgb, depth, mask)
    corners = np.argwhere(_may_be_corner(mask))
    if _on_one_line(corners):
        return dense
    for runs in _runs(corners[Delaunay(corners).simplices], depth):
        _draw(runs, dense)
    np.clip(dense, depth[mask].min(), depth[mask].max(), out=dense)  # rounding, where depths are very far apart
    np.copyto(dense, depth, where=mask)
    return dense


def _may_be_corner(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The measured pixels (H, W) that can be corners of a Delaunay triangle which covers a missing pixel.

    They are those with a missing 4-neighbour. If none is missing (beyond the image's edge none is), no neighbour
    lies inside the circle of a triangle with this corner, so the circle's centre is within half a pixel of the
    corner in row and column, and the triangle is half of a unit square, which covers no further pixel. The others
    may go: without them the circles of all other triangles are as empty as before.
    """
    beside_missing: NDArray[np.bool_] = binary_dilation(~mask)
    return mask & beside_missing


def _on_one_line(points: NDArray[np.int64]) -> bool:
    """Whether all of the points (N, 2), no two the same, lie on one line; true for fewer than three."""
    if len(points) < 3:
        return True
    offset = points - points[0]
    return not np.any(_cross(offset, offset[1]))


def _cross(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    product: NDArray[np.int64] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def _runs(triangles: NDArray[np.int64], depth: NDArray[np.float32]) -> Iterator[_Runs]:
    """Cut triangles (N, 3 corners, row and column) into runs of pixels, a bounded number at a time."""
    order = np.argsort(triangles[:, :, 0], axis=1)
    triangles = np.take_along_axis(triangles, order[:, :, None], axis=1)
    for some in _chunks(triangles[:, 2, 0] - triangles[:, 0, 0] + 1, _ROWS_AT_ONCE):
        runs = _cut(triangles[some], depth)
        for part in _chunks(runs.length, _PIXELS_AT_ONCE):
            yield runs.part(part)


def _cut(triangles: NDArray[np.int64], depth: NDArray[np.float32]) -> _Runs:
    """Cut triangles (N, 3, 2), their corners sorted by row, into one run per row.

    Columns are exact: a crossing is a fraction whose denominator is a number of rows, so that the slack below
    corrects rounding and nothing else.
    """
    down, across = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    area = _cross(down, across)
    triangles, down, across, area = (array[area != 0] for array in (triangles, down, across, area))
    corner_depth = depth[triangles[..., 0], triangles[..., 1]].astype(np.float64)
    rise, far_rise = (corner_depth[:, 1:] - corner_depth[:, :1]).T
    per_row = (rise * across[:, 1] - far_rise * down[:, 1]) / area
    per_column = (far_rise * down[:, 0] - rise * across[:, 0]) / area

    owner, step = _enumerate(triangles[:, 2, 0] - triangles[:, 0, 0] + 1)
    top, middle, bottom = triangles[owner].transpose(1, 2, 0)
    row = top[0] + step
    long_side = _crossing(row, top, bottom)
    short_side = np.where(row < middle[0], _crossing(row, top, middle), _crossing(row, middle, bottom))
    left = np.ceil(np.minimum(long_side, short_side) - 1e-6).astype(np.int64)
    right = np.floor(np.maximum(long_side, short_side) + 1e-6).astype(np.int64)
    first = corner_depth[owner, 0] + per_row[owner] * step + per_column[owner] * (left - top[1])
    return _Runs(row * depth.shape[1] + left, right - left + 1, first, per_column[owner])


def _crossing(row: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """The column where the segment from a down to b, each (row, column), crosses a row; a's if it is level."""
    column: NDArray[np.float64] = a[1] + (b[1] - a[1]) * (row - a[0]) / np.maximum(b[0] - a[0], 1)
    return column


def _draw(runs: _Runs, dense: NDArray[np.float32]) -> None:
    """Write the runs' depths into `dense` (H, W)."""
    owner, step = _enumerate(runs.length)
    np.put(dense, runs.start[owner] + step, runs.depth[owner] + runs.slope[owner] * step)


def _enumerate(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For counts (2, 0, 3): the owners (0, 0, 2, 2, 2) and the steps (0, 1, 0, 1, 2)."""
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - first[owner]


def _chunks(counts: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Cut a list into slices whose counts sum to about `most`, or hold one entry."""
    total = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = total[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(total, done + most, side="right")))
        yield slice(start, stop)
        start = stop
