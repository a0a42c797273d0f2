"""What a weights file says of itself, for `spnet info`."""

from pathlib import Path
from typing import Any

from spnet.errors import require
from spnet.weights.files import count_parameters, read_config, resolve
from spnet.weights.importing import UNKNOWN_LICENCE


def describe(path: Path) -> dict[str, Any]:
    """Name, family, variant, shape, size, hash, licence and depth scale of a weights file.

    A safetensors header is read without PyTorch; a pickle needs it; of ONNX only file facts are known.

    Raises:
        SpnetError: as `resolve`, and for pickles as `spnet.model.from_checkpoint`.
    """
    weights = resolve(path)
    facts: dict[str, Any] = {"name": weights.name, "file": str(path), "bytes": path.stat().st_size}
    if path.suffix.lower() == ".safetensors":
        facts |= {key: weights.metadata.get(key, "unknown") for key in ("family", "variant")}
        config = read_config(weights.metadata)
        facts |= {key: config[key] for key in ("channels", "blocks", "norm") if key in config}
        facts["parameters"] = count_parameters(path)
    elif not weights.is_onnx:
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
    facts["depth_scale"] = f"depth / {weights.max_depth:g} m" if weights.max_depth else "not stated: pass max_depth"
    return facts
