"""The training loop: that it learns, and that nothing that happens to a process changes what comes out."""

import errno
import json
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import spnet
from dataset_files import write_png
from spnet import SpnetError
from spnet.train import checkpoint, journal, train
from spnet.train.losses import find_loss
from spnet.train.networks import build
from spnet.train.objective import Objective, as_graph
from spnet.train.optimiser import make_optimiser, rate_at, update_average
from spnet.train.recipe import NetworkRecipe, OptimiserRecipe
from tiny_training import Planes, assert_alike, content, differences, measured, smooth_recipe, tiny_recipe


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Counted(Planes):
    """Remembers what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        self.asked.append(index)
        return super().__getitem__(index)


class Poisoned(Planes):
    """Some samples have no finite depth, as a broken file would."""

    def __init__(self, bad: range) -> None:
        super().__init__()
        self.bad = bad

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        sample = super().__getitem__(index)
        return sample | {"depth": sample["depth"] * math.nan} if index in self.bad else sample


@pytest.mark.parametrize(("loss", "confidence"), [("authors", "false"), ("pacgdc", "false"), ("laplace", "true")])
def test_it_learns(tmp_path: Path, loss: str, confidence: str) -> None:
    recipe = tiny_recipe(steps=60, rate=1e-2, loss=loss, confidence=confidence, checkpoint_every=1000)
    train(recipe, tmp_path / "run", samples=Planes())
    losses = [row["loss"] for row in journal.read(tmp_path / "run")]
    assert len(losses) == 60
    drop = np.mean(losses[:5]) - np.mean(losses[-5:])
    assert drop > 0.5 * abs(np.mean(losses[:5]))


@pytest.mark.parametrize(
    ("precision", "workers", "more"),
    [
        ("f32", 0, ""),
        ("bf16", 0, ""),
        ("f16", 0, ""),
        ("f32", 0, "channels_last = false"),
    ],
)
def test_resuming_changes_no_bit(tmp_path: Path, precision: str, workers: int, more: str) -> None:
    recipe = tiny_recipe(precision=precision, workers=workers, more=more)
    train(recipe, tmp_path / "whole", samples=Planes())
    train(recipe, tmp_path / "parts", samples=Planes(), stop_after=10)
    torch.manual_seed(12345)  # whatever happens in between
    assert (tmp_path / "parts" / "metrics.jsonl").read_text().count("\n") == 10
    assert not (tmp_path / "parts" / "weights.safetensors").exists()
    trained = train(recipe, tmp_path / "parts", samples=Planes(), resume=True)
    whole, parts = content(tmp_path / "whole"), content(tmp_path / "parts")
    assert whole["step"] == 20
    assert whole.keys() == {
        *("format", "recipe", "network", "average", "optimiser", "scaler"),
        *("step", "skipped_steps", "skipped_in_a_row", "skipped_samples"),
    }
    assert differences(whole, parts) == []
    assert measured(tmp_path / "whole") == measured(tmp_path / "parts")
    assert trained.skipped_samples == 16  # every fifth of 80
    assert trained.weights == tmp_path / "parts" / "weights.safetensors"
    assert trained.weights.read_bytes() != b""


def test_a_run_file_for_a_gpu_is_followed_on_a_cpu(tmp_path: Path) -> None:
    train(tiny_recipe(steps=2), tmp_path / "plain", samples=Planes())
    train(tiny_recipe(steps=2, more="cuda_graph = true"), tmp_path / "graph", samples=Planes())
    assert measured(tmp_path / "plain") == measured(tmp_path / "graph")


def test_a_graph_draws_no_stochastic_depth() -> None:
    """A recording would repeat the draw; said before anything is done on a GPU."""
    objective = Objective(build(NetworkRecipe(variant="Small")), find_loss("authors"), "f16")
    with pytest.raises(SpnetError, match="a graph cannot draw stochastic depth; set drop_rate = 0, or leave it out"):
        as_graph(objective, 2, (64, 64), torch.device("cuda"))


def test_it_would_notice_a_difference(tmp_path: Path) -> None:
    """The comparison above does see another seed, and one step more."""
    train(tiny_recipe(steps=2), tmp_path / "a", samples=Planes())
    train(tiny_recipe(steps=3), tmp_path / "b", samples=Planes())
    found = differences(content(tmp_path / "a"), content(tmp_path / "b"))
    assert {"/network/decoder.head.weight", "/average/decoder.head.weight", "/step", "/recipe"} <= set(found)


def test_each_sample_is_taken_once_in_order(tmp_path: Path) -> None:
    samples = Counted()
    train(tiny_recipe(steps=6, accumulate=2), tmp_path / "run", samples=samples, stop_after=4)
    train(tiny_recipe(steps=6, accumulate=2), tmp_path / "run", samples=samples, resume=True)
    assert samples.asked == list(range(24))


def test_the_callers_random_numbers_stay_as_they_were(tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(tiny_recipe(steps=1), tmp_path / "run", samples=Planes())
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("accumulate", [2, 4])
def test_parts_of_a_batch_equal_the_batch(tmp_path: Path, accumulate: int) -> None:
    train(smooth_recipe(), tmp_path / "whole", samples=Planes())
    train(smooth_recipe(accumulate=accumulate), tmp_path / "parts", samples=Planes())
    assert_alike(tmp_path / "whole", tmp_path / "parts")
    train(smooth_recipe(batch=8), tmp_path / "other", samples=Planes())
    with pytest.raises(AssertionError):
        assert_alike(tmp_path / "whole", tmp_path / "other")


def test_a_full_disk_stops_the_journal_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def full(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if mode == "a":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(path, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(SpnetError, match="metrics.jsonl: cannot be written: No space left on device; make room"):
        train(tiny_recipe(), tmp_path / "run", samples=Planes())


def test_a_loss_that_is_not_finite_skips_the_step(tmp_path: Path) -> None:
    recipe = tiny_recipe(steps=8, accumulate=2, checkpoint_every=1, keep=8)
    trained = train(recipe, tmp_path / "run", samples=Poisoned(range(8, 17)))  # the steps 3, 4 and 5
    assert (trained.step, trained.skipped_steps) == (8, 3)
    rows = journal.read(tmp_path / "run")
    assert [row["step"] for row in rows if "skipped" in row] == [3, 4, 5]
    assert rows[-1]["skipped_steps"] == 3
    states = [checkpoint.read(path) for path in checkpoint.find(tmp_path / "run")]
    assert [state["skipped_in_a_row"] for state in states] == [0, 0, 1, 2, 3, 0, 0, 0]
    for name in ("network", "average", "optimiser"):
        assert differences(states[1][name], states[4][name]) == (
            ["/param_groups/0/lr", "/param_groups/1/lr"] if name == "optimiser" else []
        )
        assert differences(states[4][name], states[5][name])
    assert all(torch.isfinite(tensor).all() for tensor in states[7]["average"].values())


def test_ten_in_a_row_stop_the_training(tmp_path: Path) -> None:
    with pytest.raises(SpnetError, match="not finite in 10 steps in a row, the last being 15: the training has diverg"):
        train(tiny_recipe(steps=40, checkpoint_every=5), tmp_path / "run", samples=Poisoned(range(20, 1000)))
    nine = Poisoned(range(20, 56))
    assert train(tiny_recipe(), tmp_path / "nine", samples=nine).skipped_steps == 9


def test_checkpoints_rotate(tmp_path: Path) -> None:
    train(tiny_recipe(steps=7, checkpoint_every=2, keep=3), tmp_path / "run", samples=Planes())
    assert [int(path.stem) for path in checkpoint.find(tmp_path / "run")] == [4, 6, 7]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), "00000010.pt: damaged: .*; delete it to go on from"),
        (lambda path: path.write_bytes(b""), "00000010.pt: is empty"),
        (lambda path: torch.save([1, 2], path), "00000010.pt: is no checkpoint of a training"),
        (lambda path: torch.save({"format": "spnet-training-1"}, path), "00000010.pt: is no checkpoint of a training"),
        (lambda path: torch.save(Path("x"), path), "00000010.pt: damaged: "),
        (
            lambda path: torch.save(torch.load(path, weights_only=True) | {"network": {}}, path),
            "00000010.pt: does not fit the run file's network: ",
        ),
    ],
)
def test_a_damaged_checkpoint_is_named(tmp_path: Path, spoil: Any, message: str) -> None:
    train(tiny_recipe(), tmp_path / "run", samples=Planes(), stop_after=10)
    spoil(tmp_path / "run" / "checkpoints" / "00000010.pt")
    with pytest.raises(SpnetError, match=message) as caught:
        train(tiny_recipe(), tmp_path / "run", samples=Planes(), resume=True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({}, {}, "holds a training of 2 steps; resume it"),
        ({"rate": 2e-3}, {"resume": True}, "was begun with another \\[optimiser\\] than the run file has now"),
        ({"loss": "pacgdc"}, {"resume": True}, "another \\[loss\\]"),
        ({"more": "panels_every = 0", "keep": 9}, {"resume": True}, None),
        ({"batch": 6, "accumulate": 4}, {}, "batch: found 6, expected a multiple of 4"),
        ({"loss": "likely"}, {}, "loss 'likely': expected one of authors"),
        ({"loss": "laplace"}, {"resume": True}, "another \\[loss\\]"),
        ({"drop_rate": 0.1}, {"resume": True}, "another \\[network\\]"),
        ({}, {"stop_after": 0}, "stop after 0 steps: expected at least 1"),
    ],
)
def test_what_a_folder_is_refused_for(tmp_path: Path, changes: Any, options: Any, message: str | None) -> None:
    train(tiny_recipe(), tmp_path / "run", samples=Planes(), stop_after=2)
    if message is None:
        train(tiny_recipe(**changes), tmp_path / "run", samples=Planes(), stop_after=3, **options)
        return
    with pytest.raises(SpnetError, match=message):
        train(tiny_recipe(**changes), tmp_path / "run", samples=Planes(), **options)


def test_resuming_nothing_begins(tmp_path: Path) -> None:
    assert train(tiny_recipe(steps=1), tmp_path / "run", samples=Planes(), resume=True).step == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpnetError, match="file/run: cannot hold a training: Not a directory"):
        train(tiny_recipe(), tmp_path / "file" / "run", samples=Planes())


def test_norms_and_biases_are_free_of_decay() -> None:
    for norm in ("CNX", "GRN", "LN", "BN", "RZ"):
        network = build(NetworkRecipe(channels=(8, 8, 8, 8), blocks=(1, 0, 0, 0), norm=norm))
        optimiser = make_optimiser(network, OptimiserRecipe(steps=1, weight_decay=0.3))
        names = {id(parameter): name for name, parameter in network.named_parameters()}
        decays = {
            names[id(tensor)]: group["weight_decay"] for group in optimiser.param_groups for tensor in group["params"]
        }
        assert len(decays) == len(names)
        for name, decay in decays.items():
            is_matrix = name.endswith("weight") and ".norm." not in name
            assert decay == (0.3 if is_matrix else 0.0), (norm, name)


@pytest.mark.parametrize(
    ("step", "expected"),
    [(0, 0.01), (9, 0.1), (10, 0.1), (55, 0.05), (99, 0.1 * 0.5 * (1 + math.cos(math.pi * 89 / 90)))],
)
def test_the_rate_rises_in_a_line_and_falls_in_a_cosine(step: int, expected: float) -> None:
    assert rate_at(step, OptimiserRecipe(steps=100, rate=0.1, warm_up=0.1)) == pytest.approx(expected)
    assert rate_at(0, OptimiserRecipe(steps=100, rate=0.1, warm_up=0)) == 0.1
    assert rate_at(99, OptimiserRecipe(steps=100, rate=0.1, warm_up=1)) == pytest.approx(0.1)


def test_the_settings_of_the_optimiser_reach_it(tmp_path: Path) -> None:
    more = {"rate": 0.01, "clip": 0.0}
    recipe = tiny_recipe(steps=1, **more)
    train(recipe, tmp_path / "run", samples=Planes())
    group = content(tmp_path / "run")["optimiser"]["param_groups"][0]
    assert (group["lr"], group["weight_decay"], tuple(group["betas"])) == (0.01, 0.05, (0.9, 0.999))


def test_the_gradient_is_clipped(tmp_path: Path) -> None:
    """What Adam remembers after one step is a tenth of the gradient that it was given."""
    for clip, expected in ((0.01, 0.01), (0.0, None)):
        folder = tmp_path / str(clip)
        train(tiny_recipe(steps=1, clip=clip), folder, samples=Planes())
        moments = [values["exp_avg"] for values in content(folder)["optimiser"]["state"].values()]
        norm = 10 * math.sqrt(sum(float((moment**2).sum()) for moment in moments))
        told = journal.read(folder)[0]["gradient_norm"]
        assert told > 0.1  # as it was before
        assert norm == pytest.approx(told if expected is None else expected, rel=1e-3)


def test_the_average_is_that_of_the_formula() -> None:
    average, network = torch.nn.BatchNorm2d(2), torch.nn.BatchNorm2d(2)
    network.weight.data[:] = torch.tensor([3.0, 5.0])
    network.num_batches_tracked += 7
    update_average(average, network, 0, 0.9)  # 1/10 of the first weights, 1, stays
    assert average.weight.tolist() == pytest.approx([2.8, 4.6])
    update_average(average, network, 1000, 0.9)
    assert average.weight.tolist() == pytest.approx([2.82, 4.64])
    assert average.num_batches_tracked == 7
    update_average(average, network, 1000, 0.0)
    assert torch.equal(average.weight, network.weight)


def test_panels_show_the_samples(tmp_path: Path) -> None:
    train(tiny_recipe(steps=2, more="panels_every = 2", batch=8), tmp_path / "run", samples=Planes(64))
    (panel,) = (tmp_path / "run" / "panels").iterdir()
    assert panel.name == "00000002.png"
    picture = np.asarray(Image.open(panel))
    assert picture.shape == (24 + 4 * 70, 6 + 5 * 70, 3)
    expected = np.rint(Planes(64)[8]["rgb"].numpy().transpose(1, 2, 0) * 255)  # the second batch begins with sample 8
    assert np.array_equal(picture[24:88, 6:70], expected)


def write_validation_set(folder: Path) -> Path:
    """One frame, in the layout for data of one's own."""
    write_png(folder / "rgb" / "a.png", np.full((64, 64, 3), 128, np.uint8))
    write_png(folder / "depth" / "a.png", np.tile(np.linspace(1000, 3000, 64), (64, 1)).astype(np.uint16))
    (folder / "meta.json").write_text('{"depth_scale": 0.001}')
    return folder


@pytest.mark.parametrize(("confidence", "loss"), [("false", "authors"), ("true", "laplace")])
def test_validation_measures_the_average_as_evaluate_does(tmp_path: Path, confidence: str, loss: str) -> None:
    data = write_validation_set(tmp_path / "data")
    more = f'validate_every = 2\nvalidation = "{data}"\npatterns = ["points:50", "random:10%"]'
    recipe = tiny_recipe(steps=2, more=more, confidence=confidence, loss=loss)
    train(recipe, tmp_path / "run", samples=Planes())
    assert torch.get_num_threads() == 1
    found = journal.read(tmp_path / "run")[-1]["validation"]
    assert set(found) == {"points:50", "random:10%"}
    results = spnet.evaluate.evaluate(
        spnet.evaluate.open_dataset(data),
        [tmp_path / "run" / "weights.safetensors"],
        ["points:50", "random:10%"],
        settings=spnet.evaluate.Settings(engine="torch"),
    )
    assert {mean.condition: mean.metrics for mean in results.means} == found
    assert ("ause_rmse" in found["points:50"]) == (confidence == "true")
    assert json.loads((tmp_path / "run" / "validation" / "00000002.json").read_text())["failed_count"] == 0


def test_the_journal_goes_to_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scalars: list[tuple[str, int]] = []

    class SummaryWriter:
        def __init__(self, folder: Path) -> None:
            assert folder == tmp_path / "run" / "tensorboard"

        def add_scalar(self, name: str, value: float, step: int) -> None:
            assert math.isfinite(value)
            scalars.append((name, step))

        def flush(self) -> None:
            pass

    monkeypatch.setitem(sys.modules, "tensorboard", ModuleType("tensorboard"))
    stand_in = ModuleType("torch.utils.tensorboard")
    monkeypatch.setattr(stand_in, "SummaryWriter", SummaryWriter, raising=False)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", stand_in)
    data = write_validation_set(tmp_path / "data")
    more = f'tensorboard = true\nvalidate_every = 2\nvalidation = "{data}"'
    train(tiny_recipe(steps=2, more=more), tmp_path / "run", samples=Planes())
    assert {("loss", 1), ("loss", 2), ("rate", 2), ("validation/points:500/rmse", 2)} <= set(scalars)


def test_compile_compiles_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[torch.nn.Module] = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda network: compiled.append(network))
    train(tiny_recipe(steps=1), tmp_path / "plain", samples=Planes())
    assert not compiled
    train(tiny_recipe(steps=1, more="compile = true"), tmp_path / "compiled", samples=Planes())
    assert [type(network).__name__ for network in compiled] == ["SPNet"]


def test_log_every_gives_means_over_the_steps_between(tmp_path: Path) -> None:
    train(tiny_recipe(steps=6), tmp_path / "each", samples=Planes())
    recipe = tiny_recipe(steps=6)
    train(replace(recipe, run=replace(recipe.run, log_every=3)), tmp_path / "third", samples=Planes())
    each = [row["loss"] for row in journal.read(tmp_path / "each")]
    third = [(row["step"], row["loss"]) for row in journal.read(tmp_path / "third")]
    assert third == [(3, pytest.approx(np.mean(each[:3]))), (6, pytest.approx(np.mean(each[3:])))]
