import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spnet.errors import SpnetError
from spnet.units import (
    MAX_DEPTH_OF_UNKNOWN_N,
    Unit,
    check_plausible,
    guess_unit,
    parse_unit,
    smallest_unit_that_holds,
)


@pytest.mark.parametrize(
    ("text", "metres", "farthest"),
    [
        ("mm", 0.001, 65.535),
        ("kitti", 1 / 256, 65535 / 256),
        ("tum", 1 / 5000, 13.107),
        ("m", 1.0, 65535.0),
        ("max-depth:20", 20 / 65535, 20.0),
        ("max-depth:0.5", 0.5 / 65535, 0.5),
        ("max-depth:1e5", 1e5 / 65535, 1e5),
    ],
)
def test_unit_is_parsed(text: str, metres: float, farthest: float) -> None:
    unit = parse_unit(text)
    assert unit == Unit(text, metres)
    assert unit.farthest_16_bit == pytest.approx(farthest, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cm", "unknown depth unit 'cm': expected mm, kitti"),
        ("", "unknown depth unit ''"),
        ("MM", "unknown depth unit 'MM'"),
        ("max-depth", "unknown depth unit 'max-depth'"),
        ("max-depths:20", "unknown depth unit"),
        ("max-depth:", "expected a number of metres from 0.001 to 100000"),
        ("max-depth:N", "expected a number of metres"),
        ("max-depth:0", "expected a number of metres"),
        ("max-depth:-20", "expected a number of metres"),
        ("max-depth:inf", "expected a number of metres"),
        ("max-depth:nan", "expected a number of metres"),
        ("max-depth:100001", "expected a number of metres"),
    ],
)
def test_unknown_unit_is_refused(text: str, message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        parse_unit(text)


@pytest.mark.parametrize(
    ("farthest", "name"),
    [
        (0.0, "mm"),
        (65.535, "mm"),
        (65.536, "kitti"),
        (255.99, "kitti"),
        (256.0, "max-depth:500"),
        (500.0, "max-depth:500"),
        (500.1, "max-depth:1000"),
        (99_999.0, "max-depth:100000"),
        (100_001.0, None),
        (math.inf, None),
    ],
)
def test_smallest_unit_that_holds(farthest: float, name: str | None) -> None:
    unit = smallest_unit_that_holds(farthest)
    assert (unit.name if unit else None) == name


@given(st.floats(min_value=0, max_value=100_000))
def test_the_unit_holds_what_it_is_said_to_hold(farthest: float) -> None:
    unit = smallest_unit_that_holds(farthest)
    assert unit is not None
    assert round(farthest / unit.metres) <= 65535
    assert parse_unit(unit.name) == unit


def depth_map(*values: int, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    return np.resize(np.array(values, dtype=np.uint16), size)


@pytest.mark.parametrize(
    ("values", "unit", "reason"),
    [
        (depth_map(0, 1500, 2431, 3000), "mm", "median is then 2.431 m"),
        (depth_map(0, 0), "mm", "no pixel holds a measurement"),
        (depth_map(1500, 20000, size=(375, 1242)), "kitti", "1242x375 is the size of KITTI"),
        (depth_map(1500, 20000, size=(352, 1216)), "kitti", "1216x352 is the size of KITTI"),
        (depth_map(1500, 20000, size=(1242, 375)), "mm", "median"),
        (depth_map(1500, 65535), MAX_DEPTH_OF_UNKNOWN_N, "largest value 65535"),
        (depth_map(1500, 64000), "mm", "median"),
        (depth_map(6825, 10005, 22185), "tum", "multiple of 5"),
        (depth_map(6820, 10010, 22180), "mm", "median"),  # centimetres
        (depth_map(1505, 2505), "mm", "median"),
        (depth_map(1500, 65535).astype(np.int32) * 2, "mm", "median"),
    ],
)
def test_unit_is_guessed_from_what_is_seen(values: np.ndarray, unit: str, reason: str) -> None:
    guess = guess_unit(values)
    assert guess.unit == unit
    assert reason in guess.reason


@pytest.mark.parametrize(
    ("metres", "unit", "message"),
    [
        (4000.0, "m", "median depth is 4000 m .* taken as m: are they millimetres\\? then pass the unit mm"),
        (1001.0, "mm", "median depth is 1001 m .* taken as mm: pass the unit that they have"),
        (0.002, "mm", "median depth is 0.002 m .* taken as mm: are they metres\\? then pass the unit m"),
        (0.002, "m", "median depth is 0.002 m .* taken as m: pass the unit that they have"),
    ],
)
def test_implausible_median_is_refused(metres: float, unit: str, message: str) -> None:
    values = np.array([[0.0, metres, metres], [0.0, metres, 2.0]], dtype=np.float32)
    with pytest.raises(SpnetError, match=f"^lidar.png: .*{message}"):
        check_plausible(values, parse_unit(unit), "lidar.png")


@pytest.mark.parametrize("metres", [0.0, 0.006, 2.0, 999.0])
def test_plausible_median_passes(metres: float) -> None:
    check_plausible(np.full((3, 4), metres, dtype=np.float32), parse_unit("m"), "lidar.png")


def test_missing_pixels_do_not_count_in_the_median() -> None:
    values = np.zeros((10, 10), dtype=np.float32)
    values[0, 0] = 4000
    with pytest.raises(SpnetError, match="millimetres"):
        check_plausible(values, parse_unit("m"), "depth.npy")
