"""Models as an evaluation takes them: named, hashed, and loaded so that processes do not change their results."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from spnet.classic import METHODS
from spnet.completion import Completer, load
from spnet.engines import Options
from spnet.errors import SpnetError
from spnet.evaluate.task import Loading, Settings
from spnet.weights import resolve
from spnet.weights.files import SHIPPED

DEFAULT_MODELS = ("nano", "guided", "linear")
MOST_MODELS = 32


def name_models(models: Sequence[str | Path], settings: Settings) -> dict[str, Loading]:
    """How each model is loaded, by its name: that of the method, or the one that the weights file gives itself.

    Raises:
        SpnetError: none or too many, a file that is none, or two of the same name.
    """
    if not 1 <= len(models) <= MOST_MODELS:
        raise SpnetError(f"{len(models)} models: expected 1 to {MOST_MODELS}")
    named: dict[str, Loading] = {}
    for model in map(str, models):
        has_weights = model in SHIPPED or (model not in METHODS and "." in model)  # else `load` says what is wrong
        weights = resolve(model) if has_weights else None
        name = weights.name if weights else model
        if name in named:
            raise SpnetError(
                f"{named[name].model} and {model}: both are called {name}; leave one out, "
                "or give one another name (spnet import --name)"
            )
        sha256, max_depth = (weights.sha256, settings.max_depth) if weights else (None, None)
        named[name] = Loading(model, sha256, max_depth, settings.engine, settings.precision)
    return named


@lru_cache(maxsize=MOST_MODELS)
def loaded(loading: Loading) -> Completer:
    """The model, ready. A network runs on one thread: the order of its sums, and so its last digits, depends on that.

    Raises:
        SpnetError: as `spnet.load`.
    """
    options = Options(precision=loading.precision, threads=1)
    return load(loading.model, max_depth=loading.max_depth, engine=loading.engine, options=options)
