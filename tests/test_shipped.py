"""The network in the package: found by its name, the same in both of its files, and what it says of itself."""

from pathlib import Path

import numpy as np
import pytest

import spnet
from spnet import cli
from spnet.engines import ENGINES, Options
from spnet.engines.openvino import shared_core
from spnet.train.runfile import parse_recipe, read_recipe
from spnet.weights import resolve
from spnet.weights.files import SHIPPED, count_parameters

EXAMPLE = Path(__file__).parents[1] / "examples" / "motorcycle"


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    """A frame's corner as networks get it: (2,5,64,96), of two densities."""
    rng = np.random.default_rng(0)
    mask = rng.random((2, 1, 64, 96)) < np.array([0.02, 0.3])[:, None, None, None]
    depth = np.exp(rng.normal(0, 0.3, mask.shape)) * mask
    return np.concatenate([rng.random((2, 3, 64, 96)), depth, mask], axis=1).astype(np.float32)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_the_graph_gives_what_the_weights_give(name: str, engine: str, x: np.ndarray) -> None:
    expected = ENGINES["torch"](resolve(name), Options())(x)
    found = ENGINES[engine](resolve(name), Options())(x)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_an_image_gives_the_same_bits_alone_in_a_batch_and_after_other_sizes(x: np.ndarray) -> None:
    engine = ENGINES["openvino"](resolve("nano"), Options(threads=1))
    together = engine(x)
    for side in (32, 64, 96, 128, 160):
        assert engine(np.ascontiguousarray(x[:1, :, :32, :32].repeat(side // 32, axis=3))).shape == (1, 2, 32, side)
    assert np.array_equal(engine(x[1:]), together[1:])


def test_bfloat16_leaves_the_diffusion_in_float32() -> None:
    """What the network says is rounded to three digits, depth is not."""
    if "BF16" not in shared_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor has no bfloat16")
    frame = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
    precise, rounded = (
        spnet.load("nano", engine="openvino", options=Options(precision=precision))(frame).metres
        for precision in ("f32", "bf16")
    )
    assert np.abs(rounded / precise - 1).mean() < 5e-4


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_small_and_says_where_it_is_from(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    weights = resolve(name)
    assert weights.graph is not None
    assert max(path.stat().st_size for path in (weights.path, weights.graph)) <= 8_000_000
    assert count_parameters(weights.path) <= 3_000_000
    assert weights.metadata["licence"] == "Apache-2.0"
    assert "spnet synth" in weights.metadata["provenance"]
    run_files = sorted((Path(__file__).parents[1] / "runs" / name).glob("*.toml"))
    assert parse_recipe(weights.metadata["run_file"], name) == [read_recipe(path) for path in run_files][-1]
    assert cli.main(["info", name]) == 0
    said = capsys.readouterr().out
    assert "Apache-2.0" in said
    assert "samples" in said
    assert "RMSE" in said


@pytest.mark.parametrize("factor", [0.01, 7.0, 90.0])
def test_depth_times_a_factor_is_completed_to_the_completion_times_it(factor: float) -> None:
    frame = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
    model = spnet.load("nano", options=Options(threads=1))
    scaled = spnet.Frame(rgb=frame.rgb, depth=frame.depth * np.float32(factor))
    np.testing.assert_allclose(model(scaled).metres, model(frame).metres * factor, rtol=2e-4)


def test_the_command_line_completes_with_it_and_tells_how_sure_it_is(tmp_path: Path) -> None:
    arguments = [str(EXAMPLE / "rgb.jpg"), str(EXAMPLE / "lidar.png"), "--unit", "mm", "--model", "nano"]
    assert cli.main(["complete", *arguments, "-o", str(tmp_path / "dense.png")]) == 0
    done = spnet.complete(spnet.Frame.from_files(*arguments[:2], depth_unit="mm"), model="nano")
    assert done.confidence is not None
    assert 0 <= done.confidence.min() < done.confidence.max() <= 1


def test_reading_it_takes_no_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spnet.model.from_checkpoint", lambda *_: pytest.fail("PyTorch was asked"))
    assert spnet.load("nano", engine="onnxruntime").engine.startswith("onnxruntime")
