"""The training loop: draw samples, compute a loss, take a step, average the weights; and write down what happens."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import Dataset

from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.train import checkpoint, panels, validation
from spnet.train.checkpoint import State
from spnet.train.journal import Journal, truncate
from spnet.train.losses import count, find_loss
from spnet.train.networks import begin
from spnet.train.objective import Objective, as_graph, inputs_of
from spnet.train.optimiser import make_optimiser, rate_at, set_rate, update_average
from spnet.train.processes import Group, joined
from spnet.train.recipe import Recipe
from spnet.train.release import write_weights
from spnet.train.samples import Batch, Samples, batches

MOST_SKIPPED_IN_A_ROW = 10
"""Steps whose loss or gradient is not finite: after so many a training has diverged, and stops."""

Tell = Callable[[int, int, str], None]
"""Called after every step with how many are done, of how many, and the last loss in words."""


@dataclass(frozen=True)
class Trained:
    """What a training has left in its folder."""

    step: int
    """How many steps are done in all."""
    skipped_steps: int
    """How many of them changed nothing, because the loss or its gradient was not finite."""
    skipped_samples: int
    """How many samples could not be read and were replaced."""
    weights: Path | None
    """The file of the averaged weights; None before the last step of the recipe."""


@dataclass(frozen=True)
class _Run:
    """A training: what stays the same, and the state that does not."""

    recipe: Recipe
    folder: Path
    group: Group
    state: State
    objective: nn.Module
    """The state's network and the loss as they are called: in DDP where there are several processes."""


def train(
    recipe: Recipe,
    folder: Path,
    *,
    samples: "Dataset[Batch] | None" = None,
    resume: bool = False,
    stop_after: int | None = None,
    tell: Tell | None = None,
) -> Trained:
    """Train the network of a recipe.

    The folder gets ``run.toml``, ``metrics.jsonl``, ``checkpoints/``, at the end ``weights.safetensors``, and what
    [run] asks for. Processes that torchrun has started share each batch, and the first of them writes.

    Args:
        recipe: from `read_recipe`.
        folder: new, empty, or with `resume` that of the training to go on with. Made if it does not exist.
        samples: in place of the recipe's sources: item i is sample i, for any i, as `spnet.train.samples` has it.
        resume: go on from the last checkpoint, on a CPU exactly as if nothing had happened in between; from the start
            if there is none.
        stop_after: stop after so many steps in all, with a checkpoint there.
        tell: told after every step.

    Raises:
        SpnetError: a recipe that cannot be followed, a folder of another training, data that cannot be read, a full
            disk, or a loss that is no longer finite.
    """
    steps = recipe.optimiser.steps
    if stop_after is not None and stop_after < 1:
        raise SpnetError(f"stop after {stop_after} steps: expected at least 1")
    last = steps if stop_after is None else min(steps, stop_after)
    with torch.random.fork_rng(devices=[]), _float32_in_full(), joined() as group:
        run = _begin(recipe, folder, group, resume=resume)
        state, journal = run.state, Journal(folder, recipe)
        drawn = _draw(run, samples, last)
        while state.step < last:
            start = time.perf_counter()
            parts = [next(drawn) for _ in range(recipe.optimiser.accumulate)]
            drawing = time.perf_counter() - start
            measured = _take_step(run, parts)
            if group.rank == 0:
                journal.add(state, measured, seconds=time.perf_counter() - start, drawing=drawing)
                _write(run, parts[0], journal, is_last=state.step == last)
            if tell and group.rank == 0:
                tell(state.step, last, f"loss {measured['loss']:.4g}")
        weights = folder / "weights.safetensors" if state.step == steps else None
        return Trained(state.step, state.skipped_steps, state.skipped_samples, weights)


def _take_step(run: _Run, parts: list[Batch]) -> dict[str, float]:
    """One step on a batch in parts: the terms of the loss, their sum "loss", the "gradient_norm" and the "rate".

    What is drawn inside the network depends on the seed and the step alone, so a step is the same after any restart.
    """
    recipe, state, group = run.recipe.optimiser, run.state, run.group
    torch.manual_seed(int(np.random.SeedSequence([recipe.seed, state.step]).generate_state(1)[0]))
    rate = rate_at(state.step, recipe)
    set_rate(state.optimiser, rate)
    state.optimiser.zero_grad(set_to_none=True)
    counts = group.sum(torch.stack([count(part) for part in parts]).sum(dim=0).to(group.device))
    terms = [_backward(run, part, counts, is_last=part is parts[-1]) for part in parts]
    state.scaler.unscale_(state.optimiser)
    norm = nn.utils.clip_grad_norm_(state.network.parameters(), recipe.clip or math.inf)
    names = terms[0].keys()
    sums = group.sum(torch.stack([torch.stack([term[name] for term in terms]).sum() for name in names])).tolist()
    measured = {**dict(zip(names, sums, strict=True)), "loss": sum(sums), "gradient_norm": norm.item(), "rate": rate}
    _apply(state, run.recipe, is_finite=all(map(math.isfinite, measured.values())))
    skipped = torch.stack([part["skipped"].sum() for part in parts]).sum()
    state.skipped_samples += int(group.sum(skipped.to(group.device)))
    return measured


def _backward(run: _Run, part: Batch, counts: Tensor, *, is_last: bool) -> dict[str, Tensor]:
    """Add the gradients of a part of a batch; returns its share of the terms of the loss."""
    inputs = inputs_of(part, counts, run.group.device, channels_last=run.recipe.run.channels_last)
    with _gradients_kept(run.objective, not is_last):
        terms: dict[str, Tensor] = run.objective(*inputs)
        # The parts' shares add up to the loss of the whole batch, but DDP takes the mean over processes.
        total = torch.stack(list(terms.values())).sum() * run.group.count
        run.state.scaler.scale(total).backward()  # type: ignore[no-untyped-call]  # of PyTorch
    return {name: term.detach().clone() for name, term in terms.items()}  # a graph writes over them


def _apply(state: State, recipe: Recipe, *, is_finite: bool) -> None:
    """Move the weights and their average along the gradients, unless these are useless."""
    if is_finite:
        state.scaler.step(state.optimiser)
    state.scaler.update()
    if is_finite:
        update_average(state.average, state.network, state.step, recipe.optimiser.ema)
    state.step += 1
    state.skipped_steps += not is_finite
    state.skipped_in_a_row = 0 if is_finite else state.skipped_in_a_row + 1
    if state.skipped_in_a_row >= MOST_SKIPPED_IN_A_ROW:
        raise SpnetError(
            f"the loss or its gradient was not finite in {MOST_SKIPPED_IN_A_ROW} steps in a row, the last being "
            f"{state.step}: the training has diverged; lower the rate, or clip the gradient more"
        )


def _write(run: _Run, part: Batch, journal: Journal, *, is_last: bool) -> None:
    """What is due after a step; the checkpoint comes last, so what is written before one is never done again."""
    options, state = run.recipe.run, run.state
    if options.panels_every and state.step % options.panels_every == 0:
        panels.save_panels(state.average, part, run.folder / panels.FOLDER / f"{state.step:08d}.png")
    if options.validate_every and state.step % options.validate_every == 0:
        journal.add_validation(state.step, validation.validate(state, run.recipe, run.folder))
    if state.step == run.recipe.optimiser.steps:
        write_weights(run.folder / "weights.safetensors", state.average, run.recipe, name=run.folder.name)
    if is_last or state.step % options.checkpoint_every == 0:
        checkpoint.save(state, run.recipe, run.folder)


def _begin(recipe: Recipe, folder: Path, group: Group, *, resume: bool) -> _Run:
    """Everything built, and the folder ready: as after the last checkpoint if there is one to resume."""
    options = recipe.optimiser
    if options.batch % (group.count * options.accumulate):
        raise SpnetError(
            f"[optimiser] batch: found {options.batch}, expected a multiple of {group.count * options.accumulate}, "
            f"which {group.count} processes in {options.accumulate} parts each share"
        )
    loss = find_loss(recipe.loss.preset)
    torch.manual_seed(options.seed)
    network: Any = begin(recipe.network).to(group.device)
    if recipe.run.channels_last:
        network = network.to(memory_format=torch.channels_last)  # which PyTorch's types do not know
    state = State(
        network=network,
        average=copy.deepcopy(network).requires_grad_(False).eval(),
        optimiser=make_optimiser(network, options),
        scaler=torch.amp.GradScaler(group.device.type, enabled=recipe.run.precision == "f16"),
    )
    found = checkpoint.find(folder)
    if found and not resume:
        done = int(found[-1].stem)
        raise SpnetError(f"{folder}: holds a training of {done} steps; resume it (--resume), or choose another folder")
    if found:
        content = checkpoint.read(found[-1])
        _check_same(recipe, checkpoint.recipe_of(content, found[-1]), folder)
        checkpoint.restore(state, content, found[-1])
    if recipe.run.compile:
        network.compile()
    run = _Run(recipe, folder, group, state, _called(Objective(network, loss, recipe.run.precision), recipe, group))
    if group.rank == 0:
        _prepare(folder, recipe, state.step)
    return run


def _called(objective: Objective, recipe: Recipe, group: Group) -> nn.Module:
    """The objective as the loop calls it."""
    if recipe.run.cuda_graph and group.device.type == "cuda":
        if group.count > 1:
            raise SpnetError(f"[run] cuda_graph: is for one process, found {group.count}; leave it out")
        batch = recipe.optimiser.batch // recipe.optimiser.accumulate
        return as_graph(objective, batch, recipe.data.size, group.device)
    return DistributedDataParallel(objective) if group.count > 1 else objective


def _prepare(folder: Path, recipe: Recipe, step: int) -> None:
    """The folders and the run file, and a journal without what comes after the step."""
    try:
        (folder / checkpoint.FOLDER).mkdir(parents=True, exist_ok=True)
        (folder / panels.FOLDER).mkdir(exist_ok=True)
        (folder / validation.FOLDER).mkdir(exist_ok=True)
    except OSError as error:
        raise SpnetError(f"{folder}: cannot hold a training: {error.strerror}") from error
    checkpoint.clear_unfinished(folder)
    truncate(folder, step)
    with written_whole(folder / "run.toml", overwrite=True) as temporary:
        temporary.write_text(recipe.text, encoding="utf-8")


def _check_same(recipe: Recipe, begun: Recipe, folder: Path) -> None:
    """That the run file still says what the training began with, but for how it computes and what it writes when."""
    asked, before = (replace(each, run=recipe.run, data=replace(each.data, workers=0)) for each in (recipe, begun))
    for section in ("network", "data", "augment", "loss", "optimiser"):
        if getattr(asked, section) != getattr(before, section):
            raise SpnetError(
                f"{folder}: was begun with another [{section}] than the run file has now; go on with the run.toml "
                "in it, or choose another folder"
            )


def _draw(run: _Run, samples: "Dataset[Batch] | None", last: int) -> Iterator[Batch]:
    """This process's parts of the batches to come. Step n takes the samples from n * batch on."""
    recipe, group = run.recipe, run.group
    size, count = recipe.optimiser.batch, group.count * recipe.optimiser.accumulate
    ours = range(group.rank * recipe.optimiser.accumulate, (group.rank + 1) * recipe.optimiser.accumulate)
    parts = (
        range(step * size + part * size // count, step * size + (part + 1) * size // count)
        for step in range(run.state.step, last)
        for part in ours
    )
    return batches(samples or Samples(recipe.data, recipe.augment), parts, recipe.data.workers)


def _float32_in_full() -> AbstractContextManager[object]:
    """Numbers of 32 bits are multiplied as such: GPUs would round them to 10 bits, which a diffusion does not bear.

    All samples are of one size, so GPUs try once which way to convolve is the fastest.
    """
    return torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False)


def _gradients_kept(model: nn.Module, kept: bool) -> AbstractContextManager[object]:
    """Keep gradients in the process until the last part of a batch, when they are exchanged once."""
    return model.no_sync() if kept and isinstance(model, DistributedDataParallel) else nullcontext()
