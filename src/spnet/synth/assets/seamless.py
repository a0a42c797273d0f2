"""Photographs made to repeat: their borders taken from their middles, and their lighting evened out."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float64]
"""(S,S,3) linear reflectance."""

_BORDER = 0.25  # share of each side in which the shifted copy takes over


def blended(image: Image) -> Image:
    """The image over a copy of itself shifted by half, the copy showing towards the borders.

    A plain mean of two unrelated parts has less contrast than either; dividing by the norm of the weights restores
    it, as Heitz and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending Operator"
    (2018), equation 2.
    """
    even = evenly_lit(image)
    size = len(even)
    to_border = np.minimum(np.arange(size) + 0.5, size - 0.5 - np.arange(size)) / (_BORDER * size)
    ramp = np.clip(to_border, 0.0, 1.0)
    own = np.minimum(ramp[:, None], ramp[None, :])[..., None]
    own = own * own * (3.0 - 2.0 * own)
    shifted = np.roll(even, (size // 2, size // 2), axis=(0, 1))
    mean = even.mean(axis=(0, 1))
    mixed: Image = mean + (own * (even - mean) + (1.0 - own) * (shifted - mean)) / np.hypot(own, 1.0 - own)
    return np.clip(mixed, 0.0, 1.0)


def evenly_lit(image: Image) -> Image:
    """The image without its slow changes of brightness: a vignette, a lamp at one side."""
    brightness = image.mean(axis=-1)
    slow = ndimage.gaussian_filter(brightness, len(image) / 5, mode="reflect")
    even: Image = image * (slow.mean() / np.maximum(slow, 1e-3))[..., None]
    return np.clip(even, 0.0, 1.0)


def seam(pixels: NDArray[np.uint8]) -> float:
    """How much the borders of an (S,S,C) image stand out when it is repeated: at most about 1 is not at all.

    The mean step from the last row to the first over the largest such step inside; the same for columns; the larger
    of both.
    """
    values = pixels.astype(np.float64)
    steps = []
    for axis in (0, 1):
        inside = np.abs(np.diff(values, axis=axis)).mean(axis=(1 - axis, 2))
        border = np.abs(values.take(0, axis) - values.take(-1, axis)).mean()
        steps.append(float(border / max(float(inside.max()), 0.5)))
    return max(steps)
