"""A thin structure between the camera and what it looks at."""

import numpy as np

from spnet.synth import shapes
from spnet.synth.layouts.builder import Builder, drawn_paint
from spnet.synth.layouts.clutter import lattices, views
from spnet.synth.layouts.clutter.palette import textured
from spnet.synth.layouts.clutter.stages import Stage
from spnet.synth.scene import Material, View


def put_before(builder: Builder, stage: Stage, view: View, share: float) -> None:
    """Put a panel, wider than the picture, at a share of the way to what is looked at; it stands on ground in sight."""
    rng = builder.rng
    eye, forward = view.pose[:3, 3], view.pose[:3, 2]
    away = share * float(np.linalg.norm(stage.middle - eye))
    middle = eye + away * forward
    seen = 2 * away * views.tan_half(view.camera)
    wide = float(np.hypot(*seen)) * rng.uniform(1.0, 1.6)
    foot = float(stage.ground(middle[:1], middle[2:])[0])
    reaches_down = middle[1] - foot < 1.5 * seen[1]
    high = (middle[1] - foot + seen[1] * rng.uniform(0.0, 0.8)) if reaches_down else float(np.hypot(*seen)) * 1.3
    pitch = wide / rng.uniform(6, 45)
    turn = np.arctan2(-forward[0], -forward[2]) + float(np.clip(rng.normal(0, 0.35), -0.6, 0.6))
    base = foot if reaches_down else float(middle[1]) - high / 2
    plain = Material(drawn_paint(rng), gloss=rng.uniform(0.05, 0.8), metal=float(rng.random() < 0.3))
    material = builder.material(plain if rng.random() < 0.7 else textured(builder, pitch))
    mesh = lattices.panel(rng, wide, max(high, 0.5 * float(seen[1])), pitch, material)
    if rng.random() < 0.15:
        glass = builder.material(Material((0.8, 0.9, 0.85), gloss=0.9, opacity=rng.uniform(0.05, 0.3)))
        mesh = shapes.join([mesh, shapes.quad((-wide / 2, 0, 0), (wide, 0, 0), (0, high, 0), glass)])
    builder.add(mesh, shapes.pose((middle[0], base, middle[2]), turn))
