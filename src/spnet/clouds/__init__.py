"""Point clouds in and out of files. Coordinates are in the file's frame, in metres."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.clouds.arrays import read_cloud_npy, read_kitti_bin, read_nuscenes_bin, read_xyz_text
from spnet.clouds.colmap import POINT_FILES, read_points3d
from spnet.clouds.pcd import read_pcd
from spnet.clouds.ply import read_ply, write_ply
from spnet.errors import SpnetError
from spnet.files.arrays import NPY_MAGIC
from spnet.files.limits import check_readable_file

__all__ = ["read_cloud", "write_ply"]

FORMATS = "PLY, PCD, KITTI .bin, nuScenes .pcd.bin, npy, COLMAP points3D, or text (.xyz, .txt, .csv)"

_TEXT_SUFFIXES = (".xyz", ".txt", ".csv")


def read_cloud(path: Path | str) -> NDArray[np.float64]:
    """Read the points of a cloud: (N,3) x y z in metres, without those that are not finite.

    Float64, because surveyed clouds lie millions of metres from the origin, where float32 has steps of 0.5 m.

    - PLY: the x, y, z of its vertices; ascii or binary.
    - PCD: the fields x, y, z; ascii, binary or binary_compressed. Its viewpoint is not applied.
    - .bin: KITTI's float32 x y z intensity. .pcd.bin: nuScenes' float32 x y z intensity ring.
    - npy: (N,3) or more columns of numbers, of which the first three are x y z.
    - COLMAP: points3D.bin or points3D.txt, or the folder they lie in.
    - Text: the first three numbers of each line, with blanks, commas or semicolons between, but "#" lines.

    Raises:
        SpnetError: no such file, an unknown or damaged format, too many points, or no finite point.
    """
    path = Path(path)
    if path.is_dir():
        path = next((path / name for name in POINT_FILES if (path / name).is_file()), path)
    path = check_readable_file(path)
    points = _read(path)
    finite = np.isfinite(points).all(axis=1)
    if not finite.any():
        raise SpnetError(f"{path}: holds no point with finite coordinates")
    return points if finite.all() else points[finite]


def _read(path: Path) -> NDArray[np.float64]:
    """Content tells the formats that have a magic; the others are told by their names."""
    with path.open("rb") as file:
        start = file.read(8)
    name = path.name.lower()
    if start.startswith((b"ply\n", b"ply\r")):
        return read_ply(path)
    if start.startswith(NPY_MAGIC):
        return read_cloud_npy(path)
    if path.name in POINT_FILES:
        return read_points3d(path)
    if name.endswith(".pcd.bin"):
        return read_nuscenes_bin(path)
    if name.endswith(".bin"):
        return read_kitti_bin(path)
    if name.endswith(".pcd") or start.startswith((b"# .PCD", b"VERSION")):
        return read_pcd(path)
    if name.endswith(_TEXT_SUFFIXES):
        return read_xyz_text(path)
    raise SpnetError(f"{path}: is no point cloud that is known; expected {FORMATS}")
