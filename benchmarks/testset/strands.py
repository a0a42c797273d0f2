"""Thin things: fences, railings, benches, wires, chains and cables."""

import math
from itertools import pairwise

import numpy as np
from capture import View
from furniture import hue
from lights import daylight, lamp, overcast
from materials import laid, mineral, paint, plain, turf, wood
from plants import bark, bush, green, tree
from shapes import Material, Object, ball, block, place, ring, rod, tube


def plank_fence(count: int, timber: Material, generator: np.random.Generator) -> list[Object]:
    """Upright boards of uneven height on two rails, from the origin along +x."""
    made = [block((0, 0, z), (0.16 * count, 0.04, z + 0.09), timber, 0) for z in (0.3, 1.3)]
    for index in range(count):
        top, lean = generator.uniform(1.68, 1.8), generator.uniform(-0.004, 0.004)
        made.append(block((0.16 * index + lean, -0.02, 0.05), (0.16 * index + 0.145 + lean, 0, top), timber, 0.003))
    return made


def bench(timber: Material, iron: Material) -> list[Object]:
    """A park bench: slats on two iron sides."""
    made = []
    for x in (-0.7, 0.7):
        made += [
            tube([(x, -0.22, 0), (x, -0.2, 0.42), (x, 0.2, 0.42), (x, 0.34, 0.85)], 0.022, iron, smooth=False),
            rod((x, 0.22, 0), (x, 0.18, 0.42), 0.022, iron),
        ]
        made.append(tube([(x, -0.2, 0.42), (x, -0.2, 0.62), (x, 0.24, 0.64)], 0.018, iron))
    made += [block((-0.85, -0.22 + 0.1 * i, 0.43), (0.85, -0.14 + 0.1 * i, 0.46), timber, 0.006) for i in range(4)]
    return made + [
        block((-0.85, 0.19 + 0.045 * i, 0.54 + 0.12 * i), (0.85, 0.215 + 0.045 * i, 0.63 + 0.12 * i), timber, 0.006)
        for i in range(3)
    ]


def barrier(generator: np.random.Generator) -> list[Object]:
    """A crowd barrier: a bent frame with bars."""
    steel = plain((0.55, 0.55, 0.55) if generator.random() < 0.6 else (0.7, 0.3, 0.03), 0.35, 0.7)
    frame = [(-0.85, 0, 0.15), (-0.85, 0, 1.05), (0.85, 0, 1.05), (0.85, 0, 0.15)]
    made = [tube(frame, 0.02, steel, smooth=False, closed=True)]
    made += [rod((x, 0, 0.15), (x, 0, 1.05), 0.008, steel, sides=8) for x in np.arange(-0.75, 0.8, 0.125)]
    return (
        made
        + [rod((x, -0.28, 0.02), (x, 0.28, 0.02), 0.018, steel) for x in (-0.7, 0.7)]
        + [rod((x, 0, 0), (x, 0, 0.15), 0.018, steel) for x in (-0.7, 0.7)]
    )


def chain_link(width: float, height: float, steel: Material, mesh_size: float = 0.06) -> list[Object]:
    """Woven wire between posts, from the origin along +x."""
    made = []
    rows = round(height / mesh_size) * 2
    for x in np.arange(0, width, mesh_size):
        for phase in (0, 1):
            points = [
                (x + mesh_size / 2 * ((step + phase) % 2), 0.004 * (-1) ** (step + phase), step * mesh_size / 2)
                for step in range(rows + 1)
            ]
            made.append(tube(points, 0.0022, steel, smooth=False))
    for x in np.arange(0, width + 0.1, 2.0):
        made.append(rod((x, 0.03, 0), (x, 0.03, height + 0.15), 0.024, steel))
    return made + [rod((0, 0, z), (width, 0, z), 0.004, steel, sides=8) for z in (0.05, height / 2, height)]


def iron_fence(width: float, height: float, iron: Material) -> list[Object]:
    """Spear-headed bars, rings between two top rails, and scrolls."""
    made = []
    for index, x in enumerate(np.arange(0, width, 0.12)):
        made += [
            rod((x, 0, 0.08), (x, 0, height), 0.008, iron, sides=10),
            rod((x, 0, height), (x, 0, height + 0.11), 0.018, iron, 0.001, sides=8),
        ]
        made.append(ring((x + 0.06, 0, height - 0.18), 0.045, 0.006, iron, axis=(0, 1, 0)))
        if index % 4 == 0:
            turn = np.linspace(0, 4 * math.pi, 40)
            reach = 0.02 + 0.011 * turn
            made.append(
                tube(
                    np.stack([x + 0.24 + reach * np.cos(turn), 0 * turn, 0.5 + reach * np.sin(turn)], axis=-1),
                    0.005,
                    iron,
                )
            )
    return made + [rod((0, 0, z), (width, 0, z), 0.014, iron, sides=8) for z in (0.12, height - 0.12, height - 0.24)]


def fence(generator: np.random.Generator, variant: int) -> View:
    """Looked through at a short distance: chain link, wrought iron or boards, before a yard that goes on behind."""
    overcast(1.0) if variant == 2 else daylight(generator.uniform(25, 45), generator.uniform(110, 250), 0.1, 0.5)
    block((-60, -10, -0.3), (60, 90, 0), turf((0.24, 0.31, 0.09), (0.13, 0.2, 0.05)), 0)
    trunk = bark()
    for index in range(9):
        place(
            tree(generator, generator.uniform(4, 8), green(generator), trunk),
            (generator.uniform(-14, 14), 7 + 5 * index, 0),
        )
    for x in np.arange(-10, 10, 2.2):
        place(
            bush(generator, (1.6, 1.2, generator.uniform(0.8, 1.6)), green(generator), 900),
            (x, generator.uniform(5, 9), 0),
        )
    brick = laid(((0.45, 0.22, 0.14), (0.36, 0.17, 0.11)), (0.55, 0.52, 0.48), (0.22, 0.075))
    block((-16, 30, 0), (-4, 36, 6), brick, 0)
    turn = generator.uniform(-0.45, 0.45)
    steel = plain((0.55, 0.56, 0.56), 0.3, 0.9)
    iron = plain((0.02, 0.022, 0.02), 0.35)
    if variant == 1:
        made = chain_link(4.4, 1.7, steel)
    elif variant == 2:
        made = iron_fence(4.4, 1.5, iron)
    else:
        made = _trellis(4.4, 1.7, wood((0.42, 0.28, 0.16), "Z", 0.7))
    centred = place(made, (-2.2, 0, 0))
    place(centred, (0, 1.9, 0), turn)
    place(bench(wood((0.4, 0.25, 0.12)), iron), (generator.uniform(-1, 1), 4.5, 0), 0.3)
    return View(
        (generator.uniform(-0.4, 0.4), generator.uniform(-0.2, 0.5), 1.35), (0, 4, 1.0), generator.uniform(0.75, 1.0)
    )


def _trellis(width: float, height: float, timber: Material) -> list[Object]:
    step = 0.16
    made = [
        block((x - 0.045, -0.03, 0), (x + 0.045, 0.06, height + 0.1), timber, 0.006) for x in (0.0, width / 2, width)
    ]
    for start in np.arange(-height, width, step):
        low, high = max(0.0, -start), min(height, width - start)
        if high - low > 0.05:
            made.append(rod((start + low, -0.012, low), (start + high, -0.012, high), 0.011, timber, sides=4))
            made.append(
                rod((width - start - low, 0.012, low), (width - start - high, 0.012, high), 0.011, timber, sides=4)
            )
    return made + [block((0, -0.02, z), (width, 0.02, z + 0.06), timber, 0.004) for z in (0.0, height)]


def wires(generator: np.random.Generator, variant: int) -> View:
    """A workbench: a wire sculpture, a bird cage, springs, a chain and looping cables before a wall."""
    bench_top = wood((0.5, 0.33, 0.18))
    block((-1.2, -0.6, -0.05), (1.2, 0.6, 0), bench_top, 0.006)
    block((-3, 0.75, -1), (3, 0.85, 2), paint(np.array([0.6, 0.62, 0.6]) * generator.uniform(0.6, 1.1, 3), grain=60), 0)
    block((-3, -3, -1.02), (3, 0.8, -0.95), mineral((0.4,) * 3, (0.3,) * 3), 0)
    steel, copper = plain((0.6, 0.6, 0.62), 0.22, 1.0), plain((0.7, 0.32, 0.16), 0.28, 1.0)
    side = 1 if variant == 1 else -1
    place(_knot(generator, copper), (-0.42 * side, 0.05, 0.27), 0.5 * variant)
    place(_cage(steel), (0.36 * side, 0.12 * side, 0))
    for index, x in enumerate((-0.1, 0.02, 0.12)):
        place([_spring(0.022 + 0.006 * index, 0.1 + 0.05 * index, 7 + 2 * index, steel)], (x, -0.22, 0))
    for strand in range(5):
        start = np.array([-1.1 + 0.12 * strand, 0.4 - 0.05 * strand, 0.006])
        drift = np.cumsum(generator.normal(size=(12, 3)) * (0.11, 0.06, 0), axis=0)
        tube(start + drift + np.array([0.09, -0.045, 0]) * np.arange(12)[:, None], 0.0035, plain(hue(generator), 0.4))
    _chain((-0.75, 0.3, 0.75), (0.8, 0.3, 0.72), steel)
    for x in (-0.75, 0.8):
        rod((x, 0.3, 0), (x, 0.3, 0.8), 0.012, steel)
    lamp((-0.7, -1.0, 1.5), 22, (0.4, 0.4), towards=(0, 0, 0))
    lamp((1.4, -0.6, 1.2), 8, (0.7, 0.7), towards=(0, 0, 0.2), colour=(0.8, 0.9, 1.0))
    overcast(0.15)
    return View(
        (generator.uniform(-0.45, 0.45), -1.15, generator.uniform(0.35, 0.6)),
        (0, 0.1, 0.22),
        generator.uniform(0.85, 1.05),
    )


def _knot(generator: np.random.Generator, metal: Material) -> list[Object]:
    turn = np.linspace(0, 2 * np.pi, 140, endpoint=False)
    p, q = ((2, 3), (3, 4), (2, 5), (3, 5))[generator.integers(4)]
    reach = 0.14 + 0.06 * np.cos(q * turn)
    loop = np.stack([reach * np.cos(p * turn), 0.07 * np.sin(q * turn), reach * np.sin(p * turn)], axis=-1)
    made = [
        tube(loop, 0.0035, metal, closed=True),
        rod((0, 0, -0.27), (0, 0, -0.2), 0.008, metal),
        rod((0, 0, -0.27), (0, 0, -0.255), 0.07, metal),
    ]
    return [
        *made,
        tube(loop * 0.72 + 0.01, 0.002, metal, closed=True),
        tube(loop[:, [2, 1, 0]] * 0.9, 0.002, metal, closed=True),
    ]


def _cage(steel: Material) -> list[Object]:
    made = [
        rod((0, 0, 0), (0, 0, 0.02), 0.165, steel),
        ring((0, 0, 0.3), 0.16, 0.003, steel),
        ring((0, 0, 0.15), 0.16, 0.003, steel),
    ]
    for angle in np.arange(26) * (2 * math.pi / 26):
        c, s = math.cos(angle), math.sin(angle)
        made.append(
            tube(
                [(0.16 * c, 0.16 * s, 0.02), (0.16 * c, 0.16 * s, 0.3), (0.11 * c, 0.11 * s, 0.4), (0, 0, 0.45)],
                0.0016,
                steel,
            )
        )
    made += [
        ring((0, 0, 0.48), 0.03, 0.003, steel, axis=(0, 1, 0)),
        ring((0, 0, 0.24), 0.05, 0.003, steel, axis=(0, 1, 0)),
    ]
    return [
        *made,
        rod((0, 0, 0.29), (0, 0, 0.45), 0.0015, steel),
        ball((0.03, 0.02, 0.07), (0.03, 0.05, 0.035), plain((0.7, 0.55, 0.1), 0.6), 20),
    ]


def _spring(radius: float, height: float, turns: int, steel: Material) -> Object:
    angle = np.linspace(0, 2 * np.pi * turns, 14 * turns)
    return tube(
        np.stack([radius * np.cos(angle), radius * np.sin(angle), 0.003 + height * angle / angle[-1]], axis=-1),
        0.002,
        steel,
    )


def _chain(start: tuple[float, float, float], end: tuple[float, float, float], steel: Material) -> None:
    along = np.linspace(0, 1, 44)
    line = (
        np.array(start)
        + along[:, None] * (np.array(end) - start)
        - np.array([0, 0, 0.9]) * (along * (1 - along))[:, None]
    )
    for index, (point, after) in enumerate(pairwise(line)):
        across = (after - point)[[2, 1, 0]] * (1, 1, -1)
        ring(point, 0.019, 0.0035, steel, axis=(0, 1, 0) if index % 2 else across.tolist())
