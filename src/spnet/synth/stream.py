"""Frames without files: an endless iterator for a training."""

from collections.abc import Iterator
from pathlib import Path

from spnet.synth import assets
from spnet.synth.assets.bankfile import load
from spnet.synth.frames import FrameMaker, SynthFrame


def stream(
    seed: int,
    *,
    width: int = 320,
    height: int = 256,
    kind: str = "mix",
    bank: Path | None = None,
    first: int = 0,
    step: int = 1,
) -> Iterator[SynthFrame]:
    """Frames first, first + step, first + 2 step ... of a seed, for ever.

    Worker w of n passes ``first=w, step=n``; a training that goes on passes the index it had reached. Each process
    draws with as many threads as Mesa takes: set LP_NUM_THREADS=1 where several processes share a CPU.

    Args:
        seed: from 0 on.
        width, height: of the images, pixels, 32 to 2048.
        kind: room, street, clutter, or mix.
        bank: the asset bank; by default the one that ``spnet synth assets`` made.

    Raises:
        SpnetError: no bank, no OpenGL, or an argument out of range; before the first frame.
    """
    maker = FrameMaker(load(assets.find(bank)), width, height, kind)
    return _made(maker, seed, first, step)


def _made(maker: FrameMaker, seed: int, first: int, step: int) -> Iterator[SynthFrame]:
    index = first
    while True:
        yield maker.make(seed, index)
        index += step
