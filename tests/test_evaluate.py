"""Evaluation: every frame counts, all models see the same, and the same question has the same answer to the byte."""

import json
import math
import multiprocessing
import os
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.torch import save_file

import spnet
from dataset_files import WRITERS, write_png, write_text
from spnet import cli
from spnet.classic import METHODS, Fill
from spnet.engines import Options
from spnet.errors import SpnetError
from spnet.evaluate import Settings, evaluate, open_dataset, shown, to_json
from spnet.evaluate.conditions import IMAGES, Condition
from spnet.evaluate.datasets import Crop, Dataset, Sample, View
from spnet.evaluate.inputs import HELD_OUT, make_input
from spnet.evaluate.models import DEFAULT_MODELS
from spnet.evaluate.results import mean_of, rounded
from spnet.evaluate.sweeps import SWEEPS, sweep_from
from spnet.evaluate.tables import as_text
from spnet.metrics import CALIBRATION_LEVELS, calibration_curve, measure
from spnet.model import Config, SPNet
from spnet.sparsify import PATTERNS, sparsify

HEIGHT, WIDTH = 24, 32
NAMES = ("a/1", "a/2", "b", "c")


def picture(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """An image, and its depth in millimetres: two walls with an edge between them, and a hole."""
    generator = np.random.default_rng(seed)
    rgb = generator.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    across = np.arange(WIDTH) * generator.uniform(5, 30) + np.where(np.arange(WIDTH) < WIDTH // 2, 1000, 2500)
    depth = (across + np.arange(HEIGHT)[:, None] * 7).astype(np.uint16)
    depth[3:6, 4:9] = 0
    return rgb, depth


def write_frame(folder: Path, seed: int, **meta: object) -> None:
    rgb, depth = picture(seed)
    write_png(folder / "rgb.png", rgb)
    write_png(folder / "depth.png", depth)
    write_text(folder / "meta.json", json.dumps({"depth_scale": 0.001} | meta))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four frames."""
    for seed, name in enumerate(NAMES):
        write_frame(tmp_path / "set" / name, seed)
    return tmp_path / "set"


@pytest.fixture
def dataset(folder: Path) -> Dataset:
    return open_dataset(folder)


@pytest.fixture
def network(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    torch.save(SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1))).state_dict(), tmp_path / "net.pth")
    return tmp_path / "net.pth"


@pytest.fixture
def telling(tmp_path: Path) -> Path:
    """A network that tells how wrong it expects to be."""
    torch.manual_seed(0)
    network = SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1), outputs=2))
    save_file(network.state_dict(), tmp_path / "telling.safetensors", metadata={"scale": "log_mean"})
    return tmp_path / "telling.safetensors"


def view(truth: NDArray[np.float32], **changes: Any) -> View:
    rgb = np.random.default_rng(1).integers(0, 256, (*truth.shape, 3), dtype=np.uint8)
    return replace(View(rgb, truth, spnet.Camera.from_fov(truth.shape[1], truth.shape[0], 60), {}, None), **changes)


def a_sample(name: str = "a frame", *, sparse_truth: bool = False) -> Sample:
    return Sample(name, partial(os._exit, 1), sparse_truth)  # not to be loaded


# What is measured


def test_a_row_is_what_the_library_measures(dataset: Dataset) -> None:
    results = evaluate(dataset, ["guided", "nearest"], ["points:40", "rows:3+noise:0.02"], settings=Settings(seed=7))
    places = [(row.frame, row.condition, row.model) for row in results.rows]
    assert places == [
        (name, pattern, model)
        for name in NAMES
        for pattern in ("points:40", "rows:3+noise:0.02")
        for model in ("guided", "nearest")
    ]
    row, sample = results.rows[6], dataset.samples[1]
    assert (row.frame, row.condition, row.model) == ("a/2", "rows:3+noise:0.02", "guided")
    seen = sample.load()
    sparse = sparsify(seen.truth, row.condition, seed=7, frame="a/2")
    metres = spnet.complete(spnet.Frame(seen.rgb, sparse.depth), "guided").metres
    expected = measure(metres.astype(np.float64), seen.truth)
    assert row.metrics == {name: rounded(value) for name, value in expected.items()}
    assert (row.points, row.pixels) == (sparse.mask.sum(), (seen.truth > 0).sum())


def test_means_are_of_the_numbers_that_rows_have(dataset: Dataset) -> None:
    results = evaluate(dataset, ["linear", "nearest"], ["random:10%", "points:5"])
    assert [(mean.condition, mean.model) for mean in results.means] == [
        (pattern, model) for pattern in ("random:10%", "points:5") for model in ("linear", "nearest")
    ]
    for mean in results.means:
        rows = [row for row in results.rows if (row.condition, row.model) == (mean.condition, mean.model)]
        assert (mean.frames, mean.missing) == (4, 0)
        for name in ("rmse", "delta_1.05", "edge_rmse"):
            assert mean.metrics[name] == pytest.approx(sum(row.metrics[name] for row in rows) / 4, rel=1e-8)


def test_a_metric_that_fewer_frames_have_says_how_many(tmp_path: Path) -> None:
    for seed in (0, 1):
        write_frame(tmp_path / str(seed), seed)
    write_png(tmp_path / "1" / "depth.png", np.full((HEIGHT, WIDTH), 1500, dtype=np.uint16))  # no edge
    (mean,) = evaluate(open_dataset(tmp_path), ["nearest"], ["random:10%"]).means
    assert (mean.frames, mean.frames_with) == (2, {"edge_rmse": 1})


def test_the_authors_metrics_come_with_their_scale(tmp_path: Path) -> None:
    WRITERS["authors"](tmp_path)
    dataset = open_dataset(tmp_path, max_depth=20)
    metrics = evaluate(dataset, ["nearest"], settings=Settings(data_max_depth=20)).rows[0].metrics
    assert metrics["authors_rmse"] == pytest.approx(metrics["rmse"] * 256 / 20, rel=1e-6)
    assert "authors_rmse" not in evaluate(dataset, ["nearest"]).rows[0].metrics


def test_a_network_that_tells_has_a_calibration_curve(dataset: Dataset, telling: Path) -> None:
    results = evaluate(dataset, ["nearest", telling], ["random:30%", "rows:6"], settings=Settings(engine="torch"))
    for told in (*results.rows, *results.means):
        assert len(told.calibration_curve) == (0 if told.model == "nearest" else len(CALIBRATION_LEVELS))
    row, seen = results.rows[1], dataset.samples[0].load()
    frame = spnet.Frame(seen.rgb, sparsify(seen.truth, row.condition, seed=0, frame=row.frame).depth)
    depth = spnet.complete(frame, telling, engine="torch", options=Options(threads=1))
    metres = depth.metres.astype(np.float64)
    assert depth.expected_error is not None
    inferred = (seen.truth > 0) & ~frame.mask
    curve = calibration_curve(metres, seen.truth, depth.expected_error * metres, mask=inferred, distribution="laplace")
    assert row.metrics["calibration"] == rounded(100 * curve.error)
    assert row.calibration_curve == tuple(map(rounded, curve.at_levels))
    assert 0 < min(row.calibration_curve) < max(row.calibration_curve) < 100
    for mean in results.means[1::2]:
        curves = [
            row.calibration_curve for row in results.rows if (row.condition, row.model) == (mean.condition, mean.model)
        ]
        assert len(curves) == len(NAMES)
        assert mean.calibration_curve == pytest.approx(np.mean(curves, axis=0), rel=1e-8)
    content = json.loads(to_json(results))
    assert content["calibration_levels"] == list(CALIBRATION_LEVELS)
    for name, found in (("rows", results.rows), ("means", results.means)):
        assert [entry["calibration_curve"] for entry in content[name]] == [list(f.calibration_curve) for f in found]


def test_where_all_truth_was_given_there_is_no_calibration(dataset: Dataset, telling: Path) -> None:
    results = evaluate(dataset, [telling], ["random:100%"], settings=Settings(engine="torch"))
    for told in (*results.rows, *results.means):
        assert "ause_rmse" in told.metrics
        assert "calibration" not in told.metrics
        assert told.calibration_curve == ()


def test_a_mean_curve_is_of_the_frames_that_did_not_fail(damaged: Dataset, telling: Path) -> None:
    results = evaluate(damaged, [telling], ["random:30%"], settings=Settings(engine="torch", allow_missing=True))
    assert [row.calibration_curve for row in results.failures] == [()]
    curves = [row.calibration_curve for row in results.rows if not row.error]
    assert len(curves) == 3
    assert results.means[0].calibration_curve == pytest.approx(np.mean(curves, axis=0), rel=1e-8)


# The same input for all, whatever else is asked for


def test_rows_do_not_depend_on_what_else_is_asked(dataset: Dataset) -> None:
    alone = evaluate(dataset, ["nearest"], ["random:10%"])
    beside = evaluate(dataset, ["morphology", "nearest"], ["points:9", "random:10%"])
    few = evaluate(dataset, ["nearest"], ["random:10%"], settings=Settings(limit=1))
    assert [row for row in beside.rows if row in alone.rows] == list(alone.rows)
    assert few.rows == alone.rows[2:3]


def test_the_seed_decides_what_is_drawn(dataset: Dataset) -> None:
    first, same, other = (
        evaluate(dataset, ["nearest"], ["points:9"], settings=Settings(seed=seed)).rows for seed in (1, 1, 2)
    )
    assert first == same
    assert all(row != another for row, another in zip(first, other, strict=True))


def test_every_model_is_given_the_same(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[NDArray[np.float32]] = []

    def fill(rgb: NDArray[np.uint8], depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        given.append(depth.copy())
        return np.ones_like(depth)

    for name in ("nearest", "linear"):
        replace_method(monkeypatch, name, fill)
    evaluate(dataset, ["nearest", "linear"], ["random:20%"])
    assert len(given) == 8
    for first, second in zip(given[::2], given[1::2], strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(1, ["b"]), (2, ["a/2", "c"]), (3, ["a/1", "b", "c"]), (4, list(NAMES)), (99, list(NAMES))],
)
def test_a_limit_takes_frames_from_all_over(dataset: Dataset, limit: int, expected: list[str]) -> None:
    results = evaluate(dataset, ["nearest"], ["points:9"], settings=Settings(limit=limit))
    assert [frame.id for frame in results.frames] == expected
    assert f"--limit {limit}" in results.command


# Inputs


def test_outside_the_crop_nothing_is_given_or_counted() -> None:
    truth = np.full((10, 12), 900, dtype=np.float32)
    truth[2:8, 3:11] = 2
    seen = view(truth, crop=Crop((2, 8), (3, 11)), inputs={"own": truth})
    for pattern in ("random:50%", "own", "own+random:50%"):
        made = make_input(a_sample(), seen, Condition(pattern), 0)
        assert made.frame.depth.shape == made.truth.shape == made.counted.shape == (6, 8)
        assert made.frame.depth.max() == 2
        assert made.counted.all()
        assert made.frame.camera == spnet.Camera.from_fov(12, 10, 60).crop(3, 2, 8, 6)
        np.testing.assert_array_equal(made.frame.rgb, seen.rgb[2:8, 3:11])


def test_of_a_lidar_sweep_points_are_held_out() -> None:
    generator = np.random.default_rng(0)
    truth = np.where(generator.random((80, 100)) < 0.5, generator.uniform(1, 9, (80, 100)), 0).astype(np.float32)
    seen, sample = view(truth, inputs={"own": truth}), a_sample(sparse_truth=True)
    inputs = [make_input(sample, seen, Condition(text), 3) for text in ("random:100%", "random:10%", "own")]
    for made in inputs:
        np.testing.assert_array_equal(made.counted, inputs[0].counted)
        assert not (made.frame.mask & made.counted).any()
    assert (inputs[0].frame.mask | inputs[0].counted).sum() == (truth > 0).sum()
    assert inputs[0].counted.sum() / (truth > 0).sum() == pytest.approx(HELD_OUT, abs=0.03)
    assert inputs[1].frame.mask.sum() / inputs[0].frame.mask.sum() == pytest.approx(0.1, abs=0.02)


def test_held_out_points_are_said(tmp_path: Path) -> None:
    write_frame(tmp_path / "dense", 0)
    write_frame(tmp_path / "sweep", 1, depth_class="sparse_lidar")
    results = evaluate(open_dataset(tmp_path), ["nearest"], ["random:50%"])
    assert "of 1 of the 2 frames is a single LiDAR sweep: 20% of its points" in results.notes[-1]
    dense, sweep = results.rows
    assert dense.pixels == (picture(0)[1] > 0).sum()
    assert sweep.pixels < 0.3 * (picture(1)[1] > 0).sum()
    frame = shown(results, "sweep", "random:50%")
    found = measure(frame.predictions["nearest"], frame.input.truth, mask=frame.input.counted)
    assert sweep.metrics["rmse"] == pytest.approx(found["rmse"], rel=1e-6)


@pytest.mark.parametrize("kind", ["authors", "kitti", "kitti-drives", "void"])
def test_sparse_depth_of_the_data_set_is_the_default(tmp_path: Path, kind: str) -> None:
    written = WRITERS[kind](tmp_path)
    results = evaluate(open_dataset(tmp_path, max_depth=20 if kind == "authors" else None), ["nearest"])
    assert [condition.name for condition in results.conditions] == sorted(written.inputs)
    assert results.failures == ()
    first = [row for row in results.rows if row.frame == results.rows[0].frame]
    assert [row.points for row in first] == [(written.inputs[name] > 0).sum() for name in sorted(written.inputs)]


@given(factor=st.floats(0.05, 3), height=st.integers(1, 20), width=st.integers(1, 20), seed=st.integers(0, 2**32 - 1))
def test_resized_truth_is_never_blended(factor: float, height: int, width: int, seed: int) -> None:
    truth = np.random.default_rng(seed).permutation(height * width).reshape(height, width).astype(np.float32) + 1
    made = make_input(a_sample(), view(truth), Condition("random:100%", size=factor), 0)
    assert made.truth.shape == (max(1, round(height * factor)), max(1, round(width * factor)))
    assert np.isin(made.truth, truth).all()
    assert made.frame.rgb.shape[:2] == made.truth.shape == made.frame.depth.shape
    if made.truth.shape == truth.shape:
        np.testing.assert_array_equal(made.truth, truth)


# Sweeps


@pytest.mark.parametrize("kind", SWEEPS)
def test_a_sweep_has_a_condition_for_each_value(kind: str) -> None:
    for patterns in ((), ("rows:4", "lines:16")):
        sweeps = sweep_from(kind, patterns)
        assert [sweep.start for sweep in sweeps] == list(patterns or [SWEEPS[kind].start])
        for sweep in sweeps:
            assert len(sweep.conditions) == len(sweep.values) == len({c.name for c in sweep.conditions})


@pytest.mark.parametrize(
    ("kind", "patterns", "names"),
    [
        ("density", [], ["random:0.01%", "random:0.03%", "random:0.1%"]),
        ("density", ["holes"], ["holes+random:0.01%", "holes+random:0.03%", "holes+random:0.1%"]),
        ("noise", [], ["random:1%", "random:1%+noise:0.5%", "random:1%+noise:1%"]),
        ("outliers", ["own"], ["own", "own+outliers:0.1%", "own+outliers:0.3%"]),
        ("scale", [], ["points:500, depth x 0.01", "points:500, depth x 0.03", "points:500, depth x 0.1"]),
        ("size", [], ["points:500, size x 0.25", "points:500, size x 0.5", "points:500"]),
        ("colour", [], ["points:500", "points:500, grey image", "points:500, blank image"]),
    ],
)
def test_conditions_of_a_sweep(kind: str, patterns: list[str], names: list[str]) -> None:
    assert [condition.name for condition in sweep_from(kind, patterns)[0].conditions][:3] == names


def test_sweeps_find_what_they_look_for(dataset: Dataset) -> None:
    few = Settings(limit=2)
    results = evaluate(dataset, ["nearest", "guided"], ["random:20%"], sweeps=["scale", "colour"], settings=few)
    assert len(results.conditions) == 9 + 3 - 1  # unchanged frames are in both sweeps, and taken once
    rmse = {(mean.condition, mean.model): mean.metrics["rmse"] for mean in results.means}
    scale, colour = results.sweeps
    for model in ("nearest", "guided"):  # a scale that is taken back changes nothing
        values = [rmse[condition.name, model] for condition in scale.conditions]
        assert values == pytest.approx([values[0]] * 9, rel=1e-4)
    colours, greys, blanks = (
        [rmse[condition.name, model] for model in ("nearest", "guided")] for condition in colour.conditions
    )
    assert colours[0] == greys[0] == blanks[0]
    assert len({colours[1], greys[1], blanks[1]}) == 3


def test_more_noise_and_fewer_points_are_worse(dataset: Dataset) -> None:
    results = evaluate(dataset, ["nearest"], ["random:50%"], sweeps=["noise", "density"])
    rmse = {mean.condition: mean.metrics["rmse"] for mean in replace(results, allow_missing=True).means if mean.frames}
    noise, density = ([rmse[c.name] for c in sweep.conditions if c.name in rmse] for sweep in results.sweeps)
    assert noise == sorted(noise)
    assert len(noise) == 7
    assert density == sorted(density, reverse=True)


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_without_colour_keeps_the_measured_points(image: str) -> None:
    seen = view(np.full((9, 12), 2, dtype=np.float32))
    made = make_input(a_sample(), seen, Condition("features:20", image=image), 0)
    np.testing.assert_array_equal(
        made.frame.depth, make_input(a_sample(), seen, Condition("features:20"), 0).frame.depth
    )
    np.testing.assert_array_equal(made.rgb, seen.rgb)
    spread = made.frame.rgb.max(axis=2) - made.frame.rgb.min(axis=2)
    assert spread.any() == (image == "colour")
    assert (made.frame.rgb.std() == 0) == (image == "blank")


# Failures


@pytest.fixture
def damaged(folder: Path) -> Dataset:
    """The second of four frames cannot be read."""
    dataset = open_dataset(folder)
    (folder / "a/2/depth.png").write_bytes((folder / "a/2/depth.png").read_bytes()[:60])
    return dataset


def test_a_damaged_frame_is_named_and_leaves_no_mean(damaged: Dataset) -> None:
    results = evaluate(damaged, ["nearest", "linear"], ["random:10%"])
    assert [(row.frame, row.model) for row in results.failures] == [("a/2", "nearest"), ("a/2", "linear")]
    assert all("depth.png: damaged" in row.error and row.metrics == {} for row in results.failures)
    assert len(results.rows) == 8
    assert results.means == ()


def test_missing_frames_can_be_allowed(damaged: Dataset) -> None:
    results = evaluate(damaged, ["nearest"], ["random:10%"], settings=Settings(allow_missing=True))
    (mean,) = results.means
    assert (mean.frames, mean.missing) == (3, 1)
    rest = [row.metrics["mae"] for row in results.rows if row.frame != "a/2"]
    assert mean.metrics["mae"] == pytest.approx(sum(rest) / 3, rel=1e-8)


@pytest.mark.parametrize(
    ("error", "said"),
    [(SpnetError("will not"), "will not"), (MemoryError(), "not enough memory for this frame")],
)
def test_a_model_that_fails_on_a_frame_does_not_gain_by_it(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    fails_on(monkeypatch, "linear", dataset.samples[2], error)
    results = evaluate(dataset, ["nearest", "linear"], ["random:10%", "rows:2"], settings=Settings(allow_missing=True))
    assert {(row.frame, row.model, row.error) for row in results.failures} == {("b", "linear", said)}
    assert [mean.frames for mean in results.means] == [3, 3, 3, 3]  # the others' means leave the frame out, too
    assert list(shown(results, "b", "rows:2").predictions) == ["nearest"]


def test_a_fault_of_ours_is_not_a_failed_frame(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_on(monkeypatch, "linear", dataset.samples[2], ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        evaluate(dataset, ["linear"], ["random:10%"])


def fails_on(monkeypatch: pytest.MonkeyPatch, name: str, sample: Sample, error: Exception) -> None:
    """Let a method raise an error on one frame."""
    image, fill = sample.load().rgb, METHODS[name]

    def failing(rgb: NDArray[np.uint8], depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        if np.array_equal(rgb, image):
            raise error
        return fill(rgb, depth, mask)

    replace_method(monkeypatch, name, failing)


def replace_method(monkeypatch: pytest.MonkeyPatch, name: str, fill: Fill) -> None:
    """Put another method in a method's place, for models that are loaded from now on."""
    monkeypatch.setitem(METHODS, name, fill)
    for module in ("measuring", "run", "frames"):
        monkeypatch.setattr(f"spnet.evaluate.{module}.loaded", lambda loading: spnet.load(loading.model))


def test_a_pattern_that_leaves_nothing_fails_the_frame(dataset: Dataset) -> None:
    results = evaluate(dataset, ["nearest"], ["range:500-600", "random:10%"])
    assert {row.condition for row in results.failures} == {"range:500-600"}
    assert results.failures[0].error == "range:500-600 leaves no measurement of this frame; take a denser pattern"


@pytest.mark.parametrize(
    ("load", "error", "message"),
    [
        (partial(os._exit, 3), SpnetError, "a worker process died, most often for lack of memory: use fewer workers"),
        (partial(divmod, 1, 0), RuntimeError, "an exception ended a worker process; its traceback stands above"),
    ],
)
def test_a_worker_that_ends_is_told(
    dataset: Dataset, load: Callable[[], View], error: type[Exception], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    dying = replace(dataset, samples=(*dataset.samples, Sample("x", load)))
    with pytest.raises(error, match=message):
        evaluate(dying, ["nearest"], ["random:10%"], workers=2)
    assert ("ZeroDivisionError" in capfd.readouterr().err) == (error is RuntimeError)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"models": []}, "0 models: expected 1 to 32"),
        ({"models": ["nearest"] * 33}, "33 models: expected 1 to 32"),
        ({"models": ["nearest", "nearest"]}, "nearest and nearest: both are called nearest; leave one out"),
        ({"models": ["best"]}, "model 'best': expected nearest, linear, morphology, guided, nano, or the path"),
        ({"models": ["no.pth"]}, "no.pth: no such file"),
        ({"patterns": ["spiral:3"]}, "pattern 'spiral:3': found 'spiral:3', expected one of random:1%, points:500"),
        ({"patterns": ["random:101%"]}, "expected a share above 0 and up to 1"),
        ({"sweeps": ["gravity"]}, "sweep 'gravity': expected one of density, noise, outliers, scale, size, colour"),
        ({"workers": 0}, "0 workers: expected 1 to 256"),
        ({"workers": 257}, "257 workers: expected 1 to 256"),
    ],
)
def test_what_cannot_be_evaluated_is_said_first(dataset: Dataset, asked: dict[str, Any], message: str) -> None:
    nothing_is_read = replace(dataset, samples=(a_sample(),))
    with pytest.raises(SpnetError) as caught:
        evaluate(nothing_is_read, **{"models": ["nearest"], "patterns": [], **asked})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Settings(limit=0), "limit 0: expected at least 1 frame"),
        (lambda: Settings(max_depth=-1), "max_depth -1: expected metres"),
        (lambda: Settings(data_max_depth=math.inf), "max_depth inf: expected metres"),
    ],
)
def test_senseless_settings(make: Callable[[], Settings], message: str) -> None:
    with pytest.raises(SpnetError) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_a_data_set_without_frames(dataset: Dataset) -> None:
    with pytest.raises(SpnetError, match="set: has no frames"):
        evaluate(replace(dataset, samples=()))


def test_an_unknown_pattern_is_told_what_the_data_set_brings(tmp_path: Path) -> None:
    WRITERS["void"](tmp_path)
    with pytest.raises(SpnetError, match=r"itself brings sparse_depth$"):
        evaluate(open_dataset(tmp_path), ["nearest"], ["sparse-depth"])


# The machine's truth


def test_json_is_the_same_to_the_byte(
    folder: Path, telling: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    models: list[str | Path] = ["guided", telling]
    patterns, wanted = ["random:10%", "holes"], Settings(seed=5)
    first = to_json(evaluate(open_dataset(folder), models, patterns, settings=wanted))
    in_order = Path.glob
    monkeypatch.setattr(Path, "glob", lambda self, pattern: reversed(list(in_order(self, pattern))))
    again = to_json(evaluate(open_dataset(folder), models, patterns, settings=wanted))
    elsewhere = folder.rename(tmp_path / "moved").rename(folder.parent.parent / "set")
    parallel = to_json(evaluate(open_dataset(elsewhere), models, patterns, settings=wanted, workers=2))
    assert first == again == parallel


def test_json_holds_everything_and_nothing_of_the_machine(damaged: Dataset, network: Path, tmp_path: Path) -> None:
    wanted = Settings(max_depth=20.0, allow_missing=True)
    results = evaluate(damaged, ["nearest", network], ["random:10%"], sweeps=["colour"], settings=wanted)
    text = to_json(results)
    assert str(tmp_path) not in text
    content = json.loads(text)
    assert content["command"] == (
        "spnet evaluate set --model nearest net.pth --pattern random:10% --sweep colour --seed 0 --allow-missing "
        "--max-depth 20.0"
    )
    assert (content["dataset"], content["frame_count"], content["failed_count"], content["seed"]) == ("set", 4, 6, 0)
    weights = content["models"][1]
    assert (weights["name"], weights["max_depth"], len(weights["sha256"])) == ("net", 20.0, 64)
    assert [condition["image"] for condition in content["conditions"]] == list(IMAGES)
    assert content["sweeps"][0]["conditions"] == [condition["name"] for condition in content["conditions"]]
    assert len(content["rows"]) == 4 * 3 * 2
    assert {row["error"].split(":")[0] for row in content["rows"]} == {"", "depth.png"}
    for entry in content["rows"] + content["means"]:
        assert all(value == rounded(value) for value in entry["metrics"].values())


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        ("/data/my set/a/rgb.png: damaged, or not an image", "rgb.png: damaged, or not an image"),
        (r"C:\data\a\rgb.png: is empty", "rgb.png: is empty"),
        ("x: its partner /data/set/depth/1.png is missing", "x: its partner 1.png is missing"),
        ("x.png: I/O error", "x.png: I/O error"),
        ("holes leaves no measurement", "holes leaves no measurement"),
    ],
)
def test_errors_in_json_are_without_folders(dataset: Dataset, error: str, kept: str) -> None:
    results = evaluate(dataset, ["nearest"], ["points:9"], settings=Settings(limit=1))
    failed = replace(results, rows=(replace(results.rows[0], metrics={}, error=error),))
    assert json.loads(to_json(failed))["rows"][0]["error"] == kept


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_means_do_not_depend_on_order(values: list[float], generator: random.Random) -> None:
    rows = [{"rmse": rounded(value)} for value in values]
    mean = mean_of(rows)["rmse"]
    generator.shuffle(rows)
    assert mean_of(rows)["rmse"] == mean
    assert min(values) * (1 - 1e-8) <= mean <= max(values) * (1 + 1e-8)
    assert rounded(mean) == mean


# A frame once more


def test_shown_is_what_was_measured(dataset: Dataset) -> None:
    results = evaluate(dataset, ["nearest", "guided"], ["random:20%"], sweeps=["scale"], settings=Settings(seed=2))
    for row in results.rows[:36:7]:
        frame = shown(results, row.frame, row.condition)
        assert list(frame.predictions) == ["nearest", "guided"]
        found = measure(frame.predictions[row.model], frame.input.truth, mask=frame.input.counted)
        assert found["rmse"] == pytest.approx(row.metrics["rmse"], rel=1e-5)
        assert frame.input.frame.mask.sum() == row.points


@pytest.mark.parametrize(("frame", "condition"), [("z", "points:9"), ("b", "points:10")])
def test_shown_is_of_the_results(dataset: Dataset, frame: str, condition: str) -> None:
    results = evaluate(dataset, ["nearest"], ["points:9"])
    with pytest.raises(SpnetError, match=f"frame '{frame}' under '{condition}': is no part of these results"):
        shown(results, frame, condition)
    with pytest.raises(SpnetError, match="do not hold what they were made from"):
        shown(replace(results, task=None), "b", "points:9")


# Tables


def test_the_table_marks_the_best(dataset: Dataset) -> None:
    results = evaluate(dataset, ["linear", "nearest"], ["random:20%", "random:100%"])
    lines = as_text(results, ["rmse", "delta_1.05"])
    assert lines[0].split() == ["input", "model", "points", "RMSE,", "m", "δ", "<", "1.05,", "%"]
    by_place = {(mean.condition, mean.model): mean.metrics for mean in results.means}
    assert by_place["random:20%", "linear"]["rmse"] < by_place["random:20%", "nearest"]["rmse"]
    assert lines[1].split()[:2] == ["random:20%", "linear"]
    assert lines[1].split()[3] == f"{by_place['random:20%', 'linear']['rmse']:.4f}*"
    better = max(("linear", "nearest"), key=lambda model: by_place["random:20%", model]["delta_1.05"])
    assert [line.split()[-1].endswith("*") for line in lines[1:3]] == [better == "linear", better == "nearest"]
    assert [line.count("0.0000*") for line in lines[3:]] == [1, 1]  # both are exact there


def test_one_model_has_nobody_to_beat(dataset: Dataset) -> None:
    assert not any("*" in line for line in as_text(evaluate(dataset, ["nearest"], ["random:20%"])))


def test_a_table_with_missing_frames_counts_them(damaged: Dataset) -> None:
    results = evaluate(damaged, ["nearest", "linear"], ["random:20%"])
    assert as_text(results) == []
    lines = as_text(replace(results, allow_missing=True))
    assert "frames" in lines[0]
    assert all("3 of 4" in line for line in lines[1:])


def test_a_sweep_is_a_table_of_its_own(dataset: Dataset) -> None:
    results = evaluate(dataset, ["nearest", "guided"], ["random:20%"], sweeps=["colour", "scale"])
    lines = as_text(results, ["rel", "rmse"])
    assert lines[0] == "REL by what is given of the image, from random:20%"
    assert lines[1].split() == list(IMAGES)
    assert [line.split()[0] for line in lines[2:4]] == ["nearest", "guided"]
    assert lines[4:6] == ["", "REL by factor on depth, from random:20%"]
    assert len(lines[6].split()) == 9


def test_an_unknown_metric(dataset: Dataset) -> None:
    with pytest.raises(SpnetError, match="metric 'psnr': expected one of rmse, mae, rel"):
        as_text(evaluate(dataset, ["nearest"], ["points:9"]), ["rmse", "psnr"])


# The command


def run(*arguments: object) -> int:
    try:
        return cli.main(["evaluate", *map(str, arguments), "--workers", "1"])
    except SystemExit as stop:  # argparse's own
        return int(stop.code or 0)


def test_the_command_prints_one_table(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.json"
    models, patterns = ["nearest", "linear"], ["random:20%", "rows:3"]
    assert run(folder, "--model", *models, "--pattern", *patterns, "--json", path, "--seed", 4) == 0
    results = evaluate(open_dataset(folder), models, patterns, settings=Settings(seed=4))
    said = capsys.readouterr()
    assert said.out.splitlines() == as_text(results)
    assert said.err == ""
    assert path.read_text() == to_json(results)


def test_the_commands_defaults_are_those_of_the_library(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--limit", 1) == 0
    results = evaluate(open_dataset(folder), settings=Settings(limit=1))
    assert capsys.readouterr().out.splitlines() == as_text(results)
    assert [model.name for model in results.models] == list(DEFAULT_MODELS)


def test_the_help_names_all_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    said = " ".join(capsys.readouterr().out.split())
    for pattern in PATTERNS.values():
        assert pattern.form in said
    assert f"{', '.join(SWEEPS)}" in said
    assert f"(default: {' '.join(DEFAULT_MODELS)})" in said


def test_a_frame_that_fails_fails_the_run(damaged: Dataset, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--pattern", "random:20%", "rows:4") == 1
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0].startswith(f"spnet: a/2: {folder / 'a/2/depth.png'}: damaged")
    assert lines[1:] == ["spnet: 1 of 4 frames failed: no means; mend them, or pass --allow-missing"]
    assert run(folder, "--pattern", "random:20%", "rows:4", "--allow-missing") == 0
    said = capsys.readouterr()
    assert said.out.count("3 of 4") == 2 * len(DEFAULT_MODELS)
    assert "spnet: 1 of 4 frames failed: means leave them out" in said.err


def test_a_failure_of_some_rows_says_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patterns = ["--pattern", "range:500-600", "rows:3"]
    assert run(folder, *patterns, "--model", "guided", "linear", "--limit", 1) == 1
    assert "spnet: b, range:500-600, guided (and 1 more of this frame): range:500-600 leaves" in capsys.readouterr().err


def test_when_all_frames_fail_the_run_failed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--pattern", "range:500-600", "--allow-missing") == 1
    assert "4 of 4 frames failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metric", "psnr"], "metric 'psnr': expected one of rmse"),
        (["--pattern", "spiral"], "pattern 'spiral': found 'spiral', expected one of random:1%"),
        (["--sweep", "gravity"], "sweep 'gravity': expected one of density"),
        (["--model", "best"], "model 'best': expected nearest"),
        (["--kind", "cinema"], "unknown kind of data set 'cinema'"),
        (["--json", "out.txt"], "out.txt: expected a name that ends in .json"),
        (["--json", "no/such/folder.json"], "the folder no/such does not exist"),
        (["--data-max-depth", "20"], "has its own unit; leave out max_depth"),
        (["--engine", "steam"], "engine 'steam': expected auto"),
    ],
)
def test_the_commands_bad_input(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(folder, *arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_folder_without_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 2
    assert "holds no known data set" in capsys.readouterr().err


def test_files_are_not_overwritten(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.json"
    path.write_text("mine")
    assert run(folder, "--json", path) == 2
    assert "exists already" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert run(folder, "--json", path, "--force", "--limit", 1) == 0
    assert json.loads(path.read_text())["frame_count"] == 1
