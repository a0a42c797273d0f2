"""What a scene is made of: the values that layouts make and the renderer draws.

World axes: right-handed, metres, y up; the ground is near y = 0. Cameras look along their own +z with y down, as
everywhere in this package (OpenCV).
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera

Colour = tuple[float, float, float]
"""Linear red, green and blue; reflectances lie in [0, 1], light may be brighter."""

VERTEX = np.dtype(
    [("position", "<f4", 3), ("normal", "<f4", 3), ("uv", "<f4", 2), ("material", "<u4")],
)
"""One corner as the renderer takes it: 36 bytes. `normal` points to the side that is seen, or to either if both are."""


@dataclass(frozen=True)
class Material:
    """How a surface takes and gives light."""

    colour: Colour = (0.7, 0.7, 0.7)
    """Reflectance, multiplied with the texture."""
    texture: int | None = None
    """Index in the bank's textures."""
    repeat: float = 1.0
    """Units of uv that one repetition covers: metres on built meshes, 1 on models, whose uv count repetitions."""
    gloss: float = 0.1
    """From 0, matt, to 1, mirror-like highlights."""
    metal: float = 0.0
    """1 where highlights take the surface's colour and nothing else is reflected."""
    bump: float = 0.0
    """Strength of the relief that the texture's brightness suggests, 0 to 1."""
    emission: float = 0.0
    """Light given off, as a multiple of the colour: lamps, lit panes, screens."""
    opacity: float = 1.0
    """Below 1 it is glass: seen as a tint and a reflection, and depth is that of what lies behind it."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles: `vertices` (V,) of VERTEX, their `material` counts in its scene's or model's; `triangles` (T,3)."""

    vertices: NDArray[np.void]
    triangles: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Placed:
    """A model of the bank standing in the scene."""

    model: int
    """Index in the bank's models."""
    pose: NDArray[np.float64]
    """(4,4), from the model's axes (base centre at the origin, y up, front towards +z) to the world's."""
    materials: tuple[Material, ...]
    """One for each of the model's own, recoloured or not."""


@dataclass(frozen=True)
class Light:
    """The sun (no position) or a lamp (no direction)."""

    colour: Colour
    """Irradiance that it gives a surface facing it: everywhere for the sun, at one metre for a lamp."""
    direction: tuple[float, float, float] | None = None
    """Of the sun: unit vector towards it."""
    position: tuple[float, float, float] | None = None
    """Of a lamp, metres."""
    softness: float = 0.02
    """Radius of a lamp in metres, or of the sun's disc in radians: how soft its shadows are."""
    shadows: bool = True


@dataclass(frozen=True)
class Sky:
    """Light from all around, and what is seen where nothing stands."""

    zenith: Colour = (0.25, 0.45, 0.9)
    horizon: Colour = (0.7, 0.8, 0.95)
    ground: Colour = (0.2, 0.18, 0.15)
    clouds: float = 0.3
    """Share of the sky that they cover."""
    panorama: int | None = None
    """Index of an equirectangular texture to show instead."""
    turn: float = 0.0
    """Radians that clouds or panorama are turned by about the vertical."""
    haze: float = 0.0
    """Share of the light lost to haze at 100 metres, below 1."""


@dataclass(frozen=True, eq=False)
class View:
    """A camera and where it stands: `pose` (4,4) takes points of its axes (x right, y down, z forward) to the world."""

    camera: Camera
    pose: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that one frame is rendered from."""

    kind: str
    view: View
    mesh: Mesh
    materials: tuple[Material, ...]
    """Of `mesh`."""
    objects: tuple[Placed, ...]
    lights: tuple[Light, ...]
    """The first one or two with shadows cast them."""
    sky: Sky = field(default_factory=Sky)
    ambient: Colour = (0.3, 0.3, 0.3)
    """Light that reaches every surface from everywhere, before what stands near takes some of it away."""
    reach: float = 20.0
    """Metres around the camera in which the sun casts shadows."""


def look_at(eye: NDArray[np.float64], target: NDArray[np.float64], roll: float = 0.0) -> NDArray[np.float64]:
    """The pose (4,4) of a camera at `eye` whose optical axis passes through `target`; `roll` in radians.

    Straight up and straight down are looked at with the image's top towards -z.
    """
    forward = np.asarray(target, np.float64) - eye
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 1.0, 0.0))
    if np.linalg.norm(right) < 1e-6:
        right = np.array([1.0, 0.0, 0.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    pose = np.eye(4)
    pose[:3, 0] = np.cos(roll) * right + np.sin(roll) * down
    pose[:3, 1] = np.cos(roll) * down - np.sin(roll) * right
    pose[:3, 2] = forward
    pose[:3, 3] = eye
    return pose


def tinted(material: Material, colour: Colour) -> Material:
    """The material with its colour multiplied by another."""
    red, green, blue = (min(1.0, own * other) for own, other in zip(material.colour, colour, strict=True))
    return replace(material, colour=(red, green, blue))
