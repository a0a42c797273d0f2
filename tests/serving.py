"""A service on a port of its own, and a client that speaks to it over a socket."""

import gc
import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spnet.serve import Settings, build, listen, server

BOUNDARY = "spnet-test-boundary"

CUT_SHORT = "ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning"
"""For tests that send forms without an end: Starlette's parser does not close the file that it was in."""

_NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Reply:
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The one line of an answer that refuses."""
        assert list(self.json) == ["error"]
        line: str = self.json["error"]
        assert len(line.splitlines()) == 1
        return line


@dataclass(frozen=True)
class Client:
    """Asks one service."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = _NONE) -> Reply:
        connection = self.connect()
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def complete(self, fields: Mapping[str, str | Path | bytes], headers: Mapping[str, str] = _NONE) -> Reply:
        """POST /v1/complete: paths and bytes are files, text is text."""
        return self.ask("POST", "/v1/complete", form(fields), form_headers(headers))


def form_headers(headers: Mapping[str, str] = _NONE) -> dict[str, str]:
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **headers}


def form(fields: Mapping[str, str | Path | bytes]) -> bytes:
    """A form as a browser sends it."""
    parts = b""
    for name, value in fields.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, str):
            parts += f"{head}\r\n\r\n{value}\r\n".encode()
            continue
        file_name, content = (value.name, value.read_bytes()) if isinstance(value, Path) else ("file", value)
        parts += f'{head}; filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
        parts += content + b"\r\n"
    return parts + f"--{BOUNDARY}--\r\n".encode()


@contextmanager
def running(settings: Settings) -> Iterator[Client]:
    """A service that answers while the block runs."""
    listener = listen(settings)
    answering = server(build(settings))
    thread = threading.Thread(target=answering.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Client(listener.getsockname()[1])
    finally:
        answering.should_exit = True
        thread.join(timeout=30)
        listener.close()
        gc.collect()  # a form that was cut short leaves its file to the collector, with a warning: see CUT_SHORT
        assert not thread.is_alive()
