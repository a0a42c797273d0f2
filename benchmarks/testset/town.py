"""Streets: house fronts, cars, and what stands along the kerb."""

import math

import numpy as np
from buildings import house
from capture import View
from furniture import hue
from lights import daylight, overcast
from materials import laid, mineral, paint, plain, turf
from plants import bark, green, tree
from shapes import Material, Object, ball, block, copies, merged, mesh, modify, place, rod, tube


def car(generator: np.random.Generator) -> list[Object]:
    """A car 4.2 m long towards -y: a body by cross-sections, dark windows, wheels and lamps."""
    body, dark = plain(hue(generator), 0.12), plain((0.012, 0.014, 0.016), 0.05)
    stations = [  # along, half width, sill, shoulder
        (-2.1, 0.70, 0.35, 0.58), (-2.0, 0.80, 0.24, 0.72), (-1.2, 0.86, 0.2, 0.86), (-0.6, 0.87, 0.2, 0.92),
        (1.2, 0.87, 0.2, 0.95), (1.9, 0.84, 0.24, 0.92), (2.1, 0.74, 0.38, 0.75),
    ]  # fmt: skip
    made = [_hull(stations, body)]
    tall = generator.uniform(1.38, 1.6)
    rear = generator.uniform(1.25, 1.95)
    cabin = [
        (-0.85, 0.76, 0.8, 0.92),
        (-0.1, 0.66, 0.8, tall - 0.06),
        (0.5, 0.66, 0.8, tall),
        (rear - 0.5, 0.66, 0.8, tall - 0.04),
        (rear, 0.74, 0.8, 0.95),
    ]
    made += [_hull(cabin, dark), _hull([(y, w - 0.04, tall - 0.07, z + 0.02) for y, w, _, z in cabin[1:4]], body)]
    for y in (-1.3, 1.3):
        for side in (-1, 1):
            made.append(rod((side * 0.68, y, 0.32), (side * 0.88, y, 0.32), 0.32, dark, sides=28))
            made.append(
                rod((side * 0.8, y, 0.32), (side * 0.89, y, 0.32), 0.2, plain((0.55, 0.55, 0.57), 0.3, 0.9), sides=20)
            )
    for lamp in (-0.6, 0.6):
        made += [
            ball((lamp, -2.05, 0.62), (0.13, 0.06, 0.08), plain((0.85, 0.85, 0.85), 0.1), 16),
            ball((lamp, 2.06, 0.75), (0.1, 0.05, 0.09), plain((0.5, 0.02, 0.02), 0.2), 16),
        ]
        made += [
            ball((1.58 * lamp, -0.55, 0.98), (0.09, 0.06, 0.07), body, 12),
            rod((1.2 * lamp, -0.55, 0.93), (1.58 * lamp, -0.55, 0.96), 0.02, body),
        ]
    return [*made, block((-0.26, -2.12, 0.38), (0.26, -2.08, 0.5), plain((0.8, 0.8, 0.75)), 0.003)]


def _hull(stations: list[tuple[float, float, float, float]], material: Material) -> Object:
    """A smooth body through cross-sections of (along, half width, low, high)."""
    loop = [(-1, 0.0), (-1, 0.65), (-0.8, 1.0), (0.8, 1.0), (1, 0.65), (1, 0.0)]
    rings = [[(w * a, y, low + b * (high - low)) for a, b in loop] for y, w, low, high in stations]
    rows, sides = len(rings), len(loop)
    faces: list[tuple[int, ...]] = [
        (r * sides + c, r * sides + (c + 1) % sides, (r + 1) * sides + (c + 1) % sides, (r + 1) * sides + c)
        for r in range(rows - 1)
        for c in range(sides)
    ]
    faces += [tuple(range(sides)), tuple(range((rows - 1) * sides, rows * sides))[::-1]]
    made = mesh([point for each in rings for point in each], faces, material, smooth=60)
    return modify(modify(made, "BEVEL", width=0.04, segments=2), "SUBSURF", levels=2, render_levels=2)


def street(generator: np.random.Generator, variant: int) -> View:
    """House fronts to both sides of a road with pavements, parked cars, trees, lamps, signs and bins."""
    if variant == 3:
        overcast(1.0)
    else:
        daylight(generator.uniform(25, 55), generator.uniform(60, 300), 0.1, generator.uniform(0.2, 0.7))
    half, walk = generator.uniform(3.2, 4.6), generator.uniform(2.0, 3.2)
    length = 190.0
    block((-400, -20, -0.5), (400, 900, -0.15), turf((0.25, 0.3, 0.1), (0.15, 0.2, 0.06)), 0)
    block((-half, -20, -0.5), (half, 260, 0), mineral((0.1, 0.1, 0.105), (0.07, 0.07, 0.072), 0.5, 140, 0.002), 0)
    slabs = laid(((0.4, 0.38, 0.36), (0.34, 0.33, 0.31)), (0.18,) * 3, (0.5, 0.5), 0.012, 0.5, upright=False)
    kerb = mineral((0.45, 0.44, 0.42), (0.38, 0.37, 0.36), 2, 80)
    line = mineral((0.75, 0.75, 0.72), (0.55, 0.55, 0.53), 3, 60, 0.001)
    for side in (-1, 1):
        low, high = sorted((side * half, side * (half + walk)))
        block((low, -20, -0.2), (high, length, 0.13), slabs, 0)
        edge = sorted((side * half, side * (half - 0.15)))
        block((edge[0], -20, -0.2), (edge[1], length, 0.125), kerb, 0.02)
    for y in np.arange(-4, length, 6.0):
        block((-0.06, y, 0), (0.06, y + 3, 0.004), line, 0)
    for stripe in np.arange(-half + 0.6, half - 0.6, 1.0):
        block((stripe, 9.5, 0), (stripe + 0.5, 12.5, 0.004), line, 0)
    _fronts(generator, half + walk, length)
    _along(generator, half, walk)
    eye, target = (
        ((0.4 * half, -4.0, 1.7), (-1.5, 40.0, 2.4)),
        ((half + 0.6 * walk, 2.5, 1.65), (half - 2.0, 40.0, 2.0)),
        ((-0.2 * half, 1.0, 2.3), (3.0, 40.0, 2.6)),
        ((-half - 0.5 * walk, 7.5, 1.6), (half + 1.0, 24.0, 1.7)),
    )[variant - 1]
    return View(eye, target, (0.8, 0.72, 1.1, 0.7)[variant - 1])


def _fronts(generator: np.random.Generator, edge: float, length: float) -> None:
    kinds = []
    for _ in range(7):
        width = float(generator.uniform(6, 13))
        kinds.append((width, merged(house(width, int(generator.integers(2, 5)), generator, facing(generator)))))
    for side in (-1, 1):
        y, last = -12.0, -1
        while y < length:
            last = (last + int(generator.integers(1, len(kinds)))) % len(kinds)  # never the same twice
            width, front = kinds[last]
            copies(
                [front], (side * (edge + generator.uniform(0, 0.5)), y + width * (side > 0), 0.1), -side * math.pi / 2
            )
            y += width + (0.0 if generator.random() < 0.8 else 3.0)
    for _, front in kinds:
        place([front], (0, -300, -50))


def facing(generator: np.random.Generator) -> Material:
    """Brick or render."""
    brick = np.array([0.42, 0.22, 0.15]) * generator.uniform(0.6, 1.3) * generator.uniform(0.9, 1.1, 3)
    if generator.random() < 0.5:
        return laid((brick, 0.8 * brick), 1.1 * brick + 0.1, (0.23, 0.075))
    return paint(
        np.array([0.72, 0.66, 0.55]) * generator.uniform(0.6, 1.1) * generator.uniform(0.9, 1.1, 3),
        grain=25,
        relief=0.004,
    )


def _along(generator: np.random.Generator, half: float, walk: float) -> None:
    """What stands along the kerb."""
    cars = [[merged(car(generator))] for _ in range(5)]
    trees = [tree(generator, generator.uniform(5, 7.5), green(generator), bark()) for _ in range(2)]
    iron = plain((0.06, 0.08, 0.07), 0.4)
    for side in (-1, 1):
        for y in np.arange(6 if side > 0 else 14, 120, 6.2):
            if generator.random() < 0.55:
                copies(
                    cars[generator.integers(5)],
                    (side * (half - 1.05), y + generator.uniform(-0.5, 0.5), 0),
                    0 if side < 0 else math.pi,
                )
        for y in np.arange(9 + 4 * (side > 0), 150, 17.0):
            copies(
                trees[generator.integers(2)],
                (side * (half + 0.6), y, 0.1),
                generator.uniform(0, 6),
                generator.uniform(0.8, 1.15),
            )
            place(_lamp_post(iron, side), (side * (half + 0.35), y + 8, 0.1))
        place(_sign(generator, iron), (side * (half + 0.4), 8.3, 0.1))
        place(
            [
                rod((0, 0, 0), (0, 0, 0.95), 0.24, plain((0.05, 0.12, 0.07), 0.5), 0.27),
                rod((0, 0, 0.95), (0, 0, 1.02), 0.29, iron, 0.2),
            ],
            (side * (half + walk - 0.5), 5.0 + 6 * (side > 0), 0.1),
        )
        for y in np.arange(9.2, 13.0, 1.2):
            rod((side * (half + 0.25), y, 0.1), (side * (half + 0.25), y, 0.95), 0.05, iron, 0.04)
    for kind in (*cars, *trees):
        place(kind, (0, -200, -50))
    for y in (30.0, 62.0):
        span = np.linspace(-1, 1, 9)
        tube(np.stack([span * (half + walk), np.full(9, y), 7.0 + 0.7 * span**2], axis=-1), 0.012, iron)


def _lamp_post(iron: Material, side: int) -> list[Object]:
    arm = tube([(0, 0, 4.8), (0, 0, 5.4), (-0.35 * side, 0, 5.75), (-1.1 * side, 0, 5.8)], 0.035, iron)
    return [
        rod((0, 0, 0), (0, 0, 5.0), 0.08, iron, 0.05),
        arm,
        ball((-1.25 * side, 0, 5.78), (0.3, 0.11, 0.06), iron, 20),
    ]


def _sign(generator: np.random.Generator, iron: Material) -> list[Object]:
    red, white = plain((0.55, 0.03, 0.03), 0.4), plain((0.85, 0.85, 0.85), 0.4)
    made = [rod((0, 0, 0), (0, 0, 2.6), 0.03, iron)]
    if generator.random() < 0.5:
        return [
            *made,
            rod((0, -0.035, 2.4), (0, -0.045, 2.4), 0.3, red),
            rod((0, -0.044, 2.4), (0, -0.05, 2.4), 0.22, white),
        ]
    return [
        *made,
        rod((0, -0.035, 2.3), (0, -0.05, 2.3), 0.4, red, sides=3),
        rod((0, -0.048, 2.3), (0, -0.055, 2.3), 0.27, white, sides=3),
    ]
