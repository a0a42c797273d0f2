"""The command line's grammar: one command a module, and what all of them take."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

from spnet import __version__
from spnet.cli import complete, evaluate, export, importing, info, project, ros, serve, shards, synth, train, view

_COMMANDS = (complete, shards, project, info, importing, synth, evaluate, train, serve, ros, view, export)


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2 and one line, not the usage."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What a command line asks for: ``command`` and the values of its arguments; exits where it asks wrongly."""
    parser = Parser(prog="spnet", description="Depth completion: a photo and sparse depth in, dense metric depth out.")
    parser.add_argument("--version", action="version", version=f"spnet {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for module in _COMMANDS:
        for command in module.add(commands):
            if module is not evaluate:  # whose JSON is long, and goes to a file
                command.add_argument("--json", action="store_true", help="print the result as one JSON object")
            command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser.parse_args(arguments)
