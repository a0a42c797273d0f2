"""Where cameras stand over clutter, and how they are held."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.synth.scene import View, look_at


def draw_camera(rng: Generator, width: int, height: int) -> Camera:
    """A camera of 45 to 95 degrees across whose principal point is a little off the middle."""
    camera = Camera.from_fov(width, height, rng.uniform(45, 95) if rng.random() < 0.5 else rng.uniform(52, 75))
    return replace(camera, cx=camera.cx + rng.normal(0, 0.012) * width, cy=camera.cy + rng.normal(0, 0.012) * height)


def draw_roll(rng: Generator) -> float:
    """Radians: mostly nearly level, at times tilted, rarely anything."""
    kind = rng.random()
    if kind < 0.7:
        return float(rng.normal(0, np.radians(2.5)))
    return float(rng.normal(0, np.radians(15)) if kind < 0.93 else rng.uniform(-np.pi, np.pi))


def direction(elevation: float, turn: float) -> NDArray[np.float64]:
    """The unit vector (3,) that points `elevation` radians above the level, `turn` radians from +z towards +x."""
    return np.array([np.cos(elevation) * np.sin(turn), np.sin(elevation), np.cos(elevation) * np.cos(turn)])


def tan_half(camera: Camera) -> NDArray[np.float64]:
    """Tangents of half the angles of view, across and down."""
    return np.array([camera.width / 2 / camera.fx, camera.height / 2 / camera.fy])


def held_at(camera: Camera, rng: Generator, eye: NDArray[np.float64], target: NDArray[np.float64]) -> View:
    """The camera at `eye` (3,), pointed at `target` (3,), rolled by chance."""
    return View(camera, look_at(eye, target, draw_roll(rng)))


def any_rotation(rng: Generator) -> NDArray[np.float64]:
    """A rotation (3,3), all equally likely (K. Shoemake, "Uniform Random Rotations", 1992)."""
    w, x, y, z = (quaternion := rng.normal(size=4)) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
