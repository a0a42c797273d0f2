"""``spnet complete`` on shards, and ``spnet pack``, which makes them."""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.cli.clusters import cluster_of, workers
from spnet.cli.console import note, progress, result
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.batch import ShardJob, ShardOutcome
    from spnet.jobs import Manner


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "pack",
        help="many frames of two folders into few shards, for spnet complete",
        description="Pack every image of a folder with the depth file of the same name into WebDataset shards, tar "
        "files of KEY.rgb.jpg and KEY.depth.png, unchanged. Finished shards are skipped.",
    )
    command.add_argument("rgb", type=Path, metavar="RGB_DIR", help="a folder of images")
    command.add_argument("depth", type=Path, metavar="DEPTH_DIR", help="a folder of depth files of the same names")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="a folder for the shards")
    command.add_argument(
        "--shard-size", type=int, default=1000, metavar="N", help="frames in each shard (default: %(default)s)"
    )
    command.add_argument("--force", action="store_true", help="replace shards that exist")
    command.set_defaults(run=pack)
    return [command]


def pack(options: argparse.Namespace) -> int:
    """Two folders into shards."""
    from spnet.batch import check_output_folder, pair
    from spnet.shards import pack

    pairs = pair(options.rgb, options.depth)
    check_output_folder(options.output, inputs=[options.rgb, options.depth])
    start = time.monotonic()
    skipped = shards = 0
    done = 0
    for packed in pack(pairs, options.output, options.shard_size, overwrite=options.force):
        shards += 1
        skipped += packed.skipped
        done += packed.frames
        progress(done, len(pairs), start, packed.path.name)
    facts = {"shards": shards, "frames": done, "skipped": skipped}
    line = f"{options.output}: {done:,} frames in {shards} shards, {skipped} of them there already"
    result(facts, [line], options)
    return 0


def complete(options: argparse.Namespace, manner: "Manner") -> int:
    """Every shard into one of completed frames, each failure named; finished ones are skipped."""
    from spnet.batch import plan_shards

    if options.preview or options.median != 1:
        raise SpnetError("--preview and --median take the files of folders and videos; for shards leave them out")
    jobs = plan_shards(options.rgb, options.output)
    outcomes = _on_cluster(jobs, manner, options) if options.ray else _here(jobs, manner)
    return _tell(sorted(outcomes, key=lambda outcome: outcome.job.name), options)


def _here(jobs: "list[ShardJob]", manner: "Manner") -> "Iterator[ShardOutcome]":
    from spnet.jobs import do_shard

    for number, job in enumerate(jobs, start=1):
        name = f"{job.shard.name}, {number} of {len(jobs)}"
        yield do_shard((job, manner), partial(progress, start=time.monotonic(), name=name))


def _on_cluster(jobs: "list[ShardJob]", manner: "Manner", options: argparse.Namespace) -> "Iterator[ShardOutcome]":
    from spnet.batch import ShardOutcome
    from spnet.jobs import do_shard, finished, scratch_folder

    cluster = cluster_of(options, threads=manner.threads, models=[manner.model])
    before = {job.name: finished(job, manner) for job in jobs}
    yield from filter(None, before.values())
    jobs = [job for job in jobs if not before[job.name]]
    if not jobs:
        return
    with workers(cluster, options) as pool:
        manner = replace(manner, scratch=pool.afterwards.enter_context(scratch_folder(options.output)))
        start = time.monotonic()
        for done, (index, outcome) in enumerate(pool.spread(do_shard, [(job, manner) for job in jobs]), start=1):
            progress(done, len(jobs), start, jobs[index].shard.name, unit="shards")
            yield ShardOutcome(jobs[index], error=outcome) if isinstance(outcome, SpnetError) else outcome


def _tell(outcomes: "list[ShardOutcome]", options: argparse.Namespace) -> int:
    """Say what became of it; returns the exit status."""
    failures = {str(outcome.job.shard): str(outcome.error) for outcome in outcomes if outcome.error}
    for outcome in outcomes:
        failures |= {f"{outcome.job.shard}: {key}": reason for key, reason in outcome.failures.items()}
    for failure in failures.values():
        note(failure)
    skipped = sum(outcome.skipped for outcome in outcomes)
    failed = sum(outcome.error is not None for outcome in outcomes)
    frames = sum(outcome.frames for outcome in outcomes)
    facts = {"done": len(outcomes) - skipped - failed, "skipped": skipped, "frames": frames, "failed": failures}
    line = (
        f"{options.output}: {frames:,} frames completed in {facts['done']} shards, {skipped} shards there already, "
        f"{failed} shards and {len(failures) - failed} frames failed"
    )
    result(facts, [line], options)
    return 1 if failures else 0
