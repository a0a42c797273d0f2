"""OpenGL without a screen: the context, the shader programs and the textures drawn into."""

from importlib.resources import files
from typing import Any

import numpy as np

from spnet.errors import SpnetError, require

# A software renderer runs both sides of a branch, and shades hidden samples of what may be discarded: so what not all
# pieces need is a program of its own.
_PROGRAMS = {
    "built": ("surface.vert", "surface.frag", "#define LAID"),
    "built with holes": ("surface.vert", "surface.frag", "#define LAID\n#define HOLES"),
    "model": ("surface.vert", "surface.frag", ""),
    "model with holes": ("surface.vert", "surface.frag", "#define HOLES"),
    "glass": ("surface.vert", "glass.frag", ""),
    "depth": ("depth.vert", "depth.frag", "#define METRES"),
    "depth with holes": ("depth.vert", "depth.frag", "#define METRES\n#define HOLES"),
    "shadow": ("depth.vert", "depth.frag", ""),
    "shadow with holes": ("depth.vert", "depth.frag", "#define HOLES"),
    "light": ("screen.vert", "light.frag", ""),
    "sky": ("screen.vert", "sky.frag", ""),
    "develop": ("screen.vert", "develop.frag", ""),
}
MATERIALS_BINDING = 0
_MATRICES = (0x8B5B, 0x8B5C)  # GL_FLOAT_MAT3, GL_FLOAT_MAT4


def open_context() -> Any:
    """An OpenGL 3.3 context on EGL: a GPU's where there is one, else Mesa's software renderer.

    Raises:
        SpnetError: moderngl is missing, or the machine has no EGL with OpenGL 3.3.
    """
    moderngl = require("moderngl", extra="synth", purpose="rendering scenes")
    try:
        return moderngl.create_context(standalone=True, backend="egl", require=330)
    except Exception as error:  # moderngl and glcontext raise bare Exception where a library or a display is missing
        raise SpnetError(
            f"no OpenGL 3.3 through EGL on this machine ({error}): expected a GPU's driver, or Mesa's software "
            "renderer; on Debian and Ubuntu install the packages libegl1 and libgl1-mesa-dri"
        ) from error


def link_programs(gl: Any) -> dict[str, Any]:
    """The shader programs by name."""
    folder = files("spnet.synth.render") / "shaders"
    sky = (folder / "sky.glsl").read_text(encoding="utf-8")

    def source(name: str, defined: str) -> str:
        text = (folder / name).read_text(encoding="utf-8").replace("//SKY", sky)
        return text.replace("#version 330", f"#version 330\n{defined}", 1)

    programs = {
        name: gl.program(vertex_shader=source(vertex, defined), fragment_shader=source(fragment, defined))
        for name, (vertex, fragment, defined) in _PROGRAMS.items()
    }
    for program in programs.values():
        if "Materials" in program:
            program["Materials"].binding = MATERIALS_BINDING
    return programs


def target(gl: Any, size: tuple[int, int], channels: int, dtype: str) -> Any:
    """A texture to draw into and to read single texels from."""
    texture = gl.texture(size, channels, dtype=dtype)
    texture.filter = (gl.NEAREST, gl.NEAREST)
    texture.repeat_x = texture.repeat_y = False
    return texture


def set_uniforms(program: Any, values: dict[str, Any]) -> None:
    """Give a program its inputs: numbers, and arrays of its vectors or matrices.

    Inputs that a program's compiler found unused are passed over.
    """
    for name, value in values.items():
        if name not in program:
            continue
        if not isinstance(value, np.ndarray):
            program[name].value = value
            continue
        stored = np.swapaxes(value, -1, -2) if program[name].gl_type in _MATRICES else value  # OpenGL keeps columns
        program[name].write(np.ascontiguousarray(stored, "i4" if value.dtype.kind == "i" else "f4").tobytes())
