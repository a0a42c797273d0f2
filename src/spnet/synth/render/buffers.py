"""What stays on the device: the bank's geometry and textures, and the rows that tell shaders of materials."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.synth.assets.bank import Texture
from spnet.synth.scene import VERTEX, Material, Mesh

_WIDE, _NARROW = 512, 256
_FIRST_WIDE = 4096  # as the shaders have it: lower numbers are layers of the narrow array
_DRAWN_BY = ("built", "built with holes", "model", "model with holes", "glass",
             "depth", "depth with holes", "shadow", "shadow with holes")  # fmt: skip


class Geometry:
    """Triangles on the device, ready for the programs that draw surfaces."""

    def __init__(self, gl: Any, programs: dict[str, Any], mesh: Mesh) -> None:
        # a buffer cannot be empty, as those of a bank without models would be
        self._vertices = gl.buffer(mesh.vertices.tobytes() or bytes(VERTEX.itemsize))
        self._triangles = gl.buffer(np.ascontiguousarray(mesh.triangles, "<i4").tobytes() or bytes(12))
        self._arrays = {
            name: gl.vertex_array(programs[name], [(self._vertices, *_attributes(programs[name]))], self._triangles)
            for name in _DRAWN_BY
        }

    def draw(self, program: str, first: int, count: int) -> None:
        """Draw `count` triangles from `first` on."""
        self._arrays[program].render(vertices=3 * count, first=3 * first)

    def release(self) -> None:
        """Give the memory back."""
        for array in self._arrays.values():
            array.release()
        self._vertices.release()
        self._triangles.release()


def _attributes(program: Any) -> list[str]:
    """The fields of VERTEX as a program takes them: the format, and the names of those that it uses."""
    formats, names = [], []
    for name in VERTEX.names or ():
        size, (scalar, shape) = VERTEX[name].itemsize, (VERTEX[name].base.kind, VERTEX[name].shape)
        formats.append(f"{shape[0] if shape else 1}{scalar}4" if name in program else f"{size}x")
        names += [name] if name in program else []
    return [" ".join(formats), *names]


class Textures:
    """A bank's textures in two arrays with mip levels, 512 and 256 pixels wide; panoramas one by one when shown."""

    def __init__(self, gl: Any, textures: Sequence[Texture]) -> None:
        self._gl = gl
        self._textures = textures
        self.layers: list[int] = []
        self._cut_out = [bool((texture.pixels[..., 3] < 128).any()) for texture in textures]
        wide: list[NDArray[np.uint8]] = []
        narrow: list[NDArray[np.uint8]] = []
        for texture in textures:
            if texture.role == "panorama":
                self.layers.append(-1)
            elif texture.pixels.shape[0] >= _WIDE:
                self.layers.append(_FIRST_WIDE + len(wide))
                wide.append(texture.pixels)
            else:
                self.layers.append(len(narrow))
                narrow.append(_resized(texture.pixels, _NARROW))
        self._wide = _array(gl, wide, _WIDE)
        self._narrow = _array(gl, narrow, _NARROW)
        self._panoramas: dict[int, Any] = {}

    def use(self, wide: int, narrow: int) -> None:
        """Bind the two arrays to texture units."""
        self._wide.use(wide)
        self._narrow.use(narrow)

    def use_panorama(self, index: int, unit: int) -> None:
        """Bind a panorama."""
        if index not in self._panoramas:
            pixels = self._textures[index].pixels
            size = (pixels.shape[1], pixels.shape[0])
            self._panoramas[index] = self._gl.texture(size, 4, np.ascontiguousarray(pixels).tobytes())
        self._panoramas[index].use(unit)

    def has_holes(self, material: Material) -> bool:
        """Whether light passes through parts of the material."""
        return material.opacity < 1 or (material.texture is not None and self._cut_out[material.texture])

    def row(self, material: Material) -> list[tuple[float, float, float, float]]:
        """A material as the shaders read it."""
        layer, metres, regular = -1, 0.0, True
        if material.texture is not None:
            texture = self._textures[material.texture]
            layer, metres, regular = self.layers[material.texture], texture.metres, texture.regular
        return [
            (*material.colour, material.emission),
            (float(layer), material.repeat, metres, float(regular)),
            (material.gloss, material.metal, material.bump, material.opacity),
        ]


def _array(gl: Any, layers: list[NDArray[np.uint8]], size: int) -> Any:
    pixels = np.stack(layers) if layers else np.full((1, size, size, 4), 255, np.uint8)
    texture = gl.texture_array((size, size, len(pixels)), 4, np.ascontiguousarray(pixels).tobytes())
    texture.build_mipmaps()
    texture.filter = (gl.LINEAR_MIPMAP_LINEAR, gl.LINEAR)
    return texture


def _resized(pixels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    if pixels.shape[:2] == (size, size):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BICUBIC))
