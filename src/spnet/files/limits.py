"""What all readers of files share: bounds that are checked before memory is taken, and errors in one line."""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from spnet.errors import SpnetError

MAX_FILE_BYTES = 2**30
MAX_PIXELS = 2**26  # 8192 x 8192

# What Pillow, zipfile and OpenEXR are known to raise on damaged files.
DECODER_ERRORS = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    Image.DecompressionBombError,
)


def check_readable_file(path: Path | str, *, max_bytes: int = MAX_FILE_BYTES) -> Path:
    """`path` as a Path, once it is known to be a file that can be read, of a sane size.

    Raises:
        SpnetError: it does not exist, is a folder, no regular file, empty, too large, or may not be read.
    """
    path = Path(path)
    try:
        status = path.stat()
    except FileNotFoundError:
        raise SpnetError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise SpnetError(f"{path!s}: cannot be read: {one_line(error)}") from error
    if stat.S_ISDIR(status.st_mode):
        raise SpnetError(f"{path}: is a folder, expected a file")
    if not stat.S_ISREG(status.st_mode):
        raise SpnetError(f"{path}: is not a regular file; copy its content into one")
    if status.st_size == 0:
        raise SpnetError(f"{path}: is empty")
    if status.st_size > max_bytes:
        raise SpnetError(f"{path}: has {status.st_size:,} bytes, at most {max_bytes:,} are read")
    if not os.access(path, os.R_OK):
        raise SpnetError(f"{path}: may not be read: change its permissions")
    return path


def check_pixel_count(width: int, height: int, name: str) -> None:
    """Raise SpnetError if an image of this size has no pixels, or more than MAX_PIXELS."""
    if width < 1 or height < 1:
        raise SpnetError(f"{name}: is {width}x{height}, expected at least one pixel")
    if width * height > MAX_PIXELS:
        raise SpnetError(
            f"{name}: is {width}x{height}, more than the {MAX_PIXELS:,} pixels that are read; make it smaller"
        )


@contextmanager
def decoding(name: str, kind: str) -> Iterator[None]:
    """Turn what a decoder raises inside the block into a SpnetError: `name` is damaged, or not `kind`."""
    try:
        yield
    except DECODER_ERRORS as error:
        raise SpnetError(f"{name}: damaged, or not {kind}: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """The message of `error` without line breaks, or the name of its type if it has none."""
    return " ".join(str(error).split())[:300] or type(error).__name__
