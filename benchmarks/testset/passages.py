"""Corridors, stairwells, and the aisles of libraries and stores."""

import numpy as np
from buildings import Opening, door, flight, outside, railing, room, shell
from capture import View
from furniture import books, hue, shelf
from lights import daylight, lamp, overcast
from materials import glow, mineral, object_colour, paint, plain, wood
from plants import pot_plant
from shapes import Material, Object, ball, block, copies, place, rod
from wares import carton, picture


def corridor(generator: np.random.Generator, variant: int) -> View:
    """Doors to both sides, lit panels overhead, a window at the end; the second is a cellar with pipes."""
    length, width, height = generator.uniform(12, 22), (2.0, 1.7, 3.4)[variant - 1], 2.6
    cellar = variant == 2
    walls = shell(generator, width, length, height, tiled=cellar)
    room(walls, back=[Opening(width / 2 - 0.5, 1.0, 0.9, 2.1)])
    outside(generator, walls)
    steel, leaf = plain((0.5, 0.5, 0.52), 0.3, metallic=1.0), wood((0.4, 0.25, 0.13), "Z")
    if cellar:
        leaf = plain(hue(generator), 0.5)
        _pipes(generator, width, length, height)
    else:
        band = paint(hue(generator), 0.5)
        for x in (0.0, width - 0.006):
            block((x, 0, 0.85), (x + 0.006, length, 0.97), band, 0)
    for side in (0, 1):
        for y in np.arange(1.6 + side * 1.2, length - 1.4, generator.uniform(2.8, 3.6)):
            turn = np.pi / 2 if side == 0 else -np.pi / 2
            place(door(0.9, 2.05, leaf, steel), (side * width, y + 0.9 * side, 0), turn)
            if generator.random() < 0.5 and not cellar:
                place(picture(0.4, 0.5, generator), (side * width, y + 1.6, 1.5), turn)
    for y in np.arange(1.5, length, 3.2):
        block(
            (width / 2 - 0.15, y - 0.6, height - 0.03),
            (width / 2 + 0.15, y + 0.6, height - 0.005),
            glow((1, 0.96, 0.9), 6),
            0,
        )
        if generator.random() < 0.85:
            lamp((width / 2, y, height - 0.06), 22, (0.3, 1.2), colour=(1, 0.95, 0.88))
    extinguisher = [
        rod((0, 0, 0.02), (0, 0, 0.42), 0.075, plain((0.5, 0.02, 0.02), 0.25)),
        ball((0, 0, 0.42), 0.073, plain((0.5, 0.02, 0.02), 0.25)),
    ]
    place([*extinguisher, rod((0, 0, 0.45), (0, 0, 0.54), 0.02, steel)], (width - 0.1, 3.2, 0.6))
    place(pot_plant(generator, 1.0), (0.3, 5.6, 0))
    daylight(30, generator.uniform(-30, 30), 0.04)
    return View((width * generator.uniform(0.35, 0.65), 0.3, 1.55), (width / 2, length, 1.1), 0.75)


def _pipes(generator: np.random.Generator, width: float, length: float, height: float) -> None:
    for index in range(5):
        x, radius = 0.12 + 0.15 * index, generator.uniform(0.025, 0.06)
        cover = plain(hue(generator) if index % 2 else (0.6, 0.6, 0.6), 0.4, metallic=0.5 * (index % 2))
        rod((x, 0, height - 0.2), (x, length, height - 0.2), radius, cover)
        for y in np.arange(0.8, length, 2.0):
            rod((x, y, height - 0.2), (x, y + 0.05, height - 0.2), 1.25 * radius, cover)
    block(
        (width - 0.3, 0, height - 0.3), (width, length, height - 0.22), plain((0.5, 0.5, 0.5), 0.5, metallic=1.0), 0.002
    )


def stairwell(generator: np.random.Generator, variant: int) -> View:
    """Two flights and a landing with balusters, seen from below or from above."""
    steps, rise, tread, wide = 10, 0.17, 0.28, 1.15
    run, climb = steps * tread, steps * rise
    depth, width = run + 1.35 + 1.6, 2 * wide + 0.25
    walls = shell(generator, width, depth, 5.6)
    room(walls, back=[Opening(0.4, width - 0.8, 2.7, 4.3)])
    outside(generator, walls)
    stone = mineral((0.55, 0.53, 0.5), (0.42, 0.4, 0.38), 2.0, 120, 0.001)
    treads = wood((0.35, 0.2, 0.1)) if generator.random() < 0.5 else stone
    dark, rail = plain((0.05, 0.05, 0.055), 0.4), wood((0.4, 0.22, 0.1), "Y")
    start = 1.6
    place(flight(steps, wide, rise, tread, treads, dark), (0, start, 0))
    block((0, start + run, climb - 0.2), (width, depth, climb), treads, 0.004)
    upper = [
        *flight(steps, wide, rise, tread, treads, dark),
        *place(railing(run, climb, rail, dark, tread / 2), (wide - 0.04, 0, rise)),
    ]
    place(upper, (width, start + run, climb), np.pi)
    place(railing(run, climb, rail, dark, tread / 2), (wide - 0.04, start, rise))
    block((wide + 0.25, 0, 2 * climb - 0.22), (width, start, 2 * climb), treads, 0.004)
    place(railing(wide, 0, rail, dark), (wide + 0.25, start, 2 * climb), -np.pi / 2)
    place(picture(0.6, 0.8, generator), (0, start + 1.3, 2.4), np.pi / 2)
    place(pot_plant(generator, 1.0), (width - 0.4, 1.0, 0))
    daylight(35, generator.uniform(-25, 25), 0.06)
    lamp((width / 2, 0.9, 5.4), 60, (0.8, 0.8))
    lamp((width - 0.5, 0.4, 1.8), 12, (0.4, 0.4), towards=(width / 2, depth, 1.0))
    if variant == 1:
        return View((0.55 * width, 0.2, 1.5), (0.45 * width, depth, 1.75), 0.62)
    return View((0.3 * width, depth - 0.35, climb + 1.6), (0.55 * width, 0.8, climb - 0.1), 0.58)


def aisle(generator: np.random.Generator, variant: int) -> View:
    """Between two rows of full shelves: books in a library, cartons in a store."""
    store = variant == 1
    width, depth, height = 5.0, 13.0, 3.6
    walls = shell(generator, width, depth, height)
    room(walls, back=[Opening(1.9, 1.2, 1.0, 2.4)])
    outside(generator, walls)
    timber = plain((0.08, 0.16, 0.35), 0.4) if store else wood((0.33, 0.18, 0.09), "Z")
    stands = [_rack(generator, timber) if store else _bookshelf(generator, timber) for _ in range(3)]
    for side, x in ((1, 1.25), (-1, 3.75)):
        for index in range(7):
            copies(stands[generator.integers(3)], (x, 1.6 + 1.55 * index, 0), side * np.pi / 2)
    for stand in stands:
        place(stand, (-30, 0, 0))
    for y in np.arange(1.5, depth, 3.0):
        block((2.3, y - 0.7, height - 0.25), (2.7, y + 0.7, height - 0.2), glow((1, 0.97, 0.9), 5), 0)
        lamp((2.5, y, height - 0.3), 45, (0.4, 1.4), colour=(1, 0.94, 0.85))
    if store:
        place(carton(generator, (0.4, 0.3, 0.3), (0.6, 0.5, 0.5)), (2.2, 4.4, 0), 0.4)
    else:
        ladder = [rod((s * 0.2, 0, 0), (s * 0.17, 0.75, 2.3), 0.02, timber) for s in (-1, 1)]
        ladder += [
            rod((-0.2, 0.75 * t, 2.3 * t), (0.2, 0.75 * t, 2.3 * t), 0.014, timber) for t in np.linspace(0.1, 0.93, 8)
        ]
        place(ladder, (2.6, 5.2, 0), -np.pi / 2)
    overcast(0.8)
    return View((2.5 + generator.uniform(-0.3, 0.3), 0.3, 1.6), (2.5, depth, 1.2), generator.uniform(0.65, 0.85))


def _bookshelf(generator: np.random.Generator, timber: Material) -> list[Object]:
    width, height, boards = 1.5, 2.4, 6
    own = object_colour(0.6)
    made = shelf(width, 0.32, height, boards, timber)
    for board in range(boards):
        level = max(0.04, board * (height - 0.02) / boards) + 0.02
        made += place(
            books(generator.uniform(0.7, 1.0) * (width - 0.04), 0.28, 0.35, own, generator),
            (-width / 2 + 0.015, 0, level),
        )
    return made


def _rack(generator: np.random.Generator, steel: Material) -> list[Object]:
    made, boards = [], plain((0.55, 0.4, 0.22), 0.8)
    for x in (-0.75, 0.75):
        made += [block((x - 0.03, y - 0.03, 0), (x + 0.03, y + 0.03, 2.9), steel, 0.003) for y in (-0.4, 0.4)]
        made += [rod((x, -0.4, z), (x, 0.4, z + 0.45), 0.012, steel, sides=8) for z in (0.3, 1.1, 1.9)]
    for level in (0.15, 1.05, 1.95):
        made.append(block((-0.75, -0.42, level), (0.75, 0.42, level + 0.03), boards, 0))
        made += [block((-0.75, y - 0.02, level - 0.09), (0.75, y + 0.02, level), steel, 0.003) for y in (-0.4, 0.4)]
        for x in np.arange(-0.55, 0.6, 0.5):
            box = carton(generator, (0.3, 0.35, 0.25), (0.46, 0.6, 0.7))
            made += place(box, (x, generator.uniform(-0.1, 0.1), level + 0.03), generator.uniform(-0.12, 0.12))
    return made
