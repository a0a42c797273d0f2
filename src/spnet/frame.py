"""`Frame`: one image and the depth measured in its view, validated once; the value that everything passes on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.files.depth import read_depth
from spnet.files.images import image_from_pillow, read_image
from spnet.files.limits import check_pixel_count
from spnet.units import METRES, check_plausible, parse_unit

_CHANNELS = (1, 3, 4)
_OVERSHOOT = 0.01  # of float images beyond [0, 1], as resizing leaves it


@dataclass(frozen=True, eq=False, init=False)
class Frame:
    """An image and the depth that was measured in the same view, at the image's size.

    The arrays are copies and read-only: what the caller passed in is never changed.
    """

    rgb: NDArray[np.uint8]
    """(H,W,3)."""
    depth: NDArray[np.float32]
    """(H,W) metres; 0 where `mask` is False."""
    mask: NDArray[np.bool_]
    """(H,W), True where depth was measured."""
    camera: Camera | None
    """The pinhole camera of the image, if known: needed for point clouds, not for completion."""
    unit_note: str
    """What was assumed of the depth's unit, for people to check; empty if nothing was."""

    def __init__(
        self,
        rgb: object,
        depth: object,
        *,
        depth_unit: str | None = None,
        camera: Camera | str | Path | None = None,
    ) -> None:
        """Take an image and depth as arrays, PIL images, torch tensors or paths.

        Args:
            rgb: (H,W,3) or (H,W), also with alpha, uint8 or uint16, or floats in [0, 1]; a tensor also as
                (3,H,W); a PIL image of any mode; or the path of a file. Kept with 8 bits a channel.
            depth: (h,w), (1,h,w) or (h,w,1), a PIL image or the path of a file. NaN, infinity, 0 and negative
                values mean "not measured". Where its size is not the image's, it must have the same
                aspect; each measurement then goes to the pixel it lies in (the nearest, if several do).
            depth_unit: "mm", "kitti", "tum", "m" or "max-depth:20". Without one, floats are metres, integer
                arrays are refused, and integer files are read as `spnet.files.depth.read_depth` says.
            camera: of the image, or the path of its calibration.

        Raises:
            SpnetError: what was passed is no image, no depth, or not of the same view.
        """
        image = _as_rgb(rgb)
        metres, unit_note = _as_metres(depth, depth_unit)
        if metres.shape != image.shape[:2]:
            metres = _place(metres, image.shape[0], image.shape[1])
        if isinstance(camera, str | Path):
            name = Path(rgb).name if isinstance(rgb, str | Path) else None
            camera = Camera.from_file(camera, width=image.shape[1], height=image.shape[0], image=name)
        if not isinstance(camera, Camera | None):
            raise SpnetError(f"camera: found {type(camera).__name__}, expected a Camera or a path")
        if camera is not None and (camera.height, camera.width) != image.shape[:2]:
            found = f"a camera of {camera.width}x{camera.height} for an image of {image.shape[1]}x{image.shape[0]}"
            raise SpnetError(f"{found}: use Camera.resize or Camera.crop, as was done to the image")
        mask = metres > 0
        for array in (image, metres, mask):
            array.setflags(write=False)
        values = {"rgb": image, "depth": metres, "mask": mask, "camera": camera, "unit_note": unit_note}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_files(
        cls,
        rgb: str | Path,
        depth: str | Path,
        *,
        depth_unit: str | None = None,
        camera: str | Path | Camera | None = None,
    ) -> "Frame":
        """Read a frame from an image, a depth file and, if there is one, a calibration; raises as `Frame`."""
        return cls(Path(rgb), Path(depth), depth_unit=depth_unit, camera=camera)

    @property
    def height(self) -> int:
        """Rows of the image."""
        return self.rgb.shape[0]

    @property
    def width(self) -> int:
        """Columns of the image."""
        return self.rgb.shape[1]


def _as_array(value: object) -> NDArray[Any]:
    """A NumPy view or copy of an array or a tensor; `value` itself is never written to."""
    if hasattr(value, "detach"):
        tensor: Any = value  # of torch, wherever it lives, without importing torch
        tensor = tensor.detach().cpu()
        value = (tensor.float() if tensor.is_floating_point() else tensor).numpy()  # NumPy has no bfloat16
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise SpnetError(f"found {type(value).__name__} that is no array: {error}") from error
    if array.dtype.kind not in "uif":
        raise SpnetError(f"found {type(value).__name__} of {array.dtype}, expected numbers, a PIL image or a path")
    return array[0] if array.ndim == 4 and array.shape[0] == 1 else array  # a batch of one


def _as_rgb(value: object) -> NDArray[np.uint8]:
    if isinstance(value, str | Path):
        return read_image(value)
    if isinstance(value, Image.Image):
        return image_from_pillow(value)
    array = _as_array(value)
    shape = array.shape
    if array.ndim == 2:
        array = array[:, :, None]
    is_tensor = hasattr(value, "detach")
    if array.ndim == 3 and (array.shape[2] not in _CHANNELS or (is_tensor and array.shape[0] in (1, 3))):
        array = array.transpose(1, 2, 0)  # channels first, as tensors have them
    if array.ndim != 3 or array.shape[2] not in _CHANNELS:
        raise SpnetError(f"image of shape {shape}: expected (H,W,3), (H,W), or one with alpha")
    check_pixel_count(array.shape[1], array.shape[0], "image")
    color = array[:, :, :3] if array.shape[2] >= 3 else np.repeat(array, 3, axis=2)
    return _as_eight_bits(color)


def _as_eight_bits(color: NDArray[Any]) -> NDArray[np.uint8]:
    if color.dtype == np.uint8:
        return np.array(color, order="C")
    if color.dtype == np.uint16:
        return ((color.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if color.dtype.kind != "f":
        raise SpnetError(f"image of {color.dtype}: expected uint8, uint16, or floats in [0, 1]")
    if not np.isfinite(color).all() or color.min() < -_OVERSHOOT or color.max() > 1 + _OVERSHOOT:
        raise SpnetError(f"float image with values {color.min():.4g} to {color.max():.4g}: expected [0, 1]")
    return np.rint(np.clip(color, 0, 1) * 255).astype(np.uint8)


def _as_metres(value: object, unit: str | None) -> tuple[NDArray[np.float32], str]:
    """(h,w) float32 metres with 0 where nothing was measured, and what was assumed of its unit."""
    if isinstance(value, str | Path):
        read = read_depth(value, unit)
        assumed = unit is None and read.unit != METRES
        return read.metres, read.unit_reason if assumed else ""
    if isinstance(value, np.ma.MaskedArray):
        value = value.filled(0)
    array = _as_array(value)
    if array.ndim == 3 and 1 in (array.shape[0], array.shape[2]):
        array = array[:, :, 0] if array.shape[2] == 1 else array[0]
    if array.ndim != 2:
        raise SpnetError(f"depth of shape {array.shape}: expected (H,W)")
    check_pixel_count(array.shape[1], array.shape[0], "depth")
    if array.dtype.itemsize == 1:
        raise SpnetError(f"depth of {array.dtype}: 8 bits hold 256 steps: a picture of depth, not depth")
    if array.dtype.kind in "ui" and unit is None:
        raise SpnetError(f"depth of {array.dtype} has a unit that the array does not say: pass depth_unit, as in 'mm'")
    applied = parse_unit(unit or "m")
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows float32 is not a distance
        metres = (array.astype(np.float64) * applied.metres).astype(np.float32)
        measured = np.isfinite(metres) & (metres > 0)
    metres = np.where(measured, metres, np.float32(0))
    check_plausible(metres, applied, "depth")
    return metres, ""


def _place(metres: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Depth at another size: every measurement goes to the pixel its centre falls in, none is blended.

    Where several fall in one pixel, the nearest surface stays, as in a z-buffer.
    """
    h, w = metres.shape
    if abs(width * h - height * w) > 0.01 * width * h + max(width, height):  # 1 %, and a pixel of rounding
        raise SpnetError(
            f"image of {width}x{height} and depth of {w}x{h} have different aspects, so they do not show the same "
            "view: register the depth to the image first, or crop both alike (images turned by EXIF count as stored)"
        )
    rows, columns = np.nonzero(metres)
    placed = np.full((height, width), np.inf, dtype=np.float32)
    target_rows = (2 * rows + 1) * height // (2 * h)  # of the centre, row + 1/2, without rounding
    target_columns = (2 * columns + 1) * width // (2 * w)
    np.minimum.at(placed, (target_rows, target_columns), metres[rows, columns])
    placed[np.isinf(placed)] = 0
    return placed
