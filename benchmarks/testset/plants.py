"""Trees, bushes, grass and pot plants grown from random numbers."""

import math

import numpy as np
from materials import leaf, mineral, plain
from numpy.typing import NDArray
from shapes import Material, Object, lathe, mesh, sheet

Vectors = NDArray[np.float64]
Limb = tuple[Vectors, Vectors]
"""Points (N,3) along a branch and its radius at each (N,)."""

GREENS = ((0.10, 0.22, 0.04), (0.16, 0.26, 0.05), (0.07, 0.17, 0.05), (0.24, 0.27, 0.06))


def green(generator: np.random.Generator) -> Material:
    """One of several leaf colours."""
    return leaf(GREENS[generator.integers(len(GREENS))])


def bark() -> Material:
    """Rough brown."""
    return mineral((0.16, 0.11, 0.07), (0.06, 0.045, 0.03), 4.0, 40.0, 0.02)


def tree(
    generator: np.random.Generator, height: float, foliage: Material, trunk: Material, leaves: int = 60
) -> list[Object]:
    """A broad-leaved tree: trunk, branches, twigs, and `leaves` at the end of each twig."""
    stem = _limb(generator, np.zeros(3), np.array([0, 0, 1.0]), 0.75 * height, 0.025 * height, 0.25)
    limbs, tips = [stem], []
    for start in np.linspace(0.35, 1.0, 9):
        bough = _side_limb(generator, stem, start, 0.42 * height * (1.25 - 0.6 * start), 0.7)
        limbs.append(bough)
        for along in np.linspace(0.35, 1.0, 6):
            twig = _side_limb(generator, bough, along, 0.16 * height, 0.5)
            limbs.append(twig)
            tips += [twig[0][-1], twig[0][-2]]
    return [limb_mesh(limbs, trunk), _leaves(generator, np.array(tips), leaves, 0.06 * height, 0.026 * height, foliage)]


def conifer(generator: np.random.Generator, height: float, foliage: Material, trunk: Material) -> list[Object]:
    """A spruce: whorls of drooping fronds around a straight stem."""
    stem = np.array([[0, 0, 0], [0, 0, height]], dtype=float)
    vertices: list[list[float]] = []
    faces: list[tuple[int, ...]] = []
    for level in np.linspace(0.12, 0.99, 22):
        reach = 0.24 * height * (1.02 - level)
        for _ in range(9):
            turn, droop = generator.uniform(0, 2 * np.pi), generator.uniform(0.15, 0.55)
            frond = _frond(generator, reach * generator.uniform(0.75, 1.15), droop) @ _turned(turn)
            base = len(vertices)
            vertices += (frond + np.array([0, 0, level * height])).tolist()
            faces += [(base + i, base + i + 1, base + i + 2) for i in range(0, len(frond) - 2, 3)]
    return [limb_mesh([(stem, np.array([0.018 * height, 0.002 * height]))], trunk), mesh(vertices, faces, foliage)]


def bush(
    generator: np.random.Generator, size: tuple[float, float, float], foliage: Material, leaves: int = 2500
) -> list[Object]:
    """Leaves on a lumpy ellipsoid of the given width, depth and height; also a hedge, if it is long."""
    direction = _unit(generator.normal(size=(leaves, 3)))
    direction[:, 2] = np.abs(direction[:, 2])
    boxy = np.sign(direction) * np.abs(direction) ** 0.6
    at = boxy * np.array([size[0] / 2, size[1] / 2, size[2]]) * generator.uniform(0.7, 1.0, (leaves, 1))
    return [_leaves(generator, at, 1, 0.03, 0.09 * min(size), foliage)]


def grass(
    generator: np.random.Generator,
    low: tuple[float, float],
    high: tuple[float, float],
    count: int,
    height: float,
    foliage: Material,
) -> Object:
    """Single blades strewn over a rectangle of level ground."""
    foot = np.zeros((count, 3))
    foot[:, :2] = generator.uniform(low, high, (count, 2))
    across = _level_unit(generator, count) * 0.006
    tip = foot + _level_unit(generator, count) * height * generator.uniform(0, 0.6, (count, 1))
    tip[:, 2] = height * generator.uniform(0.5, 1.2, count)
    vertices = np.stack([foot - across, foot + across, tip], axis=1).reshape(-1, 3)
    return mesh(vertices, np.arange(3 * count).reshape(-1, 3).tolist(), foliage)


def pot_plant(generator: np.random.Generator, height: float, leaves: int = 16, width: float = 0.13) -> list[Object]:
    """Long arching leaves out of a pot."""
    pot_height, radius = 0.28 * height, 0.16 * height
    wall = [
        (0, 0),
        (0.7 * radius, 0),
        (radius, pot_height),
        (0.9 * radius, pot_height),
        (0.85 * radius, 0.8 * pot_height),
    ]
    glaze = plain(generator.uniform(0.15, 0.8, 3), 0.3)
    made = [lathe([*wall, (0, 0.8 * pot_height)], glaze)]
    foliage = green(generator)
    for index in range(leaves):
        turn = index * 2.4 + generator.uniform(-0.3, 0.3)
        blade = _arched_leaf(height * generator.uniform(0.55, 0.8), width * height, generator.uniform(0.35, 1.3))
        grown = blade.reshape(-1, 3) @ _turned(turn) + (0, 0, 0.8 * pot_height)
        x, y, z = grown.reshape(blade.shape).transpose(2, 0, 1)
        made.append(sheet(x, y, z, foliage))
    return made


def limb_mesh(limbs: list[Limb], material: Material, sides: int = 7) -> Object:
    """All branches as tapering tubes of one mesh."""
    vertices: list[list[float]] = []
    faces: list[tuple[int, ...]] = []
    angle = np.arange(sides) * (2 * np.pi / sides)
    for points, radii in limbs:
        forward = _unit(np.gradient(points, axis=0))
        right = _unit(np.cross(forward, [0.31, 0.87, 0.17]))
        up = np.cross(right, forward)
        rings = np.cos(angle)[:, None] * right[:, None] + np.sin(angle)[:, None] * up[:, None]
        base = len(vertices)
        vertices += (points[:, None] + radii[:, None, None] * rings).reshape(-1, 3).tolist()
        for ring in range(len(points) - 1):
            first = base + ring * sides
            faces += [
                (first + i, first + (i + 1) % sides, first + sides + (i + 1) % sides, first + sides + i)
                for i in range(sides)
            ]
    return mesh(vertices, faces, material, smooth=70)


def _limb(
    generator: np.random.Generator, start: Vectors, direction: Vectors, length: float, radius: float, bend: float
) -> Limb:
    steps = 6
    turns = generator.normal(size=(steps, 3)) * bend / steps**0.5
    turns[:, 2] += 0.15 * bend
    heading = _unit(direction + np.cumsum(turns, axis=0) * np.linspace(0, 1, steps)[:, None])
    points = np.concatenate([start[None], start + np.cumsum(heading, axis=0) * length / steps])
    return points, radius * np.linspace(1.0, 0.35, steps + 1)


def _side_limb(generator: np.random.Generator, parent: Limb, along: float, length: float, spread: float) -> Limb:
    points, radii = parent
    index = min(int(along * (len(points) - 1)), len(points) - 1)
    forward = _unit(points[index] - points[max(index - 1, 0)] + 1e-9)
    aside = _unit(np.cross(forward, generator.normal(size=3)))
    direction = _unit((1 - spread) * forward + spread * 1.4 * aside + np.array([0, 0, 0.15]))
    return _limb(generator, points[index], direction, length * generator.uniform(0.7, 1.2), 0.6 * radii[index], 0.5)


def _leaves(
    generator: np.random.Generator, centres: Vectors, each: int, spread: float, size: float, material: Material
) -> Object:
    """Rhombic leaves of length `size`, `each` around every centre (N,3)."""
    count = len(centres) * each
    at = np.repeat(centres, each, axis=0) + generator.normal(size=(count, 3)) * spread
    along = _unit(generator.normal(size=(count, 3))) * size * generator.uniform(0.6, 1.1, (count, 1))
    aside = _unit(np.cross(along, generator.normal(size=(count, 3)))) * 0.33 * size
    vertices = np.stack([at - along / 2, at + aside, at + along / 2, at - aside], axis=1).reshape(-1, 3)
    return mesh(vertices, np.arange(4 * count).reshape(-1, 4).tolist(), material)


def _frond(generator: np.random.Generator, reach: float, droop: float) -> Vectors:
    """Triangles (3T,3) of a spruce branch: a row of needled twigs to both sides."""
    along = np.repeat(np.linspace(0.1, 1.0, 9), 2)
    side = np.tile([-1.0, 1.0], 9)
    foot = np.stack([along * reach, 0 * along, -droop * reach * along**1.5], axis=-1)
    twig = reach * 0.38 * (1.1 - along) + 0.03 * reach
    tip = foot + np.stack([0.7 * twig, side * twig, -0.25 * twig * generator.uniform(0.3, 1.5, 18)], axis=-1)
    next_foot = foot + np.stack([np.full(18, 0.16 * reach), 0 * along, np.full(18, -0.1 * droop * reach)], axis=-1)
    return np.stack([foot, next_foot, tip], axis=1).reshape(-1, 3)


def _arched_leaf(length: float, width: float, lean: float) -> Vectors:
    """(12,5,3): a leaf that rises and bends over towards +x, folded along its middle."""
    along, across = np.meshgrid(np.linspace(0, 1, 12), np.linspace(-1, 1, 5), indexing="ij")
    angle = math.pi / 2 - lean * (0.35 + 1.1 * along)
    x, z = length * along * np.cos(angle), length * along * np.sin(angle)
    breadth = width * np.sin(np.pi * (0.08 + 0.92 * along)) ** 0.8
    return np.stack([x, across * breadth / 2, z + 0.25 * np.abs(across) * breadth], axis=-1)


def _turned(angle: float) -> Vectors:
    """(3,3) that turns row vectors about z."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]])


def _unit(vectors: Vectors) -> Vectors:
    length: Vectors = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(length, 1e-9)


def _level_unit(generator: np.random.Generator, count: int) -> Vectors:
    angle = generator.uniform(0, 2 * np.pi, count)
    return np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
