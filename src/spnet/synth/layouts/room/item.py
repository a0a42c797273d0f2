"""A piece that can be put into a room: built of parts, or a model of the bank."""

from collections.abc import Sequence
from dataclasses import dataclass

from spnet.synth.assets.bank import Support
from spnet.synth.layouts.room.parts import Part, extent


@dataclass(frozen=True, eq=False)
class Item:
    """Base centre at the origin, y up, front towards +z; metres."""

    size: tuple[float, float, float]
    """Width, height and depth."""
    parts: tuple[Part, ...] = ()
    supports: tuple[Support, ...] = ()
    model: int | None = None
    """Index in the bank's models; then there are no parts."""
    lamps: tuple[tuple[float, float, float], ...] = ()
    """Where its bulbs are."""


def built(
    parts: Sequence[Part],
    size: tuple[float, float, float] | None = None,
    supports: Sequence[Support] = (),
    lamps: Sequence[tuple[float, float, float]] = (),
) -> Item:
    """An item of parts; as large as they are, if no size is given."""
    return Item(size or extent(parts), tuple(parts), tuple(supports), lamps=tuple(lamps))


def level(
    height: float, wide: float, deep: float, clearance: float = float("inf"), x: float = 0.0, z: float = 0.0
) -> Support:
    """A place for small things, of that width and depth about (x, z)."""
    return Support(height, x - wide / 2, x + wide / 2, z - deep / 2, z + deep / 2, clearance)
