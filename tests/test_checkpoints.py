"""Weights files: every network the authors could have saved is recognised, everything else refused in a line."""

import json
import os
import pickle
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from spnet.errors import SpnetError
from spnet.model import PACGDC, SPNET, Config, PacGDC, SPNet, checkpoints, from_checkpoint
from spnet.model.checkpoints import recognise
from spnet.model.norms import NORMS
from spnet.weights import resolve
from spnet.weights.describe import describe
from spnet.weights.importing import import_checkpoint

SMALL = Config((16, 24, 40, 72), (1, 2, 0, 1))


def saved(path: Path, state: object) -> Path:
    torch.save(state, path)
    return path


@pytest.fixture
def state() -> dict[str, torch.Tensor]:
    return SPNet(SMALL).state_dict()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"network": state, "epoch": 300},
        lambda state: {"network": {f"module.{name}": value for name, value in state.items()}},
        lambda state: {"network": {f"_orig_mod.module.{name}": value for name, value in state.items()}},
        lambda state: {"network": {f"module._orig_mod.{name}": value for name, value in state.items()}},
        lambda state: {"network": {name: value.half() for name, value in state.items()}},
        lambda state: {
            "network": {n: v.to(memory_format=torch.channels_last) if v.ndim == 4 else v for n, v in state.items()}
        },
    ],
    ids=["bare", "authors", "ddp", "compiled ddp", "ddp compiled", "half", "channels_last"],
)
def test_loads_every_way_of_saving(tmp_path: Path, state: dict[str, torch.Tensor], wrap: object) -> None:
    network = from_checkpoint(saved(tmp_path / "net.pth", wrap(state)))
    assert not network.training
    assert network.config == SMALL
    for name, value in network.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.allclose(value, state[name], atol=2e-3)


def test_loads_a_training_checkpoint_with_everything_in_it(tmp_path: Path) -> None:
    network = SPNet(SMALL)
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.rand(1, 3, 32, 32), torch.rand(1, 1, 32, 32), torch.ones(1, 1, 32, 32)).sum().backward()
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    everything = {
        "network": network.state_dict(),
        "epoch": 3,
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "scaler": torch.amp.GradScaler("cpu").state_dict(),
    }
    assert from_checkpoint(saved(tmp_path / "net.pth", everything)).config == SMALL


@pytest.mark.parametrize("norm", NORMS)
def test_norm_type_is_recognised_or_asked_for(tmp_path: Path, norm: str) -> None:
    config = Config(SMALL.channels, SMALL.blocks, norm)
    path = saved(tmp_path / "net.pth", SPNet(config).state_dict())
    look_alike = {"CN+X": "CNX", "CX": "CNX", "NX": "LN"}
    assert from_checkpoint(path).config.norm == look_alike.get(norm, norm)
    assert from_checkpoint(path, norm=norm).config.norm == norm


@pytest.mark.parametrize("name", SPNET)
def test_spnet_variants_are_recognised(name: str) -> None:
    with torch.device("meta"):
        found = recognise(SPNet(SPNET[name]).state_dict(), Path("x.pth"))
    assert (found.family, found.variant, found.config) == ("spnet", name, SPNET[name])


@pytest.mark.parametrize("name", PACGDC)
def test_pacgdc_variants_are_recognised(name: str) -> None:
    with torch.device("meta"):
        found = recognise(PacGDC(PACGDC[name]).state_dict(), Path("x.pth"))
    assert (found.family, found.variant, found.config) == ("pacgdc", name, PACGDC[name])


def without(name: str):
    return lambda state: {key: value for key, value in state.items() if key != name}


def replaced(name: str, value: object):
    return lambda state: {**state, name: value}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("decoder.head.bias"), "lacks 1 tensors .* decoder.head.bias first"),
        (without("encoder.downsample_layers.4.1.weight"), "encoder.downsample_layers.4.1.weight is missing"),
        (without("encoder.downsample_layers.0.weight"), "no SPNet, PacGDC or Nano network"),
        (replaced("head.weight", torch.zeros(1)), "adds 1 tensors .* head.weight first"),
        (
            replaced("decoder.head.weight", torch.zeros(2, 4, 3, 3)),
            "decoder.head.bias has shape 1, expected 2",
        ),
        (
            replaced("encoder.downsample_layers.2.1.weight", torch.zeros(3)),
            "has shape 3, expected a convolution",
        ),
        (replaced("encoder.downsample_layers.2.1.weight", torch.zeros(4, 8, 2, 2)), "at least 8"),
        (
            replaced("decoder.head.bias", torch.tensor([float("nan")])),
            "decoder.head.bias holds NaN or infinity",
        ),
        (
            replaced("decoder.head.bias", torch.tensor([float("inf")])),
            "decoder.head.bias holds NaN or infinity",
        ),
        (
            replaced("decoder.head.bias", torch.zeros(1, dtype=torch.int64)),
            "is torch.int64, expected torch.float32",
        ),
        (replaced("decoder.head.weight", torch.zeros(1).expand(1, 4, 3, 3)), "tampered"),
        (replaced("decoder.head.bias", 3.0), "'decoder.head.bias' is float; expected only names and tensors"),
        (replaced("decoder.head.bias", torch.zeros(1).to_sparse()), "of another kind, expected plain floats"),
        (replaced("decoder.head.bias", torch.zeros(1, device="meta")), "of another kind, expected plain floats"),
        (replaced("decoder.head.bias", torch.zeros(1).to(torch.float8_e4m3fn)), "of another kind"),
        (replaced("decoder.head.bias", torch.zeros(1, dtype=torch.complex64)), "of another kind"),
        (replaced("encoder.downsample_layers.5.1.weight", torch.zeros(1).expand(2**31, 40, 2, 2)), "tampered"),
        (
            lambda state: state | {f"encoder.stages.2.{i}.x": torch.zeros(1) for i in range(5000)},
            "names 5001 blocks at one scale|names 5000 blocks at one scale",
        ),
        (lambda state: {}, "holds no state dict"),
        (lambda state: [1, 2], "holds list, expected a dictionary"),
        (lambda state: {"network": 5}, "holds no state dict"),
        (
            lambda state: {**state, "module.decoder.head.bias": state["decoder.head.bias"]},
            "have the same name",
        ),
    ],
)
def test_refuses_what_is_not_the_network(tmp_path: Path, state: dict, change: object, message: str) -> None:
    with pytest.raises(SpnetError, match=message) as caught:
        from_checkpoint(saved(tmp_path / "net.pth", change(state)))
    assert "\n" not in str(caught.value)


def test_refuses_a_norm_that_the_parameters_contradict(tmp_path: Path, state: dict) -> None:
    path = saved(tmp_path / "net.pth", state)
    with pytest.raises(SpnetError, match="its parameters are those of CNX"):
        from_checkpoint(path, norm="BN")
    with pytest.raises(SpnetError, match="expected one of"):
        from_checkpoint(path, norm="XX")


class Hostile:
    """Unpickling this would make a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
def test_a_hostile_pickle_is_refused_and_not_run(tmp_path: Path, state: dict, legacy: bool) -> None:
    target = tmp_path / "owned"
    path = tmp_path / "net.pth"
    torch.save({"network": state, "extra": Hostile(target)}, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(SpnetError, match="refused, nothing in it was executed"):
        from_checkpoint(path)
    assert not target.exists()


def test_a_plain_hostile_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    target = tmp_path / "owned"
    path = tmp_path / "net.pth"
    path.write_bytes(pickle.dumps(Hostile(target)))
    with pytest.raises(SpnetError):
        from_checkpoint(path)
    assert not target.exists()


@pytest.mark.parametrize("keep", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_truncated_file_is_refused(tmp_path: Path, state: dict, keep: float, suffix: str) -> None:
    path = tmp_path / f"net{suffix}"
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(SpnetError) as caught:
        from_checkpoint(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_never_crash(tmp_path: Path, state: dict, seed: int) -> None:
    path = saved(tmp_path / "net.pth", {"network": state})
    content = bytearray(path.read_bytes())
    generator = torch.Generator().manual_seed(seed)
    half = [len(content) // 20, len(content)][seed % 2]  # the pickle is at the start
    for position in torch.randint(half, (8,), generator=generator).tolist():
        content[position] ^= 1 << (seed % 8)
    path.write_bytes(content)
    with suppress(SpnetError):  # or a network: a flipped bit of a weight is not seen
        from_checkpoint(path)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MAX_FILE_BYTES", 2**20)
    path = tmp_path / "net.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/data.pkl", bytes(2**21))
    assert path.stat().st_size < 2**14
    with pytest.raises(SpnetError, match="unpacks to .* more than any checkpoint"):
        from_checkpoint(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: None, "no such file"),
        (lambda path: path.write_text("not weights at all"), "damaged|refused"),
    ],
)
def test_refuses_what_is_no_file_of_weights(tmp_path: Path, make: object, message: str) -> None:
    path = tmp_path / "net.pth"
    make(path)
    with pytest.raises(SpnetError, match=message):
        from_checkpoint(path)


def test_import_keeps_the_network_and_says_what_it_is(tmp_path: Path, state: dict) -> None:
    source = saved(tmp_path / "Custom_300.pth", {"network": state})
    imported = tmp_path / "custom.safetensors"
    import_checkpoint(source, imported, max_depth=20, name="garage", licence="CC0-1.0")
    network = from_checkpoint(imported)
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    weights = resolve(imported)
    assert (weights.name, weights.scale) == ("garage", "max_depth:20")
    facts = describe(imported)
    assert facts["variant"] == "custom"
    assert facts["licence"] == "CC0-1.0"
    assert facts["depth_scale"] == "depth / 20 m"
    assert facts["parameters"] == sum(parameter.numel() for parameter in network.parameters())
    assert describe(source)["parameters"] == facts["parameters"]
    assert describe(source)["depth_scale"].startswith("not stated")


def test_import_keeps_a_norm_that_the_parameters_do_not_tell(tmp_path: Path) -> None:
    source = saved(tmp_path / "net.pth", SPNet(Config(SMALL.channels, SMALL.blocks, "CN+X")).state_dict())
    imported = tmp_path / "net.safetensors"
    import_checkpoint(source, imported, max_depth=20, norm="CN+X")
    assert from_checkpoint(imported).config.norm == "CN+X"


@pytest.mark.parametrize("max_depth", [0, -1, float("nan"), float("inf"), 1e9])
def test_import_refuses_a_senseless_depth_scale(tmp_path: Path, state: dict, max_depth: float) -> None:
    imported = tmp_path / "net.safetensors"
    with pytest.raises(SpnetError, match="max_depth"):
        import_checkpoint(saved(tmp_path / "net.pth", state), imported, max_depth=max_depth)
    assert not imported.exists()


def test_a_checkpoint_may_be_larger_than_other_files(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)  # sparse: takes no room on the disk
    with pytest.raises(SpnetError, match="damaged or not a checkpoint|refused"):  # and not: too large
        from_checkpoint(path)


@pytest.mark.parametrize("config", ["{nope", "[" * 100_000, "[1]", '"abc"', '{"norm": [1]}', '{"family": "pacgdc"}'])
def test_senseless_metadata_change_nothing(tmp_path: Path, state: dict, config: str) -> None:
    path = tmp_path / "net.safetensors"
    save_file(state, path, metadata={"config": config, "family": "spnet"})
    assert from_checkpoint(path).config == SMALL
    assert describe(path)["family"] == "spnet"


@pytest.mark.parametrize("entry", [[1], {}, {"shape": ["a"]}, 5])
def test_a_header_without_shapes_is_refused(tmp_path: Path, entry: object) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(header(json.dumps({"x": entry}).encode()))
    with pytest.raises(SpnetError, match="a tensor without a shape"):
        describe(path)


def header(content: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(content) if length is None else length) + content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00" * 4, "a header of 0 bytes"),
        (header(b"{}", 2**40), "a header of 1099511627776 bytes"),
        (header(b"[1]"), "no dictionary"),
        (header(b"{nonsense"), "not JSON"),
        (header(b"[" * 100_000), "not JSON"),
        (header(json.dumps({"__metadata__": {"name": 3}}).encode()), "not strings"),
        (header(json.dumps({"__metadata__": {"scale": "max_depth:far"}}).encode()), "N metres from 0.001 to 100000"),
        (header(json.dumps({"__metadata__": {"scale": "max_depth:-3"}}).encode()), "N metres from 0.001 to 100000"),
        (header(json.dumps({"__metadata__": {"scale": "mode"}}).encode()), "scale 'mode': expected one of mean"),
    ],
)
def test_refuses_a_damaged_safetensors_header(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(content)
    with pytest.raises(SpnetError, match=message):
        resolve(path)
