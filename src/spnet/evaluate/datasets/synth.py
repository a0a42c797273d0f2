"""Rendered frames with exact depth, of ``spnet synth render``; the layout is described in `spnet.synth.folder`."""

from functools import partial
from pathlib import Path

from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.synth.rendered import NOTE, RenderedFolder, open_rendered

MARKERS = (NOTE,)


def read(folder: Path) -> Dataset:
    """Read the complete frames of a folder; sky is no truth.

    Raises:
        SpnetError: no frame, or one without its image or depth.
    """
    frames = open_rendered(folder)
    samples = [Sample(name, partial(_load, frames, name)) for name in frames.names]
    return make_dataset(folder.absolute().name, folder, samples)


def _load(frames: RenderedFolder, name: str) -> View:
    rgb, depth, camera = frames.read(name)
    return make_view(str(frames.depth_file(name)), rgb, depth, camera=camera)
