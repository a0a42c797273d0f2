"""A page and an HTTP service over the same completion that the library has: ``spnet serve``."""

from spnet.errors import require

for _module in ("fastapi", "uvicorn", "python_multipart"):
    require(_module, extra="serve", purpose="spnet.serve")

from spnet.serve.app import build  # noqa: E402  (after the lines that name the missing extra)
from spnet.serve.server import listen, server  # noqa: E402
from spnet.serve.settings import Settings  # noqa: E402

__all__ = ["Settings", "build", "listen", "server"]
