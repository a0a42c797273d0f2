"""Depth completion: an image and whatever depth a sensor gave in, dense metric depth out.

>>> frame = spnet.Frame.from_files("room.jpg", "lidar.png", depth_unit="mm")
>>> depth = spnet.complete(frame)
>>> depth.save("dense.png", unit="mm")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spnet.camera import Camera
    from spnet.completion import complete, load
    from spnet.depth import Depth
    from spnet.errors import SpnetError
    from spnet.frame import Frame

__version__ = "0.1.0"
__all__ = ["Camera", "Depth", "Frame", "SpnetError", "complete", "load"]

_HOMES = {
    "Camera": "spnet.camera",
    "Depth": "spnet.depth",
    "Frame": "spnet.frame",
    "SpnetError": "spnet.errors",
    "complete": "spnet.completion",
    "load": "spnet.completion",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import spnet` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'spnet' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
