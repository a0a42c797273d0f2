"""Whether SP-Norm is what carries scale: the same small network by each norm type, on real frames nearer and farther.

    python benchmarks/norms.py FOLDER --shared ../shared/data --json benchmarks/results/norms.json

Draws the samples of runs/norms/CNX.toml once, from FOLDER/rendered/mix, and trains that file on them once for each norm
type; a training that is there goes on or is left as it is. Without ``--shared`` that is all. With it, every network
completes real frames as they are, by several patterns, and the same frames with all depth multiplied by a factor
(`spnet.evaluate`'s sweep "scale"). Depth is divided by a fixed 20 m, so that what a network makes of another scale is
its own doing.
"""

import argparse
import json
import math
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

import machine
from spnet.evaluate import Settings, evaluate, open_dataset
from spnet.evaluate.sweeps import SWEEPS
from spnet.model.norms import NORMS
from spnet.train import train
from spnet.train.runfile import parse_recipe
from spnet.train.samples import Batch, Samples, batches

RUN_FILE = machine.ROOT / "runs" / "norms" / "CNX.toml"
PATTERNS = ("random:1%", "points:500", "lines:16", "holes")
FRAMES = 16
LINE = 15
"""Of the plot, in pixels."""
KEPT = {"rgb": "uint8", "depth": "float32", "truth": "float32"}
"""What is kept of a sample; the rest follows from it."""


class Drawn(Dataset[Batch]):
    """The samples that `draw` left in a folder, as `spnet.train.samples` has them."""

    def __init__(self, folder: Path) -> None:
        self.maps = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in KEPT}

    def __getitem__(self, index: int) -> Batch:
        rgb, depth, truth = (torch.from_numpy(self.maps[name][index].astype(np.float32)) for name in KEPT)
        sample = {"rgb": rgb / 255, "depth": depth, "mask": (depth > 0).float()}
        return sample | {"truth": truth, "known": (truth > 0).float(), "skipped": torch.tensor(0)}


def draw(folder: Path, count: int, workers: int) -> None:
    """Draw samples 0 to count - 1 of the run file, which all norms are trained on, unless they are there."""
    finished = folder / "drawn"
    if finished.exists():
        return
    recipe = parse_recipe(RUN_FILE.read_text(), str(RUN_FILE))
    channels = {"rgb": 3, "depth": 1, "truth": 1}
    maps = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", dtype, (count, channels[name], *recipe.data.size))
        for name, dtype in KEPT.items()
    }
    size = recipe.optimiser.batch
    parts = [range(start, start + size) for start in range(0, count, size)]
    drawn = batches(Samples(recipe.data, recipe.augment), parts, workers)
    for start, batch in zip(range(0, count, size), drawn, strict=True):
        batch["rgb"] = torch.round(batch["rgb"] * 255)
        for name in KEPT:
            maps[name][start : start + size] = batch[name].numpy()
    finished.touch()


def train_norm(folder: Path, norm: str) -> Path:
    """The weights of one norm, trained now unless they are there."""
    output = folder / norm.replace("+", "plus")
    weights = output / "weights.safetensors"
    if not weights.exists():
        recipe = parse_recipe(RUN_FILE.read_text().replace('norm = "CNX"', f'norm = "{norm}"'), norm)
        on_gpu = torch.cuda.is_available()
        recipe = replace(recipe, run=replace(recipe.run, cuda_graph=on_gpu, compile=not on_gpu))
        train(recipe, output, samples=Drawn(folder), resume=True)
    return weights


def last_loss(folder: Path, norm: str) -> float:
    """The mean of the loss over the last tenth of what the training wrote down."""
    lines = (folder / norm.replace("+", "plus") / "metrics.jsonl").read_text().splitlines()
    losses = [row["loss"] for row in map(json.loads, lines) if "loss" in row]
    tenth = losses[-max(len(losses) // 10, 1) :]
    return sum(tenth) / len(tenth)


def measure(weights: dict[str, Path], shared: Path) -> dict[str, Any]:
    """RMSE and REL of every norm by pattern, and its REL by the factor on depth."""
    real, settings = open_dataset(shared / "nyu_dev", "pairs"), Settings(limit=FRAMES)
    models = [str(path) for path in weights.values()]
    names = dict(zip(models, weights, strict=True))
    plain = evaluate(real, models, PATTERNS, settings=settings)
    swept = evaluate(real, models, sweeps=["scale"], settings=settings)
    for row in (*plain.failures, *swept.failures):
        sys.exit(f"{row.frame}, {row.condition}, {row.model}: {row.error}")
    order = {model.name: names[path] for model, path in zip(plain.models, models, strict=True)}
    curves: dict[str, list[float]] = {norm: [] for norm in weights}
    for condition in swept.sweeps[0].conditions:
        for mean in swept.means:
            if mean.condition == condition.name:
                curves[order[mean.model]].append(mean.metrics["rel"])
    means: dict[str, dict[str, dict[str, float]]] = {norm: {} for norm in weights}
    for mean in plain.means:
        means[order[mean.model]][mean.condition] = {name: mean.metrics[name] for name in ("rmse", "rel")}
    return {"frames": FRAMES, "means": means, "factors": list(SWEEPS["scale"].values), "rel_by_factor": curves}


def plot(result: dict[str, Any]) -> str:
    """An SVG of the relative error by the factor on depth, both logarithmic, a line for each norm, named at its end."""
    left, right, top, bottom = 56, 470, 16, 300
    factors, curves = [float(factor) for factor in result["factors"]], result["rel_by_factor"]
    values = [value for curve in curves.values() for value in curve]
    low, high = math.log(min(values) * 0.9), math.log(max(values) * 1.1)

    def x(factor: float) -> float:
        return left + (right - left) * math.log(factor / factors[0]) / math.log(factors[-1] / factors[0])

    def y(value: float) -> float:
        return bottom - (bottom - top) * (math.log(value) - low) / (high - low)

    parts = []
    for factor in factors:
        parts.append(f'<path d="M{x(factor):.1f} {top}V{bottom}" class="grid"/>')
        parts.append(f'<text x="{x(factor):.1f}" y="{bottom + 18}" text-anchor="middle">×{factor:g}</text>')
    for tick in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        if low <= math.log(tick) <= high:
            parts.append(f'<path d="M{left} {y(tick):.1f}H{right}" class="grid"/>')
            parts.append(f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    ordered = sorted(curves.items(), key=lambda item: y(item[1][-1]))
    names = apart([y(curve[-1]) for _, curve in ordered], bottom)
    for hue, (norm, curve) in enumerate(ordered):
        places = " ".join(f"{x(f):.1f},{y(v):.1f}" for f, v in zip(factors, curve, strict=True))
        colour = f"hsl({hue * 360 / len(curves):.0f} 65% 45%)"
        parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{right + 8}" y="{names[hue] + 4:.1f}" fill="{colour}">{norm}</text>')
    title = '<text x="263" y="340" text-anchor="middle">all depth of the frame times this</text>'
    side = '<text transform="translate(14 158) rotate(-90)" text-anchor="middle">mean relative error (REL)</text>'
    style = "<style>text{font:12px sans-serif}.grid{stroke:#8884;fill:none}text:not([fill]){fill:#777}</style>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 540 350">{style}{"".join(parts)}{title}{side}</svg>\n'


def apart(places: list[float], lowest: float) -> list[float]:
    """Ascending places, moved so that each is at least LINE below the one before, and none below the lowest."""
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + LINE)
    places[-1] = min(places[-1], lowest)
    for index in range(len(places) - 2, -1, -1):
        places[index] = min(places[index], places[index + 1] - LINE)
    return places


def main() -> None:
    """Train what is missing, measure, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where rendered/mix is, and the trainings go")
    parser.add_argument("--shared", type=Path, help="folder of nyu_dev; without it, only train")
    parser.add_argument("--norm", nargs="+", default=list(NORMS), help="only these (default: all)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes that draw samples")
    parser.add_argument("--json", type=Path, help="file to write")
    arguments = parser.parse_args()
    options = parse_recipe(RUN_FILE.read_text(), str(RUN_FILE)).optimiser
    draw(arguments.folder, options.steps * options.batch, arguments.workers)
    weights = {norm: train_norm(arguments.folder, norm) for norm in arguments.norm}
    if arguments.shared is None:
        return
    result = {
        "machine": machine.describe(),
        "run_file": RUN_FILE.read_text(),
        "last_loss": {norm: last_loss(arguments.folder, norm) for norm in weights},
        **measure(weights, arguments.shared),
    }
    machine.report(result, arguments.json)
    if arguments.json:
        (machine.ROOT / "docs" / "norms.svg").write_text(plot(result))


if __name__ == "__main__":
    main()
