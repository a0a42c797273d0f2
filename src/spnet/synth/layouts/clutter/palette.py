"""Materials for clutter: one small set a scene, so that things look as if they belonged together."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.builder import Builder, drawn_paint, drawn_tint
from spnet.synth.scene import Material

SOLID_ROLES = ("wood", "stone", "metal", "fabric", "wall", "floor", "brick", "road", "ground", "roof", "facade")
_SHARES = np.array([20, 12, 12, 12, 10, 10, 8, 4, 4, 3, 5], np.float64)


def draw_palette(builder: Builder, size: float, count: int, plain: float | None = None) -> list[int]:
    """Materials for things of about `size` metres; a share of them is plain paint, which varies with the scene."""
    rng = builder.rng
    share = rng.choice([0.1, 0.35, 0.35, 0.8]) if plain is None else plain
    return [builder.material(painted(rng) if rng.random() < share else textured(builder, size)) for _ in range(count)]


def painted(rng: Generator) -> Material:
    """Paint, plastic, enamel or bare metal, without a texture."""
    gloss = float(rng.choice([0.05, 0.15, 0.35, 0.6, 0.85]))
    if rng.random() < 0.15:
        return Material(drawn_tint(rng, 0.2), gloss=rng.uniform(0.4, 0.9), metal=1.0)
    return Material(drawn_paint(rng), gloss=gloss)


def textured(builder: Builder, size: float) -> Material:
    """A texture of the bank, as large as on real things, or smaller where it would not show on things so small."""
    rng = builder.rng
    role = SOLID_ROLES[int(rng.choice(len(SOLID_ROLES), p=_SHARES / _SHARES.sum()))]
    gloss = float(rng.choice([0.05, 0.1, 0.2, 0.45]))
    material = builder.textured((role,), tint=0.2, gloss=gloss, bump=rng.uniform(0.2, 0.9))
    if rng.random() < 0.35:
        material = replace(material, colour=drawn_paint(rng))
    if role == "metal":
        material = replace(material, metal=float(rng.random() < 0.7), gloss=rng.uniform(0.3, 0.8))
    shrink = min(1.0, 1.5 * size) ** 0.85 * np.exp(rng.uniform(-0.4, 0.5))
    return replace(material, repeat=material.repeat * float(shrink))


def one_finish(builder: Builder, size: float) -> list[int]:
    """A single material for everything: edges of depth that the picture hardly shows."""
    rng = builder.rng
    pale = Material(drawn_tint(rng, 0.1), gloss=0.05) if rng.random() < 0.5 else Material(drawn_paint(rng), gloss=0.1)
    return [builder.material(pale if rng.random() < 0.5 else textured(builder, size))]
