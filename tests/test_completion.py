"""`complete`: any size, any amount of depth, any method; the same promises for all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file

import spnet
from conftest import EXAMPLE, small_frame
from spnet import Frame, SpnetError, completion
from spnet.classic import METHODS
from spnet.completion import Network
from spnet.engines import Options
from spnet.files.depth import read_depth
from spnet.model import Config, Nano, SPNet
from spnet.weights.importing import import_checkpoint

SMALL = Config((16, 24, 32, 48), (1, 1, 1, 1))


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small untrained network that says its depth scale."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    torch.save({"network": SPNet(SMALL).state_dict()}, folder / "small.pth")
    import_checkpoint(folder / "small.pth", folder / "small.safetensors", max_depth=20)
    return folder / "small.safetensors"


@pytest.fixture(scope="session")
def network(weights: Path) -> spnet.completion.Completer:
    return spnet.load(weights, engine="torch")


@pytest.fixture(scope="session")
def steering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small `Nano` whose answers are those of no training, but not all alike."""
    torch.manual_seed(0)
    network = Nano(Config((8, 12, 16, 24), (1, 1, 1, 1), outputs=2))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    path = tmp_path_factory.mktemp("weights") / "steering.safetensors"
    save_file(network.state_dict(), path, metadata={"scale": "log_mean"})
    return path


class Told:
    """An engine that answers what a test tells it, to see what it is asked."""

    device, bytes_per_pixel = "told", 100

    def __init__(self, answer: object = None) -> None:
        self.asked: list[np.ndarray] = []
        self.answer = answer

    def __call__(self, x: np.ndarray) -> np.ndarray:
        self.asked.append(x)
        return x[:, 3:4] if self.answer is None else np.full_like(x[:, 3:4], self.answer)


def told(engine: Told, max_depth: float = 20.0, max_memory: float = 1.0) -> completion.Completer:
    network = Network(engine, f"max_depth:{max_depth}", max_memory)
    return completion.Completer("told", "told", "test", network, max_depth)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (31, 33), (32, 32), (61, 97)])
@pytest.mark.parametrize("model", [*METHODS, "network"])
def test_any_size_gives_finite_positive_depth_of_that_size(
    size: tuple[int, int], model: str, network: completion.Completer
) -> None:
    frame = small_frame(*size, points=3)
    depth = spnet.complete(frame, network if model == "network" else model)
    assert depth.metres.shape == size
    assert depth.metres.dtype == np.float32
    assert np.isfinite(depth.metres).all()
    assert (depth.metres > 0).all()
    assert depth.input_points == frame.mask.sum()


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 200), st.sampled_from(["nearest", "guided"]))
def test_measured_points_are_kept_when_asked(height: int, width: int, points: int, model: str) -> None:
    frame = small_frame(height, width, points)
    depth = spnet.complete(frame, model, keep_measured=True)
    assert np.array_equal(depth.metres[frame.mask], frame.depth[frame.mask])


def test_measured_points_are_kept_by_a_network_too(network: completion.Completer, frame: Frame) -> None:
    kept = network(frame, keep_measured=True)
    free = network(frame)
    assert np.array_equal(kept.metres[frame.mask], frame.depth[frame.mask])
    assert not np.array_equal(free.metres[frame.mask], frame.depth[frame.mask])
    assert np.array_equal(kept.metres[~frame.mask], free.metres[~frame.mask])


def test_what_the_engine_is_asked() -> None:
    frame = small_frame(40, 50, points=30)
    engine = Told()
    depth = told(engine, max_depth=10.0)(frame)
    (asked,) = engine.asked
    assert asked.shape == (1, 5, 64, 64)
    assert asked.dtype == np.float32
    assert asked.flags.c_contiguous
    assert np.allclose(asked[0, :3, :40, :50], frame.rgb.transpose(2, 0, 1) / 255)
    assert np.allclose(asked[0, 3, :40, :50], frame.depth / 10)
    assert np.array_equal(asked[0, 4, :40, :50], frame.mask)
    assert not asked[0, 3:, 40:].any()
    assert not asked[0, 3:, :, 50:].any()
    assert (asked[0, :3, 40:, :50] == asked[0, :3, 39:40, :50]).all()
    assert np.allclose(depth.metres[frame.mask], frame.depth[frame.mask])


@pytest.mark.parametrize(
    ("engine", "tolerance"),
    [
        ("openvino", 1e-5),  # 0 on the processors that were tried: a frame is summed in the same order in a batch
        ("torch", 1e-4),
        ("onnxruntime", 1e-4),
    ],
)
@pytest.mark.parametrize("family", ["spnet", "nano"])
def test_frames_that_run_together_are_completed_as_alone(
    data_scaled: Path, steering: Path, family: str, engine: str, tolerance: float
) -> None:
    model = spnet.load(data_scaled if family == "spnet" else steering, engine=engine)
    frames = [small_frame(70 + 5 * seed, 90, points=300 + seed, seed=seed) for seed in range(5)]  # all padded to 96x96
    keep = [seed == 2 for seed in range(5)]
    alone = [model(frame, keep_measured=kept) for frame, kept in zip(frames, keep, strict=True)]
    together = model.together(frames, keep_measured=keep)
    for one, other in zip(alone, together, strict=True):
        assert other.metres.shape == one.metres.shape
        assert (np.abs(other.metres - one.metres) <= tolerance * one.metres).all()
        assert one.expected_error is not None
        assert other.expected_error is not None
        assert (np.abs(other.expected_error - one.expected_error) <= tolerance * one.expected_error).all()


def test_frames_that_run_together_are_asked_in_one_run() -> None:
    engine = Told()
    frames = [small_frame(40, 50), small_frame(60, 64, seed=1)]
    depths = told(engine).together(frames, keep_measured=[False, False])
    (asked,) = engine.asked
    assert asked.shape == (2, 5, 64, 64)
    for depth, frame in zip(depths, frames, strict=True):
        assert depth.frame is frame
        assert np.allclose(depth.metres[frame.mask], frame.depth[frame.mask])
    with pytest.raises(SpnetError, match="found frames of 2 sizes, expected one"):
        told(engine).together([small_frame(40, 50), small_frame(40, 65)], keep_measured=[False, False])


def test_an_engine_that_loses_frames_is_refused() -> None:
    class Forgetful(Told):
        def __call__(self, x: np.ndarray) -> np.ndarray:
            return x[:1, 3:4]

    frames = [small_frame(), small_frame()]
    with pytest.raises(SpnetError, match=r"output of shape \(1, 1, 64, 64\), expected \(2, C, 64, 64\)"):
        told(Forgetful()).together(frames, keep_measured=[False, False])


def test_as_many_frames_run_together_as_memory_allows() -> None:
    model = told(Told(), max_memory=100 * 3.5 * 64 * 96 / 2**30)
    assert model.most_together(60, 90) == model.most_together(64, 96) == 3
    assert model.most_together(65, 96) == 2
    assert model.most_together(500, 500) == 1  # in tiles
    assert spnet.load("guided").most_together(60, 90) == 1


@pytest.mark.parametrize("answer", [np.nan, np.inf, -np.inf, -3.0, 0.0, 1e30, 1e-30])
def test_senseless_predictions_are_repaired_and_counted(answer: float) -> None:
    frame = small_frame(20, 30)
    depth = told(Told(answer))(frame)
    assert depth.repaired == 600
    assert np.isfinite(depth.metres).all()
    assert depth.metres.min() >= frame.depth[frame.mask].min() / 10 * 0.999
    assert depth.metres.max() <= 200.01


def test_sensible_predictions_are_left_alone() -> None:
    frame = small_frame(20, 30)
    depth = told(Told(0.15))(frame)
    assert depth.repaired == 0
    assert np.allclose(depth.metres, 3.0)


def test_a_large_frame_runs_in_tiles_within_its_budget() -> None:
    engine = Told()
    frame = small_frame(600, 900, points=5000)
    depth = told(engine, max_memory=100 * 300_000 / 2**30)(frame)
    assert depth.tiles == len(engine.asked) > 1
    assert all(asked[0, 0].size <= 300_000 for asked in engine.asked)
    assert np.allclose(depth.metres[frame.mask], frame.depth[frame.mask], rtol=1e-5)


def test_tiles_leave_no_seam(network: completion.Completer, frame: Frame) -> None:
    """The difference between tiled and whole must be small, and no steeper at the tiles' edges than elsewhere."""
    fill = network.fill
    assert isinstance(fill, Network)
    tiled_fill = Network(fill.engine, fill.scale, 300 * 300 * fill.engine.bytes_per_pixel / 2**30)
    whole, tiled = fill(frame), tiled_fill(frame)
    assert whole.tiles == 1
    assert tiled.tiles == 12
    difference = tiled.metres - whole.metres
    assert np.abs(difference).mean() < 0.005 * np.abs(whole.metres - whole.metres.mean()).mean()
    edges = [159, 287, 319, 447, 479, 607]  # the last columns before a tile begins or ends
    steps = np.abs(np.diff(difference, axis=1))
    assert steps[:, edges].mean() < 1.2 * steps.mean()


def test_hard_tiles_would_leave_a_seam(
    network: completion.Completer, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measure above does see a seam where there is one."""
    monkeypatch.setattr("spnet.tiles._ramp", lambda length: np.ones(length, np.float32))
    with pytest.raises(AssertionError):
        test_tiles_leave_no_seam(network, frame)


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_engines_agree(weights: Path, frame: Frame, network: completion.Completer, engine: str) -> None:
    depth = spnet.complete(frame, weights, engine=engine)
    assert depth.engine.startswith(engine)
    assert np.allclose(depth.metres, network(frame).metres, rtol=1e-3, atol=1e-4)


def test_the_report_says_what_happened(weights: Path, frame: Frame) -> None:
    depth = spnet.complete(frame, weights)
    assert depth.model == "small"
    assert depth.input_points == int(frame.mask.sum())
    assert depth.seconds > 0
    assert depth.engine_reason
    assert depth.tiles == 1
    assert spnet.complete(frame).model == completion.DEFAULT_MODEL


def test_max_depth_is_the_files_unless_given(weights: Path, frame: Frame) -> None:
    normal, doubled = spnet.load(weights), spnet.load(weights, max_depth=40)
    assert normal.farthest_trained == 20
    assert doubled.farthest_trained == 40


def test_the_model_used_last_stays_loaded_until_its_file_changes(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = []
    load = completion.load
    monkeypatch.setattr(completion, "load", lambda *given, **named: loads.append(given) or load(*given, **named))
    path = tmp_path / "copy.safetensors"
    path.write_bytes(weights.read_bytes())
    frame = small_frame()
    for _ in range(3):
        spnet.complete(frame, path)
    assert len(loads) == 1
    torch.manual_seed(1)
    torch.save(SPNet(SMALL).state_dict(), tmp_path / "other.pth")
    import_checkpoint(tmp_path / "other.pth", path, max_depth=20, overwrite=True)
    spnet.complete(frame, path)
    assert len(loads) == 2


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("gided", {}, "model 'gided': expected nearest, linear, morphology, guided, nano, or the path"),
        ("no/such.safetensors", {}, "no such file"),
        ("net.tflite", {}, "neither a known model nor a weights file"),
        ("WEIGHTS", {"engine": "tensorrt"}, "engine 'tensorrt': expected auto, openvino"),
        ("WEIGHTS", {"max_depth": -3}, "max_depth -3"),
        ("WEIGHTS", {"max_depth": float("nan")}, "max_depth nan"),
        ("WEIGHTS", {"max_memory": 0}, "max_memory 0"),
        ("WEIGHTS", {"engine": "onnxruntime", "options": Options(precision="bf16")}, "float32 only"),
        ("WEIGHTS", {"engine": "openvino", "options": Options(compile=True)}, "compile is PyTorch's"),
        ("PTH", {}, "does not say what depth was divided by .* pass max_depth"),
    ],
)
def test_what_is_refused(weights: Path, model: str, options: dict, message: str) -> None:
    names = {"WEIGHTS": weights, "PTH": weights.with_suffix(".pth")}
    with pytest.raises(SpnetError, match=message):
        spnet.complete(small_frame(), names.get(model, model), **options)


@pytest.mark.parametrize("model", [*METHODS, "network"])
def test_no_valid_point_is_an_error(model: str, network: completion.Completer) -> None:
    empty = Frame(np.zeros((8, 8, 3), np.uint8), np.full((8, 8), np.nan))
    with pytest.raises(SpnetError, match="no valid point"):
        spnet.complete(empty, network if model == "network" else model)


def test_something_else_than_a_frame_is_refused() -> None:
    with pytest.raises(SpnetError, match=r"expected a Frame: spnet.Frame\(rgb, depth\)"):
        spnet.complete("room.jpg")


@pytest.mark.parametrize("norm", ["IN", "GRN", "BN"])
def test_norms_with_statistics_take_the_smallest_frames(tmp_path: Path, norm: str) -> None:
    torch.save(SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1), norm)).state_dict(), tmp_path / "net.pth")
    depth = spnet.complete(small_frame(1, 1), tmp_path / "net.pth", max_depth=20, engine="torch")
    assert depth.metres.shape == (1, 1)


@pytest.mark.parametrize("options", [{"precision": "int4"}, {"threads": 0}, {"threads": 9999}])
def test_options_are_checked(options: dict) -> None:
    with pytest.raises(SpnetError, match="expected"):
        Options(**options)


def test_the_default_beats_the_nearest_point_on_the_example(frame: Frame) -> None:
    truth = read_depth(EXAMPLE / "truth.png", "mm").metres
    errors = {
        name: np.abs(spnet.complete(frame, name).metres - truth)[truth > 0].mean()
        for name in ("nearest", completion.DEFAULT_MODEL)
    }
    assert errors[completion.DEFAULT_MODEL] < 0.8 * errors["nearest"]


@pytest.fixture(scope="session")
def data_scaled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network that takes its scale from the measured depth, and tells how wrong it expects to be."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "sure.safetensors"
    network = SPNet(replace(SMALL, outputs=2))
    save_file(network.state_dict(), path, metadata={"scale": "log_mean"})
    return path


@pytest.mark.parametrize("engine", ["torch", "openvino", "onnxruntime"])
@pytest.mark.parametrize("factor", [0.01, 0.05, 20.0, 100.0])
def test_scaled_depth_gives_scaled_depth(data_scaled: Path, engine: str, factor: float) -> None:
    frame = small_frame(40, 50)
    scaled = Frame(frame.rgb, frame.depth * np.float32(factor))
    model = spnet.load(data_scaled, engine=engine)
    plain, other = model(frame), model(scaled)
    assert np.allclose(other.metres, plain.metres * factor, rtol=1e-4)
    assert plain.expected_error is not None
    assert other.expected_error is not None
    assert np.allclose(other.expected_error, plain.expected_error, rtol=1e-4)
    assert model.farthest_trained == 0


@pytest.mark.parametrize(
    ("rule", "expected"), [("mean", 2.0), ("median", 1.0), ("log_mean", 4 ** (1 / 3)), ("max_depth:8", 8.0)]
)
def test_depth_is_divided_by_what_the_rule_says(rule: str, expected: float) -> None:
    depth = np.zeros((32, 32), np.float32)
    depth[3, :3] = 1, 1, 4
    engine = Told()
    network = Network(engine, rule, 1.0)
    filled = network(Frame(np.zeros((32, 32, 3), np.uint8), depth))
    assert np.allclose(engine.asked[0][0, 3, :32, :32], depth / expected, rtol=1e-6)
    assert np.allclose(filled.metres, depth, rtol=1e-6)


def test_weights_with_a_rule_take_no_max_depth(data_scaled: Path) -> None:
    with pytest.raises(
        SpnetError, match=r"takes its scale from each frame \(log_mean of the .* max_depth 20 plays no part"
    ):
        spnet.load(data_scaled, max_depth=20)


def test_confidence_is_the_chance_to_be_within_five_percent(data_scaled: Path, frame: Frame) -> None:
    depth = spnet.complete(frame, data_scaled)
    error, confidence = depth.expected_error, depth.confidence
    assert error is not None
    assert confidence is not None
    assert error.shape == confidence.shape == depth.metres.shape
    assert error.dtype == confidence.dtype == np.float32
    draws = np.random.default_rng(0).laplace(0, error[100, 200], 100_000)
    assert np.mean(np.abs(draws) < np.log(1.05)) == pytest.approx(confidence[100, 200], abs=0.01)
    for worse in (2, 10, 1000):
        less = replace(depth, expected_error=error * np.float32(worse)).confidence
        assert less is not None
        assert (less <= confidence).all()
        assert (less >= 0).all()


@pytest.mark.parametrize("answer", [np.nan, np.inf, -np.inf, 1e9, -1e9, 0.0])
def test_confidence_is_a_number_whatever_the_network_says(answer: float) -> None:
    class Unsure(Told):
        def __call__(self, x: np.ndarray) -> np.ndarray:
            return np.concatenate([x[:, 3:4], np.full_like(x[:, 3:4], answer)], axis=1)

    depth = told(Unsure())(small_frame())
    assert depth.expected_error is not None
    assert depth.confidence is not None
    assert np.isfinite(depth.expected_error).all()
    assert (depth.expected_error > 0).all()
    assert ((depth.confidence >= 0) & (depth.confidence <= 1)).all()


def test_confidence_is_saved(tmp_path: Path, data_scaled: Path, frame: Frame) -> None:
    depth = spnet.complete(frame, data_scaled)
    depth.save_confidence(tmp_path / "sure.png")
    stored = np.asarray(Image.open(tmp_path / "sure.png"))
    assert stored.dtype == np.uint16
    assert depth.confidence is not None
    assert np.abs(stored / 65535 - depth.confidence).max() <= 0.5 / 65535 + 1e-7
    with pytest.raises(SpnetError, match="exists already"):
        depth.save_confidence(tmp_path / "sure.png")
    depth.save_confidence(tmp_path / "sure.png", overwrite=True)
    with pytest.raises(SpnetError, match=r"sure.npy: confidence is written as \.png"):
        depth.save_confidence(tmp_path / "sure.npy")
    with pytest.raises(SpnetError, match="guided gives no confidence; take weights"):
        spnet.complete(frame, "guided").save_confidence(tmp_path / "other.png")


def test_tiles_keep_the_confidence(data_scaled: Path, frame: Frame) -> None:
    whole = spnet.complete(frame, data_scaled, engine="torch")
    tiled = spnet.complete(frame, data_scaled, engine="torch", max_memory=0.02)
    assert (whole.tiles, tiled.tiles > 1) == (1, True)
    assert whole.expected_error is not None
    assert tiled.expected_error is not None
    assert np.median(np.abs(np.log(tiled.expected_error / whole.expected_error))) < 0.05
