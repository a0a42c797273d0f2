"""``spnet import``: an authors' checkpoint to safetensors, once."""

import argparse
from pathlib import Path
from typing import Any

from spnet.cli.console import result
from spnet.cli.outputs import check_outputs


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "import",
        help="an authors' checkpoint to safetensors, once",
        description="Read a checkpoint of SPNet or PacGDC without executing anything in it, and write safetensors.",
    )
    command.add_argument("checkpoint", type=Path, help="the .pth or .pt file")
    command.add_argument("-o", "--output", type=Path, required=True, help="the .safetensors file to write")
    command.add_argument(
        "--max-depth",
        type=float,
        required=True,
        metavar="M",
        help="metres that its training divided depth by (the authors: 20 indoors, 100 outdoors)",
    )
    command.add_argument("--name", help="what to call the weights (default: the output's name)")
    command.add_argument("--licence", help="the terms they were released under (default: not stated)")
    command.add_argument("--norm", help="norm type, for ablation weights that do not tell: CN+X, CX or NX")
    command.add_argument("--force", action="store_true", help="replace a file that exists")
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """The authors' checkpoint to safetensors."""
    from spnet.weights.describe import describe
    from spnet.weights.importing import import_checkpoint

    check_outputs([(options.output, (".safetensors",))], inputs=[options.checkpoint], overwrite=options.force)
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
    result(facts, [line], options)
    return 0
