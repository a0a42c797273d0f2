"""Where things could stand: places aside of the way and ahead, drawn at random; what is put there asks for room."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

Span = tuple[float, float]
Spot = tuple[float, float]
"""Metres aside and ahead."""
Placing = tuple[float, float, float]
"""Metres aside and ahead, and the turn to the left from facing along the way."""


def beside(rng: Generator, count: int, aside: Span, ahead: Span) -> list[Spot]:
    """Spots on both sides of the way, so far from its middle; there are more of them near than far."""
    sides = np.where(rng.random(count) < 0.5, -1.0, 1.0) * rng.uniform(*aside, count)
    along = ahead[0] + (ahead[1] - ahead[0]) * rng.random(count) ** 1.6
    return list(zip(sides.tolist(), along.tolist(), strict=True))


def on_both_sides(aside: float, ahead: Sequence[float]) -> list[Spot]:
    """Two rows of spots."""
    return [(side * aside, place) for side in (-1, 1) for place in ahead]


def row(rng: Generator, span: Span, spacing: Span) -> list[float]:
    """Places at equal distances, drawn from `spacing`, metres ahead."""
    step = rng.uniform(*spacing)
    return (np.arange(span[0], span[1], step) + rng.uniform(0, step)).tolist()


def fronting(spots: Sequence[Spot]) -> list[Placing]:
    """Fronts turned to the way."""
    return [(aside, ahead, np.pi / 2 if aside > 0 else -np.pi / 2) for aside, ahead in spots]


def with_traffic(rng: Generator, spots: Sequence[Spot]) -> list[Placing]:
    """Turned as traffic is that keeps to the right, more or less."""
    return [(aside, ahead, (0.0 if aside > 0 else np.pi) + rng.normal(0, 0.02)) for aside, ahead in spots]


def anyhow(rng: Generator, spots: Sequence[Spot]) -> list[Placing]:
    """Turned at random."""
    return [(aside, ahead, rng.uniform(0, 2 * np.pi)) for aside, ahead in spots]
