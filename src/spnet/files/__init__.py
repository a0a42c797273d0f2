"""Images and depth maps, in and out of files: explicit units, hard limits, whole outputs."""
