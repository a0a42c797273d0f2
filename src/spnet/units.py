"""What one step of a stored depth value is worth in metres."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError

STEPS_16_BIT = 65535  # the largest value of an unsigned 16-bit integer
MAX_DEPTH_RANGE = (0.001, 100_000.0)  # metres: what N may be in max-depth:N
PLAUSIBLE_MEDIAN = (0.005, 1000.0)  # metres


@dataclass(frozen=True)
class Unit:
    """The unit of stored depth: `name` as a user writes it, and the `metres` that one step is worth."""

    name: str
    metres: float

    @property
    def farthest_16_bit(self) -> float:
        """The farthest depth in metres that 16-bit integers hold in this unit."""
        return STEPS_16_BIT * self.metres


@dataclass(frozen=True)
class Guess:
    """The likely unit of integer depth: `unit` as a user would write it, and the `reason` that was seen.

    `unit` is MAX_DEPTH_OF_UNKNOWN_N where the values look like a scaled map but cannot tell its scale.
    """

    unit: str
    reason: str


_METRES_PER_STEP = {
    "mm": 0.001,  # Kinect, RealSense, NYU, ScanNet and most others
    "kitti": 1 / 256,  # KITTI depth development kit
    "tum": 1 / 5000,  # TUM RGB-D benchmark, ICL-NUIM
    "m": 1.0,
}
UNIT_CHOICES = "mm, kitti (1/256 m), tum (1/5000 m), m, or max-depth:N (65535 steps are N metres)"
METRES = Unit("m", 1.0)
MAX_DEPTH_OF_UNKNOWN_N = "max-depth:N"


def parse_unit(text: str) -> Unit:
    """The unit that a user wrote: "mm", "kitti", "tum", "m", or "max-depth:20" (65535 steps are 20 m).

    Raises:
        SpnetError: there is no such unit, or the number of max-depth is no plausible distance.
    """
    if text in _METRES_PER_STEP:
        return Unit(text, _METRES_PER_STEP[text])
    name, colon, number = text.partition(":")
    if name == "max-depth" and colon:
        return _max_depth_unit(number)
    raise SpnetError(f"unknown depth unit {text!r}: expected {UNIT_CHOICES}")


def smallest_unit_that_holds(farthest: float) -> Unit | None:
    """The first of mm, kitti and a round max-depth whose 16 bits reach `farthest` metres, or None."""
    for name in ("mm", "kitti"):
        unit = parse_unit(name)
        if farthest <= unit.farthest_16_bit:
            return unit
    if farthest <= MAX_DEPTH_RANGE[1]:
        return parse_unit(f"max-depth:{_next_round_number(farthest):g}")
    return None


def guess_unit(values: NDArray[np.integer[Any]]) -> Guess:
    """The likely unit of the integer depth map `values` (H,W), and what speaks for it.

    Integers do not tell their unit: this sees the traces that known data sets leave, and else says mm.
    """
    height, width = values.shape
    measured = values[values > 0]
    if measured.size == 0:
        return Guess("mm", "no pixel holds a measurement")
    largest = int(measured.max())
    if 1216 <= width <= 1242 and 352 <= height <= 376:
        return Guess("kitti", f"{width}x{height} is the size of KITTI's images")
    if 65_000 <= largest <= STEPS_16_BIT:
        reason = f"the largest value {largest} is near 65535, as in maps scaled to a maximum depth"
        return Guess(MAX_DEPTH_OF_UNKNOWN_N, reason)
    if largest > 10_000 and _holds_only_odd_and_even_fives(measured):
        return Guess("tum", f"every value is a multiple of 5 and the largest is {largest}, as in TUM's files")
    return Guess("mm", f"the usual unit; the median is then {np.median(measured) / 1000:.3f} m")


def check_plausible(metres: NDArray[np.floating[Any]], unit: Unit, name: str) -> None:
    """Raise SpnetError when the median depth shows that `unit` was the wrong one.

    Args:
        metres: depth in metres, of any shape; only values above 0 count.
        unit: the unit that made metres of the stored values.
        name: what is being read, for the message.
    """
    measured = metres[metres > 0]
    if measured.size == 0:
        return
    median = float(np.median(measured))
    nearest, farthest = PLAUSIBLE_MEDIAN
    if nearest <= median <= farthest:
        return
    finding = f"{name}: the median depth is {median:.4g} m when the values are taken as {unit.name}"
    if median > farthest and unit == METRES:
        raise SpnetError(f"{finding}: are they millimetres? then pass the unit mm")
    if median < nearest and unit != METRES:
        raise SpnetError(f"{finding}: are they metres? then pass the unit m; the units are {UNIT_CHOICES}")
    raise SpnetError(f"{finding}: pass the unit that they have, {UNIT_CHOICES}")


def _max_depth_unit(number: str) -> Unit:
    smallest, largest = MAX_DEPTH_RANGE
    try:
        farthest = float(number)
    except ValueError:
        farthest = math.nan
    if not smallest <= farthest <= largest:
        raise SpnetError(
            f"depth unit max-depth:{number}: expected a number of metres from {smallest:g} to {largest:g}, "
            "as in max-depth:20"
        )
    return Unit(f"max-depth:{number}", farthest / STEPS_16_BIT)


def _next_round_number(number: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that is not below `number`."""
    power = 10.0 ** math.floor(math.log10(number))
    return next(factor * power for factor in (1, 2, 5, 10) if number <= factor * power)


def _holds_only_odd_and_even_fives(measured: NDArray[np.integer[Any]]) -> bool:
    """TUM stored a sensor's millimetres times 5; depth in centimetres would show even multiples of 5 only."""
    return not np.any(measured % 5) and bool(np.any(measured % 10))
