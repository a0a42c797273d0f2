"""Completion without learning: one contract for every method, then what each one promises beyond it."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.polynomial.chebyshev import chebval
from numpy.typing import NDArray
from PIL import Image
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import Delaunay

from spnet.classic import METHODS, guided, linear, morphology, nearest

NYU = Path(__file__).resolve().parents[2] / "shared" / "data" / "nyu_dev"
KEEPS_MEASURED = sorted(set(METHODS) - {"morphology"})
SIZES = [(1, 1), (1, 2), (2, 1), (1, 13), (11, 1), (2, 2), (3, 5), (13, 17), (31, 37), (64, 48), (5, 101)]

Inputs = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_]]


def scattered(shape: tuple[int, int], share: float = 0.1, seed: int = 0) -> Inputs:
    """Noise for an image and depths of 1 m to 9 m on a share of the pixels, on one at least."""
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < share
    mask[rng.integers(shape[0]), rng.integers(shape[1])] = True
    depth = np.where(mask, rng.uniform(1, 9, shape), 0).astype(np.float32)
    return rng.integers(0, 256, (*shape, 3), dtype=np.uint8), depth, mask


def at_points(shape: tuple[int, int], points: dict[tuple[int, int], float]) -> Inputs:
    """A grey image, measured at the given (row, column)."""
    depth = np.zeros(shape, np.float32)
    for pixel, metres in points.items():
        depth[pixel] = metres
    return np.full((*shape, 3), 128, np.uint8), depth, depth > 0


def assert_contract(name: str, inputs: Inputs) -> NDArray[np.float32]:
    """Run a method, check all that `spnet.classic` promises of one call, and return its result."""
    copies = [array.copy() for array in inputs]
    dense = METHODS[name](*inputs)
    rgb, depth, mask = inputs
    assert dense.shape == depth.shape
    assert dense.dtype == np.float32
    assert depth[mask].min() <= dense.min()  # NaN fails this, too
    assert dense.max() <= depth[mask].max()
    assert not any(np.shares_memory(dense, array) for array in inputs)
    for array, copy in zip(inputs, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
    if name in KEEPS_MEASURED:
        np.testing.assert_array_equal(dense[mask], depth[mask])
    np.testing.assert_array_equal(METHODS[name](rgb, depth, mask), dense)
    return dense


def test_methods_are_those_of_the_documentation() -> None:
    assert list(METHODS) == ["nearest", "linear", "morphology", "guided"]


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("name", METHODS)
def test_any_size(name: str, shape: tuple[int, int]) -> None:
    assert_contract(name, scattered(shape))


@pytest.mark.parametrize(
    "mask",
    [
        np.ones((9, 14), bool),
        np.eye(12, dtype=bool),
        np.arange(9)[:, None] == np.full(14, 3),  # a row
        np.arange(14) == np.full((9, 1), 5),  # a column
        (np.arange(9)[:, None] * 3 == np.arange(27)) & (np.arange(9)[:, None] % 2 == 0),  # a slanted line
        np.arange(9)[:, None] < np.full(14, 2),  # a strip along the edge
        np.add.outer(np.arange(9), np.arange(14)) % 2 == 0,  # nothing but single gaps
    ],
    ids=["all", "diagonal", "row", "column", "slanted", "strip", "checkers"],
)
@pytest.mark.parametrize("name", METHODS)
def test_awkward_masks(name: str, mask: NDArray[np.bool_]) -> None:
    rgb, depth, _ = scattered(mask.shape, share=1.0)
    assert_contract(name, (rgb, np.where(mask, depth, np.float32(0)), mask))


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("pixel", [(0, 0), (20, 31), (40, 52)])
def test_one_point_fills_everything(name: str, pixel: tuple[int, int]) -> None:
    dense = assert_contract(name, at_points((41, 53), {pixel: 3.7}))
    np.testing.assert_array_equal(dense, np.float32(3.7))


@pytest.mark.parametrize("name", METHODS)
def test_constant_image(name: str) -> None:
    _, depth, mask = scattered((33, 46), share=0.05)
    assert_contract(name, (np.full((33, 46, 3), 255, np.uint8), depth, mask))


@pytest.mark.parametrize("name", METHODS)
def test_far_apart_depths(name: str) -> None:
    rgb, depth, mask = scattered((24, 40), share=0.2)
    depth[mask] = 10 ** (8.5 * depth[mask] - 38.5)  # 1e-30 m to 1e38 m
    assert_contract(name, (rgb, depth, mask))


@pytest.mark.parametrize("name", METHODS)
def test_views_of_larger_arrays(name: str) -> None:
    rgb, depth, mask = scattered((40, 60))
    some = (slice(None, None, 2), slice(None, None, -3))
    dense = assert_contract(name, (rgb[some], depth[some], mask[some]))
    np.testing.assert_array_equal(dense, METHODS[name](rgb[some].copy(), depth[some].copy(), mask[some].copy()))


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    share=st.sampled_from([0.0, 0.03, 0.3, 0.9]),
    seed=st.integers(0, 2**32 - 1),
    scale=st.floats(0.001, 1000),
)
def test_laws(name: str, shape: tuple[int, int], share: float, seed: int, scale: float) -> None:
    rgb, depth, mask = scattered(shape, share, seed)
    dense = assert_contract(name, (rgb, depth, mask))
    scaled = assert_contract(name, (rgb, depth * np.float32(scale), mask))
    np.testing.assert_allclose(scaled, dense * np.float32(scale), rtol=2e-5)


@pytest.mark.parametrize(
    ("name", "most"),
    [("nearest", 20), ("linear", 60), ("morphology", 30), ("guided", 100)],
)
def test_memory_per_pixel_is_bounded(name: str, most: int) -> None:
    rgb, depth, mask = scattered((400, 500), share=1.0)
    mask[:, 100:350] = False
    tracemalloc.start()
    try:
        METHODS[name](rgb, np.where(mask, depth, np.float32(0)), mask)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak / mask.size < most  # so that 12 megapixels take 1.2 GB at most


# nearest


def test_nearest_by_hand() -> None:
    dense = nearest.fill(*at_points((2, 5), {(0, 0): 1.0, (1, 4): 2.0}))
    np.testing.assert_array_equal(dense, np.array([[1, 1, 1, 2, 2], [1, 1, 2, 2, 2]], np.float32))


@pytest.mark.parametrize("shape", [(17, 23), (40, 9)])
def test_nearest_is_at_the_least_distance(shape: tuple[int, int]) -> None:
    rgb, depth, mask = scattered(shape, share=0.05)
    measured = np.argwhere(mask)
    dense = nearest.fill(rgb, depth, mask)
    for pixel in np.ndindex(shape):
        squared = ((measured - pixel) ** 2).sum(axis=1)
        assert dense[pixel] in depth[tuple(measured[squared == squared.min()].T)]


# linear


def test_linear_by_hand() -> None:
    dense = linear.fill(*at_points((5, 5), {(0, 0): 1.0, (0, 4): 5.0, (4, 0): 9.0}))
    expected = np.array(
        [
            [1, 2, 3, 4, 5],
            [3, 4, 5, 6, 5],  # the last of these rows lie outside the triangle: the nearest corner's
            [5, 6, 7, 5, 5],
            [7, 8, 9, 9, 5],
            [9, 9, 9, 9, 9],
        ],
        np.float32,
    )
    at_equal_distance = np.eye(5, dtype=bool)  # from the second and the third corner
    at_equal_distance[:3] = False
    np.testing.assert_allclose(dense[~at_equal_distance], expected[~at_equal_distance], rtol=1e-6)


@pytest.mark.parametrize("shape", [(37, 53), (120, 9)])
def test_linear_reproduces_a_plane_inside_the_hull(shape: tuple[int, int]) -> None:
    row, column = np.indices(shape)
    plane = (3 + 0.02 * row - 0.015 * column).astype(np.float32)
    rgb, _, mask = scattered(shape, share=0.05)
    mask[[0, 0, -1, -1], [0, -1, 0, -1]] = True  # the hull is the image
    dense = linear.fill(rgb, np.where(mask, plane, np.float32(0)), mask)
    np.testing.assert_allclose(dense, plane, atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_linear_equals_scipy(seed: int) -> None:
    rgb, depth, mask = scattered((61, 83), share=0.01, seed=seed)
    expected = LinearNDInterpolator(np.argwhere(mask), depth[mask])(*np.indices(mask.shape))
    inside = np.isfinite(expected)
    dense = linear.fill(rgb, depth, mask)
    np.testing.assert_allclose(dense[inside], expected[inside], rtol=1e-5)
    np.testing.assert_array_equal(dense[~inside], nearest.fill(rgb, depth, mask)[~inside])


def test_linear_draws_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = scattered((61, 83), share=0.02)
    whole = linear.fill(*inputs)
    monkeypatch.setattr(linear, "_ROWS_AT_ONCE", 7)
    monkeypatch.setattr(linear, "_PIXELS_AT_ONCE", 5)
    np.testing.assert_array_equal(linear.fill(*inputs), whole)


def circle_holds(corners: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which points (N, 2) lie strictly inside the circle through three corners (3, 2); exact, in integers."""
    a, b, c = (corners - points[:, None]).transpose(1, 0, 2)
    lifted = [(corner**2).sum(axis=1) for corner in (a, b, c)]
    cross = linear._cross
    determinant = lifted[0] * cross(b, c) + lifted[1] * cross(c, a) + lifted[2] * cross(a, b)
    inside: NDArray[np.bool_] = determinant * cross(corners[1] - corners[0], corners[2] - corners[0]) > 0
    return inside


def covers(corners: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which points (N, 2) lie in a triangle (3, 2) or on its sides; none if it has no area."""
    a, b, c = (corners - points[:, None]).transpose(1, 0, 2)
    cross = linear._cross
    parts = np.stack([cross(a, b), cross(b, c), cross(c, a)])
    inside: NDArray[np.bool_] = (np.abs(parts.sum(axis=0)) == np.abs(parts).sum(axis=0)) & parts.any(axis=0)
    return inside


def test_triangles_and_circles_by_hand() -> None:
    corners = np.array([[0, 0], [0, 2], [2, 0]])
    points = np.array([[1, 1], [0, 1], [2, 2], [3, 0], [0, 0]])  # two inside, one on the circle, one out, a corner
    for order in ([0, 1, 2], [2, 1, 0]):
        assert circle_holds(corners[order], points).tolist() == [True, True, False, False, False]
        assert covers(corners[order], points).tolist() == [True, True, False, False, True]


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(2, 14), st.integers(2, 14)),
    share=st.sampled_from([0.5, 0.8, 0.95]),
    hole=st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 9), st.integers(0, 9)),
    seed=st.integers(0, 2**32 - 1),
)
def test_corners_left_out_change_nothing(
    shape: tuple[int, int], share: float, hole: tuple[int, int, int, int], seed: int
) -> None:
    """No triangle at a left-out corner covers a missing pixel; those that do are Delaunay triangles of all corners."""
    _, _, mask = scattered(shape, share, seed)
    mask[hole[0] : hole[0] + hole[2], hole[1] : hole[1] + hole[3]] = False
    measured, missing = np.argwhere(mask), np.argwhere(~mask)
    corner = linear._may_be_corner(mask)
    kept = np.argwhere(corner)
    assume(not linear._on_one_line(measured))
    triangles = measured[Delaunay(measured).simplices]
    for corners in triangles[~corner[triangles[..., 0], triangles[..., 1]].all(axis=1)]:
        assert not covers(corners, missing).any()
    assume(not linear._on_one_line(kept))
    for corners in kept[Delaunay(kept).simplices]:
        if covers(corners, missing).any():
            assert not circle_holds(corners, measured).any()


# morphology


@pytest.mark.parametrize(("left", "right"), [(1.0, 5.0), (5.0, 1.0)])
def test_morphology_lets_near_surfaces_win(left: float, right: float) -> None:
    poles = {(row, column): depth for row in range(9) for column, depth in ((4, left), (8, right))}
    assert linear.fill(*at_points((9, 13), poles))[4, 6] == 3
    assert morphology.fill(*at_points((9, 13), poles))[4, 6] < 2.5


def test_morphology_extends_upward() -> None:
    inputs = at_points((120, 60), {(100, 10): 2.0, (20, 30): 6.0})
    assert nearest.fill(*inputs)[0, 10] == 6
    assert morphology.fill(*inputs)[0, 10] == 2


def test_morphology_closes_gaps_in_near_surfaces() -> None:
    wall = {(row, column): 5.0 for row in range(15) for column in range(22)}
    fence = {(row, column): 1.0 for row in range(15) for column in (6, 15)}
    dense = morphology.fill(*at_points((15, 22), wall | fence))
    np.testing.assert_array_equal(dense[:, 7:15], 1)


def test_morphology_fills_small_holes_before_large_ones() -> None:
    """What is left of a hole after 3 pixels from either side is near, up to 15 pixels from the near side."""
    poles = {(row, column): depth for row in range(9) for column, depth in ((5, 1.0), (25, 5.0))}
    dense = morphology.fill(*at_points((9, 32), poles))
    np.testing.assert_array_equal(dense[:, 3:18], 1)
    np.testing.assert_array_equal(dense[:, 22:28], 5)


def test_morphology_smooths_what_was_measured() -> None:
    wall = {(row, column): 4.0 for row in range(21) for column in range(21)}
    assert morphology.fill(*at_points((21, 21), wall | {(10, 10): 8.0}))[10, 10] == 4
    assert morphology.fill(*at_points((21, 21), wall | {(10, 10): 1.0}))[10, 10] > 3


# guided


def scale_of(rgb: NDArray[np.uint8]) -> guided._Scale:
    """The finest scale of an image, its neighbours weighted, its depth and source zero."""
    height, width, _ = rgb.shape
    image = guided._pyramid(rgb, np.zeros(height * width, np.float32), np.ones((height, width), bool))[0][:3]
    scale = guided._scale(np.zeros((10, (height + 2) * width), np.float32), height, width)
    guided._link(image, scale)
    return scale


def test_guided_links_follow_the_formula() -> None:
    rgb = np.array([[[10, 20, 30], [13, 14, 30]], [[10, 20, 30], [255, 255, 255]]], np.uint8)
    scale = scale_of(rgb)
    down, right = scale.image(scale.links)
    below, above, after, before = scale.image(scale.weights)
    across = np.exp(-(3 + 6 + 0) / 3 / 255 / 0.02) + 0.002
    np.testing.assert_allclose(right, np.array([[across, 0], [0.002, 0]]), rtol=1e-3)
    np.testing.assert_allclose(down, np.array([[1.002, 0.002], [0, 0]]), rtol=1e-3)
    assert below[0, 0] == pytest.approx(1.002 / (1.002 + across))
    assert after[0, 0] == pytest.approx(across / (1.002 + across))
    assert above[1, 1] == pytest.approx(0.5)
    assert before[1, 1] == pytest.approx(0.5)
    np.testing.assert_allclose(below + above + after + before, 1, rtol=1e-6)


@pytest.mark.parametrize("sweeps", [1, 2, 3, 8])
def test_guided_sweeps_are_chebyshev_polynomials(sweeps: int) -> None:
    """On a row of even links, waves decay in each sweep as Chebyshev polynomials of their eigenvalue do."""
    scale = scale_of(np.full((1, 9, 3), 77, np.uint8))
    eigenvalue, radius = np.cos(np.pi / 4), 0.9
    wave = np.cos(np.pi / 4 * np.arange(9))
    scale.image(scale.depth)[0] = wave
    guided._sweep(scale, sweeps, radius)
    unit = np.eye(sweeps + 1)[sweeps]
    decay = chebval(eigenvalue / radius, unit) / chebval(1 / radius, unit)
    np.testing.assert_allclose(scale.image(scale.depth)[0], decay * wave, atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 2), (5, 8), (7, 1), (1, 6)])
def test_guided_scales(shape: tuple[int, int]) -> None:
    """Halving averages what is there, also at odd sides; enlarging a plane gives the plane inside the edge."""
    row, column = np.indices(shape, dtype=np.float32)
    half = guided._halve((row + 10 * column)[None])[0]
    assert half.shape == ((shape[0] + 1) // 2, (shape[1] + 1) // 2)
    for cell in np.ndindex(half.shape):
        pixels = (slice(2 * cell[0], 2 * cell[0] + 2), slice(2 * cell[1], 2 * cell[1] + 2))
        assert half[cell] == pytest.approx((row + 10 * column)[pixels].mean())
    enlarged = np.empty(shape, np.float32)
    coarse_row, coarse_column = np.indices(half.shape, dtype=np.float32) * 2 + 0.5
    guided._enlarge(coarse_row + 10 * coarse_column, enlarged)
    inside = (slice(1, shape[0] - 1 - shape[0] % 2), slice(1, shape[1] - 1 - shape[1] % 2))
    np.testing.assert_allclose(enlarged[inside], (row + 10 * column)[inside], rtol=1e-6)


def test_guided_fills_each_side_of_an_edge_with_its_own_depth() -> None:
    rgb, depth, mask = at_points((32, 48), {(16, 5): 2.0, (16, 40): 6.0})
    rgb[:, :24], rgb[:, 24:] = (200, 30, 30), (30, 200, 30)
    dense = guided.fill(rgb, depth, mask)
    assert dense[:, :24].max() < 2.4
    assert dense[:, 24:].min() > 5
    no_edge = guided.fill(np.full_like(rgb, 90), depth, mask)
    assert no_edge[16, 24] - no_edge[16, 23] < 0.3


def test_guided_continues_slopes(monkeypatch: pytest.MonkeyPatch) -> None:
    """On an evenly coloured surface that recedes, the coarser scale's relief takes much of the error away."""
    ramp = np.exp(np.linspace(0, 1, 64, dtype=np.float32))[None].repeat(48, axis=0)
    points = {(row, column): ramp[row, column] for row in range(0, 48, 8) for column in range(0, 64, 8)}
    rgb, depth, mask = at_points(ramp.shape, points)
    between = (slice(0, 41), slice(0, 57))
    error = np.abs(guided.fill(rgb, depth, mask) / ramp - 1)[between].mean()
    monkeypatch.setattr(guided, "_RELIEF", 0.0)
    levelling = np.abs(guided.fill(rgb, depth, mask) / ramp - 1)[between].mean()
    assert error < 0.006  # between points whose depths differ by 13 %
    assert error < 0.7 * levelling


@pytest.mark.parametrize("shape", [(16, 32), (13, 17), (1, 9)])
def test_guided_treats_rows_and_columns_alike(shape: tuple[int, int]) -> None:
    rgb, depth, mask = scattered(shape)
    turned = guided.fill(rgb.transpose(1, 0, 2), depth.T, mask.T).T
    np.testing.assert_allclose(turned, guided.fill(rgb, depth, mask), rtol=1e-4)


@pytest.mark.parametrize("flip", [np.flipud, np.fliplr])
def test_guided_treats_both_directions_alike(flip: np.ufunc) -> None:
    rgb, depth, mask = scattered((16, 32))  # where every scale halves evenly
    flipped = flip(guided.fill(flip(rgb), flip(depth), flip(mask)))
    np.testing.assert_allclose(flipped, guided.fill(rgb, depth, mask), rtol=1e-4)


# on real frames


def nyu_errors(frame: str, share: float) -> dict[str, float]:
    """RMSE in metres of each method on the inner part of a frame, a share of whose pixels is measured."""
    inner = (slice(45, 471), slice(41, 601))  # inside the white border
    rgb = np.asarray(Image.open(NYU / frame / "rgb.jpg"))[inner]
    truth = np.asarray(Image.open(NYU / frame / "depth.png"))[inner].astype(np.float32) / 1000
    mask = np.random.default_rng(int(frame)).random(truth.shape) < share
    depth = np.where(mask, truth, np.float32(0))
    return {name: float(np.sqrt(np.mean((fill(rgb, depth, mask) - truth) ** 2))) for name, fill in METHODS.items()}


@pytest.mark.skipif(not NYU.is_dir(), reason="needs the NYU frames in ../shared/data")
@pytest.mark.parametrize(("points", "below_linear"), [(500, 0.2), (2400, 0.25)])
def test_guided_beats_the_others_on_real_frames(points: int, below_linear: float) -> None:
    frames = ["0054", "0178", "0312", "0438", "0658", "0947"]
    errors = [nyu_errors(frame, points / (426 * 560)) for frame in frames]
    mean = {name: np.mean([error[name] for error in errors]) for name in METHODS}
    assert mean["guided"] < (1 - below_linear) * mean["linear"]
    assert mean["linear"] < mean["nearest"]
    assert mean["guided"] < mean["morphology"]
