"""How the losses of trainings that follow each other fell: the journals of runs, in a few means each.

    python benchmarks/curves.py NAME=RUN_FOLDER [NAME=RUN_FOLDER ...] --json benchmarks/results/curves.json

A run's folder is what ``spnet train`` leaves. Each term is the mean over a stretch of steps, and so is the rate.
"""

import argparse
from pathlib import Path
from typing import Any

import machine
from spnet.train import journal
from spnet.train.runfile import read_recipe

STRETCHES = 4
LEFT_OUT = ("step", "rate", "skipped_steps", "skipped_samples")


def curve(folder: Path) -> dict[str, Any]:
    """The run file of a training, and the means over each of STRETCHES stretches of its steps."""
    recipe = read_recipe(folder / "run.toml")
    rows = [row for row in journal.read(folder) if "loss" in row]
    means = []
    for stretch in range(STRETCHES):
        part = rows[len(rows) * stretch // STRETCHES : len(rows) * (stretch + 1) // STRETCHES]
        names = [name for name in part[0] if name not in LEFT_OUT]
        means.append({"step": part[-1]["step"], **{name: sum(row[name] for row in part) / len(part) for name in names}})
    return {"run_file": recipe.text, "batch": recipe.optimiser.batch, "size": recipe.data.size, "means": means}


def main() -> None:
    """Read, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    runs = dict(run.split("=", 1) for run in options.runs)
    result = {"machine": machine.describe(), "runs": {name: curve(Path(folder)) for name, folder in runs.items()}}
    machine.report(result, options.json)


if __name__ == "__main__":
    main()
