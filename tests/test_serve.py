"""The service: the same depth as the library gives, to those it is meant for, in bounded time and memory."""

import base64
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file

import spnet
from conftest import EXAMPLE, small_frame
from hostile.handmade import png
from serving import BOUNDARY, CUT_SHORT, Client, Reply, form, form_headers, running
from spnet import cli, metrics, points, serve, show
from spnet.classic import METHODS
from spnet.clouds import read_cloud
from spnet.completion import DEFAULT_MODEL, Completer, Filled, Network
from spnet.errors import SpnetError
from spnet.files.depth import read_depth, write_depth
from spnet.frame import Frame
from spnet.model import Config, SPNet
from spnet.serve import Settings, listen, uploads, work
from spnet.serve.answers import MEDIA_TYPES, accepted_format
from spnet.serve.app import PAGE
from spnet.serve.counters import Counters
from spnet.serve.settings import IN_PACKAGE
from spnet.sparsify import sparsify
from spnet.weights.files import SHIPPED

pytestmark = pytest.mark.filterwarnings(CUT_SHORT)

TOKEN = "a-token-of-some-length"
MODELS = ("guided", "nearest", "linear", "morphology")
LOAD = work.load


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A service of all methods with small bounds."""
    with running(
        Settings(models=MODELS, port=0, max_body_bytes=2**20, max_pixels=10_000, upload_seconds=1.0)
    ) as client:
        yield client


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small frame as files of every kind that a form takes."""
    folder = tmp_path_factory.mktemp("files")
    frame = small_frame()
    Image.fromarray(frame.rgb).save(folder / "rgb.png")
    write_depth(folder / "depth.png", frame.depth)
    write_depth(folder / "depth.npy", frame.depth)
    dense = np.linspace(1, 5, frame.depth.size, dtype=np.float32).reshape(frame.depth.shape)
    write_depth(folder / "dense.npy", dense)
    (folder / "K.txt").write_text("20 0 15.5 0 20 11.5 0 0 1")
    (folder / "moved.txt").write_text("1 0 0 0  0 1 0 0  0 0 1 0.5  0 0 0 1")
    cloud = np.stack([np.linspace(-0.5, 0.5, 30), np.linspace(-0.4, 0.4, 30), np.full(30, 2.0)], axis=1)
    np.save(folder / "cloud.npy", cloud)
    cloud[:29].astype(np.float32).tofile(folder / "three_columns.bin")
    np.concatenate([cloud, cloud[:, :1]], axis=1).astype(np.float32).tofile(folder / "velodyne.bin")
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture
def basics(files: dict[str, Path]) -> dict[str, Any]:
    return {"image": files["rgb.png"], "depth": files["depth.npy"]}


@pytest.fixture
def expected(files: dict[str, Path]) -> spnet.Depth:
    """What the library makes of the same files."""
    return spnet.complete(Frame.from_files(files["rgb.png"], files["depth.npy"]), "guided")


def as_array(reply: Reply, name: str) -> np.ndarray:
    stored = reply.json[name]
    return np.frombuffer(base64.b64decode(stored["base64"]), stored["dtype"]).reshape(stored["shape"])


def as_depth(reply: Reply, folder: Path, unit: str | None = None) -> np.ndarray:
    (folder / "reply").write_bytes(reply.body)
    return read_depth(folder / "reply", unit).metres


# What comes back.


def test_json_has_all_that_the_library_knows(client: Client, basics: dict[str, Any], expected: spnet.Depth) -> None:
    reply = client.complete(basics)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert np.array_equal(as_array(reply, "depth"), expected.metres)
    assert np.array_equal(as_array(reply, "measured"), expected.frame.depth)
    assert np.array_equal(as_array(reply, "image"), expected.frame.rgb)
    facts = reply.json
    near, far = show.display_range(expected.metres)
    assert facts["shown_m"] == {"near": near, "far": far, "ticks": show.ticks(near, far)}
    assert (facts["width"], facts["height"], facts["input_points"]) == (32, 24, 20)
    assert (facts["model"], facts["engine"], facts["tiles"]) == ("guided", "numpy", 1)
    assert facts["nearest_m"] == expected.metres.min()
    assert facts["farthest_m"] == expected.metres.max()
    assert facts["seconds"] > 0
    assert facts["confidence"] is None
    assert facts["errors"] is None
    assert facts["unit_note"] == ""
    assert facts["camera"]["assumed"] is True
    assert facts["camera"]["fx"] == pytest.approx(16 / np.tan(np.pi / 6))


def test_confidence_comes_where_the_model_tells(basics: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[spnet.Depth] = []

    def unsure(frame: Frame) -> Filled:
        error = np.linspace(0.01, 1, frame.depth.size, dtype=np.float32).reshape(frame.depth.shape)
        made.append(Completer("same", "", "", lambda frame: Filled(error + 2, 1, error))(frame))
        return Filled(error + 2, 1, error)

    monkeypatch.setattr(work, "load", lambda model, **options: Completer(model, "stub", "", unsure))
    with running(Settings(models=("unsure",), port=0)) as client:
        reply = client.complete(basics)
    assert np.array_equal(as_array(reply, "confidence"), made[0].confidence)


def test_npy_is_the_librarys_depth_to_the_bit(
    client: Client, basics: dict[str, Any], expected: spnet.Depth, tmp_path: Path
) -> None:
    reply = client.complete(basics | {"format": "npy"})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-npy")
    assert np.array_equal(np.load(io.BytesIO(reply.body)), expected.metres)


@pytest.mark.parametrize(
    ("unit", "step"), [(None, 0.001), ("mm", 0.001), ("kitti", 1 / 256), ("max-depth:20", 20 / 65535)]
)
def test_png_holds_the_depth_in_the_unit_asked_for(
    client: Client, basics: dict[str, Any], expected: spnet.Depth, tmp_path: Path, unit: str | None, step: float
) -> None:
    reply = client.complete(basics | {"format": "png"} | ({"out_unit": unit} if unit else {}))
    assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
    assert np.abs(as_depth(reply, tmp_path, unit or "mm") - expected.metres).max() <= step / 2 + 1e-6


def test_ply_is_the_librarys_cloud(
    client: Client, basics: dict[str, Any], expected: spnet.Depth, tmp_path: Path
) -> None:
    reply = client.complete(basics | {"format": "ply"})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-ply")
    expected.save(tmp_path / "expected.ply")
    assert reply.body == (tmp_path / "expected.ply").read_bytes()


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("image/png", "png"),
        ("application/x-npy", "npy"),
        ("application/x-ply", "ply"),
        ("application/json", "json"),
        ("*/*", "json"),
        ("image/*", "png"),
        ("text/html, image/png;q=0.5, */*;q=0.1", "png"),
        ("application/json;q=0.2, application/x-npy", "npy"),
        ("application/x-ply;q=0, */*;q=0.1", "json"),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=nonsense", None),
        ("", None),
    ],
)
def test_accept_chooses_the_format(accept: str, form: str | None) -> None:
    assert accepted_format(accept) == form


def test_a_field_outdoes_accept(client: Client, basics: dict[str, Any]) -> None:
    kinds = {None: "image/png", "npy": "application/x-npy"}
    for form_field, kind in kinds.items():
        fields = basics | ({"format": form_field} if form_field else {})
        assert client.complete(fields, {"Accept": "image/png"}).headers["content-type"] == kind


@given(st.text(max_size=60))
def test_any_accept_header_is_understood_or_refused(accept: str) -> None:
    assert accepted_format(accept) in {*MEDIA_TYPES, None}


# What is asked for.


@pytest.mark.parametrize("model", MODELS)
def test_the_model_asked_for_completes(
    client: Client, files: dict[str, Path], basics: dict[str, Any], model: str
) -> None:
    reply = client.complete(basics | {"model": model})
    frame = Frame.from_files(files["rgb.png"], files["depth.npy"])
    assert np.array_equal(as_array(reply, "depth"), spnet.complete(frame, model).metres)
    assert reply.json["model"] == model


def test_a_pattern_thins_the_depth_and_the_rest_is_the_truth(client: Client, files: dict[str, Path]) -> None:
    fields = {"image": files["rgb.png"], "depth": files["dense.npy"], "pattern": "points:40", "seed": "3"}
    reply = client.complete(fields)
    frame = Frame.from_files(files["rgb.png"], files["dense.npy"])
    sparse = sparsify(frame.depth, "points:40", seed=3, frame="", rgb=frame.rgb)
    assert np.array_equal(as_array(reply, "measured"), sparse.depth)
    measured = metrics.measure(as_array(reply, "depth"), frame.depth, mask=~sparse.mask)
    errors = reply.json["errors"]
    assert errors["pixels"] == frame.depth.size - 40
    assert errors["rmse_m"] == pytest.approx(measured["rmse"])
    assert errors["mae_m"] == pytest.approx(measured["mae"])
    assert errors["rel"] == pytest.approx(measured["rel"])
    other = client.complete(fields | {"seed": "4"})
    assert not np.array_equal(as_array(other, "measured"), sparse.depth)


def test_a_pattern_that_withholds_nothing_has_no_errors(client: Client, basics: dict[str, Any]) -> None:
    assert client.complete(basics | {"pattern": "random:100%"}).json["errors"] is None


def test_measured_pixels_are_kept_on_request(client: Client, basics: dict[str, Any]) -> None:
    kept, smoothed = (
        client.complete(basics | {"model": "morphology", "keep_measured": value}) for value in ("true", "false")
    )
    measured = as_array(kept, "measured")
    where = measured > 0
    assert np.array_equal(as_array(kept, "depth")[where], measured[where])
    assert not np.array_equal(as_array(smoothed, "depth")[where], measured[where])


def test_the_unit_is_that_of_the_integers(client: Client, files: dict[str, Path]) -> None:
    fields = {"image": files["rgb.png"], "depth": files["depth.png"]}
    guessed, given_mm, given_tum = (client.complete(fields | unit) for unit in ({}, {"unit": "mm"}, {"unit": "tum"}))
    assert "taken as mm" in guessed.json["unit_note"]
    assert given_mm.json["unit_note"] == ""
    assert np.array_equal(as_array(guessed, "measured"), as_array(given_mm, "measured"))
    assert as_array(given_mm, "measured") == pytest.approx(5 * as_array(given_tum, "measured"), rel=1e-6)


def test_a_calibration_makes_the_cloud_true(client: Client, files: dict[str, Path], basics: dict[str, Any]) -> None:
    reply = client.complete(basics | {"calibration": files["K.txt"]})
    camera = {"fx": 20, "fy": 20, "cx": 15.5, "cy": 11.5, "width": 32, "height": 24, "assumed": False}
    assert reply.json["camera"] == camera


@pytest.mark.parametrize("suffix", ["npy", "npz", "exr", "tiff", "pfm", "png"])
def test_depth_comes_in_any_format(
    client: Client, files: dict[str, Path], expected: spnet.Depth, tmp_path: Path, suffix: str
) -> None:
    if suffix == "exr":
        pytest.importorskip("OpenEXR")
    path = tmp_path / f"depth.{suffix}"
    write_depth(path, expected.frame.depth, "mm" if suffix == "png" else None)
    reply = client.complete({"image": files["rgb.png"], "depth": path} | ({"unit": "mm"} if suffix == "png" else {}))
    assert as_array(reply, "measured") == pytest.approx(expected.frame.depth, abs=5e-4 if suffix == "png" else 0)


@pytest.mark.parametrize("name", ["cloud.npy", "velodyne.bin"])
def test_a_cloud_is_projected(client: Client, files: dict[str, Path], name: str) -> None:
    fields = {"image": files["rgb.png"], "cloud": files[name], "calibration": files["K.txt"]}
    plain, moved = client.complete(fields), client.complete(fields | {"extrinsics": files["moved.txt"]})
    camera = spnet.Camera.from_file(files["K.txt"], width=32, height=24)
    assert np.array_equal(as_array(plain, "measured"), points.project(read_cloud(files[name]), camera))
    assert as_array(moved, "measured").max() == pytest.approx(2.5)


# What is refused.

FAILURES: list[tuple[dict[str, Any], int, str]] = [
    ({"image": None}, 400, "image: missing; expected a form as multipart/form-data that has it"),
    ({"depth": None}, 400, "found neither of depth and cloud, expected one"),
    ({"cloud": "cloud.npy"}, 400, "found both of depth and cloud, expected one"),
    ({"depth": None, "cloud": "cloud.npy"}, 400, "cloud: comes without a calibration"),
    ({"depth": None, "cloud": "cloud.npy", "calibration": "K.txt", "unit": "mm"}, 400, "points are in metres"),
    ({"extrinsics": "moved.txt"}, 400, "extrinsics: belong to a cloud"),
    ({"depth": None, "cloud": "three_columns.bin", "calibration": "K.txt"}, 400, "cloud"),
    ({"depth": "rgb.png"}, 400, "depth: is a picture with 3 values a pixel, not depth"),
    ({"depth": b""}, 400, "depth: is empty"),
    ({"depth": b"junk"}, 400, "depth: is none of the depth formats"),
    ({"image": b"junk"}, 400, "image: damaged, or not a JPEG"),
    ({"image": "K.txt"}, 400, "image: damaged, or not a JPEG"),
    ({"calibration": b"not a camera"}, 400, "calibration: is no calibration that is known"),
    ({"depth": np.zeros((24, 32), np.float32)}, 400, "the depth has no valid point"),
    ({"depth": np.ones((40, 10), np.float32)}, 400, "have different aspects"),
    ({"unit": "furlongs"}, 400, "unknown depth unit 'furlongs'"),
    ({"unit": "m" * 41}, 400, "unit: String should have at most 40 characters"),
    ({"out_unit": "furlongs", "format": "png"}, 400, "unknown depth unit 'furlongs'"),
    ({"out_unit": "max-depth:0.01", "format": "png"}, 400, "does not fit 16-bit max-depth:0.01"),
    ({"out_unit": "kitti", "format": "npy"}, 400, "the answer/dense.npy: .npy holds float metres"),
    ({"model": "/etc/passwd"}, 400, "model '/etc/passwd': expected one of guided, nearest, linear, morphology"),
    ({"pattern": "stars:5"}, 400, "pattern 'stars:5': found 'stars:5'"),
    ({"pattern": "range:900-999"}, 400, "leaves nothing of this depth"),
    ({"seed": "-1"}, 400, "seed: Input should be greater than or equal to 0"),
    ({"seed": "many"}, 400, "seed: Input should be a valid integer"),
    ({"keep_measured": "perhaps"}, 400, "keep_measured: Input should be a valid boolean"),
    ({"format": "bmp"}, 400, "format: Input should be 'json', 'png', 'npy' or 'ply'"),
    ({"url": "http://example.com/a.png"}, 400, "url: is no field of this form; expected image, depth, cloud"),
    ({"image": "http://example.com/a.png"}, 400, "image: found text, expected a file"),
    ({"image": png(30_000, 30_000, b"", bits=8, colour_type=2)}, 400, "image: more than the 67,108,864 pixels"),
    (
        {"image": png(101, 100, b"", bits=8, colour_type=2)},
        413,
        "image: is 101x100, more than the 10,000",
    ),
    ({"depth": png(8192, 8192, b"", bits=16, colour_type=0)}, 413, "depth: is 8192x8192, more than the 10,000"),
    ({"depth": np.ones((300, 400), np.float32)}, 413, "depth: is 400x300, more than the 10,000"),
]


@pytest.mark.parametrize(("change", "status", "message"), FAILURES, ids=[message[:40] for *_, message in FAILURES])
def test_what_cannot_be_completed_is_refused_in_one_line(
    client: Client, files: dict[str, Path], basics: dict[str, Any], change: dict[str, Any], status: int, message: str
) -> None:
    fields: dict[str, Any] = {}
    for name, value in (basics | change).items():
        if isinstance(value, np.ndarray):
            stream = io.BytesIO()
            np.save(stream, value)
            value = stream.getvalue()
        if isinstance(value, str) and value in files:
            value = files[value]
        if value is not None:
            fields[name] = value
    reply = client.complete(fields)
    assert (reply.status, message in reply.error) == (status, True), reply.error
    assert "/tmp" not in reply.error


def test_what_cannot_be_accepted_is_refused(client: Client, basics: dict[str, Any]) -> None:
    reply = client.complete(basics, {"Accept": "text/html"})
    assert reply.status == 406
    assert "application/json, image/png, application/x-npy, application/x-ply" in reply.error


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/complete", 404),
        ("POST", "/v1/models", 405),
        ("DELETE", "/", 405),
        ("GET", "/docs", 404),
        ("GET", "/redoc", 404),
        ("GET", "/../settings.py", 404),
        ("GET", "/%2e%2e/settings.py", 404),
        ("GET", "/..%2fsettings.py", 404),
        ("GET", "//etc/passwd", 404),
        ("GET", "/example/%00", 404),
        ("GET", "/three", 404),
    ],
)
def test_there_is_nothing_else(client: Client, method: str, path: str, status: int) -> None:
    reply = client.ask(method, path)
    assert reply.status == status
    assert reply.error


@given(data=st.data())
@settings(max_examples=25)
def test_no_body_breaks_the_service(client: Client, data: st.DataObject) -> None:
    body = data.draw(
        st.one_of(
            st.binary(max_size=200),
            st.binary(max_size=100).map(lambda junk: form({"image": junk, "depth": junk})),
            st.binary(max_size=60).map(lambda junk: form({"image": b"P5 1 1 255 a", "depth": b"\x93NUMPY" + junk})),
            st.integers(0, 300).map(lambda end: form({"image": b"P5 1 1 255 a", "model": "guided"})[:end]),
        )
    )
    kind = data.draw(
        st.sampled_from([f"multipart/form-data; boundary={BOUNDARY}", "multipart/form-data", "text/plain"])
    )
    reply = client.ask("POST", "/v1/complete", body, {"Content-Type": kind})
    assert reply.status == 400
    assert reply.error


# Who may ask.


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("LOCALHOST", 200),
        ("[::1]:{port}", 200),
        ("evil.example", 421),
        ("evil.example:{port}", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1@evil.example", 421),
        ("localhost/evil", 421),
        ("localhost:port", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
def test_only_known_hosts_are_answered(client: Client, host: str, status: int) -> None:
    for path in ("/", "/healthz", "/v1/models"):
        assert client.get(path, Host=host.format(port=client.port)).status == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:{port}", 400),  # answered: there is no form in the body
        ("https://127.0.0.1:{port}", 400),
        ("http://127.0.0.1", 403),
        ("http://localhost:{port}", 403),
        ("http://evil.example", 403),
        ("null", 403),
        ("file://127.0.0.1:{port}", 403),
    ],
)
def test_only_its_own_page_may_ask(client: Client, origin: str, status: int) -> None:
    reply = client.ask("POST", "/v1/complete", b"", {"Origin": origin.format(port=client.port)})
    assert reply.status == status
    assert "access-control-allow-origin" not in reply.headers


@pytest.fixture(scope="module")
def guarded_client() -> Iterator[Client]:
    with running(Settings(port=0, token=TOKEN, names=("robot.local",))) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "authorization", "status"),
    [
        ("/v1/models", f"Bearer {TOKEN}", 200),
        ("/v1/models", f"bearer {TOKEN}", 200),
        ("/metrics", f"Bearer {TOKEN}", 200),
        ("/openapi.json", f"Bearer {TOKEN}", 200),
        ("/v1/models", None, 401),
        ("/v1/models", "Bearer wrong-token-of-that-len", 401),
        ("/v1/models", f"Basic {TOKEN}", 401),
        ("/v1/models", TOKEN, 401),
        ("/metrics", None, 401),
        ("/openapi.json", None, 401),
        ("/healthz", None, 200),
        ("/", None, 200),
    ],
)
def test_a_token_is_needed_for_all_but_the_page(
    guarded_client: Client, path: str, authorization: str | None, status: int
) -> None:
    reply = guarded_client.get(path, **({"Authorization": authorization} if authorization else {}))
    assert reply.status == status
    if status == 401:
        assert reply.headers["www-authenticate"] == "Bearer"
        assert "Authorization: Bearer TOKEN" in reply.error


def test_no_completion_without_the_token(guarded_client: Client, basics: dict[str, Any]) -> None:
    assert guarded_client.complete(basics).status == 401
    assert guarded_client.complete(basics, {"Authorization": f"Bearer {TOKEN}"}).status == 200


def test_further_names_are_answered(guarded_client: Client) -> None:
    assert guarded_client.get("/healthz", Host="Robot.local:8000").status == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/models", "/nothing", "/three/OrbitControls.js"])
def test_every_answer_forbids_what_the_page_does_not_need(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-store" if path.startswith("/v1/") else "no-cache")
    assert "server" not in headers


# How much is taken.


def test_a_body_that_says_it_is_too_large_is_not_read(client: Client) -> None:
    connection = client.connect()
    connection.putrequest("POST", "/v1/complete")
    connection.putheader("Content-Length", str(10**12))
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, response.getheader("connection")) == (413, "close")
    assert "more than the 1,048,576 bytes" in json.loads(response.read())["error"]
    connection.close()


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_is_refused_as_soon_as_it_is_too_large(client: Client, basics: dict[str, Any], declared: bool) -> None:
    body = form(basics | {"cloud": bytes(2**20)})
    reply = client.ask("POST", "/v1/complete", body if declared else iter([body]), form_headers())
    assert reply.status == 413
    assert "more than the 1,048,576 bytes" in reply.error
    assert client.get("/healthz").status == 200


def test_a_body_of_the_largest_size_is_taken(client: Client, basics: dict[str, Any]) -> None:
    room = 2**20 - len(form(basics | {"calibration": b""}))
    reply = client.complete(basics | {"calibration": b"#" * room})
    assert (reply.status, "calibration: is no calibration" in reply.error) == (400, True)


def test_a_body_that_does_not_arrive_is_given_up(client: Client, basics: dict[str, Any]) -> None:
    connection = client.connect()
    connection.putrequest("POST", "/v1/complete")
    connection.putheader("Content-Length", "1000")
    connection.putheader("Content-Type", form_headers()["Content-Type"])
    connection.endheaders(form(basics)[:100])
    start = time.monotonic()
    response = connection.getresponse()
    assert response.status == 408
    assert json.loads(response.read()) == {"error": "the request took too long to arrive"}
    assert time.monotonic() - start < 10
    connection.close()


def test_a_connection_without_a_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["spnet.serve.server"], "_SILENCE_SECONDS", 0.3)
    with running(Settings(models=("nearest",), port=0)) as client:
        silent, slow, second = (socket.create_connection(("127.0.0.1", client.port), timeout=10) for _ in range(3))
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1")
        second.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /health")
        assert second.recv(12) == b"HTTP/1.1 200"
        kept = client.connect()
        for _ in range(6):  # one that asks again and again stays, also over many looks
            kept.request("GET", "/healthz")
            assert kept.getresponse().read()
            connection = kept.sock
            time.sleep(0.15)
        assert kept.sock is connection
        assert silent.recv(10) == b""
        assert slow.recv(10) == b""
        while second.recv(4096):
            pass
        for one in (silent, slow, second, kept):
            one.close()


def test_a_slow_answer_is_waited_for(
    gate: threading.Event, basics: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["spnet.serve.server"], "_SILENCE_SECONDS", 0.1)
    with running(Settings(models=("slow",), port=0)) as client:
        asked = in_background(lambda: client.complete(basics))
        time.sleep(0.6)
        gate.set()
        asked[0].join(30)
        assert [reply.status for reply in asked[1]] == [200]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Completions wait for this; "slow" notes the seeds of what it has begun."""
    opened = threading.Event()

    def load(model: str, **options: Any) -> Completer:
        def fill(frame: Frame) -> Filled:
            opened.wait(30)
            return Filled(np.full(frame.depth.shape, 2.0, np.float32))

        return Completer(model, "stub", "for this test", fill)

    monkeypatch.setattr(work, "load", load)
    return opened


def in_background(ask: Callable[[], Reply]) -> tuple[threading.Thread, list[Reply]]:
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(ask()))
    thread.start()
    return thread, replies


def wait_for(client: Client, line: str) -> None:
    """Until the service's counters have a line."""
    for _ in range(200):
        if line in client.get("/metrics").body.decode().splitlines():
            return
        time.sleep(0.02)
    raise AssertionError(client.get("/metrics").body.decode())


def test_beyond_the_queue_clients_are_told_when_to_come_again(gate: threading.Event, basics: dict[str, Any]) -> None:
    with running(Settings(models=("slow",), port=0, queue=2)) as client:
        waiting = [in_background(lambda: client.complete(basics)) for _ in range(2)]
        wait_for(client, "spnet_in_progress 2")
        refused = client.complete(basics)
        assert refused.status == 503
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert f"ask again in {refused.headers['retry-after']} s" in refused.error
        assert client.get("/healthz").status == 200  # what needs no turn is answered
        gate.set()
        for thread, replies in waiting:
            thread.join(30)
            assert [reply.status for reply in replies] == [200]
        assert client.complete(basics).status == 200


def test_whoever_waits_too_long_is_told_to_come_again(gate: threading.Event, basics: dict[str, Any]) -> None:
    with running(Settings(models=("slow",), port=0, wait_seconds=0.2)) as client:
        first = in_background(lambda: client.complete(basics))
        wait_for(client, "spnet_in_progress 1")
        assert client.complete(basics).status == 503
        gate.set()
        first[0].join(30)
        assert [reply.status for reply in first[1]] == [200]  # what has begun is finished, however long it takes


def test_what_nobody_waits_for_is_not_done(gate: threading.Event, basics: dict[str, Any]) -> None:
    with running(Settings(models=("slow",), port=0)) as client:
        first = in_background(lambda: client.complete(basics))
        wait_for(client, "spnet_in_progress 1")
        left = client.connect()
        left.request("POST", "/v1/complete", form(basics), form_headers())
        wait_for(client, "spnet_in_progress 2")
        left.close()
        wait_for(client, "spnet_in_progress 1")
        gate.set()
        first[0].join(30)
        wait_for(client, 'spnet_completions_total{model="slow"} 1')
        wait_for(client, "spnet_in_progress 0")


# What runs together.


class Noting:
    """An engine that notes the shapes that it is asked for, waits for a gate, and gives what is measured back."""

    device, bytes_per_pixel = "for this test", 100

    def __init__(self, gate: threading.Event, most: int = 64) -> None:
        self.gate, self.most = gate, most
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, x: np.ndarray) -> np.ndarray:
        self.asked.append(x.shape)
        if len(x) > self.most:
            raise SpnetError("the engine has no room for so many")
        self.gate.wait(30)
        return x[:, 3:4]


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> Noting:
    """Two networks, "net" and "other", behind one engine."""
    engine = Noting(threading.Event())

    def load(model: str, **options: Any) -> Completer:
        if model == "guided":
            return LOAD(model)
        return Completer(model, "stub", "for this test", Network(engine, "max_depth:10", options["max_memory"]))

    monkeypatch.setattr(work, "load", load)
    return engine


def of_size(height: int, width: int, value: float = 2.0) -> dict[str, bytes]:
    """A photo and one measurement of `value` metres."""
    image, depth = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (width, height)).save(image, "PNG")
    metres = np.zeros((height, width), np.float32)
    metres[0, 0] = value
    np.save(depth, metres)
    return {"image": image.getvalue(), "depth": depth.getvalue()}


def all_at_once(
    client: Client, engine: Noting, asked: list[dict[str, Any]], leaving: int | None = None
) -> list[list[Reply]]:
    """Replies to requests that came, in this order, while the first of them ran; `leaving` leaves before its turn."""
    waiting = []
    for number, fields in enumerate(asked):
        if number == leaving:
            left = client.connect()
            left.request("POST", "/v1/complete", form(fields), form_headers())
        else:
            waiting.append(in_background(lambda fields=fields: client.complete(fields | {"format": "npy"})))
        wait_for(client, f"spnet_in_progress {number + 1}")
    if leaving is not None:
        left.close()
        wait_for(client, f"spnet_in_progress {len(waiting)}")
    engine.gate.set()
    for thread, _ in waiting:
        thread.join(30)
    wait_for(client, "spnet_in_progress 0")
    return [replies for _, replies in waiting]


def test_equal_sizes_that_wait_for_a_network_run_together(noting: Noting) -> None:
    """The first runs alone, for nothing else was there; then what is alike, with the first of those that wait."""
    asked = [
        of_size(30, 40, 1.0),
        of_size(30, 40, 2.0),
        of_size(100, 40, 3.0),
        of_size(30, 40, 4.0) | {"model": "other"},
        of_size(64, 33, 5.0),  # of the same size as the second, once both are padded to 64x64
        of_size(100, 50, 6.0),
        of_size(30, 40, 7.0) | {"model": "guided"},
        of_size(30, 40, 8.0),
    ]
    with running(Settings(models=("net", "other", "guided"), port=0)) as client:
        replies = all_at_once(client, noting, asked)
        lines = client.get("/metrics").body.decode().splitlines()
    assert noting.asked == [(1, 5, 64, 64), (3, 5, 64, 64), (2, 5, 128, 64), (1, 5, 64, 64)]
    for number, (reply,) in enumerate(replies):
        assert reply.status == 200
        assert np.load(io.BytesIO(reply.body))[0, 0] == pytest.approx(number + 1)  # everybody has their own
    assert {'spnet_together_total{maps="1"} 3', 'spnet_together_total{maps="2"} 2'} <= set(lines)
    assert {'spnet_together_total{maps="3"} 3', 'spnet_completions_total{model="net"} 6'} <= set(lines)


@pytest.mark.parametrize(
    ("limits", "side", "runs"),
    [
        ({"batch": 1}, 40, [1, 1, 1, 1, 1, 1]),
        ({"batch": 2}, 40, [1, 2, 2, 1]),
        ({"max_memory": 100 * 3.5 * 64 * 64 / 2**30}, 40, [1, 3, 2]),  # GiB, for three frames and a half
        ({}, 40, [1, 5]),
        ({}, 500, [1, 4, 1]),  # a megapixel
        ({}, 800, [1, 1, 1, 1, 1, 1]),
    ],
)
def test_no_more_run_together_than_is_allowed(
    noting: Noting, limits: dict[str, Any], side: int, runs: list[int]
) -> None:
    with running(Settings(models=("net",), port=0, **limits)) as client:
        replies = all_at_once(client, noting, [of_size(side, side)] * 6)
    assert [shape[0] for shape in noting.asked] == runs
    assert [reply.status for (reply,) in replies] == [200] * 6


def test_what_cannot_be_completed_costs_the_others_nothing(noting: Noting) -> None:
    good = of_size(30, 40)
    asked = [good, good, good | {"depth": b"junk"}, good | {"image": b"junk"}, of_size(30, 40, 0.0), good]
    with running(Settings(models=("net",), port=0)) as client:
        replies = all_at_once(client, noting, asked)
    assert [reply.status for (reply,) in replies] == [200, 200, 400, 400, 400, 200]
    errors = [reply.error for (reply,) in replies[2:5]]
    for error, words in zip(errors, ["depth: is none", "image: damaged", "the depth has no valid point"], strict=True):
        assert words in error
    # The one without a point is found out when all is stacked; the others then run one by one.
    assert [shape[0] for shape in noting.asked] == [1, 1, 1]


def test_a_batch_that_fails_is_run_one_by_one(noting: Noting) -> None:
    noting.most = 1
    with running(Settings(models=("net",), port=0)) as client:
        replies = all_at_once(client, noting, [of_size(30, 40)] * 4)
        lines = client.get("/metrics").body.decode().splitlines()
    assert [reply.status for (reply,) in replies] == [200] * 4
    assert [shape[0] for shape in noting.asked] == [1, 3, 1, 1, 1]
    assert 'spnet_together_total{maps="1"} 4' in lines


def test_a_fault_in_a_batch_leaves_nobody_waiting(noting: Noting, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(network: Network, frames: list[Frame]) -> list[Filled]:
        noting.gate.wait(30)
        raise RuntimeError("a fault")

    monkeypatch.setattr(Network, "together", broken)
    with running(Settings(models=("net",), port=0)) as client:
        replies = all_at_once(client, noting, [of_size(30, 40)] * 3)
        assert [reply.status for (reply,) in replies] == [500] * 3
        assert client.get("/healthz").status == 200


def test_whoever_leaves_is_in_no_batch(noting: Noting) -> None:
    with running(Settings(models=("net",), port=0)) as client:
        replies = all_at_once(client, noting, [of_size(30, 40)] * 5, leaving=2)
        assert client.complete(of_size(30, 40)).status == 200  # the queue goes on
    assert [reply.status for (reply,) in replies] == [200] * 4
    assert [shape[0] for shape in noting.asked] == [1, 3, 1]


def test_answers_of_a_batch_are_those_of_the_library(tmp_path: Path) -> None:
    """By OpenVINO, the engine of a CPU, and as near as tests/test_completion.py has it."""
    torch.manual_seed(0)
    network = SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1), outputs=2))
    save_file(network.state_dict(), tmp_path / "small.safetensors", metadata={"scale": "log_mean"})
    frames = [small_frame(48, 64, seed=seed) for seed in range(5)]
    asked = []
    for number, frame in enumerate(frames):
        Image.fromarray(frame.rgb).save(tmp_path / f"{number}.png")
        write_depth(tmp_path / f"{number}.npy", frame.depth)
        asked.append({"image": tmp_path / f"{number}.png", "depth": tmp_path / f"{number}.npy"})
    served = Settings(models=(str(tmp_path / "small.safetensors"),), engine="openvino", port=0, queue=20)
    with running(served) as client:
        threads = [in_background(lambda fields=fields: client.complete(fields)) for fields in asked * 4]
        for thread, _ in threads:
            thread.join(60)
        text = client.get("/metrics").body.decode()
    model = spnet.load(tmp_path / "small.safetensors", engine="openvino")
    for number, (_, (reply,)) in enumerate(threads):
        alone = model(frames[number % 5])
        assert alone.confidence is not None
        assert np.allclose(as_array(reply, "depth"), alone.metres, rtol=1e-5, atol=0)
        assert np.allclose(as_array(reply, "confidence"), alone.confidence, rtol=1e-5, atol=0)
    assert re.search(r'spnet_together_total\{maps="[2-8]"\}', text)


def test_a_fault_inside_is_said_without_its_details(
    basics: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(frame: Frame) -> Filled:
        raise RuntimeError("secret/path")

    monkeypatch.setattr(work, "load", lambda model, **options: Completer(model, "stub", "", broken))
    with running(Settings(models=("broken",), port=0)) as client:
        reply = client.complete(basics)
        assert (reply.status, reply.error) == (500, "internal error; the service's own output says more")
        assert client.get("/healthz").status == 200
    assert "secret/path" in caplog.text


def test_too_little_memory_is_the_frames_size(basics: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def huge(frame: Frame) -> Filled:
        raise MemoryError

    monkeypatch.setattr(work, "load", lambda model, **options: Completer(model, "stub", "", huge))
    with running(Settings(models=("huge",), port=0)) as client:
        reply = client.complete(basics)
        assert (reply.status, reply.error) == (413, "image: not enough memory for this frame; make it smaller")


# What it says of itself.


def test_the_models_are_listed_the_default_first(client: Client) -> None:
    listed = client.get("/v1/models").json
    assert [model["name"] for model in listed] == list(MODELS)
    assert listed[0] == {"name": "guided", "learned": False, "engine": "numpy"}


def test_the_packages_default_is_the_first_that_is_served_and_all_methods_follow() -> None:
    assert Settings().models == IN_PACKAGE
    assert IN_PACKAGE[0] == DEFAULT_MODEL
    assert sorted(IN_PACKAGE) == sorted({*SHIPPED, *METHODS})


def test_health(client: Client) -> None:
    assert client.get("/healthz").json == {"status": "ok", "version": spnet.__version__}


def test_openapi_describes_every_field(client: Client) -> None:
    described = client.get("/openapi.json").json
    assert set(described["paths"]) == {"/v1/complete", "/v1/models", "/healthz", "/metrics"}
    body = described["paths"]["/v1/complete"]["post"]["requestBody"]["content"]
    assert list(body) == ["multipart/form-data"]
    fields = described["components"]["schemas"]["CompleteForm"]
    assert fields["required"] == ["image"]
    assert set(uploads.ROLES) | {"unit", "model", "pattern", "seed", "keep_measured", "format", "out_unit"} == set(
        fields["properties"]
    )
    assert all("description" in field for field in fields["properties"].values())


def test_metrics_count_what_was_answered(basics: dict[str, Any]) -> None:
    with running(Settings(port=0, models=("nearest",))) as client:
        client.complete(basics)
        client.complete({})
        client.get("/no/such/page")
        client.get("/neither/this")
        reply = client.get("/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = reply.body.decode().splitlines()
    assert 'spnet_requests_total{method="POST",route="/v1/complete",status="200"} 1' in lines
    assert 'spnet_requests_total{method="POST",route="/v1/complete",status="400"} 1' in lines
    assert 'spnet_requests_total{method="GET",route="page",status="404"} 2' in lines
    assert 'spnet_completions_total{model="nearest"} 1' in lines
    assert 'spnet_completion_seconds_bucket{le="+Inf"} 1' in lines
    assert "spnet_completion_seconds_count 1" in lines
    assert "spnet_in_progress 0" in lines
    sample = re.compile(r'[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? [0-9.e+-]+')
    assert all(line.startswith("# ") or sample.fullmatch(line) for line in lines)


def test_counters_sort_completions_into_buckets() -> None:
    counters = Counters(in_progress=4)
    assert counters.retry_after() == 4  # a second each, before anything is known
    for seconds in (0.01, 0.05, 0.3, 400.0):
        counters.completed('a "model"\\', seconds)
    assert counters.retry_after() == 60
    text = counters.as_text()
    assert 'spnet_completions_total{model="a \\"model\\"\\\\"} 4' in text
    assert 'bucket{le="0.05"} 2\n' in text
    assert 'bucket{le="0.2"} 2\n' in text
    assert 'bucket{le="0.5"} 3\n' in text
    assert 'bucket{le="+Inf"} 4\n' in text
    assert "spnet_completion_seconds_sum 400.36" in text


# Names and paths.


@given(name=st.text(max_size=40), role=st.sampled_from(uploads.ROLES))
def test_whatever_a_client_calls_a_file_it_lies_in_our_folder(
    tmp_path_factory: pytest.TempPathFactory, name: str, role: str
) -> None:
    folder = tmp_path_factory.mktemp("stored")
    path = uploads.store({role: (io.BytesIO(b"content"), name)}, folder)[role]
    assert path.parent == folder / role
    assert path.read_bytes() == b"content"
    assert re.fullmatch(rf"{role}(\.[a-z.]+)?|points3D\.(bin|txt)|cameras\.(bin|txt)", path.name)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("scan.PCD.BIN", "cloud.pcd.bin"),
        ("scan.bin", "cloud.bin"),
        ("../../etc/points3D.txt", "points3D.txt"),
        ("C:\\scans\\points3D.bin", "points3D.bin"),
        ("../../etc/passwd", "cloud"),
        ("scan.ply", "cloud"),
        ("", "cloud"),
    ],
)
def test_of_a_name_only_what_readers_need_is_kept(tmp_path: Path, name: str, stored: str) -> None:
    assert uploads.store({"cloud": (io.BytesIO(), name)}, tmp_path)["cloud"].name == stored


def test_no_file_of_a_request_is_left(client: Client, basics: dict[str, Any], tmp_path: Path) -> None:
    before = {path.name for path in Path(os.environ.get("TMPDIR", "/tmp")).glob("spnet-serve-*")}
    client.complete(basics)
    client.complete(basics | {"depth": b"junk"})
    assert {path.name for path in Path(os.environ.get("TMPDIR", "/tmp")).glob("spnet-serve-*")} == before


# The page's files.


def test_the_page_loads_nothing_from_elsewhere_and_has_nothing_inline() -> None:
    html = (PAGE / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)
    for path in [PAGE / "index.html", *PAGE.glob("*.js"), *PAGE.glob("*.css")]:
        assert not re.search(r"https?://|@import|\beval\(|innerHTML", path.read_text()), path.name


def test_every_file_that_the_page_names_is_served(client: Client) -> None:
    named = set(re.findall(r'(?:src|href)="([^"#]+)"', (PAGE / "index.html").read_text()))
    for path in PAGE.glob("*.js"):
        named |= {name.removeprefix("./") for name in re.findall(r'(?:from|import\() ?"(\./[^"]+)"', path.read_text())}
    assert {"page.js", "page.css", "space.js", "three/OrbitControls.js", "openapi.json"} <= named
    for name in named:
        assert client.get(f"/{name}").status == 200, name


def test_the_packages_example_is_the_repositorys() -> None:
    names = sorted(path.name for path in (PAGE / "example").iterdir())
    assert names == ["camera.json", "lidar.png", "rgb.jpg", "truth.png"]
    for name in names:
        assert (PAGE / "example" / name).read_bytes() == (EXAMPLE / name).read_bytes()


def test_the_first_picture_is_what_was_measured_of_the_example() -> None:
    """Drawn by the same colours as the result that it leads to, on the photo at 45 % of its brightness."""
    frame = Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm")
    rows, columns = np.nonzero(frame.mask)
    order = np.argsort(-frame.depth[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    near, far = show.display_range(spnet.complete(frame, "guided").metres)
    colours = show.colorize(frame.depth[rows, columns], near, far)
    dim = Image.fromarray((frame.rgb * 0.45).astype(np.uint8))
    drawn = np.asarray(show.draw_points(dim, frame.depth.shape, rows, columns, colours)).astype(int)
    with Image.open(PAGE / "measured.jpg") as stored:
        assert np.abs(np.asarray(stored).astype(int) - drawn).mean() < 8  # what JPEG leaves of it


# Settings, the address, the command.

BAD_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"models": ()}, "no model to serve"),
    ({"port": 65536}, "port 65,536: expected 0 to 65,535"),
    ({"port": -1}, "port -1: expected"),
    ({"max_body_bytes": 10}, "max_body_bytes 10: expected 1,024 to"),
    ({"max_pixels": 0}, "max_pixels 0: expected 1 to"),
    ({"queue": 0}, "queue 0: expected 1 to"),
    ({"batch": 0}, "batch 0: expected 1 to"),
    ({"upload_seconds": 0.0}, "upload_seconds 0.0: expected"),
    ({"wait_seconds": float("nan")}, "wait_seconds nan: expected"),
    ({"names": ("a/b",)}, "host name 'a/b': expected a name or an address without a port"),
    ({"token": "short"}, "token: expected 16 to 200 letters"),
    ({"token": "with spaces in it, and long"}, "token: expected 16 to 200 letters"),
    ({"host": "192.168.0.7"}, "192.168.0.7 can be reached from other machines: a token is needed there"),
    ({"host": "0.0.0.0"}, "0.0.0.0 can be reached from other machines"),
    ({"host": "robot.local"}, "robot.local can be reached from other machines"),
    ({"host": "0.0.0.0", "token": TOKEN}, "0.0.0.0 stands for every address of this machine: say what clients call it"),
    ({"host": "::", "token": TOKEN}, "stands for every address"),
    ({"host": "", "token": TOKEN}, "stands for every address"),
]


@pytest.mark.parametrize(("values", "message"), BAD_SETTINGS)
def test_senseless_settings_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SpnetError, match=re.escape(message)):
        Settings(**values)


@pytest.mark.parametrize(
    ("values", "hosts"),
    [
        ({}, {"localhost", "127.0.0.1", "::1"}),
        ({"host": "::1", "names": ("Robot.local",)}, {"localhost", "127.0.0.1", "::1", "robot.local"}),
        ({"host": "192.168.0.7", "token": TOKEN}, {"192.168.0.7"}),
        ({"host": "0.0.0.0", "token": TOKEN, "names": ("b",)}, {"localhost", "127.0.0.1", "::1", "b"}),
    ],
)
def test_allowed_hosts(values: dict[str, Any], hosts: set[str]) -> None:
    assert Settings(**values).allowed_hosts == hosts


def test_two_models_of_one_name_are_refused() -> None:
    with pytest.raises(SpnetError, match="another model is named guided too"):
        work.open_workshop(Settings(models=("guided", "guided")))


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SpnetError, match=f"127.0.0.1:{port}: cannot listen there: .*--port"):
            listen(Settings(port=port))


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_one_line(host: str) -> None:
    with pytest.raises(SpnetError, match=f"{host}:8000: (cannot listen there|no address to listen at)"):
        listen(Settings(host=host, token=TOKEN))


@pytest.mark.parametrize(
    ("arguments", "expected_settings"),
    [
        ([], Settings()),
        (["--model", "nearest", "a.onnx"], Settings(models=("nearest", "a.onnx"))),
        (["--max-depth", "20"], Settings(max_depth=20.0)),
        (["--engine", "torch"], Settings(engine="torch")),
        (["--memory", "0.5"], Settings(max_memory=0.5)),
        (["--host", "::1"], Settings(host="::1")),
        (["--port", "8080"], Settings(port=8080)),
        (["--allow-host", "a", "b"], Settings(names=("a", "b"))),
        (["--token", TOKEN], Settings(token=TOKEN)),
        (["--queue", "3"], Settings(queue=3)),
        (["--batch", "1"], Settings(batch=1)),
    ],
)
def test_flags_become_settings(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected_settings: Settings
) -> None:
    seen: list[Settings] = []

    def stop_here(made: Settings) -> None:
        seen.append(made)
        raise SpnetError("stopped by the test")

    monkeypatch.setattr(serve, "build", stop_here)
    assert cli.main(["serve", *arguments]) == 2
    assert seen == [expected_settings]


def test_models_are_loaded_as_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def load(model: str, **options: Any) -> Completer:
        asked.append((model, options))
        return LOAD("nearest")

    monkeypatch.setattr(work, "load", load)
    work.open_workshop(Settings(models=("a.onnx",), max_depth=20.0, engine="onnxruntime", max_memory=0.5))
    assert asked == [("a.onnx", {"max_depth": 20.0, "engine": "onnxruntime", "max_memory": 0.5})]


def start(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    command = [sys.executable, "-m", "spnet", "serve", "--port", "0", "--model", "nearest", "--json", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def test_the_command_serves_until_it_is_interrupted(basics: dict[str, Any]) -> None:
    process, said = start("--host", "0.0.0.0", "--allow-host", "localhost")
    with process:
        assert said["url"].startswith("http://localhost:")
        assert len(said["token"]) >= 32
        port = int(said["url"].rstrip("/").rpartition(":")[2])
        client = Client(port)
        assert client.complete(basics).status == 401
        reply = client.complete(basics | {"format": "npy"}, {"Authorization": f"Bearer {said['token']}"})
        assert np.load(io.BytesIO(reply.body)).shape == (24, 32)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, "", "")


def test_a_port_in_use_ends_the_command_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert cli.main(["serve", "--port", str(taken.getsockname()[1]), "--model", "nearest"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert "cannot listen there: Address already in use; choose another port (--port)" in captured.err


def test_connections_are_kept_between_requests(client: Client) -> None:
    connection: http.client.HTTPConnection = client.connect()
    for _ in range(3):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    connection.close()
