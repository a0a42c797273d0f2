"""What was run, in words: data, models, settings, failures, and what the numbers mean."""

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

from spnet import __version__
from spnet.evaluate.report.elements import element, section, shortened
from spnet.evaluate.report.series import name
from spnet.evaluate.results import Results, Row, without_folders
from spnet.metrics import METRICS

MOST_FAILURES = 100
"""That are listed; the JSON names all."""

_HASH_SHOWN, _NAMES_SHOWN = 12, 4


def header(results: Results) -> Element:
    """The page's title, and what was run in a line."""
    counts = [
        _count(len(results.frames), "frame"),
        _count(len(results.sweeps), "sweep") if results.sweeps else _count(len(results.conditions), "input"),
        _count(len(results.models), "model"),
        f"seed {results.seed}",
    ]
    return element(
        "header",
        element("p", "Depth completion, evaluated", class_="kicker"),
        element("h1", shortened(results.dataset)),
        element("p", " · ".join(counts), class_="counts"),
        element("pre", element("code", results.command), class_="command"),
    )


def failures(results: Results) -> Element:
    """The frames that failed, each with its reasons and where, and what follows for the means."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in results.failures:
        groups.setdefault((row.frame, without_folders(row.error)), []).append(row)
    frames = len({row.frame for row in results.failures})
    consequence = "Means leave them out, for every model." if results.allow_missing else "So there are no means."
    title = f"{_count(frames, 'frame')} of {len(results.frames)} failed"
    body = element("tbody")
    for (frame, error), rows in list(groups.items())[:MOST_FAILURES]:
        where = f"{_names(row.model for row in rows)}; {_names(row.condition for row in rows)}"
        cells = (element("td", error), element("td", where))
        body.append(element("tr", element("th", shortened(frame), scope="row"), *cells))
    heads = (element("th", text, scope="col") for text in ("frame", "why", "where"))
    table = element("table", element("thead", element("tr", *heads)), body, class_="words")
    left = len(groups) - MOST_FAILURES
    more = [element("p", f"And {left} more, which the JSON of the results names.")] if left > 0 else []
    found = section("failures", title, element("p", consequence), element("div", table, class_="scrolled"), *more)
    found.set("class", "failures")
    return found


def what_was_run(results: Results) -> Element:
    """Models, notes on the data, and the meaning of each metric."""
    body = element("tbody")
    for index, model in enumerate(results.models):
        scale = f"{model.max_depth:g} m" if model.max_depth else "–"
        digest = element("code", model.sha256[:_HASH_SHOWN], title=model.sha256) if model.sha256 else "–"
        cells = (element("td", model.engine), element("td", scale), element("td", digest))
        body.append(element("tr", element("th", name(index, model.name), scope="row"), *cells, data_model=index))
    heads = ("model", "run by", "depth divided by", "weights, SHA-256")
    table = element("table", element("thead", element("tr", *(element("th", text, scope="col") for text in heads))))
    table.append(body)
    table.set("class", "words")
    notes = [element("ul", *(element("li", note) for note in results.notes), class_="notes")] if results.notes else []
    return section("run", "What was run", element("div", table, class_="scrolled"), *notes)


def meanings(metrics: Sequence[str]) -> Element:
    """What each metric is."""
    listed = element("dl")
    for metric in metrics:
        facts = METRICS[metric]
        better = "lower is better" if facts.lower_is_better else "higher is better"
        unit = f", in {facts.unit}" if facts.unit else ""
        listed.append(element("dt", facts.label))
        listed.append(element("dd", f"{facts.meaning}{unit}; {better}"))
    text = "p is the prediction, t the truth. Every metric is computed for each frame, then averaged over frames."
    return section("meanings", "What the numbers mean", element("p", text), listed)


def footer() -> Element:
    """What made the page."""
    return element("footer", element("p", f"Made by spnet {__version__}. This page is one file and loads nothing."))


def _names(names: Iterable[str]) -> str:
    """Each name once; of many the first few and how many more."""
    distinct = list(dict.fromkeys(names))
    more = f" and {len(distinct) - _NAMES_SHOWN} more" if len(distinct) > _NAMES_SHOWN else ""
    return ", ".join(map(shortened, distinct[:_NAMES_SHOWN])) + more


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
