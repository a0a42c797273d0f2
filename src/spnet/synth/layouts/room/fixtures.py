"""What is fixed or heavy: kitchens, bathrooms, workshops, shops, radiators, stairs."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.room import furniture, things
from spnet.synth.layouts.room.item import Item, built, level
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box, lifted


def wall_board(rng: Generator, palette: Palette) -> Item:
    """A board on brackets, to hang."""
    wide, deep, wood = rng.uniform(0.5, 1.4), rng.uniform(0.18, 0.28), pick(rng, (*palette.woods, palette.white))
    parts = [box(0, 0.1, 0, wide, 0.025, deep, wood)]
    for side in (-1, 1):
        parts.append(box(side * 0.38 * wide, 0, -deep / 2 + 0.01, 0.03, 0.1, 0.02, palette.iron))
        parts.append(
            Part("box", side * 0.38 * wide, 0, -deep / 2 + 0.02, 0.02, 0.85 * deep, 0.02, palette.iron, 0, 1.1)
        )
    return built(parts, (wide, 0.4, deep), [level(0.125, wide - 0.04, deep - 0.04, 0.4)])


def workbench(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(1.2, 2.2), rng.uniform(0.82, 0.95), rng.uniform(0.6, 0.75)
    wood = palette.woods[0]
    parts = [
        box(0, high - 0.07, 0, wide, 0.07, deep, wood),
        box(0, 0.2, 0, wide - 0.15, 0.03, deep - 0.1, palette.woods[1]),
        *furniture.legs(wide - 0.1, high - 0.07, deep - 0.08, 0.09, wood),
        box(wide / 2 - 0.2, high, deep / 2 - 0.06, 0.14, 0.1, 0.14, palette.iron),  # a vice
        box(wide / 2 - 0.2, high + 0.02, deep / 2 + 0.05, 0.14, 0.1, 0.05, palette.iron),
        Part("pole", wide / 2 - 0.2, high + 0.06, deep / 2 + 0.05, 0.02, 0.14, 0.02, palette.metal, 0, np.pi / 2),
    ]
    supports = [level(high, wide - 0.5, deep - 0.1, x=-0.2), level(0.23, wide - 0.3, deep - 0.2, high - 0.35)]
    return built(parts, (wide, high, deep), supports)


def tool_board(rng: Generator, palette: Palette) -> Item:
    """A board with tools on it, to hang."""
    wide, high = rng.uniform(0.8, 1.8), rng.uniform(0.6, 1.0)
    parts = [box(0, 0, -0.02, wide, high, 0.02, pick(rng, (*palette.woods, palette.paper)))]
    for row in (0.28, 0.7):
        for x in np.arange(-wide / 2 + 0.1, wide / 2 - 0.05, rng.uniform(0.09, 0.16)):
            grip, head, long = (
                pick(rng, palette.paints),
                pick(rng, (palette.iron, palette.metal)),
                rng.uniform(0.15, 0.3),
            )
            y = row * high - 0.12
            parts.append(box(x, y, 0.01, 0.025, 0.55 * long, 0.025, grip))
            parts.append(box(x, y + 0.55 * long, 0.01, 0.014, 0.35 * long, 0.014, head))
            parts.append(box(x, y + 0.85 * long, 0.01, rng.uniform(0.02, 0.1), 0.03, 0.03, head))
    return built(parts, (wide, high, 0.06))


def barrel(rng: Generator, palette: Palette) -> Item:
    wide, high, body = rng.uniform(0.45, 0.6), rng.uniform(0.6, 0.9), pick(rng, (*palette.woods, *palette.paints[:4]))
    hoops = [
        Part("cylinder", 0, share * high, 0, 1.03 * wide, 0.035, 1.03 * wide, palette.iron)
        for share in (0.1, 0.5, 0.85)
    ]
    return built(
        [Part("cylinder", 0, 0, 0, wide, high, wide, body), *hoops], None, [level(high, 0.6 * wide, 0.6 * wide)]
    )


def crate(rng: Generator, palette: Palette) -> Item:
    """An open box of slats, filled with something."""
    wide, high, deep = rng.uniform(0.35, 0.6), rng.uniform(0.22, 0.4), rng.uniform(0.28, 0.4)
    wood, each, parts = pick(rng, palette.woods), high / 3, [box(0, 0, 0, wide, 0.015, deep, palette.woods[0])]
    for i in range(3):
        for side in (-1, 1):
            parts.append(box(0, i * each, side * deep / 2, wide, each - 0.02, 0.012, wood))
            parts.append(box(side * wide / 2, i * each, 0, 0.012, each - 0.02, deep, wood))
    posts = [
        box(i * (wide / 2 - 0.02), 0, j * (deep / 2 - 0.02), 0.03, high, 0.03, wood) for i in (-1, 1) for j in (-1, 1)
    ]
    filling = pick(rng, palette.paints)
    for x in np.arange(-wide / 2 + 0.08, wide / 2 - 0.05, 0.1):
        for z in np.arange(-deep / 2 + 0.08, deep / 2 - 0.05, 0.1):
            parts.append(Part("ball", x, 0.4 * high + rng.uniform(0, 0.2) * high, z, 0.1, 0.1, 0.1, filling))
    return built([*parts, *posts], (wide + 0.02, high, deep + 0.02))


def cartons(rng: Generator, palette: Palette) -> Item:
    """Cardboard boxes on each other."""
    parts, y, wide, deep = [], 0.0, rng.uniform(0.35, 0.6), rng.uniform(0.3, 0.5)
    size = (wide, deep)
    for _ in range(int(rng.integers(1, 5))):
        high, turn = rng.uniform(0.18, 0.42), rng.normal(0, 0.08)
        parts.append(box(0, y, 0, wide, high, deep, palette.cardboard, turn))
        parts.append(box(0, y + 0.002, 0, 0.06, high, deep + 0.004, palette.paper, turn))
        y, wide, deep = y + high, wide * rng.uniform(0.75, 1), deep * rng.uniform(0.75, 1)
    return built(parts, (size[0] + 0.06, y, size[1] + 0.06), [level(y, 0.7 * wide, 0.7 * deep)])


def ladder(rng: Generator, palette: Palette) -> Item:
    """A stepladder standing open."""
    wide, high, body = 0.42, rng.uniform(1.1, 1.9), pick(rng, (palette.metal, palette.woods[0]))
    parts = []
    for side in (-1, 1):
        parts.append(Part("box", side * wide / 2, 0, 0.42 * high * 0.6, 0.03, high, 0.05, body, 0, -0.25))
        parts.append(Part("box", side * wide / 2, 0, -0.42 * high * 0.6, 0.03, high, 0.03, body, 0, 0.25))
    for y in np.arange(0.25, high - 0.05, 0.27):
        parts.append(box(0, y, 0.42 * 0.6 * high - 0.255 * y, wide, 0.025, 0.1, body))
    return built(parts, (wide + 0.06, high, 0.56 * high))


def radiator(rng: Generator, palette: Palette) -> Item:
    wide, high = rng.uniform(0.5, 1.4), rng.uniform(0.4, 0.7)
    body = pick(rng, (palette.white, palette.white, palette.iron))
    ribs = [
        Part("cushion", x, 0.1, 0, 0.055, high - 0.1, 0.11, body)
        for x in np.arange(-wide / 2 + 0.03, wide / 2 - 0.02, 0.06)
    ]
    pipe = Part("pole", wide / 2 + 0.02, 0, 0, 0.02, 0.2, 0.02, palette.metal)
    return built([*ribs, pipe, pipe._replace(x=-pipe.x)], (wide + 0.06, high, 0.12))


def fireplace(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(1.1, 1.6), rng.uniform(1.0, 1.25), rng.uniform(0.35, 0.5)
    stone, side = palette.stone, 0.25 * wide
    parts = [box(s * (wide - side) / 2, 0, 0, side, high, deep, stone) for s in (-1, 1)] + [
        box(0, 0.62 * high, 0, wide - 2 * side, 0.38 * high, deep, stone),
        box(0, high, 0.03, wide + 0.12, 0.06, deep + 0.1, palette.woods[0]),
        box(0, 0, -deep / 2 + 0.02, wide - 2 * side, 0.62 * high, 0.03, palette.dark),
        box(0, 0, 0.15, wide, 0.03, deep + 0.3, stone),
    ]
    parts += [
        Part("pole", 0, 0.08 + 0.07 * i, 0.1 * i - 0.1, 0.1, 0.4, 0.1, palette.woods[1], 0.4 * i, 0, 1.57)
        for i in range(3)
    ]
    parts.append(box(0, high + 0.06, -0.1, 0.6 * wide, 4.0, 0.6 * deep, stone))
    front = level(high + 0.06, wide, 0.14, z=deep / 2 - 0.02)
    return built(parts, (wide + 0.12, high + 0.06, deep + 0.3), [front])


def gondola(rng: Generator, palette: Palette) -> Item:
    """A shop's shelf with goods in rows, many of a kind."""
    wide, high, deep = rng.uniform(1.0, 2.0), rng.uniform(1.3, 1.9), rng.uniform(0.4, 0.55)
    parts = [box(0, 0, -deep / 2 + 0.01, wide, high, 0.02, palette.white), box(0, 0, 0, wide, 0.12, deep, palette.iron)]
    parts.append(box(0, high - 0.02, 0, wide, 0.02, deep - 0.02, palette.white))
    each = (high - 0.12) / max(3, round(high / 0.38))
    for y in np.arange(0.12, high - 0.2, each):
        parts.append(box(0, y, 0, wide, 0.02, deep - 0.02, palette.white))
        parts.append(box(0, y - 0.02, deep / 2, wide, 0.05, 0.01, pick(rng, palette.paints)))
        x = -wide / 2 + 0.02
        while x < wide / 2 - 0.2:
            good = pick(rng, (things.bottle, things.jar, things.carton, things.carton, things.carton))(rng, palette)
            side = max(0.05, 2 * max(abs(part.x) + part.width / 2 for part in good))
            tallest = max(part.y + part.height for part in good)
            for _ in range(int(rng.integers(2, 5))):
                if x + side < wide / 2 and tallest < each - 0.03:
                    parts += lifted(good, x + side / 2, y + 0.02, deep / 2 - side / 2 - 0.05)
                x += side + 0.01
    return built(parts, (wide, high, deep), [level(high, wide - 0.1, 0.1)])


def till(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = rng.uniform(1.2, 2.2), rng.uniform(0.9, 1.1), rng.uniform(0.5, 0.7)
    parts = [
        box(0, 0, 0, wide, high - 0.04, deep - 0.08, palette.front),
        box(0, high - 0.04, 0, wide + 0.06, 0.04, deep, palette.worktop),
        *[
            box(x, 0.1, deep / 2 - 0.04, 0.04, high - 0.2, 0.02, palette.trim)
            for x in np.linspace(-wide / 2 + 0.1, wide / 2 - 0.1, 5)
        ],
    ]
    return built(parts, (wide + 0.06, high, deep), [level(high, wide - 0.1, deep - 0.1)])


def stairs(rng: Generator, palette: Palette, rise: float) -> Item:
    """A flight that goes up from left to right along a wall, a landing at its top, and a railing in front of both."""
    count, wide = max(2, round(rise / 0.18)), rng.uniform(0.85, 1.2)
    each, step, landing = rise / count, rng.uniform(0.25, 0.29), rng.uniform(0.9, 1.4)
    run = (count - 1) * step
    long, wood = run + landing, pick(rng, palette.woods)
    solid, parts = rng.random() < 0.5, []
    for i in range(count - 1):
        x, y = -long / 2 + (i + 0.5) * step, (i + 1) * each
        parts.append(box(x + 0.01, y - 0.04, 0, step + 0.03, 0.04, wide, wood))
        body = box(x, 0, 0, step, y - 0.04, wide - 0.04, palette.walls[0])
        parts += (
            [body]
            if solid
            else [Part("box", x, y - each, -s * (wide / 2 - 0.03), step, each, 0.04, palette.trim) for s in (-1, 1)]
        )
        parts.append(box(x, y, wide / 2 - 0.05, 0.03, 0.88, 0.03, palette.trim))
    middle = long / 2 - landing / 2
    parts.append(box(middle, rise - 0.06, 0, landing, 0.06, wide, wood))
    parts.append(box(middle, 0, 0, landing - 0.02, rise - 0.06, wide - 0.04, palette.walls[0]))
    parts += [
        box(x, rise, wide / 2 - 0.05, 0.03, 0.88, 0.03, palette.trim)
        for x in np.arange(long / 2 - landing + 0.1, long / 2, 0.13)
    ]
    parts.append(box(middle, rise + 0.88, wide / 2 - 0.05, landing, 0.05, 0.07, wood))
    slope = float(np.arctan2(each, step))
    rail = (run + step / 2) / np.cos(slope)
    parts.append(
        Part("box", -long / 2, 0.5 * each + 0.9, wide / 2 - 0.05, 0.05, rail, 0.07, wood, 0, 0, slope - np.pi / 2)
    )
    return built(parts, (long, rise + 0.95, wide), [level(rise, landing - 0.2, wide - 0.3, x=middle)])
