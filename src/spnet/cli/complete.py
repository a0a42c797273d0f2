"""``spnet complete``: one frame, or every frame of two folders, of a video or of shards."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.batch import DEPTH_SUFFIXES
from spnet.cli import sequences, shards
from spnet.cli.clusters import add_ray, cluster_of
from spnet.cli.console import note, result
from spnet.cli.models import add_model
from spnet.cli.outputs import UNIT_HELP, check_outputs, written_unit
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.completion import Completer
    from spnet.jobs import Manner


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "complete",
        help="dense depth from an image and sparse depth, or from two folders of them",
        description="Complete one frame, or every frame of two folders whose files have the same names, or of a video "
        "and a folder with a depth file for each picture, or of shards that hold both (see spnet pack). What is "
        "finished is skipped.",
    )
    command.add_argument(
        "rgb",
        type=Path,
        help="image, a folder of images, a video (.mp4 .mkv .mov .webm .avi; needs ffmpeg), a shard (.tar) or a folder "
        "of shards",
    )
    command.add_argument(
        "depth",
        type=Path,
        nargs="?",
        help="sparse depth (.png .npy .npz .exr .tif .pfm), or a folder of it; shards bring theirs",
    )
    command.add_argument("-o", "--output", type=Path, required=True, help="depth file to write, or a folder")
    command.add_argument("--unit", help=f"{UNIT_HELP} (default: mm)")
    command.add_argument(
        "--out-unit", metavar="UNIT", help="unit of the integers written (default: that of the integers read)"
    )
    add_model(command)
    command.add_argument("--camera", type=Path, help="calibration of the image, for --ply")
    command.add_argument("--ply", type=Path, metavar="FILE", help="write a coloured point cloud too")
    command.add_argument(
        "--preview",
        type=Path,
        metavar="FILE",
        help="write a picture for people too; of a sequence a film (.mp4 ...; needs ffmpeg) or a folder of pictures",
    )
    command.add_argument(
        "--confidence",
        type=Path,
        metavar="FILE",
        help="write how sure the network is too: a 16-bit .png, 65535 where it is within 5 %% for certain",
    )
    command.add_argument(
        "--median",
        type=int,
        default=1,
        metavar="N",
        help="of a sequence: the median over N frames around each, for a camera that stands still",
    )
    command.add_argument("--keep-measured", action="store_true", help="return measured pixels exactly as measured")
    command.add_argument("--precision", default="f32", help="f32, bf16 or f16 (default: %(default)s)")
    command.add_argument(
        "--memory",
        type=float,
        default=2.0,
        metavar="GIB",
        help="for a network while it runs; larger frames are tiled (default: %(default)s)",
    )
    command.add_argument(
        "--threads",
        type=int,
        metavar="N",
        help="of a network on a CPU, which its last digits depend on (default: all; with --ray 1)",
    )
    add_ray(command)
    command.add_argument(
        "--workers", type=int, metavar="N", help="of --ray (default: one for each GPU, or for each --threads CPUs)"
    )
    command.add_argument("--force", action="store_true", help="replace files that exist")
    command.add_argument("-v", "--verbose", action="store_true", help="say which engine runs and why")
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """One frame, or every frame of two folders, of a video or of shards."""
    if options.workers is not None and not options.ray:
        raise SpnetError("--workers are those of a cluster; add --ray, or leave it out")
    is_shards = options.depth is None
    if is_shards or sequences.is_sequence(options):
        if options.ply or options.camera or options.confidence:
            raise SpnetError(
                "--ply, --confidence and --camera take one frame; for folders and videos leave them out, and for shards"
            )
        manner = _manner(options)
        if options.ray:  # first of all: it may have taken a folder for its address
            cluster_of(options, threads=manner.threads, models=[manner.model])
        if is_shards:
            return shards.complete(options, manner)
        return sequences.run(options, manner, lambda: _load(options, manner))
    if options.median != 1:
        raise SpnetError("--median takes the frames of two folders, or of a video and a folder; for one leave it out")
    if options.ray:
        raise SpnetError("--ray spreads the frames of folders and shards; for one leave it out")
    from spnet.files.images import exif_rotated
    from spnet.frame import Frame
    from spnet.show import PICTURE_SUFFIXES

    outputs = [
        (options.output, DEPTH_SUFFIXES),
        (options.ply, (".ply",)),
        (options.preview, PICTURE_SUFFIXES),
        (options.confidence, (".png",)),
    ]
    check_outputs(outputs, inputs=[options.rgb, options.depth, options.camera], overwrite=options.force)
    frame = Frame.from_files(options.rgb, options.depth, depth_unit=options.unit, camera=options.camera)
    if exif_rotated(options.rgb):
        note(f"{options.rgb.name}: is marked as turned (EXIF); its pixels are taken as stored, as the depth's are")
    if frame.unit_note:
        note(f"{options.depth.name}: {frame.unit_note}")
    completer = _load(options, _manner(options))
    depth = completer(frame, keep_measured=options.keep_measured)
    if options.confidence:  # first, as not every model gives one
        depth.save_confidence(options.confidence, overwrite=options.force)
    depth.save(options.output, unit=written_unit(options), overwrite=options.force)
    if options.ply:
        depth.save(options.ply, overwrite=options.force)
        if depth.camera_is_assumed:
            note(f"{options.ply.name}: made with an assumed camera; pass --camera for true proportions")
    if options.preview:
        depth.preview(options.preview, overwrite=options.force)
    facts = {
        "output": str(options.output),
        "width": frame.width,
        "height": frame.height,
        "model": depth.model,
        "engine": depth.engine,
        "engine_reason": depth.engine_reason,
        "input_points": depth.input_points,
        "nearest_m": round(float(depth.metres.min()), 4),
        "farthest_m": round(float(depth.metres.max()), 4),
        "tiles": depth.tiles,
        "repaired": depth.repaired,
        "seconds": round(depth.seconds, 4),
    }
    line = (
        f"{facts['output']}: {frame.width}x{frame.height}, {facts['nearest_m']:.3g} to {facts['farthest_m']:.3g} m, "
        f"from {depth.input_points:,} points by {depth.model} in {depth.seconds:.3f} s"
    )
    result(facts, [line], options)
    return 0


def _manner(options: argparse.Namespace) -> "Manner":
    from spnet.jobs import Manner

    return Manner(
        model=options.model,
        max_depth=options.max_depth,
        engine=options.engine,
        precision=options.precision,
        threads=1 if options.ray and options.threads is None else options.threads,
        memory=options.memory,
        unit=options.unit,
        out_unit=written_unit(options),
        keep_measured=options.keep_measured,
        overwrite=options.force,
    )


def _load(options: argparse.Namespace, manner: "Manner") -> "Completer":
    from spnet.jobs import loaded

    start = time.monotonic()
    completer = loaded(manner)
    if options.verbose:
        seconds = time.monotonic() - start
        note(f"{completer.model}: {completer.engine} ({completer.engine_reason}), loaded in {seconds:.2f} s")
    return completer
