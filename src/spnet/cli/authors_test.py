"""``test.py``, the test command of SPNet's authors, in both of its forms."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spnet.cli.arguments import Parser
from spnet.cli.console import fail, note, progress, result
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.completion import Completer
    from spnet.evaluate.authors import Score

MODEL_TYPES = ("Tiny", "Small", "Base", "Large")

_COLUMNS = ("authors_rmse", "authors_rel", "rmse", "mae", "rel")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 done, 2 the input cannot be used."""
    options = _parse(arguments)
    try:
        return _run(options)
    except SpnetError as error:
        return fail(2, str(error), options)
    except OSError as error:
        return fail(2, f"{error.filename or 'output'}: {error.strerror}", options)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="test.py",
        description="Complete the test sets of SPNet's authors (rgb/, gt/, raw_10%/, raw_1%/, raw_0.1%/) and print "
        "their numbers, marked as theirs, beside metres.",
    )
    parser.add_argument(
        "--rgbd_dir", type=Path, default=Path("Ibims"), help="a test set, or a folder of them (default: %(default)s)"
    )
    parser.add_argument("--model_type", choices=MODEL_TYPES, help="which variant (default: as the file is)")
    parser.add_argument(
        "--model_dir",
        type=Path,
        help="the checkpoint, .pth or .safetensors (default: checkpoints/Large.pth, or as --model_type says)",
    )
    for name in ("--dims", "--depths"):
        parser.add_argument(
            name,
            type=whole_numbers,
            metavar="[N,N,N,N]",
            help="channels or blocks: the larger numbers are channels; checked, as the file itself tells",
        )
    parser.add_argument("--norm_type", help="CNX, GRN, LN ...; checked, as the file itself tells")
    parser.add_argument("--dp_rate", type=float, help="of training; plays no part here")
    parser.add_argument(
        "--save_results",
        type=_yes_or_no,
        nargs="?",
        const=True,
        default=False,
        metavar="True|False",
        help="write result_10%%/ and so on beside the input (default: False)",
    )
    parser.add_argument(
        "--max_depth",
        type=float,
        default=20.0,
        metavar="M",
        help="metres that the files call 65535: 20 for the indoor sets, 100 outdoors (default: %(default)s)",
    )
    parser.add_argument("--force", action="store_true", help="replace results that exist")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser.set_defaults(json=False)
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace) -> int:
    from spnet.completion import load
    from spnet.evaluate.authors import find_sets, mean_score

    path = options.model_dir or Path("checkpoints") / f"{options.model_type or 'Large'}.pth"
    sets = find_sets(options.rgbd_dir)
    _check_architecture(options, path)
    completer = load(path, max_depth=options.max_depth)
    lines = [f"{completer.model} on {completer.engine}; metres where 65535 in the files is {options.max_depth:g} m"]
    for folder in sets:
        scores = _score(folder, completer, options)
        lines += ["", f"{folder.absolute().name}, {scores[0].frames} images", *_table([*scores, mean_score(scores)])]
    result({}, lines, options)
    return 0


def _score(folder: Path, completer: "Completer", options: argparse.Namespace) -> list["Score"]:
    from spnet.evaluate.authors import score_set

    start = time.monotonic()
    scores = score_set(
        folder,
        completer,
        options.max_depth,
        save=options.save_results,
        overwrite=options.force,
        progress=lambda done, total, name: progress(done, total, start, name),
    )
    if options.save_results:
        note(f"{folder}: depth written to result_10%, result_1% and result_0.1%")
    return scores


def _table(scores: Sequence["Score"]) -> list[str]:
    from spnet.evaluate.tables import aligned, heading
    from spnet.metrics import METRICS

    rows = [["input", *(heading(METRICS[name]) for name in _COLUMNS)]]
    rows += [[score.density, *(METRICS[name].text(score.metrics[name]) for name in _COLUMNS)] for score in scores]
    return aligned(rows, left=1)


def _check_architecture(options: argparse.Namespace, path: Path) -> None:
    """That the checkpoint is what the command line says: a mistake there must not go unnoticed."""
    from spnet.weights.describe import describe

    expected: dict[str, object] = {}
    if options.dims or options.depths:
        blocks, channels = blocks_and_channels(options)
        expected |= {"channels": channels, "blocks": blocks}
    if options.model_type:
        expected["variant"] = options.model_type
    if options.norm_type:
        expected["norm"] = options.norm_type
    facts = describe(path) if expected else {}
    for name, value in expected.items():
        found = facts.get(name, "unknown")
        if (tuple(found) if isinstance(found, list | tuple) else found) != value:
            cure = f"import it once (spnet import --norm {value})" if name == "norm" else "leave that out"
            raise SpnetError(f"{path}: seems to have {name} {found}, but the command line says {value}; {cure}")


def blocks_and_channels(options: argparse.Namespace) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What --dims and --depths say: in the authors' README --dims are the blocks, in their code the channels."""
    if not (options.dims and options.depths):
        raise SpnetError("--dims and --depths: one is given without the other; give both or neither")
    blocks, channels = sorted((options.dims, options.depths), key=max)
    return blocks, channels


def whole_numbers(text: str) -> tuple[int, ...]:
    """The numbers of "[3,3,9,3]"."""
    words = text.strip("[]() ").split(",")
    if len(words) != 4 or not all(word.strip().isdigit() for word in words):
        raise argparse.ArgumentTypeError(f"{text!r}, expected four whole numbers, as in [3,3,9,3]")
    return tuple(int(word) for word in words)


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
        raise argparse.ArgumentTypeError(f"{text!r}, expected True or False")
    return text.lower() in ("true", "1", "yes")
