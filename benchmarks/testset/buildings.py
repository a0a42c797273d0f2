"""Walls with openings, windows, doors, rooms, stairs and house fronts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from materials import glass, glow, laid, paint, plain, turf, wood
from plants import bush, green
from shapes import Material, Object, as_glass, block, copies, mesh, place, rod


@dataclass(frozen=True)
class Opening:
    """A hole in a wall: from `left`, measured along it, `width` wide, between the heights `low` and `high`."""

    left: float
    width: float
    low: float
    high: float


def wall(
    length: float, height: float, thickness: float, material: Material, openings: Sequence[Opening] = ()
) -> list[Object]:
    """A wall from the origin along +x whose front is at y = 0 and whose body lies at y > 0."""
    made, x = [], 0.0
    for hole in sorted(openings, key=lambda each: each.left):
        made.append(block((x, 0, 0), (hole.left, thickness, height), material, 0))
        x = hole.left + hole.width
        if hole.low > 0:
            made.append(block((hole.left, 0, 0), (x, thickness, hole.low), material, 0))
        if hole.high < height:
            made.append(block((hole.left, 0, hole.high), (x, thickness, height), material, 0))
    return [*made, block((x, 0, 0), (length, thickness, height), material, 0)]


def window(
    hole: Opening, frame: Material, pane: Material | None, thickness: float = 0.25, bars: tuple[int, int] = (2, 1)
) -> list[Object]:
    """Frame, bars, sill and a pane set back in an opening; `pane` glass is looked through, any other is seen."""
    x, right, y = hole.left, hole.left + hole.width, 0.6 * thickness
    posts = np.linspace(x, right, bars[0] + 1)
    rails = np.linspace(hole.low, hole.high, bars[1] + 1)
    made = [block((p - 0.03, y - 0.03, hole.low), (p + 0.03, y + 0.03, hole.high), frame, 0.004) for p in posts]
    made += [block((x, y - 0.03, r - 0.03), (right, y + 0.03, r + 0.03), frame, 0.004) for r in rails]
    made.append(block((x - 0.04, -0.06, hole.low - 0.04), (right + 0.04, y, hole.low), frame, 0.006))
    if pane is not None:
        sheet = block((x, y - 0.003, hole.low), (right, y + 0.003, hole.high), pane, 0)
        made.append(as_glass(sheet) if pane.name.startswith("glass") else sheet)
    return made


def door(width: float, height: float, leaf: Material, steel: Material, panels: int = 2) -> list[Object]:
    """A door with its frame on the face of a wall: x from 0 to `width`, front towards -y."""
    made = [block((0, -0.02, 0), (width, 0.03, height), leaf, 0.004)]
    for low, high in ((-0.08, 0.0), (width, width + 0.08)):
        made.append(block((low, -0.04, 0), (high, 0.03, height + 0.08), leaf, 0.006))
    made.append(block((0, -0.04, height), (width, 0.03, height + 0.08), leaf, 0.006))
    step = (height - 0.2) / panels
    for panel in range(panels):
        low = 0.16 + panel * step
        made.append(block((0.14, -0.032, low), (width - 0.14, -0.01, low + step - 0.14), leaf, 0.012))
    made += [
        rod((0.08, -0.02, 1.05), (0.08, -0.07, 1.05), 0.01, steel),
        rod((0.07, -0.07, 1.05), (0.2, -0.07, 1.05), 0.01, steel),
    ]
    return made


@dataclass(frozen=True)
class Shell:
    """A room's size and surfaces: x from 0 to `width`, y from 0 to `depth`; it is seen from y near 0."""

    width: float
    depth: float
    height: float
    walls: Material
    floor: Material
    ceiling: Material
    skirting: Material


def room(
    shell: Shell, back: Sequence[Opening] = (), left: Sequence[Opening] = (), right: Sequence[Opening] = ()
) -> None:
    """Floor, ceiling and four walls, with windows in the openings of the back, left and right walls."""
    w, d, h = shell.width, shell.depth, shell.height
    block((-0.3, -0.3, -0.2), (w + 0.3, d + 0.3, 0), shell.floor, 0)
    block((-0.3, -0.3, h), (w + 0.3, d + 0.3, h + 0.2), shell.ceiling, 0)
    pane = glass()
    sides: list[tuple[float, Sequence[Opening], tuple[float, float], float]] = [
        (w, back, (0, d), 0.0), (d, left, (0, 0), np.pi / 2), (d, right, (w, d), -np.pi / 2), (w, (), (w, 0), np.pi),
    ]  # fmt: skip
    for length, holes, (x, y), turn in sides:
        place(wall(length, h, 0.25, shell.walls, holes), (x, y, 0), turn)
        runs = [0.0, *(edge for hole in holes if hole.low == 0 for edge in (hole.left, hole.left + hole.width)), length]
        for start, end in zip(runs[::2], runs[1::2], strict=True):
            place([block((start, -0.018, 0), (end, 0, 0.09), shell.skirting, 0.004)], (x, y, 0), turn)
        for hole in holes:
            place(window(hole, shell.skirting, pane), (x, y, 0), turn)


def shell(
    generator: np.random.Generator, width: float, depth: float, height: float = 2.6, tiled: bool = False
) -> Shell:
    """A room whose surfaces are drawn: parquet or tiles below, painted or tiled walls."""
    tint = np.array([0.78, 0.76, 0.72]) * generator.uniform(0.75, 1.05, 3)
    brown = np.array([0.36, 0.22, 0.12]) * generator.uniform(0.5, 1.7)
    grey = np.full(3, generator.uniform(0.3, 0.7))
    parquet = laid((brown, 0.7 * brown), 0.15 * brown, (1.1, 0.12), 0.004, 0.37, 0.35, 0.001, upright=False, grain=14)
    slabs = laid((grey, 0.88 * grey), 0.5 * grey, (0.4, 0.4), 0.006, 0.0, 0.25, 0.002, upright=False, grain=7)
    white = np.array([0.82, 0.83, 0.84])
    tiles = laid((white, 0.95 * white), 0.6 * white, (0.3, 0.2), 0.006, 0.0, 0.15, 0.002, grain=5)
    return Shell(width, depth, height, tiles if tiled else paint(tint), slabs if tiled else parquet,
                 paint((0.86, 0.86, 0.85)), paint((0.8, 0.79, 0.77), 0.4))  # fmt: skip


def outside(generator: np.random.Generator, shell_: Shell) -> None:
    """What windows look on: a lawn below, hedges and a house front at some distance."""
    block((-60, -60, -0.9), (60, 60, -0.7), turf((0.2, 0.28, 0.08), (0.1, 0.17, 0.04)), 0)
    facing = laid(((0.42, 0.2, 0.14), (0.33, 0.15, 0.1)), (0.5, 0.48, 0.45), (0.24, 0.08))
    away = shell_.depth + generator.uniform(9, 16)
    block((-14, away, -0.8), (10, away + 4, 7), facing, 0)
    for x in np.arange(-12, 9, 3.0):
        block((x, away - 0.02, 1), (x + 1.2, away, 2.6), plain((0.05, 0.07, 0.09), 0.05), 0)
    shrubs = [bush(generator, (2.6, 2.6, size), green(generator), 900) for size in (2.2, 2.9)]
    for x in (-8.0, shell_.width + 8.0):
        for index, y in enumerate(np.arange(-4, 12, 1.3)):
            copies(shrubs[index % 2], (x + 0.3 * generator.normal(), y, -0.7), generator.uniform(0, 6))
    for shrub in shrubs:
        place(shrub, (0, -40, -0.7))


def flight(steps: int, width: float, rise: float, tread: float, material: Material, edge: Material) -> list[Object]:
    """Stairs that climb from the origin along +y, x from 0 to `width`."""
    made = []
    for step in range(steps):
        low = max(0.0, (step - 1.2) * rise)
        made.append(block((0, step * tread, low), (width, (step + 1) * tread, (step + 1) * rise), material, 0.004))
        made.append(
            block(
                (0.02, step * tread - 0.012, (step + 1) * rise),
                (width - 0.02, step * tread + 0.05, (step + 1) * rise + 0.006),
                edge,
                0.002,
            )
        )
    return made


def railing(length: float, climb: float, rail: Material, post: Material, spacing: float = 0.12) -> list[Object]:
    """Balusters and a handrail from the origin along +y that climb by `climb` metres."""
    made = []
    for y in np.arange(0, length + 1e-6, spacing):
        z = climb * y / length
        made.append(rod((0, y, z), (0, y, z + 0.9), 0.008, post, sides=10))
    made.append(rod((0, -0.05, 0.92), (0, length + 0.05, climb + 0.92), 0.024, rail))
    made.append(rod((0, 0, 0.06), (0, length, climb + 0.06), 0.012, post))
    return made


def house(
    width: float, floors: int, generator: np.random.Generator, face: Material, depth: float = 9.0
) -> list[Object]:
    """A house with its front towards -y, x from 0 to `width`: door, sashes, cornice, roof, sometimes balconies."""
    storey, bays = 3.1, max(2, int(width / 2.4))
    height, step = 0.5 + floors * storey, width / bays
    frame, steel = plain(generator.uniform(0.1, 0.85, 3), 0.4), plain((0.12, 0.12, 0.13), 0.4, metallic=0.6)
    panes = plain((0.02, 0.03, 0.04), 0.03)
    lit = glow((1.0, 0.75, 0.45), 1.5)
    stone = paint((0.62, 0.58, 0.52), grain=40, relief=0.003)
    entrance = int(generator.integers(bays))
    balconies, tall = generator.random() < 0.4, generator.uniform(1.4, 1.9)
    holes: dict[int, list[Opening]] = {floor: [] for floor in range(floors)}
    for floor in range(floors):
        for bay in range(bays):
            low = 0.0 if floor == 0 and bay == entrance else (1.4 if floor == 0 else 0.8)
            holes[floor].append(
                Opening(bay * step + 0.5 * step - 0.55, 1.1, low, 2.3 if low == 0 else min(low + tall, 2.9))
            )
    made = []
    for floor, openings in holes.items():
        base = 0.5 * (floor > 0) + floor * storey
        level = wall(width, storey + 0.5 * (floor == 0), 0.35, face, openings)
        for hole in openings:
            dark = generator.random() > 0.08
            if hole.low:
                level += window(hole, frame, panes if dark else lit, 0.35, (2, 1 + (hole.high - hole.low > 1.5)))
                lintel = (hole.left - 0.1, -0.05, hole.high), (hole.left + 1.2, 0.02, hole.high + 0.16)
                level.append(block(*lintel, stone, 0.01))
            else:
                level += place(door(1.1, 2.3, wood((0.25, 0.13, 0.07), "Z"), steel), (hole.left, 0.12, 0))
            if balconies and floor and hole is not openings[0]:
                level += _balcony(hole.left - 0.25, 1.6, stone, steel)
        made += place(level, (0, 0, base))
    made.append(block((-0.05, -0.25, height), (width + 0.05, 0.4, height + 0.3), stone, 0.05))
    made += [block((0, 0.36, 0), (width, depth, height), face, 0), _roof(width, depth, height + 0.3)]
    return made


def _balcony(left: float, width: float, stone: Material, steel: Material) -> list[Object]:
    made = [block((left, -0.9, -0.05), (left + width, 0, 0.1), stone, 0.01)]
    made += [
        rod((x, -0.86, 0.1), (x, -0.86, 1.05), 0.009, steel, sides=8)
        for x in np.arange(left + 0.04, left + width, 0.13)
    ]
    made += [
        rod((x, y, 0.1), (x, y, 1.05), 0.009, steel, sides=8)
        for x in (left + 0.04, left + width - 0.04)
        for y in (-0.6, -0.3)
    ]
    return [*made, rod((left, -0.86, 1.05), (left + width, -0.86, 1.05), 0.022, steel)]


def _roof(width: float, depth: float, base: float) -> Object:
    tiles = laid(((0.36, 0.14, 0.08), (0.28, 0.11, 0.07)), (0.08, 0.04, 0.03), (0.3, 0.22), 0.02, relief=0.02)
    y0, ridge, rise = -0.35, depth / 2, 0.28 * depth
    vertices = [
        (x, y, z) for x in (-0.1, width + 0.1) for y, z in ((y0, base), (ridge, base + rise), (depth + 0.3, base))
    ]
    return mesh(vertices, [(0, 3, 4, 1), (1, 4, 5, 2), (0, 1, 2), (3, 5, 4), (0, 2, 5, 3)], tiles)
