"""`resolve`: a name or a path to a weights file that exists, with its hash and what its header says."""

import json
import math
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spnet.cache import hash_file
from spnet.errors import SpnetError
from spnet.files.limits import check_readable_file
from spnet.scale import fixed_scale
from spnet.weights.graphs import read_graph_metadata

MAX_FILE_BYTES = 8 * 2**30
"""Large with its optimizer state is 2.8 GB; nothing that the authors or we release comes near this."""

MAX_HEADER_BYTES = 16 * 2**20
FORMAT = "spnet-1"
"""Marks the safetensors files that `spnet import` writes, in their metadata under "format"."""

SUFFIXES = (".safetensors", ".onnx", ".pth", ".pt")

_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")

SHIPPED: dict[str, str] = {"nano": "nano.safetensors"}
"""Networks in the package: name to safetensors beside this module. Beside that is the same network as an ONNX graph."""


@dataclass(frozen=True)
class Weights:
    """A weights file and what is known of it without building the network."""

    name: str
    path: Path
    sha256: str
    scale: str | None
    """The rule of `spnet.scale` that its training divided depth by; None where the file does not say: then the user
    must."""
    metadata: dict[str, str]
    """The strings in the header of a safetensors file, or in an ONNX file of `spnet export`; else empty."""
    graph: Path | None = None
    """The same network as an ONNX graph, where there is one beside the weights: engines need no PyTorch to read it."""

    @property
    def is_onnx(self) -> bool:
        """Whether the file is a graph that engines run as it is."""
        return self.path.suffix.lower() == ".onnx"


def resolve(model: str | Path) -> Weights:
    """Find a weights file by its shipped name or its path, and read what it says of itself.

    Raises:
        SpnetError: no such name or file, an unknown format, or a damaged header.
    """
    is_shipped = str(model) in SHIPPED
    path = Path(__file__).with_name(SHIPPED[str(model)]) if is_shipped else Path(model)
    if path.suffix.lower() not in SUFFIXES:
        raise SpnetError(f"{model}: neither a known model nor a weights file ({', '.join(SUFFIXES)})")
    check_readable_file(path, max_bytes=MAX_FILE_BYTES)
    reader = _METADATA_READERS.get(path.suffix.lower())
    metadata = reader(path) if reader else {}
    return Weights(
        name=metadata.get("name") or path.stem,
        path=path,
        sha256=hash_file(path),
        scale=_scale(metadata, path),
        metadata=metadata,
        graph=path.with_suffix(".onnx") if is_shipped else None,
    )


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of a safetensors file; nothing but its header is read.

    Source: the format's description, https://github.com/huggingface/safetensors#format
    """
    header = _read_header(path)
    metadata = header.get("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise SpnetError(f"{path}: damaged safetensors: its metadata are not strings")
    return metadata


_METADATA_READERS: dict[str, Callable[[Path], dict[str, str]]] = {
    ".safetensors": read_metadata,
    ".onnx": read_graph_metadata,
}


def read_config(metadata: dict[str, str]) -> dict[str, Any]:
    """The network's config in the metadata of our safetensors; empty if there is none that can be read."""
    with suppress(ValueError, RecursionError):
        config = json.loads(metadata.get("config", "{}"))
        if isinstance(config, dict):
            return config
    return {}


def count_parameters(path: Path) -> int:
    """The parameters in a safetensors file (not the statistics of batch norms); only its header is read."""
    entries = {name: entry for name, entry in _read_header(path).items() if name != "__metadata__"}
    try:
        return sum(math.prod(entry["shape"]) for name, entry in entries.items() if not name.endswith(_STATISTICS))
    except (TypeError, KeyError) as error:
        raise SpnetError(f"{path}: damaged safetensors: a tensor without a shape") from error


def _read_header(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    with path.open("rb") as file:
        prefix = file.read(8)
        length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else 0
        if not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
            raise SpnetError(f"{path}: damaged or not safetensors: a header of {length} bytes in a file of {size}")
        try:
            header = json.loads(file.read(length))
        except (ValueError, RecursionError) as error:
            raise SpnetError(f"{path}: damaged or not safetensors: its header is not JSON") from error
    if not isinstance(header, dict):
        raise SpnetError(f"{path}: damaged or not safetensors: its header is no dictionary")
    return header


def check_max_depth(metres: float) -> float:
    """`metres`, if depth can be divided by it; SpnetError otherwise."""
    if not (math.isfinite(metres) and 0 < metres <= 100_000):
        raise SpnetError(f"max_depth {metres}: expected metres, more than 0, at most 100000")
    return metres


def _scale(metadata: dict[str, str], path: Path) -> str | None:
    rule = metadata.get("scale")
    if rule is not None:
        try:
            fixed_scale(rule)
        except SpnetError as error:
            raise SpnetError(f"{path}: in its metadata, {error}") from None
    return rule
