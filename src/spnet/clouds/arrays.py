"""Clouds that are plain rows of numbers: KITTI and nuScenes dumps, npy, text."""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.clouds.limits import check_point_count
from spnet.errors import SpnetError
from spnet.files.arrays import read_npy
from spnet.files.lines import lines_of
from spnet.files.records import read_fields

_XYZ = ("x", "y", "z")
_MOST_COLUMNS = 16  # more is a (3,N) array lying on its side, or no cloud
_LONGEST_ROW = 4096
_EMPTY_CELL = re.compile(r"(^|[,;])\s*(?=[,;])")


def read_kitti_bin(path: Path) -> NDArray[np.float64]:
    """Read KITTI's rows of four float32: x y z intensity."""
    return _read_float32_rows(path, 4, "KITTI's x y z intensity")


def read_nuscenes_bin(path: Path) -> NDArray[np.float64]:
    """Read nuScenes' rows of five float32: x y z intensity ring."""
    return _read_float32_rows(path, 5, "nuScenes' x y z intensity ring")


def read_cloud_npy(path: Path) -> NDArray[np.float64]:
    """Read the first three columns of an npy array (N,3+) of floats or integers."""
    values = read_npy(path)
    columns = values.shape[1]
    if not 3 <= columns <= _MOST_COLUMNS or values.dtype == np.bool_:
        raise SpnetError(f"{path}: holds {values.shape} of {values.dtype}, expected (N,3) numbers, x y z in each row")
    check_point_count(len(values), str(path))
    return values[:, :3].astype(np.float64)


def read_xyz_text(path: Path) -> NDArray[np.float64]:
    """Read the first three numbers of each line; empty lines and lines that start with "#" are left out."""
    with path.open("rb") as file:
        lines = lines_of(file, str(path), longest=_LONGEST_ROW)
        rows = (_separate_by_blanks(line) for line in lines if line and not line.startswith("#"))
        return parse_rows(rows, (0, 1, 2), str(path))


def parse_rows(lines: Iterable[str], columns: tuple[int, int, int], name: str) -> NDArray[np.float64]:
    """The chosen columns of lines of numbers with blanks between: (N,3).

    Raises:
        SpnetError: a line without these columns, something that is no number, or no line.
    """
    try:
        rows = np.loadtxt(_counted(lines, name), usecols=columns, comments=None, ndmin=2, dtype=np.float64)
    except (ValueError, IndexError) as error:
        raise SpnetError(f"{name}: holds no rows of numbers: {' '.join(str(error).split())[:200]}") from None
    return rows


def _separate_by_blanks(line: str) -> str:
    if "," not in line and ";" not in line:
        return line
    return _EMPTY_CELL.sub(r"\1 nan ", line).replace(",", " ").replace(";", " ")


def _counted(lines: Iterable[str], name: str) -> Iterable[str]:
    number = 0
    for number, line in enumerate(lines, start=1):
        check_point_count(number, name)
        if not line.strip():
            raise SpnetError(f"{name}: row {number:,} holds no numbers")
        yield line
    if not number:
        raise SpnetError(f"{name}: holds no points")


def _read_float32_rows(path: Path, columns: int, meaning: str) -> NDArray[np.float64]:
    size = path.stat().st_size
    if size % (4 * columns):
        raise SpnetError(
            f"{path}: has {size:,} bytes, which is no multiple of {4 * columns}: "
            f"expected rows of {columns} float32, {meaning}"
        )
    count = size // (4 * columns)
    check_point_count(count, str(path))
    record = np.dtype({"names": _XYZ, "formats": ["<f4"] * 3, "itemsize": 4 * columns})
    with path.open("rb") as file:
        return read_fields(file, record, _XYZ, count, str(path))
