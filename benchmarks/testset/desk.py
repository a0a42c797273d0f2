"""A desk seen close up, as someone who sits at it sees it."""

import math

import numpy as np
from buildings import Opening, outside, room, shell
from capture import View
from furniture import Finish, books, finish, hue
from lights import bulb, daylight, lamp
from materials import object_colour, plain, wood
from plants import pot_plant
from shapes import Material, ball, block, place, rod, tinted, tube
from wares import bottle, desk_lamp, keyboard, mug, pencils, picture, screen


def desk(generator: np.random.Generator, variant: int) -> View:
    """Screen, keyboard, lamp, books, papers, pens, cables and a mug, each at its likely place."""
    home = finish(generator, object_colour(0.6))
    walls = shell(generator, 3.4, 3.2)
    room(walls, left=[Opening(0.9, 1.4, 0.9, 2.1)])
    outside(generator, walls)
    top, wall = 0.74, walls.depth
    middle = 1.7
    timber = wood((0.45, 0.28, 0.14) if generator.random() < 0.5 else (0.62, 0.5, 0.36))
    block((middle - 0.85, wall - 0.75, top - 0.03), (middle + 0.85, wall - 0.02, top), timber, 0.006)
    for x in (middle - 0.8, middle + 0.8):
        block((x - 0.03, wall - 0.7, 0), (x + 0.03, wall - 0.05, top - 0.03), home.lacquer, 0.004)
    mirrored = -1 if variant == 2 else 1
    place(
        screen(generator.uniform(0.48, 0.62), generator),
        (middle - 0.05 * mirrored, wall - 0.3, top),
        generator.uniform(-0.15, 0.15),
    )
    head = middle - 0.55 * mirrored
    place(desk_lamp(plain(hue(generator), 0.3), home.steel), (head, wall - 0.2, top), 0.0 if mirrored > 0 else math.pi)
    bulb((head + mirrored * 0.27, wall - 0.2, top + 0.41), 4)
    row = books(generator.uniform(0.2, 0.32), 0.2, 0.27, home.own_colour, generator)
    place(row, (middle + (0.45 if mirrored > 0 else -0.75), wall - 0.18, top))
    _clutter(generator, home, (middle, wall, top), mirrored)
    place(picture(0.5, 0.36, generator), (middle + 0.5 * mirrored, wall - 0.001, 1.5))
    daylight(generator.uniform(20, 40), -90, 0.04)
    lamp((1.7, 1.4, 2.5), 18, (0.8, 0.8))
    eye = (
        middle + generator.uniform(-0.35, 0.35),
        wall - (1.45, 1.25, 1.05)[variant - 1],
        top + generator.uniform(0.32, 0.5),
    )
    return View(eye, (middle - 0.12 * mirrored, wall - 0.3, top + 0.12), 0.85)


def _clutter(generator: np.random.Generator, home: Finish, at: tuple[float, float, float], mirrored: int) -> None:
    """Keyboard, mouse and what has gathered on the desk whose rear edge's middle is `at`."""
    middle, wall, top = at
    place(
        keyboard(plain((0.03, 0.03, 0.03)), plain((0.08, 0.08, 0.09) if mirrored > 0 else (0.7, 0.7, 0.68), 0.5)),
        (middle, wall - 0.55, top),
        generator.uniform(-0.08, 0.08),
    )
    place(
        [ball((0, 0, 0.005), (0.03, 0.05, 0.026), plain((0.04, 0.04, 0.045), 0.4))],
        (middle + 0.31, wall - 0.55, top),
        -0.15,
    )
    place(mug(plain(hue(generator), 0.2)), (middle - 0.38, wall - 0.48, top), generator.uniform(0, 6))
    place(pencils(generator, home.own_colour), (middle + 0.4 * mirrored, wall - 0.36, top))
    place(pot_plant(generator, 0.3), (middle - 0.33 * mirrored, wall - 0.13, top))
    place([bottle(plain(hue(generator), 0.15), 0.24, 0.035)], (middle + 0.62, wall - 0.44, top))
    _papers(generator, (middle + 0.05, wall - 0.55, top), home.own_colour)
    _stack(generator, (middle - 0.62, wall - 0.5, top), home.own_colour)
    black = plain((0.02, 0.02, 0.02), 0.4)
    tube(
        [
            (middle - 0.05, wall - 0.2, top + 0.15),
            (middle + 0.1, wall - 0.1, top + 0.01),
            (middle + 0.3, wall - 0.2, top + 0.004),
            (middle + 0.33, wall - 0.5, top + 0.004),
        ],
        0.003,
        black,
    )


def _papers(generator: np.random.Generator, at: tuple[float, float, float], own: Material) -> None:
    for sheet_ in range(4):
        paper = tinted(
            block((-0.105, -0.148, 0), (0.105, 0.148, 0.0006), own, 0), np.full(3, generator.uniform(0.75, 0.9))
        )
        place(
            [paper],
            (at[0] + generator.uniform(-0.25, 0.3), at[1] + generator.uniform(-0.02, 0.1), at[2] + 0.0007 * sheet_),
            generator.uniform(-0.3, 0.3),
        )
    pen = [
        rod((-0.07, 0, 0.005), (0.06, 0, 0.005), 0.0045, plain(hue(generator), 0.3)),
        rod((0.06, 0, 0.005), (0.075, 0, 0.005), 0.004, plain((0.5, 0.5, 0.5), 0.2), 0.0008),
    ]
    place(pen, (at[0] + 0.2, at[1] - 0.04, at[2] + 0.003), generator.uniform(0, 3))


def _stack(generator: np.random.Generator, at: tuple[float, float, float], own: Material) -> None:
    level = 0.0
    for _ in range(int(generator.integers(2, 5))):
        thick = generator.uniform(0.015, 0.04)
        x, y = generator.uniform(0.08, 0.11), generator.uniform(0.11, 0.15)
        cover = [
            tinted(block((-x, -y, 0), (x, y, thick), own, 0.002), hue(generator)),
            tinted(
                block((-x + 0.004, -y - 0.0005, 0.003), (x + 0.0005, y + 0.0005, thick - 0.003), own, 0),
                (0.85, 0.82, 0.75),
            ),
        ]
        place(cover, (at[0], at[1], at[2] + level), generator.uniform(-0.5, 0.5))
        level += thick
