"""What a spinning LiDAR beside the camera measures of the scene.

The sensor has a place of its own, so it sees surfaces that nearer ones hide from the camera; projected into the image,
they lie among the points of the surface in front ("bleed through"), as in every data set that pairs a camera with a
LiDAR. A depth map does not hold hidden surfaces. Those that come into the sensor's view here are the background beside
the edge, continued behind it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.sparsify.scene import FARTHEST, NEAREST, Scene, some_depths

_HDL_64E = (*(2 - line / 3 for line in range(32)), *(-8.83 - line / 2 for line in range(32)))
BEAMS: dict[int, tuple[float, ...]] = {
    4: _HDL_64E[8::16],
    8: _HDL_64E[4::8],
    16: tuple(15.0 - 2 * line for line in range(16)),
    32: tuple(10.67 - 4 / 3 * line for line in range(32)),
    64: _HDL_64E,
}
"""Elevations in degrees by number of lines: of Velodyne's VLP-16, HDL-32E and HDL-64E as their manuals list them; 4 and
8 are every sixteenth and eighth line of the HDL-64E, which is how fewer lines are made of KITTI's scans."""

_AZIMUTH_STEP = math.radians(0.18)  # 0.16 to 0.2 degrees, the three sensors at ten turns a second
_FARTHEST = 100.0  # metres
_LOST = 0.05  # share of the beams that come back from nothing

# Where the sensor is mounted, in metres along the camera's axes: aside, above the camera, and behind it or in front.
_MOUNT = ((-0.15, 0.15), (-0.3, -0.03), (-0.3, 0.05))
_FARTHEST_MOUNT = 0.1  # of the scene's median depth: nobody watches a table top from beside the table
_TILT = math.radians(2)  # about each axis, either way
_WIDEST = math.radians(80)  # from straight ahead
_SPILL = 8  # the sensor's view is wider than the camera's by one part in this, to each side

_SLACK = 3.0  # pixels that a gap may be wider than the parallax, for steps forward and back and for rounding
_TINY = 2.0**-24  # rays are rounded to this: a machine's sine may be off in the last bit
_NOTHING = np.uint64(2**64 - 1)
_INDEX = np.uint64(2**32 - 1)

_Depth = NDArray[np.float32]
_Keys = NDArray[np.uint64]
_Indices = NDArray[np.intp]
_Vectors = NDArray[np.float64]


def scan(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Scan the scene with that many lines (a key of `BEAMS`).

    The mount is drawn for each frame: 3 to 30 cm above the camera, up to 15 cm aside and 30 cm behind, in all at most a
    tenth of the scene's median depth, tilted by at most 2 degrees. A beam meets whole pixels, at their exact depth.
    Beams beyond 100 m, and one in twenty, do not come back. Of points that fall into the same pixel the nearest stays.

    So what is measured at a pixel is the truth there, or the truth of a background pixel that is farther.
    """
    offset, rotation = _mount(scene, generator)
    rays = _rays(BEAMS[int(values[0])], scene.camera, rotation, generator.random())
    rays = rays.take(np.flatnonzero(generator.random(rays.shape[1]) >= _LOST), axis=1)
    pixels, targets = _hits(scene, offset, rays)
    measured = np.full(depth.size, np.inf, dtype=np.float32)
    np.minimum.at(measured, targets, depth.ravel()[pixels])
    measured[np.isinf(measured)] = 0
    return measured.reshape(depth.shape)


def _mount(scene: Scene, generator: np.random.Generator) -> tuple[_Vectors, _Vectors]:
    """The sensor's position (3,) in the camera's axes, and the matrix (3,3) that turns its axes to the camera's."""
    drawn = generator.random(6)
    offset = np.array([low + share * (high - low) for share, (low, high) in zip(drawn, _MOUNT, strict=False)])
    sample = some_depths(scene.truth)
    if sample.size:
        limit = _FARTHEST_MOUNT * float(np.median(sample))
        offset *= min(1.0, limit / math.sqrt(offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2))
    pitch, yaw, roll = (float(2 * share - 1) * _TILT for share in drawn[3:])
    return offset, _turn(pitch, 1, 2) @ _turn(yaw, 2, 0) @ _turn(roll, 0, 1)


def _turn(angle: float, first: int, second: int) -> _Vectors:
    """The rotation (3,3) by an angle in radians that takes one axis towards another."""
    rotation = np.eye(3)
    rotation[[first, second], [first, second]] = math.cos(angle)
    rotation[second, first], rotation[first, second] = math.sin(angle), -math.sin(angle)
    return rotation


def _rays(elevations: tuple[float, ...], camera: Camera, rotation: _Vectors, phase: float) -> _Vectors:
    """Where the beams cross the plane 1 m in front of the sensor, in axes parallel to the camera's: x and y (2,N)."""
    first, last = (
        min(max(math.atan((column - camera.cx) / camera.fx), -_WIDEST), _WIDEST)
        for column in (-camera.width / _SPILL, camera.width * (1 + 1 / _SPILL))
    )
    azimuth = first + _AZIMUTH_STEP * (np.arange(math.ceil((last - first) / _AZIMUTH_STEP)) + phase)
    x = np.tile(np.tan(azimuth), len(elevations))
    y = np.outer(-np.tan(np.radians(elevations)), 1 / np.cos(azimuth)).ravel()
    x, y, z = (row[0] * x + row[1] * y + row[2] for row in rotation)
    return np.rint(np.stack([x, y]) / z / _TINY) * _TINY


def _hits(scene: Scene, offset: _Vectors, rays: _Vectors) -> tuple[_Indices, _Indices]:
    """What rays (2,N) from the sensor meet: flat indices of the pixels with its depth, and of those it is put at."""
    keys = _seen_from(scene, offset)
    margins = _margins(scene.truth.shape)
    camera = scene.camera
    columns = np.rint(rays[0] * camera.fx + camera.cx).astype(np.intp) + margins[1]
    rows = np.rint(rays[1] * camera.fy + camera.cy).astype(np.intp) + margins[0]
    # The outermost cells are empty, so that every other has four neighbours.
    inside = (rows > 0) & (rows < keys.shape[0] - 1) & (columns > 0) & (columns < keys.shape[1] - 1)
    rays, rows, columns = rays[:, inside], rows[inside], columns[inside]
    met = _met(keys, rows, columns)
    behind = np.flatnonzero(met == _NOTHING)
    met[behind] = _continued(keys, rows[behind], columns[behind], camera, offset)
    pixels = (met & _INDEX).astype(np.intp) % scene.truth.size
    targets = pixels.copy()
    targets[behind] = _projected(scene, offset, rays[:, behind], pixels[behind])
    distance = scene.truth.ravel()[pixels] * np.sqrt(1 + rays[0] ** 2 + rays[1] ** 2)
    returned = (met != _NOTHING) & (targets >= 0) & (distance > 0) & (distance <= _FARTHEST)
    return pixels[returned], targets[returned]


def _seen_from(scene: Scene, offset: _Vectors) -> _Keys:
    """A depth buffer from the sensor's place with the camera's axes and focal lengths, wider by the margins.

    Each cell holds the depth's bits above the flat index of the pixel that is nearest there, or _NOTHING. Where the
    truth is unknown, it is far away: it hides nothing, and it does not count as hidden.
    """
    camera, (height, width) = scene.camera, scene.truth.shape
    x, y, z = (float(value) for value in offset)
    metres = np.where(scene.truth > 0, scene.truth, FARTHEST)
    from_sensor = np.maximum(metres - z, NEAREST)
    top, left = _margins(scene.truth.shape)
    columns = _shifted(metres, from_sensor, np.arange(width), camera.cx, camera.fx * x) + np.float32(left)
    rows = _shifted(metres, from_sensor, np.arange(height)[:, None], camera.cy, camera.fy * y) + np.float32(top)
    shape = height + 2 * top, width + 2 * left
    np.clip(columns, 0, shape[1] - 1, out=columns)
    np.clip(rows, 0, shape[0] - 1, out=rows)
    cells = np.rint(rows).astype(np.intp)
    cells *= shape[1]
    cells += np.rint(columns).astype(np.intp)
    nearest_first = metres.view(np.uint32).astype(np.uint64)
    nearest_first <<= np.uint64(32)
    nearest_first |= np.arange(metres.size, dtype=np.uint64).reshape(metres.shape)
    keys = np.full(shape, _NOTHING)
    np.minimum.at(keys.reshape(-1), cells.reshape(-1), nearest_first.reshape(-1))
    keys[[0, -1]] = keys[:, [0, -1]] = _NOTHING  # what is outside
    return keys


def _margins(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns that the sensor's view has more than the camera's, on each side."""
    return shape[0] // _SPILL + 2, shape[1] // _SPILL + 2


def _shifted(metres: _Depth, from_sensor: _Depth, position: _Indices, centre: float, shift: float) -> _Depth:
    """Where the sensor sees the pixels along one axis."""
    shifted = (position - centre).astype(np.float32) * metres
    shifted -= np.float32(shift)
    shifted /= from_sensor
    shifted += np.float32(centre)
    return shifted


def _met(keys: _Keys, rows: _Indices, columns: _Indices) -> _Keys:
    """What the cells hold, unless both neighbours in the row or column are nearer: then the farther of those two.

    Pixels spread apart where the sensor sees a surface larger than the camera does, and what lies behind it shows
    through the gaps.
    """
    flat, cells = keys.ravel(), rows * keys.shape[1] + columns
    beside = np.maximum(flat[cells - 1], flat[cells + 1])
    above_and_below = np.maximum(flat[cells - keys.shape[1]], flat[cells + keys.shape[1]])
    return np.minimum(flat[cells], np.minimum(beside, above_and_below))


def _continued(keys: _Keys, rows: _Indices, columns: _Indices, camera: Camera, offset: _Vectors) -> _Keys:
    """What lies in empty cells if the farther of the two surfaces at the ends of their gap goes on; else _NOTHING.

    The ends are looked for along the row and along the column, and the closer ones taken. A gap that opened between two
    surfaces is no wider than the parallax between them; what is wider was never in the image.
    """
    ends = _ends(keys, rows, columns), _ends(keys.T, columns, rows)
    before, after, gap = (np.where(ends[0][2] <= ends[1][2], *pair) for pair in zip(*ends, strict=True))
    nearer, farther = np.minimum(before, after), np.maximum(before, after)
    parallax = max(camera.fx, camera.fy) * math.sqrt(offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2)
    return np.where(gap <= parallax * (1 / _metres(nearer) - 1 / _metres(farther)) + _SLACK, farther, _NOTHING)


def _ends(keys: _Keys, rows: _Indices, columns: _Indices) -> tuple[_Keys, _Keys, _Indices]:
    """The keys before and after the gap that a cell lies in along its row, and how far these are from each other.

    Without one of them the distance is beyond any.
    """
    flat, width = keys.ravel(), keys.shape[1]
    filled = np.append(np.flatnonzero(flat != _NOTHING), flat.size - 1)
    following = np.searchsorted(filled, rows * width + columns)
    before, after = filled[following - 1], filled[following]
    within = (before // width == rows) & (after // width == rows) & (before < after)
    return flat[before], flat[after], np.where(within, after - before, flat.size)


def _metres(keys: _Keys) -> _Vectors:
    return (keys >> np.uint64(32)).astype(np.uint32).view(np.float32).astype(np.float64)


def _projected(scene: Scene, offset: _Vectors, rays: _Vectors, pixels: _Indices) -> _Indices:
    """The flat index of the pixel that hides the point of a ray at those pixels' depth, or -1.

    That is where the camera would see the point, if the truth there is nearer.
    """
    camera, (height, width) = scene.camera, scene.truth.shape
    metres = scene.truth.ravel()[pixels].astype(np.float64)
    known = metres > 0
    from_sensor, divisor = metres - offset[2], np.where(known, metres, 1)
    columns = np.rint(camera.fx * (rays[0] * from_sensor + offset[0]) / divisor + camera.cx)
    rows = np.rint(camera.fy * (rays[1] * from_sensor + offset[1]) / divisor + camera.cy)
    inside = known & (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    targets = np.where(inside, rows * width + columns, 0).astype(np.intp)
    front = scene.truth.ravel()[targets]
    return np.where(inside & (front > 0) & (front < metres), targets, -1)
