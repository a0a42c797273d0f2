"""To a cluster and back: an address checked, Ray kept quiet, and everything as it was afterwards."""

import importlib
import logging
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from spnet.cluster.pool import Pool
from spnet.errors import SpnetError, require
from spnet.files.limits import one_line

LOCAL = "local"
"""The address of a cluster of this machine alone, started for this run and stopped after it."""
AUTO = "auto"
"""The address of the cluster that this machine is a node of."""

MOST_WORKERS = 10_000

_ADDRESS = re.compile(r"\[?(?P<host>[A-Za-z0-9._:-]{1,253}?)\]?:(?P<port>\d{1,5})")
_SECONDS_TO_ANSWER = 10
_SECONDS_BETWEEN_LOOKS = 3.0
_LOOKS = 3  # at a server of Ray, none answered
_LOCAL_STORE_BYTES = 2**28  # of shared memory: names and outcomes go through it, no frame does

_HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HTTP2_SETTINGS = bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))  # a frame of none; its type is the fourth byte

# Read by Ray when it connects. Its usage statistics go to its makers; what its core logs goes to our stderr.
_SETTINGS = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}


@dataclass(frozen=True)
class Cluster:
    """Where work is to be done.

    Raises:
        SpnetError: no address of a cluster, or a number out of range.
    """

    address: str = LOCAL
    """LOCAL, AUTO, or HOST:PORT of a head node."""
    workers: int | None = None
    """By default as many as the cluster has GPUs, or processors for where there is no GPU or none is wanted."""
    threads: int = 1
    """Processors that each worker takes."""
    gpu: bool = False
    """Whether workers are to have GPUs where there are any; more workers than GPUs share them."""

    def __post_init__(self) -> None:
        if self.workers is not None and not 1 <= self.workers <= MOST_WORKERS:
            raise SpnetError(f"{self.workers} workers: expected 1 to {MOST_WORKERS:,}")
        if not 1 <= self.threads <= 1024:
            raise SpnetError(f"threads {self.threads}: expected 1 to 1024")
        if self.address in (LOCAL, AUTO):
            return
        if self.address.startswith("ray://"):
            raise SpnetError(
                f"{self.address}: Ray Client carries no data sets; run the command on a node of the cluster (ray job "
                f"submit does) with the address {AUTO}"
            )
        match = _ADDRESS.fullmatch(self.address)
        if not match or not 1 <= int(match["port"]) <= 65535:
            raise SpnetError(
                f"{self.address!r} is no address of a Ray cluster: expected {LOCAL}, {AUTO} or HOST:PORT, as in "
                "--ray=10.0.0.1:6379"
            )


Tell = Callable[[str], None]
"""Told what cannot be raised."""


@contextmanager
def connected(cluster: Cluster, tell: Tell = lambda text: None) -> Iterator[Pool]:
    """Connect to a cluster, or start one, for as long as the block runs.

    Where this process is connected to Ray already, that connection is used and left open. When the head node, or
    Ray on this machine, is gone for good, Ray ends this process, after a minute at most and without an exception.

    Args:
        cluster: where.
        tell: told of that in one line.

    Raises:
        SpnetError: nothing answers, what answers is no such cluster, or it has no room for a worker.
        MissingExtraError: Ray is not installed.
    """
    for module in ("pyarrow", "pandas", "ray"):
        require(module, extra="ray", purpose="work on a cluster")
    with ExitStack() as afterwards, _quiet():
        ray: Any = importlib.import_module("ray")
        ours = not ray.is_initialized()
        try:
            if ours:
                _connect(ray, cluster)
            with _watched(_servers(ray), tell):
                yield _pool(ray, cluster, afterwards)
        finally:
            if ours:
                ray.shutdown()


def _connect(ray: Any, cluster: Cluster) -> None:
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    if cluster.address == LOCAL:
        workers = cluster.workers or max(1, (os.cpu_count() or 1) // cluster.threads)
        options |= {
            "address": LOCAL,  # whatever RAY_ADDRESS says
            "num_cpus": workers * cluster.threads,
            "object_store_memory": _LOCAL_STORE_BYTES,
            "include_dashboard": False,
        }
    else:
        options["address"] = cluster.address
        if cluster.address != AUTO:
            _check_that_it_answers(cluster.address)
    try:
        with _deaf_to_core():
            ray.init(**options)
    except (OSError, RuntimeError, ValueError, TimeoutError, ray.exceptions.RayError) as error:
        advice = "see whether `ray status` answers; RAY_AUTH_MODE=token is for clusters that ask for a token"
        if cluster.address == LOCAL:
            advice = "Ray could not be started on this machine"
        raise SpnetError(f"Ray at {cluster.address}: cannot be used: {one_line(error)}: {advice}") from None


def _check_that_it_answers(address: str) -> None:
    """Ray itself tries for minutes. A head node speaks gRPC, so HTTP/2, which begins with settings (RFC 9113, 3.4)."""
    match = _ADDRESS.fullmatch(address)
    assert match  # Cluster has seen to it
    hint = "check the address, and that `ray start --head` runs there"
    answer = b""
    try:
        with socket.create_connection((match["host"], int(match["port"])), timeout=_SECONDS_TO_ANSWER) as connection:
            if os.environ.get("RAY_USE_TLS", "0") != "0":
                return
            connection.sendall(_HTTP2_PREFACE + _HTTP2_SETTINGS)
            with suppress(ConnectionError):
                answer = connection.recv(len(_HTTP2_SETTINGS))
    except OSError as error:
        found = f"nothing answers ({one_line(error)})"
        raise SpnetError(f"Ray at {address}: {found}; expected the head node of a running cluster: {hint}") from None
    if answer[3:4] != _HTTP2_SETTINGS[3:4]:
        raise SpnetError(f"Ray at {address}: something else answers there, expected a head node of Ray: {hint}")


@contextmanager
def _watched(servers: Sequence[tuple[str, int]], tell: Tell) -> Iterator[None]:
    """Tell when one of these hosts and ports has not answered several times in a row."""
    ended = threading.Event()

    def watch() -> None:
        silent = 0
        while silent < _LOOKS:
            if ended.wait(_SECONDS_BETWEEN_LOOKS):
                return
            try:
                for server in servers:
                    socket.create_connection(server, timeout=_SECONDS_TO_ANSWER).close()
                silent = 0
            except OSError:
                silent += 1
        tell(
            "Ray on the head node or on this machine does not answer any more, and will end this command; "
            "run it again then: what is finished is skipped"
        )

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _servers(ray: Any) -> list[tuple[str, int]]:
    """The head node's, and that of this machine: Ray ends the process when one of them is gone."""
    here = ray.get_runtime_context()
    nodes = {node["NodeID"]: (node["NodeManagerAddress"], node["NodeManagerPort"]) for node in ray.nodes()}
    match = _ADDRESS.fullmatch(here.gcs_address)
    return [*([(match["host"], int(match["port"]))] if match else []), nodes[here.get_node_id()]]


def _pool(ray: Any, cluster: Cluster, afterwards: ExitStack) -> Pool:
    found = ray.cluster_resources()
    processors, gpus = int(found.get("CPU", 0)), int(found.get("GPU", 0)) if cluster.gpu else 0
    room = gpus or processors // cluster.threads
    if room < 1:
        raise SpnetError(
            f"Ray at {cluster.address}: has {processors} processors, expected at least {cluster.threads} for a worker"
        )
    count = cluster.workers or room
    share = 1 / -(-count // gpus) if gpus else 0.0
    return Pool(ray, count, cluster.threads, share, len(ray.nodes()), afterwards)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Ray's usage statistics and messages, and with this process's environment as it was afterwards."""
    before = dict(os.environ)
    os.environ.update(_SETTINGS)
    worker: Any = importlib.import_module("ray._private.worker")
    importlib.import_module("ray.data")  # which sets its loggers up
    loggers = [logging.getLogger(name) for name in ("ray", "ray.data")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        worker._worker_logs_enabled = False  # deaths of workers, which it tells on stdout whatever log_to_driver says
        yield
    finally:
        worker._worker_logs_enabled = True
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _deaf_to_core() -> Iterator[None]:
    """Without what Ray's core writes to the file of stderr while it starts: that it has read `_SETTINGS`, and every try
    of a connection that fails, which is told once."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
