"""Kinds of rooms: how large they are, how they are built, and what stands in them."""

from dataclasses import dataclass

from spnet.synth.layouts.room import things

_PLANS = ("box", "box", "box", "skew", "cut", "angle", "niche", "bay")


@dataclass(frozen=True)
class Theme:
    """What rooms of one kind have in common; sizes in metres, least and greatest."""

    wide: tuple[float, float]
    deep: tuple[float, float]
    furniture: tuple[tuple[str, float], ...]
    """In the order in which it is put in: a group or what a piece is for, and how many on average."""
    high: tuple[float, float] = (2.35, 2.9)
    plans: tuple[str, ...] = _PLANS
    slopes: int = 0
    """Sides on which the ceiling comes down."""
    walls: tuple[str, ...] = ("wall",)
    floors: tuple[str, ...] = ("floor", "wood")
    window: str = "usual"
    windows: tuple[int, int] = (1, 3)
    doors: tuple[int, int] = (1, 3)
    small: tuple[things.Draw, ...] = things.EVERYDAY
    density: float = 8.0
    """Small things a square metre of places."""
    litter: tuple[int, int] = (1, 8)
    pictures: tuple[int, int] = (1, 6)
    lamps: tuple[int, int] = (1, 2)
    overhead: tuple[str, ...] = ()
    """What may run under the ceiling: "beams" or "pipes"."""
    below_ground: bool = False
    weight: float = 1.0
    """How often there is such a room."""


THEMES: dict[str, Theme] = {
    "living room": Theme(
        (3.4, 6.5), (3.2, 5.5),
        (("lounge", 1), ("television", 0.8), ("fireplace", 0.25), ("dining", 0.5), ("bookcase", 1.6),
         ("cabinet", 1.2),
         ("armchair", 0.7), ("plant", 1.3), ("floor lamp", 0.5), ("stool", 0.4)),
        overhead=("beams",), weight=3.0,
    ),
    "dining room": Theme(
        (3.0, 5.5), (3.0, 4.5),
        (("dining", 1), ("cabinet", 2), ("bookcase", 0.7), ("plant", 1.2), ("seat", 1.0), ("floor lamp", 0.4)),
        window="tall",
    ),
    "bedroom": Theme(
        (2.8, 4.6), (2.7, 4.2),
        (("sleep", 1), ("wardrobe", 1.2), ("cabinet", 1.2), ("workplace", 0.4), ("seat", 0.7), ("bookcase", 0.5),
         ("plant", 0.6), ("floor lamp", 0.3)),
        weight=2.5,
    ),
    "nursery": Theme(
        (2.6, 4.2), (2.6, 4.0),
        (("sleep", 1), ("wardrobe", 0.8), ("bookcase", 1.3), ("workplace", 0.6), ("cabinet", 1), ("stool", 0.8)),
        small=things.NURSERY, litter=(4, 14), density=9.0,
    ),
    "kitchen": Theme(
        (2.4, 4.8), (2.3, 4.2), (("cook", 1), ("dining", 0.8), ("bookcase", 0.3), ("stool", 0.7), ("plant", 0.4)),
        floors=("floor", "stone"), small=things.KITCHEN, density=9.0, litter=(0, 3), pictures=(0, 3),
        walls=("wall", "wall", "tiles"), weight=2.5,
    ),
    "bathroom": Theme(
        (1.8, 3.4), (1.7, 3.0), (("wash", 1), ("cabinet", 0.6), ("stool", 0.4), ("plant", 0.3), ("wash", 0.3)),
        floors=("floor", "stone"), window="small", windows=(0, 1), doors=(1, 1), small=things.BATHROOM, density=12.0,
        litter=(0, 3), pictures=(0, 2), walls=("tiles", "tiles", "wall"), weight=1.8,
    ),
    "office": Theme(
        (3.0, 9.0), (3.0, 6.0),
        (("workplace", 3.5), ("bookcase", 1.5), ("store shelf", 0.6), ("cabinet", 1.5), ("dining", 0.4),
         ("plant", 1.2)),
        window="wide", small=things.OFFICE, density=7.0, lamps=(2, 5), high=(2.5, 3.2),
        weight=1.8,
    ),
    "study": Theme(
        (2.6, 4.0), (2.5, 3.8),
        (("workplace", 1.2), ("bookcase", 2.5), ("armchair", 0.8), ("cabinet", 0.7), ("plant", 0.8),
         ("floor lamp", 0.6)),
        small=things.OFFICE, density=8.0,
    ),
    "library": Theme(
        (4.0, 9.0), (4.0, 8.0), (("books around", 1), ("book rows", 0.6), ("dining", 0.9), ("armchair", 1.0)),
        high=(2.7, 4.0), window="tall", windows=(0, 2), pictures=(0, 2), litter=(0, 3), lamps=(2, 4),
    ),
    "workshop": Theme(
        (3.5, 8.0), (3.2, 6.5),
        (("tools", 1.4), ("store shelf", 2), ("barrel", 1), ("ladder", 0.7), ("crate", 2), ("cartons", 2),
         ("large", 1),
         ("stool", 1)),
        high=(2.6, 3.8), walls=("wall", "brick"), floors=("stone", "road", "wood"), window="wide", windows=(0, 2),
        small=things.STORE, density=7.0, litter=(4, 14), pictures=(0, 2), lamps=(1, 4), overhead=("pipes", "beams"),
    ),
    "cellar": Theme(
        (2.8, 6.0), (2.6, 5.0),
        (("shelves around", 1), ("washer", 1), ("barrel", 1.5), ("crate", 2), ("cartons", 2.5), ("cabinet", 0.5),
         ("ladder", 0.4), ("large", 0.7)),
        high=(2.1, 2.5), walls=("brick", "stone"), floors=("stone", "road"), window="small", windows=(0, 2),
        small=things.STORE, litter=(4, 14), pictures=(0, 1), overhead=("pipes", "beams"), below_ground=True,
    ),
    "shop": Theme(
        (4.5, 10.0), (4.0, 8.0),
        (("till", 1), ("shop rows", 1), ("gondola", 4), ("fridge", 1), ("crate", 2), ("cartons", 1), ("person", 0.7)),
        high=(2.7, 3.8), window="tall", windows=(1, 3), small=things.STORE, pictures=(1, 4), lamps=(3, 7),
        litter=(0, 5),
        overhead=("pipes",),
    ),
    "attic": Theme(
        (3.5, 7.0), (3.4, 6.0),
        (("sleep", 0.5), ("workplace", 0.5), ("lounge", 0.4), ("cabinet", 1.2), ("bookcase", 1.0), ("cartons", 2.5),
         ("crate", 1.0), ("plant", 0.6), ("large", 0.7)),
        high=(2.3, 3.2), plans=("box",), slopes=2, floors=("wood",), walls=("wall", "wood"), litter=(3, 10),
    ),
    "garret": Theme(
        (2.6, 4.5), (2.5, 4.0), (("sleep", 1), ("workplace", 0.7), ("cabinet", 1.2), ("bookcase", 0.7),
        ("seat", 0.7)),
        high=(2.3, 2.6), plans=("box", "cut"), slopes=1, floors=("wood", "floor"),
    ),
    "corridor": Theme(
        (1.3, 2.5), (6.0, 15.0),
        (("cabinet", 1.5), ("seat", 1.0), ("bookcase", 0.7), ("plant", 1.0), ("cartons", 0.7), ("wardrobe", 0.5),
         ("person", 0.3)),
        plans=("box", "box", "angle", "niche"), windows=(0, 2), doors=(4, 8), lamps=(2, 5), pictures=(2, 8),
        litter=(0, 4),
    ),
    "hall": Theme(
        (4.5, 9.0), (4.0, 7.0),
        (("stairs", 1), ("lounge", 0.6), ("cabinet", 1.2), ("plant", 1.8), ("seat", 1.5), ("dining", 0.5),
         ("stairs", 0.3)),
        high=(2.8, 5.4), floors=("floor", "stone", "wood"), window="tall", doors=(2, 5), lamps=(1, 4),
    ),
    "classroom": Theme(
        (5.0, 9.0), (4.5, 7.5), (("dining", 5), ("bookcase", 1.5), ("cabinet", 1.5), ("workplace", 0.7),
        ("plant", 0.7)),
        high=(2.7, 3.4), plans=("box", "cut", "angle"), window="wide", windows=(1, 4),
        small=things.OFFICE, density=3.0,
        lamps=(2, 6), pictures=(2, 8), overhead=("pipes",),
    ),
    "dressing room": Theme(
        (2.2, 3.8), (2.0, 3.4), (("wardrobes", 1), ("cabinet", 1), ("stool", 1), ("store shelf", 0.8),
        ("cartons", 1.5)),
        windows=(0, 1), small=(things.folded_cloth, things.basket, things.carton, things.standing_picture),
        litter=(2, 9),
    ),
}  # fmt: skip
