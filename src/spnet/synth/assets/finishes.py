"""From the finishes of an MTL file to materials, and from its pictures to textures."""

import hashlib
import io
import posixpath
import zipfile
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.errors import SpnetError
from spnet.files.limits import check_pixel_count, decoding
from spnet.synth.assets.archive import archive_name, read_member
from spnet.synth.assets.bank import MAX_TEXTURES, Credit, Texture
from spnet.synth.assets.mtl import Finish
from spnet.synth.scene import Colour, Material

LEAST_OPACITY = 0.01
"""Below it a surface is not there: some models carry such ones to claim room."""

_MAX_PICTURE_BYTES = 2**25
_LARGEST_SIDE = 256
_WORDS = (  # in the names of finishes: gloss and metal that MTL has no words for
    (("mirror", "miroir", "espejo"), 1.0, 1.0),
    (("chrome", "chrom", "steel", "inox", "alu", "metal", "acero", "silver", "iron"), 0.6, 0.8),
    (("gold", "brass", "copper", "laiton"), 0.6, 1.0),
)


@dataclass
class Wardrobe:
    """The pictures of all models so far, each once."""

    textures: list[Texture] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    """Index in `textures` by the SHA-256 of the pixels."""


def material_from(name: str, finish: Finish, picture: int | None, opacity: float) -> Material:
    """The material of a finish.

    Args:
        name: what the file calls it.
        finish: as the file has it.
        picture: index of its texture.
        opacity: of the picture, where it is evenly translucent.
    """
    gloss = 0.05 + 0.55 * sum(finish.specular) / 3 * min(1.0, np.log2(1 + finish.shininess) / 10)
    metal = 0.0
    for words, least_gloss, share in _WORDS:
        if any(word in name.lower() for word in words) and picture is None:
            gloss, metal = max(gloss, least_gloss), share
    return Material(
        colour=_tint(finish.diffuse) if picture is not None else _linear(finish.diffuse),
        texture=picture,
        gloss=round(float(gloss), 3),
        metal=metal,
        opacity=round(finish.opacity * opacity, 3),
    )


def _linear(colour: Colour) -> Colour:
    """From sRGB (IEC 61966-2-1)."""
    red, green, blue = (
        round(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4, 4) for value in colour
    )
    return red, green, blue


def _tint(colour: Colour) -> Colour:
    """What is left of the colour beside a picture: many files dim it, or say black, and show the picture as it is."""
    brightest = max(colour)
    if brightest < 0.02:
        return 1.0, 1.0, 1.0
    return _linear((colour[0] / brightest, colour[1] / brightest, colour[2] / brightest))


def picture_of(
    archive: zipfile.ZipFile, folder: str, finish: Finish, wardrobe: Wardrobe, credit: Credit
) -> tuple[int | None, float]:
    """The texture of a finish, added to `wardrobe` if it is new, and the opacity where that is even.

    None for a finish without a picture, and where the archive does not hold it: some files name one on their
    author's disk.

    Raises:
        SpnetError: damaged, or too large.
    """
    member = _member(archive, folder, finish.picture)
    if member is None:
        return None, 1.0
    rgba = _read_picture(archive, member)
    mask = _member(archive, folder, finish.mask)
    if mask is not None and mask != member:  # the same file means its own alpha
        rgba.putalpha(_read_picture(archive, mask).convert("L").resize(rgba.size))
    pixels, opacity = _squared(rgba)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    if digest not in wardrobe.known:
        if len(wardrobe.textures) >= MAX_TEXTURES:
            raise SpnetError(f"{archive_name(archive)}: with {member} there are more than {MAX_TEXTURES:,} textures")
        wardrobe.known[digest] = len(wardrobe.textures)
        name = posixpath.basename(member).rpartition(".")[0]
        wardrobe.textures.append(Texture(name, "model", pixels, 0.0, False, credit))
    return wardrobe.known[digest], opacity


def _member(archive: zipfile.ZipFile, folder: str, written: str) -> str | None:
    """The member that an MTL file means: in its folder, whatever options and folders are written before its name."""
    if not written:
        return None
    name = posixpath.basename(written.replace("\\", "/"))
    for candidate in (
        posixpath.join(folder, written),
        posixpath.join(folder, name),
        posixpath.join(folder, name.rpartition(" ")[2]),
    ):
        if candidate in archive.NameToInfo:
            return candidate
    return None


def _read_picture(archive: zipfile.ZipFile, member: str) -> Image.Image:
    data = read_member(archive, member, max_bytes=_MAX_PICTURE_BYTES)
    where = f"{archive_name(archive)}: {member}"
    with decoding(where, "a PNG or JPEG"), Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        check_pixel_count(image.width, image.height, where)
        return image.convert("RGBA")


def _squared(image: Image.Image) -> tuple[NDArray[np.uint8], float]:
    """(S,S,4) with S a power of two up to 256, and the opacity if it is even and not a cut-out."""
    alpha = np.asarray(image.getchannel("A"))
    opacity = 1.0
    if ((alpha > 25) & (alpha < 230)).mean() > 0.5:
        opacity = float(alpha.mean()) / 255
        image.putalpha(255)
    side = min(_LARGEST_SIDE, 2 ** max(3, int(np.ceil(np.log2(max(image.size))))))
    coverage = (np.asarray(image.getchannel("A")) >= 128).mean()
    small = image.convert("RGBa").resize((side, side), Image.Resampling.LANCZOS).convert("RGBA")
    pixels = np.array(small)
    if coverage < 1:
        pixels[..., 3] = _as_opaque_as(coverage, pixels[..., 3])
        hidden = pixels[..., 3] < 8
        pixels[hidden, :3] = pixels[~hidden, :3].mean(axis=0) if not hidden.all() else 128  # no dark fringes
    return pixels, opacity


def _as_opaque_as(coverage: float, alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Alpha scaled so that the share of it that is at least one half stays: resized leaves would shrink."""
    middle = max(1.0, float(np.quantile(alpha, 1 - coverage)))
    return np.clip(alpha * (128 / middle), 0, 255).astype(np.uint8)
