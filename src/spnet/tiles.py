"""Large images in overlapping windows: where they lie, and how their results blend."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OVERLAP = 0.25
"""Of a window's side, shared with each neighbour."""


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels; `rows` and `columns` cut it out of an array (..., H, W)."""

    top: int
    left: int
    height: int
    width: int

    @property
    def rows(self) -> slice:
        """The rows of the window."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """The columns of the window."""
        return slice(self.left, self.left + self.width)


def plan(height: int, width: int, *, max_pixels: int, multiple: int) -> list[Window]:
    """Windows of one size that cover height x width, each of at most `max_pixels` pixels if it can be.

    Args:
        height, width: multiples of `multiple`, as all windows' edges will be.
        max_pixels: the budget; no window is smaller than 8 times `multiple` a side for its sake.
        multiple: the stride of the network, so that each window sees the grid that the whole image would.
    """
    if height * width <= max_pixels:
        return [Window(0, 0, height, width)]
    side = max(math.isqrt(max_pixels) // multiple, 8) * multiple
    tile_height, tile_width = min(height, side), min(width, side)
    if tile_height < side:  # a panorama: what its height leaves of the budget goes to its width
        tile_width = min(width, max(tile_width, max_pixels // tile_height // multiple * multiple))
    if tile_width < side:
        tile_height = min(height, max(tile_height, max_pixels // tile_width // multiple * multiple))
    return [
        Window(top, left, tile_height, tile_width)
        for top in _starts(height, tile_height, multiple)
        for left in _starts(width, tile_width, multiple)
    ]


def blend(
    windows: list[Window],
    height: int,
    width: int,
    run: Callable[[Window], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Run every window, (...,h,w) each, into one (...,height,width).

    Where windows overlap, each counts by its distance to its own edge, so that none ends in a step.
    """
    if len(windows) == 1:
        return run(windows[0])
    weight = np.outer(_ramp(windows[0].height), _ramp(windows[0].width))
    weights = np.zeros((height, width), dtype=np.float32)
    first = run(windows[0])
    total = np.zeros((*first.shape[:-2], height, width), dtype=np.float32)
    for window in windows:
        result = first if window is windows[0] else run(window)
        total[..., window.rows, window.columns] += result * weight
        weights[window.rows, window.columns] += weight
    total /= weights
    return total


def _starts(length: int, tile: int, multiple: int) -> list[int]:
    step = tile * (1 - OVERLAP)
    count = 1 + max(0, math.ceil((length - tile) / step))
    last = length - tile
    return [round(last * index / max(count - 1, 1) / multiple) * multiple for index in range(count)]


def _ramp(length: int) -> NDArray[np.float32]:
    """Rises smoothly over the overlap at both ends and is 1 between; never quite 0."""
    edge = max(1, int(length * OVERLAP))
    distance = np.minimum(np.arange(length), np.arange(length)[::-1])
    ramp = np.sin(0.5 * np.pi * np.clip((distance + 0.5) / edge, 0, 1)) ** 2
    return ramp.astype(np.float32)
