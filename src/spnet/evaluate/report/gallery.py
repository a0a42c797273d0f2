"""Frames to look at, the worst first: image, what was measured, truth, and every model's depth and error."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from spnet.evaluate.conditions import Condition
from spnet.evaluate.frames import shown
from spnet.evaluate.report import panels
from spnet.evaluate.report.elements import element, section, shortened
from spnet.evaluate.report.scales import scale_of_depth, scale_of_errors
from spnet.evaluate.report.series import name
from spnet.evaluate.results import Results, Row, without_folders
from spnet.metrics import METRICS

MOST_SCENES = 24
"""Frames of the gallery, those of all conditions together."""
MOST_SCENES_OF_CONDITION = 6
MOST_CHARACTERS = 12 * 2**20
"""Of all pictures together, encoded; scenes that would go beyond are left out."""

_CAPTIONED = ("rmse", "rel")


@dataclass(frozen=True)
class Scene:
    """A frame under a condition that is worth looking at."""

    id: str
    """Of its card in the page."""
    frame: str
    condition: Condition
    rows: Mapping[str, Row]
    """By model; of those that failed, too."""


def worst_scenes(results: Results) -> list[Scene]:
    """Of each condition the frames with the largest mean RMSE of all models, those first on which a model failed.

    Frames on which every model failed are left out: there is nothing to show. Of more conditions than MOST_SCENES,
    evenly spread ones have a scene.
    """
    count = min(len(results.conditions), MOST_SCENES)
    each = min(MOST_SCENES // count, MOST_SCENES_OF_CONDITION)
    grouped: dict[tuple[str, str], dict[str, Row]] = {}
    for row in results.rows:
        grouped.setdefault((row.condition, row.frame), {})[row.model] = row
    chosen: list[Scene] = []
    for index in range(count):
        condition = results.conditions[index * len(results.conditions) // count]
        found = {frame.id: grouped[condition.name, frame.id] for frame in results.frames}
        for frame in worst_frames(found, "rmse")[:each]:
            chosen.append(Scene(f"scene-{len(chosen) + 1}", frame, condition, found[frame]))
    return chosen


def worst_frames(rows: Mapping[str, Mapping[str, Row]], metric: str) -> list[str]:
    """Frames, the worst first: by how many models failed, then by the mean of the others' metric.

    Args:
        rows: by frame, then model. Frames on which all models failed are left out.
        metric: its name; frames that do not have it are left out.
    """
    badness: dict[str, tuple[int, float]] = {}
    sign = 1 if METRICS[metric].lower_is_better else -1
    for frame, of_models in rows.items():
        values = [row.metrics[metric] for row in of_models.values() if metric in row.metrics]
        if values:
            failed = sum(bool(row.error) for row in of_models.values())
            badness[frame] = failed, sign * math.fsum(values) / len(values)
    return sorted(badness, key=lambda frame: badness[frame], reverse=True)


def draw_scenes(results: Results, scenes: Sequence[Scene]) -> Iterator[tuple[Scene, Element]]:
    """The scenes with their cards, as long as their pictures are within MOST_CHARACTERS.

    Raises:
        SpnetError: as `spnet.evaluate.shown`.
    """
    characters = 0
    for scene in scenes:
        drawn = panels.draw(shown(results, scene.frame, scene.condition.name), scene.condition.scale)
        characters += drawn.characters
        if characters > MOST_CHARACTERS:
            return
        yield scene, _card(scene, drawn)


def section_of(cards: Sequence[tuple[Scene, Element]]) -> Element:
    """The section that shows the cards, and says how they were chosen."""
    text = (
        "Of every input the frames with the largest mean RMSE of all models. Within a frame all depths have one scale "
        "in metres, and all errors another; what lies beyond a scale has the colour of its end. Dark grey is where "
        "there is no truth; truth at few pixels is drawn as points on the photo. "
        f"At most {MOST_SCENES} frames in all, {MOST_SCENES_OF_CONDITION} of an input, and "
        f"{MOST_CHARACTERS // 2**20} MiB of pictures."
    )
    legend, scenes = element("p", text, class_="legend"), element("div", *(card for _, card in cards), class_="scenes")
    return section("frames", "Worst frames", legend, scenes)


def _card(scene: Scene, drawn: panels.Panels) -> Element:
    points = next(row.points for row in scene.rows.values() if not row.error)
    measured = f"Measured, {points:,} points ({100 * drawn.share:.2g} %)"
    seen = element(
        "div",
        _picture(drawn.image, "Image", f"image of {scene.frame}", drawn.size),
        _picture(drawn.measured, measured, "measured points", drawn.size),
        class_="pair",
    )
    truth = element(
        "div",
        _picture(drawn.truth, "Truth", f"truth, {drawn.near:.2f} to {drawn.far:.2f} m", drawn.size),
        element("div", scale_of_depth(drawn.near, drawn.far), scale_of_errors(drawn.limit), class_="scales"),
        class_="pair",
    )
    models = [_of_model(index, row, drawn) for index, row in enumerate(scene.rows.values())]
    title = element("h4", shortened(scene.frame), element("span", scene.condition.name, class_="condition"))
    wide = drawn.size[0] > panels.WIDE * drawn.size[1]
    layout = "wide" if wide else f"columns-{_columns(2 + len(models))}"
    pairs = element("div", seen, truth, *models, class_=f"pairs {layout}")
    return element("article", title, pairs, class_="scene", id=scene.id, data_condition=scene.condition.name)


def _columns(pairs: int) -> int:
    """How many pairs of pictures stand side by side where there is room: as leaves the least empty."""
    return pairs if pairs <= 3 else min((4, 5, 6), key=lambda columns: -pairs % columns)


def _of_model(index: int, row: Row, drawn: panels.Panels) -> Element:
    """A model's depth and error, or why it has none."""
    title = name(index, row.model)
    if row.error:
        reason = element("p", f"failed: {without_folders(row.error)}", class_="failed")
        return element("div", element("p", title, class_="title"), reason, class_="pair of-model", data_model=index)
    numbers = [f"{METRICS[key].label} {METRICS[key].text(row.metrics[key])} {METRICS[key].unit}" for key in _CAPTIONED]
    said = " · ".join(text.strip() for text in numbers)
    pictures = [
        _picture(drawn.depths[row.model], title, f"depth by {row.model}, {said}", drawn.size),
        _picture(drawn.errors[row.model], said, f"error of {row.model}", drawn.size),
    ]
    if row.model in drawn.expected:
        told = f"error that {row.model} expects"
        pictures.append(_picture(drawn.expected[row.model], "expected error, either way", told, drawn.size))
    return element("div", *pictures, class_="pair of-model", data_model=index)


def _picture(uri: str, caption: Element | str, alternative: str, size: tuple[int, int]) -> Element:
    image = element("img", src=uri, alt=alternative, width=size[0], height=size[1])
    return element("figure", image, element("figcaption", caption), class_="picture")
