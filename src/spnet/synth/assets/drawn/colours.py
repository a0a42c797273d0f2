"""Paint: sRGB colours from 0 to 1 laid over fields."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.drawn.drawing import Field, Paint


def colour(hexadecimal: str) -> NDArray[np.float64]:
    """(3,) sRGB from 0 to 1, of six hexadecimal digits."""
    return np.frombuffer(bytes.fromhex(hexadecimal), np.uint8) / 255.0


def ramp(field: Field, colours: Sequence[str]) -> Paint:
    """Colours at even distances along 0 to 1, and those between them."""
    stops = np.linspace(0.0, 1.0, len(colours))
    table = np.stack([colour(each) for each in colours])
    return np.stack([np.interp(field, stops, table[:, channel]) for channel in range(3)], axis=-1)


def plain(hexadecimal: str, like: Field) -> Paint:
    """One colour everywhere."""
    return np.broadcast_to(colour(hexadecimal), (*like.shape, 3)).copy()


def mix(under: Paint, over: Paint | NDArray[np.float64], share: Field | float) -> Paint:
    """`over` laid on `under`; a share of 1 hides what is under."""
    weight = np.asarray(share, np.float64)[..., None]
    mixed: Paint = under + (over - under) * weight
    return mixed


def shade(paint: Paint, field: Field, strength: float) -> Paint:
    """Brighter where the field is above 0, darker where below: a field of 1 changes brightness by `strength`."""
    shaded: Paint = paint * np.exp(np.clip(field * strength, -1.5, 1.5))[..., None]
    return shaded


def varied(rng: np.random.Generator, colours: Sequence[str], count: int, spread: float) -> NDArray[np.float64]:
    """(count,3) colours drawn along a ramp, more from its middle, each a little brighter or darker by `spread`."""
    lighter = np.clip(rng.normal(0.0, spread, (count, 1)), -1.5 * spread, 1.5 * spread)
    drawn = ramp(rng.random((count, 2)).mean(axis=1), colours) * np.exp(lighter)
    return np.clip(drawn + rng.normal(0.0, spread * 0.06, (count, 3)), 0.0, 1.0)
