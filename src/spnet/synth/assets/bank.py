"""The asset bank: the models and textures that scenes are made of, each with its author and licence, in one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spnet.synth.scene import Material

TEXTURE_ROLES = (
    "wall",  # plaster, paint, wallpaper, wood panelling
    "floor",  # parquet, tiles, carpet, stone
    "ceiling",
    "brick",  # masonry outdoors
    "facade",  # other outer walls: render, concrete, cladding
    "roof",
    "road",  # asphalt, cobbles, paving
    "ground",  # grass, earth, gravel, sand
    "wood",
    "stone",
    "metal",
    "fabric",
    "foliage",  # leaves on a transparent ground
    "picture",  # what hangs in frames, stands on book spines, boxes and screens
    "panorama",  # equirectangular surroundings, 2:1
    "model",  # belongs to a model and fits nothing else
)

MODEL_ROLES = (
    "seat", "sofa", "table", "desk", "bed", "cabinet", "shelf", "appliance", "bathroom",
    "floor lamp", "table lamp", "ceiling lamp", "wall lamp", "plant", "small", "large",
    "rug", "curtain", "picture", "wall", "door", "window", "stairs", "person", "animal",
    "car", "vehicle", "cycle", "tree", "street", "garden", "fence", "building",
)  # fmt: skip


MAX_TRIANGLES = 2**24
MAX_TEXTURES = 4_000
"""Of a bank: more are neither made nor read."""

LICENCES = {  # SPDX name: tier; shipped weights are trained on tier A only
    "CC0-1.0": "A",
    "CC-BY-3.0": "A",
    "CC-BY-3.0-US": "A",
    "CC-BY-4.0": "A",
    "MIT": "A",
    "Apache-2.0": "A",
    "Zlib": "A",
    "BSD-2-Clause": "A",
    "BSD-3-Clause": "A",
    "CC-BY-SA-3.0": "B",
    "CC-BY-SA-4.0": "B",
    "GPL-2.0-or-later": "B",
    "GPL-3.0-or-later": "B",
}


@dataclass(frozen=True)
class Credit:
    """Where an asset comes from: `licence` is an SPDX name, `source` the package that holds it."""

    author: str
    licence: str
    source: str


@dataclass(frozen=True, eq=False)
class Texture:
    """An image for surfaces."""

    name: str
    role: str
    pixels: NDArray[np.uint8]
    """(S,S,4) sRGB and coverage, S a power of two up to 512; panoramas (512,1024,4)."""
    metres: float
    """What one repetition covers on a real surface; 0 where it must not repeat (pictures, panoramas, foliage)."""
    regular: bool
    """Bricks, tiles, planks: shifting pieces of it would show."""
    credit: Credit


@dataclass(frozen=True)
class Support:
    """A level place on a model where small things can stand: a rectangle in the model's axes, metres."""

    height: float
    left: float
    right: float
    back: float
    front: float
    clearance: float
    """Free height above it; infinite at the top."""


@dataclass(frozen=True, eq=False)
class Model:
    """A thing with metric size: base centre at the origin, y up, front towards +z."""

    name: str
    role: str
    size: tuple[float, float, float]
    """Width (x), height (y) and depth (z), metres."""
    elevation: float
    """Height above the floor at which it usually hangs; 0 if it stands."""
    first: int
    """Of its triangles in the bank's."""
    count: int
    """Of its triangles."""
    materials: tuple[Material, ...]
    supports: tuple[Support, ...]
    credit: Credit


@dataclass(frozen=True, eq=False)
class Bank:
    """All assets; models share two arrays."""

    textures: tuple[Texture, ...]
    models: tuple[Model, ...]
    vertices: NDArray[np.void]
    """(V,) of VERTEX; `material` counts in the model's. At uv (0,0) is a texture's upper left corner, v goes down."""
    triangles: NDArray[np.int32]
    """(T,3), in `vertices`. A model's use no vertex of another's."""

    def models_of(self, *roles: str) -> list[int]:
        """Indices of the models with one of these roles, rising."""
        return sorted(index for role in roles for index in self._models_by_role.get(role, ()))

    def textures_of(self, *roles: str) -> list[int]:
        """Indices of the textures with one of these roles, rising."""
        return sorted(index for role in roles for index in self._textures_by_role.get(role, ()))

    @cached_property
    def _models_by_role(self) -> dict[str, list[int]]:
        return _by_role([model.role for model in self.models])

    @cached_property
    def _textures_by_role(self) -> dict[str, list[int]]:
        return _by_role([texture.role for texture in self.textures])


def _by_role(roles: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, role in enumerate(roles):
        found.setdefault(role, []).append(index)
    return found
