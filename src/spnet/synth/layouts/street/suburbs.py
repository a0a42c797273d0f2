"""Streets of houses in gardens."""

from itertools import pairwise

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street import barriers
from spnet.synth.layouts.street.finishes import Finishes
from spnet.synth.layouts.street.ground import WIDE, Land, lay, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import model_trees, plant_bushes, plant_hedge, plant_trees, sow_grass
from spnet.synth.layouts.street.populate import drive_cars, stand_cars, stand_people, stand_things
from spnet.synth.layouts.street.posts import stand_lamps, string_wires
from spnet.synth.layouts.street.rows import Lot, build_houses, lots_along
from spnet.synth.layouts.street.site import Site, open_site, put_along
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import beside, fronting, row, with_traffic
from spnet.synth.layouts.street.views import drawn_stand

_BEGIN, _END = -14.0, 140.0


def suburb(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """A street of houses in gardens, with hedges, fences and drives."""
    half, walk = rng.uniform(2.6, 4.2), rng.choice((0.0, 1.6, 2.2))
    edge, line = half + walk, half + walk + rng.uniform(0.2, 1.5)
    setback = line + rng.uniform(3.5, 8)
    side = float(rng.choice((-1, 1)))
    walking = side * rng.uniform(0, edge)
    stand = drawn_stand(rng, (0.45, 0.25, 0.15, 0.15), half / 2, walking, rng.uniform(-half, half), inwards=-side)
    bank = (rng.normal(0, 0.8), rng.normal(0, 0.8))
    land = Land(rng.normal(0, 0.03), rng.uniform(0, 1.5), rng.uniform(0, 3), bank, line + 0.5, rng.normal(0, 4))
    ground = lay(rng, land, [sign * at for sign in (-1, 1) for at in (half, half + 0.15, edge, line)], [0.0])
    named = finishes.named
    paint(ground, named["grass"], (-WIDE, WIDE))
    if walk:
        paint(ground, named["paving"], (-edge, edge), lift=0.09)
        paint(ground, named["kerb"], (-half - 0.15, half + 0.15), lift=0.09)
    paint(ground, named["asphalt"], (-half, half))
    site = open_site(builder, finishes, ground, stand)
    made, lots = drawn_houses(rng, "detached", 5), []
    for where in (-1.0, 1.0):
        houses = lots_along(site, made, where, setback, (_BEGIN, _END), (3.0, 9.0))
        _bound_gardens(site, where * line, houses)
        lots += houses
    build_houses(site, lots)
    _furnish(site, half, edge, line, setback)
    close_view(site, wood=1.0, town=0.0)
    return site


def _bound_gardens(site: Site, line: float, lots: list[Lot]) -> None:
    """Fences and hedges along the street, each from between two houses to the next, with a gap for a drive."""
    rng = site.rng
    ends = [(first.ahead + second.ahead) / 2 for first, second in pairwise(lots)]
    shared = str(rng.choice(barriers.FENCES))
    for low, high in pairwise(ends):
        length = high - low - rng.uniform(2.6, 3.4)
        kind = str(rng.choice((shared, "hedge", "none", str(rng.choice(barriers.FENCES)))))
        at_camera = abs(site.stand.aside - line) < 1.2 and low < 1 < high
        if kind == "none" or length < 2 or low > 55 or at_camera:
            continue
        start = high if line > 0 else low  # what runs along its own +x comes nearer on the right side
        turn = np.pi / 2 if line > 0 else -np.pi / 2
        if kind == "hedge":
            plant_hedge(site, (line, start), length, turn, rng.uniform(0.8, 1.9))
        else:
            put_along(site, barriers.fence(rng, kind, length), site.fittings, line, start, turn)


def _furnish(site: Site, half: float, edge: float, line: float, setback: float) -> None:
    rng = site.rng
    garden = (line + 1, setback - 0.8)
    plant_trees(site, beside(rng, 9, garden, (-5, 70)) + beside(rng, 24, (setback + 13, setback + 30), (0, 150)))
    model_trees(site, beside(rng, 3, garden, (4, 40)))
    plant_bushes(site, beside(rng, 12, garden, (0, 60)))
    if half > 3.2:
        stand_cars(site, with_traffic(rng, beside(rng, int(rng.integers(0, 6)), (half - 1.0, half - 0.9), (5, 60))))
    stand_cars(site, fronting(beside(rng, 4, (setback - 3.2, setback - 2.8), (4, 60))), lorries=0.0)
    drive_cars(site, -half / 2, int(rng.integers(0, 3)))
    stand_lamps(site, edge + 0.3, row(rng, (-15, 120), (24, 38)))
    if rng.random() < 0.5:
        string_wires(site, -edge - 0.4, row(rng, (-36, 130), (24, 36)))
    stand_things(
        site, ("bin", "bin", "cabinet", "sign", "hydrant"), fronting(beside(rng, 7, (edge, edge + 0.2), (3, 50)))
    )
    stand_people(site, beside(rng, int(rng.integers(0, 4)), (half, edge + 0.3), (4, 40)))
    sow_grass(site, ("grass",), 260)
