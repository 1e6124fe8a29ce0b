"""What the rules ask of the data profile, and how the model takes its inputs in."""

from __future__ import annotations

import numpy as np

from ..curves import accuracy_at_end
from ..data_profile import InputProfile, TargetProfile
from ..history import History
from ..model_profile import LayerProfile, ModelProfile
from ..text import Text

_LOSSES_OF_NUMBERS = (
    "mean_squared_error",
    "mean_absolute_error",
    "root_mean_squared_error",
    "huber",
    "log_cosh",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "poisson",
)
_PASSING = ("Flatten", "Reshape", "Permute", "RepeatVector", "Masking", "Identity", "Concatenate", "Add", "Average")
_PASSING_PARTS = ("Dropout", "Cropping", "Padding", "Pooling", "Random", "GaussianNoise", "UpSampling")
_TAKING = ("Dense", "Conv", "LSTM", "GRU", "RNN", "Attention", "LocallyConnected")


def only_target(history: History) -> TargetProfile | None:
    """Return the target of data with a single one."""
    targets = history.data.targets if history.data is not None else ()
    return targets[0] if len(targets) == 1 else None


def only_loss(history: History) -> str:
    """Return the name of the loss of a model with a single output; "" when unknown."""
    outputs = history.model.outputs if history.model is not None else ()
    return outputs[0].loss if len(outputs) == 1 else str(history.facts.get("loss_name") or "")


def regresses(history: History, target: TargetProfile) -> bool:
    """Return whether the target is a quantity: whole numbers may be counts that a linear output is to hit."""
    outputs = history.model.outputs if history.model is not None else ()
    linear = len(outputs) != 1 or outputs[0].activation in ("linear", "relu", "softplus", "")
    return target.kind == "regression" or (
        target.kind in ("classes", "binary") and only_loss(history) in _LOSSES_OF_NUMBERS and linear
    )


def is_classified(history: History, target: TargetProfile) -> bool:
    """Return whether each row has one class of the target."""
    return target.kind in ("binary", "classes", "one_hot") and not regresses(history, target)


def gap_of_accuracy(history: History) -> float:
    """Return training accuracy less validation accuracy at the end; NaN when one is missing."""
    return accuracy_at_end(history) - accuracy_at_end(history, "val_accuracy")


def validates(history: History) -> bool:
    """Return whether the run has a validation loss."""
    return bool(np.isfinite(history.series("val_loss")).any())


def input_words(entry: InputProfile) -> Text:
    """Return how to call an input in the middle of a sentence."""
    if not entry.name:
        return Text(en="the inputs", zh="输入")
    return Text(en=f'input "{Text.same(entry.name).en}"', zh=f"输入“{Text.same(entry.name).zh}”")


def takes_raw(model: ModelProfile, entry: InputProfile, inputs: int) -> LayerProfile | None:
    """Return the trained layer that receives an input as it is; None when something scales or looks it up before.

    Where several inputs enter, nobody knows which goes where, and one layer that scales counts for all.

    Args:
        model: The model.
        entry: One of its inputs.
        inputs: How many it has.
    """
    found = _entrances(model)
    if not found or (inputs > 1 and any(_prepares(layer) for layer in model.layers)):
        return None
    if any(not _takes(layer) for layer in found):
        return None
    return found[0]


def _entrances(model: ModelProfile) -> list[LayerProfile]:
    """Return the first layers that do something to the inputs, along each way in."""
    if any(layer.sources is None for layer in model.layers):
        return [layer for layer in model.layers if not _passes(layer)][:1]
    reached: set[str] = set()  # layers that hand the inputs on
    found = []
    for layer in model.layers:
        if layer.sources and not set(layer.sources) & reached:
            continue
        if _passes(layer):
            reached.add(layer.name)
        elif not layer.sources or set(layer.sources) <= reached:
            found.append(layer)
    return found


def _passes(layer: LayerProfile) -> bool:
    return layer.kind in _PASSING or any(part in layer.kind for part in _PASSING_PARTS)


def _prepares(layer: LayerProfile) -> bool:
    return layer.rescales or layer.kind == "Embedding"


def _takes(layer: LayerProfile) -> bool:
    """Whether the layer multiplies what it receives by trained weights; a frozen one had its inputs agreed long ago."""
    known = any(part in layer.kind for part in _TAKING) and not layer.normalizes
    return known and layer.trainable and layer.parameters > 0
