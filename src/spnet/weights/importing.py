"""A torch pickle to safetensors, once; after that no pickle is read again."""

import json
from dataclasses import asdict
from pathlib import Path

from spnet.cache import hash_file
from spnet.errors import SpnetError, require
from spnet.files.atomic import refuse_to_overwrite, written_whole
from spnet.weights.files import FORMAT, check_max_depth

UNKNOWN_LICENCE = "not stated by the file; ask whoever released the weights"


def import_checkpoint(
    source: Path,
    destination: Path,
    *,
    max_depth: float,
    name: str | None = None,
    licence: str | None = None,
    norm: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write the network of an authors' checkpoint as safetensors, with what is known of it in the header.

    Args:
        source: see `spnet.model.from_checkpoint`, as for `norm`.
        destination: the ``.safetensors`` file to write.
        max_depth: the metres that depth was divided by in its training.
        name: what to call the weights; the stem of `destination` by default.
        licence: the terms the weights were released under.

    Raises:
        SpnetError: as `spnet.model.from_checkpoint`; `destination` cannot be written; no PyTorch.
    """
    refuse_to_overwrite(destination, overwrite=overwrite)
    safetensors = require("safetensors.torch", extra="torch", purpose="importing weights")
    checkpoints = require("spnet.model.checkpoints", extra="torch", purpose="importing weights")
    network = checkpoints.from_checkpoint(source, norm=norm)
    architecture = checkpoints.architecture_of(network)
    metadata = {
        "format": FORMAT,
        "name": _text(name or destination.stem),
        "family": architecture.family,
        "variant": architecture.variant,
        "config": json.dumps(asdict(architecture.config)),
        "scale": f"max_depth:{check_max_depth(max_depth)!r}",
        "licence": licence or UNKNOWN_LICENCE,
        "imported_from": _text(source.name),
        "imported_sha256": hash_file(source),
    }
    with written_whole(destination, overwrite=overwrite) as temporary:
        try:
            safetensors.save_file(network.state_dict(), temporary, metadata=metadata)
        except require("safetensors", extra="torch", purpose="importing weights").SafetensorError as error:
            raise SpnetError(f"{destination}: could not be written, nothing was left there: {error}") from error


def _text(name: str) -> str:
    """A file's name as text that any file can hold: names need not be Unicode."""
    return name.encode("utf-8", "replace").decode("utf-8")
