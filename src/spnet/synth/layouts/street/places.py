"""Draws one of the places out of doors, its weather and a camera in it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.assets.bank import Bank
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street.building_sites import building_site
from spnet.synth.layouts.street.canals import canal
from spnet.synth.layouts.street.car_parks import car_park
from spnet.synth.layouts.street.country import country_road
from spnet.synth.layouts.street.finishes import Finishes, make_finishes
from spnet.synth.layouts.street.gardens import back_garden
from spnet.synth.layouts.street.ground import ground_mesh
from spnet.synth.layouts.street.parks import park
from spnet.synth.layouts.street.site import Site
from spnet.synth.layouts.street.squares import square
from spnet.synth.layouts.street.suburbs import suburb
from spnet.synth.layouts.street.town import street as town_street
from spnet.synth.layouts.street.views import seen_from
from spnet.synth.layouts.street.weather import Weather, drawn_weather
from spnet.synth.scene import Light, Scene


class Place(NamedTuple):
    """How often a place is drawn, how many metres the sun's shadows reach in it, and what makes it."""

    share: float
    reach: float
    make: Callable[[Generator, Builder, Finishes], Site]


PLACES = {
    "street": Place(0.28, 50.0, town_street),
    "suburb": Place(0.16, 40.0, suburb),
    "canal": Place(0.06, 45.0, canal),
    "country road": Place(0.12, 50.0, country_road),
    "park": Place(0.09, 40.0, park),
    "square": Place(0.08, 45.0, square),
    "car park": Place(0.07, 45.0, car_park),
    "back garden": Place(0.09, 18.0, back_garden),
    "building site": Place(0.05, 40.0, building_site),
}


def street(rng: Generator, bank: Bank, width: int, height: int) -> Scene:
    """A street, a square, a park, a garden or another place out of doors, seen by a camera of width x height pixels."""
    shares = np.array([place.share for place in PLACES.values()])
    return scene_at(str(rng.choice(list(PLACES), p=shares / shares.sum())), rng, bank, width, height)


def scene_at(name: str, rng: Generator, bank: Bank, width: int, height: int) -> Scene:
    """One of PLACES."""
    place = PLACES[name]
    builder = Builder(bank, rng)
    weather = drawn_weather(rng, bank)
    finishes = make_finishes(builder, dark=weather.dark)
    site = place.make(rng, builder, finishes)
    builder.add(ground_mesh(site.ground, finishes.named["kerb" if rng.random() < 0.5 else "stone"]))
    view = seen_from(rng, site.stand, site.ground, width, height)
    reach = place.reach + 2 * site.stand.height
    lights = _lights(rng, weather, site, view.pose)
    return builder.scene("street", view, lights, sky=weather.sky, ambient=weather.ambient, reach=reach)


def _lights(rng: Generator, weather: Weather, site: Site, pose: NDArray[np.float64]) -> list[Light]:
    """The sun; in the dark, the nearest lamps that light what is seen."""
    if weather.sun is not None:
        return [weather.sun]
    lamps = np.array(site.lamps).reshape(-1, 3)
    eye, forward = pose[:3, 3], pose[:3, 2]
    lamps = lamps[(lamps - eye) @ forward > -12]
    nearest = np.argsort(np.linalg.norm(lamps - eye - 8 * forward, axis=1), kind="stable")[:4]
    warmth = np.array((1.0, 0.72, 0.42)) if rng.random() < 0.7 else np.array((0.9, 0.95, 1.0))
    lights = []
    for number, (x, y, z) in enumerate(lamps[nearest].tolist()):
        red, green, blue = (warmth * max(6.0, y) ** 2 * rng.uniform(0.45, 0.9)).tolist()
        lights.append(Light((red, green, blue), position=(x, y - 0.3, z), softness=0.15, shadows=number < 2))
    return lights
