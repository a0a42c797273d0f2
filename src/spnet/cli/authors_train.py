"""``train.py``, the training command of SPNet's authors: their flags make a run file, and that is followed."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spnet.batch import IMAGE_SUFFIXES
from spnet.cli.arguments import Parser
from spnet.cli.authors_test import MODEL_TYPES, blocks_and_channels, whole_numbers
from spnet.cli.console import fail, note
from spnet.cli.train import follow, share_processors
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.train import Recipe

_RUN_FILE = """\
[network]
{network}
norm = {norm}

[data]
size = [320, 320]
scale = "max_depth:{max_depth!r}"

[[data.source]]
kind = "authors"
path = {images}
max_depth = {max_depth!r}
{holes}
[augment]
preset = "authors"

[loss]
preset = "authors"

[optimiser]
steps = {steps}  # {epochs} epochs of {count} images
batch = {batch}
rate = {rate!r}
weight_decay = 0.05
warm_up = 0.05
clip = 0
ema = 0

[run]
precision = "{precision}"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 done, 2 the input cannot be used."""
    options = _parse(arguments)
    share_processors()
    try:
        return follow(recipe_of(options), options.save_dir, options)
    except SpnetError as error:
        return fail(2, str(error), options)
    except OSError as error:
        return fail(2, f"{error.filename or 'output'}: {error.strerror}", options)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="train.py",
        description="Train SPNet by its authors' recipe on their folders: RGBD_Datasets/<name>/rgb and depth, "
        "Hole_Datasets/<name>. The run file that these flags make is left beside the results as run.toml: edit it and "
        "pass it to spnet train to change anything else.",
    )
    parser.add_argument("--model_type", choices=MODEL_TYPES, default="Large", help="(default: %(default)s)")
    for name in ("--dims", "--depths"):
        parser.add_argument(
            name,
            type=whole_numbers,
            metavar="[N,N,N,N]",
            help="channels and blocks instead of --model_type: the larger numbers are channels",
        )
    parser.add_argument("--dp_rate", type=float, help="stochastic depth (default: that of the model type, else 0)")
    parser.add_argument("--norm_type", default="CNX", help="CNX, GRN, LN ... (default: %(default)s)")
    parser.add_argument("--rgbd_dir", type=Path, default=Path("RGBD_Datasets"), help="(default: %(default)s)")
    parser.add_argument("--hole_dir", type=Path, default=Path("Hole_Datasets"), help="(default: %(default)s)")
    parser.add_argument("--save_dir", type=Path, default=Path("checkpoints"), help="(default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=300, help="(default: %(default)s)")
    parser.add_argument("--batch_size", type=int, default=64, help="of all processes (default: %(default)s)")
    parser.add_argument("--lr", type=float, default=2e-4, help="(default: %(default)s)")
    parser.add_argument(
        "--max_depth", type=float, default=20.0, metavar="M", help="metres of 65535 in the files (default: %(default)s)"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in --save_dir")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser.set_defaults(json=False, steps=None)
    return parser.parse_args(arguments)


def recipe_of(options: argparse.Namespace) -> "Recipe":
    """The recipe that the flags stand for, with its run file."""
    import torch

    from spnet.files.listing import names_in
    from spnet.train.runfile import parse_recipe

    folders = [options.rgbd_dir / "rgb", *sorted(options.rgbd_dir.glob("*/rgb"))]
    count = sum(len(names_in(folder, IMAGE_SUFFIXES)) for folder in folders if folder.is_dir())
    if not count:
        raise SpnetError(f"{options.rgbd_dir}: holds no images; expected <name>/rgb/*.png and <name>/depth/*.png")
    if options.epochs < 1 or options.batch_size < 1:
        raise SpnetError(f"--epochs {options.epochs}, --batch_size {options.batch_size}: expected at least 1 of each")
    has_holes = options.hole_dir.is_dir()
    if not has_holes:
        note(f"{options.hole_dir}: is no folder, so the input gets no holes of real sensors")
    text = _RUN_FILE.format(
        network=_network(options),
        norm=_quoted(options.norm_type),
        max_depth=options.max_depth,
        images=_quoted(options.rgbd_dir),
        holes=f"holes = {_quoted(options.hole_dir)}\n" if has_holes else "",
        steps=-(-options.epochs * count // options.batch_size),
        epochs=options.epochs,
        count=count,
        batch=options.batch_size,
        rate=options.lr,
        precision="f16" if torch.cuda.is_available() else "f32",
    )
    return parse_recipe(text, "train.py")


def _network(options: argparse.Namespace) -> str:
    lines = [f"variant = {_quoted(options.model_type)}"]
    if options.dims or options.depths:
        blocks, channels = blocks_and_channels(options)
        lines = [f"channels = {list(channels)}", f"blocks = {list(blocks)}"]
    return "\n".join(lines + ([f"drop_rate = {options.dp_rate!r}"] if options.dp_rate is not None else []))


def _quoted(value: object) -> str:
    """Text as TOML has it, which is as JSON has it."""
    return json.dumps(str(value), ensure_ascii=False)
