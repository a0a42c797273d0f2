"""A frame's folder: rgb.png, depth.png (16-bit) and meta.json, there whole or not at all."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

UNITS = {"tum": 1 / 5000, "mm": 1 / 1000, "kitti": 1 / 256}
"""Metres of one step, finest first, under the names that `spnet` knows them by."""
STEPS = 65535
FILES = ("rgb.png", "depth.png", "meta.json")

LICENCE = "Apache-2.0 (rendered by benchmarks/testset, in which nothing is of a third party)"
NOTE = (
    "planar depth along the optical axis at pixel centres, never mixed across an edge; 0 is sky or beyond 256 m; "
    "clear glass is looked through, a mirror has the depth of its own surface"
)


def recipe_hash() -> str:
    """SHA-256 over the recipe's modules: what a frame was made by."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def unit_for(farthest: float) -> str:
    """The name of the finest unit whose 16 bits hold `farthest` metres; the coarsest if none does."""
    return next((name for name, metres in UNITS.items() if farthest <= STEPS * metres), "kitti")


def to_steps(depth: NDArray[np.float32]) -> tuple[NDArray[np.uint16], str]:
    """Depth (H,W) in metres as 16-bit steps (H,W) and the unit's name.

    What is not finite, not positive, or beyond the coarsest unit's reach becomes 0.
    """
    reach = STEPS * UNITS["kitti"]
    there = np.isfinite(depth) & (depth > 0) & (depth <= reach)
    known = np.where(there, depth, 0.0).astype(np.float64)
    unit = unit_for(float(known.max(initial=0.0)))
    return np.rint(known / UNITS[unit]).astype(np.uint16), unit


def describe(steps: NDArray[np.uint16], unit: str, focal: float, origin: dict[str, object]) -> dict[str, object]:
    """What meta.json says of depth (H,W) in `unit` seen through a lens of `focal` pixels; `origin` tells the frame."""
    height, width = steps.shape
    metres = steps[steps > 0] * UNITS[unit]
    if metres.size == 0:
        raise ValueError("the frame shows nothing that has depth: its camera is lost")
    return {
        "dataset": "spnet sealed synthetic test set",
        **origin,
        "depth_scale": UNITS[unit],
        "depth_unit": unit,
        "depth_sensor": "none: rendered",
        "intrinsics": {"fx": focal, "fy": focal, "cx": (width - 1) / 2, "cy": (height - 1) / 2},
        "license": LICENCE,
        "valid_fraction": round(metres.size / steps.size, 4),
        "width": width,
        "height": height,
        "depth_min_m": round(float(metres.min()), 3),
        "depth_median_m": round(float(np.median(metres)), 3),
        "depth_max_m": round(float(metres.max()), 3),
        "depth_class": "dense_gt",
        "rgb_depth_aligned": True,
        "quality": "excellent",
        "note": NOTE,
    }


def is_written(folder: Path) -> bool:
    """Whether a frame's folder is there, and by this very recipe.

    Raises:
        ValueError: it is there, by another recipe or with a file missing.
    """
    if not folder.exists():
        return False
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ValueError(f"{folder}: lacks {', '.join(missing)}, so no frame of this set: move it away")
    found = json.loads((folder / "meta.json").read_text()).get("recipe")
    if found != recipe_hash():
        raise ValueError(
            f"{folder}: rendered by recipe {str(found)[:12]}, this is {recipe_hash()[:12]}: use a new folder"
        )
    return True


def write_frame(
    folder: Path, rgb: NDArray[np.uint8], depth: NDArray[np.float32], focal: float, origin: dict[str, object]
) -> None:
    """Write the picture (H,W,3) and its depth (H,W) in metres; `folder` must not exist, its parent must."""
    steps, unit = to_steps(depth)
    meta = describe(steps, unit, focal, origin)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    try:
        Image.fromarray(rgb).save(unfinished / "rgb.png")
        Image.fromarray(steps).save(unfinished / "depth.png")
        (unfinished / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")
        unfinished.chmod(0o755)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
