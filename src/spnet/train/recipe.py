"""What a run file says: everything that a training depends on. Every section is a dataclass, every key its field.

Paths are taken from the current folder. Each dataclass checks its values, and raises SpnetError.
"""

from dataclasses import dataclass, field

from spnet.errors import SpnetError
from spnet.train.values import (
    check_choice,
    check_flag,
    check_number,
    check_text,
    check_whole,
    check_whole_numbers,
    is_number,
    shown,
)

PRECISIONS = ("f32", "bf16", "f16")

MOST_SOURCES = 64
_MOST_STEPS = 100_000_000
_MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class NetworkRecipe:
    """[network]: a variant of the paper by name, or the shape in numbers."""

    family: str = "SPNet"
    """One of `spnet.model.checkpoints.FAMILIES`, in letters of any case."""
    variant: str | None = None
    """"Tiny", "Small", "Base", "Large" (PacGDC: "T", "S", "B", "L"), in place of channels, blocks and drop_rate."""
    channels: tuple[int, ...] | None = None
    blocks: tuple[int, ...] | None = None
    norm: str = "CNX"
    drop_rate: float | None = None
    """Stochastic depth of the last encoder block; by default that of the variant, else 0."""
    confidence: bool = False
    """Whether a second output channel tells the log of a Laplacian's scale."""
    start: str | None = None
    """A weights file of the same network to begin with; by default its weights are drawn."""

    def __post_init__(self) -> None:
        for name in ("family", "norm"):
            check_text(self, name)
        if self.start is not None:
            check_text(self, "start")
        check_flag(self, "confidence")
        if self.drop_rate is not None:
            check_number(self, "drop_rate", 0, 1)
        if self.variant is not None and (self.channels is not None or self.blocks is not None):
            raise SpnetError("variant: stands beside channels or blocks; give the variant, or both of these")
        if self.variant is None and (self.channels is None or self.blocks is None):
            raise SpnetError("channels, blocks: expected both, or a variant in their place")
        for name in ("channels", "blocks"):
            if getattr(self, name) is not None:
                check_whole_numbers(self, name, 4, 0, 4096)


@dataclass(frozen=True)
class SourceRecipe:
    """[[data.source]]: where images with dense depth come from."""

    kind: str
    """"synth", "folder" or "authors"."""
    weight: float = 1.0
    """Its share of the samples, against the weights of the other sources."""
    path: str | None = None
    """folder, authors: the folder."""
    max_depth: float | None = None
    """authors: metres that the files call 65535."""
    holes: str | None = None
    """authors: the folder of hole masks, if there is one."""
    bank: str | None = None
    """synth: the bank of models; by default the one that ``spnet synth assets`` made."""
    width: int = 320
    """synth: of the rendered images."""
    height: int = 256
    mix: str = "mix"
    """synth: room, street, clutter or mix."""
    seed: int = 0
    """synth: of the scenes."""

    def __post_init__(self) -> None:
        check_choice(self, "kind", ("synth", "folder", "authors"))
        check_number(self, "weight", 0, 1e6, above=True)
        for name in ("path", "holes", "bank"):
            if getattr(self, name) is not None:
                check_text(self, name)
        if (self.path is None) != (self.kind == "synth"):
            raise SpnetError("path: expected for the kinds folder and authors, and for these only")
        if (self.max_depth is None) == (self.kind == "authors"):
            raise SpnetError("max_depth: expected for the kind authors, and for that only")
        if self.max_depth is not None:
            check_number(self, "max_depth", 0, 100_000, above=True)
        check_text(self, "mix")
        for name in ("width", "height"):
            check_whole(self, name, 32, 2048)
        check_whole(self, "seed", 0, _MOST_SEED)


@dataclass(frozen=True)
class DataRecipe:
    """[data]: what samples are cut from, and how large they are."""

    source: tuple[SourceRecipe, ...]
    size: tuple[int, int] = (320, 320)
    """Height and width of a sample: multiples of 32."""
    scale: str = "log_mean"
    """What depth is divided by: a rule of `spnet.scale`, "max_depth:20", "mean", "median" or "log_mean"."""
    seed: int = 0
    """Sample i depends on this, on i, and on nothing else."""
    workers: int = 2
    """Processes that draw samples while the network computes; 0 draws in between."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.source) <= MOST_SOURCES:
            raise SpnetError(f"source: found {len(self.source)} sources, expected 1 to {MOST_SOURCES}")
        check_whole_numbers(self, "size", 2, 32, 2048)
        if any(side % 32 for side in self.size):
            raise SpnetError(f"size: found {shown(self.size)}, expected multiples of 32")
        check_text(self, "scale")
        check_whole(self, "seed", 0, _MOST_SEED)
        check_whole(self, "workers", 0, 256)


@dataclass(frozen=True)
class AugmentRecipe:
    """[augment]: geometry, colour and sparse input together, by the name of a recipe."""

    preset: str = "sensors"
    """"authors", "pacgdc" or "sensors"."""
    patterns: tuple[tuple[str, float], ...] | None = None
    """sensors: sparse inputs and their weights, as in [["points:500", 1.0], ["lines:16", 0.5]]."""

    def __post_init__(self) -> None:
        check_text(self, "preset")
        if self.patterns is not None:
            if not isinstance(self.patterns, tuple) or not 1 <= len(self.patterns) <= 256:
                raise SpnetError("patterns: expected a list of 1 to 256 pairs of a pattern and its weight")
            for pair in self.patterns:
                _check_weighted(pair)


def _check_weighted(pair: object) -> None:
    if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)):
        raise SpnetError(f'patterns: found {shown(pair)}, expected a pair such as ["points:500", 1.0]')
    if not is_number(pair[1]) or not 0 < pair[1] <= 1e6:
        raise SpnetError(f"patterns: found {shown(pair)}, expected a weight of more than 0 to 1e6")


@dataclass(frozen=True)
class LossRecipe:
    """[loss]: what is minimised, by the name of a recipe."""

    preset: str = "authors"
    """"authors", "pacgdc", "laplace" or "steered"."""

    def __post_init__(self) -> None:
        check_text(self, "preset")


@dataclass(frozen=True)
class OptimiserRecipe:
    """[optimiser]: AdamW, its schedule, and the average of the weights."""

    steps: int
    batch: int = 64
    """Samples of a step in all: of all processes and parts together."""
    accumulate: int = 1
    """In how many parts each process takes its share of a batch."""
    rate: float = 2e-4
    """Learning rate after the warm-up."""
    weight_decay: float = 0.05
    betas: tuple[float, float] = (0.9, 0.999)
    warm_up: float = 0.05
    """Share of the steps over which the rate grows to its height; after it, it falls to 0 as a cosine does."""
    clip: float = 1.0
    """Largest norm of the gradient; 0 leaves it as it is."""
    ema: float = 0.999
    """How much of the average of the weights stays at a step; 0 keeps no average but the weights themselves."""
    seed: int = 0
    """Of the first weights, and of what is drawn inside the network."""

    def __post_init__(self) -> None:
        check_whole(self, "steps", 1, _MOST_STEPS)
        check_whole(self, "batch", 1, 65_536)
        check_whole(self, "accumulate", 1, self.batch)
        check_number(self, "rate", 0, 10, above=True)
        check_number(self, "weight_decay", 0, 10)
        if not isinstance(self.betas, tuple) or len(self.betas) != 2 or not all(map(is_number, self.betas)):
            raise SpnetError(f"betas: found {shown(self.betas)}, expected two numbers")
        if not all(0 <= beta < 1 for beta in self.betas):
            raise SpnetError(f"betas: found {shown(self.betas)}, expected numbers from 0 to less than 1")
        check_number(self, "warm_up", 0, 1)
        check_number(self, "clip", 0, 1e6)
        check_number(self, "ema", 0, 0.999999)
        check_whole(self, "seed", 0, _MOST_SEED)


@dataclass(frozen=True)
class RunRecipe:
    """[run]: how to compute, and what to write when. Steps of 0 mean never."""

    precision: str = "f32"
    compile: bool = False
    cuda_graph: bool = False
    """On a GPU, whether the network and its loss are recorded once and replayed: less waiting between small kernels."""
    channels_last: bool = True
    checkpoint_every: int = 1000
    keep: int = 2
    """How many checkpoints stay."""
    log_every: int = 10
    panels_every: int = 0
    validate_every: int = 0
    validation: str | None = None
    """Folder of a data set that `spnet.evaluate` reads."""
    patterns: tuple[str, ...] = ("points:500",)
    """Sparse inputs of the validation."""
    tensorboard: bool = False

    def __post_init__(self) -> None:
        check_choice(self, "precision", PRECISIONS)
        for name in ("compile", "cuda_graph", "channels_last", "tensorboard"):
            check_flag(self, name)
        for name, least in (
            ("checkpoint_every", 1),
            ("log_every", 1),
            ("panels_every", 0),
            ("validate_every", 0),
        ):
            check_whole(self, name, least, _MOST_STEPS)
        check_whole(self, "keep", 1, 10_000)
        if self.validation is not None:
            check_text(self, "validation")
        if self.validate_every and self.validation is None:
            raise SpnetError("validate_every: has no data; name a data set's folder as validation")
        if not isinstance(self.patterns, tuple) or not all(isinstance(pattern, str) for pattern in self.patterns):
            raise SpnetError(f"patterns: found {shown(self.patterns)}, expected a list of patterns")


@dataclass(frozen=True)
class Recipe:
    """A run file."""

    network: NetworkRecipe
    data: DataRecipe
    optimiser: OptimiserRecipe
    augment: AugmentRecipe = field(default_factory=AugmentRecipe)
    loss: LossRecipe = field(default_factory=LossRecipe)
    run: RunRecipe = field(default_factory=RunRecipe)
    text: str = field(default="", compare=False)
    """The file as it was written; checkpoints and weights carry it."""
