"""What an evaluation found: one row for each frame, condition and model, their means, and the JSON of it all.

Every number of a row has `SIGNIFICANT_DIGITS`, and means are made of these numbers, so a reader of the JSON can
compute them again. Nothing in it depends on when, where or in how many processes it was made.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from spnet import __version__
from spnet.evaluate.conditions import Condition
from spnet.evaluate.sweeps import Sweep
from spnet.evaluate.task import Task
from spnet.metrics import CALIBRATION_LEVELS, METRICS

SIGNIFICANT_DIGITS = 9


@dataclass(frozen=True)
class ModelFacts:
    """A model that was evaluated."""

    name: str
    """As rows have it; unique."""
    sha256: str | None
    """Of the weights file; None for a method without weights."""
    max_depth: float | None
    """Metres that depth was divided by before the network; None for a method without weights."""
    engine: str
    """What ran it: "openvino, CPU f32"; "numpy" for a method without weights."""


@dataclass(frozen=True)
class FrameFacts:
    """A frame that was evaluated."""

    id: str
    """Its name in the data set; unique."""
    sparse_truth: bool
    """Whether its truth is a LiDAR's sweep, of which `spnet.evaluate.inputs.HELD_OUT` was counted and never given."""
    notes: tuple[str, ...]
    """What the data set says of it."""


@dataclass(frozen=True)
class Row:
    """How one model did on one frame under one condition: numbers, or an error."""

    frame: str
    condition: str
    """Name of the condition."""
    model: str
    points: int
    """Pixels with measured depth that the model was given; 0 if it did not come to that."""
    pixels: int
    """Pixels with true depth that were counted; 0 if it did not come to that."""
    metrics: Mapping[str, float]
    """By their names in `spnet.metrics.METRICS`, in that order; empty if it failed. "edge_rmse" is missing on frames
    whose truth has no edge, for every model."""
    error: str = ""
    """Why it failed, in a line; empty if it did not."""
    calibration_curve: tuple[float, ...] = ()
    """For a model that tells its expected error: how many of the truths, in %, lie within the interval about the
    prediction that should hold `spnet.metrics.CALIBRATION_LEVELS` % of them; empty for others."""


@dataclass(frozen=True)
class Mean:
    """How one model did under one condition: means over frames."""

    condition: str
    model: str
    frames: int
    """Over how many frames the means are: those that every model completed under this condition."""
    missing: int
    """How many frames are left out of the means because a model failed on them."""
    points: float
    """Mean number of pixels with measured depth."""
    metrics: Mapping[str, float]
    """Means by name, in the order of `spnet.metrics.METRICS`; empty if no frame is left."""
    frames_with: Mapping[str, int]
    """Of how many frames a mean is, for the metrics that fewer than `frames` have."""
    calibration_curve: tuple[float, ...] = ()
    """Means of the rows' curves at each level; empty if they have none."""


@dataclass(frozen=True)
class Results:
    """Everything an evaluation found."""

    dataset: str
    notes: tuple[str, ...]
    """What a reader should know: the data set's notes, and how truth and input were kept apart."""
    command: str
    """The command line that makes these results again, with names in place of folders and files."""
    seed: int
    allow_missing: bool
    """Whether means leave out frames that failed."""
    models: tuple[ModelFacts, ...]
    """In the order asked for."""
    conditions: tuple[Condition, ...]
    """In the order asked for, each once."""
    sweeps: tuple[Sweep, ...]
    """Which conditions are steps of a sweep; empty if none was asked for."""
    frames: tuple[FrameFacts, ...]
    """In the order of their ids."""
    rows: tuple[Row, ...]
    """By frame, then condition, then model: len(frames) * len(conditions) * len(models) of them."""
    task: Task | None = field(default=None, compare=False, repr=False)
    """What `spnet.evaluate.shown` makes a frame's maps from again. Not in the JSON."""

    @property
    def failures(self) -> tuple[Row, ...]:
        """The rows that have an error instead of numbers."""
        return tuple(row for row in self.rows if row.error)

    @property
    def means(self) -> tuple[Mean, ...]:
        """By condition, then model. Empty if anything failed, unless missing frames are allowed."""
        if self.failures and not self.allow_missing:
            return ()
        failed = {(row.condition, row.frame) for row in self.failures}
        groups: dict[tuple[str, str], list[Row]] = {
            (condition.name, model.name): [] for condition in self.conditions for model in self.models
        }
        for row in self.rows:
            if (row.condition, row.frame) not in failed:
                groups[row.condition, row.model].append(row)
        return tuple(_mean(*names, rows, len(self.frames)) for names, rows in groups.items())


def rounded(value: float) -> float:
    """The number with SIGNIFICANT_DIGITS."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def mean_of(measured: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each metric over those that have it; fsum rounds once, so their order plays no part."""
    values = {name: [metrics[name] for metrics in measured if name in metrics] for name in METRICS}
    return {name: rounded(math.fsum(found) / len(found)) for name, found in values.items() if found}


def to_json(results: Results) -> str:
    """The results as text: equal results give equal bytes. Ends with a line feed."""
    content: dict[str, Any] = {
        "format": "spnet-evaluation-1",
        "spnet": __version__,
        "command": results.command,
        "dataset": results.dataset,
        "frame_count": len(results.frames),
        "failed_count": len(results.failures),
        "seed": results.seed,
        "allow_missing": results.allow_missing,
        "calibration_levels": CALIBRATION_LEVELS,
        "notes": results.notes,
        "models": [asdict(model) for model in results.models],
        "conditions": [{"name": condition.name, **asdict(condition)} for condition in results.conditions],
        "sweeps": [
            {
                "kind": sweep.kind,
                "start": sweep.start,
                "values": sweep.values,
                "conditions": [condition.name for condition in sweep.conditions],
            }
            for sweep in results.sweeps
        ],
        "means": [asdict(mean) for mean in results.means],
        "frames": [asdict(frame) for frame in results.frames],
        "rows": [asdict(row) | {"error": without_folders(row.error)} for row in results.rows],
    }
    return _one_item_a_line(content)


def _one_item_a_line(content: Mapping[str, Any]) -> str:
    """JSON with the items of the outer lists on a line each: long results stay readable, and differences small."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and value:
            items = ",\n".join(f"  {_dumps(item)}" for item in value)
            lines.append(f" {_dumps(key)}: [\n{items}\n ]")
        else:
            lines.append(f" {_dumps(key)}: {_dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def without_folders(error: str) -> str:
    """An error without the folders of the files that it names: at its start, as is usual, or anywhere as a word."""
    return re.sub(r"^(?:[A-Za-z]:(?=[/\\]))?[^:]*[/\\]|\S*[/\\]\S*[/\\](?=\S)", "", error)


def _dumps(value: object) -> str:
    return json.dumps(value, allow_nan=False)


def _mean(condition: str, model: str, rows: list[Row], frames: int) -> Mean:
    with_metric = {name: sum(name in row.metrics for row in rows) for name in METRICS}
    return Mean(
        condition=condition,
        model=model,
        frames=len(rows),
        missing=frames - len(rows),
        points=rounded(sum(row.points for row in rows) / len(rows)) if rows else 0.0,
        metrics=mean_of([row.metrics for row in rows]),
        frames_with={name: count for name, count in with_metric.items() if 0 < count < len(rows)},
        calibration_curve=_mean_curve([row.calibration_curve for row in rows if row.calibration_curve]),
    )


def _mean_curve(curves: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(rounded(math.fsum(found) / len(found)) for found in zip(*curves, strict=True))
