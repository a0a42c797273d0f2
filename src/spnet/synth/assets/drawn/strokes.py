"""Things laid on each other one by one: leaves, blades of grass, twigs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.drawn.colours import colour
from spnet.synth.assets.drawn.drawing import SIZE, Field, Paint

Figure = Callable[[Field, Field], tuple[Field, Paint]]
"""Given pixels along and across the figure's axis: how far it covers them, 0 to 1, and its colours (...,3)."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """What is painted so far; the functions below change it in place."""

    pixels: Paint
    coverage: Field

    def as_paint(self) -> Paint:
        """(SIZE,SIZE,4)."""
        return np.concatenate([self.pixels, self.coverage[..., None]], axis=-1)


def blank(hexadecimal: str) -> Canvas:
    """Nothing covered; the colour is what shines through at the rims of what is laid on it."""
    return Canvas(np.broadcast_to(colour(hexadecimal), (SIZE, SIZE, 3)).copy(), np.zeros((SIZE, SIZE)))


def covered(surface: Paint) -> Canvas:
    """A canvas that is painted all over."""
    return Canvas(surface.copy(), np.ones(surface.shape[:2]))


def lay(
    canvas: Canvas, centre: tuple[float, float], angle: float, reach: float, figure: Figure, *, shadow: float = 0.0
) -> None:
    """Lay a figure on the canvas; what leaves it on one side comes back on the other.

    Args:
        canvas: changed in place.
        centre: pixels down and right.
        angle: radians that its axis is turned from right towards down.
        reach: pixels from the centre beyond which it covers nothing.
        figure: its outline and colours.
        shadow: share of light it takes from what lies below and beside it, two pixels down and right.
    """
    span = np.arange(-int(reach) - 1, int(reach) + 2)
    rows, columns = np.round(centre[0]) + span, np.round(centre[1]) + span
    down, right = (rows - centre[0])[:, None], (columns - centre[1])[None, :]
    along, across = right * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - right * np.sin(angle)
    share, paint = figure(along, across)
    whole_rows, whole_columns = rows.astype(np.intp), columns.astype(np.intp)
    if shadow > 0.0:
        canvas.pixels[np.ix_((whole_rows + 2) % SIZE, (whole_columns + 2) % SIZE)] *= 1.0 - shadow * share[..., None]
    place = np.ix_(whole_rows % SIZE, whole_columns % SIZE)
    canvas.pixels[place] += (paint - canvas.pixels[place]) * share[..., None]
    canvas.coverage[place] += (1.0 - canvas.coverage[place]) * share


def line(canvas: Canvas, start: NDArray[np.float64], end: NDArray[np.float64], width: float, paint: Paint) -> None:
    """A straight twig `width` pixels thick with round ends; places are (2,) pixels down and right."""
    half = np.hypot(*(end - start)) / 2
    middle, angle = (start + end) / 2, float(np.arctan2(end[0] - start[0], end[1] - start[1]))

    def twig(along: Field, across: Field) -> tuple[Field, Paint]:
        distance = np.hypot(np.maximum(np.abs(along) - half, 0.0), across)
        lit = 1.0 - 0.25 * across / width
        return np.clip(width / 2 + 0.5 - distance, 0.0, 1.0), paint * np.clip(lit, 0.6, 1.3)[..., None]

    lay(canvas, (middle[0], middle[1]), angle, float(half) + width + 1.0, twig)


def blades(
    canvas: Canvas,
    bases: NDArray[np.float64],
    tips: NDArray[np.float64],
    colours: NDArray[np.float64],
    *,
    width: float,
    bow: NDArray[np.float64] | None = None,
    shade: float = 0.5,
) -> None:
    """Many thin tapering blades or needles at once, the later on top of the earlier.

    Args:
        canvas: changed in place.
        bases: (N,2) pixels down and right.
        tips: (N,2).
        colours: (N,3).
        width: pixels at the base.
        bow: (N,2) pixels that their middles are drawn aside.
        shade: brightness at the base, where others shade it.
    """
    length = float(np.hypot(*(tips - bases).T).max())
    along = np.linspace(0.0, 1.0, max(2, int(length * 2.1)))[None, :, None]
    path = bases[:, None] * (1.0 - along) + tips[:, None] * along
    if bow is not None:
        path = path + bow[:, None] * np.sin(np.pi * along)
    way = tips - bases
    side = np.stack([-way[:, 1], way[:, 0]], axis=-1) / np.maximum(np.hypot(*way.T), 1e-6)[:, None]
    across = np.linspace(-0.5, 0.5, max(2, int(width * 2.1)))
    taper = width * (1.0 - along**2)
    spots = path[:, :, None] + (side[:, None] * taper)[:, :, None] * across[None, None, :, None]
    tones = colours[:, None, None] * (shade + (1.0 - shade) * along)[:, :, None] * (1.0 + 0.16 * across)[:, None]
    _scatter(canvas, spots.reshape(-1, 2), np.broadcast_to(tones, (*spots.shape[:3], 3)).reshape(-1, 3))


def _scatter(canvas: Canvas, spots: NDArray[np.float64], tones: NDArray[np.float64]) -> None:
    """Set single places at twice the resolution, then take the mean of what falls on each pixel."""
    fine = 2 * SIZE
    place = np.floor(spots * 2.0).astype(np.intp) % fine
    index = place[:, 0] * fine + place[:, 1]
    last = np.full(fine * fine, -1, np.intp)
    last[index] = np.arange(len(index))  # where places repeat, the last one stays
    hit = (last >= 0).reshape(SIZE, 2, SIZE, 2)
    layer = np.where(hit.reshape(-1, 1), tones[last], 0.0).reshape(SIZE, 2, SIZE, 2, 3)
    share = hit.mean(axis=(1, 3))
    mean = layer.sum(axis=(1, 3)) / np.maximum(hit.sum(axis=(1, 3)), 1)[..., None]
    canvas.pixels[:] += (mean - canvas.pixels) * share[..., None]
    canvas.coverage[:] += (1.0 - canvas.coverage) * share
