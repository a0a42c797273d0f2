"""The authors' test command: both of its forms, their layout in and out, and their numbers computed as they do."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

import spnet
from dataset_files import colours, write_png
from spnet.cli.authors_test import main
from spnet.evaluate.authors import DENSITIES
from spnet.model import Config, SPNet

HEIGHT, WIDTH = 32, 64
ROOT = Path(__file__).parents[1]


def write_set(folder: Path, *, farthest: int = 40_000) -> Path:
    """Two images in the authors' layout, with holes in the truth."""
    generator = np.random.default_rng(0)
    for seed, name in enumerate(("0", "1")):
        truth = np.linspace(8000, farthest, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint16)
        truth[:3, :5] = 0
        write_png(folder / "rgb" / f"{name}.png", colours(seed, HEIGHT, WIDTH))
        write_png(folder / "gt" / f"{name}.png", truth)
        for density in DENSITIES:
            kept = generator.random(truth.shape) < max(float(density.rstrip("%")) / 100, 0.01)
            write_png(folder / f"raw_{density}" / f"{name}.png", np.where(kept, truth, 0).astype(np.uint16))
    return folder


@pytest.fixture
def ibims(tmp_path: Path) -> Path:
    return write_set(tmp_path / "Ibims")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "checkpoints" / "Large.pth"
    path.parent.mkdir()
    torch.save({"network": SPNet(Config((16, 24, 32, 48), (1, 2, 1, 1))).state_dict()}, path)
    return path


def run(*arguments: object) -> int:
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stop:  # argparse's own
        return int(stop.code or 0)


def stored(path: Path) -> NDArray[np.float64]:
    return np.asarray(Image.open(path)).astype(np.float64)


def printed(output: str) -> dict[str, list[float]]:
    """The numbers of each line of the table."""
    words = [line.split() for line in output.splitlines()]
    return {line[0]: [float(word) for word in line[1:]] for line in words if line and line[0] in (*DENSITIES, "mean")}


def test_their_numbers_are_computed_as_they_do(ibims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--rgbd_dir", ibims, "--model_dir", "guided", "--save_results", "True") == 0
    found = printed(capsys.readouterr().out)
    expected: dict[str, list[float]] = {}
    for density in DENSITIES:
        of_images = []
        for name in ("0.png", "1.png"):
            prediction = np.clip(stored(ibims / f"result_{density}" / name), 1, 65535)
            truth = stored(ibims / "gt" / name)
            known = truth > 0
            difference = (prediction - truth)[known]
            rmse = np.sqrt(np.sum((difference / 256) ** 2) / known.sum())
            of_images.append((rmse, np.sum(abs(difference) / (truth[known] + 1e-6)) / known.sum()))
        expected[density] = [float(value) for value in np.mean(of_images, axis=0)]
    expected["mean"] = [float(value) for value in np.mean(list(expected.values()), axis=0)]
    for line, values in expected.items():
        assert found[line][0] == pytest.approx(values[0], abs=1e-3)
        assert found[line][1] == pytest.approx(values[1], abs=1e-4)


def test_metres_stand_beside_them(ibims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--rgbd_dir", ibims, "--model_dir", "linear", "--max_depth", 100) == 0
    said = capsys.readouterr().out
    assert "metres where 65535 in the files is 100 m" in said
    assert "RMSE (authors')  REL (authors')  RMSE, m  MAE, m" in said
    for theirs, _, rmse, *_ in printed(said).values():
        assert rmse == pytest.approx(theirs * 100 / 256, rel=2e-2)


@pytest.mark.parametrize("model", ["guided", "checkpoints/Large.pth"])
def test_results_are_what_the_model_says_in_whole_steps(
    ibims: Path, checkpoint: Path, model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkpoint.parents[1])
    assert run("--rgbd_dir", ibims, "--model_dir", model, "--save_results") == 0
    frame = spnet.Frame.from_files(ibims / "rgb/1.png", ibims / "raw_1%/1.png", depth_unit="max-depth:20")
    metres = spnet.complete(frame, model, max_depth=20).metres
    steps = stored(ibims / "result_1%/1.png")
    assert (steps == np.clip(np.floor(metres.astype(np.float64) / 20 * 65535), 1, 65535)).mean() > 0.99
    with Image.open(ibims / "result_1%/1.png") as picture:
        assert picture.mode == "I;16"
    assert "depth written to result_10%, result_1% and result_0.1%" in capsys.readouterr().err


def test_what_does_not_fit_is_cut_off_not_wrapped(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "far", farthest=65535)

    def steep(rgb: NDArray[np.uint8], depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        return np.full_like(depth, 30)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(spnet.classic.METHODS, "nearest", steep)
        assert run("--rgbd_dir", folder, "--model_dir", "nearest", "--save_results") == 0
    assert (stored(folder / "result_10%/0.png") == 65535).all()


@pytest.mark.parametrize(
    "form",
    [
        ["--dims=[1,2,1,1]", "--depths=[16,24,32,48]", "--dp_rate=0.0", "--model_dir=checkpoints/Large.pth"],
        ["--dims=[16, 24, 32, 48]", "--depths=[1, 2, 1, 1]", "--norm_type=CNX"],
        [],
        ["--norm_type", "CNX", "--save_results", "False"],
    ],
)
def test_every_form_of_the_command(
    ibims: Path,
    checkpoint: Path,
    form: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ibims.parent)
    assert checkpoint.parent == ibims.parent / "checkpoints"
    assert run(*form) == 0
    said = capsys.readouterr().out
    assert said.startswith("Large on ")
    assert "Ibims, 2 images" in said
    assert list(printed(said)) == [*DENSITIES, "mean"]
    assert sorted(path.name for path in ibims.iterdir()) == ["gt", "raw_0.1%", "raw_1%", "raw_10%", "rgb"]


@pytest.mark.parametrize("variant", ["Tiny", "Small", "Base", "Large"])
def test_the_model_type_names_the_checkpoint(
    ibims: Path,
    checkpoint: Path,
    variant: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ibims.parent)
    checkpoint.rename(checkpoint.with_name(f"{variant}.pth"))
    assert run(f"--model_type={variant}") == 2  # a small network under a large name
    assert (
        f"{variant}.pth: seems to have variant custom, but the command line says {variant}" in capsys.readouterr().err
    )
    monkeypatch.setattr("spnet.weights.describe.describe", lambda path: {"variant": variant})
    assert run(f"--model_type={variant}") == 0
    assert capsys.readouterr().out.startswith(f"{variant} on ")


def test_a_folder_of_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("NYU", "Ibims"):
        write_set(tmp_path / name)
    assert run("--rgbd_dir", tmp_path, "--model_dir", "nearest") == 0
    said = capsys.readouterr().out
    assert said.index("Ibims, 2 images") < said.index("NYU, 2 images")


def test_results_are_replaced_only_when_asked(ibims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--rgbd_dir", ibims, "--model_dir", "nearest", "--save_results=1"]
    assert run(*command) == 0
    mine = ibims / "result_0.1%" / "1.png"
    mine.write_bytes(b"mine")
    assert run(*command) == 2
    assert "exists already" in capsys.readouterr().err
    assert mine.read_bytes() == b"mine"
    assert run(*command, "--force") == 0
    assert stored(mine).shape == (HEIGHT, WIDTH)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model_dir", "checkpoints/none.pth"], "none.pth: no such file"),
        (
            ["--rgbd_dir", "nowhere"],
            "nowhere: expected rgb/, gt/, raw_10%/, raw_1%/ and raw_0.1%/, or a folder of such",
        ),
        (["--dims=[3,3]"], "'[3,3]', expected four whole numbers, as in [3,3,9,3]"),
        (["--dims=[1,1,1,1]"], "--dims and --depths: one is given without the other"),
        (
            ["--dims=[3,3,9,3]", "--depths=[16,24,32,48]"],
            "seems to have blocks (1, 2, 1, 1), but the command line says",
        ),
        (["--dims=[1,2,1,1]", "--depths=[96,192,384,768]"], "seems to have channels (16, 24, 32, 48), but"),
        (["--norm_type=CX"], "seems to have norm CNX, but the command line says CX; import it once (spnet import"),
        (["--model_type=Huge"], "argument --model_type: invalid choice: 'Huge'"),
        (["--save_results=maybe"], "'maybe', expected True or False"),
        (["--max_depth=-1"], "max_depth -1.0: expected metres"),
    ],
)
def test_bad_input_is_one_line(
    ibims: Path,
    checkpoint: Path,
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(checkpoint.parents[1])
    assert run(*arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "gt/1.png").unlink(), "has no partner in"),
        (lambda folder: (folder / "raw_1%/1.png").write_bytes(b""), "raw_1%/1.png: is empty"),
        (
            lambda folder: write_png(folder / "raw_1%/1.png", np.zeros((HEIGHT, WIDTH), np.uint16)),
            "raw_1%/1.png: the depth has no valid point",
        ),
        (lambda folder: (folder / "raw_1%").rename(folder / "raw_5%"), "lacks raw_1%; for input of other densities"),
    ],
)
def test_a_damaged_set_gives_no_numbers(
    ibims: Path, damage: object, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(damage)
    damage(ibims)
    assert run("--rgbd_dir", ibims, "--model_dir", "nearest") == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""


def test_it_runs_as_a_program(ibims: Path) -> None:
    command = [sys.executable, str(ROOT / "test.py"), "--rgbd_dir", str(ibims), "--model_dir", "nearest"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert list(printed(done.stdout)) == [*DENSITIES, "mean"]
