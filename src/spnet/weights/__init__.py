"""Weights as files: where a name or a path leads, what a file says of itself, and our own format.

Reading what this room reads needs no PyTorch. Networks are built from weights in `spnet.model`.
"""

from spnet.weights.files import Weights, resolve

__all__ = ["Weights", "resolve"]
