"""``spnet view``: frames and their dense depth in a viewer."""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.cli.console import note, progress, result
from spnet.cli.models import add_model
from spnet.cli.outputs import UNIT_HELP, check_outputs
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.depth import Depth


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "view",
        help="image, measured and dense depth, and the cloud, in a viewer",
        description="Complete one frame, or every frame of two folders, and show it in the rerun viewer.",
    )
    command.add_argument("rgb", type=Path, help="image, or a folder of images")
    command.add_argument("depth", type=Path, help="sparse depth, or a folder of it")
    command.add_argument("--unit", help=f"{UNIT_HELP} (default: mm)")
    command.add_argument("--camera", type=Path, help="calibration of the images (default: 60 degrees across)")
    add_model(command)
    command.add_argument("--save", type=Path, metavar="FILE", help="write a file for the viewer, .rrd, and open none")
    command.add_argument("--force", action="store_true", help="replace a file that exists")
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """Frames and their dense depth in a viewer."""
    from spnet import view
    from spnet.completion import load

    inputs = [options.rgb, options.depth, options.camera]
    check_outputs([(options.save, (".rrd",))], inputs=inputs, overwrite=options.force)
    pairs = _pairs(options)
    completer = load(options.model, max_depth=options.max_depth, engine=options.engine)
    failures: list[str] = []
    depths = _completed(pairs, completer, options, failures)
    count = view.save(depths, options.save, overwrite=options.force) if options.save else view.view(depths)
    for failure in failures:
        note(failure)
    facts = {"output": str(options.save or ""), "frames": count, "failed": len(failures)}
    result(facts, [f"{options.save or 'viewer'}: {count} of {len(pairs)} frames"], options)
    return 1 if failures else 0


def _pairs(options: argparse.Namespace) -> list[tuple[str, Path, Path | None]]:
    from spnet import batch

    if options.rgb.is_dir() or options.depth.is_dir():
        return batch.pair(options.rgb, options.depth)
    return [(options.rgb.name, options.rgb, options.depth)]


def _completed(
    pairs: list[tuple[str, Path, Path | None]], completer: Any, options: argparse.Namespace, failures: list[str]
) -> "Iterator[Depth]":
    """The frames that can be completed; of the others, why not. One alone has to be."""
    from spnet.frame import Frame

    start = time.monotonic()
    for done, (name, rgb, depth) in enumerate(pairs, start=1):
        try:
            if depth is None:
                raise SpnetError(f"{rgb}: the depth folder has no file of this name")
            yield completer(Frame.from_files(rgb, depth, depth_unit=options.unit, camera=options.camera))
        except SpnetError as error:
            if len(pairs) == 1:
                raise
            failures.append(str(error))
        progress(done, len(pairs), start, name)
