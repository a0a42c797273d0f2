"""Pictures: readable, bounded, and only pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import small_frame
from spnet import SpnetError, show


def test_colors_go_from_near_and_bright_to_far_and_dark() -> None:
    depths = np.geomspace(1, 10, 50, dtype=np.float32)
    brightness = show.colorize(depths, 1, 10) @ np.array([0.30, 0.59, 0.11])
    assert (np.diff(brightness) < 0).all()
    assert brightness[0] > 200
    assert brightness[-1] < 60


def test_colors_beyond_the_range_are_those_of_its_ends() -> None:
    table = show.colorize(np.array([0.0, 0.5, 1, 10, 99], dtype=np.float32), 1, 10)
    assert (table[:3] == table[2]).all()
    assert (table[3:] == table[3]).all()


@pytest.mark.parametrize(("near", "far"), [(1, 1.01), (0.01, 0.012), (0.3, 8), (2, 90), (0.001, 1000), (3.1, 3.12)])
def test_ticks_are_few_and_inside(near: float, far: float) -> None:
    ticks = show.ticks(near, far)
    assert 1 <= len(ticks) <= 8
    assert all(near <= tick <= far for tick in ticks)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 300), (48, 64), (900, 1300)])
def test_a_preview_of_any_size_fits_a_screen(height: int, width: int) -> None:
    frame = small_frame(height, width, points=1)
    picture = show.preview(frame, np.full((height, width), 2.0, np.float32))
    assert picture.width < 3 * show.PANEL_PIXELS + 200
    assert picture.height < show.PANEL_PIXELS + 200


def test_a_preview_shows_image_points_and_depth() -> None:
    frame = small_frame(100, 120, points=30)
    metres = np.linspace(1, 5, 120, dtype=np.float32) * np.ones((100, 1), np.float32)
    picture = np.asarray(show.preview(frame, metres))
    gap, width = 12, 120
    assert np.array_equal(picture[gap : gap + 100, gap : gap + width], frame.rgb)
    left = gap + 2 * (width + gap)
    near, far = show.display_range(metres)
    assert np.array_equal(picture[gap : gap + 100, left : left + width], show.colorize(metres, near, far))


@pytest.mark.parametrize("name", ["view.png", "view.jpg", "view.webp"])
def test_saves_pictures(tmp_path: Path, name: str) -> None:
    show.save_picture(Image.new("RGB", (5, 4)), tmp_path / name)
    with Image.open(tmp_path / name) as picture:
        assert picture.size == (5, 4)


def test_refuses_another_extension(tmp_path: Path) -> None:
    with pytest.raises(SpnetError, match="expected a picture's extension"):
        show.save_picture(Image.new("RGB", (5, 4)), tmp_path / "view.pdf")
