"""Layouts: what stands where. Each draws a scene from a random generator and a bank."""

from collections.abc import Callable
from importlib import import_module

from numpy.random import Generator

from spnet.synth.assets.bank import Bank
from spnet.synth.scene import Scene

KINDS = ("room", "street", "clutter")


def layout(kind: str) -> Callable[[Generator, Bank, int, int], Scene]:
    """The layout of a kind: a function of a generator, a bank and the image's width and height."""
    drawn: Callable[[Generator, Bank, int, int], Scene] = getattr(import_module(f"spnet.synth.layouts.{kind}"), kind)
    return drawn
