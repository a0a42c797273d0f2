"""sensor_msgs/CameraInfo to a pinhole and what the lens in front of it does.

Sources: https://docs.ros.org/en/api/sensor_msgs/html/msg/CameraInfo.html, and for the two polynomials
https://docs.opencv.org/4.x/d9/d0c/group__calib3d.html.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from spnet.calibration.intrinsics import camera_of, pinhole_of, settle_size
from spnet.camera import Camera
from spnet.errors import SpnetError

_POLYNOMIALS = {"plumb_bob": 5, "rational_polynomial": 8}  # and how many coefficients each has
_LARGEST = 1e6  # of the coefficients: far beyond any lens
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True)
class Lens:
    """A camera and its lens.

    distortion: k1, k2, p1, p2, k3, k4, k5, k6; none where the image is undistorted.
    shift: metres by which points move to the right and down on the way into this camera: the baseline of the second
        camera of a rectified stereo pair, whose points are given in the axes of the first.
    """

    camera: Camera
    distortion: tuple[float, ...] = ()
    shift: tuple[float, float] = (0.0, 0.0)


def read_lens(info: Any, size: tuple[int, int], *, rectified: bool = False) -> Lens:
    """What a CameraInfo says of an image.

    Args:
        info: the message, of ROS 1 or 2.
        size: (width, height) of the image.
        rectified: whether the image is: its camera is then the matrix P, else K with the distortion D.

    Raises:
        SpnetError: an uncalibrated camera, another size, a fisheye lens, binning or a region of interest.
    """
    name = "CameraInfo"
    stored = (float(info.width), float(info.height)) if info.width and info.height else None
    _refuse_parts_of_the_sensor(info, stored)
    size = settle_size(stored, size, name)
    if not any(_field(info, "k")):
        raise SpnetError(f"{name}: its matrix K is 0: the camera is not calibrated; calibrate it (camera_calibration)")
    if rectified:
        fx, _, cx, tx, _, fy, cy, ty, *_ = (float(number) for number in _field(info, "p"))
        camera = camera_of((fx, fy, cx, cy), size)
        return Lens(camera, shift=(tx / fx, ty / fy))
    camera = camera_of(pinhole_of([float(number) for number in _field(info, "k")], name), size)
    return Lens(camera, _distortion(info, name))


def distort(points: NDArray[np.floating], distortion: tuple[float, ...]) -> NDArray[np.float64]:
    """Where a pinhole without a lens would have to see points for them to fall where the lens lets them fall.

    Args:
        points: (N,3) in the camera's axes.
        distortion: as of a `Lens`.

    Returns:
        (N,3), each point moved to the side at the depth it has; NaN for those behind the camera, and for those so far
        to the side that the polynomial turns back and would show them inside the image.
    """
    k1, k2, p1, p2, k3, k4, k5, k6 = distortion
    above, below = Polynomial([1, k1, k2, k3]), Polynomial([1, k4, k5, k6])
    x, y, z = np.asarray(points, dtype=np.float64).T
    with np.errstate(all="ignore"):  # what is no number afterwards is not in the image
        x, y = x / z, y / z
        squared = x * x + y * y
        radial = above(squared) / below(squared)
        moved_x = x * radial + 2 * p1 * x * y + p2 * (squared + 2 * x * x)
        moved_y = y * radial + p1 * (squared + 2 * y * y) + 2 * p2 * x * y
        seen = (z > 0) & (squared < _turning_point(above, below))
        return np.where(seen, [moved_x * z, moved_y * z, z], np.nan).T


def _turning_point(above: Polynomial, below: Polynomial) -> float:
    """The squared radius at which r * above / below stops growing with r, or has a pole."""
    square = Polynomial([0, 1])
    growth = above * below + 2 * square * (above.deriv() * below - above * below.deriv())
    roots = np.concatenate([each.trim(_NEGLIGIBLE).roots() for each in (growth, below)])
    real = roots[np.isreal(roots)].real
    return float(min(real[real > 0], default=np.inf))


def _distortion(info: Any, name: str) -> tuple[float, ...]:
    model = info.distortion_model
    numbers = [float(number) for number in _field(info, "d")]
    if not any(numbers):
        return ()
    if len(numbers) > _POLYNOMIALS.get(model, 0) or not np.abs(numbers).max() <= _LARGEST:
        raise SpnetError(
            f"{name}: the lens model is {model[:40]!r} with {len(numbers)} numbers, expected plumb_bob (5) or "
            "rational_polynomial (8); rectify the images first, and take the topic image_rect"
        )
    return (*numbers, *[0.0] * (8 - len(numbers)))


def _refuse_parts_of_the_sensor(info: Any, stored: tuple[float, float] | None) -> None:
    """The numbers are those of the full sensor, which binning and a region of interest would change."""
    region = info.roi
    part = (region.width, region.height) not in ((0, 0), stored) or region.x_offset or region.y_offset
    if info.binning_x > 1 or info.binning_y > 1 or part:
        raise SpnetError("CameraInfo: has binning or a region of interest; publish the calibration of the image itself")


def _field(info: Any, name: str) -> Any:
    """k, d and p are K, D and P in ROS 1."""
    return getattr(info, name) if hasattr(info, name) else getattr(info, name.upper())
