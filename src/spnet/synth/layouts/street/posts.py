"""Street lamps, and poles with wires between them."""

from collections.abc import Sequence

import numpy as np

from spnet.synth.layouts.street import fittings
from spnet.synth.layouts.street.fittings import Part
from spnet.synth.layouts.street.site import Site, claim, put

_STRUNG_WITHIN = 90.0  # metres, beyond which wires would not be seen


def stand_lamps(site: Site, aside: float, ahead: Sequence[float], *, outwards: bool = False) -> None:
    """A row of street lamps, their arms over the way or turned from it."""
    mesh, glow = fittings.lamp_post(int(site.rng.integers(fittings.VARIETIES)))
    free = [place for place in ahead if abs(place) > 4 and claim(site, aside, place, 0.4)]
    if free:
        turn = np.pi / 2 if (aside > 0) != outwards else -np.pi / 2
        poses = put(site, mesh, site.fittings, aside, free, turn)
        site.lamps += [(x, y, z) for x, y, z, _ in (poses @ np.append(glow, 1.0)).tolist()]


def string_wires(site: Site, aside: float, ahead: Sequence[float]) -> None:
    """Poles beside the way with wires between them."""
    rng = site.rng
    mesh, hooks = fittings.wire_pole(int(rng.integers(fittings.VARIETIES)))
    free = [place for place in ahead if claim(site, aside, place, 0.5)]
    if len(free) < 2:
        return
    poses = put(site, mesh, site.fittings, aside, free)
    there = np.einsum("nij,wj->nwi", poses, np.column_stack([hooks, np.ones(len(hooks))]))[..., :3]
    last = max(1, sum(place < _STRUNG_WITHIN for place in free) - 1)
    starts, ends = there[:last].reshape(-1, 3), there[1 : last + 1].reshape(-1, 3)
    site.builder.add(fittings.wires(starts, ends, rng.uniform(0.3, 1.1), int(site.fittings[Part.DARK])))
