"""Training: run files, samples, losses, a loop that survives being killed, and weights files at its end.

>>> recipe = read_recipe("runs/spnet-tiny.toml")
>>> train(recipe, Path("out"))
"""

from spnet.errors import require

require("torch", extra="torch", purpose="spnet.train")

from spnet.train.loop import train  # noqa: E402  (after the line that names the missing extra)
from spnet.train.recipe import Recipe  # noqa: E402
from spnet.train.runfile import read_recipe  # noqa: E402

__all__ = ["Recipe", "read_recipe", "train"]
