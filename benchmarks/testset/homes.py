"""Living rooms, kitchens, bathrooms and bedrooms."""

import math

import numpy as np
from buildings import Opening, Shell, door, outside, room, shell
from capture import View
from furniture import (
    Finish,
    bed,
    books,
    cabinet,
    chair,
    curtain,
    finish,
    floor_lamp,
    hue,
    pendant,
    shelf,
    sofa,
    table,
)
from lights import daylight, lamp
from materials import cloth, glass, glow, laid, mirror_glass, object_colour, plain, veined
from plants import pot_plant
from shapes import Material, Object, ball, block, lathe, modify, place, ring, rod, tube
from wares import bottle, bowl, fruit, mug, picture, plate, pot, vase, wine_glass


def living_room(generator: np.random.Generator, variant: int) -> View:
    """Sofa and armchair around a low table on a rug, a bookcase or a dining corner, a window with curtains."""
    home = finish(generator, object_colour(0.6))
    width, depth = generator.uniform(4.6, 6.0), generator.uniform(5.0, 6.5)
    place_ = shell(generator, width, depth)
    panes = Opening(generator.uniform(0.6, 1.4), generator.uniform(1.6, 2.4), 0.5, 2.25)
    side = Opening(depth * 0.4, 1.6, 0.8, 2.2)
    room(place_, back=[panes], left=[side])
    outside(generator, place_)
    for x in (panes.left - 0.55, panes.left + panes.width - 0.05):
        drape = curtain(0.6, 2.3, home.accent, generator)
        place([drape], (x, depth - 0.1, 2.38))
    rod_y = depth - 0.1
    rod((panes.left - 0.7, rod_y, 2.4), (panes.left + panes.width + 0.7, rod_y, 2.4), 0.013, home.steel)
    centre = (0.48 * width, 0.58 * depth)
    _seating(generator, home, place_, centre)
    _bookcase(generator, home, (width - 0.18, 0.62 * depth), -math.pi / 2)
    place(pendant(0.7, home.lacquer, home.steel, 0.24), (*centre, place_.height))
    place(pot_plant(generator, generator.uniform(0.9, 1.3)), (width - 0.5, depth - 0.5, 0))
    for x in (panes.left + panes.width + 1.2,):
        place(picture(0.5, 0.7, generator), (min(x, width - 0.9), depth - 0.001, 1.55))
    daylight(generator.uniform(20, 45), generator.uniform(-60, 60), 0.05)
    lamp((*centre, place_.height - 0.1), 40, (1.2, 1.2))
    if variant == 2:
        return View((0.2 * width, 0.3, 1.5), (0.8 * width, 0.72 * depth, 0.7), 0.7)
    eye = (generator.uniform(0.7, 0.85) * width, 0.35 if variant == 1 else 1.6, generator.uniform(1.2, 1.55))
    return View(eye, (0.38 * width, 0.72 * depth, 0.7), 0.72)


def _seating(generator: np.random.Generator, home: Finish, walls: Shell, centre: tuple[float, float]) -> None:
    x, y = centre
    place(sofa(2.1, home.fabric, home.accent, generator), (x - 0.1, y + 1.35, 0))
    place(
        sofa(0.95, home.fabric, home.accent, generator, seats=1),
        (x - 1.55, y - 0.05, 0),
        1.25 + generator.uniform(-0.2, 0.3),
    )
    rug = cloth(hue(generator), hue(generator), 7.0, ("magic", "stripes")[generator.integers(2)])
    block((x - 1.2, y - 0.9, 0), (x + 1.2, y + 0.9, 0.012), rug, 0.005)
    place(table(1.1, 0.6, 0.42, home.timber, home.timber), (x, y, 0), generator.uniform(-0.15, 0.15))
    place([bowl(home.lacquer), *fruit(generator, 8, 0.13)], (x + 0.2, y, 0.42))
    place([vase(plain(hue(generator), 0.2), generator)], (x - 0.3, y + 0.1, 0.42))
    place(mug(plain(hue(generator), 0.3)), (x - 0.05, y - 0.18, 0.42), 2.0)
    place(floor_lamp(cloth((0.8, 0.7, 0.55), (0.75, 0.65, 0.5)), home.steel), (x + 1.45, y + 1.5, 0))


def _bookcase(generator: np.random.Generator, home: Finish, at: tuple[float, float], turn: float) -> None:
    width, height, boards = 1.7, 2.0, 5
    made = shelf(width, 0.3, height, boards, home.timber)
    for board in range(boards):
        level = max(0.04, board * (height - 0.02) / boards) + 0.02
        share = generator.uniform(0.5, 0.95)
        made += place(
            books(share * (width - 0.05), 0.26, 0.34, home.own_colour, generator), (-width / 2 + 0.02, 0, level)
        )
        if share < 0.8:
            made += place([vase(plain(hue(generator), 0.3), generator, 0.24)], (width / 2 - 0.14, 0, level))
    place(made, (*at, 0), turn)


def kitchen(generator: np.random.Generator, variant: int) -> View:
    """Counters along the back and one side under wall cupboards and a hood; an island with stools in front."""
    home = finish(generator, object_colour())
    width, depth = generator.uniform(4.0, 4.8), generator.uniform(4.2, 5.0)
    walls = shell(generator, width, depth)
    front = plain(hue(generator) if generator.random() < 0.6 else (0.75, 0.74, 0.7), 0.35)
    top = veined((0.75, 0.73, 0.7), (0.3, 0.29, 0.28)) if generator.random() < 0.6 else home.timber
    room(walls, left=[Opening(1.4, 1.5, 1.05, 2.1)])
    outside(generator, walls)
    tile = np.array([0.75, 0.76, 0.74])
    splash = laid((tile, 0.92 * tile), 0.5 * tile, (0.2, 0.1), 0.005, 0.5, 0.15, 0.002, grain=6)
    block((0, depth - 0.012, 0.9), (width, depth, 1.5), splash, 0)
    _counter(generator, home, front, top, (width / 2, depth - 0.31), width, 0.0)
    for x, wide in ((0.55, 1.0), (width - 0.8, 1.5)):
        place(cabinet(wide, 0.35, 0.75, max(1, round(wide / 0.5)), 1, front, home.steel), (x, depth - 0.18, 1.5))
    _hood(width * 0.47, depth, home)
    block((width - 0.7, depth - 2.05, 0), (width - 0.02, depth - 1.35, 1.95), home.steel, 0.012)
    rod((width - 0.73, depth - 1.5, 0.9), (width - 0.73, depth - 1.5, 1.6), 0.011, home.steel)
    _island(generator, home, front, top, (0.47 * width, 0.45 * depth))
    for x in (0.32, 0.6):
        place(pendant(0.95, plain(hue(generator), 0.3), home.steel, 0.14), (x * width, 0.45 * depth, walls.height))
    daylight(generator.uniform(25, 50), generator.uniform(60, 120), 0.05)
    lamp((width / 2, depth / 2, walls.height - 0.06), 55, (1.6, 1.6))
    eye = ((0.5 * width, 0.3, 1.65), (0.9 * width, 0.5, 1.5), (0.16 * width, 0.42 * depth, 1.45))[variant - 1]
    return View(eye, (0.45 * width if variant < 3 else 0.6 * width, depth, 0.95), 0.7)


def _counter(
    generator: np.random.Generator,
    home: Finish,
    front: Material,
    top: Material,
    at: tuple[float, float],
    length: float,
    turn: float,
) -> None:
    x = length / 2
    made = cabinet(length, 0.58, 0.86, round(length / 0.55), 1, front, home.steel)
    made.append(block((-x, -0.31, 0.86), (x, 0.31, 0.9), top, 0.004))
    made.append(block((-0.3, -0.2, 0.9), (0.3, 0.22, 0.907), plain((0.015, 0.015, 0.017), 0.08), 0.003))
    made += [ring((hx, hy, 0.908), 0.07, 0.002, home.steel) for hx in (-0.14, 0.14) for hy in (-0.09, 0.12)]
    made += place(pot(home.steel, plain((0.02, 0.02, 0.02)), 0.1), (-0.14, 0.12, 0.907), generator.uniform(2, 4))
    made += [
        block((0.62, -0.22, 0.895), (1.15, 0.18, 0.906), home.steel, 0.01),
        block((0.66, -0.18, 0.9), (1.11, 0.12, 0.9075), plain((0.1, 0.1, 0.1), 0.3), 0),
    ]
    made.append(tube([(0.88, 0.2, 0.9), (0.88, 0.2, 1.15), (0.88, 0.1, 1.22), (0.88, 0.0, 1.12)], 0.012, home.steel))
    for index, bx in enumerate(np.linspace(-x + 0.2, -0.5, 5)):
        if index % 2:
            made += place([bottle(plain(hue(generator), 0.1))], (bx, 0.15, 0.9))
        else:
            made += place([vase(plain(hue(generator), 0.3), generator, 0.2)], (bx, 0.12, 0.9))
    made += place([block((0, -0.12, 0), (0.025, 0.14, 0.36), home.timber, 0.01)], (x - 0.35, 0.12, 0.9), 0.3)
    place(made, (*at, 0), turn)


def _hood(x: float, wall: float, home: Finish) -> None:
    block((x - 0.13, wall - 0.28, 1.75), (x + 0.13, wall, 2.6), home.steel, 0.004)
    hood = rod((x, wall - 0.27, 1.55), (x, wall - 0.27, 1.78), 0.42, home.steel, 0.18, sides=4)
    hood.rotation_euler.z += math.pi / 4
    block((x - 0.3, wall - 0.55, 1.51), (x + 0.3, wall, 1.555), home.steel, 0.004)


def _island(
    generator: np.random.Generator, home: Finish, front: Material, top: Material, at: tuple[float, float]
) -> None:
    made = cabinet(1.5, 0.7, 0.88, 3, 2, front, home.steel)
    made.append(block((-0.85, -0.45, 0.88), (0.85, 0.42, 0.92), top, 0.005))
    made += place([bowl(home.lacquer, 0.15), *fruit(generator, 9, 0.15)], (0.4, 0.05, 0.92))
    made += place(
        [
            plate(home.lacquer),
        ],
        (-0.3, -0.1, 0.92),
    ) + place(mug(plain(hue(generator))), (0.0, -0.2, 0.92), 1.0)
    made += place([wine_glass(glass())], (-0.12, 0.12, 0.92)) + place([wine_glass(glass())], (-0.5, 0.16, 0.92))
    for x in (-0.5, 0.35):
        seat = [rod((0, 0, 0.63), (0, 0, 0.67), 0.17, home.timber), ring((0, 0, 0.25), 0.15, 0.009, home.steel)]
        seat += [
            rod(
                (0.19 * math.cos(a), 0.19 * math.sin(a), 0),
                (0.11 * math.cos(a), 0.11 * math.sin(a), 0.63),
                0.012,
                home.steel,
            )
            for a in np.arange(4) * math.pi / 2 + 0.4
        ]
        made += place(seat, (x, -0.75 + generator.uniform(-0.1, 0.1), 0))
    place(made, (*at, 0))


def bathroom(generator: np.random.Generator, variant: int) -> View:
    """Tiles all round, a tub, a basin under a mirror_glass, a toilet, towels on a rail."""
    home = finish(generator, object_colour())
    width, depth = generator.uniform(2.6, 3.2), generator.uniform(3.2, 3.8)
    walls = shell(generator, width, depth, 2.5, tiled=True)
    room(walls, back=[Opening(0.5, 0.9, 1.3, 2.1)])
    outside(generator, walls)
    white = plain((0.85, 0.85, 0.84), 0.12)
    _tub(home, white, depth)
    _basin(generator, home, (width - 0.27, 0.55 * depth), -math.pi / 2)
    place(_toilet(white), (0.5, 0.45 * depth, 0))
    rod((0.04, 0.2 * depth, 1.3), (0.04, 0.2 * depth + 0.9, 1.3), 0.01, home.steel)
    towel = curtain(0.5, 0.65, home.fabric, generator)
    place([modify(towel, "SOLIDIFY", thickness=0.008)], (0.06, 0.25 * depth, 1.32), math.pi / 2)
    mat = cloth(hue(generator), hue(generator), 20)
    block((0.7, 0.58 * depth, 0), (1.5, 0.58 * depth + 0.5, 0.02), mat, 0.01)
    place(pot_plant(generator, 0.5), (width - 0.25, depth - 0.25, 0))
    daylight(30, generator.uniform(-40, 40), 0.05)
    lamp((width / 2, depth / 2, 2.44), 35, (0.8, 0.8), colour=(1, 0.93, 0.85))
    ball((width / 2, depth / 2, 2.5), (0.2, 0.2, 0.05), glow((1, 0.93, 0.85), 5))
    if variant == 2:
        return View((0.25 * width, 0.2, 1.55), (0.85 * width, 0.8 * depth, 0.8), 0.6)
    return View((0.8 * width, 0.15, 1.6), (0.4 * width, depth, 0.7), 0.6)


def _tub(home: Finish, white: Material, depth: float) -> None:
    outline = [(0.02, 0.0), (0.32, 0.02), (0.37, 0.3), (0.4, 0.55), (0.36, 0.56), (0.3, 0.15), (0.0, 0.1)]
    tub = lathe(outline, white, 56)
    tub.scale = (2.1, 0.95, 1.0)
    place([tub], (0.95, depth - 0.5, 0))
    tube(
        [(1.85, depth - 0.2, 0.0), (1.85, depth - 0.2, 0.85), (1.7, depth - 0.35, 0.85), (1.68, depth - 0.38, 0.75)],
        0.014,
        home.steel,
    )


def _toilet(white: Material) -> list[Object]:
    seat = lathe(
        [(0.12, 0), (0.13, 0.05), (0.1, 0.2), (0.17, 0.38), (0.2, 0.42), (0.13, 0.43), (0.09, 0.3), (0, 0.25)], white
    )
    seat.scale = (1.25, 0.95, 1.0)
    return [
        seat,
        block((-0.42, -0.19, 0.38), (-0.24, 0.19, 0.8), white, 0.03),
        block((-0.23, -0.17, 0.42), (-0.2, 0.17, 0.82), white, 0.01),
    ]


def _basin(generator: np.random.Generator, home: Finish, at: tuple[float, float], turn: float) -> None:
    white = plain((0.85, 0.85, 0.84), 0.12)
    made = cabinet(0.8, 0.46, 0.78, 2, 2, home.timber, home.steel)
    made.append(lathe([(0.0, 0.8), (0.12, 0.79), (0.21, 0.91), (0.19, 0.91), (0.1, 0.82), (0, 0.815)], white))
    made.append(tube([(0, 0.2, 0.78), (0, 0.2, 1.05), (0, 0.12, 1.1), (0, 0.03, 1.05)], 0.012, home.steel))
    made.append(block((-0.35, 0.24, 1.2), (0.35, 0.25, 2.0), mirror_glass(), 0))
    made += [
        block((s * 0.36 - 0.012, 0.235, 1.18), (s * 0.36 + 0.012, 0.255, 2.02), home.timber, 0.002) for s in (-1, 1)
    ]
    made += place([bottle(plain(hue(generator), 0.2), 0.2, 0.03)], (0.3, 0.12, 0.78)) + place(
        mug(white), (-0.3, 0.1, 0.78)
    )
    made.append(block((-0.3, 0.2, 2.08), (0.3, 0.25, 2.13), glow((1, 0.95, 0.88), 14), 0.01))
    place(made, (*at, 0), turn)


def bedroom(generator: np.random.Generator, variant: int) -> View:
    """A made bed between nightstands under pictures, a wardrobe, a chair and a window."""
    home = finish(generator, object_colour())
    width, depth = generator.uniform(4.0, 4.8), generator.uniform(4.2, 4.8)
    walls = shell(generator, width, depth)
    hole = Opening(depth * 0.35, 1.7, 0.85, 2.2)
    room(walls, right=[Opening(depth - hole.left - hole.width, hole.width, hole.low, hole.high)])
    outside(generator, walls)
    x = 0.45 * width
    place(bed(1.6, home.timber, home.fabric, home.accent, generator), (x, depth - 1.12, 0))
    for side in (-1.12, 1.12):
        stand = cabinet(0.46, 0.4, 0.5, 1, 2, home.timber, home.steel)
        stand += [
            lathe([(0.0, 0.5), (0.06, 0.5), (0.025, 0.6), (0.02, 0.75)], plain(hue(generator), 0.3)),
            lathe([(0.15, 0.74), (0.09, 0.95)], cloth((0.8, 0.72, 0.6), (0.75, 0.65, 0.5))),
            ball((0, 0, 0.84), 0.03, glow((1, 0.75, 0.5), 40), 12),
        ]
        place(stand, (x + side, depth - 0.24, 0))
        place(picture(0.42, 0.55, generator), (x + 0.35 * side, depth - 0.001, 1.65))
    place(cabinet(1.8, 0.6, 2.15, 4, 1, home.lacquer, home.steel), (0.31, 0.55 * depth, 0), math.pi / 2)
    place(chair(home.timber, home.accent), (width - 0.6, 0.5 * depth, 0), -2.2)
    rug = cloth(hue(generator), hue(generator), 9.0, "magic")
    block((x - 1.3, depth - 3.3, 0), (x + 1.3, depth - 1.7, 0.015), rug, 0.006)
    for y in (hole.left - 0.4, hole.left + hole.width - 0.15):
        place([curtain(0.55, 2.2, home.accent, generator)], (width - 0.1, y, 2.3), math.pi / 2)
    place(door(0.85, 2.05, home.lacquer, home.steel), (0.0, 0.25 * depth, 0), math.pi / 2)
    daylight(generator.uniform(20, 40), generator.uniform(60, 120), 0.05)
    lamp((width / 2, depth / 2, walls.height - 0.05), 30, (1.0, 1.0))
    if variant == 2:
        return View((0.28 * width, 0.5, 1.45), (0.7 * width, depth, 0.75), 0.66)
    return View((0.8 * width, 0.25, 1.5), (0.42 * width, depth, 0.7), 0.68)
