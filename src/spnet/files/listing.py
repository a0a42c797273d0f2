"""The files of folders that may hold millions."""

import os
from pathlib import Path

from spnet.errors import SpnetError

MAX_FILES = 10_000_000


def names_in(folder: Path, suffixes: tuple[str, ...]) -> dict[str, str]:
    """The files of a folder with one of the suffixes, without and with it, in the order of their names.

    Raises:
        SpnetError: no such folder, too many files, or two that differ in the suffix only.
    """
    try:
        with os.scandir(folder) as entries:
            found = [entry.name for _, entry in zip(range(MAX_FILES + 1), entries, strict=False)]
    except OSError as error:
        raise SpnetError(f"{folder}: cannot be listed as a folder: {error.strerror}") from error
    if len(found) > MAX_FILES:
        raise SpnetError(f"{folder}: holds more than {MAX_FILES:,} files; split it")
    files: dict[str, str] = {}
    for name in sorted(found):
        stem, dot, suffix = name.rpartition(".")
        if name.startswith(".") or (dot + suffix).lower() not in suffixes:  # what is being written has a dot first
            continue
        if stem in files:
            raise SpnetError(f"{folder / name}: stands for the same frame as {files[stem]}; keep one of them")
        files[stem] = name
    return files
