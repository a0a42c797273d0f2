"""Frames that follow one another in time: their order, the colours they share, and depth that does not flicker."""

import re
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.depth import read_depth
from spnet.show import display_range

MOST_FRAMES = 31
"""Of a median: all of them are in memory."""

_MOST_FRAMES_SAMPLED = 32
_DIGITS = re.compile(r"(\d+)")

Key = TypeVar("Key")


def natural_order(name: str) -> list[tuple[int, str]]:
    """A key that sorts names as people count: frame 2 before frame 10."""
    parts = _DIGITS.split(name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def shared_limits(depth_files: Sequence[Path], unit: str | None) -> tuple[float, float]:
    """The nearest and farthest depth to colour, from what was measured in some frames spread over the sequence.

    Raises:
        SpnetError: nothing is measured in any of them; a file that cannot be read counts as such.
    """
    chosen = sorted({round(place) for place in np.linspace(0, len(depth_files) - 1, _MOST_FRAMES_SAMPLED)})
    measured = [np.empty(0, np.float32)]
    for index in chosen:
        with suppress(SpnetError):  # which is told when its turn comes
            metres = read_depth(depth_files[index], unit).metres
            measured.append(metres[metres > 0])
    together = np.concatenate(measured)
    if not together.size:
        raise SpnetError(f"{depth_files[0].parent}: nothing is measured in any depth file, so there is nothing to show")
    return display_range(together)


class TemporalMedian(Generic[Key]):
    """The median over frames around each, pixel by pixel: for a camera that stands still.

    The first and last frames have fewer around them, as many before as behind: the very first and last are unchanged.
    """

    def __init__(self, count: int) -> None:
        """Over `count` frames, an odd number up to MOST_FRAMES; 1 changes nothing. SpnetError for another number."""
        if not (1 <= count <= MOST_FRAMES and count % 2):
            raise SpnetError(f"median over {count} frames: expected an odd number from 1 to {MOST_FRAMES}")
        self._reach = count // 2
        self._settled = 0
        self._added = 0
        self._frames: deque[tuple[Key, NDArray[np.float32]]] = deque(maxlen=count)

    def add(self, key: Key, metres: NDArray[np.float32]) -> list[tuple[Key, NDArray[np.float32]]]:
        """Take the next frame, (H,W) metres; returns those that are settled now, with their keys, in order.

        Raises:
            SpnetError: a frame of another size.
        """
        if self._frames and self._frames[-1][1].shape != metres.shape:
            (height, width), (before, across) = metres.shape, self._frames[-1][1].shape
            raise SpnetError(f"median: a frame of {width}x{height} after one of {across}x{before}; expected one size")
        self._frames.append((key, metres))
        self._added += 1
        return [self._settle(self._reach)] if self._added > self._reach else []

    def finish(self) -> list[tuple[Key, NDArray[np.float32]]]:
        """The frames that waited for others behind them; nothing more will come."""
        return [self._settle(self._added - 1 - self._settled) for _ in range(self._added - self._settled)]

    def _settle(self, behind: int) -> tuple[Key, NDArray[np.float32]]:
        """The next frame in order, with at most so many around it on each side."""
        reach = min(self._settled, behind, self._reach)
        place = len(self._frames) - (self._added - self._settled)
        self._settled += 1
        around = [self._frames[index][1] for index in range(place - reach, place + reach + 1)]
        return self._frames[place][0], np.median(around, axis=0).astype(np.float32)
