"""Pictures as painters and photographers make them: landscapes, seas, abstracts, botanical prints."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.foliage import OAK_LEAF, OVAL_LEAF, branch, fern
from spnet.synth.assets.drawn.noise import bend, clouds, level, soften, step
from spnet.synth.assets.drawn.strokes import Canvas, blades, covered

DAY = ("5f8bb5", "9dbdd3", "d9dfdc")
EVENING = ("3f4a6b", "9a6f78", "d99a5f", "ecc98a")
STORM = ("4a5560", "74808a", "a9adab")
NIGHT = ("10151f", "1b2740", "334a63")


def skyline(rng: np.random.Generator, roughness: float, waves: float = 1.0) -> Field:
    """(SIZE,) heights of a chain of hills, mean 0, deviation 1, periodic."""
    ridge = clouds(rng, low=waves, high=200.0, slope=roughness + 0.5)[0]
    return (ridge - ridge.mean()) / ridge.std()


def landscape(
    rng: np.random.Generator,
    *,
    sky: tuple[str, ...],
    hills: tuple[str, ...],
    horizon: float = 0.45,
    rough: float = 1.6,
    steep: float = 0.035,
    trees: bool = False,
    brushed: float = 1.0,
) -> Paint:
    """Chains of hills under a sky, the farther the paler; `hills` from far to near."""
    down = np.broadcast_to(np.linspace(0.0, 1.0, SIZE)[:, None], (SIZE, SIZE))
    drift = clouds(rng, low=2.0, high=60.0, slope=1.4, stretch=(1.0, 2.5))
    surface = ramp(np.clip(down / max(horizon, 0.1) + 0.05 * drift, 0.0, 1.0), sky)
    surface = mix(surface, colour("e8e4da"), step(drift, 0.4, 1.6) * 0.6)
    for index, hill in enumerate(hills):
        share = (index + 1) / len(hills)
        top = (
            horizon
            + (1.0 - horizon) * share**1.5 * 0.8
            - 0.06
            + steep * (0.4 + 0.6 * share) * skyline(rng, rough)[None, :]
        )
        if trees:
            top = top - 0.035 * share * np.abs(skyline(rng, 0.5, 8.0))[None, :]
        inside = step(down - top, -0.002, 0.003)
        body = shade(plain(hill, down), clouds(rng, low=4.0, high=90.0, slope=1.0, stretch=(1.0, 3.0)), 0.10)
        body = mix(body, body * 0.75, np.clip((down - top) * 2.5, 0.0, 1.0))
        surface = mix(surface, body, inside)
    return as_brushwork(rng, surface, brushed)


def sea(
    rng: np.random.Generator,
    *,
    sky: tuple[str, ...],
    water: tuple[str, ...],
    horizon: float = 0.5,
    brushed: float = 1.0,
) -> Paint:
    """Open water with waves that grow towards the viewer, and the sky's light on it."""
    down = np.broadcast_to(np.linspace(0.0, 1.0, SIZE)[:, None], (SIZE, SIZE))
    drift = clouds(rng, low=2.0, high=40.0, slope=1.5, stretch=(1.0, 4.0))
    surface = ramp(np.clip(down / horizon + 0.04 * drift, 0.0, 1.0), sky)
    surface = mix(surface, colour("ece3d2"), step(drift, 0.6, 1.8) * 0.7)
    near = np.clip((down - horizon) / (1.0 - horizon), 0.0, 1.0)
    swell = (1.0 - near) * clouds(rng, low=30.0, slope=0.5, stretch=(1.0, 6.0)) + near * clouds(
        rng, low=8.0, high=60.0, stretch=(1.0, 3.0)
    )
    body = shade(ramp(near, water), swell, 0.13)
    glitter = np.exp(-(((np.arange(SIZE) / SIZE - rng.uniform(0.3, 0.7)) / 0.12) ** 2))[None, :]
    body = mix(body, colour(sky[-1]), glitter * step(swell, 0.3, 1.5) * 0.8)
    return as_brushwork(rng, mix(surface, body, step(down, horizon, horizon + 0.004)), brushed)


def as_brushwork(rng: np.random.Generator, surface: Paint, strength: float) -> Paint:
    """The picture broken into strokes, with the tooth of its canvas."""
    if strength > 0.0:
        inside = np.sin(np.linspace(0.0, np.pi, SIZE)) ** 0.3
        flow, other = (
            clouds(rng, low=12.0, high=50.0, slope=0.8, stretch=(1.0, 2.0)) * 1.6 * strength * np.outer(inside, inside)
            for _ in range(2)
        )
        surface = np.stack([bend(surface[..., channel], flow, other) for channel in range(3)], axis=-1)
    bristles = clouds(rng, low=60.0, slope=0.3, stretch=(1.0, 5.0))
    return np.clip(shade(surface, bristles, 0.035 * strength + 0.01), 0.0, 1.0)


def woodland(rng: np.random.Generator, *, light: tuple[str, ...], trunks: str, count: int = 40) -> Paint:
    """Trunks one behind another in mist."""
    down = np.broadcast_to(np.linspace(0.0, 1.0, SIZE)[:, None], (SIZE, SIZE))
    surface = ramp(np.clip(down + 0.15 * clouds(rng, low=2.0, high=60.0, slope=1.3), 0.0, 1.0), light)
    across = np.arange(SIZE)[None, :]
    bark = shade(plain(trunks, down), clouds(rng, low=8.0, stretch=(4.0, 1.0)), 0.15)
    sway = clouds(rng, low=1.0, high=20.0, slope=2.0)
    for index in range(count):
        near = (index + 1) / count
        place = rng.uniform(0.0, SIZE) + 3.0 * near * sway[:, int(rng.integers(SIZE))][:, None]
        width = 2.0 + 20.0 * near**2 * float(rng.uniform(0.6, 1.2))
        inside = step(np.abs(across - place), width / 2 + 0.8, width / 2 - 0.8) * (down < 0.75 + 0.25 * near)
        surface = mix(surface, np.roll(bark, int(rng.integers(SIZE)), axis=1), inside * (0.15 + 0.8 * near))
    return shade(surface, clouds(rng, low=40.0, slope=0.4), 0.03)


def fields_of_colour(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Soft-edged blocks of colour floating above each other."""
    down, right = (np.mgrid[:SIZE, :SIZE] + 0.5) / SIZE
    surface = shade(plain(colours[0], down), clouds(rng, low=3.0, high=90.0), 0.05)
    cuts = np.linspace(0.07, 0.93, len(colours))
    for index, each in enumerate(colours[1:]):
        ragged = 0.012 * clouds(rng, low=4.0, high=120.0, slope=1.0)
        inset = np.minimum(
            np.minimum(down - cuts[index] - 0.02, cuts[index + 1] - 0.02 - down), np.minimum(right, 1.0 - right) - 0.08
        )
        layer = shade(plain(each, down), clouds(rng, low=3.0, high=120.0, stretch=(1.0, 2.0)), 0.08)
        surface = mix(surface, layer, step(inset + ragged, -0.015, 0.03) * 0.92)
    return as_brushwork(rng, surface, 0.3)


def shapes(rng: np.random.Generator, *, colours: tuple[str, ...], count: int = 16) -> Paint:
    """Discs, bars and half-rings laid over each other, as printed in the nineteen-twenties and again today."""
    down, right = (np.mgrid[:SIZE, :SIZE] + 0.5) / SIZE
    surface = plain(colours[0], down)
    for _ in range(count):
        centre, angle, size = rng.uniform(0.1, 0.9, 2), rng.uniform(0.0, np.pi), float(rng.uniform(0.06, 0.26))
        along = (right - centre[1]) * np.cos(angle) + (down - centre[0]) * np.sin(angle)
        across = (down - centre[0]) * np.cos(angle) - (right - centre[1]) * np.sin(angle)
        radius = np.hypot(along, across)
        outlines = (
            radius - size,
            np.abs(radius - size) - size * 0.15,
            np.maximum(np.abs(along) - size * 1.6, np.abs(across) - size * 0.14),
            np.maximum(radius - size, -along),
        )
        tone = colour(colours[1 + int(rng.integers(len(colours) - 1))])
        surface = mix(surface, tone, step(outlines[int(rng.integers(4))], 0.002, -0.002) * 0.93)
    return shade(surface, clouds(rng, low=50.0, slope=0.3), 0.02)


def strokes(rng: np.random.Generator, *, colours: tuple[str, ...], count: int = 130, width: float = 30.0) -> Paint:
    """Broad brush strokes in all directions over a ground."""
    canvas: Canvas = covered(shade(plain(colours[0], np.zeros((SIZE, SIZE))), clouds(rng, low=4.0, high=90.0), 0.06))
    bases = rng.uniform(0.1, 0.9, (count, 2)) * SIZE
    angle = rng.normal(rng.uniform(0, np.pi), 0.9, count)
    tips = bases + np.stack([np.sin(angle), np.cos(angle)], axis=-1) * rng.uniform(40.0, 150.0, (count, 1))
    tips = np.clip(tips, 8.0, SIZE - 8.0)
    bow = rng.normal(0.0, 22.0, (count, 2))
    blades(
        canvas,
        np.clip(bases, 8.0, SIZE - 8.0),
        tips,
        varied(rng, colours[1:], count, 0.12),
        width=width,
        bow=bow,
        shade=0.9,
    )
    return as_brushwork(rng, canvas.pixels, 0.8)


def marbled(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Inks drawn through each other, as on marbled paper."""
    field = clouds(rng, low=1.0, high=4.0, slope=2.0)
    for waves, pixels in ((2.0, 30.0), (5.0, 10.0)):
        field = bend(field, *(pixels * clouds(rng, low=waves, high=waves * 2.0, slope=1.5) for _ in range(2)))
    bands = np.mod(field * 1.7, 1.0)
    surface = ramp(np.abs(bands * 2.0 - 1.0), colours)
    surface = mix(surface, colour(colours[-1]), step(np.abs(bands - 0.5), 0.04, 0.015) * 0.8)
    return shade(surface, clouds(rng, low=60.0, slope=0.2), 0.02)


def on_paper(rng: np.random.Generator, cut_out: Paint, *, paper: str = "ddd5c0") -> Paint:
    """A cut-out printed on yellowed paper with a plate mark."""
    sheet = shade(plain(paper, np.zeros((SIZE, SIZE))), clouds(rng, low=3.0, high=200.0, slope=0.8), 0.02)
    foxing = step(clouds(rng, low=10.0, high=60.0), 2.0, 3.0)
    sheet = mix(sheet, colour("b0905f"), foxing * 0.4)
    border = np.minimum(np.arange(SIZE), np.arange(SIZE)[::-1])
    edge = np.minimum(border[:, None], border[None, :])
    sheet = shade(sheet, -step(np.abs(edge - 26.0), 2.0, 0.5), 0.12)
    return mix(sheet, cut_out[..., :3] * 0.9, cut_out[..., 3] * 0.92)


def botanical(rng: np.random.Generator, *, kind: str) -> Paint:
    """A print of one plant: "oak", "beech" or "fern"."""
    if kind == "fern":
        plant = fern(rng, colours=("4a5a38", "647548", "7f8f5c"), fronds=3)
    else:
        leaf = OAK_LEAF if kind == "oak" else OVAL_LEAF
        plant = branch(rng, colours=("55643c", "74804f", "959a66"), leaf=leaf, length=62.0, count=110)
    return on_paper(rng, plant)


def nebula(rng: np.random.Generator, *, colours: tuple[str, ...]) -> Paint:
    """Stars and glowing gas."""
    gas = bend(
        clouds(rng, low=2.0, high=120.0, slope=1.4), *(9 * clouds(rng, low=2.0, high=10.0, slope=1.6) for _ in range(2))
    )
    surface = ramp(level(gas * 0.9 - 0.5), colours)
    dust = rng.random((SIZE, SIZE)) > 0.9985
    stars = soften(dust * rng.uniform(0.5, 6.0, (SIZE, SIZE)), 0.8)
    return np.clip(surface + stars[..., None] * colour("e8e4da"), 0.0, 0.93)


DRAWINGS = tuple(
    Drawing(name, "picture", 0.0, False, draw)
    for name, draw in (
        ("landscape hills", partial(landscape, sky=DAY, hills=("9fb0b4", "7f957f", "6a7f4f", "586a36", "6f6a3a"))),
        (
            "landscape evening",
            partial(landscape, sky=EVENING, hills=("8f7783", "6b5a68", "4a4150", "2f2b38"), rough=1.9, steep=0.05),
        ),
        (
            "landscape mountains",
            partial(
                landscape, sky=DAY, hills=("a9b5c2", "7f8f9f", "5f6f72", "45553f"), rough=1.0, steep=0.06, brushed=0.4
            ),
        ),
        ("landscape forest", partial(landscape, sky=STORM, hills=("8b979a", "5f7069", "40524a", "2b3a33"), trees=True)),
        (
            "landscape field",
            partial(
                landscape, sky=DAY, hills=("7f9a9a", "8a9a55", "c2a648", "a98a3a"), horizon=0.55, rough=2.2, brushed=1.6
            ),
        ),
        (
            "landscape winter",
            partial(landscape, sky=("a9b5bf", "c9cfd2", "dedfdc"), hills=("b5bec4", "cfd4d6", "dddfdf"), trees=True),
        ),
        ("sea day", partial(sea, sky=DAY, water=("7fa3ad", "3f7385", "2b5266"))),
        ("sea evening", partial(sea, sky=EVENING, water=("a9806f", "5f5a70", "2f3550"), horizon=0.6)),
        ("sea storm", partial(sea, sky=STORM, water=("6f7f84", "4a5d63", "2f3d42"), horizon=0.4, brushed=1.6)),
        ("woodland", partial(woodland, light=("cdd3c4", "a9b596", "6f7a4f"), trunks="33302a")),
        ("woodland autumn", partial(woodland, light=("e0cfa4", "cf9f5a", "8a5a30"), trunks="3a2c24", count=28)),
        ("colour fields red", partial(fields_of_colour, colours=("6b2a26", "a83f2c", "c97a35", "3f2028"))),
        ("colour fields blue", partial(fields_of_colour, colours=("c9bfa9", "3f5f7a", "8aa3a9"))),
        ("shapes primary", partial(shapes, colours=("ddd5c3", "a8372f", "2f4f7a", "cf9f35", "2b2a2b"))),
        ("shapes muted", partial(shapes, colours=("d3c6b3", "a9745a", "6f7f74", "39424a", "c9a77a"), count=11)),
        ("strokes warm", partial(strokes, colours=("cfc3ae", "a84a2f", "d08f3f", "5f2f33", "e0cfae"))),
        ("strokes blue", partial(strokes, colours=("d5d3cc", "2f4a6b", "5f8aa3", "c9b48a"), count=80, width=44.0)),
        ("marbled", partial(marbled, colours=("2f4a5f", "7a9aa3", "d9cfb9", "8a3f35"))),
        ("botanical oak", partial(botanical, kind="oak")),
        ("botanical beech", partial(botanical, kind="beech")),
        ("botanical fern", partial(botanical, kind="fern")),
        ("nebula", partial(nebula, colours=("15161f", "1f2338", "4a3a5f", "8f5f6b", "c9a98f"))),
    )
)
