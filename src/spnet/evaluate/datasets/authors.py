"""The test sets of SPNet's authors.

Layout: <set>/rgb/*.png, <set>/gt/*.png, and the sparse input at several densities in <set>/raw_10%/*.png and so
on; depth is 16-bit, depth / max_depth * 65535 (https://github.com/Wang-xjtu/SPNet).
"""

from functools import partial
from pathlib import Path

from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import by_name, find, find_images, require_partners
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.depth import read_depth
from spnet.files.images import read_image

MARKERS = ("gt/*.png",)


def read(folder: Path, max_depth: float | None = None) -> Dataset:
    """Read one set, the folder that holds rgb and gt. Every raw_ folder is an input of that name.

    Args:
        folder: of the set.
        max_depth: metres that 65535 stands for; no file of the set tells.

    Raises:
        SpnetError: no max_depth, no frames, or a file without its partners.
    """
    if max_depth is None:
        raise SpnetError(
            f"{folder}: its maps hold depth / max_depth * 65535, and no file says what max_depth is; "
            "give it (the authors take 20 m indoors and 100 m outdoors)"
        )
    images, truths = by_name(find_images(folder / "rgb")), by_name(find(folder / "gt", "*.png"))
    raws = {raw.name: by_name(find(raw, "*.png")) for raw in find(folder, "raw_*") if raw.is_dir()}
    groups = [(folder / "rgb", images), (folder / "gt", truths), *((folder / key, raws[key]) for key in raws)]
    samples = []
    for name in require_partners(*groups):
        inputs = {key: files[name] for key, files in raws.items()}
        load = partial(_load, images[name], truths[name], inputs, f"max-depth:{max_depth!r}")
        samples.append(Sample(name, load))
    return make_dataset(f"authors' set {folder.absolute().name}", folder, samples, inputs=raws)


def _load(image: Path, truth: Path, inputs: dict[str, Path], unit: str) -> View:
    read_inputs = {key: read_depth(path, unit).metres for key, path in inputs.items()}
    return make_view(str(truth), read_image(image), read_depth(truth, unit).metres, inputs=read_inputs)
