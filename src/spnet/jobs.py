"""What is done with a job, alike in one process and in the workers of a cluster: read, complete, write."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from spnet import batch
from spnet.batch import Job, Outcome, ShardJob, ShardOutcome
from spnet.completion import DEFAULT_MEMORY, DEFAULT_MODEL, Completer, load_once
from spnet.depth import Depth
from spnet.engines import Options
from spnet.errors import SpnetError
from spnet.files.atomic import refuse_to_overwrite, written_whole
from spnet.files.lines import read_text
from spnet.frame import Frame
from spnet.shards import Append, Shard, ShardFrame, opened_shard, unpacked, written_shard

COMPLETED = "{key}.dense.png"
"""What a completed frame is called in a shard."""


@dataclass(frozen=True)
class Manner:
    """How frames are completed and written: all that a result depends on beside its input. Picklable."""

    model: str = DEFAULT_MODEL
    max_depth: float | None = None
    engine: str = "auto"
    precision: str = "f32"
    threads: int | None = None
    """Of a network on a CPU. The order of its sums, and so its last digits, depends on them."""
    memory: float = DEFAULT_MEMORY
    unit: str | None = None
    """Of integer depth that is read."""
    out_unit: str | None = None
    """Of integer depth that is written."""
    keep_measured: bool = False
    overwrite: bool = False
    scratch: Path | None = None
    """A folder for files that are being written. A worker that does not see it does not see the outputs' folder."""


def loaded(manner: Manner) -> Completer:
    """The model, loaded once in each process; raises as `spnet.load`."""
    return load_once(
        manner.model,
        max_depth=manner.max_depth,
        engine=manner.engine,
        options=Options(precision=manner.precision, threads=manner.threads),
        max_memory=manner.memory,
    )


def complete(job: Job, manner: Manner) -> Depth:
    """Read the frame of a job and complete it; raises as `Frame` and `spnet.complete`."""
    frame = Frame(job.rgb, job.depth, depth_unit=manner.unit)
    return loaded(manner)(frame, keep_measured=manner.keep_measured)


def write(depth: Depth, job: Job, manner: Manner) -> None:
    """Write what a job made; raises as `Depth.save`."""
    if manner.scratch is None:
        depth.save(job.output, unit=manner.out_unit, overwrite=manner.overwrite)
        return
    with written_whole(job.output, overwrite=manner.overwrite, scratch=manner.scratch) as temporary:
        try:
            depth.save(temporary, unit=manner.out_unit, overwrite=True)
        except SpnetError as error:
            raise SpnetError(str(error).replace(str(temporary), str(job.output))) from None


def do(task: tuple[Job, Manner]) -> Outcome:
    """Do one frame of a folder, in a worker.

    Raises:
        SpnetError: the model cannot be loaded, or the outputs' folder is not here; what is wrong with the frame is in
            the outcome.
    """
    job, manner = task
    _check_scratch(manner)
    loaded(manner)
    (outcome,) = batch.run([job], lambda each: write(complete(each, manner), each, manner), overwrite=manner.overwrite)
    return outcome


def do_shard(task: tuple[ShardJob, Manner], tell: Callable[[int, int], None] = lambda done, of: None) -> ShardOutcome:
    """Complete the frames of a shard into another, which appears whole or not at all.

    It holds ``KEY.dense.png`` for each frame that was completed, in their order. Where others failed, their reasons are
    written first, into `ShardJob.failures_file`; where all failed, nothing is written but the outcome's error.

    Args:
        task: the shard, and how.
        tell: called after every frame, with how many are done, of how many.

    Raises:
        SpnetError: as `do`.
    """
    job, manner = task
    _check_scratch(manner)
    loaded(manner)
    try:
        return finished(job, manner) or _complete_shard(job, manner, tell)
    except SpnetError as error:
        return finished(job, manner) or ShardOutcome(job, error=error)  # another process may have made it meanwhile
    except OSError as error:
        return ShardOutcome(job, error=SpnetError(f"{job.output}: cannot be written: {error.strerror}"))


@contextmanager
def scratch_folder(output_folder: Path) -> Iterator[Path]:
    """Make the folder of outputs, and in it one for files that are being written, removed at the end with what is left.

    Raises:
        SpnetError: it cannot be made.
    """
    try:
        output_folder.mkdir(parents=True, exist_ok=True)
        folder = TemporaryDirectory(dir=output_folder, prefix=".spnet-", ignore_cleanup_errors=True)
        Path(folder.name).chmod(output_folder.stat().st_mode & 0o777)  # workers may run as other users
    except OSError as error:
        raise SpnetError(f"{output_folder}: cannot write here: {error.strerror}") from error
    with folder as name:
        yield Path(name)


def finished(job: ShardJob, manner: Manner) -> ShardOutcome | None:
    """The outcome of a shard that an earlier run has finished, with what that run said of its frames."""
    if manner.overwrite or not job.output.exists():
        return None
    failures: dict[str, str] = {}
    with suppress(SpnetError, ValueError, RecursionError):
        found = json.loads(read_text(job.failures_file))
        failures = {str(key): str(reason) for key, reason in found.items()} if isinstance(found, dict) else {}
    return ShardOutcome(job, skipped=True, failures=failures)


def _check_scratch(manner: Manner) -> None:
    if manner.scratch and not manner.scratch.is_dir():
        raise SpnetError(
            f"{manner.scratch.parent}: a worker does not see the folder to write to; mount the same storage under the "
            "same path on every node of the cluster"
        )


def _complete_shard(job: ShardJob, manner: Manner, tell: Callable[[int, int], None]) -> ShardOutcome:
    failures: dict[str, str] = {}
    job.output.parent.mkdir(parents=True, exist_ok=True)
    refuse_to_overwrite(job.output, overwrite=manner.overwrite)
    with (
        opened_shard(job.shard) as shard,
        written_shard(job.output, overwrite=manner.overwrite, scratch=manner.scratch) as append,
    ):
        for done, frame in enumerate(shard.frames, start=1):
            try:
                _complete_frame(shard, frame, append, job, manner)
            except SpnetError as error:
                failures[frame.key] = str(error)
            tell(done, len(shard.frames))
        if len(failures) == len(shard.frames):
            key, reason = next(iter(failures.items()))
            raise SpnetError(f"{job.shard}: none of its {len(failures)} frames can be completed; {key}: {reason}")
        _write_failures(job, failures, manner)
    return ShardOutcome(job, len(shard.frames) - len(failures), failures)


def _complete_frame(shard: Shard, frame: ShardFrame, append: Append, job: ShardJob, manner: Manner) -> None:
    """Complete a frame into the shard that is being written.

    Raises:
        SpnetError: it cannot be completed.
    """
    if not frame.rgb or not frame.depth:
        missing = "depth" if frame.rgb else "rgb"
        raise SpnetError(f"{job.shard}: {frame.key} has no member {frame.key}.{missing}")
    name = COMPLETED.format(key=frame.key)
    inside = replace(manner, overwrite=True, scratch=None)
    with unpacked(shard.path, shard.file, frame.rgb, frame.depth) as (rgb, depth):
        dense = rgb.with_name("dense.png")
        unpacked_job = Job(frame.key, rgb, depth, dense)
        try:
            write(complete(unpacked_job, inside), unpacked_job, inside)
        except SpnetError as error:
            raise SpnetError(str(error).replace(str(dense), f"{job.output}: {name}")) from None
        append(name, dense)


def _write_failures(job: ShardJob, failures: dict[str, str], manner: Manner) -> None:
    """What failed, written before the shard is: a shard that stands there is told whole, also by a later run."""
    if not failures:
        job.failures_file.unlink(missing_ok=True)  # of a run before
        return
    with written_whole(job.failures_file, overwrite=True, scratch=manner.scratch) as temporary:
        temporary.write_text(json.dumps(failures, indent=1) + "\n")
