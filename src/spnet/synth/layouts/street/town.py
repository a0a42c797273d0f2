"""Streets between closed rows of houses, with or without a crossing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street.finishes import Finishes
from spnet.synth.layouts.street.ground import WIDE, Ground, Land, lay, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import plant_trees
from spnet.synth.layouts.street.populate import drive_cars, stand_cars, stand_cycles, stand_people, stand_things
from spnet.synth.layouts.street.posts import stand_lamps, string_wires
from spnet.synth.layouts.street.rows import build_houses, lots_across, lots_along
from spnet.synth.layouts.street.site import Site, lay_marks, open_site
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import beside, fronting, on_both_sides, row, with_traffic
from spnet.synth.layouts.street.views import Stand, drawn_stand

TOWN_TREES = ("round", "oval", "column", "bare")

_DASHES = [(float(start), float(start) + 3.0) for start in range(-9, 100, 9)]
_BEGIN, _END = -14.0, 140.0


@dataclass(frozen=True)
class _Plan:
    """Metres from the middle of the street."""

    half: float
    """To the lanes' edge."""
    edge: float
    """To the kerb; between the two, cars are parked."""
    line: float
    """To the houses."""
    crossing: float | None
    """Metres ahead to the middle of another street."""
    other: float
    """Half the width of that street."""
    marked: bool
    """A line divides the lanes."""


def street(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """A street in a town."""
    plan = _drawn_plan(rng)
    bend = rng.normal(0, 3) if rng.random() < 0.4 else 0.0
    land = Land(rng.normal(0, 0.025), rng.uniform(0, 1.5), 0.0, (0.0, 0.0), 500.0, bend)
    stand = _drawn_stand(rng, plan)
    ground = _paved(rng, land, plan, finishes)
    site = open_site(builder, finishes, ground, stand)
    made = drawn_houses(rng, "terraced", 4) + drawn_houses(rng, "block", int(rng.random() < 0.3))
    spans = [(_BEGIN, _END)]
    if plan.crossing is not None:
        near, far = plan.crossing - plan.other - 3, plan.crossing + plan.other + 3
        spans = [(_BEGIN, near), (far, _END)]
        build_houses(site, lots_across(site, made, far, (plan.line + 14, 90.0)))
        build_houses(site, lots_across(site, made, far, (-90.0, -plan.line - 14)))
        _guard_crossing(site, near + 2, plan.edge)
    build_houses(
        site, [lot for side in (-1.0, 1.0) for span in spans for lot in lots_along(site, made, side, plan.line, span)]
    )
    _park_and_drive(site, plan)
    _furnish(site, plan)
    close_view(site, wood=0.3, town=rng.uniform(0.2, 1))
    return site


def _drawn_plan(rng: Generator) -> _Plan:
    half, walk, parking = rng.uniform(2.8, 6.5), rng.uniform(1.8, 4.5), rng.choice((0.0, 2.1))
    crossing = float(rng.uniform(14, 55)) if rng.random() < 0.5 else None
    marked = bool(half > 3.2 or rng.random() < 0.4)
    return _Plan(half, half + parking, half + parking + walk, crossing, rng.uniform(2.8, 5.0), marked)


def _drawn_stand(rng: Generator, plan: _Plan) -> Stand:
    side = float(rng.choice((-1, 1)))
    on_pavement = rng.random() < 0.7
    walking = side * (rng.uniform(plan.edge + 0.4, plan.line - 0.7) if on_pavement else rng.uniform(0.5, plan.half))
    flying = rng.uniform(-plan.half, plan.half)
    return drawn_stand(rng, (0.5, 0.25, 0.12, 0.13), plan.half / 2, walking, flying, inwards=-side)


def _paved(rng: Generator, land: Land, plan: _Plan, finishes: Finishes) -> Ground:
    named, edge, line = finishes.named, plan.edge, plan.line
    across = [dash for dashes in _DASHES for dash in dashes]
    if plan.crossing is not None:
        across += [plan.crossing + sign * reach for sign in (-1, 1) for reach in (plan.other, plan.other + 3)]
    along = [sign * place for sign in (-1, 1) for place in (plan.half, edge, edge + 0.3, line)]
    ground = lay(rng, land, [*along, -0.08, 0.08] if plan.marked else along, [0.0, *across])
    lift = rng.uniform(0.06, 0.16)
    road = named["cobbles" if rng.random() < 0.2 else "asphalt"]
    paint(ground, named[str(rng.choice(("paving", "gravel", "grass")))], (-WIDE, WIDE), lift=lift)
    paint(ground, named["paving"], (-line, line), lift=lift)
    paint(ground, named["kerb"], (-edge - 0.3, edge + 0.3), lift=lift)
    paint(ground, named["cobbles"] if rng.random() < 0.4 else road, (-edge, edge))
    paint(ground, road, (-plan.half, plan.half))
    _mend(rng, ground, named["patch"], plan.half)
    for dash in _DASHES if plan.marked else ():
        paint(ground, named["marking"], (-0.08, 0.08), dash)
    if plan.crossing is not None:
        near, far = plan.crossing - plan.other, plan.crossing + plan.other
        for sides in ((-WIDE, -line), (line, WIDE)):
            paint(ground, named["paving"], sides, (near - 3, far + 3), lift)
        paint(ground, road, (-WIDE, WIDE), (near, far))
    return ground


def _mend(rng: Generator, ground: Ground, material: int, half: float) -> None:
    """Mended places in the road, and holes."""
    for _ in range(int(rng.integers(0, 6))):
        aside, ahead = rng.uniform(-half, half - 1), rng.uniform(3, 40)
        sunk = float(rng.choice((0.0, 0.0, 0.035)))
        paint(ground, material, (aside, aside + rng.uniform(1.5, 3.5)), (ahead, ahead + rng.uniform(2, 12)), -sunk)


def _guard_crossing(site: Site, ahead: float, edge: float) -> None:
    """Traffic lights, and the stripes that people cross on."""
    if site.rng.random() < 0.6:
        stand_things(site, ["traffic light"], [(edge + 0.6, ahead, np.pi), (-edge - 0.6, ahead + 1, 0.0)])
    stripes = np.arange(-edge + 0.4, edge - 0.4, 1.0)
    lay_marks(site, stripes, np.full(len(stripes), ahead - 1.2), 0.5, 2.6)


def _off_crossing(plan: _Plan, places: Sequence[float]) -> list[float]:
    return [place for place in places if plan.crossing is None or abs(place - plan.crossing) > 10]


def _park_and_drive(site: Site, plan: _Plan) -> None:
    rng = site.rng
    if plan.half > 2.9:
        drive_cars(site, plan.half / 2, int(rng.integers(0, 5)))
        drive_cars(site, -plan.half / 2, int(rng.integers(0, 6)))
    if plan.edge > plan.half or (plan.half > 3.2 and rng.random() < 0.4):
        bays = _off_crossing(plan, row(rng, (-8, 80), (5, 7)))
        spots = [spot for spot in on_both_sides(plan.edge - 1.05, bays) if rng.random() < 0.7]
        stand_cars(site, with_traffic(rng, spots), lorries=0.04)


def _furnish(site: Site, plan: _Plan) -> None:
    rng, edge, line = site.rng, plan.edge, plan.line
    lamps = _off_crossing(plan, row(rng, (-20, 130), (18, 32)))
    stand_lamps(site, edge + 0.55, lamps)
    if rng.random() < 0.5:
        stand_lamps(site, -edge - 0.55, [place + 9 for place in lamps])
    if rng.random() < 0.5 and line - edge > 2.4:
        trees = _off_crossing(plan, row(rng, (-8, 120), (7, 14)))
        plant_trees(site, on_both_sides(edge + 0.9, trees), TOWN_TREES, 0.8)
    if rng.random() < 0.3:
        string_wires(
            site, float(rng.choice((-1, 1))) * (line - 0.6), _off_crossing(plan, row(rng, (-40, 130), (22, 34)))
        )
    walk = (edge + 0.5, line - 0.5)
    names = ("bin", "bollard", "cabinet", "sign", "hydrant", "bench", "bollard", "planter")
    stand_things(site, names, fronting(beside(rng, 16, walk, (2, 60))))
    stand_cycles(site, with_traffic(rng, beside(rng, int(rng.integers(0, 4)), (line - 0.7, line - 0.5), (3, 30))))
    stand_people(site, beside(rng, int(rng.integers(0, 12)), walk, (3, 50)))
