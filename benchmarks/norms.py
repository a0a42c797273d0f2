"""Whether SP-Norm is what carries scale: the same small network by each norm type, on real frames nearer and farther.

    python benchmarks/norms.py FOLDER --shared ../shared/data --json benchmarks/results/norms.json

Trains runs/norms/CNX.toml once for each norm type into FOLDER, where rendered/mix is what that file names; a training
that is there goes on or is left as it is. Then every network completes real frames as they are, by several patterns,
and the same frames with all depth multiplied by a factor (`spnet.evaluate`'s sweep "scale"). Depth is divided by a
fixed 20 m, so that what a network makes of another scale is its own doing.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import machine
from spnet.evaluate import Settings, evaluate, open_dataset
from spnet.evaluate.sweeps import SWEEPS
from spnet.model.norms import NORMS

RUN_FILE = machine.ROOT / "runs" / "norms" / "CNX.toml"
PATTERNS = ("random:1%", "points:500", "lines:16", "holes")
FRAMES = 16


def file_name(norm: str) -> str:
    """A norm's name where a + is out of place."""
    return norm.replace("+", "plus")


def train(folder: Path, norm: str) -> Path:
    """The weights of one norm, trained now unless they are there."""
    output = folder / file_name(norm)
    weights = output / "weights.safetensors"
    if not weights.exists():
        run_file = folder / f"{file_name(norm)}.toml"
        run_file.write_text(RUN_FILE.read_text().replace('norm = "CNX"', f'norm = "{norm}"'))
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={os.cpu_count()}"]
        command += ["-m", "spnet", "train", run_file.name, "-o", output.name, "--resume"]
        one_thread = os.environ | {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
        subprocess.run(command, cwd=folder, env=one_thread, check=True)
    return weights


def last_loss(folder: Path, norm: str) -> float:
    """The mean of the loss over the last tenth of what the training wrote down."""
    lines = (folder / file_name(norm) / "metrics.jsonl").read_text().splitlines()
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


def main() -> None:
    """Train what is missing, measure, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where rendered/mix is, and the trainings go")
    parser.add_argument("--shared", type=Path, required=True, help="folder of nyu_dev")
    parser.add_argument("--norm", nargs="+", default=list(NORMS), help="only these (default: all)")
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    arguments = parser.parse_args()
    weights = {norm: train(arguments.folder, norm) for norm in arguments.norm}
    result = {
        "machine": machine.describe(),
        "run_file": RUN_FILE.read_text(),
        "last_loss": {norm: last_loss(arguments.folder, norm) for norm in weights},
        **measure(weights, arguments.shared),
    }
    arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
