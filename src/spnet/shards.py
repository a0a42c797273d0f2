"""Many frames in few files: WebDataset shards, tar files of KEY.rgb.jpg and KEY.depth.png.

A frame is the members of one key: ``KEY.rgb`` and ``KEY.depth``, each with the extension of a file that this package
reads. Other members are left alone. The headers of a shard are read first, its content later and a frame at a time:
what is wrong with a shard is known before any work is done on it, and its size takes no memory.

The headers are walked here rather than by `tarfile`, which reads extended headers of any length into memory and follows
links; from it comes what one block of 512 bytes means.
"""

import os
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from spnet.batch import DEPTH_SUFFIXES, IMAGE_SUFFIXES, SHARD_SUFFIX
from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.files.limits import MAX_FILE_BYTES, check_readable_file, one_line

MAX_SHARD_BYTES = 2**40
MAX_HEADERS = 2**18
"""Of a shard: its members, and what stands before them where a name is long."""
MOST_FRAMES = 10_000
"""That `pack` puts into a shard: with long names and everything else far below MAX_HEADERS."""
MAX_EXTENDED_BYTES = 2**13
"""Of an extended header, which holds a name and times."""
MAX_NAME_BYTES = 240
"""Of a member's name: what is unpacked has to be the name of a file."""

_BLOCK = 512
_COPIED_AT_ONCE = 2**20
_END = bytes(_BLOCK)
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")  # gzip, bzip2, xz, zstd
_SUFFIXES = {"rgb": IMAGE_SUFFIXES, "depth": DEPTH_SUFFIXES}
_PART = re.compile(r"(?P<key>.+)\.(?P<part>rgb|depth)(?P<suffix>\.[A-Za-z]{3,4})", re.DOTALL)

_KINDS_REFUSED = {
    tarfile.LNKTYPE: "a hard link",
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a named pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}

Append = Callable[[str, Path], None]
"""Adds a file to a shard under a name."""


@dataclass(frozen=True)
class Member:
    """A file in a shard: `name`, and where its `size` bytes begin."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True)
class ShardFrame:
    """The members of one key; None where there is none."""

    key: str
    rgb: Member | None
    depth: Member | None


@dataclass(frozen=True, eq=False)
class Shard:
    """An open shard, its headers read. Made by `opened_shard`."""

    path: Path
    file: BinaryIO
    frames: tuple[ShardFrame, ...]
    """In the order of their first members."""


@contextmanager
def opened_shard(path: Path) -> Iterator[Shard]:
    """Open a shard and read all its headers.

    Raises:
        SpnetError: no tar, one that was cut short, a member that is no plain file, is too large or has a name that
            leads out of a folder, two members of one key and part, or no frame.
    """
    check_readable_file(path, max_bytes=MAX_SHARD_BYTES)
    with path.open("rb") as file:
        yield Shard(path, file, _frames(path, _members(path, file)))


@contextmanager
def unpacked(path: Path, file: BinaryIO, *members: Member) -> Iterator[list[Path]]:
    """Members of a shard as files, in a folder of their own that is gone after the block, under names of ours.

    Args:
        path: the shard, for errors.
        file: the same, open.
        members: of one frame, of different parts.

    Raises:
        SpnetError: as the block does, with the names in the shard; the shard ends too early, or the disk is full.
    """
    with TemporaryDirectory(prefix="spnet-shard-") as name:
        files = [Path(name) / f"{index}{Path(member.name).suffix.lower()}" for index, member in enumerate(members)]
        try:
            for target, member in zip(files, members, strict=True):
                _copy(path, file, member, target)
            yield files
        except SpnetError as error:
            message = str(error)
            for target, member in zip(files, members, strict=True):
                message = message.replace(str(target), f"{path}: {member.name}")
            raise SpnetError(message) from None


@contextmanager
def written_shard(path: Path, *, overwrite: bool = False, scratch: Path | None = None) -> Iterator[Append]:
    """Yield what adds files to a new shard, which appears whole when the block ends well, and else not at all.

    The bytes depend on the names and the content of the files alone. Raises as `spnet.files.atomic.written_whole`.
    """
    with written_whole(path, overwrite=overwrite, scratch=scratch) as temporary, tarfile.open(temporary, "w") as tar:

        def append(name: str, content: Path) -> None:
            check_name(name, str(path), longest=MAX_NAME_BYTES + 10)  # an extension may be longer than that read
            header = tarfile.TarInfo(name)  # of no time and no owner
            with content.open("rb") as file:
                header.size = os.fstat(file.fileno()).st_size
                tar.addfile(header, file)

        yield append


def _copy(path: Path, file: BinaryIO, member: Member, target: Path) -> None:
    file.seek(member.offset)
    left = member.size
    try:
        with target.open("wb") as copy:
            while left:
                chunk = file.read(min(left, _COPIED_AT_ONCE))
                if not chunk:
                    raise SpnetError(f"{path}: {member.name}: the shard was cut short while it was read")
                copy.write(chunk)
                left -= len(chunk)
    except OSError as error:
        raise SpnetError(f"{path}: {member.name}: could not be unpacked: {one_line(error)}") from error


def check_name(name: str, shard: str, *, longest: int = MAX_NAME_BYTES) -> str:
    """`name` without a leading "./", once it is known that unpacking it stays in a folder and fits a file system.

    Raises:
        SpnetError: it does not.
    """
    relative = name.removeprefix("./")
    parts = relative.split("/")
    if len(relative.encode("utf-8", "surrogateescape")) > longest:
        raise SpnetError(f"{shard}: the name {relative[:40]!a}... is longer than {longest} bytes; shorten it")
    if "\\" in relative or not relative.isprintable() or {"", ".", ".."} & set(parts) or ":" in parts[0]:
        raise SpnetError(
            f"{shard}: holds a member named {name!a}, expected a plain relative name, as in room/0001.rgb.jpg; "
            "do not unpack it, and pack the frames again"
        )
    return relative


def _members(path: Path, file: BinaryIO) -> Iterator[Member]:
    """The plain files of a tar, from its headers."""
    end = os.fstat(file.fileno()).st_size
    stated: dict[str, str] = {}  # by an extended header, of the member after it
    for _ in range(MAX_HEADERS):
        block = file.read(_BLOCK)
        if block == _END:
            return
        header = _header(path, block)
        size = _size(path, header, stated) if header.type in tarfile.REGULAR_TYPES else header.size
        offset = file.tell()
        if not 0 <= size <= end - offset:
            raise SpnetError(f"{path}: ends within {header.name!a}: it was cut short; copy it or pack it again")
        if header.type in (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME):
            content = _extended(path, header, file)
            stated |= content if header.type != tarfile.XGLTYPE else {}
        elif header.type in (tarfile.REGTYPE, tarfile.AREGTYPE):
            yield Member(check_name(stated.get("path", header.name), str(path)), offset, size)
            stated = {}
        elif header.type == tarfile.DIRTYPE:
            stated = {}
        else:
            kind = _KINDS_REFUSED.get(header.type, f"of kind {header.type.decode('latin-1')!a}")
            raise SpnetError(f"{path}: {header.name!a} is {kind}, expected plain files; pack the files themselves")
        file.seek(offset + -(-size // _BLOCK) * _BLOCK)
    raise SpnetError(f"{path}: has more than {MAX_HEADERS:,} headers; pack fewer frames into a shard")


def _header(path: Path, block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError, OverflowError) as error:
        if block.startswith(_COMPRESSED):
            raise SpnetError(f"{path}: is compressed, which saves little on images: make it a plain tar") from None
        if len(block) < _BLOCK:
            raise SpnetError(
                f"{path}: does not end as a tar does: it was cut short; copy it or pack it again"
            ) from None
        raise SpnetError(f"{path}: damaged, or not a tar: {one_line(error)}; copy it or pack it again") from None


def _size(path: Path, header: tarfile.TarInfo, stated: dict[str, str]) -> int:
    """Bytes of a plain file; what an extended header says has been checked to be a number."""
    size = int(stated.get("size", header.size))
    if size > MAX_FILE_BYTES:
        name = ascii(stated.get("path", header.name))[:MAX_NAME_BYTES]
        raise SpnetError(f"{path}: {name} has {size:,} bytes, at most {MAX_FILE_BYTES:,} are read")
    return size


def _extended(path: Path, header: tarfile.TarInfo, file: BinaryIO) -> dict[str, str]:
    """What an extended header says of the next member that matters here: "path" and "size"."""
    if header.size > MAX_EXTENDED_BYTES:
        limit = f"at most {MAX_EXTENDED_BYTES:,} are read"
        raise SpnetError(
            f"{path}: an extended header has {header.size:,} bytes, {limit}; pack it again with short names"
        )
    content = file.read(header.size)
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": content.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    records = {}
    start = 0
    while start < len(content):
        record = re.compile(rb"(\d{1,4}) ([^=]{1,200})=").match(content, start)
        stop = start + int(record[1]) if record else 0
        if not record or not record.end() < stop <= len(content) or content[stop - 1 : stop] != b"\n":
            raise SpnetError(f"{path}: an extended header is damaged; copy the shard or pack it again")
        records[record[2]] = content[record.end() : stop - 1]
        start = stop
    if any(key.startswith(b"GNU.sparse") for key in records):
        raise SpnetError(f"{path}: holds a sparse file, expected plain files; pack the files themselves")
    if not re.fullmatch(rb"\d{1,15}", records.get(b"size", b"0")):
        raise SpnetError(f"{path}: an extended header states a size that is no number; pack it again")
    known = {"path": records.get(b"path"), "size": records.get(b"size")}
    return {key: value.decode("utf-8", "surrogateescape") for key, value in known.items() if value is not None}


def _frames(path: Path, members: Iterator[Member]) -> tuple[ShardFrame, ...]:
    found: dict[str, dict[str, Member]] = {}
    for member in members:
        match = _PART.fullmatch(member.name)
        if not match or match["suffix"].lower() not in _SUFFIXES[match["part"]]:
            continue
        parts = found.setdefault(match["key"], {})
        if match["part"] in parts:
            first = parts[match["part"]].name
            raise SpnetError(f"{path}: holds {first} and {member.name}: two of one frame; keep one of them")
        parts[match["part"]] = member
    if not found:
        raise SpnetError(
            f"{path}: holds no frame; expected members KEY.rgb.jpg and KEY.depth.png, as spnet pack writes them"
        )
    return tuple(ShardFrame(key, parts.get("rgb"), parts.get("depth")) for key, parts in found.items())


@dataclass(frozen=True)
class Packed:
    """What became of a shard that is packed; skipped where it was there already."""

    path: Path
    frames: int
    skipped: bool = False


def pack(
    pairs: Sequence[tuple[str, Path, Path | None]], folder: Path, frames: int, *, overwrite: bool = False
) -> Iterator[Packed]:
    """Pack frames into shards ``shard-000000.tar`` and so on, the bytes of their files unchanged.

    Args:
        pairs: name, image and depth of each frame, as `spnet.batch.pair` finds them.
        folder: for the shards; made where it is missing.
        frames: in each shard but the last.
        overwrite: whether shards that exist are packed anew; otherwise they are skipped.

    Raises:
        SpnetError: a frame without depth, a file or name that a shard cannot hold, or a shard of other frames.
    """
    if not 1 <= frames <= MOST_FRAMES:
        raise SpnetError(f"{frames} frames in a shard: expected 1 to {MOST_FRAMES:,}")
    alone = [str(rgb) for _, rgb, depth in pairs if depth is None]
    if alone:
        others = f" (nor for {len(alone) - 1:,} others)" if len(alone) > 1 else ""
        raise SpnetError(f"{alone[0]}: the depth folder has no file of this name{others}; add it, or remove the image")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpnetError(f"{folder}: cannot be made: {error.strerror}") from error
    for number, start in enumerate(range(0, len(pairs), frames)):
        part = pairs[start : start + frames]
        path = folder / f"shard-{number:06d}{SHARD_SUFFIX}"
        there = path.exists() and not overwrite
        if there:
            _check_keys(path, [name for name, _, _ in part])
        else:
            _write(path, part, overwrite=overwrite)
        yield Packed(path, len(part), skipped=there)


def _write(path: Path, part: Sequence[tuple[str, Path, Path | None]], *, overwrite: bool) -> None:
    with written_shard(path, overwrite=overwrite) as append:
        for name, *files in part:
            for kind, file in zip(_SUFFIXES, files, strict=True):
                assert file  # `pack` has seen to it
                append(f"{name}.{kind}{file.suffix.lower()}", check_readable_file(file))


def _check_keys(path: Path, keys: list[str]) -> None:
    with opened_shard(path) as shard:
        found = [frame.key for frame in shard.frames]
    if found != keys:
        raise SpnetError(
            f"{path}: exists already and holds other frames ({found[0]} to {found[-1]}); pack into another folder, or "
            "anew (--force, overwrite=True)"
        )
