"""Where small things can stand on a model: found by rays from above, one through each cell of a grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.bank import Support
from spnet.synth.scene import Material, Mesh

Reals = NDArray[np.float64]

LEAST_CLEARANCE = 0.06
LEAST_SIDE = 0.06
LEAST_AREA = 0.008
"""Metres and square metres: where less is free, nothing is put."""

_LEVEL_ROLES = (
    "seat", "sofa", "table", "desk", "bed", "cabinet", "shelf", "appliance", "bathroom", "large", "window", "garden",
    "street",
)  # fmt: skip
_SOFT_ROLES = ("sofa", "bed", "seat")
_CELLS = 64  # along the longer side
_LEAST_CELL = 0.01
_SMOOTHNESS = 0.008  # metres that a level place may be uneven, and a soft one
_SOFTNESS = 0.025
_LEVELS, _PLACES = 14, 4  # at most: heights, and rectangles at each
_MARGIN = (0.1, -0.1)  # cells that a rectangle ends before its outermost cells do
_REVEAL = 0.04  # metres from a place's front edge within which a surface before it is a door
_UPRIGHT = 0.94  # least vertical part of a level triangle's normal: 20 degrees
_MAX_CANDIDATES = 2**21  # pairs of triangle and cell that are looked at together


@dataclass(frozen=True, eq=False)
class _Grid:
    """Cells in the plane of two axes."""

    least: Reals
    cell: float
    shape: tuple[int, int]


@dataclass(frozen=True, eq=False)
class _Hits:
    """Where rays meet triangles."""

    cell: NDArray[np.int64]
    """In the flattened grid."""
    depth: Reals
    """Coordinate along the third axis."""
    triangle: NDArray[np.int64]


def find_supports(mesh: Mesh, role: str, materials: tuple[Material, ...]) -> tuple[Support, ...]:
    """The level, free and reachable places of a model, highest first; none on what people, plants and cars are.

    A place is a rectangle along the axes, backed by the surface everywhere. Inside of closed furniture there are none.
    """
    if role not in _LEVEL_ROLES:
        return ()
    points = mesh.vertices["position"][mesh.triangles].astype(np.float64)
    grid = _grid(points, (0, 2))
    hits = _cast(points, (0, 2), 1, grid)
    clearance = _clearance(hits)
    normals = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    upright = np.abs(normals[:, 1]) >= _UPRIGHT * np.linalg.norm(normals, axis=1)
    free = upright[hits.triangle] & (clearance >= LEAST_CLEARANCE)
    opaque = np.array([material.opacity > 0.9 for material in materials])
    solid = points[opaque[mesh.vertices["material"][mesh.triangles[:, 0]]]]
    tolerance = _SOFTNESS if role in _SOFT_ROLES else _SMOOTHNESS
    found = _places(hits.cell[free], hits.depth[free], clearance[free], grid, tolerance)
    reachable = [place for place in found if np.isinf(place.clearance) or _is_open(place, solid)]
    return tuple(sorted(reachable, key=lambda place: (-place.height, place.left, place.back)))


def _grid(points: Reals, axes: tuple[int, int]) -> _Grid:
    flat = points[..., axes].reshape(-1, 2)
    extent = np.ptp(flat, axis=0)
    cell = max(_LEAST_CELL, extent.max() / _CELLS)
    rows, columns = np.maximum(1, np.ceil(extent / cell)).astype(int)
    return _Grid(flat.min(axis=0), float(cell), (int(rows), int(columns)))


def _cast(points: Reals, axes: tuple[int, int], along: int, grid: _Grid) -> _Hits:
    """All hits of the rays through the cells' centres, in the direction of the axis `along`."""
    flat = (points[..., axes] - grid.least) / grid.cell - 0.5  # cell centres are integers
    limit = np.array(grid.shape) - 1
    low = np.clip(np.ceil(flat.min(axis=1)), 0, limit + 1).astype(np.int64)
    high = np.clip(np.floor(flat.max(axis=1)), -1, limit).astype(np.int64)
    counts = np.maximum(high - low + 1, 0).prod(axis=1)
    parts, start = [], 0
    while start < len(points):
        end = max(start + 1, int(np.searchsorted(np.cumsum(counts[start:]), _MAX_CANDIDATES)) + start)
        triangle = np.repeat(np.arange(start, end), counts[start:end])
        place = np.arange(len(triangle)) - np.repeat(
            np.cumsum(counts[start:end]) - counts[start:end], counts[start:end]
        )
        width = (high - low + 1)[triangle, 1]
        cell = low[triangle] + np.stack([place // np.maximum(width, 1), place % np.maximum(width, 1)], axis=1)
        weights = _barycentric(flat[triangle], cell.astype(np.float64))
        inside = (weights >= -1e-9).all(axis=1)
        depth = (weights * points[triangle, :, along]).sum(axis=1)
        cells = cell[:, 0] * grid.shape[1] + cell[:, 1]
        parts.append(_Hits(cells[inside], depth[inside], triangle[inside]))
        start = end
    return _Hits(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("cell", "depth", "triangle")))


def _barycentric(triangles: Reals, points: Reals) -> Reals:
    """Coordinates (N,3) of points (N,2) in triangles (N,3,2); negative where a triangle has no area."""
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    offset = points - triangles[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    safe = np.where(np.abs(area) > 1e-12, area, 1.0)
    one = (offset[:, 0] * second[:, 1] - offset[:, 1] * second[:, 0]) / safe
    other = (first[:, 0] * offset[:, 1] - first[:, 1] * offset[:, 0]) / safe
    return np.where((np.abs(area) > 1e-12)[:, np.newaxis], np.stack([1 - one - other, one, other], axis=1), -1.0)


def _clearance(hits: _Hits) -> Reals:
    """The way up from each hit to the next one that is not the same surface; infinite at the top."""
    order = np.lexsort((hits.depth, hits.cell))
    cell, depth = hits.cell[order], hits.depth[order]
    step = np.append(depth[1:] - depth[:-1], np.inf)
    step[:-1][cell[1:] != cell[:-1]] = np.inf
    clearance = np.empty(len(order))
    clearance[order] = np.where(step < 1e-4, np.append(step[1:], np.inf), step)  # two triangles that share an edge
    return clearance


def _places(cell: NDArray[np.int64], height: Reals, clearance: Reals, grid: _Grid, tolerance: float) -> list[Support]:
    """Rectangles at the most common heights."""
    places: list[Support] = []
    left = np.ones(len(cell), bool)
    for _ in range(_LEVELS):
        if left.sum() * grid.cell**2 < LEAST_AREA:
            break
        bins = np.floor(height / tolerance).astype(np.int64)
        level, times = np.unique(bins[left], return_counts=True)
        common = np.median(height[left & (bins == level[times.argmax()])])
        here = left & (np.abs(height - common) <= tolerance)
        left &= ~here
        heights, free = np.full(grid.shape, np.nan), np.full(grid.shape, np.inf)
        heights.ravel()[cell[here]] = height[here]
        free.ravel()[cell[here]] = clearance[here]
        places += _rectangles(heights, free, grid)
    return places


def _rectangles(heights: Reals, free: Reals, grid: _Grid) -> list[Support]:
    """Of one level, given as height and clearance of each cell: its largest rectangles."""
    found = []
    there = np.isfinite(heights)
    for _ in range(_PLACES):
        rows, columns = _largest_rectangle(there)
        place = (slice(*rows), slice(*columns))
        there[place] = False
        left, right = grid.least[0] + grid.cell * (np.add(rows, _MARGIN))
        back, front = grid.least[1] + grid.cell * (np.add(columns, _MARGIN))
        if min(right - left, front - back) < LEAST_SIDE or (right - left) * (front - back) < LEAST_AREA:
            break
        height = float(np.quantile(heights[place], 0.9))
        clearance = float(free[place].min())
        found.append(Support(*(round(float(number), 4) for number in (height, left, right, back, front, clearance))))
    return found


def _largest_rectangle(mask: NDArray[np.bool_]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows and columns, each as start and end, of the largest rectangle of true cells."""
    best, rectangle = 0, ((0, 0), (0, 0))
    runs = np.zeros(mask.shape[1] + 1, int)  # of true cells that end in this row; 0 closes the last column
    for row, line in enumerate(mask):
        runs[:-1] = np.where(line, runs[:-1] + 1, 0)
        open_runs: list[tuple[int, int]] = []  # start and length, ever longer
        for column, run in enumerate(runs.tolist()):
            start = column
            while open_runs and open_runs[-1][1] >= run:
                start, length = open_runs.pop()
                if length * (column - start) > best:
                    best, rectangle = length * (column - start), ((row + 1 - length, row + 1), (start, column))
            open_runs.append((start, run))
    return rectangle


def _is_open(place: Support, solid: Reals) -> bool:
    """Whether the place can be seen from the front: no opaque triangle closes the free height before it."""
    behind = max(place.front - _REVEAL, (place.back + place.front) / 2)
    before = solid[solid[..., 2].max(axis=1) > behind]
    if len(before) == 0:
        return True
    grid = _grid(before, (0, 1))
    hits = _cast(before, (0, 1), 2, grid)
    shut = np.zeros(grid.shape, bool)
    shut.ravel()[hits.cell[hits.depth > behind]] = True
    low = np.array([place.left, place.height + 0.2 * place.clearance])
    high = np.array([place.right, place.height + 0.8 * place.clearance])
    start, end = (np.rint((corner - grid.least) / grid.cell).astype(int) for corner in (low, high))
    end = np.maximum(end, start + 1)
    first, last = np.maximum(start, 0), np.maximum(end, 0)
    return bool(shut[first[0] : last[0], first[1] : last[1]].sum() < 0.5 * (end - start).prod())
