"""What grows on a site."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk, plants
from spnet.synth.layouts.street.finishes import plant_materials
from spnet.synth.layouts.street.ground import material_at, points
from spnet.synth.layouts.street.site import Site, claim, models_of, place_models, put, put_along
from spnet.synth.layouts.street.spots import Spot

_NEAR = 24.0
_MOST_NEAR = 6


def plant_trees(
    site: Site, places: Sequence[Spot], species: Sequence[str] = plants.SPECIES, scale: float = 1.0
) -> None:
    """Trees at those of the places (aside, ahead) that are free and where no crown is about the camera."""
    rng, textured = site.rng, site.finishes.textured_leaves
    kinds = 1 if rng.random() < 0.6 or len(places) < 4 else 2
    made = [
        plants.tree(species[int(rng.integers(len(species)))], int(rng.integers(plants.VARIETIES)), textured=textured)
        for _ in range(kinds)
    ]
    chosen: list[list[tuple[float, float, float]]] = [[] for _ in made]
    for aside, ahead in places:
        kind, size = int(rng.integers(len(made))), scale * rng.uniform(0.7, 1.25)
        radius, clear = made[kind].crown * size, made[kind].clear * size
        distance = float(np.hypot(aside - site.stand.aside, ahead))
        under = distance < radius + 1.5 and site.stand.height > clear - 1.2
        if not under and claim(site, aside, ahead, 0.7):
            chosen[kind].append((aside, ahead, size))
    for tree, rows in zip(made, chosen, strict=True):
        _put_trees(site, tree, np.array(rows).reshape(-1, 3))


def _put_trees(site: Site, tree: plants.Tree, rows: NDArray[np.float64]) -> None:
    rng = site.rng
    distance = np.hypot(rows[:, 0] - site.stand.aside, rows[:, 1])
    near = (distance < _NEAR) & (np.argsort(np.argsort(distance, kind="stable"), kind="stable") < _MOST_NEAR)
    for mesh, those in ((tree.near, rows[near]), (tree.far, rows[~near])):
        if len(those):
            materials = plant_materials(rng, site.finishes, len(those), tree.foliage)
            shape = np.repeat(those[:, 2:], 3, axis=1)
            put(site, mesh, materials, those[:, 0], those[:, 1], rng.uniform(0, 6.28, len(those)), scales=shape)


def model_trees(site: Site, places: Sequence[Spot]) -> None:
    """Trees of the bank at those of the places that are free and where none is about the camera."""
    rng = site.rng
    choices = models_of(site, ("tree",), low=2.5, high=14)
    far = [place for place in places if np.hypot(place[0] - site.stand.aside, place[1]) > 8]
    free = np.array([place for place in far if claim(site, *place, 0.9)] if choices else []).reshape(-1, 2)
    if len(free):
        poses = bulk.poses(points(site.ground, free[:, 0], free[:, 1]), rng.uniform(0, 6.28, len(free)))
        place_models(site, choices, poses, range(len(free)))


def plant_bushes(site: Site, places: Sequence[Spot], size: tuple[float, float] = (0.6, 1.8)) -> None:
    """Bushes at those of the places that are free."""
    rng = site.rng
    scales = rng.uniform(*size, len(places))
    kept = [index for index, place in enumerate(places) if claim(site, *place, 0.5 * float(scales[index]))]
    if kept:
        mesh = plants.bush(int(rng.integers(plants.VARIETIES)), textured=site.finishes.textured_leaves)
        there = np.array(places)[kept]
        shape = scales[kept, None] * rng.uniform(0.8, 1.25, (len(kept), 3))
        materials = plant_materials(rng, site.finishes, len(kept), "shrub")
        put(site, mesh, materials, there[:, 0], there[:, 1], rng.uniform(0, 6.28, len(kept)), scales=shape)


def plant_hedge(site: Site, start: Spot, length: float, relative: float, height: float) -> None:
    """A hedge from a place (aside, ahead) on; `relative` as the front of what stands along it."""
    leaves = 450 if abs(start[1]) - length < 15 else 120
    mesh = plants.hedge(site.rng, length, height, leaves, textured=site.finishes.textured_leaves)
    materials = plant_materials(site.rng, site.finishes, 1, "shrub")
    materials[:, plants.WOOD] = site.finishes.named["hedge"]
    put_along(site, mesh, materials, *start, relative)


def sow_grass(site: Site, names: Sequence[str], count: int, within: float = 11.0) -> None:
    """Tufts of grass near the camera, where the ground has one of these finishes."""
    rng, ground = site.rng, site.ground
    aside = site.stand.aside + rng.uniform(-within, within, count)
    ahead = rng.uniform(0.8, within * 1.6, count)
    grown = np.isin(material_at(ground, aside, ahead), [site.finishes.named[name] for name in names])
    if grown.any():
        number = int(grown.sum())
        mesh = plants.tuft(int(rng.integers(plants.VARIETIES)))
        materials = plant_materials(rng, site.finishes, 1, "blade")
        turns, shape = rng.uniform(0, 6.28, number), rng.uniform(0.35, 1.1, (number, 3))
        put(site, mesh, materials, aside[grown], ahead[grown], turns, scales=shape)


def far_woods(site: Site, aside: NDArray[np.float64], ahead: NDArray[np.float64], height: tuple[float, float]) -> None:
    """Clumps of trees far away."""
    rng = site.rng
    count = len(aside)
    high, turns = rng.uniform(*height, count), rng.uniform(0, 6.28, count)
    shape = np.stack([high * rng.uniform(0.8, 1.5, count), high, high * rng.uniform(0.8, 1.5, count)], axis=1)
    greens = np.array([site.finishes.named[name] for name in ("forest", "dark forest", "pale forest")])
    materials = np.repeat(greens[rng.integers(0, 3, (count, 1))], 3, axis=1)
    mesh = plants.thicket(int(rng.integers(plants.VARIETIES)))
    put(site, mesh, materials, aside, ahead, turns, scales=shape, above=-0.3)
