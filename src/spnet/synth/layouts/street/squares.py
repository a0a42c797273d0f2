"""Paved squares between houses."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street.finishes import Finishes
from spnet.synth.layouts.street.ground import BEHIND, WIDE, Ground, Land, lay, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import plant_bushes, plant_trees
from spnet.synth.layouts.street.populate import stand_cars, stand_cycles, stand_people, stand_things
from spnet.synth.layouts.street.posts import stand_lamps
from spnet.synth.layouts.street.rows import build_houses, lots_across, lots_along
from spnet.synth.layouts.street.site import Site, open_site
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import anyhow, beside, on_both_sides, row, with_traffic
from spnet.synth.layouts.street.town import TOWN_TREES
from spnet.synth.layouts.street.views import drawn_stand


def square(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """A paved square with houses around it, a fountain, stalls, benches and people."""
    half, long = rng.uniform(14, 32), rng.uniform(28, 75)
    aside = rng.uniform(-0.6, 0.6) * half
    stand = drawn_stand(rng, (0.1, 0.55, 0.15, 0.2), aside, aside, aside, inwards=-float(np.sign(aside)))
    land = Land(rng.normal(0, 0.012), rng.uniform(0, 0.4), 0.0, (0.0, 0.0), 500.0, 0.0)
    ground = _paved(rng, land, finishes, half, long)
    site = open_site(builder, finishes, ground, stand)
    made = drawn_houses(rng, "terraced", 4) + drawn_houses(rng, "block", int(rng.random() < 0.4))
    lots = [lot for side in (-1.0, 1.0) for lot in lots_along(site, made, side, half, (-20.0, long + 2))]
    gap, back = rng.uniform(3.5, 7), long + rng.uniform(0, 4)
    lots += lots_across(site, made, back, (-half - 25, -gap)) + lots_across(site, made, back, (gap, half + 25))
    build_houses(site, lots)
    _furnish(site, half, long)
    close_view(site, wood=0.3, town=0.6)
    return site


def _paved(rng: Generator, land: Land, finishes: Finishes, half: float, long: float) -> Ground:
    """Paving, often divided by bands of another stone."""
    band = rng.uniform(4, 9)
    edges = np.arange(-half + band, half - 1, band).tolist()
    along = [-half, -half + 3, half - 3, half, *edges, *(edge + 0.6 for edge in edges)]
    ground = lay(rng, land, along, (0.0, long - 3, long))
    named, inner = finishes.named, (BEHIND, long - 3)
    paint(ground, named["asphalt"], (-WIDE, WIDE))
    paint(ground, named["paving"], (-half, half), lift=0.08)
    paint(ground, named[str(rng.choice(("paving", "cobbles", "gravel")))], (-half + 3, half - 3), inner, 0.08)
    if rng.random() < 0.5:
        for edge in edges:
            paint(ground, named["kerb"], (edge, edge + 0.6), inner, 0.08)
    return ground


def _furnish(site: Site, half: float, long: float) -> None:
    rng = site.rng
    inner, reach = (0.0, 0.8 * half), (4.0, 0.8 * long)
    if rng.random() < 0.6:
        stand_things(site, ("fountain",), [(rng.normal(0, 0.3) * half, rng.uniform(12, 0.7 * long), 0.0)], models=0.0)
    if rng.random() < 0.5:
        lines, places = rng.uniform(-0.7, 0.7, 2) * half, row(rng, (6, min(36, long - 6)), (4, 5.5))
        stand_things(site, ("stall",), [(line, place, np.pi) for line in lines for place in places], models=0.0)
    if rng.random() < 0.6:
        plant_trees(site, on_both_sides(half - 4.5, row(rng, (-4, long - 4), (6, 11))), TOWN_TREES, 0.75)
    stand_things(site, ("bench", "bin", "planter", "bollard", "sign"), anyhow(rng, beside(rng, 14, inner, reach)))
    plant_bushes(site, beside(rng, 3, inner, reach), (0.6, 1.2))
    stand_lamps(site, half - 4, row(rng, (2, long), (14, 20)))
    stand_cars(site, with_traffic(rng, beside(rng, int(rng.integers(0, 7)), (half - 1.7, half - 1.5), (4, long))))
    stand_cycles(site, anyhow(rng, beside(rng, int(rng.integers(0, 5)), inner, reach)))
    stand_people(site, beside(rng, int(rng.integers(4, 20)), inner, (4.0, long - 4)))
