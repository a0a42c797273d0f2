"""Robustness as a measurement: the same frames again and again, with one thing changed step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spnet.errors import SpnetError
from spnet.evaluate.conditions import IMAGES, Condition


@dataclass(frozen=True)
class Kind:
    """What a sweep changes."""

    axis: str
    """What its values are."""
    start: str
    """The pattern it starts from if none is given; empty for the complete depth."""
    values: tuple[float, ...]
    condition: Callable[[str, float], Condition]
    """The condition of a pattern and a value."""
    label: Callable[[float], str] = "{:g}".format
    """A value as text."""
    logarithmic: bool = True
    """Whether a plot's axis is; 0 then stands left of the others."""


@dataclass(frozen=True)
class Sweep:
    """One sweep from one pattern: a curve for each model."""

    kind: str
    """Its name in SWEEPS, where its axis is described."""
    start: str
    """The pattern it starts from; empty for the complete depth."""
    values: tuple[float, ...]
    """Of the axis."""
    conditions: tuple[Condition, ...]
    """One for each value."""


def _densities(start: str, value: float) -> Condition:
    return Condition(_joined(start, f"random:{value:g}%"))


def _noise(start: str, value: float) -> Condition:
    return Condition(_joined(start, f"noise:{value:g}%" if value else ""))


def _outliers(start: str, value: float) -> Condition:
    return Condition(_joined(start, f"outliers:{value:g}%" if value else ""))


def _joined(*steps: str) -> str:
    return "+".join(filter(None, steps))


SWEEPS: dict[str, Kind] = {
    "density": Kind("share of the pixels measured, %", "", (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100), _densities),
    "noise": Kind("noise, % of the depth", "random:1%", (0, 0.5, 1, 2, 5, 10, 20), _noise),
    "outliers": Kind("share of the measurements that is false, %", "random:1%", (0, 0.1, 0.3, 1, 3, 10, 30), _outliers),
    "scale": Kind(
        "factor on depth",
        "points:500",
        (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
        lambda start, value: Condition(start, scale=value),
    ),
    "size": Kind(
        "factor on width and height",
        "points:500",
        (0.25, 0.5, 1, 2),
        lambda start, value: Condition(start, size=value),
    ),
    "colour": Kind(
        "what is given of the image",
        "points:500",
        tuple(range(len(IMAGES))),
        lambda start, value: Condition(start, image=IMAGES[int(value)]),
        label=lambda value: IMAGES[int(value)],
        logarithmic=False,
    ),
}
"""Every kind of sweep by name."""


def sweep_from(kind: str, patterns: Sequence[str]) -> tuple[Sweep, ...]:
    """The sweeps of a kind from each of the patterns, or from its own start if there are none.

    Raises:
        SpnetError: an unknown kind.
    """
    if kind not in SWEEPS:
        raise SpnetError(f"sweep {kind!r}: expected one of {', '.join(SWEEPS)}")
    facts = SWEEPS[kind]
    return tuple(
        Sweep(kind, start, facts.values, tuple(facts.condition(start, value) for value in facts.values))
        for start in patterns or (facts.start,)
    )
