"""The user's cache folder: copies that make a second start fast, and that may be deleted at any time."""

import hashlib
import json
import os
import platform
from contextlib import suppress
from pathlib import Path

_HASH_BYTES_AT_ONCE = 2**22


def cache_folder() -> Path | None:
    """This package's folder by the platform's convention; it need not exist yet. None if the user has no home."""
    if platform.system() == "Windows":
        stated, conventional = os.environ.get("LOCALAPPDATA"), Path("AppData", "Local")
    elif platform.system() == "Darwin":
        stated, conventional = None, Path("Library", "Caches")
    else:
        stated, conventional = os.environ.get("XDG_CACHE_HOME"), Path(".cache")
    if stated:
        return Path(stated) / "spnet"
    try:
        return Path.home() / conventional / "spnet"
    except RuntimeError:
        return None


def hash_file(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal; remembered while the file's size and times stay the same."""
    status = path.stat()
    seen = f"{path.resolve()} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
    folder = cache_folder()
    note = folder / "hashes" / hashlib.sha256(os.fsencode(seen)).hexdigest() if folder else None
    if note:
        with suppress(OSError, ValueError):
            remembered = json.loads(note.read_text())
            if isinstance(remembered, str) and len(remembered) == 64:
                return remembered
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_HASH_BYTES_AT_ONCE):
            digest.update(chunk)
    if note:
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(json.dumps(digest.hexdigest()))
    return digest.hexdigest()
