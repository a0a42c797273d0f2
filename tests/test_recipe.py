"""Run files: what they may say, and the line that tells what is wrong with one."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from spnet import SpnetError
from spnet.model import SPNET
from spnet.model.checkpoints import architecture_of
from spnet.train import read_recipe
from spnet.train.networks import begin, build
from spnet.train.recipe import AugmentRecipe, LossRecipe, NetworkRecipe, RunRecipe, SourceRecipe
from spnet.train.runfile import parse_recipe

ROOT = Path(__file__).parents[1]

SMALLEST = """
[network]
variant = "Tiny"
[data]
[[data.source]]
kind = "synth"
[optimiser]
steps = 10
"""

FULL = """
[network]
family = "PacGDC"
channels = [16, 24, 32, 48]
blocks = [1, 2, 3, 4]
norm = "CNX"
drop_rate = 0.5
confidence = true
start = "before.safetensors"

[data]
seed = 3
size = [160, 192]
scale = "median"
workers = 4
[[data.source]]
kind = "folder"
path = "frames"
weight = 2
[[data.source]]
kind = "authors"
path = "RGBD_Datasets"
max_depth = 20
holes = "Hole_Datasets"
[[data.source]]
kind = "synth"
bank = "bank.spnet"
width = 640
height = 480
mix = "room"
seed = 9

[augment]
preset = "sensors"
patterns = [["points:500", 1], ["lines:16+noise:0.02", 0.5]]

[loss]
preset = "laplace"

[optimiser]
steps = 1000
batch = 32
accumulate = 2
rate = 1e-3
weight_decay = 0.1
betas = [0.8, 0.95]
warm_up = 0.1
clip = 0.5
ema = 0.99
seed = 4

[run]
precision = "bf16"
compile = true
cuda_graph = true
channels_last = false
checkpoint_every = 5
keep = 3
log_every = 2
panels_every = 7
validate_every = 9
validation = "nyu"
patterns = ["points:500"]
tensorboard = true
"""


def test_every_key_is_read() -> None:
    recipe = parse_recipe(FULL, "run.toml")
    assert recipe.network == NetworkRecipe(
        "PacGDC", None, (16, 24, 32, 48), (1, 2, 3, 4), "CNX", 0.5, True, "before.safetensors"
    )
    folder, authors, synth = recipe.data.source
    assert folder == SourceRecipe("folder", 2, path="frames")
    assert authors == SourceRecipe("authors", path="RGBD_Datasets", max_depth=20, holes="Hole_Datasets")
    assert synth == SourceRecipe("synth", bank="bank.spnet", width=640, height=480, mix="room", seed=9)
    data, optimiser = recipe.data, recipe.optimiser
    assert (data.seed, data.size, data.scale, data.workers) == (3, (160, 192), "median", 4)
    assert recipe.augment == AugmentRecipe("sensors", (("points:500", 1), ("lines:16+noise:0.02", 0.5)))
    assert recipe.loss == LossRecipe("laplace")
    assert (optimiser.steps, optimiser.batch, optimiser.accumulate, optimiser.rate) == (1000, 32, 2, 1e-3)
    assert (optimiser.weight_decay, optimiser.betas, optimiser.warm_up) == (0.1, (0.8, 0.95), 0.1)
    assert (optimiser.clip, optimiser.ema, optimiser.seed) == (0.5, 0.99, 4)
    assert recipe.run == RunRecipe("bf16", True, True, False, 5, 3, 2, 7, 9, "nyu", ("points:500",), True)
    assert recipe.text == FULL


def test_the_smallest_run_file() -> None:
    recipe = parse_recipe(SMALLEST, "run.toml")
    assert recipe.run == RunRecipe()
    assert recipe.augment == AugmentRecipe("sensors")
    assert recipe.data.scale == "log_mean"


def changed(line: str, *, section: str = "", instead_of: str = "") -> str:
    """The full run file with one line in place of another, or at the head of a section."""
    if instead_of:
        assert FULL.count(instead_of) == 1
        return FULL.replace(instead_of, line)
    return FULL.replace(f"[{section}]\n", f"[{section}]\n{line}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[network", "run.toml: is not TOML: "),
        ("a = " + "[" * 100_000, "run.toml: is not TOML: "),
        ("a = " + "9" * 5000, "run.toml: is not TOML: "),
        (
            changed("seed = 0x" + "f" * 5000, instead_of="seed = 3"),
            r"seed: found 0xf{78}\.\.\., expected",
        ),
        (changed("rate = 0x" + "f" * 5000, instead_of="rate = 1e-3"), r"rate: found 0xf{78}\.\.\., expected a number"),
        (changed(f"size = [0x{'f' * 5000}, 32]", instead_of="size = [160, 192]"), r"size: found \[0xf{77}\.\.\.[, 3]*"),
        (FULL + "[other]\n", "run.toml: unknown key 'other'; expected some of network, data, optimiser, augment, loss"),
        (FULL + "[text]\n", "run.toml: unknown key 'text'"),
        (SMALLEST.replace("[optimiser]\nsteps = 10", ""), "run.toml: lacks optimiser"),
        (SMALLEST.replace("steps = 10", ""), r"run.toml: \[optimiser\]: lacks steps"),
        (
            "network = 3\n" + SMALLEST.replace('[network]\nvariant = "Tiny"', ""),
            r"\[network\]: found int, expected a t",
        ),
        (
            changed("kernel = 3", section="network"),
            r"\[network\]: unknown key 'kernel'; expected some of family, varia",
        ),
        (changed("family = 3", instead_of='family = "PacGDC"'), "family: found 3, expected text"),
        (changed('variant = "T"', section="network"), "variant: stands beside channels or blocks"),
        (changed("", instead_of="blocks = [1, 2, 3, 4]"), "channels, blocks: expected both, or a variant"),
        (changed("blocks = [1, 2]", instead_of="blocks = [1, 2, 3, 4]"), "blocks: found .*, expected 4 whole numbers"),
        (changed("blocks = [1, 2, 3, 4.5]", instead_of="blocks = [1, 2, 3, 4]"), "4 whole numbers of 0 to 4096"),
        (changed("drop_rate = 1.5", instead_of="drop_rate = 0.5"), "drop_rate: found 1.5, expected a number of 0 to 1"),
        (
            changed('confidence = "yes"', instead_of="confidence = true"),
            "confidence: found 'yes', expected true or fal",
        ),
        (SMALLEST.replace('[[data.source]]\nkind = "synth"', ""), r"\[data\] has no source"),
        (SMALLEST.replace('[[data.source]]\nkind = "synth"', "source = []"), "found 0 sources, expected 1 to 64"),
        (SMALLEST + "\n" + '[[data.source]]\nkind = "synth"\n' * 64, "found 65 sources, expected 1 to 64"),
        (SMALLEST.replace('"synth"', '"web"'), "kind: found 'web', expected one of synth, folder, authors"),
        (SMALLEST.replace('"synth"', '"folder"'), "path: expected for the kinds folder and authors"),
        (changed("", instead_of="max_depth = 20"), "max_depth: expected for the kind authors"),
        (
            changed("max_depth = -1", instead_of="max_depth = 20"),
            "max_depth: found -1, expected a number of more than 0",
        ),
        (changed("weight = 0", instead_of="weight = 2"), "weight: found 0, expected a number of more than 0"),
        (changed("width = 9", instead_of="width = 640"), "width: found 9, expected a whole number of 32 to 2048"),
        (changed("height = true", instead_of="height = 480"), "height: found True"),
        (changed("mix = 1", instead_of='mix = "room"'), "mix: found 1"),
        (changed('bank = ""', instead_of='bank = "bank.spnet"'), "bank: found '', expected text"),
        (changed("size = [160, 170]", instead_of="size = [160, 192]"), r"size: found \[160, 170\], expected multiples"),
        (changed("size = [32, 4096]", instead_of="size = [160, 192]"), "2 whole numbers of 32 to 2048"),
        (changed("workers = -1", instead_of="workers = 4"), "workers: found -1"),
        (changed("seed = 2147483648", instead_of="seed = 3"), "seed: found 2147483648"),
        (
            changed(
                'patterns = "points:500"', instead_of='patterns = [["points:500", 1], ["lines:16+noise:0.02", 0.5]]'
            ),
            "patterns: expected a list of 1 to 256 pairs",
        ),
        (
            changed(
                'patterns = [["points:500"]]', instead_of='patterns = [["points:500", 1], ["lines:16+noise:0.02", 0.5]]'
            ),
            "expected a pair such as",
        ),
        (
            changed(
                'patterns = [["points:500", 0]]',
                instead_of='patterns = [["points:500", 1], ["lines:16+noise:0.02", 0.5]]',
            ),
            "expected a weight of more than 0",
        ),
        (changed("steps = 0", instead_of="steps = 1000"), "steps: found 0, expected a whole number of 1 to 100000000"),
        (changed("batch = 99999", instead_of="batch = 32"), "batch: found 99999"),
        (changed("accumulate = 33", instead_of="accumulate = 2"), "accumulate: found 33, expected .* of 1 to 32"),
        (changed("rate = nan", instead_of="rate = 1e-3"), "rate: found nan"),
        (changed("rate = 0", instead_of="rate = 1e-3"), "rate: found 0, expected a number of more than 0 to 10"),
        (changed("weight_decay = -1", instead_of="weight_decay = 0.1"), "weight_decay: found -1"),
        (changed("betas = [0.9]", instead_of="betas = [0.8, 0.95]"), "betas: found .*, expected two numbers"),
        (
            changed("betas = [0.9, 1]", instead_of="betas = [0.8, 0.95]"),
            "betas: found .*, expected numbers from 0 to le",
        ),
        (changed("warm_up = 2", instead_of="warm_up = 0.1"), "warm_up: found 2"),
        (changed("clip = -1", instead_of="clip = 0.5"), "clip: found -1"),
        (changed("ema = 1", instead_of="ema = 0.99"), "ema: found 1"),
        (changed('precision = "f64"', instead_of='precision = "bf16"'), "precision: found 'f64', expected one of f32"),
        (changed("compile = 1", instead_of="compile = true"), "compile: found 1, expected true or false"),
        (changed("channels_last = 1", instead_of="channels_last = false"), "channels_last: found 1"),
        (changed("tensorboard = 1", instead_of="tensorboard = true"), "tensorboard: found 1"),
        (changed("checkpoint_every = 0", instead_of="checkpoint_every = 5"), "checkpoint_every: found 0"),
        (changed("keep = 0", instead_of="keep = 3"), "keep: found 0"),
        (changed("log_every = 0", instead_of="log_every = 2"), "log_every: found 0"),
        (changed("panels_every = -1", instead_of="panels_every = 7"), "panels_every: found -1"),
        (changed("validate_every = 1.5", instead_of="validate_every = 9"), "validate_every: found 1.5"),
        (changed("", instead_of='validation = "nyu"'), "validate_every: has no data"),
        (
            changed("patterns = [3]", instead_of='patterns = ["points:500"]'),
            "patterns: found .*, expected a list of pat",
        ),
        (changed("preset = 3", instead_of='preset = "laplace"'), r"\[loss\] preset: found 3"),
        (changed("preset = 3", instead_of='preset = "sensors"'), r"\[augment\] preset: found 3"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(text: str, message: str) -> None:
    with pytest.raises(SpnetError, match=message) as caught:
        parse_recipe(text, "run.toml")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("run.toml: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file"), (b"\xff\xfe", "is not text"), (b"#" * 2**21, "at most 1,048,576 are read")],
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "run.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SpnetError, match=message):
        read_recipe(path)


@settings(max_examples=60)
@given(st.sampled_from(FULL.splitlines()), st.text(max_size=20))
def test_no_text_breaks_the_reader(line: str, text: str) -> None:
    try:
        parse_recipe(FULL.replace(line, f"{line.split('=')[0]}= {text}"), "run.toml")
    except SpnetError as error:
        message = str(error)
    else:
        message = ""
    assert "\n" not in message


@pytest.mark.parametrize(
    ("recipe", "variant", "outputs", "drop_rate"),
    [
        (NetworkRecipe(variant="Small"), "Small", 1, 0.1),
        (NetworkRecipe(variant="Small", drop_rate=0.0, confidence=True), "Small", 2, 0.0),
        (NetworkRecipe(family="pacgdc", variant="T"), "T", 1, 0.1),
        (NetworkRecipe(channels=(8, 8, 8, 8), blocks=(1, 0, 0, 0), norm="GRN"), "custom", 1, 0.0),
    ],
)
def test_the_network_is_what_the_recipe_says(
    recipe: NetworkRecipe, variant: str, outputs: int, drop_rate: float
) -> None:
    with torch.device("meta"):
        network = build(recipe)
    found = architecture_of(network)
    assert (found.family, found.variant) == (recipe.family.lower(), variant)
    assert (found.config.outputs, found.config.drop_rate, found.config.norm) == (outputs, drop_rate, recipe.norm)


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (NetworkRecipe(variant="Huge"), "variant: found 'Huge', expected one of Tiny, Small, Base, Large"),
        (NetworkRecipe(variant="Tiny", family="ResNet"), "family: found 'ResNet', expected one of spnet, pacgdc"),
        (NetworkRecipe(variant="Tiny", norm="XN"), "norm 'XN': expected one of CNX"),
        (NetworkRecipe(variant="T", family="PacGDC", norm="LN"), "PacGDC has SP-Norm"),
        (NetworkRecipe(channels=(4, 8, 8, 8), blocks=(1, 0, 0, 0)), r"\[network\] channels .* must be at least 8"),
    ],
)
def test_networks_that_cannot_be_built(recipe: NetworkRecipe, message: str) -> None:
    with pytest.raises(SpnetError, match=message), torch.device("meta"):
        build(recipe)


SMALL = NetworkRecipe(channels=(8, 8, 8, 8), blocks=(1, 0, 0, 0), drop_rate=0.3)


def test_a_training_begins_with_the_weights_of_another(tmp_path: Path) -> None:
    before = build(replace(SMALL, drop_rate=0.0))
    save_file(before.state_dict(), tmp_path / "before.safetensors")
    begun = begin(replace(SMALL, start=str(tmp_path / "before.safetensors")))
    assert all(torch.equal(tensor, begun.state_dict()[name]) for name, tensor in before.state_dict().items())
    assert begun.config.drop_rate == 0.3


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (replace(SMALL, channels=(8, 8, 8, 16)), r"start: .* holds SPNet Config\(channels=\(8, 8, 8, 16\)"),
        (replace(SMALL, confidence=True), r"outputs=2\), expected SPNet .*outputs=1"),
        (replace(SMALL, family="PacGDC"), "holds PacGDC .* expected SPNet"),
        (None, "no such file|does not exist|cannot be read"),
    ],
    ids=["wider", "more outputs", "another family", "no file"],
)
def test_weights_of_another_network_are_no_start(tmp_path: Path, other: NetworkRecipe | None, message: str) -> None:
    if other is not None:
        save_file(build(other).state_dict(), tmp_path / "before.safetensors")
    with pytest.raises(SpnetError, match=message):
        begin(replace(SMALL, start=str(tmp_path / "before.safetensors")))


@pytest.mark.parametrize("path", sorted((ROOT / "runs").rglob("*.toml")), ids=lambda path: path.stem)
def test_the_committed_run_files_can_be_followed(path: Path) -> None:
    recipe = read_recipe(path)
    with torch.device("meta"):
        network = build(recipe.network)
    if path.stem == "spnet-tiny":
        assert network.config == SPNET["Tiny"]
