"""Frames that ``spnet synth render`` left in a folder."""

import json
from dataclasses import dataclass
from pathlib import Path

from numpy.random import Generator

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.files.arrays import read_npz
from spnet.files.images import read_image
from spnet.files.limits import check_readable_file
from spnet.train.sources.listing import names_in
from spnet.train.view import Source, UnreadableError, View, known_depth

_IMAGES = ("jpg", "png", "webp")
_MOST_NOTE_BYTES = 10_000


@dataclass(frozen=True)
class FolderSource:
    """The complete frames of a folder, by name."""

    folder: Path
    images: str
    """Extension of the images."""
    names: tuple[str, ...]

    def __call__(self, generator: Generator) -> View:
        """Read a frame (see `spnet.train.view.Source`)."""
        name = self.names[generator.integers(len(self.names))]
        try:
            return self._read(name)
        except SpnetError as error:
            raise UnreadableError(str(error)) from error

    def _read(self, name: str) -> View:
        rgb = read_image(self.folder / "rgb" / f"{name}.{self.images}")
        camera = Camera.from_file(self.folder / "camera" / f"{name}.json")
        path = check_readable_file(self.folder / "depth" / f"{name}.npz")
        truth = known_depth(read_npz(path))
        sizes = {truth.shape, rgb.shape[:2], (camera.height, camera.width)}
        if len(sizes) > 1:
            found = ", ".join(f"{width}x{height}" for height, width in sorted(sizes))
            raise SpnetError(f"{path}: its image, depth and camera are of {found} pixels, expected one size")
        return View(rgb, truth, camera)


def open_folder(folder: Path) -> Source:
    """The frames that are complete in a folder: those with a camera, which is written last.

    Raises:
        SpnetError: no such folder, not one of ``spnet synth render``, no frame, or an image or depth that is missing.
    """
    images = _extension(folder / "synth.json")
    names = names_in(folder / "camera", (".json",))
    if not names:
        raise SpnetError(f"{folder}: holds no frame; render some with: spnet synth render -n 1000 -o {folder}")
    for part, extension in (("rgb", images), ("depth", "npz")):
        missing = names.keys() - names_in(folder / part, (f".{extension}",)).keys()
        if missing:
            path = folder / part / f"{min(missing)}.{extension}"
            raise SpnetError(f"{path}: is missing, though its frame has a camera; delete that, and render it again")
    return FolderSource(folder, images, tuple(names))


def _extension(note: Path) -> str:
    """Of the images, as the folder's note tells it."""
    if not note.parent.is_dir():
        raise SpnetError(f"{note.parent}: is no folder; expected one that spnet synth render made")
    try:
        found = json.loads(check_readable_file(note, max_bytes=_MOST_NOTE_BYTES).read_text(encoding="utf-8"))
    except ValueError as error:
        raise SpnetError(f"{note}: is damaged ({error}); render into a new folder") from error
    images = found.get("images") if isinstance(found, dict) else None
    if images not in _IMAGES:
        raise SpnetError(f"{note}: its images are {images!r}, expected one of {', '.join(_IMAGES)}")
    return str(images)
