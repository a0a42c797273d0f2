"""How many requests the service answers, how long they take, and whether its memory stays where it is.

    python benchmarks/serve.py --json benchmarks/results/serve.json

The service is a process of its own; the clients are threads of this one, each with a connection that it keeps. Rates
are of the example frame, answered as a 16-bit PNG. The long run is of a small frame, with hostile bodies among them.
"""

import argparse
import http.client
import io
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import machine

EXAMPLE = machine.ROOT / "examples" / "motorcycle"
CLIENTS = (1, 4, 16)
BOUNDARY = "spnet-benchmark"
HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
HOSTILE = 30
SAMPLES = 20
"""How often the long run looks at the memory."""


@contextmanager
def service(model: str) -> Iterator[int]:
    """A service on a port of its own."""
    command = [sys.executable, "-m", "spnet", "serve", "--port", "0", "--json", "--model", model]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(json.loads(process.stdout.readline())["url"].rstrip("/").rpartition(":")[2])
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


def ask(connection: http.client.HTTPConnection, body: bytes) -> int:
    """The status of one answer, read to its end."""
    connection.request("POST", "/v1/complete", body, HEADERS)
    response = connection.getresponse()
    response.read()
    return response.status


def together(port: int, clients: int, body: bytes, goes_on: Callable[[], bool]) -> tuple[list[float], Counter[str]]:
    """Seconds of every answer, and how many there were of each status, while `goes_on`."""
    seconds: list[float] = []
    statuses: Counter[str] = Counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while goes_on():
            start = time.perf_counter()
            statuses[str(ask(connection, body))] += 1
            seconds.append(time.perf_counter() - start)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, statuses


def rates(port: int, body: bytes, clients: int, duration: float) -> dict[str, Any]:
    """Requests a second, and how long they took."""
    start = time.perf_counter()
    seconds, statuses = together(port, clients, body, lambda: time.perf_counter() - start < duration)
    taken = time.perf_counter() - start
    p50, p99 = np.percentile(seconds, (50, 99))
    return {
        "clients": clients,
        "requests": len(seconds),
        "requests_a_second": round(len(seconds) / taken, 2),
        "p50_ms": round(1000 * p50, 1),
        "p99_ms": round(1000 * p99, 1),
        "statuses": dict(statuses),
    }


def small_form() -> bytes:
    """A frame of 160x120 with 500 points."""
    generator = np.random.default_rng(0)
    depth = np.zeros((120, 160), np.float32)
    depth.flat[generator.choice(depth.size, 500, replace=False)] = generator.uniform(1, 9, 500)
    image, stored = io.BytesIO(), io.BytesIO()
    Image.fromarray(generator.integers(0, 256, (120, 160, 3), dtype=np.uint8)).save(image, "PNG")
    np.save(stored, depth)
    return form(image.getvalue(), stored.getvalue(), format="npy")


def hostile_forms(body: bytes) -> list[bytes]:
    """Bodies that are cut short, lie of their sizes, or are no form at all."""
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


def resident_mib(port: int) -> float:
    """Memory of the service, by its own metrics."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return round(float(lines[-1].split()[1]) / 2**20, 1)


def long_run(port: int, requests: int) -> dict[str, Any]:
    """Many requests with hostile ones among them: the statuses of both, and the memory on the way."""
    body = small_form()
    hostile = hostile_forms(body)
    statuses: Counter[str] = Counter()
    hostile_statuses: Counter[str] = Counter()
    memory = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for number in range(requests):
        if number % max(1, requests // SAMPLES) == 0:
            memory.append(resident_mib(port))
        statuses[str(ask(connection, body))] += 1
        if number % max(1, requests // HOSTILE) == 0 and hostile:
            hostile_statuses[str(ask(connection, hostile.pop()))] += 1
    memory.append(resident_mib(port))
    connection.close()
    return {
        "requests": requests,
        "statuses": dict(statuses),
        "hostile_statuses": dict(hostile_statuses),
        "resident_mib": memory,
    }


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures")
    parser.add_argument("--model", default="guided")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each rate (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=2000, help="of the long run (default: %(default)s)")
    options = parser.parse_args()
    files = [(EXAMPLE / name).read_bytes() for name in ("rgb.jpg", "lidar.png")]
    body = form(*files, unit="mm", format="png")
    measured: dict[str, Any] = {"machine": machine.describe() | {"processors": os.cpu_count()}, "model": options.model}
    measured["load_before"] = round(os.getloadavg()[0], 2)
    with service(options.model) as port:
        together(port, 1, body, iter([True, True, False]).__next__)
        measured["rates"] = [rates(port, body, clients, options.seconds) for clients in CLIENTS]
        measured["long_run"] = long_run(port, options.requests)
    print(json.dumps(measured, indent=1))
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
