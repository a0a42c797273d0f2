"""metrics.jsonl: what a training has measured, a JSON object on each line; to TensorBoard, too, if that is wanted."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spnet.errors import SpnetError, require
from spnet.files.atomic import written_whole
from spnet.train.checkpoint import State
from spnet.train.recipe import Recipe

FILE = "metrics.jsonl"


class Journal:
    """Writes down what the steps of a training measure.

    Every `log_every` steps a line of means over the steps since the last: "loss", its terms, "gradient_norm", "rate",
    "images_per_second", "drawing", the share of the time that was spent waiting for samples, and how many steps and
    samples have been skipped in all. A step that is skipped has a line of its own at once.
    """

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self._folder, self._recipe = folder, recipe
        self._steps: list[Mapping[str, float]] = []
        self._board = _open_board(folder) if recipe.run.tensorboard else None

    def add(self, state: State, measured: Mapping[str, float], *, seconds: float, drawing: float) -> None:
        """Take what a step has measured, and the seconds that it and its samples took."""
        if all(map(math.isfinite, measured.values())):
            self._steps.append({**measured, "seconds": seconds, "drawing": drawing})
        else:
            self._write({"step": state.step, "skipped": "the loss or its gradient is not finite"})
        if self._steps and state.step % self._recipe.run.log_every == 0:
            means = {name: math.fsum(step[name] for step in self._steps) / len(self._steps) for name in self._steps[0]}
            self._steps.clear()
            seconds = means.pop("seconds")
            means["drawing"] /= seconds
            means["images_per_second"] = self._recipe.optimiser.batch / seconds
            counts = {"skipped_steps": state.skipped_steps, "skipped_samples": state.skipped_samples}
            self._write({"step": state.step, **means, **counts})

    def add_validation(self, step: int, means: Mapping[str, Mapping[str, float]]) -> None:
        """Take the mean metrics by sparse pattern."""
        self._write({"step": step, "validation": means})

    def _write(self, row: Mapping[str, Any]) -> None:
        path = self._folder / FILE
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, allow_nan=False) + "\n")
        except OSError as error:
            raise SpnetError(f"{path}: cannot be written: {error.strerror}; make room, and resume") from error
        if self._board:
            for name, value in _scalars(row):
                self._board.add_scalar(name, value, row["step"])
            self._board.flush()


def read(folder: Path) -> list[dict[str, Any]]:
    """The lines of a journal. One that a killed process left unfinished is none."""
    path = folder / FILE
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("step"), int):
            rows.append(row)
    return rows


def truncate(folder: Path, step: int) -> None:
    """Drop the lines after a step, where a training goes on."""
    lines = [json.dumps(row) + "\n" for row in read(folder) if row["step"] <= step]
    with written_whole(folder / FILE, overwrite=True) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8")


def _open_board(folder: Path) -> Any:
    require("tensorboard", extra="tensorboard", purpose="[run] tensorboard = true")
    return require("torch.utils.tensorboard", extra="tensorboard", purpose="TensorBoard").SummaryWriter(
        folder / "tensorboard"
    )


def _scalars(row: Mapping[str, Any], prefix: str = "") -> list[tuple[str, float]]:
    """The numbers of a row by name, "validation/points:500/rmse"."""
    found: list[tuple[str, float]] = []
    for name, value in row.items():
        if isinstance(value, Mapping):
            found += _scalars(value, f"{prefix}{name}/")
        elif isinstance(value, int | float) and name != "step":
            found.append((prefix + name, float(value)))
    return found
