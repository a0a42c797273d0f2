"""The test protocol of SPNet's authors: their layout in and out, their numbers, and the same in metres.

Depth in their files is depth / max_depth * 65535. Predictions are cut off to whole steps of that, 1 to 65535, before
their numbers are taken, as they are read back from such files there.
Source: test.py and test_utils.py of https://github.com/Wang-xjtu/SPNet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.completion import Completer
from spnet.errors import SpnetError
from spnet.evaluate.datasets import Dataset, View, open_dataset
from spnet.evaluate.results import mean_of
from spnet.files.atomic import refuse_to_overwrite
from spnet.files.depth import write_depth
from spnet.frame import Frame
from spnet.metrics import measure
from spnet.units import STEPS_16_BIT

DENSITIES = ("10%", "1%", "0.1%")

_THEIRS = ("authors_rmse", "authors_rel")


@dataclass(frozen=True)
class Score:
    """Means over the images of a set, for input of one density."""

    density: str
    frames: int
    metrics: Mapping[str, float]
    """By their names in `spnet.metrics.METRICS`; all but the authors' two are of the prediction as it is, in metres."""


def find_sets(folder: Path) -> list[Path]:
    """The test sets of a folder: itself if it holds rgb, else its folders that do.

    Raises:
        SpnetError: there is none.
    """
    candidates = [folder, *sorted(folder.iterdir())] if folder.is_dir() else []
    sets = [candidate for candidate in candidates if (candidate / "rgb").is_dir()]
    if not sets:
        raise SpnetError(f"{folder}: expected rgb/, gt/, raw_10%/, raw_1%/ and raw_0.1%/, or a folder of such sets")
    return sets[:1] if sets[0] == folder else sets


def score_set(
    folder: Path,
    completer: Completer,
    max_depth: float,
    *,
    save: bool = False,
    overwrite: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> list[Score]:
    """Complete every frame of a set at every density, and measure.

    Args:
        folder: of the set.
        completer: the model.
        max_depth: metres that the files call 65535.
        save: write the predictions to result_10%/ and so on, in the layout of the input.
        overwrite: whether files there may be replaced.
        progress: told after every image and density.

    Raises:
        SpnetError: no such set, a frame that cannot be completed, or a file that cannot be written.
    """
    dataset = open_dataset(folder, "authors", max_depth=max_depth)
    missing = [density for density in DENSITIES if f"raw_{density}" not in dataset.inputs]
    if missing:
        raise SpnetError(f"{folder}: lacks raw_{missing[0]}; for input of other densities use spnet evaluate")
    results = _result_files(folder, dataset, overwrite) if save else {}
    measured: dict[str, list[dict[str, float]]] = {density: [] for density in DENSITIES}
    total = len(dataset.samples) * len(DENSITIES)
    for index, sample in enumerate(dataset.samples):
        view = sample.load()
        for place, density in enumerate(DENSITIES):
            prediction = _complete(completer, view, density, sample.id)
            stored = _as_stored(prediction, max_depth)
            if save:
                path = results[sample.id, density]
                path.parent.mkdir(exist_ok=True)
                write_depth(path, stored, f"max-depth:{max_depth!r}", overwrite=overwrite)
            measured[density].append(_measure(prediction, stored, view.truth, max_depth))
            progress(index * len(DENSITIES) + place + 1, total, sample.id)
    return [Score(density, len(dataset.samples), mean_of(numbers)) for density, numbers in measured.items()]


def mean_score(scores: Sequence[Score]) -> Score:
    """The mean over the densities, which is the number that the authors print last."""
    return Score("mean", scores[0].frames, mean_of([score.metrics for score in scores]))


def _complete(completer: Completer, view: View, density: str, name: str) -> NDArray[np.float32]:
    try:
        return completer(Frame(view.rgb, view.inputs[f"raw_{density}"])).metres
    except SpnetError as error:
        raise SpnetError(f"raw_{density}/{name}.png: {error}") from error


def _as_stored(prediction: NDArray[np.float32], max_depth: float) -> NDArray[np.float32]:
    """The prediction (H,W) in metres as their files hold it: whole steps, cut off, at least one."""
    step = max_depth / STEPS_16_BIT
    steps = np.clip(np.floor(prediction.astype(np.float64) / step), 1, STEPS_16_BIT)
    return (steps * step).astype(np.float32)


def _measure(
    prediction: NDArray[np.float32], stored: NDArray[np.float32], truth: NDArray[np.float32], max_depth: float
) -> dict[str, float]:
    theirs = measure(stored, truth, max_depth=max_depth)
    return measure(prediction, truth) | {name: theirs[name] for name in _THEIRS}


def _result_files(folder: Path, dataset: Dataset, overwrite: bool) -> dict[tuple[str, str], Path]:
    """The file of every frame and density; before any work, that it may be written."""
    files = {
        (sample.id, density): folder / f"result_{density}" / f"{sample.id}.png"
        for sample in dataset.samples
        for density in DENSITIES
    }
    for path in files.values():
        if path.parent.is_dir():
            refuse_to_overwrite(path, overwrite=overwrite)
    return files
