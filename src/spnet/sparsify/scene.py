"""What a sensor that is being imitated may look at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera

NEAREST, FARTHEST = np.float32(1e-6), np.float32(1e6)
"""Metres: what is beyond is not depth but a number that stands for something else."""


@dataclass(frozen=True, eq=False)
class Scene:
    """The complete frame behind a sparse one. No step changes its arrays."""

    truth: NDArray[np.float32]
    """(H,W) metres within `NEAREST` and `FARTHEST`, 0 where it is not known."""
    camera: Camera
    """Of the same size; assumed where the caller knows none."""
    rgb: NDArray[np.uint8] | None
    """(H,W,3)."""


def some_depths(truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """Known depths (N,) spread over the frame, about two thousand at most: enough to tell its range."""
    sample = truth.ravel()[:: 1 + truth.size // 2000]
    return sample[sample > 0]
