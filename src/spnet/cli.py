"""The command line: ``spnet complete | project | info | import``. Results to stdout, all else to stderr.

Exit status: 0 done; 1 some frames of a folder failed, or this program did; 2 the input cannot be used.
"""

import argparse
import io
import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spnet.arguments import parse
from spnet.batch import DEPTH_SUFFIXES
from spnet.errors import SpnetError

FLOAT_SUFFIXES = tuple(suffix for suffix in DEPTH_SUFFIXES if suffix != ".png")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names need not fit the terminal's encoding
    options = parse(arguments)
    try:
        status = COMMANDS[options.command](options)
        sys.stdout.flush()
        return status
    except SpnetError as error:
        return _fail(2, str(error), options)
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        return _fail(2, f"{error.filename or 'output'}: {error.strerror}", options)
    except MemoryError:
        return _fail(
            2, "not enough memory for this frame; give a network less (--memory), or make the image smaller", options
        )
    except KeyboardInterrupt:
        return _fail(130, "interrupted", options)
    except Exception as error:  # a fault of this program: the one place that may catch all, to say so in a line
        return _fail(1, f"internal error, please report it: {type(error).__name__}: {error}", options)


def complete(options: argparse.Namespace) -> int:
    """One frame, or every frame of two folders."""
    if options.rgb.is_dir() or options.depth.is_dir():
        return _complete_folders(options)
    from spnet.files.images import exif_rotated
    from spnet.frame import Frame
    from spnet.show import PICTURE_SUFFIXES

    outputs = [(options.output, DEPTH_SUFFIXES), (options.ply, (".ply",)), (options.preview, PICTURE_SUFFIXES)]
    _check_outputs(outputs, inputs=[options.rgb, options.depth, options.camera], overwrite=options.force)
    frame = Frame.from_files(options.rgb, options.depth, depth_unit=options.unit, camera=options.camera)
    if exif_rotated(options.rgb):
        _note(f"{options.rgb.name}: is marked as turned (EXIF); its pixels are taken as stored, as the depth's are")
    if frame.unit_note:
        _note(f"{options.depth.name}: {frame.unit_note}")
    completer = _load(options)
    depth = completer(frame, keep_measured=options.keep_measured)
    depth.save(options.output, unit=_written_unit(options), overwrite=options.force)
    if options.ply:
        depth.save(options.ply, overwrite=options.force)
        if depth.camera_is_assumed:
            _note(f"{options.ply.name}: made with an assumed camera; pass --camera for true proportions")
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
    _result(facts, [line], options)
    return 0


def _complete_folders(options: argparse.Namespace) -> int:
    from spnet import batch
    from spnet.frame import Frame

    if options.ply or options.preview or options.camera:
        raise SpnetError("--ply, --preview and --camera take one frame; for folders leave them out")
    jobs = batch.plan(options.rgb, options.depth, options.output)
    completer = _load(options)

    def one(job: batch.Job) -> None:
        frame = Frame.from_files(job.rgb, job.depth or "", depth_unit=options.unit)
        depth = completer(frame, keep_measured=options.keep_measured)
        depth.save(job.output, unit=_written_unit(options), overwrite=options.force)

    outcomes: list[batch.Outcome] = []
    start = time.monotonic()
    for outcome in batch.run(jobs, one, overwrite=options.force):
        outcomes.append(outcome)
        _progress(len(outcomes), len(jobs), start, outcome.job.name)
    failures = [outcome for outcome in outcomes if outcome.error]
    for failure in failures:
        _note(str(failure.error))
    skipped = sum(outcome.skipped for outcome in outcomes)
    facts = {
        "done": len(jobs) - skipped - len(failures),
        "skipped": skipped,
        "failed": {outcome.job.name: str(outcome.error) for outcome in failures},
    }
    line = f"{options.output}: {facts['done']} completed, {skipped} there already, {len(failures)} failed"
    _result(facts, [line], options)
    return 1 if failures else 0


def project(options: argparse.Namespace) -> int:
    """A point cloud into the view of an image: sparse depth."""
    from spnet import points
    from spnet.calibration import read_calibration, read_transform
    from spnet.clouds import read_cloud
    from spnet.files.depth import write_depth
    from spnet.files.images import read_image

    inputs = [options.cloud, options.image, options.camera, options.extrinsics]
    _check_outputs([(options.output, DEPTH_SUFFIXES)], inputs=inputs, overwrite=options.force)
    image = read_image(options.image)
    size = (image.shape[1], image.shape[0])
    calibration = read_calibration(options.camera, size=size, image_name=options.image.name)
    transform = read_transform(options.extrinsics) if options.extrinsics else calibration.camera_from_cloud
    cloud = read_cloud(options.cloud)
    depth = points.project(cloud, calibration.camera, transform, remove_hidden=not options.keep_hidden)
    measured = int((depth > 0).sum())
    if measured == 0:
        raise SpnetError(
            f"{options.cloud}: none of its {len(cloud):,} points falls into the image; check the calibration, "
            "or pass --extrinsics (4x4, cloud to camera: x right, y down, z forward)"
        )
    write_depth(options.output, depth, options.unit, overwrite=options.force)
    facts = {"output": str(options.output), "cloud_points": len(cloud), "measured_pixels": measured}
    percent = 100 * measured / depth.size
    line = f"{options.output}: {measured:,} measured pixels ({percent:.2g} %) from {len(cloud):,} points"
    _result(facts, [line], options)
    return 0


def info(options: argparse.Namespace) -> int:
    """What a depth file or a weights file holds."""
    from spnet.weights.files import SUFFIXES

    if options.file.suffix.lower() in SUFFIXES:
        from spnet.weights.describe import describe

        facts = describe(options.file)
    else:
        from spnet.files.depth import describe_depth

        facts = {name: value for name, value in asdict(describe_depth(options.file)).items() if value is not None}
    width = max(len(name) for name in facts)
    _result(
        facts,
        [f"{name.replace('_', ' '):{width}}  {_shown(value)}" for name, value in facts.items()],
        options,
    )
    return 0


def import_(options: argparse.Namespace) -> int:
    """The authors' checkpoint to safetensors."""
    from spnet.weights.describe import describe
    from spnet.weights.importing import import_checkpoint

    _check_outputs([(options.output, (".safetensors",))], inputs=[options.checkpoint], overwrite=options.force)
    import_checkpoint(
        options.checkpoint,
        options.output,
        max_depth=options.max_depth,
        name=options.name,
        licence=options.licence,
        norm=options.norm,
        overwrite=options.force,
    )
    facts = describe(options.output)
    line = f"{options.output}: {facts['family']} {facts['variant']}, {facts['parameters']:,} parameters"
    _result(facts, [line], options)
    return 0


def _load(options: argparse.Namespace) -> Any:
    from spnet.completion import load
    from spnet.engines import Options

    start = time.monotonic()
    completer = load(
        options.model,
        max_depth=options.max_depth,
        engine=options.engine,
        options=Options(precision=options.precision),
        max_memory=options.memory,
    )
    if options.verbose:
        seconds = time.monotonic() - start
        _note(f"{completer.model}: {completer.engine} ({completer.engine_reason}), loaded in {seconds:.2f} s")
    return completer


def _written_unit(options: argparse.Namespace) -> str | None:
    """The unit to write: the one asked for; else integers take the one that was read, and floats none."""
    if options.out_unit or options.unit == "m" or options.output.suffix.lower() in FLOAT_SUFFIXES:
        return options.out_unit
    return options.unit


def _check_outputs(
    outputs: list[tuple[Path | None, tuple[str, ...]]], *, inputs: list[Path | None], overwrite: bool
) -> None:
    """Before any work: every output's extension, that it may be written, and that it is no input."""
    from spnet.files.atomic import refuse_to_overwrite

    taken = {path.resolve() for path in inputs if path}
    for path, suffixes in outputs:
        if path is None:
            continue
        if path.resolve() in taken:
            raise SpnetError(f"{path}: is an input or another output too; choose another name")
        taken.add(path.resolve())
        refuse_to_overwrite(path, overwrite=overwrite)
        if path.suffix.lower() not in suffixes:
            raise SpnetError(f"{path}: expected a name that ends in {', '.join(suffixes)}")


def _shown(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple | list):
        return (" to " if len(value) == 2 else ", ").join(_shown(item) for item in value)
    return str(value)


def _result(facts: dict[str, Any], lines: list[str], options: argparse.Namespace) -> None:
    print(json.dumps(facts) if options.json else "\n".join(_one_line(line) for line in lines))


def _note(text: str) -> None:
    print(f"spnet: {_one_line(text)}", file=sys.stderr)


def _one_line(text: str) -> str:
    """Names of files and of weights may hold anything, also what a terminal obeys."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _progress(done: int, total: int, start: float, name: str) -> None:
    if not sys.stderr.isatty():
        return
    rate = done / max(time.monotonic() - start, 1e-9)
    left = f"{(total - done) / rate:.0f} s left" if done < total else "done"
    bar = ("#" * (20 * done // total)).ljust(20)
    line = f"[{bar}] {done}/{total}  {rate:.1f} frames/s  {left}  {name}"
    print(
        f"\r{line[: shutil.get_terminal_size().columns - 1]}\033[K",
        end="\n" if done == total else "",
        file=sys.stderr,
    )


def _fail(status: int, message: str, options: argparse.Namespace) -> int:
    if options.debug:
        traceback.print_exc()
    _note(" ".join(message.split()))
    return status


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "complete": complete,
    "project": project,
    "info": info,
    "import": import_,
}
