"""Which files of a folder belong together."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from spnet.batch import IMAGE_SUFFIXES
from spnet.errors import SpnetError
from spnet.evaluate.datasets.samples import MAX_FRAMES


def find(folder: Path, pattern: str) -> list[Path]:
    """What in `folder` matches a pattern of `Path.glob`, sorted.

    Raises:
        SpnetError: it is no folder, or more than MAX_FRAMES files match.
    """
    if not folder.is_dir():
        raise SpnetError(f"{folder}: is missing, or is not a folder")
    found = list(islice(folder.glob(pattern), MAX_FRAMES + 1))
    if len(found) > MAX_FRAMES:
        raise SpnetError(f"{folder}: more than {MAX_FRAMES:,} files match {pattern}; give a smaller part of the data")
    return sorted(found)


def find_images(folder: Path, pattern: str = "*") -> list[Path]:
    """The images among what `find` finds."""
    return [path for path in find(folder, pattern) if path.suffix.lower() in IMAGE_SUFFIXES]


def by_name(paths: Iterable[Path], name: Callable[[Path], str] = lambda path: path.stem) -> dict[str, Path]:
    """The paths under a name each, which by default is that of the file without extension.

    Raises:
        SpnetError: two have the same name.
    """
    named: dict[str, Path] = {}
    for path in paths:
        other = named.setdefault(name(path), path)
        if other != path:
            raise SpnetError(f"{path}: stands for the same frame as {other}; keep one of them")
    return named


def require_partners(*groups: tuple[Path, Mapping[str, Path]]) -> list[str]:
    """The names of all frames, sorted, if every group, a folder and its files by name, has every one of them.

    Raises:
        SpnetError: one group lacks a frame that another has.
    """
    names = sorted({name for _, files in groups for name in files})
    for name in names:
        alone = [files[name] for _, files in groups if name in files]
        for folder, files in groups:
            if name not in files:
                raise SpnetError(f"{alone[0]}: has no partner in {folder}; add it, or take this file away")
    return names


def require_file(path: Path, *, of: Path | str) -> Path:
    """`path`, if such a file exists.

    Raises:
        SpnetError: it does not; `of` is the file whose partner it should be.
    """
    if not path.is_file():
        raise SpnetError(f"{of}: its partner {path} is missing")
    return path


def inside(folder: Path, entry: str, *, listed_in: Path) -> Path:
    """The file that a list names by its path in `folder`.

    Raises:
        SpnetError: a path that leads out of `folder`.
    """
    path = PurePosixPath(entry)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise SpnetError(f"{listed_in}: lists {entry[:80]!r}, expected the path of a file in {folder}")
    return folder / path
