"""What streets are furnished with.

Everything stands on the origin, front towards +z; materials are the numbers of `Part`.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.scene import Mesh
from spnet.synth.shapes import cylinder, join, lathe, moved, pose

Point = tuple[float, float, float]


class Part(IntEnum):
    """What the materials of fittings are numbered by."""

    METAL = 0
    LAMP = 1
    PAINT = 2
    WOOD = 3
    STONE = 4
    DARK = 5
    WHITE = 6
    RED = 7
    CLOTH = 8
    SOIL = 9
    SIGNAL = 10


VARIETIES = 12
"""How many there are of each thing; they are the same in every scene."""


@cache
def thing(name: str, number: int) -> Mesh:
    """The thing of that name and number: "bench", "bin", "bollard", "cabinet", "sign", "planter" and so on."""
    makers = {
        "bench": _bench, "bin": _bin, "bollard": _bollard, "cabinet": _cabinet, "sign": _sign_post,
        "planter": _planter, "traffic light": _traffic_light, "stall": _stall, "shelter": _shelter,
        "fountain": _fountain, "hydrant": _hydrant,
    }  # fmt: skip
    return makers[name](np.random.default_rng([400, list(makers).index(name), number]))


def drawn_thing(rng: Generator, name: str) -> Mesh:
    """Any of the things of a name."""
    return thing(name, int(rng.integers(VARIETIES)))


@cache
def lamp_post(number: int) -> tuple[Mesh, NDArray[np.float64]]:
    """A street lamp, its arm towards +z, and the place (3,) of its light."""
    rng = np.random.default_rng([401, number])
    if rng.random() < 0.3:  # an old one with a lantern on top
        high = rng.uniform(3.2, 4.5)
        post = lathe([(0.14, 0), (0.12, 0.5), (0.06, 0.7), (0.045, high), (0.1, high + 0.05)], 8, Part.METAL)
        glass = lathe([(0.1, high + 0.05), (0.2, high + 0.5)], 6, Part.LAMP)
        hat = lathe([(0.26, high + 0.5), (0.05, high + 0.75), (0.01, high + 0.85)], 6, Part.METAL)
        return join([post, glass, hat]), np.array([0, high, 0.3])
    high, out = rng.uniform(5, 9.5), rng.uniform(0.8, 2.6)
    corner, tip = (0, high - 0.5, 0), (0, high, out)
    knee = (0, high - 0.05, out * 0.3)
    starts, ends = [(0, 0, 0), (0, 1.2, 0), corner, knee], [(0, 1.2, 0), corner, knee, tip]
    post = bulk.rods(starts, ends, [0.1, 0.075, 0.05, 0.04], [0.09, 0.05, 0.04, 0.035], sides=7, materials=Part.METAL)
    head = bulk.boxes([(0, high - 0.06, out)], [(0.28, 0.14, 0.7)], materials=Part.METAL, closed=True)
    glow = bulk.boxes([(0, high - 0.09, out)], [(0.2, 0.05, 0.55)], materials=Part.LAMP, closed=True)
    return join([post, head, glow]), np.array([0, high - 0.4, out])


def _sign_post(rng: Generator) -> Mesh:
    """A traffic sign, seen from +z and from behind."""
    high = rng.uniform(2.1, 2.9)
    kind = rng.choice(("disc", "triangle", "board", "arrow"))
    corners = {"disc": 20, "triangle": 3, "board": 4, "arrow": 4}[str(kind)]
    angle = 2 * np.pi * (np.arange(corners) + (0.5 if corners == 4 else 0)) / corners
    outline = np.stack([np.sin(angle), np.cos(angle)], axis=1) * rng.uniform(0.3, 0.42)
    outline *= {"board": (1.2, 1.5), "arrow": (2.2, 0.7)}.get(str(kind), (1, 1))
    parts = [bulk.rods([(0, 0, 0)], [(0, high + 0.3, 0)], 0.032, sides=6, materials=Part.METAL)]
    rim, field = (Part.RED, Part.WHITE) if rng.random() < 0.6 else (Part.WHITE, Part.PAINT)
    for size, z, part in ((1.0, 0.04, rim), (0.8, 0.046, field), (1.0, 0.036, Part.METAL)):
        parts.append(_fan(outline * size + (0, high), z, part))
    parts.append(bulk.boxes([(0, high - 0.06, 0.048)], [(0.3, 0.09, 0.006)], materials=Part.DARK))
    return join(parts)


def _fan(outline: NDArray[np.float64], z: float, part: int) -> Mesh:
    points = np.column_stack([outline, np.full(len(outline), z)])
    following = np.roll(points, 1, axis=0)
    middle = np.broadcast_to(points.mean(axis=0), points.shape)
    return bulk.faces(np.stack([middle, points, following, following], axis=1), part)


def _traffic_light(rng: Generator) -> Mesh:
    """Lights for +z."""
    high = rng.uniform(2.3, 3.2)
    parts = [bulk.rods([(0, 0, 0)], [(0, high + 1.0, 0)], 0.06, sides=7, materials=Part.METAL)]
    heads = [(0.0, high)]
    if rng.random() < 0.4:
        out = rng.uniform(2.5, 5)
        parts.append(bulk.rods([(0, high + 0.9, 0)], [(out, 5.4, 0)], 0.05, sides=6, materials=Part.METAL))
        heads.append((out, 4.6))
    for x, y in heads:
        parts.append(bulk.boxes([(x, y, 0.14)], [(0.3, 0.92, 0.2)], materials=Part.DARK, closed=True))
        shown = int(rng.integers(3))
        for place in range(3):
            angle = 2 * np.pi * np.arange(10) / 10
            disc = np.stack([0.1 * np.sin(angle) + x, 0.1 * np.cos(angle) + y + 0.17 + 0.29 * place], axis=1)
            parts.append(_fan(disc, 0.246, Part.SIGNAL if place == shown else Part.METAL))
    return join(parts)


@cache
def wire_pole(number: int) -> tuple[Mesh, NDArray[np.float64]]:
    """A pole for wires that run along z, and where they hang (W,3)."""
    rng = np.random.default_rng([402, number])
    high = rng.uniform(6.5, 9.5)
    arms = [high - 0.4] if rng.random() < 0.6 else [high - 0.4, high - 1.3]
    wide = rng.uniform(1.2, 2.2)
    parts = [bulk.rods([(0, -0.3, 0)], [(0, high, 0)], 0.15, 0.1, sides=8, materials=Part.WOOD)]
    parts.append(bulk.boxes([(0, arm, 0.1) for arm in arms], [(wide, 0.1, 0.1)], materials=Part.WOOD, closed=True))
    hooks = np.array([(x * wide, arm + 0.25, 0.1) for arm in arms for x in (-0.46, -0.2, 0.2, 0.46)])
    parts.append(bulk.rods(hooks - (0, 0.17, 0), hooks, 0.035, sides=5, materials=Part.STONE))
    if rng.random() < 0.3:
        parts.append(moved(cylinder(0.25, 0.8, 9, Part.METAL), pose((0.38, high - 2.4, 0))))
    return join(parts), hooks


def wires(starts: ArrayLike, ends: ArrayLike, sag: float, material: int, radius: float = 0.014) -> Mesh:
    """Wires (W) hanging between points (W,3), lowest `sag` metres below their straight line."""
    starts, ends = np.asarray(starts, np.float64), np.asarray(ends, np.float64)
    share = np.linspace(0, 1, 9)[:, None, None]
    points = starts + share * (ends - starts)
    points[..., 1] -= 4 * sag * (share * (1 - share))[..., 0]
    return bulk.rods(points[:-1].reshape(-1, 3), points[1:].reshape(-1, 3), radius, sides=3, materials=material)


def _bollard(rng: Generator) -> Mesh:
    """A bollard, of iron or of stone."""
    high, thick = rng.uniform(0.6, 1.1), rng.uniform(0.05, 0.13)
    part = Part.METAL if thick < 0.1 else Part.STONE
    top = [
        (thick * 1.25, high * 0.86),
        (thick * 1.25, high * 0.9),
        (thick, high * 0.92),
        (thick * 0.7, high),
        (0.005, high * 1.02),
    ]
    return lathe([(thick * 1.2, 0), (thick, 0.08), (thick, high * 0.85), *top], 10, part)


def _bench(rng: Generator) -> Mesh:
    """A bench of slats."""
    long = rng.uniform(1.4, 2.0)
    seat = [((0, 0.42, z), (long, 0.04, 0.1)) for z in (-0.18, -0.05, 0.08, 0.21)]
    back = [((0, y, -0.28 - 0.1 * (y - 0.5)), (long, 0.1, 0.03)) for y in (0.58, 0.72)] if rng.random() < 0.75 else []
    legs: list[tuple[Point, Point]] = [((side * (long / 2 - 0.2), 0, 0), (0.07, 0.42, 0.44)) for side in (-1, 1)]
    legs += [((side * (long / 2 - 0.2), 0.3, -0.28), (0.06, 0.52, 0.05)) for side in (-1, 1)] if back else []
    return join([_boxed(seat + back, Part.WOOD), _boxed(legs, Part.METAL)])


def _bin(rng: Generator) -> Mesh:
    """A litter bin, or a dustbin on wheels."""
    if rng.random() < 0.5:
        high, wide = rng.uniform(0.7, 1.0), rng.uniform(0.2, 0.28)
        return lathe(
            [(wide * 0.85, 0), (wide, high * 0.8), (wide * 1.08, high * 0.82), (wide * 0.6, high), (0.01, high * 1.03)],
            12,
            Part.PAINT,
        )
    wide, high = rng.uniform(0.5, 1.2), rng.uniform(0.95, 1.15)
    body = [((0, 0.06, 0), (wide, high - 0.1, 0.62))]
    lid = [((0, high - 0.04, 0.02), (wide + 0.06, 0.07, 0.7)), ((0, high - 0.1, -0.36), (wide, 0.05, 0.06))]
    wheels = [((side * wide * 0.42, 0, -0.28), (0.06, 0.2, 0.2)) for side in (-1, 1)]
    return join([_boxed(body, Part.PAINT), _boxed(lid, Part.PAINT), _boxed(wheels, Part.DARK)])


def _planter(rng: Generator) -> Mesh:
    """A tub of stone or wood with earth in it, 0.5 m high; what grows in it comes on top."""
    wide = rng.uniform(0.7, 1.6)
    part = Part.STONE if rng.random() < 0.6 else Part.WOOD
    rim = [((0, 0, z), (wide, 0.5, 0.08)) for z in (-0.36, 0.36)] + [
        ((x * (wide / 2 - 0.04), 0, 0), (0.08, 0.5, 0.8)) for x in (-1, 1)
    ]
    return join([_boxed(rim, part), _boxed([((0, 0, 0), (wide - 0.1, 0.44, 0.7))], Part.SOIL)])


def _hydrant(rng: Generator) -> Mesh:
    high = rng.uniform(0.95, 1.1)
    profile = [
        (0.14, 0),
        (0.14, 0.05),
        (0.1, 0.07),
        (0.1, 0.5),
        (0.13, 0.52),
        (0.12, 0.6),
        (0.05, 0.7 * high),
        (0.04, 0.76 * high),
        (0.005, 0.77 * high),
    ]
    arms = bulk.rods(
        [(-0.2, 0.42, 0), (0, 0.42, 0)], [(0.2, 0.42, 0), (0, 0.42, 0.2)], 0.06, sides=8, materials=Part.RED
    )
    return join([lathe(profile, 10, Part.RED), arms])


def _cabinet(rng: Generator) -> Mesh:
    """A box of switches, or a letter box on a foot."""
    if rng.random() < 0.5:
        size = (rng.uniform(0.6, 1.4), rng.uniform(0.9, 1.4), 0.4)
        return _boxed([((0, 0, 0), size), ((0, 0, 0), (0.6, 0.1, 0.5))], Part.STONE)
    return join(
        [_boxed([((0, 0, 0), (0.1, 0.8, 0.1))], Part.METAL), _boxed([((0, 0.8, 0), (0.42, 0.6, 0.35))], Part.RED)]
    )


def _shelter(rng: Generator) -> Mesh:
    """A bus shelter; its panes are not part of it."""
    long, deep, high = rng.uniform(2.5, 4.5), 1.4, 2.3
    posts: list[tuple[Point, Point]] = [
        ((x * (long / 2 - 0.05), 0, z), (0.08, high, 0.08)) for x in (-1, 1) for z in (-deep / 2, deep / 2)
    ]
    roof: list[tuple[Point, Point]] = [((0, high, 0), (long + 0.3, 0.12, deep + 0.3))]
    seat = [((0, 0.42, -deep / 2 + 0.25), (long * 0.7, 0.05, 0.35))]
    legs: list[tuple[Point, Point]] = [((x * long * 0.3, 0, -deep / 2 + 0.25), (0.06, 0.42, 0.3)) for x in (-1, 1)]
    board = [((long / 2 - 0.05, 0.4, 0), (0.1, 1.6, deep * 0.8))]
    rails: list[tuple[Point, Point]] = [((0, y, -deep / 2), (long, 0.05, 0.04)) for y in (0.15, 1.2, 2.1)]
    return join([_boxed(posts + roof + legs + rails, Part.METAL), _boxed(seat, Part.WOOD), _boxed(board, Part.PAINT)])


def _stall(rng: Generator) -> Mesh:
    """A market stall with a cloth roof and boxes on its table."""
    long, high = rng.uniform(2.2, 3.6), rng.uniform(2.1, 2.5)
    feet = np.array([(x * long / 2, 0, z) for x in (-1, 1) for z in (-1.0, 1.0)])
    posts = bulk.rods(feet, feet + np.array((0, high, 0)), 0.025, sides=5, materials=Part.METAL)
    eaves, ridge = 1.25, high + rng.uniform(0.3, 0.7)
    slabs = [
        [
            (-long / 2 - 0.2, high - 0.1, s * eaves),
            (long / 2 + 0.2, high - 0.1, s * eaves),
            (long / 2 + 0.2, ridge, 0),
            (-long / 2 - 0.2, ridge, 0),
        ]
        for s in (1, -1)
    ]
    cloth = bulk.faces(np.array(slabs), Part.CLOTH)
    table = _boxed([((0, 0.0, 0.5), (long * 0.95, 0.8, 0.8))], Part.CLOTH)
    count = 14
    places = np.stack(
        [rng.uniform(-0.42, 0.42, count) * long, np.full(count, 0.8), rng.uniform(0.2, 0.8, count)], axis=1
    )
    parts = rng.choice((int(Part.PAINT), int(Part.WOOD), int(Part.RED), int(Part.WHITE), int(Part.SOIL)), count)
    goods = bulk.boxes(places, rng.uniform((0.12, 0.06, 0.12), (0.4, 0.3, 0.3), (count, 3)), materials=parts)
    return join([posts, cloth, table, goods])


def _fountain(rng: Generator) -> Mesh:
    """A round fountain or a statue on a base."""
    wide = rng.uniform(1.2, 2.8)
    basin = lathe([(wide, -0.2), (wide, 0.5), (wide - 0.25, 0.5), (wide - 0.28, 0.3), (0.4, 0.3)], 22, Part.STONE)
    column = [
        (0.4, 0.3),
        (0.22, 0.5),
        (0.16, 1.2),
        (0.3, 1.35),
        (0.75, 1.6),
        (0.78, 1.66),
        (0.1, 1.68),
        (0.09, 2.1),
        (0.18, 2.3),
        (0.01, 2.5),
    ]
    return join([basin, lathe(column, 14, Part.STONE)])


def _boxed(pieces: Sequence[tuple[Point, Point]], part: int) -> Mesh:
    """Boxes of base and size."""
    bases, sizes = (np.array(column, np.float64) for column in zip(*pieces, strict=True))
    return bulk.boxes(bases, sizes, materials=part, closed=True)
