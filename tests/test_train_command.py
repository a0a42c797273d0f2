"""``spnet train``, the authors' ``train.py``, and the weights files that a training ends in."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import spnet
from conftest import small_frame
from dataset_files import colours, write_png
from spnet import SpnetError, cli
from spnet.cli import authors_train
from spnet.model import from_checkpoint
from spnet.train import checkpoint, train
from spnet.train.release import release
from spnet.weights import resolve
from spnet.weights.describe import describe
from spnet.weights.files import read_metadata
from tiny_training import Planes, content, tiny_recipe

ROOT = Path(__file__).parents[1]

RUN_FILE = """
[network]
channels = [8, 8, 8, 8]
blocks = [1, 0, 0, 0]
[data]
size = [32, 32]
scale = "max_depth:20"
workers = 0
[[data.source]]
kind = "authors"
path = "RGBD_Datasets"
max_depth = 20
[augment]
preset = "authors"
[optimiser]
steps = 4
batch = 2
"""


def run(*arguments: object) -> int:
    try:
        return cli.main(["train", *map(str, arguments)])
    except SystemExit as stop:  # argparse's own
        return int(stop.code or 0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with three images in the authors' layout and a run file for them."""
    monkeypatch.chdir(tmp_path)
    for index in range(3):
        images = tmp_path / "RGBD_Datasets" / "Rooms"
        write_png(images / "rgb" / f"{index}.png", colours(index, 48, 64))
        write_png(images / "depth" / f"{index}.png", np.linspace(9e3, 5e4, 48 * 64).reshape(48, 64).astype(np.uint16))
    write_png(tmp_path / "Hole_Datasets" / "Camera" / "0.png", np.full((48, 64, 3), 255, np.uint8))
    (tmp_path / "small.toml").write_text(RUN_FILE)
    return tmp_path


def test_a_run_file_to_weights(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("small.toml") == 0
    assert capsys.readouterr().out == "small: 4 of 4 steps; weights in small/weights.safetensors\n"
    assert (folder / "small" / "run.toml").read_text() == RUN_FILE
    depth = spnet.complete(small_frame(), folder / "small" / "weights.safetensors", engine="torch")
    assert depth.model == "small"
    assert depth.confidence is None


@pytest.mark.parametrize(("set_before", "expected"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_waiting_threads_leave_the_processors(
    folder: Path, monkeypatch: pytest.MonkeyPatch, set_before: str | None, expected: str
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", set_before or "")
    if set_before is None:
        monkeypatch.delenv("OMP_WAIT_POLICY")
    assert run("small.toml", "--steps", 1) == 0
    assert os.environ["OMP_WAIT_POLICY"] == expected


def test_stopping_and_going_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("small.toml", "-o", "elsewhere", "--steps", 3) == 0
    assert capsys.readouterr().out == "elsewhere: 3 of 4 steps; --resume goes on\n"
    assert run("small.toml", "-o", "elsewhere") == 2
    assert "elsewhere: holds a training of 3 steps; resume it" in capsys.readouterr().err
    assert run("small.toml", "-o", "elsewhere", "--resume", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "folder": "elsewhere",
        "steps": 4,
        "of": 4,
        "skipped_steps": 0,
        "skipped_samples": 0,
        "weights": "elsewhere/weights.safetensors",
    }


def test_what_was_skipped_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "RGBD_Datasets" / "Rooms" / "rgb" / "1.png").write_bytes(b"no image")
    assert run("small.toml") == 0
    assert re.search(r"small: 4 of 4 steps, \d+ samples could not be read; weights", capsys.readouterr().out)


def test_progress_on_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert run("small.toml") == 0
    lines = capsys.readouterr().err.split("\r")
    assert len(lines) == 5
    assert re.search(r"\[##########          \] 2/4  [\d.]+ steps/s  \d+ s left  loss [\d.]+", lines[2])
    assert "4/4" in lines[4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.toml"], "none.toml: no such file"),
        (["small.toml", "--steps", "0"], "stop after 0 steps: expected at least 1"),
        (["small.toml", "--steps", "many"], "invalid int value"),
        (["small.toml", "-o", "small.toml/x"], "cannot hold a training"),
        ([], "the following arguments are required: RUN.toml"),
    ],
)
def test_the_command_fails_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1


def authors(*arguments: object) -> int:
    try:
        return authors_train.main(list(map(str, arguments)))
    except SystemExit as stop:
        return int(stop.code or 0)


TINY = ("--dims=[8,8,8,8]", "--depths=[1,0,0,0]")


def test_the_authors_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*TINY, "--epochs", 1, "--batch_size", 2, "--lr", 1e-3, "--max_depth", 30, "--norm_type", "LN"]
    assert authors(*arguments, "--dp_rate", 0.1, "--save_dir", "saved") == 0
    assert capsys.readouterr().out.startswith("saved: 2 of 2 steps")
    recipe = spnet.train.read_recipe(folder / "saved" / "run.toml")
    assert (recipe.network.channels, recipe.network.blocks) == ((8, 8, 8, 8), (1, 0, 0, 0))
    assert (recipe.network.norm, recipe.network.drop_rate) == ("LN", 0.1)
    assert (recipe.optimiser.steps, recipe.optimiser.batch, recipe.optimiser.rate) == (2, 2, 1e-3)
    assert (recipe.data.size, recipe.data.scale) == ((320, 320), "max_depth:30.0")
    (source,) = recipe.data.source
    assert (source.path, source.holes, source.max_depth) == ("RGBD_Datasets", "Hole_Datasets", 30)
    assert (recipe.augment.preset, recipe.loss.preset) == ("authors", "authors")
    assert authors(*arguments, "--dp_rate", 0.1, "--save_dir", "saved") == 2
    assert authors(*arguments, "--dp_rate", 0.1, "--save_dir", "saved", "--resume") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model_type", "Huge"], "invalid choice"),
        (["--dims=[3,3,9,3]"], "one is given without the other"),
        ([*TINY, "--rgbd_dir", "none"], "none: holds no images"),
        ([*TINY, "--epochs", "0"], "expected at least 1 of each"),
        ([*TINY, "--norm_type", "XN"], "norm 'XN'"),
        ([*TINY, "--hole_dir", "none", "--lr", "-1"], "rate: found -1.0"),
    ],
)
def test_the_authors_command_fails_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert authors(*arguments) == 2
    said = capsys.readouterr().err.splitlines()
    assert message in said[-1]
    assert len(said) == 1 + ("none" in arguments and "--hole_dir" in arguments)


def test_the_authors_default_is_large_on_their_recipe(folder: Path) -> None:
    options = authors_train._parse(["--rgbd_dir", "RGBD_Datasets"])
    recipe = authors_train.recipe_of(options)
    assert recipe.network.variant == "Large"
    assert (recipe.optimiser.steps, recipe.optimiser.batch) == (15, 64)  # 300 epochs of 3 images
    assert (recipe.optimiser.rate, recipe.optimiser.weight_decay, recipe.optimiser.warm_up) == (2e-4, 0.05, 0.05)


def test_the_script_at_the_root_answers() -> None:
    ran = subprocess.run([sys.executable, ROOT / "train.py", "--help"], capture_output=True, text=True, check=True)
    assert "--model_type" in ran.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "run"
    train(tiny_recipe(steps=3, confidence="true", loss="laplace"), folder, samples=Planes())
    return folder


def test_half_the_bytes_are_the_same_numbers_rounded(trained: Path, tmp_path: Path) -> None:
    facts = {"name": "nano", "licence": "Apache-2.0", "provenance": "rendered frames"}
    release(trained, tmp_path / "whole.safetensors", **facts)
    release(trained, tmp_path / "half.safetensors", **facts, half=True)
    whole, half = load_file(tmp_path / "whole.safetensors"), load_file(tmp_path / "half.safetensors")
    assert all(torch.equal(half[name], tensor.half()) for name, tensor in whole.items())
    read = from_checkpoint(tmp_path / "half.safetensors").state_dict()
    assert all(torch.equal(read[name], tensor.half().float()) for name, tensor in whole.items())


def test_weights_say_all_about_themselves(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = {
        "command": "spnet evaluate nyu --model nano",
        "means": [
            {"condition": "points:500", "model": "nano", "frames": 2, "metrics": {"rmse": 0.125, "edge_rmse": 1}}
        ],
    }
    (tmp_path / "results.json").write_text(json.dumps(results))
    path = tmp_path / "nano.safetensors"
    facts = {"name": "nano", "licence": "Apache-2.0", "provenance": "rendered frames; CC0 models"}
    release(trained, path, **facts, results=tmp_path / "results.json")
    found = describe(path)
    assert {key: found[key] for key in facts} == facts
    assert found["trained"] == "3 steps of 4: 12 samples"
    assert found["run_file"] == tiny_recipe(steps=3, confidence="true", loss="laplace").text
    assert found["depth_scale"] == "depth / log_mean of the measured depth"
    assert found["results"] == ["points:500, nano: RMSE 0.1250", "(spnet evaluate nyu --model nano)"]
    average = content(trained)["average"]
    assert all(torch.equal(tensor, average[name]) for name, tensor in load_file(path).items())
    assert load_file(path).keys() == average.keys()
    assert from_checkpoint(path).config.outputs == 2
    assert cli.main(["info", str(path)]) == 0
    said = capsys.readouterr().out
    assert "results         points:500, nano: RMSE 0.1250" in said
    assert re.search(r"run file +\d+ lines; --json shows them", said)


def test_the_same_weights_have_the_same_hash(trained: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        release(trained, tmp_path / f"{name}.safetensors", name=name, licence="MIT", provenance="x")
    one, two = (read_metadata(tmp_path / f"{name}.safetensors") for name in ("one", "two"))
    assert (
        one["tensors_sha256"]
        == two["tensors_sha256"]
        == read_metadata(trained / "weights.safetensors")["tensors_sha256"]
    )
    assert resolve(tmp_path / "one.safetensors").sha256 != resolve(tmp_path / "two.safetensors").sha256


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ("{", "is not what spnet evaluate --json writes"),
        ("[]", "is not what"),
        ('{"means": 3}', "is not what"),
        ("", "is empty"),
    ],
)
def test_results_that_are_none(trained: Path, tmp_path: Path, results: str, message: str) -> None:
    (tmp_path / "results.json").write_text(results)
    with pytest.raises(SpnetError, match=message):
        release(
            trained,
            tmp_path / "w.safetensors",
            name="n",
            licence="l",
            provenance="p",
            results=tmp_path / "results.json",
        )
    assert not (tmp_path / "w.safetensors").exists()


def test_release_refuses(trained: Path, tmp_path: Path) -> None:
    facts = {"name": "n", "licence": "l", "provenance": "p"}
    with pytest.raises(SpnetError, match="holds no checkpoint of a training"):
        release(tmp_path, tmp_path / "w.safetensors", **facts)
    (tmp_path / "w.safetensors").write_text("mine")
    with pytest.raises(SpnetError, match="exists already"):
        release(trained, tmp_path / "w.safetensors", **facts)
    release(trained, tmp_path / "w.safetensors", **facts, overwrite=True)
    assert resolve(tmp_path / "w.safetensors").name == "n"


@pytest.mark.parametrize(
    "results", ["{nope", "[1]", '{"means": [{"condition": "x", "metrics": {"rmse": "a"}}], "command": 1}']
)
def test_senseless_results_in_a_file_are_not_shown(trained: Path, tmp_path: Path, results: str) -> None:
    from safetensors.torch import save_file

    weights = trained / "weights.safetensors"
    save_file(load_file(weights), tmp_path / "w.safetensors", metadata=read_metadata(weights) | {"results": results})
    assert "results" not in describe(tmp_path / "w.safetensors")


def test_a_checkpoint_is_a_weights_file_too(trained: Path) -> None:
    assert from_checkpoint(checkpoint.find(trained)[-1]).config.outputs == 2


def test_tensorboard_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(SpnetError, match=r'tensorboard, which is not installed: pip install "spnet\[tensorboard\]"'):
        train(tiny_recipe(more="tensorboard = true"), tmp_path / "run", samples=Planes())
