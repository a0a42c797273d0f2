"""Which clutter a frame shows."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from spnet.synth.assets.bank import Bank
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.clutter import cupboards, halls, piles, screens, suspended, traps, tunnels, views
from spnet.synth.layouts.clutter.palette import draw_palette, one_finish
from spnet.synth.layouts.clutter.stages import Stage, draw_stage
from spnet.synth.layouts.clutter.things import draw_things
from spnet.synth.scene import Scene, View


@dataclass(frozen=True)
class _Filling:
    """What lies about."""

    most: int = 75
    """Things."""
    modelled: float = 0.5
    """Share of the kinds of things that are models."""
    palette: tuple[int, ...] | None = None
    """Their materials; drawn if None."""


def clutter(rng: Generator, bank: Bank, width: int, height: int) -> Scene:
    """A scene of clutter for images of width x height pixels."""
    draws = {piled: 0.3, hung: 0.18, screened: 0.17, solid: 0.08, hidden: 0.06, painted: 0.07, passing: 0.14}
    draw = list(draws)[int(rng.choice(len(draws), p=list(draws.values())))]
    return draw(Builder(bank, rng), width, height)


def piled(builder: Builder, width: int, height: int) -> Scene:
    """Things lying on each other."""
    return _lying(builder, width, height, draw_stage(builder), _Filling())


def solid(builder: Builder, width: int, height: int) -> Scene:
    """Few large solids and no models."""
    stage = draw_stage(builder)
    return _lying(builder, width, height, replace(stage, size=2 * stage.size), _Filling(most=16, modelled=0.0))


def hidden(builder: Builder, width: int, height: int) -> Scene:
    """Everything of one material: edges of depth that the picture hardly shows."""
    palette = one_finish(builder, 0.5)
    stage = draw_stage(builder, palette[0])
    return _lying(builder, width, height, stage, _Filling(modelled=0.0, palette=tuple(palette)))


def screened(builder: Builder, width: int, height: int) -> Scene:
    """Things seen through thin structures."""
    rng, stage = builder.rng, draw_stage(builder)
    view = piles.view_of(stage, views.draw_camera(rng, width, height), rng, nearness=1.3)
    _fill(builder, stage, view, _Filling(most=40))
    screens.put_before(builder, stage, view, rng.uniform(0.25, 0.65))
    if rng.random() < 0.4:
        screens.put_before(builder, stage, view, rng.uniform(1.4, 2.0))
    return _lit(builder, stage, view)


def hung(builder: Builder, width: int, height: int) -> Scene:
    """Things hung up in the air."""
    rng, stage = builder.rng, draw_stage(builder)
    palette = draw_palette(builder, stage.size, int(rng.integers(5, 14)))
    things = draw_things(builder, int(rng.integers(5, 14)), palette)
    view = suspended.view_of(stage, views.draw_camera(rng, width, height), rng)
    suspended.hang(builder, stage, view, things, palette, int(rng.integers(8, 45)))
    return _lit(builder, stage, view)


def painted(builder: Builder, width: int, height: int) -> Scene:
    """Flat things full of edges that are none of depth."""
    return traps.flat(builder, views.draw_camera(builder.rng, width, height))


def passing(builder: Builder, width: int, height: int) -> Scene:
    """The inside of something long or deep."""
    draws = (tunnels.tunnel, halls.columns, halls.stair_well, cupboards.cupboard)
    draw = draws[int(builder.rng.choice(len(draws), p=[0.4, 0.2, 0.2, 0.2]))]
    return draw(builder, views.draw_camera(builder.rng, width, height))


def _lying(builder: Builder, width: int, height: int, stage: Stage, filling: _Filling) -> Scene:
    view = piles.view_of(stage, views.draw_camera(builder.rng, width, height), builder.rng)
    _fill(builder, stage, view, filling)
    return _lit(builder, stage, view)


def _fill(builder: Builder, stage: Stage, view: View, filling: _Filling) -> None:
    rng = builder.rng
    palette = filling.palette or draw_palette(builder, stage.size, int(rng.integers(4, 14)))
    things = draw_things(builder, int(rng.integers(4, 13)), palette, filling.modelled)
    piles.pile(builder, stage, view, things, palette, int(rng.integers(filling.most // 5, filling.most)))


def _lit(builder: Builder, stage: Stage, view: View) -> Scene:
    lights, sky, ambient = stage.light(builder.rng)
    reach = 3 * stage.spread + float(np.linalg.norm(view.pose[:3, 3] - stage.middle))
    return builder.scene("clutter", view, lights, sky=sky, ambient=ambient, reach=reach)
