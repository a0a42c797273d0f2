"""Roof coverings, seen with the eaves at the bottom."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import clouds, level, step
from spnet.synth.assets.drawn.pieces import Pieces, bonded, courses, half_width, random_courses, shuffled

RED_CLAY = ("7d3f2b", "96523a", "a9684c")
OLD_CLAY = ("5e3a2b", "7c4e39", "94694e")
SLATE = ("43484d", "545a5e", "676b6c")


def grown_over(rng: np.random.Generator, surface: Paint, *, moss: float, soot: float = 0.3) -> Paint:
    """Lichen in spots, moss where water stays, dark streaks down the slope."""
    streak = level(clouds(rng, low=6.0, high=60.0, stretch=(7.0, 1.0)) - 0.3)
    surface = mix(surface, surface * colour("8d877e"), streak * soot)
    lichen = step(clouds(rng, low=14.0, high=120.0, slope=0.8), 1.7, 2.3)
    surface = mix(surface, colour("a3a58d"), lichen * 0.5 * min(1.0, moss * 2))
    green = step(clouds(rng, low=4.0, high=120.0, slope=1.0), 1.6 - moss * 2, 2.8 - moss * 2)
    return mix(surface, colour("5a6140"), green * 0.6)


def pantiles(
    rng: np.random.Generator, *, colours: tuple[str, ...], rows: int = 8, columns: int = 10, moss: float = 0.2
) -> Paint:
    """Waved clay tiles, each course lapping over the one below."""
    pieces = bonded(rows, columns, (0.0,))
    pitch, height = SIZE / columns, SIZE / rows
    wave = np.cos(pieces.right / pitch * 2 * np.pi) + 0.35 * np.cos(pieces.right / pitch * 4 * np.pi + 0.8)
    drop = pieces.down / height + 0.5
    surface = shade(varied(rng, colours, pieces.count, 0.09)[pieces.number], wave, 0.16)
    surface = shade(surface, shuffled(rng, clouds(rng, low=4.0, high=100.0, slope=0.9), pieces), 0.06)
    surface = shade(surface, -np.exp(-drop * 9.0), 0.75)
    surface = shade(surface, step(drop, 0.90, 0.97), 0.12)
    return grown_over(rng, surface, moss=moss)


def beaver_tails(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    rows: int = 12,
    columns: int = 10,
    pointed: float = 0.0,
    moss: float = 0.2,
) -> Paint:
    """Flat tiles or shingles with rounded or pointed lower ends, in half bond."""
    pieces = _lapped(rows, columns, pointed)
    height = SIZE / rows
    depth = np.clip(pieces.edge / height, 0.0, 1.0)
    grain = shuffled(rng, clouds(rng, low=4.0, high=120.0, slope=0.9), pieces)
    surface = shade(varied(rng, colours, pieces.count, 0.09)[pieces.number], grain, 0.06)
    surface = shade(surface, step(depth, 0.10, 0.02) - step(depth, 0.06, 0.0) * 1.6, 0.2)
    side = step(np.abs(pieces.right), SIZE / columns / 2 - 2.4, SIZE / columns / 2 - 0.8)
    surface = mix(surface, surface * 0.55, side * 0.8)
    surface = shade(surface, -_shadow_of_the_course_above(pieces, height), 0.5)
    return grown_over(rng, surface, moss=moss)


def _lapped(rows: int, columns: int, pointed: float) -> Pieces:
    """Tiles that hang over the course below by a round or pointed end; `edge` is the distance to that end."""
    pitch, height = SIZE / columns, SIZE / rows
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    upper_row = np.floor(y / height) - 1.0
    upper_end = _distance_to_end(x, y, upper_row, pitch, height, pointed)
    row = np.where(upper_end > 0.0, upper_row, upper_row + 1.0)
    edge = np.where(upper_end > 0.0, upper_end, _distance_to_end(x, y, upper_row + 1.0, pitch, height, pointed))
    shifted = np.mod(x - pitch / 2 * np.mod(row, 2), SIZE)
    number = (np.mod(row, rows) * columns + np.floor(shifted / pitch)).astype(np.intp)
    return Pieces(number, edge, -edge, np.mod(shifted, pitch) - pitch / 2, rows * columns)


def _distance_to_end(x: Field, y: Field, row: Field, pitch: float, height: float, pointed: float) -> Field:
    """Pixels down to where the tile of that course ends below this place; negative beyond it."""
    aside = np.abs(np.mod(x - pitch / 2 * np.mod(row, 2), pitch) - pitch / 2) / (pitch / 2)
    drop = pointed * (1.0 - aside) if pointed else 0.45 * np.sqrt(np.maximum(1.0 - aside**2, 0.0))
    return (row + 1.0 + drop) * height - y


def _shadow_of_the_course_above(pieces: Pieces, height: float) -> Field:
    """Shade just below another course's end: the upper border of what is seen of each piece."""
    above = np.roll(pieces.number, 1, axis=0) != pieces.number
    shadow = np.zeros((SIZE, SIZE))
    reach = max(2, round(height * 0.16))
    for distance in range(reach):
        fallen = np.roll(above, distance, axis=0) * (1.0 - distance / reach)
        shadow = np.maximum(shadow, fallen)
    return shadow


def shingles(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    rows: int = 10,
    columns: float = 9.0,
    moss: float = 0.15,
    wooden: bool = False,
) -> Paint:
    """Bitumen or wooden shingles: straight courses of uneven tabs."""
    pieces = random_courses(rng, [1.0] * rows, columns, 0.4 if wooden else 0.15)
    height = SIZE / rows
    drop = pieces.down / height + 0.5
    stretch = (14.0, 1.0) if wooden else (1.0, 1.0)
    grain = shuffled(rng, clouds(rng, low=30.0, high=250.0, slope=0.3, stretch=stretch), pieces)
    surface = shade(varied(rng, colours, pieces.count, 0.12)[pieces.number], grain, 0.10)
    surface = shade(surface, -np.exp(-drop * 8.0), 0.6)
    side = step(_to_the_side(pieces), 2.2, 0.8)
    surface = mix(surface, surface * 0.45, side * 0.8)
    return grown_over(rng, surface, moss=moss)


def _to_the_side(pieces: Pieces) -> Field:
    """Pixels to the nearer upright border of the piece."""
    return half_width(pieces) - np.abs(pieces.right) + 0.5


def slates(
    rng: np.random.Generator, *, colours: tuple[str, ...] = SLATE, rows: int = 12, columns: int = 8, moss: float = 0.1
) -> Paint:
    """Rectangular natural slates in half bond."""
    pieces = bonded(rows, columns, (0.0, 0.5))
    drop = pieces.down / (SIZE / rows) + 0.5
    split = shuffled(rng, clouds(rng, low=3.0, high=90.0, slope=1.1), pieces)
    surface = shade(varied(rng, colours, pieces.count, 0.10)[pieces.number], split, 0.06)
    surface = shade(surface, -np.exp(-drop * 11.0), 0.55)
    surface = mix(surface, surface * 0.45, step(_to_the_side(pieces), 2.0, 0.6) * 0.8)
    return grown_over(rng, surface, moss=moss)


def standing_seam(rng: np.random.Generator, *, colours: tuple[str, ...], seams: int = 5) -> Paint:
    """Sheets of zinc or copper joined by upright folds, with patina."""
    patina = clouds(rng, low=3.0, high=120.0, slope=1.0, stretch=(2.5, 1.0))
    sheets = courses([1.0] * seams, [[0.0]] * seams)
    across = np.abs(sheets.down.T)
    half = SIZE / seams / 2
    surface = shade(ramp(level(0.7 * patina), colours), rng.normal(0.0, 0.04, seams)[sheets.number.T], 1.0)
    surface = shade(surface, step(half - across, 5.0, 3.0) - 1.8 * step(half - across, 2.0, 0.8), 0.4)
    surface = shade(surface, -step(np.abs(half - across - 7.0), 3.0, 0.5), 0.3)
    return grown_over(rng, surface, moss=0.0, soot=0.2)


def flat_felt(rng: np.random.Generator, *, colours: tuple[str, ...] = ("4a4a4b", "565555", "636260")) -> Paint:
    """Mineral felt on a flat roof: strips torched together, pale grit, old puddles."""
    strips = courses([1.0, 1.0, 1.0], [[0.0], [0.5], [0.2]])
    grit = clouds(rng, low=90.0, slope=0.0)
    surface = shade(ramp(level(0.6 * clouds(rng, low=3.0, high=60.0)), colours), grit, 0.09)
    surface = mix(surface, colour("2c2b2b"), step(strips.edge + 0.8 * clouds(rng, low=10.0), 3.5, 2.0) * 0.8)
    dust = step(clouds(rng, low=4.0, high=60.0, slope=1.3), 0.6, 2.6)
    return mix(surface, colour("8f8b82"), dust * 0.3)


DRAWINGS = (
    Drawing("pantiles red", "roof", 2.4, True, partial(pantiles, colours=RED_CLAY)),
    Drawing("pantiles old", "roof", 2.4, True, partial(pantiles, colours=OLD_CLAY, moss=0.5)),
    Drawing("plain tiles red", "roof", 1.7, True, partial(beaver_tails, colours=RED_CLAY, moss=0.15)),
    Drawing("plain tiles brown", "roof", 1.7, True, partial(beaver_tails, colours=OLD_CLAY, moss=0.4)),
    Drawing("diamond slates", "roof", 1.6, True, partial(beaver_tails, colours=SLATE, pointed=0.8, rows=10)),
    Drawing("slates", "roof", 2.2, True, slates),
    Drawing("shingles bitumen", "roof", 2.0, True, partial(shingles, colours=("454342", "5b5753", "6e6a64"))),
    Drawing(
        "shingles cedar",
        "roof",
        1.6,
        True,
        partial(shingles, colours=("6d6257", "857868", "9d8e7a"), wooden=True, columns=13.0),
    ),
    Drawing("seams zinc", "roof", 2.5, True, partial(standing_seam, colours=("7e8588", "8f9597", "9fa4a4"))),
    Drawing("seams copper", "roof", 2.5, True, partial(standing_seam, colours=("5b6f5f", "6f9382", "8fb0a0"))),
    Drawing("roofing felt", "roof", 3.0, True, flat_felt),
)
