"""Tunnels, pipes and caves, seen along."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.synth import shapes
from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder, drawn_paint
from spnet.synth.layouts.clutter import views
from spnet.synth.layouts.clutter.light import hanging_lamps, warm
from spnet.synth.layouts.clutter.palette import textured
from spnet.synth.scene import Material, Mesh, Scene, Sky


def tunnel(builder: Builder, camera: Camera) -> Scene:
    """A tunnel, pipe or cave that bends away, lit by lamps along it, open or closed at its end."""
    rng = builder.rng
    radius = float(np.exp(rng.uniform(np.log(0.15), np.log(4))))
    length = radius * rng.uniform(8, 50)
    path = _bending(rng, length)
    material = builder.material(textured(builder, radius))
    builder.add(
        solids.faceted(_wall(rng, path, radius, material)) if rng.random() < 0.3 else _wall(rng, path, radius, material)
    )
    _ribs(builder, path, radius)
    _cables(builder, path, radius)
    ahead = path[1] - path[0]
    eye = path[0] + 0.15 * ahead + radius * np.array([rng.uniform(-0.35, 0.35), rng.uniform(-0.3, 0.4), 0.0])
    target = path[len(path) // 5] + radius * rng.uniform(-0.3, 0.3, 3)
    view = views.held_at(camera, rng, eye, target)
    under = path[[1, len(path) // 4, len(path) // 2, -2]] + radius * np.array([0.0, 0.7, 0.0])
    lamps = hanging_lamps(builder, under, radius, 0.5 * radius)
    open_ended = rng.random() < 0.6
    if not open_ended:
        _close(builder, path, radius)
    bright = rng.uniform(0.5, 2.0) if open_ended else 0.3
    sky = Sky(warm(rng, bright), warm(rng, bright), warm(rng, 0.5 * bright), clouds=0.2, haze=rng.uniform(0, 0.3))
    return builder.scene("clutter", view, lamps, sky=sky, ambient=warm(rng, rng.uniform(0.15, 0.5)), reach=3 * radius)


def _bending(rng: Generator, length: float) -> NDArray[np.float64]:
    """A path (56,3) from the origin along -z that bends, with shorter steps at its start."""
    t = np.linspace(0, 1, 56) ** 1.6
    bends = [
        rng.uniform(0.0, 0.12) * length * (1 - np.cos(rng.uniform(1, 6) * t)) * rng.choice([-1, 1]) for _ in range(2)
    ]
    return np.stack([bends[0], 0.4 * bends[1], -length * t], axis=1)


def _section(rng: Generator, sides: int) -> NDArray[np.float64]:
    """A closed outline (sides+1, 2) about the origin, about one metre in radius: round, square, an arch, a barrel."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    kind = rng.random()
    if kind < 0.35:
        return ring
    if kind < 0.6:
        power = rng.uniform(4, 12)
        return ring / (np.abs(ring) ** power).sum(axis=1, keepdims=True) ** (1 / power)
    ring[:, 1] = np.maximum(ring[:, 1], -rng.uniform(0.4, 0.7))
    return ring * (1, rng.uniform(0.8, 1.4))


def _wall(rng: Generator, path: NDArray[np.float64], radius: float, material: int) -> Mesh:
    sides = 28
    outline = radius * _section(rng, sides)
    forward = np.gradient(path, axis=0)
    side = np.stack([-forward[:, 2], 0 * forward[:, 0], forward[:, 0]], axis=1)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    points = path[:, None] + outline[:, 0, None] * side[:, None] + outline[:, 1, None] * np.array([0.0, 1.0, 0.0])
    if rng.random() < 0.4:
        rough = np.sin(points @ rng.normal(0, 1.6 / radius, (3, 5)) + rng.uniform(0, 6, 5)).sum(axis=-1, keepdims=True)
        points = path[:, None] + (points - path[:, None]) * (1 + rng.uniform(0.04, 0.11) * rough)
        points[:, -1] = points[:, 0]
    return shapes.surface(points, material)


def _ribs(builder: Builder, path: NDArray[np.float64], radius: float) -> None:
    """Rings around the tunnel at equal distances."""
    rng = builder.rng
    if rng.random() < 0.5:
        return
    paint = builder.material(Material(drawn_paint(rng), gloss=0.4))
    ring = solids.torus(0.98 * radius, radius * rng.uniform(0.02, 0.06), material=paint)
    at = path[2 :: int(rng.integers(3, 7))]
    poses = solids.poses(at)
    poses[:, :3, :3] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    builder.add(solids.repeated(ring, poses))


def _cables(builder: Builder, path: NDArray[np.float64], radius: float) -> None:
    """Pipes and cables along the walls."""
    rng = builder.rng
    for angle in rng.uniform(0, 2 * np.pi, int(rng.integers(0, 4))):
        paint = builder.material(Material(drawn_paint(rng), gloss=0.5, metal=float(rng.random() < 0.3)))
        offset = 0.78 * radius * np.array([np.cos(angle), np.sin(angle), 0.0])
        builder.add(shapes.tube(path + offset, radius * rng.uniform(0.01, 0.08), 7, paint))


def _close(builder: Builder, path: NDArray[np.float64], radius: float) -> None:
    """A wall at the tunnel's end."""
    wall = builder.material(textured(builder, radius))
    builder.add(solids.boxes(path[-1], (3 * radius, 3.5 * radius, 0.01), material=wall))
