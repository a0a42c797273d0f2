"""What every layout works with: a scene in the making, and the choices that all of them draw alike."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.assets.bank import Bank, Model
from spnet.synth.scene import Colour, Light, Material, Mesh, Placed, Scene, Sky, View


class Builder:
    """Collects meshes, materials and models, and makes the scene of them."""

    def __init__(self, bank: Bank, rng: Generator) -> None:
        self.bank = bank
        self.rng = rng
        self._meshes: list[Mesh] = []
        self._materials: list[Material] = []
        self._objects: list[Placed] = []

    def material(self, material: Material) -> int:
        """The material's index, for the shapes made of it."""
        self._materials.append(material)
        return len(self._materials) - 1

    def add(self, mesh: Mesh, pose: NDArray[np.float64] | None = None) -> None:
        """Put a mesh into the scene, moved by a pose (4,4)."""
        self._meshes.append(mesh if pose is None else shapes.moved(mesh, pose))

    def place(self, model: int, pose: NDArray[np.float64], materials: Sequence[Material] | None = None) -> None:
        """Put a model of the bank into the scene, with its own materials or others."""
        own = self.bank.models[model].materials
        self._objects.append(Placed(model, pose, tuple(own if materials is None else materials)))

    def textured(self, roles: Sequence[str], *, tint: float = 0.15, gloss: float = 0.1, bump: float = 0.5) -> Material:
        """A material with one of the bank's textures of these roles, its colour varied; plain if there is none."""
        choices = self.bank.textures_of(*roles)
        colour = drawn_tint(self.rng, tint)
        if not choices:
            return Material(colour=colour, gloss=gloss)
        index = int(self.rng.choice(choices))
        metres = self.bank.textures[index].metres or 1.0
        return Material(colour, index, repeat=metres * self.rng.uniform(0.8, 1.3), gloss=gloss, bump=bump)

    def painted(self, model: Model, share: float = 0.4) -> tuple[Material, ...]:
        """A model's materials, some of them in other colours, so that it is not the same thing in every scene."""
        if self.rng.random() > share:
            return model.materials
        turn, strength, light = self.rng.uniform(0, 1), self.rng.uniform(0.3, 1.2), self.rng.uniform(0.7, 1.25)
        return tuple(
            replace(material, colour=shifted(material.colour, turn, strength, light)) for material in model.materials
        )

    def scene(
        self,
        kind: str,
        view: View,
        lights: Sequence[Light],
        *,
        sky: Sky | None = None,
        ambient: Colour = (0.3, 0.3, 0.3),
        reach: float = 20.0,
    ) -> Scene:
        """The scene of all that was added."""
        mesh, materials = shapes.join(self._meshes), tuple(self._materials) or (Material(),)
        return Scene(kind, view, mesh, materials, tuple(self._objects), tuple(lights), sky or Sky(), ambient, reach)


def drawn_tint(rng: Generator, spread: float) -> Colour:
    """A factor for colours: near white, brighter or darker, a little warmer or cooler."""
    light = rng.uniform(1 - 2 * spread, 1.0)
    red, green, blue = np.clip(light * np.exp(rng.normal(0, spread / 2, 3)), 0.02, 1.0)
    return (float(red), float(green), float(blue))


def drawn_paint(rng: Generator) -> Colour:
    """A colour that things are painted in: many pale and greyish ones, few loud ones, no pure ones."""
    hue, loud = rng.uniform(0, 1), rng.beta(1.2, 3.5)
    return from_hue(hue, loud, rng.uniform(0.15, 0.85))


def from_hue(hue: float, saturation: float, lightness: float) -> Colour:
    """A linear colour; hue in turns from red, saturation and lightness from 0 to 1."""
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * (hue - np.array([0, 1 / 3, 2 / 3])))
    red, green, blue = np.clip((lightness * (1 - saturation + saturation * wave)) ** 2.0, 0.01, 0.95)
    return (float(red), float(green), float(blue))


def shifted(colour: Colour, turn: float, strength: float, light: float) -> Colour:
    """A colour with its hue turned by a share of the circle about grey, more or less saturated, brighter or darker."""
    red, green, blue = colour
    grey = (red + green + blue) / 3
    along, across = math.cos(2 * math.pi * turn), math.sin(2 * math.pi * turn) / math.sqrt(3)

    def turned(own: float, last: float, following: float) -> float:
        away = (own - grey) * along + (last - following) * across
        return min(max((grey + strength * away) * light, 0.01), 0.95)

    return (turned(red, blue, green), turned(green, red, blue), turned(blue, green, red))
