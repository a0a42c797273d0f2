"""Asphalt, concrete, setts and paving."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import clouds, level, specks, step
from spnet.synth.assets.drawn.pieces import (
    Pieces,
    bonded,
    herringbone,
    nearest_to,
    random_courses,
    scattered,
    shuffled,
    wavering,
)

STACK = (0.0,)
STRETCHER = (0.0, 0.5)


def asphalt(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    cracks: float = 0.0,
    patches: bool = False,
    stones: float = 1.0,
) -> Paint:
    """Stones of all greys in bitumen, polished along one way, cracked and mended."""
    pieces = nearest_to(scattered(rng, 110, 110, 0.5))
    tone = rng.normal(0.0, 1.0, pieces.count)[pieces.number] * step(pieces.edge, 0.2, 1.4)
    surface = ramp(level(0.8 * clouds(rng, low=20.0, high=120.0, slope=0.5)), colours)
    surface = shade(surface, tone, 0.13 * stones)
    surface = shade(surface, clouds(rng, low=3.0, high=16.0), 0.025)
    if patches:
        surface = shade(surface, -trench(rng), 0.3)
    lines = crack_lines(rng, cracks) if cracks > 0.0 else np.zeros((SIZE, SIZE))
    surface = mix(surface, colour("2b2a29"), lines * 0.85)
    return mix(surface, colour("8f897d"), step(clouds(rng, low=4.0, high=60.0), 1.2, 3.0) * 0.15)


def trench(rng: np.random.Generator) -> Field:
    """1 on a strip that was dug up and closed again with other asphalt, with a seam of tar along its sides."""
    across = np.broadcast_to(np.arange(SIZE)[None, :] / SIZE, (SIZE, SIZE)) + 0.002 * clouds(rng, low=8.0, high=80.0)
    inside = step(np.abs(across - 0.32), 0.1, 0.094)
    seam = step(np.abs(np.abs(across - 0.32) - 0.098), 0.008, 0.003)
    return inside * 0.6 + seam * level(clouds(rng, low=6.0, high=60.0) + 1.0)


def crack_lines(rng: np.random.Generator, share: float) -> Field:
    """Where a surface has cracked, 0 to 1: borders of large cells, kept in some places only."""
    pieces = nearest_to(scattered(rng, 4, 4, 0.45), 12.0 * clouds(rng, low=6.0, high=100.0, slope=1.3))
    kept = step(clouds(rng, low=2.0, high=8.0), 0.8 - 2.0 * share, 1.3 - 2.0 * share)
    width = 1.7 + 0.5 * clouds(rng, low=8.0, high=60.0)
    return step(pieces.edge, width + 0.8, width * 0.4) * kept


def concrete(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    panels: int = 0,
    holes: bool = False,
    cracks: float = 0.0,
    rain: float = 0.3,
) -> Paint:
    """Cast concrete: clouds of laitance, air holes, water stains; joints and tie holes of its formwork if asked."""
    surface = ramp(level(0.7 * clouds(rng, low=3.0, high=120.0, slope=1.1)), colours)
    surface = shade(surface, clouds(rng, low=60.0, slope=0.3), 0.03)
    streaks = level(clouds(rng, low=6.0, high=60.0, stretch=(8.0, 1.0)) - 0.6)
    surface = mix(surface, surface * colour("b3aa9c"), streaks * rain)
    surface = mix(surface, surface * 0.55, specks(rng, 0.012, 3.5) * 0.8)
    if panels:
        pieces = bonded(panels, panels, STACK)
        surface = shade(surface, rng.normal(0.0, 0.035, pieces.count)[pieces.number], 1.0)
        surface = mix(surface, surface * 0.62, step(pieces.edge, 2.4, 1.0))
        if holes:
            quarter = SIZE / panels * 0.27
            hole = np.hypot(np.abs(pieces.down) - quarter, np.abs(pieces.right) - quarter)
            surface = mix(surface, surface * 0.4, step(hole, 7.5, 6.0))
    if cracks > 0.0:
        surface = mix(surface, surface * 0.5, crack_lines(rng, cracks) * 0.8)
    return surface


def cobbles(
    rng: np.random.Generator, *, colours: tuple[str, ...], rows: int = 10, columns: float = 9.0, joint: str = "5f5a50"
) -> Paint:
    """Setts in courses: domed, worn bright on top, sand and moss between them."""
    heights = [float(height) for height in rng.uniform(0.85, 1.15, rows)]
    pieces = random_courses(rng, heights, columns, 0.25)
    edge = wavering(rng, pieces.edge, 1.8)
    return _set_in_sand(rng, pieces, edge, colours=colours, joint=joint, width=5.0)


def pebbles(rng: np.random.Generator, *, colours: tuple[str, ...], cells: int = 16, joint: str = "6b6457") -> Paint:
    """Round stones set close."""
    pieces = nearest_to(scattered(rng, cells, cells, 0.36), 1.5 * clouds(rng, low=8.0, high=40.0))
    return _set_in_sand(rng, pieces, pieces.edge, colours=colours, joint=joint, width=4.0)


def _set_in_sand(
    rng: np.random.Generator, pieces: Pieces, edge: Field, *, colours: tuple[str, ...], joint: str, width: float
) -> Paint:
    dome = np.sqrt(np.clip(edge / 14.0, 0.0, 1.0))
    texture = shuffled(rng, clouds(rng, low=8.0, high=160.0, slope=0.7), pieces)
    stones = shade(varied(rng, colours, pieces.count, 0.10)[pieces.number], texture, 0.08)
    stones = shade(stones, dome - 0.8, 0.4)
    sand = shade(plain(joint, edge), clouds(rng, low=50.0, slope=0.2), 0.14)
    moss = level(clouds(rng, low=3.0, high=30.0) - 0.8)
    sand = mix(sand, colour("565c3a"), moss * 0.6)
    face = step(edge + 0.7 * clouds(rng, low=20.0, high=100.0), width * 0.5, width * 0.5 + 2.0)
    return shade(mix(sand, stones, face), clouds(rng, low=4.0, high=20.0), 0.02)


def paving(
    rng: np.random.Generator, *, colours: tuple[str, ...], pieces: Pieces, joint: str = "6d685e", width: float = 4.0
) -> Paint:
    """Slabs or blocks of concrete or stone: fine-grained, stained, joints of sand with some weeds."""
    texture = shuffled(rng, clouds(rng, low=4.0, high=120.0, slope=0.9), pieces)
    faces = shade(varied(rng, colours, pieces.count, 0.06)[pieces.number], texture, 0.05)
    faces = shade(faces, clouds(rng, low=70.0, slope=0.1), 0.06)
    faces = mix(faces, faces * 0.72, specks(rng, 0.006, 14.0) * 0.7)
    faces = shade(faces, -np.exp(-pieces.edge / 4.0), 0.12)
    sand = shade(plain(joint, texture), clouds(rng, low=50.0, slope=0.2), 0.15)
    sand = mix(sand, colour("58603b"), level(clouds(rng, low=3.0, high=30.0) - 1.0) * 0.7)
    edge = pieces.edge + 0.5 * clouds(rng, low=20.0, high=100.0)
    return mix(sand, faces, step(edge, width * 0.5 - 0.5, width * 0.5 + 1.0))


def slabs(
    rng: np.random.Generator, *, colours: tuple[str, ...], rows: int, columns: int, shifts: tuple[float, ...] = STACK
) -> Paint:
    """Equal slabs, stacked or in a bond."""
    return paving(rng, colours=colours, pieces=bonded(rows, columns, shifts))


def zigzag_blocks(rng: np.random.Generator, *, colours: tuple[str, ...], cells: int = 16) -> Paint:
    """Blocks twice as long as wide, in a herringbone."""
    return paving(rng, colours=colours, pieces=herringbone(2, cells), width=3.0)


def crazy_paving(rng: np.random.Generator, *, colours: tuple[str, ...], cells: int = 5) -> Paint:
    """Broken slabs fitted together."""
    pieces = nearest_to(scattered(rng, cells, cells, 0.45), 3.0 * clouds(rng, low=6.0, high=60.0))
    return paving(rng, colours=colours, pieces=pieces, width=11.0, joint="8a8376")


DRAWINGS = (
    Drawing("asphalt fresh", "road", 2.0, False, partial(asphalt, colours=("333334", "3c3c3d", "464646"), stones=0.8)),
    Drawing("asphalt worn", "road", 2.5, False, partial(asphalt, colours=("59585a", "676564", "757370"))),
    Drawing(
        "asphalt cracked", "road", 3.0, False, partial(asphalt, colours=("5d5b59", "6b6966", "7b7874"), cracks=0.6)
    ),
    Drawing(
        "asphalt patched",
        "road",
        3.5,
        True,
        partial(asphalt, colours=("555454", "636261", "72706d"), cracks=0.3, patches=True),
    ),
    Drawing(
        "concrete road",
        "road",
        4.0,
        True,
        partial(concrete, colours=("8e8a82", "a09c94", "aeaaa2"), panels=1, cracks=0.4, rain=0.0),
    ),
    Drawing(
        "concrete floor",
        "floor",
        2.5,
        False,
        partial(concrete, colours=("85837f", "93918d", "9f9d99"), cracks=0.15, rain=0.0),
    ),
    Drawing(
        "concrete wall",
        "wall",
        2.4,
        True,
        partial(concrete, colours=("949390", "a3a29e", "b0afab"), panels=2, holes=True),
    ),
    Drawing("concrete bare", "facade", 2.5, False, partial(concrete, colours=("8d8a84", "9f9c96", "aeaba4"))),
    Drawing(
        "concrete panels", "facade", 4.8, True, partial(concrete, colours=("9b988f", "aaa79e", "b6b3ab"), panels=2)
    ),
    Drawing("cobbles grey", "road", 1.2, True, partial(cobbles, colours=("5f5e5c", "7c7a76", "949089"))),
    Drawing(
        "cobbles mixed",
        "road",
        1.0,
        True,
        partial(cobbles, colours=("5e5048", "7f746a", "8d8a86", "a3957f"), rows=8, columns=8.0),
    ),
    Drawing(
        "cobbles dark",
        "road",
        1.3,
        True,
        partial(cobbles, colours=("3f4042", "525355", "66645f"), rows=12, columns=11.0, joint="8b8374"),
    ),
    Drawing("pebbles set", "road", 0.9, False, partial(pebbles, colours=("6c665d", "8e877c", "aca698", "c4bfb3"))),
    Drawing(
        "paving grey", "road", 1.6, True, partial(slabs, colours=("8b8a86", "9a9894", "a8a6a1"), rows=4, columns=4)
    ),
    Drawing(
        "paving sand",
        "road",
        1.8,
        True,
        partial(slabs, colours=("a4967d", "b3a68d", "c0b49d"), rows=4, columns=2, shifts=STRETCHER),
    ),
    Drawing("block paving red", "road", 1.6, True, partial(zigzag_blocks, colours=("7d4336", "945546", "a3695a"))),
    Drawing(
        "brick path",
        "road",
        1.2,
        True,
        partial(slabs, colours=("7e4a38", "96604a", "a9785f"), rows=12, columns=6, shifts=STRETCHER),
    ),
    Drawing("crazy paving", "road", 2.0, True, partial(crazy_paving, colours=("8a7d6b", "a09280", "b4a898"))),
)
