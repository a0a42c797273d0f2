"""Tiles cover everything, keep the budget, and blend without a trace."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spnet import tiles

sides = st.integers(1, 90).map(lambda count: 32 * count)


@given(sides, sides, st.integers(2**16, 2**22))
def test_windows_cover_the_image_within_the_budget(height: int, width: int, max_pixels: int) -> None:
    windows = tiles.plan(height, width, max_pixels=max_pixels, multiple=32)
    covered = np.zeros((height, width), dtype=int)
    for window in windows:
        assert window.height * window.width <= max_pixels
        assert all(value % 32 == 0 for value in (window.top, window.left, window.height, window.width))
        assert window.top >= 0
        assert window.left >= 0
        covered[window.rows, window.columns] += 1
    assert covered.min() >= 1
    assert len(windows) == 1 or height * width > max_pixels


@given(sides, sides, st.integers(2**16, 2**20))
def test_neighbours_overlap(height: int, width: int, max_pixels: int) -> None:
    windows = tiles.plan(height, width, max_pixels=max_pixels, multiple=32)
    for starts, side in (
        (sorted({window.left for window in windows}), windows[0].width),
        (sorted({window.top for window in windows}), windows[0].height),
    ):
        for first, second in itertools.pairwise(starts):
            assert first + side - second >= tiles.OVERLAP * side - 32  # starts are rounded to the stride


@pytest.mark.parametrize(("height", "width"), [(640, 800), (64, 4096), (4096, 64)])
def test_blending_what_tiles_agree_on_changes_nothing(height: int, width: int) -> None:
    truth = np.random.default_rng(0).random((2, height, width), dtype=np.float32)
    windows = tiles.plan(height, width, max_pixels=2**16, multiple=32)
    assert len(windows) > 1
    blended = tiles.blend(windows, height, width, lambda window: truth[:, window.rows, window.columns])
    assert np.allclose(blended, truth, rtol=1e-5)
    batch = tiles.blend(windows, height, width, lambda window: truth[:, None, window.rows, window.columns])
    assert np.array_equal(batch[:, 0], blended)


def test_blending_what_tiles_disagree_on_leaves_no_step() -> None:
    windows = tiles.plan(256, 1024, max_pixels=2**16, multiple=32)
    levels = iter(range(100))
    blended = tiles.blend(
        windows, 256, 1024, lambda window: np.full((1, window.height, window.width), next(levels), np.float32)
    )
    assert blended.max() - blended.min() > 3
    assert np.abs(np.diff(blended[0], axis=1)).max() < 0.05
