"""COLMAP's sparse points, in the frame that the poses of its images are in.

Format: https://colmap.github.io/format.html; binary as in COLMAP's scripts/python/read_write_model.py.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from spnet.clouds.arrays import parse_rows
from spnet.clouds.limits import check_point_count
from spnet.errors import SpnetError
from spnet.files.lines import lines_of
from spnet.files.records import bytes_left, skip, unpack

POINT_FILES = ("points3D.bin", "points3D.txt")

_RECORD = "<Q3d3BdQ"  # id, x y z, red green blue, error, length of the track
_RECORD_BYTES = 51
_TRACK_ENTRY_BYTES = 8


def read_points3d(path: Path) -> NDArray[np.float64]:
    """Read points3D.bin or points3D.txt: (N,3).

    Raises:
        SpnetError: damaged or cut short, or too many points.
    """
    with path.open("rb") as file:
        if path.suffix == ".txt":
            return parse_rows(_coordinates(file, str(path)), (0, 1, 2), str(path))
        return _read_binary(file, str(path))


def _coordinates(file: IO[bytes], name: str) -> Iterator[str]:
    """The x y z of each line: id x y z red green blue error, and a track that may be long."""
    for line in lines_of(file, name):
        if line and not line.startswith("#"):
            yield " ".join(line.split(maxsplit=4)[1:4])


def _read_binary(file: IO[bytes], name: str) -> NDArray[np.float64]:
    (count,) = unpack(file, "<Q", name)
    check_point_count(count, name)
    if count * _RECORD_BYTES > bytes_left(file):
        raise SpnetError(f"{name}: claims {count:,} points, but {bytes_left(file):,} bytes follow; it is cut short")
    points = np.empty((count, 3), dtype=np.float64)
    for number in range(count):
        _, x, y, z, *_, track = unpack(file, _RECORD, name)
        points[number] = x, y, z
        skip(file, track * _TRACK_ENTRY_BYTES, name)
    return points
