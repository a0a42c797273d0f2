"""The command line, a module for each command (``spnet --help``). Results to stdout, all else to stderr.

Exit status: 0 done; 1 some frames of a folder failed, or this program did; 2 the input cannot be used.
"""

import io
import os
import sys
from collections.abc import Sequence

from spnet.cli.arguments import parse
from spnet.cli.console import fail
from spnet.errors import SpnetError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names need not fit the terminal's encoding
    options = parse(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status
    except SpnetError as error:
        return fail(2, str(error), options)
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        return fail(2, f"{error.filename or 'output'}: {error.strerror}", options)
    except MemoryError:
        return fail(
            2, "not enough memory for this frame; give a network less (--memory), or make the image smaller", options
        )
    except KeyboardInterrupt:
        return fail(130, "interrupted", options)
    except Exception as error:  # a fault of this program: the one place that may catch all, to say so in a line
        return fail(1, f"internal error, please report it: {type(error).__name__}: {error}", options)
