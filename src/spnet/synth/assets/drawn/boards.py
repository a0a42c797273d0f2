"""Wood: floors of planks, parquet, herringbone; veneers, panelling and cladding."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import bend, clouds, level, soften, step
from spnet.synth.assets.drawn.pieces import (
    Pieces,
    bonded,
    courses,
    half_width,
    herringbone,
    random_courses,
    shuffled,
    turned,
)

OAK = ("9c7448", "b98f5f", "cfa878")
PALE_OAK = ("b79a72", "cdb48d", "dfcaa6")
WALNUT = ("4d3524", "6b4a32", "86623f")
PINE = ("c08f52", "d9ad6e", "e6c48a")
CHERRY = ("84492d", "a1603c", "b87a50")
GREYED = ("7e7a72", "979289", "aaa69b")
EBONY = ("2f2925", "40372f", "51463c")
TEAK = ("8a5a32", "a5713f", "bd8a54")


def grain(rng: np.random.Generator, *, rings: float = 5.0, waves: float = 2.5, pores: float = 1.0) -> Field:
    """Light and dark of wood sawn along the trunk, fibres running to the right, about from -1 to 1.

    Year rings are the contours of a surface stretched along the trunk: they close to the flames of a plain-sawn
    board. Pores are short dark strokes.
    """
    trunk = clouds(rng, low=waves, high=waves * 5, slope=2.0, stretch=(1.0, 7.0))
    trunk = bend(trunk, 3.0 * clouds(rng, low=4.0, high=40.0, stretch=(1.0, 4.0)), np.zeros((SIZE, SIZE)))
    phase = trunk * rings % 1.0
    ring = phase**1.6 - 0.4 - 0.7 * step(phase, 0.93, 1.0)
    fibres = clouds(rng, low=60.0, high=256.0, slope=0.3, stretch=(1.0, 30.0))
    broad = clouds(rng, low=6.0, high=60.0, stretch=(1.0, 20.0))
    strokes = step(clouds(rng, low=70.0, high=200.0, slope=0.0, stretch=(1.0, 8.0)), 1.2, 2.2)
    return 0.75 * soften(ring, 0.8) + 0.18 * fibres + 0.28 * broad - 0.9 * pores * strokes


def upright(field: Field) -> Field:
    """The same wood with its fibres running down."""
    return np.ascontiguousarray(field.T)


def laid(
    rng: np.random.Generator,
    pieces: Pieces,
    fibres: Field,
    *,
    colours: tuple[str, ...],
    gap: float = 1.0,
    contrast: float = 1.0,
    spread: float = 0.07,
) -> Paint:
    """Boards: each with its own tone and its own part of the grain, worn and dirty along the gaps."""
    boards = varied(rng, colours, pieces.count, spread)[pieces.number]
    surface = shade(boards, fibres, 0.17 * contrast)
    surface = mix(surface, surface * colour("e8c9a0"), level(fibres) * 0.12)
    surface = shade(surface, clouds(rng, low=4.0, high=20.0), 0.02)
    scratches = step(clouds(rng, low=20.0, stretch=(1.0, 12.0)), 2.3, 3.0)
    surface = mix(surface, surface * 1.15, scratches * 0.5)
    dirt = np.exp(-np.maximum(pieces.edge - gap, 0.0) / 2.5) * level(clouds(rng, low=4.0, high=40.0))
    surface = mix(surface, surface * 0.72, dirt * 0.7)
    return mix(surface, colours_of_gap(boards), step(pieces.edge, gap + 0.5, gap - 0.5))


def colours_of_gap(boards: Paint) -> Paint:
    """What is seen between boards: their own colour in deep shade."""
    return boards * 0.33 + 0.03


def planks(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    rows: int = 6,
    columns: float = 1.6,
    gap: float = 0.8,
    contrast: float = 1.0,
    spread: float = 0.07,
    rings: float = 5.0,
) -> Paint:
    """Floorboards running to the right, in random lengths."""
    pieces = random_courses(rng, [1.0] * rows, columns, 0.35)
    fibres = shuffled(rng, grain(rng, rings=rings), pieces)
    return laid(rng, pieces, fibres, colours=colours, gap=gap, contrast=contrast, spread=spread)


def bonded_parquet(rng: np.random.Generator, *, colours: tuple[str, ...], strips: int = 4, squares: int = 4) -> Paint:
    """Mosaic parquet: squares of strips, turned by a right angle in turn."""
    flat = bonded(squares * strips, squares, (0.0,))
    upended = turned(flat)
    cell = np.arange(SIZE) * squares // SIZE
    odd = ((cell[:, None] + cell[None, :]) % 2).astype(bool)
    number = np.where(odd, upended.number + flat.count, flat.number)
    pieces = Pieces(
        number,
        np.where(odd, upended.edge, flat.edge),
        np.where(odd, upended.down, flat.down),
        np.where(odd, upended.right, flat.right),
        flat.count + upended.count,
    )
    wood = grain(rng, rings=2.0, pores=0.6)
    fibres = np.where(odd, shuffled(rng, upright(wood), pieces), shuffled(rng, wood, pieces))
    return laid(rng, pieces, fibres, colours=colours, gap=0.6, contrast=0.8)


def herringbone_parquet(
    rng: np.random.Generator, *, colours: tuple[str, ...], length: int = 4, cells: int = 16
) -> Paint:
    """Blocks laid at right angles in a zigzag."""
    pieces = herringbone(length, cells)
    flat = half_width(pieces) > SIZE / cells
    wood = grain(rng, rings=3.0, pores=0.7)
    fibres = np.where(flat, shuffled(rng, wood, pieces), shuffled(rng, upright(wood), pieces))
    return laid(rng, pieces, fibres, colours=colours, gap=0.6, contrast=0.85)


def veneer(
    rng: np.random.Generator, *, colours: tuple[str, ...], rings: float = 7.0, waves: float = 2.0, contrast: float = 1.0
) -> Paint:
    """One sheet of wood without joints: furniture, doors."""
    fibres = grain(rng, rings=rings, waves=waves)
    surface = ramp(np.clip(0.5 + 0.33 * contrast * fibres, 0.0, 1.0), colours)
    return shade(surface, clouds(rng, low=3.0, high=12.0), 0.02)


def panelling(
    rng: np.random.Generator, *, colours: tuple[str, ...], boards: int = 8, groove: float = 2.5, contrast: float = 1.0
) -> Paint:
    """Upright tongue-and-groove boards."""
    pieces = turned(courses([1.0] * boards, [[0.0]] * boards))
    across = np.abs(pieces.right)
    half = SIZE / boards / 2
    fibres = shuffled(rng, upright(grain(rng)), pieces)
    surface = varied(rng, colours, pieces.count, 0.04)[pieces.number]
    surface = shade(surface, fibres, 0.16 * contrast)
    surface = mix(surface, surface * 1.12, step(np.abs(across - (half - groove * 1.6)), 2.0, 0.5) * 0.6)
    return mix(surface, colours_of_gap(surface), step(half - across, groove, groove * 0.4))


def chipboard(rng: np.random.Generator, *, colours: tuple[str, ...] = ("a8824f", "c9a36c", "dcbd8b")) -> Paint:
    """Oriented strand board: flat strands in all directions pressed together."""
    tone = np.zeros((SIZE, SIZE))
    edges = np.zeros((SIZE, SIZE))
    for stretch in ((1.0, 4.0), (4.0, 1.0), (1.0, 3.0), (3.0, 1.0), (1.5, 2.5), (2.5, 1.5)):
        strand = clouds(rng, low=14.0, high=26.0, slope=0.5, stretch=stretch)
        over = step(strand, 0.75, 0.95)
        own = clouds(rng, low=5.0, high=18.0) + 0.35 * clouds(rng, low=60.0, slope=0.3, stretch=stretch)
        tone = tone * (1.0 - over) + own * over
        edges = edges * (1.0 - over) + step(np.abs(strand - 0.8), 0.22, 0.05)
    return mix(ramp(level(tone), colours), colour("6e4f2c"), np.clip(edges, 0.0, 1.0) * 0.45)


DRAWINGS = (
    Drawing("planks oak", "floor", 1.4, True, partial(planks, colours=OAK)),
    Drawing("planks pale oak", "floor", 1.6, True, partial(planks, colours=PALE_OAK, rows=8, contrast=0.7)),
    Drawing("planks walnut", "floor", 1.2, True, partial(planks, colours=WALNUT, rows=8)),
    Drawing("planks pine", "floor", 1.6, True, partial(planks, colours=PINE, rows=10, columns=1.2, gap=1.4, rings=3.0)),
    Drawing("planks grey", "floor", 1.5, True, partial(planks, colours=GREYED, rows=6, contrast=0.9)),
    Drawing("laminate", "floor", 1.3, True, partial(planks, colours=TEAK, rows=9, columns=3.5, gap=0.3, spread=0.1)),
    Drawing("parquet mosaic", "floor", 0.6, True, partial(bonded_parquet, colours=OAK, strips=5)),
    Drawing("herringbone oak", "floor", 1.2, True, partial(herringbone_parquet, colours=OAK)),
    Drawing("herringbone pale", "floor", 1.5, True, partial(herringbone_parquet, colours=PALE_OAK, length=6, cells=24)),
    Drawing("wood oak", "wood", 0.8, False, partial(veneer, colours=OAK)),
    Drawing("wood beech", "wood", 0.6, False, partial(veneer, colours=("c79a6b", "d6ae82", "e1bf96"), contrast=0.7)),
    Drawing("wood walnut", "wood", 0.8, False, partial(veneer, colours=WALNUT, rings=9.0)),
    Drawing("wood pine", "wood", 0.7, False, partial(veneer, colours=PINE, rings=6.0, waves=3.0)),
    Drawing("wood wenge", "wood", 0.6, False, partial(veneer, colours=EBONY, rings=10.0, waves=3.0)),
    Drawing("wood weathered", "wood", 0.8, False, partial(veneer, colours=GREYED, rings=8.0)),
    Drawing("strand board", "wood", 0.8, False, chipboard),
    Drawing("panelling pine", "wall", 0.9, True, partial(panelling, colours=PINE)),
    Drawing("panelling white", "wall", 0.9, True, partial(panelling, colours=("dcdad2", "e3e1da"), contrast=0.12)),
    Drawing("panelling walnut", "wall", 1.0, True, partial(panelling, colours=WALNUT, boards=6)),
)
