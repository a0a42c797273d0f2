"""Outer walls other than masonry: render, boards, shingles, panels, curtain walls."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.boards import GREYED, TEAK, colours_of_gap, grain, upright
from spnet.synth.assets.drawn.colours import colour, mix, plain, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Paint
from spnet.synth.assets.drawn.masonry import weathered
from spnet.synth.assets.drawn.noise import cavity, clouds, level, soften, specks, step
from spnet.synth.assets.drawn.pieces import bonded, courses, nearest_to, random_courses, scattered, shuffled, turned


def render(
    rng: np.random.Generator, *, paint: str, grains: float = 70.0, soot: float = 0.3, cracks: bool = False
) -> Paint:
    """Coloured render outdoors: scratched grain, rain streaks, hair cracks."""
    height = clouds(rng, low=grains / 2, high=grains * 2, slope=0.4)
    wall = shade(plain(paint, height), height, 0.045)
    wall = shade(wall, -cavity(height, 2.5), 0.1)
    wall = shade(wall, clouds(rng, low=3.0, high=24.0), 0.02)
    if cracks:
        pieces = nearest_to(scattered(rng, 3, 3, 0.4), 14.0 * clouds(rng, low=5.0, high=100.0, slope=1.2))
        kept = step(clouds(rng, low=2.0, high=8.0), 0.2, 0.8)
        wall = mix(wall, wall * 0.6, step(pieces.edge, 1.6, 0.4) * kept)
    return weathered(rng, wall, soot)


def pebble_dash(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Small stones thrown into wet render."""
    pieces = nearest_to(scattered(rng, 90, 90, 0.5))
    stones = varied(rng, colours, pieces.count, 0.12)[pieces.number]
    stones = shade(stones, np.clip(pieces.edge / 2.5, 0.0, 1.0) - 0.6, 0.4)
    return weathered(rng, stones, 0.3)


def weatherboards(
    rng: np.random.Generator, *, paint: str, boards: int = 10, peeling: float = 0.0, wood: tuple[str, ...] = GREYED
) -> Paint:
    """Painted boards lapping over each other, running to the right."""
    pieces = random_courses(rng, [1.0] * boards, 1.2, 0.3)
    drop = pieces.down / (SIZE / boards) + 0.5
    fibres = shuffled(rng, grain(rng), pieces)
    wall = shade(plain(paint, drop), rng.normal(0.0, 0.02, pieces.count)[pieces.number], 1.0)
    wall = shade(wall, fibres, 0.03)
    if peeling > 0.0:
        noise = clouds(rng, low=6.0, high=160.0, slope=0.9, stretch=(1.0, 3.0))
        bare = step(noise, *np.quantile(noise, [1.0 - peeling, 1.0 - peeling * 0.8]))
        wall = mix(wall, shade(varied(rng, wood, pieces.count, 0.05)[pieces.number], fibres, 0.15), bare)
    wall = shade(wall, 0.3 * (0.5 - drop) - 2.2 * np.exp(-drop * 16.0), 0.22)
    wall = mix(wall, colours_of_gap(wall), step(np.abs(drop - 0.985), 0.03, 0.012))
    wall = mix(wall, colours_of_gap(wall), step(pieces.edge, 1.0, 0.4) * 0.7)
    return weathered(rng, wall, 0.2)


def upright_boards(
    rng: np.random.Generator, *, colours: tuple[str, ...], boards: int = 9, gap: float = 3.0, contrast: float = 1.0
) -> Paint:
    """Boards running down, with shadow gaps between them."""
    flat = courses(
        [float(width) for width in rng.uniform(0.8, 1.2, boards)], [[float(rng.random())] for _ in range(boards)]
    )
    pieces = turned(flat)
    fibres = shuffled(rng, upright(grain(rng, rings=6.0)), pieces)
    wall = shade(varied(rng, colours, pieces.count, 0.08)[pieces.number], fibres, 0.17 * contrast)
    silver = level(clouds(rng, low=4.0, high=40.0, stretch=(4.0, 1.0)) - 0.6)
    wall = mix(wall, colour("96928a"), silver * 0.35 * contrast)
    return mix(wall, colours_of_gap(wall), step(pieces.edge, gap * 0.5 + 1.0, gap * 0.5 - 0.3))


def fibre_panels(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    rows: int = 4,
    columns: int = 2,
    shifts: tuple[float, ...] = (0.0,),
    spread: float = 0.03,
) -> Paint:
    """Fibre-cement or metal cassettes with open joints and screws near the corners."""
    pieces = bonded(rows, columns, shifts)
    wall = varied(rng, colours, pieces.count, spread)[pieces.number]
    wall = shade(wall, shuffled(rng, clouds(rng, low=3.0, high=160.0, slope=1.0), pieces), 0.02)
    inset = 12.0
    to_side = SIZE / columns / 2 - np.abs(pieces.right)
    to_top = SIZE / rows / 2 - np.abs(pieces.down)
    screw = step(np.hypot(to_side - inset, to_top - inset), 3.4, 2.2)
    wall = mix(wall, wall * 0.65, screw)
    wall = shade(wall, step(np.abs(pieces.edge - 3.6), 1.6, 0.4), 0.07)
    wall = mix(wall, colour("33332f"), step(pieces.edge, 3.0, 2.0))
    return weathered(rng, wall, 0.2)


def glazed_bricks(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Long flat ceramic pieces in thirds bond."""
    pieces = bonded(20, 4, (0.0, 1 / 3, 2 / 3))
    wall = shade(
        varied(rng, colours, pieces.count, 0.10)[pieces.number],
        shuffled(rng, clouds(rng, low=2.0, high=30.0), pieces),
        0.05,
    )
    wall = shade(wall, -np.exp(-pieces.edge / 2.0), 0.25)
    wall = mix(
        wall, shade(plain("8f8b83", wall[..., 0]), clouds(rng, low=40.0, slope=0.3), 0.08), step(pieces.edge, 2.4, 1.4)
    )
    return weathered(rng, wall, 0.2)


def shingled(rng: np.random.Generator, *, colours: tuple[str, ...], rows: int = 9) -> Paint:
    """Wooden wall shingles."""
    pieces = random_courses(rng, [1.0] * rows, 9.0, 0.45)
    drop = pieces.down / (SIZE / rows) + 0.5
    fibres = shuffled(rng, clouds(rng, low=20.0, high=250.0, slope=0.4, stretch=(16.0, 1.0)), pieces)
    wall = shade(varied(rng, colours, pieces.count, 0.10)[pieces.number], fibres, 0.08)
    wall = shade(wall, -np.exp(-drop * 10.0), 0.5)
    wall = mix(wall, wall * 0.4, step(pieces.edge, 1.6, 0.6) * 0.8)
    return weathered(rng, wall, 0.3)


def ribbed_concrete(rng: np.random.Generator, *, paint: str = "a19d94", ribs: int = 24) -> Paint:
    """Concrete cast against battens: upright ribs with broken edges."""
    place = np.mod(np.arange(SIZE)[None, :] / SIZE * ribs + 0.05 * clouds(rng, low=10.0, high=60.0), 1.0)
    broken = 0.06 * clouds(rng, low=14.0, high=140.0, slope=0.6)
    rib = soften(step(np.abs(place - 0.5) + broken, 0.33, 0.25), 0.7)
    wall = shade(plain(paint, rib), clouds(rng, low=4.0, high=160.0, slope=0.8), 0.05)
    wall = shade(wall, rib - soften(rib, 4.0) - 0.25 * (1.0 - rib), 0.5)
    return weathered(rng, mix(wall, wall * 0.6, specks(rng, 0.01, 4.0)), 0.45)


DRAWINGS = (
    Drawing("render cream", "facade", 3.0, False, partial(render, paint="d3c6a6")),
    Drawing("render white", "facade", 3.0, False, partial(render, paint="d8d6cf", soot=0.4)),
    Drawing("render yellow", "facade", 3.0, False, partial(render, paint="cda75c", cracks=True)),
    Drawing("render pink", "facade", 3.0, False, partial(render, paint="c58f7c", soot=0.4)),
    Drawing("render grey", "facade", 3.0, False, partial(render, paint="9b9a96", soot=0.5, cracks=True)),
    Drawing("pebble dash", "facade", 1.2, False, partial(pebble_dash, colours=("807569", "a79c8d", "cfc7b9"))),
    Drawing("weatherboards white", "facade", 1.6, True, partial(weatherboards, paint="d5d3cc")),
    Drawing("weatherboards blue", "facade", 1.6, True, partial(weatherboards, paint="6f8796", peeling=0.06)),
    Drawing("weatherboards old", "facade", 1.6, True, partial(weatherboards, paint="c5c0b2", peeling=0.3)),
    Drawing("boards larch", "facade", 1.2, True, partial(upright_boards, colours=TEAK)),
    Drawing("boards silver", "facade", 1.2, True, partial(upright_boards, colours=GREYED, boards=11)),
    Drawing("panels white", "facade", 3.0, True, partial(fibre_panels, colours=("c9c9c4", "d4d4cf"))),
    Drawing("panels anthracite", "facade", 3.0, True, partial(fibre_panels, colours=("46484b", "525457"), rows=3)),
    Drawing(
        "panels mixed",
        "facade",
        3.6,
        True,
        partial(
            fibre_panels, colours=("8a7f6d", "a89c86", "6d7371"), rows=6, columns=3, shifts=(0.0, 0.4, 0.7), spread=0.08
        ),
    ),
    Drawing("ceramic facade", "facade", 1.6, True, partial(glazed_bricks, colours=("5f6a6b", "7d8583", "9b9a8f"))),
    Drawing("wall shingles", "facade", 1.6, True, partial(shingled, colours=("7a6a58", "917f6a", "a8967f"))),
    Drawing("concrete ribbed", "facade", 2.4, True, ribbed_concrete),
)
