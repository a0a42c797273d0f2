"""The whole page: one HTML document that loads nothing and lets nothing run but its own script."""

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources
from xml.etree.ElementTree import Element, tostring

from spnet.evaluate.report import facts, gallery
from spnet.evaluate.report.elements import element, shortened, verbatim
from spnet.evaluate.report.scales import gradients
from spnet.evaluate.report.sections import sections
from spnet.evaluate.results import Results


def page(results: Results) -> str:
    """The document as text; equal results of the same files give equal text.

    Raises:
        SpnetError: as `spnet.evaluate.shown`.
    """
    cards = list(gallery.draw_scenes(results, gallery.worst_scenes(results)))
    return _document(results, sections(results, cards))


def _document(results: Results, content: Sequence[Element]) -> str:
    style, script = _read("report.css"), _read("report.js")
    policy = f"default-src 'none'; img-src data:; style-src {_hashed(style)}; script-src {_hashed(script)}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{shortened(results.dataset)}: depth completion, evaluated"),
        verbatim("style", style),
    )
    links = (element("a", section.findtext("h2") or "", href=f"#{section.get('id')}") for section in content)
    body = element(
        "body",
        gradients(),
        facts.header(results),
        element("nav", *links, aria_label="contents"),
        element("main", *content),
        facts.footer(),
        verbatim("script", script),
    )
    return "<!DOCTYPE html>\n" + tostring(element("html", head, body, lang="en"), encoding="unicode", method="html")


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _hashed(content: str) -> str:
    """What allows an inline style or script, and no other, to a page that forbids them."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode('ascii')}'"
