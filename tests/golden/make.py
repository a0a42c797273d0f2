"""Write the golden outputs of this folder: ``python tests/golden/make.py`` from the root of the repository.

Each is the output of tests/reference_network.py (float64, rounded to float32) on weights and input that are
drawn from names and seeds, so that neither has to be stored.
"""

import sys
from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

import reference_network as reference  # noqa: E402  (after the path it is found by)
from spnet.model import Config, PacGDC, SPNet  # noqa: E402
from spnet.model.norms import NORMS  # noqa: E402

CHANNELS, BLOCKS = (8, 12, 20, 24), (1, 2, 0, 1)


def golden_cases() -> dict[str, torch.nn.Module]:
    """The small networks that have a golden output, by the name of its file."""
    cases: dict[str, torch.nn.Module] = {
        f"spnet_{norm.replace('+', 'plus')}": SPNet(Config(CHANNELS, BLOCKS, norm)) for norm in NORMS
    }
    cases["pacgdc"] = PacGDC(Config(CHANNELS, BLOCKS))
    return cases


if __name__ == "__main__":
    for name, network in golden_cases().items():
        state = reference.random_state(network.state_dict())
        family = name.partition("_")[0]
        with torch.inference_mode():
            output = reference.forward(state, *reference.random_input(32, 64), norm=network.config.norm, family=family)
        np.save(FOLDER / f"{name}.npy", output.numpy().astype(np.float32))
