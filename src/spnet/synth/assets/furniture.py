"""The models of furniture libraries, made ready for the bank."""

import posixpath
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.synth.assets.archive import opened_archive, read_member
from spnet.synth.assets.bank import LICENCES, MAX_TRIANGLES, Bank, Credit, Model, Texture
from spnet.synth.assets.finishes import LEAST_OPACITY, Wardrobe, material_from, picture_of
from spnet.synth.assets.mtl import Finish, parse_mtl
from spnet.synth.assets.obj import Wavefront, parse_obj
from spnet.synth.assets.roles import UNWANTED, role_of, shown_name
from spnet.synth.assets.sh3f import MAX_LIBRARY_BYTES, Entry, Library, licence_beside, read_catalogue
from spnet.synth.assets.shaping import placed, shaded, welded
from spnet.synth.assets.simplify import simplified
from spnet.synth.assets.supports import find_supports
from spnet.synth.scene import VERTEX, Mesh

_KIND = "a furniture library"
_MAX_MODEL_BYTES = 2**26
_TOLERANCE = 0.0015  # of the model's size
_MOST_TOLERANCE = 0.005  # metres: leaves of a large tree are small
_LEAFY = ("plant", "tree", "fence")
_INTRICATE = (*_LEAFY, "ceiling lamp")


def build(
    furniture_folder: Path,
    textures: Sequence[Texture],
    progress: Callable[[int, int], None] | None = None,
    *,
    tiers: Sequence[str] = ("A",),
) -> tuple[Bank, list[str]]:
    """Make a bank of all furniture libraries (.sh3f) in a folder, and of the textures for everything else.

    Args:
        furniture_folder: on Debian and Ubuntu, /usr/share/sweethome3d/furniture from the package
            sweethome3d-furniture.
        textures: come first in the bank's.
        progress: called with the number of models looked at and of all.

    Returns:
        The bank, and one line for each model that was left out: which and why.

    Raises:
        SpnetError: there are no libraries, or one of them is damaged.
    """
    paths = sorted(Path(furniture_folder).glob("*.sh3f"))
    if not paths:
        raise SpnetError(
            f"{furniture_folder}: holds no furniture libraries (.sh3f); install the package sweethome3d-furniture"
        )
    catalogues = [_catalogue(path) for path in paths]
    wardrobe = Wardrobe(list(textures))
    made: list[tuple[Model, Mesh]] = []
    left_out: list[str] = []
    triangles, done, total = 0, 0, sum(len(entries) for _, entries, _ in catalogues)
    for path, (library, entries, unreadable) in zip(paths, catalogues, strict=True):
        left_out += unreadable
        with opened_archive(path, _KIND, max_bytes=MAX_LIBRARY_BYTES) as archive:
            for entry in entries:
                try:
                    model, mesh = _model(archive, library, entry, wardrobe, tiers)
                    if triangles + model.count > MAX_TRIANGLES:
                        raise SpnetError(f"with it there are more than {MAX_TRIANGLES:,} triangles")
                    made.append((model, mesh))
                    triangles += model.count
                except SpnetError as error:
                    left_out.append(f"{path.name}: {entry.identifier}: {error}")
                done += 1
                if progress is not None:
                    progress(done, total)
    return _bank(wardrobe.textures, made), left_out


def _catalogue(path: Path) -> tuple[Library, list[Entry], list[str]]:
    with opened_archive(path, _KIND, max_bytes=MAX_LIBRARY_BYTES) as archive:
        return read_catalogue(archive)


def _model(
    archive: zipfile.ZipFile, library: Library, entry: Entry, wardrobe: Wardrobe, tiers: Sequence[str]
) -> tuple[Model, Mesh]:
    """One model, its triangles counted from 0. Raises SpnetError where it must be left out."""
    if entry.name.lower() in UNWANTED:
        raise SpnetError(UNWANTED[entry.name.lower()])
    credit = _credit(archive, library, entry)
    if LICENCES[credit.licence] not in tiers:
        raise SpnetError(f"is {credit.licence}, of tier {LICENCES[credit.licence]}")
    wavefront = parse_obj(_text(archive, entry.member))
    finishes = _finishes(archive, entry.member, wavefront)
    folder = posixpath.dirname(entry.member)
    materials, there = [], []
    for name in wavefront.names:
        finish = finishes.get(name, Finish())
        picture, opacity = picture_of(archive, folder, finish, wardrobe, credit)
        materials.append(material_from(name, finish, picture, opacity))
        there.append(finish.opacity > LEAST_OPACITY)
    positions = placed(wavefront, entry)
    textured = np.array([material.texture is not None for material in materials])
    surface, skin = welded(_visible(wavefront, np.array(there)), positions, textured)
    role = role_of(entry)
    size = max(entry.size)
    limit = _triangle_limit(role, size)
    surface = simplified(
        surface, limit, min(_TOLERANCE * size, _MOST_TOLERANCE), np.random.default_rng(0), leafy=role in _LEAFY
    )
    mesh = shaded(surface, skin)
    model = Model(
        name=shown_name(entry),
        role=role,
        size=entry.size,
        elevation=entry.elevation,
        first=0,
        count=len(mesh.triangles),
        materials=tuple(materials),
        supports=find_supports(mesh, role, tuple(materials)),
        credit=credit,
    )
    return model, mesh


def _triangle_limit(role: str, size: float) -> int:
    if role in _INTRICATE:
        return 8000
    return 1000 if size < 0.3 else 4000


def _visible(wavefront: Wavefront, there: NDArray[np.bool_]) -> Wavefront:
    shown = there[wavefront.material]
    if not shown.any():
        raise SpnetError("all of it is transparent")
    return replace(
        wavefront,
        corners=wavefront.corners[shown],
        corner_uv=wavefront.corner_uv[shown],
        material=wavefront.material[shown],
    )


def _credit(archive: zipfile.ZipFile, library: Library, entry: Entry) -> Credit:
    own = licence_beside(archive, entry.member)
    licence = library.licence if own is None else own
    if licence not in LICENCES:
        raise SpnetError("states no licence that is known, or several")
    author = entry.creator if not library.holders else f"{entry.creator} (© {library.holders})"
    return Credit(author.strip(), licence, f"{library.source}, {entry.identifier}")


def _finishes(archive: zipfile.ZipFile, member: str, wavefront: Wavefront) -> dict[str, Finish]:
    finishes: dict[str, Finish] = {}
    for library in wavefront.libraries:
        name = posixpath.join(posixpath.dirname(member), library)
        if name in archive.NameToInfo:  # some name one on their author's disk
            finishes |= parse_mtl(_text(archive, name))
    return finishes


def _text(archive: zipfile.ZipFile, member: str) -> str:
    return read_member(archive, member, max_bytes=_MAX_MODEL_BYTES).decode("latin-1")


def _bank(textures: Sequence[Texture], made: Sequence[tuple[Model, Mesh]]) -> Bank:
    """All models' vertices and triangles one after the other."""
    models, triangles = [], []
    first = vertex = 0
    for model, mesh in made:
        models.append(replace(model, first=first))
        triangles.append(mesh.triangles + np.int32(vertex))
        first, vertex = first + len(mesh.triangles), vertex + len(mesh.vertices)
    vertices = [mesh.vertices for _, mesh in made]
    return Bank(
        tuple(textures),
        tuple(models),
        np.concatenate(vertices) if vertices else np.empty(0, VERTEX),
        np.concatenate(triangles) if triangles else np.empty((0, 3), np.int32),
    )
