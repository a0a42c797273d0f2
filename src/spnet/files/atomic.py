"""Outputs appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from spnet.errors import SpnetError


@contextmanager
def written_whole(path: Path, *, overwrite: bool = False, scratch: Path | None = None) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well, that file becomes `path` in one step.

    When the block raises, the temporary file is removed and `path` is as it was before.

    Args:
        path: the file to make. Its folder must exist.
        overwrite: whether a file that stands there may be replaced.
        scratch: a folder for the temporary file instead, on the same file system. Whoever made it can clear it of
            what a killed process left.

    Raises:
        SpnetError: `path` exists, is a folder, or cannot be written (permissions, a full disk).
    """
    refuse_to_overwrite(path, overwrite=overwrite)
    try:
        descriptor, name = tempfile.mkstemp(dir=scratch or path.parent, prefix=".spnet-", suffix=path.suffix)
    except OSError as error:
        raise SpnetError(f"{path}: cannot write here: {error.strerror}") from error
    temporary = Path(name)
    try:
        os.close(descriptor)
        yield temporary
        _flush_to_disk(temporary)
        refuse_to_overwrite(path, overwrite=overwrite)  # it may have appeared meanwhile
        temporary.chmod(0o666 & ~_umask())  # mkstemp makes files that only their owner can read
        temporary.replace(path)
    except OSError as error:
        raise SpnetError(f"{path}: could not be written, nothing was left there: {error}") from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def refuse_to_overwrite(path: Path, *, overwrite: bool = False) -> None:
    """Raise SpnetError if `path` cannot be written: a folder, no folder to write it in, or a file that is to stay."""
    try:
        is_folder, has_folder, exists = path.is_dir(), path.parent.is_dir(), path.exists()
    except (OSError, ValueError) as error:  # too long, or a null character in the name
        raise SpnetError(f"{path}: cannot be the name of a file: {error}") from error
    if is_folder:
        raise SpnetError(f"{path}: is a folder, expected the name of a file to write")
    if not has_folder:
        raise SpnetError(f"{path}: the folder {path.parent} does not exist; make it first")
    if not os.access(path.parent, os.W_OK):
        raise SpnetError(f"{path}: cannot write here: the folder may not be written to; change its permissions")
    if exists and not overwrite:
        raise SpnetError(
            f"{path}: exists already; choose another name, or allow it to be replaced (--force, overwrite=True)"
        )


def _flush_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
