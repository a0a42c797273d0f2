"""Houses along the way and across it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.layouts.street.finishes import house_materials
from spnet.synth.layouts.street.ground import points
from spnet.synth.layouts.street.houses import House
from spnet.synth.layouts.street.site import Site, claim, facing

_NEAR, _DISTANT = 28.0, 60.0  # metres within which houses have all their relief, and from which on they have none
_PALETTES = 5


class Lot(NamedTuple):
    """A house to be built: where the middle of its front is, how it is turned, how far its width is stretched."""

    house: House
    aside: float
    ahead: float
    relative: float
    stretch: float = 1.0


def lots_along(
    site: Site,
    houses: Sequence[House],
    side: float,
    line: float,
    span: tuple[float, float],
    gaps: tuple[float, float] = (0.0, 0.0),
) -> list[Lot]:
    """Houses along the way, their fronts at `line` metres aside (more if there are gaps); side -1 is left, 1 right."""
    rng = site.rng
    place = span[0]
    lots: list[Lot] = []
    while True:
        house = houses[int(rng.integers(len(houses)))]
        stretch = rng.uniform(0.88, 1.12)
        width = house.width * stretch
        if place + width > span[1]:
            return lots
        setback = rng.uniform(0.0, 2.5) if gaps[1] > 0 else max(0.0, rng.uniform(-1.0, 0.4))
        lots.append(Lot(house, side * (line + setback), place + width / 2, side * np.pi / 2, stretch))
        place += width + rng.uniform(*gaps)


def lots_across(
    site: Site, houses: Sequence[House], ahead: float, span: tuple[float, float], gap: float = 0.0
) -> list[Lot]:
    """Houses across the way at `ahead` metres, facing the camera, within a span of metres aside."""
    place = span[0]
    lots: list[Lot] = []
    while True:
        house = houses[int(site.rng.integers(len(houses)))]
        if place + house.width > span[1]:
            return lots
        lots.append(Lot(house, place + house.width / 2, ahead, np.pi))
        place += house.width + gap * site.rng.uniform(0.5, 1.5)


def build_houses(site: Site, lots: Sequence[Lot]) -> None:
    """Put houses up; their ground is taken."""
    if not lots:
        return
    poses = _poses(site, lots)
    chosen: dict[tuple[House, str], list[int]] = {}
    for index, lot in enumerate(lots):
        away = float(np.hypot(lot.aside - site.stand.aside, lot.ahead)) - lot.house.width / 2
        detail = "near" if away < _NEAR else "far" if away < _DISTANT else "distant"
        chosen.setdefault((lot.house, detail), []).append(index)
        shift = (poses[index] @ (0.0, 0.0, -lot.house.depth / 2, 0.0)).tolist()
        radius = 0.5 * max(lot.house.width * lot.stretch, lot.house.depth)
        claim(site, lot.aside + shift[0], lot.ahead - shift[2], radius)
    for (house, detail), those in chosen.items():
        mesh = {"near": house.near, "far": house.far, "distant": house.distant}[detail]
        site.builder.add(bulk.repeated(mesh, poses[those], np.stack([palette(site) for _ in those])))


def _poses(site: Site, lots: Sequence[Lot]) -> NDArray[np.float64]:
    """Poses (N,4,4): the feet at the highest ground along the fronts, some houses mirrored."""
    rng = site.rng
    aside, ahead, relative, stretch = np.array([lot[1:] for lot in lots]).T
    turns = facing(site, ahead, relative)
    half = np.array([lot.house.width for lot in lots]) * stretch / 2
    over, along = np.cos(turns) * half, np.sin(turns) * half
    places = [(aside, ahead), (aside - over, ahead - along), (aside + over, ahead + along)]
    middle, left, right = (points(site.ground, *place) for place in places)
    middle[:, 1] = np.maximum(middle[:, 1], np.maximum(left[:, 1], right[:, 1])) + 0.02
    mirrored = np.where(rng.random(len(lots)) < 0.5, -1.0, 1.0)
    return bulk.poses(
        middle, turns, np.stack([mirrored * stretch, rng.uniform(0.94, 1.06, len(lots)), np.ones(len(lots))], 1)
    )


def palette(site: Site) -> NDArray[np.int64]:
    """The colours of one house; a place has a few of them."""
    if len(site.palettes) < _PALETTES:
        site.palettes.append(house_materials(site.builder, site.finishes))
        return site.palettes[-1]
    return site.palettes[int(site.rng.integers(_PALETTES))]
