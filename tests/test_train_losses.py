"""The losses, against plain NumPy, against cases worked by hand, and where there is nothing to learn from."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from spnet.errors import SpnetError
from spnet.train.losses import NEAREST_LOG, OF_DRAWN_DEPTH, SMALLEST_ERROR, count, find_loss, gradient, log_depth

Array = NDArray[np.float64]


def batch(seed: int = 0, number: int = 2, side: int = 32, known: float = 0.8) -> dict[str, Tensor]:
    generator = np.random.default_rng(seed)
    shape = (number, 1, side, side)
    known_mask = generator.random(shape) < known
    mask = (generator.random(shape) < 0.2) & (known_mask | (generator.random(shape) < 0.3))
    truth = generator.uniform(0.2, 3, shape) * known_mask
    arrays = {"truth": truth, "known": known_mask, "mask": mask}
    return {name: torch.from_numpy(values.astype(np.float32)) for name, values in arrays.items()}


def output(seed: int = 1, number: int = 2, side: int = 32) -> Tensor:
    generator = np.random.default_rng(seed)
    depth = generator.uniform(-0.2, 3, (number, 1, side, side))
    log_scale = generator.uniform(-3, 1, depth.shape)
    return torch.from_numpy(np.concatenate([depth, log_scale], axis=1).astype(np.float32))


# Plain NumPy, pixel by pixel


def sobel_sum(residual: Array) -> float:
    total = 0.0
    weights = [(-1, 1), (0, 2), (1, 1)]
    for row in range(1, residual.shape[0] - 1):
        for column in range(1, residual.shape[1] - 1):
            across = sum(w * (residual[row + d, column + 1] - residual[row + d, column - 1]) for d, w in weights)
            down = sum(w * (residual[row + 1, column + d] - residual[row - 1, column + d]) for d, w in weights)
            total += abs(across) + abs(down)
    return total


def gradient_sum(residual: Array) -> float:
    return sum(sobel_sum(residual[:: 2**scale, :: 2**scale]) for scale in range(4))


def standardised(depth: Array, known: Array) -> Array:
    values = depth[known > 0]
    mean = values.sum() / len(values)
    return (depth - mean) / (np.abs(values - mean).sum() / len(values) + 1e-6)


def maps(predicted: Tensor, given_batch: dict[str, Tensor]) -> list[tuple[Array, Array, Array, Array]]:
    """Prediction, truth, known, mask of each sample."""
    arrays = (predicted[:, :1], given_batch["truth"], given_batch["known"], given_batch["mask"])
    return list(zip(*(array.double().numpy()[:, 0] for array in arrays), strict=True))


def expected_of_papers(predicted: Tensor, given_batch: dict[str, Tensor], everywhere: bool) -> dict[str, float]:
    absolute = relative = edges = 0.0
    pixels = absolute_pixels = 0
    for depth, truth, known, mask in maps(predicted, given_batch):
        counted = (known > 0) if everywhere else (known > 0) & (mask > 0)
        absolute += np.abs(depth - truth)[counted].sum()
        absolute_pixels += np.count_nonzero(counted)
        pixels += np.count_nonzero(known)
        residual = (standardised(depth, known) - standardised(truth, known)) * known
        relative += np.abs(residual).sum()
        edges += gradient_sum(residual)
    return {"absolute": absolute / absolute_pixels, "relative": relative / pixels, "gradient": 0.5 * edges / pixels}


def expected_of_laplace(predicted: Tensor, given_batch: dict[str, Tensor]) -> dict[str, float]:
    likelihood = error = edges = 0.0
    pixels = 0
    log_scales = predicted[:, 1].double().numpy()
    for (depth, truth, known, _), log_scale in zip(maps(predicted, given_batch), log_scales, strict=True):
        line = math.log(NEAREST_LOG) + (depth - NEAREST_LOG) / NEAREST_LOG
        logarithm = np.where(depth > NEAREST_LOG, np.log(np.where(depth > NEAREST_LOG, depth, 1)), line)
        residual = np.where(known > 0, logarithm - np.log(np.where(known > 0, truth, 1)), 0)
        counted = known > 0
        pixels += np.count_nonzero(counted)
        error += np.abs(residual)[counted].sum()
        likelihood += ((np.abs(residual) + SMALLEST_ERROR) / np.exp(log_scale) + log_scale)[counted].sum()
        edges += gradient_sum(residual)
    return {"likelihood": likelihood / pixels, "log_error": error / pixels, "gradient": 0.5 * edges / pixels}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("preset", ["authors", "pacgdc", "laplace"])
def test_the_losses_are_those_of_plain_numpy(preset: str, seed: int) -> None:
    given_batch, predicted = batch(seed), output(seed + 10)
    terms = find_loss(preset)(predicted, given_batch, count(given_batch))
    if preset == "laplace":
        expected = expected_of_laplace(predicted, given_batch)
    else:
        expected = expected_of_papers(predicted, given_batch, everywhere=preset == "pacgdc")
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(expected, rel=2e-4)


# Worked by hand


def column_maps(*columns: list[float]) -> Tensor:
    return torch.tensor(columns)[:, None, :, None]


def test_the_papers_losses_by_hand() -> None:
    given_batch = {
        "truth": column_maps([1.0, 2.0, 3.0, 0.0]),
        "known": column_maps([1.0, 1.0, 1.0, 0.0]),
        "mask": column_maps([1.0, 0.0, 0.0, 1.0]),
    }
    predicted = column_maps([3.0, 2.0, 7.0, 50.0])
    counts = count(given_batch)
    assert counts.tolist() == [1, 3]
    authors, pacgdc = (find_loss(name)(predicted, given_batch, counts) for name in ("authors", "pacgdc"))
    assert authors["absolute"].item() == pytest.approx(2)  # the one pixel that is both measured and known
    assert pacgdc["absolute"].item() == pytest.approx((2 + 0 + 4) / 3)
    # means 2 and 4, mean absolute deviations 2/3 and 2: standardised -1.5, 0, 1.5 and -0.5, -1, 1.5
    assert authors["relative"].item() == pytest.approx((1 + 1 + 0) / 3, rel=1e-4)
    assert authors["gradient"].item() == 0  # one column has no Sobel gradient


def test_the_likelihood_by_hand() -> None:
    given_batch = {name: column_maps([1.0]) for name in ("truth", "known", "mask")}
    predicted = torch.tensor([[[[math.e]], [[math.log(2)]]]])
    terms = find_loss("laplace")(predicted, given_batch, count(given_batch))
    assert terms["log_error"].item() == pytest.approx(1, rel=1e-5)
    assert terms["likelihood"].item() == pytest.approx((1 + SMALLEST_ERROR) / 2 + math.log(2), rel=1e-5)


def test_the_gradient_of_a_ramp_by_hand() -> None:
    ramp = torch.arange(8.0).repeat(8, 1)[None, None]
    # 8x8: 36 inner pixels of 8 * 1; 4x4: 4 of 8 * 2; 2x2 and 1x1 have none
    assert gradient(ramp).item() == 36 * 8 + 4 * 16
    assert gradient(ramp.transpose(2, 3)).item() == 36 * 8 + 4 * 16


def test_the_gradient_takes_every_second_row_and_column() -> None:
    checks = ((torch.arange(9)[:, None] + torch.arange(9)) % 2).float()[None, None]
    assert gradient(checks).item() == 0  # Sobel is blind to them, and every second pixel is the same


# Laws


@pytest.mark.parametrize("preset", OF_DRAWN_DEPTH)
def test_parts_add_up_to_the_whole(preset: str) -> None:
    whole, predicted = batch(3, number=4), output(4, number=4).requires_grad_()
    loss, counts = find_loss(preset), count(whole)
    total = sum(loss(predicted, whole, counts).values())
    (gradient_of_whole,) = torch.autograd.grad(total, predicted)
    parts = [slice(0, 1), slice(1, 4)]
    shares = [
        sum(loss(predicted[part], {name: whole[name][part] for name in whole}, counts).values()) for part in parts
    ]
    (gradient_of_parts,) = torch.autograd.grad(sum(shares), predicted)
    assert sum(shares).item() == pytest.approx(total.item(), rel=1e-5)
    torch.testing.assert_close(gradient_of_parts, gradient_of_whole, rtol=1e-5, atol=1e-7)
    number = sum(count({name: whole[name][part] for name in whole}) for part in parts)
    assert torch.equal(number, counts)


@pytest.mark.parametrize("preset", OF_DRAWN_DEPTH)
@pytest.mark.parametrize("known", [0.0, 0.002])
def test_nothing_or_next_to_nothing_known(preset: str, known: float) -> None:
    given_batch, predicted = batch(5, known=known), output(6).requires_grad_()
    given_batch["mask"][:] = 1 - given_batch["known"]  # measured where nothing is known
    terms = find_loss(preset)(predicted, given_batch, count(given_batch))
    sum(terms.values()).backward()
    assert predicted.grad is not None
    assert torch.isfinite(predicted.grad).all()
    if known == 0:
        assert {term.item() for term in terms.values()} == {0.0}
        assert not predicted.grad.any()
    elif preset == "authors":
        assert terms["absolute"].item() == 0


@pytest.mark.parametrize("preset", OF_DRAWN_DEPTH)
@pytest.mark.parametrize(("depth", "log_scale"), [(-1e4, 0), (0, 0), (1e4, 0), (1, -500), (1, 500)])
def test_gradients_are_finite_for_any_output(preset: str, depth: float, log_scale: float) -> None:
    given_batch = batch(7)
    predicted = torch.tensor([float(depth), float(log_scale)]).reshape(1, 2, 1, 1).repeat(2, 1, 32, 32).requires_grad_()
    total = sum(find_loss(preset)(predicted, given_batch, count(given_batch)).values())
    total.backward()
    assert math.isfinite(total.item())
    assert predicted.grad is not None
    assert torch.isfinite(predicted.grad).all()
    if depth < 0:
        assert (predicted.grad[:, :1][given_batch["known"] > 0].mean()) < 0  # it is drawn back up


@pytest.mark.parametrize("preset", OF_DRAWN_DEPTH)
def test_a_perfect_output_has_no_error(preset: str) -> None:
    given_batch = batch(8)
    predicted = torch.cat([given_batch["truth"], torch.zeros_like(given_batch["truth"])], dim=1)
    terms = find_loss(preset)(predicted, given_batch, count(given_batch))
    expected = dict.fromkeys(terms, 0.0) | ({"likelihood": SMALLEST_ERROR} if preset == "laplace" else {})
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("preset", OF_DRAWN_DEPTH)
def test_unknown_pixels_do_not_matter(preset: str) -> None:
    given_batch, predicted = batch(9), output(10)
    elsewhere = predicted + 5 * (1 - given_batch["known"])
    loss, counts = find_loss(preset), count(given_batch)
    before, after = loss(predicted, given_batch, counts), loss(elsewhere, given_batch, counts)
    assert {name: term.item() for name, term in after.items()} == pytest.approx(
        {name: term.item() for name, term in before.items()}, rel=1e-5
    )


@pytest.mark.parametrize("preset", OF_DRAWN_DEPTH)
def test_outputs_of_half_precision_are_computed_in_full(preset: str) -> None:
    given_batch = batch(11)
    terms = find_loss(preset)(output(12).bfloat16(), given_batch, count(given_batch))
    assert {term.dtype for term in terms.values()} == {torch.float32}


@given(st.floats(-4, 1), st.floats(0, 2))
def test_the_likelihood_is_least_where_the_scale_is_the_error(log_scale: float, error: float) -> None:
    given_batch = {name: column_maps([1.0]) for name in ("truth", "known", "mask")}

    def likelihood(scale: float) -> float:
        predicted = torch.tensor([[[[math.exp(error)]], [[scale]]]])
        return find_loss("laplace")(predicted, given_batch, count(given_batch))["likelihood"].item()

    assert likelihood(math.log(error + SMALLEST_ERROR)) <= likelihood(log_scale) + 1e-4


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_log_depth_is_the_log_and_rises_everywhere(first: float, second: float) -> None:
    low, high = sorted((first, second))
    logs = log_depth(torch.tensor([low, high], dtype=torch.float64)).tolist()
    assert logs[0] <= logs[1]
    if low > NEAREST_LOG:
        assert logs[0] == pytest.approx(math.log(low))
    assert log_depth(torch.tensor([NEAREST_LOG])).item() == pytest.approx(math.log(NEAREST_LOG))


def test_the_second_channel_is_for_laplace_alone() -> None:
    given_batch, predicted = batch(13), output(14)
    for preset in ("authors", "pacgdc"):
        one = find_loss(preset)(predicted[:, :1], given_batch, count(given_batch))
        two = find_loss(preset)(predicted, given_batch, count(given_batch))
        assert {name: term.item() for name, term in one.items()} == {name: term.item() for name, term in two.items()}
    with pytest.raises(SpnetError, match="^loss laplace: the network has 1 output, expected 2: set confidence = true$"):
        find_loss("laplace")(predicted[:, :1], given_batch, count(given_batch))


def test_an_unknown_loss_is_told_with_those_there_are() -> None:
    with pytest.raises(SpnetError, match="^loss 'l2': expected one of authors, pacgdc, laplace, steered$"):
        find_loss("l2")
