"""Completion by morphological operations on the depth map alone, in the manner of IP-Basic.

Source: J. Ku, A. Harakeh, S. L. Waslander, "In Defense of Classical Image Processing: Fast Depth Completion on the
CPU", CRV 2018, section III. Theirs inverts depth about a constant of 100 m so that dilation keeps what is near;
here depth stays as it is, missing pixels are infinitely far, and minima keep what is near, at any scale.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    gaussian_filter,
    generate_binary_structure,
    iterate_structure,
    maximum_filter,
    median_filter,
    minimum_filter,
)

from spnet.classic import nearest

_DIAMOND = iterate_structure(generate_binary_structure(2, 1), 2)  # 5 x 5


def fill(rgb: NDArray[np.uint8], depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Dilate, close and smooth the depth map, near surfaces winning over far ones; the image plays no part.

    The contract is that of `spnet.classic`, but measured pixels do change: dilation and smoothing treat all alike,
    as in the paper. Holes that the largest kernel (31 x 31) leaves open take the nearest filled pixel.
    """
    far = np.where(mask, depth, np.float32(np.inf))
    far = minimum_filter(far, footprint=_DIAMOND)
    far = maximum_filter(minimum_filter(far, size=5), size=5)
    far = _fill_holes(far, size=7)
    far = _extend_up(far)
    far = _fill_holes(far, size=31)
    filled = np.isfinite(far)
    dense = nearest.fill(rgb, far, filled)
    dense = median_filter(dense, size=5)
    dense = gaussian_filter(dense, sigma=1.1, radius=2)  # 5 x 5
    smooth: NDArray[np.float32] = np.clip(dense, depth[mask].min(), depth[mask].max())
    return smooth


def _fill_holes(far: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Give missing (infinite) pixels the least depth within a square of `size` pixels."""
    return np.where(np.isfinite(far), far, minimum_filter(far, size=size))


def _extend_up(far: NDArray[np.float32]) -> NDArray[np.float32]:
    """Repeat the topmost depth of each column up to the image's edge; what lies above a LiDAR's view."""
    top = np.argmax(np.isfinite(far), axis=0)
    above = np.arange(len(far))[:, None] < top
    return np.where(above, far[top, np.arange(far.shape[1])], far)
