"""Where the camera stands: on a car, in a walker's hand, on a robot, under a drone."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from spnet.camera import Camera
from spnet.synth.layouts.street.ground import Ground, heading, points
from spnet.synth.scene import View, look_at


@dataclass(frozen=True)
class Stand:
    """A camera above the ground at 0 metres ahead; radians: `yaw` to the right of the way, `pitch` upwards."""

    aside: float
    height: float
    yaw: float
    pitch: float
    roll: float
    degrees: float
    """Across the picture."""


def drawn_stand(
    rng: Generator,
    shares: tuple[float, float, float, float],
    driving: float,
    walking: float,
    flying: float,
    *,
    inwards: float = 0.0,
) -> Stand:
    """A camera on a car, in a hand, on a small robot or under a drone (or on a balcony).

    Args:
        rng: draws all of it.
        shares: how often it is which.
        driving, walking, flying: metres aside, if it is on a car; in a hand or on a robot; under a drone.
        inwards: the side, -1 or 1, where someone who walks there has most to see.
    """
    kind = int(rng.choice(4, p=shares))
    if kind == 0:
        high = rng.uniform(1.2, 2.0) if rng.random() < 0.9 else rng.uniform(2.0, 3.0)
        yaw = rng.normal(0, 0.07) if rng.random() < 0.8 else rng.uniform(-0.9, 0.9)
        return _stand(rng, driving, high, yaw, rng.normal(-0.03, 0.05), 0.015, (60, 95))
    if kind == 3:
        high = rng.uniform(5, 20)
        pitch = -np.radians(rng.uniform(8, 30) + 0.8 * high * rng.uniform(0, 1))
        return _stand(rng, flying, high, rng.normal(0, 0.5), pitch, 0.05, (55, 90))
    yaw = float(np.clip(rng.normal(0, 0.25) + inwards * abs(rng.normal(0.15, 0.35)), -1.2, 1.2))
    if kind == 1:
        return _stand(rng, walking, rng.uniform(1.3, 1.8), yaw, rng.normal(-0.05, 0.12), 0.04, (48, 80))
    return _stand(rng, walking, rng.uniform(0.3, 0.65), yaw, rng.normal(0.05, 0.08), 0.03, (60, 92))


def _stand(
    rng: Generator, aside: float, height: float, yaw: float, pitch: float, roll: float, degrees: tuple[float, float]
) -> Stand:
    return Stand(
        aside, float(height), float(yaw), float(pitch), float(rng.normal(0, roll)), float(rng.uniform(*degrees))
    )


def seen_from(rng: Generator, stand: Stand, ground: Ground, width: int, height: int) -> View:
    """The camera as it stands on the finished ground, its principal point a little off the middle."""
    eye = points(ground, stand.aside, 0.0, stand.height)[0]
    turn = heading(ground, 0.0)[0] - stand.yaw  # turns grow to the left where the way leads towards -z
    grade = points(ground, stand.aside, (4.0, 0.0))[:, 1]
    pitch = stand.pitch + 0.7 * np.arctan2(grade[0] - grade[1], 4.0)
    ahead = np.array([np.sin(turn) * np.cos(pitch), np.sin(pitch), np.cos(turn) * np.cos(pitch)])
    middle = Camera.from_fov(width, height, stand.degrees)
    off = rng.normal(0, 0.012, 2) * (width, height)
    camera = Camera(middle.fx, middle.fy, middle.cx + float(off[0]), middle.cy + float(off[1]), width, height)
    return View(camera, look_at(eye, eye + ahead, stand.roll))
