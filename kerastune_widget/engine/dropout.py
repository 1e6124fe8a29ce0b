"""Dropout whose rate can move while the compiled training step keeps running.

Keras reads a dropout rate as a Python number when the step is traced. Here a float64 variable takes its place, and
the mask is drawn with the same seeds and the same arithmetic, so at a given rate the numbers equal Keras's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras

_RATE_LAYERS = (keras.layers.Dropout, keras.layers.GaussianDropout, keras.layers.AlphaDropout)
_CELL_RATES = ("dropout", "recurrent_dropout")
_SELU_SCALE = 1.7580993408473766  # alpha * scale of SELU: Klambauer et al., 2017, arXiv:1706.02515, section 2


@dataclass(frozen=True)
class DropoutSite:
    """One dropout rate in a model.

    Attributes:
        name: How people know it: the layer's name, for a recurrent layer with ".dropout" or ".recurrent_dropout".
        layer: The layer or cell that holds it.
        attribute: Its attribute: "rate", "dropout" or "recurrent_dropout".
    """

    name: str
    layer: Any
    attribute: str

    @property
    def rate(self) -> float:
        """The rate as the layer was built with."""
        return float(getattr(self.layer, self.attribute))


def dropout_sites(model: Any) -> list[DropoutSite]:
    """Return every dropout rate of ``model`` in the order of its layers.

    A subclass with a ``call`` of its own (Monte Carlo dropout, say) is left as it is.
    Recurrent layers count only where their rate is not zero, which is the default of all of them.
    """
    sites: list[DropoutSite] = []
    owners = {id(layer.cell): layer.name for layer in _layers(model) if hasattr(layer, "cell")}
    for layer in _layers(model):
        if isinstance(layer, _RATE_LAYERS) and type(layer).call.__module__.startswith("keras."):
            sites.append(DropoutSite(layer.name, layer, "rate"))
        elif hasattr(layer, "get_dropout_mask"):
            owner = owners.get(id(layer), layer.name)
            rates = [name for name in _CELL_RATES if getattr(layer, name, 0)]
            sites += [DropoutSite(f"{owner}.{name}", layer, name) for name in rates]
    return _uniquely_named(sites)


def rate_of(
    site: DropoutSite, index: int, value: float | Mapping[str, float] | None, own: Mapping[str, float]
) -> float:
    """Return the rate of one site under a value of the dropout control.

    Args:
        site: Which.
        index: Its place among the model's sites.
        value: One rate for all, rates by name, or None for the model's own.
        own: The user's model's rates by name, in the order of its sites.
    """
    names = list(own)  # a build() function may name its layers anew each time, so the place counts
    name = names[index] if index < len(names) else site.name
    if value is None:
        return own.get(name, 0.0)
    return float(value.get(name, own.get(name, 0.0)) if isinstance(value, Mapping) else value)


def make_movable(sites: list[DropoutSite]) -> list[Any]:
    """Put a float64 variable in the place of each rate; return the variables in the order of the sites.

    Call before the model's first step is traced. TensorFlow backend only.
    """
    import tensorflow as tf

    variables = []
    for site in sites:
        rate = tf.Variable(site.rate, dtype=tf.float64, trainable=False, name="dropout_rate")
        variables.append(rate)
        if site.attribute == "rate":
            _replace_call(site.layer, rate)
        else:
            _replace_mask(site.layer, site.attribute, rate)
    return variables


def _layers(model: Any) -> list[Any]:
    return list(model._flatten_layers(include_self=False))


def _uniquely_named(sites: list[DropoutSite]) -> list[DropoutSite]:
    seen: dict[str, int] = {}
    named = []
    for site in sites:
        seen[site.name] = seen.get(site.name, 0) + 1
        name = site.name if seen[site.name] == 1 else f"{site.name} #{seen[site.name]}"
        named.append(DropoutSite(name, site.layer, site.attribute))
    return named


def _replace_call(layer: Any, rate: Any) -> None:
    ensure_seed_generator(layer)
    draw = _draw_for(layer)

    def call(inputs: Any, training: bool = False) -> Any:
        return draw(layer, inputs, rate) if training else inputs

    layer.call = call


def ensure_seed_generator(layer: Any) -> None:
    """Give a dropout layer that was built with rate 0 the seed generator that it then lacks."""
    if not hasattr(layer, "seed_generator"):
        layer._tracker.unlock()  # a built layer refuses new state
        layer.seed_generator = keras.random.SeedGenerator(layer.seed)
        layer._tracker.lock()


def _draw_for(layer: Any) -> Callable[[Any, Any, Any], Any]:
    if isinstance(layer, keras.layers.GaussianDropout):
        return _gaussian
    return _alpha if isinstance(layer, keras.layers.AlphaDropout) else _bernoulli


def _bernoulli(layer: Any, inputs: Any, rate: Any) -> Any:
    if hasattr(layer, "_get_noise_shape"):
        shape: Any = layer._get_noise_shape(inputs)
    else:
        shape = _noise_shape(inputs, layer.noise_shape)
    return _masked(inputs, shape, rate, layer.seed_generator)


def _masked(inputs: Any, shape: Any, rate: Any, seed_generator: Any) -> Any:
    import tensorflow as tf

    seed = tf.cast(seed_generator.next(), tf.int32)
    scale = tf.cast(tf.where(rate < 1.0, 1.0 / (1.0 - rate), 0.0), inputs.dtype)
    kept = tf.random.stateless_uniform(shape, seed=seed, dtype=inputs.dtype) >= tf.cast(rate, inputs.dtype)
    return tf.where(kept, inputs * scale, tf.zeros((), inputs.dtype))


def _gaussian(layer: Any, inputs: Any, rate: Any) -> Any:
    import tensorflow as tf

    deviation = tf.cast(tf.sqrt(rate / (1.0 - rate)), layer.compute_dtype)
    shape = keras.ops.shape(inputs)
    return inputs * keras.random.normal(
        shape=shape, mean=1.0, stddev=deviation, dtype=layer.compute_dtype, seed=layer.seed_generator
    )


def _alpha(layer: Any, inputs: Any, rate: Any) -> Any:
    import tensorflow as tf

    shape = _noise_shape(inputs, layer.noise_shape)
    drawn = keras.random.uniform(shape, seed=layer.seed_generator)
    kept = tf.cast(drawn >= tf.cast(rate, drawn.dtype), inputs.dtype)
    slope = ((1 - rate) * (1 + rate * _SELU_SCALE**2)) ** -0.5
    offset = slope * _SELU_SCALE * rate
    mixed = inputs * kept + -_SELU_SCALE * (1 - kept)
    return tf.cast(slope, inputs.dtype) * mixed + tf.cast(offset, inputs.dtype)


def _noise_shape(inputs: Any, noise_shape: Any) -> Any:
    shape = keras.ops.shape(inputs)
    if noise_shape is None:
        return shape
    return [shape[axis] if size is None else size for axis, size in enumerate(noise_shape)]


def _replace_mask(cell: Any, attribute: str, rate: Any) -> None:
    """Recurrent cells draw one mask a batch and keep it for all time steps; only the drawing is replaced."""
    import tensorflow as tf

    kept = "_dropout_mask" if attribute == "dropout" else "_recurrent_dropout_mask"

    def draw(step_input: Any) -> Any:
        ones = tf.ones_like(step_input)
        return _masked(ones, tf.shape(ones), rate, cell.seed_generator)

    def get_mask(step_input: Any) -> Any:
        if getattr(cell, kept, None) is None:
            count = getattr(cell, "dropout_mask_count", None)
            setattr(cell, kept, draw(step_input) if count is None else [draw(step_input) for _ in range(count)])
        return getattr(cell, kept)

    setattr(cell, "get_dropout_mask" if attribute == "dropout" else "get_recurrent_dropout_mask", get_mask)


def insert_dropout(model: Any, rate: float) -> Any:
    """Return a new model like ``model`` with Dropout after each hidden layer; weights are those of ``model``'s layers.

    Args:
        model: A Sequential or Functional model, not nested in another.
        rate: The rate of the inserted layers.

    Returns:
        An uncompiled model that holds the same layer objects.
    """
    hidden = {id(layer) for layer in hidden_layers(model)}
    if isinstance(model, keras.Sequential):
        layers: list[Any] = [keras.Input(batch_shape=model.inputs[0].shape, dtype=model.inputs[0].dtype)]
        for layer in model.layers:
            layers += [layer, keras.layers.Dropout(rate)] if id(layer) in hidden else [layer]
        return keras.Sequential(layers, name=model.name)

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = layer(*args, **kwargs)
        return keras.layers.Dropout(rate)(outputs) if id(layer) in hidden else outputs

    return keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=call)


def hidden_layers(model: Any) -> list[Any]:
    """Return the layers after which dropout may stand: those with weights and a non-linearity, but no output layer."""
    if not isinstance(model, keras.Sequential) and not hasattr(model, "_nodes_by_depth"):
        return []
    if any(getattr(layer, "layers", None) for layer in model.layers) or not model.built:
        return []  # nested models keep their own layout
    outputs = _output_layers(model)
    return [layer for layer in model.layers if _may_be_hidden(layer) and id(layer) not in outputs]


def _may_be_hidden(layer: Any) -> bool:
    kinds = (keras.layers.Dense, keras.layers.RNN, keras.layers.Bidirectional)
    return (isinstance(layer, kinds) or "Conv" in type(layer).__name__) and bool(layer.weights)


def _output_layers(model: Any) -> set[int]:
    """Return the ids of the layers that make the outputs, whatever weightless layers (a softmax, say) follow them."""
    found: set[int] = set()
    waiting = list(keras.tree.flatten(model.outputs))
    while waiting:
        origin = waiting.pop()._keras_history
        if _may_be_hidden(origin.operation):
            found.add(id(origin.operation))
        else:
            waiting += origin.operation._inbound_nodes[origin.node_index].input_tensors
    return found
