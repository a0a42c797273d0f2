"""Frames that ``spnet synth render`` left in a folder."""

from dataclasses import dataclass
from pathlib import Path

from numpy.random import Generator

from spnet.errors import SpnetError
from spnet.synth.rendered import RenderedFolder, open_rendered
from spnet.train.view import Source, UnreadableError, View, known_depth


@dataclass(frozen=True)
class FolderSource:
    """Draws from the frames of a folder."""

    folder: RenderedFolder

    def __call__(self, generator: Generator) -> View:
        """Read a frame (see `spnet.train.view.Source`)."""
        names = self.folder.names
        try:
            rgb, depth, camera = self.folder.read(names[generator.integers(len(names))])
        except SpnetError as error:
            raise UnreadableError(str(error)) from error
        return View(rgb, known_depth(depth), camera)


def open_folder(folder: Path) -> Source:
    """The complete frames of a folder.

    Raises:
        SpnetError: as `open_rendered`.
    """
    return FolderSource(open_rendered(folder))
