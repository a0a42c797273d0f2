"""Pairs of an image and its depth with a meta.json: the layout for data of one's own.

Layout: a folder per frame, at most three levels down, with rgb.<extension>, depth.<extension> and meta.json; or
one folder with a meta.json for all of them and rgb/ and depth/, or shards (see `spnet.shards`). Of meta.json's keys
these are used:

- depth_scale: metres that a step of the stored depth is worth; 1 where floats hold metres. Required.
- intrinsics: [fx, fy, cx, cy], an object of these names, or null; of the image, in pixels.
- depth_class: "sparse_lidar" for the points of a single sweep; anything else is taken as truth for its pixels.
- note: text; "evaluate rows 45:471, cols 41:601" in it is the part of the truth that counts.
- dataset, license, depth_sensor, quality: text, passed on to the report.
- rgb_depth_aligned: false where image and depth are known not to fit.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from spnet.batch import DEPTH_SUFFIXES, IMAGE_SUFFIXES, SHARD_SUFFIX
from spnet.calibration.intrinsics import camera_of
from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import by_name, find, find_images, require_file, require_partners
from spnet.evaluate.datasets.samples import Crop, Dataset, Sample, View, make_dataset, make_view
from spnet.files.depth import read_depth
from spnet.files.images import read_image
from spnet.files.limits import check_readable_file
from spnet.files.lines import read_text
from spnet.shards import MAX_SHARD_BYTES, Member, opened_shard, unpacked
from spnet.units import STEPS_16_BIT

MARKERS = ("meta.json", "*/meta.json", "*/*/meta.json", "*/*/*/meta.json")

_CROP = re.compile(r"evaluate rows (\d{1,6}):(\d{1,6}), cols (\d{1,6}):(\d{1,6})")
_PASSED_ON = ("dataset", "license", "depth_sensor", "quality", "note")
_INTRINSICS = ("fx", "fy", "cx", "cy")


@dataclass(frozen=True)
class _Meta:
    """What a meta.json says. unit: as `spnet.units.parse_unit` takes it."""

    unit: str
    intrinsics: tuple[Any, ...] | None
    crop: Crop | None
    sparse_truth: bool
    notes: tuple[str, ...]


def read(folder: Path) -> Dataset:
    """Read a folder of frames, or one of rgb/ and depth/.

    Raises:
        SpnetError: no frames, one without its partners, or a meta.json that does not say what is needed.
    """
    samples = _read_shared(folder) if (folder / "meta.json").is_file() else _read_frames(folder)
    return make_dataset(folder.absolute().name, folder, samples)


def _read_shared(folder: Path) -> list[Sample]:
    path = folder / "meta.json"
    meta = _read_meta(path)
    if shards := find(folder, f"*{SHARD_SUFFIX}"):
        return [sample for shard in shards for sample in _read_shard(shard, path, meta)]
    images = by_name(find_images(folder / "rgb"))
    depths = by_name(path for path in find(folder / "depth", "*") if path.suffix.lower() in DEPTH_SUFFIXES)
    names = require_partners((folder / "rgb", images), (folder / "depth", depths))
    return [_sample(name, images[name], depths[name], path, meta) for name in names]


def _read_shard(path: Path, meta_path: Path, meta: _Meta) -> list[Sample]:
    samples = []
    with opened_shard(path) as shard:
        for frame in shard.frames:
            if not frame.rgb or not frame.depth:
                missing = "depth" if frame.rgb else "rgb"
                raise SpnetError(f"{path}: {frame.key} has no member {frame.key}.{missing}; add it, or take it away")
            load = partial(_load_members, path, frame.rgb, frame.depth, meta_path, meta)
            samples.append(Sample(frame.key, load, meta.sparse_truth, meta.notes))
    return samples


def _load_members(path: Path, image: Member, depth: Member, meta_path: Path, meta: _Meta) -> View:
    check_readable_file(path, max_bytes=MAX_SHARD_BYTES)
    with path.open("rb") as file, unpacked(path, file, image, depth) as files:
        return _load(files[0], files[1], meta_path, meta)


def _read_frames(folder: Path) -> list[Sample]:
    frames: dict[Path, Path] = {}
    for level in ("*/", "*/*/", "*/*/*/"):
        for part in ("rgb.*", "depth.*", "meta.json"):
            frames |= {path.parent: path for path in find(folder, level + part)}
    samples = []
    for frame, path in frames.items():
        meta_path = require_file(frame / "meta.json", of=path)
        image, depth = _only(frame, "rgb", IMAGE_SUFFIXES), _only(frame, "depth", DEPTH_SUFFIXES)
        name = frame.relative_to(folder).as_posix()
        samples.append(_sample(name, image, depth, meta_path, _read_meta(meta_path)))
    return samples


def _only(frame: Path, stem: str, suffixes: tuple[str, ...]) -> Path:
    found = [path for path in find(frame, f"{stem}.*") if path.suffix.lower() in suffixes]
    if len(found) != 1:
        raise SpnetError(f"{frame}: holds {len(found)} files {stem}.*, expected one ({', '.join(suffixes)})")
    return found[0]


def _sample(name: str, image: Path, depth: Path, meta_path: Path, meta: _Meta) -> Sample:
    return Sample(name, partial(_load, image, depth, meta_path, meta), meta.sparse_truth, meta.notes)


def _load(image: Path, depth: Path, meta_path: Path, meta: _Meta) -> View:
    rgb = read_image(image)
    camera = None
    if meta.intrinsics is not None:
        try:
            camera = camera_of(meta.intrinsics, (rgb.shape[1], rgb.shape[0]))
        except SpnetError as error:
            raise SpnetError(f"{meta_path}: {error}") from None
    return make_view(str(depth), rgb, read_depth(depth, meta.unit).metres, camera=camera, crop=meta.crop)


def _read_meta(path: Path) -> _Meta:
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise SpnetError(f"{path}: is not JSON: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(content, dict):
        raise SpnetError(f"{path}: is a JSON {type(content).__name__}, expected an object with depth_scale")
    notes = [f"{key}: {content[key]}" for key in _PASSED_ON if isinstance(content.get(key), str) and content[key]]
    if content.get("rgb_depth_aligned") is False:
        notes.append("image and depth are not registered to each other")
    crop = _CROP.search(str(content.get("note")))
    first_row, end_row, first_column, end_column = map(int, crop.groups()) if crop else (0, 0, 0, 0)
    return _Meta(
        unit=_unit(content, path),
        intrinsics=_intrinsics(content.get("intrinsics"), path),
        crop=Crop((first_row, end_row), (first_column, end_column)) if crop else None,
        sparse_truth=content.get("depth_class") == "sparse_lidar",
        notes=tuple(notes),
    )


def _unit(content: Mapping[str, Any], path: Path) -> str:
    scale = content.get("depth_scale")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 1e-6 <= scale <= 1:
        raise SpnetError(
            f"{path}: depth_scale is {str(scale)[:40]}, expected the metres that one step is worth, "
            "as in 0.001 for millimetres, or 1 for floats of metres"
        )
    return "m" if scale == 1 else f"max-depth:{scale * STEPS_16_BIT!r}"


def _intrinsics(found: Any, path: Path) -> tuple[Any, ...] | None:
    if found is None:
        return None
    if isinstance(found, dict) and all(key in found for key in _INTRINSICS):
        return tuple(found[key] for key in _INTRINSICS)
    if isinstance(found, list) and len(found) == 4:
        return tuple(found)
    raise SpnetError(f"{path}: intrinsics are {str(found)[:80]}, expected null, [fx, fy, cx, cy] or these by name")
