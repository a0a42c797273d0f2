"""Exports: equal to PyTorch in their own runtimes or not there, of any size, and usable without this package."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

import spnet
from conftest import small_frame
from spnet import SpnetError, cli
from spnet.engines.openvino import shared_core
from spnet.export import FORMATS, equality, export, program, tensorrt, timing
from spnet.export.graph import AnySize, Graph, build, grown
from spnet.model import Config, Nano, PacGDC, SPNet, nano
from spnet.scale import scene_scale
from spnet.weights import resolve
from spnet.weights.describe import describe
from spnet.weights.graphs import read_graph_metadata

ROOT = Path(__file__).parents[1]
SHALLOW = Config((16, 24, 32, 48), (0, 0, 0, 1))
NETWORKS = {
    "spnet": lambda: SPNet(Config((16, 24, 32, 48), (1, 0, 0, 1))),
    "pacgdc": lambda: PacGDC(Config((16, 24, 32, 48), (1, 0, 0, 1))),
    "nano": lambda: Nano(Config((16, 24, 32, 48), (1, 0, 0, 1), outputs=2)),
}


def make_weights(path: Path, network: torch.nn.Module, **metadata: str) -> Path:
    """A network with random answers, not those it starts a training with, as released weights."""
    generator = torch.Generator().manual_seed(0)
    for parameter in network.parameters():
        parameter.data += 0.02 * torch.randn(parameter.shape, generator=generator)
    save_file(network.state_dict(), path, metadata={"format": "spnet-1", "scale": "log_mean", **metadata})
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("export")


@pytest.fixture(scope="module")
def weights(folder: Path) -> Path:
    torch.manual_seed(0)
    return make_weights(folder / "net.safetensors", SPNet(SHALLOW), name="demo", licence="CC0-1.0")


@pytest.fixture(scope="module")
def exported(folder: Path, weights: Path) -> Path:
    export(weights, folder / "net.onnx", to="onnx", any_size=True)
    return folder / "net.onnx"


@pytest.fixture
def few_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The diffusion that is unrolled in Nano's graph, shorter: the same operations, some fifteen times fewer."""
    monkeypatch.setattr(nano, "_SWEEPS", tuple(2 for _ in nano._SWEEPS))


@pytest.mark.parametrize(("family", "any_size"), [("spnet", False), ("pacgdc", False), ("nano", True)])
def test_every_family_is_exported_to_onnx(tmp_path: Path, few_sweeps: None, family: str, any_size: bool) -> None:
    torch.manual_seed(0)
    source = make_weights(tmp_path / "net.safetensors", NETWORKS[family]())
    written = export(source, tmp_path / "net.onnx", to="onnx", any_size=any_size)
    assert written.files == (tmp_path / "net.onnx",)
    assert 0 < written.difference <= equality.BOUND
    assert written.shapes >= 5
    model = onnx.load(written.files[0])
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert tensorrt.lacking_operators(model) == []
    sides = [side.dim_param for side in model.graph.input[0].type.tensor_type.shape.dim]
    assert all(sides[axis] for axis in (0, 2, 3))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.onnx", "net.safetensors"]


@pytest.mark.parametrize(("to", "half"), [("onnx", False), ("onnx", True), ("openvino", True)])
def test_half_the_bytes_and_the_same_depth(tmp_path: Path, weights: Path, to: str, half: bool) -> None:
    written = export(weights, (tmp_path / "net").with_suffix(FORMATS[to].suffixes[0]), to=to, half=half)
    assert [path.suffix for path in written.files] == list(FORMATS[to].suffixes)
    kernels = sum(tensor.numel() for tensor in build(resolve(weights), half=False, any_size=False).network.parameters())
    size = written.files[-1].stat().st_size  # of OpenVINO's the one that holds the kernels
    assert (2 if half else 4) * kernels * 0.9 < size < (3 if half else 6) * kernels
    assert (equality.BOUND < written.difference <= equality.HALF_BOUND) == half


def test_openvinos_files_are_found_by_the_named_one(tmp_path: Path, weights: Path) -> None:
    export(weights, tmp_path / "net.xml", to="openvino", any_size=True)
    core = shared_core()
    model = core.read_model(tmp_path / "net.xml")
    assert model.get_rt_info(["spnet", "scale"]).astype(str) == "log_mean"
    assert (model.input("input").get_index(), model.output("output").get_index()) == (0, 0)
    assert core.compile_model(model, "CPU")(equality.example((2, 45, 70), seed=0))[0].shape == (2, 1, 45, 70)


def test_an_exported_program_takes_multiples_and_says_what_it_is(tmp_path: Path) -> None:
    network = SPNet(Config((8, 8, 8, 8), (0, 0, 0, 0), "RZ"))  # the fewest operations: PyTorch takes seconds for more
    written = export(make_weights(tmp_path / "net.safetensors", network), tmp_path / "net.pt2", to="torch-export")
    assert written.shapes >= 5
    assert written.difference <= equality.BOUND
    files = {program.METADATA_FILE: ""}
    loaded = torch.export.load(tmp_path / "net.pt2", extra_files=files).module()
    metadata = json.loads(files[program.METADATA_FILE])
    assert (metadata["scale"], metadata["kernels"]) == ("log_mean", "float32")
    assert metadata["sizes"] == "height and width are multiples of 32 from 96 to 32768"
    assert loaded(torch.rand(3, 5, 96, 160)).shape == (3, 1, 96, 160)
    with pytest.raises(AssertionError, match="Guard failed"):
        loaded(torch.rand(1, 5, 100, 160))


class Cells(torch.nn.Module):
    """In place of a network: a mean of each cell of 32 pixels, by a kernel that float16 holds."""

    def __init__(self) -> None:
        super().__init__()
        self.reduce = torch.nn.Conv2d(5, 1, kernel_size=32, stride=32, bias=False)
        torch.nn.init.constant_(self.reduce.weight, 2**-10)

    def forward(self, rgb: torch.Tensor, depth: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        cells = self.reduce(torch.cat([rgb, depth, mask], dim=1))
        return torch.nn.functional.interpolate(cells, scale_factor=32.0, mode="nearest")


def test_an_exported_program_of_any_size_and_half_kernels(tmp_path: Path) -> None:
    graph = Graph(Cells().eval(), half=True, any_size=True, metadata={})
    program.write(graph, tmp_path / "net.pt2")
    run, shapes = program.load(tmp_path / "net.pt2"), equality.shapes_for(any_size=True, smallest=program.SMALLEST)
    assert len(shapes) >= 5
    assert equality.check_equal(run, graph, shapes, name="torch-export") < 1e-6
    files = {program.METADATA_FILE: ""}
    loaded = torch.export.load(tmp_path / "net.pt2", extra_files=files)
    assert json.loads(files[program.METADATA_FILE]) == {"sizes": "height and width are any from 65 to 32768"}
    assert [tensor.dtype for tensor in loaded.state_dict.values()] == [torch.float16]


def test_the_metadata_say_all_that_is_needed(exported: Path, weights: Path) -> None:
    metadata = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}
    assert metadata == read_graph_metadata(exported)
    assert metadata["name"] == "demo"
    assert metadata["licence"] == "CC0-1.0"
    assert metadata["weights_sha256"] == resolve(weights).sha256
    assert (metadata["family"], metadata["variant"], metadata["channels"]) == ("spnet", "custom", "16")
    assert metadata["scale"] == "log_mean"
    assert "exp(mean(log(depth)))" in metadata["scale_meaning"]
    assert metadata["input"].startswith("(N,5,H,W) float32: red, green, blue")
    assert metadata["output"].startswith("(N,1,H,W) float32")
    assert (metadata["sizes"], metadata["kernels"]) == ("any", "float32")
    assert describe(exported)["weights_sha256"] == metadata["weights_sha256"]


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_completion_takes_the_export_and_its_scale(exported: Path, weights: Path, engine: str) -> None:
    frame = small_frame(40, 70, points=200)
    expected = spnet.complete(frame, weights, engine=engine).metres
    found = spnet.complete(frame, exported, engine=engine).metres
    assert np.allclose(found, expected, rtol=1e-3)
    with pytest.raises(SpnetError, match="takes its scale from each frame"):
        spnet.complete(frame, exported, max_depth=20)


BARE = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "spnet", "onnx", "openvino", "scipy"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocked())
import numpy as np
rgb, depth = np.load("rgb.npy"), np.load("depth.npy")
{code}
np.save("dense.npy", dense)
"""


@pytest.mark.parametrize("rule", ["log_mean", "median", "mean", "max_depth:20"])
def test_numpy_and_onnxruntime_are_enough(tmp_path: Path, exported: Path, rule: str) -> None:
    """The code of docs/deployment.md, run where neither this package nor PyTorch can be imported."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "deployment.md").read_text(), re.DOTALL)
    model = onnx.load(exported)
    scale = next(entry for entry in model.metadata_props if entry.key == "scale")
    scale.value = rule
    onnx.save(model, tmp_path / "network.onnx")
    frame = small_frame(50, 66, points=300)
    np.save(tmp_path / "rgb.npy", frame.rgb)
    np.save(tmp_path / "depth.npy", frame.depth)
    subprocess.run([sys.executable, "-I", "-c", BARE.format(code=code)], cwd=tmp_path, check=True)
    metres = np.float32(scene_scale(frame.depth, frame.mask, rule))
    x = np.concatenate([frame.rgb.transpose(2, 0, 1) / 255, [frame.depth / metres, frame.mask]])[None]
    expected = build(resolve(exported.with_suffix(".safetensors")), half=False, any_size=True).reference(x.astype("f4"))
    assert np.allclose(np.load(tmp_path / "dense.npy"), expected[0, 0] * metres, rtol=1e-3, atol=1e-4)


def test_the_recipe_hands_trtexec_the_graph_and_shapes(tmp_path: Path, weights: Path) -> None:
    written = export(weights, tmp_path / "a name.onnx", to="tensorrt-recipe")
    assert [path.name for path in written.files] == ["a name.onnx", "a name.sh"]
    (tmp_path / "trtexec").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "trtexec").chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OPT": "1x5x736x1280"}
    command = [shutil.which("sh") or "sh", str(written.files[1]), "--fp16"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        "--onnx=a name.onnx",
        "--saveEngine=a name.engine",
        "--minShapes=input:1x5x64x64",
        "--optShapes=input:1x5x736x1280",
        "--maxShapes=input:1x5x1088x1920",
        "--fp16",
    ]


def test_operators_that_tensorrt_lacks_are_named() -> None:
    nodes = [onnx.helper.make_node(name, ["x"], ["y"]) for name in ("Relu", "Unique", "Det")]
    nodes.append(onnx.helper.make_node("Fused", ["x"], ["y"], domain="com.example"))
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "none", [], []))
    assert tensorrt.lacking_operators(model) == ["Det", "Fused", "Unique"]


def test_a_network_that_tensorrt_cannot_read_is_not_written(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensorrt, "lacking_operators", lambda model: ["Det", "Unique"])
    with pytest.raises(SpnetError, match="TensorRT has no Det, Unique, which this network needs: nothing was written"):
        export(weights, tmp_path / "net.onnx", to="tensorrt-recipe")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found * np.float32(1.001), "differs from PyTorch by 1.0e-03 of the maximum at 64x64, more than"),
        (lambda found: found * np.float32("nan"), "differs from PyTorch by nan"),
        (lambda found: found[:, :, :-1], r"gives \(1, 1, 63, 64\) where PyTorch gives \(1, 1, 64, 64\)"),
    ],
)
def test_what_differs_from_pytorch_is_not_written(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, change: object, message: str
) -> None:
    graph = build(resolve(weights), half=False, any_size=False)
    fine = FORMATS["onnx"]
    broken = type(fine)(fine.suffixes, fine.write, lambda path: lambda x: change(graph.reference(x)))
    monkeypatch.setitem(FORMATS, "onnx", broken)
    (tmp_path / "net.onnx").write_text("what stood there")
    with pytest.raises(SpnetError, match=message) as caught:
        export(weights, tmp_path / "net.onnx", to="onnx", overwrite=True)
    assert "nothing was written" in str(caught.value)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["what stood there"]


def test_a_kernel_that_float16_cannot_hold_is_told(tmp_path: Path) -> None:
    network = SPNet(SHALLOW)
    network.decoder.head.weight.data[:] = 1e6
    source = make_weights(tmp_path / "net.safetensors", network)
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(SpnetError, match="differs from PyTorch by .* export without half"),
    ):
        export(source, tmp_path / "net.onnx", to="onnx", half=True)


@pytest.mark.parametrize(
    ("to", "name", "writer", "error"),
    [
        ("onnx", "net.onnx", "pathlib.Path.write_bytes", OSError(28, "No space left on device")),
        ("openvino", "net.xml", "openvino.save_model", RuntimeError("No space left on device")),
    ],
)
def test_a_disk_that_fails_leaves_nothing(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, to: str, name: str, writer: str, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(writer, fail)
    with pytest.raises(SpnetError, match=r"net.* could not be written, nothing was left there: .*No space left"):
        export(weights, tmp_path / name, to=to)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_is_told(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)  # root may write anywhere
    with pytest.raises(SpnetError, match=r"net.onnx: cannot write here: the folder may not be written to"):
        export(weights, tmp_path / "net.onnx", to="onnx")


@given(height=st.integers(1, 200), width=st.integers(1, 200), batch=st.integers(1, 2))
def test_padding_inside_is_the_padding_of_completion(height: int, width: int, batch: int) -> None:
    class Last(torch.nn.Module):
        """In place of a network: what it is given, turned over, so that what is padded comes into view."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.flip(2, 3)

    x = equality.example((batch, height, width), seed=height)
    found = AnySize(Last())(torch.from_numpy(x)).numpy()
    beyond = [(0, 0), (0, 0), (0, grown(height) - height), (0, grown(width) - width)]
    padded = np.concatenate([np.pad(x[:, :3], beyond, mode="edge"), np.pad(x[:, 3:], beyond)], axis=1)
    assert np.array_equal(found, padded[:, :, ::-1, ::-1][:, :, :height, :width])


@given(st.integers(1, 10_000))
def test_sides_grow_to_multiples_of_32_from_64(side: int) -> None:
    assert grown(side) == max(64, -(-side // 32) * 32)


def test_the_bench_times_every_format_in_turn(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    for name in ("onnx", "openvino", "torch-export"):
        form = FORMATS[name]
        load = lambda path, name=name: lambda x: runs.append(name)  # noqa: E731
        monkeypatch.setitem(FORMATS, name, type(form)(form.suffixes, lambda graph, path: None, load))
    graph = build(resolve(weights), half=False, any_size=False)
    rows = timing.side_by_side(graph, size=(64, 96), rounds=3)
    assert [row.format for row in rows] == ["torch", "onnx", "openvino", "torch-export"]
    assert rows[0].times_torch == 1
    assert all(row.milliseconds > 0 and row.times_torch > 0 for row in rows)
    assert runs == ["onnx", "openvino", "torch-export"] * 4


def run(*arguments: object) -> int:
    try:
        return cli.main(["export", *(str(argument) for argument in arguments)])
    except SystemExit as stop:  # argparse's own
        return int(stop.code or 0)


def test_the_command(tmp_path: Path, weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "net.onnx"
    assert run(weights, "--to", "onnx", "-o", output, "--half", "--any-size") == 0
    assert re.fullmatch(
        r".*net.onnx: 0.\d MiB, at most \de-0\d of the maximum from PyTorch on 7 shapes\n", said(capsys)
    )
    metadata = read_graph_metadata(output)
    assert (metadata["kernels"], metadata["sizes"]) == ("float16", "any")
    assert run(weights, "--to", "onnx", "-o", output, "--force", "--json") == 0
    facts = json.loads(said(capsys))
    assert facts["files"] == [str(output)]
    assert facts["bytes"] == output.stat().st_size
    assert read_graph_metadata(output)["kernels"] == "float32"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_bench_of_the_command(
    weights: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [timing.Timing("torch", 120.4, 1.0), timing.Timing("openvino", 60.2, 2.0)]
    monkeypatch.setattr(timing, "side_by_side", lambda graph: rows)
    assert run(weights, "--bench") == 0
    assert [line.split() for line in said(capsys).splitlines()] == [
        ["640x480", "on", "this", "CPU", "ms", "x", "torch"],
        ["torch", "120", "1.00"],
        ["openvino", "60", "2.00"],
    ]
    assert run(weights, "--bench", "--json") == 0
    assert json.loads(said(capsys))["bench"][1] == {"format": "openvino", "milliseconds": 60.2, "times_torch": 2.0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["net.safetensors", "--to", "tflite", "-o", "x.onnx"],
            "format 'tflite': expected one of onnx, openvino, torch",
        ),
        (
            ["net.safetensors", "--to", "onnx", "-o", "x.xml"],
            "x.xml: expected a name that ends in .onnx, as onnx has it",
        ),
        (["net.safetensors", "--to", "onnx"], "expected --to and --output together, or --bench alone"),
        (["net.safetensors"], "expected --to and --output together, or --bench alone"),
        (["net.safetensors", "--to", "onnx", "-o", "there.onnx"], "there.onnx: exists already; choose another name"),
        (["net.safetensors", "--to", "openvino", "-o", "there.xml"], "there.bin: exists already; choose another name"),
        (["net.safetensors", "--to", "onnx", "-o", "no/x.onnx"], "the folder no does not exist; make it first"),
        (["net.safetensors", "--to", "tensorrt-recipe", "-o", "x.onnx", "--half"], "half is not for tensorrt-recipe"),
        (["there.onnx", "--to", "onnx", "-o", "x.onnx"], "there.onnx: is exported already; export starts from"),
        (["there.onnx", "--bench"], "there.onnx: is exported already; export starts from .safetensors"),
        (["guided", "--to", "onnx", "-o", "x.onnx"], "guided: neither a known model nor a weights file"),
        (["scaleless.safetensors", "--to", "onnx", "-o", "x.onnx"], "does not say what depth was divided by"),
        (["none.safetensors", "--to", "onnx", "-o", "x.onnx"], "none.safetensors: no such file"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    tmp_path: Path,
    weights: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(weights, "net.safetensors")
    save_file(SPNet(SHALLOW).state_dict(), "scaleless.safetensors")
    for name in ("there.onnx", "there.bin"):
        Path(name).write_text("what stood there")
    before = sorted(tmp_path.iterdir())
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("module", "extra"), [("torch", "torch"), ("onnxruntime", "onnx")])
def test_a_missing_extra_is_named(tmp_path: Path, weights: Path, module: str, extra: str) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None; from spnet.cli import main;"
        f"sys.exit(main(['export', {str(weights)!r}, '--to', 'onnx', '-o', {str(tmp_path / 'x.onnx')!r}]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr == f'spnet: spnet export needs {module}, which is not installed: pip install "spnet[{extra}]"\n'


def field(number: int, content: bytes) -> bytes:
    """A protobuf field of bytes, shorter than 128."""
    return bytes([number << 3 | 2, len(content)]) + content


OURS = field(14, field(1, b"format") + field(2, b"spnet-graph-1"))
SCALE = field(14, field(1, b"scale") + field(2, b"median"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x08\x08" + field(7, b"the graph") + OURS + SCALE, {"format": "spnet-graph-1", "scale": "median"}),
        (OURS + b"\x09" + bytes(8) + b"\x0d" + bytes(4) + SCALE, {"format": "spnet-graph-1", "scale": "median"}),
        (SCALE, {}),  # not ours: its words may mean other things
        (OURS + SCALE[:-1], {"format": "spnet-graph-1"}),
        (OURS + b"\x0b", {"format": "spnet-graph-1"}),  # a wire type that is no more
        (OURS + b"\x08" + b"\xff" * 20, {"format": "spnet-graph-1"}),
        (OURS + b"\x72" + b"\xff" * 9 + b"\x01", {"format": "spnet-graph-1"}),  # says that it is endless
        (b"\x00" * 100, {}),
    ],
)
def test_metadata_of_onnx_files_whole_and_damaged(tmp_path: Path, content: bytes, expected: dict[str, str]) -> None:
    (tmp_path / "net.onnx").write_bytes(content)
    assert read_graph_metadata(tmp_path / "net.onnx") == expected


def test_another_rule_than_ours_in_the_metadata_is_told(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(OURS + field(14, field(1, b"scale") + field(2, b"half")))
    with pytest.raises(SpnetError, match="net.onnx: in its metadata, scale 'half': expected one of"):
        resolve(tmp_path / "net.onnx")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader_of_metadata(content: bytes) -> None:
    with TemporaryDirectory() as name:
        (Path(name) / "net.onnx").write_bytes(content)
        assert isinstance(read_graph_metadata(Path(name) / "net.onnx"), dict)
