"""What the service counts, as Prometheus reads it.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4)
"""

import bisect
import itertools
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # the upper bounds of the histogram's buckets
_MOST_RETRY_SECONDS = 60


@dataclass
class Counters:
    """Changed by the event loop only."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By method, route and status."""
    completions: Counter[str] = field(default_factory=Counter)
    """By model."""
    together: Counter[int] = field(default_factory=Counter)
    """Completions by how many frames went through the model at once."""
    buckets: list[int] = field(default_factory=lambda: [0] * (len(_SECONDS) + 1))
    """Completions by seconds of the thread."""
    seconds: float = 0.0
    """Of all completions."""
    in_progress: int = 0
    """Requests for completion, waiting or running."""

    def completed(self, model: str, seconds: float, together: int = 1) -> None:
        """Count a completion that took `seconds` of the thread that all of them share, and was one of `together`."""
        self.completions[model] += 1
        self.together[together] += 1
        self.buckets[bisect.bisect_left(_SECONDS, seconds)] += 1
        self.seconds += seconds

    def retry_after(self) -> int:
        """Seconds after which those in progress are likely to be done."""
        done = self.completions.total()
        mean = self.seconds / done if done else 1.0
        return max(1, min(round(mean * self.in_progress), _MOST_RETRY_SECONDS))

    def as_text(self) -> str:
        """All of it, and the memory of this process."""
        lines = [
            *_family("spnet_requests_total", "counter", "Requests answered."),
            *(
                f'spnet_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
                for (method, route, status), count in sorted(self.requests.items())
            ),
            *_family("spnet_completions_total", "counter", "Depth maps completed."),
            *(
                f'spnet_completions_total{{model="{_escaped(model)}"}} {count}'
                for model, count in sorted(self.completions.items())
            ),
            *_family("spnet_together_total", "counter", "Depth maps completed, by how many in the same run."),
            *(f'spnet_together_total{{maps="{maps}"}} {count}' for maps, count in sorted(self.together.items())),
            *_family("spnet_completion_seconds", "histogram", "Reading, completing and writing of one depth map."),
            *_histogram("spnet_completion_seconds", self.buckets, self.seconds),
            *_family("spnet_in_progress", "gauge", "Requests for completion, waiting or running."),
            f"spnet_in_progress {self.in_progress}",
        ]
        if resident := _resident_bytes():
            name = "process_resident_memory_bytes"
            lines += [*_family(name, "gauge", "Memory of this process."), f"{name} {resident}"]
        return "\n".join(lines) + "\n"


def _family(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]


def _histogram(name: str, buckets: list[int], total_seconds: float) -> list[str]:
    bounds = [*(f"{bound:g}" for bound in _SECONDS), "+Inf"]
    counts = list(itertools.accumulate(buckets))
    lines = [f'{name}_bucket{{le="{bound}"}} {count}' for bound, count in zip(bounds, counts, strict=True)]
    return [*lines, f"{name}_sum {total_seconds:.6f}", f"{name}_count {counts[-1]}"]


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _resident_bytes() -> int | None:
    """Of this process now; None where the system does not say it in Linux' way."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else None
