"""Fit how sure nano is of its depth, on frames that it was not trained on.

    python benchmarks/calibrate.py FRAMES WEIGHTS -o OUT --json benchmarks/results/calibration.json

FRAMES is a folder of ``spnet synth render``, WEIGHTS a file that ``spnet train`` wrote, and OUT one like it. Samples
are drawn from FRAMES as the run file in WEIGHTS says. Depth stays as it is.

A Laplacian's likelihood, which a training minimises, is ruled by the large errors at edges. Here the shares of errors
that are small, middling and large are brought to what they are expected to be (quantile regression: Koenker and
Bassett, "Regression quantiles", Econometrica 1978) by the few numbers that shift the expected error of all pixels: the
bias of its head and `Nano.log_sureness`.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from torch import Tensor

import machine
from spnet.metrics import calibration_curve
from spnet.model import from_checkpoint
from spnet.model.nano import Nano
from spnet.train.recipe import SourceRecipe
from spnet.train.release import write_weights
from spnet.train.runfile import parse_recipe
from spnet.train.samples import Batch, Samples, batches
from spnet.weights.files import read_metadata

SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
STEPS, BATCH, CHECKED = 240, 8, 24
RATE = 0.05
SMALLEST = 2e-5
"""An error in log depth that is as good as none."""
KEPT = ("licence", "provenance", "trained", "results")


def needed(network: Nano, batch: Batch) -> tuple[Tensor, Tensor]:
    """The log of how many scales wide an interval holds the truth: of inferred pixels (N,), and of measured ones."""
    depth, log_scale = network(batch["rgb"], batch["depth"], batch["mask"]).split(1, dim=1)
    error = (torch.log(depth) - torch.log(batch["truth"].clamp(min=1e-9))).abs().detach()
    found = torch.log(error.clamp(min=SMALLEST)) - log_scale
    is_known, is_measured = batch["known"] > 0, batch["mask"] > 0
    return found[is_known & ~is_measured], found[is_known & is_measured]


def misfit(found: Tensor) -> Tensor:
    """The mean of quantile regression's loss over SHARES of a Laplacian."""
    total = found.new_zeros(())
    for share in SHARES:
        beyond = found - torch.log(-torch.log1p(found.new_tensor(-share)))
        total = total + torch.maximum(share * beyond, (share - 1) * beyond).mean()
    return total


def gap(network: Nano, batch: Batch) -> float:
    """The calibration error in % over the inferred pixels of a batch of one, as ``spnet evaluate`` has it."""
    depth, log_scale = network(batch["rgb"], batch["depth"], batch["mask"])[0].numpy()
    inferred = (batch["mask"] == 0)[0, 0].numpy()
    truth, expected = batch["truth"][0, 0].numpy(), depth * np.exp(log_scale)
    return 100 * calibration_curve(depth, truth, expected, mask=inferred, distribution="laplace").error


def check(network: Nano, samples: Samples) -> float:
    """The mean gap over samples that are not fitted to."""
    first = STEPS * BATCH
    drawn = batches(samples, [[index] for index in range(first, first + CHECKED)])
    with torch.no_grad():
        return round(fmean(gap(network, batch) for batch in drawn), 2)


def fit(network: Nano, samples: Samples) -> None:
    """Fit the numbers in place."""
    network.requires_grad_(requires_grad=False)
    fitted = [network.finest_head.bias, network.log_sureness]
    for number in fitted:
        assert number is not None
        number.requires_grad_(requires_grad=True)
    optimiser = torch.optim.Adam(fitted, lr=RATE)
    course = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    parts = [range(start, start + BATCH) for start in range(0, STEPS * BATCH, BATCH)]
    for batch in batches(samples, parts, workers=1):
        loss = sum(misfit(found) for found in needed(network, batch) if len(found))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        course.step()


def main() -> None:
    """Fit, write the weights, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frames", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    metadata = read_metadata(options.weights)
    recipe = parse_recipe(metadata["run_file"], str(options.weights))
    data = replace(recipe.data, source=(SourceRecipe(kind="folder", path=str(options.frames)),))
    samples, network = Samples(data, recipe.augment), from_checkpoint(options.weights)
    before = check(network, samples)
    fit(network, samples)
    facts = {name: metadata[name] for name in KEPT if name in metadata}
    write_weights(options.output, network, recipe, name=metadata["name"], facts=facts, half=True)
    result = {
        "machine": machine.describe(),
        "samples": STEPS * BATCH,
        "log_sureness": round(network.log_sureness.item(), 4),
        "gap": {"samples": CHECKED, "before": before, "after": check(from_checkpoint(options.output), samples)},
    }
    machine.report(result, options.json)


if __name__ == "__main__":
    main()
