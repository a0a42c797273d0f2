"""What each part of nano is worth: the error on real frames without it, with the same weights, and that of guided.

    python benchmarks/ablation.py --shared ../shared/data --json benchmarks/results/ablation.json

A part that is missing gives what an untrained network has there, or does nothing. The weights were trained with all of
them.
"""

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from statistics import fmean
from unittest.mock import patch

from torch import Tensor

import machine
import spnet
from spnet.completion import DEFAULT_MEMORY, Network
from spnet.engines import Options
from spnet.engines.torch import TorchEngine
from spnet.evaluate import open_dataset
from spnet.evaluate.conditions import Condition
from spnet.evaluate.inputs import make_input
from spnet.metrics import measure
from spnet.model import from_checkpoint, nano
from spnet.weights import resolve

PATTERNS = ("random:10%", "random:1%", "points:500", "lines:16", "holes", "random:1%+outliers:1%")
TUNED = 5
"""Every fifth frame was looked at when the diffusion was made; these are left out."""

Answers = tuple[list[Tensor], Tensor, Tensor]


def without(*channels: int) -> Callable[[nano.Nano, ExitStack], None]:
    """Without some of the answers: 0 and 1 links' strength, 2 and 3 their slope, 4 a measurement's worth, 5 relief."""

    def remove(network: nano.Nano, stack: ExitStack) -> None:
        whole = network._answers

        def answers(*given: Tensor) -> Answers:
            found, worth, log_error = whole(*given)
            for answer in found:
                answer[:, list(channels)] = 0
            return found, worth, log_error

        stack.enter_context(patch.object(network, "_answers", answers))

    return remove


def instead(name: str, function: Callable[..., Tensor]) -> Callable[[nano.Nano, ExitStack], None]:
    """With another function in place of one of `spnet.model.nano`."""

    def replace(network: nano.Nano, stack: ExitStack) -> None:
        stack.enter_context(patch(f"spnet.model.nano.{name}", function))

    return replace


def unswept(rgb: Tensor, log_depth: Tensor, measured: Tensor, hold: Tensor) -> Tensor:
    """`spnet.model.nano._finished` without its sweeps."""
    settled = nano.settled(log_depth, measured, hold, nano._INERTIA, 1 + nano.SCALES)
    return (settled + hold * measured) / (1 + hold)


VARIANTS: dict[str, Callable[[nano.Nano, ExitStack], None]] = {
    "all of it": lambda network, stack: None,
    "nothing that was learned at the scales": without(*range(6)),
    "links as strong as colours make them": without(0, 1),
    "links without slopes": without(2, 3),
    "relief goes on everywhere alike": without(5),
    "cells' measurements of one worth": without(4),
    "relief not smoothed": instead("smoothed", lambda field, *others: field),
    "measurements believed whatever they lack": instead("trusted", lambda hold, lacking, typical: hold),
    "what is lacking not spread": instead("settled", lambda field, *others: field),
    "no sweeps at the image's size": instead("_finished", unswept),
}


def main() -> None:
    """Measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    dataset = open_dataset(options.shared / "nyu_dev", "pairs")
    samples = [sample for number, sample in enumerate(dataset.samples) if number % TUNED]
    network = from_checkpoint(resolve("nano").path.with_suffix(".safetensors"))
    guided = spnet.load("guided")
    completer = Network(TorchEngine(network, Options()), "log_mean", DEFAULT_MEMORY)
    errors: dict[tuple[str, str], list[float]] = {}
    for sample, pattern in product(samples, PATTERNS):
        given = make_input(sample, sample.load(), Condition(pattern), seed=0)
        found = {"guided": guided(given.frame).metres}
        for name, change in VARIANTS.items():
            with ExitStack() as stack:
                change(network, stack)
                found[name] = completer(given.frame).metres
        for name, dense in found.items():
            rmse = measure(dense, given.truth, mask=given.counted)["rmse"]
            errors.setdefault((name, pattern), []).append(rmse)
    names = (*VARIANTS, "guided")
    rows = {name: {pattern: round(fmean(errors[name, pattern]), 5) for pattern in PATTERNS} for name in names}
    machine.report({"machine": machine.describe(), "frames": len(samples), "rmse": rows}, options.json)


if __name__ == "__main__":
    main()
