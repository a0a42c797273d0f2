"""Outdoor surroundings all around: sky and clouds over hills, woods or a town; equirectangular.

Row 0 looks straight up and the middle row to the horizon; the left border joins the right one.
"""

from functools import partial

import numpy as np
from scipy import ndimage

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import clouds, level, step

WIDTH, HORIZON = 2 * SIZE, SIZE // 2

CLEAR = ("c9d9e3", "9dc0dd", "6d9fd0", "4b80bd")
HAZY = ("d9dad3", "c3cfd4", "a3bccd", "86a8c4")
OVERCAST = ("c3c6c7", "b3b8bb", "a5abb0", "9aa1a8")
EVENING = ("e3b27a", "d5a08a", "94879f", "566386")
WINTER = ("dcdfe0", "cfd8dd", "b5c7d3", "9cb5c8")


def elevation() -> Field:
    """(SIZE,1) sine of the angle above the horizon, of each row."""
    return np.sin(np.pi * (0.5 - (np.arange(SIZE)[:, None] + 0.5) / SIZE))


def around(rng: np.random.Generator, slope: float, low: float, high: float = 256.0) -> Field:
    """(WIDTH,) heights along the horizon, mean 0, deviation 1, joining up behind."""
    waves = np.arange(1, WIDTH // 2)
    amplitude = np.where((waves >= low) & (waves <= high), waves**-slope, 0.0)
    phase = rng.uniform(0.0, 2 * np.pi, len(waves))
    spectrum = np.concatenate([[0.0], amplitude * np.exp(1j * phase), [0.0]])
    heights = np.fft.irfft(spectrum, WIDTH)
    return heights / heights.std()


def overhead(field: Field, height: float, turn: float = 0.0) -> Field:
    """(SIZE,WIDTH): a periodic layer seen from below (or above, mirrored), `height` textures away."""
    up = np.maximum(np.abs(elevation()), 0.02)
    azimuth = (np.arange(WIDTH)[None, :] + 0.5) / WIDTH * 2 * np.pi + turn
    reach = height * np.sqrt(1.0 - up**2) / up
    places = np.stack([reach * np.sin(azimuth), reach * np.cos(azimuth)]) * SIZE
    seen: Field = ndimage.map_coordinates(field, places, order=1, mode="grid-wrap")
    return seen


def sky(
    rng: np.random.Generator, *, tones: tuple[str, ...], cover: float, white: str = "eceae4", grey: str = "a3a8ae"
) -> Paint:
    """(SIZE,WIDTH,3): tones from the horizon up, and heaped clouds lit from above; below the horizon, haze."""
    up = np.broadcast_to(np.maximum(elevation(), 0.0), (SIZE, WIDTH))
    surface = ramp(up**0.55, tones)
    heap = clouds(rng, low=2.0, high=90.0, slope=1.5)
    veil = clouds(rng, low=2.0, high=60.0, slope=1.1, stretch=(1.0, 3.0))
    seen, thicker = overhead(heap, 0.16), overhead(np.roll(heap, 9, axis=0), 0.16)
    start = 1.3 - 2.4 * cover
    far = step(up, 0.02, 0.2)
    share = step(seen, start, start + 0.7) * (0.25 + 0.75 * far)
    body = ramp(np.clip(0.55 - 0.45 * (thicker - seen) - 0.22 * (seen - start), 0.0, 1.0), (grey, white))
    surface = mix(surface, colour(white), level(overhead(veil, 0.3) - 1.2) * 0.25 * far)
    return mix(surface, body, share * 0.93)


def land(rng: np.random.Generator, *, tones: tuple[str, ...], haze: str) -> Paint:
    """(SIZE,WIDTH,3): level ground, patched with fields, fading into haze towards the horizon."""
    patches = clouds(rng, low=2.0, high=60.0, slope=1.0)
    ground = ramp(level(0.8 * overhead(patches, 0.06, 1.0)), tones)
    fine = overhead(clouds(rng, low=4.0, high=256.0, slope=0.6), 0.2, 2.0)
    near = np.broadcast_to(np.clip(-elevation(), 0.0, 1.0), (SIZE, WIDTH))
    ground = shade(ground, fine, 0.08)
    return mix(plain(haze, near), ground, step(near, -0.02, 0.12) * 0.9)


def ridge(
    surface: Paint, heights: Field, tone: str, rng: np.random.Generator, *, texture: float = 0.035, haze: float = 0.0
) -> Paint:
    """Everything below a skyline of `heights` (WIDTH,), in rows above the horizon, painted."""
    above = HORIZON - np.arange(SIZE)[:, None] - 0.5
    foot = 2.0 + 2.0 * np.abs(around(rng, 0.6, 8.0))[None, :]
    inside = step(heights[None, :] - above, -0.5, 0.8) * step(above + foot, -0.5, 0.5)
    grain = np.concatenate([clouds(rng, low=12.0, high=200.0, slope=0.7)] * 2, axis=1)
    body = shade(plain(tone, inside), grain, texture)
    body = shade(body, np.clip(above / max(1.0, float(heights.max())), 0.0, 1.0) - 0.5, 0.12)
    return mix(surface, body, inside * (1.0 - haze))


def treeline(rng: np.random.Generator, height: float, *, pointed: bool = False, gaps: float = 0.0) -> Field:
    """(WIDTH,) heights of crowns standing side by side, in rows."""
    crowns = np.zeros(WIDTH)
    across = np.arange(WIDTH)
    for place in np.arange(0.0, WIDTH, height * 0.45):
        centre = place + rng.uniform(-0.3, 0.3) * height
        tall, wide = height * rng.uniform(0.5, 1.1), height * rng.uniform(0.3, 0.6)
        aside = np.abs((across - centre + WIDTH / 2) % WIDTH - WIDTH / 2) / wide
        crown = tall * np.maximum(1.0 - aside, 0.0) if pointed else tall * np.sqrt(np.maximum(1.0 - aside**2, 0.0))
        crowns = np.maximum(crowns, crown)
    crowns = crowns + 0.07 * height * around(rng, 0.4, 60.0)
    return crowns * step(around(rng, 1.0, 2.0, 30.0), -0.3 + gaps * 2, 0.1 + gaps * 2) if gaps else crowns


def town(
    rng: np.random.Generator, surface: Paint, *, count: int, height: float, walls: tuple[str, ...], haze: str
) -> Paint:
    """Houses along the horizon, flat-roofed or gabled, with rows of windows; the nearer over the farther."""
    surface = surface.copy()
    for index in range(count):
        near = (index + 1) / count
        wide, tall = (
            round(height * (0.4 + 0.6 * near) * float(each)) for each in (rng.uniform(0.6, 1.8), rng.uniform(0.5, 1.3))
        )
        left, foot = int(rng.integers(WIDTH)), HORIZON + 2 + round(5 * near)
        columns = np.arange(left, left + max(wide, 4)) % WIDTH
        wall = colour(walls[int(rng.integers(len(walls)))]) * rng.uniform(0.85, 1.1)
        wall = wall + (colour(haze) - wall) * (0.65 - 0.4 * near)
        rows = np.arange(foot - tall, foot)
        surface[np.ix_(rows, columns)] = np.clip(wall, 0.0, 1.0)
        window = np.ix_(
            rows[3:-2][np.arange(max(0, tall - 5)) % 5 < 2], columns[2:-1][np.arange(max(0, len(columns) - 3)) % 4 < 2]
        )
        surface[window] = surface[window] * 0.62
        if rng.random() < 0.5:
            roof = wall * np.array([0.62, 0.5, 0.46])
            for step_up in range(max(1, len(columns) // 4)):
                surface[foot - tall - 1 - step_up, columns[step_up : len(columns) - step_up]] = roof
    return surface


def countryside(
    rng: np.random.Generator,
    *,
    tones: tuple[str, ...],
    cover: float,
    hills: tuple[str, ...],
    ground: tuple[str, ...],
    steep: float = 14.0,
    rough: float = 1.9,
    trees: str | None = "3f5232",
    pointed: bool = False,
    houses: int = 0,
    white: str = "eceae4",
    grey: str = "a3a8ae",
) -> Paint:
    """Sky, hills from far to near, a line of trees, some houses, level ground."""
    surface = sky(rng, tones=tones, cover=cover, white=white, grey=grey)
    for index, hill in enumerate(hills):
        heights = steep * (1.0 - 0.2 * index) + steep * 0.55 * around(rng, rough, 1.0 + 2.0 * index)
        surface = ridge(surface, np.maximum(heights, -3.0), hill, rng, haze=0.25 * (1.0 - index / len(hills)))
    below = np.arange(SIZE)[:, None] >= HORIZON
    surface = np.where(below[..., None], land(rng, tones=ground, haze=tones[0]), surface)
    if houses:
        surface = town(
            rng, surface, count=houses, height=26.0, walls=("b5a48a", "c9c0ae", "a38a78", "8f9499"), haze=tones[0]
        )
    if trees is not None:
        surface = ridge(surface, treeline(rng, 16.0, pointed=pointed, gaps=0.25), trees, rng, texture=0.2, haze=0.15)
        surface = ridge(surface, treeline(rng, 26.0, pointed=pointed, gaps=0.55) - 3.0, trees, rng, texture=0.28)
    return surface


MEADOWS = ("5f7a3f", "7a8f4a", "94995a")
FIELDS = ("7f8a4a", "b5a35f", "8a7a52")
PAVED = ("85827b", "9a968d", "7a8060")

DRAWINGS = tuple(
    Drawing(name, "panorama", 0.0, False, draw)
    for name, draw in (
        (
            "panorama hills clear",
            partial(countryside, tones=CLEAR, cover=0.2, hills=("93a9b8", "7f9a8f", "6f8a5f"), ground=MEADOWS),
        ),
        (
            "panorama hills cloudy",
            partial(countryside, tones=CLEAR, cover=0.5, hills=("8fa3ad", "768f80"), ground=FIELDS, houses=24),
        ),
        (
            "panorama mountains",
            partial(
                countryside,
                tones=CLEAR,
                cover=0.35,
                hills=("a3b3c3", "8595a3", "6a7d70"),
                ground=MEADOWS,
                steep=34.0,
                rough=1.5,
                trees="2f4232",
                pointed=True,
            ),
        ),
        (
            "panorama overcast",
            partial(
                countryside,
                tones=OVERCAST,
                cover=0.9,
                hills=("969fa0", "7d877f"),
                ground=("6b7050", "7f8060", "8a8468"),
                white="c9cbcb",
                grey="8f959a",
            ),
        ),
        (
            "panorama woods",
            partial(
                countryside,
                tones=HAZY,
                cover=0.45,
                hills=("8a9a94", "6a7f68", "55704f"),
                ground=("566b38", "6a7a45", "7a7850"),
                trees="344a2c",
            ),
        ),
        (
            "panorama autumn",
            partial(
                countryside,
                tones=HAZY,
                cover=0.3,
                hills=("a39a8f", "a3855f"),
                ground=("8a8048", "9a8a55", "a3905f"),
                trees="8a5a2f",
            ),
        ),
        (
            "panorama evening",
            partial(
                countryside,
                tones=EVENING,
                cover=0.45,
                hills=("8f7f8a", "6b6072"),
                ground=("5f5a48", "6f6650", "7a6f58"),
                trees="3a3630",
                white="e8c39a",
                grey="7f7488",
            ),
        ),
        (
            "panorama winter",
            partial(
                countryside,
                tones=WINTER,
                cover=0.6,
                hills=("c3ccd3", "a9b5b8"),
                ground=("c9ced2", "d5d8d9", "dddfe0"),
                trees="4f544c",
                white="e3e3e0",
                grey="b5bbc0",
            ),
        ),
        (
            "panorama town clear",
            partial(countryside, tones=CLEAR, cover=0.25, hills=("93a7b5",), ground=PAVED, houses=170),
        ),
        (
            "panorama town overcast",
            partial(
                countryside,
                tones=OVERCAST,
                cover=0.75,
                hills=("959c9f",),
                ground=PAVED,
                houses=210,
                white="cfd0cf",
                grey="989da2",
            ),
        ),
        (
            "panorama plain",
            partial(
                countryside,
                tones=HAZY,
                cover=0.15,
                hills=("a3b0b0",),
                ground=("a89a6b", "b8a878", "8f8a5a"),
                steep=5.0,
                trees=None,
            ),
        ),
        (
            "panorama coast",
            partial(
                countryside,
                tones=CLEAR,
                cover=0.3,
                hills=("a9bac5",),
                ground=("5f8a9a", "4f7d91", "6f97a3"),
                steep=6.0,
                trees=None,
                houses=0,
            ),
        ),
    )
)
