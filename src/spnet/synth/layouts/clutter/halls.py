"""Halls of columns and stair wells."""

import numpy as np
from numpy.random import Generator

from spnet.camera import Camera
from spnet.synth import shapes
from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.clutter import views
from spnet.synth.layouts.clutter.light import hanging_lamps, warm
from spnet.synth.scene import Mesh, Scene, Sky


def columns(builder: Builder, camera: Camera) -> Scene:
    """A hall of columns with lamps, its sides open to daylight at times."""
    rng = builder.rng
    pitch, high = rng.uniform(1.5, 6.0), rng.uniform(2.3, 9.0)
    rows, count = int(rng.integers(2, 6)), int(rng.integers(5, 14))
    wide, deep = rows * pitch, count * pitch
    stone = builder.material(builder.textured(("stone",), gloss=0.2))
    _shell(builder, wide, deep + 2 * pitch, high)
    across, along = np.meshgrid(np.arange(rows) - (rows - 1) / 2, 0.5 + np.arange(count))
    places = pitch * np.stack([across, 0 * across, -along], axis=-1).reshape(-1, 3)
    column = _column(rng, min(0.12 * pitch, 0.2 * high), high, stone)
    builder.add(solids.repeated(column, solids.poses(places)))
    eye = np.array(
        [rng.uniform(-0.3, 0.3) * pitch + (rows % 2) * 0.5 * pitch, high * rng.uniform(0.25, 0.7), 0.3 * pitch]
    )
    target = np.array([rng.uniform(-0.4, 0.4) * wide, high * rng.uniform(0.2, 0.8), -0.5 * deep])
    under = np.array([(0.0, 0.93 * high, -share * deep) for share in (0.1, 0.4, 0.75)])
    lamps = hanging_lamps(builder, under, high, 0.1 * high)
    bright = rng.uniform(0.6, 1.5)
    sky = Sky((0.5 * bright, 0.6 * bright, 0.9 * bright), (bright, bright, bright), clouds=0.3)
    view = views.held_at(camera, rng, eye, target)
    return builder.scene("clutter", view, lamps, sky=sky, ambient=warm(rng, rng.uniform(0.25, 0.6)), reach=2 * high)


def _shell(builder: Builder, wide: float, deep: float, high: float) -> None:
    """Floor, ceiling and some of the walls, `wide` metres to both sides and about `deep` metres ahead."""
    rng = builder.rng
    floor = builder.material(builder.textured(("floor", "road"), gloss=0.3))
    ceiling = builder.material(builder.textured(("ceiling", "facade"), gloss=0.05))
    wall = builder.material(builder.textured(("wall", "brick"), gloss=0.05))
    front = 0.1 * deep
    back = front - deep
    builder.add(shapes.quad((-wide, 0, front), (2 * wide, 0, 0), (0, 0, -deep), floor))
    builder.add(shapes.quad((-wide, high, back), (2 * wide, 0, 0), (0, 0, deep), ceiling))
    if rng.random() < 0.7:
        builder.add(shapes.quad((-wide, 0, back), (2 * wide, 0, 0), (0, high, 0), wall))
        builder.add(shapes.quad((wide, 0, front), (-2 * wide, 0, 0), (0, high, 0), wall))
    for side in (-1, 1):
        if rng.random() < 0.6:
            start = front if side < 0 else back
            builder.add(shapes.quad((side * wide, 0, start), (0, 0, side * deep), (0, high, 0), wall))


def _column(rng: Generator, radius: float, high: float, material: int) -> Mesh:
    """A column with a foot and a head, round or with corners."""
    if rng.random() < 0.3:
        return solids.boxes((0, high / 2, 0), (1.7 * radius, high, 1.7 * radius), material=material)
    foot = radius * rng.uniform(1.1, 1.6)
    slim = radius * rng.uniform(0.75, 1.0)
    block = 0.06 * high
    base, head = [(foot, 0), (foot, block), (radius, 1.3 * block)], [(slim, high - 1.3 * block), (foot, high - block)]
    rims = np.repeat([*base, *head, (foot, high)], 2, axis=0)[1:-1]  # doubled, so that they are sharp
    return shapes.lathe(rims, int(rng.choice([6, 8, 20, 20])), material)


def stair_well(builder: Builder, camera: Camera) -> Scene:
    """A winding stair around a well, seen from inside it, downwards or upwards."""
    rng = builder.rng
    radius, rise = rng.uniform(1.2, 4.0), rng.uniform(0.15, 0.2)
    inner, steps = radius * rng.uniform(0.3, 0.5), int(rng.integers(40, 110))
    high = steps * rise
    _winding_stair(builder, inner, radius, rise, steps)
    wall = builder.material(builder.textured(("wall", "brick"), gloss=0.05))
    builder.add(shapes.lathe([(radius, high + 2.5), (radius, -1.0)], 40, wall))
    for lid in (-1.0, high + 2.5):
        builder.add(solids.boxes((0, lid, 0), (2.2 * radius, 0.02, 2.2 * radius), material=wall))
    downwards = rng.random() < 0.6
    level_of_eye = high * rng.uniform(0.7, 1.0) + 1.0 if downwards else rng.uniform(0.2, 2.0)
    eye = np.array([rng.uniform(-0.4, 0.4) * inner, level_of_eye, rng.uniform(-0.4, 0.4) * inner])
    aside = rng.uniform(-1, 1, 2) * radius * rng.uniform(0.2, 1.2)
    target = np.array([aside[0], level_of_eye + (-1 if downwards else 1) * rng.uniform(0.35, 0.8) * high, aside[1]])
    under = np.array([(0.5 * inner, share * high + 1.8, 0.0) for share in (0.97, 0.6, 0.25)])
    lamps = hanging_lamps(builder, under, 2 * radius, high)
    view = views.held_at(camera, rng, eye, target)
    return builder.scene("clutter", view, lamps, ambient=warm(rng, rng.uniform(0.25, 0.6)), reach=2 * radius)


def _winding_stair(builder: Builder, inner: float, outer: float, rise: float, steps: int) -> None:
    """Treads between two radii about the vertical axis, with a railing at the inner one."""
    rng, around = builder.rng, int(builder.rng.integers(14, 30))
    tread = builder.material(builder.textured(("wood", "stone", "floor"), gloss=0.3))
    rail = builder.material(builder.textured(("metal", "wood"), gloss=0.5))
    angle = 2 * np.pi * np.arange(steps) / around
    frames = solids.poses(np.zeros((steps, 3)), turn=angle)[:, :3, :3]
    lift = rise * np.arange(steps)[:, None] * np.array([0.0, 1.0, 0.0])
    out = frames[:, :, 2]
    size = (2.1 * np.pi * outer / around, rise * rng.uniform(0.3, 1.0), outer - inner)
    builder.add(solids.boxes(out * (inner + outer) / 2 + lift, size, frames, tread))
    foot = 1.05 * inner * out + lift
    head = foot + np.array([0, 0.95, 0])
    builder.add(solids.rods(foot, head, 0.012, 5, rail))
    builder.add(solids.rods(head[:-1], head[1:], 0.03, 6, rail))
