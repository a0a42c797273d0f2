"""Things hung up in the air, at all depths, sizes and turns, some of them on threads."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder, drawn_paint
from spnet.synth.layouts.clutter import views
from spnet.synth.layouts.clutter.stages import Stage
from spnet.synth.layouts.clutter.things import Thing, put
from spnet.synth.scene import Material, View

_MOST_TRIANGLES = 45_000


def view_of(stage: Stage, camera: Camera, rng: Generator) -> View:
    """A camera anywhere in the stage's space that looks across it, at times up or down."""
    space = stage.high - stage.low
    if stage.indoors:
        eye = stage.low + rng.uniform((0.1, 0.3, 0.1), (0.9, 0.8, 0.9)) * space
        target = (stage.low + stage.high) / 2 + rng.uniform(-0.35, 0.35, 3) * space
    else:
        turn, away = rng.uniform(0, 2 * np.pi), rng.uniform(2, 5) * stage.spread
        eye = stage.middle + away * np.array([np.sin(turn), 0.0, np.cos(turn)])
        eye[1] = float(stage.ground(eye[:1], eye[2:])[0]) + away * rng.uniform(0.08, 0.7)
        target = stage.middle + away * rng.uniform(-0.1, 0.6) * np.array([0.0, 1.0, 0.0])
    return views.held_at(camera, rng, eye, target)


def hang(
    builder: Builder, stage: Stage, view: View, things: Sequence[Thing], palette: Sequence[int], count: int
) -> None:
    """Hang up to `count` things before the camera, none touching another."""
    rng = builder.rng
    places, sizes = _places(rng, stage, view, count)
    kinds = rng.integers(len(things), size=len(places))
    most = _MOST_TRIANGLES // max(len(places), 1)
    poses: list[list[NDArray[np.float64]]] = [[] for _ in things]
    for place, size, kind in zip(places, sizes, kinds, strict=True):
        if things[kind].triangles <= max(most, 3000):
            poses[kind].append(_turned_about_its_middle(builder, things[kind], place, size))
    for thing, own in zip(things, poses, strict=True):
        if own:
            put(builder, thing, np.array(own), palette)
    if rng.random() < 0.35 and len(places):
        thread = builder.material(Material(drawn_paint(rng), gloss=0.2))
        up = (
            np.full(len(places), 3.0 * float(sizes.max()) + 30.0) if not stage.indoors else stage.high[1] - places[:, 1]
        )
        builder.add(solids.rods(places, places + up[:, None] * (0, 1, 0), 0.012 * sizes, 4, thread))


def _places(rng: Generator, stage: Stage, view: View, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles (N,3) and sizes (N,) of things in sight, within the stage's space and apart from each other."""
    eye, turned = view.pose[:3, 3], view.pose[:3, :3]
    deepest = 0.9 * float(np.linalg.norm(stage.high - stage.low)) if stage.indoors else 12 * stage.spread
    nearest = deepest * (rng.uniform(0.08, 0.2) if rng.random() < 0.7 else 0.04)
    depth = nearest * (deepest / nearest) ** rng.uniform(0, 1, 4 * count)
    across = rng.uniform(-1.05, 1.05, (4 * count, 2)) * views.tan_half(view.camera)
    own = np.concatenate([across, np.ones((4 * count, 1))], axis=1) * depth[:, None]
    middle = eye + own @ turned.T
    size = depth * np.exp(rng.uniform(np.log(0.06), np.log(0.5), 4 * count))
    radius = 0.62 * size[:, None]
    fits = ((middle - radius > stage.low) & (middle + radius < stage.high)).all(axis=1)
    fits &= middle[:, 1] - radius[:, 0] > stage.ground(middle[:, 0], middle[:, 2])
    fits &= depth - size > 0.5 * nearest
    kept: list[int] = []
    for index in np.flatnonzero(fits):
        gaps = np.linalg.norm(middle[kept] - middle[index], axis=1) - 0.62 * (size[kept] + size[index])
        if len(kept) < count and (gaps > 0).all():
            kept.append(int(index))
    return middle[kept], size[kept]


def _turned_about_its_middle(
    builder: Builder, thing: Thing, place: NDArray[np.float64], size: float
) -> NDArray[np.float64]:
    positions, _ = thing.surface(builder)
    middle = (positions.min(axis=0) + positions.max(axis=0)) / 2
    pose = np.eye(4)
    pose[:3, :3] = size * thing.scale * views.any_rotation(builder.rng)
    pose[:3, 3] = place - pose[:3, :3] @ middle
    return pose
