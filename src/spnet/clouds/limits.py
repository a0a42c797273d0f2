"""How much of a point cloud is read."""

from spnet.errors import SpnetError

MAX_POINTS = 2**26  # 1.6 GB in memory


def check_point_count(count: int, name: str) -> None:
    """Raise SpnetError if a cloud has more than MAX_POINTS points."""
    if count > MAX_POINTS:
        raise SpnetError(f"{name}: has more than the {MAX_POINTS:,} points that are read; split or thin it")
