"""Layers under the names that a run knows them by: Keras names those of a model that is built again anew."""

from __future__ import annotations

from ..core.model_profile import LayerProfile, ModelProfile


def known_names(known: ModelProfile | None, now: ModelProfile | None) -> dict[str, str] | None:
    """Return the names that a run began with, by what the same layers are called now.

    Args:
        known: The model that the run began with; None for a run that begins.
        now: The model that goes on.

    Returns:
        None when there is nothing to compare, or the two are not layer by layer alike.
    """
    if known is None or now is None or [*map(_shape, known.layers)] != [*map(_shape, now.layers)]:
        return None
    return {new.name: old.name for old, new in zip(known.layers, now.layers, strict=True)}


def _shape(layer: LayerProfile) -> tuple[str, int | None, int]:
    return layer.kind, layer.units, layer.parameters
