"""How far every model is from the truth, on all the data at hand, and how that changes with one thing at a time.

    python benchmarks/accuracy.py --shared ../shared/data --json benchmarks/results/accuracy.json

The means of `spnet.evaluate` over each set of frames, which `benchmarks/tables.py` makes the documents' tables of. Real
frames of a camera that measures depth densely and of LiDAR are two sets: their errors are of other orders.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import machine
from spnet.classic import METHODS
from spnet.evaluate import Results, Settings, evaluate, open_dataset
from spnet.evaluate.datasets import Dataset
from spnet.evaluate.sweeps import SWEEPS
from spnet.weights.files import SHIPPED

PATTERNS = (
    "random:10%",
    "random:1%",
    "random:0.1%",
    "points:500",
    "rows:16",
    "lines:64",
    "lines:16",
    "lines:4",
    "grid:8x8",
    "grid:16x16",
    "features:500",
    "holes",
    "view:80%",
    "random:1%+noise:0.05",
    "random:1%+outliers:1%",
    "lines:16+noise:0.02",
)
INDOORS = (*PATTERNS, "range:0.5-3")
"""Out of doors nothing may be that near."""

OF_LIDAR = ("random:100%", "random:10%", "points:500")
"""For sets whose truth is points already; the first is all points that are not held out."""

SWEPT_FRAMES = 8
"""Of NYU: a sweep takes each frame many times."""


def sets(shared: Path, testset: Path | None) -> Iterator[tuple[str, Dataset, Sequence[str]]]:
    """The sets that are at hand by name, with the patterns for each."""
    if (shared / "nyu_dev").is_dir():
        yield "nyu", open_dataset(shared / "nyu_dev", "pairs"), INDOORS
    if (shared / "real").is_dir():
        real = open_dataset(shared / "real", "pairs")
        for name, sparse, patterns in (("real", False, INDOORS), ("lidar", True, OF_LIDAR)):
            samples = tuple(sample for sample in real.samples if sample.sparse_truth == sparse)
            yield name, replace(real, samples=samples), patterns
    if testset:
        yield "testset", open_dataset(testset, "pairs"), PATTERNS


def means(results: Results) -> dict[str, Any]:
    """Means by condition, model and metric, with what a table says about them."""
    by_condition: dict[str, dict[str, dict[str, float]]] = {}
    for mean in results.means:
        by_condition.setdefault(mean.condition, {})[mean.model] = dict(mean.metrics)
    return {"frames": len(results.frames), "command": results.command, "means": by_condition}


def curves(results: Results) -> dict[str, Any]:
    """Mean RMSE and REL by model along each sweep."""
    found = {(mean.condition, mean.model): mean.metrics for mean in results.means}
    return {
        sweep.kind: {
            "start": sweep.start,
            "values": [SWEEPS[sweep.kind].label(value) for value in sweep.values],
            "models": {
                model.name: {
                    metric: [found[condition.name, model.name][metric] for condition in sweep.conditions]
                    for metric in ("rmse", "rel")
                }
                for model in results.models
            },
        }
        for sweep in results.sweeps
    }


def checked(results: Results) -> Results:
    """The results, if no frame failed: a table of fewer frames than it says is worse than none."""
    for row in results.failures:
        print(f"{row.frame}, {row.condition}, {row.model}: {row.error}", file=sys.stderr)
    if results.failures:
        sys.exit(1)
    return results


def main() -> None:
    """Measure, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True, help="folder of nyu_dev and real")
    parser.add_argument("--testset", type=Path, help="folder of the rendered test set")
    parser.add_argument("--model", nargs="+", default=[], help="weights files to measure too")
    parser.add_argument("--limit", type=int, help="only so many frames of each set")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    arguments = parser.parse_args()
    models, settings = [*METHODS, *SHIPPED, *arguments.model], Settings(limit=arguments.limit)
    result: dict[str, Any] = {"machine": machine.describe(), "sets": {}}
    for name, dataset, patterns in sets(arguments.shared, arguments.testset):
        measured = evaluate(dataset, models, patterns, settings=settings, workers=arguments.workers)
        result["sets"][name] = means(checked(measured))
        print(f"{name}: {len(measured.frames)} frames", flush=True)
    if (arguments.shared / "nyu_dev").is_dir():
        nyu, few = open_dataset(arguments.shared / "nyu_dev", "pairs"), Settings(limit=arguments.limit or SWEPT_FRAMES)
        swept = evaluate(nyu, models, sweeps=list(SWEEPS), settings=few, workers=arguments.workers)
        result["sweeps"] = {"frames": len(swept.frames), "command": swept.command, "curves": curves(checked(swept))}
    arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
