"""Lawns, trees and paths."""

from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street.finishes import Finishes
from spnet.synth.layouts.street.ground import WIDE, Ground, Land, lay, level_off, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import model_trees, plant_bushes, plant_trees, sow_grass
from spnet.synth.layouts.street.populate import stand_cycles, stand_people, stand_things
from spnet.synth.layouts.street.posts import stand_lamps
from spnet.synth.layouts.street.rows import build_houses, lots_along
from spnet.synth.layouts.street.site import Site, open_site
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import anyhow, beside, fronting, row
from spnet.synth.layouts.street.views import drawn_stand

_POND = (12.0, 48.0)


def park(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """Lawns, trees and benches along a path, sometimes with a pond or houses behind."""
    half, side = rng.uniform(1.0, 2.4), float(rng.choice((-1, 1)))
    stand = drawn_stand(rng, (0.0, 0.6, 0.2, 0.2), 0.0, rng.normal(0, 1.2), rng.normal(0, 3), inwards=side)
    land = Land(
        grade=rng.normal(0, 0.015),
        wave=rng.uniform(0, 1),
        relief=rng.uniform(1, 6),
        bank=(rng.normal(0, 0.5), rng.normal(0, 0.5)),
        shelf=half + 4,
        bend=rng.normal(0, 8),
        rough=0.012,
    )
    shores = sorted((side * rng.uniform(9, 13), side * rng.uniform(24, 45)))
    pond = (shores[0], shores[1])
    branch = rng.uniform(9, 26)
    ground = lay(rng, land, (-half, half, *pond), (0.0, branch, branch + 2.2, *_POND))
    _paint(rng, ground, finishes, half, branch)
    has_pond = rng.random() < 0.35
    if has_pond:
        level_off(ground, pond, _POND)
        paint(ground, finishes.named["water"], pond, _POND, lift=-0.35)
    site = open_site(builder, finishes, ground, stand)
    if has_pond:
        reach = (pond[1] - pond[0]) / 2
        site.taken += [(pond[0] + reach, ahead, reach) for ahead in (18.0, 30.0, 42.0)]
    if rng.random() < 0.5:
        made = drawn_houses(rng, "block", 2) + drawn_houses(rng, "terraced", 2)
        build_houses(site, lots_along(site, made, side, rng.uniform(48, 70), (-5.0, 150.0), (0.0, 8.0)))
    _furnish(site, half)
    close_view(site, wood=1.3, town=rng.uniform(0, 0.7))
    return site


def _paint(rng: Generator, ground: Ground, finishes: Finishes, half: float, branch: float) -> None:
    named = finishes.named
    paint(ground, named[str(rng.choice(("grass", "grass", "meadow")))], (-WIDE, WIDE))
    path = named[str(rng.choice(("gravel", "asphalt", "paving", "earth")))]
    paint(ground, path, (-half, half))
    if rng.random() < 0.5:
        paint(ground, path, (-60.0, 60.0), (branch, branch + 2.2))


def _furnish(site: Site, half: float) -> None:
    rng = site.rng
    if rng.random() < 0.4:
        middle = beside(rng, 1, (half + 3.5, half + 7), (9, 20))
        stand_things(site, ("fountain", "planter"), anyhow(rng, middle), models=0.0)
    plant_trees(
        site, beside(rng, 14, (half + 1, half + 10), (-4, 80)) + beside(rng, 20, (half + 8, 38), (0, 110)), scale=1.1
    )
    model_trees(site, beside(rng, 3, (half + 1, half + 9), (9, 40)))
    plant_bushes(site, beside(rng, 12, (half + 1.5, half + 14), (3, 40)))
    stand_things(site, ("bench", "bench", "bin", "sign"), fronting(beside(rng, 7, (half + 0.7, half + 0.9), (3, 45))))
    stand_lamps(site, half + 0.6, row(rng, (-8, 80), (12, 22)))
    stand_people(site, beside(rng, int(rng.integers(0, 7)), (0.0, half), (3, 45)))
    stand_people(site, beside(rng, int(rng.integers(0, 4)), (half, 14), (3, 45)))
    stand_cycles(site, anyhow(rng, beside(rng, int(rng.integers(0, 3)), (half + 0.4, half + 0.6), (4, 25))))
    sow_grass(site, ("grass", "meadow"), 420)
