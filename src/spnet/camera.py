"""The pinhole camera, and how an image's crop, resize and padding change it."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.limits import check_pixel_count

# Pixels: far beyond any lens and any crop, and small enough that float32 points keep their pixel.
_LARGEST_FOCAL_LENGTH = 1e7
_LARGEST_PRINCIPAL_POINT = 1e6


@dataclass(frozen=True)
class Camera:
    """A pinhole camera without distortion.

    Axes as in OpenCV: x right, y down, z forward. A point (x, y, z) is seen at column fx * x / z + cx and
    row fy * y / z + cy; the centre of the upper left pixel is column 0, row 0.

    fx, fy: focal lengths in pixels. cx, cy: principal point in pixels. width, height: of the image.

    Raises:
        SpnetError: a number that is not finite, a focal length that is not positive, an image without pixels,
            or values beyond any camera.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    width: int
    height: int

    def __post_init__(self) -> None:
        for name in ("fx", "fy"):
            if not 0 < _as_float(self, name) <= _LARGEST_FOCAL_LENGTH:
                raise SpnetError(
                    f"camera: {name} is {getattr(self, name)}, expected a focal length in pixels, "
                    f"above 0 and at most {_LARGEST_FOCAL_LENGTH:g}"
                )
        for name in ("cx", "cy"):
            if not abs(_as_float(self, name)) <= _LARGEST_PRINCIPAL_POINT:
                raise SpnetError(
                    f"camera: {name} is {getattr(self, name)}, expected a position in pixels, "
                    f"at most {_LARGEST_PRINCIPAL_POINT:g} from the image's corner"
                )
        for name in ("width", "height"):
            _as_whole(self, name)
        check_pixel_count(self.width, self.height, "camera: its image")

    @classmethod
    def from_fov(cls, width: int, height: int, degrees_across: float) -> "Camera":
        """The camera with square pixels whose image spans that angle from side to side, about its middle.

        Raises:
            SpnetError: an angle that is not between 0 and 180 degrees, or no image.
        """
        if not 0 < degrees_across < 180:
            raise SpnetError(f"field of view: {degrees_across} degrees across, expected more than 0 and less than 180")
        focal = width / 2 / math.tan(math.radians(degrees_across) / 2)
        return cls(focal, focal, (width - 1) / 2, (height - 1) / 2, width, height)

    @classmethod
    def from_matrix(cls, matrix: NDArray[np.floating], width: int, height: int) -> "Camera":
        """The camera of an intrinsic matrix K (3,3) without skew, for images of width x height pixels.

        Raises:
            SpnetError: a matrix of another shape or form.
        """
        K = np.asarray(matrix, dtype=np.float64)
        if K.shape != (3, 3) or K[[0, 1, 2, 2], [1, 0, 0, 1]].any() or K[2, 2] != 1:
            raise SpnetError(f"camera matrix {K.tolist()}: expected [[fx, 0, cx], [0, fy, cy], [0, 0, 1]]")
        return cls(float(K[0, 0]), float(K[1, 1]), float(K[0, 2]), float(K[1, 2]), width, height)

    @classmethod
    def from_file(
        cls,
        path: Path | str,
        *,
        width: int | None = None,
        height: int | None = None,
        image: str | None = None,
    ) -> "Camera":
        """Read the camera of a calibration file: K.txt, JSON, ROS CameraInfo YAML, COLMAP or KITTI.

        Args:
            path: the file, or the folder of a COLMAP model or of a KITTI raw drive.
            width, height: size of the image, for the formats that do not hold it.
            image: name of the image, for a COLMAP model of several cameras.

        Raises:
            SpnetError: see `spnet.calibration.read_calibration`.
        """
        from spnet.calibration import read_calibration  # the readers make cameras, so they import this module

        if (width is None) != (height is None):
            raise SpnetError("camera: only one of width and height is given, expected both or neither")
        size = None if width is None or height is None else (width, height)
        return read_calibration(path, size=size, image_name=image).camera

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The intrinsic matrix K (3,3)."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]], dtype=np.float64)

    def crop(self, x: int, y: int, width: int, height: int) -> "Camera":
        """The camera of image[y : y + height, x : x + width].

        Raises:
            SpnetError: the rectangle is empty or leaves the image.
        """
        inside = 0 <= x <= self.width - width and 0 <= y <= self.height - height
        if not inside or width < 1 or height < 1:
            raise SpnetError(
                f"crop: {width}x{height} pixels at column {x}, row {y} is no part of the image, "
                f"which is {self.width}x{self.height}"
            )
        return Camera(self.fx, self.fy, self.cx - x, self.cy - y, width, height)

    def pad(self, left: int, top: int, right: int, bottom: int) -> "Camera":
        """The camera of the image with that many pixels added at each side.

        Raises:
            SpnetError: a negative number (`crop` takes pixels away).
        """
        if min(left, top, right, bottom) < 0:
            raise SpnetError(f"pad: ({left}, {top}, {right}, {bottom}) holds a negative number; use crop to cut")
        width, height = self.width + left + right, self.height + top + bottom
        return Camera(self.fx, self.fy, self.cx + left, self.cy + top, width, height)

    def resize(self, width: int, height: int) -> "Camera":
        """The camera of the image resized to `width` x `height`.

        What resizes is the image's area, from half a pixel before the first centre to half a pixel behind the
        last, so the principal point scales about (-0.5, -0.5).

        Raises:
            SpnetError: an image without pixels, or too large.
        """
        across, down = width / self.width, height / self.height
        cx, cy = (self.cx + 0.5) * across - 0.5, (self.cy + 0.5) * down - 0.5
        return Camera(self.fx * across, self.fy * down, cx, cy, width, height)


@dataclass(frozen=True, eq=False)
class Calibration:
    """A camera, and where it stands to the point cloud that is recorded with it.

    camera_from_cloud: (4,4) float64, takes a point of the cloud's frame to the camera's axes; None where the
        file says nothing about it.
    """

    camera: Camera
    camera_from_cloud: NDArray[np.float64] | None = None


def _as_float(camera: Camera, name: str) -> float:
    """Make the field a Python float, whatever number it was: equality and repr shall not depend on that."""
    try:
        value = float(getattr(camera, name))
    except (TypeError, ValueError, OverflowError):
        raise SpnetError(f"camera: {name} is {getattr(camera, name)!r}, expected a number") from None
    object.__setattr__(camera, name, value)
    return value


def _as_whole(camera: Camera, name: str) -> None:
    value = _as_float(camera, name)
    if not value.is_integer():
        raise SpnetError(f"camera: {name} is {value:g}, expected a whole number of pixels")
    object.__setattr__(camera, name, int(value))
