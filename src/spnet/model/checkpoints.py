"""Weights files to networks: what the authors released, and our own safetensors.

Nothing in a file is executed: pickles are read with ``weights_only``, and every tensor is checked against the
network that its names and shapes describe before that network is built.
"""

import pickle
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from spnet.errors import SpnetError, require
from spnet.files.limits import DECODER_ERRORS, check_readable_file, decoding, one_line
from spnet.model.nano import NANO, Nano
from spnet.model.network import SPNET, Config, SPNet
from spnet.model.norms import NORMS
from spnet.model.pacgdc import PACGDC, PacGDC
from spnet.weights.files import MAX_FILE_BYTES, read_config, read_metadata

Network: TypeAlias = SPNet | PacGDC | Nano
FAMILIES: dict[str, type[SPNet] | type[PacGDC] | type[Nano]] = {"spnet": SPNet, "pacgdc": PacGDC, "nano": Nano}
VARIANTS: dict[str, dict[str, Config]] = {"spnet": SPNET, "pacgdc": PACGDC, "nano": NANO}

MAX_BLOCKS = 256
"""Of one scale; the deepest network of the paper has 27."""

_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64)
_WRAPPER_PREFIXES = ("module.", "_orig_mod.")  # DistributedDataParallel's and torch.compile's
_STEM = "encoder.downsample_layers.0.weight"
_SAME_PARAMETERS = ({"CNX", "CN+X", "CX"}, {"LN", "NX"})


@dataclass(frozen=True)
class _Names:
    """Of tensors that tell a network's shape; {scale} counts the four scales that hold blocks from 0."""

    stem: str
    reduction: str
    first_scale: int
    blocks: str
    norm: str
    """The prefix of a norm layer that is there at any depth."""
    head: str | None
    """None where the number of outputs is fixed."""


_PAPER = _Names(
    stem=_STEM,
    reduction="encoder.downsample_layers.{scale}.1.weight",
    first_scale=2,
    blocks="encoder.stages.{scale}.",
    norm="encoder.downsample_layers.1.0.",
    head="decoder.head.weight",
)
_NAMES = {
    "spnet": _PAPER,
    "pacgdc": replace(_PAPER, head="decoder.upsample_layers.0.weight"),
    "nano": _Names(
        stem="stem_inject.weight",
        reduction="reductions.{scale}.reduce.weight",
        first_scale=0,
        blocks="encoder.{scale}.",
        norm="reductions.0.norm.",
        head=None,
    ),
}


@dataclass(frozen=True)
class Architecture:
    """What a state dict says of the network it belongs to."""

    family: str
    """"spnet", "pacgdc" or "nano"."""
    variant: str
    """A name of the paper ("Tiny", "L"), "nano", or "custom"."""
    config: Config


def from_checkpoint(path: str | Path, *, norm: str | None = None) -> Network:
    """Load a network from the authors' ``.pth`` / ``.pt`` or from our ``.safetensors``, on the CPU, in eval mode.

    Family, widths, depths and norm type are recognised from the names and shapes of the tensors. Keys and
    shapes must match the network exactly; "module." and "_orig_mod." prefixes are taken off.

    Args:
        path: a ``torch.save`` of a state dict or of ``{"network": state_dict, ...}``, or a safetensors file.
        norm: one of `spnet.model.norms.NORMS`, for the ablation's networks whose parameters do not tell:
            CN+X and CX look like CNX (the default of the three), NX looks like LN.

    Returns:
        A network to call as ``net(rgb, depth, mask)``: see `SPNet.forward`.

    Raises:
        SpnetError: the file is missing, truncated, not a checkpoint, holds anything but tensors and plain
            values, lacks or adds a key, or has a wrong shape, NaN or infinity in a tensor.
    """
    path = Path(path)
    state = read_state_dict(path)
    _check_plain(state, path)
    architecture = recognise(state, path, norm=norm or _stated_norm(path))
    with torch.device("meta"):  # shapes only: nothing is allocated, nothing initialised twice
        network = FAMILIES[architecture.family](architecture.config)
    _check_fits(state, network.state_dict(), path)
    network.load_state_dict({name: _single(tensor) for name, tensor in state.items()}, assign=True)
    return network.eval()


def architecture_of(network: Network) -> Architecture:
    """Family, variant and config of a network that is built already."""
    family = next(name for name, kind in FAMILIES.items() if type(network) is kind)
    return Architecture(family, _variant(family, network.config), network.config)


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """The tensors of a weights file by name, wrapper prefixes taken off; raises as `from_checkpoint`."""
    check_readable_file(path, max_bytes=MAX_FILE_BYTES)
    loaded = _load_safetensors(path) if path.suffix.lower() == ".safetensors" else _load_pickle(path)
    state = loaded.get("network", loaded)
    if not isinstance(state, Mapping) or not state:
        raise SpnetError(f'{path}: holds no state dict; expected tensors by name, or {{"network": tensors}}')
    tensors: dict[str, Tensor] = {}
    for name, value in state.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            found = f"{name!r} is {type(value).__name__}"
            raise SpnetError(f"{path}: not a state dict: {found}; expected only names and tensors")
        tensors[_without_wrappers(name)] = value
    if len(tensors) != len(state):
        raise SpnetError(f"{path}: two tensors have the same name once wrapper prefixes are taken off")
    return tensors


def recognise(state: Mapping[str, Tensor], path: Path, *, norm: str | None = None) -> Architecture:
    """Family, variant and config from names and shapes alone; raises as `from_checkpoint`."""
    family = _recognise_family(state, path)
    names = _NAMES[family]
    scales = range(names.first_scale, names.first_scale + 4)
    channels = tuple(_out_channels(state, names.reduction.format(scale=scale), path) for scale in scales)
    blocks = tuple(_count_blocks(state, names.blocks.format(scale=scale)) for scale in scales)
    if max(blocks) > MAX_BLOCKS:
        raise SpnetError(f"{path}: names {max(blocks)} blocks at one scale, at most {MAX_BLOCKS} are built")
    found_norm = _choose_norm(_recognise_norm(state, names.norm), norm, path)
    outputs = _out_channels(state, names.head, path) if names.head else 2
    try:
        config = Config(channels, blocks, found_norm, outputs=outputs)  # type: ignore[arg-type]  # four each: see above
    except ValueError as error:
        raise SpnetError(f"{path}: no network that can be built: {error}") from error
    variant = _variant(family, config)
    if variant != "custom":  # the drop rate matters to training alone, and no tensor holds it
        config = replace(config, drop_rate=VARIANTS[family][variant].drop_rate)
    return Architecture(family, variant, config)


def _stated_norm(path: Path) -> str | None:
    norm = read_config(read_metadata(path)).get("norm") if path.suffix.lower() == ".safetensors" else None
    return norm if isinstance(norm, str) else None


def _load_pickle(path: Path) -> Mapping[str, Any]:
    _check_unpacked_size(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it then refuses
            loaded = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        reason = str(error).partition("WeightsUnpickler error: ")[2].partition("\n")[0] or "not a pickle of weights"
        raise SpnetError(
            f"{path}: refused, nothing in it was executed: {reason.strip()}; expected tensors and plain values only"
        ) from error
    except (
        *DECODER_ERRORS,
        AssertionError,
    ) as error:  # of damaged bytes, depending on where they are damaged
        raise SpnetError(f"{path}: damaged or not a checkpoint: {one_line(error)}; fetch the file again") from error
    if not isinstance(loaded, Mapping):
        raise SpnetError(f"{path}: holds {type(loaded).__name__}, expected a dictionary of tensors")
    return loaded


def _check_unpacked_size(path: Path) -> None:
    if zipfile.is_zipfile(path):
        with decoding(str(path), "a checkpoint"), zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_FILE_BYTES:
            raise SpnetError(f"{path}: unpacks to {unpacked:,} bytes, more than any checkpoint; refused")


def _load_safetensors(path: Path) -> Mapping[str, Any]:
    safetensors = require("safetensors.torch", extra="torch", purpose="reading safetensors")
    from safetensors import SafetensorError

    try:
        loaded: Mapping[str, Any] = safetensors.load_file(path)
    except SafetensorError as error:
        raise SpnetError(f"{path}: damaged or not safetensors: {error}; fetch or import it again") from error
    return loaded


def _without_wrappers(name: str) -> str:
    while name.startswith(_WRAPPER_PREFIXES):
        name = name.partition(".")[2]
    return name


def _out_channels(state: Mapping[str, Tensor], name: str, path: Path) -> int:
    if name not in state:
        raise SpnetError(f"{path}: the tensor {name} is missing; the checkpoint is incomplete")
    if state[name].ndim != 4:
        raise SpnetError(f"{path}: {name} has shape {_shape(state[name])}, expected a convolution's four numbers")
    return int(state[name].shape[0])


def _recognise_family(state: Mapping[str, Tensor], path: Path) -> str:
    if _NAMES["nano"].stem in state:
        return "nano"
    if _STEM not in state:
        first = ", ".join(list(state)[:3])
        raise SpnetError(f"{path}: no SPNet, PacGDC or Nano network: its tensors are {first} ...")
    return "pacgdc" if "encoder.downsample_layers.1.0.projection.weight" in state else "spnet"


def _count_blocks(state: Mapping[str, Tensor], prefix: str) -> int:
    return len({name[len(prefix) :].partition(".")[0] for name in state if name.startswith(prefix)})


def _recognise_norm(state: Mapping[str, Tensor], first: str) -> str:
    if f"{first}conv.weight" in state or f"{first}projection.weight" in state:
        return "GRN" if any(name.endswith(".block.4.gamma") for name in state) else "CNX"
    if f"{first}norm.running_mean" in state:
        return "BN"
    if f"{first}norm.weight" in state:
        return "LN" if state[f"{first}norm.weight"].ndim == 4 else "IN"
    return "RZ"


def _choose_norm(found: str, asked: str | None, path: Path) -> str:
    if asked is None or asked == found:
        return found
    if asked not in NORMS:
        raise SpnetError(f"norm {asked!r}: expected one of {', '.join(NORMS)}")
    if not any({found, asked} <= alike for alike in _SAME_PARAMETERS):
        raise SpnetError(f"{path}: norm {asked!r} was asked for, but its parameters are those of {found}")
    return asked


def _variant(family: str, config: Config) -> str:
    shape = (config.channels, config.blocks)
    named = (name for name, known in VARIANTS[family].items() if (known.channels, known.blocks) == shape)
    return next(named, "custom")


def _check_plain(state: Mapping[str, Tensor], path: Path) -> None:
    """Refuse tensors that are not numbers laid out in memory, before their shapes are believed."""
    for name, tensor in state.items():
        if tensor.layout != torch.strided or tensor.device.type != "cpu" or tensor.dtype not in _DTYPES:
            raise SpnetError(f"{path}: {name} is a {tensor.dtype} tensor of another kind, expected plain floats")
        if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
            raise SpnetError(f"{path}: {name} repeats fewer numbers than its shape needs; the file was tampered with")


def _check_fits(state: Mapping[str, Tensor], expected: Mapping[str, Tensor], path: Path) -> None:
    for problem, names in (
        ("lacks", expected.keys() - state.keys()),
        ("adds", state.keys() - expected.keys()),
    ):
        if names:
            example = min(names)
            raise SpnetError(f"{path}: {problem} {len(names)} tensors that the network needs exactly, {example} first")
    for name, tensor in state.items():
        if tensor.shape != expected[name].shape:
            shapes = f"{_shape(tensor)}, expected {_shape(expected[name])}"
            raise SpnetError(f"{path}: {name} has shape {shapes}")
        if tensor.is_floating_point() != expected[name].is_floating_point():
            raise SpnetError(f"{path}: {name} is {tensor.dtype}, expected {expected[name].dtype}")
        if not torch.isfinite(tensor).all():
            raise SpnetError(f"{path}: {name} holds NaN or infinity; the training that made it had diverged")


def _single(tensor: Tensor) -> Tensor:
    return tensor.float().contiguous() if tensor.is_floating_point() else tensor


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "scalar"
