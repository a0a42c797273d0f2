"""Polygons cut into triangles."""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

_MOST_CLIPPED = 200  # corners; clipping takes the cube of their number, and larger polygons are discs


def triangulate(positions: NDArray[np.float64], corners: Indices, ends: Indices) -> tuple[Indices, Indices]:
    """Cut polygons into triangles: convex ones as a fan, others ear by ear.

    Args:
        positions: (V,3).
        corners: (C,) positions of all polygons' corners, one polygon after the other.
        ends: (P,) where in `corners` each polygon ends; each has at least three corners.

    Returns:
        (T,3) places in `corners`, and (T,) the polygon that each triangle is cut from.
    """
    sizes = np.diff(ends, prepend=0)
    triangles, owners = [], []
    for size in np.unique(sizes):
        polygons = np.flatnonzero(sizes == size)
        places = (ends[polygons] - size)[:, np.newaxis] + np.arange(size)
        fan = np.array([(0, second, second + 1) for second in range(1, size - 1)])
        cut = np.broadcast_to(fan, (len(polygons), size - 2, 3)).copy()
        if size > 3:
            points = positions[corners[places]]
            for concave in np.flatnonzero(_is_concave(points)) if size <= _MOST_CLIPPED else ():
                cut[concave] = _ears(points[concave])
        triangles.append(places[np.arange(len(polygons))[:, np.newaxis, np.newaxis], cut].reshape(-1, 3))
        owners.append(np.repeat(polygons, size - 2))
    order = np.argsort(np.concatenate(owners), kind="stable")
    return np.concatenate(triangles)[order], np.concatenate(owners)[order]


def _is_concave(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of (P,N,3) polygons turn both ways."""
    before, after = np.roll(points, 1, axis=1), np.roll(points, -1, axis=1)
    turns = np.cross(points - before, after - points)
    normal = np.cross(points, after).sum(axis=1, keepdims=True)  # Newell's
    return (turns * normal).sum(axis=2).min(axis=1) < -1e-9 * (normal**2).sum(axis=2)[:, 0]


def _ears(points: NDArray[np.float64]) -> Indices:
    """Clip ears off a simple polygon (N,3): (N-2,3) places. Where none is left, a fan of the rest."""
    flat = _projected(points)
    left = list(range(len(points)))
    triangles = []
    while len(left) > 3:
        ear = next((place for place in range(len(left)) if _is_ear(flat, left, place)), 0)
        triangles.append((left[ear - 1], left[ear], left[(ear + 1) % len(left)]))
        del left[ear]
    return np.array([*triangles, tuple(left)])


def _projected(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The polygon seen along its normal's largest component, counter-clockwise: (N,2)."""
    normal = np.cross(points, np.roll(points, -1, axis=0)).sum(axis=0)
    axis = int(np.abs(normal).argmax())
    flat = points[:, [(axis + 1) % 3, (axis + 2) % 3]]
    return flat if normal[axis] > 0 else flat * (1, -1)


def _is_ear(flat: NDArray[np.float64], left: list[int], place: int) -> bool:
    before, tip, after = flat[left[place - 1]], flat[left[place]], flat[left[(place + 1) % len(left)]]
    if _turn(before, tip, after) <= 0:
        return False
    others = flat[[index for offset, index in enumerate(left) if (offset - place + 1) % len(left) > 2]]
    return not (
        (_turn(before, tip, others) > 0) & (_turn(tip, after, others) > 0) & (_turn(after, before, others) > 0)
    ).any()


def _turn(start: NDArray[np.float64], middle: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Twice the signed area of start, middle, end; of many ends at once."""
    first, second = middle - start, end - start
    return first[0] * second[..., 1] - first[1] * second[..., 0]
