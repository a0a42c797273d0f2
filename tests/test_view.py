"""The viewer's files: what lies in them, as the viewer's own tools read it, and what cannot be written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import spnet
from conftest import EXAMPLE, small_frame
from spnet import Depth, Frame, SpnetError, cli, view
from spnet.files.depth import write_depth

pytest.importorskip("rerun", reason="the extra view is not installed")

ENTITIES = {"/", "/camera", "/camera/image", "/camera/measured", "/camera/measured/picture"}
ENTITIES |= {"/camera/dense", "/camera/dense/picture", "/cloud"}


def rerun(*arguments: object) -> str:
    """What the viewer's command line says; it can only be asked as a program."""
    command = [sys.executable, "-m", "rerun", *(str(argument) for argument in arguments)]
    without_reports = {**os.environ, "CI": "true"}  # to its makers
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=without_reports)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def entities(path: Path) -> dict[str, list[str]]:
    """By entity of the recording, its blueprint aside, the components that were logged."""
    found: dict[str, list[str]] = {}
    for name, columns in re.findall(
        r"^Chunk\(.*\) with .* - (/\S*) - data columns: \[(.*)\]", rerun("rrd", "print", "-v", path), re.M
    ):
        if not name.startswith(("/view", "/container", "/time_panel", "/blueprint", "/selection", "/top")):
            found.setdefault(name, []).extend(re.findall(r"@?(\w+:\w+)", columns))
    return found


def run(*arguments: object) -> int:
    return cli.main(["view", *(str(argument) for argument in arguments)])


def test_the_example_is_all_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "view.rrd"
    arguments = [EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", "--unit", "mm", "--camera", EXAMPLE / "camera.json"]
    assert run(*arguments, "--model", "nearest", "--save", out) == 0
    assert capsys.readouterr().out == f"{out}: 1 of 1 frames\n"
    assert "verified without error" in rerun("rrd", "verify", out)
    found = entities(out)
    assert set(found) >= ENTITIES
    assert "/camera/confidence" not in found
    assert any("image_from_camera" in component for component in found["/camera"])
    assert any("DepthImage" in component for component in found["/camera/dense"])
    assert any("positions" in component for component in found["/cloud"])


def test_confidence_is_there_where_a_model_gives_it(tmp_path: Path) -> None:
    frame = small_frame()
    metres = np.full(frame.depth.shape, 2, np.float32)
    depth = Depth(metres, frame, "m", "e", "r", 0.0, expected_error=np.full_like(metres, 0.1))
    assert view.save([depth], tmp_path / "view.rrd") == 1
    assert ENTITIES | {"/camera/confidence"} <= set(entities(tmp_path / "view.rrd"))


def test_folders_become_frames_and_failures_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rgb, depth = tmp_path / "rgb", tmp_path / "depth"
    for folder in (rgb, depth):
        folder.mkdir()
    for name in ("1", "2", "lost"):
        Image.new("RGB", (32, 24), (90, 60, 30)).save(rgb / f"{name}.png")
        if name != "lost":
            write_depth(depth / f"{name}.png", np.full((24, 32), 2.0, np.float32), "mm")
    out = tmp_path / "view.rrd"
    arguments = [rgb, depth, "--unit", "mm", "--model", "nearest", "--save", out]
    assert run(*arguments) == 1
    said = capsys.readouterr()
    assert said.out == f"{out}: 2 of 3 frames\n"
    assert "lost.png: the depth folder has no file of this name" in said.err
    (rgb / "lost.png").unlink()
    assert run(*arguments) == 2
    assert "view.rrd: exists already" in capsys.readouterr().err
    assert run(*arguments, "--force", "--json") == 0
    assert '"frames": 2' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rgb.png", "none.png", "--save", "v.rrd"], "none.png: no such file"),
        (["rgb.png", "depth.npy", "--save", "v.mp4"], "v.mp4: expected a name that ends in .rrd"),
        (["rgb.png", "depth.npy", "--save", "no/v.rrd"], "the folder no does not exist"),
        (["rgb.png", "depth.npy", "--save", "v.rrd", "--model", "none"], "model 'none'"),
        (["rgb.png", "depth.npy", "--save", "v.rrd", "--engine", "warp"], "engine 'warp'"),
        (["rgb.png", "depth.npy", "--save", "v.rrd", "--max-depth", "-1"], "max_depth -1"),
        (["rgb.png", "depth.npy", "--save", "v.rrd", "--unit", "inch"], "unknown depth unit 'inch'"),
        (["rgb.png", "depth.npy", "--save", "v.rrd", "--camera", "none.json"], "none.json: no such file"),
        (["rgb.png", ".", "--save", "v.rrd"], "is not a folder; pass two files or two folders"),
        ([".", "empty", "--save", "v.rrd"], "empty: holds no depth file"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (32, 24)).save("rgb.png")
    np.save("depth.npy", np.full((24, 32), 2.0, np.float32))
    Path("empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert run(*arguments) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert message in said.err
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_to_show_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpnetError, match="there is no frame to show"):
        view.save([], tmp_path / "v.rrd")
    with pytest.raises(SpnetError, match="there is no frame to show"):
        view.view([])
    with pytest.raises(SpnetError, match="expected a name that ends in .rrd"):
        view.save([], tmp_path / "v.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("starts", [True, False])
def test_the_viewer_is_opened_when_no_file_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], starts: bool
) -> None:
    import rerun as sdk

    opened: list[object] = []

    def spawn(stream: object, **options: object) -> None:
        if not starts:
            raise RuntimeError("no viewer in PATH")
        opened.append(options["default_blueprint"])

    monkeypatch.setattr(sdk.RecordingStream, "spawn", spawn)
    status = run(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", "--unit", "mm", "--model", "nearest")
    said = capsys.readouterr()
    if starts:
        assert (status, len(opened)) == (0, 1)
        assert said.out == "viewer: 1 of 1 frames\n"
    else:
        assert status == 2
        assert "the viewer does not start: no viewer in PATH; write a file for it instead (--save)" in said.err


def test_without_the_extra_the_cure_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "rerun", None)
    frame = Frame(np.zeros((24, 32, 3), np.uint8), np.full((24, 32), 2.0, np.float32))
    with pytest.raises(SpnetError, match=r'spnet view needs rerun, .* pip install "spnet\[view\]"'):
        view.save([spnet.complete(frame, "nearest")], tmp_path / "v.rrd")
