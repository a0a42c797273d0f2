"""Outlines and colours of single leaves."""

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.drawn.drawing import Field, Paint
from spnet.synth.assets.drawn.noise import step
from spnet.synth.assets.drawn.strokes import Figure


def blade(
    paint: NDArray[np.float64],
    length: float,
    *,
    width: float = 0.5,
    widest: float = 0.4,
    lobes: int = 0,
    depth: float = 0.25,
    veins: int = 6,
    fold: float = 0.1,
) -> Figure:
    """A leaf with one midrib, its stalk at the left end of the axis and its middle at the centre.

    Args:
        paint: (3,) sRGB.
        length: pixels.
        width: greatest width, as a share of the length.
        widest: where that is, from 0 at the stalk to 1 at the tip.
        lobes: rounded lobes on each side (oak); 0 for a smooth edge.
        depth: of the lobes.
        veins: pairs of side veins.
        fold: how much lighter one half is than the other.
    """
    power = np.log(0.5) / np.log(widest)

    def figure(along: Field, across: Field) -> tuple[Field, Paint]:
        place = np.clip(along / length + 0.5, 0.0, 1.0)
        half = width * length / 2 * np.sin(np.pi * place**power) ** 0.8
        if lobes:
            half = half * (1.0 - depth + depth * np.cos(2 * np.pi * lobes * (place - 0.06)))
        inside = np.clip(half - np.abs(across) + 0.5, 0.0, 1.0) * (np.abs(along) <= length / 2)
        return inside, _leaf_paint(paint, along, across, length, veins, fold)

    return figure


def palmate(paint: NDArray[np.float64], length: float, *, fingers: int = 5, fold: float = 0.06) -> Figure:
    """A leaf with pointed lobes spread like fingers (maple, ivy, vine); its stalk is left of the centre."""
    angles = np.linspace(-1.9, 1.9, fingers)
    lengths = length * (0.66 - 0.13 * np.abs(angles) / 1.9 * 2)

    def figure(along: Field, across: Field) -> tuple[Field, Paint]:
        shifted = along + length * 0.2
        angle, radius = np.arctan2(across, shifted), np.hypot(across, shifted)
        aside = np.abs(angle[..., None] - angles) / 0.62
        lobes = lengths * np.clip(1.0 - aside, 0.0, 1.0) ** 0.75
        reach = np.maximum(lobes.max(axis=-1), length * 0.27 * (np.abs(angle) < 2.7))
        reach = reach * (1.0 + 0.05 * np.cos(angle * 30.0))
        inside = np.clip((reach - radius) * 0.8 + 0.5, 0.0, 1.0)
        return inside, _leaf_paint(paint, along, across, length, 4, fold)

    return figure


def blossom(petal: NDArray[np.float64], heart: NDArray[np.float64], radius: float, petals: int = 5) -> Figure:
    """A flower seen from above; `petal` and `heart` are (3,) sRGB."""

    def figure(along: Field, across: Field) -> tuple[Field, Paint]:
        distance, angle = np.hypot(along, across), np.arctan2(across, along)
        reach = radius * (0.55 + 0.45 * np.abs(np.cos(petals / 2 * angle)) ** 0.6)
        middle = step(distance, radius * 0.35, radius * 0.2)
        return np.clip(reach - distance + 0.5, 0.0, 1.0), petal + (heart - petal) * middle[..., None]

    return figure


def _leaf_paint(
    paint: NDArray[np.float64], along: Field, across: Field, length: float, veins: int, fold: float
) -> Paint:
    """Midrib and side veins lighter, one half in other light, the tip paler."""
    midrib = np.exp(-((across / max(0.6, length * 0.018)) ** 2))
    phase = (along - np.abs(across) * 0.9) / length * veins * 2 * np.pi
    side = np.clip(np.cos(phase), 0.0, 1.0) ** 8
    tone = 1.0 + fold * np.sign(across) + 0.10 * side + 0.22 * midrib + 0.16 * along / length
    shape = np.broadcast_shapes(along.shape, across.shape)
    return np.broadcast_to(tone, shape)[..., None] * paint
