"""What ran a benchmark, to stand beside its figures."""

import json
import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("numpy", "scipy", "torch", "openvino", "onnxruntime")


def has_bf16() -> bool:
    """Whether the processor multiplies bf16 numbers itself."""
    return bool({"avx512_bf16", "amx_bf16"} & set(describe()["vector_instructions"]))


def describe() -> dict[str, Any]:
    """Processor, versions, commit and command line of this run; the commit has a + where code differed from it."""
    cpu = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    fields = dict(line.split(":", 1) for line in cpu.splitlines() if ":" in line)
    names = {name.strip(): value.strip() for name, value in fields.items()}
    flags = names.get("flags", "").split()
    is_changed = bool(_git("status", "--porcelain", "--untracked-files=no", "--", "src", "benchmarks/*.py"))
    return {
        "processor": names.get("model name", platform.processor()),
        "vector_instructions": [flag for flag in flags if flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16")],
        "python": platform.python_version(),
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        "commit": _git("rev-parse", "--short", "HEAD") + "+" * is_changed,
        "command": " ".join(["python", *sys.argv]),
    }


def report(result: Mapping[str, Any], path: Path | None) -> None:
    """Print a result as JSON, and write it to a file if there is to be one."""
    text = json.dumps(result, indent=1)
    print(text)
    if path:
        path.write_text(text + "\n")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
