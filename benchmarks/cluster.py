"""Frames a second of workers on a cluster, beside one process, and what that says of a large one.

    python benchmarks/cluster.py --json benchmarks/results/cluster.json

The example frame, many times, in shards; a rate is of all frames from the first worker's start, its model loaded, to
the last one's end. All results are compared to the byte. The projection is arithmetic from the measured figures and the
assumptions that stand beside it: nothing of it was run.
"""

import argparse
import math
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import machine
from spnet.batch import ShardJob, plan_shards
from spnet.cluster import Cluster, connected
from spnet.frame import Frame
from spnet.jobs import Manner, do_shard, loaded
from spnet.shards import pack
from spnet.workers import in_processes

EXAMPLE = machine.ROOT / "examples" / "motorcycle"
WORKERS = (1, 2, 8, 32, 100, 400)
GPUS = (1, 8, 100)
SENT = 400
"""Empty tasks, to measure how many a second the cluster hands out."""

Span = tuple[float, float, int]
"""When the frames of a shard were begun and finished, in seconds, and how many they are."""


def work(task: tuple[ShardJob, Manner]) -> Span:
    """Complete a shard."""
    loaded(task[1])
    start = time.time()
    outcome = do_shard(task)
    if outcome.error or outcome.failures:
        raise RuntimeError(f"{outcome.error or outcome.failures}")
    return start, time.time(), outcome.frames


def nothing(task: int) -> int:
    """A task that takes no time."""
    return task


def alone(tasks: list[Any]) -> Iterable[Span]:
    """One process."""
    return map(work, tasks)


def processes(tasks: list[Any]) -> Iterable[Span]:
    """Two processes without a cluster: what the machine gives to two at once."""
    return in_processes(work, tasks, 2)


def on_cluster(workers: int) -> Callable[[list[Any]], Iterable[Span]]:
    """A cluster of this machine."""

    def run(tasks: list[Any]) -> Iterable[Span]:
        with connected(Cluster(workers=workers)) as pool:
            for _, span in pool.spread(work, tasks):
                if isinstance(span, Exception):
                    raise span
                yield span

    return run


def measure(
    run: Callable[[list[Any]], Iterable[Span]], shards: Path, out: Path, manner: Manner, repeats: int
) -> dict[str, Any]:
    """Frames a second of every repetition, and how long the first worker took to begin."""
    rates, startups = [], []
    for _ in range(repeats):
        shutil.rmtree(out, ignore_errors=True)
        began = time.time()
        spans = list(run([(job, manner) for job in plan_shards(shards, out)]))
        first = min(start for start, _, _ in spans)
        rates.append(sum(frames for _, _, frames in spans) / (max(end for _, end, _ in spans) - first))
        startups.append(first - began)
    return {
        "frames_a_second": [round(rate, 3) for rate in rates],
        "startup_seconds": round(statistics.median(startups), 2),
    }


def milliseconds(manner: Manner, folder: Path, repeats: int) -> dict[str, float]:
    """What the time of one frame goes into, in one process."""
    completer = loaded(manner)
    taken: dict[str, list[float]] = {"read": [], "complete": [], "write": []}
    for _ in range(repeats):
        marks = [time.perf_counter()]
        frame = Frame(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
        marks.append(time.perf_counter())
        depth = completer(frame)
        marks.append(time.perf_counter())
        depth.save(folder / "dense.png", unit="mm", overwrite=True)
        marks.append(time.perf_counter())
        for name, start, end in zip(taken, marks, marks[1:], strict=False):
            taken[name].append(1000 * (end - start))
    return {name: round(statistics.median(values), 1) for name, values in taken.items()}


def tasks_a_second() -> float:
    """How many tasks the cluster hands out and takes back, from the first result to the last."""
    with connected(Cluster(workers=2)) as pool:
        times = [time.perf_counter() for _ in pool.spread(nothing, range(SENT))]
    return round((len(times) - 1) / (times[-1] - times[0]), 1)


def project(measured: dict[str, Any], assumed: dict[str, float]) -> dict[str, Any]:
    """Rates of more workers than there were, and what many GPUs need, by the assumptions."""
    each = statistics.median(measured["runs"]["cluster, 1 worker"]["frames_a_second"])
    limits = {
        "storage": assumed["storage_bytes_a_second"] / sum(measured["bytes_a_frame"].values()),
        "the command that hands out shards": measured["tasks_a_second"] * assumed["frames_a_shard"],
    }
    limit, most = min(limits.items(), key=lambda item: item[1])
    rows = [
        {"workers": count, "frames_a_second": round(min(count * each, most), 1), "limit": limit if count * each > most
         else "workers"} for count in WORKERS
    ]  # fmt: skip
    gpus = []
    for count in GPUS:
        rate = count * assumed["frames_a_second_a_gpu"]
        moved = {name: rate * size for name, size in measured["bytes_a_frame"].items()}
        coded = (measured["milliseconds"]["read"] + measured["milliseconds"]["write"]) / 1000
        gpus.append({
            "gpus": count,
            "frames_a_second": rate,
            "read_mb_a_second": round(moved["read"] / 1e6, 1),
            "written_mb_a_second": round(moved["written"] / 1e6, 1),
            "workers_a_gpu": math.ceil(1 + assumed["frames_a_second_a_gpu"] * coded),
            "processors_to_read_and_write": round(rate * coded, 1),
            "shards_a_second": round(rate / assumed["frames_a_shard"], 3),
            "hours_for_a_million": round(1e6 / rate / 3600, 2),
        })  # fmt: skip
    return {"assumed": assumed, "limits_frames_a_second": {key: round(value) for key, value in limits.items()},
            "workers": rows, "gpus": gpus}  # fmt: skip


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures")
    parser.add_argument("--model", default="guided")
    parser.add_argument("--max-depth", type=float)
    parser.add_argument("--frames", type=int, default=96, help="of each run (default: %(default)s)")
    parser.add_argument("--shard-size", type=int, default=4, help="of the runs (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="of each run (default: %(default)s)")
    parser.add_argument(
        "--gpu-rate", type=float, default=50.0, help="frames/s of a GPU, assumed (default: %(default)s)"
    )
    parser.add_argument("--storage", type=float, default=1e9, help="bytes/s, assumed (default: %(default)s)")
    options = parser.parse_args()
    manner = Manner(model=options.model, max_depth=options.max_depth, threads=1, unit="mm", overwrite=True)
    about = {"processors": os.cpu_count(), "ray": version("ray")}
    measured: dict[str, Any] = {"machine": machine.describe() | about, "model": options.model}
    measured["load_before"] = round(os.getloadavg()[0], 2)
    runs = {
        "one process": alone,
        "two processes": processes,
        "cluster, 1 worker": on_cluster(1),
        "cluster, 2 workers": on_cluster(2),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames = [(f"{number:06d}", EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png") for number in range(options.frames)]
        list(pack(frames, folder / "shards", options.shard_size))
        measured |= {"frames": options.frames, "shard_size": options.shard_size, "runs": {}}
        for title, run in runs.items():
            measured["runs"][title] = measure(run, folder / "shards", folder / title, manner, options.repeats)
        results = [sorted((path.name, path.read_bytes()) for path in (folder / title).iterdir()) for title in runs]
        measured["equal_to_the_byte"] = all(result == results[0] for result in results)
        sizes = {
            "read": sum(path.stat().st_size for path in (folder / "shards").iterdir()),
            "written": sum(len(content) for _, content in results[0]),
        }
        measured["bytes_a_frame"] = {key: round(size / options.frames) for key, size in sizes.items()}
        measured["milliseconds"] = milliseconds(manner, folder, 5 * options.repeats)
    measured["tasks_a_second"] = tasks_a_second()
    assumed = {
        "frames_a_shard": 1000,
        "frames_a_second_a_gpu": options.gpu_rate,
        "storage_bytes_a_second": options.storage,
    }
    measured["projection"] = project(measured, assumed)
    machine.report(measured, options.json)


if __name__ == "__main__":
    main()
