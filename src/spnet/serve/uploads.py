"""The files of a request, and the frame that they make."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from spnet import points
from spnet.calibration import read_calibration, read_transform
from spnet.clouds import read_cloud
from spnet.errors import SpnetError
from spnet.files.images import image_size
from spnet.files.stored import stored_size
from spnet.frame import Frame

ROLES = ("image", "depth", "cloud", "calibration", "extrinsics")
"""What a file can be, as the fields of the form are called."""

# Readers tell most formats by content. Of a client's name nothing is kept but what they need of it.
_SUFFIXES = (".pcd.bin", ".bin", ".pcd", ".xyz", ".txt", ".csv")
_NAMES = ("points3D.bin", "points3D.txt", "cameras.bin", "cameras.txt")


class TooLarge(SpnetError):  # noqa: N818 (it is an error by its base)
    """More pixels than this service takes."""


def store(uploads: Mapping[str, tuple[BinaryIO, str]], folder: Path) -> dict[str, Path]:
    """Copy the files of a request into a folder of their own each.

    Args:
        uploads: by role, what to read and what the client calls it.
        folder: an empty one.

    Returns:
        The paths by role.
    """
    paths = {}
    for role, (file, name) in uploads.items():
        path = folder / role / _stored_name(role, name)
        path.parent.mkdir()
        file.seek(0)
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        paths[role] = path
    return paths


def size_of(uploads: Mapping[str, tuple[BinaryIO, str]]) -> tuple[int, int]:
    """Width and height of a request's image by its header, before anything is stored.

    Args:
        uploads: as for `store`, with an image.

    Raises:
        SpnetError: no image, as far as its header goes.
    """
    return image_size(uploads["image"][0])


def frame_of(files: Mapping[str, Path], unit: str | None, *, max_pixels: int) -> Frame:
    """The frame of a request's files.

    Args:
        files: paths by role: an image, and either depth or a cloud with its calibration.
        unit: of integer depth.
        max_pixels: of the image, and of the depth, checked before they are decoded.

    Raises:
        TooLarge: an image or depth with more pixels.
        SpnetError: files that are missing, do not go together, or cannot be read.
    """
    _check_roles(files, unit)
    size = image_size(files["image"])
    _check_pixels("image", size, max_pixels)
    if "depth" in files:
        _check_pixels("depth", stored_size(files["depth"]), max_pixels)
    if "cloud" not in files:
        camera = read_calibration(files["calibration"], size=size).camera if "calibration" in files else None
        return Frame(files["image"], files["depth"], depth_unit=unit, camera=camera)
    calibration = read_calibration(files["calibration"], size=size)
    transform = read_transform(files["extrinsics"]) if "extrinsics" in files else calibration.camera_from_cloud
    cloud = read_cloud(files["cloud"])
    depth: NDArray[np.float32] = points.project(cloud, calibration.camera, transform)
    if not depth.any():
        raise SpnetError(
            f"cloud: none of its {len(cloud):,} points falls into the image; check the calibration, or add the "
            "extrinsics (4x4, cloud to camera: x right, y down, z forward)"
        )
    return Frame(files["image"], depth, camera=calibration.camera)


def in_plain_words(error: SpnetError, files: Mapping[str, Path]) -> str:
    """The error's line with the files called by their roles: no path of this machine is in it."""
    message = str(error)
    for role, path in files.items():
        message = message.replace(str(path), role).replace(str(path.parent), role)
    return message


def _check_roles(files: Mapping[str, Path], unit: str | None) -> None:
    if "image" not in files:
        raise SpnetError("image: missing; expected a photo, and depth or a cloud measured in its view")
    if ("depth" in files) == ("cloud" in files):
        found = "both" if "depth" in files else "neither"
        raise SpnetError(f"found {found} of depth and cloud, expected one: a depth map, or points and a calibration")
    if "cloud" in files and "calibration" not in files:
        raise SpnetError("cloud: comes without a calibration; add that of the image (K, JSON, ROS YAML, COLMAP, KITTI)")
    if "cloud" in files and unit:
        raise SpnetError(f"unit {unit!r}: points are in metres; leave it out")
    if "extrinsics" in files and "cloud" not in files:
        raise SpnetError("extrinsics: belong to a cloud, which is missing; leave them out")


def _check_pixels(role: str, size: tuple[int, int], most: int) -> None:
    if size[0] * size[1] > most:
        raise TooLarge(f"{role}: is {size[0]}x{size[1]}, more than the {most:,} pixels taken here; make it smaller")


def _stored_name(role: str, name: str) -> str:
    name = name.replace("\\", "/").rpartition("/")[2]
    if name in _NAMES:
        return name
    suffix = next((suffix for suffix in _SUFFIXES if name.lower().endswith(suffix)), "")
    return role + suffix
