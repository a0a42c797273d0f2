"""Small things that stand on tables, shelves and floors: each drawn anew, standing on the origin."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.room import books, plants
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box, lifted

Draw = Callable[[Generator, Palette], list[Part]]


def _round(solid: str, y: float, wide: float, high: float, material: int) -> Part:
    return Part(solid, 0.0, y, 0.0, wide, high, wide, material)


def mug(rng: Generator, palette: Palette) -> list[Part]:
    wide, high = rng.uniform(0.07, 0.095), rng.uniform(0.08, 0.12)
    handle = Part("ring", wide / 2, 0.2 * high, 0, 0.6 * high, 0.6 * high, 0.012, pick(rng, palette.paints))
    body = _round("cup", 0, wide, high, handle.material)
    return [body, handle]


def vase(rng: Generator, palette: Palette) -> list[Part]:
    high = rng.uniform(0.15, 0.45)
    wide = high * rng.uniform(0.4, 0.75)
    body = _round("vase", 0, wide, high, pick(rng, palette.paints))
    return (
        [body] if rng.random() < 0.5 else [body, *plants.twigs(rng, palette, high * 0.9, high * rng.uniform(0.7, 1.4))]
    )


def bowl(rng: Generator, palette: Palette) -> list[Part]:
    wide, high = rng.uniform(0.14, 0.32), rng.uniform(0.05, 0.11)
    parts = [_round("bowl", 0, wide, high, pick(rng, palette.paints))]
    if rng.random() < 0.6:
        fruit, across = pick(rng, palette.paints), rng.uniform(0.25, 0.35) * wide
        for turn in (0.3, 2.4, 4.4):
            x, z = 0.2 * wide * np.sin(turn), 0.2 * wide * np.cos(turn)
            parts.append(Part("ball", x, 0.35 * high, z, across, across, across, fruit))
        parts.append(Part("ball", 0, 0.35 * high + 0.7 * across, 0, across, across, across, fruit))
    return parts


def bottle(rng: Generator, palette: Palette) -> list[Part]:
    wide, high = rng.uniform(0.06, 0.1), rng.uniform(0.18, 0.34)
    return [
        _round("bottle", 0, wide, high, pick(rng, palette.paints)),
        _round("cylinder", 0.2 * high, 1.02 * wide, 0.3 * high, pick(rng, (palette.paper, *palette.paints))),
    ]


def drinking_glass(rng: Generator, palette: Palette) -> list[Part]:
    return [_round("cup", 0, rng.uniform(0.06, 0.09), rng.uniform(0.08, 0.16), palette.glass)]


def plate(rng: Generator, palette: Palette) -> list[Part]:
    wide, count = rng.uniform(0.16, 0.28), int(rng.integers(1, 6))
    material = pick(rng, (palette.ceramic, *palette.paints))
    return [_round("bowl", 0.012 * i, wide, 0.03, material) for i in range(count)]


def jar(rng: Generator, palette: Palette) -> list[Part]:
    wide, high = rng.uniform(0.07, 0.13), rng.uniform(0.08, 0.2)
    return [
        _round("cylinder", 0, wide, high, pick(rng, palette.paints)),
        _round("cylinder", high, 0.95 * wide, 0.02, pick(rng, (palette.metal, *palette.woods))),
    ]


def carton(rng: Generator, palette: Palette) -> list[Part]:
    wide, high, deep = rng.uniform(0.05, 0.3), rng.uniform(0.05, 0.32), rng.uniform(0.05, 0.22)
    material = pick(rng, (palette.cardboard, *palette.paints))
    strip = pick(rng, (palette.paper, *palette.paints))
    return [
        box(0, 0, 0, wide, high, deep, material),
        box(0, 0.3 * high, 0, wide + 0.002, 0.3 * high, deep + 0.002, strip),
    ]


def pens(rng: Generator, palette: Palette) -> list[Part]:
    parts = [_round("cup", 0, 0.08, 0.1, pick(rng, palette.paints))]
    for _ in range(int(rng.integers(3, 8))):
        turn, material = rng.uniform(0, 2 * np.pi), pick(rng, palette.paints)
        parts.append(
            Part("pole", 0, 0.02, 0, 0.008, rng.uniform(0.12, 0.17), 0.008, material, turn, rng.uniform(0, 0.25))
        )
    return parts


def laptop(rng: Generator, palette: Palette) -> list[Part]:
    wide, deep, tilt = rng.uniform(0.3, 0.38), rng.uniform(0.21, 0.26), -rng.uniform(0.1, 0.5)
    body = pick(rng, (palette.metal, palette.dark, palette.white))
    return [
        box(0, 0, 0, wide, 0.018, deep, body),
        box(0, 0.018, -0.01, wide - 0.03, 0.003, 0.5 * deep, palette.dark),
        Part("box", 0, 0.016, -deep / 2, wide, deep, 0.01, body, 0, tilt),
        Part("card", 0, 0.024, -deep / 2 + 0.009, wide - 0.02, deep - 0.02, 1, pick(rng, palette.screens), 0, tilt),
    ]


def monitor(rng: Generator, palette: Palette) -> list[Part]:
    wide = rng.uniform(0.42, 0.7)
    high, lift, body = 0.58 * wide, rng.uniform(0.08, 0.16), pick(rng, (palette.dark, palette.dark, palette.white))
    return [
        box(0, 0, 0, 0.25, 0.012, 0.18, body),
        box(0, 0.012, -0.04, 0.05, lift + 0.5 * high, 0.03, body),
        box(0, lift, 0, wide, high, 0.035, body),
        Part("card", 0, lift + 0.015, 0.02, wide - 0.03, high - 0.03, 1, pick(rng, palette.screens)),
    ]


def keyboard(rng: Generator, palette: Palette) -> list[Part]:
    body = pick(rng, (palette.dark, palette.white))
    rows = [
        box(0, 0.015, -0.05 + 0.025 * row, 0.4, 0.008, 0.018, pick(rng, (palette.white, palette.dark)))
        for row in range(5)
    ]
    return [box(0, 0, 0, 0.44, 0.016, 0.14, body), *rows, Part("ball", 0.3, 0, 0, 0.06, 0.03, 0.1, body)]


def table_lamp(rng: Generator, palette: Palette) -> list[Part]:
    high, wide = rng.uniform(0.3, 0.55), rng.uniform(0.2, 0.34)
    return [
        _round("vase", 0, 0.5 * wide, 0.55 * high, pick(rng, palette.paints)),
        _round("pole", 0.5 * high, 0.02, 0.3 * high, palette.metal),
        _round("shade", 0.6 * high, wide, 0.4 * high, palette.glow),
    ]


def clock(rng: Generator, palette: Palette) -> list[Part]:
    wide = rng.uniform(0.1, 0.2)
    return [
        Part("ring", 0, 0, 0, wide, wide, 0.03, pick(rng, palette.paints)),
        Part("cylinder", 0, wide / 2, -0.012, 0.85 * wide, 0.024, 0.85 * wide, palette.paper, 0, np.pi / 2),
        box(0, 0.5 * wide, 0.014, 0.008, 0.3 * wide, 0.004, palette.dark),
        box(0.1 * wide, 0.48 * wide, 0.014, 0.2 * wide, 0.006, 0.004, palette.dark),
    ]


def standing_picture(rng: Generator, palette: Palette) -> list[Part]:
    wide, high = rng.uniform(0.1, 0.25), rng.uniform(0.12, 0.3)
    return [
        Part("box", 0, 0, 0, wide, high, 0.015, pick(rng, palette.woods), 0, -0.2),
        Part("card", 0, 0.02, 0.009, wide - 0.04, high - 0.04, 1, pick(rng, palette.pictures), 0, -0.2),
        Part("box", 0, 0, -0.5 * high, 0.04, 0.8 * high, 0.006, palette.dark, 0, 0.3),
    ]


def basket(rng: Generator, palette: Palette) -> list[Part]:
    wide, high = rng.uniform(0.2, 0.4), rng.uniform(0.12, 0.3)
    cloth = pick(rng, palette.fabrics)
    return [
        _round("pot", 0, wide, high, pick(rng, palette.woods)),
        Part("cushion", 0, 0.6 * high, 0, 0.7 * wide, 0.45 * high, 0.7 * wide, cloth),
    ]


def folded_cloth(rng: Generator, palette: Palette) -> list[Part]:
    wide, deep = rng.uniform(0.25, 0.42), rng.uniform(0.2, 0.32)
    cloths = (*palette.fabrics, palette.linen)
    return [
        Part("cushion", 0, 0.04 * i, 0, wide, 0.045, deep, pick(rng, cloths), rng.normal(0, 0.04))
        for i in range(int(rng.integers(1, 6)))
    ]


def ball(rng: Generator, palette: Palette) -> list[Part]:
    wide = rng.uniform(0.06, 0.24)
    return [_round("ball", 0, wide, wide, pick(rng, palette.paints))]


def blocks(rng: Generator, palette: Palette) -> list[Part]:
    edge, parts = rng.uniform(0.03, 0.06), []
    for level, count in enumerate((3, 2, 1)[: int(rng.integers(1, 4))]):
        for i in range(count):
            x = (i - (count - 1) / 2) * edge * 1.15
            parts.append(box(x, level * edge, 0, edge, edge, edge, pick(rng, palette.paints), rng.normal(0, 0.15)))
    return parts


def pan(rng: Generator, palette: Palette) -> list[Part]:
    wide, high = rng.uniform(0.16, 0.3), rng.uniform(0.05, 0.2)
    body = pick(rng, (palette.iron, palette.metal, palette.dark, *palette.paints[:3]))
    parts = [_round("cup", 0, wide, high, body)]
    if rng.random() < 0.5:
        parts += [_round("cylinder", high, wide, 0.012, body), _round("ball", high, 0.035, 0.04, palette.dark)]
    return [*parts, box(wide / 2 + 0.08, 0.8 * high, 0, 0.18, 0.015, 0.025, palette.dark)]


def kettle(rng: Generator, palette: Palette) -> list[Part]:
    wide, body = rng.uniform(0.14, 0.18), pick(rng, (palette.chrome, palette.white, *palette.paints[:4]))
    return [
        _round("vase", 0, wide, 0.24, body),
        Part("ring", -0.45 * wide, 0.04, 0, 0.12, 0.17, 0.02, palette.dark),
        Part("cylinder", 0.3 * wide, 0.12, 0, 0.035, 0.1, 0.035, body, 0, 0, -0.8),
        _round("ball", 0.235, 0.03, 0.03, palette.dark),
    ]


def toolbox(rng: Generator, palette: Palette) -> list[Part]:
    wide, body = rng.uniform(0.35, 0.55), pick(rng, palette.paints)
    return [
        box(0, 0, 0, wide, 0.18, 0.22, body),
        box(0, 0.18, 0, wide, 0.03, 0.22, palette.dark),
        box(0, 0.24, 0, 0.2, 0.02, 0.03, palette.dark),
        box(-0.09, 0.2, 0, 0.02, 0.05, 0.03, palette.dark),
        box(0.09, 0.2, 0, 0.02, 0.05, 0.03, palette.dark),
    ]


def candle(rng: Generator, palette: Palette) -> list[Part]:
    high = rng.uniform(0.05, 0.22)
    wax = pick(rng, (palette.paper, *palette.paints))
    return [_round("bowl", 0, 0.1, 0.02, palette.metal), _round("cylinder", 0.01, rng.uniform(0.02, 0.06), high, wax)]


def telephone(rng: Generator, palette: Palette) -> list[Part]:
    body = pick(rng, (palette.dark, palette.white, *palette.paints[:3]))
    return [
        Part("wedge", 0, 0, 0, 0.2, 0.09, 0.2, body),
        *lifted(
            [box(0, 0, 0, 0.22, 0.03, 0.045, body), Part("ball", -0.09, -0.02, 0, 0.06, 0.04, 0.05, body)],
            0,
            0.1,
            -0.06,
        ),
        Part("ball", 0.09, 0.08, -0.06, 0.06, 0.04, 0.05, body),
    ]


EVERYDAY: tuple[Draw, ...] = (
    mug, vase, bowl, bottle, drinking_glass, jar, carton, books.lying_books, books.papers, candle, clock,
    standing_picture,
    plants.potted_plant, basket, folded_cloth, ball, table_lamp,
)  # fmt: skip
KITCHEN: tuple[Draw, ...] = (
    mug,
    bowl,
    bottle,
    drinking_glass,
    plate,
    jar,
    jar,
    carton,
    pan,
    kettle,
    candle,
    plants.potted_plant,
)
OFFICE: tuple[Draw, ...] = (
    mug, bottle, books.lying_books, books.papers, books.papers, pens, laptop, monitor, keyboard, table_lamp,
    telephone, plants.potted_plant, carton,
)  # fmt: skip
BATHROOM: tuple[Draw, ...] = (bottle, bottle, jar, folded_cloth, mug, candle, carton, basket, plants.potted_plant)
STORE: tuple[Draw, ...] = (carton, carton, carton, jar, toolbox, basket, folded_cloth, bottle, bowl, vase, ball, pan)
NURSERY: tuple[Draw, ...] = (ball, ball, blocks, blocks, books.lying_books, carton, mug, basket, table_lamp)
