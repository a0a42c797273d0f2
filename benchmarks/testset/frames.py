"""The sixty frames of the test set: what each shows and the seed that it is drawn from. Imports nothing but Python."""

from dataclasses import dataclass

WIDTH, HEIGHT = 640, 480

_SCENES: dict[str, dict[str, int]] = {
    "indoor": {
        "living_room": 3,
        "kitchen": 3,
        "corridor": 3,
        "stairwell": 2,
        "desk": 3,
        "aisle": 2,
        "bathroom": 2,
        "bedroom": 2,
    },
    "outdoor": {
        "street": 4,
        "yard": 3,
        "park": 3,
        "terrain": 4,
        "construction": 3,
        "colonnade": 2,
        "railway": 1,
    },
    "object": {
        "wires": 2,
        "fence": 3,
        "holes": 3,
        "solids": 3,
        "pile": 3,
        "glassware": 2,
        "mirror": 2,
        "houseplant": 2,
    },
}
"""Kind, then scene, then how many frames are drawn of it, each from a seed of its own."""

_FIRST_SEED = {"indoor": 1000, "outdoor": 2000, "object": 3000}


@dataclass(frozen=True)
class Frame:
    """One frame of the set. `name` is its folder's, `scene` the function that builds it."""

    name: str
    kind: str
    scene: str
    variant: int
    """Which of the scene's frames it is, from 1: what the scene does differently on purpose."""
    seed: int


def _list_frames() -> tuple[Frame, ...]:
    frames = []
    for kind, scenes in _SCENES.items():
        drawn = [(scene, turn) for scene, count in scenes.items() for turn in range(1, count + 1)]
        for number, (scene, turn) in enumerate(drawn, start=1):
            frames.append(Frame(f"{kind}_{number:02}_{scene}_{turn}", kind, scene, turn, _FIRST_SEED[kind] + number))
    return tuple(frames)


FRAMES = _list_frames()
