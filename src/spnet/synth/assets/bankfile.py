"""The bank's file: a zip archive of JSON, packed geometry, WebP pictures and the attributions. No pickle."""

import io
import json
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.files.limits import decoding
from spnet.synth.assets.archive import opened_archive, read_member
from spnet.synth.assets.attribution import attribution, tier
from spnet.synth.assets.bank import (
    MAX_TEXTURES,
    MAX_TRIANGLES,
    MODEL_ROLES,
    TEXTURE_ROLES,
    Bank,
    Credit,
    Model,
    Texture,
)
from spnet.synth.assets.packing import Packing, packed, unpacked
from spnet.synth.assets.records import record_from, value_from

MAX_BYTES = 2**28

_FORMAT = 1
_MAX_INDEX_BYTES = 2**25
_MAX_PICTURE_BYTES = 2**22
_MAX_TEXTURE_PIXELS = 2**28  # of all textures
_QUALITY = 82  # of WebP
_DATE = (1980, 1, 1, 0, 0, 0)  # of every member: the same bank gives the same bytes


@dataclass(frozen=True)
class _Picture:
    """A texture, but for its pixels."""

    name: str
    role: str
    height: int
    width: int
    metres: float
    regular: bool
    credit: Credit


@dataclass(frozen=True)
class _Index:
    """What bank.json holds."""

    format: int
    packing: Packing
    models: tuple[Model, ...]
    pictures: tuple[_Picture, ...]


def save(bank: Bank, path: Path | str, *, overwrite: bool = False) -> None:
    """Write a bank: pictures lose a little, geometry is rounded to 1/65535 of each model's extent.

    Raises:
        SpnetError: `path` exists and may not be replaced, or cannot be written.
    """
    geometry, packing = packed(bank.vertices, bank.triangles, [model.first for model in bank.models])
    index = _Index(_FORMAT, packing, bank.models, tuple(map(_picture, bank.textures)))
    text = json.dumps(record_from(index), separators=(",", ":"), allow_nan=False)
    with written_whole(Path(path), overwrite=overwrite) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        _add(archive, "ATTRIBUTION.md", attribution(bank).encode(), zipfile.ZIP_DEFLATED)
        _add(archive, "bank.json", text.encode(), zipfile.ZIP_DEFLATED)
        _add(archive, "geometry.xz", geometry)
        for number, texture in enumerate(bank.textures):
            _add(archive, _member(number), _encoded(texture.pixels))


def load(path: Path | str) -> Bank:
    """Read a bank that `save` wrote.

    Raises:
        SpnetError: no such file, no bank, damaged, or larger than any bank.
    """
    name = str(path)
    with opened_archive(path, "an asset bank", max_bytes=MAX_BYTES) as archive:
        index = _read_index(archive, name)
        geometry = read_member(archive, "geometry.xz", max_bytes=MAX_BYTES)
        vertices, triangles = unpacked(geometry, index.packing, name)
        _check_triangles(index, vertices, triangles, name)
        textures = tuple(
            Texture(
                picture.name,
                picture.role,
                _decoded(read_member(archive, _member(number), max_bytes=_MAX_PICTURE_BYTES), picture, name),
                picture.metres,
                picture.regular,
                picture.credit,
            )
            for number, picture in enumerate(index.pictures)
        )
    return Bank(textures, index.models, vertices, triangles)


def read_tier(path: Path | str) -> str:
    """The worst licence tier of a bank's assets, without reading all of it: "A" or "B". Raises as `load`."""
    with opened_archive(path, "an asset bank", max_bytes=MAX_BYTES) as archive:
        index = _read_index(archive, str(path))
    credits = [*(model.credit for model in index.models), *(picture.credit for picture in index.pictures)]
    return max(map(tier, credits), default="A")


def _picture(texture: Texture) -> _Picture:
    height, width = texture.pixels.shape[:2]
    return _Picture(texture.name, texture.role, height, width, texture.metres, texture.regular, texture.credit)


def _member(number: int) -> str:
    return f"textures/{number:04}.webp"


def _add(archive: zipfile.ZipFile, name: str, data: bytes, compression: int = zipfile.ZIP_STORED) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = compression
    archive.writestr(entry, data)


def _encoded(pixels: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    opaque = bool((pixels[..., 3] == 255).all())
    image = Image.fromarray(pixels[..., :3] if opaque else pixels)
    image.save(stream, "WEBP", quality=_QUALITY, method=4, exact=True)  # exact: hidden colours are filtered too
    return stream.getvalue()


def _decoded(data: bytes, picture: _Picture, name: str) -> NDArray[np.uint8]:
    with decoding(f"{name}: {picture.name}", "a WebP"), Image.open(io.BytesIO(data), formats=("WEBP",)) as image:
        if image.size != (picture.width, picture.height):
            raise SpnetError(f"{name}: damaged: the texture {picture.name!r} is {image.width}x{image.height}")
        return np.array(image.convert("RGBA"))


def _read_index(archive: zipfile.ZipFile, name: str) -> _Index:
    text = read_member(archive, "bank.json", max_bytes=_MAX_INDEX_BYTES)
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpnetError(f"{name}: damaged: bank.json is no JSON: {str(error)[:80]}") from None
    index = value_from(_Index, record, name)
    _check_index(index, name)
    return index


def _check_index(index: _Index, name: str) -> None:
    """Raise SpnetError for what would break the arrays that are made, or who uses the bank."""
    packing, models, pictures = index.packing, index.models, index.pictures
    counted = all(model.first == sum_ for model, sum_ in zip(models, _running(models), strict=True))
    checks = (
        (index.format == _FORMAT, f"is of format {index.format}, expected {_FORMAT}"),
        (packing.triangles <= MAX_TRIANGLES and packing.vertices <= 3 * packing.triangles, "holds more than any bank"),
        (len(pictures) <= MAX_TEXTURES, "holds more textures than any bank"),
        (len(packing.starts) == len(packing.ranges) == len(models), "its models and its geometry differ in number"),
        (all(len(numbers) == 10 for numbers in packing.ranges), "its ranges are not ten numbers"),
        (counted and packing.triangles == sum(model.count for model in models), "its models overlap"),
        (list(packing.starts) == sorted(packing.starts), "its models are out of order"),
        (max(packing.starts, default=0) <= packing.vertices, "a model begins after the last vertex"),
        (all(model.role in MODEL_ROLES for model in models), "a model has an unknown role"),
        (all(picture.role in TEXTURE_ROLES for picture in pictures), "a texture has an unknown role"),
        (
            sum(max(1, picture.width) * picture.height for picture in pictures) <= _MAX_TEXTURE_PIXELS,
            "its textures are too large",
        ),
        (all(_is_sound(model, len(pictures)) for model in models), "a model has sizes or materials that cannot be"),
    )
    for holds, problem in checks:
        if not holds:
            raise SpnetError(f"{name}: damaged, or of another version: {problem}; make it again")


def _running(models: tuple[Model, ...]) -> list[int]:
    return [0, *np.cumsum([model.count for model in models]).tolist()][: len(models)]


def _is_sound(model: Model, textures: int) -> bool:
    finite = all(math.isfinite(number) and number >= 0 for number in (*model.size, model.elevation))
    shares = [
        number
        for material in model.materials
        for number in (*material.colour, material.gloss, material.metal, material.bump, material.opacity)
    ]
    indices = [material.texture for material in model.materials if material.texture is not None]
    return finite and all(0 <= number <= 1 for number in shares) and all(number < textures for number in indices)


def _check_triangles(index: _Index, vertices: NDArray[np.void], triangles: NDArray[np.int32], name: str) -> None:
    """Raise SpnetError if a triangle uses a vertex of another model, or a material that its own does not have."""
    numbers = np.arange(len(index.models))
    owner = np.repeat(numbers, [model.count for model in index.models])[:, np.newaxis]
    owners = np.repeat(numbers, np.diff([*index.packing.starts, len(vertices)]))
    if (owners[triangles] != owner).any():
        raise SpnetError(f"{name}: damaged: a triangle uses another model's vertex")
    counts = np.array([len(model.materials) for model in index.models], np.int64)
    if (vertices["material"][triangles] >= counts[owner]).any():
        raise SpnetError(f"{name}: damaged: a triangle names a material that its model does not have")
