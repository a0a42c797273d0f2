"""Roads and tracks in the country."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street import barriers
from spnet.synth.layouts.street.finishes import Finishes
from spnet.synth.layouts.street.ground import WIDE, Ground, Land, lay, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.planting import model_trees, plant_bushes, plant_trees, sow_grass
from spnet.synth.layouts.street.populate import drive_cars, stand_things
from spnet.synth.layouts.street.posts import string_wires
from spnet.synth.layouts.street.rows import Lot, build_houses
from spnet.synth.layouts.street.site import Site, open_site, put_along
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import beside, row
from spnet.synth.layouts.street.views import drawn_stand

_DASHES = [(float(start), float(start) + 4.0) for start in range(-12, 110, 12)]


def country_road(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """A road or a track through fields and woods, on a bank or in a cutting."""
    track = rng.random() < 0.25
    half, verge = (rng.uniform(1.4, 2.0) if track else rng.uniform(2.6, 4.0)), rng.uniform(0.8, 2.5)
    driving, anywhere = (0.0 if track else half / 2), rng.uniform(-half, half)
    stand = drawn_stand(rng, (0.55, 0.2, 0.1, 0.15), driving, anywhere, anywhere)
    left, right = rng.normal(0, 1.6, 2) * (rng.random() < 0.7)
    land = Land(
        grade=rng.normal(0, 0.03),
        wave=rng.uniform(0, 3),
        relief=rng.uniform(1, 12),
        bank=(left, right),
        shelf=half + verge,
        bend=rng.normal(0, 6),
        rough=0.015,
    )
    along = [sign * at for sign in (-1, 1) for at in (0.07, half - 0.37, half - 0.25, half, half + verge)]
    ground = lay(rng, land, along, [0.0, *(dash for dashes in _DASHES for dash in dashes)])
    _paint_fields(rng, ground, finishes, half + verge)
    if track:
        paint(ground, finishes.named["gravel"], (-half, half))
        paint(ground, finishes.named["grass"], (-0.25, 0.25), lift=0.04)
    else:
        _paint_road(rng, ground, finishes, half)
    site = open_site(builder, finishes, ground, stand)
    if rng.random() < 0.35:
        house = drawn_houses(rng, "detached", 1)[0]
        aside = rng.choice((-1, 1)) * (half + verge + rng.uniform(6, 14))
        build_houses(site, [Lot(house, aside, rng.uniform(18, 50), np.sign(aside) * np.pi / 2)])
    for side in (-1.0, 1.0):
        _line(site, side, half + verge)
    _furnish(site, half, half + verge, track=track)
    farms = drawn_houses(rng, "detached", 1)[0] if rng.random() < 0.6 else None
    close_view(site, wood=rng.uniform(0.4, 1.6), town=0.0, farms=farms)
    return site


def _paint_fields(rng: Generator, ground: Ground, finishes: Finishes, edge: float) -> None:
    kinds = ("meadow", "grass", "crops", "earth")
    for sides in ((-WIDE, -edge), (edge, WIDE)):
        paint(ground, finishes.named[str(rng.choice(kinds, p=(0.4, 0.2, 0.25, 0.15)))], sides)
    paint(ground, finishes.named["grass"], (-edge, edge))


def _paint_road(rng: Generator, ground: Ground, finishes: Finishes, half: float) -> None:
    named = finishes.named
    paint(ground, named["asphalt"], (-half, half))
    if half > 2.9:
        for dash in _DASHES:
            paint(ground, named["marking"], (-0.07, 0.07), dash)
        if rng.random() < 0.6:
            paint(ground, named["marking"], (-half + 0.25, -half + 0.37))
            paint(ground, named["marking"], (half - 0.37, half - 0.25))


def _line(site: Site, side: float, edge: float) -> None:
    """What one side of the road is lined with."""
    rng = site.rng
    kind = rng.choice(("nothing", "fence", "avenue", "wood", "bushes"), p=(0.2, 0.25, 0.2, 0.2, 0.15))
    if kind == "fence":
        mesh = barriers.long_fence(rng, str(rng.choice(("rails", "rails", "wall"))), 7.5, 13)
        start = 88.0 if side > 0 else -9.5  # what runs along its own +x comes nearer on the right side
        put_along(site, mesh, site.fittings, side * (edge - 0.2), start, side * np.pi / 2)
    elif kind == "avenue":
        plant_trees(site, [(side * (edge + 0.8), ahead) for ahead in row(rng, (-15, 150), (7, 14))])
    elif kind == "wood":
        ahead, away = rng.uniform(-10, 110, 44), 22 * rng.random(44) ** 1.5
        plant_trees(site, list(zip((side * (edge + 2 + away)).tolist(), ahead.tolist(), strict=True)), scale=1.15)
    elif kind == "bushes":
        spots = [(side * (edge + rng.uniform(0.2, 3)), float(ahead)) for ahead in rng.uniform(-3, 60, 24)]
        plant_bushes(site, spots, (0.7, 2.4))


def _furnish(site: Site, half: float, edge: float, *, track: bool) -> None:
    rng = site.rng
    if rng.random() < 0.5:
        string_wires(site, float(rng.choice((-1, 1))) * (edge + rng.uniform(0.5, 4)), row(rng, (-60, 170), (28, 42)))
    plant_trees(site, beside(rng, 14, (edge + 3, 60), (8, 130)), scale=1.2)
    model_trees(site, beside(rng, 3, (edge + 1, edge + 8), (9, 40)))
    if not track:
        stand_things(site, ("sign",), [(half + 0.7, rng.uniform(8, 60), np.pi)], models=0.0)
        drive_cars(site, -half / 2, int(rng.integers(0, 4)))
        drive_cars(site, half / 2, int(rng.integers(0, 3)))
    sow_grass(site, ("grass", "meadow"), 420)
