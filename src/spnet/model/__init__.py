"""The networks, in PyTorch: the paper's SPNet, its sibling PacGDC, the small one of this package, and weights files."""

from spnet.errors import require

require("torch", extra="torch", purpose="spnet.model")

from spnet.model.checkpoints import from_checkpoint  # noqa: E402  (after the line that names the missing extra)
from spnet.model.nano import NANO, Nano  # noqa: E402
from spnet.model.network import SPNET, Config, SPNet  # noqa: E402
from spnet.model.pacgdc import PACGDC, PacGDC  # noqa: E402

__all__ = ["NANO", "PACGDC", "SPNET", "Config", "Nano", "PacGDC", "SPNet", "from_checkpoint"]
