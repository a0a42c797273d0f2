"""Flat surfaces full of edges that are none of depth: posters, stripes, checks, shadows."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.synth import shapes
from spnet.synth.layouts.builder import Builder, drawn_paint
from spnet.synth.layouts.clutter import lattices, views
from spnet.synth.layouts.clutter.light import daylight, warm
from spnet.synth.layouts.clutter.palette import textured
from spnet.synth.scene import Light, Material, Mesh, Scene


def flat(builder: Builder, camera: Camera) -> Scene:
    """Walls and floor of patches in one plane each, seen aslant, at times with the shadow of something out of sight."""
    rng = builder.rng
    size = float(np.exp(rng.uniform(np.log(0.6), np.log(15))))
    materials = [builder.material(_patch(builder, size)) for _ in range(int(rng.integers(3, 16)))]
    floor = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
    floor[:3, 3] = (0, 0, 7 * size)
    builder.add(_patched(rng, 12 * size, 8 * size, materials), floor)
    builder.add(_patched(rng, 12 * size, 6 * size, materials))
    if rng.random() < 0.4:
        side = shapes.pose(
            (rng.choice([-1, 1]) * rng.uniform(1.5, 3) * size, 0, 0), rng.choice([-1, 1]) * rng.uniform(0.8, 1.6)
        )
        builder.add(_patched(rng, 8 * size, 5 * size, materials), side)
    eye = size * np.array([rng.uniform(-1.2, 1.2), rng.uniform(0.5, 2.2), rng.uniform(1.6, 4.5)])
    target = size * np.array([rng.uniform(-1.6, 1.6), rng.uniform(0.0, 2.0), 0.0])
    view = views.held_at(camera, rng, eye, target)
    _, sky, ambient = daylight(rng)
    way = np.array([rng.uniform(-0.7, 0.7), rng.uniform(0.4, 1.2), 1.0])
    sun = Light(warm(rng, rng.uniform(1.2, 3.0)), direction=tuple((way / np.linalg.norm(way)).tolist()), softness=0.01)
    if rng.random() < 0.6:
        _shade(builder, size, way)
    return builder.scene("clutter", view, [sun], sky=sky, ambient=ambient, reach=7 * size)


def _patch(builder: Builder, size: float) -> Material:
    rng = builder.rng
    pictures = builder.bank.textures_of("picture")
    kind = rng.random()
    if kind < 0.3 and pictures:
        return Material((1.0, 1.0, 1.0), int(rng.choice(pictures)), repeat=rng.uniform(0.3, 1.2) * size, gloss=0.2)
    if kind < 0.65:
        return Material(drawn_paint(rng), gloss=rng.uniform(0.02, 0.4))
    return textured(builder, size)


def _patched(rng: Generator, width: float, height: float, materials: list[int]) -> Mesh:
    """A rectangle in the plane z = 0 standing on y = 0, cut into patches of those materials."""
    pieces = _cut(rng) if rng.random() < 0.5 else _checked(rng)
    left, bottom, right, top = (pieces * (width, height, width, height)).T
    middle = np.stack([(left + right - width) / 2, (bottom + top) / 2, 0 * left], axis=1)
    along, up = np.zeros_like(middle), np.zeros_like(middle)
    along[:, 0], up[:, 1] = right - left, top - bottom
    mesh = shapes.cards(middle, along, up)
    mesh.vertices["uv"] *= np.repeat(np.stack([right - left, top - bottom], axis=1), 4, axis=0)
    mesh.vertices["material"] = np.repeat(_shared_out(rng, materials, len(pieces)), 4)
    # Patches of different sizes meet within edges, where rounding leaves gaps between their triangles.
    behind = shapes.quad((-width / 2, 0, -1e-4 * width), (width, 0, 0), (0, height, 0), materials[0])
    return shapes.join([mesh, behind])


def _shared_out(rng: Generator, materials: list[int], count: int) -> NDArray[np.int64]:
    """A material for each patch: any, or mostly the first, so that the others look like posters on a wall."""
    chosen = rng.choice(materials, count)
    return np.where(rng.random(count) < rng.choice([0.0, 0.75]), materials[0], chosen)


def _cut(rng: Generator) -> NDArray[np.float64]:
    """The unit square cut into rectangles (left, bottom, right, top), the largest first."""
    pieces = [(0.0, 0.0, 1.0, 1.0)]
    for _ in range(int(rng.integers(10, 70))):
        areas = [(right - left) * (top - bottom) for left, bottom, right, top in pieces]
        left, bottom, right, top = pieces.pop(int(np.argmax(areas)))
        share = rng.uniform(0.2, 0.8)
        if rng.random() < (right - left) / (right - left + top - bottom):
            middle = left + share * (right - left)
            pieces += [(left, bottom, middle, top), (middle, bottom, right, top)]
        else:
            middle = bottom + share * (top - bottom)
            pieces += [(left, bottom, right, middle), (left, middle, right, top)]
    return np.array(pieces)


def _checked(rng: Generator) -> NDArray[np.float64]:
    """Squares or stripes."""
    columns, rows = rng.choice([1, 8, 16, 24, 40], 2)
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    low = np.stack([x / columns, y / rows], axis=-1).reshape(-1, 2)
    return np.concatenate([low, low + 1 / np.array([columns, rows])], axis=1)


def _shade(builder: Builder, size: float, way: NDArray[np.float64]) -> None:
    """Something before the sun, behind the camera, that throws its shadow on what is seen."""
    rng = builder.rng
    dark = builder.material(Material(drawn_paint(rng)))
    mesh = lattices.panel(rng, 9 * size, 7 * size, size * rng.uniform(0.3, 1.2), dark)
    turn = float(np.arctan2(way[0], way[2]))
    middle = np.array([0.0, size, 0.0]) + way / np.linalg.norm(way) * 8 * size
    builder.add(mesh, shapes.pose(middle - (0, 3.5 * size, 0), turn))
