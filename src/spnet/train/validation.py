"""How far the averaged weights are from the truth on a fixed data set, as `spnet evaluate` measures it."""

from pathlib import Path

import torch

from spnet.evaluate import Settings, evaluate, open_dataset, to_json
from spnet.evaluate.models import loaded
from spnet.files.atomic import written_whole
from spnet.train.checkpoint import State
from spnet.train.recipe import Recipe
from spnet.train.release import write_weights

FOLDER = "validation"


def validate(state: State, recipe: Recipe, folder: Path) -> dict[str, dict[str, float]]:
    """Evaluate the averaged weights on [run]'s validation data, every pattern with seed 0.

    ``validation/00001000.json`` in the run's folder gets every number, as ``spnet evaluate --json`` writes them.

    Returns:
        The mean metrics by pattern; none where a frame failed: the file names it.

    Raises:
        SpnetError: as `spnet.evaluate.evaluate`, or a file that cannot be written.
    """
    weights = folder / FOLDER / "weights.safetensors"
    write_weights(weights, state.average, recipe, name=folder.name)
    threads = torch.get_num_threads()
    try:
        results = evaluate(
            open_dataset(recipe.run.validation or ""),
            [weights],
            recipe.run.patterns,
            settings=Settings(engine="torch"),
        )
    finally:
        torch.set_num_threads(threads)  # an evaluation runs networks on one
        loaded.cache_clear()  # which would keep the network of every validation
    with written_whole(folder / FOLDER / f"{state.step:08d}.json", overwrite=True) as temporary:
        temporary.write_text(to_json(results), encoding="utf-8")
    return {mean.condition: dict(mean.metrics) for mean in results.means}
