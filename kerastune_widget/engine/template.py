"""The user's compiled model as a template: fresh compiled copies of it, and what it tells about defaults."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import keras
from numpy.typing import NDArray

from ..errors import ModelError, NotAModelError
from .building import ensure_built
from .dropout import dropout_sites, hidden_layers, insert_dropout
from .failure import one_line
from .optimizers import own_recipe
from .seeding import seeded
from .structure import AS_BUILT, Structure
from .structure_build import Origins, restructured
from .structure_compile import matched_arguments
from .structure_layers import is_layered

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

    Attributes:
        model: The user's own model; None when a function builds it.
        example: That model, or one that the function built; for looking at only.
        came_with: Its weights; None when it has none yet.
        optimizer: The recipe of its optimizer.
        learning_rate: The rate that it was compiled with; of a schedule, the rate that it begins with.
        dropout_rates: Its dropout rates by layer.
        can_insert_dropout: Whether it has hidden layers to put dropout after, and no dropout yet.
    """

    def __init__(self, source: Any, seed: int = 0) -> None:
        self.model = None if callable(source) and not isinstance(source, keras.Layer) else source
        self._build: Callable[[], Any] | None = source if self.model is None else None
        if self._build is not None:
            with seeded(seed):
                self.example = _checked(self._build(), "The model that your function returned")
        else:
            self.example = _checked(source, "The model")
            _refuse_own_compile(source)
            if not is_layered(source):
                _clone(source)  # better refused now than when a run starts
        weights = self.example.get_weights()  # a subclassed model may call itself built and have none yet
        self.came_with: Weights | None = [weight.copy() for weight in weights] or None
        self.optimizer = own_recipe(self.example.optimizer)
        self.learning_rate = self.optimizer.base_rate
        self.dropout_rates = {site.name: site.rate for site in dropout_sites(self.example)}
        self._built: Any = None
        self.can_insert_dropout = not self.dropout_rates and bool(hidden_layers(self.example))

    @property
    def function(self) -> Callable[[], Any] | None:
        """The user's function that builds the model; None when a model was given."""
        return self._build

    @property
    def loss_name(self) -> str:
        """Name of the loss, such as "sparse_categorical_crossentropy"; empty when there are several or none."""
        loss = self.example.loss
        if isinstance(loss, str):
            return loss
        name = getattr(loss, "name", getattr(loss, "__name__", ""))
        return name if isinstance(name, str) else ""

    @property
    def fixed_batch_size(self) -> int | None:
        """The batch size that the model was built for, if it insists on one."""
        inputs = getattr(self.example, "inputs", None) if self.example.built else None
        return keras.tree.flatten(inputs)[0].shape[0] if inputs else None

    def fresh(self, seed: int, structure: Structure = AS_BUILT, *, optimizer: Any = None, x: Any = None) -> Any:
        """Return a new compiled model with weights drawn under ``seed``.

        Args:
            seed: For the initial weights.
            structure: How it is to differ from the user's model; inserted dropout has rate 0, a Normalization layer
                is not adapted.
            optimizer: What to compile it with; None for one like the user's own.
            x: Inputs of a few rows, to build a model on that is not; needed for a structure that changes layers.

        Raises:
            ModelError: If the model cannot be cloned.
        """
        return self.make(seed, structure, optimizer=optimizer, x=x)[0]

    def make(
        self, seed: int, structure: Structure = AS_BUILT, *, optimizer: Any = None, x: Any = None
    ) -> tuple[Any, Origins | None]:
        """Return what ``fresh`` does, and where each weight comes from; None when all are the user's model's own."""
        with seeded(seed, numpy=self._build is not None):
            own = self._build() if self._build is not None else _clone(self.example)
            if structure != AS_BUILT and is_layered(own):
                ensure_built(own, x)
            model, origins = restructured(own, structure)
        if structure.inserted_dropout:
            model = insert_dropout(model, 0.0)
        optimizer = optimizer or self.optimizer.at(self.learning_rate)
        if self._build is not None and model is own and structure.output is None:
            model.optimizer = optimizer
        else:
            model.compile(optimizer, auto_scale_loss=False, **self._compile_arguments(structure))
        return model, origins

    def built_example(self, x: Any) -> Any:
        """Return the user's model for looking at; one of layers that is not built yet, as a copy that is.

        Args:
            x: Inputs of a few rows.
        """
        if self._built is None:
            self._built = self.example
            if is_layered(self.example) and not self.example.built:
                self._built = self.fresh(0)
                with suppress(Exception):  # whatever the layers raise: then it stays as it is, and a run will tell
                    ensure_built(self._built, x)
        return self._built

    def _compile_arguments(self, structure: Structure) -> dict[str, Any]:
        arguments = _compile_arguments(self.example)
        return arguments if structure.output is None else matched_arguments(arguments, structure.output)


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
    arguments |= {"steps_per_execution": 1}  # a step is a step, so that every loss is seen
    del arguments["optimizer"]
    with keras.saving.custom_object_scope(_custom_objects(model)):
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
    layers = list(model._flatten_layers())
    parts = [part for layer in layers for part in vars(layer).values()]  # activations, initializers, regularizers
    given += [*layers, *(part for part in parts if inspect.isfunction(part) or hasattr(part, "get_config"))]
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
    if is_layered(model):
        with _taken_for_uncompiled(model):
            return keras.models.clone_model(model, clone_function=_clone_layer)
    clone = type(model).from_config(model.get_config())
    if model.built and not clone.built and getattr(model, "_build_shapes_dict", None):
        clone.build_from_config(model.get_build_config())
    return clone


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
    clone = type(layer).from_config(config)
    if hasattr(layer, "get_vocabulary") and len(clone.get_vocabulary()) < len(layer.get_vocabulary()):
        clone.set_vocabulary(layer.get_vocabulary(include_special_tokens=False))  # adapted, so not in the config
    return clone


def _clone_lambda(layer: Any, config: dict[str, Any]) -> Any:
    """A Lambda's function is the user's own and already in memory: share it rather than unmarshal code."""
    return keras.layers.Lambda(
        layer.function, arguments=copy.deepcopy(layer.arguments), mask=config.get("mask"), name=layer.name
    )
