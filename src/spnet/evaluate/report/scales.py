"""The bars that say what colours mean, in metres."""

import math
from xml.etree.ElementTree import Element

import numpy as np

from spnet import show
from spnet.evaluate.report.elements import element
from spnet.evaluate.report.panels import colorize_error

_WIDTH, _MARGIN, _BAR = 210, 20, 12
_STOPS = 16


def gradients() -> Element:
    """The colours that all bars refer to; belongs in the page once."""
    places = np.linspace(0, 1, _STOPS + 1)
    depth = show.colorize(np.exp(places).astype(np.float32), 1.0, math.e)
    error = colorize_error((2 * places - 1).astype(np.float32), 1.0)
    made = element("defs")
    for name, colors in (("depth", depth), ("error", error)):
        gradient = element("linearGradient", id=f"colours-of-{name}")
        for place, color in zip(places, colors, strict=True):
            gradient.append(element("stop", offset=float(place), stop_color="#" + bytes(color).hex()))
        made.append(gradient)
    return element("svg", made, class_="nowhere", width=0, height=0, aria_hidden="true")


def scale_of_depth(near: float, far: float) -> Element:
    """The bar of depths in metres; logarithmic, as the colours are."""
    ticks = show.ticks(near, far)
    kept = ticks[:: math.ceil(len(ticks) / 5)]
    places = {f"{tick:.3g}": math.log(tick / near) / math.log(far / near) for tick in kept}
    return _bar("depth", "depth, m", places, f"colours of depth, {near:.2f} to {far:.2f} m")


def scale_of_errors(limit: float) -> Element:
    """The bar of errors in metres."""
    places = {f"−{limit:g}": 0.0, "0": 0.5, f"+{limit:g}": 1.0}
    return _bar("error", "error, m: too near – too far", places, f"colours of errors, −{limit:g} to {limit:g} m")


def _bar(name: str, title: str, places: dict[str, float], said: str) -> Element:
    drawn = element("svg", class_="scale", viewBox=f"0 0 {_WIDTH} 54", role="img", aria_label=said)
    drawn.append(element("text", title, x=_MARGIN, y=12, class_="axis-title"))
    inside = _WIDTH - 2 * _MARGIN
    drawn.append(element("rect", x=_MARGIN, y=19, width=inside, height=_BAR, rx=2, fill=f"url(#colours-of-{name})"))
    for text, place in places.items():
        x = _MARGIN + place * inside
        drawn.append(element("path", d=f"M{x:.1f} {19 + _BAR}v4", class_="axis"))
        drawn.append(element("text", text, x=x, y=_BAR + 36, class_="tick middle"))
    return drawn
