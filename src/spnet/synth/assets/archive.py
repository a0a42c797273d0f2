"""Zip archives from strangers: nothing is unpacked to disk, and nothing is read before its size is known to be sane."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from spnet.errors import SpnetError
from spnet.files.limits import check_readable_file, decoding

MAX_MEMBERS = 20_000

_CHUNK_BYTES = 2**20
_MAX_DIRECTORY_BYTES = 2**22


@contextmanager
def opened_archive(path: Path | str, kind: str, *, max_bytes: int) -> Iterator[zipfile.ZipFile]:
    """A zip archive to read from, with `read_member`.

    Args:
        path: the file.
        kind: what such a file is called in an error, with its article.
        max_bytes: the largest file that is opened.

    Raises:
        SpnetError: no such file, too large, no zip archive, or more than MAX_MEMBERS members.
    """
    path = check_readable_file(path, max_bytes=max_bytes)
    with ExitStack() as stack:
        with decoding(str(path), kind):
            file = stack.enter_context(_ShortReader(io.FileIO(path)))
            archive = stack.enter_context(zipfile.ZipFile(file))
        if len(archive.infolist()) > MAX_MEMBERS:
            raise SpnetError(f"{path}: has {len(archive.infolist()):,} members, at most {MAX_MEMBERS:,} are read")
        yield archive


def read_member(archive: zipfile.ZipFile, name: str, *, max_bytes: int) -> bytes:
    """The content of one member, at most `max_bytes`.

    Raises:
        SpnetError: there is no such member, it is larger, compressed in an unusual way, or damaged.
    """
    where = f"{archive_name(archive)}: {name[:120]!r}"
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise SpnetError(f"{where} is missing in the archive") from None
    if member.file_size > max_bytes:
        raise SpnetError(f"{where} has {member.file_size:,} bytes, at most {max_bytes:,} are read")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SpnetError(f"{where} has an unusual compression; store or deflate it")
    with decoding(where, "a member of a zip archive"), archive.open(member) as stream:
        return b"".join(iter(lambda: stream.read(_CHUNK_BYTES), b""))  # zipfile stops at file_size


def archive_name(archive: zipfile.ZipFile) -> str:
    """The name of the archive's file, without its folder."""
    return Path(archive.filename or "archive").name


class _ShortReader(io.BufferedReader):
    """A file that hands over little at a time: zipfile asks for its whole list of members at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        too_much = _MAX_DIRECTORY_BYTES + 1
        data = super().read(too_much if size is None or size < 0 else min(size, too_much))
        if len(data) == too_much:
            raise zipfile.BadZipFile("its list of members is too long")
        return data
