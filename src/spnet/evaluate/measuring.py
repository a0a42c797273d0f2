"""One frame, completed by every model under every condition, and measured: what a worker does."""

import numpy as np
from numpy.typing import NDArray

from spnet.depth import Depth
from spnet.errors import SpnetError
from spnet.evaluate.conditions import Condition
from spnet.evaluate.datasets import Sample
from spnet.evaluate.inputs import Input, make_input
from spnet.evaluate.models import loaded
from spnet.evaluate.results import Row, rounded
from spnet.evaluate.task import Loading, Task
from spnet.metrics import calibration_curve, measure, measure_uncertainty

_FAILURES = (SpnetError, MemoryError)
"""What fails a frame and not the run: bad data, a model that cannot, and a frame too large for the machine."""


def measure_frame(task: Task) -> list[Row]:
    """The rows of a task's only frame, by condition, then model; what went wrong is in them."""
    (sample,) = task.dataset.samples
    try:
        view = sample.load()
    except _FAILURES as error:
        return failed_rows(task, error)
    rows = []
    for condition in task.conditions:
        try:
            given = make_input(sample, view, condition, task.settings.seed)
        except _FAILURES as error:
            rows += [_failed(sample, condition, name, error) for name in task.models]
        else:
            rows += [_row(task, condition, given, name, loading) for name, loading in task.models.items()]
    return rows


def failed_rows(task: Task, error: Exception) -> list[Row]:
    """The rows of a task's only frame where none of it could be measured."""
    (sample,) = task.dataset.samples
    return [_failed(sample, condition, name, error) for condition in task.conditions for name in task.models]


def real_metres(depth: Depth, condition: Condition) -> NDArray[np.float64]:
    """The prediction (H,W) in metres of the real scene."""
    return depth.metres.astype(np.float64) / condition.scale


def _row(task: Task, condition: Condition, given: Input, name: str, loading: Loading) -> Row:
    (sample,) = task.dataset.samples
    curve: tuple[float, ...] = ()
    try:
        depth = loaded(loading)(given.frame)
        prediction = real_metres(depth, condition)
        metrics = measure(prediction, given.truth, mask=given.counted, max_depth=task.settings.data_max_depth)
        if depth.expected_error is not None:
            metres = depth.expected_error * prediction
            metrics |= measure_uncertainty(prediction, given.truth, metres, mask=given.counted)
            inferred = given.counted & ~given.frame.mask  # the truth of others may have been given
            if inferred.any():
                calibration = calibration_curve(prediction, given.truth, metres, mask=inferred, distribution="laplace")
                metrics["calibration"] = 100 * calibration.error
                curve = tuple(map(rounded, calibration.at_levels))
    except _FAILURES as error:
        return _failed(sample, condition, name, error)
    points, pixels = (int(np.count_nonzero(mask)) for mask in (given.frame.mask, given.counted))
    numbers = {key: rounded(value) for key, value in metrics.items()}
    return Row(sample.id, condition.name, name, points, pixels, numbers, calibration_curve=curve)


def _failed(sample: Sample, condition: Condition, model: str, error: Exception) -> Row:
    message = "not enough memory for this frame" if isinstance(error, MemoryError) else str(error)
    return Row(sample.id, condition.name, model, 0, 0, {}, message)
