"""What a weights file says of itself, for `spnet info`."""

import json
from pathlib import Path
from typing import Any

from spnet.errors import require
from spnet.metrics import METRICS
from spnet.scale import fixed_scale
from spnet.weights.files import count_parameters, read_config, resolve
from spnet.weights.importing import UNKNOWN_LICENCE

_TOLD = ("trained", "provenance", "tensors_sha256", "run_file")  # that spnet.train.release writes, too


def describe(model: str | Path) -> dict[str, Any]:
    """Name, family, variant, shape, size, hash, licence and depth scale of a weights file; of ours also what it was
    trained on, by which run file, and how good it is.

    A safetensors header is read without PyTorch; a pickle needs it; an ONNX file of `spnet export` says what it was
    made from, of another one only file facts are known.

    Raises:
        SpnetError: as `resolve`, and for pickles as `spnet.model.from_checkpoint`.
    """
    weights = resolve(model)
    path = weights.path
    facts: dict[str, Any] = {"name": weights.name, "file": str(path), "bytes": path.stat().st_size}
    if path.suffix.lower() == ".safetensors":
        facts |= {key: weights.metadata.get(key, "unknown") for key in ("family", "variant")}
        config = read_config(weights.metadata)
        facts |= {key: config[key] for key in ("channels", "blocks", "norm") if key in config}
        facts["parameters"] = count_parameters(path)
    elif weights.is_onnx:
        facts |= {
            key: weights.metadata[key] for key in ("family", "variant", "weights_sha256") if key in weights.metadata
        }
    else:
        checkpoints = require("spnet.model.checkpoints", extra="torch", purpose="looking into a torch checkpoint")
        network = checkpoints.from_checkpoint(path)
        architecture = checkpoints.architecture_of(network)
        config = {"channels": architecture.config.channels, "blocks": architecture.config.blocks}
        facts |= {
            "family": architecture.family,
            "variant": architecture.variant,
            **config,
            "norm": architecture.config.norm,
        }
        facts["parameters"] = sum(parameter.numel() for parameter in network.parameters())
    facts["sha256"] = weights.sha256
    facts["licence"] = weights.metadata.get("licence", UNKNOWN_LICENCE)
    facts["depth_scale"] = _depth_scale(weights.scale)
    facts |= {key: weights.metadata[key] for key in _TOLD if key in weights.metadata}
    if results := _results(weights.metadata):
        facts["results"] = results
    return facts


def _results(metadata: dict[str, str]) -> list[str]:
    """The means of an evaluation, as `spnet.train.release` writes them, in lines; none where there are none."""
    try:
        found = json.loads(metadata.get("results", "{}"))
        return [
            f"{mean['condition']}: "
            + ", ".join(
                f"{METRICS[name].label} {METRICS[name].text(mean['metrics'][name])}" for name in mean["metrics"]
            )
            for mean in found["means"]
        ] + [f"({found['command']})"]
    except (ValueError, LookupError, TypeError, RecursionError):  # of a stranger's file
        return []


def _depth_scale(rule: str | None) -> str:
    if rule is None:
        return "not stated: pass max_depth"
    metres = fixed_scale(rule)
    return f"depth / {metres:g} m" if metres else f"depth / {rule} of the measured depth"
