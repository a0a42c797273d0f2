"""Ground covered by plants: lawns, meadows, moss, fallen leaves, ivy."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.drawn.colours import colour, mix, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Paint
from spnet.synth.assets.drawn.ground import earth
from spnet.synth.assets.drawn.leaves import blade, blossom, palmate
from spnet.synth.assets.drawn.noise import cavity, clouds, level
from spnet.synth.assets.drawn.strokes import Canvas, Figure, blades, covered, lay

SOIL = ("4a3c2b", "574732", "65543d")
FALLEN = ("6e4a2b", "8d6236", "a67c43", "7d5733", "94743f")


def lawn(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    count: int = 9000,
    length: float = 26.0,
    width: float = 2.4,
    dry: float = 0.1,
    flowers: tuple[str, ...] = (),
) -> Paint:
    """Blades of grass leaning all ways over soil, some of them dry, and flowers between them if given."""
    canvas = covered(earth(rng, colours=SOIL, stones=0.0))
    for share, dark in ((0.35, 0.7), (0.65, 1.08)):
        number = round(count * share)
        bases = rng.uniform(0.0, SIZE, (number, 2))
        angle = rng.uniform(0.0, 2 * np.pi, number)
        reach = length * rng.uniform(0.4, 1.1, number)
        tips = bases + np.stack([np.sin(angle), np.cos(angle)], axis=-1) * reach[:, None]
        tones = _by_place(rng, bases, varied(rng, colours, number, 0.14))
        tones = np.where((rng.random(number) < dry)[:, None], varied(rng, ("a3946a", "b8a878"), number, 0.08), tones)
        bow = rng.normal(0.0, length * 0.12, (number, 2))
        blades(canvas, bases, tips, tones * dark, width=width, bow=bow, shade=0.72)
    for petal in flowers:
        for place in rng.uniform(0.0, SIZE, (45, 2)):
            flower = blossom(colour(petal), colour("c99a2e"), float(rng.uniform(4.0, 7.0)))
            lay(canvas, (place[0], place[1]), float(rng.uniform(0.0, 2 * np.pi)), 8.0, flower)
    return shade(canvas.pixels, clouds(rng, low=3.0, high=16.0), 0.03)


def _by_place(rng: np.random.Generator, places: NDArray[np.float64], tones: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tones that are lighter in some parts of the ground than in others."""
    field = clouds(rng, low=3.0, high=24.0)
    index = np.floor(places).astype(np.intp) % SIZE
    return tones * np.exp(0.1 * field[index[:, 0], index[:, 1]])[:, None]


def moss(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Cushions of moss."""
    cushions = clouds(rng, low=4.0, high=120.0, slope=1.1)
    tufts = clouds(rng, low=50.0, high=200.0, slope=0.3)
    surface = ramp(level(0.7 * cushions + 0.35 * tufts), colours)
    return shade(shade(surface, -cavity(cushions, 6.0), 0.35), tufts, 0.14)


def fallen_leaves(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...] = FALLEN,
    count: int = 420,
    length: float = 44.0,
    under: tuple[str, ...] = SOIL,
) -> Paint:
    """Leaves of several trees lying on each other; the deeper, the darker and browner."""
    canvas = covered(earth(rng, colours=under, stones=0.01))
    for index in range(count):
        depth = index / count
        tone = varied(rng, colours, 1, 0.12)[0] * (0.45 + 0.55 * depth)
        size = length * float(rng.uniform(0.55, 1.15))
        leaf = _some_leaf(rng, tone, size)
        place = rng.uniform(0.0, SIZE, 2)
        angle = float(rng.uniform(0.0, 2 * np.pi))
        lay(canvas, (place[0], place[1]), angle, size * 0.62, leaf, shadow=0.4)
    return shade(canvas.pixels, clouds(rng, low=20.0, high=160.0, slope=0.6), 0.06)


def _some_leaf(rng: np.random.Generator, tone: NDArray[np.float64], size: float) -> Figure:
    fold = float(rng.uniform(-0.15, 0.15))
    kinds: tuple[Callable[[], Figure], ...] = (
        partial(blade, tone, size, width=float(rng.uniform(0.4, 0.65)), fold=fold),
        partial(blade, tone, size, width=0.55, widest=0.55, lobes=4, fold=fold),
        partial(palmate, tone, size, fold=fold),
        partial(blade, tone, size, width=0.28, widest=0.45, fold=fold),
    )
    return kinds[int(rng.integers(len(kinds)))]()


def creeper(
    rng: np.random.Generator, *, colours: tuple[str, ...], count: int = 620, length: float = 34.0, fingers: int = 5
) -> Paint:
    """Ivy or another creeper covering everything, all leaves hanging about the same way."""
    dark = ramp(level(clouds(rng, low=8.0, high=60.0)), ("1f2417", "2c3320", "39422a"))
    canvas = covered(dark)
    for index in range(count):
        depth = index / count
        tone = varied(rng, colours, 1, 0.1)[0] * (0.5 + 0.5 * depth)
        size = length * float(rng.uniform(0.55, 1.1))
        leaf = palmate(tone, size, fingers=fingers, fold=float(rng.uniform(-0.1, 0.1)))
        place, angle = rng.uniform(0.0, SIZE, 2), float(np.pi / 2 + rng.normal(0.0, 0.6))
        lay(canvas, (place[0], place[1]), angle, size * 0.62, leaf, shadow=0.4)
    return canvas.pixels


def hedge(rng: np.random.Generator, *, colours: tuple[str, ...], count: int = 2600, length: float = 15.0) -> Paint:
    """Small leaves of a clipped hedge, light at the surface and dark in the depth."""
    canvas: Canvas = covered(ramp(level(clouds(rng, low=10.0, high=80.0)), ("191d12", "262c1b", "333b24")))
    lit = clouds(rng, low=6.0, high=40.0)
    for index in range(count):
        place = rng.uniform(0.0, SIZE, 2)
        light = 0.5 + 0.5 * index / count + 0.08 * lit[int(place[0]) % SIZE, int(place[1]) % SIZE]
        tone = varied(rng, colours, 1, 0.12)[0] * light
        size = length * float(rng.uniform(0.6, 1.2))
        lay(canvas, (place[0], place[1]), float(rng.uniform(0, 6.3)), size * 0.6, blade(tone, size, width=0.6, veins=0))
    return canvas.pixels


def wood_chips(rng: np.random.Generator, *, colours: tuple[str, ...], count: int = 9000) -> Paint:
    """Bark mulch or straw: short stiff pieces lying on each other."""
    canvas = covered(earth(rng, colours=("2f261c", "3d3226", "4a3d2f"), stones=0.0))
    for layer in range(3):
        number = count // 3
        bases = rng.uniform(0.0, SIZE, (number, 2))
        angle = rng.uniform(0.0, 2 * np.pi, number)
        reach = rng.uniform(6.0, 26.0, number)
        tips = bases + np.stack([np.sin(angle), np.cos(angle)], axis=-1) * reach[:, None]
        tones = varied(rng, colours, number, 0.16) * (0.6 + 0.2 * layer)
        blades(canvas, bases, tips, tones, width=5.0, shade=0.85)
    return mix(canvas.pixels, canvas.pixels * 0.8, level(clouds(rng, low=5.0, high=40.0)) * 0.4)


LAWN = ("4b6327", "5f7a33", "748c42")

DRAWINGS = (
    Drawing("lawn", "ground", 0.7, False, partial(lawn, colours=LAWN)),
    Drawing(
        "lawn mown",
        "ground",
        1.2,
        False,
        partial(lawn, colours=("55702f", "68843b", "7b9648"), count=16000, length=15.0, width=1.6, dry=0.05),
    ),
    Drawing(
        "lawn dry", "ground", 0.9, False, partial(lawn, colours=("7d7a42", "978f55", "aaa06a"), dry=0.4, count=9000)
    ),
    Drawing(
        "meadow",
        "ground",
        1.0,
        False,
        partial(lawn, colours=("486329", "668240", "8a9a55"), length=36.0, flowers=("dedbd2", "c9a93c")),
    ),
    Drawing("moss", "ground", 0.6, False, partial(moss, colours=("36401c", "505c28", "6d7839", "87904f"))),
    Drawing("leaf litter brown", "ground", 0.9, False, fallen_leaves),
    Drawing(
        "leaf litter autumn",
        "ground",
        1.0,
        False,
        partial(fallen_leaves, colours=("8c3f22", "b56a2a", "c9973c", "8d6a35")),
    ),
    Drawing("ivy", "ground", 0.8, False, partial(creeper, colours=("34492a", "476037", "5f7a4a"))),
    Drawing("creeper red", "facade", 1.0, False, partial(creeper, colours=("6d2f25", "8f4230", "77602f"), fingers=4)),
    Drawing("hedge", "ground", 0.8, False, partial(hedge, colours=("3f5a2a", "557038", "6f8a4a"))),
    Drawing("bark mulch", "ground", 0.8, False, partial(wood_chips, colours=("5b4030", "7a573f", "96745a"))),
    Drawing("straw", "ground", 0.7, False, partial(wood_chips, colours=("a08a52", "bda468", "d3bd85"))),
)
