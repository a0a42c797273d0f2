"""Work for many machines, by Ray Data: the same functions and results as in one process, spread over warm workers.

Ray is imported when a cluster is asked for, and only here.
"""

from spnet.cluster.connection import AUTO, LOCAL, Cluster, Tell, connected
from spnet.cluster.pool import Pool

__all__ = ["AUTO", "LOCAL", "Cluster", "Pool", "Tell", "connected"]
