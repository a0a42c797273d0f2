"""Work for several processes: results in the order of the tasks, a death told, an interrupt obeyed.

`concurrent.futures` can be left waiting for ever by an interrupt at the wrong moment, and `multiprocessing.Pool` by a
process that dies; a pipe to each process tells both at once.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from spnet.errors import SpnetError

T = TypeVar("T")
R = TypeVar("R")

_FAILED = 1  # exit status of a process that an exception has ended; it has printed its traceback


def in_processes(work: Callable[[T], R], tasks: Sequence[T], count: int) -> Iterator[R]:
    """Yield ``work(task)`` for each task, in their order, done by that many processes.

    Args:
        work: a function of a module; it, tasks and results are pickled.
        tasks: what to do.
        count: processes; they end when the iterator does, or this process.

    Raises:
        SpnetError: what `work` raised as one, or a process died.
        RuntimeError: another exception ended a process.
    """
    context = multiprocessing.get_context("spawn")  # engines hold threads, which a fork does not copy
    processes: dict[Connection[Any, Any], BaseProcess] = {}
    waiting, done = deque(enumerate(tasks)), dict[int, R]()
    try:
        for _ in range(min(count, len(tasks))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(work, theirs), daemon=True)
            process.start()
            theirs.close()  # so that the other end is closed when the process dies
            processes[ours] = process
            _exchange(ours.send, process, waiting.popleft())
        for index in range(len(tasks)):
            while index not in done:
                ready = wait(list(processes))
                for connection in (each for each in processes if each in ready):
                    finished, result = _exchange(connection.recv, processes[connection])
                    if isinstance(result, SpnetError):
                        raise result
                    done[finished] = result
                    if waiting:
                        _exchange(connection.send, processes[connection], waiting.popleft())
            yield done.pop(index)
    finally:
        for started in processes.values():
            started.terminate()
            started.join()


def _serve(work: Callable[[T], R], connection: "Connection[Any, Any]") -> None:
    """Do what comes, until the other end is closed. Ctrl-C is for the main process to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            index, task = connection.recv()
        except EOFError:
            return
        try:
            result: R | SpnetError = work(task)
        except SpnetError as error:
            result = error
        connection.send((index, result))


def _exchange(call: Callable[..., Any], process: BaseProcess, *arguments: object) -> Any:
    """Send to a process, or receive from it, as long as it lives."""
    try:
        return call(*arguments)
    except (EOFError, OSError):
        process.join()
    if process.exitcode == _FAILED:
        raise RuntimeError("an exception ended a worker process; its traceback stands above")
    raise SpnetError("a worker process died, most often for lack of memory: use fewer workers")
