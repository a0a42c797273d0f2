"""Things come to rest on each other: on a height field, each on the facet that holds it below its middle."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CELLS = 12


@dataclass(frozen=True, eq=False)
class Outline:
    """What a thing's lower and upper sides look like on a grid over its plan, in its own axes."""

    half: NDArray[np.float64]
    """(2,) half the grid's extent along x and z, metres."""
    bottom: NDArray[np.float64]
    """(12,12), by x and z: the height of its lower side above its base, infinite where it is not."""
    top: NDArray[np.float64]
    """(12,12): that of its upper side, minus infinite where it is not."""


@dataclass(frozen=True, eq=False)
class Heap:
    """The height of everything lying around so far, on a square grid; `drop` raises it."""

    corner: NDArray[np.float64]
    """(2,) x and z of the first cell's middle."""
    cell: float
    """Edge of a cell, metres."""
    heights: NDArray[np.float64]
    """(N,N), by x and z."""


@dataclass(frozen=True, eq=False)
class Rest:
    """Where a thing would come to rest."""

    pose: NDArray[np.float64]
    """(4,4) from its axes to the world's."""
    gap: float
    """Mean height of the free space below it, metres: how badly it is supported."""
    window: tuple[slice, slice]
    """Cells of the heap below it, and around."""
    covered: NDArray[np.float64]
    """Heights of those cells with it on top."""


def sampled(positions: NDArray[np.float64], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    """Points (P,3), spread over triangles (T,3) of positions (V,3): at least one each, some 2000 if fewer."""
    each = int(np.clip(2000 // max(len(triangles), 1), 1, 250))
    steps = (np.arange(each) + 0.5)[:, None] * (0.7548776662, 0.5698402910) % 1.0  # Roberts' R2 sequence
    folded = np.where(steps.sum(axis=1, keepdims=True) > 1, 1 - steps, steps)
    weights = np.concatenate([1 - folded.sum(axis=1, keepdims=True), folded], axis=1)
    corners = positions[triangles]
    return np.concatenate([np.einsum("kc,tcx->tkx", weights, corners).reshape(-1, 3), corners.reshape(-1, 3)])


def outline(points: NDArray[np.float64]) -> Outline:
    """The outline of a thing given by points (P,3) of its surface; its base is at y = 0, its middle at the origin."""
    half = np.maximum(np.abs(points[:, [0, 2]]).max(axis=0), 1e-6)
    index = np.minimum(((points[:, [0, 2]] / half + 1) * (_CELLS / 2)).astype(int), _CELLS - 1)
    bottom, top = np.full((_CELLS, _CELLS), np.inf), np.full((_CELLS, _CELLS), -np.inf)
    at = (index[:, 0], index[:, 1])
    np.minimum.at(bottom, at, points[:, 1])
    np.maximum.at(top, at, points[:, 1])
    return Outline(half, bottom, top)


def stable(points: NDArray[np.float64], rounds: int = 3) -> NDArray[np.float64]:
    """The pose (4,4) in which a thing of surface points (P,3) lies on level ground once it has fallen over."""
    pose = np.eye(4)
    for _ in range(rounds):
        x, y, z = pose[:3, :3] @ points.T
        slope_x, slope_z = _holding(x - (x.min() + x.max()) / 2, z - (z.min() + z.max()) / 2, -y)
        pose[:3, :3] = tilt(-slope_x, -slope_z).T @ pose[:3, :3]
    x, y, z = pose[:3, :3] @ points.T
    pose[:3, 3] = -(x.min() + x.max()) / 2, -y.min(), -(z.min() + z.max()) / 2
    return pose


def tilt(slope_x: float, slope_z: float) -> NDArray[np.float64]:
    """The rotation (3,3) that lays level ground on ground which rises by these slopes along x and z."""
    y = 1 / math.sqrt(1 + slope_x**2 + slope_z**2)
    x, z = -slope_x * y, -slope_z * y
    return np.array(
        [[1 - x * x / (1 + y), x, -x * z / (1 + y)], [-x, y, -z], [-x * z / (1 + y), z, 1 - z * z / (1 + y)]]
    )


def heap_on(heights: NDArray[np.float64], corner: NDArray[np.float64], cell: float) -> Heap:
    """A heap with nothing on it, over ground of heights (N,N)."""
    return Heap(corner, cell, heights.copy())


def rest(
    heap: Heap, thing: Outline, place: NDArray[np.float64], turn: float, scale: float, steepest: float
) -> Rest | None:
    """How a thing comes to rest with its middle above `place` (2,); None beyond the heap's edge.

    Args:
        turn: radians about the vertical. scale: what its size is multiplied with.
        steepest: the slope on which it does not slide, rise by run.
    """
    reach = scale * math.hypot(*thing.half)
    first_x, first_z = (
        int((value - start - reach) / heap.cell) for value, start in zip(place, heap.corner, strict=True)
    )
    side = int(2 * reach / heap.cell) + 3
    if min(first_x, first_z) < 0 or max(first_x, first_z) + side > len(heap.heights):
        return None
    window = (slice(first_x, first_x + side), slice(first_z, first_z + side))
    x = heap.corner[0] - place[0] + heap.cell * np.arange(first_x, first_x + side)[:, None]
    z = heap.corner[1] - place[1] + heap.cell * np.arange(first_z, first_z + side)[None]
    bottom, top = _turned(thing, x, z, turn, scale)
    below = heap.heights[window]
    held = bottom < np.inf
    if not held.any():  # smaller than a cell, and between the middles of four
        nearest = (int(np.abs(x).argmin()), int(np.abs(z).argmin()))
        held[nearest] = True
        bottom[nearest], top[nearest] = 0.0, scale * float(thing.top.max())
    rows, columns = held.nonzero()
    needed = (below - bottom)[rows, columns]
    held_x, held_z = x[rows, 0], z[0, columns]
    slope_x, slope_z = _holding(held_x, held_z, needed)
    kept = min(1.0, steepest / max(math.hypot(slope_x, slope_z), 1e-9))
    slope_x, slope_z = kept * slope_x, kept * slope_z
    free = held_x * slope_x + held_z * slope_z - needed
    height = -float(free.min())
    pose = np.eye(4)
    cosine, sine = math.cos(turn), math.sin(turn)
    pose[:3, :3] = scale * tilt(slope_x, slope_z) @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    pose[:3, 3] = (place[0], height, place[1])
    covered = np.maximum(below, height + x * slope_x + z * slope_z + top)
    return Rest(pose, float(free.mean()) + height, window, covered)


def drop(heap: Heap, place: Rest) -> None:
    """Let a thing lie there: what comes later lies on it."""
    heap.heights[place.window] = place.covered


def _turned(
    thing: Outline, x: NDArray[np.float64], z: NDArray[np.float64], turn: float, scale: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The thing's lower and upper side at places around its middle."""
    narrow, long = _CELLS / 2 / scale / thing.half
    cosine, sine = math.cos(turn), math.sin(turn)
    own = np.floor((cosine * narrow) * x - (sine * narrow) * z + _CELLS / 2).astype(np.int32)
    across = np.floor((sine * long) * x + (cosine * long) * z + _CELLS / 2).astype(np.int32)
    outside = (own.view(np.uint32) >= _CELLS) | (across.view(np.uint32) >= _CELLS)
    at = own * _CELLS + across
    at[outside] = 0
    bottom, top = scale * thing.bottom.ravel()[at], scale * thing.top.ravel()[at]
    bottom[outside], top[outside] = np.inf, -np.inf
    return bottom, top


def _holding(x: NDArray[np.float64], z: NDArray[np.float64], heights: NDArray[np.float64]) -> tuple[float, float]:
    """The slope along x and z of a plane that lies on points (P,) as a board does whose middle is at the origin.

    It falls onto the highest point, tips over it towards its middle until it meets a second, and then over both.
    """
    first = int(heights.argmax())
    from_x, from_z, below = x - x[first], z - z[first], heights - heights[first]
    slope_x = slope_z = 0.0
    way_x, way_z = -float(x[first]), -float(z[first])
    for _ in range(2):
        length = math.hypot(way_x, way_z)
        if length < 1e-9:
            break
        way_x, way_z = way_x / length, way_z / length
        away = from_x * way_x + from_z * way_z
        near = away < 1e-6 + 0.02 * float(away.max())
        away[near] = 1.0
        falls = (below - from_x * slope_x - from_z * slope_z) / away
        falls[near] = -np.inf
        second = int(falls.argmax())
        if near[second]:
            break
        slope_x, slope_z = slope_x + way_x * float(falls[second]), slope_z + way_z * float(falls[second])
        side = 1.0 if from_x[second] * z[first] - from_z[second] * x[first] < 0 else -1.0
        way_x, way_z = -side * float(from_z[second]), side * float(from_x[second])
    return slope_x, slope_z
