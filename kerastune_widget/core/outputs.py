"""The curves of each output of a model that has several, as a history of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from .history import History

Values = TypeVar("Values", bound=Sequence[float] | object)


def output_names(history: History) -> tuple[str, ...]:
    """Return the names of the outputs that have a loss of their own; empty for a single one.

    Keras writes ``<output>_loss``, but so do models with losses of their own (``kl_loss``), which are no outputs. An
    output is one that the model is known to have, or that has a metric too.
    """
    named = [name[: -len("_loss")] for name in history.epochs if _is_part(name)]
    known = {output.name for output in history.model.outputs} if history.model is not None else set()
    found = [name for name in named if name in known or (not known and _has_metric(history, name))]
    return tuple(found) if len(found) > 1 or (found and len(named) > 1) else ()


def _is_part(name: str) -> bool:
    return name.endswith("_loss") and not name.startswith("val_") and name != "_loss"


def _has_metric(history: History, output: str) -> bool:
    return any(name.startswith(f"{output}_") and name != f"{output}_loss" for name in history.epochs)


def output_histories(history: History) -> dict[str, History]:
    """Return each output's own curves under the names that a single output has, with what is known of it alone."""
    return {name: _of(history, name) for name in output_names(history)}


def _of(history: History, output: str) -> History:
    model, data = history.model, history.data
    outputs = tuple(one for one in model.outputs if one.name == output) if model is not None else ()
    targets = tuple(one for one in data.targets if one.name == output) if data is not None else ()
    rows = {name: history.facts[name] for name in ("training_rows", "validation_rows") if name in history.facts}
    rate = {"scheduled": True} if history.facts.get("scheduled") else {}
    loss = {"loss_name": outputs[0].loss} if outputs and outputs[0].loss else {}
    classes = {"classes": targets[0].classes} if targets and targets[0].classes else {}
    return replace(
        history,
        epochs=_own(history.epochs, output),
        steps=_own(history.steps, output),
        facts={**rows, **rate, **loss, **classes},
        signals={},
        model=None if model is None else replace(model, outputs=outputs),
        data=None if data is None else replace(data, targets=targets),
    )


def _own(series: Mapping[str, Values], output: str) -> dict[str, Values]:
    own: dict[str, Values] = {}
    for name, values in series.items():
        validation = "val_" if name.startswith("val_") else ""
        rest = name.removeprefix("val_")
        if rest.startswith(f"{output}_"):
            own[validation + rest.removeprefix(f"{output}_")] = values
        elif name in ("learning_rate", "lr"):
            own[name] = values
    return own
