"""A place in the making: the ground, what stands on it already, and how to put more there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from spnet.synth.assets.bank import Model
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street import bulk
from spnet.synth.layouts.street.finishes import Finishes, fitting_materials
from spnet.synth.layouts.street.ground import Ground, heading, land_points, points
from spnet.synth.layouts.street.views import Stand
from spnet.synth.scene import Mesh

MODEL_TRIANGLES = 15_000
"""What all of the bank's models in a scene may have together."""


@dataclass(eq=False)
class Site:
    """Everything that the makers of places share; what they add is kept here and in the builder."""

    builder: Builder
    finishes: Finishes
    ground: Ground
    stand: Stand
    fittings: NDArray[np.int64]
    """The materials of `fittings.Part`."""
    taken: list[tuple[float, float, float]] = field(default_factory=list)
    """Aside, ahead and radius of what stands there."""
    lamps: list[tuple[float, float, float]] = field(default_factory=list)
    """World points of lit lamps."""
    spent: int = 0
    """Triangles of models so far."""
    models: dict[str, list[int]] = field(default_factory=dict)
    """Of the bank, by role."""
    palettes: list[NDArray[np.int64]] = field(default_factory=list)
    """The materials of houses so far."""

    @property
    def rng(self) -> Generator:
        """All choices are drawn from it."""
        return self.builder.rng


def open_site(builder: Builder, finishes: Finishes, ground: Ground, stand: Stand) -> Site:
    """A site with nothing on it but the camera."""
    site = Site(builder, finishes, ground, stand, fitting_materials(builder, finishes))
    site.taken.append((stand.aside, 0.0, 1.7))
    for index, model in enumerate(builder.bank.models):
        site.models.setdefault(model.role, []).append(index)
    return site


def claim(site: Site, aside: float, ahead: float, radius: float) -> bool:
    """Whether a round place is free; if so it is taken from now on."""
    for other_aside, other_ahead, other in site.taken:
        if math.hypot(aside - other_aside, ahead - other_ahead) < radius + other:
            return False
    site.taken.append((aside, ahead, radius))
    return True


def facing(site: Site, ahead: ArrayLike, relative: ArrayLike = 0.0) -> NDArray[np.float64]:
    """The turn (N,) of something that faces along the way there, or that is turned from it to the left."""
    return heading(site.ground, ahead) + np.asarray(relative)


def put(
    site: Site,
    mesh: Mesh,
    materials: ArrayLike,
    aside: ArrayLike,
    ahead: ArrayLike,
    relative: ArrayLike = 0.0,
    *,
    scales: ArrayLike = 1.0,
    above: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Stand copies of a mesh on the ground, their fronts turned from the way to the left by `relative`.

    Returns:
        Their poses (N,4,4).
    """
    places = points(site.ground, aside, ahead, above)
    along = np.broadcast_to(np.asarray(ahead, np.float64).reshape(-1), len(places))
    matrices = bulk.poses(places, facing(site, along, relative), scales)
    site.builder.add(bulk.repeated(mesh, matrices, materials))
    return matrices


def put_along(site: Site, mesh: Mesh, materials: ArrayLike, aside: float, ahead: float, relative: float) -> None:
    """Set up something long, such as a fence along its own +x, so that it follows the ground and the way's bend."""
    own = mesh.vertices["position"].astype(np.float64)
    turn = np.pi + relative
    over = own[:, 0] * np.cos(turn) + own[:, 2] * np.sin(turn)
    along = own[:, 0] * np.sin(turn) - own[:, 2] * np.cos(turn)
    step = points(site.ground, aside, ahead)[0, 1] - land_points(site.ground, aside, ahead)[0, 1]
    vertices = mesh.vertices.copy()
    vertices["position"] = land_points(site.ground, aside + over, ahead + along, own[:, 1] + step)
    vertices["normal"] = bulk.repeated(mesh, bulk.poses([(0, 0, 0)], facing(site, ahead, relative))).vertices["normal"]
    vertices["material"] = np.asarray(materials).reshape(-1)[vertices["material"]]
    site.builder.add(Mesh(vertices, mesh.triangles))


def lay_marks(site: Site, aside: NDArray[np.float64], ahead: NDArray[np.float64], wide: float, long: float) -> None:
    """Painted strips (N) on the ground about places, thick enough not to flicker with it."""
    corners = [(-wide / 2, -long / 2), (wide / 2, -long / 2), (wide / 2, long / 2), (-wide / 2, long / 2)]
    around = [points(site.ground, aside + over, ahead + along, 0.012) for over, along in corners]
    site.builder.add(bulk.faces(np.stack(around, axis=1), site.finishes.named["marking"]))


def tilted(site: Site, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Poses (N,4,4) of vehicles at places (N,3) of aside, ahead and turn, pitched as the ground under their axles."""
    aside, ahead, relative = places.T
    turn = facing(site, ahead, relative)
    over, along = 1.4 * np.sin(turn), -1.4 * np.cos(turn)
    axles = points(
        site.ground, np.concatenate([aside + over, aside - over]), np.concatenate([ahead + along, ahead - along])
    )
    front, rear = np.split(axles, 2)
    poses = np.zeros((len(places), 4, 4))
    forward = bulk.unit(front - rear)
    side = np.stack([forward[:, 2], np.zeros(len(places)), -forward[:, 0]], axis=1)
    poses[:, :3, 2] = forward
    poses[:, :3, 0] = side = bulk.unit(side)
    poses[:, :3, 1] = np.cross(forward, side)
    poses[:, :3, 3] = (front + rear) / 2
    poses[:, 3, 3] = 1
    return poses


def models_of(site: Site, roles: Sequence[str], *, low: float = 0.0, high: float = 1e9, wide: float = 1e9) -> list[int]:
    """The bank's models of these roles whose height lies between two, and that are not wider or deeper than `wide`."""
    models = site.builder.bank.models
    sizes = ((index, models[index].size) for role in roles for index in site.models.get(role, ()))
    return [index for index, size in sizes if low <= size[1] <= high and max(size[0], size[2]) <= wide]


def place_models(
    site: Site, choices: Sequence[int], poses: NDArray[np.float64], which: Sequence[int]
) -> dict[int, Model]:
    """Put a model at each of those of the poses (N,4,4), as long as the triangles suffice; what was put at which."""
    placed: dict[int, Model] = {}
    for index in which if choices else ():
        number = choices[int(site.rng.integers(len(choices)))]
        model = site.builder.bank.models[number]
        if site.spent + model.count <= MODEL_TRIANGLES:
            site.spent += model.count
            site.builder.place(number, poses[index], site.builder.painted(model, 0.25))
            placed[index] = model
    return placed
