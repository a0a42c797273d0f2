"""How much is taken in: requests at a time, bytes of a body while they arrive, and seconds that they may take."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spnet.serve.counters import Counters
from spnet.serve.settings import Settings

_DRAIN_SECONDS = 2.0  # a client that still sends does not read; until then what it sends is dropped


def bounded(app: ASGIApp, settings: Settings, counters: Counters) -> ASGIApp:
    """The application, given no more than it can take: the rest is refused while it arrives, before it is parsed."""

    async def intake(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await app(scope, receive, send)
            return
        if counters.in_progress >= settings.queue:
            await busy(counters)(scope, receive, send)
            return
        counters.in_progress += 1
        try:
            await _limited(app, settings, scope, receive, send)
        finally:
            counters.in_progress -= 1

    return intake


def busy(counters: Counters) -> JSONResponse:
    """The answer to a client that has to come again later."""
    seconds = counters.retry_after()
    return JSONResponse(
        {"error": f"too many requests wait already: ask again in {seconds} s"}, 503, {"retry-after": str(seconds)}
    )


@dataclass
class _Body:
    """A request's body while it arrives; once it is refused, the application hears that the client left."""

    receive: Receive
    most_bytes: int
    deadline: float
    seen: int = 0
    complete: bool = False
    refusal: JSONResponse | None = None

    async def __call__(self) -> Message:
        if self.complete:
            return await self.receive()  # which says only, one day, that the client has left
        try:
            message = await asyncio.wait_for(self.receive(), self.deadline - time.monotonic())
        except asyncio.TimeoutError:
            return self._refuse(408, "the request took too long to arrive")
        if message["type"] != "http.request":
            return message
        self.seen += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        if self.seen > self.most_bytes:
            return self._refuse(413, too_large(self.most_bytes))
        return message

    def _refuse(self, status: int, message: str) -> Message:
        self.refusal = _last_word(status, message)
        return {"type": "http.disconnect"}


async def _limited(app: ASGIApp, settings: Settings, scope: Scope, receive: Receive, send: Send) -> None:
    body = _Body(receive, settings.max_body_bytes, time.monotonic() + settings.upload_seconds)
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > settings.max_body_bytes:
        body.refusal = _last_word(413, too_large(settings.max_body_bytes))
    else:

        async def send_unless_refused(message: Message) -> None:
            if body.refusal is None:
                await send(message)

        await app(scope, body, send_unless_refused)
    if body.refusal is not None:
        if not body.complete and "expect" not in Headers(scope=scope):
            await _drain(receive)
        await body.refusal(scope, receive, send)


async def _drain(receive: Receive) -> None:
    async def drop() -> None:
        while (await receive()).get("more_body", False):
            pass

    await asyncio.wait({asyncio.ensure_future(drop())}, timeout=_DRAIN_SECONDS)


def too_large(most_bytes: int) -> str:
    """What a client hears of a body with more than `most_bytes`."""
    return f"the request has more than the {most_bytes:,} bytes that are taken; send less, or smaller images"


def _last_word(status: int, message: str) -> JSONResponse:
    headers: dict[str, Any] = {"connection": "close"}  # whatever of the body still comes is not read
    return JSONResponse({"error": message}, status, headers)
