"""Leaves, needles, fronds and tufts cut out on a transparent ground, growing from the middle of the lower edge."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.drawn.colours import colour, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Paint
from spnet.synth.assets.drawn.leaves import blade, palmate
from spnet.synth.assets.drawn.strokes import Canvas, Figure, blades, blank, lay, line

MARGIN = 14.0
"""Pixels around a cut-out that stay clear, so that nothing shows at the borders of a smaller copy."""

Leaf = Callable[[NDArray[np.float64], float], Figure]
"""A leaf of a colour (3,) and a length in pixels."""


@dataclass(frozen=True, eq=False)
class Twig:
    """A straight part of a branch; places are (2,) pixels down and right."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    width: float


def branching(rng: np.random.Generator, reach: float, *, droop: float = 0.0, spread: float = 0.75) -> list[Twig]:
    """A branch with two further orders of twigs, filling the square but for `reach` pixels of leaves around it."""
    twigs: list[Twig] = []

    def grow(start: NDArray[np.float64], angle: float, length: float, width: float, order: int) -> None:
        place, heading = start, angle
        parts = 7
        for part in range(parts):
            heading += float(rng.normal(0.0, 0.10)) + droop * np.sin(heading) * 0.25
            end = place + length / parts * np.array([-np.cos(heading), np.sin(heading)])
            twigs.append(Twig(place, end, width * (1.0 - 0.6 * part / parts)))
            if order < 2 and part > 0:
                side = 1.0 if part % 2 else -1.0
                turn = side * spread * float(rng.uniform(0.8, 1.3))
                share = (0.62 if order == 0 else 0.5) * (1.0 - 0.45 * part / parts)
                grow(end, heading + turn, length * share, width * 0.55, order + 1)
            place = end

    grow(np.zeros(2), 0.0, 1.0, 9.0, 0)
    ends = np.stack([twig.end for twig in twigs])
    room = SIZE - 2 * MARGIN - reach
    scale = np.array([room / -ends[:, 0].min(), (room - reach) / 2 / np.abs(ends[:, 1]).max()])
    root = np.array([SIZE - MARGIN, SIZE / 2.0])
    return [Twig(root + twig.start * scale, root + twig.end * scale, twig.width) for twig in twigs]


def branch(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    leaf: Leaf,
    length: float,
    count: int = 420,
    droop: float = 0.0,
    bark: str = "5a4a38",
) -> Paint:
    """A leafy branch: twigs first, leaves behind dark, leaves in front light."""
    canvas = blank(colours[0])
    twigs = branching(rng, length * 0.8, droop=droop)
    for twig in twigs:
        line(canvas, twig.start, twig.end, twig.width, colour(bark) * rng.uniform(0.8, 1.1))
    bearing = [twig for twig in twigs if twig.width < 5.0]
    for index in range(count):
        twig = bearing[int(rng.integers(len(bearing)))]
        share = rng.random()
        base = twig.start * (1.0 - share) + twig.end * share
        heading = np.arctan2(twig.end[0] - twig.start[0], twig.end[1] - twig.start[1])
        angle = float(heading + rng.normal(0.0, 0.8) + droop * 0.8 * np.sign(np.cos(heading)))
        size = length * float(rng.uniform(0.65, 1.15))
        tone = varied(rng, colours, 1, 0.10)[0] * (0.6 + 0.4 * index / count)
        centre = base + size / 2 * np.array([np.sin(angle), np.cos(angle)])
        if _within(centre, size / 2):
            lay(canvas, (centre[0], centre[1]), angle, size * 0.62, leaf(tone, size))
    return canvas.as_paint()


def _within(centre: NDArray[np.float64], reach: float) -> bool:
    """Whether something reaching so far stays clear of the borders."""
    return bool(np.all(centre > reach + MARGIN) and np.all(centre < SIZE - reach - MARGIN))


def conifer(
    rng: np.random.Generator, *, colours: tuple[str, ...], needle: float, bundles: bool = False, bark: str = "5b4634"
) -> Paint:
    """A branch of needles: flat rows (fir), or long bundles at the ends (pine)."""
    canvas = blank(colours[0])
    twigs = branching(rng, needle, spread=0.9)
    for twig in twigs:
        line(canvas, twig.start, twig.end, twig.width * 0.8, colour(bark))
    bearing = [twig for twig in twigs if twig.width < (2.6 if bundles else 6.0)]
    for layer in range(3):
        starts = np.stack([twig.start for twig in bearing]).repeat(16, axis=0)
        ends = np.stack([twig.end for twig in bearing]).repeat(16, axis=0)
        share = rng.random((len(starts), 1))
        base = starts * (1.0 - share) + ends * share
        heading = np.arctan2(ends[:, 0] - starts[:, 0], ends[:, 1] - starts[:, 1])
        fan = (
            rng.normal(0.0, 0.7, len(base))
            if bundles
            else rng.choice([-1.0, 1.0], len(base)) * rng.uniform(0.5, 1.2, len(base))
        )
        angle = heading + fan
        reach = needle * rng.uniform(0.7, 1.1, len(base))
        tips = base + np.stack([np.sin(angle), np.cos(angle)], axis=-1) * reach[:, None]
        tones = varied(rng, colours, len(base), 0.12) * (0.6 + 0.2 * layer)
        blades(canvas, base, tips, tones, width=2.6, shade=0.75)
    return canvas.as_paint()


def fern(rng: np.random.Generator, *, colours: tuple[str, ...], fronds: int = 5) -> Paint:
    """Fronds of a fern fanning out, each a row of leaflets that shorten towards the tip."""
    canvas = blank(colours[0])
    for frond in range(fronds):
        lean = (frond / max(1, fronds - 1) - 0.5) * 1.7 + float(rng.normal(0.0, 0.08))
        length = SIZE * float(rng.uniform(0.68, 0.8)) * (1.0 - 0.2 * abs(lean))
        place, heading = np.array([SIZE - MARGIN, SIZE / 2.0]), lean * 0.5
        parts = 44
        for part in range(parts):
            heading += lean * 0.9 / parts
            end = place + length / parts * np.array([-np.cos(heading), np.sin(heading)])
            size = length * 0.2 * np.sin(np.pi * min(1.0, (part + 3) / parts) ** 0.7) + 4.0
            tone = varied(rng, colours, 1, 0.06)[0] * (0.75 + 0.25 * part / parts)
            for side in (-1.0, 1.0):
                angle = float(heading - np.pi / 2 + side * 1.15)
                centre = end + size / 2 * np.array([np.sin(angle), np.cos(angle)])
                if _within(centre, size / 2):
                    lay(
                        canvas,
                        (centre[0], centre[1]),
                        angle,
                        size * 0.6,
                        blade(tone, size, width=0.26, widest=0.35, veins=0),
                    )
            line(canvas, place, end, 2.2, tone * 0.8)
            place = end
    return canvas.as_paint()


def tuft(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    count: int = 260,
    height: float = 0.85,
    width: float = 5.0,
    heads: str | None = None,
) -> Paint:
    """Grass, reeds or irises rooted at the lower edge, bending outwards; with seed heads if a colour is given."""
    canvas = blank(colours[0])
    base = np.stack(
        [SIZE - MARGIN - rng.uniform(0.0, 12.0, count), SIZE / 2 + rng.normal(0.0, SIZE * 0.025, count)], axis=-1
    )
    lean = rng.normal(0.0, 0.36, count)
    reach = SIZE * height * rng.uniform(0.4, 1.0, count) * (1.0 - 0.25 * np.abs(lean))
    tips = base + np.stack([-np.cos(lean), np.sin(lean)], axis=-1) * reach[:, None]
    tips = np.clip(tips, MARGIN, SIZE - MARGIN)
    bow = np.stack([-np.abs(lean) * reach * 0.22, -np.sign(lean) * np.abs(lean) * reach * 0.22], axis=-1)
    order = np.argsort(np.arange(count) + rng.normal(0.0, 8.0, count), kind="stable")
    tones = varied(rng, colours, count, 0.10) * np.linspace(0.6, 1.0, count)[:, None]
    blades(canvas, base[order], tips[order], tones, width=width, bow=bow[order], shade=0.6)
    if heads is not None:
        for place, angle in zip(tips[order][::3], lean[order][::3], strict=True):
            head = blade(colour(heads) * rng.uniform(0.8, 1.1), 46.0, width=0.22, widest=0.5, veins=9)
            if _within(place, 24.0):
                lay(canvas, (place[0], place[1]), float(angle - np.pi / 2), 26.0, head)
    return canvas.as_paint()


def bush(
    rng: np.random.Generator, *, colours: tuple[str, ...], leaf: Leaf, length: float, flowers: str | None = None
) -> Paint:
    """A round mass of leaves, dense in the middle, with a ragged rim; flowers on it if a colour is given."""
    canvas: Canvas = blank(colours[0])
    count = round(3600 * (18.0 / length) ** 1.6)
    for index in range(count):
        radius = SIZE * 0.43 * float(rng.random() ** 0.5) * float(1.0 + 0.06 * rng.normal())
        around = float(rng.uniform(0, 2 * np.pi))
        centre = SIZE / 2 + radius * np.array([np.sin(around), np.cos(around)])
        angle = float(around + rng.normal(0.0, 0.9))
        size = length * float(rng.uniform(0.6, 1.15))
        above = 0.10 * -np.sin(around) * radius / SIZE
        tone = varied(rng, colours, 1, 0.12)[0] * (0.45 + 0.55 * index / count + above)
        if flowers is not None and index > count * 0.6 and rng.random() < 0.12:
            tone = varied(rng, (flowers, flowers), 1, 0.08)[0]
        if _within(centre, size / 2):
            lay(canvas, (centre[0], centre[1]), angle, size * 0.62, leaf(tone, size))
    return canvas.as_paint()


OAK_LEAF = partial(blade, width=0.5, widest=0.58, lobes=4, depth=0.22)
OVAL_LEAF = partial(blade, width=0.55, widest=0.45, veins=7)
LANCE_LEAF = partial(blade, width=0.2, widest=0.4, veins=0)
HEART_LEAF = partial(blade, width=0.8, widest=0.3, veins=5)

GREEN = ("3d5727", "54722f", "6f8d40")
DEEP = ("2b4024", "3b5530", "52703f")
SILVER = ("56694a", "71835f", "8f9d78")

DRAWINGS = tuple(
    Drawing(name, "foliage", 0.0, False, draw)
    for name, draw in (
        ("branch oak", partial(branch, colours=GREEN, leaf=OAK_LEAF, length=60.0)),
        (
            "branch beech",
            partial(branch, colours=("48652b", "63843a", "7f9c4c"), leaf=OVAL_LEAF, length=46.0, count=520),
        ),
        (
            "branch birch",
            partial(
                branch,
                colours=("546f2d", "6f8c3c", "8da452"),
                leaf=HEART_LEAF,
                length=28.0,
                count=760,
                droop=0.5,
                bark="8b857b",
            ),
        ),
        (
            "branch willow",
            partial(branch, colours=SILVER, leaf=LANCE_LEAF, length=64.0, count=620, droop=0.8),
        ),
        (
            "branch maple",
            partial(branch, colours=("40602c", "5a7f38", "78984a"), leaf=palmate, length=58.0, count=330),
        ),
        (
            "branch maple autumn",
            partial(branch, colours=("93401f", "b8652a", "cf9a3a"), leaf=palmate, length=56.0, count=330),
        ),
        (
            "branch beech autumn",
            partial(branch, colours=("8a5a26", "a87832", "bf9a4a"), leaf=OVAL_LEAF, length=46.0, count=460),
        ),
        (
            "branch olive",
            partial(branch, colours=("5b684a", "7a8762", "9aa27e"), leaf=LANCE_LEAF, length=42.0, count=760),
        ),
        ("branch fir", partial(conifer, colours=("22382a", "2f4a35", "446048"), needle=20.0)),
        (
            "branch pine",
            partial(conifer, colours=("34492f", "465f3b", "5f7a4c"), needle=52.0, bundles=True),
        ),
        ("bush box", partial(bush, colours=DEEP, leaf=OVAL_LEAF, length=24.0)),
        (
            "bush laurel",
            partial(bush, colours=("2f4a26", "42632f", "5c7f40"), leaf=OVAL_LEAF, length=44.0),
        ),
        ("bush rose", partial(bush, colours=GREEN, leaf=HEART_LEAF, length=24.0, flowers="b5525f")),
        ("bush ivy", partial(bush, colours=DEEP, leaf=palmate, length=38.0)),
        ("fern", partial(fern, colours=("3f5f25", "56782f", "739440"))),
        ("fern single", partial(fern, colours=("35552a", "4c7038", "688c4b"), fronds=3)),
        ("grass tuft", partial(tuft, colours=("4f6b28", "688438", "88a04e"))),
        ("grass dry", partial(tuft, colours=("8a7d4c", "a5965f", "bfb07a"), heads="a08a58")),
        (
            "reeds",
            partial(tuft, colours=("5a6b35", "75833f", "94995a"), count=90, width=9.0, height=0.92, heads="5b4030"),
        ),
        (
            "iris leaves",
            partial(tuft, colours=("3f6038", "567a4a", "6f9260"), count=60, width=16.0, height=0.8),
        ),
    )
)
