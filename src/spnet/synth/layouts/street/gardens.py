"""Gardens behind houses."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street import barriers, bulk
from spnet.synth.layouts.street.finishes import Finishes, fitting_materials
from spnet.synth.layouts.street.fittings import Part
from spnet.synth.layouts.street.ground import BEHIND, WIDE, Land, lay, paint, points
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import model_trees, plant_bushes, plant_hedge, plant_trees, sow_grass
from spnet.synth.layouts.street.populate import stand_models, stand_people, stand_things
from spnet.synth.layouts.street.rows import Lot, build_houses, lots_across, lots_along
from spnet.synth.layouts.street.site import Site, open_site, put_along
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import anyhow, beside
from spnet.synth.layouts.street.views import drawn_stand


def back_garden(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """A lawn behind a house, closed by fences or hedges: a shed, garden furniture, beds, the neighbours' houses."""
    half, long, patio = rng.uniform(4, 9), rng.uniform(9, 22), rng.uniform(1.5, 4.5)
    bed, aside = rng.uniform(0.6, 1.6), rng.uniform(-0.5, 0.5) * half
    stand = drawn_stand(rng, (0.0, 0.6, 0.25, 0.15), 0.0, aside, aside, inwards=-float(np.sign(aside)))
    land = Land(rng.normal(0, 0.03), rng.uniform(0, 0.3), rng.uniform(0, 1.5), (0.0, 0.0), half + 2, 0.0, 0.012)
    ground = lay(rng, land, (-half, -half + bed, half - bed, half), (0.0, patio, long - bed, long), fine=0.7)
    named = finishes.named
    paint(ground, named["grass"], (-WIDE, WIDE))
    paint(ground, named["earth"], (-half, half), (patio, long), lift=0.03)
    paint(ground, named["grass"], (-half + bed, half - bed), (patio, long - bed))
    paint(ground, named[str(rng.choice(("paving", "concrete", "gravel")))], (-half, half), (BEHIND, patio), lift=0.06)
    site = open_site(builder, finishes, ground, stand)
    _enclose(site, half, long)
    _build(site, half, long)
    _furnish(site, half - bed, long - bed, patio, bed)
    if rng.random() < 0.4:
        _hang_washing(site, 0.5 * half, rng.uniform(max(4.0, patio + 1), max(4.5, long - 3)))
    close_view(site, wood=0.8, town=0.0)
    return site


def _enclose(site: Site, half: float, long: float) -> None:
    """A fence or a hedge on three sides; each runs along its own +x."""
    rng = site.rng
    shared = str(rng.choice(("boards", "boards", "pickets", "wall", "mesh", "hedge", "rails")))
    sides = (
        ((half, long), long + 3, np.pi / 2),
        ((-half, -3.0), long + 3, -np.pi / 2),
        ((-half, long), 2 * half, np.pi),
    )
    for (aside, ahead), length, turn in sides:
        kind = shared if rng.random() < 0.7 else str(rng.choice((*barriers.FENCES, "hedge")))
        if kind == "hedge":
            plant_hedge(site, (aside, ahead), length, turn, rng.uniform(1.0, 2.2))
        else:
            put_along(site, barriers.fence(rng, kind, length), site.fittings, aside, ahead, turn)


def _build(site: Site, half: float, long: float) -> None:
    """A shed in a corner, and the houses beside and behind."""
    rng = site.rng
    shed = drawn_houses(rng, "shed", 1)[0]
    corner = float(rng.choice((-1, 1))) * (half - shed.width / 2 - 0.5)
    lots = [Lot(shed, corner, long - shed.depth - 0.5, np.pi)] if half > 4.5 else []
    neighbours = drawn_houses(rng, "detached", 3)
    lots += lots_across(site, neighbours, long + rng.uniform(10, 25), (-60.0, 60.0), 4.0)
    for side in (-1.0, 1.0):
        lots += lots_along(site, neighbours, side, half + rng.uniform(2, 4), (-24.0, 2.0), (0.0, 1.0))[-1:]
    build_houses(site, lots)


def _furnish(site: Site, half: float, long: float, patio: float, bed: float) -> None:
    """Beds beyond `half` and `long`, a lawn within, and what stands on it and on the patio."""
    rng = site.rng
    lawn, reach = (0.0, 0.9 * half), (max(3.0, patio), long)
    plant_bushes(site, beside(rng, 10, (half + 0.4 * bed, half + 0.6 * bed), (patio, long)), (0.4, 1.3))
    plant_bushes(site, beside(rng, 6, (0.0, 0.9 * half), (long + 0.4 * bed, long + 0.6 * bed)), (0.4, 1.3))
    plant_trees(site, beside(rng, 2, lawn, reach), scale=0.45)
    model_trees(site, beside(rng, 1, lawn, reach))
    outside = (half + bed + 2, half + bed + 25)
    behind = (long + bed + 2, long + bed + 9)
    plant_trees(site, beside(rng, 9, outside, (4, 60)) + beside(rng, 5, (0, 30), behind), scale=0.9)
    stand_models(site, ("garden", "animal"), anyhow(rng, beside(rng, 4, lawn, reach)))
    near = (2.4, patio + 2)
    stand_models(site, ("table", "seat", "garden", "plant", "cycle"), anyhow(rng, beside(rng, 6, lawn, near)))
    stand_things(site, ("bin", "bench", "planter"), anyhow(rng, beside(rng, 3, lawn, near)), models=0.2)
    stand_people(site, beside(rng, int(rng.integers(0, 3)), lawn, reach))
    sow_grass(site, ("grass",), 500, within=9.0)


def _hang_washing(site: Site, half: float, ahead: float) -> None:
    """A line between two posts with cloths on it."""
    rng = site.rng
    feet = points(site.ground, [-half, half], ahead)
    tops = feet + np.array([0, 1.9, 0])
    site.builder.add(bulk.rods(feet, tops, 0.035, sides=6, materials=site.fittings[Part.METAL]))
    site.builder.add(bulk.rods(tops[:1], tops[1:], 0.006, sides=3, materials=site.fittings[Part.WHITE]))
    count = int(rng.integers(2, 7))
    share = (np.arange(count) + rng.uniform(0.1, 0.35, count)) / count
    wide = rng.uniform(0.7, 1.7, count) * half / count
    corners = tops[0] + share[:, None] * (tops[1] - tops[0])
    fall = np.stack([np.zeros(count), rng.uniform(0.5, 1.3, count), rng.normal(0, 0.08, count)], axis=1)
    cloths = [fitting_materials(site.builder, site.finishes)[Part.CLOTH] for _ in range(3)]
    along = bulk.unit(tops[1] - tops[0]) * wide[:, None]
    site.builder.add(bulk.quads(corners - fall, along, fall, rng.choice(cloths, count)))
