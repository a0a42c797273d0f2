"""Which piece fills a role: one drawn anew, or a model of the bank, where it has one of a sensible size."""

from collections.abc import Callable
from functools import lru_cache

from numpy.random import Generator

from spnet.synth.assets.bank import Bank
from spnet.synth.layouts.room import bathroom, fixtures, furniture, kitchen, plants, seating
from spnet.synth.layouts.room.item import Item
from spnet.synth.layouts.room.palette import Palette, pick

_BUILT: dict[str, tuple[Callable[[Generator, Palette], Item], ...]] = {
    "seat": (seating.chair,),
    "office seat": (seating.office_chair,),
    "armchair": (seating.armchair,),
    "stool": (seating.stool,),
    "sofa": (seating.sofa,),
    "table": (furniture.table,),
    "low table": (furniture.low_table,),
    "desk": (furniture.desk,),
    "bed": (seating.bed,),
    "bedside": (furniture.bedside,),
    "cabinet": (furniture.drawers, furniture.sideboard),
    "wardrobe": (furniture.wardrobe,),
    "shelf": (furniture.bookcase, furniture.bookcase, furniture.store_shelf),
    "bookcase": (furniture.bookcase,),
    "store shelf": (furniture.store_shelf,),
    "television": (furniture.television,),
    "floor lamp": (furniture.floor_lamp,),
    "plant": (plants.big_plant,),
    "counter": (kitchen.counter,),
    "fridge": (kitchen.fridge,),
    "washer": (bathroom.washer,),
    "toilet": (bathroom.toilet,),
    "basin": (bathroom.basin,),
    "bathtub": (bathroom.bathtub,),
    "shower": (bathroom.shower,),
    "workbench": (fixtures.workbench,),
    "barrel": (fixtures.barrel,),
    "crate": (fixtures.crate,),
    "cartons": (fixtures.cartons,),
    "ladder": (fixtures.ladder,),
    "fireplace": (fixtures.fireplace,),
    "gondola": (fixtures.gondola,),
    "till": (fixtures.till,),
}

_SOFT = ("bed", "sofa", "seat")  # where bottles and books would look dropped
_Size = tuple[float, float, float]
_NOTHING: _Size = (0.0, 0.0, 0.0)
_MODELS: dict[str, tuple[tuple[str, ...], _Size, _Size]] = {
    # the bank's roles, and the least and the greatest width, height and depth
    "seat": (("seat",), (0.3, 0.6, 0.3), (0.8, 1.3, 0.8)),
    "office seat": (("seat",), (0.4, 0.8, 0.4), (0.8, 1.3, 0.8)),
    "armchair": (("seat", "sofa"), (0.6, 0.6, 0.6), (1.2, 1.3, 1.2)),
    "stool": (("seat",), (0.25, 0.35, 0.25), (0.5, 0.9, 0.5)),
    "sofa": (("sofa",), (1.2, 0.5, 0.6), (3.2, 1.3, 2.0)),
    "table": (("table",), (0.6, 0.6, 0.6), (2.4, 0.9, 1.4)),
    "low table": (("table",), (0.4, 0.2, 0.4), (1.4, 0.55, 1.0)),
    "desk": (("desk",), (0.7, 0.6, 0.4), (2.0, 1.4, 1.0)),
    "bed": (("bed",), (0.7, 0.3, 1.5), (2.4, 2.2, 2.5)),
    "bedside": (("cabinet",), (0.3, 0.3, 0.25), (0.7, 0.75, 0.55)),
    "cabinet": (("cabinet",), (0.4, 0.4, 0.25), (2.2, 1.4, 0.7)),
    "wardrobe": (("cabinet",), (0.7, 1.5, 0.35), (2.6, 2.5, 0.8)),
    "shelf": (("shelf",), (0.4, 0.5, 0.2), (2.0, 2.5, 0.7)),
    "bookcase": (("shelf",), (0.4, 0.5, 0.2), (2.0, 2.5, 0.7)),
    "store shelf": (("shelf",), (0.4, 1.0, 0.2), (2.0, 2.5, 0.7)),
    "television": (("cabinet",), (0.8, 0.3, 0.3), (2.4, 0.9, 0.6)),
    "floor lamp": (("floor lamp",), (0.15, 1.0, 0.15), (0.8, 2.2, 0.8)),
    "plant": (("plant",), (0.2, 0.5, 0.2), (1.2, 2.2, 1.2)),
    "fridge": (("appliance",), (0.4, 1.0, 0.4), (1.2, 2.2, 0.9)),
    "washer": (("appliance",), (0.4, 0.6, 0.4), (0.9, 1.1, 0.8)),
    "toilet": (("bathroom",), (0.3, 0.3, 0.4), (0.6, 1.1, 0.9)),
    "bathtub": (("bathroom",), (1.2, 0.3, 0.5), (2.2, 1.0, 1.6)),
    "large": (("large",), (0.2, 0.2, 0.2), (1.8, 2.1, 1.2)),
    "small": (("small", "table lamp"), (0.02, 0.01, 0.02), (0.5, 0.5, 0.5)),
    "person": (("person",), (0.2, 1.2, 0.2), (1.0, 2.1, 1.0)),
    "animal": (("animal",), (0.1, 0.1, 0.1), (0.6, 1.0, 1.2)),
}


@lru_cache(maxsize=1)
def stock_of(bank: Bank) -> "Stock":
    """A bank's stock, kept for the next room: sorting hundreds of models takes longer than placing them."""
    return Stock(bank)


class Stock:
    """The bank's models by what they can serve as."""

    def __init__(self, bank: Bank) -> None:
        self._models = bank.models
        self._of_role: dict[str, list[int]] = {}
        self.hanging: list[int] = []
        """Indices of the models that hang on walls."""
        for index, model in enumerate(bank.models):
            if model.elevation == 0:
                self._of_role.setdefault(model.role, []).append(index)
            elif model.role in ("wall", "wall lamp", "picture") and max(model.size) < 1.6:
                self.hanging.append(index)
        self._for_purpose: dict[str, list[int]] = {}

    def models_for(self, purpose: str) -> list[int]:
        """Indices of the models that serve a purpose, by role and size."""
        if purpose not in self._for_purpose:
            roles, least, most = _MODELS.get(purpose, ((), _NOTHING, _NOTHING))
            standing = (index for role in roles for index in self._of_role.get(role, ()))
            self._for_purpose[purpose] = [
                index for index in standing if _is_between(least, self._models[index].size, most)
            ]
        return self._for_purpose[purpose]

    def choose(self, rng: Generator, palette: Palette, purpose: str) -> Item | None:
        """A piece for a purpose; none if only a model could serve it and there is none."""
        makers, models = _BUILT.get(purpose, ()), self.models_for(purpose)
        if models and (not makers or rng.random() < 0.55):
            index = pick(rng, models)
            model = self._models[index]
            places = () if model.role in _SOFT else model.supports
            return Item(model.size, supports=places, model=index)
        return pick(rng, makers)(rng, palette) if makers else None


def _is_between(least: _Size, size: _Size, most: _Size) -> bool:
    return all(low <= length <= high for low, length, high in zip(least, size, most, strict=True))
