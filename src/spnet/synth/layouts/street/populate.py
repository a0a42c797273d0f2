"""Vehicles, people and street furniture on a site: models of the bank near the camera, shapes elsewhere."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk, fittings, people, vehicles
from spnet.synth.layouts.street.finishes import clothes, vehicle_materials
from spnet.synth.layouts.street.ground import points
from spnet.synth.layouts.street.site import Site, claim, facing, models_of, place_models, tilted
from spnet.synth.layouts.street.spots import Placing, Spot, with_traffic
from spnet.synth.scene import Mesh

_MODELS_WITHIN = 40.0
_RADII = {  # metres around their middle that things of the street need
    "bench": 0.9, "bin": 0.5, "bollard": 0.25, "cabinet": 0.7, "sign": 0.4, "planter": 0.8, "traffic light": 0.4,
    "stall": 2.0, "shelter": 2.3, "fountain": 2.9, "hydrant": 0.3,
}  # fmt: skip


def stand_cars(site: Site, places: Sequence[Placing], *, lorries: float = 0.06, radius: float = 2.15) -> None:
    """Cars at those of the places that are free, `radius` metres about them; some are lorries or buses."""
    rng = site.rng
    nearest = sorted(places, key=lambda place: abs(place[1]))
    for large, share in ((True, lorries), (False, 1.0)):
        tried = [place for place in nearest if not large or rng.random() < share]
        free = [place for place in tried if claim(site, place[0], place[1], 4.5 if large else radius)]
        if not free:
            continue
        poses = tilted(site, np.array(free))
        near = [index for index, place in enumerate(free) if abs(place[1]) < _MODELS_WITHIN and rng.random() < 0.7]
        modelled = place_models(
            site, models_of(site, ("vehicle",) if large else ("car",), low=1.0, high=4.2), poses, near
        )
        others = [index for index in range(len(free)) if index not in modelled]
        make = vehicles.lorry if large else vehicles.car
        made = [make(int(number)) for number in rng.integers(0, vehicles.VARIETIES, 3)]
        _add_varied(site, made, poses[others], [vehicle_materials(site.builder, site.finishes) for _ in others])


def drive_cars(site: Site, lane: float, count: int) -> None:
    """Cars that drive in a lane whose middle is so far aside: the camera's way on the right, towards it on the left."""
    rng = site.rng
    ahead = np.cumsum(rng.uniform(7, 40, count)) + rng.uniform(4, 14)
    spots = [(lane + rng.normal(0, 0.15), float(place)) for place in ahead]
    stand_cars(site, with_traffic(rng, spots))


def stand_people(site: Site, places: Sequence[Spot]) -> None:
    """People at those of the places (aside, ahead) that are free; most walk along the way."""
    rng = site.rng
    free = [place for place in places if claim(site, *place, 0.35)]
    if not free:
        return
    along = rng.choice((0.0, np.pi), len(free)) + rng.normal(0, 0.3, len(free))
    turns = np.where(rng.random(len(free)) < 0.7, along, rng.uniform(0, 2 * np.pi, len(free)))
    poses = _standing(site, np.array(free), turns)
    near = [index for index, place in enumerate(free) if abs(place[1]) < _MODELS_WITHIN and rng.random() < 0.7]
    modelled = place_models(site, models_of(site, ("person",), low=1.3), poses, near)
    others = [index for index in range(len(free)) if index not in modelled]
    made = [people.person(int(number)) for number in rng.integers(0, people.VARIETIES, 3)]
    scales = rng.uniform(0.9, 1.1, (len(others), 1, 1)) * rng.uniform((0.9, 1, 0.9), (1.2, 1, 1.1), (len(others), 1, 3))
    poses = poses[others]
    poses[:, :3, :3] *= scales
    _add_varied(site, made, poses, [clothes(site.builder, site.finishes) for _ in others])


def stand_cycles(site: Site, places: Sequence[Placing]) -> None:
    """Bicycles at those of the places that are free."""
    rng = site.rng
    free = [place for place in places if claim(site, place[0], place[1], 0.4)]
    if not free:
        return
    there = np.array(free)
    poses = _standing(site, there, there[:, 2])
    near = [index for index in range(len(free)) if rng.random() < 0.6]
    modelled = place_models(site, models_of(site, ("cycle",)), poses, near)
    others = [index for index in range(len(free)) if index not in modelled]
    _add_varied(
        site, [vehicles.bicycle()], poses[others], [vehicle_materials(site.builder, site.finishes) for _ in others]
    )


def stand_things(site: Site, names: Sequence[str], places: Sequence[Placing], *, models: float = 0.4) -> None:
    """Street furniture at those of the places that are free: benches, bins and the like, by name."""
    rng = site.rng
    chosen: dict[str, list[Placing]] = {name: [] for name in names}
    for place in places:
        name = names[int(rng.integers(len(names)))]
        if claim(site, place[0], place[1], _RADII[name]):
            chosen[name].append(place)
    for name, free in chosen.items():
        if not free:
            continue
        there = np.array(free)
        poses = _standing(site, there, there[:, 2])
        few = [index for index in range(len(free)) if rng.random() < models]
        fitting = models_of(site, ("street",), low=0.3, high=2.2, wide=2 * _RADII[name]) if few else []
        modelled = place_models(site, fitting, poses, few)
        others = [index for index in range(len(free)) if index not in modelled]
        mesh = fittings.drawn_thing(rng, name)
        poses[:, 1, 3] -= 0.015  # a level foot on a slope
        _add_varied(site, [mesh], poses[others], [site.fittings] * len(others))


_PARTS_OF_OTHERS = ("chimney", "column", "board", "crossing", "net")
"""Words in the names of models that do not stand alone on a lawn."""


def stand_models(site: Site, roles: Sequence[str], places: Sequence[Placing]) -> None:
    """Models of the bank at those of the places that are free; nothing if it has none."""
    models = site.builder.bank.models
    fitting = models_of(site, roles, low=0.15, high=4.0, wide=3.5)
    choices = [index for index in fitting if not any(word in models[index].name.lower() for word in _PARTS_OF_OTHERS)]
    free = np.array([place for place in places if claim(site, place[0], place[1], 1.0)] if choices else []).reshape(
        -1, 3
    )
    if len(free):
        place_models(site, choices, _standing(site, free, free[:, 2]), range(len(free)))


def _standing(site: Site, places: NDArray[np.float64], turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upright poses (N,4,4) at places (N,2+)."""
    return bulk.poses(points(site.ground, places[:, 0], places[:, 1]), facing(site, places[:, 1], turns))


def _add_varied(
    site: Site, meshes: Sequence[Mesh], poses: NDArray[np.float64], materials: Sequence[NDArray[np.int64]]
) -> None:
    """One of the meshes under each of the poses, with its own materials."""
    which = site.rng.integers(0, len(meshes), len(poses))
    for index, mesh in enumerate(meshes):
        those = np.flatnonzero(which == index)
        if len(those):
            site.builder.add(bulk.repeated(mesh, poses[those], np.stack([materials[int(one)] for one in those])))
