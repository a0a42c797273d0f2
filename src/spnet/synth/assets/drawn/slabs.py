"""Natural and cast stone, polished: marble, granite, terrazzo, slate."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import bend, cavity, clouds, level, soften, specks, step
from spnet.synth.assets.drawn.pieces import bonded, nearest_to, scattered, shuffled
from spnet.synth.assets.drawn.tiles import tiled


def vein_lines(rng: np.random.Generator) -> Field:
    """Cracks healed with other minerals, from 0 to 1: lines where a bent noise crosses zero, wide and fine."""
    lines = np.zeros((SIZE, SIZE))
    for waves, width in ((2.0, 0.09), (4.0, 0.08), (9.0, 0.07)):
        field = clouds(rng, low=waves, high=waves * 2.5, slope=1.2, stretch=(1.0, 1.6))
        field = bend(field, *(7 * clouds(rng, low=4.0, high=40.0, slope=1.3) for _ in range(2)))
        strength = step(clouds(rng, low=2.0, high=10.0), -0.6, 1.6)
        lines = np.maximum(lines, np.exp(-np.abs(field) / width) * strength)
    return lines


def marble_face(rng: np.random.Generator, *, colours: tuple[str, ...], vein: str, veins: float = 0.7) -> Paint:
    """Polished marble: clouds of tone drawn out along one direction, and veins."""
    cloud = clouds(rng, low=2.0, high=50.0, slope=1.4, stretch=(1.0, 1.8))
    cloud = bend(cloud, *(16 * clouds(rng, low=3.0, high=30.0, slope=1.3) for _ in range(2)))
    face = ramp(level(0.7 * cloud), colours)
    face = mix(face, colour(vein), vein_lines(rng) * veins)
    return shade(face, clouds(rng, low=80.0, slope=0.2), 0.01)


def marble_slabs(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    vein: str,
    veins: float = 0.7,
    tiles: int = 2,
    grout: str = "a8a39a",
) -> Paint:
    """Square slabs, each cut from another part of the block."""
    pieces = bonded(tiles, tiles, (0.0,))
    face = marble_face(rng, colours=colours, vein=vein, veins=veins)
    cut = rng.integers(0, SIZE, (pieces.count, 2))[pieces.number]
    rows, columns = np.mgrid[:SIZE, :SIZE]
    face = face[(rows + cut[..., 0]) % SIZE, (columns + cut[..., 1]) % SIZE]
    face = shade(face, rng.normal(0.0, 0.02, pieces.count)[pieces.number], 1.0)
    return tiled(rng, pieces, face, grout=grout, joint=1.6, rounding=0.08)


def granite(rng: np.random.Generator, *, colours: tuple[str, ...], grains: int = 90) -> Paint:
    """Crystals of feldspar, quartz and mica, grown into each other; `colours` from dark to light."""
    pieces = nearest_to(scattered(rng, grains, grains, 0.5), 2.0 * clouds(rng, low=50.0, slope=0.3))
    kind = rng.random(pieces.count)[pieces.number] + 0.16 * clouds(rng, low=8.0, high=60.0)
    crystals = ramp(np.clip(kind, 0.0, 1.0), colours)
    crystals = mix(crystals, colour("2c2a2a"), specks(rng, 0.06, 4.0) * 0.8)
    soft = np.stack([soften(crystals[..., channel], 0.6) for channel in range(3)], axis=-1)
    return shade(soft, clouds(rng, low=60.0, slope=0.2), 0.03)


def terrazzo(
    rng: np.random.Generator, *, ground: str, chips: tuple[str, ...], count: int = 34, share: float = 3.2
) -> Paint:
    """Chips of stone of several sizes in ground cement."""
    surface = shade(plain(ground, np.zeros((SIZE, SIZE))), clouds(rng, low=60.0, slope=0.2), 0.03)
    for cells, keep in ((count * 2, 0.45), (count, 0.6), (count // 2, 0.35)):
        pieces = nearest_to(scattered(rng, cells, cells, 0.5), 1.5 * clouds(rng, low=30.0, slope=0.6))
        shown = (rng.random(pieces.count) < keep)[pieces.number]
        chip = varied(rng, chips, pieces.count, 0.08)[pieces.number]
        surface = mix(surface, chip, step(pieces.edge, share * 0.6, share * 0.6 + 1.0) * shown)
    return shade(surface, clouds(rng, low=4.0, high=24.0), 0.012)


def slate_tiles(rng: np.random.Generator, *, colours: tuple[str, ...], tiles: int = 3, grout: str = "77746e") -> Paint:
    """Split slate: steps of cleavage, rust and blue in turn."""
    pieces = bonded(tiles * 2, tiles, (0.0, 0.5))
    height = shuffled(rng, clouds(rng, low=3.0, high=60.0, slope=1.3), pieces)
    terraces = soften(np.floor(height * 2.5) / 2.5, 1.0)
    faces = shade(varied(rng, colours, pieces.count, 0.07)[pieces.number], terraces, 0.09)
    faces = mix(faces, colour("7a5a40"), step(shuffled(rng, clouds(rng, low=2.0, high=20.0), pieces), 0.6, 2.0) * 0.4)
    faces = shade(faces, -cavity(terraces, 3.0), 0.5)
    return tiled(rng, pieces, shade(faces, clouds(rng, low=60.0, slope=0.3), 0.04), grout=grout, joint=5.0)


DRAWINGS = (
    Drawing(
        "marble white",
        "floor",
        1.6,
        True,
        partial(marble_slabs, colours=("c2c1be", "d6d5d1", "e2e1dd"), vein="7f7f80", veins=0.6),
    ),
    Drawing(
        "marble cream",
        "floor",
        1.2,
        True,
        partial(marble_slabs, colours=("c9b795", "d8c9ab", "e3d7be"), vein="a3763f", veins=0.45),
    ),
    Drawing(
        "marble black",
        "stone",
        1.4,
        False,
        partial(marble_face, colours=("2b2a2c", "343335", "434143"), vein="c2b59d", veins=0.75),
    ),
    Drawing(
        "marble rose",
        "stone",
        1.4,
        False,
        partial(marble_face, colours=("9a6a5b", "b98a78", "cfa998"), vein="e0cfc2", veins=0.6),
    ),
    Drawing("granite grey", "stone", 0.5, False, partial(granite, colours=("55534f", "85827e", "a8a5a0", "c9c7c3"))),
    Drawing("granite black", "stone", 0.4, False, partial(granite, colours=("262627", "39393a", "454547", "8d8d8c"))),
    Drawing(
        "terrazzo light",
        "floor",
        0.9,
        False,
        partial(terrazzo, ground="c9c5bb", chips=("8d8378", "d9d4c8", "a5684c", "6d6f70")),
    ),
    Drawing(
        "terrazzo dark", "floor", 0.9, False, partial(terrazzo, ground="4d4f50", chips=("c9c4b8", "8d8a84", "6a6f74"))
    ),
    Drawing("slate tiles", "floor", 1.5, True, partial(slate_tiles, colours=("4f5556", "626766", "6f6b63"))),
)
