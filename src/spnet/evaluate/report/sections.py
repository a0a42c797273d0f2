"""The sections of the page, charts before tables and tables before pictures."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from spnet.evaluate.report import facts, gallery
from spnet.evaluate.report.calibration import calibration_chart
from spnet.evaluate.report.curves import Means, curves
from spnet.evaluate.report.elements import add, element, section, shortened
from spnet.evaluate.report.gallery import Scene
from spnet.evaluate.report.means import table_of_conditions, table_of_sweep, table_of_uncertainty
from spnet.evaluate.report.strips import Rows, shared_axis, strips
from spnet.evaluate.results import Results, Row
from spnet.evaluate.tables import DEFAULT_METRICS, heading
from spnet.metrics import METRICS

_UNCERTAINTY_METRICS = ("ause_rmse", "ause_mae", "calibration")
_UNUSUAL_METRICS = ("authors_rmse", "authors_rel", *_UNCERTAINTY_METRICS)
"""Charted beside the usual ones where results have them."""
_WORST_NAMED, _NAME_LENGTH = 3, 28


def sections(results: Results, cards: Sequence[tuple[Scene, Element]]) -> list[Element]:
    """The sections of what there is: failures, sweeps or means, errors of frames, the frames' cards, facts."""
    means = {(mean.condition, mean.model): mean for mean in results.means}
    has_means = any(mean.frames for mean in results.means)
    known = [metric for metric in METRICS if any(metric in row.metrics for row in results.rows)]
    charted = [metric for metric in (*DEFAULT_METRICS, *_UNUSUAL_METRICS) if metric in known]
    found = []
    if results.failures:
        found.append(facts.failures(results))
    if has_means and results.sweeps:
        found.append(_sweeps(results, charted, means))
    if charted and not results.sweeps:
        found.append(_spread(results, charted, means, cards))
    if has_means and not results.sweeps:
        table = table_of_conditions(results, known, means)
        found.append(section("means", "Means", _legend(len(results.models)), table))
    if any(mean.calibration_curve for mean in means.values()):
        found.append(_calibration(results, means))
    if cards:
        found.append(gallery.section_of(cards))
    if charted and results.sweeps:
        found.append(_spread(results, charted, means, cards))
    return [*found, facts.what_was_run(results), facts.meanings(known)]


def _sweeps(results: Results, metrics: Sequence[str], means: Means) -> Element:
    """A chart and a table for each sweep."""
    models = [model.name for model in results.models]
    blocks = element("div", class_="sweeps")
    for sweep in results.sweeps:
        views = {}
        for metric in metrics:
            chart = curves(sweep, metric, models, means)
            if chart is not None:
                table = table_of_sweep(sweep, metric, results, means)
                views[metric] = element("div", chart, table, class_="chart-and-table")
        if views:
            title = f"{sweep.kind.capitalize()}{f', from {sweep.start}' if sweep.start else ''}"
            blocks.append(element("div", element("h3", title), _by_metric(views), class_="sweep"))
    return section("sweeps", "Sweeps", _legend(len(models)), blocks)


def _spread(results: Results, metrics: Sequence[str], means: Means, cards: Sequence[tuple[Scene, Element]]) -> Element:
    """A chart for each condition, with the names of its worst frames; of sweeps, whose curves come first, folded."""
    models = [model.name for model in results.models]
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in results.rows:
        rows.setdefault((row.condition, row.model), []).append(row)
    links = {(scene.condition.name, scene.frame): scene.id for scene, _ in cards}

    views = {}
    for metric in metrics:
        axis, figures = shared_axis(rows, metric), element("div", class_="charts")
        for condition in results.conditions:
            title = element("figcaption", condition.name)
            chart = strips(condition.name, metric, axis, models, rows, means)
            worst = _worst(condition.name, metric, models, rows, links)
            figures.append(element("figure", title, chart, worst))
        views[metric] = figures
    text = "Each dot is a frame; the upright mark is the mean over frames, with its number behind it."
    charts = _folded_in_sweeps(results, _by_metric(views))
    return section("spread", "Error of each frame", element("p", text, class_="legend"), charts)


def _calibration(results: Results, means: Means) -> Element:
    """For each condition the calibration curves of the models that tell their expected error, and their numbers."""
    figures = element("div", class_="charts")
    for condition in results.conditions:
        of_condition = {index: means[condition.name, model.name] for index, model in enumerate(results.models)}
        telling = {index: mean for index, mean in of_condition.items() if mean.calibration_curve}
        if telling:
            title, chart = element("figcaption", condition.name), calibration_chart(condition.name, telling)
            table = table_of_uncertainty(condition.name, _UNCERTAINTY_METRICS, telling)
            figures.append(element("figure", title, chart, table))
    text = (
        "How many truths lie in the intervals that a model expects to hold 10 % to 95 % of them: on the thin line it "
        "is right, below it too sure, above it not sure enough."
    )
    legend = element("p", text, class_="legend")
    return section("calibration", "Calibration", legend, _folded_in_sweeps(results, figures))


def _folded_in_sweeps(results: Results, charts: Element) -> Element:
    """Charts of every condition: to be unfolded where sweeps, whose curves come first, make them many."""
    if not results.sweeps:
        return charts
    return element("details", element("summary", f"Under each of {len(results.conditions)} conditions"), charts)


def _worst(
    condition: str, metric: str, models: Sequence[str], rows: Rows, links: Mapping[tuple[str, str], str]
) -> Element:
    """The names of the worst frames, leading to their cards."""
    of_frames: dict[str, dict[str, Row]] = {}
    for model in models:
        for row in rows[condition, model]:
            of_frames.setdefault(row.frame, {})[model] = row
    listed = element("p", "worst: ", class_="worst")
    for index, frame in enumerate(gallery.worst_frames(of_frames, metric)[:_WORST_NAMED]):
        card, name = links.get((condition, frame)), shortened(frame, _NAME_LENGTH)
        add(listed, ", " if index else "")
        add(listed, element("a", name, href=f"#{card}") if card else name)
    return listed


def _by_metric(views: Mapping[str, Element]) -> Element:
    """The first metric's view, and the others' to be unfolded."""
    for metric, view in views.items():
        view.set("data-metric", metric)
        view.set("data-label", heading(METRICS[metric]))
    first, *others = views.values()
    block = element("div", first, class_="views")
    if others:
        titled = [element("div", element("h4", str(view.get("data-label"))), view) for view in others]
        block.append(element("details", element("summary", "In other metrics"), *titled))
    return block


def _legend(models: int) -> Element:
    """What the marks in tables mean; they need more than one model, or two."""
    legend = element("p", "Means over frames", class_="legend")
    if models > 1:
        for part in ("; ", element("strong", "bold"), " is the best of the models"):
            add(legend, part)
    if models > 2:
        for part in (", ", element("u", "underlined"), " the second best"):
            add(legend, part)
    add(legend, ".")
    return legend
