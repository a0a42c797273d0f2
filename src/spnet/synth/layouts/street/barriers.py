"""Fences, railings and what stands on building sites.

Fences run along x from the origin, as long as asked. Materials are the numbers of `fittings.Part`.
"""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.street import bulk
from spnet.synth.layouts.street.fittings import Part
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join

FENCES = ("railing", "pickets", "boards", "mesh", "rails", "wall")


def fence(rng: Generator, kind: str, length: float) -> Mesh:
    """One of FENCES."""
    makers = {
        "railing": _railing,
        "pickets": _pickets,
        "boards": _boards,
        "mesh": _mesh,
        "rails": _rails,
        "wall": _wall,
    }
    return makers[kind](rng, length)


def long_fence(rng: Generator, kind: str, section: float, count: int) -> Mesh:
    """A fence of so many equal sections, which can follow uneven ground."""
    places = np.zeros((count, 3))
    places[:, 0] = section * np.arange(count)
    return bulk.repeated(fence(rng, kind, section), bulk.poses(places))


def _posts(length: float, spacing: float, high: float, thick: float, part: int) -> Mesh:
    count = max(2, int(np.ceil(length / spacing)) + 1)
    bases = np.zeros((count, 3))
    bases[:, 0], bases[:, 1] = np.linspace(0, length, count), -0.3
    return bulk.boxes(bases, (thick, high + 0.3, thick), materials=part)


def _railing(rng: Generator, length: float) -> Mesh:
    high = rng.uniform(0.9, 1.5)
    x = np.arange(0.08, length, rng.uniform(0.11, 0.16))
    feet = np.stack([x, np.full(len(x), 0.12), 0 * x], axis=1)
    bars = bulk.rods(feet, feet + np.array((0, high - 0.14, 0)), 0.011, sides=3, materials=Part.METAL)
    rails = bulk.boxes(
        [(length / 2, 0.1, 0), (length / 2, high - 0.04, 0)], [(length, 0.04, 0.04)], materials=Part.METAL, closed=True
    )
    return join([bars, rails, _posts(length, 2.2, high, 0.06, Part.METAL)])


def _pickets(rng: Generator, length: float) -> Mesh:
    high, part = rng.uniform(0.8, 1.2), int(rng.choice((int(Part.WHITE), int(Part.WOOD))))
    x = np.arange(0.05, length, rng.uniform(0.13, 0.2))
    bases = np.stack([x, np.full(len(x), 0.06), np.full(len(x), 0.03)], axis=1)
    pickets = bulk.boxes(bases, (0.08, high, 0.02), materials=part)
    rails = bulk.boxes(
        [(length / 2, 0.25, 0), (length / 2, high - 0.2, 0)], [(length, 0.08, 0.04)], materials=part, closed=True
    )
    return join([pickets, rails, _posts(length, 2.4, high - 0.05, 0.09, part)])


def _boards(rng: Generator, length: float) -> Mesh:
    """Boards side by side: hardly anything is seen between them."""
    high = rng.uniform(1.5, 2.0)
    x = np.arange(0.075, length, 0.15)
    bases = np.stack([x, np.full(len(x), 0.03), 0.012 * (-1) ** np.arange(len(x))], axis=1)
    sizes = np.stack([np.full(len(x), 0.146), high + rng.normal(0, 0.008, len(x)), np.full(len(x), 0.018)], axis=1)
    return join([bulk.boxes(bases, sizes, materials=Part.WOOD), _posts(length, 2.0, high - 0.1, 0.1, Part.WOOD)])


def _mesh(rng: Generator, length: float) -> Mesh:
    """Panels of thin wires, as about sports grounds and building sites."""
    high = rng.uniform(1.6, 2.2)
    x = np.arange(0.0, length, 0.2)
    feet = np.stack([x, np.full(len(x), 0.05), 0 * x], axis=1)
    y = np.linspace(0.06, high, 7)
    level = np.stack([0 * y, y, 0 * y], axis=1)
    return join([
        bulk.rods(feet, feet + np.array((0, high - 0.05, 0)), 0.005, sides=3, materials=Part.METAL),
        bulk.rods(level, level + np.array((length, 0, 0)), 0.006, sides=3, materials=Part.METAL),
        _posts(length, 2.5, high + 0.05, 0.055, Part.METAL),
    ])  # fmt: skip


def _rails(rng: Generator, length: float) -> Mesh:
    """Posts and a few rails, as about meadows; or a crash barrier."""
    if rng.random() < 0.4:
        strips = [(length / 2, 0.5, 0.06), (length / 2, 0.62, 0.1), (length / 2, 0.72, 0.06)]
        rails = bulk.boxes(
            strips, [(length, 0.12, 0.02), (length, 0.1, 0.02), (length, 0.1, 0.02)], materials=Part.METAL, closed=True
        )
        return join([rails, _posts(length, 2.0, 0.75, 0.08, Part.METAL)])
    high = rng.uniform(0.9, 1.3)
    levels = np.linspace(0.35, high - 0.1, int(rng.integers(2, 4)))
    bases = np.stack([np.full(len(levels), length / 2), levels, np.full(len(levels), 0.06)], axis=1)
    return join(
        [
            bulk.boxes(bases, [(length, 0.1, 0.04)], materials=Part.WOOD, closed=True),
            _posts(length, 2.5, high, 0.1, Part.WOOD),
        ]
    )


def _wall(rng: Generator, length: float) -> Mesh:
    high, thick = rng.uniform(0.5, 2.0), rng.uniform(0.2, 0.4)
    bases = [(length / 2, -0.5, 0), (length / 2, high, 0)]
    return bulk.boxes(
        bases, [(length, high + 0.5, thick), (length + 0.04, 0.08, thick + 0.1)], materials=Part.STONE, closed=True
    )


def cone() -> Mesh:
    """A traffic cone."""
    levels = np.array([0.03, 0.18, 0.3, 0.42, 0.5, 0.7])
    radius = 0.15 * (1 - levels / 0.78)
    parts = [Part.RED, Part.WHITE, Part.RED, Part.WHITE, Part.RED]
    starts, ends = np.zeros((5, 3)), np.zeros((5, 3))
    starts[:, 1], ends[:, 1] = levels[:-1], levels[1:]
    body = bulk.rods(starts, ends, radius[:-1], radius[1:], sides=9, materials=np.array(parts, np.int64))
    return join([body, bulk.boxes([(0, 0, 0)], [(0.38, 0.04, 0.38)], materials=Part.DARK)])


def striped_barrier(rng: Generator) -> Mesh:
    """A barrier of red and white boards on feet, 2 m long."""
    x = np.arange(8) * 0.25 - 0.875
    levels = [0.85] if rng.random() < 0.5 else [0.45, 0.85]
    bases = np.array([(place, level, 0.0) for level in levels for place in x])
    stripes = np.tile([int(Part.RED), int(Part.WHITE)], len(bases) // 2)
    feet = [(-0.8, 0, 0), (0.8, 0, 0)]
    return join([
        bulk.boxes(bases, (0.25, 0.2, 0.03), materials=stripes, closed=True),
        bulk.boxes(feet, (0.05, 1.05, 0.05), materials=Part.METAL),
        bulk.boxes(feet, (0.12, 0.08, 0.7), materials=Part.DARK),
    ])  # fmt: skip


def scaffold(rng: Generator, length: float, levels: int) -> Mesh:
    """A scaffold along x, a metre deep, with planks on every level."""
    x = np.linspace(0, length, max(2, int(length / 2.2) + 1))
    feet = np.array([(place, 0.0, z) for place in x for z in (0.0, 1.0)])
    high = 2.0 * levels + 1.0
    y = 2.0 * np.arange(1, levels + 1)
    rails = np.array([(0.0, level + up, z) for level in y for up, z in ((0, 0), (0, 1), (0.5, 1), (1.0, 1))])
    braces = np.array(
        [
            (a, 2.0 * i, 1.02, b, 2.0 * (i + 1), 1.02)
            for i in range(levels)
            for a, b in zip(x[:-1:2], x[1::2], strict=False)
        ]
    )
    bases = np.stack([np.full(levels, length / 2), y, np.full(levels, 0.5)], axis=1)
    return join([
        bulk.rods(feet, feet + np.array((0, high, 0)), 0.026, sides=5, materials=Part.METAL),
        bulk.rods(rails, rails + np.array((length, 0, 0)), 0.024, sides=4, materials=Part.METAL),
        bulk.rods(braces[:, :3], braces[:, 3:], 0.022, sides=4, materials=Part.METAL),
        bulk.boxes(bases, (length, 0.05, 0.9), materials=Part.WOOD, closed=True),
    ])  # fmt: skip


def container() -> Mesh:
    """A shipping container with folded sides, 6 m long along x, its door towards +x."""
    count = 24
    x = (np.arange(count + 1) / count - 0.5) * 5.9
    z = 1.16 + 0.035 * np.array([1.0, 1.0, -1.0, -1.0])[np.arange(count + 1) % 4]
    side = np.stack([np.tile(x, (2, 1)), np.repeat([[2.5], [0.1]], count + 1, 1), np.tile(z, (2, 1))], axis=-1)
    corners = np.stack([side[1, :-1], side[1, 1:], side[0, 1:], side[0, :-1]], axis=1)
    frame = [(x0, 0, z0) for x0 in (-2.98, 2.98) for z0 in (-1.17, 1.17)]
    slabs = [
        ((0, 2.5, 0), (6.05, 0.09, 2.44)),
        ((0, 0.05, 0), (6.05, 0.12, 2.44)),
        ((-2.95, 0.1, 0), (0.04, 2.4, 2.3)),
        ((2.95, 0.1, 0), (0.04, 2.4, 2.3)),
    ]
    bars = [(2.99, 0.15, place) for place in (-0.8, -0.3, 0.3, 0.8)]
    return join([
        bulk.faces(np.concatenate([corners, corners * (1, 1, -1)]), Part.PAINT),
        bulk.boxes(frame, (0.12, 2.59, 0.12), materials=Part.PAINT),
        bulk.boxes([base for base, _ in slabs], [size for _, size in slabs], materials=Part.PAINT, closed=True),
        bulk.rods(bars, np.array(bars) + np.array((0, 2.3, 0)), 0.025, sides=5, materials=Part.METAL),
    ])  # fmt: skip


def crane(rng: Generator) -> Mesh:
    """A tower crane of lattice, its jib towards +z."""
    high, reach = rng.uniform(22, 38), rng.uniform(22, 36)
    y = np.arange(0, high, 2.0)
    tower = np.array(
        [
            (a, low, b, c, low + 2.0, d)
            for low in y
            for (a, b), (c, d) in zip(_RING, (*_RING[1:], _RING[0]), strict=True)
        ]
    )
    posts = np.array([(a, 0, b, a, high + 4, b) for a, b in _RING])
    z = np.arange(-8.0, reach, 2.0)
    jib = [(x, high, -8.0, x, high, reach) for x in (-0.6, 0.6)] + [(0, high + 1.2, -8.0, 0, high + 1.2, reach)]
    lattice: list[tuple[float, ...]] = [
        (x, high, place, 0, high + 1.2, place + 1.0) for place in z for x in (-0.6, 0.6)
    ]
    lattice += [(0, high + 1.2, place + 1.0, x, high, place + 2.0) for place in z for x in (-0.6, 0.6)]
    hook = rng.uniform(0.3, 0.9) * reach
    stays = [
        (0, high + 4, 0, 0, high + 1.2, reach * 0.7),
        (0, high + 4, 0, 0, high, -7.5),
        (0, high, hook, 0, high - rng.uniform(4, 15), hook),
    ]
    lines = np.concatenate([tower, posts, np.array(jib), np.array(lattice), np.array(stays)])
    radius = np.full(len(lines), 0.05)
    radius[len(tower) : len(tower) + len(posts) + len(jib)] = 0.1
    weights = bulk.boxes(
        [(0, high - 1.2, -7.0), (0.9, high - 1.6, 0.6)],
        [(1.4, 2.2, 2.0), (1.2, 1.6, 1.4)],
        materials=Part.STONE,
        closed=True,
    )
    return join([bulk.rods(lines[:, :3], lines[:, 3:], radius, sides=4, materials=Part.PAINT), weights])


_RING = ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))
