"""Camera calibrations in the formats that people have; only undistorted pinhole cameras are accepted."""

import re
from pathlib import Path

from spnet.calibration.colmap import MODEL_FILES, read_colmap
from spnet.calibration.intrinsics import read_json, read_matrix_text
from spnet.calibration.kitti import RAW_CAMERAS, read_kitti
from spnet.calibration.ros import read_ros
from spnet.calibration.transforms import read_transform
from spnet.camera import Calibration
from spnet.errors import SpnetError
from spnet.files.lines import read_text

__all__ = ["Calibration", "read_calibration", "read_transform"]

FORMATS = "K.txt (9 or 4 numbers), JSON, ROS CameraInfo YAML, COLMAP (cameras.txt or .bin), KITTI calib"

_KITTI_KEY = re.compile(r"^P(2|_rect_02)\s*:?\s", re.MULTILINE)
_ROS_KEY = re.compile(r"^(camera_matrix|k|K)\s*:", re.MULTILINE)
_NUMBERS = re.compile(r"[\s\d.,;eE+\-\[\]()]*")


def read_calibration(
    path: Path | str, *, size: tuple[int, int] | None = None, image_name: str | None = None
) -> Calibration:
    """Read a calibration file; its format is told from its content, and from its name where that is fixed.

    - Numbers: the matrix K, or fx fy cx cy. Needs `size`.
    - JSON: fx, fy, cx, cy, or a matrix; see `spnet.calibration.intrinsics`.
    - ROS: the YAML file of camera_calibration, or a sensor_msgs/CameraInfo as `ros2 topic echo` prints it.
    - COLMAP: cameras.txt or cameras.bin, or their folder, with the pose from images.txt or images.bin in it.
    - KITTI: calib of the object, tracking and odometry benchmarks (needs `size`), or the folder of a raw day;
      the camera is number 2, left colour.

    Args:
        path: the file or folder.
        size: (width, height) of the image that the camera shall belong to. It must be the size that the
            calibration was made for: a crop and a resize of the same image change the camera differently.
        image_name: name of the image, by which its pose and camera are found in a COLMAP model.

    Raises:
        SpnetError: no such file, an unknown or damaged format, lens distortion, no size or another one, or a
            camera that cannot be told from several.
    """
    path = Path(path)
    if path.is_dir():
        return _read_folder(path, size, image_name)
    if path.name in MODEL_FILES:
        return read_colmap(path, size, image_name)
    if path.name == RAW_CAMERAS:
        return read_kitti(path, size)
    text = read_text(path)
    if text.lstrip().startswith(("{", "[{")):
        return read_json(text, str(path), size)
    if _KITTI_KEY.search(text):
        return read_kitti(path, size)
    if _ROS_KEY.search(text):
        return read_ros(text, str(path), size)
    if text.strip() and _NUMBERS.fullmatch(text):
        return read_matrix_text(text, str(path), size)
    raise SpnetError(f"{path}: is no calibration that is known; expected {FORMATS}")


def _read_folder(folder: Path, size: tuple[int, int] | None, image_name: str | None) -> Calibration:
    if (folder / RAW_CAMERAS).is_file():
        return read_kitti(folder / RAW_CAMERAS, size)
    for name in MODEL_FILES:
        if (folder / name).is_file():
            return read_colmap(folder / name, size, image_name)
    raise SpnetError(f"{folder}: holds none of {', '.join((*MODEL_FILES, RAW_CAMERAS))}; name the file itself")
