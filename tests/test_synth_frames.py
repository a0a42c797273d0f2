"""Frames by seed and index, streamed or in a folder: the same every time, none twice, whole after a kill."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spnet import Camera, Frame, SpnetError, cli
from spnet.synth import FrameMaker, stream
from spnet.synth.assets.bank import Bank, Credit, Texture
from spnet.synth.assets.bankfile import load, save
from spnet.synth.folder import Recipe, render
from spnet.synth.frames import shows_something
from spnet.synth.layouts import KINDS
from spnet.synth.render import Rendering
from spnet.synth.scene import VERTEX

SIZE = (64, 48)
OURS = Credit("spnet authors", "Apache-2.0", "spnet")


@pytest.fixture(scope="session")
def bank(tmp_path_factory, opengl) -> Path:
    """A bank of three noisy textures and no model."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(60, 200, (3, 64, 64, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    roles = ("wall", "floor", "ground")
    textures = tuple(
        Texture(f"noise {role}", role, layer, 1.0, False, OURS) for role, layer in zip(roles, pixels, strict=True)
    )
    path = tmp_path_factory.mktemp("bank") / "bank.zip"
    save(Bank(textures, (), np.zeros(0, VERTEX), np.zeros((0, 3), np.int32)), path)
    return path


def recipe(**changes) -> Recipe:
    return Recipe(**({"seed": 5, "width": SIZE[0], "height": SIZE[1], "kind": "mix", "images": "png"} | changes))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_is_the_same_whenever_it_is_made(bank, kind):
    opened = load(bank)
    first, second = FrameMaker(opened, *SIZE, kind), FrameMaker(opened, *SIZE, kind)
    for index in (3, 0):
        second.make(1, index + 10)  # what was made before does not matter
        one, other = first.make(1, index), second.make(1, index)
        assert one.rgb.tobytes() == other.rgb.tobytes()
        assert one.depth.tobytes() == other.depth.tobytes()
        assert one.camera == other.camera
    assert first.make(1, 0).rgb.tobytes() != first.make(2, 0).rgb.tobytes()


def test_frames_are_what_they_say(bank):
    for frame in itertools.islice(stream(3, width=SIZE[0], height=SIZE[1], bank=bank), 6):
        assert frame.rgb.shape == (48, 64, 3)
        assert frame.rgb.dtype == np.uint8
        assert frame.depth.shape == (48, 64)
        assert frame.depth.dtype == np.float32
        assert np.isfinite(frame.depth).all()
        assert (frame.depth > 0).mean() > 0.2
        assert frame.rgb.std() > 2
        assert (frame.camera.width, frame.camera.height) == SIZE


def test_workers_of_a_stream_share_the_frames_out(bank):
    options = {"width": SIZE[0], "height": SIZE[1], "kind": "clutter", "bank": bank}
    whole = [frame.rgb.tobytes() for frame in itertools.islice(stream(1, **options), 4)]
    halves = [itertools.islice(stream(1, first=first, step=2, **options), 2) for first in (0, 1)]
    even, odd = ([frame.rgb.tobytes() for frame in half] for half in halves)
    assert whole == [even[0], odd[0], even[1], odd[1]]


def test_a_folder_is_rendered_and_can_be_completed(bank, tmp_path):
    folder = tmp_path / "frames"
    made = list(render(folder, 3, recipe(), bank=bank, workers=2))
    assert sorted(frame.name for frame in made) == ["00000000", "00000001", "00000002"]
    camera = Camera.from_file(folder / "camera" / "00000001.json")
    frame = Frame(folder / "rgb" / "00000001.png", folder / "depth" / "00000001.npz", camera=camera)
    expected = FrameMaker(load(bank), *SIZE).make(5, 1)
    np.testing.assert_array_equal(frame.rgb, expected.rgb)
    np.testing.assert_allclose(frame.depth, expected.depth, rtol=2**-11)
    assert frame.camera == expected.camera


@pytest.mark.parametrize("workers", [1, 3])
def test_a_folder_does_not_depend_on_its_workers(bank, tmp_path, workers):
    list(render(tmp_path / "some", 4, recipe(), bank=bank, workers=workers))
    list(render(tmp_path / "two", 4, recipe(), bank=bank, workers=2))
    assert contents(tmp_path / "some") == contents(tmp_path / "two")


def test_a_folder_goes_on_where_it_was(bank, tmp_path):
    folder = tmp_path / "frames"
    list(render(folder, 2, recipe(), bank=bank, workers=1))
    before = {path: (folder / path).stat().st_mtime_ns for path in contents(folder)}
    more = list(render(folder, 4, recipe(), bank=bank, workers=1))
    assert [frame.there_already for frame in more] == [True, True, False, False]
    assert all((folder / path).stat().st_mtime_ns == stamp for path, stamp in before.items())


def test_a_worker_that_cannot_go_on_says_why_in_its_own_words(bank, tmp_path):
    folder = tmp_path / "frames"
    list(render(folder, 1, recipe(), bank=bank, workers=1))
    (folder / "depth" / "00000001.npz").mkdir()
    with pytest.raises(SpnetError, match="00000001.npz: is a folder, expected the name of a file to write"):
        list(render(folder, 2, recipe(), bank=bank, workers=2))
    assert not (folder / "camera" / "00000001.json").exists()


def test_a_kill_loses_nothing_and_leaves_nothing_half_written(bank, tmp_path):
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-m", "spnet", "synth", "render", "-n", "40", "-o", folder, "--seed", "5"]
    command += ["--size", "64x48", "--images", "png", "--workers", "2", "--assets", bank]
    process = subprocess.Popen(list(map(str, command)), start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(list(folder.glob("camera/*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = {path.stem for path in folder.glob("camera/*.json")}
    assert 3 <= len(done) < 40
    list(render(folder, 12, recipe(), bank=bank, workers=2))
    list(render(whole, 12, recipe(), bank=bank, workers=2))
    finished = {name: data for name, data in contents(folder).items() if "/.spnet-" not in name}
    assert all(finished[name] == data for name, data in contents(whole).items())


@pytest.mark.parametrize("images", ["jpg", "png", "webp"])
def test_every_image_format_holds_the_picture(bank, tmp_path, images):
    list(render(tmp_path / "frames", 1, recipe(images=images), bank=bank, workers=1))
    stored = np.asarray(Image.open(tmp_path / "frames" / "rgb" / f"00000000.{images}"), dtype=float)
    exact = FrameMaker(load(bank), *SIZE).make(5, 0).rgb
    assert np.abs(stored - exact).mean() < (0.1 if images == "png" else 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frames": 0}, "0 frames: expected 1 to"),
        ({"frames": 10**9}, "frames: expected 1 to"),
        ({"workers": 0}, "0 workers: expected 1 to"),
        ({"recipe": recipe(width=8)}, "8x48 pixels: expected sides from 32 to 2048"),
        ({"recipe": recipe(kind="moon")}, "kind 'moon': expected one of room, street, clutter, mix"),
        ({"recipe": recipe(seed=-1)}, "seed -1, frame 0: expected numbers from 0 on"),
        ({"recipe": recipe(images="gif")}, "images 'gif': expected one of jpg, png, webp"),
    ],
)
def test_bad_arguments_are_named(bank, tmp_path, arguments, message):
    given = {"frames": 1, "recipe": recipe(), "workers": 1} | arguments
    with pytest.raises(SpnetError, match=message):
        list(render(tmp_path / "frames", given["frames"], given["recipe"], bank=bank, workers=given["workers"]))


def test_a_folder_of_another_recipe_or_of_other_things_is_left_alone(bank, tmp_path):
    folder = tmp_path / "frames"
    list(render(folder, 1, recipe(), bank=bank, workers=1))
    before = contents(folder)
    with pytest.raises(SpnetError, match="was begun with seed 5, now asked for 6; use another folder"):
        list(render(folder, 1, recipe(seed=6), bank=bank, workers=1))
    assert contents(folder) == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "holiday.jpg").touch()
    with pytest.raises(SpnetError, match="holds other files and no synth.json"):
        list(render(tmp_path / "other", 1, recipe(), bank=bank, workers=1))
    (folder / "synth.json").write_text("{")
    with pytest.raises(SpnetError, match="is damaged"):
        list(render(folder, 1, recipe(), bank=bank, workers=1))


def test_the_command_renders_and_counts(bank, tmp_path, capsys):
    command = ["synth", "render", "-n", "2", "-o", tmp_path / "frames", "--size", "64x48", "--assets", bank, "--json"]
    assert cli.main(list(map(str, command))) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["rendered"], facts["skipped"]) == (2, 0)
    assert cli.main(list(map(str, command))) == 0
    assert json.loads(capsys.readouterr().out)["skipped"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--size", "64"], "--size 64: expected WIDTHxHEIGHT"),
        (["--size", "64x4x8"], "--size 64x4x8: expected WIDTHxHEIGHT"),
        (["--assets", "missing.zip"], "no asset bank is there; make one with: spnet synth assets"),
    ],
)
def test_the_command_says_what_is_wrong_in_a_line(tmp_path, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bank.zip").touch()
    given = ["synth", "render", "-n", "1", "-o", "frames", "--assets", "bank.zip", *arguments]
    assert cli.main(given) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "frames").exists()


def plain(depth: float | np.ndarray, light: float | np.ndarray = 0.5) -> Rendering:
    full = np.broadcast_to(np.asarray(depth, np.float32), (20, 20)).copy()
    lit = np.broadcast_to(np.asarray(light, np.float32), (20, 20)).copy()
    return Rendering(np.repeat(lit[..., None], 3, axis=2), full, 1)


RAMP = np.linspace(1, 5, 20)[:, None]
SPECKS = np.random.default_rng(0).uniform(0.2, 0.8, (20, 20))


@pytest.mark.parametrize(
    ("rendering", "expected"),
    [
        (plain(RAMP, SPECKS), True),
        (plain(RAMP, 0.5), True),
        (plain(2.0, SPECKS), True),
        (plain(2.0, 0.5), False),
        (plain(0.0, SPECKS), False),
        (plain(RAMP, 0.0), False),
        (plain(np.where(np.arange(20) < 10, 0.02, 5.0), SPECKS), False),
    ],
    ids=["a scene", "no texture", "a poster", "a blank wall", "sky", "darkness", "inside of a thing"],
)
def test_views_that_show_nothing_are_drawn_again(rendering, expected):
    assert shows_something(rendering) is expected
