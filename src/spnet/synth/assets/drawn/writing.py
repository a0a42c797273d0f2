"""Flat colour and writing that says nothing, for printed and lit matter."""

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.drawn.colours import colour
from spnet.synth.assets.drawn.drawing import Paint

Box = tuple[int, int, int, int]
"""Top, left, bottom, right in pixels; the last two are outside."""


def fill(surface: Paint, box: Box, tone: str, share: float = 1.0) -> None:
    """Paint a rectangle, in place."""
    top, left, bottom, right = box
    surface[top:bottom, left:right] += (colour(tone) - surface[top:bottom, left:right]) * share


def write(
    rng: np.random.Generator,
    surface: Paint,
    box: Box,
    *,
    tone: str,
    height: int,
    leading: float = 1.7,
    ragged: bool = True,
) -> None:
    """Fill a box, in place, with lines of marks that look like writing from afar and say nothing."""
    top, left, bottom, right = box
    pitch = max(height + 1, round(height * leading))
    for line_top in range(top, bottom - height + 1, pitch):
        cell = max(2, round(height * 0.6))
        letters = max(1, (right - left) // cell)
        marks = _letters(rng, letters)
        if ragged:
            marks[:, round(letters * float(rng.uniform(0.7, 1.0))) :] = False
        if height < 8:
            grey = np.repeat(marks.mean(axis=(0, 2)) * 1.8, cell)[None, : right - left]
            ink = np.broadcast_to(grey, (max(1, height * 2 // 3), grey.shape[1]))
        else:
            rows = np.arange(height) * 7 // height
            columns = np.arange(letters * cell)
            ink = marks[rows][:, columns // cell, columns % cell * 5 // cell].astype(np.float64)
        ink = ink[:, : right - left]
        place = surface[line_top : line_top + ink.shape[0], left : left + ink.shape[1]]
        place += (colour(tone) - place) * ink[: place.shape[0], :, None] * 0.9


def _letters(rng: np.random.Generator, count: int) -> NDArray[np.bool_]:
    """(7,count,5): signs of stems and bars, with spaces between words and to the right of each."""
    marks = np.zeros((7, count, 5), bool)
    for row in (0, 3, 6):
        marks[row, :, 0:4] = (rng.random(count) < 0.45)[:, None]
    marks[:, :, 0] |= rng.random(count) < 0.7
    marks[:3, :, 3] |= rng.random(count) < 0.35
    marks[3:, :, 3] |= rng.random(count) < 0.4
    marks[:, rng.random(count) < 0.17] = False
    return marks
