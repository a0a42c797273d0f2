"""The networks: equal to the authors', to the formulas, and to themselves in every layout."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

import reference_network as reference
from golden.make import FOLDER, golden_cases
from spnet.model import PACGDC, SPNET, Config, PacGDC, SPNet, from_checkpoint
from spnet.model.depthwise import Depthwise
from spnet.model.network import Block, StochasticDepth
from spnet.model.norms import GRN, NORMS, SPNorm, standardise

PARITY = Path(__file__).resolve().parents[2] / "shared" / "parity"
needs_parity = pytest.mark.skipif(
    not PARITY.is_dir(), reason="the authors' parity tensors are not beside this checkout"
)

VARIANTS = [(SPNet, config, f"spnet_{name.lower()}") for name, config in SPNET.items()]
VARIANTS += [(PacGDC, config, f"pacgdc_{name}") for name, config in PACGDC.items()]
PARAMETERS = {
    "spnet_tiny": 35_000_689,
    "spnet_small": 59_275_633,
    "spnet_base": 105_023_041,
    "spnet_large": 235_501_153,
    "pacgdc_T": 39_716_161,
    "pacgdc_S": 63_991_105,
    "pacgdc_B": 113_405_441,
    "pacgdc_L": 254_360_065,
}


def relative_error(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found.double() - expected.double()).abs().max() / expected.double().abs().max())


@needs_parity
@pytest.mark.parametrize("name", ["spnet_CNX_16", "spnet_GRN_16", "spnet_LN_16", "pacgdc_16"])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_equals_the_authors_code(name: str, layout: torch.memory_format) -> None:
    network = from_checkpoint(PARITY / f"{name}.pth").to(memory_format=layout)
    pair = np.load(PARITY / f"{name}.npz")
    with torch.inference_mode():
        found = network(*(torch.from_numpy(pair[part]) for part in ("rgb", "depth", "mask")))
    assert relative_error(found, torch.from_numpy(pair["expected"])) <= 1e-4


@needs_parity
@pytest.mark.parametrize(("family", "config", "name"), VARIANTS, ids=[name for _, _, name in VARIANTS])
def test_has_the_authors_tensors(family: type[SPNet], config: Config, name: str) -> None:
    with torch.device("meta"):
        state = family(config).state_dict()
    found = [f"{key} {tuple(value.shape)}" for key, value in state.items()]
    assert found == (PARITY / f"{name}.keys.txt").read_text().splitlines()


@pytest.mark.parametrize(("family", "config", "name"), VARIANTS, ids=[name for _, _, name in VARIANTS])
def test_has_the_papers_size(family: type[SPNet], config: Config, name: str) -> None:
    with torch.device("meta"):
        network = family(config)
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize("name", golden_cases())
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_equals_its_golden_output(name: str, layout: torch.memory_format) -> None:
    network = golden_cases()[name].eval()
    network.load_state_dict(reference.random_state(network.state_dict()))
    with torch.inference_mode():
        found = network.to(memory_format=layout)(*reference.random_input(32, 64))
    assert relative_error(found, torch.from_numpy(np.load(FOLDER / f"{name}.npy"))) <= 2e-5


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("channels", [(16, 8, 40, 12), (24, 48, 96, 192)])
def test_equals_the_formulas_at_other_widths(norm: str, channels: tuple[int, int, int, int]) -> None:
    network = SPNet(Config(channels, (2, 1, 3, 1), norm)).eval()
    state = reference.random_state(network.state_dict())
    network.load_state_dict(state)
    inputs = reference.random_input(64, 32, seed=1)
    with torch.inference_mode():
        expected = reference.forward(state, *inputs, norm=norm, family="spnet")
        assert relative_error(network(*inputs), expected) <= 2e-5


@pytest.mark.parametrize("scale", [1e-4, 1e-2, 1.0, 1e3])
def test_standardise_is_the_papers_formula_at_every_scale(scale: float) -> None:
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 7, 5, 6))).float() * scale
    expected = (x - x.mean(dim=1, keepdim=True)) / (x.std(dim=1, keepdim=True) + 1e-6)
    assert torch.allclose(standardise(x), expected, rtol=1e-5, atol=1e-6)


def test_standardise_of_equal_channels_is_zero() -> None:
    assert torch.equal(standardise(torch.full((1, 4, 2, 2), 3.0)), torch.zeros(1, 4, 2, 2))


def test_standardise_has_the_gradient_of_the_formula() -> None:
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((1, 5, 2, 3))).requires_grad_()
    assert torch.autograd.gradcheck(standardise, (x,), atol=1e-5)


compilers_own_warning = pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")


@compilers_own_warning
@pytest.mark.parametrize(("channels", "side"), [(24, 7), (16, 3)])
def test_a_compiled_depthwise_convolution_has_the_same_gradients(channels: int, side: int) -> None:
    torch.manual_seed(0)
    layer = Depthwise(channels, side).train()
    x = torch.randn(2, channels, 9, 6).contiguous(memory_format=torch.channels_last).requires_grad_()
    told = torch.randn(2, channels, 9, 6)
    inputs = x, layer.weight, layer.bias
    expected = torch.autograd.grad((layer(x) * told).sum(), inputs)
    compiled = torch.compile(layer, backend="aot_eager")  # what a compiler is given, without a C++ compiler
    found = torch.autograd.grad((compiled(x) * told).sum(), inputs)
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(found, expected, strict=True))
    assert torch.allclose(compiled.eval()(x), layer(x), atol=1e-5)


@compilers_own_warning
def test_under_autocast_a_compiled_depthwise_convolution_takes_its_type() -> None:
    layer = Depthwise(16, 3).train()
    with torch.autocast("cpu", torch.bfloat16):
        found = torch.compile(layer, backend="aot_eager")(torch.randn(1, 16, 4, 4))
    assert found.dtype == torch.bfloat16
    found.float().sum().backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad.dtype == torch.float32


@pytest.mark.filterwarnings("ignore")  # of tracing, which makes constants of channel counts
def test_traced_and_eager_are_the_same_network() -> None:
    norm = SPNorm(6).eval()
    x = torch.rand(1, 6, 4, 5)
    with torch.inference_mode():
        traced = torch.jit.trace(norm, torch.rand(1, 6, 8, 8), check_trace=False)
        assert torch.allclose(traced(x), norm(x), rtol=1e-5, atol=1e-6)


def test_grn_by_hand() -> None:
    grn = GRN(2)
    grn.gamma.data.fill_(2.0)
    grn.beta.data.fill_(1.0)
    x = torch.tensor([[[[3.0, 4.0]], [[0.0, 1.0]]]])  # L2 norms over the map: 5 and 1, their mean 3
    expected = (
        torch.tensor([[[[3.0, 4.0]], [[0.0, 1.0]]]]) * (1 + 2 * torch.tensor([5 / 3, 1 / 3]).reshape(1, 2, 1, 1)) + 1
    )
    assert torch.allclose(grn(x), expected, rtol=1e-5)


@pytest.mark.parametrize("factor", [0.01, 0.5, 20.0])
def test_without_biases_the_network_is_homogeneous(factor: float) -> None:
    network = SPNet(Config((16, 32, 64, 128), (1, 1, 1, 1))).eval()  # biases start at zero, but for the upsampling
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            parameter.data.zero_()
    inputs = reference.random_input(32, 32)
    with torch.inference_mode():
        once, scaled = network(*inputs), network(*(factor * part for part in inputs))
    assert relative_error(scaled, factor * once) < 1e-3  # the epsilon of the norm is not scaled


def test_starts_as_the_authors_start_it() -> None:
    network = SPNet(Config((32, 64, 128, 256), (1, 1, 1, 1)))
    conv = network.encoder.stages[3][0].block[2]
    expected = math.sqrt(2 / (conv.in_channels + conv.out_channels))
    assert conv.weight.std().item() == pytest.approx(expected, rel=0.05)
    assert not conv.bias.any()
    assert network.decoder.upsample_layers[0].bias.any()  # PyTorch's default, which draws biases
    assert not PacGDC(Config((16, 32, 64, 128), (1, 1, 1, 1))).decoder.upsample_layers[1][1].bias.any()


def test_drop_rates_grow_linearly_over_all_encoder_blocks() -> None:
    rates = Config(blocks=(1, 2, 1, 1), drop_rate=0.4).block_drop_rates()
    assert rates == [
        [0.0],
        [pytest.approx(0.1), pytest.approx(0.2)],
        [pytest.approx(0.3)],
        [pytest.approx(0.4)],
    ]
    network = SPNet(Config((16, 32, 64, 128), (1, 2, 1, 1), drop_rate=0.4))
    assert network.encoder.stages[5][0].stochastic_depth.rate == pytest.approx(0.4)
    assert all(stage.stochastic_depth.rate == 0 for stage in network.decoder.stages if isinstance(stage, Block))


def test_stochastic_depth_drops_the_whole_batch_at_once_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    layer = StochasticDepth(0.25).train()
    outputs = [layer(torch.ones(3, 2, 1, 1)) for _ in range(2000)]
    assert all(output.unique().numel() == 1 for output in outputs)
    values = {round(output[0, 0, 0, 0].item(), 4) for output in outputs}
    assert values == {0.0, 1.3333}
    assert torch.stack(outputs).mean().item() == pytest.approx(1.0, abs=0.05)
    assert torch.equal(layer.eval()(torch.ones(1)), torch.ones(1))


def test_every_parameter_learns() -> None:
    torch.manual_seed(1)
    network = SPNet(Config((8, 16, 24, 32), (1, 1, 1, 1), "GRN")).train()
    network(*reference.random_input(32, 32)).square().mean().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"channels": (4, 8, 16, 32)}, "at least 8"),
        ({"channels": (16, 32, 64)}, "four numbers"),
        ({"blocks": (1, 1, -1, 1)}, "at least 0"),
        ({"norm": "GN"}, "expected one of"),
        ({"drop_rate": 1.5}, "0 to 1"),
    ],
)
def test_refuses_a_config_that_cannot_be_built(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Config(**values)


@pytest.mark.parametrize(
    "network", [SPNet(Config((8, 8, 8, 8), (0, 0, 0, 0))), PacGDC(Config((8, 8, 8, 8), (0, 0, 0, 0)))]
)
def test_sides_that_are_no_multiple_of_32_are_refused(network: SPNet) -> None:
    with pytest.raises(ValueError, match="50x64: height and width must be multiples of 32"):
        network(torch.zeros(1, 3, 50, 64), torch.zeros(1, 1, 50, 64), torch.zeros(1, 1, 50, 64))


def test_pacgdc_has_one_norm() -> None:
    with pytest.raises(ValueError, match="SP-Norm"):
        PacGDC(Config(norm="LN"))
