"""Reading what ``spnet synth render`` left in a folder; `spnet.synth.folder` describes it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.files.arrays import read_npz
from spnet.files.images import read_image
from spnet.files.limits import check_readable_file
from spnet.files.listing import names_in

NOTE = "synth.json"
_IMAGES = ("jpg", "png", "webp")
_MOST_NOTE_BYTES = 10_000


@dataclass(frozen=True)
class RenderedFolder:
    """The complete frames of a folder, by name, in order."""

    path: Path
    images: str
    """Extension of the images."""
    names: tuple[str, ...]

    def read(self, name: str) -> tuple[NDArray[Any], NDArray[Any], Camera]:
        """The image (H,W,3) uint8, the depth (H,W) in metres, 0 where there is only sky, and the camera of a frame.

        Raises:
            SpnetError: a file that is missing or damaged, or of another size than the others.
        """
        rgb = read_image(self.path / "rgb" / f"{name}.{self.images}")
        camera = Camera.from_file(self.path / "camera" / f"{name}.json")
        path = check_readable_file(self.depth_file(name))
        depth = read_npz(path)
        sizes = {depth.shape, rgb.shape[:2], (camera.height, camera.width)}
        if len(sizes) > 1:
            found = ", ".join(f"{width}x{height}" for height, width in sorted(sizes))
            raise SpnetError(f"{path}: its image, depth and camera are of {found} pixels, expected one size")
        return rgb, depth, camera

    def depth_file(self, name: str) -> Path:
        """Where a frame's depth is."""
        return self.path / "depth" / f"{name}.npz"


def open_rendered(folder: Path) -> RenderedFolder:
    """The frames that are complete in a folder: those with a camera, which is written last.

    Raises:
        SpnetError: no such folder, not one of ``spnet synth render``, no frame, or an image or depth that is missing.
    """
    images = _extension(folder / NOTE)
    names = names_in(folder / "camera", (".json",))
    if not names:
        raise SpnetError(f"{folder}: holds no frame; render some with: spnet synth render -n 1000 -o {folder}")
    for part, extension in (("rgb", images), ("depth", "npz")):
        missing = names.keys() - names_in(folder / part, (f".{extension}",)).keys()
        if missing:
            path = folder / part / f"{min(missing)}.{extension}"
            raise SpnetError(f"{path}: is missing, though its frame has a camera; delete that, and render it again")
    return RenderedFolder(folder, images, tuple(names))


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
