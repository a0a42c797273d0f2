"""Write the tables of the documents from the JSON of the benchmarks: ``python benchmarks/tables.py``.

A table stands between ``<!-- table NAME -->`` and ``<!-- end -->``; what is between is replaced. With ``--check``
nothing is written, and the exit status says whether all tables are those of the JSON.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
GFLOP = {"Tiny": 81.7, "32,64,128,256 x 2,2,4,2": 6.6}
"""Twice the multiplications of a 480x640 forward: 40.8 G in the paper's table, 3.3 G counted alike."""

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


def methods() -> str:
    """The non-learned methods on the example frame."""
    result = json.loads((RESULTS / "speed.json").read_text())
    rows = ["| method | ms |", "|---|---|"]
    rows += [f"| {row['method']} | {row['milliseconds']:.0f} |" for row in result["methods"]]
    return "\n".join([*rows, "", _source(result["machine"])])


def accuracy() -> str:
    """The non-learned methods on NYU frames."""
    result = json.loads((RESULTS / "classic.json").read_text())
    patterns = list(next(iter(result["rmse"].values())))
    rows = ["| RMSE, m | " + " | ".join(patterns) + " |", "|---" * (len(patterns) + 1) + "|"]
    best = {pattern: min(errors[pattern] for errors in result["rmse"].values()) for pattern in patterns}
    for method, errors in result["rmse"].items():
        cells = [f"**{errors[p]:.3f}**" if errors[p] == best[p] else f"{errors[p]:.3f}" for p in patterns]
        rows.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join([*rows, "", _source(result["machine"])])


TABLES = {"speed": speed, "memory": memory, "methods": methods, "accuracy": accuracy}


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
