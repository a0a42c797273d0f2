"""What closes the view: hills, woods, and a town far away."""

import numpy as np

from spnet.synth.layouts.street.houses import House, drawn_houses
from spnet.synth.layouts.street.planting import far_woods
from spnet.synth.layouts.street.rows import Lot, build_houses, palette
from spnet.synth.layouts.street.site import Site, put
from spnet.synth.scene import Mesh
from spnet.synth.shapes import surface

_RADIUS = 400.0


def close_view(site: Site, *, wood: float, town: float, farms: House | None = None) -> None:
    """A ring of hills that hides the ground's end, with trees and houses before it.

    `wood` and `town`: from 0 to 1, how much there is of either.
    """
    rng = site.rng
    site.builder.add(_hills(site))
    _woods(site, int(6 * wood + rng.random()))
    if town > 0:
        _towers(site, int(26 * town))
    if farms is not None:
        for _ in range(int(rng.integers(1, 5))):
            aside, ahead = rng.choice((-1, 1)) * rng.uniform(35, 150), rng.uniform(60, 230)
            build_houses(site, [Lot(farms, aside, ahead, rng.uniform(0, 6.28))])


def _woods(site: Site, count: int) -> None:
    """Lines of trees, as at the edges of fields and of woods."""
    rng = site.rng
    angle, turn = rng.uniform(-1.3, 1.3, (count, 1)), rng.normal(0, 0.5, (count, 1))
    distance = np.exp(rng.uniform(np.log(80), np.log(360), (count, 1)))
    along = (np.arange(5) - 2) * rng.uniform(8, 17, (count, 1))
    aside = (np.sin(angle) * distance + along * np.cos(turn)).reshape(-1)
    ahead = (np.cos(angle) * distance + along * np.sin(turn)).reshape(-1) + rng.normal(0, 2, 5 * count)
    clear = (abs(aside) > 18) & (np.hypot(aside, ahead) > 60)
    if clear.any():
        far_woods(site, aside[clear], ahead[clear], (6, 13))


def _hills(site: Site) -> Mesh:
    rng = site.rng
    angle = np.linspace(0, 2 * np.pi, 73)
    waves = rng.uniform(0, 2 * np.pi, 5)
    shape = sum(np.sin((wave + 2) * angle + phase) / (wave + 1.5) for wave, phase in enumerate(waves))
    high = site.stand.height + 6 + rng.uniform(2, 22) * (1.6 + shape)
    low = np.full_like(high, -40.0)
    rings = [(0.97, low), (0.985, 0.4 * high), (1.0, high), (1.1, 0.8 * high)]
    middle = site.ground.heights[:, len(site.ground.aside) // 2].mean()
    points = np.stack(
        [np.stack([np.sin(angle) * r * _RADIUS, middle + y, -np.cos(angle) * r * _RADIUS], axis=1) for r, y in rings]
    )
    return surface(points, site.finishes.named["forest"])


def _towers(site: Site, count: int) -> None:
    """Large buildings as they are seen from afar."""
    rng = site.rng
    angle, distance = rng.uniform(-1.1, 1.1, count), rng.uniform(130, 370, count)
    aside, ahead = np.sin(angle) * distance, np.cos(angle) * distance
    aside = np.where(abs(aside) < 24, np.sign(aside) * 24 + aside, aside)
    towers = drawn_houses(rng, "tower", 2)
    for tower, those in zip(towers, np.array_split(np.arange(count), 2), strict=True):
        put(site, tower.distant, palette(site), aside[those], ahead[those], np.pi + rng.normal(0, 0.2, len(those)))
