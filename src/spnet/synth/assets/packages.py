"""Files out of software packages that the user has: installed, unpacked into a folder, or as a wheel or .deb file.

Nothing is downloaded and nothing is unpacked to disk. A Debian package is an `ar` archive (deb(5)) whose member
data.tar holds the files.
"""

import importlib.util
import lzma
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from spnet.errors import SpnetError
from spnet.files.limits import check_readable_file, decoding
from spnet.synth.assets.archive import opened_archive, read_member

MAX_PACKAGE_BYTES = 2**30
MAX_FILE_BYTES = 2**25

_MAX_DEB_FILES = 100_000
_MAX_DEB_BYTES = 2**32  # unpacked


def files_of_package(package: str, paths: Iterable[str], folder: Path | None = None) -> dict[str, bytes]:
    """The contents of those files of a package that can be had; nothing of it being there is no error.

    Looked for, in this order: under `folder`, where the package was unpacked (``pip install --target``,
    ``dpkg -x``); in a wheel or .deb file of that package in `folder`; where it is installed.

    Args:
        package: its name in the Python or Debian package index.
        paths: inside the package: of a wheel, or of a .deb from the root of the file system, without leading slash.
        folder: where the user keeps packages.

    Raises:
        SpnetError: no such folder, or a file in it is damaged or larger than MAX_FILE_BYTES.
    """
    wanted = list(dict.fromkeys(paths))
    if folder is not None:
        if not folder.is_dir():
            raise SpnetError(f"{folder}: no such folder, expected one that holds packages")
        found = _unpacked(folder, wanted) or _packed(package, folder, wanted)
        if found:
            return found
    return _unpacked(_where_installed(package), wanted)


def _unpacked(root: Path | None, wanted: list[str]) -> dict[str, bytes]:
    if root is None:
        return {}
    present = [path for path in wanted if (root / path).is_file()]
    return {path: check_readable_file(root / path, max_bytes=MAX_FILE_BYTES).read_bytes() for path in present}


def _packed(package: str, folder: Path, wanted: list[str]) -> dict[str, bytes]:
    """From the last by name of the files that are the package, which is most often the newest."""
    wheels = sorted(folder.glob(f"{package.replace('-', '_')}-*.whl"))
    if wheels:
        return _from_wheel(wheels[-1], wanted)
    debs = sorted(folder.glob(f"{package}_*.deb"))
    return _from_deb(debs[-1], wanted) if debs else {}


def _where_installed(package: str) -> Path | None:
    """The folder that paths in the package start from."""
    if Path("/usr/share/doc", package, "copyright").is_file():
        return Path("/")
    if not package.isidentifier():
        return None
    found = importlib.util.find_spec(package)  # of a top-level name: finds it without importing it
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent.parent


def _from_wheel(path: Path, wanted: list[str]) -> dict[str, bytes]:
    with opened_archive(path, "a wheel", max_bytes=MAX_PACKAGE_BYTES) as archive:
        names = set(archive.namelist())
        return {name: read_member(archive, name, max_bytes=MAX_FILE_BYTES) for name in wanted if name in names}


def _from_deb(path: Path, wanted: list[str]) -> dict[str, bytes]:
    path = check_readable_file(path, max_bytes=MAX_PACKAGE_BYTES)
    try:
        with decoding(str(path), "a Debian package"), path.open("rb") as file:
            _find_data(file, path)
            with tarfile.open(fileobj=file, mode="r|*") as data:
                return _from_tar(data, wanted, path)
    except (tarfile.TarError, lzma.LZMAError) as error:
        raise SpnetError(f"{path}: damaged, or not a Debian package: {error}") from error


def _find_data(file: IO[bytes], path: Path) -> None:
    """Move to the content of data.tar."""
    if file.read(8) != b"!<arch>\n":
        raise SpnetError(f"{path}: is no Debian package: expected it to start with '!<arch>'")
    while header := file.read(60):
        name, size = header[:16].decode("ascii").strip().rstrip("/"), int(header[48:58])
        if name.startswith("data.tar"):
            if name.endswith(".zst"):
                raise SpnetError(f"{path}: is compressed with zstd, which is not read here; unpack it: dpkg -x")
            return
        file.seek(size + size % 2, 1)
    raise SpnetError(f"{path}: holds no data.tar, expected a Debian package")


def _from_tar(data: tarfile.TarFile, wanted: list[str], path: Path) -> dict[str, bytes]:
    missing, found, total = set(wanted), {}, 0
    for count, member in enumerate(data, start=1):
        total += member.size
        if count > _MAX_DEB_FILES or total > _MAX_DEB_BYTES:
            raise SpnetError(f"{path}: unpacks to more than {_MAX_DEB_FILES:,} files or {_MAX_DEB_BYTES:,} bytes")
        name = member.name.removeprefix("./")
        if name not in missing or not member.isreg():
            continue
        if member.size > MAX_FILE_BYTES:
            raise SpnetError(f"{path}: {name} has {member.size:,} bytes, at most {MAX_FILE_BYTES:,} are read")
        content = data.extractfile(member)
        if content is not None:
            found[name] = content.read()
            missing.remove(name)
        if not missing:
            break
    return found
