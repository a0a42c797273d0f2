"""Intrinsics alone: a matrix as text, or JSON. What the other readers share: matrices, sizes, distortion."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from spnet.camera import Calibration, Camera
from spnet.errors import SpnetError
from spnet.files.lines import finite_numbers

_MATRIX_KEYS = ("K", "camera_matrix", "intrinsic_matrix")
_EXPECTED = '"fx", "fy", "cx", "cy", or a matrix as ' + ", ".join(f'"{key}"' for key in _MATRIX_KEYS)
_DISTORTION_KEYS = {"d", "coeffs", *(f"k{i}" for i in range(1, 7)), *(f"p{i}" for i in range(1, 9))}
_LARGEST_SKEW = 1e-6  # of the focal length: what rounding leaves
_DEEPEST = 16  # of nested lists


def read_matrix_text(text: str, name: str, size: tuple[int, int] | None) -> Calibration:
    """Read the 9 numbers of K, or the 4 numbers fx fy cx cy.

    Raises:
        SpnetError: another count, numbers that make no K, or no size.
    """
    for separator in ",;[]()":
        text = text.replace(separator, " ")
    numbers = finite_numbers(text.split(), name)
    if len(numbers) not in (4, 9):
        raise SpnetError(f"{name}: holds {len(numbers)} numbers, expected the 9 of K or the 4 fx fy cx cy")
    focal_and_centre = numbers if len(numbers) == 4 else pinhole_of(numbers, name)
    return Calibration(camera_of(focal_and_centre, settle_size(None, size, name)))


def read_json(text: str, name: str, size: tuple[int, int] | None) -> Calibration:
    """Read JSON with fx, fy, cx, cy (or RealSense's ppx, ppy) or a matrix; width and height are optional.

    The matrix is 3 rows of 3, or 9 numbers, under "K", "camera_matrix" or "intrinsic_matrix" (Open3D, which
    stores it by columns), or OpenCV's object with "data".

    Raises:
        SpnetError: not JSON, neither of these, lens distortion, no size or another one.
    """
    content = _parse_json(text, name)
    for key, value in content.items():
        if "dist" in key.lower() or key.lower() in _DISTORTION_KEYS:
            refuse_distortion(_flatten(value, f"{name}: {key}"), str(content.get("model", "a lens")), name)
    stored = _stored_size(content, name)
    centre = ("cx", "cy") if "cx" in content else ("ppx", "ppy")
    if all(key in content for key in ("fx", "fy", *centre)):
        pinhole = [_number(content[key], f"{name}: {key}") for key in ("fx", "fy", *centre)]
    else:
        pinhole = pinhole_of(_matrix_values(content, name), name)
    return Calibration(camera_of(pinhole, settle_size(stored, size, name)))


def camera_of(focal_and_centre: Sequence[float], size: tuple[int, int]) -> Camera:
    """The camera of (fx, fy, cx, cy) and (width, height)."""
    fx, fy, cx, cy = focal_and_centre
    return Camera(fx, fy, cx, cy, *size)


def pinhole_of(numbers: Sequence[float], name: str) -> list[float]:
    """fx, fy, cx, cy of the 9 numbers of K, by rows or by columns: only one of the two ends in a row 0 0 1.

    Raises:
        SpnetError: another count, neither order is a camera's matrix, or K has skew.
    """
    if len(numbers) != 9:
        raise SpnetError(f"{name}: a matrix of {len(numbers)} numbers, expected the 9 of K")
    rows = [list(numbers[i : i + 3]) for i in (0, 3, 6)]
    columns = [list(numbers[i::3]) for i in range(3)]
    for matrix in (rows, columns):
        (fx, skew, cx), (below, fy, cy), last = matrix
        if last == [0, 0, 1] and below == 0:
            break
    else:
        raise SpnetError(f"{name}: its matrix is {rows}, expected fx 0 cx, 0 fy cy, 0 0 1")
    if abs(skew) > _LARGEST_SKEW * abs(fx):
        raise SpnetError(f"{name}: its matrix has a skew of {skew:g}; resample the image without it")
    return [fx, fy, cx, cy]


def settle_size(stored: tuple[float, float] | None, given: tuple[int, int] | None, name: str) -> tuple[int, int]:
    """The image size that the calibration is for: the stored one, or else the given one.

    Raises:
        SpnetError: there is neither, the two differ, or the stored one is no size.
    """
    if stored is None:
        if given is None:
            raise SpnetError(f"{name}: does not hold the size of the image; give it (width and height)")
        return given
    width, height = stored
    if not (width.is_integer() and height.is_integer() and width >= 1 and height >= 1):
        raise SpnetError(f"{name}: its image size is {width:g}x{height:g}, expected whole numbers of pixels")
    if given is not None and given != (width, height):
        raise SpnetError(
            f"{name}: is for images of {width:.0f}x{height:.0f}, but the image is {given[0]}x{given[1]}; "
            "resize the image, or give the calibration of this size"
        )
    return int(width), int(height)


def refuse_distortion(coefficients: Sequence[float], model: str, name: str, cure: str = "") -> None:
    """Raise SpnetError unless every coefficient is 0."""
    if any(coefficients):
        raise SpnetError(
            f"{name}: {model} with lens distortion {_shown(coefficients)}; undistort first"
            + (f" ({cure})" if cure else ", and give the camera of the undistorted image")
        )


def _shown(numbers: Sequence[float]) -> str:
    return " ".join(f"{number:g}" for number in numbers[:8]) + (" ..." if len(numbers) > 8 else "")


def _parse_json(text: str, name: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpnetError(f"{name}: is not JSON: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(content, dict):
        raise SpnetError(f"{name}: is a JSON {type(content).__name__}, expected an object with {_EXPECTED}")
    return content


def _stored_size(content: Mapping[str, Any], name: str) -> tuple[float, float] | None:
    for keys in (("width", "height"), ("image_width", "image_height")):
        if all(key in content for key in keys):
            width, height = (_number(content[key], f"{name}: {key}") for key in keys)
            return width, height
    return None


def _matrix_values(content: Mapping[str, Any], name: str) -> list[float]:
    for key in _MATRIX_KEYS:
        if key in content:
            value = content[key]
            return _flatten(value["data"] if isinstance(value, dict) and "data" in value else value, f"{name}: {key}")
    found = ", ".join(repr(key[:40]) for key in list(content)[:12]) or "nothing"
    raise SpnetError(f"{name}: holds {found}; expected {_EXPECTED}")


def _flatten(value: Any, name: str, depth: int = 0) -> list[float]:
    """The numbers of nested lists, of an object's values, or of a number alone."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return [] if value is None or isinstance(value, str) else [_number(value, name)]
    if depth > _DEEPEST:
        raise SpnetError(f"{name}: has lists nested too deep, expected numbers")
    return [number for item in value for number in _flatten(item, name, depth + 1)]


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SpnetError(f"{name}: is {str(value)[:40]!r}, expected a number")
    (number,) = finite_numbers([str(value)], name)
    return number
