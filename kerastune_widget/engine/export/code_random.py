"""Dropout and other random layers: which seed and rate each had in a run, and how a script reaches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from ..dropout import DropoutSite, dropout_sites, ensure_seed_generator
from ..seeding import derived_seed
from .code_model import is_layered
from .code_objects import Unwritable
from .code_printer import Verbatim

NEARLY_ZERO = Verbatim("NEARLY_ZERO")
"""The script's name for a rate that drops nothing (it is 0 as float32), but draws a mask as the run did."""


@dataclass
class RandomLayers:
    """What to write for the random layers of a model.

    Attributes:
        forced: Arguments to make layers with, by the layer's id.
        seeds: Statements ``place.state.assign(...)`` for generators that no argument reaches, as (place, seed).
        rates: Likewise for dropout rates, as (place, rate).
        sites: Where each dropout rate is found, in the order of the model's sites.
        named: Names of layers that the script looks up.
    """

    forced: dict[int, dict[str, Any]] = field(default_factory=dict)
    seeds: list[tuple[str, int]] = field(default_factory=list)
    rates: list[tuple[str, float | Verbatim]] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


def prepared(model: Any) -> list[DropoutSite]:
    """Give the model's dropout layers the seed generators that they have while they train; return all rates' sites."""
    sites = dropout_sites(model)
    if keras.backend.backend() == "tensorflow":
        for site in sites:
            if site.attribute == "rate":
                ensure_seed_generator(site.layer)
    return sites


def seed_generators(model: Any) -> list[tuple[Any, Any]]:
    """Return each layer with each of its seed generators, in the order in which a run numbers them."""
    found: dict[int, tuple[Any, Any]] = {}
    for layer in model._flatten_layers():
        for generator in layer._seed_generators:
            found.setdefault(id(generator), (layer, generator))
    return list(found.values())


def plan_random_layers(
    model: Any, seed: int, rates: Sequence[float | Verbatim], *, moving: bool, written: bool
) -> RandomLayers:
    """Return what to write.

    Args:
        model: A copy that went through ``prepared``.
        seed: The run's seed.
        rates: The rate of each dropout site at the run's first step.
        moving: Whether rates change in mid-run, so that the script must reach them.
        written: Whether the script makes the layers one by one; else all is set once the model is made.

    Raises:
        Unwritable: If a script cannot reach one of them.
    """
    plan, sites = RandomLayers(), dropout_sites(model)
    owners = _leaves(model) if written else {}
    for site, rate in zip(sites, rates, strict=True):
        owner = owners.get(id(site.layer))
        if rate != site.rate and owner is not None and site.attribute in owner.get_config():
            plan.forced.setdefault(id(owner), {})[site.attribute] = rate
        elif rate != site.rate:
            plan.rates.append((place_of(model, site.layer, plan.named, written) + f".{site.attribute}", rate))
        if moving:
            plan.sites.append(place_of(model, site.layer, plan.named, written) + f".{site.attribute}")
    _plan_seeds(plan, model, seed, owners, {id(site.layer) for site in sites})
    return plan


def _plan_seeds(plan: RandomLayers, model: Any, seed: int, owners: Mapping[int, Any], dropping: set[int]) -> None:
    generators = seed_generators(model)
    for index, (layer, generator) in enumerate(generators):
        idle = hasattr(layer, "get_dropout_mask") and id(layer) not in dropping
        if idle or generator._initial_seed is not None:
            continue
        owner, own = owners.get(id(layer)), derived_seed(seed, index)
        alone = owner is not None and sum(owners.get(id(other)) is owner for other, _ in generators) == 1
        if alone and owner is not None and "seed" in owner.get_config():
            plan.forced.setdefault(id(owner), {})["seed"] = own
        else:
            plan.seeds.append((generator_place(model, layer, generator, plan.named, bool(owners)), own))


def reseeding(model: Any, seed: int, named: set[str], *, written: bool) -> list[tuple[str, int]]:
    """Return where each generator is, and what it begins with under another seed of the run."""
    places = []
    for index, (layer, generator) in enumerate(seed_generators(model)):
        if not hasattr(layer, "get_dropout_mask") or id(layer) in {id(site.layer) for site in dropout_sites(model)}:
            explicit = generator._initial_seed
            start = derived_seed(seed, index) if explicit is None else explicit
            places.append((generator_place(model, layer, generator, named, written), start))
    return places


def generator_place(model: Any, layer: Any, generator: Any, named: set[str], written: bool) -> str:
    """Return the source that reaches a seed generator."""
    attributes = sorted(name for name, value in vars(layer).items() if value is generator)
    if not attributes:
        raise Unwritable(f"the seed of the layer {layer.name!r} cannot be reached")
    return f"{place_of(model, layer, named, written)}.{attributes[-1]}"


def place_of(model: Any, target: Any, named: set[str], written: bool, place: str = "model") -> str:
    """Return the source that reaches a layer, such as ``model.get_layer("dropout")``; note the names that it uses.

    Args:
        model: Where to look.
        target: The layer.
        named: Takes in the names of the layers on the way.
        written: Whether the script makes the layers, so that it may count on their names.
        place: The source that reaches ``model``.

    Raises:
        Unwritable: If it is nowhere.
    """
    if model is target:
        return place
    for index, layer in enumerate(model.layers):
        if not _holds(layer, target):
            continue
        if written:
            named.add(layer.name)
        step = f'{place}.get_layer("{layer.name}")' if written else f"{place}.layers[{index}]"
        return _inside(layer, target, named, written, step)
    raise Unwritable(f"the layer {target.name!r} cannot be reached")


def _inside(layer: Any, target: Any, named: set[str], written: bool, place: str) -> str:
    if layer is target:
        return place
    if isinstance(layer, keras.Model):
        return place_of(layer, target, named, written, place)
    for name, part in sorted(vars(layer).items(), key=lambda item: item[0].startswith("_")):
        parts = enumerate(part) if isinstance(part, list | tuple) else [("", part)]
        for index, member in parts:
            if isinstance(member, keras.Layer) and _holds(member, target):
                step = f"{place}.{name}" if index == "" else f"{place}.{name}[{index}]"
                return _inside(member, target, named, written, step)
    raise Unwritable(f"the layer {target.name!r} cannot be reached")


def _holds(layer: Any, target: Any) -> bool:
    return any(part is target for part in layer._flatten_layers())


def _leaves(model: Any) -> dict[int, Any]:
    """Return, by the id of each layer inside a model of layers, the layer that the script writes it with."""
    if not is_layered(model):
        return {}
    found: dict[int, Any] = {}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found |= _leaves(layer)
        else:
            found |= {id(part): layer for part in layer._flatten_layers()}
    return found
