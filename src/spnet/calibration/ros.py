"""ROS camera calibrations: the file that camera_calibration writes, and a printed sensor_msgs/CameraInfo.

Formats: http://wiki.ros.org/camera_calibration_parsers,
https://docs.ros.org/en/api/sensor_msgs/html/msg/CameraInfo.html
"""

from collections.abc import Mapping

from spnet.calibration.intrinsics import camera_of, pinhole_of, refuse_distortion, settle_size
from spnet.calibration.yaml import Value, parse_yaml
from spnet.camera import Calibration
from spnet.errors import SpnetError
from spnet.files.lines import finite_numbers

# Names of one thing in the file, in ROS 2 messages, in ROS 1 messages.
_MATRIX = ("camera_matrix", "k", "K")
_DISTORTION = ("distortion_coefficients", "d", "D")
_WIDTH = ("image_width", "width")
_HEIGHT = ("image_height", "height")

_PINHOLES_WITHOUT_DISTORTION = ("", "none", "plumb_bob", "rational_polynomial")
_CURE = "for example use the image_rect topic, and the left 3x3 of projection matrix P as K"


def read_ros(text: str, name: str, size: tuple[int, int] | None) -> Calibration:
    """Read ROS CameraInfo YAML; OpenCV's own calibration files have the same keys.

    The camera is that of the raw image (matrix K), so all distortion must be 0.

    Raises:
        SpnetError: not such YAML, lens distortion, binning or a region of interest, no size or another one.
    """
    content = parse_yaml(text, name)
    model = _scalar(content, ("distortion_model",)) or ""
    coefficients = _numbers(content, _DISTORTION, name) or []
    refuse_distortion(coefficients, model or "a lens", name, _CURE)
    if model not in _PINHOLES_WITHOUT_DISTORTION:
        raise SpnetError(f"{name}: the lens model is {model!r}, which is no pinhole; undistort first ({_CURE})")
    width, height = _number(content, _WIDTH, name), _number(content, _HEIGHT, name)
    stored = None if width is None or height is None else (width, height)
    _refuse_parts_of_the_sensor(content, stored, name)
    matrix = _numbers(content, _MATRIX, name)
    if matrix is None:
        found = ", ".join(list(content)[:12])
        raise SpnetError(f"{name}: holds {found}; expected camera_matrix with data, or k")
    return Calibration(camera_of(pinhole_of(matrix, name), settle_size(stored, size, name)))


def _refuse_parts_of_the_sensor(content: Mapping[str, Value], stored: tuple[float, float] | None, name: str) -> None:
    """CameraInfo describes the full sensor; binning and a region of interest would change the camera."""
    roi = content.get("roi")
    roi = roi if isinstance(roi, Mapping) else {}
    binned = any((_number(content, (key,), name) or 0) > 1 for key in ("binning_x", "binning_y"))
    moved = any(_number(roi, (key,), name) for key in ("x_offset", "y_offset"))
    roi_size = _number(roi, ("width",), name) or 0, _number(roi, ("height",), name) or 0
    if binned or moved or roi_size not in ((0, 0), stored):
        raise SpnetError(
            f"{name}: has binning or a region of interest; give the camera of the image itself: fx fy cx cy"
        )


def _find(content: Mapping[str, Value], keys: tuple[str, ...]) -> Value | None:
    return next((content[key] for key in keys if key in content), None)


def _scalar(content: Mapping[str, Value], keys: tuple[str, ...]) -> str | None:
    value = _find(content, keys)
    return value if isinstance(value, str) else None


def _number(content: Mapping[str, Value], keys: tuple[str, ...], name: str) -> float | None:
    value = _scalar(content, keys)
    return finite_numbers([value], f"{name}: {keys[0]}")[0] if value else None


def _numbers(content: Mapping[str, Value], keys: tuple[str, ...], name: str) -> list[float] | None:
    """A list of numbers, or the "data" of a matrix."""
    key = next((key for key in keys if key in content), "")
    value = content.get(key)
    if isinstance(value, Mapping):
        value = value.get("data")
    if value is None or value == "":
        return None
    if not isinstance(value, list):
        raise SpnetError(f"{name}: {key} is {str(value)[:40]!r}, expected a list of numbers")
    return value
