"""What builds each scene of frames.py in the empty Blender scene: generator and variant in, camera's view out."""

from collections.abc import Callable

import country
import desk
import homes
import mirrors
import numpy as np
import passages
import sites
import still_life
import strands
import town
from capture import View

SCENES: dict[str, Callable[[np.random.Generator, int], View]] = {
    build.__name__: build
    for build in (
        *(homes.living_room, homes.kitchen, homes.bathroom, homes.bedroom),
        *(passages.corridor, passages.stairwell, passages.aisle, desk.desk),
        *(town.street, sites.colonnade, sites.railway, sites.construction),
        *(country.yard, country.park, country.terrain),
        *(strands.wires, strands.fence),
        *(still_life.holes, still_life.solids, still_life.pile),
        *(still_life.glassware, mirrors.mirror, still_life.houseplant),
    )
}
