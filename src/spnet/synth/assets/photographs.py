"""Photographed textures from packages of free licences; photographs.csv says which, and how they are used.

Every picture in the table was looked at: none shows a person, a mark, or writing. `seam` is "kept" where the picture
repeats as it is and "blended" where it is made to; `exposure` multiplies the reflectance of pictures that were
painted too dark.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.files.limits import check_pixel_count, decoding
from spnet.synth.assets.bank import Credit, Texture
from spnet.synth.assets.packages import files_of_package
from spnet.synth.assets.seamless import blended

SIZE = 512
"""Pixels on a side."""


@dataclass(frozen=True)
class Photograph:
    """One row of the table; the fields of `bank.Texture`, and where its picture is."""

    name: str
    role: str
    metres: float
    regular: bool
    seam: str
    """ "kept" or "blended"."""
    exposure: float
    package: str
    path: str
    """Inside the package."""
    author: str
    licence: str


def table() -> tuple[Photograph, ...]:
    """All photographs that are used where their packages can be had."""
    text = resources.files("spnet.synth.assets").joinpath("photographs.csv").read_text("utf-8")
    return tuple(
        Photograph(
            name=row["name"],
            role=row["role"],
            metres=float(row["metres"]),
            regular=row["regular"] == "yes",
            seam=row["seam"],
            exposure=float(row["exposure"]),
            package=row["package"],
            path=row["path"],
            author=row["author"],
            licence=row["licence"],
        )
        for row in csv.DictReader(io.StringIO(text))
    )


def photographs(
    folder: Path | None = None, rows: Sequence[Photograph] | None = None
) -> tuple[list[Texture], list[str]]:
    """The textures whose packages are here, and one line for each package or picture that is not.

    Args:
        folder: where the user keeps packages; None looks only at those installed. See `packages.files_of_package`.
        rows: which photographs; the whole table if None.

    Raises:
        SpnetError: no such folder, or a package or picture in it is damaged or too large.
    """
    rows = table() if rows is None else rows
    textures: list[Texture] = []
    absent: list[str] = []
    for package in dict.fromkeys(row.package for row in rows):
        own = [row for row in rows if row.package == package]
        files = files_of_package(package, [row.path for row in own], folder)
        if not files:
            absent.append(f"{package}: not found, its {len(own)} photographs are left out")
            continue
        absent += [f"{package}: has no {row.path}, left out" for row in own if row.path not in files]
        textures += [_texture(row, files[row.path]) for row in own if row.path in files]
    return textures, absent


def _texture(row: Photograph, file: bytes) -> Texture:
    linear = _linear(_decoded(file, f"{row.package}: {row.path}"))
    if row.seam == "blended":
        linear = blended(linear)
    pixels = np.full((SIZE, SIZE, 4), 255, np.uint8)
    pixels[..., :3] = _srgb(linear * row.exposure)
    credit = Credit(author=row.author, licence=row.licence, source=f"{row.package}: {row.path}")
    return Texture(row.name, row.role, pixels, row.metres, row.regular, credit)


def _decoded(file: bytes, name: str) -> NDArray[np.uint8]:
    """(SIZE,SIZE,3) sRGB of a JPEG or PNG."""
    with decoding(name, "a JPEG or PNG image"), Image.open(io.BytesIO(file), formats=("JPEG", "PNG")) as image:
        check_pixel_count(image.width, image.height, name)
        return np.asarray(image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def _linear(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Reflectance from sRGB (IEC 61966-2-1)."""
    value = pixels / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _srgb(linear: NDArray[np.float64]) -> NDArray[np.uint8]:
    """sRGB of reflectances, kept within what real surfaces reflect (as the drawn textures are)."""
    value = np.clip(linear, 0.011, 0.87)
    encoded = 1.055 * value ** (1 / 2.4) - 0.055
    return np.rint(encoded * 255.0).astype(np.uint8)
