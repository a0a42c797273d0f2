"""Results as tables of text, the best of the models marked."""

from collections.abc import Sequence

from spnet.errors import SpnetError
from spnet.evaluate.results import Mean, Results
from spnet.evaluate.sweeps import SWEEPS, Sweep
from spnet.metrics import METRICS, Metric

DEFAULT_METRICS = ("rmse", "mae", "rel", "irmse", "delta_1.05", "delta_1.25", "edge_rmse")
BEST = "*"
"""Behind the best number of those that are compared."""


def check_metrics(names: Sequence[str]) -> None:
    """Raise SpnetError unless all are names in `spnet.metrics.METRICS`."""
    for name in names:
        if name not in METRICS:
            raise SpnetError(f"metric {name!r}: expected one of {', '.join(METRICS)}")


def as_text(results: Results, metrics: Sequence[str] = DEFAULT_METRICS) -> list[str]:
    """The lines of the tables: one of all conditions, or for each sweep one of the first metric.

    Empty if there are no means, or of no frame.

    Raises:
        SpnetError: an unknown metric.
    """
    check_metrics(metrics)
    means = {(mean.condition, mean.model): mean for mean in results.means}
    if not any(mean.frames for mean in results.means):
        return []
    if not results.sweeps:
        return aligned(_by_condition(results, metrics, means), left=2)
    lines: list[str] = []
    for sweep in results.sweeps:
        start = f", from {sweep.start}" if sweep.start else ""
        title = f"{heading(METRICS[metrics[0]])} by {SWEEPS[sweep.kind].axis}{start}"
        lines += [title, *aligned(_by_value(results, sweep, metrics[0], means), left=1), ""]
    return lines[:-1]


def heading(metric: Metric) -> str:
    """The metric's label with its unit."""
    return f"{metric.label}, {metric.unit}" if metric.unit else metric.label


def best(name: str, means: Sequence[Mean]) -> float | None:
    """The best of the means of a metric, as tables show them; None if fewer than two models have it."""
    values = [mean.metrics[name] for mean in means if name in mean.metrics]
    if len(values) < 2:
        return None
    return min(values) if METRICS[name].lower_is_better else max(values)


def _by_condition(results: Results, metrics: Sequence[str], means: dict[tuple[str, str], Mean]) -> list[list[str]]:
    """A row for each condition and model."""
    missing = any(mean.missing for mean in means.values())
    shown = [name for name in metrics if any(name in mean.metrics for mean in means.values())]
    rows = [["input", "model", "points", *(["frames"] if missing else []), *(heading(METRICS[n]) for n in shown)]]
    for condition in results.conditions:
        of_condition = [means[condition.name, model.name] for model in results.models]
        for index, mean in enumerate(of_condition):
            first = [condition.name, mean.model, f"{mean.points:,.0f}"] if index == 0 else ["", mean.model, ""]
            count = [f"{mean.frames} of {mean.frames + mean.missing}"] if missing else []
            rows.append([*first, *count, *(_cell(name, mean, of_condition) for name in shown)])
    return rows


def _by_value(results: Results, sweep: Sweep, metric: str, means: dict[tuple[str, str], Mean]) -> list[list[str]]:
    """A row for each model, a column for each value of the sweep."""
    labels = [SWEEPS[sweep.kind].label(value) for value in sweep.values]
    columns = [[means[condition.name, model.name] for model in results.models] for condition in sweep.conditions]
    rows = [["", *labels]]
    for index, model in enumerate(results.models):
        rows.append([model.name, *(_cell(metric, column[index], column) for column in columns)])
    if any(mean.missing for mean in means.values()):
        rows.append(["frames", *(str(column[0].frames) for column in columns)])
    return rows


def _cell(name: str, mean: Mean, compared: Sequence[Mean]) -> str:
    if name not in mean.metrics:
        return "- "
    value = mean.metrics[name]
    return METRICS[name].text(value) + (BEST if value == best(name, compared) else " ")


def aligned(rows: list[list[str]], *, left: int) -> list[str]:
    """Columns of equal width, the first so many aligned to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
