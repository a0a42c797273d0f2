"""Sparse input of every kind of sensor: the patterns of `spnet.sparsify`, with values drawn anew for each sample.

Two things may be written here beyond those patterns:

- ``a..b`` in place of a value is drawn between the two, evenly in its logarithm, and whole if both are:
  ``random:0.1%..10%``, ``points:200..1000``, ``grid:4x5..24x32``; of ``lines:4..64`` each number of lines is as likely.
- ``@30%`` after a step does it in that share of the samples.

Numbers of points, rows and cells are those of an image of 640x480 pixels. A sample is a part of such an image, at
whatever size: it gets as many as fall into a part like it.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.sparsify import parse, sparsify
from spnet.sparsify.lidar import BEAMS
from spnet.train.view import View

_DISTURBED = "+view:75%..99%@30%+range:0.2-3.0..10.0@10%+noise:0.3%..5%@30%+outliers:0.1%..3%@20%"

DEFAULT_PATTERNS = tuple(
    (pattern + _DISTURBED, weight)
    for pattern, weight in (
        ("random:0.04%..25%", 4.0),
        ("points:200..1000", 1.5),
        ("lines:4..64", 3.0),
        ("rows:4..64", 1.0),
        ("grid:4x5..48x64", 1.0),
        ("features:100..2000", 1.0),
        ("holes", 1.5),
        ("holes+random:1%..50%", 0.5),
    )
)
"""What sensors leave, from some hundred points to all but holes; a third of it is of a narrower view than the image, a
third is noisy, a fifth has outliers."""

_FULL = (480, 640)  # height and width of the image that counts are meant for
_COUNTED = ("points", "features")
_SPACED = ("rows", "grid")
_MOST_CHARACTERS = 400
_SEEDS = 2**32

_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_RANGE = re.compile(rf"({_NUMBER})(?:x({_NUMBER}))?(%?)\.\.({_NUMBER})(?:x({_NUMBER}))?(%?)")
_CHANCE = re.compile(rf"(.*)@({_NUMBER})%")


@dataclass(frozen=True)
class _Padding:
    """A sample amid a larger image, in pixels at each side."""

    top: int
    left: int
    bottom: int
    right: int


def check_patterns(patterns: Sequence[tuple[str, float]]) -> None:
    """Raise SpnetError if one of these, each with its weight, is no pattern whatever is drawn for its values."""
    for pattern, _ in patterns:
        if len(pattern) > _MOST_CHARACTERS:
            raise SpnetError(f"pattern: {len(pattern):,} characters, expected at most {_MOST_CHARACTERS}")
        steps = [_chance(part) for part in pattern.split("+")]
        for step, chance in steps:
            if not 0 < chance <= 1:
                raise SpnetError(f"pattern {pattern!r}: {step} is done in {chance:.0%}, expected above 0% up to 100%")
            for share in (0.0, 1.0):
                parse(filled(step, share))
        if all(chance < 1 for _, chance in steps):
            raise SpnetError(f"pattern {pattern!r}: every step is left to chance; leave the @ away from one of them")


def measure_by_patterns(
    view: View, rule: str, generator: Generator, *, patterns: Sequence[tuple[str, float]]
) -> NDArray[np.float32]:
    """Measure a view by one of the patterns, drawn by their weights: (H,W) metres, 0 where there is nothing.

    Args:
        view: what is measured.
        rule: of its scale, which plays no part.
        generator: of the draws.
        patterns: that `check_patterns` has seen, with their weights.
    """
    weights = np.array([weight for _, weight in patterns])
    pattern = patterns[generator.choice(len(patterns), p=weights / weights.sum())][0]
    steps = [filled(step, share) for step, share in _chosen(pattern, generator)]
    steps = [_counted(step, view.truth.size) for step in steps]
    spaced = next((step for step in steps if step.startswith(_SPACED)), None)
    padding = _Padding(0, 0, 0, 0)
    if spaced is not None:
        around, padding = _spaced(spaced, view.truth.shape, generator)
        steps[steps.index(spaced)] = around
    return _measured(view, "+".join(steps), padding, int(generator.integers(_SEEDS)))


def _chance(part: str) -> tuple[str, float]:
    """A step, and in what share of the samples it is done."""
    found = _CHANCE.fullmatch(part.strip())
    return (found[1], float(found[2]) / 100) if found else (part.strip(), 1.0)


def _chosen(pattern: str, generator: Generator) -> list[tuple[str, float]]:
    """The steps that are done, each with a draw for its values."""
    steps = [(_chance(part), generator.random(), generator.random()) for part in pattern.split("+")]
    return [(step, value) for (step, chance), fate, value in steps if fate < chance]


def filled(step: str, share: float) -> str:
    """The step with its range replaced by the value at that share of it, 0 to 1."""
    found = _RANGE.search(step)
    if not found:
        return step
    low, low_width, low_unit, high, high_width, high_unit = found.groups()
    if low_unit != high_unit or bool(low_width) != bool(high_width):
        raise SpnetError(f"pattern: found {step!r}, expected both ends of a range in one form, as in random:1%..10%")
    name = step.partition(":")[0]
    value = _beams(low, high, share) if name == "lines" else _between(low, high, low_unit, share)
    if low_width:
        value += "x" + _between(low_width, high_width, "", share)
    return step[: found.start()] + value + low_unit + step[found.end() :]


def _between(low: str, high: str, unit: str, share: float) -> str:
    first, last = float(low), float(high)
    if not 0 < first <= last:
        raise SpnetError(f"pattern: found the range {low}..{high}, expected the smaller number first, above 0")
    value = min(max(math.exp(math.log(first) + share * math.log(last / first)), first), last)
    return str(round(value)) if not unit and "." not in low + high else f"{value:.6f}"


def _beams(low: str, high: str, share: float) -> str:
    numbers = [lines for lines in sorted(BEAMS) if float(low) <= lines <= float(high)]
    if not numbers:
        raise SpnetError(f"pattern: found lines:{low}..{high}, expected a range that holds one of {sorted(BEAMS)}")
    return str(numbers[min(int(share * len(numbers)), len(numbers) - 1)])


def _counted(step: str, pixels: int) -> str:
    """The step with as many points as a sample of so many pixels gets of them."""
    name, _, value = step.partition(":")
    if name not in _COUNTED:
        return step
    return f"{name}:{max(round(int(value) * pixels / (_FULL[0] * _FULL[1])), 1)}"


def _spaced(step: str, shape: tuple[int, ...], generator: Generator) -> tuple[str, _Padding]:
    """Rows or cells around a sample (H,W), spaced as in a full image, and where in them it lies: anywhere."""
    name, _, value = step.partition(":")
    numbers = [int(number) for number in value.split("x")]
    cells = [number + (name == "rows") for number in numbers]  # rows stand between the cells
    counts, before, after = [], [], []
    for number, full, side in zip(cells, _FULL, shape, strict=False):
        cell = max(full / number, 1.0)
        count = math.ceil(side / cell) + 1
        spare = max(round(count * cell) - side, 0)
        counts.append(count - (name == "rows"))
        before.append(int(generator.integers(min(spare, round(cell)) + 1)))
        after.append(spare - before[-1])
    if name == "rows":
        return f"rows:{max(counts[0], 1)}", _Padding(before[0], 0, after[0], 0)
    return f"grid:{counts[0]}x{counts[1]}", _Padding(before[0], before[1], after[0], after[1])


def _measured(view: View, pattern: str, padding: _Padding, seed: int) -> NDArray[np.float32]:
    height, width = view.truth.shape
    across, down = (padding.left, padding.right), (padding.top, padding.bottom)
    truth, rgb, camera = view.truth, view.rgb, view.camera
    if padding != _Padding(0, 0, 0, 0):
        truth = np.pad(truth, (down, across))
        rgb = np.pad(rgb, (down, across, (0, 0)), mode="edge")  # no corners, darkness or edges of its own
        camera = camera.pad(padding.left, padding.top, padding.right, padding.bottom)
    depth = sparsify(truth, pattern, seed=seed, frame="", camera=camera, rgb=rgb).depth
    return depth[padding.top : padding.top + height, padding.left : padding.left + width]
