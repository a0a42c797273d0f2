"""One queue and one thread, which alone owns the models and takes requests in the order in which they came; those that
go through the same network at the same size go through it together."""

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from starlette.requests import Request

from spnet import metrics
from spnet.completion import Completer, load, padded_size
from spnet.depth import Depth
from spnet.errors import SpnetError
from spnet.frame import Frame
from spnet.serve import answers, uploads
from spnet.serve.answers import Answer
from spnet.serve.settings import Settings
from spnet.sparsify import sparsify
from spnet.units import parse_unit

_MOST_PIXELS = 2**20
"""Of a batch, all frames together. Larger frames fill the processor alone: together they would take more memory, and
each as long as before (benchmarks/serve.py)."""


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


@dataclass(eq=False)
class _Job:
    """An order, and the answer that its client waits for."""

    order: Order
    answer: Future[Answer] = field(default_factory=Future)

    @cached_property
    def size(self) -> tuple[int, int] | None:
        """Height and width that a network gets for the image, by its header; None where the header does not say."""
        try:
            width, height = uploads.size_of(self.order.files)
        except SpnetError:  # the client hears of it when it is this order's turn
            return None
        return padded_size(height, width)


@dataclass(frozen=True)
class _Ready:
    """A job whose frame is read."""

    job: _Job
    frame: Frame
    """What the client sent."""
    given: Frame
    """What of it the model gets."""


@dataclass(frozen=True)
class Workshop:
    """The models by name, the default first, and the thread that runs them."""

    completers: Mapping[str, Completer]
    settings: Settings
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="spnet"))
    _waiting: list[_Job] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    """Of what waits: the event loop adds to it, the thread takes from it."""

    async def answer(self, order: Order, request: Request) -> Answer:
        """Wait for the order's turn and for its answer.

        What has started is finished: a thread cannot be stopped, and the order's files have to stay open.

        Raises:
            NotStarted: the client left, or its turn did not come in `Settings.wait_seconds`.
            SpnetError: what the client sent cannot be completed.
        """
        job = _Job(order)
        with self._lock:
            self._waiting.append(job)
        self._thread.submit(self._take_turn)
        done: asyncio.Future[Any] = asyncio.wrap_future(job.answer)
        left: asyncio.Future[Any] = asyncio.ensure_future(
            request.receive()
        )  # after the body comes only that the client has left
        try:
            await asyncio.wait({done, left}, timeout=self.settings.wait_seconds, return_when=asyncio.FIRST_COMPLETED)
            if not done.done() and job.answer.cancel():
                raise NotStarted
            return await done
        finally:
            left.cancel()

    def close(self) -> None:
        """Wait for what has started; cancel the rest."""
        self._thread.shutdown(cancel_futures=True)
        for job in self._waiting:
            job.answer.cancel()

    def _take_turn(self) -> None:
        """Work off a batch. There is a turn for every order, so after batches some find nothing that waits."""
        start = time.perf_counter()
        jobs = self._next_batch()
        try:
            ready = []
            for job in jobs:
                with _answering(job):
                    ready.append(self._read(job))
            for one, depth, together in self._completed(ready):
                with _answering(one.job):
                    body = _encoded(one, depth)
                    seconds = (time.perf_counter() - start) / len(jobs)
                    kind = answers.MEDIA_TYPES[one.job.order.form]
                    one.job.answer.set_result(Answer(body, kind, depth.model, seconds, together))
        except Exception as error:  # a fault of ours: nobody is left waiting for it
            for job in jobs:
                if not job.answer.done():
                    job.answer.set_exception(error)

    def _next_batch(self) -> list[_Job]:
        """Off the queue: the first order that somebody waits for, and those behind it that can run with it."""
        with self._lock:
            waiting = [job for job in self._waiting if not job.answer.cancelled()]
        batch = self._alike(waiting)  # reads headers: the event loop does not wait for that
        with self._lock:
            self._waiting[:] = [job for job in self._waiting if job not in batch and not job.answer.cancelled()]
        return [job for job in batch if job.answer.set_running_or_notify_cancel()]

    def _alike(self, waiting: Sequence[_Job]) -> list[_Job]:
        """The first, and of the others those of its model and size, no more than memory and settings allow."""
        if not waiting:
            return []
        first = waiting[0]
        model, size = first.order.model, first.size
        if size is None:
            return [first]
        pays = max(_MOST_PIXELS // (size[0] * size[1]), 1)
        most = min(self.completers[model].most_together(*size), self.settings.batch, pays)
        others = (job for job in waiting[1:] if job.order.model == model and job.size == size)
        return [first, *itertools.islice(others, most - 1)]

    def _read(self, job: _Job) -> _Ready:
        order = job.order
        if order.out_unit:
            parse_unit(order.out_unit)  # what cannot be written is not worth the work
        with TemporaryDirectory(prefix="spnet-serve-") as folder:
            files = uploads.store(order.files, Path(folder))
            try:
                frame = uploads.frame_of(files, order.unit, max_pixels=self.settings.max_pixels)
            except SpnetError as error:
                raise type(error)(uploads.in_plain_words(error, files)) from None
        return _Ready(job, frame, _thinned(frame, order.pattern, order.seed) if order.pattern else frame)

    def _completed(self, batch: Sequence[_Ready]) -> list[tuple[_Ready, Depth, int]]:
        """Of jobs of one model, those that it can complete, their depths, and how many ran at once; the others have
        their answers."""
        if not batch:
            return []
        completer = self.completers[batch[0].job.order.model]
        if len(batch) > 1:
            given = [one.given for one in batch]
            keep = [one.job.order.keep_measured for one in batch]
            with suppress(SpnetError, MemoryError):  # each alone, then: whoever is at fault is told, the others are not
                depths = completer.together(given, keep_measured=keep)
                return [(one, depth, len(batch)) for one, depth in zip(batch, depths, strict=True)]
        completed = []
        for one in batch:
            with _answering(one.job):
                completed.append((one, completer(one.given, keep_measured=one.job.order.keep_measured), 1))
        return completed


@contextmanager
def _answering(job: _Job) -> Iterator[None]:
    """What goes wrong in the block is the answer to the job."""
    try:
        yield
    except MemoryError:
        job.answer.set_exception(uploads.TooLarge("image: not enough memory for this frame; make it smaller"))
    except Exception as error:
        job.answer.set_exception(error)


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
    return Workshop(completers, settings)


def _encoded(one: _Ready, depth: Depth) -> bytes:
    order = one.job.order
    errors = _errors(depth.metres, one.frame, one.given) if order.pattern and order.form == "json" else None
    with TemporaryDirectory(prefix="spnet-serve-") as folder:
        try:
            return answers.encode(depth, order.form, order.out_unit, Path(folder), errors)
        except SpnetError as error:
            raise type(error)(str(error).replace(folder, "the answer")) from None


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
