"""How errors spread over the frames: a strip for each model, a dot for each frame, the mean as the model's shape."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from spnet.evaluate.report.axes import Axis, axis_of_errors
from spnet.evaluate.report.curves import Means
from spnet.evaluate.report.elements import element, hovered, shortened
from spnet.evaluate.report.series import marker, style
from spnet.evaluate.results import Row
from spnet.metrics import METRICS

WIDTH = 400
MOST_DOTS = 100
"""In a strip; of more frames those at evenly spaced ranks are drawn, the best and the worst among them."""

_LEFT, _RIGHT, _TOP, _STEP = 108, 336, 16, 30
_LABEL_LENGTH = 14

Rows = Mapping[tuple[str, str], Sequence[Row]]
"""What was measured, by the names of condition and model, in the order of frames."""


def shared_axis(rows: Rows, metric: str) -> Axis:
    """One axis for the strips of all conditions, so that they can be compared; some row must have the metric."""
    values = [row.metrics[metric] for found in rows.values() for row in found if metric in row.metrics]
    return axis_of_errors(values, lower_is_better=METRICS[metric].lower_is_better)


def strips(condition: str, metric: str, axis: Axis, models: Sequence[str], rows: Rows, means: Means) -> Element:
    """The chart of a condition and a metric."""
    facts, height = METRICS[metric], _TOP + _STEP * len(models)
    text = f"{facts.label} of every frame under {condition}"
    chart = element("svg", class_="chart", viewBox=f"0 0 {WIDTH} {height + 42}", role="img", aria_label=text)
    for tick in axis.ticks(7):
        x = _x(axis, tick)
        chart.append(element("path", d=f"M{x:.1f} {_TOP - 6}V{height}", class_="grid"))
        chart.append(element("text", f"{tick:g}", x=x, y=height + 16.0, class_="tick middle"))
    unit = f", {facts.unit}" if facts.unit else ""
    scale = " (logarithmic)" if axis.logarithmic else ""
    title = f"{facts.label}{unit}{scale}"
    chart.append(element("text", title, x=(_LEFT + _RIGHT) / 2, y=height + 36.0, class_="axis-title middle"))
    for index, model in enumerate(models):
        values = sorted(row.metrics[metric] for row in rows[condition, model] if metric in row.metrics)
        mean = means[condition, model].metrics.get(metric) if (condition, model) in means else None
        chart.append(_strip(index, model, metric, axis, values, mean))
    return chart


def _x(axis: Axis, value: float) -> float:
    return _LEFT + axis.place(value) * (_RIGHT - _LEFT)


def _strip(index: int, model: str, metric: str, axis: Axis, values: Sequence[float], mean: float | None) -> Element:
    """A model's name, its frames as dots, its mean as its shape and as a number."""
    y, facts = _TOP + _STEP * (index + 0.5), METRICS[metric]
    group = element("g", class_="of-model", data_model=index)
    name = element("text", shortened(model, _LABEL_LENGTH), x=_LEFT - 12.0, y=y + 4, class_="label end")
    group.append(hovered(name, model))
    group.append(element("path", d=f"M{_LEFT} {y:.1f}H{_RIGHT}", class_="axis faint"))
    if values:
        d = "".join(f"M{_x(axis, value):.1f} {y:g}h0" for value in _thinned(values))
        dots = element("path", d=d, class_=f"dots {style(index)}")
        spread = f"{facts.text(values[0])} to {facts.text(values[-1])}, middle {facts.text(values[len(values) // 2])}"
        group.append(hovered(dots, f"{model}: {spread} {facts.unit}".strip()))
    if mean is not None:
        group.append(element("path", d=f"M{_x(axis, mean):.1f} {y - 11:g}v22", class_=f"mean {style(index)}"))
        group.append(marker(index, _x(axis, mean), y, 5.5))
        group.append(element("text", facts.text(mean), x=_RIGHT + 12.0, y=y + 4, class_="label number"))
    return group


def _thinned(values: Sequence[float]) -> list[float]:
    """At most MOST_DOTS of the sorted values, the first and the last among them."""
    count = min(len(values), MOST_DOTS)
    return [values[round(index * (len(values) - 1) / max(count - 1, 1))] for index in range(count)]
