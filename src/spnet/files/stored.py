"""What depth files hold, before a unit makes metres of it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.errors import SpnetError
from spnet.files.arrays import NPY_MAGIC, npy_size, npz_size, read_npy, read_npz
from spnet.files.exr import EXR_MAGIC, exr_size, read_exr, write_exr
from spnet.files.images import opened_image
from spnet.files.limits import check_readable_file

READABLE = "16-bit PNG, npy, npz, EXR, TIFF, PFM"
FLOAT_SUFFIXES = (".npy", ".npz", ".exr", ".tif", ".tiff", ".pfm")
INTEGER_SUFFIXES = (".png",)


@dataclass(frozen=True, eq=False)
class Stored:
    """The numbers of a file as they lie there.

    values: (H,W) of bool, integers or floats in any byte order; (H,W,C) for a picture with colours.
    format: "png", "npy", "npz", "exr", "tiff", "pfm" or "jpeg".
    """

    values: NDArray[Any]
    format: str


def read_stored(path: Path | str) -> Stored:
    """Read a depth file by what its first bytes say, whatever its name is.

    Raises:
        SpnetError: no such file, none of the formats, damaged, or more than MAX_PIXELS pixels.
    """
    path = check_readable_file(path)
    name, read, _ = _format_of(path)
    return Stored(read(path), name)


def stored_size(path: Path | str) -> tuple[int, int]:
    """Width and height of what `read_stored` would read, by the file's header: nothing is decoded.

    Raises:
        SpnetError: as `read_stored`, but not for damage behind the header.
    """
    path = check_readable_file(path)
    *_, size = _format_of(path)
    return size(path)


def _format_of(path: Path) -> tuple[str, Callable[[Path], NDArray[Any]], Callable[[Path], tuple[int, int]]]:
    with path.open("rb") as file:
        start = file.read(8)
    for magic, name, read, size in _FORMATS:
        if start.startswith(magic):
            return name, read, size
    raise SpnetError(f"{path}: is none of the depth formats {READABLE}")


def write_steps(path: Path, steps: NDArray[np.uint16]) -> None:
    """Write (H,W) integers as a 16-bit gray PNG."""
    _write_with_pillow(path, steps, "PNG", compress_level=_PNG_LEVEL)


def write_floats(path: Path, metres: NDArray[np.float32]) -> None:
    """Write (H,W) float32 as the extension of `path`, one of FLOAT_SUFFIXES, says."""
    _FLOAT_WRITERS[path.suffix.lower()](path, metres)


def _read_png(path: Path) -> NDArray[Any]:
    values = _read_with_pillow(path, "PNG", "a PNG")
    return values.astype(np.uint16) if values.dtype == np.int32 else values  # Pillow 10 widens 16-bit PNG


def _read_tiff(path: Path) -> NDArray[Any]:
    return _read_with_pillow(path, "TIFF", "a TIFF of 16 or 32-bit integers or of 32-bit floats")


def _read_pfm(path: Path) -> NDArray[Any]:
    """PFM stores the bottom row first, and its byte order as the sign of a scale that is otherwise unused.

    Format: https://netpbm.sourceforge.net/doc/pfm.html
    """
    return _read_with_pillow(path, "PPM", "a PFM")


def _read_colour_pfm(path: Path) -> NoReturn:
    raise SpnetError(f"{path}: is a colour PFM, three values a pixel; store one (Pf)")


def _read_jpeg(path: Path) -> NDArray[Any]:
    return _read_with_pillow(path, "JPEG", "a JPEG")


def _read_with_pillow(path: Path, format_name: str, expected: str) -> NDArray[Any]:
    with opened_image(path, (format_name,), expected) as image:
        return np.array(image)


def _size_by_pillow(path: Path) -> tuple[int, int]:
    with opened_image(path, ("PNG", "TIFF", "PPM", "JPEG"), "a PNG, TIFF, PFM or JPEG") as image:
        return image.size


def _write_npy(path: Path, metres: NDArray[np.float32]) -> None:
    with path.open("wb") as file:  # given a name, NumPy may add an extension to it
        np.save(file, metres, allow_pickle=False)


def _write_npz(path: Path, metres: NDArray[np.float32]) -> None:
    encoded = io.BytesIO()
    np.savez(encoded, depth=metres)
    path.write_bytes(encoded.getbuffer())  # on a disk that fills, zipfile's destructor would complain on stderr


def _write_tiff(path: Path, metres: NDArray[np.float32]) -> None:
    _write_with_pillow(path, metres, "TIFF")


def _write_pfm(path: Path, metres: NDArray[np.float32]) -> None:
    _write_with_pillow(path, metres, "PPM")


def _write_with_pillow(path: Path, values: NDArray[Any], format_name: str, **options: int) -> None:
    encoded = io.BytesIO()
    Image.fromarray(values).save(encoded, format=format_name, **options)
    path.write_bytes(encoded.getbuffer())  # Pillow's own writing does not notice a disk that fills


_PNG_LEVEL = 4  # of zlib: files are little larger than at 6, and take about half the time

_FORMATS: tuple[tuple[bytes, str, Callable[[Path], NDArray[Any]], Callable[[Path], tuple[int, int]]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png", _read_png, _size_by_pillow),
    (NPY_MAGIC, "npy", read_npy, npy_size),
    (b"PK\x03\x04", "npz", read_npz, npz_size),
    (EXR_MAGIC, "exr", read_exr, exr_size),
    (b"II*\x00", "tiff", _read_tiff, _size_by_pillow),
    (b"MM\x00*", "tiff", _read_tiff, _size_by_pillow),
    (b"II+\x00", "tiff", _read_tiff, _size_by_pillow),  # BigTIFF
    (b"MM\x00+", "tiff", _read_tiff, _size_by_pillow),
    (b"Pf", "pfm", _read_pfm, _size_by_pillow),
    (b"PF", "pfm", _read_colour_pfm, _read_colour_pfm),
    (b"\xff\xd8\xff", "jpeg", _read_jpeg, _size_by_pillow),  # never depth; read so that the refusal can say why
)

_FLOAT_WRITERS: dict[str, Callable[[Path, NDArray[np.float32]], None]] = {
    ".npy": _write_npy,
    ".npz": _write_npz,
    ".exr": write_exr,
    ".tif": _write_tiff,
    ".tiff": _write_tiff,
    ".pfm": _write_pfm,
}
