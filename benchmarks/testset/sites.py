"""A square with columns, a railway and a building site."""

import math

import numpy as np
from buildings import house
from capture import View
from lights import daylight
from materials import laid, mineral, plain, turf, water, wood
from mathutils import Vector
from plants import bark, green, tree
from shapes import Material, Object, block, copies, lathe, merged, modify, place, ring, rod, sheet, tube
from strands import barrier, bench, plank_fence
from town import facing


def colonnade(generator: np.random.Generator, variant: int) -> View:
    """A paved square: a row of columns with its architrave, steps, a fountain, benches, houses behind."""
    daylight(generator.uniform(25, 45), generator.uniform(110, 250), 0.1, 0.5)
    paving = laid(
        ((0.46, 0.42, 0.37), (0.38, 0.35, 0.31)),
        (0.2, 0.18, 0.16),
        (0.9, 0.45),
        0.012,
        0.5,
        0.6,
        upright=False,
        grain=9,
    )
    block((-90, -20, -0.5), (90, 140, 0), paving, 0)
    stone = mineral((0.62, 0.58, 0.5), (0.5, 0.46, 0.4), 1.5, 70, 0.002)
    x = generator.uniform(2.6, 3.6)
    _portico(x, stone)
    place(_fountain(stone), (-5.0, 15.0, 0))
    iron, timber = plain((0.04, 0.04, 0.045), 0.4), wood((0.35, 0.2, 0.1))
    for y in (7.0, 12.0, 24.0):
        place(bench(timber, iron), (-0.6, y, 0), -math.pi / 2 + generator.uniform(-0.1, 0.1))
    kinds = [merged(house(12.0, int(generator.integers(2, 5)), generator, facing(generator))) for _ in range(3)]
    for index in range(5):
        copies([kinds[index % 3]], (-40 + 12.0 * index, 62, 0))
        copies([kinds[(index + 1) % 3]], (-19.0, 6 + 12.0 * index, 0), math.pi / 2)
    place(kinds, (0, -300, -50))
    for index in range(4):
        place(tree(generator, 6.0, green(generator), bark()), (-12.0, 12.0 + 9 * index, 0))
    if variant == 2:
        return View((x + 1.7, 1.2, 2.1), (x + 0.6, 20.0, 2.3), 0.75)
    return View((-1.0, -4.5, 1.65), (0.5, 20.0, 2.4), 0.7)


def _portico(x: float, stone: Material) -> None:
    """Two rows of columns on three steps, under an architrave."""
    base = [(0.0, 0), (0.55, 0), (0.55, 0.18), (0.46, 0.3), (0.42, 0.36)]
    shaft = [(0.4, 2.0), (0.34, 4.6), (0.36, 4.65), (0.52, 4.9), (0.52, 5.1), (0, 5.1)]
    column = [
        lathe(base + shaft, stone),
        block((-0.62, -0.62, -0.2), (0.62, 0.62, 0), stone, 0.02),
        block((-0.58, -0.58, 5.1), (0.58, 0.58, 5.25), stone, 0.02),
    ]
    for side in (x, x + 3.4):
        for y in np.arange(3.0, 52, 3.2):
            copies(column, (side, y, 0.6))
    place(column, (0, -200, -50))
    for step in range(3):
        block((x - 1.6 + 0.35 * step, 0.5, 0.14 * step), (x + 6, 54, 0.14 * (step + 1)), stone, 0.01)
    block((x - 0.7, 1.5, 5.8), (x + 4.2, 52.5, 6.7), stone, 0.05)
    block((x - 0.95, 1.2, 6.7), (x + 4.5, 52.8, 6.95), stone, 0.04)


def _fountain(stone: Material) -> list[Object]:
    made = [lathe([(3.0, 0), (3.1, 0.1), (2.9, 0.6), (3.05, 0.7), (2.75, 0.7), (2.7, 0.2), (0, 0.2)], stone, 64)]
    made += [
        lathe(
            [
                (0, 0),
                (0.5, 0),
                (0.35, 0.4),
                (0.2, 1.3),
                (1.2, 1.75),
                (1.25, 1.85),
                (0.2, 1.6),
                (0.14, 2.4),
                (0.55, 2.6),
                (0.1, 2.5),
                (0, 2.9),
            ],
            stone,
            48,
        )
    ]
    return [*made, rod((0, 0, 0.2), (0, 0, 0.5), 2.8, water(), sides=64)]


def railway(generator: np.random.Generator, variant: int) -> View:
    """Two tracks between platforms with masts, wires, a roof and a footbridge."""
    daylight(generator.uniform(25, 40), generator.uniform(120, 240), 0.1, 0.6)
    block((-400, -20, -1), (400, 900, -0.35), turf((0.26, 0.3, 0.1), (0.16, 0.2, 0.06)), 0)
    sleeper = mineral((0.4, 0.38, 0.36), (0.33, 0.32, 0.3), 2, 60)
    steel = plain((0.2, 0.24, 0.22), 0.4, 0.5)
    _tracks(sleeper)
    _platforms(generator, steel)
    _masts(steel)
    _footbridge(steel, sleeper)
    for index in range(10):
        place(
            tree(generator, generator.uniform(6, 9), green(generator), bark()),
            ((13 + generator.uniform(0, 9)) * (1 if index % 2 else -1), 10 + 14 * index, -0.4),
        )
    return View((-5.4, -3.0, 2.15), (-1.2, 40, 1.6), 0.8)


def _tracks(sleeper: Material) -> None:
    ballast = mineral((0.3, 0.28, 0.26), (0.2, 0.19, 0.18), 2.0, 18, 0.03)
    block((-4.2, -20, -0.4), (4.2, 320, -0.2), ballast, 0)
    rail = plain((0.3, 0.22, 0.18), 0.35, 0.8)
    tie = block((-1.25, -0.12, -0.22), (1.25, 0.12, -0.1), sleeper, 0.02)
    for x in (-2.0, 2.0):
        for y in np.arange(-8, 130, 0.65):
            copies([tie], (x, y, 0))
        for side in (-0.72, 0.72):
            block((x + side - 0.035, -20, -0.1), (x + side + 0.035, 320, 0.04), rail, 0.01)


def _platforms(generator: np.random.Generator, steel: Material) -> None:
    slab = laid(((0.42, 0.4, 0.38), (0.36, 0.35, 0.33)), (0.2,) * 3, (0.6, 0.6), 0.01, 0.0, upright=False)
    white = plain((0.8, 0.8, 0.75), 0.6)
    for side in (-1, 1):
        low, high = sorted((side * 3.75, side * 8.5))
        block((low, -20, -0.4), (high, 90, 0.55), slab, 0.01)
        block((side * 4.35 - 0.06, -20, 0.55), (side * 4.35 + 0.06, 90, 0.554), white, 0)
        for y in np.arange(2.0, 70, 7.0):
            rod((side * 6.6, y, 0.5), (side * 6.6, y, 3.6), 0.09, steel)
            tube([(side * 6.6, y, 3.0), (side * 5.8, y, 3.5), (side * 4.8, y, 3.7)], 0.05, steel)
        roof = block((min(side * 4.3, side * 8.4), -4, 3.7), (max(side * 4.3, side * 8.4), 72, 3.82), steel, 0.02)
        roof.rotation_euler.y = -0.05 * side
        place(bench(wood((0.35, 0.2, 0.1)), steel), (side * 7.6, 9.0, 0.55), -side * math.pi / 2)
        place(plank_fence(120, wood((0.3, 0.22, 0.15), "Z"), generator), (side * 8.8, 88, 0), -math.pi / 2)


def _masts(steel: Material) -> None:
    """And the wires between them."""
    for y in np.arange(6, 260, 28.0):
        rod((-4.1, y, -0.3), (-4.1, y, 6.6), 0.11, steel)
        rod((-4.1, y, 6.2), (4.0, y, 6.2), 0.05, steel)
        for x in (-2.0, 2.0):
            rod((x, y, 6.2), (x, y, 5.5), 0.02, steel)
            sag = np.linspace(0, 1, 9)
            tube(np.stack([np.full(9, x), y + 28 * sag, 5.9 - 1.0 * sag * (1 - sag)], axis=-1), 0.011, steel)
            rod((x, y, 5.2), (x, y + 28, 5.2), 0.011, steel, sides=8)


def _footbridge(steel: Material, pier: Material) -> None:
    block((-10, 46, 6.9), (10, 49, 7.2), steel, 0.02)
    for y in (46.0, 49.0):
        for x in np.arange(-10, 10, 1.2):
            rod((x, y, 7.1), (x + 0.6, y, 8.3), 0.04, steel, sides=8)
            rod((x + 0.6, y, 8.3), (x + 1.2, y, 7.1), 0.04, steel, sides=8)
        rod((-10, y, 8.3), (10, y, 8.3), 0.06, steel)
    for x in (-9.0, 9.0):
        block((x - 0.4, 46, -0.5), (x + 0.4, 49, 6.9), pier, 0.02)


def construction(generator: np.random.Generator, variant: int) -> View:
    """A concrete frame with scaffolding, a tower crane, heaps of sand, pallets of bricks, pipes and barriers."""
    daylight(generator.uniform(25, 50), generator.uniform(100, 260), 0.1, generator.uniform(0.2, 0.7))
    x, y = np.meshgrid(np.linspace(-60, 60, 140), np.linspace(-15, 140, 140), indexing="ij")
    ruts = 0.05 * np.sin(2.3 * x + 0.4 * np.sin(0.3 * y)) + 0.08 * np.sin(0.7 * x + 1.1 * y)
    sheet(x, y, ruts - 0.1, mineral((0.42, 0.33, 0.23), (0.3, 0.23, 0.16), 0.6, 25, 0.02))
    concrete = mineral((0.5, 0.49, 0.47), (0.4, 0.39, 0.38), 0.8, 45, 0.003)
    left, front = generator.uniform(-11, -6), generator.uniform(13, 18)
    floors, bays = int(generator.integers(3, 5)), 4
    for floor in range(floors):
        block(
            (left, front, 3.2 * floor + 2.9), (left + 4.2 * bays + 0.4, front + 13, 3.2 * floor + 3.2), concrete, 0.01
        )
        for bay in range(bays + 1):
            for row in range(3):
                cx, cy = left + 0.2 + 4.2 * bay, front + 0.3 + 6.0 * row
                block((cx - 0.2, cy - 0.2, 3.2 * floor), (cx + 0.2, cy + 0.2, 3.2 * floor + 2.9), concrete, 0.01)
        if floor:
            block((left + 4.6, front + 6, 3.2 * floor), (left + 8.4, front + 6.2, 3.2 * floor + 2.9), concrete, 0)
    _scaffold(left, front - 1.3, 4.2 * bays, floors)
    place(_crane(), (left + 4.2 * bays + 6.0, front + 12.0, 0), generator.uniform(0.5, 1.6) + math.pi)
    _materials_heap(generator)
    for index in range(5):
        place(
            barrier(generator),
            (-4.5 + 1.9 * index, 5.2 + generator.uniform(-0.25, 0.25), 0),
            generator.uniform(-0.15, 0.15),
        )
    kinds = [merged(house(11.0, int(generator.integers(3, 6)), generator, facing(generator))) for _ in range(3)]
    for index in range(6):
        copies([kinds[index % 3]], (-36 + 12.5 * index, 62, 0))
    place(kinds, (0, -300, -50))
    eye, target = (
        ((1.5, -3.0, 1.75), (0.0, 15.0, 3.6)),
        ((left - 4.5, front - 8.0, 1.7), (left + 12.0, front + 4.0, 3.4)),
        ((left + 1.6, front - 4.6, 5.2), (left + 10.0, front + 3.0, 3.2)),
    )[variant - 1]
    return View(eye, target, 0.7)


def _scaffold(left: float, y: float, width: float, floors: int) -> None:
    steel, planks = plain((0.5, 0.5, 0.5), 0.35, 0.9), wood((0.5, 0.38, 0.22))
    top = 3.2 * floors + 1
    for x in np.arange(left, left + width + 0.1, 2.1):
        for row in (y, y + 0.9):
            rod((x, row, 0), (x, row, top), 0.026, steel, sides=10)
    for z in np.arange(2.0, top, 2.0):
        block((left, y, z), (left + width, y + 0.9, z + 0.05), planks, 0.004)
        for rise in (0.5, 1.0):
            rod((left, y, z + rise), (left + width, y, z + rise), 0.022, steel, sides=10)
    for index, x in enumerate(np.arange(left, left + width - 2, 4.2)):
        z = 2.0 * (index % 2)
        rod((x, y - 0.03, z), (x + 2.1, y - 0.03, z + 2), 0.02, steel, sides=10)


def _lattice(
    start: tuple[float, float, float], end: tuple[float, float, float], wide: float, steel: Material
) -> list[Object]:
    """A square truss between two points."""
    low, high = Vector(start), Vector(end)
    forward = (high - low).normalized()
    right = forward.cross(Vector((0.1, 0.2, 1)) if abs(forward.z) < 0.9 else Vector((1, 0, 0))).normalized()
    up = right.cross(forward)
    corners = [(right * a + up * b) * (wide / 2) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    made = [rod(low + c, high + c, 0.05, steel, sides=6) for c in corners]
    count = max(1, round((high - low).length / wide))
    for index in range(count):
        a, b = low.lerp(high, index / count), low.lerp(high, (index + 1) / count)
        made += [rod(a + corners[k], b + corners[(k + 1) % 4], 0.03, steel, sides=6) for k in range(4)]
    return made


def _crane() -> list[Object]:
    yellow = plain((0.7, 0.45, 0.03), 0.4)
    made = [*_lattice((0, 0, 0), (0, 0, 26), 1.4, yellow), *_lattice((-9, 0, 26.5), (30, 0, 26.5), 1.1, yellow)]
    made += [
        block((-9, -0.8, 25), (-7, 0.8, 27), mineral((0.5,) * 3, (0.4,) * 3), 0.02),
        block((0.8, -0.7, 24.2), (2.2, 0.7, 26), plain((0.8, 0.8, 0.78)), 0.05),
    ]
    made += [
        rod((0, 0, 26), (0, 0, 31), 0.2, yellow),
        rod((0, 0, 31), (22, 0, 27), 0.05, yellow),
        rod((0, 0, 31), (-8, 0, 27), 0.05, yellow),
    ]
    return [*made, rod((18, 0, 26), (18, 0, 12), 0.03, yellow), block((17, -1, 10.8), (19, 1, 12), yellow, 0.05)]


def _materials_heap(generator: np.random.Generator) -> None:
    brick, timber = plain((0.45, 0.18, 0.1), 0.9), wood((0.5, 0.38, 0.22))
    sand = mineral((0.6, 0.47, 0.3), (0.5, 0.39, 0.25), 1.5, 60, 0.01)
    u, v = np.meshgrid(np.linspace(-3, 3, 70), np.linspace(-3, 3, 70), indexing="ij")
    heap = 1.5 * np.exp(-0.55 * (u**2 + v**2)) + 0.9 * np.exp(-0.8 * ((u - 1.4) ** 2 + (v + 0.5) ** 2)) - 0.15
    place([sheet(u, v, heap + 0.02 * np.sin(9 * u) * np.sin(11 * v), sand)], (generator.uniform(3.5, 6), 9.5, 0))
    for px in (-6.0, -4.3, 0.5):
        pallet = [block((-0.6, y, 0), (0.6, y + 0.1, 0.12), timber, 0.004) for y in (-0.5, -0.05, 0.4)]
        for layer in range(int(generator.integers(4, 10))):
            for row in range(4):
                for column in range(5):
                    bx, by = -0.56 + 0.226 * column, -0.48 + 0.24 * row
                    pallet.append(
                        block(
                            (bx, by, 0.13 + 0.075 * layer), (bx + 0.215, by + 0.225, 0.2 + 0.075 * layer), brick, 0.003
                        )
                    )
        place(pallet, (px, 8.0 + generator.uniform(-0.5, 1), 0), generator.uniform(-0.4, 0.4))
    grey = plain((0.45, 0.45, 0.44), 0.7)
    for row in range(3):
        for index in range(4 - row):
            pipe = modify(lathe([(0.3, -1.4), (0.3, 1.4)], grey), "SOLIDIFY", thickness=0.04)
            pipe.rotation_euler.x = math.pi / 2
            place([pipe], (-1.5 + 0.62 * index + 0.31 * row, 11.0, 0.3 + 0.54 * row))
    for index in range(6):
        block((7.5, 6 + 0.2 * index, 0.08 * index), (11.5, 6.18 + 0.2 * index, 0.08 * index + 0.07), timber, 0.004)
    cone = [
        rod((0, 0, 0.03), (0, 0, 0.7), 0.17, plain((0.75, 0.2, 0.03), 0.5), 0.03),
        block((-0.2, -0.2, 0), (0.2, 0.2, 0.03), plain((0.05,) * 3), 0.01),
        ring((0, 0, 0.4), 0.095, 0.012, plain((0.85,) * 3)),
    ]
    for _ in range(5):
        copies(cone, (generator.uniform(-4, 4), generator.uniform(2.0, 4.6), 0))
    place(cone, (2.5, 3.5, 0))
