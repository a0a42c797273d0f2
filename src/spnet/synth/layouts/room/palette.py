"""The materials of one room: chosen once, so that its things look as if one household had bought them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder, drawn_paint, from_hue
from spnet.synth.scene import Colour, Material

_T = TypeVar("_T")


@dataclass(frozen=True)
class Palette:
    """Indices of the scene's materials."""

    walls: tuple[int, int]
    """Of most walls, and of the one that is different."""
    floor: int
    ceiling: int
    trim: int
    """Skirting boards, frames of doors and windows."""
    door: int
    woods: tuple[int, ...]
    front: int
    """Of kitchen cabinets and wardrobes."""
    worktop: int
    metal: int
    chrome: int
    iron: int
    mirror: int
    dark: int
    """Plastic of screens and devices."""
    white: int
    """Of devices."""
    ceramic: int
    paper: int
    fabrics: tuple[int, ...]
    curtain: int
    leather: int
    linen: int
    leaves: tuple[int, ...]
    soil: int
    clay: int
    glass: int
    glow: int
    """Of lampshades."""
    cardboard: int
    paints: tuple[int, ...]
    """Of small things and books, many different ones."""
    pictures: tuple[int, ...]
    """To be stretched over a card."""
    screens: tuple[int, ...]
    rug: int
    tiles: int
    stone: int


def pick(rng: Generator, choices: Sequence[_T]) -> _T:
    """One of them."""
    return choices[int(rng.random() * len(choices))]  # four times as fast as integers()


def draw_palette(builder: Builder, *, wall_role: str, floor_role: str, lit: Colour | None) -> Palette:
    """Choose a room's materials.

    Args:
        builder: takes the materials.
        wall_role, floor_role: of the bank's textures; walls may also be of "tiles".
        lit: the colour of lamps that are on; none if they are off.
    """
    rng, add = builder.rng, builder.material
    plain = [add(_painted_wall(rng)) for _ in range(2)]
    tiles = add(_tiles(builder))
    papered = tiles if wall_role == "tiles" else add(builder.textured((wall_role,), tint=0.2, gloss=0.05, bump=0.4))
    walls = pick(rng, [(papered, papered), (plain[0], papered), (plain[0], plain[1]), (plain[0], plain[0])])
    woods = tuple(add(_wood(builder)) for _ in range(3))
    trim = pick(rng, [add(Material(from_hue(0.1, 0.05, rng.uniform(0.8, 0.95)), gloss=0.3)), woods[0]])
    return Palette(
        walls=walls if wall_role == "wall" else (papered, papered), floor=add(_floor(builder, floor_role)),
        ceiling=add(Material(from_hue(0.1, rng.uniform(0, 0.1), rng.uniform(0.8, 0.95)), gloss=0.02)),
        trim=trim, woods=woods, tiles=tiles,
        door=pick(rng, [trim, woods[1], add(Material(drawn_paint(rng), gloss=0.3))]),
        front=pick(rng, [add(Material(drawn_paint(rng), gloss=0.45)), woods[2], trim]),
        worktop=add(builder.textured(("stone", "wood"), tint=0.2, gloss=0.5, bump=0.1)),
        metal=add(Material(from_hue(0.6, 0.05, rng.uniform(0.5, 0.8)), gloss=0.6, metal=1.0)),
        chrome=add(Material((0.75, 0.76, 0.78), gloss=0.9, metal=1.0)),
        iron=add(Material(from_hue(0.6, 0.05, rng.uniform(0.15, 0.35)), gloss=0.4)),
        mirror=add(Material((0.9, 0.92, 0.92), gloss=1.0, metal=1.0)),
        dark=add(Material((0.025, 0.025, 0.03), gloss=0.5)), white=add(Material((0.78, 0.78, 0.76), gloss=0.5)),
        ceramic=add(Material((0.85, 0.85, 0.83), gloss=0.7)), paper=add(Material((0.82, 0.81, 0.77), gloss=0.02)),
        fabrics=tuple(add(_fabric(builder)) for _ in range(4)), curtain=add(_fabric(builder)),
        rug=add(_fabric(builder)), leather=add(_leather(rng)),
        linen=add(replace(_fabric(builder), colour=from_hue(rng.uniform(0, 1), 0.08, rng.uniform(0.75, 0.92)))),
        leaves=tuple(add(Material(_green(rng), gloss=0.25)) for _ in range(3)),
        soil=add(Material((0.05, 0.035, 0.025))),
        clay=pick(rng, [add(Material((0.5, 0.2, 0.1), gloss=0.1)), add(Material(drawn_paint(rng), gloss=0.5))]),
        glass=add(Material((0.9, 0.95, 0.95), gloss=1.0, opacity=rng.uniform(0.02, 0.15))),
        glow=add(_lampshade(rng, lit)), cardboard=add(Material((0.42, 0.28, 0.16), gloss=0.03)),
        paints=tuple(add(Material(drawn_paint(rng), gloss=rng.uniform(0.05, 0.6))) for _ in range(16)),
        pictures=_pictures(builder, 8, 0.0),
        screens=_pictures(builder, 3, rng.uniform(0.5, 2.0) if rng.random() < 0.6 else 0.0),
        stone=add(builder.textured(("stone", "brick"), tint=0.2, gloss=0.1, bump=0.6)),
    )  # fmt: skip


def _leather(rng: Generator) -> Material:
    return Material(from_hue(rng.uniform(0, 0.12), rng.uniform(0.1, 0.6), rng.uniform(0.15, 0.5)), gloss=0.45)


def _lampshade(rng: Generator, lit: Colour | None) -> Material:
    """Cloth or milk glass; if it is on, in the colour of its light."""
    shade = from_hue(rng.uniform(0.05, 0.15), rng.uniform(0.05, 0.4), 0.9)
    if lit is None:
        return Material(shade, gloss=0.05, emission=0.1)
    return Material(_mixed(shade, lit), emission=rng.uniform(3, 9))


def _painted_wall(rng: Generator) -> Material:
    saturation = rng.uniform(0, 0.12) if rng.random() < 0.6 else rng.uniform(0.1, 0.45)
    return Material(from_hue(rng.uniform(0, 1), saturation, rng.uniform(0.55, 0.95)), gloss=0.05)


def _floor(builder: Builder, role: str) -> Material:
    gloss = pick(builder.rng, (0.1, 0.3, 0.5, 0.65))
    return builder.textured((role,), tint=0.2, gloss=gloss, bump=0.3)


def _tiles(builder: Builder) -> Material:
    """One of the bank's textures with joints, as a glazed surface."""
    bank, rng = builder.bank, builder.rng
    jointed = [index for index in bank.textures_of("wall", "floor") if bank.textures[index].regular]
    if not jointed:
        return Material(from_hue(rng.uniform(0, 1), 0.15, rng.uniform(0.6, 0.9)), gloss=0.7)
    index = pick(rng, jointed)
    colour = from_hue(rng.uniform(0, 1), 0.1, rng.uniform(0.8, 0.97))
    return Material(colour, index, repeat=bank.textures[index].metres or 1.0, gloss=0.65, bump=0.3)


def _wood(builder: Builder) -> Material:
    made = builder.textured(("wood",), tint=0.25, gloss=builder.rng.uniform(0.1, 0.5), bump=0.2)
    if made.texture is not None:
        return made
    rng = builder.rng
    return replace(made, colour=from_hue(rng.uniform(0.04, 0.1), rng.uniform(0.35, 0.7), rng.uniform(0.3, 0.75)))


def _fabric(builder: Builder) -> Material:
    rng = builder.rng
    if rng.random() < 0.5:
        return Material(drawn_paint(rng), gloss=0.02)
    made = builder.textured(("fabric",), tint=0.1, gloss=0.02, bump=0.5)
    return replace(made, colour=tuple(np.clip(np.array(drawn_paint(rng)) + 0.25, 0, 1).tolist()))


def _green(rng: Generator) -> Colour:
    return from_hue(rng.uniform(0.22, 0.36), rng.uniform(0.5, 0.85), rng.uniform(0.35, 0.65))


def _mixed(shade: Colour, lit: Colour) -> Colour:
    red, green, blue = (float(np.sqrt(a * b)) for a, b in zip(shade, lit, strict=True))
    return (red, green, blue)


def _pictures(builder: Builder, count: int, emission: float) -> tuple[int, ...]:
    """Materials with one of the bank's pictures each, or with one colour where it has none."""
    rng, choices = builder.rng, builder.bank.textures_of("picture")
    made = []
    for _ in range(count):
        light = rng.uniform(0.6, 1.0)
        material = Material(drawn_paint(rng), gloss=0.2, emission=emission)
        if choices:
            material = Material((light, light, light), pick(rng, choices), gloss=0.2, emission=emission)
        made.append(builder.material(material))
    return tuple(made)
