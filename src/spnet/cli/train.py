"""``spnet train``: a network by a run file."""

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.cli.console import progress, result

if TYPE_CHECKING:
    from spnet.train import Recipe


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "train",
        help="train a network by a run file",
        description="Train a network by a run file; see runs/README.md. What is measured goes to metrics.jsonl. A "
        "training that was stopped, however that was, goes on with --resume as if it had not been.",
    )
    command.add_argument("run_file", type=Path, metavar="RUN.toml", help="what to train, on what, and how")
    command.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder to write (default: RUN)")
    command.add_argument(
        "--resume", action="store_true", help="go on from the last checkpoint in the folder, if there is one"
    )
    command.add_argument(
        "--steps", type=int, metavar="N", help="stop after N steps in all; --resume goes on from there"
    )
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """A network by a run file."""
    share_processors()
    from spnet.train import read_recipe

    return follow(read_recipe(options.run_file), options.output or Path(options.run_file.stem), options)


def share_processors() -> None:
    """Let threads of PyTorch that have nothing to do sleep. To be called before PyTorch is imported.

    They would spin, on processors that those who draw the samples need; on a busy machine that takes most of the time.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def follow(recipe: "Recipe", folder: Path, options: argparse.Namespace) -> int:
    """Train by a recipe, with what the command line says of `resume` and `steps`; returns the exit status."""
    from spnet.train import train
    from spnet.train.processes import is_first

    start = time.monotonic()
    begun: list[int] = []  # how many steps were done when this training went on

    def tell(done: int, total: int, loss: str) -> None:
        if not begun:
            begun.append(done - 1)
        progress(done, total, start, loss, unit="steps", begun=begun[0])

    trained = train(recipe, folder, resume=options.resume, stop_after=options.steps, tell=tell)
    facts = {
        "folder": str(folder),
        "steps": trained.step,
        "of": recipe.optimiser.steps,
        "skipped_steps": trained.skipped_steps,
        "skipped_samples": trained.skipped_samples,
        "weights": str(trained.weights) if trained.weights else None,
    }
    skipped = f", {trained.skipped_steps} of them skipped" if trained.skipped_steps else ""
    unreadable = f", {trained.skipped_samples} samples could not be read" if trained.skipped_samples else ""
    ending = f"weights in {trained.weights}" if trained.weights else "--resume goes on"
    line = f"{folder}: {trained.step} of {recipe.optimiser.steps} steps{skipped}{unreadable}; {ending}"
    if is_first():
        result(facts, [line], options)
    return 0
