"""What clutter is made of: solids drawn by chance and models of the bank, in any size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder
from spnet.synth.scene import Mesh

_UP = np.array([0.0, 1.0, 0.0])
_LARGEST_MODEL = 8000
_UNFIT = ("wall", "building", "rug", "curtain", "window", "door", "picture")


@dataclass(frozen=True, eq=False)
class Thing:
    """A solid (with `mesh`) or a model of the bank (with `model`), of about one metre if scaled by `scale`."""

    mesh: Mesh | None
    model: int | None
    scale: float
    """1 / its largest extent."""
    triangles: int
    upright: bool
    """It would look wrong lying or hanging on its head in a tidy place."""

    def surface(self, builder: Builder) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Its positions (V,3) and triangles (T,3), in its own axes and size."""
        if self.mesh is not None:
            return self.mesh.vertices["position"].astype(np.float64), self.mesh.triangles
        model = builder.bank.models[self.model or 0]
        triangles = builder.bank.triangles[model.first : model.first + model.count]
        first, last = int(triangles.min()), int(triangles.max()) + 1
        return builder.bank.vertices["position"][first:last].astype(np.float64), triangles - first


def draw_things(builder: Builder, count: int, palette: Sequence[int], modelled: float = 0.5) -> list[Thing]:
    """Different things; that share of them is models, as far as the bank has any."""
    rng = builder.rng
    roles = [role for role in _roles(builder) if role not in _UNFIT]
    things = []
    for _ in range(count):
        thing = _model(builder, roles) if roles and rng.random() < modelled else None
        things.append(thing or solid(rng, palette))
    return things


def put(builder: Builder, thing: Thing, poses: NDArray[np.float64], palette: Sequence[int]) -> None:
    """Put copies of a thing into the scene under poses (N,4,4), painted differently."""
    if thing.mesh is None:
        model = thing.model or 0
        for pose in poses:
            builder.place(model, pose, builder.painted(builder.bank.models[model]))
    else:
        builder.add(solids.repeated(thing.mesh, poses, builder.rng.choice(palette, len(poses))))


def solid(rng: Generator, palette: Sequence[int]) -> Thing:
    """A solid of one metre, of any kind."""
    draws = (
        _brick, _ball, _drum, _cone, _ring, _pillow, _prism, _star, _vase, _pipe, _knot, _coil, _stairs, _letter, _rock,
        _crate, _frame, _stool,
    )  # fmt: skip
    shares = np.array([14, 7, 10, 5, 6, 7, 5, 4, 7, 6, 3, 3, 3, 7, 9, 6, 4, 5], np.float64)
    mesh = draws[int(rng.choice(len(draws), p=shares / shares.sum()))](rng)
    mesh.vertices["material"] = palette[int(rng.integers(len(palette)))]
    low, high = mesh.vertices["position"].min(axis=0), mesh.vertices["position"].max(axis=0)
    return Thing(mesh, None, 1 / float((high - low).max()), len(mesh.triangles), upright=False)


def _roles(builder: Builder) -> list[str]:
    return sorted({model.role for model in builder.bank.models})


def _model(builder: Builder, roles: Sequence[str]) -> Thing | None:
    """A model of any role that is not too detailed, each role as often as the others."""
    bank, role = builder.bank, builder.rng.choice(np.array(roles))
    index = int(builder.rng.choice(bank.models_of(str(role))))
    model = bank.models[index]
    if model.count > _LARGEST_MODEL:
        return None
    return Thing(None, index, 1 / max(model.size), model.count, upright=role != "small")


def _brick(rng: Generator) -> Mesh:
    size = np.exp(rng.uniform(np.log(0.12), 0, 3)) if rng.random() < 0.8 else rng.uniform(0.04, 1, 3)
    return solids.boxes((0, size[1] / 2, 0), size)


def _ball(rng: Generator) -> Mesh:
    radii = np.full(3, 0.5) if rng.random() < 0.6 else rng.uniform(0.2, 0.5, 3)
    return solids.superellipsoid(radii)


def _drum(rng: Generator) -> Mesh:
    radius = np.exp(rng.uniform(np.log(0.08), np.log(0.6)))
    return solids.frustum(radius, radius * (1 if rng.random() < 0.7 else rng.uniform(0.5, 1.3)), 1.0)


def _cone(rng: Generator) -> Mesh:
    sides = int(rng.integers(3, 7)) if rng.random() < 0.5 else 20
    return solids.frustum(rng.uniform(0.25, 0.6), rng.choice([0.0, 0.1, 0.2]), 1.0, sides, smooth=sides == 20)


def _ring(rng: Generator) -> Mesh:
    return solids.torus(0.5, np.exp(rng.uniform(np.log(0.03), np.log(0.25))))


def _pillow(rng: Generator) -> Mesh:
    up, around = rng.uniform(0.15, 1.9, 2)
    return solids.superellipsoid(rng.uniform(0.15, 0.5, 3), (up, around), rings=12, sides=20)


def _prism(rng: Generator) -> Mesh:
    angle = np.linspace(0, 2 * np.pi, int(rng.integers(4, 10)))[:-1]
    return solids.prism(0.5 * np.stack([np.sin(angle), np.cos(angle)], axis=1), rng.uniform(0.1, 1.2))


def _star(rng: Generator) -> Mesh:
    points = int(rng.integers(4, 14))
    angle = np.linspace(0, 2 * np.pi, 2 * points + 1)[:-1]
    radius = np.where(np.arange(2 * points) % 2, rng.uniform(0.2, 0.42), 0.5)[:, None]
    return solids.prism(radius * np.stack([np.sin(angle), np.cos(angle)], axis=1), rng.uniform(0.06, 0.4))


def _vase(rng: Generator) -> Mesh:
    radii = 0.3 * np.exp(np.convolve(rng.normal(0, 0.55, 11), np.ones(3) / 3, "valid"))
    return solids.vessel(radii, 1.0, rng.uniform(0.015, 0.05))


def _pipe(rng: Generator) -> Mesh:
    radius = rng.uniform(0.08, 0.4)
    return solids.pipe(radius, radius * rng.uniform(0.06, 0.3), 1.0)


def _knot(rng: Generator) -> Mesh:
    turns = [(2, 3), (3, 2), (2, 5), (3, 4)][int(rng.integers(4))]
    return solids.knot(0.35, rng.uniform(0.03, 0.11), turns)


def _coil(rng: Generator) -> Mesh:
    return solids.coil(rng.uniform(0.12, 0.4), 1.0, rng.uniform(3, 8), rng.uniform(0.015, 0.04))


def _stairs(rng: Generator) -> Mesh:
    steps = int(rng.integers(3, 9))
    return solids.staircase(rng.uniform(0.2, 0.9), rng.uniform(0.5, 1) / steps, 1 / steps, steps)


def _letter(rng: Generator) -> Mesh:
    """A plate of squares grown at random, with bays and holes as letters have them."""
    cells = np.zeros((5, 4), bool)
    row, column = 2, 2
    for step in rng.integers(0, 4, 22):
        cells[row, column] = True
        row = int(np.clip(row + (step == 0) - (step == 1), 0, 4))
        column = int(np.clip(column + (step == 2) - (step == 3), 0, 3))
    return solids.slab(cells, 0.2, rng.uniform(0.08, 0.4))


def _rock(rng: Generator) -> Mesh:
    """A ball with dents and bumps, cut into facets."""
    mesh = solids.superellipsoid(rng.uniform(0.3, 0.5, 3), rings=7, sides=11)
    ways, swing = rng.normal(0, 3.5, (3, 5)), rng.uniform(0.05, 0.16)
    points = mesh.vertices["position"].astype(np.float64)
    middle = points.mean(axis=0)
    swell = 1 + swing * np.sin((points - middle) @ ways + rng.uniform(0, 6, 5)).sum(axis=1, keepdims=True) / 1.5
    mesh.vertices["position"] = middle + (points - middle) * swell
    mesh.vertices["position"][:, 1] -= mesh.vertices["position"][:, 1].min()
    return solids.faceted(mesh)


def _crate(rng: Generator) -> Mesh:
    """A box open at the top, of panels or of slats."""
    wide, high, deep = rng.uniform(0.4, 1.0, 3)
    high *= 0.8
    thick = rng.uniform(0.015, 0.04)
    rows = 1 if rng.random() < 0.5 else int(rng.integers(3, 6))
    board = high / rows * (1.0 if rows == 1 else rng.uniform(0.5, 0.8))
    level = (np.arange(rows) + 0.5) * high / rows
    centres, sizes = [(0.0, thick / 2, 0.0)], [(wide, thick, deep)]
    for side in (-1, 1):
        centres += [(side * (wide - thick) / 2, y, 0.0) for y in level] + [
            (0.0, y, side * (deep - thick) / 2) for y in level
        ]
        sizes += [(thick, board, deep)] * rows + [(wide - 2 * thick, board, thick)] * rows
    return solids.boxes(centres, sizes)


def _frame(rng: Generator) -> Mesh:
    """The edges of a box."""
    size, thick = rng.uniform(0.4, 1.0, 3), rng.uniform(0.02, 0.07)
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (0, 1) for z in (-0.5, 0.5)])
    centres, sizes = [], []
    for axis in range(3):
        for corner in corners:
            if corner[axis] in (-0.5, 0):
                middle, long = corner * size, np.full(3, thick)
                middle[axis] = 0 if axis != 1 else size[1] / 2
                long[axis] = size[axis] + thick
                centres.append(middle + thick / 2 * _UP)
                sizes.append(long)
    return solids.boxes(centres, sizes)


def _stool(rng: Generator) -> Mesh:
    """A board on thin legs: a stool, a table, a trestle."""
    wide, deep, high = rng.uniform(0.35, 1), rng.uniform(0.3, 0.7), rng.uniform(0.4, 1.0)
    thick, splay = rng.uniform(0.02, 0.06), rng.uniform(0, 0.12)
    feet = np.array([(x * (wide / 2 - 0.05), 0.0, z * (deep / 2 - 0.05)) for x in (-1, 1) for z in (-1, 1)])
    heads = feet + (high - thick) * _UP
    feet = feet * (1 + splay, 1, 1 + splay)
    legs = solids.rods(feet, heads, rng.uniform(0.012, 0.03), 6)
    seat = solids.boxes((0, high - thick / 2, 0), (wide, thick, deep))
    rails = solids.rods((feet + heads)[[0, 1, 0, 2]] / 2, (feet + heads)[[1, 3, 2, 3]] / 2, 0.012, 5)
    return shapes.join([legs, seat, rails])
