"""The user's compiled model as a template: fresh compiled copies of it, and what it tells about defaults."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from numpy.typing import NDArray

from ..errors import ModelError, NotAModelError
from .dropout import dropout_sites, hidden_layers, insert_dropout
from .failure import one_line
from .optimizers import own_recipe, shown_rate
from .seeding import seeded

Weights = list[NDArray[Any]]
_COMPILE_HELP = "Call model.compile(optimizer=..., loss=...) first."
_BUILD_HELP = "Pass a function that builds and compiles it instead: kt.Session(build, data)."


class ModelTemplate:
    """Makes fresh, compiled copies of the user's model, which itself is never touched.

    Args:
        source: A compiled Keras model, or a function without arguments that returns one.
        seed: Seed under which a ``build()`` function is called for the weights the model "came with".

    Raises:
        NotAModelError: If ``source`` is neither.
        ModelError: If the model is not compiled or compiled in a way that cannot be repeated on a copy.
    """

    def __init__(self, source: Any, seed: int = 0) -> None:
        self.model = None if not isinstance(source, keras.Model) and callable(source) else source
        self._build: Callable[[], Any] | None = source if self.model is None else None
        if self._build is not None:
            with seeded(seed):
                self.example = _checked(self._build(), "The model that your function returned")
        else:
            self.example = _checked(source, "The model")
            _refuse_own_compile(source)
            if not _is_layered(source):
                _clone(source)  # better refused now than when a run starts
        self.came_with: Weights | None = [w.copy() for w in self.example.get_weights()] if self.example.built else None
        self.optimizer = own_recipe(self.example.optimizer)

    @property
    def learning_rate(self) -> float:
        """The rate that the model was compiled with; of a schedule, its first."""
        return shown_rate(self.example.optimizer)

    @property
    def schedule(self) -> Any:
        """The user's own ``LearningRateSchedule``, or None."""
        inner = getattr(self.example.optimizer, "inner_optimizer", self.example.optimizer)
        rate = inner._learning_rate
        return rate if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule) or callable(rate) else None

    @property
    def dropout_rates(self) -> dict[str, float]:
        """The dropout rates of the model as it is, by layer."""
        return {site.name: site.rate for site in dropout_sites(self.example)}

    @property
    def can_insert_dropout(self) -> bool:
        """Whether the model has hidden layers to put dropout after, and none yet."""
        return not self.dropout_rates and bool(hidden_layers(self.example))

    @property
    def loss_name(self) -> str:
        """Name of the loss, such as "sparse_categorical_crossentropy"; empty when there are several or none."""
        loss = self.example.loss
        if isinstance(loss, str):
            return loss
        name = getattr(loss, "name", getattr(loss, "__name__", ""))
        return name if isinstance(name, str) else ""

    def fresh(self, seed: int, *, inserted_dropout: bool = False) -> Any:
        """Return a new compiled model with weights drawn under ``seed``.

        Raises:
            ModelError: If the model cannot be cloned.
        """
        with seeded(seed):
            model = self._build() if self._build is not None else _clone(self.example)
        if inserted_dropout:
            model = insert_dropout(model, 0.0)
        if self._build is None or inserted_dropout:
            model.compile(**_compile_arguments(self.example))
        return model


def _checked(model: Any, role: str) -> Any:
    if not isinstance(model, keras.Model):
        raise NotAModelError(
            f"{role} must be a compiled keras.Model or a function that returns one; received {type(model).__name__}."
        )
    if not model.compiled:
        raise ModelError(f"{role} ({model.name!r}) is not compiled. {_COMPILE_HELP}")
    if model.optimizer is None:
        raise ModelError(f"{role} ({model.name!r}) was compiled without an optimizer. {_COMPILE_HELP}")
    return model


def _refuse_own_compile(model: Any) -> None:
    if type(model).compile is not keras.Model.compile or getattr(model, "_compile_config", None) is None:
        raise ModelError(
            f"{type(model).__name__} has a compile() of its own, which cannot be repeated on a copy. {_BUILD_HELP}"
        )


def _compile_arguments(model: Any) -> dict[str, Any]:
    arguments = dict(model._compile_config.config)
    optimizer = model.optimizer
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    with keras.saving.custom_object_scope(_custom_objects(model)):
        arguments["optimizer"] = type(inner).from_config(inner.get_config())
        for key in ("metrics", "weighted_metrics"):
            arguments[key] = keras.tree.map_structure(_fresh_metric, arguments.get(key))
    return arguments


def _fresh_metric(metric: Any) -> Any:
    """Metrics hold state, so a copy needs its own; names and functions are shared."""
    if not isinstance(metric, keras.metrics.Metric):
        return metric
    try:
        return type(metric).from_config(metric.get_config())
    except (TypeError, ValueError, NotImplementedError) as error:
        raise ModelError(f"The metric {metric.name!r} cannot be copied ({error}). {_BUILD_HELP}") from error


def _custom_objects(model: Any) -> dict[str, Any]:
    """Everything of the user's own that a configuration may name."""
    arguments = model._compile_config.config if getattr(model, "_compile_config", None) else {}
    given = [leaf for value in arguments.values() for leaf in keras.tree.flatten(value)]
    given += [getattr(leaf, name) for leaf in given for name in ("fn", "_fn") if hasattr(leaf, name)]
    given += list(model._flatten_layers())
    objects: dict[str, Any] = {}
    for leaf in given:
        named = leaf if callable(leaf) and hasattr(leaf, "__name__") else type(leaf)
        if not named.__module__.startswith(("keras.", "builtins")):
            objects[named.__name__] = named
    return objects


def _clone(model: Any) -> Any:
    try:
        with keras.saving.custom_object_scope(_custom_objects(model)):
            clone = _cloned(model)
    except Exception as error:
        raise ModelError(
            f"{type(model).__name__} {model.name!r} cannot be cloned ({one_line(error)}). {_BUILD_HELP}"
        ) from error
    if type(clone) is not type(model) and type(model) not in (keras.Model, keras.Sequential):
        raise ModelError(f"{type(model).__name__} {model.name!r} loses its class when cloned. {_BUILD_HELP}")
    return clone


def _cloned(model: Any) -> Any:
    if _is_layered(model):
        with _taken_for_uncompiled(model):
            return keras.models.clone_model(model, clone_function=_clone_layer)
    clone = type(model).from_config(model.get_config())
    if model.built and not clone.built and getattr(model, "_build_shapes_dict", None):
        clone.build_from_config(model.get_build_config())
    return clone


def _is_layered(model: Any) -> bool:
    """Whether Keras knows all layers of the model and how they connect: Sequential, or Functional as Keras made it."""
    return type(model).__module__.startswith("keras.") and (
        isinstance(model, keras.Sequential) or hasattr(model, "_nodes_by_depth")
    )


@contextmanager
def _taken_for_uncompiled(model: Any) -> Iterator[None]:
    """Keep ``clone_model`` from compiling the clone: it would serialize the losses, which lambdas do not survive."""
    model.compiled = False
    try:
        yield
    finally:
        model.compiled = True


def _clone_layer(layer: Any) -> Any:
    config = layer.get_config()
    if isinstance(layer, keras.layers.Lambda):
        return _clone_lambda(layer, config)
    return type(layer).from_config(config)


def _clone_lambda(layer: Any, config: dict[str, Any]) -> Any:
    """A Lambda's function is the user's own and already in memory: share it rather than unmarshal code."""
    return keras.layers.Lambda(
        layer.function, arguments=copy.deepcopy(layer.arguments), mask=config.get("mask"), name=layer.name
    )
