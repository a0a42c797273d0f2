"""Heaps and scatterings of things that lie on the ground and on each other."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.clutter import stacking, views
from spnet.synth.layouts.clutter.stages import Stage
from spnet.synth.layouts.clutter.things import Thing, put
from spnet.synth.scene import View

_MOST_TRIANGLES = 45_000


def view_of(stage: Stage, camera: Camera, rng: Generator, nearness: float = 1.0) -> View:
    """A camera that looks at the stage's middle from within its space, above the ground."""
    distance = nearness * stage.spread / float(views.tan_half(camera)[0]) * rng.uniform(0.75, 1.7)
    elevation = np.radians(rng.uniform(9, 45) if rng.random() < 0.8 else rng.uniform(45, 88))
    turn = rng.uniform(0, 2 * np.pi)
    target = stage.middle + stage.spread * np.array([rng.normal(0, 0.15), rng.uniform(0, 0.25), rng.normal(0, 0.15)])
    margin = np.minimum(0.1 + 0.1 * distance, 0.2 * (stage.high - stage.low))
    eye = np.clip(target + distance * views.direction(elevation, turn), stage.low + margin, stage.high - margin)
    floor = float(stage.ground(eye[:1], eye[2:])[0])
    eye[1] = max(eye[1], floor + min(0.15 * distance, 0.5 * (stage.high[1] - floor)))
    return views.held_at(camera, rng, eye, target)


def pile(
    builder: Builder, stage: Stage, view: View, things: Sequence[Thing], palette: Sequence[int], count: int
) -> None:
    """Drop `count` things on the stage: in a heap, in several, or spread out."""
    rng = builder.rng
    cell = stage.size / 5
    side = int(min(2 * (1.4 * stage.spread + 1.2 * stage.size) / cell, 160))
    cell = max(cell, 2 * (1.4 * stage.spread + stage.size) / side)
    corner = stage.middle[[0, 2]] - cell * side / 2
    place = corner[:, None] + cell * np.arange(side)
    heap = stacking.heap_on(stage.ground(place[0][:, None], place[1][None, :]), corner, cell)
    tidy = rng.random() < 0.3
    ready = [_made_ready(builder, thing, tidy and rng.random() < 0.9) for thing in things]
    centres = _centres(rng, stage, count)
    sizes = stage.size * np.clip(np.exp(rng.normal(0, 0.45, count)), 0.25, 2.2)
    sizes = np.minimum(sizes, 0.35 * float((stage.high - stage.low).min()))
    left = _MOST_TRIANGLES
    poses: list[list[NDArray[np.float64]]] = [[] for _ in things]
    for spot, size, kind in zip(centres, np.sort(sizes)[::-1], rng.integers(len(things), size=count), strict=True):
        if things[kind].triangles > left:
            continue
        found = _best(rng, heap, ready[kind][1], spot, size, stage, view, steepest=0.25 if tidy else 0.65)
        if found is not None:
            stacking.drop(heap, found)
            poses[kind].append(found.pose @ ready[kind][0])
            left -= things[kind].triangles
    for thing, own in zip(things, poses, strict=True):
        if own:
            put(builder, thing, np.array(own), palette)


def _made_ready(builder: Builder, thing: Thing, upright: bool) -> tuple[NDArray[np.float64], stacking.Outline]:
    """The pose in which a thing of one metre lies, and its outline then."""
    positions, triangles = thing.surface(builder)
    points = thing.scale * stacking.sampled(positions, triangles)
    pose = np.eye(4)
    if not upright and builder.rng.random() < (0.5 if thing.upright else 0.75):
        pose[:3, :3] = views.any_rotation(builder.rng)
    lying = stacking.stable(points[:: max(1, len(points) // 700)] @ pose[:3, :3].T)
    points = points @ (lying @ pose)[:3, :3].T + lying[:3, 3]
    points[:, 1] -= (sunk := points[:, 1].min())
    lying[1, 3] -= sunk
    pose[:3, :3] *= thing.scale
    return lying @ pose, stacking.outline(points)


def _centres(rng: Generator, stage: Stage, count: int) -> NDArray[np.float64]:
    """Where things fall (N,2)."""
    middle, kind = stage.middle[[0, 2]], rng.random()
    if kind < 0.4:
        around = rng.normal(0, 0.3, (count, 2))
    elif kind < 0.75:
        around = rng.uniform(-1, 1, (count, 2))
    else:
        hubs = rng.uniform(-0.7, 0.7, (int(rng.integers(2, 5)), 2))
        around = hubs[rng.integers(len(hubs), size=count)] + rng.normal(0, 0.2, (count, 2))
    return middle + stage.spread * np.clip(around, -1, 1)


def _best(
    rng: Generator, heap: stacking.Heap, shape: stacking.Outline, spot: NDArray[np.float64], size: float, stage: Stage,
    view: View, steepest: float,
) -> stacking.Rest | None:  # fmt: skip
    """Where a thing lies near a spot, the lower the better; None if it would stand on a point, or before the camera."""
    turn = rng.uniform(0, 2 * np.pi)
    low = np.maximum(stage.middle - stage.spread, stage.low + 0.55 * size)[[0, 2]]
    high = np.minimum(stage.middle + stage.spread, stage.high - 0.55 * size)[[0, 2]]
    spots = np.clip(spot + rng.normal(0, 0.6 * size, (5, 2)), low, high)
    cells = ((spots - heap.corner) / heap.cell).astype(int)
    eye = view.pose[:3, 3]
    free = 0.2 * math.dist(stage.middle, eye) + 1.3 * size
    for place in spots[np.argsort(heap.heights[cells[:, 0], cells[:, 1]], kind="stable")[:2]]:
        found = stacking.rest(heap, shape, place, turn, size, steepest)
        if found is not None and found.gap < 0.3 * size and math.dist(found.pose[:3, 3], eye) > free:
            return found
    return None
