"""The training folders of SPNet's authors.

Layout: RGBD_Datasets/<name>/rgb/*.png and RGBD_Datasets/<name>/depth/*.png, depth with 16 bits, depth / max_depth *
65535 (https://github.com/Wang-xjtu/G2-MonoDepth). Their cameras are not known.
"""

from dataclasses import dataclass
from pathlib import Path

from numpy.random import Generator

from spnet.batch import IMAGE_SUFFIXES
from spnet.errors import SpnetError
from spnet.files.images import read_image
from spnet.files.listing import names_in
from spnet.files.stored import read_stored
from spnet.train.sources.holes import HoleMasks, open_holes
from spnet.train.view import Source, UnreadableError, View, assumed_camera, known_depth
from spnet.units import STEPS_16_BIT


@dataclass(frozen=True)
class AuthorsSource:
    """The frames of one or more data sets."""

    frames: tuple[tuple[Path, Path], ...]
    """Image and depth."""
    max_depth: float
    """Metres that 65535 stands for."""
    holes: HoleMasks | None

    def __call__(self, generator: Generator) -> View:
        """Read a frame, and a hole mask with it if there are some (see `spnet.train.view.Source`)."""
        image, depth = self.frames[generator.integers(len(self.frames))]
        try:
            view = self._read(image, depth)
            holes = None if self.holes is None else self.holes(generator)
        except SpnetError as error:
            raise UnreadableError(str(error)) from error
        return View(view.rgb, view.truth, view.camera, holes)

    def _read(self, image: Path, depth: Path) -> View:
        rgb, steps = read_image(image), read_stored(depth).values
        if steps.ndim != 2 or steps.dtype != "uint16":
            raise SpnetError(
                f"{depth}: {steps.dtype} of shape {steps.shape}, expected 16-bit depth / max_depth * 65535"
            )
        if steps.shape != rgb.shape[:2]:
            found = f"{steps.shape[1]}x{steps.shape[0]}, but its image is {rgb.shape[1]}x{rgb.shape[0]}"
            raise SpnetError(f"{depth}: is {found}; expected the same size")
        truth = known_depth(steps * (self.max_depth / STEPS_16_BIT))
        return View(rgb, truth, assumed_camera(rgb.shape[1], rgb.shape[0]))


def open_authors(folder: Path, max_depth: float, holes: Path | None = None) -> Source:
    """The frames of RGBD_Datasets, or of one set of it.

    Args:
        folder: holds rgb/ and depth/, or folders that do.
        max_depth: metres that 65535 stands for; above 0.
        holes: Hole_Datasets, or one set of it; None for no masks.

    Raises:
        SpnetError: no such folder, no frame, or a file without its partner.
    """
    if not folder.is_dir():
        raise SpnetError(f"{folder}: is no folder; expected RGBD_Datasets, or one of its sets")
    sets = [folder] if (folder / "rgb").is_dir() else sorted(path.parent for path in folder.glob("*/rgb"))
    frames = [frame for each in sets for frame in _frames(each)]
    if not frames:
        raise SpnetError(f"{folder}: holds no frame; expected rgb/*.png and depth/*.png, or folders that hold them")
    return AuthorsSource(tuple(frames), max_depth, None if holes is None else open_holes(holes))


def _frames(folder: Path) -> list[tuple[Path, Path]]:
    images, depths = names_in(folder / "rgb", IMAGE_SUFFIXES), names_in(folder / "depth", (".png",))
    alone = sorted(images.keys() ^ depths.keys())
    if alone:
        there, other = ("rgb", "depth") if alone[0] in images else ("depth", "rgb")
        name = (images | depths)[alone[0]]
        raise SpnetError(f"{folder / there / name}: has no partner in {folder / other}; add it, or take this file away")
    return [(folder / "rgb" / images[name], folder / "depth" / depths[name]) for name in images]
