"""Training in processes of its own: shared by several, killed at any moment, on a disk that is full."""

import json
import os
import subprocess
import sys
from pathlib import Path

import torch

from spnet.train import journal, train
from tiny_training import Elsewhere, Planes, assert_alike, content, differences, measured, smooth_recipe, tiny_recipe

SCRIPT = Path(__file__).with_name("tiny_training.py")
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1"}


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env=ONE_THREAD)


def test_two_processes_equal_one(tmp_path: Path) -> None:
    ran = run(
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", SCRIPT, "share", tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    train(smooth_recipe(), tmp_path / "one", samples=Planes())
    one, two = tmp_path / "one", tmp_path / "shared"
    assert_alike(one, two)
    assert content(one)["skipped_samples"] == content(two)["skipped_samples"] == 4
    for name, tensor in content(one)["network"].items():
        # The first steps of Adam are the rate in the direction of the gradient's sign, however small it is.
        assert torch.allclose(tensor, content(two)["network"][name], atol=1e-4), name


def test_samples_are_drawn_beside_the_network_and_are_the_same(tmp_path: Path) -> None:
    alone = train(tiny_recipe(steps=3), tmp_path / "alone", samples=Elsewhere())
    train(tiny_recipe(steps=3), tmp_path / "beside", samples=Elsewhere(), stop_after=1)
    beside = train(tiny_recipe(steps=3, workers=1), tmp_path / "beside", samples=Elsewhere(), resume=True)
    assert (alone.skipped_samples, beside.skipped_samples) == (0, 8)
    for part in ("network", "average", "optimiser"):
        assert differences(content(tmp_path / "alone")[part], content(tmp_path / "beside")[part]) == []


def test_fifty_kills_lose_nothing_but_the_last_interval(tmp_path: Path) -> None:
    """Processes killed at any moment: each goes on from a whole checkpoint, at most an interval before where the last
    one died, and in the end all is as if nothing had happened. Not proved: what a machine without power leaves."""
    ran = run(sys.executable, SCRIPT, "kill", tmp_path)
    assert ran.returncode == 0, ran.stderr
    facts = json.loads((tmp_path / "report.json").read_text())
    assert facts["kills"] == 50
    assert facts["most_lost"] <= 3
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    assert differences(content(killed), content(whole)) == []
    assert measured(killed) == measured(whole)
    assert not list((killed / "checkpoints").glob(".spnet-*"))


def test_what_a_killed_write_leaves_is_cleared(tmp_path: Path) -> None:
    train(tiny_recipe(), tmp_path / "run", samples=Planes(), stop_after=10)
    (tmp_path / "run" / "checkpoints" / ".spnet-abc.pt").write_bytes(b"half of a checkpoint")
    with (tmp_path / "run" / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"step": 11, "loss": 0.5}) + '\n{"step": 12, "lo')
    train(tiny_recipe(), tmp_path / "run", samples=Planes(), resume=True, stop_after=11)
    assert [path.name for path in (tmp_path / "run" / "checkpoints").iterdir()] == ["00000010.pt", "00000011.pt"]
    assert [row["step"] for row in journal.read(tmp_path / "run")] == list(range(1, 12))
    assert journal.read(tmp_path / "run")[-1]["loss"] != 0.5


def test_a_full_disk_leaves_the_last_good_checkpoint(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train(tiny_recipe(), folder, samples=Planes(), stop_after=10)
    most = (folder / "checkpoints" / "00000010.pt").stat().st_size - 1
    ran = run(sys.executable, SCRIPT, "fill", folder, most)
    said = ran.stderr.splitlines()[-1]
    assert said.startswith(f"spnet.errors.SpnetError: {folder}/checkpoints/00000020.pt: the checkpoint could not be")
    assert said.endswith("00000010.pt is the last good one: make room, and resume")
    assert [path.name for path in (folder / "checkpoints").iterdir()] == ["00000010.pt"]
    train(tiny_recipe(), folder, samples=Planes(), resume=True)
    train(tiny_recipe(), tmp_path / "whole", samples=Planes())
    assert differences(content(folder), content(tmp_path / "whole")) == []
