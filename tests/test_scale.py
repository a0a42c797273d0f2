"""The scale of a scene: what each rule takes it from, and that it goes with the depth."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.scale import SCALE_RULES, fixed_scale, scene_scale

OF_DATA = ("mean", "median", "log_mean")

measured_depths = hnp.arrays(np.float32, st.integers(1, 40), elements=st.floats(0.125, 128, width=32)).map(
    lambda values: values[None]
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("mean", 15 / 4), ("median", 3.0), ("log_mean", 64 ** (1 / 4)), ("max_depth:20", 20.0), ("max_depth:0.5", 0.5)],
)
def test_a_rule_sees_the_measured_pixels_alone(rule: str, expected: float) -> None:
    depth = np.array([[1.0, 2.0, 77.0], [4.0, 8.0, -1.0]])
    mask = depth * np.array([[1, 1, 0], [1, 1, 0]]) > 0
    assert scene_scale(depth, mask, rule) == pytest.approx(expected, rel=1e-12)


@given(measured_depths, st.sampled_from(OF_DATA), st.floats(1e-3, 1e3))
def test_the_scale_goes_with_the_depth(depth: NDArray[np.float32], rule: str, factor: float) -> None:
    mask = np.ones(depth.shape, np.bool_)
    metres = depth.astype(np.float64)
    assert scene_scale(metres * factor, mask, rule) == pytest.approx(factor * scene_scale(metres, mask, rule), rel=1e-9)


@given(measured_depths, st.sampled_from(OF_DATA))
def test_the_scale_lies_among_the_depths(depth: NDArray[np.float32], rule: str) -> None:
    scale = scene_scale(depth, np.ones(depth.shape, np.bool_), rule)
    assert float(depth.min()) * (1 - 1e-6) <= scale <= float(depth.max()) * (1 + 1e-6)


def test_a_fixed_scale_needs_no_measurement() -> None:
    nothing = np.zeros((2, 3), np.float32)
    assert scene_scale(nothing, nothing > 0, "max_depth:100") == 100.0


@pytest.mark.parametrize("rule", OF_DATA)
def test_a_scale_of_the_data_needs_one(rule: str) -> None:
    nothing = np.zeros((2, 3), np.float32)
    with pytest.raises(SpnetError, match=f"^scale {rule}: the depth has no valid point to take it from$"):
        scene_scale(nothing, nothing > 0, rule)
    assert fixed_scale(rule) is None


@pytest.mark.parametrize(
    "rule",
    ["", "max", "max_depth", "max_depth:", "max_depth:far", "max_depth:-1", "max_depth:nan", "max_depth:1e9", "Mean"],
)
def test_what_is_no_rule_is_told_with_those_there_are(rule: str) -> None:
    message = (
        f"^scale {rule!r}: expected one of {', '.join(SCALE_RULES)}, N metres from 0.001 to 100000, as in max_depth:20$"
    )
    with pytest.raises(SpnetError, match=message):
        fixed_scale(rule)


def test_a_long_rule_is_cut_in_the_message() -> None:
    with pytest.raises(SpnetError) as caught:
        fixed_scale("x" * 10_000)
    assert len(str(caught.value)) < 200


def test_half_precision_depth_is_summed_exactly_enough() -> None:
    depth = np.full((300, 300), 60_000, np.float16)  # whose sum is far beyond float16
    assert scene_scale(depth, depth > 0, "mean") == pytest.approx(float(depth[0, 0]))
    assert math.isfinite(scene_scale(depth, depth > 0, "log_mean"))
