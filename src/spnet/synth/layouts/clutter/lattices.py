"""Thin structures with holes: each an upright panel in the plane z = 0, from -width/2 to width/2 and from 0 to height.

They take the space between their bars as `pitch`, metres, and are finer than a picture's pixels at times: on purpose.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.layouts import solids
from spnet.synth.scene import Mesh

_UP = np.array([0.0, 1.0, 0.0])


def panel(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Any of the structures of this module."""
    draws = (bars, wires, trellis, net, slats, sheet_with_holes, wheels, twigs, cables, ladder, scaffold)
    return draws[int(rng.integers(len(draws)))](rng, width, height, pitch, material)


def bars(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Upright bars or boards between rails: a fence, a railing, a cage's side."""
    x = np.arange(-width / 2, width / 2, pitch)
    thick, high = pitch * rng.uniform(0.06, 0.3), height * rng.uniform(0.9, 1.0)
    foot = np.stack([x, 0 * x, 0 * x], axis=1)
    if rng.random() < 0.5:
        upright = solids.rods(foot, foot + high * _UP, thick / 2, 5, material)
    else:
        board = pitch * rng.uniform(0.3, 0.85)
        upright = solids.boxes(foot + high / 2 * _UP, (board, high, 0.25 * thick + 0.02 * board), material=material)
    level = np.linspace(0.12, 0.88, int(rng.integers(2, 4))) * height
    rail = np.stack([0 * level, level, 0 * level - thick], axis=1)
    return shapes.join([upright, solids.boxes(rail, (width, 1.3 * thick, thick), material=material)])


def wires(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """A grid of wires or rods."""
    thick, rows = pitch * rng.uniform(0.02, 0.12), pitch * rng.choice([1.0, 1.0, 2.5])
    x, y = np.arange(-width / 2, width / 2 + pitch, pitch), np.arange(0, height + rows, rows)
    upright = np.stack([x, 0 * x, 0 * x], axis=1)
    across = np.stack([0 * y - width / 2, y, 0 * y + thick], axis=1)
    starts = np.concatenate([upright, across])
    ends = np.concatenate([upright + height * _UP, across * (-1, 1, 1)])
    return solids.rods(starts, ends, thick / 2, 4, material)


def trellis(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Slats or wires crossing aslant: a trellis, chain-link."""
    lean = np.tan(np.radians(rng.uniform(30, 60)))
    offset = np.arange(-width / 2 - height / lean, width / 2 + height / lean, pitch * 1.4)
    segments = []
    for side in (-1, 1):
        low, high = offset, offset + side * height / lean
        share = np.clip((np.array([-width / 2, width / 2])[:, None] - low) / (high - low), 0, 1)
        start, end = np.minimum(*share), np.maximum(*share)
        kept = end - start > 1e-3
        x = np.stack([low + start * (high - low), low + end * (high - low)])[:, kept]
        y = np.stack([start, end])[:, kept] * height
        segments.append(np.stack([x, y, np.full_like(x, 0.02 * side * pitch)], axis=-1))
    starts, ends = np.concatenate(segments, axis=1)
    return solids.rods(starts, ends, pitch * rng.uniform(0.015, 0.1), 4, material)


def net(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """A net of cords that sags and hangs askew."""
    columns, rows = int(np.clip(width / pitch, 3, 40)), int(np.clip(height / pitch, 3, 40))
    x, y = np.meshgrid(np.linspace(-width / 2, width / 2, columns), np.linspace(0, height, rows))
    sag = 0.06 * height * np.sin(np.linspace(0, np.pi, columns)) * np.linspace(1, 0.2, rows)[:, None]
    wave = 0.08 * width * np.sin(x * rng.uniform(2, 6) / width + y * rng.uniform(2, 6) / height)
    knots = np.stack([x, y - sag, wave], axis=-1) + rng.normal(0, 0.06 * pitch, (rows, columns, 3))
    starts = np.concatenate([knots[:, :-1].reshape(-1, 3), knots[:-1].reshape(-1, 3)])
    ends = np.concatenate([knots[:, 1:].reshape(-1, 3), knots[1:].reshape(-1, 3)])
    return solids.rods(starts, ends, pitch * rng.uniform(0.02, 0.06), 4, material)


def slats(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Blinds: level slats, tilted alike, on cords."""
    y = np.arange(pitch, height, pitch)
    lean = rng.uniform(-1.2, 1.2)
    frame = np.array([[1, 0, 0], [0, np.cos(lean), -np.sin(lean)], [0, np.sin(lean), np.cos(lean)]])
    boards = solids.boxes(
        np.stack([0 * y, y, 0 * y], axis=1), (width, 0.04 * pitch, pitch * rng.uniform(0.5, 1.0)), frame, material
    )
    x = width * np.array([-0.4, 0.0, 0.4])
    cords = solids.rods(
        np.stack([x, 0 * x, 0 * x], 1), np.stack([x, 0 * x + height, 0 * x], 1), 0.03 * pitch, 4, material
    )
    return shapes.join([boards, cords])


def sheet_with_holes(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """A thin sheet with round or many-cornered holes in rows."""
    columns, rows = int(np.clip(width / pitch, 2, 26)), int(np.clip(height / pitch, 2, 26))
    sides = 4 * int(rng.integers(1, 5))
    angle = np.pi / 4 + 2 * np.pi * np.arange(sides + 1) / sides
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rim = 0.5 * way / np.abs(way).max(axis=1, keepdims=True)
    hole = rng.uniform(0.2, 0.46) * way
    step = np.array([width / columns, height / rows])
    corners = np.stack([hole[:-1], rim[:-1], rim[1:], hole[1:]], axis=1) * step
    middle = np.stack(np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5), axis=-1).reshape(-1, 1, 1, 2) * step
    flat = (middle + corners).reshape(-1, 4, 2) - (width / 2, 0)
    points = np.concatenate([flat, np.zeros((*flat.shape[:2], 1))], axis=2)
    return _quads(points, flat, material)


def wheels(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Spoked wheels leaning beside each other."""
    count = int(np.clip(width / height * 1.5, 1, 5))
    radius = min(height / 2, width / count / 1.8)
    spokes = int(rng.integers(5, 28))
    angle = np.linspace(0, 2 * np.pi, spokes, endpoint=False)
    ends = 0.95 * radius * np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=1)
    lift = np.array([0, 0.05 * radius, 0])
    parts = [
        solids.torus(0.95 * radius, 0.05 * radius, material=material),
        solids.rods(lift, ends + lift, 0.01 * radius, 4, material),
        solids.frustum(0.08 * radius, 0.08 * radius, 0.14 * radius, 10, material),
    ]
    wheel = shapes.join(parts)
    x = (np.arange(count) - (count - 1) / 2) * width / count
    poses = solids.poses(np.stack([x, 0 * x + radius, 0 * x], axis=1), turn=rng.normal(0, 0.35, count))
    upright = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    return solids.repeated(wheel, poses @ upright)


def twigs(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Bare shrubs: branches that fork again and again."""
    count = max(2, int(width / height * 2))
    ends = np.stack([rng.uniform(-width / 2, width / 2, count), np.zeros(count), rng.normal(0, 0.1 * height, count)], 1)
    way = np.tile((0.0, 1.0, 0.0), (count, 1)) + rng.normal(0, 0.15, (count, 3))
    length, thick = 0.3 * height, 0.012 * height
    parts = []
    for _ in range(6):
        starts, ends = ends, ends + length * way * rng.uniform(0.6, 1.1, (len(way), 1))
        parts.append(solids.rods(starts, ends, (thick, 0.7 * thick) * np.ones((len(starts), 1)), 4, material))
        ends = np.repeat(ends, 2, axis=0)[:500]
        way = np.repeat(way, 2, axis=0)[:500] + rng.normal(0, 0.5, (len(ends), 3))
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        length, thick = 0.72 * length, 0.66 * thick
    return shapes.join(parts)


def cables(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Cables that hang from side to side, and a few that hang down."""
    count, t = int(rng.integers(4, 14)), np.linspace(0, 1, 15)
    ends = rng.uniform(0.25, 1.0, (2, count, 1)) * height
    y = ends[0] + (ends[1] - ends[0]) * t - rng.uniform(0.02, 0.8, (count, 1)) * height * t * (1 - t)
    paths = np.stack(
        [np.broadcast_to((t - 0.5) * width, y.shape), y, np.zeros_like(y) + rng.normal(0, 0.05 * width, (count, 1))], -1
    )
    thick = height * np.exp(rng.uniform(np.log(0.0015), np.log(0.012)))
    return solids.rods(paths[:, :-1].reshape(-1, 3), paths[:, 1:].reshape(-1, 3), thick, 5, material)


def ladder(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """Ladders leaning this way and that."""
    count = max(1, int(width / height * 1.2))
    rungs = np.linspace(0.08, 0.92, int(rng.integers(6, 14)))
    parts = []
    for x in rng.uniform(-width / 2, width / 2, count):
        lean, half = rng.normal(0, 0.25) * height, rng.uniform(0.06, 0.12) * height
        side = np.array([(x - half, 0, 0), (x + half, 0, 0)])
        top = side + np.array([lean, height, 0.15 * height])
        steps = [side[:, None] * (1 - t) + top[:, None] * t for t in rungs]
        first, last = np.concatenate(steps, axis=1)
        parts += [
            solids.rods(side, top, 0.012 * height, 6, material),
            solids.rods(first, last, 0.008 * height, 5, material),
        ]
    return shapes.join(parts)


def scaffold(rng: Generator, width: float, height: float, pitch: float, material: int) -> Mesh:
    """A grid of pipes in depth too: a scaffold, a climbing frame, a cage."""
    step = height / int(rng.integers(2, 5))
    counts = (int(np.clip(width / step, 2, 8)), int(height / step + 0.5), int(rng.integers(1, 4)))
    nodes = np.stack(np.meshgrid(*(np.arange(count + 1) for count in counts), indexing="ij"), axis=-1).astype(
        np.float64
    )
    points = (nodes - (counts[0] / 2, 0, counts[2])) * step
    runs = [(points[:-1], points[1:]), (points[:, :-1], points[:, 1:]), (points[:, :, :-1], points[:, :, 1:])]
    starts, ends = (np.concatenate([run[i].reshape(-1, 3) for run in runs]) for i in (0, 1))
    return solids.rods(starts, ends, step * rng.uniform(0.01, 0.045), 5, material)


def _quads(points: NDArray[np.float64], uv: NDArray[np.float64], material: int) -> Mesh:
    mesh = shapes.cards(
        np.zeros((len(points), 3)),
        (1, 0, 0) * np.ones((len(points), 1)),
        (0, 1, 0) * np.ones((len(points), 1)),
        material,
    )
    mesh.vertices["position"] = points.reshape(-1, 3)
    mesh.vertices["uv"] = uv.reshape(-1, 2)
    return mesh
