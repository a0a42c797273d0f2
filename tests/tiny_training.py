"""A training of milliseconds: tilted planes, a network of a few thousand weights; and as a script, what tests need
processes of their own for:

    torchrun --nproc-per-node=2 tiny_training.py share FOLDER   a training of several processes
    python tiny_training.py kill FOLDER                         trainings that are killed, and what was left of them
    python tiny_training.py fill FOLDER BYTES                   a training on a disk that takes no larger files
"""

import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset

from spnet.train import Recipe, checkpoint, journal, train
from spnet.train.runfile import parse_recipe

RUN_FILE = """
[network]
channels = [8, 8, 8, 8]
blocks = [1, 1, 0, 0]
confidence = {confidence}
drop_rate = {drop_rate}
norm = "{norm}"

[data]
size = [32, 32]
workers = {workers}
[[data.source]]
kind = "folder"
path = "not-read"

[loss]
preset = "{loss}"

[optimiser]
steps = {steps}
batch = {batch}
accumulate = {accumulate}
rate = {rate}
clip = {clip}

[run]
precision = "{precision}"
checkpoint_every = {checkpoint_every}
keep = {keep}
log_every = 1
{more}
"""

DEFAULTS = {
    "confidence": "false",
    "drop_rate": 0.2,
    "norm": "CNX",
    "workers": 0,
    "loss": "authors",
    "steps": 20,
    "batch": 4,
    "accumulate": 1,
    "rate": 1e-3,
    "clip": 1.0,
    "precision": "f32",
    "checkpoint_every": 10,
    "keep": 2,
    "more": "",
}


def tiny_recipe(**changes: object) -> Recipe:
    """The run file with some of DEFAULTS changed."""
    return parse_recipe(RUN_FILE.format(**DEFAULTS | changes), "run.toml")


def smooth_recipe(**changes: object) -> Recipe:
    """A run whose losses can be compared after sums in another order: nothing is drawn in the network, and there are no
    norms, which over few channels make much of little."""
    return tiny_recipe(**{"steps": 4, "drop_rate": 0, "norm": "RZ"} | changes)


class Planes(Dataset[dict[str, torch.Tensor]]):
    """Sample i is a plane of random slope, in grey by its depth, every pixel known, a random share of them measured."""

    def __init__(self, side: int = 32) -> None:
        self.side = side

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        generator = np.random.default_rng([7, index])
        slopes = generator.uniform(-0.3, 0.3, (2, 1, 1))
        ramp = np.linspace(-1, 1, self.side)
        truth = (1 + slopes[0] * ramp + slopes[1] * ramp[:, None])[None].astype(np.float32)
        mask = (generator.random(truth.shape) < generator.uniform(0.05, 0.5)).astype(np.float32)
        mask[0, 0, 0] = 1
        arrays = {
            "rgb": np.repeat(truth / 2, 3, axis=0),
            "depth": truth * mask,
            "mask": mask,
            "truth": truth,
            "known": np.ones_like(truth),
            "scale": np.float32(generator.uniform(1, 10)),
            "skipped": np.int64(index % 5 == 0),
        }
        return {name: torch.as_tensor(array) for name, array in arrays.items()}


class Elsewhere(Planes):
    """Counts as skipped the samples that another process has drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.process = os.getpid()

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return super().__getitem__(index) | {"skipped": torch.tensor(int(os.getpid() != self.process))}


def content(folder: Path) -> dict[str, Any]:
    """The last checkpoint."""
    return checkpoint.read(checkpoint.find(folder)[-1])


def differences(one: object, other: object, name: str = "") -> list[str]:
    """The names of everything in nested containers that is not the same to the bit."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [found for key in one for found in differences(one[key], other[key], f"{name}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [found for i in range(len(one)) for found in differences(one[i], other[i], f"{name}/{i}")]
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return [] if torch.equal(one, other) else [name]
    return [] if one == other else [name]


def measured(folder: Path) -> list[dict[str, Any]]:
    """The journal without what depends on the clock."""
    clocks = ("drawing", "images_per_second")
    return [{key: value for key, value in row.items() if key not in clocks} for row in journal.read(folder)]


def assert_alike(one: Path, other: Path) -> None:
    """The same losses and gradients, up to the rounding of sums in another order."""
    for left, right in zip(measured(one), measured(other), strict=True):
        for name in ("loss", "absolute", "relative", "gradient", "gradient_norm"):
            assert left[name] == pytest.approx(right[name], rel=1e-4), (left["step"], name)


def share(folder: Path) -> None:
    """The training that one process does, by as many as torchrun has started."""
    train(smooth_recipe(), folder / "shared", samples=Planes())


def kill(folder: Path) -> None:
    """Kill 50 trainings at random moments, each going on where the one before was, then let one end; and beside it one
    that nobody disturbs. Children are forked, so that none has to import PyTorch again."""
    train(tiny_recipe(steps=1), folder / "first", samples=Planes())  # what PyTorch imports at first use, it has now
    chance, lost, writing = random.Random(0), [], 0
    for _ in range(KILLS):
        child = in_a_child(folder / "killed", None)
        time.sleep(chance.uniform(0, 0.4))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit("a training has ended by itself: it found nothing to go on from")
        last = max((row["step"] for row in journal.read(folder / "killed")), default=0)
        saved = [int(path.stem) for path in checkpoint.find(folder / "killed")]
        lost.append(last - max(saved, default=0))
        writing += any((folder / "killed" / "checkpoints").glob(".spnet-*"))
    for name in ("killed", "whole"):
        os.waitpid(in_a_child(folder / name, max(saved) + 2), 0)
    facts = {"kills": len(lost), "most_lost": max(lost), "while_writing": writing}
    (folder / "report.json").write_text(json.dumps(facts))


def in_a_child(folder: Path, stop_after: int | None) -> int:
    """Fork a process that trains; returns its number."""
    child = os.fork()
    if child == 0:
        recipe = tiny_recipe(steps=1_000_000, batch=1, checkpoint_every=CHECKPOINT_EVERY)
        train(recipe, folder, samples=Planes(), resume=True, stop_after=stop_after)
        os._exit(0)
    return child


KILLS, CHECKPOINT_EVERY = 50, 3


def fill(folder: Path, most: int) -> None:
    """Train where no file may have more than so many bytes, which is how a full disk looks to a process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then the write fails, as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    train(tiny_recipe(), folder, samples=Planes(), resume=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"share": share, "kill": kill, "fill": fill}[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))
