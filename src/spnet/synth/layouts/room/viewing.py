"""Where the camera stands in a room: free, and with something to look at."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.synth.layouts.room.furnishing import Room
from spnet.synth.scene import View, look_at

_CANDIDATES = 40
_RAYS = 15
_STEP = 0.1
_REACH = 15.0


def draw_view(room: Room, width: int, height: int) -> View:
    """A view of the room, or of one of the places where small things stand."""
    rng = room.rng
    camera = draw_camera(rng, width, height)
    if room.shown and rng.random() < 0.16:
        near = _near_view(room, camera)
        if near is not None:
            return near
    return View(camera, _far_pose(room, camera))


def draw_camera(rng: Generator, width: int, height: int) -> Camera:
    """A lens between 45 and 95 degrees across, whose axis is a little off the image's middle."""
    camera = Camera.from_fov(width, height, rng.uniform(48, 92))
    return replace(camera, cx=camera.cx + rng.normal(0, 0.01) * width, cy=camera.cy + rng.normal(0, 0.01) * height)


def _far_pose(room: Room, camera: Camera) -> NDArray[np.float64]:
    """The best of some poses in the room: with a long and varied view, and nothing just before the lens."""
    rng, floor = room.rng, room.floor
    low, high = room.plan.bounds()
    spots = rng.uniform(low, high, (300, 2))
    eye_height = float(np.clip(rng.normal(1.4, 0.25), 0.6, 1.9))
    eye_height = min(eye_height, 0.8 * room.plan.height)
    free = _is_clear(room, spots, eye_height, 0.3)
    if not free.any():
        free = _is_clear(room, spots, eye_height, 0.12)
    if not free.any():
        free = floor.tops_at(spots[:, 0], spots[:, 1]) < eye_height - 0.1
    spots = spots[free][:_CANDIDATES]
    headings = rng.uniform(0, 2 * np.pi, len(spots))
    inward = np.arctan2(*((low + high) / 2 - spots).T)
    headings = np.where(rng.random(len(spots)) < 0.75, inward + rng.normal(0, 0.5, len(spots)), headings)
    scores = _scores(room, spots, headings, eye_height, camera) + rng.uniform(0, 0.35, len(spots))
    best = int(np.argmax(scores))
    pitch = float(np.clip(rng.normal(0.2, 0.15), -0.12, 0.6)) * min(1.0, eye_height / 1.3)
    x, z = spots[best]
    eye = np.array([x, eye_height, z])
    ahead = np.array([np.sin(headings[best]), -np.tan(pitch), np.cos(headings[best])])
    return look_at(eye, eye + ahead, rng.normal(0, 0.03))


def _is_clear(room: Room, spots: NDArray[np.float64], eye_height: float, margin: float) -> NDArray[np.bool_]:
    """Whether there is nothing near the eye at any of the spots (N,2)."""
    angle = np.arange(8) * np.pi / 4
    around = np.concatenate([np.zeros((1, 2)), margin * np.stack([np.sin(angle), np.cos(angle)], axis=1)])
    points = spots[:, None] + around
    tops = room.floor.tops_at(points[..., 0], points[..., 1])
    lowest = room.plan.headrooms(*spots.T)
    return (tops < eye_height - margin).all(axis=1) & (lowest > eye_height + margin)


def _scores(
    room: Room, spots: NDArray[np.float64], headings: NDArray[np.float64], eye_height: float, camera: Camera
) -> NDArray[np.float64]:
    """How good views are: rays that fall from the eye to the floor meet things near and far, few of them too near."""
    half = np.arctan(camera.width / 2 / camera.fx)
    angle = headings[:, None] + np.linspace(-half, half, _RAYS)
    distance = np.arange(_STEP, _REACH, _STEP)
    x = spots[:, 0, None, None] + np.sin(angle)[..., None] * distance
    z = spots[:, 1, None, None] + np.cos(angle)[..., None] * distance
    line = np.maximum(eye_height - 0.18 * distance, 0.1)
    hit = room.floor.tops_at(x, z) > line
    reached = distance[np.argmax(hit, axis=2)]
    middle = np.median(reached, axis=1)
    near = (reached < 0.85).mean(axis=1)
    things = (np.diff(np.log(reached), axis=1) ** 2).clip(max=0.3).sum(axis=1)
    return np.minimum(middle, 4.5) / 3.0 + 0.7 * np.minimum(things, 1.5) - 3 * near - 1.2 * (middle < 1.4)


def _near_view(room: Room, camera: Camera) -> View | None:
    """A look at a place from close by, from its front; None if the camera finds no space."""
    rng = room.rng
    for _ in range(6):
        pose, support = room.shown[int(rng.integers(len(room.shown)))]
        if support.right - support.left < 0.3:
            continue
        middle = ((support.left + support.right) / 2, support.height + 0.06, (support.back + support.front) / 2)
        target = (pose @ (*middle, 1.0))[:3]
        away, swing, rise = rng.uniform(0.55, 1.3), rng.uniform(-0.7, 0.7), rng.uniform(0.1, 0.7)
        if support.clearance < 0.6:
            rise = rng.uniform(-0.1, 0.25)
        offset = away * np.array([np.sin(swing) * np.cos(rise), np.sin(rise), np.cos(swing) * np.cos(rise)])
        eye = target + pose[:3, :3] @ offset
        spot = eye[None, [0, 2]]
        if 0.25 < eye[1] < 2.1 and _is_clear(room, spot, float(eye[1]), 0.15)[0] and _sees(room, eye, target):
            return View(camera, look_at(eye, target + rng.normal(0, 0.05, 3), rng.normal(0, 0.05)))
    return None


def _sees(room: Room, eye: NDArray[np.float64], target: NDArray[np.float64]) -> bool:
    """Whether nothing tall stands in the first two thirds of the way."""
    share = np.linspace(0, 0.66, 12)[:, None]
    line = eye + share * (target - eye)
    return bool((room.floor.tops_at(line[:, 0], line[:, 2]) < line[:, 1]).all())
