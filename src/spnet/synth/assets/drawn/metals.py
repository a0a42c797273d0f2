"""Metal sheets: brushed, rolled, painted, rusted, corrugated."""

from functools import partial

import numpy as np

from spnet.synth.assets.drawn.colours import colour, mix, plain, ramp, shade
from spnet.synth.assets.drawn.drawing import SIZE, Drawing, Field, Paint
from spnet.synth.assets.drawn.noise import clouds, level, soften, specks, step
from spnet.synth.assets.drawn.pieces import bonded, nearest_to, scattered

RUST = ("4a2a1c", "6e3b22", "8f5029", "a9693a")


def brushed(rng: np.random.Generator, *, paint: str, strength: float = 0.06, scratches: float = 0.3) -> Paint:
    """Ground along one direction, with a few scratches across."""
    lines = clouds(rng, low=20.0, high=256.0, slope=0.2, stretch=(1.0, 60.0))
    surface = shade(plain(paint, lines), lines, strength)
    surface = shade(surface, clouds(rng, low=3.0, high=12.0), 0.02)
    return mix(surface, surface * 1.35, scratch_lines(rng) * scratches)


def scratch_lines(rng: np.random.Generator) -> Field:
    """Short thin lines in a few directions, 0 to 1."""
    both = clouds(rng, low=20.0, high=256.0, slope=0.2, stretch=(1.0, 14.0))
    other = clouds(rng, low=20.0, high=256.0, slope=0.2, stretch=(14.0, 1.0))
    return np.maximum(step(both, 2.6, 3.4), step(other, 2.8, 3.6))


def galvanised(rng: np.random.Generator) -> Paint:
    """Zinc: crystals as large as coins, each reflecting a little otherwise."""
    pieces = nearest_to(scattered(rng, 22, 22, 0.5), 3.0 * clouds(rng, low=10.0, high=60.0))
    surface = shade(plain("9aa0a3", pieces.edge), rng.normal(0.0, 0.07, pieces.count)[pieces.number], 1.0)
    surface = shade(surface, clouds(rng, low=60.0, slope=0.3), 0.025)
    return mix(surface, colour("c3c7c6"), level(clouds(rng, low=4.0, high=60.0) - 1.2) * 0.4)


def rusted(rng: np.random.Generator, *, paint: str | None = None, share: float = 0.5) -> Paint:
    """Rust of several ages; under paint that flakes off, if a colour is given."""
    fine = clouds(rng, low=6.0, high=250.0, slope=0.8)
    rust = shade(ramp(level(0.8 * fine + 0.3 * clouds(rng, low=3.0, high=20.0)), RUST), fine, 0.06)
    if paint is None:
        return rust
    coat = shade(plain(paint, fine), clouds(rng, low=4.0, high=120.0), 0.04)
    noise = clouds(rng, low=4.0, high=140.0, slope=1.2, stretch=(1.6, 1.0))
    start = float(np.quantile(noise, 1.0 - share))
    halo = step(noise, start - 0.6, start)
    coat = mix(coat, coat * colour("b98a63"), halo * 0.8)
    streak = level(clouds(rng, low=8.0, high=60.0, stretch=(9.0, 1.0)) - 0.6)
    coat = mix(coat, colour("8a5a38"), streak * halo * 0.5)
    return mix(coat, rust, step(noise, start, start + 0.08))


def corrugated(rng: np.random.Generator, *, surface: Paint, waves: int = 10, depth: float = 0.3) -> Paint:
    """A sheet rolled into waves that run down."""
    place = np.arange(SIZE) / SIZE * waves * 2 * np.pi
    wave = np.broadcast_to(np.sin(place)[None, :], (SIZE, SIZE))
    folded = shade(surface, wave, depth * 0.6)
    lap = step(np.abs(np.arange(SIZE) - SIZE * 0.5), 2.5, 1.0)[:, None] * np.ones((1, SIZE))
    return mix(folded, folded * 0.6, lap * 0.7)


def corrugated_zinc(rng: np.random.Generator, *, waves: int = 12) -> Paint:
    """Galvanised waves, with rust from the laps."""
    return corrugated(rng, surface=mix(galvanised(rng), rusted(rng), _from_the_lap(rng)), waves=waves)


def _from_the_lap(rng: np.random.Generator) -> Field:
    below = np.mod(np.arange(SIZE) - SIZE * 0.5, SIZE)[:, None] / SIZE
    runs = level(clouds(rng, low=10.0, high=60.0, stretch=(8.0, 1.0)))
    return np.clip(runs - 0.25 - below * 1.3, 0.0, 1.0)


def corrugated_rusted(rng: np.random.Generator, *, paint: str | None = None, share: float = 0.3) -> Paint:
    """Waves of rusted or painted sheet."""
    return corrugated(rng, surface=rusted(rng, paint=paint, share=share), waves=11)


def trapezoidal(rng: np.random.Generator, *, paint: str, ribs: int = 6) -> Paint:
    """Painted cladding sheet with flat ribs running down."""
    place = np.mod(np.arange(SIZE) / SIZE * ribs, 1.0)
    rib = step(np.abs(place - 0.5), 0.22, 0.17)
    flank = np.gradient(rib) * 2.5
    surface = shade(plain(paint, clouds(rng)), clouds(rng, low=3.0, high=60.0, stretch=(5.0, 1.0)), 0.02)
    surface = shade(surface, np.broadcast_to((rib - 0.5) * 0.12 - flank, (SIZE, SIZE)), 1.0)
    streak = level(clouds(rng, low=8.0, high=60.0, stretch=(9.0, 1.0)) - 1.0)
    return mix(surface, surface * 0.72, streak * 0.5)


def chequer_plate(rng: np.random.Generator, *, paint: str = "7f8284") -> Paint:
    """Floor plate with raised lozenges, worn bright on top."""
    cells = 10
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE * cells
    row, column = np.floor(y), np.floor(x)
    right, down = x - column - 0.5, y - row - 0.5
    turn = np.where((row + column) % 2 == 0, 1.0, -1.0)
    along, across = (right + turn * down) / np.sqrt(2), (right - turn * down) / np.sqrt(2)
    raised = soften(step((along / 0.46) ** 2 + (across / 0.15) ** 2, 1.15, 0.8), 0.8)
    surface = shade(plain(paint, raised), raised - soften(raised, 4.0), 0.5)
    surface = mix(surface, surface * 1.25, raised * 0.6)
    surface = mix(surface, colour("5b5248"), level(clouds(rng, low=4.0, high=60.0) - 0.6) * (1.0 - raised) * 0.5)
    return shade(surface, clouds(rng, low=30.0, slope=0.4), 0.04)


def panels(rng: np.random.Generator, *, paint: str, rows: int = 2, columns: int = 2) -> Paint:
    """Riveted plates."""
    pieces = bonded(rows, columns, (0.0, 0.5))
    tone = rng.normal(0.0, 0.05, pieces.count)[pieces.number]
    surface = shade(brushed(rng, paint=paint, strength=0.03), tone, 1.0)
    spacing = SIZE / 16
    y, x = (np.mgrid[:SIZE, :SIZE] + 0.5) % spacing - spacing / 2
    row = step(np.abs(pieces.edge - spacing / 2), spacing / 2, spacing / 2 - 1.0)
    rivet = step(np.hypot(y, x), 5.0, 3.5) * row
    surface = shade(surface, rivet - soften(rivet, 2.5), 0.4)
    surface = mix(surface, surface * 0.45, step(pieces.edge, 1.8, 0.6))
    grime = np.exp(-pieces.edge / 9.0) * level(clouds(rng, low=5.0, high=60.0))
    return mix(surface, colour("55483b"), grime * 0.45 + specks(rng, 0.01, 5.0) * 0.3)


DRAWINGS = (
    Drawing("steel brushed", "metal", 0.5, False, partial(brushed, paint="a3a5a6")),
    Drawing("steel dark", "metal", 0.5, False, partial(brushed, paint="5a5c5f")),
    Drawing("brass brushed", "metal", 0.5, False, partial(brushed, paint="b3945a", scratches=0.2)),
    Drawing("copper", "metal", 0.5, False, partial(brushed, paint="b0745a", strength=0.04)),
    Drawing("galvanised", "metal", 0.8, False, galvanised),
    Drawing("rust", "metal", 1.0, False, rusted),
    Drawing("rust under green", "metal", 1.2, False, partial(rusted, paint="5d7a6b", share=0.25)),
    Drawing("rust under white", "metal", 1.2, False, partial(rusted, paint="cfccc4", share=0.12)),
    Drawing("chequer plate", "metal", 0.6, True, chequer_plate),
    Drawing("plates riveted", "metal", 1.6, True, partial(panels, paint="85888a")),
    Drawing("corrugated zinc", "roof", 1.0, True, corrugated_zinc),
    Drawing("corrugated rust", "roof", 1.0, True, corrugated_rusted),
    Drawing("cladding sheet grey", "facade", 1.5, True, partial(trapezoidal, paint="8d9394")),
    Drawing("cladding sheet blue", "facade", 1.5, True, partial(trapezoidal, paint="5b7891")),
)
