"""Under which conditions frames are completed: what is left of their depth, and what else is changed."""

from dataclasses import dataclass

from spnet.errors import SpnetError
from spnet.evaluate.datasets import Dataset
from spnet.sparsify import parse

IMAGES = ("colour", "grey", "blank")
"""What a model sees of the image: all of it, its brightness, or one grey for all pixels."""

DEFAULT_PATTERNS = ("random:10%", "random:1%", "random:0.1%")
"""For data sets that bring no sparse depth of their own: the three densities of SPNet's authors."""


@dataclass(frozen=True)
class Condition:
    """One way to make a model's input of a frame."""

    pattern: str
    """As `spnet.sparsify` reads it; or the name of sparse depth that the data set brings, alone or as the first step:
    "velodyne_raw+random:10%"."""
    scale: float = 1.0
    """What depth is multiplied by before a model sees it. Predictions are divided by it again, so errors stay metres
    of the real scene."""
    size: float = 1.0
    """What the sides of the frame are multiplied by before the pattern is drawn."""
    image: str = "colour"
    """One of IMAGES."""

    @property
    def name(self) -> str:
        """How rows refer to it: "random:1%", "points:500, depth x 0.1", "points:500, grey image"."""
        changes = [
            f"depth x {self.scale:g}" if self.scale != 1 else "",
            f"size x {self.size:g}" if self.size != 1 else "",
            f"{self.image} image" if self.image != "colour" else "",
        ]
        return ", ".join([self.pattern, *filter(None, changes)])


def check_pattern(pattern: str, dataset: Dataset) -> None:
    """Raise SpnetError unless it is a pattern, or begins with sparse depth that the data set brings."""
    first, plus, others = pattern.partition("+")
    brought = first in dataset.inputs
    if brought and not plus:
        return
    try:
        parse(others if brought else pattern)
    except SpnetError as error:
        also = f"; {dataset.name} itself brings {', '.join(dataset.inputs)}" if dataset.inputs else ""
        raise SpnetError(f"{error}{also}") from None


def default_patterns(dataset: Dataset) -> tuple[str, ...]:
    """The sparse depth that the data set brings, or DEFAULT_PATTERNS if it brings none."""
    return dataset.inputs or DEFAULT_PATTERNS
