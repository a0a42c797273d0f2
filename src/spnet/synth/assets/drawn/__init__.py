"""Textures drawn by code: no file is read, and the same seed gives the same picture."""
