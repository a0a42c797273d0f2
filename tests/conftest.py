"""What several rooms' tests start from."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray

import spnet

# A busy machine must not fail a law: how long an example takes is the benchmarks' business.
# In CI examples are the same every time: a change is not refused for what it did not change.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("patient")

EXAMPLE = Path(__file__).parents[1] / "examples" / "motorcycle"


def needs(*programs: str) -> pytest.MarkDecorator:
    """Tests that need one of these programs are skipped where there is none; never in CI, where they fail."""
    absent = not any(map(shutil.which, programs)) and not os.environ.get("CI")
    return pytest.mark.skipif(absent, reason=f"{programs[0]} is not installed")


@pytest.fixture(autouse=True)
def _own_cache_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Converted networks of the tests stay out of the user's cache folder, and are shared between tests."""
    folder = tmp_path_factory.getbasetemp() / "cache"
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(folder))


@pytest.fixture(scope="session")
def opengl() -> None:
    """Tests that render are skipped, with a word, where there is no OpenGL; never in CI."""
    from spnet.synth.render.context import open_context

    try:
        open_context().release()
    except spnet.SpnetError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture
def frame() -> spnet.Frame:
    """The committed example with its camera."""
    return spnet.Frame.from_files(
        EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm", camera=EXAMPLE / "camera.json"
    )


def small_frame(height: int = 24, width: int = 32, points: int = 20, seed: int = 0) -> spnet.Frame:
    """A random image with a few random measurements between 1 and 5 m."""
    generator = np.random.default_rng(seed)
    depth: NDArray[np.float32] = np.zeros((height, width), dtype=np.float32)
    chosen = generator.choice(height * width, size=min(points, height * width), replace=False)
    depth.flat[chosen] = generator.uniform(1, 5, size=len(chosen))
    rgb = generator.integers(0, 256, size=(height, width, 3), dtype=np.uint8)
    return spnet.Frame(rgb=rgb, depth=depth)
