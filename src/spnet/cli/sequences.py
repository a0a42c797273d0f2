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
from spnet.cli.clusters import cluster_of, workers
from spnet.cli.console import note, progress, result
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.batch import Job, Outcome
    from spnet.depth import Depth
    from spnet.jobs import Manner

_FOLDERS_RATE = Fraction(10)  # pictures a second of a film of two folders, which have no time

_FRAMES_TOGETHER = 32  # sent to a worker of a cluster: it takes longer to complete them than to send them

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
    return options.rgb.is_dir() or options.depth.is_dir() or _is_video(options)


def run(options: argparse.Namespace, manner: "Manner", load: Callable[[], Any]) -> int:
    """Every frame, each failure named; finished ones are skipped, unless all are needed."""
    from spnet.show import PICTURE_SUFFIXES

    if options.preview and options.preview.suffix.lower() in PICTURE_SUFFIXES:
        raise SpnetError(f"--preview {options.preview}: one picture takes one frame; name a film (.mp4) or a folder")
    if options.ray and (options.preview or options.median != 1 or _is_video(options)):
        raise SpnetError("--ray takes the frames of folders and shards one by one: no video, --median or --preview")
    plan = _plan_video(options) if _is_video(options) else _plan_folders(options)
    _check_resuming(plan, options)
    if options.ray:
        return _run_on_cluster(plan, options, manner)
    load()
    return _run_here(plan, options, manner)


def _run_here(plan: _Plan, options: argparse.Namespace, manner: "Manner") -> int:
    from spnet import batch, jobs
    from spnet.sequence import TemporalMedian

    smooth: TemporalMedian[tuple[batch.Job, Depth]] = TemporalMedian(options.median)
    with _previews(plan, options) as show:

        def write(job: batch.Job, depth: "Depth") -> None:
            jobs.write(depth, job, manner)
            show(job, depth)

        def one(job: batch.Job) -> None:
            depth = jobs.complete(job, manner)
            for (earlier, made), metres in smooth.add((job, depth), depth.metres):
                write(earlier, _with_metres(made, metres, options))

        skipped, failures = _count(batch.run(plan.jobs, one, overwrite=options.force), len(plan.outputs))
        for (job, made), metres in smooth.finish():
            write(job, _with_metres(made, metres, options))
    return _tell(len(plan.outputs), skipped, failures, options)


def _run_on_cluster(plan: _Plan, options: argparse.Namespace, manner: "Manner") -> int:
    from spnet.batch import Outcome
    from spnet.jobs import do, scratch_folder

    planned = list(plan.jobs)
    left: list[Job] = []
    there: list[Job] = []
    for job in planned:
        (there if job.output.exists() and not options.force else left).append(job)
    cluster = cluster_of(options, threads=manner.threads, models=[manner.model])

    def outcomes() -> "Iterator[Outcome]":
        yield from (Outcome(job, skipped=True) for job in there)
        if not left:
            return
        with workers(cluster, options) as pool:
            scratch = pool.afterwards.enter_context(scratch_folder(options.output))
            tasks = [(job, dataclasses.replace(manner, scratch=scratch)) for job in left]
            for index, outcome in pool.spread(do, tasks, together=_FRAMES_TOGETHER):
                if isinstance(outcome, SpnetError):
                    outcome = Outcome(left[index], error=outcome)
                # What was there already by then was made by a worker that died right after.
                yield dataclasses.replace(outcome, skipped=False)

    skipped, failures = _count(outcomes(), len(planned))
    named = {job.name: failures[job.name] for job in planned if job.name in failures}  # in their order
    return _tell(len(planned), skipped, named, options)


def _is_video(options: argparse.Namespace) -> bool:
    return options.rgb.suffix.lower() in VIDEO_SUFFIXES


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
