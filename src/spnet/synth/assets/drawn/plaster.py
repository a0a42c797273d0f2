"""Inner walls and ceilings: paint, plaster, wallpaper, acoustic panels."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.leaves import blade, blossom
from spnet.synth.assets.drawn.noise import bend, cavity, clouds, level, soften, specks, step
from spnet.synth.assets.drawn.pieces import bonded
from spnet.synth.assets.drawn.strokes import covered, lay


def painted(rng: np.random.Generator, *, paint: str, roller: float = 0.02, wear: float = 0.3) -> Paint:
    """Emulsion from a roller: orange-peel grain, faint laps, scuffs and patches touched up."""
    grain = clouds(rng, low=40.0, high=130.0, slope=0.5)
    laps = clouds(rng, low=2.0, high=24.0, stretch=(6.0, 1.0))
    patches = step(clouds(rng, low=2.0, high=8.0, slope=1.5), 1.3, 1.5)
    surface = plain(paint, grain)
    surface = mix(surface, surface * 0.97, patches * wear)
    surface = shade(surface, clouds(rng, low=2.0, high=8.0, slope=1.2), 0.007)
    surface = shade(surface, laps, 0.008)
    scuffs = step(clouds(rng, low=12.0, high=80.0, stretch=(1.0, 4.0)), 2.4, 3.2) * level(laps)
    surface = mix(surface, colour("6d665c"), scuffs * wear * 0.5)
    return shade(surface, grain, roller)


def stucco(rng: np.random.Generator, *, paint: str, grains: float = 60.0, depth: float = 0.09) -> Paint:
    """Rough plaster thrown or combed on: grains with dirt between them."""
    height = clouds(rng, low=grains / 3, high=grains * 1.5, slope=0.4)
    height += 0.35 * clouds(rng, low=8.0, high=30.0)
    surface = mix(plain(paint, height), ramp(level(height), ["8d8578", "b9b1a4"]), cavity(height, 3.0) * 0.16)
    surface = shade(surface, clouds(rng, low=3.0, high=12.0), 0.012)
    return shade(surface, height, depth)


def trowelled(rng: np.random.Generator, *, colours: tuple[str, ...], contrast: float = 1.0) -> Paint:
    """Polished lime plaster: overlapping strokes of a trowel, each a little other in tone."""
    strokes = np.zeros((SIZE, SIZE))
    for stretch in ((1.0, 3.0), (3.0, 1.0), (1.5, 2.0)):
        layer = clouds(rng, low=3.0, high=14.0, slope=1.2, stretch=stretch)
        bent = bend(layer, 14 * clouds(rng, low=2.0, high=12.0), 14 * clouds(rng, low=2.0, high=12.0))
        strokes += np.abs(bent) - 0.8
    tone = level(strokes * 0.4 * contrast + 0.2 * clouds(rng, low=3.0, high=8.0))
    surface = shade(ramp(tone, colours), clouds(rng, low=60.0, slope=0.3), 0.012)
    ridges = step(np.abs(clouds(rng, low=4.0, high=30.0, stretch=(1.0, 3.0))), 0.05, 0.0)
    return shade(surface, -ridges, 0.03)


def striped(
    rng: np.random.Generator, *, colours: tuple[str, ...], stripes: int, share: float = 0.5, fine: bool = False
) -> Paint:
    """Wallpaper of upright stripes, printed on paper with a fine tooth."""
    place = np.arange(SIZE) / SIZE * stripes % 1.0
    wide = step(np.abs(place - 0.5), share / 2 + 0.01, share / 2 - 0.01)
    surface = mix(plain(colours[0], clouds(rng)), colour(colours[1]), np.broadcast_to(wide, (SIZE, SIZE)))
    if fine:
        line = step(np.abs(np.abs(place - 0.5) - share / 2 - 0.05), 0.02, 0.01)
        surface = mix(surface, colour(colours[2]), np.broadcast_to(line, (SIZE, SIZE)))
    return _as_paper(rng, surface)


def _as_paper(rng: np.random.Generator, surface: Paint) -> Paint:
    """Paper's tooth, and the slow change of tone of a wall that has seen some years."""
    surface = shade(surface, clouds(rng, low=60.0, slope=0.2), 0.02)
    surface = shade(surface, clouds(rng, low=20.0, stretch=(8.0, 1.0)), 0.01)
    return shade(surface, clouds(rng, low=3.0, high=12.0), 0.008)


def damask(
    rng: np.random.Generator, *, colours: tuple[str, ...], repeats: int = 2, detail: float = 7.0, lines: bool = True
) -> Paint:
    """Wallpaper of mirrored ornament in a half-drop repeat, with veins inside the figures."""
    figure = _ornament(rng, repeats, detail)
    share = step(figure, 0.1, 0.2)
    surface = mix(plain(colours[0], figure), colour(colours[1]), share)
    if lines:
        vein = step(np.abs(figure - 0.75), 0.12, 0.06) + step(np.abs(figure + 0.35), 0.10, 0.05)
        surface = mix(surface, colour(colours[-1]), vein * 0.85)
    return _as_paper(rng, surface)


def _ornament(rng: np.random.Generator, repeats: int, detail: float) -> Field:
    """Noise mirrored about upright axes, every other column dropped by half a figure."""
    noise = clouds(rng, low=detail / 2, high=detail, slope=0.5)
    noise = bend(noise, 12 * clouds(rng, low=4.0, high=10.0), 12 * clouds(rng, low=4.0, high=10.0))
    width, height = SIZE // (2 * repeats), SIZE // repeats
    half = noise[:height, : width // 2]
    envelope = np.sin(np.linspace(0.0, np.pi, height))[:, None] * np.linspace(0.2, 1.0, width // 2)[None, :] ** 0.5
    half = half * envelope + (envelope - 0.62)
    figure = np.concatenate([half, half[:, ::-1]], axis=1)
    pair = np.concatenate([figure, np.roll(figure, height // 2, axis=0)], axis=1)
    return soften(np.tile(pair, (repeats, repeats)), 0.7)


def floral(rng: np.random.Generator, *, colours: tuple[str, ...], flowers: int = 9, petals: int = 5) -> Paint:
    """Wallpaper of flowers strewn among leaves; `colours` are ground, leaves, petals, hearts."""
    stems = clouds(rng, low=3.0, high=5.0)
    stems = np.abs(bend(stems, *(8 * clouds(rng, high=8.0) for _ in range(2))))
    canvas = covered(mix(plain(colours[0], stems), colour(colours[1]), step(stems, 0.07, 0.04) * 0.7))
    cell = SIZE / flowers
    for index in range(flowers * flowers):
        row, column = divmod(index, flowers)
        down, right = (np.array([row, column]) + rng.uniform(0.15, 0.85, 2)) * cell
        angle, size = float(rng.uniform(0.0, 2 * np.pi)), cell * float(rng.uniform(0.3, 0.48))
        light = float(rng.uniform(0.85, 1.1))
        if rng.random() < 0.45:
            flower = blossom(colour(colours[2]) * light, colour(colours[3]), size, petals)
            lay(canvas, (down, right), angle, size + 1.0, flower)
        else:
            leaf = blade(colour(colours[1]) * light, 2 * size, width=0.42, veins=0, fold=0.05)
            lay(canvas, (down, right), angle, size + 1.0, leaf)
    return _as_paper(rng, np.clip(canvas.pixels, 0.0, 1.0))


def trellis(rng: np.random.Generator, *, colours: tuple[str, ...], repeats: int = 6, sharp: float = 0.12) -> Paint:
    """Wallpaper of interlaced curves (ogees), the modern geometric kind."""
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE * 2 * np.pi * repeats
    wave = np.sin(x + 0.9 * np.sin(y)) * np.cos(x / 1.0 - 0.9 * np.sin(y)) + 0.35 * np.cos(2 * y)
    line = step(np.abs(wave), sharp, sharp * 0.6)
    surface = mix(plain(colours[0], wave), colour(colours[1]), line)
    return _as_paper(rng, surface)


def woodchip(rng: np.random.Generator, *, paint: str) -> Paint:
    """Painted chip wallpaper: scattered splinters under the paint."""
    chips = specks(rng, 0.12, 9.0) + specks(rng, 0.08, 5.0)
    height = soften(chips, 1.0)
    relief = height - soften(height, 3.0)
    surface = shade(plain(paint, height), clouds(rng, low=3.0, high=12.0), 0.007)
    return shade(shade(surface, relief, 0.22), clouds(rng, low=50.0, slope=0.3), 0.012)


def acoustic(rng: np.random.Generator, *, panels: int = 2, holes: bool = False, paint: str = "dcdad2") -> Paint:
    """Mineral-fibre ceiling panels in a painted grid, fissured or drilled."""
    grid = bonded(panels, panels, (0.0,))
    if holes:
        spacing = SIZE / panels / 16
        y, x = np.mgrid[:SIZE, :SIZE] + 0.5
        distance = np.hypot(y % spacing - spacing / 2, x % spacing - spacing / 2)
        pits = step(distance, 3.6, 2.2) * step(grid.edge, 10.0, 12.0)
    else:
        pits = np.maximum(specks(rng, 0.035, 5.0), step(clouds(rng, low=14, high=60, stretch=(1.0, 2.0)), 2.0, 2.3))
    tone = rng.normal(0.0, 0.012, grid.count)[grid.number]
    surface = shade(plain(paint, tone), tone + 0.01 * clouds(rng, low=80.0, slope=0.0), 1.0)
    surface = mix(surface, colour("5b5852"), pits * 0.75)
    rail = step(grid.edge, 6.0, 5.0)
    surface = mix(surface, colour("e6e5e0"), rail)
    return shade(surface, -step(np.abs(grid.edge - 6.5), 1.6, 0.4), 0.35)


DRAWINGS = (
    Drawing("paint white", "wall", 2.5, False, partial(painted, paint="e6e3dc")),
    Drawing("paint warm white", "wall", 2.5, False, partial(painted, paint="e3d9c8", roller=0.028)),
    Drawing("paint sage", "wall", 2.5, False, partial(painted, paint="a9b39a")),
    Drawing("paint terracotta", "wall", 2.5, False, partial(painted, paint="b98069")),
    Drawing("paint navy", "wall", 2.5, False, partial(painted, paint="46566b", roller=0.035)),
    Drawing("plaster white", "wall", 2.0, False, partial(stucco, paint="dedad1", depth=0.05)),
    Drawing("plaster cream", "wall", 1.5, False, partial(stucco, paint="d9ccae", grains=35.0, depth=0.07)),
    Drawing("lime plaster", "wall", 2.5, False, partial(trowelled, colours=("c2b8a6", "d8d0c0", "e2dccf"))),
    Drawing("lime plaster grey", "wall", 2.5, False, partial(trowelled, colours=("8f8e8a", "a9a8a3", "b8b7b2"))),
    Drawing("wallpaper chip", "wall", 1.2, False, partial(woodchip, paint="e2ded4")),
    Drawing("wallpaper stripe blue", "wall", 1.0, True, partial(striped, colours=("d9dcdc", "a9b9c6"), stripes=8)),
    Drawing(
        "wallpaper stripe red",
        "wall",
        1.0,
        True,
        partial(striped, colours=("ded3bd", "a85e54", "8c7a4f"), stripes=5, share=0.4, fine=True),
    ),
    Drawing("damask sand", "wall", 1.2, True, partial(damask, colours=("d8cbb2", "bfa985", "e4dac6"))),
    Drawing("damask teal", "wall", 1.0, True, partial(damask, colours=("4f7277", "739497", "b3bfae"), detail=9.0)),
    Drawing("damask burgundy", "wall", 1.2, True, partial(damask, colours=("6e3236", "8d4a47", "b08a5c"))),
    Drawing("floral cream", "wall", 1.0, True, partial(floral, colours=("e2d9c4", "93a07a", "c27f78", "d9b465"))),
    Drawing(
        "floral blue",
        "wall",
        1.2,
        True,
        partial(floral, colours=("b9c6cc", "6f8f8a", "e5e0d5", "c9a94f"), flowers=7, petals=6),
    ),
    Drawing("trellis gold", "wall", 1.2, True, partial(trellis, colours=("3e5560", "c2a55f"), repeats=4, sharp=0.09)),
    Drawing("ceiling paint", "ceiling", 3.0, False, partial(painted, paint="e8e7e3", roller=0.015, wear=0.1)),
    Drawing("ceiling stucco", "ceiling", 1.5, False, partial(stucco, paint="e2dfd8", grains=45.0, depth=0.06)),
    Drawing("ceiling panels", "ceiling", 1.25, True, acoustic),
    Drawing("ceiling panels drilled", "ceiling", 1.2, True, partial(acoustic, holes=True, paint="e0ded8")),
)
