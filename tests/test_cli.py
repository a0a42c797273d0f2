"""The command line as people meet it: what it writes, what it says, and how it ends."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors
import torch
from PIL import Image
from safetensors.torch import save_file

from conftest import EXAMPLE
from spnet import cli, completion
from spnet.cli import arguments
from spnet.clouds import read_cloud
from spnet.engines import Options
from spnet.files.depth import read_depth, write_depth
from spnet.model import Config, SPNet

RGB, LIDAR, CAMERA = (str(EXAMPLE / name) for name in ("rgb.jpg", "lidar.png", "camera.json"))


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A folder with a small frame, a small network, and things that are neither."""
    generator = np.random.default_rng(0)
    Image.fromarray(generator.integers(0, 256, (24, 32, 3), dtype=np.uint8)).save(tmp_path / "rgb.png")
    depth = np.where(generator.random((24, 32)) < 0.1, 2.5, 0).astype(np.float32)
    write_depth(tmp_path / "depth.png", depth, "mm")
    write_depth(tmp_path / "depth.npy", depth)
    write_depth(tmp_path / "far.npy", depth * 40)
    np.save(tmp_path / "zeros.npy", np.zeros((24, 32), np.float32))
    np.save(tmp_path / "other_size.npy", np.ones((24, 99), np.float32))
    np.save(tmp_path / "kilometres.npy", depth * 1600)
    Image.fromarray(np.full((24, 32), 9, np.uint8)).save(tmp_path / "eight_bit.png")
    (tmp_path / "broken.png").write_bytes((tmp_path / "depth.png").read_bytes()[:40])
    (tmp_path / "empty.png").touch()
    torch.manual_seed(0)
    torch.save(SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1))).state_dict(), tmp_path / "net.pth")
    return tmp_path


def run(*arguments: object) -> int:
    try:
        return cli.main([str(argument) for argument in arguments])
    except SystemExit as stop:  # argparse's own
        return int(stop.code or 0)


def test_the_readmes_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = [tmp_path / name for name in ("dense.png", "room.ply", "view.png")]
    status = run(
        "complete",
        RGB,
        LIDAR,
        "--unit",
        "mm",
        "--camera",
        CAMERA,
        "-o",
        outputs[0],
        "--ply",
        outputs[1],
        "--preview",
        outputs[2],
    )
    assert status == 0
    dense = read_depth(outputs[0], "mm").metres
    assert dense.shape == (500, 741)
    assert (dense > 0).all()
    points = read_cloud(outputs[1])
    assert len(points) == dense.size
    assert np.allclose(points[:, 2].reshape(dense.shape), dense, atol=6e-4)
    with Image.open(outputs[2]) as picture:
        assert picture.width > 1500
    said = capsys.readouterr()
    assert said.out.startswith(f"{outputs[0]}: 741x500, ")
    assert said.out.count("\n") == 1
    assert said.err == ""


def test_json_is_one_object(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = [scene / "rgb.png", scene / "depth.npy", "-o", scene / "out.npy"]
    assert run("complete", *frame, "--json", "--model", "guided") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["input_points"] == np.count_nonzero(np.load(scene / "depth.npy"))
    assert facts["engine"] == "numpy"


def test_a_guessed_unit_and_an_assumed_camera_are_said(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            "complete",
            scene / "rgb.png",
            scene / "depth.png",
            "-o",
            scene / "out.png",
            "--ply",
            scene / "out.ply",
        )
        == 0
    )
    said = capsys.readouterr().err
    assert "depth.png: integers, taken as mm" in said
    assert "assumed camera" in said
    assert b"camera assumed" in (scene / "out.ply").read_bytes()[:400]


def test_verbose_says_the_engine_and_why(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(
        "complete",
        scene / "rgb.png",
        scene / "depth.npy",
        "-o",
        scene / "o.npy",
        "--model",
        scene / "net.pth",
        "--max-depth",
        20,
        "-v",
    )
    assert "net: openvino, CPU f32 (" in capsys.readouterr().err


def test_import_then_complete_without_the_pickle(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", scene / "net.pth", "-o", scene / "net.safetensors", "--max-depth", 20, "--name", "mine") == 0
    assert "spnet custom, " in capsys.readouterr().out
    (scene / "net.pth").unlink()
    assert (
        run(
            "complete",
            scene / "rgb.png",
            scene / "depth.npy",
            "-o",
            scene / "o.npy",
            "--model",
            scene / "net.safetensors",
        )
        == 0
    )
    assert "by mine in" in capsys.readouterr().out
    assert run("info", scene / "net.safetensors", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["depth_scale"] == "depth / 20 m"
    assert len(facts["sha256"]) == 64


@pytest.mark.parametrize(
    ("name", "expected"),
    [("depth.png", "uint16"), ("far.npy", "float32"), ("net.pth", "custom"), ("eight_bit.png", "not depth")],
)
def test_info(scene: Path, capsys: pytest.CaptureFixture[str], name: str, expected: str) -> None:
    assert run("info", scene / name) == 0
    assert expected in capsys.readouterr().out


def test_project_the_example_cloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["project", EXAMPLE / "cloud.npy", "--camera", CAMERA, "--image", RGB]
    extrinsics = ["--extrinsics", EXAMPLE / "camera_from_cloud.txt"]
    assert run(*arguments, *extrinsics, "-o", tmp_path / "lidar.png") == 0
    assert "measured pixels" in capsys.readouterr().out
    assert (tmp_path / "lidar.png").read_bytes() == (EXAMPLE / "lidar.png").read_bytes()
    assert run(*arguments, *extrinsics, "--keep-hidden", "-o", tmp_path / "all.png") == 0
    shown = [np.count_nonzero(read_depth(tmp_path / name, "mm").metres) for name in ("lidar.png", "all.png")]
    assert shown[0] < shown[1]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Two trees of five frames, one of them without depth and one with broken depth, and where to write."""
    rgb, depth = tmp_path / "rgb", tmp_path / "depth"
    for name in ("a/1", "a/2", "b/1", "lost", "broken"):
        (rgb / name).parent.mkdir(parents=True, exist_ok=True)
        (depth / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16, 12), (90, 60, 30)).save(rgb / f"{name}.jpg")
        if name != "lost":
            write_depth(depth / f"{name}.png", np.full((12, 16), 2.0, np.float32), "mm")
    (depth / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return rgb, depth, tmp_path / "out"


def test_folders_are_mirrored_and_every_failure_is_named(
    folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rgb, depth, out = folders
    assert run("complete", rgb, depth, "-o", out, "--unit", "mm") == 1
    said = capsys.readouterr()
    assert said.out == f"{out}: 3 completed, 0 there already, 2 failed\n"
    assert "lost.jpg: the depth folder has no file of this name" in said.err
    assert "broken.png: damaged" in said.err
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*")) == [
        "a/1.png",
        "a/2.png",
        "b/1.png",
    ]


def test_folders_skip_what_is_done(folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    rgb, depth, out = folders
    for name in ("lost", "broken"):
        (rgb / f"{name}.jpg").unlink()
    assert run("complete", rgb, depth, "-o", out, "--unit", "mm") == 0
    (out / "a" / "1.png").write_bytes(b"mine")
    (out / "b" / "1.png").unlink()
    capsys.readouterr()
    assert run("complete", rgb, depth, "-o", out, "--unit", "mm", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"done": 1, "skipped": 2, "failed": {}}
    assert (out / "a" / "1.png").read_bytes() == b"mine"
    assert run("complete", rgb, depth, "-o", out, "--unit", "mm", "--force") == 0
    assert (out / "a" / "1.png").read_bytes() != b"mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rgb.png", "none.png", "-o", "o.png"], "none.png: no such file"),
        (["rgb.png", "broken.png", "-o", "o.png"], "broken.png: damaged"),
        (["rgb.png", "empty.png", "-o", "o.png"], "empty.png: is empty"),
        (["broken.png", "depth.png", "-o", "o.png"], "broken.png: damaged"),
        (["rgb.png", "eight_bit.png", "-o", "o.png"], "8 bits"),
        (["rgb.png", "zeros.npy", "-o", "o.png"], "no valid point"),
        (["rgb.png", "other_size.npy", "-o", "o.png"], "different aspects"),
        (["rgb.png", "kilometres.npy", "-o", "o.png"], "are they millimetres"),
        (["rgb.png", "depth.npy", "-o", "o.png", "--unit", "inch"], "unknown depth unit 'inch'"),
        (["rgb.png", "far.npy", "-o", "o.png"], r"100\S* m does not fit 16-bit mm .* use the unit kitti"),
        (["rgb.png", "depth.npy", "-o", "o.jpeg"], "ends in .png, .npy"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--ply", "o.obj"], "o.obj: expected a name that ends in .ply"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--preview", "o.npy"], "another output too"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--preview", "v.pdf"], "v.pdf: expected a name that ends in .png"),
        (["rgb.png", "depth.npy", "-o", "o.png", "--unit", "kitti"], "kitti is a unit of integers"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--out-unit", "mm"], "holds float metres"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--max-depth", "-3"], "max_depth -3"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--engine", "warp"], "engine 'warp'"),
        (["rgb.png", "depth.npy", "-o", "n" * 300 + ".npy"], "cannot be the name of a file"),
        (["r" * 300, "depth.npy", "-o", "o.npy"], "File name too long"),
        (["rgb.png", "depth.npy", "-o", "no/o.png"], "the folder .*no does not exist"),
        (["rgb.png", "depth.npy", "-o", "depth.png"], "depth.png: exists already"),
        (["rgb.png", "depth.npy", "-o", "rgb.png", "--force"], "rgb.png: is an input or another output too"),
        (["rgb.png", "depth.npy", "-o", "o.png", "--preview", "o.png"], "is an input or another output too"),
        (["rgb.png", "depth.npy", "-o", "."], "is a folder"),
        (["rgb.png", ".", "-o", "o"], "is not a folder; pass two files or two folders"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--model", "net.pth"], "pass max_depth"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--model", "none"], "model 'none': expected nearest"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--precision", "f8"], "precision 'f8'"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--camera", "rgb.png"], "rgb.png: is not a text file"),
        (["rgb.png", "depth.npy", "-o", "o.npy", "--wat"], "unrecognized arguments: --wat"),
        (["rgb.png", "depth.npy"], "required: -o"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    scene: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(scene)
    before = {path: path.read_bytes() for path in scene.rglob("*") if path.is_file()}
    assert run("complete", *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    line = said.err.splitlines()[-1]  # notes may stand before it
    assert line.startswith("spnet")
    assert re.search(message, line)
    assert "Traceback" not in said.err
    assert {path: path.read_bytes() for path in scene.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["import", "rgb.png", "-o", "w.safetensors", "--max-depth", "20"],
            "damaged or not a checkpoint|refused",
        ),
        (["import", "net.pth", "-o", "w.pth", "--max-depth", "20"], "ends in .safetensors"),
        (["import", "net.pth", "-o", "w.safetensors"], "required: --max-depth"),
        (["import", "net.pth", "-o", "w.safetensors", "--max-depth", "far"], "invalid float value"),
        (["info", "rgb.png"], None),
        (["info", "none.npy"], "no such file"),
        (["project", "rgb.png", "--camera", "c", "--image", "rgb.png", "-o", "o.png"], "c: no such file"),
        ([], "required: COMMAND"),
        (["undistort"], "invalid choice"),
    ],
)
def test_other_commands_fail_as_clearly(
    scene: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str | None,
) -> None:
    monkeypatch.chdir(scene)
    status = run(*arguments)
    said = capsys.readouterr().err
    assert status == (0 if message is None else 2)
    if message:
        assert len(said.splitlines()) == 1
        assert re.search(message, said)


def test_a_fault_of_ours_is_one_line_and_exit_1(
    scene: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("spnet.jobs.load_once", lambda *_, **__: 1 / 0)
    arguments = ["complete", scene / "rgb.png", scene / "depth.npy", "-o", scene / "o.npy"]
    assert run(*arguments) == 1
    assert capsys.readouterr().err == "spnet: internal error, please report it: ZeroDivisionError: division by zero\n"
    assert run(*arguments, "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_leaves_nothing_behind(
    scene: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    before = sorted(scene.iterdir())
    for output in ("o.npy", "o.png", "o.exr", "o.tiff"):
        assert run("complete", scene / "rgb.png", scene / "depth.npy", "-o", scene / output) == 2
        assert "No space left on device" in capsys.readouterr().err
    assert sorted(scene.iterdir()) == before


def test_the_unit_written_can_differ_from_the_unit_read(scene: Path) -> None:
    arguments = ["complete", scene / "rgb.png", scene / "depth.png", "--unit", "mm"]
    assert run(*arguments, "-o", scene / "same.png") == 0
    assert run(*arguments, "-o", scene / "other.png", "--out-unit", "kitti") == 0
    assert np.allclose(
        read_depth(scene / "same.png", "mm").metres, read_depth(scene / "other.png", "kitti").metres, atol=0.003
    )


@pytest.mark.parametrize(
    "extra", [["--ply", "x.ply"], ["--preview", "x.png"], ["--camera", "x.json"]], ids=lambda extra: extra[0]
)
def test_options_for_one_frame_are_refused_for_folders(folders: tuple[Path, Path, Path], extra: list[str]) -> None:
    rgb, depth, out = folders
    assert run("complete", rgb, depth, "-o", out, *extra) == 2
    assert not out.exists()


def test_a_turned_photo_is_said(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (32, 24)).save(scene / "turned.jpg", exif=exif)
    assert run("complete", scene / "turned.jpg", scene / "depth.npy", "-o", scene / "o.npy") == 0
    assert "turned.jpg: is marked as turned (EXIF)" in capsys.readouterr().err


def test_names_with_line_breaks_stay_in_one_line(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("complete", scene / "rgb.png", scene / "depth.npy", "-o", scene / "a\nb\x1b[2J.npy") == 0
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "\x1b" not in said


def test_too_little_memory_is_the_users_to_know(
    scene: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("spnet.jobs.load_once", exhausted)
    assert run("complete", scene / "rgb.png", scene / "depth.npy", "-o", scene / "o.npy") == 2
    assert "not enough memory" in capsys.readouterr().err


def test_a_reader_that_stops_reading_is_no_fault() -> None:
    command = [sys.executable, "-m", "spnet", "info", LIDAR]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_full_disk_stops_an_import_in_a_line(
    scene: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise safetensors.SafetensorError("No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    assert run("import", scene / "net.pth", "-o", scene / "w.safetensors", "--max-depth", 20) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert not (scene / "w.safetensors").exists()


def test_the_defaults_are_those_of_the_library() -> None:
    options = arguments.parse(["complete", "r", "d", "-o", "o"])
    assert (options.model, options.memory) == (completion.DEFAULT_MODEL, completion.DEFAULT_MEMORY)
    assert options.precision == Options().precision


def test_it_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "spnet", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("spnet 0.")


def test_confidence_is_written_where_the_network_gives_one(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1), outputs=2))
    save_file(network.state_dict(), scene / "sure.safetensors", metadata={"scale": "log_mean"})
    frame = [scene / "rgb.png", scene / "depth.png", "-o", scene / "dense.png"]
    assert run("complete", *frame, "--model", scene / "sure.safetensors", "--confidence", scene / "sure.png") == 0
    assert np.asarray(Image.open(scene / "sure.png")).shape == (24, 32)
    assert run("complete", *frame, "--model", "guided", "--confidence", scene / "other.png", "--force") == 2
    assert "guided gives no confidence" in capsys.readouterr().err
    assert not (scene / "other.png").exists()
    assert run("complete", *frame, "--confidence", scene / "other.npy", "--force") == 2
    assert "expected a name that ends in .png" in capsys.readouterr().err
    assert run("complete", *frame, "--model", scene / "sure.safetensors", "--max-depth", 20, "--force") == 2
    assert "max_depth 20 plays no part: leave it out" in capsys.readouterr().err
    assert run("info", scene / "sure.safetensors") == 0
    assert "depth / log_mean of the measured depth" in capsys.readouterr().out


def test_confidence_takes_one_frame(folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    rgb, depth, output = folders
    assert run("complete", rgb, depth, "-o", output, "--confidence", output / "x.png") == 2
    assert "--confidence and --camera take one frame" in capsys.readouterr().err
