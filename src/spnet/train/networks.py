"""The network that a run file asks for. Another family is one more entry in `FAMILIES`."""

from dataclasses import replace

from spnet.errors import SpnetError
from spnet.model.checkpoints import FAMILIES, VARIANTS, Network, from_checkpoint
from spnet.model.network import Config
from spnet.train.recipe import NetworkRecipe


def begin(recipe: NetworkRecipe) -> Network:
    """The network as a training begins with it: with the weights of another training, or as `build` has it.

    Raises:
        SpnetError: as `build`, a weights file that cannot be read, or one of another network.
    """
    network = build(recipe)
    if recipe.start is not None:
        started = from_checkpoint(recipe.start, norm=recipe.norm)
        found, expected = (replace(each.config, drop_rate=0.0) for each in (started, network))
        if type(started) is not type(network) or found != expected:
            raise SpnetError(
                f"[network] start: {recipe.start} holds {type(started).__name__} {found}, "
                f"expected {type(network).__name__} {expected}"
            )
        network.load_state_dict(started.state_dict())
    return network


def build(recipe: NetworkRecipe) -> Network:
    """The network with its first weights, drawn from PyTorch's generator.

    Returns:
        A module to call as ``net(rgb, depth, mask)``: see `spnet.model.SPNet.forward`.

    Raises:
        SpnetError: an unknown family, variant or norm, or numbers that no network can be built with.
    """
    family = recipe.family.lower()
    if family not in FAMILIES:
        raise SpnetError(f"[network] family: found {recipe.family!r}, expected one of {', '.join(FAMILIES)}")
    try:
        return FAMILIES[family](_config(recipe, VARIANTS[family]))
    except ValueError as error:
        raise SpnetError(f"[network] {error}") from error


def _config(recipe: NetworkRecipe, variants: dict[str, Config]) -> Config:
    if recipe.variant is None:
        config = Config(recipe.channels, recipe.blocks)  # type: ignore[arg-type]  # four numbers each: see the recipe
    elif recipe.variant in variants:
        config = variants[recipe.variant]
    else:
        raise SpnetError(f"[network] variant: found {recipe.variant!r}, expected one of {', '.join(variants)}")
    drop_rate = config.drop_rate if recipe.drop_rate is None else recipe.drop_rate
    return replace(config, norm=recipe.norm, drop_rate=drop_rate, outputs=2 if recipe.confidence else 1)
