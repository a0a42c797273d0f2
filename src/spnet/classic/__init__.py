"""Completion without learning: what one would otherwise use, and what a network has to beat.

Every method is a function ``fill(rgb, depth, mask) -> dense`` and keeps one contract:

- ``rgb``: uint8 (H, W, 3). ``depth``: float32 (H, W), metres, 0 where `mask` is False. ``mask``: bool (H, W), where
  depth is measured. Any size from 1 x 1; the caller guarantees finite, positive depth at one measured pixel or more.
- ``dense``: float32 (H, W), metres, a new array; finite and within the range of the measured depths everywhere.
- Measured pixels come back unchanged, except from `morphology`, which smooths them too.
- The arguments are never changed, equal arguments give equal results, and scaling the depth scales the result
  (up to rounding).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spnet.classic import guided, linear, morphology, nearest

Fill = Callable[[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_]], NDArray[np.float32]]

METHODS: dict[str, Fill] = {
    "nearest": nearest.fill,
    "linear": linear.fill,
    "morphology": morphology.fill,
    "guided": guided.fill,
}
