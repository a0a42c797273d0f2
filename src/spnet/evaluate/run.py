"""Every frame of a data set, completed by every model under every condition: in one process, several, or a cluster."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from spnet.cluster import Cluster, Pool, Tell, connected
from spnet.errors import SpnetError
from spnet.evaluate.conditions import Condition, check_pattern, default_patterns
from spnet.evaluate.datasets import Dataset, Sample
from spnet.evaluate.inputs import HELD_OUT
from spnet.evaluate.measuring import failed_rows, measure_frame
from spnet.evaluate.models import DEFAULT_MODELS, loaded, name_models
from spnet.evaluate.results import FrameFacts, ModelFacts, Results, Row
from spnet.evaluate.sweeps import Sweep, sweep_from
from spnet.evaluate.task import Settings, Task
from spnet.workers import in_processes

MOST_WORKERS = 256

_FRAMES_TOGETHER = 8  # sent to a worker of a cluster

Progress = Callable[[int, int, str], None]
"""Called with how many frames are done, of how many, and the name of the last."""


def evaluate(
    dataset: Dataset,
    models: Sequence[str | Path] = DEFAULT_MODELS,
    patterns: Sequence[str] = (),
    *,
    sweeps: Sequence[str] = (),
    settings: Settings | None = None,
    workers: int = 1,
    cluster: Cluster | None = None,
    progress: Progress | None = None,
    tell: Tell = lambda text: None,
) -> Results:
    """Complete every frame with every model from the same sparse input, and measure the errors.

    A frame on which a model fails does not stop the others: its row has the error, and there are no means, unless the
    settings allow missing frames. The results are equal whatever `workers` and `cluster` are.

    Args:
        dataset: from `spnet.evaluate.open_dataset`.
        models: names of methods (nearest, linear, morphology, guided) or paths of weights files.
        patterns: as `spnet.sparsify.PATTERNS` lists them, or sparse depth that the data set brings; see `Condition`.
            By default what the data set brings, else `spnet.evaluate.conditions.DEFAULT_PATTERNS`.
        sweeps: names in `spnet.evaluate.sweeps.SWEEPS`. With these, patterns are what the sweeps start from; the
            default is each sweep's own.
        settings: seed, number of frames, how networks run.
        workers: processes. More than 1 needs a main script that can be imported (``if __name__ == "__main__":``).
        cluster: a cluster of Ray that does the work, with workers of its own; its nodes see the data set and weights
            under the same paths as this process.
        progress: told after every frame.
        tell: told in one line what is wrong with the cluster and cannot be raised; see `spnet.cluster.connected`.

    Raises:
        SpnetError: no frames, an unknown model, pattern or sweep, a number out of range, a worker that died, or a
            cluster that cannot be reached.
    """
    if not 1 <= workers <= MOST_WORKERS:
        raise SpnetError(f"{workers} workers: expected 1 to {MOST_WORKERS}")
    swept = tuple(sweep for kind in dict.fromkeys(sweeps) for sweep in sweep_from(kind, patterns))
    task = _plan(dataset, models, patterns, swept, settings or Settings())
    samples = task.dataset.samples
    with connected(cluster, tell) if cluster else nullcontext() as pool:
        facts = _describe_on(pool, task) if pool else _describe(task)
        rows = tuple(row for rows in _run(task, workers, pool, progress) for row in rows)
    return Results(
        dataset=dataset.name,
        notes=(*dataset.notes, *_notes_on_sweeps(samples)),
        command=_command(task, patterns, sweeps),
        seed=task.settings.seed,
        allow_missing=task.settings.allow_missing,
        models=facts,
        conditions=task.conditions,
        sweeps=swept,
        frames=tuple(FrameFacts(sample.id, sample.sparse_truth, sample.notes) for sample in samples),
        rows=rows,
        task=task,
    )


def _plan(
    dataset: Dataset,
    models: Sequence[str | Path],
    patterns: Sequence[str],
    sweeps: Sequence[Sweep],
    settings: Settings,
) -> Task:
    """The frames that are wanted, the models by name, and each condition once."""
    if not dataset.samples:
        raise SpnetError(f"{dataset.name}: has no frames")
    for pattern in patterns:
        check_pattern(pattern, dataset)
    conditions = [condition for sweep in sweeps for condition in sweep.conditions]
    if not sweeps:
        conditions = [Condition(pattern) for pattern in patterns or default_patterns(dataset)]
    chosen = replace(dataset, samples=_spread(dataset.samples, settings.limit))
    return Task(chosen, name_models(models, settings), tuple(dict.fromkeys(conditions)), settings)


def _spread(samples: tuple[Sample, ...], limit: int | None) -> tuple[Sample, ...]:
    """At most that many samples, evenly spread."""
    count = min(limit or len(samples), len(samples))
    return tuple(samples[(2 * index + 1) * len(samples) // (2 * count)] for index in range(count))


def _describe(task: Task) -> tuple[ModelFacts, ...]:
    """What the results say of each model. Loads all of them, so what is wrong with one is said before any work."""
    completers = {name: loaded(loading) for name, loading in task.models.items()}
    return tuple(
        ModelFacts(name, task.models[name].sha256, completer.farthest_trained or None, completer.engine)
        for name, completer in completers.items()
    )


def _describe_on(pool: Pool, task: Task) -> tuple[ModelFacts, ...]:
    """What the workers run the models on, which may be another machine than this."""
    ((_, facts),) = pool.spread(_describe, [replace(task, dataset=replace(task.dataset, samples=()))])
    if isinstance(facts, SpnetError):
        raise facts
    return facts


def _run(task: Task, workers: int, pool: Pool | None, progress: Progress | None) -> Iterator[list[Row]]:
    """The rows of each frame, in the order of the frames."""
    frames = [replace(task, dataset=replace(task.dataset, samples=(sample,))) for sample in task.dataset.samples]
    if pool:
        yield from _run_on(pool, frames, progress)
        return
    done = map(measure_frame, frames) if workers == 1 else in_processes(measure_frame, frames, workers)
    for count, rows in enumerate(done, start=1):
        if progress:
            progress(count, len(frames), rows[0].frame)
        yield rows


def _run_on(pool: Pool, frames: list[Task], progress: Progress | None) -> list[list[Row]]:
    done: dict[int, list[Row]] = {}
    for index, rows in pool.spread(measure_frame, frames, together=_FRAMES_TOGETHER):
        done[index] = failed_rows(frames[index], rows) if isinstance(rows, SpnetError) else rows
        if progress:
            progress(len(done), len(frames), done[index][0].frame)
    return [done[index] for index in range(len(frames))]


def _notes_on_sweeps(samples: tuple[Sample, ...]) -> list[str]:
    """How truth and input are kept apart where the truth is a LiDAR's sweep."""
    count = sum(sample.sparse_truth for sample in samples)
    if not count:
        return []
    return [
        f"the truth of {count} of the {len(samples)} frames is a single LiDAR sweep: {HELD_OUT:.0%} of its points, "
        "drawn at random, are counted, and the input is made of the others"
    ]


def _command(task: Task, patterns: Sequence[str], sweeps: Sequence[str]) -> str:
    """The command line that these results are from, without what they do not depend on."""
    settings, default = task.settings, Settings()
    words = ["spnet", "evaluate", task.dataset.name]
    words += ["--model", *(Path(loading.model).name for loading in task.models.values())]
    words += [*(["--pattern", *patterns] if patterns else []), *(["--sweep", *sweeps] if sweeps else [])]
    words += ["--seed", str(settings.seed), *(["--allow-missing"] if settings.allow_missing else [])]
    for name in ("limit", "data_max_depth", "max_depth", "engine", "precision"):
        value = getattr(settings, name)
        if value != getattr(default, name):
            words += [f"--{name.replace('_', '-')}", f"{value}"]
    return shlex.join(words)
