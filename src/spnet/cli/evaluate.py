"""``spnet evaluate``: models on a data set, side by side."""

import argparse
import dataclasses
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.cli.clusters import add_ray, cluster_of
from spnet.cli.console import note, progress, result
from spnet.cli.outputs import check_outputs

if TYPE_CHECKING:
    from spnet.evaluate.results import Results, Row

_MOST_FAILURES_NAMED = 20


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "evaluate",
        help="how far models are from the truth on a data set",
        description="Complete every frame of a data set with every model, all from the same sparse depth, and print "
        "the mean errors, the best marked with a star. What is drawn depends on the seed and the frame's name alone. "
        "A frame that fails is named, and then there are no means.",
    )
    command.add_argument(
        "dataset", type=Path, metavar="DATASET_DIR", help="folder of a data set; see docs/evaluation.md"
    )
    _add_what(command)
    _add_how(command)
    command.add_argument("--json", dest="json_file", type=Path, metavar="FILE", help="write every number, .json")
    command.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="write one page to look at, .html: tables, charts, and the worst frames in pictures",
    )
    command.add_argument("--force", action="store_true", help="replace files that exist")
    command.set_defaults(run=run, json=False)
    return [command]


def _add_what(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        nargs="+",
        metavar="MODEL",
        help="nearest, linear, morphology, guided, nano, or weights files (default: nano guided linear)",
    )
    command.add_argument(
        "--pattern",
        nargs="+",
        default=[],
        metavar="PATTERN",
        help="what is left of the truth: random:1%%, points:500, rows:16, lines:16, grid:8x8, features:500, "
        "range:0.3-8, view:80%%, holes, noise:0.02, outliers:1%%, joined by +; or the name of sparse depth that the "
        "data set brings (default: that, else random:10%% random:1%% random:0.1%%)",
    )
    command.add_argument(
        "--sweep",
        nargs="+",
        default=[],
        metavar="KIND",
        help="change one thing step by step instead, starting from the patterns: density, noise, outliers, scale, "
        "size, colour",
    )
    command.add_argument(
        "--metric",
        nargs="+",
        metavar="METRIC",
        help="what to print, such as rmse mae rel irmse imae log10 delta_1.25 edge_rmse affine_rel; a sweep prints "
        "the first (the files have all)",
    )
    command.add_argument("--kind", help="layout of the data set, where its files do not tell: pairs, nyu, kitti, ...")
    command.add_argument(
        "--data-max-depth",
        type=float,
        metavar="M",
        help="metres that the files of SPNet's authors' test sets call 65535; adds the authors' own metrics",
    )


def _add_how(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=0, help="of what is drawn (default: %(default)s)")
    command.add_argument("--limit", type=int, metavar="N", help="only N frames, evenly spread over the data set")
    command.add_argument(
        "--allow-missing", action="store_true", help="where frames fail, print means over those all models completed"
    )
    command.add_argument(
        "--max-depth",
        type=float,
        metavar="M",
        help="metres that networks divide depth by, instead of what their files say",
    )
    command.add_argument("--engine", default="auto", help="auto, openvino, torch or onnxruntime (default: %(default)s)")
    command.add_argument("--precision", default="f32", help="f32, bf16 or f16 (default: %(default)s)")
    command.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes (default: one for each processor; of --ray: one for each GPU or CPU of the cluster)",
    )
    add_ray(command)


def run(options: argparse.Namespace) -> int:
    """Models on a data set, side by side."""
    from spnet.evaluate import Settings, evaluate, open_dataset
    from spnet.evaluate.models import DEFAULT_MODELS
    from spnet.evaluate.tables import DEFAULT_METRICS, as_text, check_metrics

    metrics = options.metric or DEFAULT_METRICS
    models = options.model or list(DEFAULT_MODELS)
    check_metrics(metrics)
    check_outputs([(options.json_file, (".json",)), (options.report, (".html",))], inputs=[], overwrite=options.force)
    start = time.monotonic()
    results = evaluate(
        open_dataset(options.dataset, options.kind, max_depth=options.data_max_depth),
        models,
        options.pattern,
        sweeps=options.sweep,
        settings=Settings(**{field.name: getattr(options, field.name) for field in dataclasses.fields(Settings)}),
        workers=1 if options.ray else options.workers if options.workers is not None else os.cpu_count() or 1,
        cluster=cluster_of(options, threads=1, models=models) if options.ray else None,
        progress=lambda done, total, name: progress(done, total, start, name),
        tell=note,
    )
    _write_json(results, options)
    for line in [*results.notes, *_failures(results)]:
        note(line)
    if table := as_text(results, metrics):
        result({}, table, options)
    _write_report(results, options)
    return 0 if table and (results.allow_missing or not results.failures) else 1


def _write_json(results: "Results", options: argparse.Namespace) -> None:
    from spnet.evaluate import to_json
    from spnet.files.atomic import written_whole

    if options.json_file:
        with written_whole(options.json_file, overwrite=options.force) as temporary:
            temporary.write_bytes(to_json(results).encode())


def _write_report(results: "Results", options: argparse.Namespace) -> None:
    """Last, because it completes frames again: the numbers are out by then, whatever becomes of the pictures."""
    from spnet.evaluate import write_report

    if options.report:
        note(f"completing the worst frames again, to show them in {options.report}")
        write_report(results, options.report, overwrite=options.force)


def _failures(results: "Results") -> list[str]:
    """Every frame that failed, and why; a reason that several of its rows share is said once."""
    shared: dict[tuple[str, str], list[Row]] = {}
    for row in results.failures:
        shared.setdefault((row.frame, row.error), []).append(row)
    everywhere = len(results.conditions) * len(results.models)
    lines = []
    for (frame, error), rows in shared.items():
        where = f", {rows[0].condition}, {rows[0].model}" if len(rows) < everywhere else ""
        others = f" (and {len(rows) - 1} more of this frame)" if 1 < len(rows) < everywhere else ""
        lines.append(f"{frame}{where}{others}: {error}")
    if len(lines) > _MOST_FAILURES_NAMED:
        lines[_MOST_FAILURES_NAMED:] = [f"and {len(lines) - _MOST_FAILURES_NAMED} failures more, which --json names"]
    if lines:
        failed = len({row.frame for row in results.failures})
        consequence = (
            "means leave them out" if results.allow_missing else "no means; mend them, or pass --allow-missing"
        )
        lines.append(f"{failed} of {len(results.frames)} frames failed: {consequence}")
    return lines
