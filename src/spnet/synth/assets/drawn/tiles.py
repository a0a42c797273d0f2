"""Tiles of all formats: glazed, stoneware, mosaic, cement, chequered."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Paint
from spnet.synth.assets.drawn.noise import clouds, level, step
from spnet.synth.assets.drawn.pieces import Pieces, bonded, herringbone, nearest_to, scattered, shuffled

STACK = (0.0,)
STRETCHER = (0.0, 0.5)


def tiled(
    rng: np.random.Generator,
    pieces: Pieces,
    faces: Paint,
    *,
    grout: str = "a9a59c",
    joint: float = 3.0,
    rounding: float = 0.12,
) -> Paint:
    """Tiles in grout: rounded edges, grout soiled unevenly, a little dust."""
    bed = shade(plain(grout, pieces.edge), clouds(rng, low=40.0, slope=0.4), 0.06)
    bed = mix(bed, bed * 0.7, level(clouds(rng, low=4.0, high=24.0)) * 0.5)
    faces = shade(faces, -np.exp(-np.maximum(pieces.edge - joint / 2, 0.0) / 1.6), rounding)
    face = step(pieces.edge, joint / 2 - 0.5, joint / 2 + 0.5)
    surface = mix(bed, faces, face)
    return shade(surface, clouds(rng, low=4.0, high=30.0), 0.012)


def glazed(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    pieces: Pieces,
    grout: str = "b5b1a8",
    joint: float = 3.0,
    spread: float = 0.03,
    mottle: float = 0.03,
) -> Paint:
    """Ceramic: each tile a little other in tone, its glaze pooled and speckled."""
    tone = shuffled(rng, clouds(rng, low=3.0, high=24.0, slope=1.3), pieces)
    faces = shade(varied(rng, colours, pieces.count, spread)[pieces.number], tone, mottle)
    faces = shade(faces, clouds(rng, low=60.0, slope=0.2), 0.008)
    return tiled(rng, pieces, faces, grout=grout, joint=joint)


def rectangles(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    rows: int,
    columns: int,
    shifts: tuple[float, ...] = STACK,
    grout: str = "b5b1a8",
    joint: float = 3.0,
    spread: float = 0.03,
    mottle: float = 0.03,
) -> Paint:
    """Glazed rectangles, stacked or in a bond."""
    pieces = bonded(rows, columns, shifts)
    return glazed(rng, colours=colours, pieces=pieces, grout=grout, joint=joint, spread=spread, mottle=mottle)


def chequered(
    rng: np.random.Generator, *, colours: tuple[str, str], tiles: int = 4, grout: str = "8f8b83", veined: bool = True
) -> Paint:
    """Two stones in turn."""
    pieces = bonded(tiles, tiles, STACK)
    cell = np.arange(SIZE) * tiles // SIZE
    odd = ((cell[:, None] + cell[None, :]) % 2).astype(np.float64)
    faces = mix(plain(colours[0], odd), colour(colours[1]), odd)
    if veined:
        veins = shuffled(rng, np.exp(-np.abs(clouds(rng, low=3.0, high=24.0, slope=1.3)) / 0.07), pieces)
        faces = mix(faces, mix(faces * 0.6, faces * 0.4 + 0.4, odd), veins * 0.35)
    faces = shade(faces, rng.normal(0.0, 0.025, pieces.count)[pieces.number], 1.0)
    return tiled(rng, pieces, faces, grout=grout, joint=2.0)


def hexagonal(
    rng: np.random.Generator, *, colours: tuple[str, ...], rows: int = 8, columns: int = 7, grout: str = "c2beb5"
) -> Paint:
    """Regular hexagons, a few per cent stretched so that they repeat; `rows` must be even."""
    pieces = nearest_to(scattered(rng, rows, columns, 0.0))
    return glazed(rng, colours=colours, pieces=pieces, grout=grout, joint=3.5, spread=0.05)


def zigzag(rng: np.random.Generator, *, colours: tuple[str, ...], length: int = 3, cells: int = 18) -> Paint:
    """Small glazed blocks in a herringbone."""
    return glazed(rng, colours=colours, pieces=herringbone(length, cells), joint=3.0, spread=0.04)


def mosaic(rng: np.random.Generator, *, colours: tuple[str, ...], tiles: int = 24, grout: str = "b9b7b1") -> Paint:
    """Glass mosaic: small squares of many shades."""
    pieces = bonded(tiles, tiles, STACK)
    return glazed(rng, colours=colours, pieces=pieces, grout=grout, joint=3.0, spread=0.10, mottle=0.02)


def cement_tiles(rng: np.random.Generator, *, colours: tuple[str, ...], tiles: int = 4) -> Paint:
    """Patterned cement tiles: a figure of arcs and stars, mirrored in each tile, worn by feet."""
    side = SIZE // tiles
    y, x = np.mgrid[:side, :side] / (side - 1.0) * 2.0 - 1.0
    fold, other = np.maximum(np.abs(x), np.abs(y)), np.minimum(np.abs(x), np.abs(y))
    radius, corner = np.hypot(x, y), np.hypot(1.0 - np.abs(x), 1.0 - np.abs(y))
    turns = rng.integers(2, 5)
    star = radius - 0.5 - 0.16 * np.cos(2 * turns * np.arctan2(y, x))
    figure = plain(colours[0], fold)
    figure = mix(figure, colour(colours[1]), step(star, 0.02, -0.02))
    figure = mix(figure, colour(colours[2]), step(radius, 0.27, 0.24))
    figure = mix(figure, colour(colours[2]), step(np.abs(corner - 0.52), 0.10, 0.07))
    figure = mix(figure, colour(colours[1]), step(corner, 0.30, 0.27))
    figure = mix(figure, colour(colours[0]), step(np.abs(fold - other) + np.abs(radius - 0.9), 0.2, 0.17))
    pieces = bonded(tiles, tiles, STACK)
    faces = np.tile(figure, (tiles, tiles, 1))
    worn = level(shuffled(rng, clouds(rng, low=4.0, high=90.0, slope=0.9), pieces))
    faces = mix(faces, colour("b5ab9b"), worn * 0.22)
    faces = shade(faces, rng.normal(0.0, 0.03, pieces.count)[pieces.number], 1.0)
    return tiled(rng, pieces, faces, grout="99938a", joint=1.6, rounding=0.06)


DRAWINGS = (
    Drawing(
        "tiles metro white",
        "wall",
        0.9,
        True,
        partial(rectangles, colours=("dedcd5", "e6e4de"), rows=12, columns=6, shifts=STRETCHER, mottle=0.015),
    ),
    Drawing(
        "tiles metro green",
        "wall",
        0.9,
        True,
        partial(
            rectangles,
            colours=("3f6a58", "52806b", "67937d"),
            rows=12,
            columns=6,
            shifts=STRETCHER,
            grout="cfccc2",
            spread=0.05,
            mottle=0.06,
        ),
    ),
    Drawing(
        "tiles bath blue",
        "wall",
        0.9,
        True,
        partial(rectangles, colours=("7d9fb0", "8fb0bf"), rows=6, columns=6, mottle=0.02),
    ),
    Drawing(
        "tiles upright pink",
        "wall",
        0.6,
        True,
        partial(
            rectangles,
            colours=("c99a90", "d4aca1", "debbb0"),
            rows=4,
            columns=12,
            grout="dcd8d0",
            spread=0.05,
            mottle=0.05,
        ),
    ),
    Drawing("tiles zigzag white", "wall", 0.6, True, partial(zigzag, colours=("d5d5d0", "e2e2de"))),
    Drawing("mosaic pool", "wall", 0.5, True, partial(mosaic, colours=("3f7c9a", "6ba3b8", "a9cdd2"))),
    Drawing(
        "tiles hexagon white", "floor", 0.35, True, partial(hexagonal, colours=("d9d7d0", "e3e1db"), grout="8c8981")
    ),
    Drawing(
        "tiles terracotta",
        "floor",
        1.2,
        True,
        partial(
            rectangles,
            colours=("8f4f35", "a86444", "ba7a58"),
            rows=5,
            columns=5,
            grout="b3a48f",
            joint=6.0,
            spread=0.06,
            mottle=0.07,
        ),
    ),
    Drawing(
        "tiles stoneware beige",
        "floor",
        1.2,
        True,
        partial(rectangles, colours=("b5a68d", "c4b69f"), rows=2, columns=2, joint=3.0, mottle=0.03),
    ),
    Drawing(
        "tiles stoneware grey",
        "floor",
        1.2,
        True,
        partial(
            rectangles, colours=("83837f", "92918c"), rows=4, columns=2, shifts=STRETCHER, grout="6d6c69", mottle=0.06
        ),
    ),
    Drawing("chequered black white", "floor", 1.6, True, partial(chequered, colours=("d5d2c9", "37373a"))),
    Drawing("cement tiles blue", "floor", 0.8, True, partial(cement_tiles, colours=("cfc8b8", "4f6b80", "9c5f48"))),
    Drawing("cement tiles ochre", "floor", 0.8, True, partial(cement_tiles, colours=("d6c7a2", "7c4a3a", "5f6f5c"))),
)
