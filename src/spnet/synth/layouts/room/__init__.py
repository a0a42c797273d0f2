"""Rooms: plans that are not only boxes, furnished, cluttered and lit by day or by lamps."""

from spnet.synth.layouts.room.layout import room

__all__ = ["room"]
