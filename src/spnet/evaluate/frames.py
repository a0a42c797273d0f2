"""A frame of an evaluation once more, to look at: results hold numbers, not pictures."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.evaluate.inputs import Input, make_input
from spnet.evaluate.measuring import real_metres
from spnet.evaluate.models import loaded
from spnet.evaluate.results import Results


@dataclass(frozen=True, eq=False)
class Shown:
    """One frame under one condition."""

    input: Input
    """Image, measured depth, truth, and where it is counted. The measured depth `input.frame.depth` is multiplied by
    the condition's scale; truth and predictions are not."""
    predictions: Mapping[str, NDArray[np.float32]]
    """(H,W) metres of the real scene, by model, in the order of the results; a model that failed here is missing."""
    expected_errors: Mapping[str, NDArray[np.float32]]
    """(H,W) metres of the real scene, by model: how wrong it expects to be, for those models that tell."""


def shown(results: Results, frame: str, condition: str) -> Shown:
    """Complete a frame of the results again, with the same input; takes as long as it took.

    Args:
        results: from `spnet.evaluate.evaluate`.
        frame: its id.
        condition: its name.

    Raises:
        SpnetError: no such frame or condition, results that do not hold their task, or a frame that cannot be read.
    """
    task = results.task
    if task is None:
        raise SpnetError("these results do not hold what they were made from; evaluate again to look at frames")
    samples = {sample.id: sample for sample in task.dataset.samples}
    conditions = {found.name: found for found in task.conditions}
    if frame not in samples or condition not in conditions:
        raise SpnetError(f"frame {frame!r} under {condition!r}: is no part of these results")
    sample, chosen = samples[frame], conditions[condition]
    given = make_input(sample, sample.load(), chosen, task.settings.seed)
    failed = {row.model for row in results.failures if (row.frame, row.condition) == (frame, condition)}
    models = {name: loading for name, loading in task.models.items() if name not in failed}
    depths = {name: loaded(loading)(given.frame) for name, loading in models.items()}
    predictions = {name: real_metres(depth, chosen).astype(np.float32) for name, depth in depths.items()}
    expected = {
        name: depth.expected_error * predictions[name]
        for name, depth in depths.items()
        if depth.expected_error is not None
    }
    return Shown(given, predictions, expected)
