"""MATLAB files of versions 5 to 7, as far as data sets need them: variables of numbers, and structs of such.

Format: MAT-File Format, The MathWorks, chapter "MAT-File Level 5 Format". It is read here and not by
scipy.io.loadmat, which trusts the sizes that a file claims: a hundred bytes can make that take gigabytes, and a
megabyte of nested cells end the process.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.limits import check_readable_file, decoding

MAX_FILE_BYTES = 2**26
MAX_INFLATED_BYTES = 2**28

_HEADER_BYTES = 128
_BYTE_ORDERS = {b"IM": "<", b"MI": ">"}
_LEVEL_5 = 0x0100

# Types of elements.
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}

# Classes of matrices. From the second to the last they are numbers: double, single, and the integers.
_STRUCT, _FIRST_NUMBERS, _LAST_NUMBERS = 2, 6, 15
_MOST_DIMENSIONS = 4
_MOST_FIELDS = 1024
_LONGEST_NAME = 4096

Struct = dict[str, NDArray[Any]]


def read_matlab(path: Path) -> dict[str, NDArray[Any] | Struct]:
    """Read the variables of a file: arrays in MATLAB's order of axes, and structs of arrays.

    Whole numbers come in the smallest type that the file stores them in. Text, cells, arrays of structs and
    whatever else there is are left out.

    Raises:
        SpnetError: no such file, a damaged one, one of version 7.3 (which is HDF5), or one that is too large.
    """
    path = check_readable_file(path, max_bytes=MAX_FILE_BYTES)
    with decoding(str(path), "a MATLAB file of version 5 to 7"):
        data = memoryview(path.read_bytes())
        order = _byte_order(bytes(data[:_HEADER_BYTES]), str(path))
        variables = {}
        for body in _matrices(data[_HEADER_BYTES:], order, str(path)):
            name, value = _read_variable(body, order)
            if value is not None:
                variables[name] = value
    return variables


def _byte_order(header: bytes, name: str) -> str:
    order = _BYTE_ORDERS.get(header[126:128])
    if order is None or struct.unpack(f"{order}H", header[124:126]) != (_LEVEL_5,):
        raise SpnetError(f"{name}: is no MATLAB file of version 5 to 7; save it with save -v7")
    return order


def _matrices(data: memoryview, order: str, name: str) -> Iterator[memoryview]:
    """The bodies of the matrices of a file, inflated where they are compressed."""
    inflated_bytes = 0
    for kind, body in _elements(data, order):
        if kind == _COMPRESSED:
            inflated = zlib.decompressobj().decompress(body, MAX_INFLATED_BYTES - inflated_bytes + 1)
            inflated_bytes += len(inflated)
            if inflated_bytes > MAX_INFLATED_BYTES:
                raise SpnetError(
                    f"{name}: holds more than the {MAX_INFLATED_BYTES:,} bytes that are read of such a file"
                )
            kind, body = next(_elements(memoryview(inflated), order), (0, body))
        if kind == _MATRIX:
            yield body


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """The type and the bytes of each element; what is up to 4 bytes long may stand in the tag itself."""
    position = 0
    while position < len(data):
        (word,) = struct.unpack_from(f"{order}I", data, position)
        if word >> 16:
            kind, size, start = word & 0xFFFF, word >> 16, position + 4
            position += 8
        else:
            kind, (size,), start = word, struct.unpack_from(f"{order}I", data, position + 4), position + 8
            position = start + size + (0 if kind == _COMPRESSED else -size % 8)
        if start + size > len(data):
            raise ValueError("cut short")
        yield kind, data[start : start + size]


def _read_variable(body: memoryview, order: str) -> tuple[str, NDArray[Any] | Struct | None]:
    """Name and value of a matrix; None for a class that is not read."""
    parts = _elements(body, order)
    matrix_class = _read_class(parts, order)
    if matrix_class != _STRUCT and not _is_of_numbers(matrix_class):
        return "", None
    shape, name = _read_shape_and_name(parts, order)
    if _is_of_numbers(matrix_class):
        return name, _read_numbers(parts, shape, order)
    return name, _read_struct(parts, order) if math.prod(shape) == 1 else None


def _read_class(parts: Iterator[tuple[int, memoryview]], order: str) -> int:
    _, flags = next(parts, (0, b""))
    return struct.unpack_from(f"{order}I", flags)[0] & 0xFF


def _is_of_numbers(matrix_class: int) -> bool:
    return _FIRST_NUMBERS <= matrix_class <= _LAST_NUMBERS


def _read_shape_and_name(parts: Iterator[tuple[int, memoryview]], order: str) -> tuple[tuple[int, ...], str]:
    dimensions, name = (body for _, body in islice(parts, 2))
    if len(dimensions) > 4 * _MOST_DIMENSIONS or len(name) > _LONGEST_NAME:
        raise ValueError("a matrix of too many dimensions, or with too long a name")
    return struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions), bytes(name).decode("latin-1")


def _read_struct(parts: Iterator[tuple[int, memoryview]], order: str) -> Struct:
    """The fields that hold numbers."""
    lengths, names = (body for _, body in islice(parts, 2))
    (length,) = struct.unpack_from(f"{order}i", lengths)
    if not 0 < length <= _LONGEST_NAME or len(names) > length * _MOST_FIELDS:
        raise ValueError("a struct of too many fields, or with too long names")
    keys = [bytes(names[start : start + length]).rstrip(b"\0") for start in range(0, len(names), length)]
    fields = {}
    for key, (_, body) in zip(keys, parts, strict=True):
        if body:  # a field that was never set has no matrix
            inner = _elements(body, order)
            if _is_of_numbers(_read_class(inner, order)):
                shape, _ = _read_shape_and_name(inner, order)
                fields[key.decode("latin-1")] = _read_numbers(inner, shape, order)
    return fields


def _read_numbers(parts: Iterator[tuple[int, memoryview]], shape: tuple[int, ...], order: str) -> NDArray[Any]:
    kind, body = next(parts, (1, memoryview(b"")))
    values = np.frombuffer(body, dtype=np.dtype(f"{order}{_NUMBERS[kind]}"))
    if min(shape) < 0 or math.prod(shape) != len(values):
        raise ValueError(f"{len(values)} numbers for an array of shape {shape}")
    return values.reshape(shape, order="F")
