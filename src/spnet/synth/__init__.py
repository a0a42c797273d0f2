"""Training data that needs no download: rendered scenes with exact depth.

`stream` feeds a training directly; `spnet.synth.folder.render` and the command ``spnet synth render`` write files.
Rooms by layout, light by rasterising on OpenGL; see docs/synth.md for what is simulated and what is not.
"""

from spnet.synth.frames import FrameMaker, SynthFrame
from spnet.synth.stream import stream

__all__ = ["FrameMaker", "SynthFrame", "stream"]
