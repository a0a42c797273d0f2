"""Write the tables of the documents from the JSON of the benchmarks: ``python benchmarks/tables.py``.

A table stands between ``<!-- table NAME -->`` and ``<!-- end -->``; what is between is replaced. With ``--check``
nothing is written, and the exit status says whether all tables are those of the JSON.
"""

import json
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from spnet.metrics import METRICS
from spnet.sparsify import PATTERNS

ROOT = Path(__file__).parents[1]
GFLOP = {"Tiny": 81.7, "32,64,128,256 x 2,2,4,2": 6.6}
"""Twice the multiplications of a 480x640 forward: 40.8 G in the paper's table, 3.3 G counted alike."""

HEADLINE = {
    "random:10%": "10 %",
    "random:1%": "1 %",
    "random:0.1%": "0.1 %",
    "points:500": "500 points",
    "rows:16": "16 rows",
    "lines:16": "16 lines",
    "features:500": "500 corners",
    "holes": "holes",
}
"""What the README calls the patterns that it shows."""

BAR = "&#124;"
"""A bar inside a table's cell."""

RESULTS = ROOT / "benchmarks" / "results"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def speed() -> str:
    """Every engine on every network."""
    result = json.loads((RESULTS / "speed.json").read_text())
    rows = [
        "| network | engine | precision | ms | × plain | load s | peak MiB | mean error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for network, measured in result["networks"].items():
        for row in measured:
            if "refused" in row:
                rows.append(f"| {network} | {row['engine']} | {row['precision']} | this processor has none | | | | |")
                continue
            error = f"{row['mean_error']:.0e}" if row["mean_error"] else "0"
            rows.append(
                f"| {network} | {row['engine']} | {row['precision']} | {row['milliseconds']:.0f} "
                f"| {row['times_plain']:.2f} | {row['load_seconds']:.2f} | {row['peak_mib']:,} | {error} |"
            )
    peak = result["matrix_product_gflops"]
    limits = []
    for network, measured in result["networks"].items():
        floor = GFLOP[network] / peak
        limits.append(f"{network} {measured[0]['milliseconds'] / 1000 / floor:.1f}×")
    roof = (
        f"A matrix product reaches {peak:.0f} GFLOPS on this processor; at that rate the convolutions alone would "
        f"take so long that no engine can pass, against plain: {', '.join(limits)}."
    )
    return "\n".join([*rows, "", roof, "", _source(result["machine"])])


def memory() -> str:
    """The peak of a 12-megapixel frame."""
    result = json.loads((RESULTS / "memory.json").read_text())
    rows = ["| 4000x3000 | peak MiB | tiles |", "|---|---|---|"]
    rows += [f"| {name} | {row['peak_mib']:,} | {row['tiles']} |" for name, row in result["large"].items()]
    by_side = zip(*(values for engines in result["bytes"].values() for values in engines.values()), strict=True)
    most = [f"{max(values):.1f} at {side}x{side}" for side, values in zip(result["sides"], by_side, strict=True)]
    line = f"Per pixel and channel of the 1/4 scale, a run took at most, in bytes: {', '.join(most)}."
    return "\n".join([*rows, "", line, "", _source(result["machine"])])


def gpu() -> str:
    """The networks on a GPU: completing and training."""
    result = json.loads((RESULTS / "gpu.json").read_text())
    limits = result["limits"]
    rows = ["| 480x640 | precision | batch | ms | ms as a graph | TFLOPS |", "|---|---|---|---|---|---|"]
    rows += [
        f"| {row['network']} | {row['precision']} | {row['batch']} | {row['milliseconds']:.1f} "
        f"| {row['graph_milliseconds']:.1f} | {row['tflops']:.1f} |"
        for row in result["completing"]
    ]
    trainings = ["| training | precision | batch | crops | images a second | peak GiB |", "|---|---|---|---|---|---|"]
    trainings += [
        f"| {row['network']} | {row['precision']} | {row['batch']} | {row['size'][1]}x{row['size'][0]} "
        f"| {row['images_a_second']:.0f} | {row['peak_gib']:.1f} |"
        for row in result["training"]
    ]
    line = (
        f"{result['machine']['gpu']}; a matrix product of bf16 reaches {limits['bf16_tflops']:.0f} TFLOPS, a copy "
        f"{limits['copy_gb_a_second'] / 1000:.1f} TB a second. {_made_by(result)}"
    )
    return "\n".join([*rows, "", *trainings, "", line])


def curves() -> str:
    """How the losses of the shipped network's trainings fell, one after the other."""
    result = json.loads((RESULTS / "curves.json").read_text())
    terms = ("error", "squared", "log_error", "scales", "links")
    rows = [f"| training | crops in all | {' | '.join(terms)} | images a second |", "|---" * (len(terms) + 3) + "|"]
    before = 0
    for name, run in result["runs"].items():
        for mean in run["means"]:
            cells = [f"{mean[term]:.4f}" if term in mean else "" for term in terms]
            crops = f"{before + mean['step'] * run['batch']:,}"
            rows.append(f"| {name} | {crops} | {' | '.join(cells)} | {mean['images_per_second']:.0f} |")
        before += run["means"][-1]["step"] * run["batch"]
    height, width = run["size"]
    return "\n".join([*rows, "", f"Crops of {width}x{height}. {_made_by(result)}"])


def training() -> str:
    """How many images a second are trained on, and what an image's time goes into."""
    result = json.loads((RESULTS / "train.json").read_text())
    parts = ("drawing", "forward", "loss", "backward", "optimiser")
    head = ["precision", *(f"{part} ms" for part in parts), "images a second", "with torchrun", "and compiled"]
    rows = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for precision, measured in result["milliseconds_an_image"].items():
        rates = {kind: row["images_a_second"] for kind, row in result["training"][precision].items()}
        shared, compiled = rates.pop("torchrun"), rates.pop("compiled")
        cells = [f"{measured[part]:.1f}" for part in parts]
        cells += [f"{min(rates.values()):.0f} to {max(rates.values()):.0f}", f"{shared:.0f}", f"{compiled:.0f}"]
        rows.append(f"| {precision} | {' | '.join(cells)} |")
    height, width = result["size"]
    line = (
        f"{result['parameters']:,} parameters, crops of {width}x{height}, {result['batch']} a step; the rate of one "
        f"process beside 0, 1 and 2 that draw, and of {result['processors']} processes of one thread, on "
        f"{result['processors']} processors."
    )
    return "\n".join([*rows, "", line, "", _source(result["machine"])])


def norms() -> str:
    """Every norm type on real frames, and on the same frames nearer and farther."""
    result = json.loads((RESULTS / "norms.json").read_text())
    conditions = list(next(iter(result["means"].values())))
    header = [f"`{name}`" for name in conditions] + [f"×{factor:g}" for factor in result["factors"]]
    rows = ["| norm | last loss | " + " | ".join(header) + " |", "|---" * (len(header) + 2) + "|"]
    for norm, means in result["means"].items():
        cells = [f"{means[name]['rmse']:.3f}" for name in conditions]
        cells += [f"{value:.3f}" for value in result["rel_by_factor"][norm]]
        rows.append(f"| {norm} | {result['last_loss'][norm]:.3f} | " + " | ".join(cells) + " |")
    line = f"RMSE in metres by pattern, then REL of `points:500` by the factor on depth; {result['frames']} NYU frames."
    return "\n".join([*rows, "", f"{line} {_made_by(result)}"])


def candidates() -> str:
    """Three shapes of a small network at equal budget."""
    result = json.loads((RESULTS / "candidates.json").read_text())
    patterns = list(result["rmse"]["nyu"]["guided"])
    rows = [
        "| | parameters | images a second | " + " | ".join(f"`{pattern}`" for pattern in patterns) + " |",
        "|---" * (len(patterns) + 3) + "|",
    ]
    for name in result["rmse"]["nyu"]:
        facts = result["candidates"].get(name)
        cost = f"{facts['parameters']:,} | {facts['images_per_second']:.0f}" if facts else " | "
        both = zip(*(result["rmse"][kind][name].values() for kind in ("nyu", "rendered")), strict=True)
        rows.append(f"| {name} | {cost} | " + " | ".join(f"{nyu:.2f} / {made:.1f}" for nyu, made in both) + " |")
    crops = {facts["crops"] for facts in result["candidates"].values()}
    frames = result["frames"]
    counted = f"{frames['nyu']} NYU frames / {frames['rendered']} rendered ones that no training saw"
    line = f"RMSE in % of the frame's mean depth, {counted}; {crops.pop():,} crops of 352x256 each."
    return "\n".join([*rows, "", f"{line} {_made_by(result)}"])


def ablation() -> str:
    """What each part of nano is worth."""
    result = json.loads((RESULTS / "ablation.json").read_text())
    whole = next(iter(result["rmse"].values()))
    rows = ["| RMSE, m | " + " | ".join(f"`{pattern}`" for pattern in whole) + " |", "|---" * (len(whole) + 1) + "|"]
    for name, measured in result["rmse"].items():
        rows.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in measured.values()) + " |")
    return "\n".join([*rows, "", f"{result['frames']} NYU frames; {_made_by(result)}"])


def confidence() -> str:
    """How well nano knows its errors on each set of frames."""
    result = _accuracy()
    sets = {name: result["sets"][name]["means"] for name in ("nyu", "real", "testset")}
    patterns = [name for name in sets["nyu"] if name in sets["testset"]]
    rows = ["| AUSE, m / calibration error, % | NYU | other real frames | test set |", "|---|---|---|---|"]
    for pattern in patterns:
        told = [means[pattern]["nano"] for means in sets.values()]
        cells = [f"{row['ause_rmse']:.3f} / {row['calibration']:.0f}" for row in told]
        rows.append(f"| `{pattern}` | " + " | ".join(cells) + " |")
    gaps = [fmean(means[pattern]["nano"]["calibration"] for pattern in patterns) for means in sets.values()]
    rows.append("| mean calibration error | " + " | ".join(f"{gap:.1f}" for gap in gaps) + " |")
    line = "The area under the sparsification error of RMSE, and the calibration error."
    return "\n".join([*rows, "", f"{line} {_made_by(result)}"])


def methods() -> str:
    """The models of the package on the example frame; their error is against float32."""
    result = json.loads((RESULTS / "speed.json").read_text())
    rows = ["| model | precision | ms | mean error |", "|---|---|---|---|"]
    rows += [
        f"| {row['method']} | {row['precision']} | {row['milliseconds']:.0f} | {row['mean_error']:.0e} |"
        for row in result["methods"]
    ]
    return "\n".join([*rows, "", _source(result["machine"])])


def accuracy() -> str:
    """RMSE of every model on NYU frames, for the patterns that most readers look for."""
    result = _accuracy()
    means = result["sets"]["nyu"]["means"]
    rows = ["| RMSE, m | " + " | ".join(HEADLINE.values()) + " |", "|---" * (len(HEADLINE) + 1) + "|"]
    for model in means["random:1%"]:
        cells = [_marked("rmse", model, means[pattern]) for pattern in HEADLINE]
        rows.append(f"| {model} | " + " | ".join(cells) + " |")
    return "\n".join([*rows, "", _made_by(result)])


def accuracy_on(name: str) -> str:
    """RMSE and REL of every model on a set of frames, for every pattern."""
    result = _accuracy()
    means = result["sets"][name]["means"]
    models = list(next(iter(means.values())))
    rows = ["| RMSE, m / REL | " + " | ".join(models) + " |", "|---" * (len(models) + 1) + "|"]
    for pattern, measured in means.items():
        cells = [f"{_marked('rmse', model, measured)} / {_marked('rel', model, measured)}" for model in models]
        rows.append(f"| `{pattern}` | " + " | ".join(cells) + " |")
    return "\n".join([*rows, "", f"{result['sets'][name]['frames']} frames; {_made_by(result)}"])


def sweeps() -> str:
    """RMSE of every model along every sweep."""
    result = _accuracy()
    parts = []
    for kind, sweep in result["sweeps"]["curves"].items():
        start = f", from `{sweep['start']}`" if sweep["start"] else ""
        rows = [f"| {kind}{start} | " + " | ".join(sweep["values"]) + " |", "|---" * (len(sweep["values"]) + 1) + "|"]
        rows += [
            f"| {model} | " + " | ".join(f"{value:.3f}" for value in curve["rmse"]) + " |"
            for model, curve in sweep["models"].items()
        ]
        parts += [*rows, ""]
    return "\n".join([*parts, f"RMSE in metres on {result['sweeps']['frames']} NYU frames; {_made_by(result)}"])


def patterns() -> str:
    """Every step of a sparsity pattern."""
    rows = [f"| `{pattern.form}` | {pattern.meaning} |" for pattern in PATTERNS.values()]
    return "\n".join(["| step | what is measured |", "|---|---|", *rows])


def metrics() -> str:
    """Every number that an evaluation has."""
    rows = [
        f"| `{name}` | {metric.label} | {metric.unit} | {metric.meaning.replace('|', BAR)} |"
        for name, metric in METRICS.items()
    ]
    return "\n".join(["| name | | unit | what it is: p is the prediction, t the truth |", "|---|---|---|---|", *rows])


def scenes() -> str:
    """How rendered frames compare with real ones."""
    result = json.loads((RESULTS / "scenes.json").read_text())
    figures = {"median depth": 1, "far / near": 1, "edges": 3, "planar": 2, "edges seen": 2, "grey deviation": 0,
               "image gradient": 1}  # fmt: skip
    rows = ["| frames | " + " | ".join(figures) + " |", "|---" * (len(figures) + 1) + "|"]
    for name, group in result["groups"].items():
        cells = []
        for figure, digits in figures.items():
            values = group["percentiles"].get(figure)
            cells.append(" ".join(f"{value:.{digits}f}" for value in values) if values else "")
        rows.append(f"| {name} ({group['frames']}) | " + " | ".join(cells) + " |")
    return "\n".join([*rows, "", _made_by(result)])


def synth() -> str:
    """How many frames a second are rendered, and what a frame's time goes into."""
    result = json.loads((RESULTS / "synth.json").read_text())
    rows = ["| kind | layout ms | render ms | photograph ms | triangles |", "|---|---|---|---|---|"]
    for kind, row in result["milliseconds"].items():
        names = ("layout", "render", "photograph", "triangles")
        rows.append(f"| {kind} | " + " | ".join(f"{row[name]:,.0f}" for name in names) + " |")
    rates = sorted(result["frames_a_second"])
    width, height = result["size"]
    line = (
        f"Of the mix at {width}x{height}, {rates[0]:.1f} to {rates[-1]:.1f} frames a second in {len(rates)} runs, "
        f"{result['processors']} processes on as many processors. The table is of one process alone."
    )
    return "\n".join([line, "", *rows, "", _made_by(result)])


def service() -> str:
    """Requests a second, how long they take, the memory of a long run, and what it brings to run frames together."""
    result = json.loads((RESULTS / "serve.json").read_text())
    rows = ["| clients | requests a second | p50 ms | p99 ms |", "|---|---|---|---|"]
    rows += [
        f"| {row['clients']} | {row['requests_a_second']:.1f} | {row['p50_ms']:,.0f} | {row['p99_ms']:,.0f} |"
        for row in result["rates"]
    ]
    run = result["long_run"]
    hostile = ", ".join(f"{count} × {status}" for status, count in sorted(run["hostile_statuses"].items()))
    answered = ", ".join(f"{count:,} × {status}" for status, count in sorted(run["statuses"].items()))
    line = (
        f"The example, 741x500, by {result['model']}, as PNG; {result['machine']['processors']} processors that the "
        f"clients share, with a load of {result['load_before']} before. Over {run['requests']:,} small requests of "
        f"{run['clients']} clients ({answered}), {sum(run['hostile_statuses'].values())} hostile ones among them "
        f"({hostile}), memory went from {run['resident_mib'][0]:.0f} to {run['resident_mib'][-1]:.0f} MiB, at most "
        f"{max(run['resident_mib']):.0f}."
    )
    return "\n".join([*rows, "", line, "", *_batches(result["batches"]), "", _made_by(result)])


def _batches(result: dict[str, Any]) -> list[str]:
    counts = list(result["sizes"][0]["milliseconds_a_frame"])
    rows = [f"| frames at once | {' | '.join(counts)} |", "|---" * (len(counts) + 1) + "|"]
    for row in result["sizes"]:
        height, width = row["size"]
        times = row["milliseconds_a_frame"]
        rows.append(f"| {width}x{height}, ms a frame | {' | '.join(str(times.get(count, '')) for count in counts)} |")
    apart = max(row["largest_relative_difference"] for row in result["sizes"])
    difference = f"differs by at most {apart:.0e} of its value from" if apart else "is to the bit"
    model = result["model"].replace("_", " ")
    return [*rows, "", f"By {model} ({result['engine']}); depth {difference} that of the frame alone."]


def cluster() -> str:
    """Frames a second of workers on a cluster of one machine, beside processes without one."""
    result = _cluster()
    rows = ["| | frames/s | before the first frame, s |", "|---|---|---|"]
    for title, run in result["runs"].items():
        rates = sorted(run["frames_a_second"])
        spread = f"{rates[0]:.1f} to {rates[-1]:.1f}" if len(rates) > 1 else f"{rates[0]:.1f}"
        rows.append(f"| {title} | {spread} | {run['startup_seconds']:.1f} |")
    taken = result["milliseconds"]
    equal = "equal to the byte" if result["equal_to_the_byte"] else "not equal"
    read, written = (size / 1000 for size in result["bytes_a_frame"].values())
    line = (
        f"{result['frames']} times the example, 741x500, by {result['model']} on one thread a worker, in shards of "
        f"{result['shard_size']}; {result['machine']['processors']} processors, with a load of {result['load_before']} "
        f"before. The results of all are {equal}. A frame takes {taken['read']:.0f} ms to read, "
        f"{taken['complete']:.0f} ms to complete and {taken['write']:.0f} ms to write, {read:.0f} kB and "
        f"{written:.0f} kB. Empty tasks pass through at {result['tasks_a_second']:.0f} a second."
    )
    return "\n".join([*rows, "", line, "", _made_by(result)])


def cluster_workers() -> str:
    """What the measured rates say of more workers, by the assumptions."""
    projection = _cluster()["projection"]
    rows = ["| workers | frames/s, projected | limited by |", "|---|---|---|"]
    rows += [f"| {row['workers']} | {row['frames_a_second']:,.0f} | {row['limit']} |" for row in projection["workers"]]
    assumed, limits = projection["assumed"], projection["limits_frames_a_second"]
    line = (
        "Assumed: each worker is as fast as the one measured on a processor of its own, storage moves "
        f"{assumed['storage_bytes_a_second'] / 1e9:g} GB/s in all ({limits['storage']:,} frames/s), and shards hold "
        f"{assumed['frames_a_shard']:,} frames."
    )
    return "\n".join([*rows, "", line, "", _made_by(_cluster())])


def cluster_gpus() -> str:
    """What clusters of GPUs need, by the assumptions."""
    projection = _cluster()["projection"]
    titles = {
        "gpus": "GPUs",
        "frames_a_second": "frames/s",
        "read_mb_a_second": "read, MB/s",
        "written_mb_a_second": "written, MB/s",
        "workers_a_gpu": "workers a GPU",
        "processors_to_read_and_write": "processors busy with files",
        "shards_a_second": "shards/s",
        "hours_for_a_million": "hours for a million frames",
    }
    rows = ["| " + " | ".join(titles.values()) + " |", "|---" * len(titles) + "|"]
    rows += ["| " + " | ".join(f"{row[key]:,g}" for key in titles) + " |" for row in projection["gpus"]]
    assumed = projection["assumed"]
    line = (
        f"Assumed: a GPU completes {assumed['frames_a_second_a_gpu']:g} frames/s; frames are as large, and read and "
        f"written as fast, as the example here; shards hold {assumed['frames_a_shard']:,} frames. None of it was run."
    )
    return "\n".join([*rows, "", line, "", _made_by(_cluster())])


def _cluster() -> dict[str, Any]:
    return json.loads((RESULTS / "cluster.json").read_text())


def _accuracy() -> dict[str, Any]:
    return json.loads((RESULTS / "accuracy.json").read_text())


def _marked(metric: str, model: str, measured: dict[str, dict[str, float]]) -> str:
    """The number with three digits behind the point, bold if no model has less of it."""
    value = f"{measured[model][metric]:.3f}"
    return f"**{value}**" if measured[model][metric] == min(row[metric] for row in measured.values()) else value


def _made_by(result: dict[str, Any]) -> str:
    return f"`{result['machine']['command']}` at {result['machine']['commit']}."


TABLES: dict[str, Callable[[], str]] = {
    "speed": speed,
    "memory": memory,
    "gpu": gpu,
    "curves": curves,
    "training": training,
    "norms": norms,
    "candidates": candidates,
    "ablation": ablation,
    "confidence": confidence,
    "methods": methods,
    "accuracy": accuracy,
    "accuracy_nyu": partial(accuracy_on, "nyu"),
    "accuracy_real": partial(accuracy_on, "real"),
    "accuracy_lidar": partial(accuracy_on, "lidar"),
    "accuracy_testset": partial(accuracy_on, "testset"),
    "sweeps": sweeps,
    "patterns": patterns,
    "metrics": metrics,
    "scenes": scenes,
    "synth": synth,
    "service": service,
    "cluster": cluster,
    "cluster_workers": cluster_workers,
    "cluster_gpus": cluster_gpus,
}


def fill(text: str) -> str:
    """The document with every table made anew."""

    def table(match: re.Match[str]) -> str:
        return f"<!-- table {match[1]} -->\n{TABLES[match[1]]()}\n<!-- end -->"

    return re.sub(r"<!-- table (\w+) -->\n.*?<!-- end -->", table, text, flags=re.DOTALL)


def _source(machine: dict[str, Any]) -> str:
    vectors = ", ".join(machine["vector_instructions"]) or "no wide vectors"
    return f"`{machine['command']}` at {machine['commit']}, {machine['processor']} ({vectors}), 2 threads."


def main() -> int:
    """Fill every document, or check them."""
    stale = [path for path in DOCUMENTS if fill(path.read_text()) != path.read_text()]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path}: its tables are not those of the results")
        return 1 if stale else 0
    for path in stale:
        path.write_text(fill(path.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
