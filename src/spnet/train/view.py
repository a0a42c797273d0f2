"""What every source of training data hands over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.sparsify import ASSUMED_DEGREES_ACROSS
from spnet.sparsify.scene import FARTHEST, NEAREST


@dataclass(frozen=True, eq=False)
class View:
    """An image and what is known of its depth, at one size."""

    rgb: NDArray[np.uint8]
    """(H,W,3)."""
    truth: NDArray[np.float32]
    """(H,W) metres; 0 where the truth is not known."""
    camera: Camera
    """Of this size; where the source knows none, `assumed_camera`."""
    holes: NDArray[np.bool_] | None = None
    """(h,w), of a size of its own: False where a real sensor measured nothing in some other scene."""


Source = Callable[[Generator], View]
"""Draws a view. What it draws depends on the generator alone. Raises `UnreadableError`; picklable."""


class UnreadableError(SpnetError):
    """The files of one view are damaged or do not fit each other; others of the source may do."""


def assumed_camera(width: int, height: int) -> Camera:
    """The camera of images that came without one."""
    return Camera.from_fov(width, height, ASSUMED_DEGREES_ACROSS)


def known_depth(metres: NDArray[Any]) -> NDArray[np.float32]:
    """Depth (H,W) as float32, a copy; 0 for what is no depth: NaN, and what is not from a micrometre to 1000 km."""
    with np.errstate(over="ignore"):  # what does not fit is infinite, so not known
        truth = np.array(metres, np.float32, order="C")
    return np.where((truth >= NEAREST) & (truth <= FARTHEST), truth, np.float32(0))
