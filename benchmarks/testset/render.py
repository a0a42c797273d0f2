"""Render the sealed test set with Blender's Cycles; see README.md beside this file.

python benchmarks/testset/render.py OUT [--frames NAME ...] [--samples N]
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
from capture import capture, start
from develop import develop
from folder import is_written, recipe_hash, write_frame
from frames import FRAMES, HEIGHT, WIDTH, Frame

from scenes import SCENES

SAMPLES = 4


def main() -> int:
    """Render what is not there yet; 0 if all asked for is there in the end."""
    arguments = _parse()
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        for frame in FRAMES:
            if arguments.frames and frame.name not in arguments.frames:
                continue
            if not is_written(arguments.out / frame.name):
                began = time.monotonic()
                render_frame(frame, arguments.out, arguments.samples)
                print(f"{frame.name}: {time.monotonic() - began:.1f} s", flush=True)
    except (OSError, ValueError) as error:
        print(f"render.py: {error}", file=sys.stderr)
        return 2
    return 0


def render_frame(frame: Frame, out: Path, samples: int) -> None:
    """Build the frame's scene from its seed and write `out`/name."""
    generator = np.random.default_rng(frame.seed)
    with quiet():
        start()
        view = SCENES[frame.scene](generator, frame.variant)
        light, depth = capture(view, (WIDTH, HEIGHT), samples, frame.seed)
    origin: dict[str, object] = {
        "scene_type": frame.kind,
        "scene": frame.scene,
        "variant": frame.variant,
        "seed": frame.seed,
        "samples": samples,
        "renderer": f"Blender {bpy.app.version_string}, Cycles",
        "recipe": recipe_hash(),
    }
    rgb = develop(light, np.random.default_rng([frame.seed, 1]))
    write_frame(out / frame.name, rgb, depth, view.focal * WIDTH, origin)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Blender prints each sample from C, past sys.stdout."""
    kept = os.dup(1)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Render the sealed synthetic test set; what is there already is kept.")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write OUT/<frame name>/ in")
    parser.add_argument("--frames", nargs="+", metavar="NAME", help="only these (default: all sixty)")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="light paths a pixel (default: %(default)s)")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.frames or ()) - {frame.name for frame in FRAMES})
    if unknown:
        parser.error(f"no frame is called {', '.join(unknown)}; the names are in frames.py")
    if not 1 <= arguments.samples <= 4096:
        parser.error(f"--samples {arguments.samples}: expected 1 to 4096")
    return arguments


if __name__ == "__main__":
    raise SystemExit(main())
