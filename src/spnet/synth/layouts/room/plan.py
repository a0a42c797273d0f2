"""Plans of rooms: polygons of walls, and the ceilings above them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Point = tuple[float, float]
"""x and z, metres."""

Plane = tuple[float, float, float]
"""Heights a x + b z + c."""


@dataclass(frozen=True, eq=False)
class Wall:
    """A side of a plan, seen from inside: it runs from `start` along `along`, and `inward` points into the room."""

    index: int
    start: Point
    along: Point
    """A unit vector."""
    inward: Point
    """A unit vector."""
    length: float
    convex: tuple[bool, bool]
    """Whether the plan's corners at its start and end are."""

    @property
    def turn(self) -> float:
        """Of things whose back stands against it, radians."""
        return math.atan2(*self.inward)

    def at(self, along: float, away: float = 0.0) -> Point:
        """The point so many metres along the wall and away from it."""
        (x, z), (dx, dz), (nx, nz) = self.start, self.along, self.inward
        return x + along * dx + away * nx, z + along * dz + away * nz

    def pose(self, along: float = 0.0, away: float = 0.0, height: float = 0.0) -> NDArray[np.float64]:
        """The pose (4,4) of something that stands or hangs there and faces into the room."""
        (x, z), (dx, dz), (nx, nz) = self.at(along, away), self.along, self.inward
        return np.array([[dx, 0, nx, x], [0, 1, 0, height], [dz, 0, nz, z], [0, 0, 0, 1]], np.float64)


@dataclass(frozen=True, eq=False)
class Plan:
    """A room before anything is in it."""

    corners: NDArray[np.float64]
    """(N,2) x and z of a simple polygon, counter-clockwise where x points right and z up."""
    height: float
    """Of the walls."""
    ceilings: tuple[Plane, ...]
    """The ceiling is the lowest of these planes everywhere."""

    @property
    def walls(self) -> list[Wall]:
        """All sides in order."""
        ahead = np.roll(self.corners, -1, axis=0) - self.corners
        lengths = np.linalg.norm(ahead, axis=1)
        along = ahead / lengths[:, None]
        before = np.roll(along, 1, axis=0)
        convex = before[:, 0] * along[:, 1] - before[:, 1] * along[:, 0] > 0
        made = []
        for i, ((x, z), (dx, dz)) in enumerate(zip(self.corners.tolist(), along.tolist(), strict=True)):
            ends = (bool(convex[i]), bool(convex[i + 1 - len(along)]))
            made.append(Wall(i, (x, z), (dx, dz), (-dz, dx), float(lengths[i]), ends))
        return made

    def headroom(self, x: float, z: float) -> float:
        """Height of the ceiling above a point."""
        return min(a * x + b * z + c for a, b, c in self.ceilings)

    def headrooms(self, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights of the ceiling above points."""
        return np.min([a * x + b * z + c for a, b, c in self.ceilings], axis=0)

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Least and greatest x and z."""
        return self.corners.min(axis=0), self.corners.max(axis=0)


def inside(corners: NDArray[np.float64], x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points lie in a polygon (N,2): an odd number of sides is crossed on the way out."""
    odd = np.zeros(np.broadcast(x, z).shape, bool)
    for (x0, z0), (x1, z1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if z0 != z1:
            odd ^= ((z0 > z) != (z1 > z)) & (x < (x1 - x0) * (z - z0) / (z1 - z0) + x0)
    return odd


def spans(corners: NDArray[np.float64], axis: int, level: float) -> list[tuple[float, float]]:
    """Where the line of points whose coordinate `axis` is `level` runs inside a polygon: intervals of the other one."""
    crossings = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if (start[axis] > level) != (end[axis] > level):
            share = (level - start[axis]) / (end[axis] - start[axis])
            crossings.append(float(start[1 - axis] + share * (end[1 - axis] - start[1 - axis])))
    crossings.sort()
    return list(zip(crossings[::2], crossings[1::2], strict=True))


def triangulated(corners: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    """Triangles of a simple counter-clockwise polygon, by cutting off ears."""
    left, triangles = list(range(len(corners))), []
    while len(left) > 3:
        for place in range(len(left)):
            ear = (left[place - 1], left[place], left[(place + 1) % len(left)])
            if _is_ear(corners, ear, left):
                break
        triangles.append(ear)
        left.remove(ear[1])
    return [*triangles, (left[0], left[1], left[2])]


def ceiling_faces(plan: Plan) -> list[NDArray[np.float64]]:
    """Convex polygons (K,3) that make up the ceiling."""
    faces = []
    for triangle in triangulated(plan.corners):
        for own in plan.ceilings:
            piece = plan.corners[list(triangle)]
            for other in plan.ceilings:
                if other is not own:
                    piece = _clipped(piece, [o - m for o, m in zip(other, own, strict=True)])
            if len(piece) >= 3:
                heights = piece @ own[:2] + own[2]
                faces.append(np.stack([piece[:, 0], heights, piece[:, 1]], axis=1))
    return faces


def draw_corners(rng: Generator, wide: float, deep: float, shape: str) -> NDArray[np.float64]:
    """A plan of about that size: "box", "skew", "cut", "angle" (an L), "niche" or "bay"."""
    x, z = wide / 2, deep / 2
    corners: list[tuple[float, float]] = [(-x, -z), (x, -z), (x, z), (-x, z)]
    share = rng.uniform(0.25, 0.5)
    if shape == "skew":
        corners[2] = (x, z * rng.uniform(0.35, 0.8))
        corners[1] = (x * rng.uniform(0.85, 1.15), -z)
    elif shape == "cut":
        cut = rng.uniform(0.5, 0.35 * min(wide, deep) + 0.5)
        corners[2:3] = [(x, z - cut * rng.uniform(0.6, 1.4)), (x - cut, z)]
    elif shape == "angle":
        inner = (x - share * wide, z - rng.uniform(0.25, 0.5) * deep)
        corners[2:3] = [(x, inner[1]), inner, (inner[0], z)]
    elif shape in ("niche", "bay"):
        left, out = rng.uniform(-0.6, -0.1) * x, rng.uniform(0.4, 1.1)
        right, slant = left + share * wide + 0.4, 0.5 * out if shape == "bay" else 0.0
        corners[3:3] = [(right, z), (right - slant, z + out), (left + slant, z + out), (left, z)]
    return np.array(corners)


def draw_ceilings(rng: Generator, corners: NDArray[np.float64], height: float, slopes: int) -> tuple[Plane, ...]:
    """A level ceiling, and as many sloped ones (up to two) that come down to opposite sides like a roof."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    axis = int(high[0] - low[0] > high[1] - low[1])  # down to the longer sides
    planes: list[Plane] = [(0.0, 0.0, height)]
    knee = rng.uniform(0.7, 1.5)
    for side in range(slopes):
        rise = rng.uniform(0.6, 1.1)
        start = float(low[axis] if side == 0 else high[axis])
        steep = rise if side == 0 else -rise
        planes.append((steep if axis == 0 else 0.0, steep if axis == 1 else 0.0, knee - steep * start))
    return tuple(planes)


def _is_ear(corners: NDArray[np.float64], ear: tuple[int, int, int], left: Sequence[int]) -> bool:
    (ax, az), (bx, bz), (cx, cz) = (corners[i].tolist() for i in ear)
    if (bx - ax) * (cz - az) - (bz - az) * (cx - ax) <= 1e-12:
        return False
    for i in left:
        if i not in ear:
            px, pz = corners[i].tolist()
            edges = ((ax, az, bx, bz), (bx, bz, cx, cz), (cx, cz, ax, az))
            if all((x1 - x0) * (pz - z0) - (z1 - z0) * (px - x0) >= 0 for x0, z0, x1, z1 in edges):
                return False
    return True


def _clipped(polygon: NDArray[np.float64], half: Sequence[float]) -> NDArray[np.float64]:
    """The part of a convex polygon (K,2) where a x + b z + c >= 0 (Sutherland and Hodgman, 1974)."""
    if len(polygon) == 0:
        return polygon
    values = polygon @ np.array(half[:2]) + half[2]
    kept = []
    for i, here in enumerate(values):
        before = values[i - 1]
        if (before > 0) != (here > 0):
            kept.append(polygon[i - 1] + (polygon[i] - polygon[i - 1]) * (before / (before - here)))
        if here > 0:
            kept.append(polygon[i])
    return np.array(kept)
