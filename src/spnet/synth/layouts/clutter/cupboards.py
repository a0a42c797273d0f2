"""Walls of pigeonholes with things in them."""

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.synth import shapes
from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.clutter import views
from spnet.synth.layouts.clutter.light import warm
from spnet.synth.layouts.clutter.palette import draw_palette
from spnet.synth.layouts.clutter.things import draw_things, put
from spnet.synth.scene import Light, Scene


def cupboard(builder: Builder, camera: Camera) -> Scene:
    """A wall of pigeonholes with things in them, seen from near."""
    rng = builder.rng
    hole, depth = rng.uniform((0.2, 0.2), (0.9, 0.6)), rng.uniform(0.2, 0.7)
    count = rng.integers((3, 3), (8, 7))
    board = rng.uniform(0.01, 0.04)
    size = count * hole
    wood, back = (builder.material(builder.textured(("wood", "wall", "metal"), gloss=0.2)) for _ in range(2))
    x, y = (np.arange(number + 1) * step for number, step in zip(count, hole, strict=True))
    upright = np.stack([x - size[0] / 2, 0 * x + size[1] / 2, 0 * x - depth / 2], axis=1)
    across = np.stack([0 * y, y, 0 * y - depth / 2], axis=1)
    builder.add(solids.boxes(upright, (board, size[1], depth), material=wood))
    builder.add(solids.boxes(across, (size[0], board, depth), material=wood))
    margin = 8.0
    aside = np.array([(sign * (size[0] + margin) / 2, size[1] / 2, -depth / 2) for sign in (-1, 1)])
    above = np.array([(0, size[1] / 2 + sign * (size[1] + margin) / 2, -depth / 2) for sign in (-1, 1)])
    builder.add(solids.boxes(aside, (margin, size[1] + 2 * margin, depth + 0.01), material=back))
    builder.add(solids.boxes(above, (size[0], margin, depth + 0.01), material=back))
    builder.add(shapes.quad((-size[0], -1, -depth), (2 * size[0], 0, 0), (0, size[1] + 2, 0), back))
    _stock(builder, x[:-1] - size[0] / 2, y[:-1] + board / 2, hole - board, depth)
    away = float(np.exp(rng.uniform(np.log(0.35), np.log(2.2))))
    target = np.array([rng.uniform(-0.3, 0.3) * size[0], rng.uniform(0.25, 0.75) * size[1], -depth])
    eye = np.array([target[0] + rng.normal(0, 0.4) * away, target[1] + rng.normal(0, 0.25) * away, away])
    view = views.held_at(camera, rng, eye, target)
    lamps = [
        Light(
            warm(rng, rng.uniform(1, 2) * (0.15 + away**2 + 1)),
            position=(target[0] + side, float(size[1] + 0.3), away + 0.6),
            shadows=side > 0,
        )
        for side in (rng.uniform(-1, 0), rng.uniform(0.1, 1))
    ]
    return builder.scene("clutter", view, lamps, ambient=warm(rng, rng.uniform(0.3, 0.6)), reach=4.0)


def _stock(
    builder: Builder, left: NDArray[np.float64], bottom: NDArray[np.float64], hole: NDArray[np.float64], depth: float
) -> None:
    """Stand things into pigeonholes given by their left and lower edges, beside each other."""
    rng = builder.rng
    palette = draw_palette(builder, 0.2, int(rng.integers(5, 12)))
    things = draw_things(builder, int(rng.integers(6, 14)), palette)
    extents = []
    for thing in things:
        positions, _ = thing.surface(builder)
        extents.append((positions.min(axis=0), positions.max(axis=0)))
    poses: list[list[NDArray[np.float64]]] = [[] for _ in things]
    for start in left:
        for level in bottom:
            place, end = start + 0.03, start + hole[0] - 0.01
            for kind in rng.integers(len(things), size=int(rng.integers(0, 10))):
                low, high = extents[kind]
                wide, tall, deep = high - low
                scale = min(rng.uniform(0.35, 0.95) * hole[1] / tall, 0.9 * depth / deep)
                if things[kind].triangles > 1500 or place + scale * wide > end:
                    continue
                pose = np.diag([scale, scale, scale, 1.0])
                pose[:3, 3] = (
                    place - scale * low[0],
                    level - scale * low[1],
                    -0.5 * depth - scale * (low[2] + high[2]) / 2,
                )
                pose[2, 3] += rng.uniform(-0.5, 0.5) * (0.95 * depth - scale * deep)
                poses[kind].append(pose)
                place += scale * wide * rng.uniform(1.02, 1.5)
    for thing, own in zip(things, poses, strict=True):
        if own:
            put(builder, thing, np.array(own), palette)
