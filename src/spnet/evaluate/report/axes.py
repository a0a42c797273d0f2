"""Axes of charts: from numbers to places, and the round numbers to name on them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_WIDE = 10.0
"""Numbers that differ by more than this factor are drawn on a logarithmic axis."""
_ROUND = (1, 2, 5)
_GAP_AT_ZERO = 0.08
"""Share of a logarithmic axis that keeps 0 apart from the smallest number above it."""


@dataclass(frozen=True)
class Axis:
    """Numbers between two ends, with 0 at the start and 1 at the end of the axis."""

    low: float
    """Of a logarithmic axis the smallest number above 0."""
    high: float
    logarithmic: bool
    with_zero: bool = False
    """Whether a logarithmic axis has 0, too, left of a gap."""

    def place(self, value: float) -> float:
        """Where a number stands, 0 to 1."""
        if not self.logarithmic:
            return (value - self.low) / (self.high - self.low)
        start = _GAP_AT_ZERO if self.with_zero else 0.0
        if value <= 0:
            return 0.0
        return start + (1 - start) * math.log(value / self.low) / math.log(self.high / self.low)

    def ticks(self, most: int) -> list[float]:
        """Round numbers on the axis, at most so many, about evenly spread."""
        found = _logarithmic_ticks(self.low, self.high, most) if self.logarithmic else []
        if len(found) < 2:
            found = _linear_ticks(self.low, self.high, most)
        return [0.0, *found] if self.with_zero else found


def axis_of_errors(values: Iterable[float], *, lower_is_better: bool) -> Axis:
    """The axis of a metric: logarithmic where errors differ much, else from 0; shares are never logarithmic."""
    found = sorted(values)
    above = [value for value in found if value > 0]
    if lower_is_better and above and above[-1] > _WIDE * above[0]:
        return Axis(above[0], above[-1], logarithmic=True, with_zero=found[0] <= 0)
    low = 0.0 if lower_is_better else found[0]
    return Axis(low, found[-1] if found[-1] > low else low + 1.0, logarithmic=False)


def axis_of_sweep(values: Iterable[float], *, logarithmic: bool) -> Axis:
    """The axis of what a sweep changes."""
    found = sorted(values)
    if logarithmic:
        above = [value for value in found if value > 0]
        return Axis(above[0], above[-1], logarithmic=True, with_zero=found[0] <= 0)
    return Axis(found[0], found[-1], logarithmic=False)


def _linear_ticks(low: float, high: float, most: int) -> list[float]:
    power = 10.0 ** (math.floor(math.log10(high - low)) - 1)
    for step in (scale * digit * power for scale in (1, 10, 100) for digit in _ROUND):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [index * step for index in range(first, last + 1)]
    return [low, high]


def _logarithmic_ticks(low: float, high: float, most: int) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in (_ROUND, (1, 3), (1,)):
        found = [float(f"{digit}e{power}") for power in powers for digit in digits]
        found = [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
        if len(found) <= most:
            return found
    return found[:: math.ceil(len(found) / most)]
