"""Frames into a folder, in several processes: each frame whole or not at all, and none twice.

The layout is that of the paper's training sets, with the camera beside it:
``rgb/00000012.jpg``, ``depth/00000012.npz`` (float16 metres, 0 is sky), ``camera/00000012.json``, and ``synth.json``,
which says what the frames were made from. A frame's camera file is written last: where it is, the frame is complete.
"""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from spnet import __version__
from spnet.cache import hash_file
from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.synth.assets.bankfile import load, read_tier
from spnet.synth.frames import FrameMaker, SynthFrame, check
from spnet.synth.rendered import NOTE
from spnet.workers import in_processes

_MOST_FRAMES = 10_000_000
_MOST_WORKERS = 256
_SAVING = {"jpg": {"quality": 95, "subsampling": 0}, "png": {"compress_level": 4}, "webp": {"quality": 95, "method": 2}}


@dataclass(frozen=True)
class Recipe:
    """What a folder's frames are made from; the same for all of them."""

    seed: int
    width: int
    height: int
    kind: str
    images: str
    """jpg, png or webp."""


@dataclass(frozen=True)
class Rendered:
    """A frame of the folder, made just now or found there."""

    name: str
    there_already: bool


def render(folder: Path, frames: int, recipe: Recipe, *, bank: Path, workers: int | None = None) -> Iterator[Rendered]:
    """Make what is missing of frames 0 to `frames` - 1.

    Args:
        folder: new, empty, or one that the same recipe and bank began.
        frames: how many there shall be.
        bank: the asset bank.
        workers: processes; one for each processor by default.

    Raises:
        SpnetError: numbers out of range, a folder of another recipe, no OpenGL, a frame that cannot be written,
            or a worker process that died.
    """
    workers = workers if workers is not None else os.cpu_count() or 1
    if not 1 <= frames <= _MOST_FRAMES:
        raise SpnetError(f"{frames} frames: expected 1 to {_MOST_FRAMES:,}")
    if not 1 <= workers <= _MOST_WORKERS:
        raise SpnetError(f"{workers} workers: expected 1 to {_MOST_WORKERS}")
    if recipe.images not in _SAVING:
        raise SpnetError(f"images {recipe.images!r}: expected one of {', '.join(_SAVING)}")
    check(recipe.seed, 0, recipe.width, recipe.height, recipe.kind)
    _begin(folder, recipe, bank)
    missing = [index for index in range(frames) if not _camera_file(folder, index).exists()]
    for index in sorted(set(range(frames)).difference(missing)):
        yield Rendered(_name(index), there_already=True)
    if not missing:
        return
    tasks = [(folder, recipe, bank, index) for index in missing]
    for name in in_processes(_make, tasks, workers):
        yield Rendered(name, there_already=False)


def _begin(folder: Path, recipe: Recipe, bank: Path) -> None:
    """Make the folders, or check that they are of the same recipe."""
    note = folder / NOTE
    facts = {"spnet": __version__, "bank_sha256": hash_file(bank), "tier": read_tier(bank), **asdict(recipe)}
    if note.exists():
        _check_same(note, facts)
        return
    if folder.exists() and any(folder.iterdir()):
        raise SpnetError(f"{folder}: holds other files and no synth.json; expected a new folder or one begun before")
    for name in ("rgb", "depth", "camera"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with written_whole(note) as temporary:
        temporary.write_text(json.dumps(facts, indent=1) + "\n")


def _check_same(note: Path, facts: dict[str, object]) -> None:
    try:
        found = json.loads(note.read_text()[:10_000])
    except ValueError as error:
        raise SpnetError(f"{note}: is damaged ({error}); render into a new folder") from error
    differing = [name for name in facts if not isinstance(found, dict) or found.get(name) != facts[name]]
    if differing:
        name = differing[0]
        before = found.get(name) if isinstance(found, dict) else None
        raise SpnetError(f"{note}: was begun with {name} {before}, now asked for {facts[name]}; use another folder")


@cache
def _maker(recipe: Recipe, bank: Path) -> FrameMaker:
    """This process's."""
    os.environ["LP_NUM_THREADS"] = "1"  # of Mesa's software renderer: processes share the processors already
    return FrameMaker(load(bank), recipe.width, recipe.height, recipe.kind)


def _make(task: tuple[Path, Recipe, Path, int]) -> str:
    folder, recipe, bank, index = task
    _write(folder, index, _maker(recipe, bank).make(recipe.seed, index), recipe.images)
    return _name(index)


def _write(folder: Path, index: int, frame: SynthFrame, images: str) -> None:
    name = _name(index)
    picture = io.BytesIO()
    Image.fromarray(frame.rgb).save(picture, {"jpg": "JPEG"}.get(images, images.upper()), **_SAVING[images])
    depth = io.BytesIO()
    np.savez_compressed(depth, depth=frame.depth.astype(np.float16))
    camera = json.dumps({"kind": frame.kind, **asdict(frame.camera)})
    for path, content in (
        (folder / "rgb" / f"{name}.{images}", picture.getvalue()),
        (folder / "depth" / f"{name}.npz", depth.getvalue()),
        (_camera_file(folder, index), camera.encode()),
    ):
        with written_whole(path, overwrite=True) as temporary:
            temporary.write_bytes(content)


def _camera_file(folder: Path, index: int) -> Path:
    return folder / "camera" / f"{_name(index)}.json"


def _name(index: int) -> str:
    return f"{index:08d}"
