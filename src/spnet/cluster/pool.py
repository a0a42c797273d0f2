"""Workers on a cluster: what they are given, and what comes back."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from spnet import __version__
from spnet.cluster.worker import Fault, Ledger, Worker
from spnet.errors import SpnetError
from spnet.files.limits import one_line

T = TypeVar("T")
R = TypeVar("R")

_ROUNDS = 8  # parts that each worker is given at least: the last to end keeps the others waiting for one of them


@dataclass(frozen=True)
class Pool:
    """Room for workers on a cluster. Made by `spnet.cluster.connected`."""

    ray: Any
    workers: int
    threads: int
    """Processors that each takes."""
    gpus: float
    """That each takes; less than 1 where several share one."""
    nodes: int
    afterwards: ExitStack
    """Contexts that are left only when no worker runs any more."""

    def spread(
        self, work: Callable[[T], R], tasks: Sequence[T], *, together: int = 1
    ) -> Iterator[tuple[int, R | SpnetError]]:
        """Yield the index and the result of every task, as they are done.

        A worker lives as long as there are tasks, so what `work` keeps between calls, as a loaded model, stays warm. It
        runs in this process's folder. Tasks whose worker died are begun again, on other nodes if they have to, so they
        should leave what is finished alone. One whose worker died every time has an error for its result.

        Args:
            work: a function of a module that the nodes have; it, tasks and results are pickled.
            tasks: what to do.
            together: at most so many go to a worker at once, fewer where that would leave others idle. Sending takes
                milliseconds.

        Raises:
            SpnetError: what `work` raised as one; or the cluster is gone, or has no such version of this package.
            RuntimeError: another exception in `work`; its traceback is in the message.
        """
        together = max(1, min(together, len(tasks) // (_ROUNDS * self.workers)))
        numbered = list(enumerate(tasks))
        parts = [numbered[start : start + together] for start in range(0, len(tasks), together)]
        left = set(range(len(tasks)))
        for index, result in self._results(work, [{"tasks": pickle.dumps(part)} for part in parts]):
            left.discard(index)
            yield index, _checked(result)
        for index in sorted(left):
            yield index, SpnetError("the cluster lost this task; run the command again: what is finished is skipped")

    def _results(self, work: Callable[[T], R], rows: list[dict[str, bytes]]) -> Iterator[tuple[int, Any]]:
        """What the workers give for rows of several tasks each."""
        data = self.ray.data
        with self._settings(), self._plain_errors():
            ledger = self.ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Ledger).remote()
            results = data.from_items(rows, override_num_blocks=len(rows)).map_batches(
                Worker,
                fn_constructor_args=(work, ledger, str(Path.cwd()), __version__),
                batch_size=None,
                batch_format="pyarrow",
                compute=data.ActorPoolStrategy(size=min(self.workers, len(rows)), max_tasks_in_flight_per_actor=1),
                num_cpus=self.threads,
                num_gpus=self.gpus,
            )
            for table in results.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                yield from map(pickle.loads, table["result"].to_pylist())  # of our own workers

    @contextmanager
    def _settings(self) -> Iterator[None]:
        """Ray Data's settings for this run: no messages, no end for want of progress, no failure that stops others."""
        context = self.ray.data.DataContext.get_current()
        settings = {
            "enable_progress_bars": False,
            "print_on_execution_start": False,
            "max_errored_blocks": -1,
            "execution_no_progress_timeout_s": -1,  # a shard may take hours
        }
        before = {name: getattr(context, name) for name in settings if hasattr(context, name)}
        try:
            for name in before:
                setattr(context, name, settings[name])
            yield
        finally:
            for name, value in before.items():
                setattr(context, name, value)

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except self.ray.exceptions.RayError as error:
            raise SpnetError(f"the Ray cluster could not go on: {one_line(error)}") from error


def _checked(result: Any) -> Any:
    if isinstance(result, Fault):
        if result.is_of_task:
            return result.error
        raise result.error
    return result
