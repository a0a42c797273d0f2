"""Roofs on a house of a width (x) and depth (behind z = 0), whose walls end at a height."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.street import bulk
from spnet.synth.layouts.street.windows import Part
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join

ROOFS = ("flat", "gabled", "gable front", "hipped", "mansard")


def roof(rng: Generator, kind: str, width: float, depth: float, height: float) -> Mesh:
    """One of ROOFS, and what stands on it."""
    if kind == "flat":
        return _flat(rng, width, depth, height)
    if kind == "mansard":
        return _mansard(rng, width, depth, height)
    turned = kind == "gable front"
    long, short = (depth, width) if turned else (width, depth)
    rise = short / 2 * np.tan(np.radians(rng.uniform(22, 50)))
    hip = short / 2 * rng.uniform(0.6, 1.0) if kind == "hipped" else 0.0
    mesh = _ridged(long, short, height, rise, min(hip, long / 2 - 0.1), rng.uniform(0.15, 0.6))
    parts = [bulk.repeated(mesh, bulk.poses([(0, 0, -depth / 2)], np.pi / 2 if turned else 0.0))]
    if rng.random() < 0.8:
        parts.append(_chimneys(rng, width, depth, height, rise))
    if not turned and hip == 0 and width > 6 and rng.random() < 0.4:
        parts.append(_dormers(rng, width, depth, height, rise))
    return join(parts)


def _ridged(long: float, short: float, height: float, rise: float, hip: float, eaves: float) -> Mesh:
    """A roof whose ridge runs along x, about the origin; `hip` metres shorter at either end, or with gables."""
    x, z = long / 2 + (0.0 if not hip else eaves), short / 2 + eaves
    low, top = height - eaves * rise / (short / 2), height + rise
    ridge = long / 2 - hip if hip else long / 2 + eaves * 0.6
    side = x if hip else ridge
    slabs = [
        [(-side, low, z), (side, low, z), (ridge, top, 0), (-ridge, top, 0)],
        [(side, low, -z), (-side, low, -z), (-ridge, top, 0), (ridge, top, 0)],
    ]
    parts = []
    if hip:
        slabs += [[(x, low, z), (x, low, -z), (ridge, top, 0), (ridge, top, 0)]]
        slabs += [[(-x, low, -z), (-x, low, z), (-ridge, top, 0), (-ridge, top, 0)]]
    else:
        gables = [[(s * long / 2, height, s * short / 2), (s * long / 2, height, -s * short / 2)] for s in (1, -1)]
        corners = [[*gable, (gable[0][0], top, 0), (gable[0][0], top, 0)] for gable in gables]
        parts.append(bulk.faces(np.array(corners, np.float64), Part.WALL))
    upper = np.array(slabs, np.float64)
    lower = upper - (0, 0.15, 0)
    fascias = np.stack([lower[:, 0], lower[:, 1], upper[:, 1], upper[:, 0]], axis=1)
    ends = np.stack([lower[:2, 1], lower[:2, 2], upper[:2, 2], upper[:2, 1]], axis=1)
    others = np.stack([lower[:2, 3], lower[:2, 0], upper[:2, 0], upper[:2, 3]], axis=1)
    parts += [bulk.faces(upper, Part.ROOF), bulk.faces(lower[:, ::-1], Part.TRIM)]
    parts.append(bulk.faces(np.concatenate([fascias, ends, others]), Part.TRIM))
    gutter = [(-side, low, z), (-side, low, -z)]
    parts.append(bulk.rods(gutter, [(side, low, z), (side, low, -z)], 0.06, sides=4, materials=Part.METAL))
    return join(parts)


def _flat(rng: Generator, width: float, depth: float, height: float) -> Mesh:
    parapet = rng.uniform(0.2, 1.0)
    middles = [
        (0, height, -0.12),
        (0, height, -depth + 0.12),
        (-width / 2 + 0.12, height, -depth / 2),
        (width / 2 - 0.12, height, -depth / 2),
    ]
    sizes = [(width, parapet, 0.24)] * 2 + [(0.24, parapet, depth)] * 2
    parts = [
        bulk.quads([(-width / 2, height, 0)], [(width, 0, 0)], [(0, 0, -depth)], Part.METAL),
        bulk.boxes(middles, sizes, materials=Part.WALL),
    ]
    count = int(rng.integers(0, 5))
    if count:
        x, z = rng.uniform(-0.35, 0.35, count) * width, -rng.uniform(0.25, 0.75, count) * depth
        machines = rng.uniform((0.8, 0.6, 0.8), (3.0, 2.4, 2.5), (count, 3))
        parts.append(
            bulk.boxes(
                np.stack([x, np.full(count, height), z], 1),
                machines,
                materials=rng.choice((int(Part.METAL), int(Part.WALL)), count),
            )
        )
    if rng.random() < 0.5:
        parts.append(_aerial(rng, rng.uniform(-0.4, 0.4) * width, height, -depth / 2))
    return join(parts)


def _mansard(rng: Generator, width: float, depth: float, height: float) -> Mesh:
    """A steep lower slope with windows, and a flat top."""
    rise, back = rng.uniform(2.4, 3.4), rng.uniform(0.6, 1.2)
    half, top = width / 2, height + rise
    slopes = [
        [(-half, height, 0), (half, height, 0), (half, top, -back), (-half, top, -back)],
        [(half, height, -depth), (-half, height, -depth), (-half, top, -depth + back), (half, top, -depth + back)],
        [(-half, top, -back), (half, top, -back), (half, top, -depth + back), (-half, top, -depth + back)],
        [(half, height, 0), (half, height, -depth), (half, top, -depth + back), (half, top, -back)],
        [(-half, height, -depth), (-half, height, 0), (-half, top, -back), (-half, top, -depth + back)],
    ]
    parts = [bulk.faces(np.array(slopes, np.float64), [Part.ROOF] * 3 + [Part.WALL] * 2)]
    count = max(1, int(width / rng.uniform(2.4, 4.0)))
    x = ((np.arange(count) + 0.5) / count - 0.5) * width
    parts.append(_gablets(x, height + 0.4, -0.25, 1.1, 1.5, back))
    parts.append(_chimneys(rng, width, depth, height + rise - 1.2, 1.0))
    return join(parts)


def _dormers(rng: Generator, width: float, depth: float, height: float, rise: float) -> Mesh:
    count = int(rng.integers(1, max(2, int(width / 3.5))))
    x = ((np.arange(count) + 0.5) / count - 0.5) * width
    up = 0.25
    return _gablets(x, height + up * rise, -up * depth / 2, 1.2, min(1.4, 0.6 * rise), depth * 0.35)


def _gablets(x: np.ndarray, bottom: float, z: float, wide: float, high: float, deep: float) -> Mesh:
    """Dormers in a row: boxes with a pane in front and a small gabled roof each."""
    count = len(x)
    bases = np.stack([x, np.full(count, bottom), np.full(count, z - deep / 2)], axis=1)
    panes = np.stack(
        [x - wide / 2 + 0.15, np.full(count, bottom + 0.2), x + wide / 2 - 0.15, np.full(count, bottom + high - 0.1)],
        axis=1,
    )
    over, top, peak = wide / 2 + 0.12, bottom + high - 0.05, bottom + high + 0.35 * wide
    slabs = np.array([
        [(over, top, 0.15), (over, top, -deep), (0, peak, -deep), (0, peak, 0.15)],
        [(-over, top, -deep), (-over, top, 0.15), (0, peak, 0.15), (0, peak, -deep)],
        [(-over, top, 0.02), (over, top, 0.02), (0, peak, 0.02), (0, peak, 0.02)],
    ], np.float64)  # fmt: skip
    caps = bulk.faces(slabs, [Part.ROOF, Part.ROOF, Part.TRIM])
    shifts = np.stack([x, np.zeros(count), np.full(count, z)], axis=1)
    return join([
        bulk.boxes(bases, (wide, high, deep), materials=Part.TRIM),
        bulk.panels(panes, z + 0.02, Part.PANE),
        bulk.repeated(caps, bulk.poses(shifts)),
    ])  # fmt: skip


def _chimneys(rng: Generator, width: float, depth: float, height: float, rise: float) -> Mesh:
    count = int(rng.integers(1, 3))
    x = rng.uniform(-0.42, 0.42, count) * width
    bases = np.stack(
        [x, np.full(count, height), np.full(count, -depth / 2) + rng.uniform(-0.15, 0.15, count) * depth], axis=1
    )
    sizes = np.stack(
        [rng.uniform(0.5, 1.2, count), np.full(count, rise + rng.uniform(0.5, 1.2)), np.full(count, 0.6)], axis=1
    )
    tops = bases + sizes * (0, 1, 0)
    return join([
        bulk.boxes(bases, sizes, materials=Part.BASE),
        bulk.boxes(tops, sizes * (1, 0, 1) + (0.12, 0.1, 0.12), materials=Part.TRIM, closed=True),
        bulk.rods(tops, tops + np.array((0, 0.5, 0)), 0.11, sides=6, materials=Part.ROOF),
    ])  # fmt: skip


def _aerial(rng: Generator, x: float, height: float, z: float) -> Mesh:
    top = height + rng.uniform(1.5, 3.5)
    across = np.arange(5) * 0.25 - 0.5
    starts = np.stack([x + across, np.full(5, top - 0.15), np.full(5, z - 0.4)], axis=1)
    rods = bulk.rods(starts, starts + np.array((0, 0, 0.8)), 0.012, sides=3, materials=Part.METAL)
    mast = bulk.rods(
        [(x, height, z), (x - 0.6, top - 0.15, z)],
        [(x, top, z), (x + 0.6, top - 0.15, z)],
        0.025,
        sides=4,
        materials=Part.METAL,
    )
    return join([rods, mast])
