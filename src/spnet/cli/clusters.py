"""The arguments of every command that spreads its work over a cluster, and the workers they ask for."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from spnet.cli.console import note

if TYPE_CHECKING:
    from spnet.cluster import Cluster, Pool


def add_ray(command: argparse.ArgumentParser) -> None:
    """--ray, as `spnet.cluster.Cluster` takes it."""
    command.add_argument(
        "--ray",
        nargs="?",
        const="local",
        metavar="ADDRESS",
        help="spread the work over a Ray cluster: HOST:PORT of its head, auto for the one that this machine is a node "
        "of; by default one of this machine alone, for this run. Write --ray=ADDRESS, or it last; see docs/cluster.md",
    )


def cluster_of(options: argparse.Namespace, *, threads: int | None, models: list[str]) -> "Cluster":
    """Where the work is to be done.

    Raises:
        SpnetError: no address, or numbers out of range.
    """
    from spnet.classic import METHODS
    from spnet.cluster import Cluster

    learned = [model for model in models if model not in METHODS and not model.endswith(".onnx")]
    gpu = bool(learned) and options.engine in ("auto", "torch")
    return Cluster(options.ray, options.workers, 1 if threads is None else threads, gpu)


@contextmanager
def workers(cluster: "Cluster", options: argparse.Namespace) -> Iterator["Pool"]:
    """Workers, told with --verbose."""
    from spnet.cluster import connected

    with connected(cluster, note) as pool:
        if getattr(options, "verbose", False):
            each = f"{pool.gpus:.3g} GPU and {pool.threads} CPU" if pool.gpus else f"{pool.threads} CPU"
            note(f"Ray at {cluster.address}: {pool.workers} workers on {pool.nodes} nodes, {each} each")
        yield pool
