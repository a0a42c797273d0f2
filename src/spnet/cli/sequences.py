"""``spnet complete`` on two folders, or on a video and a folder of depth."""

import argparse
import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.batch import VIDEO_SUFFIXES
from spnet.cli.console import note, progress, result
from spnet.cli.outputs import written_unit
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.batch import Job, Outcome
    from spnet.depth import Depth

_FOLDERS_RATE = Fraction(10)  # pictures a second of a film of two folders, which have no time

_Show = Callable[["Job", "Depth"], None]


@dataclasses.dataclass(frozen=True)
class _Plan:
    """The frames in their order, how many they are, and how many pass in a second."""

    jobs: "Iterable[Job]"
    depth_files: list[Path]
    outputs: list[Path]
    rate: Fraction


def is_sequence(options: argparse.Namespace) -> bool:
    """Whether the command line asks for more than one frame."""
    return options.rgb.is_dir() or options.depth.is_dir() or options.rgb.suffix.lower() in VIDEO_SUFFIXES


def run(options: argparse.Namespace, load: Callable[[argparse.Namespace], Any]) -> int:
    """Every frame, each failure named; finished ones are skipped, unless all are needed."""
    from spnet import batch
    from spnet.frame import Frame
    from spnet.sequence import TemporalMedian
    from spnet.show import PICTURE_SUFFIXES

    if options.ply or options.camera or options.confidence:
        raise SpnetError("--ply, --confidence and --camera take one frame; for folders and videos leave them out")
    if options.preview and options.preview.suffix.lower() in PICTURE_SUFFIXES:
        raise SpnetError(f"--preview {options.preview}: one picture takes one frame; name a film (.mp4) or a folder")
    smooth: TemporalMedian[tuple[batch.Job, Depth]] = TemporalMedian(options.median)
    plan = _plan_video(options) if options.rgb.suffix.lower() in VIDEO_SUFFIXES else _plan_folders(options)
    _check_resuming(plan, options)
    completer = load(options)
    with _previews(plan, options) as show:

        def write(job: batch.Job, depth: "Depth") -> None:
            depth.save(job.output, unit=written_unit(options), overwrite=options.force)
            show(job, depth)

        def one(job: batch.Job) -> None:
            depth = completer(Frame(job.rgb, job.depth, depth_unit=options.unit), keep_measured=options.keep_measured)
            for (earlier, made), metres in smooth.add((job, depth), depth.metres):
                write(earlier, _with_metres(made, metres, options))

        skipped, failures = _count(batch.run(plan.jobs, one, overwrite=options.force), len(plan.outputs))
        for (job, made), metres in smooth.finish():
            write(job, _with_metres(made, metres, options))
    return _tell(len(plan.outputs), skipped, failures, options)


def _plan_folders(options: argparse.Namespace) -> _Plan:
    from spnet import batch
    from spnet.sequence import natural_order

    jobs = batch.plan(options.rgb, options.depth, options.output)
    jobs.sort(key=lambda job: natural_order(job.name))
    depth_files = [job.depth for job in jobs if job.depth]
    return _Plan(jobs, depth_files, [job.output for job in jobs], _FOLDERS_RATE)


def _plan_video(options: argparse.Namespace) -> _Plan:
    """The pictures of a video, each with the depth file whose name has the same place in their order."""
    from spnet import batch
    from spnet.sequence import natural_order
    from spnet.video import open_video, read_pictures

    depths = batch.depth_files(options.depth)
    names = sorted(depths, key=natural_order)
    batch.check_output_folder(options.output, inputs=[options.depth])
    video = open_video(options.rgb)
    if video.count != len(names):
        raise SpnetError(
            f"{options.rgb}: has {video.count} pictures, but {options.depth} holds {len(names)} depth files; expected "
            "one for each, in the order of their names"
        )
    outputs = [options.output / f"{name}.png" for name in names]
    jobs = (
        batch.Job(name, picture, depths[name], output)
        for name, picture, output in zip(names, read_pictures(video), outputs, strict=True)
    )
    return _Plan(jobs, [depths[name] for name in names], outputs, video.rate)


def _check_resuming(plan: _Plan, options: argparse.Namespace) -> None:
    """A median and a film need every frame, so that none may have been done before."""
    film = options.preview and options.preview.suffix.lower() in VIDEO_SUFFIXES
    if options.force or not (film or options.median > 1):
        return
    there = next((output for output in plan.outputs if output.exists()), None)
    if there:
        needs = "a film" if film else "--median"
        raise SpnetError(f"{there}: exists already, but {needs} needs every frame anew: pass --force, or a new folder")


@contextmanager
def _previews(plan: _Plan, options: argparse.Namespace) -> Iterator[_Show]:
    """What shows a frame to people, in the colours of all: in a film, as a picture in a folder, or not at all."""
    if not options.preview:
        yield lambda job, depth: None
        return
    from spnet import batch, show
    from spnet.sequence import shared_limits
    from spnet.video import written_video

    limits = shared_limits(plan.depth_files, options.unit)
    if options.preview.suffix.lower() in VIDEO_SUFFIXES:
        with written_video(options.preview, plan.rate, overwrite=options.force) as append:
            yield lambda job, depth: append(show.preview(depth.frame, depth.metres, limits=limits))
        return
    batch.check_output_folder(options.preview, inputs=[options.depth, *([options.rgb] if options.rgb.is_dir() else [])])

    def picture(job: "Job", depth: "Depth") -> None:
        path = options.preview / f"{job.name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        show.save_picture(show.preview(depth.frame, depth.metres, limits=limits), path, overwrite=options.force)

    yield picture


def _with_metres(depth: "Depth", metres: Any, options: argparse.Namespace) -> "Depth":
    if options.keep_measured:
        metres[depth.frame.mask] = depth.frame.depth[depth.frame.mask]
    return dataclasses.replace(depth, metres=metres)


def _count(outcomes: "Iterable[Outcome]", total: int) -> tuple[int, dict[str, str]]:
    """Do all of it: how many were there already, and by name why others failed."""
    start = time.monotonic()
    skipped, failures = 0, {}
    for done, outcome in enumerate(outcomes, start=1):
        skipped += outcome.skipped
        if outcome.error:
            failures[outcome.job.name] = str(outcome.error)
        progress(done, total, start, outcome.job.name)
    return skipped, failures


def _tell(total: int, skipped: int, failures: dict[str, str], options: argparse.Namespace) -> int:
    """Say what became of it; returns the exit status."""
    for failure in failures.values():
        note(failure)
    facts = {"done": total - skipped - len(failures), "skipped": skipped, "failed": failures}
    line = f"{options.output}: {facts['done']} completed, {skipped} there already, {len(failures)} failed"
    result(facts, [line], options)
    return 1 if failures else 0
