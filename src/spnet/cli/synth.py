"""``spnet synth assets | render``: the supply of rendered training frames."""

import argparse
import time
from pathlib import Path
from typing import Any

from spnet.cli.console import note, progress, result
from spnet.errors import SpnetError

# as in spnet.synth, whose import would slow down every command
DEBIAN_FURNITURE = Path("/usr/share/sweethome3d/furniture")
KINDS = ("room", "street", "clutter", "mix")


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The two commands' arguments."""
    synth = commands.add_parser(
        "synth",
        help="training data: rendered scenes with exact depth",
        description="Render rooms, streets and clutter with exact depth, from assets whose licences allow any use.",
    )
    actions = synth.add_subparsers(required=True, dest="action", metavar="ACTION")
    return [_add_assets(actions), _add_render(actions)]


def _add_assets(actions: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = actions.add_parser(
        "assets",
        help="build the bank of models and textures, once",
        description="Build the asset bank: the models of the Debian package sweethome3d-furniture, textures drawn by "
        "this program, and photographed ones of the packages given. One file, with every author and licence in it.",
    )
    command.add_argument("-o", "--output", type=Path, help="bank to write (default: in the user's cache folder)")
    command.add_argument(
        "--furniture",
        type=Path,
        metavar="DIR",
        default=DEBIAN_FURNITURE,
        help="folder of .sh3f libraries (default: %(default)s, of the Debian package sweethome3d-furniture)",
    )
    command.add_argument(
        "--packages",
        type=Path,
        metavar="DIR",
        help="folder of wheels and .deb files with photographed textures; see docs/synth.md "
        "(default: only what is installed)",
    )
    command.add_argument(
        "--any-licence",
        action="store_true",
        help="take assets of other licences than CC0, CC-BY, MIT, Apache, zlib and BSD too; the bank and all that is "
        "rendered with it are marked, and weights trained on them must not be published as free",
    )
    command.add_argument("--force", action="store_true", help="replace a bank that exists")
    command.set_defaults(run=_assets)
    return command


def _add_render(actions: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = actions.add_parser(
        "render",
        help="images with exact depth into a folder",
        description="Render frames 0 to N-1 of a seed. Frame i is the same whatever N, and what a folder holds already "
        "is not rendered again.",
    )
    command.add_argument("-n", "--frames", type=int, required=True, metavar="N", help="how many")
    command.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder to write or to go on with"
    )
    command.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    command.add_argument(
        "--size", default="320x256", metavar="WxH", help="of the images, pixels (default: %(default)s)"
    )
    command.add_argument("--kind", choices=KINDS, default="mix", help="of scenes (default: %(default)s, some of each)")
    command.add_argument(
        "--images", choices=("jpg", "png", "webp"), default="jpg", help="format (default: %(default)s)"
    )
    command.add_argument("--workers", type=int, help="processes (default: one for each processor)")
    command.add_argument("--assets", type=Path, metavar="FILE", help="the bank (default: the one `synth assets` made)")
    command.set_defaults(run=_render)
    return command


def _assets(options: argparse.Namespace) -> int:
    from spnet.synth import assets

    output = options.output or assets.default_path()
    start = time.monotonic()

    def told(done: int, total: int, name: str) -> None:
        progress(done, total, start, name)

    report = assets.make(
        output,
        furniture=options.furniture,
        packages=options.packages,
        any_licence=options.any_licence,
        overwrite=options.force,
        progress=told,
    )
    for line in report.left_out:
        note(line)
    facts = {
        "output": str(output),
        "models": report.models,
        "textures": report.textures,
        "megabytes": round(output.stat().st_size / 1e6, 1),
        "tier": report.tier,
        "left_out": list(report.left_out),
    }
    counts = f"{report.models} models, {report.textures} textures, {facts['megabytes']} MB"
    result(facts, [f"{output}: {counts}, licence tier {report.tier}"], options)
    return 0


def _render(options: argparse.Namespace) -> int:
    from spnet.synth import assets
    from spnet.synth.folder import Recipe, render

    width, height = _size(options.size)
    recipe = Recipe(options.seed, width, height, options.kind, options.images)
    start = time.monotonic()
    made = skipped = 0
    for frame in render(
        options.output, options.frames, recipe, bank=assets.find(options.assets), workers=options.workers
    ):
        made, skipped = made + (not frame.there_already), skipped + frame.there_already
        progress(made + skipped, options.frames, start, frame.name)
    seconds = time.monotonic() - start
    facts = {"output": str(options.output), "rendered": made, "skipped": skipped, "seconds": round(seconds, 2)}
    line = (
        f"{options.output}: {made} frames rendered, {skipped} there already, {made / max(seconds, 1e-9):.1f} a second"
    )
    result(facts, [line], options)
    return 0


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise SpnetError(f"--size {text}: expected WIDTHxHEIGHT in pixels, such as 320x256")
    return int(width), int(height)
