"""The camera: what each of its faults does, that a perfect one does nothing, and that exposure suits the light."""

from dataclasses import replace

import numpy as np
import pytest

from spnet.synth.photograph import CameraStyle, draw_style, photograph

PERFECT = CameraStyle(0.0, (1.0, 1.0, 1.0), 1.0, 1.0, 0.0, 0.0, (0.0, 0.0), 0.0, 0.0, 0.0, 0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def ramp() -> np.ndarray:
    """Light that rises from left to right and differs between the channels."""
    across = np.linspace(0.02, 0.6, 96, dtype=np.float32)[None, :, None]
    return np.broadcast_to(across * np.array([1.0, 0.8, 0.6], np.float32), (64, 96, 3)).copy()


def test_a_perfect_camera_keeps_order_and_adds_nothing():
    picture = photograph(ramp(), PERFECT, rng())
    assert picture.dtype == np.uint8
    assert (np.diff(picture[0, :, 0].astype(int)) >= 0).all()
    np.testing.assert_array_equal(picture, photograph(ramp(), PERFECT, rng(1)))


@pytest.mark.parametrize("brightness", [0.001, 0.1, 1.0, 300.0])
def test_exposure_suits_the_light(brightness):
    picture = photograph(ramp() * np.float32(brightness), PERFECT, rng())
    assert 70 < picture.mean() < 170


@pytest.mark.parametrize(
    ("fault", "measure"),
    [
        ({"exposure": 1.0}, lambda after, before: after.mean() > before.mean() + 10),
        ({"exposure": -1.0}, lambda after, before: after.mean() < before.mean() - 10),
        ({"white_balance": (1.3, 1.0, 0.8)}, lambda after, before: after[..., 0].mean() > before[..., 0].mean() + 5),
        ({"contrast": 1.4}, lambda after, before: after.std() > 1.15 * before.std()),
        ({"saturation": 0.2}, lambda after, before: np.ptp(after, axis=2).mean() < 0.5 * np.ptp(before, axis=2).mean()),
        ({"vignetting": 0.5}, lambda after, before: after[0, -1].mean() < before[0, -1].mean() - 5),
        ({"shot_noise": 0.05}, lambda after, before: (after - before).std() > 2),
        ({"read_noise": 0.02}, lambda after, before: (after - before).std() > 1),
        ({"quality": 20}, lambda after, before: 0 < np.abs(after - before).mean() < 12),
    ],
)
def test_each_fault_shows(fault, measure):
    before = photograph(ramp(), PERFECT, rng()).astype(float)
    after = photograph(ramp(), replace(PERFECT, **fault), rng()).astype(float)
    assert measure(after, before)


@pytest.mark.parametrize("fault", [{"blur": 1.0}, {"motion": (3.0, 0.0)}])
def test_blur_softens_edges_and_does_not_move_them(fault):
    light = np.full((64, 96, 3), 0.1, np.float32)
    light[:, 48:] = 0.5
    sharp = photograph(light, PERFECT, rng())[32, :, 0].astype(float)
    soft = photograph(light, replace(PERFECT, **fault), rng())[32, :, 0].astype(float)
    assert np.abs(np.diff(soft)).max() < 0.7 * np.abs(np.diff(sharp)).max()
    half = (sharp[0] + sharp[-1]) / 2
    assert np.flatnonzero(soft > half)[0] == pytest.approx(48, abs=1)


def test_sharpening_steepens_edges():
    light = np.full((64, 96, 3), 0.1, np.float32)
    light[:, 48:] = 0.3
    plain = photograph(light, PERFECT, rng())[32, :, 0].astype(float)
    sharpened = photograph(light, replace(PERFECT, sharpening=0.8), rng())[32, :, 0].astype(float)
    assert np.abs(np.diff(sharpened)).max() > 1.2 * np.abs(np.diff(plain)).max()


def test_drawn_cameras_differ_and_are_the_same_for_a_seed():
    styles = [draw_style(rng(seed)) for seed in range(50)]
    assert len(set(styles)) == 50
    assert styles[7] == draw_style(rng(7))
    assert {style.quality > 0 for style in styles} == {True, False}
