"""Printed and lit matter: posters, maps, charts, book spines, boxes, screens. All writing is unreadable marks."""

from functools import partial
from itertools import pairwise

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Paint
from spnet.synth.assets.drawn.noise import clouds, level, step
from spnet.synth.assets.drawn.paintings import DAY, EVENING, STORM, as_brushwork, landscape, marbled, sea, shapes
from spnet.synth.assets.drawn.pieces import nearest_to, scattered
from spnet.synth.assets.drawn.writing import Box, fill, write


def poster(rng: np.random.Generator, *, picture: Paint, paper: str, ink: str) -> Paint:
    """A picture with a large heading and small print."""
    surface = plain(paper, np.zeros((SIZE, SIZE)))
    margin = 28
    surface[margin : SIZE - 150, margin : SIZE - margin] = picture[margin : SIZE - 150, margin : SIZE - margin]
    write(rng, surface, (SIZE - 130, margin, SIZE - 84, SIZE - margin), tone=ink, height=40)
    write(rng, surface, (SIZE - 70, margin, SIZE - 24, SIZE - margin), tone=ink, height=6)
    return shade(surface, clouds(rng, low=3.0, high=200.0), 0.012)


def seaside_poster(rng: np.random.Generator) -> Paint:
    """A travel poster of the sea."""
    return poster(
        rng, picture=sea(rng, sky=EVENING, water=("8a9aa0", "4f7080", "2f4a5f")), paper="dccfae", ink="4a3a35"
    )


def mountain_poster(rng: np.random.Generator) -> Paint:
    """A travel poster of mountains."""
    hills = ("93a9b8", "64809a", "3f5f6b", "2f463a")
    return poster(
        rng, picture=landscape(rng, sky=DAY, hills=hills, rough=1.2, brushed=0.0), paper="d9dcd8", ink="2f4a5f"
    )


def concert_poster(rng: np.random.Generator) -> Paint:
    """A poster of shapes."""
    return poster(
        rng, picture=shapes(rng, colours=("c9a23f", "a33f2f", "2b2f3a", "d9cdb5")), paper="c9a23f", ink="2b2f3a"
    )


def newspaper(rng: np.random.Generator, *, columns: int = 4) -> Paint:
    """A page of print with headings and grey pictures."""
    surface = plain("d3cec2", np.zeros((SIZE, SIZE)))
    write(rng, surface, (18, 40, 58, SIZE - 40), tone="2f2d2b", height=36, ragged=False)
    fill(surface, (66, 18, 68, SIZE - 18), "57534d")
    width = (SIZE - 36) // columns
    for column in range(columns):
        left, right = 18 + column * width + 5, 18 + (column + 1) * width - 5
        split = int(rng.integers(150, 400))
        write(rng, surface, (80, left, split - 40, right), tone="4a4743", height=4)
        write(rng, surface, (split - 34, left, split - 8, right), tone="33312e", height=11)
        write(rng, surface, (split, left, SIZE - 18, right), tone="4a4743", height=4)
    left, top = 18 + width + 5, int(rng.integers(90, 240))
    scene = landscape(rng, sky=STORM, hills=("9a9a9a", "6f6f6f", "4a4a4a")).mean(axis=-1, keepdims=True)
    surface[top : top + 130, left : left + 2 * width - 10] = scene[150:280, : 2 * width - 10] * 0.9
    return shade(surface, clouds(rng, low=3.0, high=200.0), 0.015)


def land_map(
    rng: np.random.Generator,
    *,
    sea_tone: str = "a9c3c9",
    land: tuple[str, ...] = ("8fa878", "c9bf8f", "c2a578", "a3846a"),
) -> Paint:
    """A physical map: coasts, heights in colours, rivers, borders, towns with names that say nothing."""
    height = clouds(rng, low=1.5, high=120.0, slope=2.0)
    surface = ramp(np.clip(height * 0.5, 0.0, 1.0), land)
    lit = np.gradient(height, axis=1) + np.gradient(height, axis=0)
    surface = shade(surface, lit, 0.9)
    water = step(height, 0.02, -0.02)
    shelf = np.clip(-height, 0.0, 1.5)
    surface = mix(surface, shade(plain(sea_tone, height), -shelf, 0.12), water)
    surface = mix(surface, colour("5f7f94"), step(np.abs(height), 0.03, 0.012))
    borders = nearest_to(scattered(rng, 4, 4, 0.4), 14.0 * clouds(rng, low=4.0, high=50.0, slope=1.3))
    surface = mix(surface, colour("7a4a4f"), step(borders.edge, 1.6, 0.6) * (1.0 - water) * 0.7)
    grid = np.minimum(np.arange(SIZE) % 128, 128 - np.arange(SIZE) % 128)
    surface = mix(surface, colour("6f8590"), step(np.minimum(grid[:, None], grid[None, :]) * 1.0, 1.0, 0.2) * 0.35)
    for _ in range(40):
        top, left = (int(each) for each in rng.integers(12, SIZE - 70, 2))
        write(
            rng, surface, (top, left, top + 8, left + int(rng.integers(24, 60))), tone="3f3a38", height=7, ragged=False
        )
        fill(surface, (top + 9, left, top + 12, left + 3), "8f3f35")
    return _framed(surface, "d9d2bf", 14)


def town_map(rng: np.random.Generator) -> Paint:
    """A street map: blocks, parks, a river, main roads in yellow."""
    blocks = nearest_to(scattered(rng, 15, 15, 0.42))
    tone = varied(rng, ("cfc8ba", "d9d3c6", "c9c4bb"), blocks.count, 0.02)
    parks = rng.random(blocks.count) < 0.12
    tone[parks] = colour("a9bf94")
    surface = tone[blocks.number]
    surface = mix(surface, colour("ece9e2"), step(blocks.edge, 3.4, 2.6))
    quarters = nearest_to(scattered(rng, 4, 4, 0.4), 4.0 * clouds(rng, low=3.0, high=20.0))
    surface = mix(surface, colour("d9b45f"), step(quarters.edge, 5.0, 4.0))
    river = np.abs(clouds(rng, low=1.0, high=14.0, slope=2.0) - 0.3)
    surface = mix(surface, colour("94b5c9"), step(river, 0.09, 0.08))
    return _framed(surface, "d9d6cf", 10)


def _framed(surface: Paint, tone: str, pixels: int) -> Paint:
    framed = plain(tone, surface[..., 0])
    framed[pixels:-pixels, pixels:-pixels] = surface[pixels:-pixels, pixels:-pixels]
    return framed


def charts(rng: np.random.Generator, *, paper: str = "dedcd6", ink: str = "3f4246") -> Paint:
    """A sheet with columns, curves and a pie."""
    surface = plain(paper, np.zeros((SIZE, SIZE)))
    tones = ("3f6f94", "c27a3a", "5f8a5a", "a3483f")
    write(rng, surface, (20, 24, 48, 330), tone=ink, height=22)
    for index in range(9):
        high = int(rng.integers(30, 150))
        fill(surface, (240 - high, 40 + index * 24, 240, 56 + index * 24), tones[index % 2])
    fill(surface, (240, 32, 242, 264), ink)
    fill(surface, (80, 32, 242, 34), ink)
    down, right = np.mgrid[:SIZE, :SIZE]
    angle, radius = np.arctan2(down - 160, right - 390), np.hypot(down - 160, right - 390)
    cuts = np.sort(rng.uniform(-np.pi, np.pi, 3))
    sector = np.searchsorted(cuts, angle.ravel()).reshape(angle.shape)
    pie = np.stack([colour(each) for each in tones])[sector % 4]
    surface = mix(surface, pie, step(radius, 81.0, 79.0))
    for tone in tones[:3]:
        walk = np.cumsum(rng.normal(0.0, 1.0, SIZE))
        curve = 440 - 140 * (walk - walk.min()) / np.ptp(walk)
        surface = mix(
            surface, colour(tone), step(np.abs(down - curve[None, :]), 2.6, 1.4) * (np.abs(right - 256) < 220)
        )
    write(rng, surface, (464, 32, 500, 480), tone=ink, height=5)
    return surface


def spines(rng: np.random.Generator, *, colours: tuple[str, ...], count: int = 15) -> Paint:
    """A row of book spines, upright, each with bands and a label of marks."""
    surface = plain("24201d", np.zeros((SIZE, SIZE)))
    widths = rng.uniform(0.6, 1.5, count)
    edges = np.round(np.concatenate([[0.0], np.cumsum(widths)]) / widths.sum() * SIZE).astype(int)
    for left, right in pairwise(edges):
        top = int(rng.integers(6, 90))
        tone = colour(colours[int(rng.integers(len(colours)))]) * rng.uniform(0.85, 1.12)
        across = np.linspace(-1.0, 1.0, right - left)
        rounded = 1.0 - 0.28 * across**4 - 0.06 * across
        surface[top:, left:right] = tone * rounded[None, :, None]
        label = "d3c6a3" if tone.mean() < 0.55 else "3a332e"
        for band in sorted(int(each) for each in rng.integers(top + 12, SIZE - 12, int(rng.integers(0, 4)))):
            fill(surface, (band, left, band + int(rng.integers(2, 7)), right), label, 0.8)
        _mark_spine(rng, surface, (top + 40, left, SIZE - int(rng.integers(120, 300)), right), label)
        surface[top:, left : left + 1] *= 0.5
    return shade(surface, clouds(rng, low=6.0, high=250.0, slope=0.6), 0.03)


def _mark_spine(rng: np.random.Generator, surface: Paint, box: Box, tone: str) -> None:
    """A title running down the spine."""
    top, left, bottom, right = box
    high = min(18, (right - left) // 2)
    if high < 6 or bottom - top < 40:
        return
    start = left + (right - left - high) // 2
    strip = np.ascontiguousarray(surface[top:bottom, start : start + high].transpose(1, 0, 2))
    write(rng, strip, (0, 0, high, bottom - top), tone=tone, height=high)
    surface[top:bottom, start : start + high] = strip.transpose(1, 0, 2)


def packaging(rng: np.random.Generator, *, colours: tuple[str, str, str]) -> Paint:
    """The front of a box: a picture, a broad band, marks."""
    surface = marbled(rng, colours=(colours[0], colours[1], colours[0])) * 0.4 + colour(colours[0]) * 0.6
    down, right = np.mgrid[:SIZE, :SIZE]
    sweep = down - 300 + 50 * np.sin(right / 160 + rng.uniform(0, 6))
    surface = mix(surface, colour(colours[1]), step(sweep, -2.0, 2.0))
    surface = mix(surface, colour(colours[2]), step(np.abs(sweep), 9.0, 6.0))
    disc = np.hypot(down - 170, right - rng.uniform(180, 330))
    surface = mix(surface, colour(colours[2]), step(disc, 101.0, 98.0))
    surface = mix(surface, colour(colours[0]), step(np.abs(disc - 84.0), 5.0, 3.0))
    write(rng, surface, (40, 40, 100, 420), tone=colours[2], height=46)
    write(rng, surface, (390, 40, 490, 470), tone=colours[2], height=9)
    return shade(surface, clouds(rng, low=4.0, high=60.0), 0.015)


def screen(rng: np.random.Generator, *, dark: bool) -> Paint:
    """A computer's screen: windows over a picture, lists, lines of marks."""
    surface = landscape(rng, sky=EVENING if dark else DAY, hills=("6f7f94", "4f5f74", "33405a"), brushed=0.0)
    ground, ink, bar = ("23262b", "a9b0b5", "33373d") if dark else ("d9dadb", "45484c", "b5b9bd")
    for box in ((40, 30, 430, 330), (120, 250, 470, 490)):
        top, left, bottom, right = box
        fill(surface, box, ground)
        fill(surface, (top, left, top + 18, right), bar)
        fill(surface, (top + 18, left, bottom, left + 56), bar, 0.5)
        write(rng, surface, (top + 30, left + 68, bottom - 12, right - 12), tone=ink, height=6, leading=2.0)
        write(rng, surface, (top + 30, left + 8, bottom - 100, left + 50), tone=ink, height=5, leading=3.0)
    fill(surface, (SIZE - 24, 0, SIZE, SIZE), bar)
    for index in range(9):
        fill(
            surface, (SIZE - 20, 12 + index * 30, SIZE - 4, 30 + index * 30), ("4f86b5", "b5744f", "6fa36b")[index % 3]
        )
    return surface


def programme(rng: np.random.Generator) -> Paint:
    """A television picture: a landscape with a caption strip."""
    surface = as_brushwork(rng, sea(rng, sky=DAY, water=("6fa3ad", "2f6f85", "1f4f66"), brushed=0.0), 0.0)
    fill(surface, (404, 0, 470, SIZE), "2f3f63", 0.85)
    write(rng, surface, (414, 24, 444, 420), tone="d9dadb", height=24)
    write(rng, surface, (450, 24, 464, 420), tone="b5bac5", height=8)
    return surface


def calendar(rng: np.random.Generator) -> Paint:
    """A month's sheet under a picture."""
    surface = plain("dcdad3", np.zeros((SIZE, SIZE)))
    surface[16:230, 16 : SIZE - 16] = landscape(rng, sky=DAY, hills=("9fb5a9", "7f9a5f", "5f7a3f"))[
        100:314, 16 : SIZE - 16
    ]
    write(rng, surface, (242, 24, 270, 300), tone="8f3a33", height=24)
    for row in range(5):
        for column in range(7):
            top, left = 286 + row * 43, 22 + column * 67
            fill(surface, (top, left, top + 40, left + 64), "cfccc3")
            write(rng, surface, (top + 5, left + 6, top + 17, left + 24), tone="45423d", height=11, ragged=False)
    return surface


def blackboard(rng: np.random.Generator) -> Paint:
    """Chalk on slate, wiped and written on again."""
    wiped = level(clouds(rng, low=2.0, high=60.0, slope=1.2, stretch=(1.0, 2.0)))
    surface = mix(plain("2f3d37", wiped), colour("6f7f78"), wiped * 0.35)
    for top in range(50, 440, 66):
        write(rng, surface, (top, 40, top + 30, int(rng.integers(220, 470))), tone="c9cdc6", height=28)
    return shade(surface, clouds(rng, low=60.0, slope=0.2), 0.04)


CLOTHBOUND = ("4a2a26", "2f3a4f", "3a4a35", "6f5a3f", "7a3a33", "33302e")
PAPERBACKS = ("c9b99a", "a3483f", "3f6f94", "d9d3c3", "5f8a6b", "d0a23f", "4a4a4f")
JOURNALS = ("b5b9b5", "8f9aa3", "c9c5ba", "7a8580")

DRAWINGS = tuple(
    Drawing(name, "picture", 0.0, False, draw)
    for name, draw in (
        ("poster seaside", seaside_poster),
        ("poster mountains", mountain_poster),
        ("poster concert", concert_poster),
        ("newspaper", newspaper),
        ("map physical", land_map),
        ("map old", partial(land_map, sea_tone="c9bf9f", land=("cfc29a", "bfa878", "a98a5f", "8f6f4f"))),
        ("map town", town_map),
        ("charts", charts),
        ("charts dark", partial(charts, paper="2f343b", ink="b5bac0")),
        ("spines clothbound", partial(spines, colours=CLOTHBOUND)),
        ("spines paperbacks", partial(spines, colours=PAPERBACKS, count=19)),
        ("spines journals", partial(spines, colours=JOURNALS, count=24)),
        ("spines mixed", partial(spines, colours=PAPERBACKS + CLOTHBOUND, count=13)),
        ("box cereal", partial(packaging, colours=("c9a23f", "9f3f2f", "e0d9c6"))),
        ("box blue", partial(packaging, colours=("4f7a9a", "2b3f5f", "d9d6cc"))),
        ("box green", partial(packaging, colours=("a9b88a", "4f6f4a", "e0dbc9"))),
        ("screen light", partial(screen, dark=False)),
        ("screen dark", partial(screen, dark=True)),
        ("screen programme", programme),
        ("calendar", calendar),
        ("blackboard", blackboard),
    )
)
