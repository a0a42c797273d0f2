"""Building sites."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street import barriers, bulk
from spnet.synth.layouts.street.finishes import Finishes, fitting_materials
from spnet.synth.layouts.street.ground import BEHIND, WIDE, Land, lay, paint
from spnet.synth.layouts.street.houses import drawn_houses
from spnet.synth.layouts.street.populate import stand_cars, stand_people
from spnet.synth.layouts.street.rows import build_houses, lots_along
from spnet.synth.layouts.street.site import Site, claim, open_site, put, put_along
from spnet.synth.layouts.street.skyline import close_view
from spnet.synth.layouts.street.spots import Spot, anyhow, beside
from spnet.synth.layouts.street.views import drawn_stand
from spnet.synth.scene import Mesh
from spnet.synth.shapes import surface


def building_site(rng: Generator, builder: Builder, finishes: Finishes) -> Site:
    """Bare ground with heaps, a shell of concrete, scaffolding, containers, fences and a crane."""
    half = rng.uniform(9, 18)
    aside = rng.uniform(-0.5, 0.5) * half
    stand = drawn_stand(rng, (0.15, 0.45, 0.15, 0.25), aside, aside, aside)
    bank = (rng.normal(0, 0.8), rng.normal(0, 0.8))
    land = Land(rng.normal(0, 0.02), rng.uniform(0, 0.8), rng.uniform(0.5, 3), bank, half, 0.0, 0.03)
    ground = lay(rng, land, (-half, -2.0, 2.0, half), (0.0, 60.0), fine=0.8)
    named = finishes.named
    paint(ground, named["grass"], (-WIDE, WIDE))
    paint(ground, named[str(rng.choice(("earth", "gravel")))], (-half - 25, half + 25), (BEHIND, 75.0))
    paint(ground, named["gravel"], (-2.0, 2.0), (BEHIND, 60.0), lift=0.02)
    site = open_site(builder, finishes, ground, stand)
    _raise_shell(site, float(rng.choice((-1, 1))), half)
    _heap_up(site, half)
    made = drawn_houses(rng, "block", 2) + drawn_houses(rng, "terraced", 2)
    build_houses(site, lots_along(site, made, float(rng.choice((-1, 1))), half + 28, (-10.0, 110.0), (0.0, 5.0)))
    _furnish(site, half)
    close_view(site, wood=0.6, town=0.6)
    return site


def _raise_shell(site: Site, side: float, half: float) -> None:
    """Floors of concrete on pillars, with a scaffold before them."""
    rng = site.rng
    floors, bays, rows = int(rng.integers(1, 5)), int(rng.integers(2, 5)), int(rng.integers(3, 6))
    pitch, storey = rng.uniform(4, 5.5), 3.0
    wide, long = bays * pitch, rows * pitch
    aside, ahead = side * (half + 2 + wide / 2), rng.uniform(12, 24) + long / 2
    if not claim(site, aside, ahead, 0.5 * max(wide, long) + 1):
        return
    levels = storey * np.arange(-1, floors + (rng.random() < 0.5))  # the lowest ones stand in the ground
    x, y, z = np.meshgrid(
        np.linspace(-wide / 2, wide / 2, bays + 1), levels, np.linspace(-long / 2, long / 2, rows + 1)
    )
    pillars = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    slabs = np.zeros((floors + 1, 3))
    slabs[:, 1] = storey * np.arange(floors + 1) - 0.25
    shell = [bulk.boxes(pillars, (0.4, storey - 0.2, 0.4)), bulk.boxes(slabs, (wide + 1, 0.25, long + 1), closed=True)]
    for mesh in shell:
        put(site, mesh, [site.finishes.named["concrete"]], aside, ahead)
    if rng.random() < 0.7:
        edge = aside - side * (wide / 2 + 0.7)
        scaffold = barriers.scaffold(rng, long, floors)
        put(site, scaffold, site.fittings, edge, ahead + side * long / 2, side * np.pi / 2, above=-0.3)


def _heap_up(site: Site, half: float) -> None:
    """Heaps of earth, sand and rubble."""
    rng = site.rng
    for aside, ahead in beside(rng, int(rng.integers(2, 6)), (0.25 * half, 0.9 * half), (5, 45)):
        radius = rng.uniform(1.2, 4.0)
        if claim(site, aside, ahead, radius):
            material = site.finishes.named[str(rng.choice(("earth", "gravel", "concrete")))]
            put(site, _heap(rng, radius), [material], aside, ahead, above=-0.15)


def _heap(rng: Generator, radius: float) -> Mesh:
    angle, out = np.linspace(0, 2 * np.pi, 25), np.linspace(1, 0.02, 9)[:, None]
    lumps = 1 + 0.14 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.08 * np.sin(5 * angle + rng.uniform(0, 6))
    high = radius * rng.uniform(0.4, 0.65) * (1 - out) ** 0.8 + np.zeros(25)
    high[1:, :-1] += rng.normal(0, 0.03 * radius, (8, 24))
    high[:, -1] = high[:, 0]
    reach = radius * out * lumps
    return surface(np.stack([reach * np.sin(angle), high, reach * np.cos(angle)], axis=-1))


def _furnish(site: Site, half: float) -> None:
    rng = site.rng
    inner = (0.15 * half, 0.95 * half)
    for aside, ahead in beside(rng, int(rng.integers(1, 5)), inner, (9, 45)):
        if claim(site, aside, ahead, 3.2):
            colours, turn = fitting_materials(site.builder, site.finishes), float(rng.choice((0.0, np.pi / 2)))
            put(site, barriers.container(), colours, aside, ahead, turn, above=-0.06)
    if rng.random() < 0.6:
        [(aside, ahead)] = beside(rng, 1, (half + 4, half + 20), (45, 90))
        put(site, barriers.crane(rng), site.fittings, aside, ahead, rng.uniform(0, 6.28), above=-0.3)
    if rng.random() < 0.6:
        side = float(rng.choice((-1, 1)))
        start = 38.5 if side > 0 else 3.5  # what runs along its own +x comes nearer on the right side
        put_along(site, barriers.long_fence(rng, "mesh", 3.5, 10), site.fittings, side * half, start, side * np.pi / 2)
    for mesh, radius, count in ((barriers.cone(), 0.3, 8), (barriers.striped_barrier(rng), 1.1, 4)):
        free = np.array([spot for spot in beside(rng, count, inner, (2.5, 30)) if claim(site, *spot, radius)])
        if len(free):
            put(site, mesh, site.fittings, free[:, 0], free[:, 1], rng.uniform(0, 6.28, len(free)))
    _stack_up(site, beside(rng, 9, inner, (3.5, 30)))
    stand_cars(site, anyhow(rng, beside(rng, 5, inner, (9, 45))), lorries=0.6)
    stand_people(site, beside(rng, int(rng.integers(1, 6)), inner, (3, 40)))


def _stack_up(site: Site, spots: list[Spot]) -> None:
    """Pipes, and stacks of boards and blocks."""
    rng = site.rng
    for aside, ahead in spots:
        if claim(site, aside, ahead, 1.6):
            mesh, name = (_pipes(rng), "concrete") if rng.random() < 0.35 else (_stack(rng), "wood")
            put(site, mesh, [site.finishes.named[name]], aside, ahead, rng.uniform(0, np.pi))


def _pipes(rng: Generator) -> Mesh:
    radius, rows = rng.uniform(0.12, 0.3), int(rng.integers(2, 4))
    level = np.repeat(np.arange(rows), rows + 1 - np.arange(rows))
    place = np.concatenate([np.arange(rows + 1 - row) for row in range(rows)])
    x, y = radius * (2 * place + level - rows), radius * (1 + 1.75 * level)
    starts = np.stack([x, y, np.full(len(x), -1.5)], axis=1)
    return bulk.rods(starts, starts * (1, 1, -1), radius * 0.97, sides=9)


def _stack(rng: Generator) -> Mesh:
    bases = rng.normal(0, 0.03, (int(rng.integers(2, 7)), 3))
    bases[:, 1] = 0.16 * np.arange(len(bases))
    return bulk.boxes(bases, (rng.uniform(0.9, 1.4), 0.155, rng.uniform(0.8, 2.4)))
