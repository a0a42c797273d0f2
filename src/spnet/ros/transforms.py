"""The rigid frames of a robot: what tf_static says, and the way from one frame to another.

Formats: https://docs.ros.org/en/api/tf2_msgs/html/msg/TFMessage.html, REP 103 (axes), REP 105 (frames).
"""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from spnet.errors import SpnetError

Frames = dict[str, dict[str, NDArray[np.float64]]]
"""By a frame and one joined to it: (4,4), takes points of the first into the second."""

_MOST_FRAMES = 10_000
_MOST_NAMED = 20


def join(frames: Frames, message: Any) -> None:
    """Add what a TFMessage says to `frames`; of the same pair the last word counts.

    Raises:
        SpnetError: numbers that are no rotation or translation, or too many frames.
    """
    for stamped in message.transforms:
        parent, child = _name(stamped.header.frame_id), _name(stamped.child_frame_id)
        parent_from_child = _matrix(stamped.transform, f"tf_static, {parent} to {child}")
        frames.setdefault(child, {})[parent] = parent_from_child
        frames.setdefault(parent, {})[child] = _inverse(parent_from_child)
        if len(frames) > _MOST_FRAMES:
            raise SpnetError(f"tf_static: more than the {_MOST_FRAMES:,} frames that are read")


def between(frames: Frames, source: str, target: str) -> NDArray[np.float64]:
    """The transform (4,4) that takes points of the frame `source` into `target`, along any path.

    Raises:
        SpnetError: there is no path.
    """
    source, target = _name(source), _name(target)
    reached = {source: np.eye(4)}
    waiting = deque([source])
    while waiting and target not in reached:
        here = waiting.popleft()
        for there, there_from_here in frames.get(here, {}).items():
            if there not in reached:
                reached[there] = there_from_here @ reached[here]
                waiting.append(there)
    if target not in reached:
        raise SpnetError(
            f"tf_static: no path from the cloud's frame {source!r} to the image's {target!r}; it joins "
            f"{_pairs(frames)}. Moving frames (tf) are not used: give the 4x4 transform (--extrinsics)"
        )
    return reached[target]


def _matrix(transform: Any, name: str) -> NDArray[np.float64]:
    turn, move = transform.rotation, transform.translation
    quaternion = np.array([turn.x, turn.y, turn.z, turn.w], dtype=np.float64)
    translation = np.array([move.x, move.y, move.z], dtype=np.float64)
    length = np.linalg.norm(quaternion)
    if not (np.isfinite(translation).all() and np.isfinite(length) and length > 0):
        raise SpnetError(
            f"{name}: rotation {quaternion.tolist()}, translation {translation.tolist()}; expected numbers"
        )
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_quat(quaternion).as_matrix()
    matrix[:3, 3] = translation
    return matrix


def _inverse(transform: NDArray[np.float64]) -> NDArray[np.float64]:
    inverse = np.eye(4)
    inverse[:3, :3] = transform[:3, :3].T
    inverse[:3, 3] = -transform[:3, :3].T @ transform[:3, 3]
    return inverse


def _name(frame: str) -> str:
    """tf of ROS 1 knew names with a slash before them, tf2 does not."""
    return frame.removeprefix("/")


def _pairs(frames: Frames) -> str:
    pairs = [f"{one}-{other}" for one in sorted(frames) for other in sorted(frames[one]) if one < other]
    more = f" and {len(pairs) - _MOST_NAMED} pairs more" if len(pairs) > _MOST_NAMED else ""
    return (", ".join(pairs[:_MOST_NAMED]) or "nothing") + more
