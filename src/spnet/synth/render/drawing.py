"""What there is to draw in a scene, and which of it a camera or a light can see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.bank import Bank
from spnet.synth.render.buffers import Geometry, Textures
from spnet.synth.render.context import set_uniforms
from spnet.synth.scene import Mesh, Scene


@dataclass(frozen=True, eq=False)
class _Piece:
    program: str
    """That draws its surfaces."""
    geometry: Geometry
    first: int
    count: int
    pose: NDArray[np.float64]
    first_material: int
    centre: NDArray[np.float64]
    radius: float
    """Metres around `centre` that hold all of it; infinite if unknown."""
    holes: bool
    """Light passes through part of it: panes, or leaves cut out of their texture."""


class Drawing:
    """A scene on the device: the mesh that was built for it, and the models placed in it."""

    def __init__(
        self, gl: Any, programs: dict[str, Any], bank: Bank, models: Geometry, textures: Textures, scene: Scene
    ) -> None:
        self._programs = programs
        solid, pierced = _split(scene.mesh, [textures.has_holes(material) for material in scene.materials])
        self._built = Geometry(gl, programs, Mesh(scene.mesh.vertices, np.concatenate([solid, pierced])))
        everywhere = (np.eye(4), 0, np.zeros(3), np.inf)
        self._pieces = [
            _Piece("built", self._built, 0, len(solid), *everywhere, False),
            _Piece("built", self._built, len(solid), len(pierced), *everywhere, True),
        ]
        row = len(scene.materials)
        for placed in scene.objects:
            model = bank.models[placed.model]
            size = np.array(model.size)
            centre = (placed.pose @ (0.0, size[1] / 2, 0.0, 1.0))[:3]
            radius = 0.5 * float(np.linalg.norm(size) * np.linalg.norm(placed.pose[:3, :3], axis=0).max())
            holes = any(map(textures.has_holes, placed.materials))
            self._pieces.append(
                _Piece("model", models, model.first, model.count, placed.pose, row, centre, radius, holes)
            )
            row += len(placed.materials)

    def draw_surfaces(self, to_clip: NDArray[np.float64]) -> int:
        """Draw all but panes into a view, given as the matrix (4,4) to its clip space; how many triangles that were."""
        return sum(self._draw(piece, piece.program, to_clip) for piece in self._pieces)

    def draw_glass(self, to_clip: NDArray[np.float64]) -> None:
        """Draw the panes into a view."""
        for piece in self._pieces:
            if piece.holes:
                self._draw(piece, "glass", to_clip)

    def draw_shadows(self, to_clip: NDArray[np.float64]) -> None:
        """Draw the depth of what keeps light away into a light's view."""
        for piece in self._pieces:
            self._draw(piece, "shadow with holes" if piece.holes else "shadow", to_clip)

    def release(self) -> None:
        """Give the memory of the scene's own mesh back."""
        self._built.release()

    def _draw(self, piece: _Piece, name: str, to_clip: NDArray[np.float64]) -> int:
        if piece.count == 0 or not _reaches(piece, to_clip):
            return 0
        turned = np.linalg.inv(piece.pose[:3, :3]).T
        values = {"pose": piece.pose, "pose_normal": turned, "first_material": piece.first_material}
        set_uniforms(self._programs[name], values)
        piece.geometry.draw(name, piece.first, piece.count)
        return piece.count


def _split(mesh: Mesh, holes: Sequence[bool]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The triangles of materials without holes, and those of materials with."""
    pierced = np.array(holes, bool)[mesh.vertices["material"][mesh.triangles[:, 0]]]
    return mesh.triangles[~pierced], mesh.triangles[pierced]


def _reaches(piece: _Piece, to_clip: NDArray[np.float64]) -> bool:
    """Whether a sphere touches a view's volume: tested against its planes but the far one."""
    if not np.isfinite(piece.radius):
        return True
    sides = [to_clip[3] + sign * to_clip[axis] for axis, sign in ((0, 1), (0, -1), (1, 1), (1, -1), (2, 1))]
    planes = np.stack(sides)
    distances = planes[:, :3] @ piece.centre + planes[:, 3]
    return bool(np.all(distances > -piece.radius * np.linalg.norm(planes[:, :3], axis=1)))
