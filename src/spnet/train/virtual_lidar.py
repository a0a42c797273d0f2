"""PacGDC's LiDAR: a virtual sensor beside the camera (Wang et al., ICCV 2025, after OMNI-DC).

It stands 3 to 6 cm to the left or right and up to 2 cm above or below. What it sees and the camera does not appears in
the image in front of nearer pixels, at its own, larger depth. A depth map does not hold it: it is taken to be the
background beside the edge, continued.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_ASIDE = (0.03, 0.06)  # metres
_ABOVE = 0.02
_WIDER = 1.5  # than the camera's view is the sensor's
_WIDEST = math.pi / 2.1  # radians to each side

_Depth = NDArray[np.float32]
_Row = NDArray[np.float64]


class _Pinhole(NamedTuple):
    focal: float
    x: float
    y: float


def scan(depth: _Depth, generator: Generator) -> _Depth:
    """What 8 to 63 lines of 400 to 999 points measure of a depth map (H,W) in metres; 0 for nothing.

    The camera is drawn, too. A measured pixel has depth in `depth` and at least that: itself, or what lies behind.
    """
    height, width = depth.shape
    camera = _Pinhole(
        generator.uniform(1.5, 2) * height, generator.uniform(-0.5, 1.5) * width, generator.uniform(0.5, 0.7) * height
    )
    aside = generator.uniform(*_ASIDE) * (1 if generator.random() < 0.5 else -1)
    place = (aside, generator.uniform(-_ABOVE, _ABOVE))
    seen, sensor = _seen_from(depth, camera, place)
    seen = _continued(seen, camera.focal * abs(aside))
    rows, columns = _beams(sensor, seen.shape, generator)
    metres = seen[rows, columns].astype(np.float64)
    rows, columns, metres = rows[metres > 0], columns[metres > 0], metres[metres > 0]
    x = (columns - sensor.x) / sensor.focal * metres + place[0]
    y = (rows - sensor.y) / sensor.focal * metres + place[1]
    measured = _drawn(x, y, metres, camera, depth.shape)
    return measured * ((depth > 0) & (measured >= depth))


def _seen_from(depth: _Depth, camera: _Pinhole, place: tuple[float, float]) -> tuple[_Depth, _Pinhole]:
    """The depth from a place beside the camera, with a wider view, and that view's pinhole."""
    rows, columns = np.nonzero(depth)
    metres = depth[rows, columns].astype(np.float64)
    x = (columns - camera.x) / camera.focal * metres - place[0]
    y = (rows - camera.y) / camera.focal * metres - place[1]
    height, width = (int(_WIDER * side) for side in depth.shape)
    beside = (width - depth.shape[1]) / 2, (height - depth.shape[0]) / 2
    sensor = _Pinhole(camera.focal, camera.x + beside[0], camera.y + beside[1])
    return _drawn(x, y, metres, sensor, (height, width)), sensor


def _continued(seen: _Depth, parallax: float) -> _Depth:
    """The view with its gaps filled: each goes on with the farther of the two surfaces at its ends along the row.

    A gap that opened between the two is no wider than the parallax (in pixels at 1 m) between them; others are left.
    """
    columns = np.arange(seen.shape[1])
    filled = seen > 0
    before = np.maximum.accumulate(np.where(filled, columns, 0), axis=1)
    after = np.minimum.accumulate(np.where(filled, columns, seen.shape[1] - 1)[:, ::-1], axis=1)[:, ::-1]
    left, right = np.take_along_axis(seen, before, 1), np.take_along_axis(seen, after, 1)
    nearer, farther = np.minimum(left, right), np.maximum(left, right)
    ends = nearer > 0
    width = np.zeros_like(seen)
    width[ends] = parallax * (1 / nearer[ends] - 1 / farther[ends]) + 1
    return np.where(~filled & ends & (after - before <= width + 1), farther, seen)


def _beams(sensor: _Pinhole, shape: tuple[int, ...], generator: Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pixels, rows and columns, that beams go through; evenly spread angles."""
    lowest, highest = generator.uniform(-0.2, -0.15), generator.uniform(0.25, 0.3)
    pitch = np.linspace(lowest, highest, int(generator.integers(8, 64)))[:, None]
    yaw = np.linspace(-_WIDEST, _WIDEST, int(generator.integers(400, 1000)))[None]
    x, y = np.cos(pitch) * np.sin(yaw), np.sin(pitch) + 0 * yaw
    z = np.cos(pitch) * np.cos(yaw)
    columns, rows = (np.rint(sensor.focal * x / z + sensor.x), np.rint(sensor.focal * y / z + sensor.y))
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    return rows[inside].astype(np.intp), columns[inside].astype(np.intp)


def _drawn(x: _Row, y: _Row, metres: _Row, camera: _Pinhole, shape: tuple[int, ...]) -> _Depth:
    """Points as a pinhole sees them: (H,W) metres, the nearest of each pixel, 0 for none."""
    columns, rows = np.rint(camera.focal * x / metres + camera.x), np.rint(camera.focal * y / metres + camera.y)
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    image = np.full(shape, np.inf, np.float32)
    places = rows[inside].astype(np.intp), columns[inside].astype(np.intp)
    np.minimum.at(image, places, metres[inside].astype(np.float32))
    image[np.isinf(image)] = 0
    return image
