"""Woven and knitted fabrics, carpets, leather, wicker."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade, varied
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import bend, cavity, clouds, level, soften, specks, step
from spnet.synth.assets.drawn.pieces import nearest_to, scattered


def weave(rng: np.random.Generator, threads: int, twill: int = 1) -> tuple[Field, Field]:
    """Height of crossed threads, about -1 to 1, and where the upright ones (the warp) lie on top (1) or below (0).

    Args:
        rng: makes the threads uneven.
        threads: threads across the texture, a multiple of 2 * `twill`.
        twill: threads that each one passes over before it dives; above 1 the crossings form a diagonal.
    """
    uneven = [
        0.22 * clouds(rng, low=threads / 8, high=threads / 2, stretch=along) for along in ((9.0, 1.0), (1.0, 9.0))
    ]
    grid = (np.arange(SIZE) + 0.5) / SIZE * threads
    x, y = grid[None, :] + uneven[0], grid[:, None] + uneven[1]
    column, row = np.floor(x), np.floor(y)
    over = np.mod(column + row, 2 * twill) < twill
    warp = np.cos((x - column - 0.5) * np.pi) * np.where(over, 1.0, 0.55)
    weft = np.cos((y - row - 0.5) * np.pi) * np.where(over, 0.55, 1.0)
    height = np.maximum(warp, weft) * 2.0 - 1.2
    return height, (warp > weft).astype(np.float64)


def woven(
    rng: np.random.Generator,
    *,
    warp: str,
    weft: str | None = None,
    threads: int = 128,
    twill: int = 1,
    depth: float = 0.16,
    slubs: float = 0.05,
) -> Paint:
    """Cloth of one or two colours; `slubs` is how much thick and thin places of the yarn show."""
    height, on_top = weave(rng, threads, twill)
    surface = mix(plain(weft or warp, height), colour(warp), on_top)
    yarn = np.where(
        on_top > 0.5,
        clouds(rng, low=20.0, high=128.0, slope=0.4, stretch=(12.0, 1.0)),
        clouds(rng, low=20.0, high=128.0, slope=0.4, stretch=(1.0, 12.0)),
    )
    surface = shade(shade(surface, height, depth), yarn, slubs)
    return shade(surface, clouds(rng, low=3.0, high=16.0), 0.014)


def checked(
    rng: np.random.Generator,
    *,
    colours: tuple[str, ...],
    bands: tuple[float, ...],
    repeats: int = 2,
    threads: int = 128,
) -> Paint:
    """Tartan or gingham: the same bands of colour in warp and weft, mixed where they cross.

    `bands` are the widths of the stripes, taken in turn with `colours`, mirrored and repeated.
    """
    widths = np.array([*bands, *bands[::-1]])
    ends = np.cumsum(widths) / widths.sum()
    place = (np.arange(SIZE) + 0.5) / SIZE * repeats % 1.0
    order = [*range(len(bands)), *range(len(bands))[::-1]]
    stripe = np.stack([colour(colours[order[band] % len(colours)]) for band in np.searchsorted(ends, place, "right")])
    height, on_top = weave(rng, threads, 2)
    across = np.broadcast_to(stripe[None, :], (SIZE, SIZE, 3))
    down = np.broadcast_to(stripe[:, None], (SIZE, SIZE, 3))
    surface = shade(mix(down, across, 0.25 + 0.5 * on_top), height, 0.11)
    return shade(surface, clouds(rng, low=60.0, slope=0.2), 0.03)


def banded(rng: np.random.Generator, *, colours: tuple[str, ...], bands: int = 8, threads: int = 128) -> Paint:
    """Cloth with upright stripes of random widths."""
    cuts = np.sort(rng.choice(np.arange(1, 64), bands - 1, replace=False)) / 64
    place = (np.arange(SIZE) + 0.5) / SIZE
    stripe = np.stack([colour(colours[band % len(colours)]) for band in np.searchsorted(cuts, place, "right")])
    height, _ = weave(rng, threads)
    surface = shade(np.broadcast_to(stripe[None], (SIZE, SIZE, 3)), height, 0.14)
    return shade(surface, clouds(rng, low=60.0, slope=0.2, stretch=(6.0, 1.0)), 0.04)


def printed(rng: np.random.Generator, *, colours: tuple[str, ...], waves: float = 5.0, threads: int = 170) -> Paint:
    """Cloth printed with flat organic shapes in several colours; the first is the ground."""
    height, _ = weave(rng, threads)
    surface = plain(colours[0], height)
    for index, each in enumerate(colours[1:]):
        shape = clouds(rng, low=waves * (1 + 0.6 * index), high=waves * (1.6 + 0.8 * index), slope=0.5)
        shape = bend(shape, *(10 * clouds(rng, low=3.0, high=12.0) for _ in range(2)))
        surface = mix(surface, colour(each), step(shape, 0.62, 0.68))
    return shade(shade(surface, height, 0.08), clouds(rng, low=60.0, slope=0.2), 0.03)


def curtain(rng: np.random.Generator, *, paint: str, folds: int = 7, depth: float = 0.16) -> Paint:
    """Hanging cloth: soft upright folds over a fine weave. The folds are light; geometry gives the rest."""
    height, _ = weave(rng, 200)
    place = np.broadcast_to(np.arange(SIZE)[None, :] / SIZE * folds, (SIZE, SIZE))
    drift = 0.35 * clouds(rng, low=1.0, high=6.0, slope=1.3, stretch=(5.0, 1.0))
    fold = np.sin(2 * np.pi * (place + drift)) + 0.4 * clouds(rng, low=4.0, high=20.0, stretch=(12.0, 1.0))
    surface = shade(plain(paint, height), fold, depth * 0.6)
    return shade(shade(surface, height, 0.07), clouds(rng, low=60.0, slope=0.2), 0.02)


def knitted(rng: np.random.Generator, *, paint: str, stitches: int = 32) -> Paint:
    """Stocking stitch: columns of small v shapes."""
    grid = (np.arange(SIZE) + 0.5) / SIZE
    x = grid[None, :] * stitches + 0.07 * clouds(rng, low=6.0, high=40.0)
    y = grid[:, None] * stitches * 1.25 + 0.07 * clouds(rng, low=6.0, high=40.0)
    side = np.abs(np.mod(x, 1.0) - 0.5)
    leg = np.cos(2 * np.pi * (y + side * 1.3)) * 0.5 + 0.5
    strand = leg**0.7 * np.cos((side - 0.25) * 2 * np.pi) ** 0.5
    fluff = clouds(rng, low=40.0, slope=0.3)
    return shade(shade(plain(paint, strand), strand - 0.6, 0.4), fluff, 0.05)


def carpet(rng: np.random.Generator, *, colours: tuple[str, ...], tufts: int = 120, loops: bool = False) -> Paint:
    """Cut or looped pile: tufts of slightly different wool leaning all ways, trodden in places."""
    lean = 1.2 * clouds(rng, low=10.0, high=60.0)
    pieces = nearest_to(scattered(rng, tufts, tufts, 0.18 if loops else 0.5), lean)
    surface = varied(rng, colours, pieces.count, 0.09)[pieces.number]
    radius = SIZE / tufts / 2
    crown = np.clip(pieces.edge / radius, 0.0, 1.0) - 0.5
    surface = shade(surface, crown, 0.34 if loops else 0.22)
    surface = shade(surface, pieces.down / radius, -0.05)
    return shade(surface, clouds(rng, low=4.0, high=30.0, slope=1.2), 0.03)


def felt(rng: np.random.Generator, *, paint: str) -> Paint:
    """Needle felt: short fibres in all directions."""
    fibres = sum(
        (clouds(rng, low=40.0, high=200.0, slope=0.5, stretch=along) for along in ((1.0, 6.0), (6.0, 1.0), (1.0, 1.0))),
        start=np.zeros((SIZE, SIZE)),
    )
    surface = shade(plain(paint, fibres), fibres, 0.045)
    light = step(clouds(rng, low=30.0, slope=0.2, stretch=(1.0, 5.0)), 2.2, 3.0)
    return mix(surface, surface * 1.35, light * 0.5)


def rug(rng: np.random.Generator, *, colours: tuple[str, ...], figures: int = 3) -> Paint:
    """Knotted carpet all over with mirrored figures; `colours` are ground, figure, outline, accent."""
    noise = clouds(rng, low=6.0, high=13.0, slope=0.6)
    side = SIZE // (2 * figures)
    quarter = noise[:side, :side]
    block = np.concatenate([quarter, quarter[:, ::-1]], axis=1)
    block = np.concatenate([block, block[::-1]], axis=0)
    figure = np.tile(block, (figures, figures))
    figure = np.pad(figure, ((0, SIZE - len(figure)), (0, SIZE - len(figure))), mode="wrap")
    knots = 170
    rows = (np.arange(SIZE) * knots // SIZE * SIZE // knots).astype(np.intp)
    figure = figure[rows][:, rows]
    surface = mix(plain(colours[0], figure), colour(colours[1]), (figure > 0.35).astype(np.float64))
    surface = mix(surface, colour(colours[2]), (np.abs(figure - 0.35) < 0.14).astype(np.float64))
    surface = mix(surface, colour(colours[3]), (figure > 1.25).astype(np.float64))
    surface = mix(surface, colour(colours[3]), (figure < -1.1).astype(np.float64) * 0.8)
    abrash = clouds(rng, low=3.0, high=60.0, stretch=(1.0, 40.0))
    height, _ = weave(rng, knots)
    return shade(shade(surface, abrash, 0.05), height + 0.5 * clouds(rng, low=60.0, slope=0.0), 0.09)


def leather(rng: np.random.Generator, *, paint: str, grain: int = 60, wear: float = 0.5) -> Paint:
    """Grained hide: pebbles between fine creases, paler where it is rubbed."""
    pieces = nearest_to(scattered(rng, grain, grain, 0.5), 2.0 * clouds(rng, low=12.0, high=90.0))
    pebble = soften(np.minimum(pieces.edge, 4.0) / 4.0, 0.7)
    crease = step(np.abs(clouds(rng, low=5.0, high=24.0, slope=1.2)), 0.06, 0.0)
    surface = shade(plain(paint, pebble), pebble - 0.7, 0.2)
    surface = shade(surface, -crease, 0.12)
    rubbed = level(clouds(rng, low=3.0, high=30.0, slope=1.3) - 0.5) * pebble
    return mix(surface, surface * 1.3 + 0.03, rubbed * wear * 0.5)


def wicker(rng: np.random.Generator, *, colours: tuple[str, ...], strands: int = 24) -> Paint:
    """Rattan or sea grass woven broadly."""
    height, on_top = weave(rng, strands)
    fibre = np.where(
        on_top > 0.5,
        clouds(rng, low=40.0, slope=0.3, stretch=(14.0, 1.0)),
        clouds(rng, low=40.0, slope=0.3, stretch=(1.0, 14.0)),
    )
    surface = ramp(level(0.6 * fibre + 0.4 * clouds(rng, low=8.0, high=30.0)), colours)
    return shade(shade(surface, height, 0.3), -cavity(height, 5.0), 0.3)


def denim(rng: np.random.Generator, *, warp: str = "45597a", weft: str = "9aa3ad") -> Paint:
    """Blue twill with uneven warp, worn pale."""
    surface = woven(rng, warp=warp, weft=weft, threads=192, twill=2, slubs=0.12)
    worn = level(clouds(rng, low=3.0, high=60.0, slope=1.0))
    return mix(surface, surface * 1.25 + 0.04, worn * specks(rng, 0.5, 4.0) * 0.4)


DRAWINGS = (
    Drawing("linen natural", "fabric", 0.15, False, partial(woven, warp="b8a98d", weft="c7baa0", slubs=0.09)),
    Drawing("linen grey", "fabric", 0.15, False, partial(woven, warp="7f8182", weft="94958f", slubs=0.09)),
    Drawing(
        "cotton white", "fabric", 0.12, False, partial(woven, warp="dad8d2", weft="e2e0da", threads=160, depth=0.07)
    ),
    Drawing("upholstery mustard", "fabric", 0.2, False, partial(woven, warp="b98a35", weft="c99e52", threads=96)),
    Drawing(
        "tweed", "fabric", 0.2, False, partial(woven, warp="4f4840", weft="a49a88", threads=128, twill=2, slubs=0.14)
    ),
    Drawing("denim", "fabric", 0.12, False, denim),
    Drawing(
        "tartan red",
        "fabric",
        0.3,
        True,
        partial(checked, colours=("8c2f30", "2f4238", "26303f", "c9b26a"), bands=(8, 5, 3, 1)),
    ),
    Drawing(
        "gingham blue", "fabric", 0.15, True, partial(checked, colours=("d9d9d4", "55749b"), bands=(4, 4), repeats=6)
    ),
    Drawing(
        "stripes deckchair",
        "fabric",
        0.6,
        True,
        partial(banded, colours=("d6cfbd", "46738a", "d6cfbd", "b56a45"), bands=8),
    ),
    Drawing("print leaves", "fabric", 0.5, False, partial(printed, colours=("d5cdb9", "6d8264", "a8b18f"))),
    Drawing(
        "print abstract",
        "fabric",
        0.6,
        False,
        partial(printed, colours=("c9b9a0", "a5573f", "3f5566", "d9a94f"), waves=3.0),
    ),
    Drawing("curtain linen", "fabric", 0.9, True, partial(curtain, paint="c9bfa9")),
    Drawing("curtain wine", "fabric", 0.9, True, partial(curtain, paint="74373c", folds=6, depth=0.22)),
    Drawing("knit cream", "fabric", 0.15, True, partial(knitted, paint="d3c8b2")),
    Drawing("felt grey", "fabric", 0.3, False, partial(felt, paint="7d7d7b")),
    Drawing("leather brown", "fabric", 0.25, False, partial(leather, paint="6b432c")),
    Drawing("leather black", "fabric", 0.25, False, partial(leather, paint="38342f", wear=0.4)),
    Drawing("wicker", "fabric", 0.3, True, partial(wicker, colours=("8d6a41", "ad8757", "c7a577"))),
    Drawing("carpet beige", "floor", 0.6, False, partial(carpet, colours=("b3a58c", "c2b59d", "cfc4ae"))),
    Drawing(
        "carpet grey",
        "floor",
        0.6,
        False,
        partial(carpet, colours=("68696b", "7d7e7f", "939392"), loops=True, tufts=90),
    ),
    Drawing("carpet blue", "floor", 0.6, False, partial(carpet, colours=("3f5069", "4f627c", "60738b"), tufts=100)),
    Drawing(
        "carpet office",
        "floor",
        0.5,
        False,
        partial(carpet, colours=("3f4247", "55585c", "8a8070"), loops=True, tufts=100),
    ),
    Drawing("rug red", "floor", 1.2, True, partial(rug, colours=("7d3230", "2f3a4d", "c9b58c", "b3713f"))),
    Drawing("rug blue", "floor", 1.5, True, partial(rug, colours=("39485f", "8a3d36", "c7bca0", "a88a52"), figures=2)),
    Drawing("sisal", "floor", 0.4, True, partial(wicker, colours=("9b8760", "b39f78", "c6b591"), strands=40)),
)
