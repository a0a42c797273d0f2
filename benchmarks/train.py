"""How many images a second are trained on, and where the time goes.

    OMP_WAIT_POLICY=PASSIVE python benchmarks/train.py FRAMES --json benchmarks/results/train.json

FRAMES is a folder of ``spnet synth render``; the variable is what ``spnet train`` sets for itself. The rate is that of
a training, drawing included, from its own metrics.jsonl, after the first steps; with no workers, samples are drawn in
between. "torchrun" is a process of one thread for each processor, each of which draws its own samples in between, and
"compiled" the same with compile = true, once the compiling, which needs a C++ compiler, is done. The parts are measured
alone, with all threads and not compiled, on one batch: drawing in one process, then forward, loss, backward, and the
optimiser with clipping and the average of the weights.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn

import machine
from spnet.train import Recipe, journal, train
from spnet.train.losses import count, find_loss
from spnet.train.networks import build
from spnet.train.optimiser import make_optimiser, update_average
from spnet.train.runfile import parse_recipe
from spnet.train.samples import Samples, batches

RUN_FILE = """
[network]
channels = [32, 64, 128, 256]
blocks = [2, 2, 4, 2]
confidence = true
[data]
size = [160, 160]
workers = {workers}
[[data.source]]
kind = "folder"
path = {frames}
[loss]
preset = "laplace"
[optimiser]
steps = {steps}
batch = 16
[run]
precision = "{precision}"
compile = {compile}
log_every = 1
checkpoint_every = 1000000
"""


def rate(recipe: Recipe) -> dict[str, float]:
    """Images a second of a training, and the share of its time that it waited for samples."""
    with tempfile.TemporaryDirectory() as folder:
        train(recipe, Path(folder) / "run")
        return summary(recipe, Path(folder) / "run")


def rate_of_processes(recipe: Recipe) -> dict[str, float]:
    """The same of a process of one thread for each processor."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "run.toml").write_text(recipe.text)
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={os.cpu_count()}"]
        command += ["-m", "spnet", "train", f"{folder}/run.toml", "-o", f"{folder}/run"]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return summary(recipe, Path(folder) / "run")


def summary(recipe: Recipe, folder: Path) -> dict[str, float]:
    """What a training's journal says of its rate."""
    rows = journal.read(folder)
    rows = rows[len(rows) // 4 :]  # workers have started, buffers have been made
    seconds = [recipe.optimiser.batch / row["images_per_second"] for row in rows]
    waited = sum(row["drawing"] * each for row, each in zip(rows, seconds, strict=True))
    return {
        "images_a_second": round(recipe.optimiser.batch * len(rows) / sum(seconds), 1),
        "waiting_for_samples": round(waited / sum(seconds), 3),
    }


def parts(recipe: Recipe, rounds: int) -> dict[str, float]:
    """Median milliseconds for each image of every part of a step."""
    size = recipe.optimiser.batch
    samples = Samples(recipe.data, recipe.augment)
    drawing = median(timed(lambda index=index: samples[index]) for index in range(rounds * 10)) * size
    network = build(recipe.network).to(memory_format=torch.channels_last)
    average = build(recipe.network)
    optimiser, loss = make_optimiser(network, recipe.optimiser), find_loss(recipe.loss.preset)
    batch = next(batches(samples, [range(size)]))
    rows = []
    for step in range(rounds):
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.run.precision == "bf16"):
            forward, output = timed_with(lambda: network(batch["rgb"], batch["depth"], batch["mask"]))
        of_loss, terms = timed_with(lambda output=output: loss(output.float(), batch, count(batch)))
        backward = timed(lambda terms=terms: sum(terms.values()).backward())

        def update(step: int = step) -> None:
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            update_average(average, network, step, 0.999)
            optimiser.zero_grad()

        rows.append((forward, of_loss, backward, timed(update)))
    names = ("drawing", "forward", "loss", "backward", "optimiser")
    seconds = (drawing, *(median(column) for column in zip(*rows, strict=True)))
    return {name: round(1000 * value / size, 2) for name, value in zip(names, seconds, strict=True)}


def timed(call: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    return timed_with(call)[0]


def timed_with(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a call takes, and what it returns."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def main() -> None:
    """Measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frames", type=Path)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    def recipe(workers: int, precision: str = "f32", *, compiled: bool = False) -> Recipe:
        values = {"frames": json.dumps(str(options.frames)), "compile": json.dumps(compiled)}
        text = RUN_FILE.format(workers=workers, steps=options.steps, precision=precision, **values)
        return parse_recipe(text, "benchmark")

    precisions = ["f32", *(["bf16"] if machine.has_bf16() else [])]
    result = {
        "machine": machine.describe(),
        "processors": os.cpu_count(),
        "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY"),
        "parameters": sum(parameter.numel() for parameter in build(recipe(0).network).parameters()),
        "size": recipe(0).data.size,
        "batch": recipe(0).optimiser.batch,
        "milliseconds_an_image": {name: parts(recipe(0, name), options.rounds) for name in precisions},
        "training": {
            name: {
                **{str(workers): rate(recipe(workers, name)) for workers in (0, 1, 2)},
                "torchrun": rate_of_processes(recipe(0, name)),
                "compiled": rate_of_processes(recipe(0, name, compiled=True)),
            }
            for name in precisions
        },
    }
    machine.report(result, options.json)


if __name__ == "__main__":
    main()
