"""Whole folders and shards: what is to be done, each part once, each failure named."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from spnet.errors import SpnetError

if TYPE_CHECKING:  # the command line reads the names below, and need not wait for NumPy
    import numpy as np
    from numpy.typing import NDArray

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".ppm")
VIDEO_SUFFIXES = (".mp4", ".mkv", ".mov", ".webm", ".avi")
SHARD_SUFFIX = ".tar"
DEPTH_SUFFIXES = (".png", ".npy", ".npz", ".exr", ".tif", ".tiff", ".pfm")


@dataclass(frozen=True, eq=False)
class Job:
    """One frame of a folder or a video: an image, its depth (None if there is none), and the file to write."""

    name: str
    """The path within the depth's folder, without extension."""
    rgb: "Path | NDArray[np.uint8]"
    """A file, or the picture itself (H,W,3) where it comes from a video."""
    depth: Path | None
    output: Path


@dataclass(frozen=True)
class ShardJob:
    """One shard of frames (see `spnet.shards`), and the shard to write."""

    name: str
    """The path within the shards' folder, without extension."""
    shard: Path
    output: Path

    @property
    def failures_file(self) -> Path:
        """Beside the output, where some frames failed: a JSON object, by key why."""
        return self.output.with_suffix(".failed.json")


@dataclass(frozen=True)
class Outcome:
    """What became of a job: its output was made, or was there already, or an error says why it was not made."""

    job: Job
    skipped: bool = False
    error: SpnetError | None = None


@dataclass(frozen=True)
class ShardOutcome:
    """What became of a shard: how many of its frames were completed, by key why others were not, or why none was."""

    job: ShardJob
    frames: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    skipped: bool = False
    error: SpnetError | None = None


def plan(rgb_folder: Path, depth_folder: Path, output_folder: Path, *, suffix: str = ".png") -> list[Job]:
    """Pair the images of one tree with the depth files of another by their path without extension.

    Raises:
        SpnetError: a folder is missing or holds no image, two files of one tree have the same name, or the
            output would go into an input folder.
    """
    pairs = pair(rgb_folder, depth_folder)
    check_output_folder(output_folder, inputs=[rgb_folder, depth_folder])
    return [Job(name, rgb, depth, output_folder / f"{name}{suffix}") for name, rgb, depth in pairs]


def plan_shards(shards: Path, output_folder: Path) -> list[ShardJob]:
    """The shards of a tree, or one that is named, each with the shard to write.

    Raises:
        SpnetError: there is no shard, or the output would go into the input's folder.
    """
    if shards.is_file():
        if shards.suffix.lower() != SHARD_SUFFIX:
            raise SpnetError(f"{shards}: is no shard (.tar); pass its depth too, or a shard that holds both")
        found, folder = {shards.stem: shards}, shards.parent
    else:
        found, folder = _by_name(shards, (SHARD_SUFFIX,), "shard"), shards
    check_output_folder(output_folder, inputs=[folder])
    return [ShardJob(name, shard, output_folder / f"{name}{SHARD_SUFFIX}") for name, shard in found.items()]


def pair(rgb_folder: Path, depth_folder: Path) -> list[tuple[str, Path, Path | None]]:
    """Name, image and depth file (None if there is none) of every image of a tree; raises as `plan`."""
    images = _by_name(rgb_folder, IMAGE_SUFFIXES, "image")
    depths = depth_files(depth_folder)
    return [(name, rgb, depths.get(name)) for name, rgb in images.items()]


def depth_files(folder: Path) -> dict[str, Path]:
    """The depth files of a tree by their path without extension, in the order of names; raises as `plan`."""
    return _by_name(folder, DEPTH_SUFFIXES, "depth file")


def check_output_folder(output_folder: Path, *, inputs: list[Path]) -> None:
    """Raise SpnetError if `output_folder` is a file, or lies in one of the input folders."""
    if output_folder.exists() and not output_folder.is_dir():
        raise SpnetError(f"{output_folder}: is a file; two folders need a folder to write to")
    for folder in inputs:
        if output_folder.resolve().is_relative_to(folder.resolve()):
            raise SpnetError(f"{output_folder}: lies in the input folder {folder}; write somewhere else")


def run(jobs: Iterable[Job], complete: Callable[[Job], None], *, overwrite: bool = False) -> Iterator[Outcome]:
    """Do every job with `complete`, which writes its output; a failure is told and does not stop the others.

    Jobs whose output exists are skipped unless it may be overwritten; another process may be making them, too.
    """
    for job in jobs:
        if job.output.exists() and not overwrite:
            yield Outcome(job, skipped=True)
            continue
        try:
            if job.depth is None:
                raise SpnetError(f"{job.rgb}: the depth folder has no file of this name")
            job.output.parent.mkdir(parents=True, exist_ok=True)
            complete(job)
            yield Outcome(job)
        except SpnetError as error:
            made_meanwhile = job.output.exists() and not overwrite
            yield Outcome(job, skipped=True) if made_meanwhile else Outcome(job, error=error)
        except OSError as error:
            yield Outcome(job, error=SpnetError(f"{job.output}: cannot be written: {error.strerror}"))


def _by_name(folder: Path, suffixes: tuple[str, ...], kind: str) -> dict[str, Path]:
    if not folder.is_dir():
        raise SpnetError(f"{folder}: is not a folder; pass two files or two folders")
    found: dict[str, Path] = {}
    for path in sorted(_files_below(folder)):
        if path.suffix.lower() not in suffixes:
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in found:
            raise SpnetError(f"{path} and {found[name].name}: two files of one name; keep one of them")
        found[name] = path
    if not found:
        raise SpnetError(f"{folder}: holds no {kind} ({', '.join(suffixes)})")
    return found


def _files_below(folder: Path) -> Iterator[Path]:
    """Every file of a tree, also behind links to folders, each folder once."""
    seen: set[Path] = set()
    for parent, folders, names in os.walk(folder, followlinks=True):
        here = Path(parent).resolve()
        if here in seen:
            folders.clear()
            continue
        seen.add(here)
        yield from (Path(parent) / name for name in names if (Path(parent) / name).is_file())
