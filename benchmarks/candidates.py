"""What shape a small network should have: three candidates at equal budget, beside the best method without learning.

    OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE torchrun --nproc-per-node=2 benchmarks/candidates.py FOLDER
    python benchmarks/candidates.py FOLDER --shared ../shared/data --heldout FRAMES --json FILE

Trains each candidate on the same samples, drawn from FOLDER/rendered/mix, in FOLDER/CANDIDATE; a training that is
there goes on or is left as it is. Without ``--shared`` that is all. With it, every candidate completes frames of NYU
Depth V2 and rendered ones that no training saw (FRAMES, a folder of ``spnet synth render``).

- "plain": an SPNet that draws depth from image, sparse depth and mask, as in the paper.
- "residual": an SPNet that sees depth filled in by the colours' links, and says by what factor it is wrong.
- "steered": `spnet.model.Nano`, which says what the links are.

Those that draw depth have PacGDC's loss and tell no confidence: with a Laplacian's likelihood the residual one's loss
exploded in its first steps.
"""

import argparse
from collections.abc import Callable
from itertools import product
from pathlib import Path
from statistics import fmean, median
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn

import machine
from spnet.completion import DEFAULT_MEMORY, Completer, Network, load
from spnet.depth import Depth
from spnet.engines import Options
from spnet.engines.torch import TorchEngine
from spnet.evaluate import open_dataset
from spnet.evaluate.conditions import Condition
from spnet.evaluate.datasets import Dataset
from spnet.evaluate.inputs import make_input
from spnet.frame import Frame
from spnet.metrics import measure
from spnet.model import SPNet
from spnet.model.checkpoints import FAMILIES, VARIANTS, read_state_dict
from spnet.model.nano import Nano
from spnet.model.network import Config
from spnet.train import journal, train
from spnet.train.networks import build
from spnet.train.runfile import parse_recipe

CANDIDATES = {
    "plain": ("channels = [32, 64, 128, 256]\nblocks = [2, 2, 4, 2]", "pacgdc"),
    "residual": ('family = "residual"\nchannels = [32, 64, 128, 256]\nblocks = [2, 2, 4, 2]', "pacgdc"),
    "steered": ('family = "nano"\nvariant = "nano"\nconfidence = true', "steered"),
}
"""Of each, its [network], and its loss."""
RUN_FILE = """
[network]
{network}

[data]
size = [256, 352]
scale = "log_mean"
workers = 0

[[data.source]]
kind = "folder"
path = "{frames}"

[augment]
preset = "sensors"

[loss]
preset = "{loss}"

[optimiser]
steps = {steps}
batch = 16
rate = 1.5e-3
weight_decay = 0.02
betas = [0.9, 0.99]
warm_up = 0.02
clip = 1.0
ema = 0.99

[run]
precision = "bf16"
compile = true
checkpoint_every = 50
log_every = 25
"""
PATTERNS = ("random:10%", "random:1%", "points:500", "lines:16", "holes")
EVERY = 2
"""Of the frames, this many-th is completed."""


class Untrained(Nano):
    """Nano as it is before any training, without the U-Net that has nothing to say then."""

    def _answers(self, rgb: Tensor, fields: Any, measured: Any) -> tuple[list[Tensor], Tensor, Tensor]:
        nothing = torch.zeros_like(rgb[:, :1])
        return [torch.zeros_like(field).repeat(1, 6, 1, 1) for field in fields], nothing, nothing


class Residual(nn.Module):
    """An SPNet that corrects depth filled in without learning; called as it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.network = SPNet(config)
        self._fill = (Untrained().eval().requires_grad_(requires_grad=False),)  # no part of the weights
        nn.init.zeros_(self.network.decoder.head.weight)

    def forward(self, rgb: Tensor, depth: Tensor, mask: Tensor) -> Tensor:
        filled = self._fill[0](rgb, depth, mask)[:, :1]
        return filled * torch.exp(self.network(rgb, filled, mask).float())

    def compile(self, *arguments: Any, **options: Any) -> None:
        self.network.compile(*arguments, **options)


def train_one(name: str, folder: Path, steps: int) -> None:
    """Train a candidate, unless it is trained."""
    network, loss = CANDIDATES[name]
    text = RUN_FILE.format(network=network, loss=loss, frames=folder / "rendered" / "mix", steps=steps)
    if not (folder / name / "weights.safetensors").exists():
        train(parse_recipe(text, name), folder / name, resume=True)


def trained(name: str, folder: Path) -> nn.Module:
    """The averaged weights of a candidate."""
    network = build(parse_recipe((folder / name / "run.toml").read_text(), name).network)
    network.load_state_dict(read_state_dict(folder / name / "weights.safetensors"))
    return network.eval()


def score(dataset: Dataset, models: dict[str, Callable[[Frame], Depth]]) -> dict[str, dict[str, float]]:
    """RMSE relative to the truth's mean, in %: of each model, by pattern."""
    errors: dict[tuple[str, str], list[float]] = {}
    for sample, pattern in product(dataset.samples[::EVERY], PATTERNS):
        given = make_input(sample, sample.load(), Condition(pattern), seed=0)
        mean = float(given.truth[given.truth > 0].mean())
        for name, model in models.items():
            rmse = measure(model(given.frame).metres, given.truth, mask=given.counted)["rmse"]
            errors.setdefault((name, pattern), []).append(100 * rmse / mean)
    return {name: {pattern: round(fmean(errors[name, pattern]), 3) for pattern in PATTERNS} for name in models}


def facts(name: str, folder: Path, network: nn.Module) -> dict[str, Any]:
    """What a training cost."""
    recipe = parse_recipe((folder / name / "run.toml").read_text(), name)
    rates = [row["images_per_second"] for row in journal.read(folder / name) if "images_per_second" in row]
    return {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "crops": recipe.optimiser.steps * recipe.optimiser.batch,
        "images_per_second": round(median(rates), 1),
    }


def main() -> None:
    """Train what is missing, measure, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where rendered/mix is, and the trainings go")
    parser.add_argument("--candidate", nargs="+", default=list(CANDIDATES), help="only these (default: all)")
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--shared", type=Path, help="folder of nyu_dev; without it, only train")
    parser.add_argument("--heldout", type=Path, help="folder of rendered frames")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with patch.dict(FAMILIES, residual=Residual), patch.dict(VARIANTS, residual={}):
        for name in options.candidate:
            train_one(name, options.folder, options.steps)
        if options.shared is None:
            return
        networks = {name: trained(name, options.folder) for name in options.candidate}
    models: dict[str, Callable[[Frame], Depth]] = {"guided": load("guided")}
    for name, network in networks.items():
        fill = Network(TorchEngine(network, Options()), "log_mean", DEFAULT_MEMORY)
        models[name] = Completer(name, "torch", "", fill)
    sets = {"nyu": open_dataset(options.shared / "nyu_dev"), "rendered": open_dataset(options.heldout)}
    result = {
        "machine": machine.describe(),
        "candidates": {name: facts(name, options.folder, network) for name, network in networks.items()},
        "frames": {name: len(dataset.samples[::EVERY]) for name, dataset in sets.items()},
        "rmse": {name: score(dataset, models) for name, dataset in sets.items()},
    }
    machine.report(result, options.json)


if __name__ == "__main__":
    main()
