"""What a GPU makes of the networks: milliseconds a frame, images a second in training, and its limits beside them.

    python benchmarks/gpu.py --json benchmarks/results/gpu.json

Networks have random weights, which take as long as others. Completing: frames of 480x640 on the GPU already, in float32
without rounding and in half floats (autocast), alone and in batches, run as they are and as a recorded graph. Training:
a whole step (forward, loss, backward, AdamW, average of the weights) on samples that are on the GPU already, so drawing
is not in it. Limits: a product of 8192x8192 matrices of bf16, and a copy of 2 GiB, bytes read and written.
"""

import argparse
import copy
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import machine
from spnet.train.losses import find_loss
from spnet.train.networks import build
from spnet.train.objective import Objective, as_graph
from spnet.train.optimiser import make_optimiser, update_average
from spnet.train.recipe import NetworkRecipe, OptimiserRecipe

HEIGHT, WIDTH = 480, 640
NETWORKS = {
    "nano": NetworkRecipe(family="nano", variant="nano", confidence=True),
    "Tiny": NetworkRecipe(variant="Tiny"),
    "Small": NetworkRecipe(variant="Small"),
    "Base": NetworkRecipe(variant="Base"),
    "Large": NetworkRecipe(variant="Large"),
}
TRAININGS = {"nano": ("steered", "f32", 16, (256, 352), True), "Tiny": ("authors", "f16", 64, (320, 320), False)}
"""Loss, precision, batch, size, and whether the step is one graph: as in runs/nano/1.toml and runs/spnet-tiny.toml."""
DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


def milliseconds(call: Callable[[], object], rounds: int = 20) -> float:
    """The median of what a call takes on the GPU, after three that are not counted."""
    took = []
    for attempt in range(rounds + 3):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        call()
        end.record()
        torch.cuda.synchronize()
        if attempt >= 3:
            took.append(start.elapsed_time(end))
    return median(took)


def limits() -> dict[str, float]:
    """What the GPU can do at best, measured."""
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    source = torch.empty(2**29, device="cuda", dtype=torch.float32)
    target = torch.empty_like(source)
    return {
        "bf16_tflops": round(2 * 8192**3 / milliseconds(lambda: a @ b) / 1e9, 1),
        "copy_gb_a_second": round(2 * source.numel() * 4 / milliseconds(lambda: target.copy_(source)) / 1e6, 1),
    }


def completing(name: str) -> list[dict[str, Any]]:
    """Milliseconds and floating-point operations of a network's forward."""
    network = build(NETWORKS[name]).cuda().eval().to(memory_format=torch.channels_last)
    rows = []
    for precision, batch in (("f32", 1), ("f16", 1), ("f16", 8)):
        inputs = [torch.rand(batch, channels, HEIGHT, WIDTH, device="cuda") for channels in (3, 1, 1)]

        def forward(precision: str = precision, inputs: list[torch.Tensor] = inputs) -> torch.Tensor:
            with torch.autocast("cuda", DTYPES[precision], enabled=precision != "f32", cache_enabled=False):
                return network(*inputs)

        with torch.inference_mode():
            with FlopCounterMode(display=False) as counter:
                forward()
            eager = milliseconds(forward)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                forward()
            replayed = milliseconds(graph.replay)
            del graph
        rows.append(
            {
                "network": name,
                "precision": precision,
                "batch": batch,
                "milliseconds": round(eager, 3),
                "graph_milliseconds": round(replayed, 3),
                "tflops": round(counter.get_total_flops() / replayed / 1e9, 1),
                "peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 2),
            }
        )
        torch.cuda.reset_peak_memory_stats()
    return rows


def training(name: str) -> dict[str, Any]:
    """Images a second of whole steps."""
    loss, precision, batch, size, is_graph = TRAININGS[name]
    options = OptimiserRecipe(steps=1000, batch=batch)
    network = build(NETWORKS[name]).cuda().to(memory_format=torch.channels_last)
    average = copy.deepcopy(network).requires_grad_(False)
    optimiser = make_optimiser(network, options)
    scaler = torch.amp.GradScaler("cuda", enabled=precision == "f16")
    objective: Any = Objective(network, find_loss(loss), precision)
    if is_graph:
        objective = as_graph(objective, batch, size, torch.device("cuda"))
    inputs = [torch.rand(batch, channels, *size, device="cuda") for channels in (3, 1, 1, 1, 1)]
    counts = torch.full((2,), float(batch * size[0] * size[1]), device="cuda")

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        terms = objective(*inputs, counts)
        scaler.scale(torch.stack(list(terms.values())).sum()).backward()
        scaler.unscale_(optimiser)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        scaler.step(optimiser)
        scaler.update()
        update_average(average, network, 1000, 0.999)

    took = milliseconds(step)
    facts = {"network": name, "precision": precision, "batch": batch, "size": size, "cuda_graph": is_graph}
    peak = round(torch.cuda.max_memory_allocated() / 2**30, 1)
    return {**facts, "milliseconds": round(took, 2), "images_a_second": round(1000 * batch / took, 1), "peak_gib": peak}


def main() -> None:
    """Measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--network", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    options = parser.parse_args()
    with torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False):
        rows = [row for name in options.network for row in completing(name)]
        trainings = [training(name) for name in options.network if name in TRAININGS]
    result = {
        "machine": {**machine.describe(), "gpu": torch.cuda.get_device_name()},
        "limits": limits(),
        "completing": rows,
        "training": trainings,
    }
    machine.report(result, options.json)


if __name__ == "__main__":
    main()
