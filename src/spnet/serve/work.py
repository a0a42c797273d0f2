"""The thread that does the work: it alone owns the models, and takes requests in the order in which they came."""

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from starlette.requests import Request

from spnet import metrics
from spnet.completion import Completer, load
from spnet.errors import SpnetError
from spnet.frame import Frame
from spnet.serve import answers, uploads
from spnet.serve.answers import Answer
from spnet.serve.settings import Settings
from spnet.sparsify import sparsify
from spnet.units import parse_unit


@dataclass(frozen=True)
class Order:
    """What a request asks for."""

    files: Mapping[str, tuple[BinaryIO, str]]
    """By role: what to read, and what the client calls it."""
    model: str
    form: str
    """Of the answer, a key of `answers.MEDIA_TYPES`."""
    unit: str | None = None
    out_unit: str | None = None
    pattern: str | None = None
    seed: int = 0
    keep_measured: bool = False


class NotStarted(Exception):  # noqa: N818 (not an error: the client has left, or its turn did not come)
    """The order was taken off the queue before its turn."""


@dataclass(frozen=True)
class Workshop:
    """The models by name, the default first, and their thread."""

    completers: Mapping[str, Completer]
    settings: Settings
    thread: ThreadPoolExecutor

    async def answer(self, order: Order, request: Request) -> Answer:
        """Wait for the order's turn and for its answer.

        What has started is finished: a thread cannot be stopped, and the order's files have to stay open.

        Raises:
            NotStarted: the client left, or its turn did not come in `Settings.wait_seconds`.
            SpnetError: what the client sent cannot be completed.
        """
        job: Future[Answer] = self.thread.submit(self._fill, order)
        done: asyncio.Future[Any] = asyncio.wrap_future(job)
        left: asyncio.Future[Any] = asyncio.ensure_future(
            request.receive()
        )  # after the body comes only that the client has left
        try:
            await asyncio.wait({done, left}, timeout=self.settings.wait_seconds, return_when=asyncio.FIRST_COMPLETED)
            if not done.done() and job.cancel():
                raise NotStarted
            return await done
        finally:
            left.cancel()

    def _fill(self, order: Order) -> Answer:
        start = time.perf_counter()
        with TemporaryDirectory(prefix="spnet-serve-") as name:
            files = uploads.store(order.files, Path(name))
            try:
                body = self._complete(order, files, Path(name))
            except SpnetError as error:
                raise type(error)(uploads.in_plain_words(error, files).replace(name, "the answer")) from None
            except MemoryError:
                raise uploads.TooLarge("image: not enough memory for this frame; make it smaller") from None
        return Answer(body, answers.MEDIA_TYPES[order.form], order.model, time.perf_counter() - start)

    def _complete(self, order: Order, files: Mapping[str, Path], folder: Path) -> bytes:
        if order.out_unit:
            parse_unit(order.out_unit)  # what cannot be written is not worth the work
        frame = uploads.frame_of(files, order.unit, max_pixels=self.settings.max_pixels)
        given = _thinned(frame, order.pattern, order.seed) if order.pattern else frame
        depth = self.completers[order.model](given, keep_measured=order.keep_measured)
        errors = _errors(depth.metres, frame, given) if order.pattern and order.form == "json" else None
        return answers.encode(depth, order.form, order.out_unit, folder, errors)


def open_workshop(settings: Settings) -> Workshop:
    """Load the models.

    Raises:
        SpnetError: as `spnet.load`, or two models of one name.
    """
    completers: dict[str, Completer] = {}
    for model in settings.models:
        completer = load(model, max_depth=settings.max_depth, engine=settings.engine, max_memory=settings.max_memory)
        if completer.model in completers:
            raise SpnetError(
                f"{model}: another model is named {completer.model} too; give one of the files another name"
            )
        completers[completer.model] = completer
    return Workshop(completers, settings, ThreadPoolExecutor(max_workers=1, thread_name_prefix="spnet"))


def _thinned(frame: Frame, pattern: str, seed: int) -> Frame:
    """The frame with what a sensor would have measured of its depth."""
    sparse = sparsify(frame.depth, pattern, seed=seed, frame="", camera=frame.camera, rgb=frame.rgb)
    if not sparse.mask.any():
        raise SpnetError(f"pattern {pattern!r}: leaves nothing of this depth; take one that keeps more")
    return Frame(frame.rgb, sparse.depth, camera=frame.camera)


def _errors(metres: Any, frame: Frame, given: Frame) -> dict[str, Any] | None:
    """How far the completion is from the depth that the pattern withheld; None if it withheld none."""
    withheld = frame.mask & ~given.mask
    if not withheld.any():
        return None
    measured = metrics.measure(metres, frame.depth, mask=withheld)
    return {"pixels": int(withheld.sum()), "rmse_m": measured["rmse"], "mae_m": measured["mae"], "rel": measured["rel"]}
