"""Furniture of living rooms, bedrooms and offices, drawn anew for each room."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.room import books
from spnet.synth.layouts.room.item import Item, built, level
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box, lifted

Make = Callable[[Generator, Palette], Item]


def legs(wide: float, high: float, deep: float, thick: float, material: int, solid: str = "box") -> list[Part]:
    """Four legs at the corners of a rectangle."""
    x, z = (wide - thick) / 2, (deep - thick) / 2
    return [Part(solid, i * x, 0, j * z, thick, high, thick, material) for i in (-1, 1) for j in (-1, 1)]


def table(rng: Generator, palette: Palette, size: tuple[float, float, float] | None = None) -> Item:
    """A table of that size, or one to eat at."""
    wide, high, deep = size or (rng.uniform(0.8, 2.0), rng.uniform(0.71, 0.77), rng.uniform(0.7, 1.0))
    wood, thick, leg = (
        pick(rng, palette.woods),
        rng.uniform(0.02, 0.05),
        pick(rng, (*palette.woods, palette.metal, palette.iron)),
    )
    plate = pick(rng, (wood, wood, palette.white, palette.worktop))
    style = int(rng.integers(4))
    if style == 0:  # a column
        deep = min(wide, 1.2) if size is None else deep
        wide = deep if size is None else wide
        parts = [
            Part("cylinder", 0, high - thick, 0, wide, thick, deep, plate),
            Part("cylinder", 0, 0, 0, 0.09, high - thick, 0.09, leg),
            Part("cylinder", 0, 0, 0, 0.55 * wide, 0.03, 0.55 * deep, leg),
        ]
        return built(parts, (wide, high, deep), [level(high, 0.66 * wide, 0.66 * deep)])
    parts = [box(0, high - thick, 0, wide, thick, deep, plate)]
    if style == 1:  # trestles
        for side in (-1, 1):
            x = side * 0.36 * wide
            parts += [Part("box", x, 0, s * 0.4 * deep, 0.05, high - thick, 0.05, leg, 0, -s * 0.2) for s in (-1, 1)]
            parts += [
                box(x, 0.3 * high, 0, 0.04, 0.04, 0.6 * deep, leg),
                box(x, high - thick - 0.05, 0, 0.05, 0.05, 0.8 * deep, leg),
            ]
    else:
        parts += legs(
            wide - 0.06, high - thick, deep - 0.06, rng.uniform(0.04, 0.08), leg, pick(rng, ("box", "cylinder"))
        )
        parts += [box(0, high - thick - 0.08, s * (deep / 2 - 0.07), wide - 0.14, 0.08, 0.02, leg) for s in (-1, 1)]
        parts += [box(s * (wide / 2 - 0.07), high - thick - 0.08, 0, 0.02, 0.08, deep - 0.14, leg) for s in (-1, 1)]
    return built(parts, (wide, high, deep), [level(high, wide - 0.06, deep - 0.06)])


def low_table(rng: Generator, palette: Palette) -> Item:
    return table(rng, palette, (rng.uniform(0.6, 1.2), rng.uniform(0.3, 0.48), rng.uniform(0.45, 0.7)))


def desk(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(1.0, 1.7), rng.uniform(0.71, 0.76), rng.uniform(0.55, 0.8)
    wood, frame = pick(rng, (*palette.woods, palette.white)), pick(rng, (*palette.woods, palette.metal, palette.iron))
    parts = [
        box(0, high - 0.03, 0, wide, 0.03, deep, wood),
        box(0, 0.3, -deep / 2 + 0.03, wide - 0.1, 0.35, 0.02, frame),
    ]
    if rng.random() < 0.6:
        x = pick(rng, (-1, 1)) * (wide / 2 - 0.22)
        parts += lifted(_drawers(0.4, high - 0.03, deep - 0.04, 3, wood, palette.metal), x, 0, 0)
        parts += [box(-np.sign(x) * (wide / 2 - 0.03), 0, 0, 0.03, high - 0.03, deep - 0.06, frame)]
    else:
        parts += legs(wide - 0.04, high - 0.03, deep - 0.04, 0.05, frame)
    return built(parts, (wide, high, deep), [level(high, wide - 0.05, deep - 0.05)])


def _drawers(wide: float, high: float, deep: float, count: int, wood: int, handle: int) -> list[Part]:
    """A chest whose drawers' fronts stand out of it."""
    parts, each = [box(0, 0, -0.01, wide, high, deep - 0.02, wood)], (high - 0.08) / count
    for i in range(count):
        y = 0.07 + i * each
        parts.append(box(0, y, deep / 2 - 0.01, wide - 0.03, each - 0.015, 0.02, wood))
        parts.append(box(0, y + 0.6 * each, deep / 2 + 0.008, min(0.14, 0.4 * wide), 0.014, 0.016, handle))
    return parts


def drawers(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(0.4, 1.1), rng.uniform(0.5, 1.15), rng.uniform(0.38, 0.5)
    wood = pick(rng, (*palette.woods, palette.white, palette.front))
    parts = _drawers(wide, high, deep, int(rng.integers(2, 6)), wood, palette.metal)
    return built(parts, (wide, high, deep + 0.03), [level(high, wide - 0.04, deep - 0.06)])


def _doors(wide: float, bottom: float, high: float, front: float, count: int, material: int, handle: int) -> list[Part]:
    """Doors side by side that stand a little out of a body's front, with panels and handles."""
    parts, each = [], wide / count
    for i in range(count):
        x = (i + 0.5) * each - wide / 2
        parts.append(box(x, bottom, front, each - 0.012, high, 0.02, material))
        parts.append(
            box(x, bottom + 0.08, front + 0.008, max(each - 0.16, 0.05), max(high - 0.16, 0.05), 0.012, material)
        )
        grip = x + (1 if i % 2 == 0 else -1) * (each / 2 - 0.05)
        parts.append(box(grip, bottom + 0.5 * high - 0.06, front + 0.02, 0.014, 0.12, 0.02, handle))
    return parts


def wardrobe(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(0.8, 2.2), rng.uniform(1.75, 2.25), rng.uniform(0.5, 0.62)
    wood = pick(rng, (*palette.woods, palette.front, palette.white))
    count = max(2, round(wide / 0.5))
    parts = [box(0, 0, -0.01, wide, high, deep - 0.02, wood), box(0, high, 0, wide + 0.04, 0.03, deep + 0.02, wood)]
    parts += _doors(wide, 0.1, high - 0.14, deep / 2 - 0.01, count, wood, palette.metal)
    return built(parts, (wide + 0.04, high + 0.03, deep + 0.04), [level(high + 0.03, wide, deep - 0.05)])


def sideboard(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(0.8, 1.9), rng.uniform(0.5, 0.95), rng.uniform(0.36, 0.48)
    wood, foot = pick(rng, (*palette.woods, palette.front, palette.white)), rng.uniform(0.05, 0.16)
    parts = [
        *legs(wide - 0.06, foot, deep - 0.08, 0.04, palette.woods[0]),
        box(0, foot, -0.01, wide, high - foot, deep - 0.02, wood),
    ]
    parts += _doors(
        wide, foot + 0.01, high - foot - 0.03, deep / 2 - 0.01, max(2, round(wide / 0.5)), wood, palette.metal
    )
    return built(parts, (wide, high, deep + 0.04), [level(high, wide - 0.05, deep - 0.05)])


def bookcase(rng: Generator, palette: Palette, share: float = 0.6) -> Item:
    """Boards with books on that share of them; the others are for other things."""
    wide, high, deep = rng.uniform(0.6, 1.3), rng.uniform(0.9, 2.3), rng.uniform(0.26, 0.36)
    wood, thick, parts, supports = pick(rng, (*palette.woods, palette.white, palette.front)), 0.025, [], []
    parts = [box(s * (wide - thick) / 2, 0, 0, thick, high, deep, wood) for s in (-1, 1)]
    if rng.random() < 0.75:
        parts.append(box(0, 0.03, -deep / 2 + 0.006, wide - 0.01, high - 0.04, 0.008, wood))
    count = max(2, round(high / rng.uniform(0.3, 0.42)))
    each, inner = (high - 0.06) / count, wide - 2 * thick
    for i in range(count + 1):
        y = 0.04 + i * each
        parts.append(box(0, y - thick, 0, inner, thick, deep - 0.01, wood))
        if i == count:
            supports.append(level(y, wide - 0.04, deep - 0.04))
        elif rng.random() < share:
            full = inner * (1.0 if rng.random() < 0.6 else rng.uniform(0.4, 0.8))
            row = books.standing_books(rng, palette, full - 0.01, each - thick, deep)
            parts += lifted(row, (full - inner) / 2, y, 0.0)
            if inner - full > 0.15:
                supports.append(level(y, inner - full - 0.04, deep - 0.06, each - thick, x=full / 2))
        else:
            supports.append(level(y, inner - 0.04, deep - 0.06, each - thick))
    return built(parts, (wide, high + 0.02, deep), supports)


def store_shelf(rng: Generator, palette: Palette) -> Item:
    """Posts and boards, open on all sides."""
    wide, high, deep = rng.uniform(0.9, 1.8), rng.uniform(1.5, 2.2), rng.uniform(0.35, 0.6)
    post, board = pick(rng, (palette.metal, palette.iron, palette.woods[0])), pick(rng, (*palette.woods, palette.metal))
    parts, count = legs(wide, high, deep, 0.04, post), int(rng.integers(3, 6))
    each = (high - 0.15) / (count - 1)
    for i in range(count):
        parts.append(box(0, 0.1 + i * each, 0, wide, 0.025, deep, board))
    supports = [
        level(0.125 + i * each, wide - 0.1, deep - 0.06, each - 0.03 if i < count - 1 else 0.4) for i in range(count)
    ]
    return built(parts, (wide, high, deep), supports)


def bedside(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(0.36, 0.5), rng.uniform(0.4, 0.62), rng.uniform(0.33, 0.42)
    parts = _drawers(wide, high, deep, int(rng.integers(1, 4)), pick(rng, palette.woods), palette.metal)
    return built(parts, (wide, high, deep), [level(high, wide - 0.04, deep - 0.05)])


def floor_lamp(rng: Generator, palette: Palette) -> Item:
    high, wide, shade = rng.uniform(1.35, 1.8), rng.uniform(0.28, 0.45), rng.uniform(0.2, 0.32)
    parts = [
        Part("cylinder", 0, 0, 0, 0.3, 0.025, 0.3, palette.iron),
        Part("pole", 0, 0.02, 0, 0.025, high - shade, 0.025, palette.metal),
        Part("shade", 0, high - shade, 0, wide, shade, wide, palette.glow),
    ]
    return built(parts, lamps=[(0.0, high - shade - 0.02, 0.0)])


def television(rng: Generator, palette: Palette) -> Item:
    """A screen on a low cabinet."""
    wide, high = rng.uniform(1.2, 1.9), rng.uniform(0.35, 0.55)
    across, wood = rng.uniform(0.8, 1.3), pick(rng, (*palette.woods, palette.white, palette.dark))
    parts = [box(0, 0.05, -0.01, wide, high - 0.05, 0.4, wood), *legs(wide - 0.1, 0.06, 0.36, 0.04, palette.iron)]
    parts += _doors(wide, 0.07, high - 0.1, 0.19, 3, wood, palette.metal)
    parts += [
        box(0, high, -0.05, 0.4, 0.015, 0.2, palette.dark),
        box(0, high, -0.06, 0.06, 0.12, 0.03, palette.dark),
        box(0, high + 0.06, -0.03, across, 0.58 * across, 0.04, palette.dark),
        Part("card", 0, high + 0.075, -0.008, across - 0.03, 0.58 * across - 0.03, 1, pick(rng, palette.screens)),
    ]
    size = (wide, high + 0.06 + 0.58 * across, 0.44)
    side = (wide - across) / 2 - 0.05
    return built(parts, size, [level(high, side, 0.3, x=s * (wide - side) / 2) for s in (-1, 1) if side > 0.1])
