"""Text files, read within bounds: whole ones of limited size, and long ones line by line."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from spnet.errors import SpnetError
from spnet.files.limits import check_readable_file

MAX_TEXT_BYTES = 2**24
MAX_LINE_BYTES = 2**24  # a line of COLMAP's images.txt lists every feature of an image


def read_text(path: Path) -> str:
    """The text of a file of at most MAX_TEXT_BYTES bytes.

    Raises:
        SpnetError: no such file, too large, or not text.
    """
    path = check_readable_file(path)
    with path.open("rb") as file:
        data = file.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise SpnetError(f"{path}: has more than the {MAX_TEXT_BYTES:,} bytes that are read of such a file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpnetError(f"{path}: is not a text file") from None


def lines_of(file: IO[bytes], name: str, *, longest: int = MAX_LINE_BYTES) -> Iterator[str]:
    """Yield the lines from the file's position on, without surrounding white space.

    Raises:
        SpnetError: a line of more than `longest` bytes.
    """
    while line := file.readline(longest + 1):
        if len(line) > longest:
            raise SpnetError(f"{name}: has a line of more than {longest:,} bytes: damaged, or not a text file")
        yield line.decode("utf-8", errors="replace").strip()


def finite_numbers(words: Iterable[str], name: str) -> list[float]:
    """The words as numbers.

    Raises:
        SpnetError: a word that is no number, or one that is not finite; `name` says what is read.
    """
    numbers = []
    for word in words:
        try:
            number = float(word)
        except ValueError:
            raise SpnetError(f"{name}: {word[:40]!r} is not a number") from None
        if not math.isfinite(number):
            raise SpnetError(f"{name}: holds {word[:40]}, expected finite numbers")
        numbers.append(number)
    return numbers
