"""Car parks before large buildings."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street.finishes import Finishes
from spnet.synth.layouts.street.ground import WIDE, Land, lay, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import plant_trees
from spnet.synth.layouts.street.populate import stand_cars, stand_people, stand_things
from spnet.synth.layouts.street.posts import stand_lamps
from spnet.synth.layouts.street.rows import build_houses, lots_across, lots_along
from spnet.synth.layouts.street.site import Site, lay_marks, open_site
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import Placing, beside, row
from spnet.synth.layouts.street.views import drawn_stand

_BAY = 5.0  # metres from the aisle to the island at its back
_ISLAND = 0.7  # half its width


def car_park(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """Rows of cars before a large building, with lamps and trees on islands."""
    pitch, long = rng.uniform(6.0, 7.0) + 2 * _BAY, rng.uniform(45, 85)
    aside = rng.normal(0, 1)
    stand = drawn_stand(rng, (0.35, 0.35, 0.1, 0.2), aside, aside, aside)
    islands = [pitch * (place + 0.5) for place in (-2, -1, 0, 1)]
    land = Land(rng.normal(0, 0.012), 0.0, 0.0, (0.0, 0.0), 500.0, 0.0)
    edges = [island + sign * _ISLAND for island in islands for sign in (-1, 1)]
    ground = lay(rng, land, edges, (0.0, 6.0, long, long + 3, long + 12))
    named = finishes.named
    paint(ground, named["asphalt"], (-WIDE, WIDE))
    for island in islands:
        paint(ground, named["grass"], (island - _ISLAND, island + _ISLAND), (6.0, long), lift=0.12)
    paint(ground, named["paving"], (-WIDE, WIDE), (long + 3, long + 12), lift=0.12)
    site = open_site(builder, finishes, ground, stand)
    lots = lots_across(site, drawn_houses(rng, "store", 2), long + 14, (-70.0, 70.0), 2.0)
    blocks, side = drawn_houses(rng, "block", 2), float(rng.choice((-1, 1)))
    build_houses(site, lots + lots_along(site, blocks, side, 2 * pitch + 8, (-10.0, 120.0), (3.0, 12.0)))
    _fill_bays(site, islands, long, pitch)
    for island in islands[1:3]:
        stand_lamps(site, island, row(rng, (9, long), (14, 24)))
    trees = row(rng, (10, long), (9, 16))
    plant_trees(site, [(island, place) for island in islands for place in trees], scale=0.6)
    way_in = [(rng.uniform(-0.4, 0.4) * pitch, long + rng.uniform(4, 9), np.pi) for _ in range(5)]
    stand_things(site, ("sign", "bin", "bollard", "shelter"), way_in)
    stand_people(site, beside(rng, int(rng.integers(1, 8)), (0, 0.6 * pitch), (4, long)))
    close_view(site, wood=0.8, town=0.5)
    return site


def _fill_bays(site: Site, islands: list[float], long: float, pitch: float) -> None:
    """Lines between the bays, and cars in the nearest of them."""
    rng = site.rng
    wide = rng.uniform(2.4, 2.7)
    lines = 7 + wide * np.arange(int((long - 9) / wide))
    rows = [(island + side * (_ISLAND + 0.2 + _BAY / 2), side) for island in islands for side in (-1, 1)]
    rows = [(middle, side) for middle, side in rows if abs(middle) < 1.6 * pitch]
    lay_marks(site, np.repeat([middle for middle, _ in rows], len(lines)), np.tile(lines, len(rows)), _BAY, 0.11)
    fullness = rng.uniform(0.15, 0.9)
    cars: list[Placing] = []
    for middle, side in rows:
        for line in lines[rng.random(len(lines)) < fullness]:
            turn = -side * np.pi / 2 + np.pi * (rng.random() < 0.25)  # some back in
            cars.append((middle + rng.normal(0, 0.15), float(line) + wide / 2, turn))
    cars.sort(key=lambda car: abs(car[0]) + 0.5 * car[1])
    stand_cars(site, cars[:34], lorries=0.0, radius=1.15)
