"""NumPy's npy and npz files, read without pickle and within bounds.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.limits import check_pixel_count, decoding

NPY_MAGIC = b"\x93NUMPY"

_MAX_HEADER_BYTES = 4096
_CHUNK_BYTES = 2**20

_DESCR = re.compile(r"""['"]descr['"]\s*:\s*['"]([<>|=]?\w{1,8})['"]""")
_SHAPE = re.compile(r"""['"]shape['"]\s*:\s*\(([\dL,\s]{0,100})\)""")  # Python 2 wrote 480L
_ORDER = re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)""")
_NUMBER = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248])")


def read_npy(path: Path) -> NDArray[Any]:
    """Read the (H,W) array of an npy file: bool, integer or float; (1,H,W) and (H,W,1) lose their 1.

    Raises:
        SpnetError: a damaged file, another dtype or shape, or a header that claims more than the file holds.
    """
    with decoding(str(path), "an npy file"), path.open("rb") as file:
        return _read_array(file, path.stat().st_size, str(path))


def read_npz(path: Path) -> NDArray[Any]:
    """Read the (H,W) array named "depth" of an npz file, or its only one. Types and errors as `read_npy`."""
    with _depth_stream(path) as (stream, size):
        return _read_array(stream, size, str(path))


def npy_size(path: Path) -> tuple[int, int]:
    """Width and height of the array that `read_npy` would read, by its header; errors as there."""
    with decoding(str(path), "an npy file"), path.open("rb") as file:
        return _read_size(file, str(path))


def npz_size(path: Path) -> tuple[int, int]:
    """Width and height of the array that `read_npz` would read, by its header; errors as there."""
    with _depth_stream(path) as (stream, _):
        return _read_size(stream, str(path))


@contextmanager
def _depth_stream(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """The depth array of an npz file as an npy file, and the bytes that it claims to hold."""
    with (
        decoding(str(path), "an npz file"),
        _CappedReader(io.FileIO(path)) as file,
        zipfile.ZipFile(file) as archive,
    ):
        entry = _depth_entry(archive, str(path))
        with archive.open(entry) as stream:
            yield stream, entry.file_size


class _CappedReader(io.BufferedReader):
    """A file that hands over little at a time: zipfile asks for its whole list of entries at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        too_much = _CHUNK_BYTES + 1
        data = super().read(too_much if size is None or size < 0 else min(size, too_much))
        if len(data) == too_much:
            raise zipfile.BadZipFile("its list of entries is too long")
        return data


def _depth_entry(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
    if len(entries) == 1:
        (entry,) = entries.values()
    elif "depth" in entries:
        entry = entries["depth"]
    else:
        listed = ", ".join(repr(key[:40]) for key in list(entries)[:8])
        raise SpnetError(f"{name}: {len(entries)} arrays ({listed}), expected one, or one named 'depth'")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SpnetError(f"{name}: has a compression that NumPy does not write; save it with numpy.savez")
    return entry


def _read_size(stream: IO[bytes], name: str) -> tuple[int, int]:
    header, _ = _read_header(stream, name)
    height, width = _parse_shape(header, name)
    return width, height


def _read_array(stream: IO[bytes], size: int, name: str) -> NDArray[Any]:
    """Read one array from `stream`, which claims to hold `size` bytes."""
    header, header_bytes = _read_header(stream, name)
    dtype = _parse_dtype(header, name)
    shape, order = _parse_shape(header, name), _parse_order(header, name)
    count = shape[0] * shape[1] * dtype.itemsize
    if count > size - header_bytes:
        raise SpnetError(
            f"{name}: its header claims {shape[1]}x{shape[0]} pixels of {dtype}, {count:,} bytes, "
            f"but {size - header_bytes:,} follow: the file is damaged or cut short"
        )
    return _read_bytes(stream, count, name).view(dtype).reshape(shape, order=order)


def _read_header(stream: IO[bytes], name: str) -> tuple[str, int]:
    """The text of the header, and how many bytes stand before the data."""
    start = stream.read(8)
    if len(start) < 8 or not start.startswith(NPY_MAGIC) or start[6] not in (1, 2, 3):
        raise SpnetError(f"{name}: holds no npy array; save it with numpy.save or numpy.savez")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(stream.read(width), "little")
    if length > _MAX_HEADER_BYTES:
        raise SpnetError(f"{name}: an npy header of {length:,} bytes, expected at most {_MAX_HEADER_BYTES:,}")
    header = stream.read(length)
    if len(header) < length:
        raise SpnetError(f"{name}: its npy header is cut short")
    return header.decode("latin-1"), 8 + width + length


def _parse_dtype(header: str, name: str) -> np.dtype[Any]:
    found = _DESCR.search(header)
    descr = found.group(1) if found else "a structure, or none"
    if not _NUMBER.fullmatch(descr):
        pickled = " (pickled objects, which are never loaded)" if descr.endswith("O") else ""
        raise SpnetError(f"{name}: its dtype is {descr}{pickled}, expected float or integer numbers")
    return np.dtype(descr)


def _parse_shape(header: str, name: str) -> tuple[int, int]:
    found = _SHAPE.search(header)
    if not found:
        raise SpnetError(f"{name}: its npy header names no shape")
    shape = tuple(int(number) for number in re.findall(r"\d+", found.group(1)))
    match shape:
        case (height, width) | (1, height, width) | (height, width, 1):
            pass
        case _:
            raise SpnetError(f"{name}: its shape is {shape}, expected (H,W), (1,H,W) or (H,W,1)")
    check_pixel_count(width, height, name)
    return height, width


def _parse_order(header: str, name: str) -> Literal["C", "F"]:
    found = _ORDER.search(header)
    if not found:
        raise SpnetError(f"{name}: its npy header names no fortran_order")
    return "F" if found.group(1) == "True" else "C"


def _read_bytes(stream: IO[bytes], count: int, name: str) -> NDArray[np.uint8]:
    """Read `count` bytes in pieces: memory is touched only as far as the file has data."""
    data = np.empty(count, dtype=np.uint8)
    filled = 0
    while filled < count:
        piece = stream.read(min(_CHUNK_BYTES, count - filled))
        if not piece:
            raise SpnetError(f"{name}: is cut short: {filled:,} of {count:,} bytes are there")
        data[filled : filled + len(piece)] = np.frombuffer(piece, dtype=np.uint8)
        filled += len(piece)
    return data
