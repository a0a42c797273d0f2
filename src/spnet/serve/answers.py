"""A completed frame as the bytes of an answer."""

import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet import show
from spnet.camera import Camera
from spnet.depth import ASSUMED_DEGREES_ACROSS, Depth


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    body: bytes
    media_type: str
    model: str
    seconds: float
    """Of the thread, for reading, completing and writing; of those that ran together, the share of one."""
    together: int = 1
    """How many frames went through the model at once."""


MEDIA_TYPES = {
    "json": "application/json",
    "png": "image/png",
    "npy": "application/x-npy",
    "ply": "application/x-ply",
}
"""By what the form calls a format. The first is what those get who do not mind."""


def accepted_format(accept: str) -> str | None:
    """The format that an Accept header asks for: of those with the highest weight the first here; None if none is."""
    weights: dict[str, float] = {}
    for entry in accept.split(","):
        media_range, *parameters = (part.strip().lower() for part in entry.split(";"))
        weights[media_range] = max((_weight(parameter) for parameter in parameters), default=1.0)
    found = {name: _preference(kind, weights) for name, kind in MEDIA_TYPES.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] > 0 else None


def _preference(kind: str, weights: dict[str, float]) -> float:
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((weights[media_range] for media_range in ranges if media_range in weights), 0.0)


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def encode(depth: Depth, form: str, out_unit: str | None, folder: Path, errors: dict[str, Any] | None) -> bytes:
    """The body of an answer.

    Args:
        depth: what was completed.
        form: a key of MEDIA_TYPES.
        out_unit: of the integers of "png", as `Depth.save` has it.
        folder: to write into on the way.
        errors: of the JSON, how far the depth is from what was withheld; None where nothing was.

    Raises:
        SpnetError: depth that does not fit the unit.
    """
    if form == "json":
        return json.dumps(_facts(depth) | {"errors": errors}).encode()
    path = folder / f"dense.{form}"
    depth.save(path, unit=out_unit)
    return path.read_bytes()


def _facts(depth: Depth) -> dict[str, Any]:
    near, far = show.display_range(depth.metres)
    frame = depth.frame
    camera = frame.camera or Camera.from_fov(frame.width, frame.height, ASSUMED_DEGREES_ACROSS)
    return {
        "width": frame.width,
        "height": frame.height,
        "model": depth.model,
        "engine": depth.engine,
        "seconds": round(depth.seconds, 4),
        "input_points": depth.input_points,
        "nearest_m": float(depth.metres.min()),
        "farthest_m": float(depth.metres.max()),
        "shown_m": {"near": near, "far": far, "ticks": show.ticks(near, far)},
        "tiles": depth.tiles,
        "repaired": depth.repaired,
        "unit_note": frame.unit_note,
        "camera": asdict(camera) | {"assumed": depth.camera_is_assumed},
        "image": _array(frame.rgb),
        "depth": _array(depth.metres),
        "measured": _array(frame.depth),
        "confidence": None if depth.confidence is None else _array(depth.confidence),
    }


def _array(values: NDArray[np.float32] | NDArray[np.uint8]) -> dict[str, Any]:
    """Numbers without rounding, and in a third of the bytes that their digits take."""
    stored = values.astype(values.dtype.newbyteorder("<"), copy=False)
    encoded = base64.b64encode(stored.tobytes()).decode("ascii")
    return {"dtype": stored.dtype.str, "shape": list(values.shape), "base64": encoded}
