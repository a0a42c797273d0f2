"""The shipped kind of network: a diffusion that solves what it says it solves, and blocks that steer it."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

import spnet
from spnet import SpnetError
from spnet.engines import ENGINES, Options
from spnet.model import NANO, Config, Nano, from_checkpoint, nano
from spnet.model.checkpoints import architecture_of
from spnet.model.diffusion import (
    colour_strength,
    differences,
    enlarged,
    filled,
    pooled,
    settled,
    smoothed,
    spread,
    trusted,
    typical_error,
)
from spnet.sparsify import sparsify
from spnet.train.losses import count, find_loss
from spnet.weights import resolve

EXAMPLE = Path(__file__).parents[1] / "examples" / "motorcycle"
SMALL = Config((8, 16, 16, 24), (1, 1, 1, 1), outputs=2)


def network(seed: int = 0, config: Config = SMALL, *, moved: float = 0.05) -> Nano:
    """One whose answers are not those it starts with."""
    torch.manual_seed(seed)
    made = Nano(config).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(moved * torch.randn_like(parameter))
    return made


def frame(height: int = 64, width: int = 96, share: float = 0.05, seed: int = 0) -> tuple[torch.Tensor, ...]:
    rng = torch.Generator().manual_seed(seed)
    mask = (torch.rand(1, 1, height, width, generator=rng) < share).float()
    depth = (torch.rand(1, 1, height, width, generator=rng) + 0.5) * mask
    return torch.rand(1, 3, height, width, generator=rng), depth, mask


def test_spreading_comes_to_the_least_squares_solution() -> None:
    """Against NumPy's solution of the same normal equations, written down link by link."""
    rng, height, width = np.random.default_rng(0), 4, 5
    right, below = rng.uniform(0.2, 2, (height, width)), rng.uniform(0.2, 2, (height, width))
    right[:, -1], below[-1] = 0, 0
    rise, fall = rng.normal(0, 0.3, (2, height, width))
    hold = np.where(rng.random((height, width)) < 0.3, 5.0, 0.0)
    measured = rng.normal(0, 1, (height, width))
    pixels = height * width
    equations, wanted = np.diag(hold.ravel()), (hold * measured).ravel()
    for row in range(height):
        for column in range(width):
            here = row * width + column
            for there, strength, slope in (
                (here + 1, right[row, column], rise[row, column]),
                (here + width, below[row, column], fall[row, column]),
            ):
                if there < pixels and strength:
                    equations[[here, there], [here, there]] += strength
                    equations[[here, there], [there, here]] -= strength
                    wanted[here] -= strength * slope
                    wanted[there] += strength * slope
    expected = np.linalg.solve(equations, wanted).reshape(height, width)
    tensors = [
        torch.tensor(field, dtype=torch.float64)[None, None] for field in (right, below, rise, fall, hold, measured)
    ]
    found = spread(
        torch.zeros(1, 1, height, width, dtype=torch.float64),
        (tensors[0], tensors[1]), (tensors[2], tensors[3]), tensors[4], tensors[5], sweeps=400, radius=0.95,
    )  # fmt: skip
    np.testing.assert_allclose(found[0, 0].numpy(), expected, atol=1e-4)


def test_smoothing_evens_out_what_links_join_and_leaves_steps_where_there_is_none() -> None:
    joined = tuple(
        F.pad(torch.ones(1, 1, *size), sides) for size, sides in (((16, 15), (0, 1)), ((15, 16), (0, 0, 0, 1)))
    )
    cut = (joined[0].clone(), joined[1])
    cut[0][..., 7] = 0
    sides = torch.zeros(1, 1, 16, 16)
    sides[..., 8:] = 1
    noise = torch.rand(1, 1, 16, 16, generator=torch.Generator().manual_seed(0)) - 0.5
    torch.testing.assert_close(smoothed(sides, cut, 8), sides)
    found = smoothed(sides + 0.1 * noise, cut, 8) - sides
    assert found.std() < 0.4 * (0.1 * noise).std()
    assert smoothed(sides, joined, 8)[..., 7].min() > 0.2


def test_a_plane_is_continued_from_one_measurement_by_its_slopes() -> None:
    rows, columns = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
    plane = (0.1 * columns - 0.05 * rows)[None, None]
    one = torch.ones_like(plane)
    strength = tuple((step != 0).float() for step in differences(plane))
    hold = torch.zeros_like(plane)
    hold[0, 0, 3, 3] = 10
    found = spread(0 * plane, strength, differences(plane), hold, plane * one, sweeps=1500, radius=0.99)
    assert torch.allclose(found, plane, atol=2e-3)


def test_a_link_is_as_strong_as_its_colours_are_alike() -> None:
    image = torch.zeros(1, 3, 2, 2)
    image[0, :, 0, 1] = 0.06
    right, below = colour_strength(image, colour=0.02, floor=0.002)
    expected = np.exp(-3) + 0.002
    assert right[0, 0].tolist() == [pytest.approx([expected, 0]), pytest.approx([1.002, 0])]
    assert below[0, 0].tolist() == [pytest.approx([1.002, expected]), pytest.approx([0, 0])]


def test_a_cell_is_the_mean_of_what_is_measured_in_it() -> None:
    log_depth = torch.tensor([[[[1.0, 7.0], [3.0, 9.0]]]])
    mask = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]])
    (_, finest), (mean, share) = pooled(log_depth, mask, 2)
    assert (mean.item(), share.item()) == (2, 0.5)
    assert finest.tolist() == mask.tolist()
    assert pooled(log_depth, 0 * mask, 2)[1][0].item() == 0


def test_gaps_are_filled_from_the_smallest_window_and_from_coarser_scales() -> None:
    mean, share = torch.zeros(1, 1, 1, 6), torch.zeros(1, 1, 1, 6)
    mean[..., 0], share[..., 0] = 4.0, 0.25
    mean[..., 2], share[..., 2] = 1.0, 0.5
    finer_mean, finer_share = torch.zeros(1, 1, 2, 12), torch.zeros(1, 1, 2, 12)
    finer_mean[..., 0, 0], finer_share[..., 0, 0] = 4.0, 1.0
    finer_mean[..., :, 4], finer_share[..., :, 4] = 1.0, 1.0
    fine, coarse = filled([(finer_mean, finer_share), (mean, share)], (5, 3))
    assert coarse.flatten().tolist() == pytest.approx([4, 2, 1, 1, 1, 0])
    expected = enlarged(coarse)
    expected[..., 0, 0], expected[..., :, 4] = 4.0, 1.0
    assert torch.equal(fine, expected)


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (5, 7)])
def test_enlarging_is_bilinear(size: tuple[int, int]) -> None:
    field = torch.rand(2, 1, *size, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.functional.interpolate(field, scale_factor=2, mode="bilinear")
    assert torch.allclose(enlarged(field), expected, atol=1e-6)


def test_what_a_field_lacks_is_added_about_each_measurement() -> None:
    """By hand, at two scales: the mean that a cell's 3x3 lack, zeros beyond; a measured pixel's own beside it."""
    measured, hold = torch.zeros(2, 1, 1, 4, 6)
    measured[..., 0, 0], hold[..., 0, 0] = 2.0, 3.0
    measured[..., 3, 3], hold[..., 3, 3] = -1.0, 1.0
    field = torch.full((1, 1, 4, 6), 0.5)
    found = settled(field, measured, hold, 0.1, 2)[0, 0]
    first, second = 3 * 1.5 / 36, -1.5 / 36  # of a cell's nine, each of four pixels
    both, second = (first + second) / (4 / 36 + 0.1 / 4), second / (1 / 36 + 0.1 / 4)
    assert found[0, 1].item() == pytest.approx(0.5 + both)
    assert found[0, 0].item() == pytest.approx(0.5 + (3 * 1.5 + 0.1 * both) / (3 + 0.1))
    assert found[3, 5].item() == pytest.approx(0.5 + second)
    near_second = 0.75 * both + 0.25 * second  # the third cells from the left see the second measurement alone
    assert found[3, 3].item() == pytest.approx(0.5 + (-1.5 + 0.1 * near_second) / (1 + 0.1))


def test_what_is_lacking_everywhere_is_added_everywhere() -> None:
    """A shift of all measurements reaches pixels far from any, through the coarser scales."""
    mask = (torch.rand(1, 1, 64, 96, generator=torch.Generator().manual_seed(0)) < 0.02).float()
    field = torch.rand(1, 1, 64, 96, generator=torch.Generator().manual_seed(1))
    found = settled(field, (field + 0.3) * mask, 30 * mask, 0.1, 6)
    assert torch.allclose(found - field, torch.tensor(0.3), atol=0.02)
    assert torch.equal(settled(field, 0 * mask, 0 * mask, 0.1, 6), field)


def test_measurements_are_trusted_by_their_typical_error() -> None:
    """By hand; the second image of the batch is ten times as noisy, and has a measurement that is wrong."""
    error = torch.tensor([[[[0.002, -0.008, 0.5]]], [[[0.02, -0.08, 1.2]]]])
    hold = torch.tensor([[[[3.0, 3.0, 0.0]]], [[[3.0, 3.0, 3.0]]]])
    all_typical = typical_error(hold, error)
    found = trusted(hold, error, all_typical).numpy()
    for image, points in ((0, 2), (1, 3)):
        known = np.abs(error[image, 0, 0, :points].numpy())
        typical = np.sqrt(known).mean() ** 2
        assert all_typical[image].item() == pytest.approx(typical, rel=1e-5)
        expected = 3 * (0.008 / typical) ** 3 / (1 + (known / 0.3) ** 2)
        np.testing.assert_allclose(found[image, 0, 0, :points], expected, rtol=1e-5)
    assert found[0, 0, 0, 2] == 0


def test_trust_has_bounds_and_no_gradient() -> None:
    hold, exact = torch.ones(1, 1, 4, 4), torch.zeros(1, 1, 4, 4, requires_grad=True)
    typical = typical_error(hold, exact)
    assert typical.item() == pytest.approx(0.001)
    assert torch.allclose(trusted(hold, exact, typical), 512 * hold)
    assert not typical.requires_grad
    assert not trusted(hold, exact, typical).requires_grad
    assert trusted(0 * hold, exact, typical_error(0 * hold, exact)).abs().max() == 0


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (160, 32)])
def test_depth_is_positive_at_any_size(size: tuple[int, int]) -> None:
    rgb, depth, mask = frame(*size)
    with torch.no_grad():
        output = network()(rgb, depth, mask)
    assert output.shape == (1, 2, *size)
    assert torch.isfinite(output).all()
    assert (output[:, :1] > 0).all()


@pytest.mark.parametrize("size", [(33, 32), (64, 40)])
def test_other_sides_than_multiples_of_32_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="multiples of 32"):
        network()(*frame(*size))


def test_before_training_a_slanted_plane_comes_back_where_it_is_measured() -> None:
    """Whatever the picture: no answer of the blocks has a say yet."""
    rgb, _, mask = frame()
    plane = torch.exp(torch.linspace(-0.5, 0.5, 96)).expand(1, 1, 64, 96)
    with torch.no_grad():
        output = Nano(SMALL).eval()(rgb, plane * mask, mask)
    assert (output[:, :1] / plane - 1)[mask > 0].abs().max() < 0.02


@pytest.mark.parametrize("pattern", ["random:10%", "random:1%", "points:500"])
def test_before_training_it_is_about_as_near_the_truth_as_guided(pattern: str) -> None:
    """What it learns is on top of a diffusion that is no worse than that of colours alone."""
    truth = spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "truth.png", depth_unit="mm")
    depth = sparsify(truth.depth, pattern, seed=0, frame="", rgb=truth.rgb).depth[:480, :640]
    rgb, known = truth.rgb[:480, :640], truth.depth[:480, :640] > 0
    scale = np.exp(np.log(depth[depth > 0]).mean())
    inputs = (rgb.transpose(2, 0, 1) / 255, depth[None] / scale, depth[None] > 0)
    with torch.no_grad():
        untrained = (
            Nano(SMALL).eval()(*(torch.tensor(value[None].astype(np.float32)) for value in inputs))[0, 0] * scale
        )
    guided = spnet.complete(spnet.Frame(rgb=rgb, depth=depth), model="guided").metres
    errors = [(each - truth.depth[:480, :640])[known] for each in (untrained.numpy(), guided)]
    assert np.sqrt((errors[0] ** 2).mean()) < 1.05 * np.sqrt((errors[1] ** 2).mean())


@pytest.mark.parametrize("seed", range(5))
def test_depth_goes_little_beyond_what_is_measured(seed: int) -> None:
    """Whatever the answers: a wrong slope over a wide gap must not lead to the moon."""
    rgb, depth, mask = frame(share=0.003, seed=seed)
    with torch.no_grad():
        dense = network(seed, moved=0.3)(rgb, depth, mask)[:, 0]
    measured = depth[mask > 0]
    assert measured.min() * np.exp(-0.05) * 0.999 <= dense.min()
    assert dense.max() <= measured.max() * np.exp(0.05) * 1.001


def test_each_image_of_a_batch_keeps_to_its_own_range() -> None:
    rgb, depth, mask = (torch.cat([tensor, tensor]) for tensor in frame(share=0.01))
    depth = depth * torch.tensor([1.0, 50.0])[:, None, None, None]
    with torch.no_grad():
        dense = network(moved=0.3)(rgb, depth, mask)[:, 0]
    assert dense[0].max() < 2
    assert dense[1].min() > 20


def test_nothing_measured_gives_the_scale_itself() -> None:
    rgb, depth, mask = frame(share=0)
    with torch.no_grad():
        assert torch.allclose(Nano(SMALL).eval()(rgb, depth, mask)[:, :1], torch.tensor(1.0))


@pytest.mark.parametrize("factor", [2.0, 0.0625, 3.7, 100.0])
def test_measured_depth_times_a_factor_is_depth_times_it(tmp_path: Path, factor: float) -> None:
    """Through all of `complete`: the scale is taken from the frame, and given back."""
    save_file(network().state_dict(), tmp_path / "nano.safetensors", metadata={"scale": "log_mean"})
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (48, 70, 3), dtype=np.uint8)
    depth = np.where(rng.random((48, 70)) < 0.1, rng.uniform(1, 4, (48, 70)), 0).astype(np.float32)
    model = spnet.load(tmp_path / "nano.safetensors", engine="torch")
    once = model(spnet.Frame(rgb, depth))
    times = model(spnet.Frame(rgb, depth * np.float32(factor)))
    np.testing.assert_allclose(times.metres, once.metres * np.float32(factor), rtol=2e-5)
    assert once.confidence is not None
    np.testing.assert_allclose(times.confidence, once.confidence, atol=1e-4)


@pytest.mark.parametrize("config", [SMALL, NANO["nano"], Config((8, 8, 16, 16), (0, 1, 2, 0), "LN", outputs=2)])
def test_a_checkpoint_says_what_network_it_is_of(tmp_path: Path, config: Config) -> None:
    made = network(config=config)
    save_file(made.state_dict(), tmp_path / "net.safetensors")
    loaded = from_checkpoint(tmp_path / "net.safetensors")
    assert isinstance(loaded, Nano)
    architecture = architecture_of(loaded)
    assert (architecture.family, architecture.config) == ("nano", config)
    assert architecture.variant == ("nano" if config == NANO["nano"] else "custom")
    with torch.no_grad():
        assert torch.equal(loaded(*frame()), made(*frame()))


def test_one_output_is_refused() -> None:
    with pytest.raises(ValueError, match="outputs 1: expected 2"):
        Nano(Config(SMALL.channels, SMALL.blocks))


def test_it_is_as_small_as_it_is_said_to_be() -> None:
    assert sum(parameter.numel() for parameter in Nano().parameters()) <= 3_000_000


@pytest.mark.parametrize("name", ENGINES)
def test_engines_agree_at_other_sizes_than_the_traced_one(tmp_path: Path, name: str) -> None:
    save_file(network().state_dict(), tmp_path / "nano.safetensors", metadata={"scale": "log_mean"})
    engine = ENGINES[name](resolve(tmp_path / "nano.safetensors"), Options(threads=2))
    for size in ((32, 32), (96, 160)):
        rgb, depth, mask = frame(*size)
        with torch.no_grad():
            expected = network()(rgb, depth, mask).numpy()
        found = engine(torch.cat([rgb, depth, mask], dim=1).numpy())
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def batch(seed: int = 0) -> dict[str, torch.Tensor]:
    rgb, _, mask = frame(seed=seed)
    truth = enlarged(enlarged(torch.rand(1, 1, 16, 24, generator=torch.Generator().manual_seed(seed)) + 0.5))
    known = torch.ones_like(truth)
    known[..., :10] = 0
    return {"rgb": rgb, "mask": mask * known, "depth": truth * mask * known, "truth": truth * known, "known": known}


@pytest.mark.parametrize("side", [1, 3, 6])
def test_slopes_at_the_borders_are_left_out(side: int) -> None:
    inside = nano._inside(torch.rand(2, 1, side, 9), 2)
    expected = np.zeros((1, 1, side, 9), np.float32)
    expected[:, :, 2 : max(side - 2, 0), 2:7] = 1
    np.testing.assert_array_equal(inside, expected)


def test_less_error_is_expected_of_exact_measurements_and_where_one_is_believed() -> None:
    """By hand: the root of how exact they are, and 1 / (1 / 0.02 + 3 * 40) where one is held."""
    made = network(moved=0.0)
    with torch.no_grad():
        made.log_sureness.fill_(math.log(3))
    answer = torch.full((2, 1, 1, 2), math.log(0.02) + 4)
    hold, typical = torch.tensor([0.0, 40.0]).expand(2, 1, 1, 2), torch.tensor([0.008, 0.0008]).view(2, 1, 1, 1)
    found = made._log_error(answer, hold, typical).exp()
    assert found[0].flatten().tolist() == pytest.approx([0.02, 1 / (1 / 0.02 + 3 * 40)], rel=1e-5)
    assert found[1, 0, 0, 0].item() == pytest.approx(0.02 * math.sqrt(0.1), rel=1e-5)


def test_compiling_leaves_the_diffusion_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    made, inputs, called = network(), frame(), []
    monkeypatch.setattr(torch, "compile", lambda function: lambda *given: called.append(function) or function(*given))
    expected, of_the_network = made(*inputs), made._answers
    made.compile()
    assert torch.equal(made(*inputs), expected)
    assert called == [of_the_network]


def test_training_looks_at_what_evaluation_gives() -> None:
    made, given = network(), batch()
    inputs = given["rgb"], given["depth"], given["mask"]
    assert torch.equal(made.train()(*inputs).output, made.eval()(*inputs))


def test_every_weight_is_taught_and_the_loss_falls() -> None:
    made, given = network(moved=0.0).train(), batch()
    optimiser, losses = torch.optim.Adam(made.parameters(), lr=3e-3), []
    for _ in range(8):
        terms = find_loss("steered")(made(given["rgb"], given["depth"], given["mask"]), given, count(given))
        loss = torch.stack(list(terms.values())).sum()
        optimiser.zero_grad()
        loss.backward()
        assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in made.parameters())
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.01


def test_the_errors_of_each_image_by_hand() -> None:
    """Errors of 2 and 0 over all of one image; of 0.5 where known, a quarter of it, in another; a third is unknown."""
    truth, known, error = torch.full((3, 1, 32, 32), 4.0), torch.ones(3, 1, 32, 32), torch.zeros(3, 1, 32, 32)
    error[0, :, :16], error[1] = 2.0, -0.5
    known[1, :, :, 8:], known[2] = 0, 0
    given = {"truth": truth * known, "known": known, "mask": known}
    steered = network().train()(torch.zeros(3, 3, 32, 32), truth, known)
    dense = truth + error
    told = steered._replace(
        output=torch.cat([dense, torch.zeros_like(dense)], dim=1), log_depth=[dense.log(), *steered.log_depth[1:]]
    )
    terms = find_loss("steered")(told, given, count(given))
    squared = (math.log(math.sqrt(2)) + 0.25 * math.log(0.5)) / 1.25
    assert terms["squared"].item() == pytest.approx(0.1 * squared, rel=1e-4)
    of_logs = (math.log(math.log(6 / 4) / 2 + 0.001) + 0.25 * math.log(math.log(4 / 3.5) + 0.001)) / 1.25
    assert terms["log_error"].item() == pytest.approx(0.1 * of_logs, rel=1e-4)


def test_links_are_surprised_as_a_laplacian_is() -> None:
    """The term "links" by hand: all pixels known, slopes of 0 and scales of 1/2."""
    given = {name: torch.ones(1, 1, 32, 32) for name in ("truth", "known", "mask")}
    given["truth"][..., 16:] = np.e  # a step of 1 in log depth
    steered = network().train()(torch.zeros(1, 3, 32, 32), given["truth"], given["mask"])
    zeros = [tuple(torch.zeros_like(side) for side in pair) for pair in steered.slopes]
    halves = [tuple(torch.full_like(side, np.log(0.5)) for side in pair) for pair in steered.slopes]
    terms = find_loss("steered")(steered._replace(slopes=zeros, log_slope_errors=halves), given, count(given))
    expected = 0.0
    for scale in range(1, 6):
        side = 32 // 2**scale
        links = 2 * side * (side - 1)
        steps = side if side > 1 else 0
        expected += 4**scale * (steps * 1 / 0.5 + links * np.log(0.5)) / 2
    assert terms["links"].item() == pytest.approx(0.01 * expected / 32**2, rel=1e-4)


@pytest.mark.parametrize("preset", ["authors", "pacgdc", "laplace", "steered"])
def test_a_loss_for_another_kind_of_network_says_so(preset: str) -> None:
    made, given = network().train(), batch()
    output = made(given["rgb"], given["depth"], given["mask"])
    if preset == "steered":
        with pytest.raises(
            SpnetError, match='loss steered: the network draws depth itself, expected one of family "nano"'
        ):
            find_loss(preset)(output.output, given, count(given))
    else:
        with pytest.raises(
            SpnetError, match=f"loss {preset}: the network steers a diffusion, expected the loss steered"
        ):
            find_loss(preset)(output, given, count(given))
