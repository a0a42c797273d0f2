"""What a drawn texture is before it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 512
"""Pixels on a side."""

Field = NDArray[np.float64]
"""(SIZE,SIZE): one value a pixel, periodic in both directions unless said otherwise."""

Paint = NDArray[np.float64]
"""(SIZE,SIZE,3) sRGB from 0 to 1, or (SIZE,SIZE,4) with coverage last."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """One texture to draw. The fields are those of `bank.Texture`."""

    name: str
    role: str
    metres: float
    regular: bool
    draw: Callable[[np.random.Generator], Paint]
