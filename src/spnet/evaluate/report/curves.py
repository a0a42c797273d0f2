"""Curves of sweeps: a metric's mean against what is changed, a line for each model, named at its end."""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from xml.etree.ElementTree import Element

from spnet.evaluate.report.axes import Axis, axis_of_errors, axis_of_sweep
from spnet.evaluate.report.elements import element, hovered, shortened
from spnet.evaluate.report.series import line, marker
from spnet.evaluate.results import Mean
from spnet.evaluate.sweeps import SWEEPS, Kind, Sweep
from spnet.metrics import METRICS

WIDTH, HEIGHT = 430, 296
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 322, 12, 252
_LABEL_HEIGHT, _LABEL_LENGTH = 14, 12

Means = Mapping[tuple[str, str], Mean]
"""By the names of condition and model."""


def curves(sweep: Sweep, metric: str, models: Sequence[str], means: Means) -> Element | None:
    """The chart of a sweep and a metric; None if no mean of it is known."""
    kind = SWEEPS[sweep.kind]
    values = [
        (index, model, [_value(means, condition.name, model, metric) for condition in sweep.conditions])
        for index, model in enumerate(models)
    ]
    known = [value for _, _, found in values for value in found if value is not None]
    if not known:
        return None
    across = axis_of_sweep(sweep.values, logarithmic=kind.logarithmic)
    up = axis_of_errors(known, lower_is_better=METRICS[metric].lower_is_better)
    axis_labels = f"{METRICS[metric].label} by {kind.axis}"
    chart = element("svg", class_="chart", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=axis_labels)
    chart.extend([*_grid(sweep, kind, across, up), *_titles(metric, kind, up)])
    ends = []
    for index, model, found in values:
        places = [
            None if value is None else (_x(across.place(step)), _y(up.place(value)))
            for step, value in zip(sweep.values, found, strict=True)
        ]
        group = element("g", class_="of-model", data_model=index)
        group.extend(_line_and_markers(index, places))
        for place, step, value in zip(places, sweep.values, found, strict=True):
            if place and value is not None:
                text = f"{model}, {kind.label(step)}: {METRICS[metric].text(value)} {METRICS[metric].unit}".strip()
                group.append(hovered(element("circle", cx=place[0], cy=place[1], r=9.0, class_="hover"), text))
        chart.append(group)
        if last := [place for place in places if place]:
            ends.append((last[-1], index, model, group))
    for y, ((_, end_y), index, model, group) in zip(_apart([end[0][1] for end in ends]), ends, strict=True):
        group.extend(_label(y, end_y, index, model))
    return chart


def _value(means: Means, condition: str, model: str, metric: str) -> float | None:
    mean = means.get((condition, model))
    return mean.metrics.get(metric) if mean else None


def _x(place: float) -> float:
    return _LEFT + place * (_RIGHT - _LEFT)


def _y(place: float) -> float:
    return _BOTTOM - place * (_BOTTOM - _TOP)


def _grid(sweep: Sweep, kind: Kind, across: Axis, up: Axis) -> list[Element]:
    """A line and a number for each tick."""
    drawn = []
    for tick in up.ticks(7):
        y = _y(up.place(tick))
        drawn.append(element("path", d=f"M{_LEFT} {y:.1f}H{_RIGHT}", class_="grid"))
        drawn.append(element("text", f"{tick:g}", x=float(_LEFT - 7), y=y + 4, class_="tick end"))
    for value in sweep.values:
        x = _x(across.place(value))
        drawn.append(element("path", d=f"M{x:.1f} {_BOTTOM}v5", class_="axis"))
        drawn.append(element("text", kind.label(value), x=x, y=_BOTTOM + 18.0, class_="tick middle"))
    if across.with_zero:  # the axis is broken between 0 and the smallest number
        middle = (_LEFT + _x(across.place(across.low))) / 2
        d = f"M{_LEFT} {_BOTTOM}H{middle - 3:.1f}m-2 4l4 -8m2 8l4 -8m-2 4H{_RIGHT}"
    else:
        d = f"M{_LEFT} {_BOTTOM}H{_RIGHT}"
    drawn.append(element("path", d=d, class_="axis"))
    return drawn


def _titles(metric: str, kind: Kind, up: Axis) -> list[Element]:
    unit = f", {METRICS[metric].unit}" if METRICS[metric].unit else ""
    scale = " (logarithmic)" if up.logarithmic else ""
    upward = element(
        "text",
        f"{METRICS[metric].label}{unit}{scale}",
        class_="axis-title middle",
        transform=f"translate(12 {(_TOP + _BOTTOM) / 2:g}) rotate(-90)",
    )
    along = f"{kind.axis}{' (logarithmic)' if kind.logarithmic else ''}"
    return [upward, element("text", along, x=(_LEFT + _RIGHT) / 2, y=_BOTTOM + 38.0, class_="axis-title middle")]


def _line_and_markers(index: int, places: Sequence[tuple[float, float] | None]) -> list[Element]:
    """A line through each unbroken run of places, and the model's shape at every one."""
    runs = [list(run) for known, run in groupby(places, key=lambda place: place is not None) if known]
    drawn = [line(index, [place for place in run if place]) for run in runs if len(run) > 1]
    return drawn + [marker(index, *place, 4) for place in places if place]


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights of labels, near those of the lines' ends and far enough from each other."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = list(heights)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + _LABEL_HEIGHT)
    lowest = float(_BOTTOM)
    for index in reversed(order):
        placed[index] = min(placed[index], lowest)
        lowest = placed[index] - _LABEL_HEIGHT
    return placed


def _label(y: float, end_y: float, index: int, model: str) -> list[Element]:
    """The model's name behind its line, which a thin line joins to it."""
    joint = element("path", d=f"M{_RIGHT + 5} {end_y:.1f}L{_RIGHT + 13} {y:.1f}", class_="joint")
    shape = marker(index, _RIGHT + 19.0, y, 3.5)
    text = element("text", shortened(model, _LABEL_LENGTH), x=_RIGHT + 27.0, y=y + 4, class_="label")
    return [joint, shape, hovered(text, model)]
