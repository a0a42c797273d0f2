"""How many requests the service answers, how long they take, and whether its memory stays where it is.

    python benchmarks/serve.py --json benchmarks/results/serve.json

The service is a process of its own; the clients are threads of this one, each with a connection that it keeps. Rates
are of the example frame, answered as a 16-bit PNG. The long run is of a small frame, from four clients, with hostile
bodies among them. Last, without the service, how long a frame takes where several run together.

It ends with status 1 where a request was lost, answered with 500, or refused though it was sound, and where the memory
grew. Takes four to six minutes.
"""

import argparse
import http.client
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import machine
import spnet
from spnet.completion import DEFAULT_MODEL, Completer

EXAMPLE = machine.ROOT / "examples" / "motorcycle"
CLIENTS = (1, 4, 16)
BOUNDARY = "spnet-benchmark"
HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
HOSTILE = 30
LONG_RUN_CLIENTS = 4
SAMPLES = 20
"""How often the long run looks at the memory."""
WARM = SAMPLES // 10
"""Samples before which the service may still take what it needs: threads, buffers, the first batches of each size."""
MOST_GROWTH_MIB = 24.0
"""Between any two samples after those; the allocator's own ups and downs are below."""
TOGETHER = (1, 2, 4, 8)
SMALL = (120, 160)


@contextmanager
def service(model: str) -> Iterator[int]:
    """A service on a port of its own."""
    command = [sys.executable, "-m", "spnet", "serve", "--port", "0", "--json", "--model", model]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the service did not start: {' '.join(command)}")
        try:
            yield int(json.loads(line)["url"].rstrip("/").rpartition(":")[2])
        finally:
            process.terminate()


def form(image: bytes, depth: bytes, **fields: str) -> bytes:
    """A request's body."""
    parts = b""
    for name, content in (("image", image), ("depth", depth)):
        parts += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n'.encode()
        parts += content + b"\r\n"
    for name, text in fields.items():
        parts += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
    return parts + f"--{BOUNDARY}--\r\n".encode()


def example_form() -> bytes:
    """The example frame, 741x500 with 6,006 points."""
    return form(*((EXAMPLE / name).read_bytes() for name in ("rgb.jpg", "lidar.png")), unit="mm", format="png")


def small_form() -> bytes:
    """A frame of 160x120 with 500 points."""
    generator = np.random.default_rng(0)
    depth = np.zeros(SMALL, np.float32)
    depth.flat[generator.choice(depth.size, 500, replace=False)] = generator.uniform(1, 9, 500)
    image, stored = io.BytesIO(), io.BytesIO()
    Image.fromarray(generator.integers(0, 256, (*SMALL, 3), dtype=np.uint8)).save(image, "PNG")
    np.save(stored, depth)
    return form(image.getvalue(), stored.getvalue(), format="npy")


def hostile_forms(body: bytes) -> list[bytes]:
    """Bodies that are cut short, lie of their sizes, are damaged all over, or are no form at all."""
    generator = np.random.default_rng(1)
    bomb = io.BytesIO()
    Image.new("L", (8000, 8000)).save(bomb, "PNG")
    header = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999), }"
    made = [form(bomb.getvalue(), b"x"), form(b"", b""), form(b"P6 9999 9999 255 ", header), b"", b"\x00" * 1000]
    made += [body[: int(end)] for end in np.linspace(1, len(body) - 1, 10)]
    while len(made) < HOSTILE:
        damaged = np.frombuffer(body, np.uint8).copy()
        damaged[generator.integers(0, len(body), 400)] = generator.integers(0, 256, 400)
        made.append(damaged.tobytes())
    return made


def ask(connection: http.client.HTTPConnection, body: bytes) -> str:
    """The status of one answer, read to its end; "lost" if none came, or not all of it."""
    try:
        connection.request("POST", "/v1/complete", body, HEADERS)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()  # the next request opens it anew
        return "lost"
    return str(response.status)


class Clients:
    """Clients that send what `bodies` gives, each when its last answer has come, until there is no more."""

    def __init__(self, port: int, bodies: Iterator[tuple[str, bytes]]) -> None:
        self.port, self.bodies = port, bodies
        self.statuses: dict[str, Counter[str]] = {}
        """By kind of body."""
        self.seconds: list[float] = []
        self._lock = threading.Lock()

    def run(self, count: int) -> float:
        """Seconds until the last of `count` clients had its last answer."""
        start = time.perf_counter()
        threads = [threading.Thread(target=self._client) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - start

    def _client(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        while True:
            with self._lock:
                kind, body = next(self.bodies, ("", b""))
            if not kind:
                break
            start = time.perf_counter()
            status = ask(connection, body)
            with self._lock:
                self.seconds.append(time.perf_counter() - start)
                self.statuses.setdefault(kind, Counter())[status] += 1
        connection.close()


def rates(port: int, body: bytes, clients: int, duration: float) -> dict[str, Any]:
    """Requests a second, and how long they took."""
    deadline = time.perf_counter() + duration
    sending = Clients(port, iter(lambda: ("sound", body) if time.perf_counter() < deadline else ("", b""), ("", b"")))
    taken = sending.run(clients)
    p50, p99 = np.percentile(sending.seconds, (50, 99))
    return {
        "clients": clients,
        "requests": len(sending.seconds),
        "requests_a_second": round(len(sending.seconds) / taken, 2),
        "p50_ms": round(1000 * p50, 1),
        "p99_ms": round(1000 * p99, 1),
        "statuses": dict(sending.statuses["sound"]),
    }


def resident_mib(port: int) -> float:
    """Memory of the service, by its own metrics."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return round(float(lines[-1].split()[1]) / 2**20, 1)


def long_run(port: int, requests: int) -> dict[str, Any]:
    """Many requests with hostile ones among them: the statuses of both, and the memory on the way."""
    sound = small_form()
    hostile = hostile_forms(sound)
    memory: list[float] = []

    def bodies() -> Iterator[tuple[str, bytes]]:
        for number in range(requests):
            if number % max(1, requests // SAMPLES) == 0:
                memory.append(resident_mib(port))
            yield "sound", sound
            if number % max(1, requests // HOSTILE) == 0 and hostile:
                yield "hostile", hostile.pop()

    sending = Clients(port, bodies())
    taken = sending.run(LONG_RUN_CLIENTS)
    memory.append(resident_mib(port))
    return {
        "requests": requests,
        "clients": LONG_RUN_CLIENTS,
        "seconds": round(taken, 1),
        "statuses": dict(sending.statuses["sound"]),
        "hostile_statuses": dict(sending.statuses["hostile"]),
        "resident_mib": memory,
        "grew_mib": round(max(memory[WARM:]) - memory[WARM], 1),
    }


def frames(height: int, width: int, count: int) -> list[spnet.Frame]:
    """The example, cut to a size and turned around by some columns, each differently."""
    example = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")

    def turned(array: NDArray[Any], number: int) -> NDArray[Any]:
        return np.roll(array, 37 * number, axis=1)[-height:, :width]

    return [spnet.Frame(turned(example.rgb, number), turned(example.depth, number)) for number in range(count)]


def untrained(folder: Path) -> Path:
    """Nano without a training: as fast as with one."""
    import torch
    from safetensors.torch import save_file

    from spnet.model import Nano

    torch.manual_seed(0)
    save_file(Nano().state_dict(), folder / "untrained_nano.safetensors", metadata={"scale": "log_mean"})
    return folder / "untrained_nano.safetensors"


def batches(model: str, rounds: int) -> dict[str, Any]:
    """Milliseconds a frame where 1, 2, 4 and 8 run together, in turn, round after round; and how far the depth is from
    that of the same frame alone, relative to it. Of `model` if it is a network, else of an untrained one."""
    with tempfile.TemporaryDirectory() as folder:
        completer = spnet.load(model)
        if completer.most_together(*SMALL) == 1:
            completer = spnet.load(untrained(Path(folder)))
        measured = [batches_of_size(completer, *size, rounds) for size in (SMALL, (500, 741))]
    return {"model": completer.model, "engine": completer.engine, "rounds": rounds, "sizes": measured}


def batches_of_size(completer: Completer, height: int, width: int, rounds: int) -> dict[str, Any]:
    """One row of `batches`."""
    given = frames(height, width, max(TOGETHER))
    counts = [count for count in TOGETHER if count <= completer.most_together(height, width)]

    def run(count: int) -> list[spnet.Depth]:
        parts = [given[start : start + count] for start in range(0, len(given), count)]
        return [depth for part in parts for depth in completer.together(part, keep_measured=[False] * count)]

    alone = run(1)
    apart = [
        max(float(np.abs(other.metres / one.metres - 1).max()) for one, other in zip(alone, run(count), strict=True))
        for count in counts
    ]
    seconds: dict[int, list[float]] = {count: [] for count in counts}
    for _ in range(rounds):
        for count in counts:
            start = time.perf_counter()
            run(count)
            seconds[count].append((time.perf_counter() - start) / len(given))
    return {
        "size": [height, width],
        "milliseconds_a_frame": {
            str(count): round(1000 * statistics.median(times), 1) for count, times in seconds.items()
        },
        "largest_relative_difference": max(apart),
    }


def failures(measured: dict[str, Any]) -> list[str]:
    """What must not be."""
    run = measured["long_run"]
    found = [
        f"{row['clients']} clients: {row['statuses']}" for row in measured["rates"] if set(row["statuses"]) != {"200"}
    ]
    if run["statuses"] != {"200": run["requests"]}:
        found.append(f"sound requests of the long run: {run['statuses']}")
    if sum(run["hostile_statuses"].values()) != HOSTILE or not {"lost", "500"}.isdisjoint(run["hostile_statuses"]):
        found.append(f"hostile requests: {run['hostile_statuses']}")
    if run["grew_mib"] > MOST_GROWTH_MIB:
        found.append(f"memory grew by {run['grew_mib']} MiB: {run['resident_mib']}")
    return found


def main() -> int:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="of the service (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each rate (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=2000, help="of the long run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of the batches (default: %(default)s)")
    options = parser.parse_args()
    start = time.perf_counter()
    measured: dict[str, Any] = {"machine": machine.describe() | {"processors": os.cpu_count()}, "model": options.model}
    measured["load_before"] = round(os.getloadavg()[0], 2)
    body = example_form()
    with service(options.model) as port:
        Clients(port, iter([("sound", body)] * 3)).run(1)  # warms up
        measured["rates"] = [rates(port, body, clients, options.seconds) for clients in CLIENTS]
        measured["long_run"] = long_run(port, options.requests)
    measured["batches"] = batches(options.model, options.rounds)
    measured["seconds"] = round(time.perf_counter() - start)
    machine.report(measured, options.json)
    found = failures(measured)
    for failure in found:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
