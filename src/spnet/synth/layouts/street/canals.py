"""Water between quays."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street import barriers, fittings, vehicles
from spnet.synth.layouts.street.finishes import Finishes, vehicle_materials
from spnet.synth.layouts.street.ground import FLAT, WIDE, lay, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import plant_trees
from spnet.synth.layouts.street.populate import stand_cars, stand_cycles, stand_people, stand_things
from spnet.synth.layouts.street.posts import stand_lamps
from spnet.synth.layouts.street.rows import build_houses, lots_along
from spnet.synth.layouts.street.site import Site, open_site, put, put_along
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import beside, fronting, on_both_sides, row, with_traffic
from spnet.synth.layouts.street.views import drawn_stand


def canal(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """Water between quays with houses, trees, railings and boats."""
    half, quay, depth = rng.uniform(4, 11), rng.uniform(5, 11), rng.uniform(1.0, 2.5)
    line = half + quay
    side = float(rng.choice((-1, 1)))
    walking, driving = side * (half + rng.uniform(1.2, quay - 1.5)), side * (half + quay * 0.45)
    stand = drawn_stand(rng, (0.2, 0.45, 0.15, 0.2), driving, walking, rng.uniform(-half, half), inwards=-side)
    ground = lay(rng, FLAT, [sign * at for sign in (-1, 1) for at in (half, half + 0.5, line - 2, line)], [0.0])
    named = finishes.named
    paint(ground, named["gravel"], (-WIDE, WIDE))
    paint(ground, named["paving"], (-line, line), lift=0.1)
    paint(ground, named[str(rng.choice(("cobbles", "asphalt", "paving")))], (-line + 2, line - 2))
    paint(ground, named["kerb"], (-half - 0.5, half + 0.5), lift=0.12)
    paint(ground, named["water"], (-half, half), lift=-depth)
    site = open_site(builder, finishes, ground, stand)
    made = drawn_houses(rng, "terraced", 5)
    build_houses(site, [lot for where in (-1.0, 1.0) for lot in lots_along(site, made, where, line, (-14.0, 140.0))])
    for where in (-1.0, 1.0):
        _guard_edge(site, where * (half + 0.25))
    _float_boats(site, half)
    _furnish(site, half, line)
    close_view(site, wood=0.4, town=rng.uniform(0.2, 0.8))
    return site


def _guard_edge(site: Site, aside: float) -> None:
    """A railing or bollards along the edge of a quay, or nothing."""
    rng = site.rng
    kind = rng.choice(("railing", "bollards", "none"), p=(0.45, 0.3, 0.25))
    if kind == "railing":
        put_along(site, barriers.fence(rng, "railing", 46.0), site.fittings, aside, 44.0, np.pi / 2)
    elif kind == "bollards":
        put(site, fittings.drawn_thing(rng, "bollard"), site.fittings, aside, np.arange(-6, 60, rng.uniform(1.8, 3.5)))


def _float_boats(site: Site, half: float) -> None:
    rng = site.rng
    ahead = np.cumsum(rng.uniform(8, 22, int(rng.integers(2, 7))))
    for place in ahead:
        aside = rng.choice((-1, 1)) * (half - rng.uniform(1.6, 2.2))
        mesh = vehicles.boat(int(rng.integers(vehicles.VARIETIES)))
        put(site, mesh, vehicle_materials(site.builder, site.finishes), aside, place, rng.choice((0.0, np.pi)))


def _furnish(site: Site, half: float, line: float) -> None:
    rng = site.rng
    trees = on_both_sides(half + 1.3, row(rng, (-12, 130), (8, 15)))
    plant_trees(site, trees, ("round", "oval", "spreading", "bare"), 0.85)
    stand_cars(site, with_traffic(rng, beside(rng, 8, (line - 3.3, line - 3.1), (5, 80))))
    stand_lamps(site, half + 0.8, row(rng, (-9, 100), (20, 28)), outwards=True)
    stand_things(
        site, ("bench", "bin", "sign", "planter"), fronting(beside(rng, 10, (half + 0.9, line - 0.5), (3, 45)))
    )
    stand_cycles(site, with_traffic(rng, beside(rng, int(rng.integers(1, 6)), (half + 0.7, half + 0.8), (3, 30))))
    stand_people(site, beside(rng, int(rng.integers(2, 9)), (half + 0.8, line - 0.5), (4, 50)))
