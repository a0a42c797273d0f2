"""What a kitchen is fitted with."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.room.item import Item, built, level
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box, lifted


def counter(rng: Generator, palette: Palette, wide: float | None = None) -> Item:
    """A run of lower cabinets under one worktop, with a hob over an oven and a sink where it is wide enough."""
    wide, deep, high = wide or rng.uniform(0.6, 3.0), 0.6, 0.9
    parts = [
        box(0, 0, -0.03, wide - 0.02, 0.1, deep - 0.08, palette.dark),
        box(0, 0.1, -0.01, wide, high - 0.14, deep - 0.03, palette.front),
        box(0, high - 0.04, 0.005, wide, 0.04, deep + 0.01, palette.worktop),
        box(0, high, -deep / 2 + 0.01, wide, rng.uniform(0.05, 0.6), 0.012, palette.tiles),
    ]
    count = max(1, round(wide / 0.6))
    each, supports = wide / count, []
    hob, sink = (int(i) for i in rng.permutation(count)[:2]) if count >= 3 else (-1, -1)
    for i in range(count):
        x = (i + 0.5) * each - wide / 2
        if i == hob:
            parts += lifted(_hob(palette, each, deep), x, 0, 0)
        elif i == sink:
            parts += lifted(_sink(palette, each), x, high, 0)
            parts += lifted(_unit_front(palette, each, 0), x, 0, deep / 2 - 0.03)
        else:
            parts += lifted(_unit_front(palette, each, int(rng.integers(0, 4))), x, 0, deep / 2 - 0.03)
            supports.append(level(high, each - 0.06, deep - 0.12, 0.45, x=x))
    return built(parts, (wide, high, deep), supports)


def _unit_front(palette: Palette, wide: float, drawers: int) -> list[Part]:
    if drawers < 2:
        return [
            box(0, 0.11, 0.01, wide - 0.01, 0.74, 0.02, palette.front),
            box(wide / 2 - 0.06, 0.6, 0.03, 0.014, 0.16, 0.024, palette.metal),
        ]
    each = 0.74 / drawers
    fronts = [box(0, 0.11 + i * each, 0.01, wide - 0.01, each - 0.01, 0.02, palette.front) for i in range(drawers)]
    grips = [box(0, 0.05 + (i + 1) * each, 0.03, 0.45 * wide, 0.014, 0.024, palette.metal) for i in range(drawers)]
    return fronts + grips


def _hob(palette: Palette, wide: float, deep: float) -> list[Part]:
    front = deep / 2 - 0.03
    rings = [
        Part("cylinder", x, 0.905, z, 0.17, 0.012, 0.17, palette.iron)
        for x in (-0.13, 0.13) for z in (-0.12, 0.12)
    ]  # fmt: skip
    knobs = [
        Part("pole", x, 0.8, front + 0.03, 0.035, 0.03, 0.035, palette.metal, 0, np.pi / 2)
        for x in np.linspace(-0.2, 0.2, 5)
    ]
    return [
        box(0, 0.9, 0, wide - 0.02, 0.008, deep - 0.1, palette.dark),
        box(0, 0.11, front + 0.01, wide - 0.01, 0.74, 0.022, palette.metal),
        box(0, 0.22, front + 0.02, wide - 0.12, 0.4, 0.014, palette.dark),
        box(0, 0.66, front + 0.045, wide - 0.12, 0.02, 0.02, palette.chrome),
        *rings,
        *knobs,
    ]


def _sink(palette: Palette, wide: float) -> list[Part]:
    """A basin as a dark inset in a rim of steel, and a tap that bends over it."""
    rim = min(wide - 0.06, 0.5)
    sides = [box(s * (rim / 2 - 0.01), -0.005, 0, 0.025, 0.02, 0.42, palette.chrome) for s in (-1, 1)]
    ends = [box(0, -0.005, s * 0.2, rim, 0.02, 0.025, palette.chrome) for s in (-1, 1)]
    return [
        box(0, -0.005, 0, rim - 0.02, 0.008, 0.4, palette.iron),
        *sides,
        *ends,
        Part("pole", 0, 0, -0.24, 0.03, 0.26, 0.03, palette.chrome),
        Part("pole", 0, 0.25, -0.24, 0.025, 0.18, 0.025, palette.chrome, 0, np.pi / 2),
        Part("pole", 0, 0.21, -0.07, 0.02, 0.05, 0.02, palette.chrome),
    ]


def wall_cabinet(rng: Generator, palette: Palette, wide: float | None = None) -> Item:
    """To hang, its base on the origin's level."""
    wide, high, deep = wide or rng.uniform(0.5, 2.4), rng.uniform(0.5, 0.75), rng.uniform(0.3, 0.36)
    count = max(1, round(wide / 0.5))
    parts = [box(0, 0, -0.01, wide, high, deep - 0.02, palette.front)]
    for i in range(count):
        x = (i + 0.5) * wide / count - wide / 2
        parts.append(box(x, 0.006, deep / 2 - 0.01, wide / count - 0.01, high - 0.012, 0.02, palette.front))
        parts.append(
            box(x + 0.4 * wide / count * (1 if i % 2 else -1), 0.05, deep / 2 + 0.015, 0.014, 0.12, 0.02, palette.metal)
        )
    return built(parts, (wide, high, deep), [level(high, wide - 0.05, deep - 0.05)])


def fridge(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(0.55, 0.85), rng.uniform(1.1, 2.0), rng.uniform(0.58, 0.68)
    body, split = pick(rng, (palette.white, palette.white, palette.metal, *palette.paints[:2])), rng.uniform(0.3, 0.7)
    front = deep / 2 - 0.02
    parts = [box(0, 0, -0.02, wide, high, deep - 0.04, body)]
    for start, end in ((0.06, split * high), (split * high + 0.01, high)):
        parts.append(box(0, start, front, wide - 0.004, end - start, 0.05, body))
        parts.append(
            box(
                -wide / 2 + 0.06,
                start + 0.3 * (end - start),
                front + 0.05,
                0.02,
                0.4 * (end - start),
                0.03,
                palette.chrome,
            )
        )
    for _ in range(int(rng.integers(0, 5))):  # notes
        x, y = rng.uniform(-0.15, 0.2), rng.uniform(0.75, 0.95) * high
        parts.append(box(x, y - 0.1, front + 0.026, 0.09, 0.11, 0.003, pick(rng, (palette.paper, *palette.paints))))
    return built(parts, (wide, high, deep + 0.04), [level(high, wide - 0.06, deep - 0.1)])
