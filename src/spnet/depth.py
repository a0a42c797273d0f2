"""`Depth`: dense metric depth, how it was made, and the ways to keep it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet import clouds, points, show
from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.files.depth import write_depth
from spnet.files.stored import write_steps
from spnet.frame import Frame
from spnet.units import STEPS_16_BIT

CONFIDENT_WITHIN = 0.05
"""Relative error of which `Depth.confidence` is the probability not to exceed it."""

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
    """Wall time of this completion, files and loading excluded; of frames that ran together, that of all."""
    tiles: int = 1
    """In how many overlapping windows it ran."""
    repaired: int = 0
    """Pixels whose prediction was not finite, not positive or absurdly far, and was replaced."""
    expected_error: NDArray[np.float32] | None = None
    """(H,W), the relative error that the model expects of itself, 0.02 for 2 %: the scale b of a Laplacian of log
    depth; finite, above 0. None from models that do not tell."""

    @property
    def confidence(self) -> NDArray[np.float32] | None:
        """(H,W), 0 to 1: how probable the model holds it that depth is within 5 % of the truth.

        1 - exp(-ln(1.05) / b), with b the `expected_error`; None where there is none.
        """
        if self.expected_error is None:
            return None
        return -np.expm1(-np.log1p(np.float32(CONFIDENT_WITHIN)) / self.expected_error)

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

    def save_confidence(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the confidence as a 16-bit .png, 65535 for 1.

        Raises:
            SpnetError: this model gives no confidence, another extension, or a file that cannot be written.
        """
        path = Path(path)
        if self.confidence is None:
            raise SpnetError(f"{path}: {self.model} gives no confidence; take weights that were trained to")
        if path.suffix.lower() != ".png":
            raise SpnetError(f"{path}: confidence is written as .png")
        with written_whole(path, overwrite=overwrite) as temporary:
            write_steps(temporary, np.rint(self.confidence * STEPS_16_BIT).astype(np.uint16))

    def preview(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write a picture for people: the image, what was measured, the dense depth, and a bar in metres."""
        show.save_picture(show.preview(self.frame, self.metres), Path(path), overwrite=overwrite)

    def _camera(self) -> Camera:
        frame = self.frame
        return frame.camera or Camera.from_fov(frame.width, frame.height, ASSUMED_DEGREES_ACROSS)
