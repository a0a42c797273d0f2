"""`Depth`: dense metric depth, how it was made, and the ways to keep it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet import clouds, points, show
from spnet.camera import Camera
from spnet.files.depth import write_depth
from spnet.frame import Frame

ASSUMED_DEGREES_ACROSS = 60.0
"""The horizontal field of view that a point cloud is given when the camera is not known."""


@dataclass(frozen=True, eq=False)
class Depth:
    """What `spnet.complete` returns."""

    metres: NDArray[np.float32]
    """(H,W), every value finite and positive."""
    frame: Frame
    """What it was made from."""
    model: str
    """The name of the method or the weights."""
    engine: str
    """What ran it: "openvino, CPU f32"; "numpy" for non-learned methods."""
    engine_reason: str
    """Why this engine."""
    seconds: float
    """Wall time of this completion, files and loading excluded."""
    tiles: int = 1
    """In how many overlapping windows it ran."""
    repaired: int = 0
    """Pixels whose prediction was not finite, not positive or absurdly far, and was replaced."""

    @property
    def input_points(self) -> int:
        """How many pixels had measured depth."""
        return int(np.count_nonzero(self.frame.mask))

    @property
    def camera_is_assumed(self) -> bool:
        """Whether point clouds of this depth are made with a camera that nobody measured."""
        return self.frame.camera is None

    def points(self) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """The depth as a coloured cloud: (N,3) metres in the camera's axes, (N,3) RGB."""
        xyz, rows, columns = points.unproject(self.metres, self._camera())
        return xyz, self.frame.rgb[rows, columns]

    def save(self, path: str | Path, *, unit: str | None = None, overwrite: bool = False) -> None:
        """Write the depth map (.png, .npy, .npz, .exr, .tif, .pfm) or the coloured cloud (.ply).

        Args:
            path: its extension chooses the format.
            unit: of integer files, see `spnet.files.depth.write_depth`.
            overwrite: whether a file that stands there may be replaced.

        Raises:
            SpnetError: as `spnet.files.depth.write_depth`; nothing half-written is left.
        """
        path = Path(path)
        if path.suffix.lower() != ".ply":
            write_depth(path, self.metres, unit, overwrite=overwrite)
            return
        assumed = f", camera assumed: {ASSUMED_DEGREES_ACROSS:g} degrees across" if self.camera_is_assumed else ""
        xyz, colours = self.points()
        clouds.write_ply(
            path, xyz, colours, comment=f"metres, x right, y down, z forward{assumed}", overwrite=overwrite
        )

    def preview(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write a picture for people: the image, what was measured, the dense depth, and a bar in metres."""
        show.save_picture(show.preview(self.frame, self.metres), Path(path), overwrite=overwrite)

    def _camera(self) -> Camera:
        frame = self.frame
        return frame.camera or Camera.from_fov(frame.width, frame.height, ASSUMED_DEGREES_ACROSS)
