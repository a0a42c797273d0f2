"""What is to be evaluated: everything that the numbers depend on, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from spnet.errors import SpnetError
from spnet.evaluate.conditions import Condition
from spnet.evaluate.datasets import Dataset
from spnet.weights.files import check_max_depth


@dataclass(frozen=True)
class Settings:
    """How to evaluate, beside data, models and patterns.

    Raises:
        SpnetError: a number out of range.
    """

    seed: int = 0
    """Of what is drawn; with the frame's id it decides all of it."""
    limit: int | None = None
    """Evaluate only so many frames, evenly spread over the data set."""
    allow_missing: bool = False
    """Where a model fails on frames, take means over those that every model completed, instead of none."""
    data_max_depth: float | None = None
    """Metres that the data set's files call 65535, to have the authors' two metrics; None leaves these out."""
    max_depth: float | None = None
    """Metres that networks divide depth by, as in `spnet.load`; None takes what each file says."""
    engine: str = "auto"
    """Of networks, as in `spnet.load`."""
    precision: str = "f32"
    """Of networks, as in `spnet.engines.Options`."""

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise SpnetError(f"limit {self.limit}: expected at least 1 frame")
        for metres in (self.data_max_depth, self.max_depth):
            if metres is not None:
                check_max_depth(metres)


@dataclass(frozen=True)
class Loading:
    """How a model is loaded; hashable, so that each process loads it once."""

    model: str
    """Name of a method, or the path of a weights file."""
    sha256: str | None
    """Of the weights file, so that one that was replaced is loaded anew; None for a method."""
    max_depth: float | None
    engine: str
    precision: str


@dataclass(frozen=True)
class Task:
    """Frames, models, conditions and settings. Picklable: a task of one frame is what a worker is sent."""

    dataset: Dataset
    """With the frames that are evaluated, and no others."""
    models: Mapping[str, Loading]
    """By the name that rows have."""
    conditions: tuple[Condition, ...]
    settings: Settings
