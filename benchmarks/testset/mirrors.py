"""Mirrors: their surface is what has depth, not what they show."""

import math

import numpy as np
from buildings import Opening, outside, room, shell
from capture import View
from furniture import hue
from lights import daylight, lamp
from materials import mirror_glass, object_colour, paint, plain, wood
from plants import pot_plant
from shapes import Material, ball, block, place, ring, rod, tinted
from wares import picture, vase


def mirror(generator: np.random.Generator, variant: int) -> View:
    """A room's corner with a large framed mirror; its surface is what has depth, not what it shows."""
    walls = shell(generator, 4.2, 4.6)
    room(walls, left=[Opening(2.0, 1.6, 0.8, 2.2)])
    outside(generator, walls)
    frame, x = wood((0.4, 0.25, 0.1)), generator.uniform(1.4, 2.2)
    _leaning_mirror(frame, (x, 4.55))
    own = object_colour()
    stool = [rod((0, 0, 0.42), (0, 0, 0.46), 0.18, frame)] + [
        rod((0.17 * math.cos(a), 0.17 * math.sin(a), 0), (0.12 * math.cos(a), 0.12 * math.sin(a), 0.42), 0.015, frame)
        for a in (0.5, 2.6, 4.7)
    ]
    place([*stool, *place([vase(plain(hue(generator), 0.25), generator, 0.3)], (0, 0, 0.46))], (x - 1.1, 3.6, 0))
    place(pot_plant(generator, 1.2), (x + 1.05, 4.0, 0))
    for index in range(5):
        size = generator.uniform(0.15, 0.3)
        place(
            [tinted(block((-size / 2, -size / 2, 0), (size / 2, size / 2, size), own, 0.006), hue(generator))],
            (x - 0.9 + 0.5 * index, 2.6 + generator.uniform(-0.4, 0.5), 0),
            generator.uniform(0, 3),
        )
    ball((x + 0.35, 3.1, 0.16), 0.16, plain(hue(generator), 0.2))
    _standing_mirror(generator, frame, (x + 0.8, 3.2))
    place(picture(0.8, 0.6, generator), (3.0, 0.001, 1.5), math.pi)
    daylight(generator.uniform(25, 40), -90, 0.05)
    lamp((2.1, 2.0, 2.5), 35, (1, 1))
    if variant == 2:
        return View((x - 0.9, 0.9, 1.5), (x + 0.35, 4.4, 0.8), 0.72)
    return View((x + 0.7, 1.2, 1.35), (x - 0.05, 4.4, 0.75), 0.72)


def _leaning_mirror(frame: Material, foot: tuple[float, float]) -> None:
    """Taller than wide, against the wall."""
    lean = [block((-0.55, -0.012, 0.05), (0.55, 0, 1.75), mirror_glass(), 0)]
    lean += [block((s * 0.57 - 0.04, -0.035, 0), (s * 0.57 + 0.04, 0.01, 1.8), frame, 0.008) for s in (-1, 1)]
    lean += [block((-0.6, -0.035, z - 0.04), (0.6, 0.01, z + 0.04), frame, 0.008) for z in (0.02, 1.78)]
    tilt = 0.09
    for each in lean:
        each.rotation_euler.x = -tilt
    place(lean, (foot[0], foot[1] - 1.8 * math.sin(tilt), 0))


def _standing_mirror(generator: np.random.Generator, frame: Material, foot: tuple[float, float]) -> None:
    """A round one on a stem, on a chest."""
    standing = [
        rod((0, 0, 0.45), (0, 0, 1.3), 0.012, frame),
        ring((0, 0, 1.52), 0.22, 0.015, frame, axis=(0, 1, 0.1)),
        rod((0, 0, 0.44), (0, 0, 0.46), 0.12, frame),
    ]
    disc = rod((0, -0.004, 1.52), (0, 0.004, 1.52), 0.215, mirror_glass(), sides=48)
    place([*standing, disc], (*foot, 0), generator.uniform(-0.5, 0.2))
    place([block((-0.3, -0.2, 0), (0.3, 0.2, 0.44), paint(hue(generator)), 0.01)], (*foot, 0))
