"""A cluster: the results of one process, whatever dies; and what cannot be used is said in one line."""

import http.server
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
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

import cluster_work
from spnet import SpnetError, batch, cli, jobs
from spnet.cluster import AUTO, Cluster, connected, connection
from spnet.errors import MissingExtraError
from spnet.files.depth import write_depth
from spnet.jobs import Manner, do, do_shard
from spnet.model import Config, SPNet
from spnet.shards import pack

# Ray Data warns of its own defaults when it sets them.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:ray.data.context")

FRAMES = 14

_HEAD = """
import ray, sys
ray.init(num_cpus=2, include_dashboard=False, object_store_memory=2**27, log_to_driver=False)
print(ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
"""


def environment() -> dict[str, str]:
    """That of a process of its own: what the tests import can be imported there, and Ray reports to nobody."""
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0"}


@pytest.fixture(scope="module", autouse=True)
def _token() -> Iterator[None]:
    """Clusters ask for the token that Ray keeps of this user; it looks for that unasked only where it starts one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        yield


@pytest.fixture(scope="module")
def head() -> Iterator[str]:
    """The address of a cluster of two processors, which lives as long as a process does that waits for its input."""
    command = [sys.executable, "-c", _HEAD]
    process = subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.communicate("")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of frames, one of which is damaged, the same as shards, and a small network."""
    folder = tmp_path_factory.mktemp("scene")
    generator = np.random.default_rng(0)
    for part in ("rgb", "depth"):
        (folder / part / "b").mkdir(parents=True)
    for number in range(FRAMES):
        name = f"b/{number}" if number % 5 == 0 else f"{number}"
        image = generator.integers(0, 256, (64, 96, 3), dtype=np.uint8)
        Image.fromarray(image).save(folder / "rgb" / f"{name}.png")
        depth = np.where(generator.random((64, 96)) < 0.1, generator.uniform(1, 5, (64, 96)), 0)
        write_depth(folder / "depth" / f"{name}.png", depth, "mm")
    (folder / "depth" / "3.png").write_bytes(b"junk")
    list(pack(batch.pair(folder / "rgb", folder / "depth"), folder / "shards", 4))
    torch.manual_seed(0)
    torch.save(SPNet(Config((16, 24, 32, 48), (1, 1, 1, 1))).state_dict(), folder / "net.pth")
    for number in range(3):
        frame = folder / "set" / str(number)
        frame.mkdir(parents=True)
        Image.fromarray(generator.integers(0, 256, (64, 96, 3), dtype=np.uint8)).save(frame / "rgb.png")
        write_depth(frame / "depth.png", generator.uniform(1, 5, (64, 96)), "mm")
        (frame / "meta.json").write_text('{"depth_scale": 0.001}')
    (folder / "set" / "1" / "rgb.png").write_bytes(b"junk")
    return folder


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Without a cluster


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rgb_folder",), "'rgb_folder' is no address of a Ray cluster: expected local, auto or HOST:PORT"),
        (("host:0",), "no address"),
        (("host:99999",), "no address"),
        (("ho st:1",), "no address"),
        (("ray://10.0.0.1:10001",), "Ray Client carries no data sets; run the command on a node"),
        ((AUTO, 0), "0 workers: expected 1 to 10,000"),
        ((AUTO, 10_001), "10001 workers: expected 1 to 10,000"),
    ],
)
def test_what_is_no_cluster(arguments: tuple[str, int], message: str) -> None:
    with pytest.raises(SpnetError, match=re.escape(message)):
        Cluster(*arguments)


@pytest.mark.parametrize("missing", ["ray", "pyarrow"])
def test_without_ray_the_extra_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=rf'needs {missing}.*pip install "spnet\[ray\]"'), connected(Cluster()):
        pass


@pytest.fixture
def other_server() -> Iterator[Callable[[str], str]]:
    """Servers that are no Ray: one that speaks HTTP, one that hangs up, and one that says nothing."""
    opened: list[socket.socket] = []

    class Quiet(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    web = http.server.HTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()

    def serve(kind: str) -> str:
        if kind == "http":
            return f"127.0.0.1:{web.server_port}"
        listener = socket.create_server(("127.0.0.1", 0))
        opened.append(listener)
        port = listener.getsockname()[1]
        if kind == "closed":
            listener.close()
        return f"127.0.0.1:{port}"

    yield serve
    web.shutdown()
    web.server_close()
    thread.join()
    for listener in opened:
        listener.close()


@pytest.mark.parametrize(
    ("kind", "message"),
    [("http", "something else answers"), ("closed", "nothing answers"), ("silent", "nothing answers .*timed out")],
)
@pytest.mark.parametrize("command", ["complete", "shards", "evaluate"])
def test_an_address_where_no_cluster_is(
    command: str,
    kind: str,
    message: str,
    scene: Path,
    tmp_path: Path,
    other_server: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("spnet.cluster.connection._SECONDS_TO_ANSWER", 0.2)
    inputs = {"complete": [scene / "rgb", scene / "depth"], "shards": [scene / "shards"], "evaluate": [scene / "set"]}
    output = ["--json" if command == "evaluate" else "-o", tmp_path / "out.json"]
    verb = "evaluate" if command == "evaluate" else "complete"
    assert run(verb, *inputs[command], *output, f"--ray={other_server(kind)}") == 2
    said = capsys.readouterr()
    assert re.fullmatch(f"spnet: Ray at 127.0.0.1:[0-9]+: {message}.*\n", said.err)
    assert said.out == ""
    assert not list(tmp_path.iterdir())


def test_a_server_of_ray_that_is_gone_is_told_once(
    other_server: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_SECONDS_BETWEEN_LOOKS", 0.01)
    told: list[str] = []
    servers = [("127.0.0.1", int(other_server(kind).rpartition(":")[2])) for kind in ("http", "closed")]
    with connection._watched(servers[:1], told.append):
        time.sleep(0.2)
    assert told == []
    with connection._watched(servers, told.append):
        time.sleep(0.5)
    assert len(told) == 1
    assert "does not answer any more" in told[0]


@pytest.mark.parametrize(
    ("processors", "gpus", "cluster", "expected"),
    [
        (16, 0, Cluster(AUTO, gpu=True), (16, 0)),
        (16, 2, Cluster(AUTO, threads=4), (4, 0)),
        (16, 2, Cluster(AUTO, gpu=True), (2, 1)),
        (16, 2, Cluster(AUTO, workers=1, gpu=True), (1, 1)),
        (16, 2, Cluster(AUTO, workers=7, gpu=True), (7, 0.25)),
        (16, 2, Cluster(AUTO, workers=99), (99, 0)),
    ],
)
def test_workers_share_what_there_is(processors: int, gpus: int, cluster: Cluster, expected: tuple[int, float]) -> None:
    resources = {"CPU": float(processors), "GPU": float(gpus)}
    ray = SimpleNamespace(cluster_resources=lambda: resources, nodes=lambda: [{}])
    with ExitStack() as afterwards:
        pool = connection._pool(ray, cluster, afterwards)
        assert (pool.workers, pool.gpus) == expected
        resources["CPU"], resources["GPU"] = 3.0, 0.0
        with pytest.raises(SpnetError, match="has 3 processors, expected at least 4 for a worker"):
            connection._pool(ray, Cluster(AUTO, threads=4, gpu=True), afterwards)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rgb", "depth", "--median", "3"], "no video, --median or --preview"),
        (["rgb", "depth", "--preview", "pictures"], "no video, --median or --preview"),
        (["rgb/1.png", "depth/1.png"], "--ray spreads the frames of folders and shards"),
        (["rgb", "depth", "--workers", "0"], "0 workers"),
        (["--ray", "rgb", "depth"], "'rgb' is no address of a Ray cluster"),
        (["rgb", "depth", "--threads", "0"], "threads 0"),
    ],
)
def test_what_is_not_spread(
    arguments: list[str], message: str, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(scene)
    ray = [] if "--ray" in arguments else ["--ray"]
    assert run("complete", *arguments, "-o", tmp_path / "out", *ray) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_worker_without_the_outputs_folder_says_so(scene: Path, tmp_path: Path) -> None:
    manner = Manner(model="nearest", scratch=tmp_path / "elsewhere" / ".spnet-x")
    (job,) = batch.plan(scene / "rgb", scene / "depth", tmp_path / "elsewhere")[:1]
    (shard,) = batch.plan_shards(scene / "shards" / "shard-000000.tar", tmp_path / "elsewhere")
    with pytest.raises(SpnetError, match="elsewhere: a worker does not see the folder .*mount the same storage"):
        do((job, manner))
    with pytest.raises(SpnetError, match="mount the same storage"):
        do_shard((shard, manner))
    assert not list(tmp_path.iterdir())


def test_what_a_killed_worker_leaves_is_cleared(tmp_path: Path) -> None:
    with jobs.scratch_folder(tmp_path / "out") as scratch:
        (scratch / ".spnet-half.png").touch()
    assert not list((tmp_path / "out").iterdir())


# With one


def test_results_come_with_their_index_from_warm_workers_in_our_folder(
    head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    with connected(Cluster(head)) as pool:
        assert (pool.workers, pool.threads, pool.gpus, pool.nodes) == (2, 1, 0, 1)
        results = dict(pool.spread(cluster_work.describe, range(100), together=4))
    assert {index: result[:2] for index, result in results.items()} == {i: (i, str(tmp_path)) for i in range(100)}
    assert len({process for _, _, process in results.values()}) == 2
    assert dict(os.environ) == before


def test_failures_of_tasks(head: str, capfd: pytest.CaptureFixture[str]) -> None:
    with connected(Cluster(head)) as pool:
        results = dict(pool.spread(cluster_work.kill_at_two, range(48), together=3))
        assert re.match("4 workers died of it", str(results.pop(2)))
        assert results == {index: index for index in range(48) if index != 2}
        with pytest.raises(SpnetError, match="no task 0 here"):
            list(pool.spread(cluster_work.refuse, [0]))
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            list(pool.spread(cluster_work.fault, [0]))
        with pytest.raises(SpnetError, match="not enough memory"):
            list(pool.spread(cluster_work.exhaust, [0]))
    assert capfd.readouterr().out == ""


def test_nodes_that_differ_say_so(head: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with connected(Cluster(head)) as pool:
        with monkeypatch.context() as patch:
            patch.setattr("spnet.cluster.pool.__version__", "0.0.1")
            with pytest.raises(SpnetError, match="has spnet .*, expected 0.0.1; install the same on every node"):
                list(pool.spread(cluster_work.describe, [0]))
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        monkeypatch.setattr(Path, "cwd", lambda: tmp_path / "nowhere")
        with pytest.raises(SpnetError, match="cannot enter .*nowhere.*mount the same storage"):
            list(pool.spread(cluster_work.describe, [0]))


def test_folders_and_shards_are_those_of_one_process(
    head: str, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(scene)
    model = ["--model", "net.pth", "--max-depth", "10", "--threads", "1"]
    for inputs in (["rgb", "depth"], ["shards"]):
        one, many = (tmp_path / f"{len(inputs)}-{name}" for name in ("one", "many"))
        assert run("complete", *inputs, "-o", one, "--unit", "mm", "--json", *model) == 1
        alone = capfd.readouterr()
        assert run("complete", *inputs, "-o", many, "--unit", "mm", "--json", *model, f"--ray={head}") == 1
        spread = capfd.readouterr()
        assert contents(many) == contents(one)
        assert [path.name for path in many.iterdir() if path.name.startswith(".")] == []
        assert json.loads(spread.out) == json.loads(alone.out)
        assert spread.err.splitlines()[-1:] == alone.err.splitlines()
        assert run("complete", *inputs, "-o", many, "--unit", "mm", "--json", *model, f"--ray={head}") == 1
        assert json.loads(capfd.readouterr().out)["done"] == 0


def test_the_evaluation_is_that_of_one_process(
    head: str, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(scene)
    command = ("evaluate", "set", "--model", "linear", "net.pth", "--max-depth", 10, "--pattern", "random:10%")
    assert run(*command, "--json", tmp_path / "1.json", "--workers", 1) == 1
    alone = capsys.readouterr()
    monkeypatch.setenv("RAY_ADDRESS", head)
    assert run(*command, "--json", tmp_path / "2.json", "--ray=auto") == 1
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()
    assert capsys.readouterr() == alone
    assert run(*command[:3], "no.safetensors", f"--ray={head}") == 2
    assert "no.safetensors: no such file" in capsys.readouterr().err


# A cluster of this machine, in a process of its own


def processes_below(root: int) -> dict[int, str]:
    """What the descendants of a process call themselves."""
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            names[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it has just ended
            continue
    found = {root}
    for _ in range(6):
        found |= {process for process, parent in parents.items() if parent in found}
    return {process: names.get(process, "") for process in found - {root}}


def spread_here(scene: Path, inputs: list[str], out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "spnet", "complete", *inputs, "-o", str(out), "--unit", "mm", "--json"]
    command += ["--model", "guided", "--ray", "--workers", "2"]
    return subprocess.Popen(
        command,
        cwd=scene,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells let what they start behind ignore it
    )


def wait_for(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers in /proc")
@pytest.mark.parametrize("inputs", [["rgb", "depth"], ["shards"]], ids=["folders", "shards"])
def test_a_worker_killed_in_the_middle_loses_nothing(inputs: list[str], large: Path, tmp_path: Path) -> None:
    arguments = ["-o", tmp_path / "one", "--unit", "mm", "--model", "guided"]
    assert run("complete", *(large / part for part in inputs), *arguments) == 0
    process = spread_here(large, inputs, tmp_path / "many")
    with process:
        wait_for(lambda: list((tmp_path / "many").glob("[!.]*.*")), process)
        workers = [pid for pid, name in processes_below(process.pid).items() if "MapWorker" in name]
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert err == ""
    assert json.loads(out)["failed"] == {}
    assert contents(tmp_path / "many") == contents(tmp_path / "one")
    assert not [path for path in (tmp_path / "many").iterdir() if path.name.startswith(".")]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers in /proc")
def test_an_interrupt_ends_it_all(large: Path, tmp_path: Path) -> None:
    process = spread_here(large, ["rgb", "depth"], tmp_path / "out")
    with process:
        wait_for(lambda: list((tmp_path / "out").glob("[!.]*.png")), process)
        started = processes_below(process.pid)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "spnet: interrupted\n"
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in started):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames that take a worker so long that there is a middle."""
    folder = tmp_path_factory.mktemp("large")
    generator = np.random.default_rng(1)
    for part in ("rgb", "depth"):
        (folder / part).mkdir()
    for number in range(48):
        image = generator.integers(0, 256, (240, 320, 3), dtype=np.uint8)
        Image.fromarray(image).save(folder / "rgb" / f"{number}.jpg")
        depth = np.where(generator.random((240, 320)) < 0.1, generator.uniform(1, 5, (240, 320)), 0)
        write_depth(folder / "depth" / f"{number}.png", depth, "mm")
    list(pack(batch.pair(folder / "rgb", folder / "depth"), folder / "shards", 6))
    return folder
