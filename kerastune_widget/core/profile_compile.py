"""What a Keras model was compiled with, as plain values; Keras itself is never imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .model_profile import OutputProfile
from .profile_layer import attempt, comes_with_keras, kind_of, plain, snake_case

_SAME = {
    "acc": "accuracy",
    "bce": "binary_crossentropy",
    "ce": "crossentropy",
    "cosine_proximity": "cosine_similarity",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
    "rmse": "root_mean_squared_error",
}
EXACT = "Accuracy"
"""The class of this name counts outputs equal to the targets; "accuracy" is whichever accuracy fits the loss."""

_WRAPPERS = ("LossFunctionWrapper", "MeanMetricWrapper")


def with_compiled(model: Any, outputs: Sequence[OutputProfile], keys: Sequence[str]) -> tuple[OutputProfile, ...]:
    """Return ``outputs`` with the losses and metrics that the model was compiled with.

    Args:
        model: A Keras model.
        outputs: Its outputs; empty when unknown, and then there is one for each loss.
        keys: Their names in the dict that the model returns; empty when it returns none.
    """
    loss = getattr(model, "loss", None)
    made = list(outputs) or _outputs_of(loss)
    holder = getattr(model, "_compile_metrics", None)
    metrics = [getattr(holder, name, None) for name in ("_user_metrics", "_user_weighted_metrics")]
    for at, output in enumerate(made):
        names = (output.name, *keys[at : at + 1])
        own = _for_output(loss, at, names, len(made))
        name = name_of(own)
        measures = [name_of(leaf) for group in metrics for leaf in _leaves(_for_output(group, at, names, len(made)))]
        made[at] = replace(
            output, loss=name, from_logits=_from_logits(own, name), metrics=tuple(filter(None, measures))
        )
    return tuple(made)


def name_of(given: Any) -> str:
    """Return Keras's snake-case name of a loss or a metric (but see ``EXACT``); "" for one of a user's, or for none."""
    if given == EXACT or kind_of(given) == EXACT:
        return EXACT
    if isinstance(given, str):
        return _SAME.get(given.lower(), snake_case(given))
    if given is None:
        return ""
    if kind_of(given) in _WRAPPERS:
        return name_of(getattr(given, "fn", None) or getattr(given, "_fn", None))
    named = given if hasattr(given, "__name__") else type(given)
    if not comes_with_keras(named):
        return ""
    return _SAME.get(named.__name__.lower(), snake_case(named.__name__))


def profile_optimizer(model: Any) -> tuple[str, dict[str, Any], float | None]:
    """Return the optimizer's name, its configuration and its fixed learning rate; ("", {}, None) without one."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or isinstance(optimizer, str):
        return (str(optimizer or "").lower(), {}, None)
    optimizer = getattr(optimizer, "inner_optimizer", None) or optimizer  # what scales the loss for half precision
    config: dict[str, Any] = attempt(lambda: plain(optimizer.get_config()), {})
    rate = config.get("learning_rate")
    known = isinstance(rate, int | float) and not isinstance(rate, bool)
    return (kind_of(optimizer).lower(), config, float(f"{rate:.6g}") if known else None)


def _outputs_of(loss: Any) -> list[OutputProfile]:
    if isinstance(loss, Mapping):
        return [OutputProfile(name=str(name)) for name in loss]
    return [OutputProfile()] * (len(loss) if isinstance(loss, list | tuple) and loss else 1)


def _for_output(given: Any, at: int, names: Iterable[str], count: int) -> Any:
    """Return the part of what was given to ``compile`` that is meant for one output."""
    if isinstance(given, Mapping):
        found = next((given[name] for name in names if name in given), None)
        return next(iter(given.values()), None) if found is None and count == 1 else found
    if isinstance(given, list | tuple) and count > 1:
        return given[at] if len(given) == count else None
    if isinstance(given, list | tuple) and len(given) == 1:
        return given[0]
    return given


def _leaves(given: Any) -> list[Any]:
    if isinstance(given, Mapping):
        given = list(given.values())
    return [leaf for part in given for leaf in _leaves(part)] if isinstance(given, list | tuple) else [given]


def _from_logits(loss: Any, name: str) -> bool | None:
    if "crossentropy" not in name:
        return None
    arguments = getattr(loss, "_fn_kwargs", None)
    given = arguments.get("from_logits") if isinstance(arguments, Mapping) else getattr(loss, "from_logits", None)
    return bool(given)
