"""The numbers of `spnet.metrics`: worked by hand, against another way to compute them, and by their laws."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.metrics import (
    CALIBRATION_LEVELS,
    METRICS,
    calibration_curve,
    edge_band,
    measure,
    measure_uncertainty,
    sparsification_curve,
)

TRUTH = np.array([[1, 2], [4, 0]], dtype=np.float32)
PREDICTION = np.array([[1.5, 2], [3, 7]], dtype=np.float32)  # errors 0.5, 0, -1; nothing is known of the 7

depths = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=9),
    elements=st.floats(0.015625, 128, width=32),
)


def pairs() -> st.SearchStrategy[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """A prediction and a truth of the same shape, both everywhere known."""
    element = st.floats(0.015625, 128, width=32)
    return hnp.array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
        lambda shape: st.tuples(*[hnp.arrays(np.float32, shape, elements=element)] * 2)
    )


# By hand


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rmse", math.sqrt(1.25 / 3)),
        ("mae", 1.5 / 3),
        ("rel", (0.5 + 0 + 0.25) / 3),
        ("irmse", math.sqrt(((1000 / 1.5 - 1000) ** 2 + (1000 / 3 - 250) ** 2) / 3)),
        ("imae", (1000 / 3 + 1000 / 12) / 3),
        ("log10", (math.log10(1.5) + math.log10(4 / 3)) / 3),
        ("delta_1.02", 100 / 3),
        ("delta_1.25", 100 / 3),
        ("delta_1.25^2", 100.0),  # both ratios, 1.5 and 1.333, are below 1.5625
        ("edge_rmse", math.sqrt(1.25 / 3)),  # all pixels are beside an edge
        ("affine_rel", 0.0),  # 2 p - 2 is the truth
        ("authors_rmse", 12.8 * math.sqrt(1.25 / 3)),  # 256 / 20
        ("authors_rel", (0.5 + 0.25) / 3),
    ],
)
def test_three_pixels_by_hand(name: str, expected: float) -> None:
    assert measure(PREDICTION, TRUTH, max_depth=20)[name] == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("ratio", "within"),
    [(1.0, 6), (1.019, 6), (1.021, 5), (1.051, 4), (1.101, 3), (1.249, 3), (1.251, 2), (1.563, 1), (1.96, 0)],
)
@pytest.mark.parametrize("turned", [False, True])
def test_deltas_are_shares_of_ratios_either_way(ratio: float, within: int, turned: bool) -> None:
    truth, prediction = np.ones((1, 1)), np.full((1, 1), ratio)
    measured = measure(truth, prediction) if turned else measure(prediction, truth)
    assert [measured[name] for name in METRICS if name.startswith("delta")] == [0.0] * (6 - within) + [100.0] * within


def test_what_is_left_out_when_it_is_not_defined() -> None:
    measured = measure(np.full((4, 4), 2.0), np.full((4, 4), 3.0))
    assert set(METRICS) - set(measured) == {
        "edge_rmse",
        "authors_rmse",
        "authors_rel",
        "ause_rmse",
        "ause_mae",
        "calibration",
    }
    assert list(measured) == [name for name in METRICS if name in measured]


def test_a_prediction_of_one_value_has_only_an_offset_to_fit() -> None:
    truth = np.array([[1.0, 3.0]])
    for constant in (0.1, 5.0, 1e6):
        assert measure(np.full((1, 2), constant), truth)["affine_rel"] == pytest.approx((1 / 1 + 1 / 3) / 2)


def test_every_number_is_described_and_every_description_a_number() -> None:
    measured = measure(PREDICTION, TRUTH, max_depth=20)
    measured |= measure_uncertainty(PREDICTION, TRUTH, np.ones((2, 2)), distribution="normal")
    assert list(measured) == list(METRICS)
    assert {metric.unit for metric in METRICS.values()} == {"m", "1/km", "%", ""}
    assert {name for name, metric in METRICS.items() if not metric.lower_is_better} == {
        name for name in METRICS if name.startswith("delta")
    }
    assert METRICS["rmse"].text(0.12345) == "0.1235"


# Another way


@given(pairs(), st.integers(0, 2**32 - 1))
def test_numbers_agree_with_sums_over_pixels(
    arrays: tuple[NDArray[np.float32], NDArray[np.float32]], seed: int
) -> None:
    prediction, truth = arrays
    mask = np.random.default_rng(seed).random(truth.shape) < 0.7
    mask[0, 0] = True
    pixels = [(float(p), float(t)) for p, t in zip(prediction[mask], truth[mask], strict=True)]
    count = len(pixels)
    measured = measure(prediction, truth, mask=mask, max_depth=80)
    expected = {
        "rmse": math.sqrt(math.fsum((p - t) ** 2 for p, t in pixels) / count),
        "mae": math.fsum(abs(p - t) for p, t in pixels) / count,
        "rel": math.fsum(abs(p - t) / t for p, t in pixels) / count,
        "irmse": math.sqrt(math.fsum((1000 / p - 1000 / t) ** 2 for p, t in pixels) / count),
        "imae": math.fsum(abs(1000 / p - 1000 / t) for p, t in pixels) / count,
        "log10": math.fsum(abs(math.log10(p / t)) for p, t in pixels) / count,
        "delta_1.25": 100 * sum(max(p / t, t / p) < 1.25 for p, t in pixels) / count,
        "authors_rmse": 3.2 * math.sqrt(math.fsum((p - t) ** 2 for p, t in pixels) / count),
        "authors_rel": math.fsum(3.2 * abs(p - t) / (3.2 * t + 1e-6) for p, t in pixels) / count,
    }
    assert {name: measured[name] for name in expected} == pytest.approx(expected, rel=1e-9, abs=1e-12)
    matrix = np.array([[p, 1] for p, _ in pixels])
    true = np.array([t for _, t in pixels])
    if np.ptp(matrix[:, 0]) > 0.01:
        fitted = matrix @ np.linalg.lstsq(matrix, true, rcond=None)[0]
        assert measured["affine_rel"] == pytest.approx(np.mean(np.abs(fitted - true) / true), rel=1e-6, abs=1e-9)


@given(depths)
def test_edge_band_agrees_with_a_search_around_every_pixel(truth: NDArray[np.float32]) -> None:
    truth[truth < 1] = 0
    height, width = truth.shape

    def is_edge(row: int, column: int) -> bool:
        beside = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        here = float(truth[row, column])
        others = [float(truth[r, c]) for r, c in beside if 0 <= r < height and 0 <= c < width and truth[r, c] > 0]
        return here > 0 and any(max(here, other) > 1.1 * min(here, other) for other in others)

    edges = [(r, c) for r in range(height) for c in range(width) if is_edge(r, c)]
    expected = [
        [any(abs(r - y) <= 3 and abs(c - x) <= 3 for y, x in edges) for c in range(width)] for r in range(height)
    ]
    np.testing.assert_array_equal(edge_band(truth), expected)


def test_edge_error_is_that_of_the_band_alone() -> None:
    truth = np.where(np.arange(20) < 10, 2.0, 4.0)[None].repeat(3, axis=0)
    prediction = truth.copy()
    prediction[:, 10] += 0.5  # in the band, which is columns 6 to 13
    prediction[:, 0] += 9
    assert measure(prediction, truth)["edge_rmse"] == pytest.approx(0.5 / math.sqrt(8))


# Laws


@given(pairs())
def test_a_perfect_prediction(arrays: tuple[NDArray[np.float32], NDArray[np.float32]]) -> None:
    _, truth = arrays
    for name, value in measure(truth, truth, max_depth=10).items():
        assert value == pytest.approx(100.0 if name.startswith("delta") else 0.0, abs=1e-9)


@given(pairs(), st.sampled_from([0.01, 0.5, 100.0]))
def test_scaling_a_frame_scales_what_is_in_metres(
    arrays: tuple[NDArray[np.float32], NDArray[np.float32]], scale: float
) -> None:
    prediction, truth = (array.astype(np.float64) for array in arrays)
    before, after = measure(prediction, truth, max_depth=10), measure(scale * prediction, scale * truth, max_depth=10)
    for name in ("rmse", "mae", "authors_rmse"):
        assert after[name] == pytest.approx(scale * before[name])
    for name in ("irmse", "imae"):
        assert after[name] == pytest.approx(before[name] / scale)
    for name in ("rel", "log10"):
        assert after[name] == pytest.approx(before[name])


@given(pairs(), st.floats(0.1, 10), st.floats(0, 10))
def test_affine_rel_does_not_see_scale_and_offset(
    arrays: tuple[NDArray[np.float32], NDArray[np.float32]], scale: float, offset: float
) -> None:
    prediction, truth = (array.astype(np.float64) for array in arrays)
    prediction[0, 0] = 200  # so that not all are the same
    before, after = measure(prediction, truth), measure(scale * prediction + offset, truth)
    assert after["affine_rel"] == pytest.approx(before["affine_rel"], rel=1e-6, abs=1e-9)


@given(pairs(), st.floats(0, 1))
def test_uncertainty_that_is_the_error_has_no_area(
    arrays: tuple[NDArray[np.float32], NDArray[np.float32]], other: float
) -> None:
    prediction, truth = arrays
    error = np.abs(prediction.astype(np.float64) - truth)
    assert measure_uncertainty(prediction, truth, error) == pytest.approx({"ause_rmse": 0, "ause_mae": 0}, abs=1e-12)
    guess = np.random.default_rng(int(other * 1e6)).random(truth.shape)
    measured = measure_uncertainty(prediction, truth, guess)
    assert min(measured.values()) >= -1e-12
    assert measure_uncertainty(prediction, truth, guess**3 / 7) == measured  # only the order counts


def test_truth_and_prediction_are_not_changed_and_unknown_pixels_play_no_part() -> None:
    truth = np.array([[1, np.nan, np.inf, -1, 0, 2, 1e300, 3]])
    prediction = np.array([[1.1, -1, np.nan, np.inf, 0, 2.2, np.nan, np.nan]])
    mask = np.array([[True] * 7 + [False]])
    for array in (truth, prediction, mask):
        array.setflags(write=False)
    assert measure(prediction, truth, mask=mask) == measure(np.array([[1.1, 0, 2.2]]), np.array([[1.0, 0, 2.0]]))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_sums_are_in_float64_whatever_comes_in(kind: type) -> None:
    truth, prediction = np.full((300, 300), 1000, dtype=kind), np.full((300, 300), 1001, dtype=kind)
    assert measure(prediction, truth)["rmse"] == 1


def test_the_largest_and_smallest_depths_do_not_overflow() -> None:
    truth = np.array([[np.finfo(np.float32).max, np.finfo(np.float32).smallest_subnormal]], dtype=np.float32)
    assert all(math.isfinite(value) for value in measure(truth[:, ::-1], truth, max_depth=1e-3).values())


# Uncertainty by hand


def test_sparsification_by_hand() -> None:
    truth = np.full((2, 2), 10.0)
    prediction = truth + np.array([[1, 2], [3, 4]])
    curve = sparsification_curve(prediction, truth, np.array([[0.9, 0.2], [0.1, 0.3]]), squared=False)
    # Left: all; then without the error 1; without 1 and 4; only the 3.
    assert curve.error[[0, 24, 25, 50, 75, 99]] == pytest.approx([2.5, 2.5, 3, 2.5, 3, 3])
    assert curve.oracle[[0, 24, 25, 50, 75, 99]] == pytest.approx([2.5, 2.5, 2, 1.5, 1, 1])
    assert curve.ause == pytest.approx((1 + 1 + 2) / 4)
    assert curve.removed[[0, 25, 99]] == pytest.approx([0, 0.25, 0.99])


def test_equal_uncertainty_tells_nothing_in_any_order_of_pixels() -> None:
    truth = np.full((1, 4), 10.0)
    for errors in ([1, 2, 3, 4], [4, 3, 2, 1]):
        curve = sparsification_curve(truth + np.array([errors]), truth, np.ones((1, 4)))
        assert curve.error == pytest.approx(np.full(100, math.sqrt(7.5)))


@pytest.mark.parametrize(
    ("distribution", "draw"),
    [("normal", np.random.Generator.normal), ("laplace", np.random.Generator.laplace)],
)
def test_calibration_of_true_and_false_scales(distribution: str, draw: Callable[..., NDArray[np.float64]]) -> None:
    generator = np.random.default_rng(0)
    scale = generator.uniform(0.1, 2, size=(100, 1000))
    truth = np.full(scale.shape, 50.0)
    prediction = truth + draw(generator, 0, scale)
    curve = calibration_curve(prediction, truth, scale, distribution=distribution)
    assert curve.expected == pytest.approx(curve.observed, abs=0.01)
    other = {"normal": "laplace", "laplace": "normal"}[distribution]
    assert calibration_curve(prediction, truth, scale, distribution=other).error > 0.03
    assert calibration_curve(prediction, truth, 3 * scale, distribution=distribution).error > 0.2


def test_calibration_at_levels_by_hand() -> None:
    truth, errors = np.full((2, 2), 10.0), np.array([[0.1, 0.5], [2.0, 3.0]])
    scale = np.array([[1.0, 1], [2, 1]])  # needed: intervals of 9.5, 39.3, 63.2 and 95.02 %
    curve = calibration_curve(truth + errors, truth, scale, distribution="laplace").at_levels
    assert dict(zip(CALIBRATION_LEVELS, curve, strict=True)) == {
        **dict.fromkeys((10, 20, 30), 25),
        **dict.fromkeys((40, 50, 60), 50),
        **dict.fromkeys((70, 80, 90, 95), 75),
    }


@pytest.mark.parametrize(
    ("told", "observed"),  # with p the level, of intervals `told` times as wide as they should be: 1 - (1 - p)^told
    [
        (1.0, [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]),
        (0.5, [5.13, 10.56, 16.33, 22.54, 29.29, 36.75, 45.23, 55.28, 68.38, 77.64]),
        (2.0, [19, 36, 51, 64, 75, 84, 91, 96, 99, 99.75]),
    ],
    ids=["perfect", "twice too sure", "half as sure as it could be"],
)
def test_calibration_at_levels_of_a_laplacian(told: float, observed: list[float]) -> None:
    generator = np.random.default_rng(0)
    scale = generator.uniform(0.1, 2, size=(100, 1000))
    truth = np.full(scale.shape, 50.0)
    prediction = truth + generator.laplace(0, scale)
    curve = calibration_curve(prediction, truth, told * scale, distribution="laplace").at_levels
    assert curve == pytest.approx(observed, abs=0.5)  # three deviations of a share of 100,000 pixels


def test_certainty_is_right_only_without_error() -> None:
    truth, prediction = np.array([[1.0, 1, 1, 1]]), np.array([[1.0, 1, 1, 2]])
    curve = calibration_curve(prediction, truth, np.zeros((1, 4)), distribution="normal")
    assert curve.observed == pytest.approx(np.full(99, 0.75))


# What is refused

SIX = np.ones((2, 3))
HOLED = np.array([[1, np.nan, 1], [1, 1, -2]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"prediction": HOLED},
            "prediction: 2 of 6 pixels with truth are wrong, the first is nan at row 0, column 1; ",
        ),
        (
            {"prediction": 0 * SIX},
            "6 of 6 pixels with truth are wrong, the first is 0 at row 0, column 0; expected a fin",
        ),
        ({"prediction": SIX * np.inf}, "the first is inf"),
        ({"prediction": SIX * 1e300}, "the first is 1e\\+300"),
        ({"prediction": SIX.T}, r"prediction: shape \(3, 2\), but the truth is \(2, 3\); compare at the truth's size"),
        ({"prediction": SIX.astype(int)}, r"prediction: int64 of shape \(2, 3\), expected floats \(H,W\)"),
        ({"truth": SIX[None]}, r"truth: float64 of shape \(1, 2, 3\), expected floats"),
        ({"truth": 0 * SIX}, "truth: no pixel has known depth, so nothing can be measured; leave"),
        ({"truth": np.empty((0, 3)), "prediction": np.empty((0, 3))}, "truth: is 3x0, expected at least one pixel"),
        ({"mask": SIX > 2}, "truth: no pixel has known depth"),
        ({"mask": SIX}, r"mask: float64 of shape \(2, 3\), expected bool \(2, 3\) as the truth"),
        ({"mask": SIX.T > 0}, r"mask: bool of shape \(3, 2\), expected bool \(2, 3\)"),
        ({"max_depth": 0.0}, "max_depth: found 0.0, expected metres above 0"),
        ({"max_depth": math.nan}, "max_depth: found nan"),
    ],
)
def test_what_measure_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SpnetError, match=message) as caught:
        measure(**{"prediction": SIX, "truth": SIX} | arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"uncertainty": -SIX},
            "uncertainty: 6 of 6 pixels with truth are wrong, the first is -1 at row 0, column 0; exp",
        ),
        ({"uncertainty": SIX * np.nan}, "the first is nan at row 0, column 0; expected a finite number of at least 0"),
        ({"uncertainty": SIX.T}, r"uncertainty: shape \(3, 2\), but the truth is \(2, 3\)"),
        ({"distribution": "gauss"}, "distribution: found 'gauss', expected one of normal, laplace"),
        ({"prediction": HOLED}, "prediction: 2 of 6"),
    ],
)
def test_what_measure_uncertainty_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        measure_uncertainty(**{"prediction": SIX, "truth": SIX, "uncertainty": SIX} | arguments)
