"""COLMAP models: cameras and the poses of images, as text or binary.

Format: https://colmap.github.io/format.html;
binary as in COLMAP's scripts/python/read_write_model.py.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TypeVar

import numpy as np
from numpy.typing import NDArray

from spnet.calibration.intrinsics import camera_of, refuse_distortion, settle_size
from spnet.camera import Calibration, Camera
from spnet.errors import SpnetError
from spnet.files.limits import check_readable_file
from spnet.files.lines import finite_numbers, lines_of
from spnet.files.records import skip, unpack

MODEL_FILES = ("cameras.bin", "cameras.txt")

_CURE = "colmap image_undistorter"
_HALF_PIXEL = 0.5  # COLMAP's origin is the corner of the upper left pixel, here it is that pixel's centre
_LONGEST_NAME = 4096
_MOST_ENTRIES = 2**20

_T = TypeVar("_T")

# By number in binary files: name and count of parameters.
_MODELS = (
    ("SIMPLE_PINHOLE", 3),
    ("PINHOLE", 4),
    ("SIMPLE_RADIAL", 4),
    ("RADIAL", 5),
    ("OPENCV", 8),
    ("OPENCV_FISHEYE", 8),
    ("FULL_OPENCV", 12),
    ("FOV", 5),
    ("SIMPLE_RADIAL_FISHEYE", 4),
    ("RADIAL_FISHEYE", 5),
    ("THIN_PRISM_FISHEYE", 12),
    ("RAD_TAN_THIN_PRISM_FISHEYE", 16),
)
_ONE_FOCAL_LENGTH = ("SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL")
_PINHOLES_WITHOUT_DISTORTION = (*_ONE_FOCAL_LENGTH, "PINHOLE", "OPENCV", "FULL_OPENCV")


@dataclass(frozen=True)
class _Entry:
    """A camera as it is stored."""

    model: str
    width: int
    height: int
    parameters: Sequence[float]


@dataclass(frozen=True)
class _Image:
    """An image as it is stored: camera_from_world as quaternion w x y z and translation x y z."""

    name: str
    camera: int
    pose: Sequence[float]


def read_colmap(path: Path, size: tuple[int, int] | None, image_name: str | None) -> Calibration:
    """Read the camera and pose of an image from cameras.txt or .bin and the images file beside it.

    Args:
        path: the cameras file.
        size: see `spnet.calibration.read_calibration`.
        image_name: as COLMAP has it, or its last part. Without it the model must have one image (which is
            taken) or one camera (which then comes without a pose).

    Raises:
        SpnetError: damaged files, lens distortion, another size, no such image, or no way to choose a camera.
    """
    cameras = _read_cameras(path)
    images_path = path.with_stem("images")
    images = _read_images(images_path) if images_path.is_file() else None
    image = None if images is None else _choose_image(images, image_name, images_path)
    if image is not None:
        chosen = image.camera
    elif len(cameras) == 1:
        (chosen,) = cameras
    else:
        raise SpnetError(
            f"{path}: holds {len(cameras)} cameras ({_listed(cameras)}), and nothing tells which; "
            "give the name of the image, and keep the images file beside it"
        )
    if chosen not in cameras:
        raise SpnetError(f"{images_path}: names camera {chosen}, but {path.name} holds {_listed(cameras)}")
    camera = _to_camera(cameras[chosen], f"{path}: camera {chosen}", size)
    return Calibration(camera, None if image is None else _to_transform(image, str(images_path)))


def _to_camera(entry: _Entry, name: str, size: tuple[int, int] | None) -> Camera:
    if entry.model not in _PINHOLES_WITHOUT_DISTORTION:
        raise SpnetError(f"{name}: its model {entry.model} is no pinhole; undistort first ({_CURE})")
    focal_lengths = 1 if entry.model in _ONE_FOCAL_LENGTH else 2
    fx, fy = entry.parameters[0], entry.parameters[focal_lengths - 1]
    cx, cy, *distortion = entry.parameters[focal_lengths:]
    refuse_distortion(distortion, f"model {entry.model}", name, _CURE)
    stored = float(entry.width), float(entry.height)
    return camera_of((fx, fy, cx - _HALF_PIXEL, cy - _HALF_PIXEL), settle_size(stored, size, name))


def _to_transform(image: _Image, name: str) -> NDArray[np.float64]:
    """The (4,4) camera_from_world."""
    length = math.hypot(*image.pose[:4])
    if not (math.isfinite(length) and length > 0 and np.isfinite(image.pose).all()):
        raise SpnetError(f"{name}: the pose of image {image.name[:80]!r} is no rotation and translation")
    w, x, y, z = (number / length for number in image.pose[:4])
    transform = np.eye(4)
    transform[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    transform[:3, 3] = image.pose[4:]
    return transform


def _choose_image(images: Sequence[_Image], image_name: str | None, path: Path) -> _Image | None:
    """The image of that name; without a name the only one, or None."""
    if image_name is None:
        return images[0] if len(images) == 1 else None
    found = [image for image in images if image.name == image_name]
    if not found:
        last_part = PurePosixPath(image_name).name
        found = [image for image in images if PurePosixPath(image.name).name == last_part]
    if len(found) != 1:
        names = ", ".join(repr(image.name[:80]) for image in (found or images)[:5])
        raise SpnetError(
            f"{path}: {len(found) or 'no'} images are named {image_name!r}, expected one (it holds {names})"
        )
    return found[0]


def _listed(cameras: dict[int, _Entry]) -> str:
    listed = ", ".join(f"{number} {entry.model}" for number, entry in list(cameras.items())[:8])
    return listed + (", ..." if len(cameras) > 8 else "")


def _read_cameras(path: Path) -> dict[int, _Entry]:
    check_readable_file(path)
    read = _cameras_in_binary if path.suffix == ".bin" else _cameras_in_text
    with path.open("rb") as file:
        cameras = dict(_bounded(read(file, str(path)), str(path)))
    if not cameras:
        raise SpnetError(f"{path}: holds no camera")
    return cameras


def _cameras_in_text(file: IO[bytes], name: str) -> Iterator[tuple[int, _Entry]]:
    counts = dict(_MODELS)
    for line in lines_of(file, name):
        if not line or line.startswith("#"):
            continue
        number, model, *rest = line.split() + [""] * (2 - len(line.split()))
        if model not in counts or len(rest) != 2 + counts[model]:
            raise SpnetError(f"{name}: {line[:80]!r} is no camera, expected ID MODEL WIDTH HEIGHT PARAMETERS")
        width, height, *parameters = finite_numbers(rest, name)
        yield _whole(number, name), _Entry(model, int(width), int(height), parameters)


def _cameras_in_binary(file: IO[bytes], name: str) -> Iterator[tuple[int, _Entry]]:
    (count,) = unpack(file, "<Q", name)
    for _ in range(count):
        number, model, width, height = unpack(file, "<iiQQ", name)
        if not 0 <= model < len(_MODELS):
            raise SpnetError(f"{name}: camera {number} has the unknown model {model}; export the model as text")
        model_name, parameter_count = _MODELS[model]
        parameters = unpack(file, f"<{parameter_count}d", name)
        yield number, _Entry(model_name, width, height, parameters)


def _read_images(path: Path) -> list[_Image]:
    check_readable_file(path)
    read = _images_in_binary if path.suffix == ".bin" else _images_in_text
    with path.open("rb") as file:
        return list(_bounded(read(file, str(path)), str(path)))


def _bounded(entries: Iterator[_T], name: str) -> Iterator[_T]:
    for number, entry in enumerate(entries):
        if number >= _MOST_ENTRIES:
            raise SpnetError(f"{name}: holds more than the {_MOST_ENTRIES:,} entries that are read")
        yield entry


def _images_in_text(file: IO[bytes], name: str) -> Iterator[_Image]:
    lines = lines_of(file, name)
    for line in lines:
        if not line or line.startswith("#"):
            continue
        words = line.split(maxsplit=9)
        if len(words) != 10:
            raise SpnetError(f"{name}: {line[:80]!r} is no image, expected ID QW QX QY QZ TX TY TZ CAMERA NAME")
        yield _Image(words[9], _whole(words[8], name), finite_numbers(words[1:8], name))
        next(lines, None)  # the image's features, a line that may be empty


def _images_in_binary(file: IO[bytes], name: str) -> Iterator[_Image]:
    (count,) = unpack(file, "<Q", name)
    for _ in range(count):
        _, *pose, camera = unpack(file, "<i7di", name)
        image_name = _read_name(file, name)
        (features,) = unpack(file, "<Q", name)
        skip(file, features * 24, name)
        yield _Image(image_name, camera, pose)


def _read_name(file: IO[bytes], name: str) -> str:
    characters = bytearray()
    while (character := file.read(1)) != b"\0":
        if not character or len(characters) >= _LONGEST_NAME:
            raise SpnetError(f"{name}: is damaged: the name of an image does not end")
        characters += character
    return characters.decode("utf-8", errors="replace")


def _whole(word: str, name: str) -> int:
    if not word.isdecimal():
        raise SpnetError(f"{name}: {word[:40]!r} is no number of a camera")
    return int(word)
