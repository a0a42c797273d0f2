"""What the commands that write files share: the words for units, and the checks before any work."""

import argparse
from pathlib import Path

from spnet.batch import DEPTH_SUFFIXES
from spnet.errors import SpnetError

FLOAT_SUFFIXES = tuple(suffix for suffix in DEPTH_SUFFIXES if suffix != ".png")
UNIT_HELP = "unit of integer depth files: mm, kitti (1/256 m), tum (1/5000 m), m, or max-depth:N (65535 is N m)"


def check_outputs(
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


def written_unit(options: argparse.Namespace) -> str | None:
    """The unit to write: the one asked for; else integers take the one that was read, and floats none."""
    if options.out_unit or options.unit == "m" or options.output.suffix.lower() in FLOAT_SUFFIXES:
        return options.out_unit
    return options.unit
