"""``spnet info``: what a depth file or a weights file holds."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spnet.cli.console import result, shown


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser("info", help="what a depth file or a weights file holds")
    command.add_argument("file", type=Path, help="or the name of a network of the package")
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """What a depth file or a weights file holds."""
    from spnet.weights.files import SHIPPED, SUFFIXES

    if options.file.suffix.lower() in SUFFIXES or str(options.file) in SHIPPED:
        from spnet.weights.describe import describe

        facts = describe(str(options.file))
    else:
        from spnet.files.depth import describe_depth

        facts = {name: value for name, value in asdict(describe_depth(options.file)).items() if value is not None}
    width = max(len(name) for name in facts)
    result(
        facts,
        [f"{name.replace('_', ' '):{width}}  {line}" for name, value in facts.items() for line in _lines(name, value)],
        options,
    )
    return 0


def _lines(name: str, value: object) -> list[str]:
    if name == "run_file":
        return [f"{len(str(value).splitlines())} lines; --json shows them"]
    if name == "results" and isinstance(value, list):
        return value
    return [shown(value)]
