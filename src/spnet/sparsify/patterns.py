"""Sparsity patterns as text, ``lines:16+noise:0.02``: what can be written, and which step it stands for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.limits import MAX_PIXELS
from spnet.sparsify.corners import keep_corners
from spnet.sparsify.disturbance import add_noise, add_outliers
from spnet.sparsify.lidar import BEAMS, scan
from spnet.sparsify.sampling import keep_points, keep_range, keep_rows, keep_share, keep_view, measure_zones
from spnet.sparsify.scene import FARTHEST, Scene
from spnet.sparsify.structured_light import punch_holes

MAX_CHARACTERS = 200
"""Of a pattern."""

_LARGEST_NOISE = 0.3  # deviations of more make depths that are not positive

Values = tuple[float, ...]
Apply = Callable[[NDArray[np.float32], Scene, Values, np.random.Generator], NDArray[np.float32]]


@dataclass(frozen=True)
class Pattern:
    """One kind of step."""

    form: str
    """How it is written, with an example's values."""
    meaning: str
    """What it does, in a line."""
    expected: str
    """What its values have to be; empty if it takes none."""
    read: Callable[[str], Values | None]
    """The values of the text after the colon, or None if they are not as expected."""
    apply: Apply
    """Takes the depth (H,W) that the steps before left, 0 where there is none, and returns it with this step done. It
    reads the scene, draws from the generator, and may return its argument but does not write to it."""


@dataclass(frozen=True)
class Step:
    """One step of a pattern, as `parse` reads it."""

    name: str
    values: Values


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a pattern, in the order in which they are done.

    Raises:
        SpnetError: an unknown step, or one whose values are not as `PATTERNS` says.
    """
    if len(text) > MAX_CHARACTERS:
        raise SpnetError(f"pattern: {len(text):,} characters, expected at most {MAX_CHARACTERS}")
    return tuple(_step(part.strip(), text) for part in text.split("+"))


def _step(part: str, text: str) -> Step:
    name, colon, given = part.partition(":")
    if name not in PATTERNS:
        forms = ", ".join(pattern.form for pattern in PATTERNS.values())
        raise SpnetError(f"pattern {text!r}: found {part!r}, expected one of {forms}, or several joined by +")
    pattern = PATTERNS[name]
    values = pattern.read(given) if bool(colon) == bool(pattern.expected) else None
    if values is None:
        expected = f"{pattern.expected}, as in {pattern.form}" if pattern.expected else "no value"
        raise SpnetError(f"pattern {text!r}: found {part!r}, expected {expected}")
    return Step(name, values)


def _share(text: str, largest: float = 1.0) -> Values | None:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(%?)", text)
    share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    return (share,) if 0 < share <= largest else None


def _count(text: str) -> Values | None:
    return (float(text),) if re.fullmatch("[1-9][0-9]{0,7}", text) and int(text) <= MAX_PIXELS else None


def _lines(text: str) -> Values | None:
    return (float(text),) if text in map(str, BEAMS) else None


def _cells(text: str) -> Values | None:
    found = re.fullmatch("([1-9][0-9]{0,3})x([1-9][0-9]{0,3})", text)
    return (float(found[1]), float(found[2])) if found else None


def _range(text: str) -> Values | None:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)-([0-9]+(?:\.[0-9]+)?)", text)
    return (float(found[1]), float(found[2])) if found and float(found[1]) < float(found[2]) <= FARTHEST else None


_SHARE = "a share above 0 and up to 1, or up to 100%"
_COUNT = f"a whole number from 1 to {MAX_PIXELS:,}"

PATTERNS: dict[str, Pattern] = {
    "random": Pattern("random:1%", "each pixel with that probability", _SHARE, _share, keep_share),
    "points": Pattern("points:500", "that many random pixels", _COUNT, _count, keep_points),
    "rows": Pattern("rows:16", "that many evenly spaced rows of the image", _COUNT, _count, keep_rows),
    "lines": Pattern(
        "lines:16",
        "the lines of a spinning LiDAR beside the camera, with the background points that show through edges",
        f"a number of lines of {', '.join(map(str, BEAMS))}",
        _lines,
        scan,
    ),
    "grid": Pattern(
        "grid:8x8",
        "the zones of a time-of-flight sensor, rows x columns, each the depth of most of it at its centre",
        "rows x columns, each from 1 to 9999",
        _cells,
        measure_zones,
    ),
    "features": Pattern(
        "features:500", "up to that many corners of the image, as visual SLAM has them", _COUNT, _count, keep_corners
    ),
    "range": Pattern(
        "range:0.3-8",
        "what lies between two depths",
        f"two depths in metres, up to {FARTHEST:.0f}, the smaller first",
        _range,
        keep_range,
    ),
    "view": Pattern(
        "view:80%", "a window of that share of the image's height and width, anywhere in it", _SHARE, _share, keep_view
    ),
    "holes": Pattern(
        "holes",
        "all but the holes of a structured-light camera: edges, shadows, steep, dark, shiny and far surfaces",
        "",
        lambda text: (),
        punch_holes,
    ),
    "noise": Pattern(
        "noise:0.02",
        "normal noise, its deviation that share of the depth",
        f"a share above 0 and up to {_LARGEST_NOISE}, or up to {_LARGEST_NOISE:.0%}",
        lambda text: _share(text, _LARGEST_NOISE),
        add_noise,
    ),
    "outliers": Pattern(
        "outliers:1%", "that share of the measurements anywhere in the scene's depths", _SHARE, _share, add_outliers
    ),
}
"""Every kind of step by name."""
