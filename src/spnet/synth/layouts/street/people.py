"""People made from shapes, walking or standing, for where no models are at hand or they are far."""

from enum import IntEnum
from functools import cache

import numpy as np

from spnet.synth.layouts.street import bulk
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join, lathe, moved, pose


class Part(IntEnum):
    """What a person's materials are numbered by."""

    SKIN = 0
    TOP = 1
    LEGS = 2
    HAIR = 3
    SHOES = 4


VARIETIES = 24


@cache
def person(number: int) -> Mesh:
    """The person of that number, below VARIETIES, grown and about 1.7 m high, on the origin and facing +z."""
    rng = np.random.default_rng([300, number])
    swing = rng.uniform(0.0, 0.5) if rng.random() < 0.7 else 0.0
    bend = rng.uniform(0.1, 0.6)
    starts, ends, thick, thin, parts = [], [], [], [], []

    def limb(first: tuple[float, ...], second: tuple[float, ...], start: float, end: float, part: Part) -> None:
        starts.append(first)
        ends.append(second)
        thick.append(start)
        thin.append(end)
        parts.append(int(part))

    shoes = []
    for side in (-1, 1):
        step = side * swing
        hip, knee = (side * 0.09, 0.9, 0), (side * 0.1, 0.5, 0.42 * np.sin(step) + 0.03)
        ankle = (side * 0.1, 0.07, 0.8 * np.sin(step))
        limb(hip, knee, 0.095, 0.07, Part.LEGS)
        limb(knee, ankle, 0.07, 0.05, Part.LEGS)
        shoes.append((ankle[0], 0.0, ankle[2] + 0.06))
        shoulder, elbow = (side * 0.2, 1.42, 0), (side * 0.25, 1.14, -0.25 * np.sin(step))
        hand = (side * 0.24, 0.9 + 0.15 * bend, 0.25 * bend - 0.3 * np.sin(step))
        limb(shoulder, elbow, 0.06, 0.05, Part.TOP)
        limb(elbow, hand, 0.048, 0.035, Part.TOP if rng.random() < 0.5 else Part.SKIN)
    limb((0, 1.42, 0), (0, 1.56, 0.02), 0.055, 0.05, Part.SKIN)
    long = 0.55 if rng.random() < 0.2 else 0.82
    torso = lathe([(0.13, long), (0.175, 0.95), (0.15, 1.12), (0.19, 1.35), (0.15, 1.44), (0.04, 1.47)], 9, Part.TOP)
    face = [(0.01, 1.5), (0.075, 1.54), (0.095, 1.63), (0.085, 1.71)]
    hair = [(0.088, 1.68), (0.1, 1.7), (0.085, 1.76), (0.01, 1.79)]
    return join(
        [
            bulk.rods(starts, ends, np.array(thick), np.array(thin), sides=6, materials=np.array(parts)),
            moved(torso, pose(scale=(1.1, 1, 0.68))),
            lathe(face, 8, Part.SKIN),
            lathe(hair, 8, Part.HAIR),
            bulk.boxes(shoes, (0.09, 0.08, 0.26), materials=Part.SHOES),
        ]
    )
