"""Measurements where a visual SLAM or structure-from-motion system would have points: at corners of the image."""

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.sparsify.scene import Scene

_WINDOW = 2  # pixels to each side over which gradients are gathered
_SPACING = 4  # pixels: no two corners are closer than this in both directions
_QUALITY = 0.01  # of the strongest corner's score: weaker ones are no corners

_Depth = NDArray[np.float32]


def keep_corners(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Keep up to that many measured pixels: the strongest corners of the image, 4 pixels apart or more.

    An image with little texture has fewer. Nothing is drawn at random.

    Raises:
        SpnetError: no image was given.
    """
    if scene.rgb is None:
        raise SpnetError("features: found no image to look for corners in; pass rgb, or use points:N")
    score = corner_scores(scene.rgb)
    candidates = np.flatnonzero((score == _largest_around(score)) & (score > 0) & (score >= _QUALITY * score.max()))
    weakest_first = candidates[np.argsort(score.flat[candidates], kind="stable")]
    rank = np.zeros(score.shape, dtype=np.float64)
    rank.flat[weakest_first] = np.arange(1, candidates.size + 1)  # of neighbours with equal scores one stays
    corner = (rank > 0) & (rank == _largest_around(rank)) & (depth > 0)
    corners = weakest_first[corner.flat[weakest_first]][-int(values[0]) :]
    kept = np.zeros_like(depth)
    kept.flat[corners] = depth.flat[corners]
    return kept


def corner_scores(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The smaller eigenvalue of the gradient's covariance around each pixel of an image (H,W,3): (H,W).

    Shi and Tomasi, "Good features to track", CVPR 1994.
    """
    red, green, blue = (rgb[:, :, channel].astype(np.int32) for channel in range(3))
    grey = np.pad(2 * red + 5 * green + blue, 1, mode="edge")
    across = grey[1:-1, 2:] - grey[1:-1, :-2]
    down = grey[2:, 1:-1] - grey[:-2, 1:-1]
    xx, yy, xy = (_gathered(product).astype(np.float64) for product in (across * across, down * down, across * down))
    return (xx + yy - np.sqrt((xx - yy) ** 2 + 4 * xy**2)) / 2


def _gathered(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """The sum (H,W) over the window around each pixel."""
    padded = np.pad(values, _WINDOW)
    height, width = values.shape
    rows = sum(padded[shift : shift + height] for shift in range(1, 2 * _WINDOW + 1)) + padded[:height]
    return sum(rows[:, shift : shift + width] for shift in range(1, 2 * _WINDOW + 1)) + rows[:, :width]


def _largest_around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The maximum (H,W) over all pixels closer than the spacing."""
    reach = _SPACING - 1
    padded = np.pad(values, reach)  # all values are 0 or above
    height, width = values.shape
    rows = padded[:height]
    for shift in range(1, 2 * reach + 1):
        rows = np.maximum(rows, padded[shift : shift + height])
    largest = rows[:, :width]
    for shift in range(1, 2 * reach + 1):
        largest = np.maximum(largest, rows[:, shift : shift + width])
    return largest
