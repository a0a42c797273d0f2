"""Frames and their dense depth in the rerun viewer, to be turned and measured, or in a file for it (.rrd)."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.depth import ASSUMED_DEGREES_ACROSS, Depth
from spnet.errors import SpnetError, require
from spnet.files.atomic import written_whole
from spnet.show import colorize, display_range, draw_measured

_PURPOSE = "spnet view"
_PLANE_SHARE = 0.25  # of the median depth: how far in front of the camera the picture hangs


def view(depths: Iterable[Depth]) -> int:
    """Open the viewer and show frames one after the other, on the timeline "frame"; returns how many.

    The viewer is a program of its own, which goes on when this one has ended.

    Raises:
        MissingExtraError: rerun is not installed.
        SpnetError: no frame, or the viewer does not start.
    """
    first, depths = _with_first(depths)
    stream = _stream()
    try:
        stream.spawn(default_blueprint=_layout(first))
    except (RuntimeError, OSError) as error:
        raise SpnetError(f"the viewer does not start: {error}; write a file for it instead (--save)") from error
    return _send(stream, depths, display_range(first.metres))


def save(depths: Iterable[Depth], path: Path, *, overwrite: bool = False) -> int:
    """Write what `view` would show into an .rrd file; returns the number of frames.

    Raises:
        MissingExtraError: rerun is not installed.
        SpnetError: no frame, another extension, or a file that cannot be written.
    """
    if path.suffix.lower() != ".rrd":
        raise SpnetError(f"{path}: expected a name that ends in .rrd")
    first, depths = _with_first(depths)
    stream = _stream()
    with written_whole(path, overwrite=overwrite) as temporary:
        stream.save(temporary, default_blueprint=_layout(first))
        return _send(stream, depths, display_range(first.metres))


def _with_first(depths: Iterable[Depth]) -> tuple[Depth, Iterable[Depth]]:
    """The first frame, which decides on the layout and the colours of all, and all of them."""
    remaining = iter(depths)
    first = next(remaining, None)
    if first is None:
        raise SpnetError("there is no frame to show")
    return first, chain([first], remaining)


def _stream() -> Any:
    rerun = require("rerun", extra="view", purpose=_PURPOSE)
    stream = rerun.RecordingStream("spnet")
    stream.log("/", rerun.ViewCoordinates.RIGHT_HAND_Y_DOWN, static=True)
    return stream


def _send(stream: Any, depths: Iterable[Depth], limits: tuple[float, float]) -> int:
    count = 0
    for depth in depths:
        stream.set_time("frame", sequence=count)
        _log(stream, depth, limits)
        count += 1
    stream.flush()
    stream.disconnect()
    return count


def _log(stream: Any, depth: Depth, limits: tuple[float, float]) -> None:
    """One frame: its pinhole with the images of it, and the coloured cloud."""
    rerun = require("rerun", extra="view", purpose=_PURPOSE)
    frame = depth.frame
    camera = frame.camera or Camera.from_fov(frame.width, frame.height, ASSUMED_DEGREES_ACROSS)
    pinhole = rerun.Pinhole(
        focal_length=[camera.fx, camera.fy],
        principal_point=[camera.cx + 0.5, camera.cy + 0.5],  # rerun counts from the corner of the first pixel
        width=camera.width,
        height=camera.height,
        camera_xyz=rerun.ViewCoordinates.RDF,
        image_plane_distance=_PLANE_SHARE * float(np.median(depth.metres)),
    )
    stream.log("camera", pinhole)
    stream.log("camera/image", rerun.Image(frame.rgb))
    measured = draw_measured(frame.rgb, frame.depth, (frame.width, frame.height), *limits)
    _log_depth(stream, "camera/measured", frame.depth, np.asarray(measured))
    _log_depth(stream, "camera/dense", depth.metres, colorize(depth.metres, *limits))
    if depth.confidence is not None:
        stream.log("camera/confidence", rerun.Image(np.rint(255 * depth.confidence).astype(np.uint8)))
    points, colours = depth.points()
    stream.log("cloud", rerun.Points3D(points, colors=colours))


def _log_depth(stream: Any, name: str, metres: NDArray[np.float32], picture: NDArray[np.uint8]) -> None:
    """Depth, which the pointer reads, below a picture of it in the colours of this package."""
    rerun = require("rerun", extra="view", purpose=_PURPOSE)
    stream.log(name, rerun.DepthImage(metres, meter=1.0, draw_order=0))
    stream.log(f"{name}/picture", rerun.Image(picture, opacity=1.0, draw_order=1))


def _layout(first: Depth) -> Any:
    """The cloud before its camera on the left, the images on the right."""
    blueprint = require("rerun.blueprint", extra="view", purpose=_PURPOSE)
    names = ["image", "measured", "dense"] + ["confidence"] * (first.confidence is not None)
    pictures = [blueprint.Spatial2DView(origin="/camera", contents=f"/camera/{name}/**", name=name) for name in names]
    cloud = blueprint.Spatial3DView(origin="/", contents=["/cloud", "/camera", "/camera/image"], name="cloud")
    columns = blueprint.Horizontal(cloud, blueprint.Vertical(*pictures), column_shares=[3, 1])
    return blueprint.Blueprint(columns, collapse_panels=True)
