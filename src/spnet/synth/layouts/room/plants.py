"""Plants made of leaves."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.room.item import Item, built
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part


def twigs(rng: Generator, palette: Palette, start: float, length: float) -> list[Part]:
    """Stalks with a leaf or a blossom at their ends, spreading from the axis."""
    parts, blossom, green = [], pick(rng, palette.paints), pick(rng, palette.leaves)
    for turn in np.linspace(0, 2 * np.pi, int(rng.integers(4, 9)), endpoint=False) + rng.uniform(0, 1):
        tilt, long = rng.uniform(0.1, 0.5), length * rng.uniform(0.7, 1.0)
        x, z = np.sin(turn) * np.sin(tilt) * long, np.cos(turn) * np.sin(tilt) * long
        end = start + long * np.cos(tilt)
        parts.append(Part("pole", 0, start, 0, 0.006, long, 0.006, green, turn, tilt))
        parts.append(Part("leaf", x / 2, (start + end) / 2, z / 2, 0.05, 0.12, 0.1, green, turn, 0.7))
        parts.append(Part("ball", x, end - 0.02, z, 0.05, 0.045, 0.05, blossom))
    return parts


def potted_plant(rng: Generator, palette: Palette) -> list[Part]:
    return leafy(rng, palette, rng.uniform(0.1, 0.22), rng.uniform(0.15, 0.4), int(rng.integers(12, 30)))


def leafy(rng: Generator, palette: Palette, pot: float, long: float, count: int) -> list[Part]:
    """A plant without a stem: leaves that rise from a pot, the outer ones hanging."""
    parts = [
        Part("pot", 0, 0, 0, pot, 0.9 * pot, pot, palette.clay),
        Part("cylinder", 0, 0.82 * pot, 0, 0.86 * pot, 0.005, 0.86 * pot, palette.soil),
    ]
    green, slim = pick(rng, palette.leaves), rng.uniform(0.12, 0.5)
    turns, tilts, sizes = rng.uniform(0, 2 * np.pi, count), rng.uniform(0, 1.0, count), rng.uniform(0.5, 1.0, count)
    for turn, tilt, size in zip(turns.tolist(), tilts.tolist(), (long * sizes).tolist(), strict=True):
        parts.append(Part("leaf", 0, 0.8 * pot, 0, slim * size, size, size, green, turn, tilt))
    return parts


def big_plant(rng: Generator, palette: Palette) -> Item:
    if rng.random() < 0.5:
        pot, long = rng.uniform(0.22, 0.36), rng.uniform(0.4, 0.8)
        parts = leafy(rng, palette, pot, long, int(rng.integers(25, 60)))
        return built(parts, (1.5 * long + 0.1, pot + 0.9 * long, 1.5 * long + 0.1))
    pot, high = rng.uniform(0.25, 0.4), rng.uniform(1.0, 1.9)
    parts = [
        Part("pot", 0, 0, 0, pot, 0.9 * pot, pot, palette.clay),
        Part("pole", 0, 0.7 * pot, 0, 0.03, 0.7 * high, 0.03, palette.woods[0]),
    ]
    count, green = int(rng.integers(60, 130)), pick(rng, palette.leaves)
    turns, tilts, along = rng.uniform(0, 6.28, count), rng.uniform(0.3, 1.7, count), rng.uniform(0.35, 0.95, count)
    for turn, tilt, share in zip(turns.tolist(), tilts.tolist(), along.tolist(), strict=True):
        out = rng.uniform(0, 0.25) * (1.3 - share)
        size = 0.12 + 0.1 * out / 0.25
        x, z, y = out * np.sin(turn), out * np.cos(turn), share * high
        parts.append(Part("leaf", x, y, z, 0.5 * size, 1.3 * size, size, green, turn, tilt))
    for turn in np.arange(6) + rng.uniform(0, 1):
        parts.append(
            Part("pole", 0, 0.45 * high, 0, 0.012, 0.5 * high, 0.012, palette.woods[0], turn, rng.uniform(0.2, 0.5))
        )
    return built(parts, (0.65, high, 0.65))
