"""Yards, parks and open land."""

import math
from collections.abc import Callable

import numpy as np
from buildings import Opening, door, house, wall, window
from capture import View
from furniture import chair, hue, table
from lights import daylight
from materials import laid, mineral, object_colour, plain, slope, turf, water, wood
from numpy.typing import NDArray
from plants import bark, bush, conifer, grass, green, pot_plant, tree
from shapes import Material, Object, ball, block, copies, modify, place, ring, rod, sheet, tinted, tube
from strands import bench, plank_fence

Vectors = NDArray[np.float64]


def yard(generator: np.random.Generator, variant: int) -> View:
    """A lawn behind a house: plank fence, shed, table and chairs, trees, pots, a washing line."""
    daylight(generator.uniform(25, 50), generator.uniform(100, 260), 0.1, generator.uniform(0.2, 0.7))
    blades, trunk = green(generator), bark()
    block((-400, -30, -0.3), (400, 600, 0), turf((0.22, 0.32, 0.08), (0.12, 0.2, 0.05)), 0)
    grass(generator, (-5, 0.8), (6, 9), 30000, 0.07, blades)
    slabs = laid(((0.5, 0.47, 0.43), (0.42, 0.4, 0.37)), (0.2, 0.19, 0.17), (0.6, 0.6), 0.02, 0.0, upright=False)
    block((-6.5, 1.5, 0), (-1.5, 9, 0.04), slabs, 0)
    brick = laid(((0.45, 0.21, 0.13), (0.36, 0.16, 0.1)), (0.55, 0.52, 0.48), (0.22, 0.075))
    place(house(11, 2, generator, brick), (-6.5, -1.0, 0), math.pi / 2)
    timber = wood((0.33, 0.22, 0.13), "Z", 0.8)
    for start, count, turn in (((-7, 14.0), 90, 0.0), ((7.5, 14.0), 75, -math.pi / 2)):
        place(plank_fence(count, timber, generator), (*start, 0), turn)
    place(_shed(generator), (generator.uniform(2.5, 4.5), 10.6, 0), generator.uniform(-0.3, 0.1))
    x, y = generator.uniform(-3.8, -2.6), generator.uniform(4.6, 6.0)
    steel, seat = plain((0.15, 0.15, 0.16), 0.4), plain(hue(generator), 0.6)
    place([*table(1.4, 0.85, 0.74, timber, timber), *_parasol(generator)], (x, y, 0.04), 0.2)
    for turn in np.arange(4) * math.pi / 2:
        place(
            chair(steel, seat),
            (x + 1.0 * math.sin(turn), y - 0.85 * math.cos(turn), 0.04),
            turn + math.pi + generator.uniform(-0.3, 0.3),
        )
    for tx, ty, size in ((2.2, 7.5, 4.5), (-4.5, 17, 8), (5, 19, 9), (0, 22, 10)):
        place(
            tree(generator, size, green(generator), trunk),
            (tx + generator.uniform(-1, 1), ty, 0),
            generator.uniform(0, 6),
        )
    for bx in np.arange(-6, 2, 1.5):
        place(bush(generator, (1.3, 0.9, generator.uniform(0.7, 1.3)), green(generator), 1200), (bx, 13.2, 0))
    for index in range(4):
        place(pot_plant(generator, generator.uniform(0.5, 0.9)), (-1.2 + 0.2 * index, 3.6 + 0.9 * index, 0.0))
    _washing_line(generator, (0.5, 6.2), (6.5, 8.2))
    eye, target = (
        ((2.5, -1.5, 1.65), (-0.6, 10.0, 0.9)),
        ((-4.8, 1.8, 1.5), (1.5, 9.0, 0.8)),
        ((6.6, 3.0, 1.6), (-3.0, 8.0, 0.8)),
    )[variant - 1]
    return View(eye, target, 0.72)


def _shed(generator: np.random.Generator) -> list[Object]:
    boards = laid((np.array(hue(generator)), 0.85 * np.array(hue(generator))), (0.05, 0.04, 0.03), (9.0, 0.14), 0.012)
    hole = Opening(1.5, 0.7, 1.0, 1.7)
    made = [
        *wall(2.6, 2.1, 0.1, boards, [hole]),
        *window(hole, plain((0.8, 0.8, 0.78)), plain((0.03, 0.04, 0.05), 0.05), 0.1),
    ]
    made += [
        block((0, 0.1, 0), (2.6, 2.1, 2.1), boards, 0),
        *place(door(0.8, 1.85, wood((0.3, 0.2, 0.12), "Z"), plain((0.1,) * 3)), (0.3, 0, 0)),
    ]
    roof = block((-0.2, -1.35, 0), (2.8, 1.35, 0.06), plain((0.12, 0.13, 0.13), 0.8), 0.01)
    roof.rotation_euler.x, roof.location = 0.22, (0, 1.05, 2.32)
    return [*made, roof]


def _parasol(generator: np.random.Generator) -> list[Object]:
    cloth = plain(hue(generator), 0.9)
    dome = rod((0, 0, 2.15), (0, 0, 2.6), 1.35, cloth, 0.03, sides=8)
    return [rod((0, 0, 0), (0, 0, 2.6), 0.022, wood((0.5, 0.35, 0.2), "Z")), dome]


def _washing_line(generator: np.random.Generator, start: tuple[float, float], end: tuple[float, float]) -> None:
    steel, cover = plain((0.5, 0.5, 0.5), 0.4, metallic=0.8), object_colour(0.9)
    for x, y in (start, end):
        rod((x, y, 0), (x, y, 2.0), 0.03, steel)
    span = np.linspace(0, 1, 12)
    line = np.stack(
        [start[0] + span * (end[0] - start[0]), start[1] + span * (end[1] - start[1]), 1.95 - 0.5 * span * (1 - span)],
        axis=-1,
    )
    tube(line, 0.003, steel)
    heading = math.atan2(end[1] - start[1], end[0] - start[0])
    for along in (0.12, 0.3, 0.46, 0.66, 0.8):
        u, v = np.meshgrid(np.linspace(-0.3, 0.3, 20), np.linspace(0, 1, 14), indexing="ij")
        cloth = sheet(
            u, 0.05 * np.sin(9 * u + 3 * v + generator.uniform(0, 6)) * v, -generator.uniform(0.5, 0.9) * v, cover
        )
        tinted(cloth, hue(generator) if generator.random() < 0.6 else (0.85, 0.85, 0.85))
        at = line[0] + along * (line[-1] - line[0])
        place([cloth], (at[0], at[1], 1.95 - 0.5 * along * (1 - along)), heading)


def park(generator: np.random.Generator, variant: int) -> View:
    """A path between trees, benches, lamps, a pond or a playground."""
    daylight(generator.uniform(18, 45), generator.uniform(90, 270), 0.1, generator.uniform(0.2, 0.6))
    x, y = np.meshgrid(np.linspace(-90, 90, 120), np.linspace(-20, 160, 120), indexing="ij")
    rise = 1.4 * np.sin(0.05 * x + 1) * np.cos(0.04 * y) * np.clip((np.abs(x) - 4) / 20, 0, 1)
    block((-600, -30, -2.0), (600, 900, -1.5), turf((0.2, 0.28, 0.08), (0.12, 0.2, 0.05)), 0)
    sheet(x, y, rise, turf((0.24, 0.33, 0.08), (0.12, 0.22, 0.05)))
    blades = green(generator)
    grass(generator, (-7, 0.5), (7, 9), 40000, 0.06, blades)
    bend = generator.uniform(-0.05, 0.05)
    along = np.linspace(-3, 90, 80)
    middle = bend * along**2 * 0.25
    edge = np.stack([middle - 1.3, middle + 1.3])
    sheet(
        edge, np.stack([along, along]), np.full((2, 80), 0.05), mineral((0.5, 0.43, 0.33), (0.4, 0.34, 0.26), 1.0, 60)
    )
    _avenue(generator, bend)
    timber, iron = wood((0.36, 0.22, 0.12)), plain((0.03, 0.04, 0.035), 0.4)
    for by in (5.5, 12, 21):
        place(bench(timber, iron), (bend * by**2 * 0.25 + 1.9, by, 0), -math.pi / 2)
        place(_street_lamp(iron), (bend * by**2 * 0.25 - 1.8, by + 2.5, 0))
    if variant != 2:
        _pond(generator)
    else:
        place(_playground(generator), (-5.0, 13, 0), generator.uniform(-0.4, 0.4))
    eye, target = (
        ((0.5, -1.5, 1.6), (-1.0, 14.0, 1.6)),
        ((-1.5, 6.0, 1.5), (-5.0, 13.5, 1.1)),
        ((-2.6, 2.0, 1.3), (-6.0, 16.0, 1.0)),
    )[variant - 1]
    return View(eye, target, (0.75, 0.85, 0.8)[variant - 1])


def _avenue(generator: np.random.Generator, bend: float) -> None:
    """Trees along a path that bends, and farther off."""
    trunk, foliage = bark(), [green(generator) for _ in range(3)]
    kinds = [tree(generator, generator.uniform(7, 12), foliage[i], trunk) for i in range(3)]
    kinds.append(conifer(generator, 11, foliage[0], trunk))
    for index in range(46):
        ty = 6 + 2.6 * index + generator.uniform(-1, 1)
        side = (1 if index % 2 else -1) * (generator.uniform(3.4, 7) if index % 3 else generator.uniform(8, 40))
        copies(
            kinds[generator.integers(4)],
            (bend * ty**2 * 0.25 * (ty < 60) + side, ty, -0.05),
            generator.uniform(0, 6),
            generator.uniform(0.7, 1.3),
        )
    for kind in kinds:
        place(kind, (0, -60, 0))


def _pond(generator: np.random.Generator) -> None:
    stone = mineral((0.4,) * 3, (0.3,) * 3)
    pond = rod((-8, 17, -0.1), (-8, 17, 0.06), 5.0, water(), sides=48)
    pond.scale.x = 0.9
    for turn in np.arange(0, 6.28, 0.22):
        size = generator.uniform(0.15, 0.45)
        ball(
            (-8 + 5 * math.cos(turn), 17 + 5 * math.sin(turn), 0.05),
            (size, size, 0.6 * size),
            stone,
            14,
        )


def _street_lamp(iron: Material) -> list[Object]:
    return [
        rod((0, 0, 0), (0, 0, 3.4), 0.05, iron, 0.035),
        rod((0, 0, 0), (0, 0, 0.5), 0.09, iron, 0.07),
        ball((0, 0, 3.6), 0.2, plain((0.85, 0.85, 0.8), 0.2)),
        rod((0, 0, 3.74), (0, 0, 3.86), 0.16, iron, 0.02),
    ]


def _playground(generator: np.random.Generator) -> list[Object]:
    red, blue, steel = (plain(hue(generator), 0.35) for _ in range(3))
    made = [rod((-1.6, 0, 2.2), (1.6, 0, 2.2), 0.045, red)]
    for x in (-1.6, 1.6):
        made += [rod((x, 0, 2.2), (x * 1.1, s * 0.8, 0), 0.045, red) for s in (-1, 1)]
    for x in (-0.7, 0.7):
        swing = generator.uniform(-0.25, 0.25)
        made += [rod((x + s, 0, 2.2), (x + s, swing, 0.5), 0.008, steel, sides=8) for s in (-0.2, 0.2)]
        made.append(block((x - 0.22, swing - 0.09, 0.47), (x + 0.22, swing + 0.09, 0.5), blue, 0.01))
    slide = [(3.0, 0.0, 1.7), (3.0, -0.6, 1.5), (3.0, -1.6, 0.7), (3.0, -2.4, 0.3), (3.0, -2.9, 0.28)]
    across, chute = np.meshgrid(np.linspace(-0.28, 0.28, 9), np.arange(5), indexing="ij")
    points = np.array(slide)
    made.append(
        modify(
            sheet(across + 3.0, points[chute, 1], points[chute, 2] + 2.2 * across**2, blue), "SOLIDIFY", thickness=0.03
        )
    )
    made += [rod((3.0 + s, 0.9, 0), (3.0 + s, 0.1, 1.9), 0.025, red) for s in (-0.27, 0.27)]
    made += [
        rod((2.73, 0.9 - 0.8 * t, 1.9 * t), (3.27, 0.9 - 0.8 * t, 1.9 * t), 0.018, red)
        for t in np.linspace(0.15, 0.9, 6)
    ]
    return [*made, ring((1.2, -2.5, 0.25), 0.5, 0.22, blue)]


def terrain(generator: np.random.Generator, variant: int) -> View:
    """Hills and mountains with spruces, boulders and a lake, as far as the eye sees."""
    daylight(generator.uniform(14, 40), generator.uniform(70, 290), 0.1, generator.uniform(0.3, 0.7))
    waves = [
        (generator.normal(size=2) * 0.012 * 1.9**octave, generator.uniform(0, 6.28), 7.0 * 0.52**octave)
        for octave in range(8)
    ]

    def height(x: Vectors, y: Vectors) -> Vectors:
        rolling = sum(size * np.sin(k[0] * x + k[1] * y + phase) for k, phase, size in waves)
        far = np.clip((np.hypot(x, y) - 60) / 200, 0, 1) ** 1.5
        return np.asarray(rolling) * (0.25 + 3.2 * far) + 45 * far

    u, v = np.meshgrid(np.linspace(-1, 1, 320), np.linspace(0, 1, 320), indexing="ij")
    reach = -8 + 408 * v**2
    x, y = u * (14 + 1.1 * np.abs(reach)), reach
    ground = slope((0.25, 0.30, 0.09), (0.33, 0.29, 0.25), (0.85, 0.87, 0.9), generator.uniform(38, 60))
    rough = 0.08 * np.sin(3.1 * x + 1.3 * y) * np.sin(2.3 * y - 0.7 * x)
    sheet(x, y, height(x, y) + rough, ground)
    level = float(height(np.array(0.0), np.array(40.0))) + generator.uniform(-1.0, 0.6)
    block((-400, 10, level - 1), (400, 400, level), water((0.02, 0.05, 0.06)), 0)
    trunk = bark()
    kinds = [conifer(generator, size, green(generator), trunk) for size in (7.0, 9.0, 11.0)]
    kinds.append(tree(generator, 7.0, green(generator), trunk))
    for _ in range(420):
        tx, ty = generator.uniform(-1, 1), 11 + 190 * generator.random() ** 1.4
        tx *= 4 + 0.9 * ty
        foot = float(height(np.array(tx), np.array(ty)))
        if foot > level + 0.3 and abs(tx) > 0.12 * ty:
            copies(
                kinds[generator.integers(4)], (tx, ty, foot - 0.2), generator.uniform(0, 6), generator.uniform(0.5, 1.3)
            )
    for kind in kinds:
        place(kind, (0, -90, -50))
    _boulders(generator, height)
    foot = float(height(np.array(0.0), np.array(0.0)))
    eye = max(foot, level) + generator.uniform(1.7, 5.0)
    return View(
        (0, 0, eye), (generator.uniform(-20, 20), 100, eye + generator.uniform(-2, 5)), generator.uniform(0.7, 0.95)
    )


def _boulders(generator: np.random.Generator, height: Callable[[Vectors, Vectors], Vectors]) -> None:
    stone = mineral((0.42, 0.4, 0.37), (0.25, 0.24, 0.22), 1.5, 25, 0.02)
    for _ in range(40):
        x, y, size = generator.uniform(-9, 9), generator.uniform(4, 26), generator.uniform(0.15, 0.9)
        rock = ball((0, 0, 0), (size, size * generator.uniform(0.7, 1.3), 0.7 * size), stone, 28)
        grid = np.array([vertex.co[:] for vertex in rock.data.vertices])
        waves = [np.sin(grid @ generator.normal(size=3) * 3 + generator.uniform(0, 6)) for _ in range(4)]
        bumps = 1 + 0.13 * np.sum(waves, axis=0)[:, None]
        rock.data.vertices.foreach_set("co", (grid * bumps).ravel())
        place([rock], (x, y, float(height(np.array(x), np.array(y))) + 0.1 * size), generator.uniform(0, 6))
