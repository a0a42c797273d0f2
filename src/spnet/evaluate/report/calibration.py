"""Calibration curves: what share of the truths lies in the intervals that models expect to hold a share of them."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from spnet.evaluate.report.axes import Axis
from spnet.evaluate.report.elements import element, hovered
from spnet.evaluate.report.series import line, marker
from spnet.evaluate.results import Mean
from spnet.metrics import CALIBRATION_LEVELS

WIDTH, HEIGHT = 320, 312
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 310, 8, 268
_PERCENT = Axis(0, 100, logarithmic=False)


def calibration_chart(condition: str, means: Mapping[int, Mean]) -> Element:
    """The chart of a condition: observed against expected shares, and the diagonal, where they are equal.

    Args:
        condition: its name.
        means: of the models that have a curve, by their index.
    """
    axes = f"share of the truths in intervals by the intervals' probability, under {condition}"
    chart = element("svg", class_="chart square", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=axes)
    chart.extend(_grid())
    for index, mean in means.items():
        group = element("g", class_="of-model", data_model=index)
        points = list(zip(CALIBRATION_LEVELS, mean.calibration_curve, strict=True))
        group.append(line(index, [(_x(level), _y(share)) for level, share in points]))
        for level, share in points:
            group.append(marker(index, _x(level), _y(share), 4))
            text = f"{mean.model}: {share:.1f} % of the truths in intervals of {level} %"
            group.append(hovered(element("circle", cx=_x(level), cy=_y(share), r=9.0, class_="hover"), text))
        chart.append(group)
    return chart


def _x(percent: float) -> float:
    return _LEFT + _PERCENT.place(percent) * (_RIGHT - _LEFT)


def _y(percent: float) -> float:
    return _BOTTOM - _PERCENT.place(percent) * (_BOTTOM - _TOP)


def _grid() -> list[Element]:
    """Lines and numbers of both axes, their titles, and the diagonal."""
    drawn = []
    for tick in _PERCENT.ticks(6):
        x, y = _x(tick), _y(tick)
        drawn.append(element("path", d=f"M{_LEFT} {y:.1f}H{_RIGHT}M{x:.1f} {_TOP}V{_BOTTOM}", class_="grid"))
        drawn.append(element("text", f"{tick:g}", x=float(_LEFT - 7), y=y + 4, class_="tick end"))
        drawn.append(element("text", f"{tick:g}", x=x, y=_BOTTOM + 18.0, class_="tick middle"))
    drawn.append(element("path", d=f"M{_LEFT} {_BOTTOM}L{_RIGHT} {_TOP}", class_="diagonal"))
    place = f"translate(12 {(_TOP + _BOTTOM) / 2:g}) rotate(-90)"
    drawn.append(element("text", "truths in it, %", class_="axis-title middle", transform=place))
    middle, text = (_LEFT + _RIGHT) / 2, "probability of the interval, %"
    drawn.append(element("text", text, x=middle, y=_BOTTOM + 38.0, class_="axis-title middle"))
    return drawn
