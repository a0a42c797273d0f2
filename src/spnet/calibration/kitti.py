"""KITTI calibrations: the benchmarks' one file a frame or sequence, and the raw drives' files for each day.

Format: A. Geiger et al., Vision meets Robotics: The KITTI Dataset, IJRR 2013, and the readmes of its kits.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.calibration.intrinsics import camera_of, pinhole_of, settle_size
from spnet.calibration.transforms import homogeneous
from spnet.camera import Calibration
from spnet.errors import SpnetError
from spnet.files.lines import finite_numbers, read_text

RAW_CAMERAS = "calib_cam_to_cam.txt"
_RAW_LIDAR = "calib_velo_to_cam.txt"

# Names of one thing in the object, odometry and tracking benchmarks.
_RECTIFICATION = ("R0_rect", "R_rect")
_LIDAR = ("Tr_velo_to_cam", "Tr", "Tr_velo_cam")


def read_kitti(path: Path, size: tuple[int, int] | None) -> Calibration:
    """Read the rectified camera 2 (left colour), and where it stands to the LiDAR if the file tells.

    In a raw drive's day the LiDAR's file is looked for beside `path`.

    Raises:
        SpnetError: no such file, numbers missing, or no size where the file holds none.
    """
    entries = _read_entries(path)
    if "P_rect_02" in entries:
        projection = _matrix(entries, "P_rect_02", (3, 4), path)
        rectification = _matrix(entries, "R_rect_00", (3, 3), path)
        lidar = _read_raw_lidar(path.with_name(_RAW_LIDAR))
        width, height = _matrix(entries, "S_rect_02", (1, 2), path)[0]
        settled = settle_size((float(width), float(height)), size, str(path))
    else:
        projection = _matrix(entries, "P2", (3, 4), path)
        key = _first_key(entries, _RECTIFICATION)
        rectification = np.eye(3) if key is None else _matrix(entries, key, (3, 3), path)
        key = _first_key(entries, _LIDAR)
        lidar = None if key is None else _matrix(entries, key, (3, 4), path)
        settled = settle_size(None, size, str(path))
    camera = camera_of(pinhole_of(projection[:, :3].ravel().tolist(), str(path)), settled)
    if lidar is None:
        return Calibration(camera)
    # P = K [I | t]: its fourth column holds where camera 2 stands beside camera 0, whose axes the rest is in.
    camera_from_rectified = np.eye(4)
    camera_from_rectified[:3, 3] = np.linalg.solve(camera.matrix, projection[:, 3])
    return Calibration(camera, camera_from_rectified @ homogeneous(rectification) @ homogeneous(lidar))


def _read_entries(path: Path) -> dict[str, list[str]]:
    """The words after each key: "key: words", or "key words" as in some lines of the tracking benchmark."""
    entries: dict[str, list[str]] = {}
    for line in read_text(path).splitlines():
        key, *words = line.replace(":", " ", 1).split() or [""]
        if key in entries:
            raise SpnetError(f"{path}: the key {key[:40]!r} is there twice")
        if key:
            entries[key] = words
    return entries


def _read_raw_lidar(path: Path) -> NDArray[np.float64] | None:
    """The (3,4) transform from the LiDAR to camera 0, or None where the file is missing."""
    if not path.is_file():
        return None
    entries = _read_entries(path)
    return np.hstack([_matrix(entries, "R", (3, 3), path), _matrix(entries, "T", (3, 1), path)])


def _first_key(entries: Mapping[str, list[str]], keys: tuple[str, ...]) -> str | None:
    return next((key for key in keys if key in entries), None)


def _matrix(entries: Mapping[str, list[str]], key: str, shape: tuple[int, int], path: Path) -> NDArray[np.float64]:
    if key not in entries:
        found = ", ".join(name[:20] for name in list(entries)[:12]) or "nothing"
        raise SpnetError(f"{path}: has no {key} (it holds {found}); is it a KITTI calibration file?")
    numbers = finite_numbers(entries[key], f"{path}: {key}")
    if len(numbers) != shape[0] * shape[1]:
        raise SpnetError(f"{path}: {key} has {len(numbers)} numbers, expected {shape[0] * shape[1]}")
    return np.array(numbers).reshape(shape)
