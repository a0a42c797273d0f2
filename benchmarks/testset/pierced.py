"""Bodies with holes that are seen through."""

import math

import numpy as np
from shapes import Material, Object, lathe, mesh, modify, place


def pipes(steel: Material) -> list[Object]:
    """Seven lengths of tube, four under three."""
    made = []
    for index in range(7):
        pipe = modify(lathe([(0.035, -0.13), (0.035, 0.13)], steel), "SOLIDIFY", thickness=0.004)
        pipe.rotation_euler.x = math.pi / 2
        row = index // 4
        made += place([pipe], (-0.11 + 0.074 * (index - 4 * row) + 0.037 * row, 0, 0.035 + 0.063 * row))
    return made


def perforated(width: float, height: float, across: int, material: Material) -> Object:
    """An upright sheet with round holes on a square grid."""
    step, sides = width / across, 20
    down = round(height / step)
    angle = (np.arange(sides) + 0.5) * (2 * np.pi / sides)
    circle = 0.33 * step * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    square = (
        0.5
        * step
        * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        / np.maximum(abs(np.cos(angle)), abs(np.sin(angle)))[:, None]
    )
    corner = np.abs(np.abs(square[:, 0]) - np.abs(square[:, 1])) < 0.36 * step * 0.5
    square[corner] = np.sign(square[corner]) * 0.5 * step
    vertices: list[tuple[float, float, float]] = []
    faces: list[tuple[int, ...]] = []
    for column in range(across):
        for row in range(down):
            centre = np.array([(column + 0.5) * step - width / 2, (row + 0.5) * step])
            base = len(vertices)
            vertices += [(x, 0.0, z) for x, z in np.concatenate([circle, square]) + centre]
            faces += [
                (base + i, base + (i + 1) % sides, base + sides + (i + 1) % sides, base + sides + i)
                for i in range(sides)
            ]
    return modify(mesh(vertices, faces, material), "SOLIDIFY", thickness=0.006)


def sponge(size: float, material: Material) -> list[Object]:
    """Menger's sponge of the second order, standing on its face."""
    made, unit = [], size / 9
    for x, y, z in np.ndindex(9, 9, 9):
        coarse = sum(v // 3 == 1 for v in (x, y, z)) >= 2
        fine = sum(v % 3 == 1 for v in (x, y, z)) >= 2
        if not (coarse or fine):
            made.append((x, y, z))
    cubes = [np.array([[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)]) + cell - (4.5, 4.5, 0) for cell in made]
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    every = [tuple(8 * index + corner for corner in face) for index in range(len(cubes)) for face in faces]
    return [mesh(np.concatenate(cubes) * unit, every, material)]


def colander(material: Material) -> Object:
    """A half ball with every second facet cut out."""
    rings_, sides, radius = 10, 48, 0.14
    lat = np.linspace(0.12, math.pi / 2, rings_)
    angle = np.arange(sides) * (2 * np.pi / sides)
    vertices = [
        (radius * math.sin(a) * math.cos(t), radius * math.sin(a) * math.sin(t), radius * (1 - math.cos(a)) + 0.015)
        for a in lat
        for t in angle
    ]
    faces = [
        (r * sides + c, r * sides + (c + 1) % sides, (r + 1) * sides + (c + 1) % sides, (r + 1) * sides + c)
        for r in range(rings_ - 1)
        for c in range(sides)
        if not (r % 2 == 1 and c % 3 == 1)
    ]
    return modify(mesh(vertices, faces, material, smooth=50), "SOLIDIFY", thickness=0.004)
