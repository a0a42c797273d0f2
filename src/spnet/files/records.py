"""Binary files, read record by record: nothing is taken on trust about how much there is."""

import os
import struct
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError

_RECORDS_AT_ONCE = 2**20


def unpack(file: IO[bytes], layout: str, name: str) -> tuple[Any, ...]:
    """Read what `layout` (of the module struct) describes.

    Raises:
        SpnetError: the file ends before.
    """
    length = struct.calcsize(layout)
    data = file.read(length)
    if len(data) < length:
        raise SpnetError(f"{name}: is cut short")
    return struct.unpack(layout, data)


def bytes_left(file: IO[bytes]) -> int:
    """How many bytes follow the position of an open file."""
    return os.fstat(file.fileno()).st_size - file.tell()


def skip(file: IO[bytes], count: int, name: str) -> None:
    """Move on by `count` bytes.

    Raises:
        SpnetError: the file ends before.
    """
    if count > bytes_left(file):
        raise SpnetError(f"{name}: is cut short")
    file.seek(count, os.SEEK_CUR)


def read_fields(
    file: IO[bytes], record: np.dtype[Any], fields: tuple[str, ...], count: int, name: str
) -> NDArray[np.float64]:
    """Read `count` records of a structured dtype, and return the chosen fields: (count, len(fields)).

    Raises:
        SpnetError: fewer records follow; known before memory is taken.
    """
    if count * record.itemsize > bytes_left(file):
        raise SpnetError(
            f"{name}: claims {count:,} records of {record.itemsize} bytes, but "
            f"{bytes_left(file):,} bytes follow; it is damaged or cut short"
        )
    columns = np.empty((count, len(fields)), dtype=np.float64)
    for start in range(0, count, _RECORDS_AT_ONCE):
        records = np.fromfile(file, dtype=record, count=min(_RECORDS_AT_ONCE, count - start))
        for number, field in enumerate(fields):
            columns[start : start + len(records), number] = records[field]
    return columns
