"""Scenes to images and depth with OpenGL, on a GPU or, through Mesa's llvmpipe, on a CPU."""

from spnet.synth.render.renderer import Renderer, Rendering

__all__ = ["Renderer", "Rendering"]
