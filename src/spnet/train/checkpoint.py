"""Checkpoints: all that a training needs to go on as if it had never stopped, whole on the disk or not at all.

``checkpoints/00001000.pt`` in the run's folder is what the training was after 1000 steps. It holds tensors and plain
values only, so it is read without executing anything, and `spnet.model.from_checkpoint` finds a network in it.
"""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.files.limits import DECODER_ERRORS, check_readable_file, one_line
from spnet.model.checkpoints import Network
from spnet.train.recipe import Recipe
from spnet.train.runfile import parse_recipe
from spnet.weights.files import MAX_FILE_BYTES

FORMAT = "spnet-training-1"
FOLDER = "checkpoints"


@dataclass
class State:
    """A training between two steps.

    What is drawn in a step depends on the seed and the step's number alone, so there is no generator to keep; and step
    n takes the samples from n * batch on, so there is no position either.
    """

    network: Network
    average: Network
    """The moving average of the network's weights: what is validated and shipped."""
    optimiser: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    """Of the loss, for f16; does nothing in other precisions."""
    step: int = 0
    """How many steps are done."""
    skipped_steps: int = 0
    """How many of them left the weights as they were, because the loss or its gradient was not finite."""
    skipped_in_a_row: int = 0
    skipped_samples: int = 0
    """How many samples could not be read and were replaced."""


_STATES = ("network", "average", "optimiser", "scaler")
_COUNTS = ("step", "skipped_steps", "skipped_in_a_row", "skipped_samples")
_KEYS = {"format", "recipe", *_STATES, *_COUNTS}


def save(state: State, recipe: Recipe, folder: Path) -> Path:
    """Write the checkpoint of a state into a run's folder, and delete the oldest beyond those that are kept.

    Raises:
        SpnetError: it could not be written, as on a full disk; those that were there before are there still.
    """
    content = {
        "format": FORMAT,
        "recipe": recipe.text,
        **{name: getattr(state, name).state_dict() for name in _STATES},
        **{name: getattr(state, name) for name in _COUNTS},
    }
    path = folder / FOLDER / f"{state.step:08d}.pt"
    try:
        with written_whole(path, overwrite=True) as temporary:
            torch.save(content, temporary)
    except (SpnetError, RuntimeError) as error:  # RuntimeError: PyTorch's word for a full disk
        kept = find(folder)
        left = f"{kept[-1]} is the last good one" if kept else "there is none yet"
        raise SpnetError(
            f"{path}: the checkpoint could not be written: {one_line(error)}; {left}: make room, and resume"
        ) from error
    for old in find(folder)[: -recipe.run.keep]:
        old.unlink()
    return path


def find(folder: Path) -> list[Path]:
    """The checkpoints in a run's folder, the oldest first."""
    return sorted(path for path in (folder / FOLDER).glob("*.pt") if path.stem.isdecimal())


def clear_unfinished(folder: Path) -> None:
    """Delete what processes that were killed while they wrote a checkpoint have left."""
    for path in (folder / FOLDER).glob(".spnet-*.pt"):
        path.unlink()


def read(path: Path) -> dict[str, Any]:
    """What `save` has put into a checkpoint, on the CPU.

    Raises:
        SpnetError: the file is damaged, or no checkpoint of a training.
    """
    check_readable_file(path, max_bytes=MAX_FILE_BYTES)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (*DECODER_ERRORS, pickle.UnpicklingError) as error:
        raise SpnetError(
            f"{path}: damaged: {one_line(error)}; delete it to go on from the checkpoint before it"
        ) from error
    if not isinstance(content, Mapping) or content.get("format") != FORMAT or not content.keys() >= _KEYS:
        raise SpnetError(f"{path}: is no checkpoint of a training; expected one that spnet train has written")
    return dict(content)


def recipe_of(content: Mapping[str, Any], path: Path) -> Recipe:
    """The recipe that a checkpoint was made by."""
    return parse_recipe(content["recipe"], str(path))


def restore(state: State, content: Mapping[str, Any], path: Path) -> None:
    """Make the state that of a checkpoint.

    Raises:
        SpnetError: the checkpoint is of another network.
    """
    try:
        for name in _STATES:
            getattr(state, name).load_state_dict(content[name])
    except (RuntimeError, ValueError, LookupError) as error:
        raise SpnetError(f"{path}: does not fit the run file's network: {one_line(error)}") from error
    for name in _COUNTS:
        setattr(state, name, content[name])
