"""What lives on a cluster: workers, as Ray Data keeps them, and the ledger of what they have begun."""

import os
import pickle
import platform
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spnet import __version__
from spnet.errors import SpnetError

MOST_BEGINNINGS = 4
"""How often a task is begun whose worker died, alone or with its node. Ray would go on for ever."""


@dataclass(frozen=True)
class Fault:
    """Why a task has no result: an SpnetError, or what is a fault of ours."""

    error: SpnetError | RuntimeError
    is_of_task: bool = False
    """Whether other tasks go on."""


class Ledger:
    """An actor that counts how often tasks were begun and not ended."""

    def __init__(self) -> None:
        self._begun: dict[int, int] = {}

    def begin(self, index: int) -> int:
        """How often this task has been begun now."""
        self._begun[index] = self._begun.get(index, 0) + 1
        return self._begun[index]

    def end(self, index: int) -> None:
        """The task is done: its worker may die of others."""
        self._begun.pop(index, None)


class Worker:
    """Called by Ray Data with a table of pickled tasks, and gives one of pickled results. Kept until all are done."""

    def __init__(self, work: Callable[[Any], Any], ledger: Any, folder: str, version: str) -> None:
        """Make a worker, which warms up with its first task.

        Args:
            work: what to do with a task.
            ledger: the actor of `Ledger`.
            folder: where the command runs: relative paths mean the same here, also in what errors say.
            version: of the package that gives the tasks.
        """
        self._work = work
        self._ledger = ledger
        self._refusal = _refusal(folder, version)

    def __call__(self, table: Any) -> Any:
        """A table with the column "tasks" to one with the column "result", both binary."""
        import pyarrow

        results = [
            pickle.dumps((index, self._result(index, task)))
            for pickled in table["tasks"].to_pylist()
            for index, task in pickle.loads(pickled)  # of our own command
        ]
        return pyarrow.table({"result": pyarrow.array(results, pyarrow.binary())})

    def _result(self, index: int, task: Any) -> Any:
        if self._refusal:
            return Fault(self._refusal)
        import ray

        if ray.get(self._ledger.begin.remote(index)) > MOST_BEGINNINGS:
            died = f"{MOST_BEGINNINGS} workers died of it, most often for lack of memory: use fewer workers on a node"
            return Fault(SpnetError(died), is_of_task=True)
        try:
            return self._work(task)
        except SpnetError as error:
            return Fault(error)
        except MemoryError:
            return Fault(SpnetError("not enough memory for a frame in a worker; use fewer workers on a node"))
        except Exception:
            return Fault(RuntimeError(f"an exception ended a task of a worker: {traceback.format_exc()}"))
        finally:
            self._ledger.end.remote(index)


def _refusal(folder: str, version: str) -> SpnetError | None:
    """Why nothing can be done here."""
    node = platform.node()
    if version != __version__:
        return SpnetError(f"{node}: has spnet {__version__}, expected {version}; install the same on every node")
    try:
        os.chdir(folder)
    except OSError as error:
        return SpnetError(
            f"{node}: cannot enter {folder}: {error.strerror}; mount the same storage under the same path on every "
            "node of the cluster"
        )
    return None
