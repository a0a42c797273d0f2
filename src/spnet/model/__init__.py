"""The paper's networks, in PyTorch: SPNet, its sibling PacGDC, and their weights files."""

from spnet.errors import require

require("torch", extra="torch", purpose="spnet.model")

from spnet.model.checkpoints import from_checkpoint  # noqa: E402  (after the line that names the missing extra)
from spnet.model.network import SPNET, Config, SPNet  # noqa: E402
from spnet.model.pacgdc import PACGDC, PacGDC  # noqa: E402

__all__ = ["PACGDC", "SPNET", "Config", "PacGDC", "SPNet", "from_checkpoint"]
