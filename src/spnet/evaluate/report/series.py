"""How a model looks in every chart: a colour, and a shape and dashes for those who do not see colours."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from spnet.evaluate.report.elements import element, shortened

COLOURS = 8
"""The stylesheet has so many; later models take them again, with other dashes."""

_SHAPES = (  # paths about 0,0 that are about 2 wide
    "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0Z",
    "M-.9 -.9H.9V.9H-.9Z",
    "M0 -1.2L1.15 .85H-1.15Z",
    "M0 -1.3L1.3 0L0 1.3L-1.3 0Z",
    "M0 1.2L1.15 -.85H-1.15Z",
    "M-.4 -1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
    "M-1.1 -.6L-.6 -1.1L0 -.5L.6 -1.1L1.1 -.6L.5 0L1.1 .6L.6 1.1L0 .5L-.6 1.1L-1.1 .6L-.5 0Z",
    "M-.55 -1H.55L1.15 0L.55 1H-.55L-1.15 0Z",
)


def style(index: int) -> str:
    """The classes of the stylesheet that draw the model of that index."""
    return f"series colour-{index % COLOURS} dash-{index // COLOURS}"


def marker(index: int, x: float, y: float, radius: float) -> Element:
    """The model's shape at a place of a chart."""
    return element(
        "path",
        d=_SHAPES[index % len(_SHAPES)],
        class_=f"marker {style(index)}",
        transform=f"translate({x:.1f} {y:.1f}) scale({radius:g})",
    )


def name(index: int, text: str) -> Element:
    """A model's name behind its shape, for tables and captions."""
    drawn = element("svg", marker(index, 6, 6, 4.5), class_="key", viewBox="0 0 12 12", aria_hidden="true")
    return element("span", drawn, shortened(text), class_="model")


def line(index: int, points: Sequence[tuple[float, float]]) -> Element:
    """The model's line through places of a chart."""
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return element("path", d=d, class_=f"line {style(index)}")
