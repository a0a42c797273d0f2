"""The socket, and the loop that answers it."""

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from spnet.errors import SpnetError
from spnet.serve.settings import Settings

_MOST_CONNECTIONS = 256
_BACKLOG = 256
_SILENCE_SECONDS = 10.0
_LOGGING = {  # faults inside reach stderr, as Python's logging has it by default; what clients send does not
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"python_multipart": {"level": "CRITICAL"}},
}


class _Connection(H11Protocol):
    """A connection that is closed where no request has begun between two looks at it.

    Uvicorn itself waits for the first request, and for the end of one's headers, for as long as a client likes.
    """

    _seen: object = None
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look = self.loop.call_later(_SILENCE_SECONDS, self._close_if_silent, True)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self, was_silent: bool) -> None:
        is_silent = self.cycle is None or self.cycle.response_complete
        if is_silent and was_silent and self.cycle is self._seen:
            self.transport.close()
            return
        self._seen = self.cycle
        self._look = self.loop.call_later(_SILENCE_SECONDS, self._close_if_silent, is_silent)


def listen(settings: Settings) -> socket.socket:
    """Take the address; from then on clients can connect, and wait until a `server` answers.

    Raises:
        SpnetError: the port is in use, or the address is none of this machine.
    """
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise SpnetError(f"{where}: no address to listen at: {error}; --host takes one of this machine") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise SpnetError(
            f"{where}: cannot listen there: {error.strerror}; choose another port (--port), or stop what uses it"
        ) from error
    return listener


def server(app: ASGIApp) -> uvicorn.Server:
    """What answers at a socket, ``server(app).run(sockets=[listen(settings)])``, until the process is told to stop.

    Requests under way are answered first.
    """
    config = uvicorn.Config(
        app,
        http=_Connection,
        log_config=_LOGGING,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=30,
        ws="none",
    )
    return uvicorn.Server(config)
