"""Tables of means, the best of the models in bold, the second best underlined."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from spnet.evaluate.report.curves import Means
from spnet.evaluate.report.elements import element
from spnet.evaluate.report.series import name
from spnet.evaluate.results import Mean, Results
from spnet.evaluate.sweeps import SWEEPS, Sweep
from spnet.evaluate.tables import best, heading
from spnet.metrics import METRICS


def table_of_conditions(results: Results, metrics: Sequence[str], means: Means) -> Element:
    """A row for each condition and model, a column for each metric."""
    missing = any(mean.missing for mean in means.values())
    first = ["model", "points", *(["frames"] if missing else [])]
    heads = [element("th", title, scope="col") for title in first]
    heads.extend(_head(metric) for metric in metrics)
    table = element("table", element("thead", element("tr", *heads)), class_="means sortable")
    for condition in results.conditions:
        compared = [means[condition.name, model.name] for model in results.models]
        span = element("th", condition.name, scope="rowgroup", colspan=len(heads))
        body = element("tbody", element("tr", span, class_="group"))
        for index, mean in enumerate(compared):
            count = [element("td", f"{mean.frames} of {mean.frames + mean.missing}")] if missing else []
            body.append(
                element(
                    "tr",
                    element("th", name(index, mean.model), scope="row"),
                    element("td", f"{mean.points:,.0f}"),
                    *count,
                    *(_cell(metric, mean, compared) for metric in metrics),
                    class_="of-model",
                    data_model=index,
                )
            )
        table.append(body)
    return element("div", table, class_="scrolled", tabindex=0, role="region", aria_label="means by input and model")


def table_of_sweep(sweep: Sweep, metric: str, results: Results, means: Means) -> Element:
    """A row for each model, a column for each value of the sweep."""
    kind = SWEEPS[sweep.kind]
    columns = [[means[condition.name, model.name] for model in results.models] for condition in sweep.conditions]
    heads = [element("th", kind.label(value), scope="col") for value in sweep.values]
    title = f"{heading(METRICS[metric])} by {kind.axis}"
    table = element("table", class_="means small")
    table.append(element("thead", element("tr", element("td"), *heads)))
    body = element("tbody")
    for index, model in enumerate(results.models):
        cells = [_cell(metric, column[index], column) for column in columns]
        row_head = element("th", name(index, model.name), scope="row")
        body.append(element("tr", row_head, *cells, class_="of-model", data_model=index))
    if any(mean.missing for column in columns for mean in column):
        counts = [element("td", f"{column[0].frames}") for column in columns]
        body.append(element("tr", element("th", "frames", scope="row"), *counts))
    table.append(body)
    return element("div", table, class_="scrolled", tabindex=0, role="region", aria_label=title)


def table_of_uncertainty(condition: str, metrics: Sequence[str], means: Mapping[int, Mean]) -> Element:
    """A row for each model that tells its expected error, by its index; a column for each metric."""
    compared = list(means.values())
    table = element("table", element("thead", element("tr", element("td"), *map(_head, metrics))), class_="means small")
    body = element("tbody")
    for index, mean in means.items():
        cells = [_cell(metric, mean, compared) for metric in metrics]
        row_head = element("th", name(index, mean.model), scope="row")
        body.append(element("tr", row_head, *cells, class_="of-model", data_model=index))
    table.append(body)
    title = f"expected errors under {condition}"
    return element("div", table, class_="scrolled", tabindex=0, role="region", aria_label=title)


def second_best(metric: str, means: Sequence[Mean]) -> float | None:
    """The best of the means of a metric but for the best; None if fewer than three models have it."""
    first = best(metric, means)
    having = [mean for mean in means if metric in mean.metrics]
    rest = [mean.metrics[metric] for mean in having if mean.metrics[metric] != first]
    if len(having) < 3 or not rest:
        return None
    return min(rest) if METRICS[metric].lower_is_better else max(rest)


def _head(metric: str) -> Element:
    """The heading of a metric's column, with its unit and which way is better."""
    facts = METRICS[metric]
    direction = element("span", f"{facts.unit} {'↓' if facts.lower_is_better else '↑'}", class_="unit")
    return element("th", f"{facts.label} ", direction, scope="col", title=facts.meaning)


def _cell(metric: str, mean: Mean, compared: Sequence[Mean]) -> Element:
    """A number, marked, with what it is of if that is fewer frames than the others."""
    if metric not in mean.metrics:
        return element("td", "–")
    value = mean.metrics[metric]
    text = METRICS[metric].text(value)
    shown: Element | str = text
    if value == best(metric, compared):
        shown = element("strong", text)
    elif value == second_best(metric, compared):
        shown = element("u", text)
    cell = element("td", shown, data_value=f"{value!r}")
    if metric in mean.frames_with:
        cell.set("title", f"of the {mean.frames_with[metric]} frames that have it")
    return cell
