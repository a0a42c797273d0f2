"""What a bathroom is fitted with."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.room.item import Item, built, level
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box


def washer(rng: Generator, palette: Palette) -> Item:
    wide, high, deep = 0.6, rng.uniform(0.83, 0.88), rng.uniform(0.52, 0.6)
    front = deep / 2
    parts = [
        box(0, 0, 0, wide, high, deep, palette.white),
        box(0, high - 0.13, front, wide - 0.02, 0.11, 0.012, palette.paper),
        box(0.1, high - 0.1, front + 0.006, 0.16, 0.05, 0.01, palette.dark),
        Part("ring", 0, 0.22, front, 0.4, 0.4, 0.06, palette.metal),
        Part("cylinder", 0, 0.42, front - 0.02, 0.34, 0.04, 0.34, palette.dark, 0, np.pi / 2),
        Part("pole", -0.2, high - 0.075, front, 0.06, 0.03, 0.06, palette.metal, 0, np.pi / 2),
    ]
    return built(parts, (wide, high, deep + 0.04), [level(high, wide - 0.04, deep - 0.04)])


def toilet(rng: Generator, palette: Palette) -> Item:
    body, lid = palette.ceramic, pick(rng, (palette.ceramic, palette.white, palette.woods[0]))
    parts = [
        Part("cushion", 0, 0.0, 0.08, 0.26, 0.3, 0.42, body),
        Part("bowl", 0, 0.16, 0.1, 0.38, 0.24, 0.5, body),
        Part("cylinder", 0, 0.4, 0.1, 0.38, 0.03, 0.5, lid),
        box(0, 0.4, -0.28, 0.38, 0.38, 0.16, body),
        box(0, 0.78, -0.28, 0.4, 0.03, 0.18, body),
        Part("cylinder", 0, 0.81, -0.28, 0.05, 0.01, 0.05, palette.chrome),
    ]
    if rng.random() < 0.4:
        parts.append(Part("cylinder", 0, 0.42, -0.16, 0.36, 0.4, 0.03, lid, 0, -0.15))
    return built(parts, (0.4, 0.81, 0.72))


def basin(rng: Generator, palette: Palette) -> Item:
    """A washbasin on a column or a cabinet, with a mirror above."""
    wide, high, deep = rng.uniform(0.5, 0.75), 0.84, 0.46
    parts = [
        Part("bowl", 0, high - 0.17, 0, wide, 0.17, deep, palette.ceramic),
        box(0, high - 0.12, -deep / 2 + 0.06, wide, 0.12, 0.12, palette.ceramic),
        Part("pole", 0, high, -deep / 2 + 0.07, 0.03, 0.12, 0.03, palette.chrome),
        Part("pole", 0, high + 0.11, -deep / 2 + 0.07, 0.025, 0.13, 0.025, palette.chrome, 0, np.pi / 2),
    ]
    if rng.random() < 0.5:
        parts.append(Part("cylinder", 0, 0, -0.08, 0.18, high - 0.12, 0.16, palette.ceramic))
    else:
        parts.append(box(0, 0, -0.02, wide - 0.06, 0.72, deep - 0.06, palette.front))
        parts += [box(s * 0.03, 0.4, deep / 2 - 0.04, 0.012, 0.14, 0.02, palette.metal) for s in (-1, 1)]
    mirror, tall = wide * rng.uniform(0.8, 1.1), rng.uniform(0.6, 0.9)
    parts += [
        box(0, 1.1, -deep / 2 + 0.008, mirror + 0.04, tall + 0.04, 0.016, palette.trim),
        box(0, 1.12, -deep / 2 + 0.012, mirror, tall, 0.02, palette.mirror),
        box(0, 1.04, -deep / 2 + 0.07, wide, 0.015, 0.13, palette.ceramic),
        Part("cylinder", 0, 1.2 + tall, -deep / 2 + 0.06, 0.3, 0.08, 0.08, palette.glow),
    ]
    shelf = level(1.055, wide - 0.04, 0.1, 0.3, z=-deep / 2 + 0.07)
    return built(parts, (max(wide, mirror + 0.04), 1.3 + tall, deep), [shelf], [(0.0, 1.15 + tall, -deep / 2 + 0.2)])


def bathtub(rng: Generator, palette: Palette) -> Item:
    wide, high, deep, edge = rng.uniform(1.5, 1.8), rng.uniform(0.52, 0.62), rng.uniform(0.7, 0.8), 0.07
    body = pick(rng, (palette.ceramic, palette.tiles))
    parts = (
        [box(0, 0, s * (deep - edge) / 2, wide, high, edge, body) for s in (-1, 1)]
        + [box(s * (wide - edge) / 2, 0, 0, edge, high, deep, body) for s in (-1, 1)]
        + [
            box(0, 0.0, 0, wide - 0.1, 0.16, deep - 0.1, palette.ceramic),
            Part("pole", wide / 2 - 0.05, high + 0.12, -0.1, 0.03, 0.14, 0.03, palette.chrome, 0, 0, 1.5),
            Part("pole", wide / 2 - 0.05, high, -0.1, 0.03, 0.14, 0.03, palette.chrome),
            Part("pole", wide / 2 - 0.02, high, 0.15, 0.015, 1.3, 0.015, palette.chrome),
            Part("shade", wide / 2 - 0.08, high + 1.25, 0.15, 0.16, 0.05, 0.16, palette.chrome),
        ]
    )
    return built(parts, (wide, high, deep), [level(high, 0.5, edge, 0.8, x=-0.3, z=-(deep - edge) / 2)])


def shower(rng: Generator, palette: Palette) -> Item:
    """A cabin of glass in frames of metal."""
    wide, high = rng.uniform(0.8, 1.0), rng.uniform(1.9, 2.1)
    half = wide / 2 - 0.015
    posts = [box(i * half, 0.1, j * half, 0.03, high - 0.1, 0.03, palette.chrome) for i in (-1, 1) for j in (-1, 1)]
    rails = [box(0, y, half, wide, 0.03, 0.03, palette.chrome) for y in (0.1, high)]
    rails += [box(s * half, high, 0, 0.03, 0.03, wide, palette.chrome) for s in (-1, 1)]
    panes = [box(s * half, 0.12, 0, 0.008, high - 0.14, wide - 0.04, palette.glass) for s in (-1, 1)]
    return built(
        [
            box(0, 0, 0, wide, 0.1, wide, palette.ceramic),
            *posts,
            *rails,
            *panes,
            box(0, 0.12, half, wide - 0.04, high - 0.14, 0.008, palette.glass),
            Part("pole", 0, 0.9, -half, 0.02, 1.1, 0.02, palette.chrome),
            Part("shade", 0, 1.95, -half + 0.1, 0.2, 0.04, 0.2, palette.chrome),
        ],
        (wide, high, wide),
    )


def towels(rng: Generator, palette: Palette) -> Item:
    """A rail with towels over it, to hang."""
    wide = rng.uniform(0.5, 0.8)
    parts = [Part("pole", -wide / 2, 0.6, 0, 0.02, wide, 0.02, palette.chrome, 0, 0, -np.pi / 2)]
    parts += [box(s * wide / 2, 0.59, -0.03, 0.02, 0.02, 0.08, palette.chrome) for s in (-1, 1)]
    for x in (-0.22 * wide, 0.22 * wide):
        drop = rng.uniform(0.35, 0.6)
        parts.append(
            Part("cushion", x, 0.62 - drop, 0.016, 0.4 * wide, drop, 0.02, pick(rng, (palette.linen, *palette.fabrics)))
        )
    return built(parts, (wide + 0.05, 0.65, 0.1))
