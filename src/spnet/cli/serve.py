"""``spnet serve``: a page and an HTTP service."""

import argparse
import secrets
import sys
from contextlib import suppress
from typing import Any

from spnet.cli.console import result


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="a page to try it on, and an HTTP service",
        description="Serve a page and an HTTP interface until Ctrl+C. Only this machine reaches it, unless --host "
        "says otherwise; then a token is needed, and one is made and printed if none is given. See docs/service.md.",
    )
    command.add_argument(
        "--model",
        nargs="+",
        metavar="MODEL",
        help="what clients can choose from: nearest, linear, morphology, guided, nano, or weights files; the first is "
        "the default (default: all that need no file)",
    )
    command.add_argument(
        "--max-depth",
        type=float,
        metavar="M",
        help="metres that the weights' training divided depth by, if the files do not say",
    )
    command.add_argument("--engine", default="auto", help="auto, openvino, torch or onnxruntime (default: %(default)s)")
    command.add_argument(
        "--memory", type=float, default=2.0, metavar="GIB", help="for a network while it runs (default: %(default)s)"
    )
    command.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    command.add_argument("--port", type=int, default=8000, help="0 takes a free one (default: %(default)s)")
    command.add_argument(
        "--allow-host",
        nargs="+",
        default=[],
        metavar="NAME",
        help="names by which clients may call this machine, beside its address",
    )
    command.add_argument("--token", help="what clients have to know (default: none on this machine, else a new one)")
    command.add_argument("--queue", type=int, default=16, help="requests taken at a time (default: %(default)s)")
    command.add_argument(
        "--batch",
        type=int,
        default=8,
        help="how many waiting requests of one size a network completes at once (default: %(default)s)",
    )
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """Serve until the process is told to stop."""
    from spnet.serve import Settings, build, listen, server
    from spnet.serve.settings import IN_PACKAGE, is_loopback

    settings = Settings(
        models=tuple(options.model or IN_PACKAGE),
        max_depth=options.max_depth,
        engine=options.engine,
        max_memory=options.memory,
        host=options.host,
        port=options.port,
        names=tuple(options.allow_host),
        token=options.token or (None if is_loopback(options.host) else secrets.token_urlsafe(24)),
        queue=options.queue,
        batch=options.batch,
    )
    app = build(settings)
    with listen(settings) as listener:
        name = settings.names[0] if settings.names else settings.host
        url = f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}/"
        page = f"{url}#token={settings.token}" if settings.token else url
        result({"url": url, "token": settings.token}, [f"{page} (stop with Ctrl+C)"], options)
        sys.stdout.flush()  # who started this waits for the line
        with suppress(KeyboardInterrupt):  # the way to stop it; answers under way are out by then
            server(app).run(sockets=[listener])
    return 0
