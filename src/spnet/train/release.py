"""Weights files that say all about themselves: what they are, made from what, by which run file, and how good."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from spnet.errors import SpnetError, require
from spnet.files.atomic import written_whole
from spnet.files.limits import check_readable_file
from spnet.model.checkpoints import Network, architecture_of
from spnet.train import checkpoint
from spnet.train.networks import build
from spnet.train.recipe import Recipe
from spnet.weights.files import FORMAT
from spnet.weights.importing import UNKNOWN_LICENCE

_MOST_RESULTS = 2**26
_SHOWN = ("rmse", "mae", "rel", "delta_1.25")


def release(
    folder: Path,
    destination: Path,
    *,
    name: str,
    licence: str,
    provenance: str,
    results: Path | None = None,
    half: bool = False,
    overwrite: bool = False,
) -> None:
    """Write the averaged weights of a run's last checkpoint as a file to give away.

    Args:
        folder: of the run.
        destination: the ``.safetensors`` file to write.
        name: what to call the weights.
        licence: the terms they are released under.
        provenance: what they were trained on, and its licences.
        results: JSON of ``spnet evaluate``, whose means go into the file.
        half: whether numbers are written with 16 bits, in half the space; they are read as 32 bits again.
        overwrite: whether a file that stands there may be replaced.

    Raises:
        SpnetError: no checkpoint, results that are none, or a file that cannot be written.
    """
    found = checkpoint.find(folder)
    if not found:
        raise SpnetError(f"{folder}: holds no checkpoint of a training; expected the folder that spnet train wrote")
    content = checkpoint.read(found[-1])
    recipe = checkpoint.recipe_of(content, found[-1])
    network = build(recipe.network)
    network.load_state_dict(content["average"])
    facts = {"licence": licence, "provenance": provenance, "trained": _trained(recipe, content["step"])}
    if results is not None:
        facts["results"] = json.dumps(_table(results))
    write_weights(destination, network, recipe, name=name, facts=facts, half=half, overwrite=overwrite)


def write_weights(
    destination: Path,
    network: Network,
    recipe: Recipe,
    *,
    name: str,
    facts: Mapping[str, str] | None = None,
    half: bool = False,
    overwrite: bool = True,
) -> None:
    """Write a network of a recipe as safetensors, with the run file and `facts` in its metadata; see `release`.

    Raises:
        SpnetError: the file cannot be written.
    """
    safetensors = require("safetensors.torch", extra="torch", purpose="writing weights")
    damaged = require("safetensors", extra="torch", purpose="writing weights").SafetensorError
    tensors = {key: tensor.detach().cpu().contiguous() for key, tensor in network.state_dict().items()}
    if half:
        tensors = {key: tensor.half() if tensor.is_floating_point() else tensor for key, tensor in tensors.items()}
    architecture = architecture_of(network)
    metadata = {
        "format": FORMAT,
        "name": name,
        "family": architecture.family,
        "variant": architecture.variant,
        "config": json.dumps(asdict(architecture.config)),
        "scale": recipe.data.scale,
        "licence": UNKNOWN_LICENCE,
        "tensors_sha256": _hash(tensors),
        "run_file": recipe.text,
        **(facts or {}),
    }
    with written_whole(destination, overwrite=overwrite) as temporary:
        try:
            safetensors.save_file(tensors, temporary, metadata=metadata)
        except damaged as error:
            raise SpnetError(f"{destination}: could not be written, nothing was left there: {error}") from error


def _trained(recipe: Recipe, step: int) -> str:
    return f"{step:,} steps of {recipe.optimiser.batch}: {step * recipe.optimiser.batch:,} samples"


def _hash(tensors: Mapping[str, Tensor]) -> str:
    """The sha256 of all names and numbers: the same for the same weights, whatever else the file says."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode() + b"\\0" + tensors[name].numpy().tobytes())
    return digest.hexdigest()


def _table(path: Path) -> dict[str, Any]:
    """What `spnet info` shows of the results of an evaluation: how they were made, and their means."""
    check_readable_file(path, max_bytes=_MOST_RESULTS)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {
            "command": found["command"],
            "means": [
                {
                    "condition": f"{mean['condition']}, {mean['model']}",
                    "frames": mean["frames"],
                    "metrics": {name: float(mean["metrics"][name]) for name in _SHOWN if name in mean["metrics"]},
                }
                for mean in found["means"]
            ],
        }
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise SpnetError(f"{path}: is not what spnet evaluate --json writes: {error!r}") from error
