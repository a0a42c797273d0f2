"""What the tests of the cluster have workers do; workers import it by name."""

import os
import signal
from pathlib import Path

from spnet import SpnetError


def describe(task: int) -> tuple[int, str, int]:
    """The task, the folder it was done in, and by which process."""
    return task, str(Path.cwd()), os.getpid()


def kill_at_two(task: int) -> int:
    """Ends its process at one task, as the kernel does when there is no memory."""
    if task == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def refuse(task: int) -> int:
    """Fails as a model that cannot be loaded does."""
    raise SpnetError(f"no task {task} here")


def fault(task: int) -> float:
    """Fails by a fault of ours."""
    return task / 0


def exhaust(task: int) -> float:
    """Fails for lack of memory."""
    raise MemoryError
