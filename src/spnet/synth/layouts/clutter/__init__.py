"""Clutter: things of all sizes lying, hanging and standing about, thin structures, passages, and traps for the eye."""

from spnet.synth.layouts.clutter.choice import clutter

__all__ = ["clutter"]
