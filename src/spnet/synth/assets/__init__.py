"""The models and textures that scenes are made of: built once into one file, the asset bank."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spnet.cache import cache_folder
from spnet.errors import SpnetError
from spnet.files.atomic import refuse_to_overwrite, written_whole

DEBIAN_FURNITURE = Path("/usr/share/sweethome3d/furniture")


@dataclass(frozen=True)
class Report:
    """What a bank was made of."""

    models: int
    textures: int
    tier: str
    """A if every asset may be used for anything, with its author named; else B."""
    left_out: tuple[str, ...]
    """One line for each asset or package that was not taken: which and why."""


def default_path() -> Path:
    """Where the bank is kept unless somebody says otherwise: in the user's cache folder.

    Raises:
        SpnetError: the user has no home.
    """
    folder = cache_folder()
    if folder is None:
        raise SpnetError("this user has no home folder to keep the asset bank in; say where it is with --assets FILE")
    return folder / "synth" / "bank.zip"


def find(path: Path | None = None) -> Path:
    """The bank's file: the one named, or the default one.

    Raises:
        SpnetError: there is none.
    """
    found = path or default_path()
    if not found.is_file():
        raise SpnetError(f"{found}: no asset bank is there; make one with: spnet synth assets -o {found}")
    return found


def make(
    output: Path,
    *,
    furniture: Path = DEBIAN_FURNITURE,
    packages: Path | None = None,
    any_licence: bool = False,
    overwrite: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Report:
    """Build the bank and write it, with ATTRIBUTION.md beside it; takes minutes.

    Args:
        output: the file to write; its folder is made.
        furniture: folder of .sh3f libraries.
        packages: folder of wheels, .deb files or unpacked packages with photographed textures, beside those installed.
        any_licence: take assets of tier B too; then the bank, the attribution and every folder rendered say so.
        overwrite: whether files that stand there may be replaced.
        progress: told how much of what is done.

    Raises:
        SpnetError: no furniture, a damaged library or package, or a file that cannot be written.
    """
    # building needs numpy, scipy and pillow for seconds before the first word: imported where it is asked for
    from spnet.synth.assets.attribution import attribution
    from spnet.synth.assets.bankfile import read_tier, save
    from spnet.synth.assets.furniture import build
    from spnet.synth.assets.textures import textures

    attributed = output.with_name(f"{output.stem}-ATTRIBUTION.md")
    output.parent.mkdir(parents=True, exist_ok=True)
    for path in (output, attributed):
        refuse_to_overwrite(path, overwrite=overwrite)
    left_out: list[str] = []
    surfaces = textures(
        packages,
        progress=lambda done, total: progress(done, total, "textures"),
        left_out=left_out.append,
    )
    bank, without = build(
        furniture,
        surfaces,
        lambda done, total: progress(done, total, "models"),
        tiers=("A", "B") if any_licence else ("A",),
    )
    with written_whole(attributed, overwrite=overwrite) as temporary:
        temporary.write_text(attribution(bank), encoding="utf-8")
    save(bank, output, overwrite=overwrite)
    return Report(len(bank.models), len(bank.textures), read_tier(output), (*left_out, *without))
