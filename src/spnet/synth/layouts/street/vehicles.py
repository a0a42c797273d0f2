"""Vehicles made from shapes. They stand on the origin, front towards +z; materials are the numbers of `Part`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join

Point = tuple[float, float, float]


class Part(IntEnum):
    """What a vehicle's materials are numbered by."""

    BODY = 0
    GLASS = 1
    RUBBER = 2
    METAL = 3
    HEADLIGHT = 4
    TAIL_LIGHT = 5
    LOAD = 6


@dataclass(frozen=True)
class Profile:
    """A car's outline: stations from the tail (0) to the nose (1), and what is how high there, shares of the height."""

    size: tuple[float, float, float]
    """Width, height, length, metres."""
    stations: tuple[float, ...]
    belt: tuple[float, ...]
    """How high the body is below the windows."""
    roof: tuple[float, ...]
    """How high the outline is; where it is the belt's, there are no windows."""


_CARS: dict[str, Profile] = {
    "hatchback": Profile(
        (1.76, 1.48, 4.1),
        (0.0, 0.04, 0.14, 0.3, 0.52, 0.72, 0.76, 0.95, 1.0),
        (0.52, 0.62, 0.61, 0.61, 0.6, 0.58, 0.57, 0.5, 0.4),
        (0.52, 0.64, 0.95, 1.0, 0.99, 0.62, 0.57, 0.5, 0.4),
    ),
    "saloon": Profile(
        (1.82, 1.44, 4.7),
        (0.0, 0.03, 0.16, 0.3, 0.45, 0.55, 0.72, 0.94, 1.0),
        (0.55, 0.66, 0.65, 0.64, 0.63, 0.63, 0.62, 0.52, 0.42),
        (0.55, 0.66, 0.66, 0.96, 1.0, 0.98, 0.64, 0.52, 0.42),
    ),
    "estate": Profile(
        (1.84, 1.68, 4.65),
        (0.0, 0.02, 0.08, 0.2, 0.52, 0.7, 0.74, 0.95, 1.0),
        (0.5, 0.6, 0.6, 0.6, 0.6, 0.58, 0.58, 0.53, 0.42),
        (0.5, 0.62, 0.94, 1.0, 1.0, 0.62, 0.58, 0.53, 0.42),
    ),
    "van": Profile(
        (1.98, 2.15, 5.0),
        (0.0, 0.02, 0.1, 0.56, 0.57, 0.7, 0.87, 0.97, 1.0),
        (0.95, 0.97, 0.97, 0.97, 0.52, 0.51, 0.5, 0.42, 0.3),
        (0.95, 0.98, 1.0, 1.0, 1.0, 0.97, 0.54, 0.42, 0.3),
    ),
}


VARIETIES = 20
"""How many vehicles there are of each kind."""


@cache
def car(number: int) -> Mesh:
    """The car of that number, below VARIETIES: the same in every scene, as all vehicles here."""
    rng = np.random.default_rng([200, number])
    profile = _CARS[str(rng.choice(("hatchback", "saloon", "estate", "van"), p=(0.35, 0.28, 0.27, 0.1)))]
    wide, high, long = np.array(profile.size) * rng.uniform(0.95, 1.06, 3)
    wheel = 0.30 + 0.02 * high
    parts = [
        _body(profile, wide, high, long),
        _wheels(wide, long, wheel, (0.19, 0.82)),
        _lights(profile, wide, high, long),
    ]
    parts.append(bulk.boxes([(0, 0.12, 0)], [(wide * 0.86, 0.2, long * 0.9)], materials=Part.RUBBER))
    return join(parts)


@cache
def lorry(number: int) -> Mesh:
    """A lorry with a box or an open bed, or a bus."""
    rng = np.random.default_rng([201, number])
    if rng.random() < 0.35:
        return _bus(rng)
    wide, high, long = rng.uniform(2.2, 2.5), rng.uniform(2.8, 3.7), rng.uniform(6, 10)
    cab = 1.9
    boxes = [
        ((0, 0.55, long / 2 - cab / 2), (wide * 0.96, min(2.3, high - 0.6), cab), Part.BODY),
        ((0, 0.5, 0), (wide * 0.5, 0.35, long * 0.96), Part.METAL),
        ((0, 0.85, -cab / 2 - 0.1), (wide, (high - 0.9) if rng.random() < 0.7 else 0.9, long - cab - 0.25), Part.LOAD),
        ((0, 0.35, long / 2 + 0.02), (wide * 0.96, 0.4, 0.12), Part.METAL),
    ]
    panes = [(-wide * 0.42, 1.6, wide * 0.42, 2.5)]
    parts = [_boxed(boxes), bulk.repeated(bulk.panels(panes, 0.012, Part.GLASS), bulk.poses([(0, 0, long / 2)]))]
    doors = bulk.poses([(s * wide * 0.485, 0, long / 2 - cab / 2) for s in (1, -1)], (np.pi / 2, -np.pi / 2))
    parts.append(bulk.repeated(bulk.panels([(-0.6, 1.65, 0.7, 2.45)], 0.005, Part.GLASS), doors))
    parts += [_wheels(wide, long, 0.48, (0.16, 0.3, 0.86)), _lamps(wide, 0.75, long)]
    return join(parts)


def _bus(rng: Generator) -> Mesh:
    wide, high, long = 2.5, rng.uniform(2.9, 3.2), rng.uniform(9, 12)
    body = _boxed([((0, 0.35, 0), (wide, high - 0.35, long), Part.BODY)])
    count = int(long / 1.5)
    left = (np.arange(count) / count - 0.5) * (long - 0.6) + 0.06
    panes = np.stack([left, np.full(count, 1.35), left + (long - 0.6) / count - 0.12, np.full(count, 2.45)], axis=1)
    sides = bulk.poses([(wide / 2, 0, 0), (-wide / 2, 0, 0)], (np.pi / 2, -np.pi / 2))
    ends = bulk.poses([(0, 0, long / 2), (0, 0, -long / 2)], (0.0, np.pi))
    parts = [body, bulk.repeated(bulk.panels(panes, 0.012, Part.GLASS), sides)]
    parts.append(bulk.repeated(bulk.panels([(-wide * 0.44, 1.2, wide * 0.44, 2.6)], 0.012, Part.GLASS), ends))
    parts += [_wheels(wide, long, 0.48, (0.2, 0.78)), _lamps(wide, 0.8, long)]
    return join(parts)


@cache
def bicycle() -> Mesh:
    """A bicycle, 1.7 m long, leaning on nothing."""
    wheel, base = 0.33, 1.02
    angle = np.linspace(0, 2 * np.pi, 13)
    parts = []
    for z in (-base / 2, base / 2):
        rim = np.stack([0 * angle, wheel + wheel * np.sin(angle), z + wheel * np.cos(angle)], axis=1)
        spokes = np.broadcast_to((0, wheel, z), rim[:12:2].shape)
        parts.append(bulk.rods(rim[:-1], rim[1:], 0.022, sides=4, materials=Part.RUBBER))
        parts.append(bulk.rods(spokes, rim[:12:2], 0.003, sides=3, materials=Part.METAL))
    seat, crank, head, front, rear = (
        (0, 0.88, -0.2),
        (0, 0.3, -0.07),
        (0, 0.86, 0.33),
        (0, wheel, base / 2),
        (0, wheel, -base / 2),
    )
    starts, ends = [seat, seat, head, head, rear, rear], [crank, head, crank, front, crank, seat]
    parts.append(bulk.rods(starts, ends, 0.018, sides=5, materials=Part.BODY))
    parts.append(
        bulk.rods([head, (-0.28, 1.02, 0.3)], [(0, 1.02, 0.3), (0.28, 1.02, 0.3)], 0.014, sides=4, materials=Part.METAL)
    )
    parts.append(bulk.boxes([(0, 0.9, -0.24)], [(0.14, 0.06, 0.26)], materials=Part.RUBBER))
    return join(parts)


@cache
def boat(number: int) -> Mesh:
    """A boat afloat, its water line at y = 0."""
    rng = np.random.default_rng([202, number])
    long, wide, high = rng.uniform(4, 11), rng.uniform(1.6, 3.0), rng.uniform(0.5, 1.0)
    share = np.linspace(0, 1, 9)
    half = wide / 2 * np.clip(1.15 * (1 - share**3), 0.02, 1)
    top = high * (1 + 0.35 * share**2)
    across = np.array([-1.0, -0.95, -0.8, -0.78, 0.78, 0.8, 0.95, 1.0])
    level = np.array([-0.4, 0.3, 1.0, 0.7, 0.7, 1.0, 0.3, -0.4])
    scale = np.where(level < 0, 0.6, 1.0)
    points = np.stack(
        [np.outer(half, across * scale), np.outer(top, level), np.repeat((share[:, None] - 0.5) * long, 8, 1)], axis=-1
    )
    stern = bulk.faces(points[:1, [0, 2, 5, 7]], Part.BODY)
    inside = np.where(np.arange(7) == 3, int(Part.LOAD), int(Part.BODY))
    parts = [bulk.sheet(points, np.broadcast_to(inside, (8, 7))), stern]
    if rng.random() < 0.6:
        parts.append(
            _boxed(
                [
                    ((0, high * 0.6, -0.1 * long), (wide * 0.6, 1.5, long * 0.35), Part.LOAD),
                    ((0, high * 0.6 + 0.9, -0.1 * long), (wide * 0.62, 0.4, long * 0.3), Part.GLASS),
                ]
            )
        )
    return join(parts)


def _body(profile: Profile, wide: float, high: float, long: float) -> Mesh:
    """The shell: rings about the length, windows where the outline rises above the belt."""
    places, belt = np.array(profile.stations), np.array(profile.belt) * high
    top = np.maximum(np.array(profile.roof) * high, belt + 0.015)
    half = wide / 2 * np.clip(1 - 0.16 * (2 * places - 1) ** 6, 0.1, 1)
    lean = 1 - 0.28 * (top - belt) / high
    side = [
        (0.9, 0 * places + 0.2),
        (1.0, 0 * places + 0.36),
        (1.0, belt * 0.86),
        (0.95, belt),
        (0.0, top - 0.06),
        (0.0, top),
    ]
    right = [np.stack([half * factor, y], axis=1) for factor, y in side[:4]]
    right.append(np.stack([half * 0.95 * lean, side[4][1]], axis=1))
    right.append(np.stack([half * 0.78 * lean, side[5][1]], axis=1))
    ring = np.stack([*right, *(point * (-1, 1) for point in reversed(right))], axis=1)
    along = np.broadcast_to(((places - 0.5) * long)[:, None, None], (*ring.shape[:2], 1))
    windows = (top - belt > 0.18 * high)[:-1] | (top - belt > 0.18 * high)[1:]
    materials = np.full((len(places) - 1, 11), int(Part.BODY))
    materials[:, [3, 7]] = np.where(windows, int(Part.GLASS), int(Part.BODY))[:, None]
    sloped = windows & (abs(np.diff(top)) > 0.5 * np.diff(places) * high)
    materials[:, [4, 5, 6]] = np.where(sloped, int(Part.GLASS), int(Part.BODY))[:, None]
    mesh = bulk.sheet(np.concatenate([ring, along], axis=-1), materials)
    ends = np.concatenate([ring, along], axis=-1)[[0, -1]][:, [0, 3, 8, 11]]
    return join([mesh, bulk.faces(ends, Part.BODY)])


def _wheels(wide: float, long: float, radius: float, axles: tuple[float, ...]) -> Mesh:
    angle = np.linspace(0, 2 * np.pi, 11)
    rings = [(0.0, radius * 0.6), (0.0, radius), (-0.2, radius)]
    points = np.stack(
        [np.stack([0 * angle + x, r * np.sin(angle), r * np.cos(angle)], axis=1) for x, r in [(0.0, 1e-3), *rings]]
    )
    materials = np.repeat(np.array([[Part.METAL], [Part.RUBBER], [Part.RUBBER]], np.int64), 10, axis=1)
    wheel = bulk.sheet(points, materials)
    places = [(side * (wide / 2 + 0.01), radius, (axle - 0.5) * long) for axle in axles for side in (1, -1)]
    return bulk.repeated(wheel, bulk.poses(places, np.tile([0, np.pi], len(axles))))


def _lights(profile: Profile, wide: float, high: float, long: float) -> Mesh:
    front = high * min(profile.belt[-1] + 0.02, 0.5)
    mesh = _lamps(wide * 0.92, front, long)
    plates = [
        ((0, 0.42, long / 2 + 0.01), (0.5, 0.11, 0.02), Part.METAL),
        ((0, 0.5, -long / 2 - 0.01), (0.5, 0.11, 0.02), Part.METAL),
    ]
    grill = [((0, front - 0.1, long / 2 - 0.015), (wide * 0.5, 0.12, 0.04), Part.RUBBER)]
    return join([mesh, _boxed(plates + grill)])


def _lamps(wide: float, level: float, long: float) -> Mesh:
    pieces = []
    for side in (-1, 1):
        pieces.append(((side * wide * 0.38, level, long / 2 - 0.02), (0.32, 0.14, 0.08), Part.HEADLIGHT))
        pieces.append(((side * wide * 0.42, level + 0.15, -long / 2 + 0.02), (0.18, 0.22, 0.08), Part.TAIL_LIGHT))
    return _boxed(pieces)


def _boxed(pieces: Sequence[tuple[Point, Point, Part]]) -> Mesh:
    """Boxes of base, size and part."""
    bases, sizes, parts = (np.array(column, np.float64) for column in zip(*pieces, strict=True))
    return bulk.boxes(bases, sizes, materials=parts.astype(np.int64), closed=True)


def paints(rng: Generator) -> NDArray[np.float64]:
    """A colour (3,) that cars are painted in: white, greys, black, some blues and reds."""
    grey = rng.choice([0.02, 0.05, 0.15, 0.35, 0.6, 0.75])
    loud = np.array([(0.3, 0.02, 0.03), (0.03, 0.08, 0.3), (0.02, 0.12, 0.06), (0.5, 0.3, 0.05), (0.1, 0.25, 0.4)])
    return (
        loud[rng.integers(len(loud))]
        if rng.random() < 0.3
        else np.clip(grey * np.exp(rng.normal(0, 0.06, 3)), 0.01, 0.9)
    )
