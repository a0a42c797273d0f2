"""Where training data comes from: a file for each kind of source."""

from pathlib import Path

from spnet.train.recipe import SourceRecipe
from spnet.train.sources.authors import open_authors
from spnet.train.sources.folder import open_folder
from spnet.train.sources.synth import open_synth
from spnet.train.view import Source


def open_source(recipe: SourceRecipe) -> Source:
    """The source that a run file describes; its views are read or rendered later, one at a time.

    Raises:
        SpnetError: a folder or bank that is missing or empty, or a file without its partner.
    """
    if recipe.path is not None and recipe.max_depth is not None:
        return open_authors(Path(recipe.path), recipe.max_depth, None if recipe.holes is None else Path(recipe.holes))
    if recipe.path is not None:
        return open_folder(Path(recipe.path))
    return open_synth(None if recipe.bank is None else Path(recipe.bank), recipe)
