"""Rigid transforms between a point cloud's frame and a camera's."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.lines import finite_numbers, read_text

_LARGEST_ERROR = 0.01  # of a rotation matrix that was written with few digits


def read_transform(path: Path | str) -> NDArray[np.float64]:
    """Read camera_from_cloud from a text file of its 4x4 numbers, or of the upper 3x4: (4,4).

    Raises:
        SpnetError: no such file, another count of numbers, or a matrix that does not rotate and move.
    """
    path = Path(path)
    text = read_text(path)
    for separator in ",;[]()":
        text = text.replace(separator, " ")
    numbers = np.array(finite_numbers(text.split(), str(path)))
    if numbers.size not in (12, 16):
        raise SpnetError(f"{path}: holds {numbers.size} numbers, expected the 4x4 or 3x4 of a transform, row by row")
    transform = homogeneous(numbers[:12].reshape(3, 4))
    if numbers.size == 16 and list(numbers[12:]) != [0, 0, 0, 1]:
        raise SpnetError(f"{path}: its last row is {numbers[12:].tolist()}, expected 0 0 0 1")
    rotation = transform[:3, :3]
    if np.abs(rotation @ rotation.T - np.eye(3)).max() > _LARGEST_ERROR or np.linalg.det(rotation) < 0:
        raise SpnetError(f"{path}: its left 3x3 numbers are no rotation; expected cloud to camera, in metres")
    return transform


def homogeneous(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """A (3,3) rotation or a (3,4) transform as (4,4)."""
    transform = np.eye(4)
    transform[:3, : matrix.shape[1]] = matrix
    return transform
