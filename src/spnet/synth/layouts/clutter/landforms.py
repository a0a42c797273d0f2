"""Ground that is not flat: heights as a function of place, and the mesh and scenery on it."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder, drawn_paint
from spnet.synth.scene import Material

Ground = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""Heights at places x and z, metres."""

_DENSER = 4.5  # sinh spacing: how much finer the mesh is in the middle


def level(height: float) -> Ground:
    """Flat ground."""
    return lambda x, z: np.full(np.broadcast(x, z).shape, height)


def hills(rng: Generator, finest: float, reach: float) -> Ground:
    """Waves from `finest` metres to half of `reach`, rougher farther away; 0 at the origin."""
    count = 9
    length = np.exp(np.linspace(np.log(finest), np.log(0.5 * reach), count))
    way, phase = rng.uniform(0, 2 * np.pi, count), rng.uniform(0, 2 * np.pi, count)
    swing = rng.uniform(0.1, 1.0) * rng.uniform(0.01, 0.035, count) * length
    kx, kz = 2 * np.pi / length * np.cos(way), 2 * np.pi / length * np.sin(way)

    def heights(x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        waves = swing * (np.sin(np.multiply.outer(x, kx) + np.multiply.outer(z, kz) + phase) - np.sin(phase))
        rougher = 0.35 + 1.3 * np.hypot(x, z) / reach
        total: NDArray[np.float64] = rougher * waves.sum(axis=-1)
        return total

    return heights


def formula(rng: Generator, size: float) -> Ground:
    """Ground of one simple formula about `size` metres large: a saddle, ridges, a bowl, a slope, terraces, ripples."""
    turn, lift = rng.uniform(0, 2 * np.pi), rng.uniform(0.08, 0.3)
    cosine, sine = np.cos(turn), np.sin(turn)
    kind = int(rng.integers(6))
    step = rng.uniform(0.3, 0.7)

    def heights(x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        along, across = (cosine * x + sine * z) / size, (cosine * z - sine * x) / size
        far = along**2 + across**2
        forms = (
            lambda: (along**2 - across**2) / (1 + 0.5 * far),
            lambda: 0.5 * np.abs(np.sin(2.2 * along)) + 0.1 * np.sin(1.7 * across),
            lambda: far / (1 + 0.35 * far) * 1.3,
            lambda: 1.6 * np.tanh(along),
            lambda: step * (np.floor(along / step) + np.clip((along / step % 1.0) * 6 - 5, 0, 1)),
            lambda: 0.25 * np.sin(4.0 * np.sqrt(far + 0.01)) + 0.2,
        )
        shape: NDArray[np.float64] = lift * size * forms[kind]()
        return shape

    return heights


def lay(builder: Builder, ground: Ground, reach: float, material: int, cells: int = 84) -> None:
    """The ground's mesh, `reach` metres to each side of the origin, finest there."""
    place = reach * np.sinh(_DENSER * np.linspace(-1, 1, cells + 1)) / np.sinh(_DENSER)
    heights = ground(place[None, :], place[:, None])
    builder.add(solids.relief(heights, place, place, material))


def scatter(builder: Builder, ground: Ground, near: float, far: float) -> None:
    """Blocks like buildings, crowns like trees, rocks and poles, between two distances all around."""
    rng = builder.rng
    count = int(rng.integers(14, 60))
    away, turn = near * (far / near) ** rng.uniform(0, 1, count), rng.uniform(0, 2 * np.pi, count)
    x, z = away * np.sin(turn), away * np.cos(turn)
    foot = np.stack([x, ground(x, z), z], axis=1)
    kind = rng.choice(4, count, p=rng.dirichlet([0.8, 1.2, 0.7, 0.5]))
    high = rng.uniform(0.05, 0.25, count) * np.clip(away, 0, 80)
    _blocks(builder, foot[kind == 0], high[kind == 0])
    _trees(builder, foot[kind == 1], high[kind == 1])
    _boulders(builder, foot[kind == 2], 0.4 * high[kind == 2])
    if (kind == 3).any():
        pole = builder.material(Material(drawn_paint(rng), gloss=0.3))
        builder.add(solids.rods(foot[kind == 3], foot[kind == 3] + high[kind == 3, None] * (0, 1.3, 0), 0.12, 6, pole))


def _blocks(builder: Builder, foot: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    rng, count = builder.rng, len(foot)
    walls = [builder.material(builder.textured(("facade", "brick"), tint=0.25)) for _ in range(3)]
    turn = rng.uniform(0, np.pi, count)
    frames = solids.poses(foot, turn=turn)[:, :3, :3]
    sizes = np.stack([high * rng.uniform(0.6, 2.5, count), 1.4 * high, high * rng.uniform(0.6, 1.5, count)], axis=1)
    if count:
        builder.add(solids.boxes(foot + (0, 0.3, 0) * high[:, None], sizes, frames, rng.choice(walls, count)))


def _trees(builder: Builder, foot: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    rng, count = builder.rng, len(foot)
    if not count:
        return
    greens = [
        builder.material(Material((g * rng.uniform(0.4, 0.9), g, 0.25 * g), gloss=0.05)) for g in (0.05, 0.1, 0.16)
    ]
    bark = builder.material(Material((0.12, 0.08, 0.05), gloss=0.05))
    crown = solids.superellipsoid((0.33, 0.42, 0.33), rings=7, sides=10)
    points = crown.vertices["position"].astype(np.float64)
    crown.vertices["position"] *= (
        1 + 0.12 * np.sin(points @ rng.normal(0, 9, (3, 2))).sum(axis=1, keepdims=True)
    ).astype("f4")
    poses = solids.poses(foot + (0, 0.18, 0) * high[:, None], high)
    builder.add(solids.repeated(crown, poses, rng.choice(greens, count)))
    builder.add(solids.rods(foot - (0, 0.1, 0), foot + (0, 0.4, 0) * high[:, None], 0.03 * high, 5, bark))


def _boulders(builder: Builder, foot: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    if not len(foot):
        return
    stone = builder.material(builder.textured(("stone", "ground"), tint=0.3))
    rock = solids.faceted(solids.superellipsoid((0.7, 0.5, 0.6), (0.8, 1.3), rings=5, sides=8, material=stone))
    builder.add(solids.repeated(rock, solids.poses(foot - (0, 0.2, 0) * high[:, None], high)))
