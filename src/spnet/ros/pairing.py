"""Images and measurements that belong together in time, while both come in."""

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from spnet.errors import SpnetError

Picture = TypeVar("Picture")
Measurement = TypeVar("Measurement")

MOST_WAITING = 32
"""Of images, and of measurements: bounds the memory, whatever the clocks do."""


@dataclass(frozen=True)
class Pair(Generic[Picture, Measurement]):
    """An image and the measurement nearest to it in time, or None if that is too far away.

    gap: seconds to the nearest measurement, infinite if none was seen.
    """

    image: Picture
    measured: Measurement | None
    gap: float


class Pairing(Generic[Picture, Measurement]):
    """Pairs every image with the nearest measurement, which may serve several images.

    Messages come in any order between the two, and in the order of their stamps, which are nanoseconds, within each.
    An image waits until a measurement with a later stamp shows that none can be nearer, or MOST_WAITING others wait.
    """

    def __init__(self, tolerance: float) -> None:
        """Pair what is at most `tolerance` seconds apart; SpnetError for a number that is no tolerance."""
        if not 0 <= tolerance < float("inf"):
            raise SpnetError(f"time tolerance {tolerance:g}: expected seconds, 0 or more")
        self._tolerance = tolerance
        self._images: deque[tuple[int, Picture]] = deque()
        self._measured: deque[tuple[int, Measurement]] = deque(maxlen=MOST_WAITING)

    def add_image(self, stamp: int, image: Picture) -> list[Pair[Picture, Measurement]]:
        """Take an image; returns the pairs that are now settled, in the order of the images."""
        self._images.append((stamp, image))
        return self._settled()

    def add_measured(self, stamp: int, measured: Measurement) -> list[Pair[Picture, Measurement]]:
        """Take a measurement; returns as `add_image`."""
        self._measured.append((stamp, measured))
        return self._settled()

    def finish(self) -> list[Pair[Picture, Measurement]]:
        """The pairs of the images that still wait; nothing more will come."""
        return [self._settle() for _ in range(len(self._images))]

    def _settled(self) -> list[Pair[Picture, Measurement]]:
        pairs = []
        while self._images and (
            len(self._images) > MOST_WAITING or (self._measured and self._measured[-1][0] >= self._images[0][0])
        ):
            pairs.append(self._settle())
        return pairs

    def _settle(self) -> Pair[Picture, Measurement]:
        stamp, image = self._images.popleft()
        if not self._measured:
            return Pair(image, None, float("inf"))
        nearest, measured = min(self._measured, key=lambda each: abs(each[0] - stamp))
        gap = abs(nearest - stamp) / 1e9
        return Pair(image, measured if gap <= self._tolerance else None, gap)
