"""What the command line says: results to stdout, notes and progress to stderr. The only place that prints."""

import argparse
import json
import shutil
import sys
import time
import traceback
from typing import Any


def result(facts: dict[str, Any], lines: list[str], options: argparse.Namespace) -> None:
    print(json.dumps(facts) if options.json else "\n".join(_one_line(line) for line in lines))


def note(text: str) -> None:
    print(f"spnet: {_one_line(text)}", file=sys.stderr)


def progress(done: int, total: int, start: float, name: str, *, unit: str = "frames", begun: int = 0) -> None:
    """A bar on a terminal. `begun` is how many were done already at `start`."""
    if not sys.stderr.isatty():
        return
    rate = (done - begun) / max(time.monotonic() - start, 1e-9)
    left = f"{_duration((total - done) / rate)} left" if done < total else "done"
    bar = ("#" * (20 * done // total)).ljust(20)
    line = f"[{bar}] {done}/{total}  {rate:.1f} {unit}/s  {left}  {name}"
    print(
        f"\r{line[: shutil.get_terminal_size().columns - 1]}\033[K",
        end="\n" if done == total else "",
        file=sys.stderr,
    )


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def fail(status: int, message: str, options: argparse.Namespace) -> int:
    if options.debug:
        traceback.print_exc()
    note(" ".join(message.split()))
    return status


def shown(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple | list):
        return (" to " if len(value) == 2 else ", ").join(shown(item) for item in value)
    return str(value)


def _one_line(text: str) -> str:
    """Names of files and of weights may hold anything, also what a terminal obeys."""
    return "".join(character if character.isprintable() else "?" for character in text)
