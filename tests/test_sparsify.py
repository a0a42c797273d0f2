"""Sparsity patterns: what each keeps of the truth, what it may change, and that nothing but seed and frame decides."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.sparsify import PATTERNS, Sparse, parse, sparsify
from spnet.sparsify.corners import corner_scores
from spnet.sparsify.lidar import BEAMS

SELECTING = ("random:30%", "points:7", "rows:3", "features:9", "range:1-5", "holes")
DISTURBING = ("noise:0.1", "outliers:0.5")
SENSORS = ("lines:4", "lines:8", "lines:16", "lines:32", "lines:64", "grid:3x4")
EVERY = (*SELECTING, *DISTURBING, *SENSORS)

HEIGHT, WIDTH = 96, 128
CAMERA = Camera(110, 110, 63.5, 47.5, WIDTH, HEIGHT)


def room() -> NDArray[np.float32]:
    """A floor and a wall 6 m away, with a box 2 m away before them."""
    rows = np.arange(HEIGHT)[:, None].repeat(WIDTH, axis=1)
    floor = 1.5 * CAMERA.fy / np.maximum(rows - CAMERA.cy, 1e-3)
    depth = np.minimum(floor, 6).astype(np.float32)
    depth[30:80, 40:80] = 2
    return depth


def picture(seed: int = 0, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, size=(*shape, 3), dtype=np.uint8)


def draw(pattern: str, truth: NDArray[np.float32] | None = None, seed: int = 0, frame: str = "a") -> Sparse:
    truth = room() if truth is None else truth
    height, width = truth.shape
    camera = Camera(110, 110, (width - 1) / 2, (height - 1) / 2, width, height)
    return sparsify(truth, pattern, seed=seed, frame=frame, camera=camera, rgb=picture(1, (height, width)))


truths = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=40),
    elements=st.sampled_from([np.nan, np.inf, -1.0, 0.0, 0.5, 1.0, 1.0625, 2.0, 5.0, 80.0, 2.0**-100, 2.0**100]),
)


def known(truth: NDArray[np.float32]) -> NDArray[np.bool_]:
    return (truth >= 1e-6) & (truth <= 1e6)


# Laws of every pattern


@given(truths, st.sampled_from(EVERY), st.integers(0, 5))
def test_measurements_are_finite_positive_and_on_known_pixels(
    truth: NDArray[np.float32], pattern: str, seed: int
) -> None:
    before = truth.copy()
    sparse = draw(pattern, truth, seed)
    np.testing.assert_array_equal(truth, before)
    assert (sparse.depth.dtype, sparse.mask.dtype, sparse.depth.shape) == (np.float32, np.bool_, truth.shape)
    np.testing.assert_array_equal(sparse.mask, sparse.depth != 0)
    assert np.isfinite(sparse.depth).all()
    assert (sparse.depth >= 0).all()
    if not pattern.startswith("grid"):  # which measures at the centre of a cell what lies in the cell
        assert not (sparse.mask & ~known(truth)).any()


@given(truths, st.sampled_from(SELECTING), st.sampled_from(SELECTING))
def test_selections_keep_the_truth_and_all_of_it_that_both_keep(
    truth: NDArray[np.float32], first: str, second: str
) -> None:
    sparse = draw(f"{first}+{second}", truth)
    np.testing.assert_array_equal(sparse.depth[sparse.mask], truth[sparse.mask])
    assert not (sparse.mask & ~draw(first, truth).mask).any()
    if not {first, second} & {"points:7", "features:9"} and first != second:  # those count what is left to them
        swapped = draw(f"{second}+{first}", truth)
        np.testing.assert_array_equal(sparse.mask, swapped.mask)
        np.testing.assert_array_equal(sparse.mask, draw(first, truth).mask & draw(second, truth).mask)


@given(truths, st.sampled_from(["lines:4", "lines:16", "lines:64"]), st.integers(0, 3))
def test_lines_measure_the_truth_or_a_farther_pixel_of_it(truth: NDArray[np.float32], pattern: str, seed: int) -> None:
    sparse = draw(pattern, truth, seed)
    measured, true = sparse.depth[sparse.mask], truth[sparse.mask]
    assert (measured >= true).all()
    assert np.isin(measured, truth[known(truth)]).all()


@given(truths, st.integers(1, 9), st.integers(1, 9))
def test_grid_measures_a_pixel_of_each_cell_at_its_centre(truth: NDArray[np.float32], rows: int, columns: int) -> None:
    sparse = draw(f"grid:{rows}x{columns}", truth)
    height, width = truth.shape
    rows, columns = min(rows, height), min(columns, width)
    assert np.count_nonzero(sparse.mask) <= rows * columns
    for row, column in zip(*np.nonzero(sparse.mask), strict=True):
        across, down = (2 * column + 1) * columns // (2 * width), (2 * row + 1) * rows // (2 * height)
        cell = truth[
            down * height // rows : -(-(down + 1) * height // rows),
            across * width // columns : -(-(across + 1) * width // columns),
        ]
        assert sparse.depth[row, column] in cell


@pytest.mark.parametrize("pattern", EVERY)
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2), (3, 200)])
@pytest.mark.parametrize("value", [0.0, 3.0, 1e-6, 1e6, 1e-38, 3e38])
def test_small_thin_empty_and_extreme_frames(pattern: str, shape: tuple[int, int], value: float) -> None:
    sparse = draw(pattern, np.full(shape, value, dtype=np.float32))
    assert set(np.unique(sparse.depth[sparse.mask])) <= {np.float32(value)} or pattern.startswith("noise")
    assert 1e-7 < value < 1e7 or not sparse.mask.any()


@pytest.mark.parametrize("pattern", ["lines:64", "holes"])
@pytest.mark.parametrize(
    "camera", [(1e7, 1e7, 0, 0), (1, 1, 63, 47), (110, 110, 1e6, -1e6), (110, 1e-3, 63, 47), (1e-3, 110, 63, 47)]
)
def test_odd_cameras(pattern: str, camera: tuple[float, float, float, float]) -> None:
    sparse = sparsify(room(), pattern, seed=0, frame="a", camera=Camera(*camera, WIDTH, HEIGHT))
    assert (sparse.depth[sparse.mask] >= room()[sparse.mask]).all()


# Nothing but seed, frame and step decides


@pytest.mark.parametrize("pattern", EVERY)
def test_what_is_drawn_depends_on_seed_and_frame_only(pattern: str) -> None:
    jobs = [(seed, frame) for seed in (0, 1, -1) for frame in ("a", "b", "räume/é 1")]
    first = {job: draw(pattern, seed=job[0], frame=job[1]).depth.tobytes() for job in jobs}
    with ThreadPoolExecutor(3) as pool:
        again = dict(
            zip(jobs[::-1], pool.map(lambda job: draw(pattern, None, *job).depth.tobytes(), jobs[::-1]), strict=True)
        )
    assert again == first
    is_random = pattern.partition(":")[0] in ("random", "points", "lines", "holes", "noise", "outliers")
    assert len(set(first.values())) == (len(jobs) if is_random else 1)


@pytest.mark.parametrize(
    ("pattern", "digest"),
    [
        ("random:1%", "d7c2eaf6539d3ae0"),
        ("points:100", "bc481cd2bfdebb46"),
        ("rows:4", "6c7b615114fa2187"),
        ("grid:8x8", "4020f7d4b2715096"),
        ("features:100", "3a3545e4694b3757"),
        ("holes", "0b2588c7e4ac4c21"),
        ("lines:16", "d1931a688eb9fe60"),
        ("lines:64+noise:0.02+outliers:1%", "3ce59da8f73730e8"),
    ],
)
def test_the_same_bytes_on_every_machine(pattern: str, digest: str) -> None:
    assert hashlib.sha256(draw(pattern).depth.tobytes()).hexdigest()[:16] == digest


def test_steps_do_not_disturb_each_other() -> None:
    lines, noisy = draw("lines:16"), draw("lines:16+noise:0.02")
    np.testing.assert_array_equal(lines.mask, noisy.mask)
    np.testing.assert_array_equal(draw("range:0-9+points:50").depth, draw("points:50").depth)
    twice = draw("random:50%+random:50%").mask.mean()
    assert 0.22 < twice < 0.28  # the second draws anew


@pytest.mark.parametrize(
    ("more", "fewer"), [("random:10%", "random:1%"), ("points:500", "points:100"), ("points:12287", "points:12286")]
)
def test_sparser_is_part_of_denser(more: str, fewer: str) -> None:
    assert not (draw(fewer).mask & ~draw(more).mask).any()


# Each pattern


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5])
@pytest.mark.parametrize("form", ["{:g}", "{:%}"])
def test_random_share(share: float, form: str) -> None:
    counts = [np.count_nonzero(draw(f"random:{form.format(share)}", frame=str(n)).mask) for n in range(30)]
    pixels = 30 * HEIGHT * WIDTH
    assert abs(sum(counts) - share * pixels) < 4 * np.sqrt(share * (1 - share) * pixels)


@pytest.mark.parametrize("count", [1, 2, 500, 12287, 12288, 12289])
def test_points_are_exactly_as_many_as_there_are(count: int) -> None:
    truth = room()
    assert np.count_nonzero(draw(f"points:{count}").mask) == min(count, truth.size)
    truth[::2] = 0
    assert np.count_nonzero(draw(f"points:{count}", truth).mask) == min(count, truth.size // 2)


@pytest.mark.parametrize(
    ("count", "height", "expected"),
    [(1, 5, [2]), (2, 4, [1, 2]), (3, 9, [2, 4, 6]), (5, 5, [0, 1, 2, 3, 4]), (99, 3, [0, 1, 2]), (1, 1, [0])],
)
def test_rows_are_evenly_spaced(count: int, height: int, expected: list[int]) -> None:
    mask = draw(f"rows:{count}", np.ones((height, 4), dtype=np.float32)).mask
    assert np.flatnonzero(mask.all(axis=1)).tolist() == expected
    assert np.count_nonzero(mask) == 4 * len(expected)


@pytest.mark.parametrize(
    ("share", "rows", "columns"), [("100%", 96, 128), ("75%", 72, 96), ("0.5", 48, 64), ("0.1%", 1, 1)]
)
def test_a_view_is_a_window_anywhere(share: str, rows: int, columns: int) -> None:
    places = set()
    for frame in range(40):
        mask = draw(f"view:{share}", frame=str(frame)).mask
        down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert (np.ptp(down) + 1, np.ptp(across) + 1) == (rows, columns)
        assert np.count_nonzero(mask) == rows * columns
        places.add((down[0] / (HEIGHT - rows + 1), across[0] / (WIDTH - columns + 1)))
    assert len(places) == 1 if rows == HEIGHT else len(places) > 30


def test_range_holds_its_ends() -> None:
    truth = np.array([[0.29, 0.3, 1, 8, 8.01]], dtype=np.float32)
    truth[0, 1], truth[0, 3] = 0.25, 8
    np.testing.assert_array_equal(draw("range:0.25-8", truth).mask, [[True, True, True, True, False]])


@pytest.mark.parametrize(
    ("left", "missing", "expected"),
    [(0, 0, 5), (3, 0, 5), (7, 0, 1), (10, 0, 1), (0, 4, 5), (0, 6, 0), (6, 4, 1)],
)
def test_grid_reports_the_surface_that_fills_most_of_the_zone(left: int, missing: int, expected: float) -> None:
    truth = np.full((10, 10), 5, dtype=np.float32)
    truth[:, :left] = 1
    truth[:, 10 - missing :] = 0
    sparse = draw("grid:1x1", truth)
    assert sparse.depth[5, 5] == expected
    assert np.count_nonzero(sparse.mask) == (expected > 0)


def test_noise_has_the_deviation_it_says_at_every_depth() -> None:
    truth = np.where(np.arange(400) < 200, 1, 50).astype(np.float32)[:, None].repeat(200, axis=1)
    error = draw("noise:0.1", truth).depth / truth - 1
    for half in (error[:200], error[200:]):
        assert abs(half.mean()) < 0.002
        assert half.std() == pytest.approx(0.1, rel=0.03)
        assert np.abs(half).max() <= 0.3 + 1e-6


def test_outliers_are_as_many_as_said_and_lie_between_the_depths_of_the_scene() -> None:
    truth = room()
    sparse = draw("outliers:10%", truth)
    wrong = sparse.depth != truth
    assert sparse.mask.all()
    assert wrong.mean() == pytest.approx(0.1, abs=0.01)
    assert truth.min() <= sparse.depth.min() <= sparse.depth.max() <= truth.max()
    inverse = (1 / sparse.depth[wrong] - 1 / truth.max()) / (1 / truth.min() - 1 / truth.max())
    assert np.histogram(inverse, 4, (0, 1))[0] == pytest.approx(wrong.sum() / 4, rel=0.2)


def test_features_lie_on_corners() -> None:
    """A grey image with white squares has its corners where the squares have them."""
    rgb = np.full((60, 80, 3), 90, dtype=np.uint8)
    corners = []
    for top, left in ((10, 10), (10, 50), (35, 30)):
        rgb[top : top + 12, left : left + 12] = 255
        corners += [(top + dy - 0.5, left + dx - 0.5) for dy in (0, 12) for dx in (0, 12)]
    truth = np.full((60, 80), 3, dtype=np.float32)
    found = np.argwhere(sparsify(truth, "features:100", seed=0, frame="a", rgb=rgb).mask)
    assert len(found) == 12
    for row, column in corners:
        assert min(max(abs(r - row), abs(c - column)) for r, c in found) <= 2


@given(hnp.arrays(np.uint8, (12, 15, 3)))
def test_corner_scores_agree_with_eigenvalues(rgb: NDArray[np.uint8]) -> None:
    grey = np.pad(rgb.astype(np.float64) @ [2, 5, 1], 1, mode="edge")
    across, down = grey[1:-1, 2:] - grey[1:-1, :-2], grey[2:, 1:-1] - grey[:-2, 1:-1]
    scores = corner_scores(rgb)
    for row, column in ((0, 0), (6, 7), (11, 3)):
        window = slice(max(row - 2, 0), row + 3), slice(max(column - 2, 0), column + 3)
        x, y = across[window].ravel(), down[window].ravel()
        expected = np.linalg.eigvalsh([[x @ x, x @ y], [x @ y, y @ y]])[0]
        assert scores[row, column] == pytest.approx(expected, abs=1e-3, rel=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(1, 60))
def test_features_keep_their_distance(seed: int, count: int) -> None:
    rgb = picture(seed, (30, 40)) // 64 * 64  # many equal scores
    truth = np.ones((30, 40), dtype=np.float32)
    found = np.argwhere(sparsify(truth, f"features:{count}", seed=0, frame="a", rgb=rgb).mask)
    assert 0 < len(found) <= count
    apart = np.abs(found[:, None] - found).max(axis=2)
    assert (apart[~np.eye(len(found), dtype=bool)] >= 4).all()


def test_features_of_a_plain_image_are_none() -> None:
    truth = np.ones((30, 40), dtype=np.float32)
    sparse = sparsify(truth, "features:50", seed=0, frame="a", rgb=np.full((30, 40, 3), 7, dtype=np.uint8))
    assert not sparse.mask.any()


@pytest.mark.parametrize(
    ("lines", "highest", "lowest"),
    [(4, -0.67, -20.83), (8, 0.67, -22.33), (16, 15, -15), (32, 10.67, -30.67), (64, 2, -24.33)],
)
def test_beams_are_those_of_real_sensors(lines: int, highest: float, lowest: float) -> None:
    assert len(BEAMS[lines]) == lines
    assert (BEAMS[lines][0], BEAMS[lines][-1]) == pytest.approx((highest, lowest), abs=0.51)
    assert (np.diff(BEAMS[lines]) < 0).all()


@pytest.mark.parametrize("lines", sorted(BEAMS))
def test_lines_lie_at_the_sensors_elevations(lines: int) -> None:
    """On a far wall the sensor's position does not matter, and near the middle nor does its roll."""
    camera = Camera(600, 600, 200, 300, 401, 601)
    truth = np.full((601, 401), 90, dtype=np.float32)
    for frame in ("a", "b", "c"):
        mask = sparsify(truth, f"lines:{lines}", seed=0, frame=frame, camera=camera).mask
        rows = np.flatnonzero(mask[:, 190:211].sum(axis=1) > 5)
        starts = rows[np.diff(rows, prepend=-9) > 2]
        expected = [e for e in BEAMS[lines] if abs(np.degrees(np.arctan(300 / 600)) - abs(e)) > 4 and abs(e) < 26]
        assert len(starts) == pytest.approx(len(expected), abs=1 + lines // 10)


def test_lines_bleed_through_at_edges_only() -> None:
    """A sensor beside the camera sees the wall behind the box's edges: nowhere else is anything but the truth."""
    truth = room()
    bleeding = np.zeros(truth.shape, dtype=int)
    for number in range(60):
        sparse = draw("lines:64", seed=number)
        bleeding += sparse.mask & (sparse.depth > 1.5 * truth)
    assert bleeding.sum() > 100
    rows, columns = np.nonzero(bleeding)
    inside = (rows >= 30) & (rows < 80) & (columns >= 40) & (columns < 80)
    assert inside.all()
    from_edge = np.minimum.reduce([rows - 30, 79 - rows, columns - 40, 79 - columns])
    assert from_edge.max() <= 110 * 0.3 * (1 / 2 - 1 / 6) + 2  # parallax of the farthest mount, and rounding


def test_lines_do_not_come_back_from_afar_or_from_nothing() -> None:
    truth = room()
    truth[:, :40] = 120
    truth[:, 80:] = np.nan
    sparse = draw("lines:64", truth)
    assert sparse.mask[:, 40:80].any()
    assert not sparse.mask[:, :40].any()
    assert not sparse.mask[:, 80:].any()


def test_a_sensor_on_a_small_scene_stands_near() -> None:
    """The same scene in centimetres is seen with the same lines."""
    large, small = draw("lines:64", room()), draw("lines:64", room() / 100)
    assert np.count_nonzero(small.mask) == pytest.approx(np.count_nonzero(large.mask), rel=0.1)


def test_holes_lie_at_edges_and_in_the_shadow_beside_them() -> None:
    truth = np.full((240, 320), 4, dtype=np.float32)
    truth[80:160, 120:200] = 1.2
    camera = Camera(262, 262, 159.5, 119.5, 320, 240)
    lost = {"left": 0.0, "right": 0.0, "wall": 0.0}
    sides = set()
    for number in range(40):
        mask = sparsify(truth, "holes", seed=number, frame="a", camera=camera).mask
        # Parallax of 5 to 9 cm, at 1.2 against 4 m: a shadow of 7.6 to 13.8 pixels.
        left, right = (~mask[90:150, columns] for columns in (slice(113, 119), slice(201, 207)))
        sides.add("left" if left.mean() > right.mean() else "right")
        assert max(left.mean(), right.mean()) == 1
        lost["wall"] += (~mask[20:70, 20:300]).mean() / 40
    assert sides == {"left", "right"}
    assert lost["wall"] < 0.1


@pytest.mark.parametrize(("grey", "most"), [(5, 0.6), (120, 0.1), (255, 0.6)])
def test_holes_take_dark_and_shiny_surfaces(grey: int, most: float) -> None:
    truth = np.full((120, 160), 2, dtype=np.float32)
    kept = []
    for number in range(40):
        rgb = np.full((120, 160, 3), grey, dtype=np.uint8)
        kept.append(sparsify(truth, "holes", seed=number, frame="a", rgb=rgb).mask[12:-12, 12:-12].mean())
    assert (1 - np.mean(kept) > 0.2) == (most == 0.6)
    assert 1 - np.mean(kept) < most


def test_holes_leave_most_of_a_frame() -> None:
    shares = [draw("holes", seed=number).mask.mean() for number in range(40)]
    assert 0.5 < min(shares) < max(shares) - 0.05 < 0.95


# Text


def test_every_form_in_the_table_is_a_pattern() -> None:
    for name, pattern in PATTERNS.items():
        (step,) = parse(pattern.form)
        assert step.name == name
        assert pattern.meaning
        assert bool(pattern.expected) == (":" in pattern.form)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("random:0.01", (0.01,)),
        ("random:.5", (0.5,)),
        ("random:1%", (0.01,)),
        ("random:0.1%", (0.001,)),
        ("random:1", (1.0,)),
        ("random:100%", (1.0,)),
        ("points:500", (500,)),
        ("grid:8x12", (8, 12)),
        ("range:0.3-8", (0.3, 8)),
        ("view:80%", (0.8,)),
        ("noise:30%", (0.3,)),
        ("holes", ()),
    ],
)
def test_values_that_can_be_written(text: str, values: tuple[float, ...]) -> None:
    (step,) = parse(text)
    assert step.values == pytest.approx(values)


def test_steps_are_joined_by_plus() -> None:
    assert [step.name for step in parse("lines:16 + noise:0.02+outliers:1%")] == ["lines", "noise", "outliers"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            r"pattern '': found '', expected one of random:1%, points:500, rows:16, lines:16, grid:8x8, features:500, ",
        ),
        ("velodyne", "found 'velodyne', expected one of random:1%"),
        ("random:1%+", "pattern 'random:1%\\+': found '', expected one of"),
        ("lines:12", "found 'lines:12', expected a number of lines of 4, 8, 16, 32, 64, as in lines:16"),
        ("lines", "found 'lines', expected a number of lines"),
        ("random:0", "found 'random:0', expected a share above 0 and up to 1, or up to 100%, as in random:1%"),
        ("random:10", "found 'random:10', expected a share"),
        ("random:-0.1", "expected a share"),
        ("random:nan", "expected a share"),
        ("random:1e-3", "expected a share"),
        ("random:", "expected a share"),
        ("points:0", "expected a whole number from 1 to 67,108,864"),
        ("points:1.5", "expected a whole number"),
        ("points:67108865", "expected a whole number"),
        ("points:٥", "expected a whole number"),
        ("grid:8", "expected rows x columns, each from 1 to 9999, as in grid:8x8"),
        ("grid:0x8", "expected rows x columns"),
        ("grid:99999x8", "expected rows x columns"),
        ("range:8-0.3", "expected two depths in metres, up to 1000000, the smaller first"),
        ("range:0.3", "expected two depths"),
        ("range:1-1000001", "expected two depths in metres, up to 1000000, the smaller first"),
        ("noise:0.5", "expected a share above 0 and up to 0.3, or up to 30%"),
        ("holes:1", "found 'holes:1', expected no value"),
        ("holes:", "found 'holes:', expected no value"),
        ("random:1%" * 100, "pattern: 900 characters, expected at most 200"),
        ("a\nb", r"pattern 'a\\nb'"),
    ],
)
def test_texts_that_are_no_pattern(text: str, message: str) -> None:
    with pytest.raises(SpnetError, match=message) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


ONES = np.ones((4, 6), dtype=np.float32)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pattern": "lidar"}, "found 'lidar', expected one of"),
        ({"pattern": "features:5"}, "features: found no image to look for corners in; pass rgb, or use points:N"),
        ({"truth": ONES[0]}, r"truth: float32 of shape \(6,\), expected floats \(H,W\) in metres"),
        ({"truth": ONES.astype(np.uint16)}, r"truth: uint16 of shape \(4, 6\), expected floats"),
        ({"truth": ONES[:0]}, "truth: is 6x0, expected at least one pixel"),
        (
            {"truth": np.broadcast_to(np.float32(1), (9000, 9000))},
            "truth: is 9000x9000, more than the 67,108,864 pixels",
        ),
        ({"camera": Camera(5, 5, 2, 2, 4, 6)}, "camera: 4x6, but the truth is 6x4; crop it alike"),
        ({"rgb": picture(0, (6, 4))}, r"rgb: uint8 of shape \(6, 4, 3\), expected uint8 \(4, 6, 3\) as the truth"),
        ({"rgb": picture(0, (4, 6)) / 255}, r"rgb: float64 of shape \(4, 6, 3\)"),
    ],
)
def test_what_sparsify_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        sparsify(**{"truth": ONES, "pattern": "random:1%", "seed": 0, "frame": "a"} | arguments)
