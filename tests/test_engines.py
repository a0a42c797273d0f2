"""Engines: converted once, kept by hash, loaded fast; and every refusal in a line."""

import hashlib
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

import spnet
from conftest import small_frame
from spnet import SpnetError, cache
from spnet.engines import ENGINES, Options, choose, openvino, tracing
from spnet.model import PACGDC, Config, PacGDC, SPNet, from_checkpoint
from spnet.model.norms import NORMS
from spnet.weights import Weights, resolve

X = np.random.default_rng(0).random((1, 5, 64, 96), dtype=np.float32)


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    torch.manual_seed(0)
    torch.save(SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1))).state_dict(), tmp_path / "small.pth")
    return resolve(tmp_path / "small.pth")


def run_torch(path: Path, x: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        stacked = torch.from_numpy(x)
        return from_checkpoint(path)(stacked[:, :3], stacked[:, 3:4], stacked[:, 4:5]).numpy()


@pytest.mark.parametrize("name", ENGINES)
def test_engines_run_the_network_at_any_size_and_batch(weights: Weights, name: str) -> None:
    engine = ENGINES[name](weights, Options(threads=2))
    for shape in ((1, 5, 32, 32), (2, 5, 64, 96), (1, 5, 160, 32)):
        x = np.random.default_rng(1).random(shape, dtype=np.float32)
        output = engine(x)
        assert output.shape == (shape[0], 1, *shape[2:])
        assert output.dtype == np.float32
        assert np.allclose(output, run_torch(weights.path, x), rtol=1e-4, atol=1e-5)
    assert engine.bytes_per_pixel == tracing.bytes_per_pixel(16)


@pytest.mark.parametrize("norm", NORMS)
def test_openvino_runs_every_norm(tmp_path: Path, norm: str) -> None:
    torch.manual_seed(0)
    network = SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1), norm))
    torch.save(network.state_dict(), tmp_path / "net.pth")
    output = ENGINES["openvino"](resolve(tmp_path / "net.pth"), Options())(X)
    expected = run_torch(tmp_path / "net.pth", X)
    assert np.abs(output - expected).max() <= 1e-4 * np.abs(expected).max()


def test_openvino_runs_pacgdc(tmp_path: Path) -> None:
    torch.manual_seed(0)
    torch.save(PacGDC(Config((16, 24, 32, 48), (1, 1, 1, 1))).state_dict(), tmp_path / "net.pth")
    output = ENGINES["openvino"](resolve(tmp_path / "net.pth"), Options())(X)
    assert np.allclose(output, run_torch(tmp_path / "net.pth", X), rtol=1e-4, atol=1e-5)
    assert "L" in PACGDC


def test_a_second_start_does_not_convert_again(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ENGINES["openvino"](weights, Options())(X)
    monkeypatch.setattr(openvino, "trace", lambda weights: pytest.fail("converted again"))
    start = time.process_time()  # of this process alone: other work on the machine does not count
    engine = ENGINES["openvino"](weights, Options())
    assert time.process_time() - start < 1
    assert np.array_equal(engine(X), first)


LET_GO = """
import signal, sys
from pathlib import Path
from spnet.engines import ENGINES, Options
from spnet.export.openvino import load
from spnet.weights import resolve

heard = []
signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
weights = resolve(Path(sys.argv[1]))
first, second = (ENGINES["openvino"](weights, Options()) for _ in range(2))
third = load(Path(sys.argv[2]))
for name in ("first", "second", "third"):
    del globals()[name]
    signal.raise_signal(signal.SIGINT)
assert len(heard) == 3
"""


def test_a_signal_finds_its_handler_whichever_network_is_let_go_of_first(weights: Weights) -> None:
    """Two cores of OpenVINO, gone in the order in which they came, leave a process that the next signal kills."""
    ENGINES["openvino"](weights, Options())
    (graph,) = cache.cache_folder().glob(f"{weights.sha256[:32]}-*/network.xml")
    command = [sys.executable, "-c", LET_GO, str(weights.path), str(graph)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_other_weights_of_the_same_name_are_converted(tmp_path: Path, weights: Weights) -> None:
    before = ENGINES["openvino"](weights, Options())(X)
    torch.manual_seed(1)
    torch.save(SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1))).state_dict(), weights.path)
    after = ENGINES["openvino"](resolve(weights.path), Options())(X)
    assert not np.allclose(before, after)


def test_a_damaged_kept_graph_is_made_again(weights: Weights) -> None:
    first = ENGINES["openvino"](weights, Options())(X)
    (graph,) = cache.cache_folder().glob(f"{weights.sha256[:32]}-*/network.xml")
    graph.write_text("<net")
    assert np.allclose(ENGINES["openvino"](weights, Options())(X), first, atol=1e-5)


def test_a_cache_folder_that_cannot_be_written_is_no_obstacle(
    weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "file"))
    for name in ("openvino", "onnxruntime"):
        assert np.allclose(ENGINES[name](weights, Options())(X), run_torch(weights.path, X), rtol=1e-4, atol=1e-5)


def test_an_onnx_file_runs_without_conversion(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ENGINES["onnxruntime"](weights, Options())(X)
    (kept,) = cache.cache_folder().glob(f"{weights.sha256[:32]}-*.onnx")
    exported = resolve(kept)
    for module in ("openvino", "onnxruntime"):
        monkeypatch.setattr(f"spnet.engines.{module}.trace", lambda weights: pytest.fail("converted"))
        assert np.allclose(ENGINES[module](exported, Options())(X), expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(SpnetError, match="use openvino or onnxruntime"):
        ENGINES["torch"](exported, Options())


@pytest.mark.parametrize("name", ["openvino", "onnxruntime"])
@pytest.mark.parametrize(
    ("content", "message"), [(b"nothing of the sort", "is no ONNX file"), (b"\x08\x0a" * 9, "cannot run this network")]
)
def test_a_file_that_is_no_onnx_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / "net.onnx").write_bytes(content)
    with pytest.raises(SpnetError, match=message) as caught:
        ENGINES[name](resolve(tmp_path / "net.onnx"), Options())
    assert "\n" not in str(caught.value)


def pooling_graph(path: Path, channels: int) -> Path:
    """An ONNX file that is no completion network: it halves the size of its input."""
    shape = [1, channels, "h", "w"]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2], strides=[2, 2])],
        "pool",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, channels, "a", "b"])],
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9), path)
    return path


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
@pytest.mark.parametrize(("channels", "message"), [(5, "an output of shape"), (3, "could not run the network")])
def test_an_onnx_that_completes_nothing_is_refused(tmp_path: Path, engine: str, channels: int, message: str) -> None:
    path = pooling_graph(tmp_path / "pool.onnx", channels)
    with pytest.raises(SpnetError, match=message):
        spnet.complete(small_frame(), path, max_depth=10, engine=engine)


@pytest.mark.parametrize("name", ENGINES)
def test_threads_may_share_an_engine(weights: Weights, name: str) -> None:
    engine = ENGINES[name](weights, Options())
    inputs = [np.random.default_rng(seed).random((1, 5, 64, 64), dtype=np.float32) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(engine, inputs))
    for x, output in zip(inputs, together, strict=True):
        assert np.allclose(engine(x), output, rtol=1e-5, atol=1e-6)


def test_a_user_without_a_home_has_no_cache_and_no_trouble(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert cache.cache_folder() is not None  # by XDG_CACHE_HOME
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.cache_folder() is None
    for name in ("openvino", "onnxruntime"):
        assert np.allclose(ENGINES[name](weights, Options())(X), run_torch(weights.path, X), rtol=1e-4, atol=1e-5)


def test_a_hash_is_remembered_until_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    assert cache.hash_file(path) == hashlib.sha256(b"one").hexdigest()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", lambda *_: pytest.fail("read again"))
        patched.setattr(Path, "read_text", lambda path: path.read_bytes().decode())
        patched.setattr(Path, "read_bytes", lambda path: os.read(os.open(path, os.O_RDONLY), 1000))
        assert cache.hash_file(path) == hashlib.sha256(b"one").hexdigest()
    path.write_bytes(b"two!")
    assert cache.hash_file(path) == hashlib.sha256(b"two!").hexdigest()


def test_a_precision_that_the_processor_lacks_is_refused(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino.ov.Core, "get_property", lambda *_: ["FP32", "INT8"])
    with pytest.raises(SpnetError, match="no such arithmetic .* use f32"):
        ENGINES["openvino"](weights, Options(precision="bf16"))


def test_bf16_is_near_f32(weights: Weights) -> None:
    exact = ENGINES["torch"](weights, Options())(X)
    rough = ENGINES["torch"](weights, Options(precision="bf16"))(X)
    error = np.abs(rough - exact).mean() / np.abs(exact).mean()
    assert 0 < error < 0.05


@pytest.mark.parametrize(
    ("gpu", "system", "suffix", "expected"),
    [
        (False, "Linux", ".pth", "openvino"),
        (True, "Linux", ".pth", "torch"),
        (True, "Linux", ".onnx", "openvino"),
        (False, "Darwin", ".safetensors", "torch"),
    ],
)
def test_auto_chooses_by_the_machine_and_says_why(
    weights: Weights, monkeypatch: pytest.MonkeyPatch, gpu: bool, system: str, suffix: str, expected: str
) -> None:
    monkeypatch.setattr("spnet.engines._has_nvidia_gpu", lambda: gpu)
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: "arm64" if system == "Darwin" else "x86_64")
    asked = Weights("x", weights.path.with_suffix(suffix), "0" * 64, None, {})
    name, reason = choose("auto", asked)
    assert name == expected
    assert reason
    assert choose("onnxruntime", asked) == ("onnxruntime", "asked for")


def test_without_a_gpu_the_driver_is_asked_in_a_moment() -> None:
    from spnet.engines import _has_nvidia_gpu

    assert _has_nvidia_gpu() == torch.cuda.is_available()


def test_nothing_is_sent_anywhere(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    torch.manual_seed(7)
    torch.save(SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1))).state_dict(), weights.path)  # not converted yet
    for name in ENGINES:
        ENGINES[name](resolve(weights.path), Options())(X)


def test_import_spnet_imports_nothing_heavy() -> None:
    code = "import sys, spnet; print([name for name in ('torch', 'openvino', 'scipy', 'numpy') if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"


def test_public_names_are_there_and_stay() -> None:
    code = (
        "import spnet, spnet.completion; assert all(getattr(spnet, name) for name in spnet.__all__);"
        "assert callable(spnet.complete) and callable(spnet.complete); print('ok')"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "ok\n"
