"""The report: one file that loads nothing, says what the results say, and trusts no name that it is given."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from dataset_files import write_png, write_text
from spnet import Depth, Frame, cli, show
from spnet.errors import SpnetError
from spnet.evaluate import Results, Settings, evaluate, open_dataset, shown, write_report
from spnet.evaluate.models import loaded
from spnet.evaluate.report import gallery, panels
from spnet.evaluate.report.axes import Axis, axis_of_errors, axis_of_sweep
from spnet.evaluate.report.curves import curves
from spnet.evaluate.report.elements import element, printable, shortened
from spnet.evaluate.report.page import page
from spnet.evaluate.report.strips import MOST_DOTS, strips
from spnet.evaluate.results import Mean, Row
from spnet.evaluate.sweeps import sweep_from
from spnet.evaluate.task import Loading
from spnet.metrics import CALIBRATION_LEVELS, METRICS

HEIGHT, WIDTH = 24, 32
MODELS = ["linear", "nearest", "morphology"]
PATTERNS = ["random:20%", "rows:3"]
HOSTILE = "</style><script>alert('x')</script>\"><img src=http://evil.example/x onerror=alert(1)>&amp;"

_VOID = {"meta", "img", "input"}


@dataclass
class Node:
    """An element as a browser reads it."""

    tag: str
    attributes: dict[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def find(self, tag: str, **attributes: str) -> list["Node"]:
        """The descendants with a tag and, if asked for, attributes ("class_" for "class")."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            node
            for node in self.walk()
            if node.tag == tag and all(node.attributes.get(name) == value for name, value in wanted.items())
        ]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class Reader(HTMLParser):
    """Reads a page, and insists that every element is closed in turn and no attribute stands twice."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(text: str) -> Node:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [reader.root]
    (root,) = reader.root.find("html")
    return root


def picture(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """An image, and its depth in millimetres: two walls with an edge between them, and a hole."""
    generator = np.random.default_rng(seed)
    rgb = generator.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    across = np.arange(WIDTH) * (8 + 5 * seed) + np.where(np.arange(WIDTH) < WIDTH // 2, 1000, 2500 + 300 * seed)
    depth = (across + np.arange(HEIGHT)[:, None] * 7).astype(np.uint16)
    depth[3:6, 4:9] = 0
    return rgb, depth


def write_frames(folder: Path, names: list[str]) -> Path:
    for seed, name in enumerate(names):
        rgb, depth = picture(seed)
        write_png(folder / name / "rgb.png", rgb)
        write_png(folder / name / "depth.png", depth)
        write_text(folder / name / "meta.json", json.dumps({"depth_scale": 0.001}))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_frames(tmp_path_factory.mktemp("report") / "set", ["a/1", "a/2", "b"])


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return evaluate(open_dataset(folder), MODELS, PATTERNS)


@pytest.fixture(scope="module")
def swept(folder: Path) -> Results:
    dataset = open_dataset(folder)
    return evaluate(dataset, MODELS, ["random:50%"], sweeps=["noise", "colour"], settings=Settings(limit=2))


def table_cells(root: Node) -> dict[tuple[str, str], list[Node]]:
    """The cells of the table of means, by condition and model."""
    (section,) = root.find("section", id="means")
    found = {}
    for body in section.find("tbody"):
        condition, *rows = body.find("tr")
        for row in rows:
            found[condition.text, row.find("th")[0].text] = row.find("td")
    return found


def places(path: Node) -> NDArray[np.float64]:
    """The points (N,2) of an SVG path of straight lines."""
    return np.array([point.split() for point in re.split("[ML]", path.attributes["d"])[1:]], dtype=float)


def telling(results: Results, curves: dict[str, tuple[float, ...]]) -> Results:
    """The results as if some models told their expected error, with the same calibration on every frame."""
    numbers = {"ause_rmse": 0.25, "ause_mae": 0.125, "calibration": 7.0}
    rows = (
        replace(row, metrics={**row.metrics, **numbers}, calibration_curve=curves[row.model])
        if row.model in curves and not row.error
        else row
        for row in results.rows
    )
    return replace(results, rows=tuple(rows))


PERFECT = tuple(map(float, CALIBRATION_LEVELS))
TOO_SURE = tuple(level / 2 for level in PERFECT)


# One file


def test_the_page_loads_nothing_and_is_well_formed(results: Results, swept: Results) -> None:
    for found in (results, swept):
        text = page(found)
        assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
        assert not re.search(r"https?:|@import|url\((?!#)|<link|<iframe", text)
        nodes = list(read(text).walk())
        sources = [node.attributes["src"] for node in nodes if "src" in node.attributes]
        assert sources
        assert all(source.startswith("data:image/webp;base64,") for source in sources)
        ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
        assert len(set(ids)) == len(ids)
        links = [node.attributes["href"] for node in nodes if "href" in node.attributes]
        assert {link.removeprefix("#") for link in links} <= set(ids)
        assert not [name for node in nodes for name in node.attributes if name.startswith("on") or name == "style"]


def test_the_page_is_the_same_to_the_byte(folder: Path, results: Results, tmp_path: Path) -> None:
    again = evaluate(open_dataset(folder), MODELS, PATTERNS, workers=2)
    write_report(results, tmp_path / "first.html")
    write_report(again, tmp_path / "second.html")
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()
    assert str(folder.parent) not in (tmp_path / "first.html").read_text("utf-8")


def test_only_its_own_style_and_script_may_run(results: Results) -> None:
    root = read(page(results))
    (policy,) = root.find("meta", http_equiv="Content-Security-Policy")
    for tag in ("style", "script"):
        (node,) = root.find(tag)
        digest = base64.b64encode(hashlib.sha256(node.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy.attributes["content"]
    assert policy.attributes["content"].startswith("default-src 'none'; img-src data:;")


def test_the_page_can_be_read_without_seeing_it(results: Results) -> None:
    root = read(page(results))
    assert all(image.attributes["alt"] for image in root.find("img"))
    assert all(head.attributes["scope"] for head in root.find("th"))
    assert all(drawn.attributes["aria-label"] for drawn in root.find("svg", role="img"))
    assert [head.tag for head in root.walk() if head.tag in ("h1", "h2")] == ["h1"] + ["h2"] * 5
    assert "prefers-color-scheme: dark" in root.find("style")[0].text


@pytest.mark.parametrize("place", ["dataset", "frame", "model", "note", "command", "error"])
def test_names_are_text_wherever_they_come_from(folder: Path, results: Results, place: str) -> None:
    assert results.task is not None
    task = results.task
    if place == "frame":
        samples = tuple(replace(sample, id=HOSTILE) if sample.id == "b" else sample for sample in task.dataset.samples)
        results = evaluate(replace(task.dataset, samples=samples), MODELS, PATTERNS)
    elif place == "model":
        models = tuple(replace(model, name=HOSTILE) if model.name == "linear" else model for model in results.models)
        rows = tuple(replace(row, model=HOSTILE) if row.model == "linear" else row for row in results.rows)
        named = {HOSTILE if name == "linear" else name: loading for name, loading in task.models.items()}
        results = replace(results, models=models, rows=rows, task=replace(task, models=named))
    elif place == "error":
        results = replace(results, rows=(replace(results.rows[0], metrics={}, error=HOSTILE), *results.rows[1:]))
    elif place == "note":
        results = replace(results, notes=(HOSTILE,))
    else:
        results = replace(results, **{place: HOSTILE})
    root = read(page(results))
    assert len(root.find("script")) == len(root.find("style")) == 1
    assert all(image.attributes["src"].startswith("data:") for image in root.find("img"))
    said = root.text + "".join(value for node in root.walk() for value in node.attributes.values())
    assert HOSTILE.rpartition("/")[2] in said or shortened(HOSTILE) in said


def test_what_does_not_print_is_replaced() -> None:
    drawn = element("p", "a\x00b\u202e\udcff", title="\x1b[2J")
    assert (drawn.text, drawn.get("title")) == ("a?b??", "?[2J")


@given(st.text(max_size=200), st.integers(3, 80))
def test_shortened_names_keep_their_ends(name: str, length: int) -> None:
    short = shortened(name, length)
    assert len(short) == min(len(name), length)
    if len(name) > length:
        before, after = short.split("…", 1) if "…" not in name else (short[:1], short[-1:])
        assert name.startswith(before)
        assert name.endswith(after)
    assert len(printable(name)) == len(name)


# Numbers


def test_the_best_and_the_second_best_are_marked(results: Results) -> None:
    cells = table_cells(read(page(results)))
    means = {(mean.condition, mean.model): mean for mean in results.means}
    assert list(cells) == list(means)
    known = [metric for metric in METRICS if metric in results.means[0].metrics]
    for condition in PATTERNS:
        for column, metric in enumerate(known, start=1):
            values = {model: means[condition, model].metrics[metric] for model in MODELS}
            ranked = sorted(set(values.values()), reverse=not METRICS[metric].lower_is_better)
            for model, value in values.items():
                cell = cells[condition, model][column]
                assert cell.text == METRICS[metric].text(value)
                marks = [child.tag for child in cell.walk() if child.tag in ("strong", "u")]
                assert marks == (["strong"] if value == ranked[0] else ["u"] if value == ranked[1] else [])


@pytest.mark.parametrize(
    ("models", "strong", "underlined", "legend"),
    [
        (["linear"], False, False, "Means over frames."),
        (["linear", "nearest"], True, False, "Means over frames; bold is the best of the models."),
        (MODELS, True, True, "Means over frames; bold is the best of the models, underlined the second best."),
    ],
)
def test_marks_need_somebody_to_beat(
    folder: Path, models: list[str], strong: bool, underlined: bool, legend: str
) -> None:
    root = read(page(evaluate(open_dataset(folder), models, ["rows:3"], settings=Settings(limit=1))))
    (section,) = root.find("section", id="means")
    (table,) = section.find("table")
    assert bool(table.find("strong")) == strong
    assert bool(table.find("u")) == underlined
    assert section.find("p")[0].text == legend


def test_what_was_run_is_said(results: Results) -> None:
    root = read(page(replace(results, notes=("a note",))))
    (header,) = root.find("header")
    assert "set3 frames · 2 inputs · 3 models · seed 0" in header.text
    assert header.find("code")[0].text == results.command
    (run,) = root.find("section", id="run")
    assert [row.find("th")[0].text for row in run.find("tbody")[0].find("tr")] == MODELS
    assert run.find("li")[0].text == "a note"
    (meanings,) = root.find("section", id="meanings")
    assert METRICS["rmse"].meaning in meanings.text


def test_weights_are_told_by_their_hash(results: Results) -> None:
    facts = replace(results.models[0], sha256="ab" * 32, max_depth=20.0, engine="openvino, CPU f32")
    root = read(page(replace(results, models=(facts, *results.models[1:]))))
    row = root.find("section", id="run")[0].find("tbody")[0].find("tr")[0]
    assert [cell.text for cell in row.find("td")] == ["openvino, CPU f32", "20 m", "abababababab"]
    assert row.find("code")[0].attributes["title"] == "ab" * 32


def test_numbers_of_confidence_are_shown_where_results_have_them(results: Results) -> None:
    rows = tuple(replace(row, metrics={**row.metrics, "ause_rmse": 0.25, "calibration": 7.0}) for row in results.rows)
    root = read(page(replace(results, rows=rows)))
    heads = [head.text for head in root.find("section", id="means")[0].find("th", scope="col")]
    assert heads[-2:] == ["AUSE (RMSE) m ↓", "calibration error % ↓"]
    assert table_cells(root)["rows:3", "linear"][-2].text == "0.2500"
    views = [
        view.attributes["data-metric"] for view in root.find("section", id="spread")[0].find("div", class_="charts")
    ]
    assert views[-2:] == ["ause_rmse", "calibration"]


def test_calibration_curves_are_drawn_beside_the_numbers_of_uncertainty(results: Results) -> None:
    root = read(page(telling(results, {"linear": PERFECT, "morphology": TOO_SURE})))
    (section,) = root.find("section", id="calibration")
    assert [caption.text for caption in section.find("figcaption")] == PATTERNS
    (legend,) = section.find("p", class_="legend")
    assert legend.text.count(".") == 1
    for pattern, figure in zip(PATTERNS, section.find("figure"), strict=True):
        (chart,) = figure.find("svg", role="img")
        assert chart.attributes["aria-label"].endswith(f"under {pattern}")
        groups = chart.find("g", class_="of-model")
        assert [group.attributes["data-model"] for group in groups] == ["0", "2"]
        (diagonal,) = chart.find("path", class_="diagonal")
        (left, bottom), (right, top) = places(diagonal)
        for group, curve in zip(groups, (PERFECT, TOO_SURE), strict=True):
            (line,) = [path for path in group.find("path") if path.attributes["class"].startswith("line")]
            share = (places(line) - [left, bottom]) / [right - left, top - bottom]
            np.testing.assert_allclose(100 * share, np.transpose([CALIBRATION_LEVELS, curve]), atol=0.05)
            assert len(group.find("circle")) == len(CALIBRATION_LEVELS)
        assert groups[1].find("title")[-2].text == "morphology: 45.0 % of the truths in intervals of 90 %"
        rows = figure.find("table")[0].find("tbody")[0].find("tr", class_="of-model")
        assert [[row.find("th")[0].text, *(cell.text for cell in row.find("td"))] for row in rows] == [
            [model, "0.2500", "0.1250", "7.00"] for model in ("linear", "morphology")
        ]


def test_calibration_under_each_condition_of_a_sweep_is_folded(swept: Results) -> None:
    (section,) = read(page(telling(swept, {"nearest": PERFECT}))).find("section", id="calibration")
    (folded,) = section.find("details")
    assert len(folded.find("figure")) == len(section.find("figure")) == len(swept.conditions)


def test_no_calibration_is_drawn_where_no_model_tells(results: Results, damaged: Path) -> None:
    assert read(page(results)).find("section", id="calibration") == []
    failed = telling(evaluate(open_dataset(damaged), MODELS, PATTERNS), {"linear": PERFECT})
    assert any(row.calibration_curve for row in failed.rows)
    assert read(page(failed)).find("section", id="calibration") == []  # there are no means


def test_a_mean_of_fewer_frames_says_so(results: Results) -> None:
    rows = tuple(
        replace(row, metrics={name: value for name, value in row.metrics.items() if name != "edge_rmse"})
        if row.frame == "b"
        else row
        for row in results.rows
    )
    cells = table_cells(read(page(replace(results, rows=rows))))
    titles = [cell.attributes.get("title") for cell in cells["rows:3", "linear"]]
    assert titles == [None] * 13 + ["of the 2 frames that have it", None]


# Charts


def test_a_sweep_is_a_line_for_each_model(swept: Results) -> None:
    root = read(page(swept))
    (section,) = root.find("section", id="sweeps")
    assert [head.text for head in section.find("h3")] == ["Noise, from random:50%", "Colour, from random:50%"]
    noise = section.find("svg", class_="chart")[0]
    lines = [path for path in noise.find("path") if path.attributes.get("class", "").startswith("line")]
    assert len(lines) == len(MODELS)
    means = {(mean.condition, mean.model): mean.metrics["rmse"] for mean in swept.means}
    for model, line in zip(MODELS, lines, strict=True):
        drawn = places(line)
        values = np.array([means[condition.name, model] for condition in swept.sweeps[0].conditions])
        slope, start = np.polyfit(values, drawn[:, 1], 1)
        np.testing.assert_allclose(drawn[:, 1], slope * values + start, atol=0.2)
        assert slope < 0  # larger is higher
        steps = np.diff(np.log([0.5, 1, 2, 5, 10, 20]))
        np.testing.assert_allclose(np.diff(drawn[1:, 0]) / steps, np.diff(drawn[1:, 0])[0] / steps[0], rtol=0.02)
        assert drawn[0, 0] < drawn[1, 0] - 10  # no noise stands left of the smallest
    assert [label.children[0] for label in noise.find("text", class_="label")] == MODELS
    assert len({path.attributes["class"] for path in lines}) == len(MODELS)


def test_a_sweeps_table_marks_each_column(swept: Results) -> None:
    (section,) = read(page(swept)).find("section", id="sweeps")
    for table in section.find("table"):
        rows = table.find("tbody")[0].find("tr")
        for column in range(len(rows[0].find("td"))):
            assert any(row.find("td")[column].find("strong") for row in rows)


def test_a_gap_in_a_sweep_breaks_the_line() -> None:
    (sweep,) = sweep_from("size", [])
    names = [condition.name for condition in sweep.conditions]
    known = {0: 0.3, 1: 0.2, 3: 0.4}
    means = {
        (name, "m"): Mean(name, "m", int(index in known), 0, 1.0, {"rmse": known[index]} if index in known else {}, {})
        for index, name in enumerate(names)
    }
    chart = curves(sweep, "rmse", ["m"], means)
    assert chart is not None
    classes = [str(part.get("class")) for part in chart.iter("path")]
    assert sum("line" in name for name in classes) == 1
    assert sum("marker" in name for name in classes) == 3 + 1  # and one beside the name
    assert curves(sweep, "mae", ["m"], means) is None


@given(st.lists(st.floats(0.001, 10), min_size=1, max_size=16))
def test_names_of_lines_do_not_overlap(ends: list[float]) -> None:
    (sweep,) = sweep_from("size", [])
    models = [f"m{index}" for index in range(len(ends))]
    means = {
        (condition.name, model): Mean(condition.name, model, 1, 0, 1.0, {"rmse": end}, {})
        for condition in sweep.conditions
        for model, end in zip(models, ends, strict=True)
    }
    chart = curves(sweep, "rmse", models, means)
    assert chart is not None
    heights = sorted(float(text.get("y", "")) for text in chart.iter("text") if text.get("class") == "label")
    assert len(heights) == len(ends)
    assert (np.diff(heights) > 13.9).all()
    assert heights[0] > 0
    assert heights[-1] < 260


def test_a_strip_has_a_dot_for_each_frame(results: Results) -> None:
    (section,) = read(page(results)).find("section", id="spread")
    first = section.find("figure")[0]
    assert first.find("figcaption")[0].text == PATTERNS[0]
    dots = [path for path in first.find("path") if path.attributes.get("class", "").startswith("dots")]
    assert [path.attributes["d"].count("M") for path in dots] == [3, 3, 3]
    rows = [row.metrics["rmse"] for row in results.rows if (row.condition, row.model) == (PATTERNS[0], "linear")]
    assert f"linear: {min(rows):.4f} to {max(rows):.4f}, middle {sorted(rows)[1]:.4f} m" in dots[0].text
    means = {(mean.condition, mean.model): mean.metrics["rmse"] for mean in results.means}
    numbers = [text.text for text in first.find("text", class_="label number")]
    assert numbers == [f"{means[PATTERNS[0], model]:.4f}" for model in MODELS]


def test_a_strip_of_many_frames_has_a_bound() -> None:
    values = np.random.default_rng(0).uniform(0.1, 0.9, 5000)
    rows = {("c", "m"): [Row(f"{index}", "c", "m", 1, 1, {"rmse": value}) for index, value in enumerate(values)]}
    chart = strips("c", "rmse", Axis(values.min(), values.max(), logarithmic=False), ["m"], rows, {})
    (dots,) = [str(part.get("d")) for part in chart.iter("path") if str(part.get("class")).startswith("dots")]
    assert dots.count("M") == MOST_DOTS
    assert dots.startswith("M108.0")
    assert "M336.0" in dots


@pytest.mark.parametrize(
    ("values", "lower_is_better", "expected"),
    [
        ([0.1, 0.5], True, Axis(0.0, 0.5, logarithmic=False)),
        ([0.1, 5], True, Axis(0.1, 5, logarithmic=True)),
        ([0, 0.1, 5], True, Axis(0.1, 5, logarithmic=True, with_zero=True)),
        ([0, 0], True, Axis(0.0, 1.0, logarithmic=False)),
        ([3, 90], False, Axis(3, 90, logarithmic=False)),
        ([90, 90], False, Axis(90, 91, logarithmic=False)),
    ],
)
def test_axes_of_errors(values: list[float], lower_is_better: bool, expected: Axis) -> None:
    assert axis_of_errors(values, lower_is_better=lower_is_better) == expected


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=9),
    st.booleans(),
    st.integers(2, 9),
)
def test_an_axis_keeps_order_and_its_ticks_are_on_it(values: list[float], lower_is_better: bool, most: int) -> None:
    axis = axis_of_errors(values, lower_is_better=lower_is_better)
    places = [axis.place(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)
    ticks = axis.ticks(most)
    assert 1 <= len(ticks) <= most + 1
    assert all(-1e-6 <= axis.place(tick) <= 1 + 1e-6 for tick in ticks)


def test_an_axis_of_a_sweep_is_logarithmic_where_the_sweep_is() -> None:
    assert axis_of_sweep([0, 1, 10], logarithmic=True) == Axis(1, 10, logarithmic=True, with_zero=True)
    assert axis_of_sweep([0, 1, 2], logarithmic=False).place(1) == 0.5


# Failures


@pytest.fixture
def damaged(folder: Path, tmp_path: Path) -> Path:
    write_frames(tmp_path / "set", ["a/1", "a/2", "b"])
    path = tmp_path / "set" / "a/2" / "depth.png"
    path.write_bytes(path.read_bytes()[:60])
    return tmp_path / "set"


def test_failures_are_named_and_leave_no_means(damaged: Path) -> None:
    root = read(page(evaluate(open_dataset(damaged), MODELS, PATTERNS)))
    (section,) = root.find("section", id="failures")
    assert section.find("h2")[0].text == "1 frame of 3 failed"
    assert "So there are no means." in section.text
    (row,) = section.find("tbody")[0].find("tr")
    assert row.find("th")[0].text == "a/2"
    assert row.find("td")[0].text.startswith("depth.png: damaged")
    assert row.find("td")[1].text == "linear, nearest, morphology; random:20%, rows:3"
    assert root.find("section", id="means") == []
    assert root.find("text", class_="label number") == []
    assert len(root.find("article")) == 4  # the two others, under two conditions


def test_allowed_failures_are_named_and_counted(damaged: Path) -> None:
    results = evaluate(open_dataset(damaged), MODELS, PATTERNS, settings=Settings(allow_missing=True))
    root = read(page(results))
    assert "Means leave them out, for every model." in root.find("section", id="failures")[0].text
    assert table_cells(root)["rows:3", "linear"][1].text == "2 of 3"


def test_a_model_that_failed_says_why_beside_the_others(results: Results) -> None:
    rows = tuple(
        replace(row, metrics={}, points=0, error="/data/b/rgb.png: will not")
        if (row.frame, row.condition, row.model) == ("a/1", "rows:3", "linear")
        else row
        for row in results.rows
    )
    root = read(page(replace(results, rows=rows)))
    card = next(card for card in root.find("article") if card.attributes["data-condition"] == "rows:3")
    assert card.find("h4")[0].text == "a/1rows:3"  # before frames with larger errors
    assert card.find("p", class_="failed")[0].text == "failed: rgb.png: will not"
    assert len(card.find("img")) == 3 + 2 * 2


def test_when_everything_failed_the_report_says_so(folder: Path) -> None:
    results = evaluate(open_dataset(folder), ["nearest"], ["range:500-600"])
    root = read(page(results))
    assert root.find("h2")[0].text == "3 frames of 3 failed"
    assert root.find("article") == []
    swept = evaluate(open_dataset(folder), ["nearest"], ["range:500-600"], sweeps=["colour"])
    assert read(page(swept)).find("section", id="sweeps") == []


def test_many_failures_are_counted(results: Results) -> None:
    rows = tuple(replace(row, metrics={}, error=f"reason {index}") for index, row in enumerate(results.rows * 10))
    (section,) = read(page(replace(results, rows=rows))).find("section", id="failures")
    assert len(section.find("tbody")[0].find("tr")) == 100
    assert "And 80 more, which the JSON of the results names." in section.text


# Frames


def decoded(uri: str) -> NDArray[np.int16]:
    content = base64.b64decode(uri.removeprefix("data:image/webp;base64,"))
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture).astype(np.int16)


def test_worst_frames_come_first(results: Results) -> None:
    scenes = gallery.worst_scenes(results)
    assert [scene.condition.name for scene in scenes] == [PATTERNS[0]] * 3 + [PATTERNS[1]] * 3
    for pattern in PATTERNS:
        errors = {
            frame.id: sum(
                row.metrics["rmse"] for row in results.rows if (row.frame, row.condition) == (frame.id, pattern)
            )
            for frame in results.frames
        }
        found = [scene.frame for scene in scenes if scene.condition.name == pattern]
        assert found == sorted(errors, key=lambda frame: errors[frame], reverse=True)
    cards = read(page(results)).find("article")
    assert [card.attributes["id"] for card in cards] == [f"scene-{index}" for index in range(1, 7)]
    assert cards[0].find("h4")[0].text == f"{scenes[0].frame}{PATTERNS[0]}"


def test_worst_shares_are_the_smallest() -> None:
    rows = {
        frame: {"m": Row(frame, "c", "m", 1, 1, {"delta_1.25": value})}
        for frame, value in (("good", 99.0), ("bad", 20.0), ("fair", 70.0))
    }
    assert gallery.worst_frames(rows, "delta_1.25") == ["bad", "fair", "good"]
    assert gallery.worst_frames(rows, "rmse") == []


def test_worst_frames_are_linked_from_their_charts(results: Results) -> None:
    root = read(page(results))
    cards = {card.attributes["id"]: card for card in root.find("article")}
    for figure in root.find("section", id="spread")[0].find("figure"):
        condition = figure.find("figcaption")[0].text
        for link in figure.find("a"):
            card = cards[link.attributes["href"].removeprefix("#")]
            assert card.find("h4")[0].text == f"{link.text}{condition}"


@pytest.mark.parametrize(
    ("conditions", "frames", "expected"), [(1, 9, 6), (2, 9, 12), (5, 9, 20), (24, 2, 24), (60, 2, 24), (3, 1, 3)]
)
def test_the_gallery_has_a_bound(results: Results, conditions: int, frames: int, expected: int) -> None:
    patterns = [replace(results.conditions[0], pattern=f"points:{index + 1}") for index in range(conditions)]
    facts = [replace(results.frames[0], id=f"{index}") for index in range(frames)]
    rows = [Row(f.id, c.name, "m", 1, 1, {"rmse": 1.0}) for f in facts for c in patterns]
    many = replace(results, conditions=tuple(patterns), frames=tuple(facts), rows=tuple(rows))
    scenes = gallery.worst_scenes(many)
    assert len(scenes) == expected <= gallery.MOST_SCENES
    assert len({scene.condition for scene in scenes}) == min(conditions, gallery.MOST_SCENES)


def test_pictures_have_a_bound(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [
        sum(len(image.attributes["src"]) for image in card.find("img")) for card in read(page(results)).find("article")
    ]
    monkeypatch.setattr(gallery, "MOST_CHARACTERS", sum(sizes[:2]))
    assert len(read(page(results)).find("article")) == 2
    monkeypatch.setattr(gallery, "MOST_CHARACTERS", 0)
    root = read(page(results))
    assert root.find("article") == []
    assert root.find("section", id="spread")[0].find("a") == []


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(640, 480, (480, 360)), (480, 640, (360, 480)), (1242, 375, (960, 290)), (32, 24, (32, 24)), (8000, 1, (960, 1))],
)
def test_the_size_of_pictures(width: int, height: int, expected: tuple[int, int]) -> None:
    assert panels.picture_size(width, height) == expected


def test_pictures_show_what_they_say(results: Results) -> None:
    frame = shown(results, "b", "rows:3")
    drawn = panels.draw(frame, 1.0)
    truth = frame.input.truth
    assert (drawn.near, drawn.far) == show.display_range(truth[truth > 0])
    colours = show.colorize(truth, drawn.near, drawn.far)
    colours[truth == 0] = panels.UNKNOWN
    assert np.abs(decoded(drawn.truth) - colours).mean() < 8
    for model, depth in frame.predictions.items():
        assert np.abs(decoded(drawn.depths[model]) - show.colorize(depth, drawn.near, drawn.far)).mean() < 8
        error = np.where(truth > 0, depth - truth, np.nan)
        assert np.abs(decoded(drawn.errors[model]) - panels.colorize_error(error, drawn.limit)).mean() < 15
    assert drawn.share == pytest.approx(frame.input.frame.mask.mean())
    assert drawn.characters > 5 * len("data:image/webp;base64,")


def test_measured_depth_is_shown_in_the_scales_of_the_scene(folder: Path) -> None:
    dataset = open_dataset(folder)
    results = evaluate(dataset, ["nearest"], ["rows:6"], sweeps=["scale"], settings=Settings(limit=1))
    pictures = {
        condition.scale: panels.draw(shown(results, "a/2", condition.name), condition.scale).measured
        for condition in results.conditions
    }
    assert np.abs(decoded(pictures[100.0]) - decoded(pictures[1.0])).max() < 4
    assert np.abs(decoded(pictures[0.01]) - decoded(pictures[1.0])).max() < 4


def test_the_image_is_what_the_models_were_given(swept: Results) -> None:
    blank = panels.draw(shown(swept, swept.frames[0].id, "random:50%, blank image"), 1.0)
    assert np.ptp(decoded(blank.image)) < 4


def test_how_wrong_a_model_expects_to_be_is_shown(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    def telling(loading: Loading) -> Callable[[Frame], Depth]:
        completer = loaded(loading)
        if loading.model != "linear":
            return completer
        share = np.linspace(0, 0.1, WIDTH, dtype=np.float32) * np.ones((HEIGHT, 1), np.float32)
        return lambda given: replace(completer(given), expected_error=share)

    monkeypatch.setattr("spnet.evaluate.frames.loaded", telling)
    frame = shown(results, "b", "rows:3")
    assert list(frame.expected_errors) == ["linear"]
    np.testing.assert_allclose(frame.expected_errors["linear"][:, -1], 0.1 * frame.predictions["linear"][:, -1])
    drawn = panels.draw(frame, 1.0)
    expected = panels.colorize_error(frame.expected_errors["linear"], drawn.limit)
    assert np.abs(decoded(drawn.expected["linear"]) - expected).mean() < 15
    cards = read(page(results)).find("article")
    assert all(len(card.find("img", alt="error that linear expects")) == 1 for card in cards)
    assert all(len(card.find("img")) == 3 + 2 * 3 + 1 for card in cards)


def test_expected_errors_are_those_of_the_real_scene(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def telling(loading: Loading) -> Callable[[Frame], Depth]:
        return lambda given: replace(loaded(loading)(given), expected_error=np.full((HEIGHT, WIDTH), 0.5, np.float32))

    results = evaluate(open_dataset(folder), ["nearest"], ["rows:6"], sweeps=["scale"], settings=Settings(limit=1))
    monkeypatch.setattr("spnet.evaluate.frames.loaded", telling)
    frame = shown(results, "a/2", "rows:6, depth x 100")
    np.testing.assert_allclose(frame.expected_errors["nearest"], 0.5 * frame.predictions["nearest"])
    assert frame.predictions["nearest"].max() < 10


def test_sparse_truth_is_drawn_as_points(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "set", ["a"])
    depth = np.where(np.random.default_rng(0).random((HEIGHT, WIDTH)) < 0.2, picture(0)[1], 0).astype(np.uint16)
    write_png(folder / "a" / "depth.png", depth)
    write_text(folder / "a" / "meta.json", json.dumps({"depth_scale": 0.001, "depth_class": "sparse_lidar"}))
    results = evaluate(open_dataset(folder), ["nearest"], ["random:100%"])
    frame = shown(results, "a", "random:100%")
    drawn = panels.draw(frame, 1.0)
    expected = show.draw_measured(frame.input.rgb, frame.input.truth, (WIDTH, HEIGHT), drawn.near, drawn.far)
    assert np.abs(decoded(drawn.truth) - np.asarray(expected)).mean() < 12
    assert decoded(drawn.errors["nearest"]).mean() > 150  # points on a light photo


@given(st.floats(-20, 20), st.floats(0.001, 10))
def test_blue_is_too_near_and_orange_too_far(error: float, limit: float) -> None:
    red, _, blue = panels.colorize_error(np.float32([error]), limit)[0].astype(int)
    share = error / limit
    if share < -0.05:
        assert blue > red
    elif share > 0.05:
        assert red > blue
    assert tuple(panels.colorize_error(np.float32([np.nan]), limit)[0]) == panels.UNKNOWN


@pytest.mark.parametrize(
    ("errors", "limit"),
    [
        ([], 0.001),
        ([[0.0, 0.0]], 0.001),
        ([[0.123456] * 9], 0.12),
        ([[0.1], [-0.2], [9.0]], 0.2),
        ([[0.5, np.nan]], 0.5),
    ],
)
def test_the_scale_of_errors_is_that_of_the_model_in_the_middle(errors: list[list[float]], limit: float) -> None:
    assert panels.error_limit([np.float32(error) for error in errors]) == pytest.approx(limit, rel=1e-6)


@pytest.mark.parametrize(("models", "columns"), [(1, 3), (2, 4), (3, 5), (4, 6), (5, 4), (6, 4), (8, 5)])
def test_pairs_of_pictures_fill_their_rows(results: Results, models: int, columns: int) -> None:
    """Wide frames have a layout of their own."""
    rows = {f"m{index}": Row("b", "rows:3", f"m{index}", 9, 9, {}, "failed") for index in range(models - 1)}
    row = next(row for row in results.rows if (row.frame, row.condition, row.model) == ("b", "rows:3", "linear"))
    scene = gallery.Scene("scene-1", "b", results.conditions[1], {"linear": row, **rows})
    ((_, card),) = gallery.draw_scenes(results, [scene])
    assert next(part.get("class") for part in card.iter("div")) == f"pairs columns-{columns}"


# The file


def test_a_report_is_not_overwritten(results: Results, tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    path.write_text("mine")
    with pytest.raises(SpnetError, match="exists already"):
        write_report(results, path)
    assert path.read_text() == "mine"
    write_report(results, str(path), overwrite=True)
    assert path.read_text("utf-8") == page(results)


def test_a_report_is_written_whole_or_not_at_all(results: Results, tmp_path: Path) -> None:
    with pytest.raises(SpnetError, match="do not hold what they were made from"):
        write_report(replace(results, task=None), tmp_path / "out.html")
    with pytest.raises(SpnetError, match=r"no: the folder .*no does not exist|the folder .* does not exist"):
        write_report(results, tmp_path / "no" / "out.html")
    assert list(tmp_path.iterdir()) == []


# The command


def run(*arguments: object) -> int:
    return cli.main(["evaluate", *map(str, arguments), "--workers", "1"])


def test_the_command_writes_the_report(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.html"
    assert run(folder, "--model", *MODELS, "--pattern", *PATTERNS, "--report", path) == 0
    said = capsys.readouterr()
    assert said.out.startswith("input")
    assert said.err == f"spnet: completing the worst frames again, to show them in {path}\n"
    assert path.read_text("utf-8") == page(evaluate(open_dataset(folder), MODELS, PATTERNS))


def test_the_report_of_a_run_that_failed_is_written(damaged: Path, tmp_path: Path) -> None:
    assert run(damaged, "--pattern", *PATTERNS, "--report", tmp_path / "out.html") == 1
    assert "1 frame of 3 failed" in (tmp_path / "out.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report", "there.html"], "there.html: exists already; choose another name, or allow it to be replaced"),
        (["--report", "out.txt"], "out.txt: expected a name that ends in .html"),
        (["--report", "no/out.html"], "no/out.html: the folder no does not exist; make it first"),
        (["--report", "."], "is a folder, expected the name of a file to write"),
        (["--json", "x.json", "--report", "x.json"], "x.json: is an input or another output too; choose another name"),
        (["--report", "locked/out.html"], "locked/out.html: cannot write here: the folder may not be written to"),
    ],
)
def test_where_a_report_cannot_be_written_is_said_first(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    (tmp_path / "there.html").write_text("mine")
    (tmp_path / "locked").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).name != "locked")
    monkeypatch.setattr("spnet.evaluate.evaluate", None)  # not to be called
    assert run(folder, *arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert (tmp_path / "there.html").read_text() == "mine"


def test_a_report_is_replaced_with_force(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    path.write_text("mine")
    assert run(folder, "--pattern", *PATTERNS, "--report", path, "--force") == 0
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")
