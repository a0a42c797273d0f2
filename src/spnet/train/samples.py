"""What a network is trained on: sample i depends on the run file and on i, not on how and where it is drawn."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from spnet.errors import SpnetError
from spnet.scale import fixed_scale, scene_scale
from spnet.train.presets import find_preset
from spnet.train.recipe import AugmentRecipe, DataRecipe
from spnet.train.sources import open_source
from spnet.train.view import UnreadableError, View

Batch = dict[str, torch.Tensor]
"""A sample, or several stacked along N:

- "rgb" (3,H,W) float32 in [0,1].
- "depth" (1,H,W) float32: the sparse input over the scale, 0 where there is none; "mask" (1,H,W) float32: 1 where.
- "truth" (1,H,W) float32: the dense truth over the scale, 0 where it is not known; "known" (1,H,W) float32: 1 where.
- "scale" () float32: metres.
- "skipped" () int64: how many views of the source were unreadable and passed over to get this one.
"""

_MOST_ATTEMPTS = 32
"""To draw a view of a source that can be read and measured."""
_MOST_MEASUREMENTS = 4
"""Of one view, until one has a valid point."""


class Samples(Dataset[Batch]):
    """Samples of a run file's sources, for any index from 0 on."""

    def __init__(self, data: DataRecipe, augment: AugmentRecipe) -> None:
        """Open the sources.

        Raises:
            SpnetError: a source that is missing or empty, an unknown preset, pattern or scale.
        """
        fixed_scale(data.scale)
        self._data = data
        self._preset = find_preset(augment)
        self._sources = [open_source(recipe) for recipe in data.source]
        weights = np.array([recipe.weight for recipe in data.source])
        self._shares = np.cumsum(weights / weights.sum())

    def __getitem__(self, index: int) -> Batch:
        """Draw a sample; arrays as `Batch` describes them.

        Raises:
            SpnetError: nothing usable came from a source in many attempts.
        """
        generator = np.random.default_rng([self._data.seed, index])
        chosen = int(np.searchsorted(self._shares[:-1], generator.random(), side="right"))
        skipped, reason = 0, "too little depth is known in its views"
        for _ in range(_MOST_ATTEMPTS):
            try:
                view = self._sources[chosen](generator)
            except UnreadableError as error:
                skipped, reason = skipped + 1, str(error)
                continue
            view = self._preset.augment(view, self._data.size, self._data.scale, generator)
            depth = self._measured(view, generator)
            if depth is not None:
                return _tensors(view, depth, self._data.scale, skipped)
        name = f"source {chosen + 1} ({self._data.source[chosen].kind})"
        raise SpnetError(f"{name}: {_MOST_ATTEMPTS} attempts in a row gave no sample: {reason}")

    def _measured(self, view: View, generator: Generator) -> NDArray[np.float32] | None:
        """Sparse depth (H,W) of a view with a valid point at least, or None."""
        if not view.truth.any():
            return None
        for _ in range(_MOST_MEASUREMENTS):
            depth = self._preset.measure(view, self._data.scale, generator)
            if depth.any():
                return depth
        return None


def batches(samples: Dataset[Batch], indices: Iterable[Sequence[int]], workers: int = 0) -> Iterator[Batch]:
    """Draw one batch for each of the lists of indices, in their order, each tensor stacked along N.

    Args:
        samples: `Samples`, or another data set whose items have their tensors.
        indices: of the batches' samples; taken as far as the workers are ahead.
        workers: processes that draw; with 0 this one does, when a batch is asked for.

    Raises:
        SpnetError: as `Samples`.
    """
    loader = DataLoader(
        samples,
        batch_sampler=(list(part) for part in indices),
        num_workers=workers,
        multiprocessing_context="spawn" if workers else None,  # engines hold threads, which a fork does not copy
        pin_memory=torch.cuda.is_available(),  # so that copying to a GPU does not wait
    )
    try:
        yield from loader
    except SpnetError as error:  # of a worker: torch puts its traceback in front of the message
        raise SpnetError(str(error).rsplit("SpnetError: ", 1)[-1].strip()) from error


def _tensors(view: View, depth: NDArray[np.float32], rule: str, skipped: int) -> Batch:
    mask = depth > 0
    scale = np.float32(scene_scale(depth, mask, rule))
    rgb = np.array(view.rgb.transpose(2, 0, 1), np.float32, order="C")
    rgb /= 255
    maps = {"depth": depth / scale, "mask": mask, "truth": view.truth / scale, "known": view.truth > 0}
    return {
        "rgb": torch.from_numpy(rgb),
        **{name: torch.from_numpy(values.astype(np.float32, copy=False)[None]) for name, values in maps.items()},
        "scale": torch.tensor(scale),
        "skipped": torch.tensor(skipped),
    }
