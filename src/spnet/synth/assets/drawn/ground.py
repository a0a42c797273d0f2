"""Bare ground: gravel, earth, sand, mud, snow."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import mix, plain, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Paint
from spnet.synth.assets.drawn.noise import bend, cavity, clouds, level, soften, step
from spnet.synth.assets.drawn.pieces import (
    nearest_to,
    scattered,
)


def gravel(rng: np.random.Generator, *, colours: tuple[str, ...], cells: int = 44, layers: int = 3) -> Paint:
    """Loose stones lying on each other; those below are in shade."""
    surface = shade(plain(colours[0], np.zeros((SIZE, SIZE))), clouds(rng, low=60.0), 0.2) * 0.35
    for layer in range(layers):
        bent = 1.6 * clouds(rng, low=20.0, high=90.0)
        pieces = nearest_to(scattered(rng, cells, cells, 0.5), bent)
        shown = (rng.random(pieces.count) < 0.62)[pieces.number]
        dome = np.clip((pieces.edge - 0.8) / 5.0, 0.0, 1.0)
        tilt = (
            pieces.down * rng.normal(0, 1, pieces.count)[pieces.number]
            + pieces.right * rng.normal(0, 1, pieces.count)[pieces.number]
        ) / (SIZE / cells)
        stones = shade(varied(rng, colours, pieces.count, 0.13)[pieces.number], tilt, 0.16)
        stones = shade(stones, dome**0.6 - 0.8, 0.5) * (0.72 + 0.28 * (layer + 1) / layers)
        surface = mix(surface, stones, step(pieces.edge, 0.4, 1.6) * shown)
    return shade(surface, clouds(rng, low=80.0, slope=0.0), 0.05)


def earth(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    stones: float = 0.02,
    roughness: float = 1.0,
    cracks: float = 0.0,
) -> Paint:
    """Soil or sand: crumbs of every size, a few stones, dried cracks if asked."""
    height = clouds(rng, low=6.0, high=200.0, slope=0.75)
    surface = ramp(level(0.7 * clouds(rng, low=4.0, high=60.0, slope=0.9)), colours)
    surface = shade(surface, height, 0.12 * roughness)
    surface = shade(surface, -cavity(height, 2.0), 0.3 * roughness)
    if stones > 0.0:
        pieces = nearest_to(scattered(rng, 40, 40, 0.5), 1.5 * clouds(rng, low=20.0, high=90.0))
        shown = (rng.random(pieces.count) < stones * 5)[pieces.number]
        pebble = shade(varied(rng, ("7c756b", "9c958a", "b5aea2"), pieces.count, 0.1)[pieces.number], height, 0.05)
        surface = mix(surface, surface * 0.55, step(pieces.edge, 0.0, 1.0) * shown)
        surface = mix(surface, pebble, step(pieces.edge, 1.6, 2.6) * shown)
    if cracks > 0.0:
        pieces = nearest_to(scattered(rng, 9, 9, 0.45), 5.0 * clouds(rng, low=6.0, high=90.0))
        surface = mix(surface, surface * 0.4, step(pieces.edge, 3.0, 1.2) * cracks)
        surface = shade(surface, np.clip(pieces.edge / 20.0, 0.0, 1.0) - 0.7, 0.15)
    return surface


def rippled_sand(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Sand that wind or water has drawn into ripples."""
    rows = np.broadcast_to(np.arange(SIZE)[:, None] / SIZE * 14, (SIZE, SIZE))
    phase = rows + 0.55 * clouds(rng, low=1.0, high=8.0, slope=1.3)
    ripple = np.sin(2 * np.pi * phase) + 0.35 * np.sin(4 * np.pi * phase + 0.9)
    surface = ramp(level(0.7 * ripple + 0.3 * clouds(rng, low=8.0, high=60.0)), colours)
    return shade(surface, clouds(rng, low=60.0, slope=0.1), 0.06)


def snow(rng: np.random.Generator) -> Paint:
    """Settled snow: soft hollows, bluish, with a fine grain."""
    height = clouds(rng, low=3.0, high=60.0, slope=1.6)
    surface = ramp(level(height), ("c6ced8", "dbe0e5", "e8eaec"))
    return shade(surface, clouds(rng, low=90.0, slope=0.0), 0.012)


def mud(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Wet trodden earth: smooth puddled parts between crumbs."""
    dry = earth(rng, colours=colours, stones=0.01)
    flow = clouds(rng, low=3.0, high=24.0, slope=1.3)
    flow = bend(flow, 10 * clouds(rng, low=3.0, high=12.0), 10 * clouds(rng, low=3.0, high=12.0))
    wet = ramp(level(soften(flow, 2.0)), ("3d3428", "4d4234", "5b4f3f"))
    return mix(dry, wet, step(flow, 0.3, 0.9) * 0.85)


DRAWINGS = (
    Drawing("gravel grey", "ground", 0.8, False, partial(gravel, colours=("6a6762", "8d8a84", "aeaba5"))),
    Drawing("gravel warm", "ground", 0.8, False, partial(gravel, colours=("7d6b54", "a58f70", "c6b596"))),
    Drawing("gravel coarse", "ground", 1.4, False, partial(gravel, colours=("5f5d5a", "7e7b77", "9e9a94"), cells=26)),
    Drawing("earth brown", "ground", 1.5, False, partial(earth, colours=("57432f", "6b543c", "7d664b"))),
    Drawing("earth red", "ground", 1.8, False, partial(earth, colours=("7a4a30", "8f5a3c", "a36c4b"), stones=0.03)),
    Drawing(
        "earth dry",
        "ground",
        1.6,
        False,
        partial(earth, colours=("8d7758", "a08a6a", "b09b7c"), cracks=0.8, stones=0.005),
    ),
    Drawing("mud", "ground", 1.6, False, partial(mud, colours=("57483a", "685746", "786653"))),
    Drawing(
        "sand",
        "ground",
        1.5,
        False,
        partial(earth, colours=("bfa77e", "cdb78f", "d8c5a1"), stones=0.002, roughness=0.35),
    ),
    Drawing("sand rippled", "ground", 1.5, False, partial(rippled_sand, colours=("ad9168", "c6ac82", "d9c39c"))),
    Drawing("snow", "ground", 2.0, False, snow),
)
