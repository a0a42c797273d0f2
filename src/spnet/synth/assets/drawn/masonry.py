"""Brick, block and stone walls."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import bend, cavity, clouds, level, soften, specks, step
from spnet.synth.assets.drawn.pieces import (
    Pieces,
    bonded,
    courses,
    nearest_to,
    random_courses,
    scattered,
    shuffled,
)

RED = ("7b3c2e", "96503c", "a8644a")
ORANGE = ("a05a38", "b87048", "c98a5e")
BROWN = ("54372c", "6e493a", "85604c")
BUFF = ("a88c63", "bfa279", "cfb792")
GREY = ("7b7873", "929089", "a7a49c")
WHITE = ("c6c1b6", "d6d1c7", "e0dcd3")

STRETCHER = (0.0, 0.5)
STACK = (0.0,)
THIRD = (0.0, 1 / 3, 2 / 3)


def brickwork(
    rng: np.random.Generator,
    pieces: Pieces,
    *,
    colours: tuple[str, ...],
    mortar: str = "b3aca0",
    joint: float = 3.5,
    roughness: float = 1.0,
    spread: float = 0.07,
    soot: float = 0.3,
) -> Paint:
    """Bricks in mortar: chipped edges, specks of sand and slag, soot and efflorescence over all."""
    chipped = pieces.edge + roughness * (0.9 * clouds(rng, low=12.0, high=110.0) + 0.3)
    face = step(chipped, joint * 0.5, joint * 0.5 + 2.0)
    height = shuffled(rng, clouds(rng, low=10.0, high=160.0, slope=0.8), pieces)
    bricks = shade(varied(rng, colours, pieces.count, spread)[pieces.number], height, 0.07 * roughness)
    scorch = shuffled(rng, clouds(rng, low=3.0, high=10.0, slope=1.5), pieces)
    bricks = shade(bricks, np.minimum(scorch, 0.8), 0.07)
    bricks = mix(bricks, bricks * 0.5, specks(rng, 0.03, 3.0) * 0.6 * roughness)
    bed = shade(plain(mortar, height), clouds(rng, low=30.0, slope=0.4), 0.09)
    bed = shade(bed, -step(pieces.edge, joint * 0.15, joint * 0.5) * face, 0.25)
    wall = mix(bed, bricks, face)
    wall = shade(wall, -cavity(face, 3.0), 0.28)
    return weathered(rng, wall, soot)


def weathered(rng: np.random.Generator, wall: Paint, soot: float) -> Paint:
    """Rain streaks, soot and bloom of salt, faint enough to repeat."""
    streaks = level(clouds(rng, low=5.0, high=60.0, stretch=(7.0, 1.0)))
    blooms = step(clouds(rng, low=4.0, high=40.0, slope=1.3), 1.0, 2.6)
    wall = mix(wall, wall * colour("a39b90"), streaks * soot * 0.6)
    return mix(wall, colour("cdc6ba"), blooms * 0.22 * min(1.0, soot * 2))


def bricks(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    rows: int = 12,
    columns: int = 4,
    shifts: tuple[float, ...] = STRETCHER,
    mortar: str = "b3aca0",
    joint: float = 5.0,
    roughness: float = 1.0,
    spread: float = 0.07,
    soot: float = 0.3,
) -> Paint:
    """Equal bricks in a running bond, or stacked."""
    pieces = _uneven(rng, bonded(rows, columns, shifts), 0.7 * roughness)
    return brickwork(
        rng, pieces, colours=colours, mortar=mortar, joint=joint, roughness=roughness, spread=spread, soot=soot
    )


def mixed_bond(
    rng: np.random.Generator, *, colours: tuple[str, ...], mortar: str = "a8a196", english: bool = False
) -> Paint:
    """Headers among stretchers: in every course (Flemish bond), or in every other one (English bond)."""
    rows, columns = 12, 3
    joints = []
    for row in range(rows):
        headers_only = english and row % 2 == 1
        lengths = np.full(2 * columns, 1.0) if headers_only else np.tile([2.0, 1.0], columns)
        if english and not headers_only:
            lengths = np.full(columns, 2.0)
        starts = np.cumsum(lengths) / lengths.sum()
        shift = (0.5 if not english else 0.25) / columns * (row % 2)
        joints.append(sorted(float(start) for start in np.mod(starts + shift, 1.0)))
    pieces = _uneven(rng, courses([1.0] * rows, joints), 0.8)
    return brickwork(rng, pieces, colours=colours, mortar=mortar, joint=4.5)


def _uneven(rng: np.random.Generator, pieces: Pieces, pixels: float) -> Pieces:
    """Joints that no line and level ever made quite straight."""
    down, right = (pixels * clouds(rng, low=4.0, high=24.0) for _ in range(2))
    rows, columns = np.mgrid[:SIZE, :SIZE]
    number = pieces.number[np.rint(rows + down).astype(np.intp) % SIZE, np.rint(columns + right).astype(np.intp) % SIZE]
    return Pieces(number, bend(pieces.edge, down, right), pieces.down, pieces.right, pieces.count)


def painted_bricks(
    rng: np.random.Generator, *, paint: str, rows: int = 12, columns: int = 4, peeling: float = 0.06
) -> Paint:
    """Brickwork under thick paint, flaking here and there to the brick."""
    pieces = _uneven(rng, bonded(rows, columns, STRETCHER), 0.7)
    relief = soften(step(pieces.edge + 0.6 * clouds(rng, low=12.0, high=90.0), 1.5, 5.0), 0.8)
    coat = shade(plain(paint, relief), clouds(rng, low=10.0, high=160.0, slope=0.7), 0.035)
    coat = shade(coat, -cavity(relief, 4.0), 0.45)
    bare = brickwork(rng, pieces, colours=RED, joint=5.0)
    noise = clouds(rng, low=6.0, high=120.0, slope=1.1)
    flaked = step(noise, *np.quantile(noise, [1.0 - peeling, 1.0 - peeling * 0.85]))
    return weathered(rng, mix(coat, bare, flaked), 0.25)


def blocks(rng: np.random.Generator, *, paint: str = "a5a39d", rows: int = 4, columns: int = 2) -> Paint:
    """Concrete blocks: open-pored, in flush grey mortar."""
    pieces = bonded(rows, columns, STRETCHER)
    pores = cavity(clouds(rng, low=30.0, high=120.0, slope=0.3), 3.0)
    faces = shade(plain(paint, pores), rng.normal(0.0, 0.05, pieces.count)[pieces.number], 1.0)
    faces = shade(faces, 0.5 - pores, 0.12)
    face = step(pieces.edge + 0.5 * clouds(rng, low=20.0, high=90.0), 2.5, 4.5)
    bed = shade(plain("8f8d87", pores), clouds(rng, low=40.0, slope=0.3), 0.05)
    wall = shade(mix(bed, faces, face), -cavity(face, 3.0), 0.3)
    return weathered(rng, wall, 0.3)


def ashlar(
    rng: np.random.Generator, *, colours: tuple[str, ...], rows: tuple[float, ...], columns: float = 3.0
) -> Paint:
    """Squared stones in courses of several heights."""
    pieces = _uneven(rng, random_courses(rng, rows, columns, 0.45), 1.2)
    return _stones(rng, pieces, colours=colours, mortar="9c968a", joint=4.0)


def rubble(
    rng: np.random.Generator, *, colours: tuple[str, ...], rows: int = 8, columns: int = 6, mortar: str = "9a9285"
) -> Paint:
    """Field stones of all shapes in mortar."""
    bent = 4.0 * clouds(rng, low=6.0, high=40.0, slope=1.2)
    pieces = nearest_to(scattered(rng, rows, columns, 0.36), bent)
    return _stones(rng, pieces, colours=colours, mortar=mortar, joint=9.0)


def _stones(rng: np.random.Generator, pieces: Pieces, *, colours: tuple[str, ...], mortar: str, joint: float) -> Paint:
    rounded = np.minimum(pieces.edge, 16.0) / 16.0
    layers = clouds(rng, low=5.0, high=90.0, slope=0.9, stretch=(1.0, 2.5))
    height = shuffled(rng, layers, pieces) + 0.5 * clouds(rng, low=40.0, slope=0.4)
    stones = shade(varied(rng, colours, pieces.count, 0.08)[pieces.number], height, 0.08)
    stones = shade(stones, rounded**0.5 - 0.8, 0.22)
    tint = shuffled(rng, clouds(rng, low=2.0, high=8.0), pieces)
    stones = mix(stones, stones * colour("d8b98c"), level(tint) * 0.35)
    face = step(pieces.edge + 1.2 * clouds(rng, low=14.0, high=100.0), joint * 0.5, joint * 0.5 + 2.5)
    bed = shade(plain(mortar, height), clouds(rng, low=30.0, slope=0.3), 0.1)
    wall = shade(mix(bed, stones, face), -cavity(face, 5.0), 0.35)
    return weathered(rng, wall, 0.25)


def dry_slate(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Thin split stones stacked without mortar, deep shade between them."""
    rows = [float(height) for height in rng.uniform(0.5, 1.4, 22)]
    pieces = _uneven(rng, random_courses(rng, rows, 3.0, 0.6), 1.6)
    height = shuffled(rng, clouds(rng, low=6.0, high=120.0, slope=0.7, stretch=(1.0, 4.0)), pieces)
    stones = shade(varied(rng, colours, pieces.count, 0.16)[pieces.number], height, 0.12)
    gap = step(pieces.edge + 0.8 * clouds(rng, low=14.0, high=90.0), 0.6, 2.6)
    return mix(stones * 0.3, stones, gap)


def gabion(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Broken stones behind a wire mesh."""
    pieces = nearest_to(scattered(rng, 11, 9, 0.45), 4.0 * clouds(rng, low=8.0, high=50.0))
    stones = _stones(rng, pieces, colours=colours, mortar="3a3733", joint=5.0)
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE * 2 * np.pi
    wire = np.minimum(np.abs(np.sin(5 * x + 4 * y)), np.abs(np.sin(5 * x - 4 * y)))
    return mix(stones, colour("8f938f"), _thin(wire) * 0.8)


def _thin(wave: Field) -> Field:
    return step(wave, 0.09, 0.04)


def render_over_brick(rng: np.random.Generator, *, paint: str, colours: tuple[str, ...] = RED) -> Paint:
    """Old render fallen off in patches."""
    wall = bricks(rng, colours=colours, rows=16, columns=5, joint=4.0)
    noise = clouds(rng, low=3.0, high=90.0, slope=1.5)
    render = ramp(level(clouds(rng, low=4.0, high=40.0)), ["b5ac9c", paint, paint])
    render = shade(render, clouds(rng, low=50.0, slope=0.3), 0.035)
    render = shade(render, -step(noise, 0.62, 1.05), 0.15)
    return weathered(rng, mix(render, wall, step(noise, 1.05, 1.12)), 0.35)


DRAWINGS = (
    Drawing("brick red", "brick", 1.0, True, partial(bricks, colours=RED)),
    Drawing("brick orange", "brick", 1.0, True, partial(bricks, colours=ORANGE, mortar="c4bcae", spread=0.07)),
    Drawing("brick brown", "brick", 1.0, True, partial(bricks, colours=BROWN, mortar="8d857a", shifts=THIRD, rows=12)),
    Drawing("brick buff", "brick", 1.0, True, partial(bricks, colours=BUFF, mortar="cfc6b4", spread=0.06)),
    Drawing("brick white", "brick", 1.0, True, partial(bricks, colours=WHITE, mortar="b9b5ab", spread=0.05)),
    Drawing("brick dark", "brick", 1.1, True, partial(bricks, colours=("3c3634", "4b4340", "5c514c"), mortar="77716a")),
    Drawing("brick stack", "brick", 1.0, True, partial(bricks, colours=BUFF, shifts=STACK, columns=5, rows=12)),
    Drawing("brick flemish", "brick", 1.1, True, partial(mixed_bond, colours=("6f3a30", "9a5240", "b57a58"))),
    Drawing("brick painted white", "brick", 1.0, True, partial(painted_bricks, paint="d9d6ce", peeling=0.03)),
    Drawing("brick painted blue", "brick", 1.0, True, partial(painted_bricks, paint="6d8799", peeling=0.08)),
    Drawing("concrete blocks", "brick", 0.8, True, blocks),
    Drawing("render fallen", "brick", 2.0, False, partial(render_over_brick, paint="cbbfa6")),
    Drawing("ashlar sandstone", "stone", 2.0, True, partial(ashlar, colours=BUFF, rows=(1.0, 1.4, 0.8, 1.2, 1.0))),
    Drawing("ashlar granite", "stone", 2.2, True, partial(ashlar, colours=GREY, rows=(1.0, 0.7, 1.3, 0.9))),
    Drawing("ashlar limestone", "stone", 1.8, True, partial(ashlar, colours=WHITE, rows=(1.0, 1.0, 1.0), columns=2.0)),
    Drawing("rubble grey", "stone", 1.6, True, partial(rubble, colours=GREY, mortar="c0b9ab")),
    Drawing(
        "rubble warm",
        "stone",
        1.5,
        True,
        partial(rubble, colours=("8d7458", "a89274", "b8a88c"), rows=9, columns=7, mortar="6f675c"),
    ),
    Drawing("slate dry", "stone", 0.9, True, partial(dry_slate, colours=("55575a", "6c6d6c", "857f76"))),
    Drawing("gabion", "stone", 1.2, True, partial(gabion, colours=("807b73", "9b958b", "b0a99d"))),
)
