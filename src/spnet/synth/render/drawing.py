"""What there is to draw in a scene, and which of it a camera or a light can see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.bank import Bank
from spnet.synth.render.buffers import Geometry, Textures
from spnet.synth.scene import Mesh, Scene


@dataclass(frozen=True, eq=False)
class _Piece:
    program: str
    """That draws its surfaces; "with holes" where light passes through part of it: panes, or leaves cut out."""
    geometry: Geometry
    first: int
    count: int
    first_material: int
    pose: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    centre: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    radius: float = np.inf
    """Metres around `centre` that hold all of it."""

    @property
    def holes(self) -> bool:
        return self.program.endswith("with holes")


class Drawing:
    """A scene on the device: the models placed in it, nearest first, and the mesh that was built for it."""

    def __init__(
        self, gl: Any, programs: dict[str, Any], bank: Bank, models: Geometry, textures: Textures, scene: Scene
    ) -> None:
        self._programs = programs
        solid, pierced = _split(scene.mesh, [textures.has_holes(material) for material in scene.materials])
        self._built = Geometry(gl, programs, Mesh(scene.mesh.vertices, np.concatenate([solid, pierced])))
        pieces = []
        row = len(scene.materials)
        for placed in scene.objects:
            model = bank.models[placed.model]
            size = np.array(model.size)
            centre = (placed.pose @ (0.0, size[1] / 2, 0.0, 1.0))[:3]
            radius = 0.5 * float(np.linalg.norm(size) * np.linalg.norm(placed.pose[:3, :3], axis=0).max())
            program = "model with holes" if any(map(textures.has_holes, placed.materials)) else "model"
            pieces.append(_Piece(program, models, model.first, model.count, row, placed.pose, centre, radius))
            row += len(placed.materials)
        eye = scene.view.pose[:3, 3]
        pieces.sort(key=lambda piece: float(np.linalg.norm(piece.centre - eye)))  # what is hidden is not shaded
        pieces.append(_Piece("built", self._built, 0, len(solid), 0))
        pieces.append(_Piece("built with holes", self._built, len(solid), len(pierced), 0))
        self._pieces = pieces
        self._poses = [_columns(piece.pose) for piece in pieces]
        self._turns = [_columns(np.linalg.inv(piece.pose[:3, :3]).T) for piece in pieces]
        self._centres = np.array([piece.centre for piece in pieces])
        self._radii = np.array([piece.radius for piece in pieces])

    def draw_surfaces(self, to_clip: NDArray[np.float64]) -> int:
        """Draw all but panes into a view, given as the matrix (4,4) to its clip space; how many triangles that were."""
        reached = self._reached(to_clip)
        for index in reached:
            self._draw(index, self._pieces[index].program)
        return sum(self._pieces[index].count for index in reached)

    def draw_depth(self, to_clip: NDArray[np.float64]) -> None:
        """Draw the depth of all but panes into a view."""
        for index in self._reached(to_clip):
            self._draw(index, "depth with holes" if self._pieces[index].holes else "depth")

    def draw_glass(self, to_clip: NDArray[np.float64]) -> None:
        """Draw the panes into a view."""
        for index in self._reached(to_clip):
            if self._pieces[index].holes:
                self._draw(index, "glass")

    def draw_shadows(self, to_clip: NDArray[np.float64]) -> None:
        """Draw the depth of what keeps light away into a light's view."""
        for index in self._reached(to_clip):
            self._draw(index, "shadow with holes" if self._pieces[index].holes else "shadow")

    def release(self) -> None:
        """Give the memory of the scene's own mesh back."""
        self._built.release()

    def _reached(self, to_clip: NDArray[np.float64]) -> list[int]:
        """The pieces whose spheres touch a view's volume: tested against its planes but the far one."""
        sides = ((0, 1), (0, -1), (1, 1), (1, -1), (2, 1))
        planes = np.stack([to_clip[3] + sign * to_clip[axis] for axis, sign in sides])
        distances = self._centres @ planes[:, :3].T + planes[:, 3]
        near = distances > -self._radii[:, None] * np.linalg.norm(planes[:, :3], axis=1)
        counts = np.array([piece.count for piece in self._pieces])
        return [int(index) for index in np.flatnonzero(near.all(axis=1) & (counts > 0))]

    def _draw(self, index: int, name: str) -> None:
        piece, program = self._pieces[index], self._programs[name]
        program["pose"].write(self._poses[index])
        for uniform, value in (("pose_normal", self._turns[index]), ("first_material", piece.first_material)):
            if uniform not in program:
                continue  # the depth of what has no holes needs neither
            if isinstance(value, bytes):
                program[uniform].write(value)
            else:
                program[uniform].value = value
        piece.geometry.draw(name, piece.first, piece.count)


def _columns(matrix: NDArray[np.float64]) -> bytes:
    """A matrix as OpenGL keeps it."""
    return np.ascontiguousarray(matrix.T, "f4").tobytes()


def _split(mesh: Mesh, holes: Sequence[bool]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The triangles of materials without holes, and those of materials with."""
    pierced = np.array(holes, bool)[mesh.vertices["material"][mesh.triangles[:, 0]]]
    return mesh.triangles[~pierced], mesh.triangles[pierced]
