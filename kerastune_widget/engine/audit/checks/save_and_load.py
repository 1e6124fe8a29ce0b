"""The model against itself, saved and loaded again: state that the file does not hold."""

from __future__ import annotations

import math
import tempfile
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ....core.audit import Outcome, judged
from ....core.text import NO_TEXT, Text
from ...failure import one_line
from ...parcel import own_objects
from ..causes import layer_list
from ..check import Check
from ..kept import layers_of, own_variables, values_of
from ..recording import Record, sources
from ..subject import Subject

_MOST_WEIGHTS = 1 << 28  # 1 GB of float32, and optimizer state beside it
_LARGE = Text(en="The model has more than 268 million weights.", zh="模型的权重超过 2.68 亿个。")
_UNSETTLED = Text(
    en="The model gives something else at every call even from the same state: see “The same input twice” first.",
    zh="即使从相同的状态出发，模型每次调用的结果也不同：请先解决“同一输入预测两次”中的问题。",
)
_NOT_SAVED = Text(en="The model cannot be saved: {error}", zh="模型无法保存：{error}")
_NOT_LOADED = Text(en="The saved model cannot be loaded again: {error}", zh="保存的模型无法重新加载：{error}")
_CONFIG_FIX = Text(
    en="Give each layer of your own a get_config() that returns all arguments of its __init__, and decorate its class "
    "with @keras.saving.register_keras_serializable().",
    zh="为每个自定义层编写 get_config()，返回其 __init__ 的全部参数，并用 @keras.saving.register_keras_serializable() "
    "装饰其类。",
)
_NAME_FIX = Text(
    en="Decorate functions and classes of your own that it uses with @keras.saving.register_keras_serializable().",
    zh="用 @keras.saving.register_keras_serializable() 装饰模型使用的自定义函数和类。",
)
_LOST_WEIGHTS = Text(
    en="{layers} comes back with other values in its variables: {names}.",
    zh="{layers}加载后变量的值不同：{names}。",
)
_LOST_ATTRIBUTES = Text(
    en="{layers} loses state that is neither a weight nor in its configuration: {names}.",
    zh="{layers}丢失了既不是权重、也不在配置中的状态：{names}。",
)
_LOST = Text(
    en="{layers} answers differently once loaded: it holds something that is neither a weight nor in its "
    "configuration.",
    zh="{layers}加载后给出不同的结果：它保存的某些内容既不是权重，也不在配置中。",
)
_STATE_FIX = Text(
    en="Keep it as a weight (self.add_weight(..., trainable=False)), return it from get_config() and take it in "
    "__init__, or write save_own_variables() and load_own_variables().",
    zh="把它保存为权重（self.add_weight(..., trainable=False)），或在 get_config() 中返回并由 __init__ 接收，或编写 "
    "save_own_variables() 和 load_own_variables()。",
)
_CUSTOM = Text(
    en="Loading it elsewhere needs custom_objects={{...}} for {names}, or "
    "@keras.saving.register_keras_serializable() on each.",
    zh="在别处加载需要为 {names} 提供 custom_objects={{...}}，或为每个类加上 "
    "@keras.saving.register_keras_serializable()。",
)


def run(subject: Subject) -> Outcome:
    """Save the model to a temporary folder, load it, and compare the answers from the same state."""
    if sum(math.prod(weight.shape) for weight in subject.model.weights) > _MOST_WEIGHTS:
        return Outcome("skipped", _LARGE)
    if not subject.repeats_itself("predict"):
        return Outcome("skipped", _UNSETTLED)
    custom = own_objects(subject.model)
    loaded = _reloaded(subject.model, custom)
    if isinstance(loaded, Outcome):
        return loaded
    with subject.kept():
        before, records = subject.recorded(subject.x)
    _start_alike(subject.model, loaded)
    other = Subject(loaded, subject.training, rows=subject.rows)
    after, again = other.recorded(subject.x)
    found = subject.agree(before, after)
    if found.within_rounding:
        outcome = judged(found)
        return Outcome(outcome.verdict, _unregistered(custom), size=outcome.size)
    parted = sources(records, again, subject.dtype) or list(zip(records[:1], again[:1], strict=True))
    return judged(found, _why(parted), _STATE_FIX, layers=tuple(dict.fromkeys(one.name for one, _ in parted)))


def _reloaded(model: Any, custom: dict[str, Any]) -> Any:
    """Return the model as loaded from a file; or the outcome when that cannot be done."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder, "model.keras")
        try:
            model.save(path)
        except Exception as error:  # whatever a layer's own get_config raises
            return Outcome("different", _NOT_SAVED.filled(error=one_line(error)), _CONFIG_FIX)
        try:  # its own functions, which are in memory already, are all that the file can name
            return keras.saving.load_model(path, custom_objects=custom, compile=False, safe_mode=False)
        except Exception as error:
            own = [layer for layer in layers_of(model) if not type(layer).__module__.startswith("keras.")]
            layers = tuple(layer.name for layer in own if type(layer).__name__ in str(error))
            fix = _CONFIG_FIX if own else _NAME_FIX
            return Outcome("different", _NOT_LOADED.filled(error=one_line(error)[:240]), fix, layers)


def _unregistered(custom: dict[str, Any]) -> Text:
    names = {one.__name__ for one in custom.values() if ">" not in str(keras.saving.get_registered_name(one))}
    return _CUSTOM.filled(names=", ".join(sorted(names))) if names else NO_TEXT


def _start_alike(model: Any, loaded: Any) -> None:
    """Let random layers draw the same, and recurrent ones go on alike: a file does not hold where these stood."""
    for ours, theirs in zip(layers_of(model), layers_of(loaded), strict=False):
        for one, other in zip(ours._seed_generators, theirs._seed_generators, strict=False):
            other.state.assign(one.state)
        if isinstance(ours, keras.layers.RNN) and ours.stateful:
            for one, other in zip(own_variables(ours), own_variables(theirs), strict=False):
                other.assign(one)


def _why(parted: list[tuple[Record, Record]]) -> Text:
    layers = layer_list(one.layer for one, _ in parted)
    weights = [name for one, other in parted for name in _other_weights(one.layer, other.layer)]
    if weights:
        return _LOST_WEIGHTS.filled(layers=layers, names=", ".join(weights))
    lost = [name for one, other in parted for name in _other_attributes(one.layer, other.layer)]
    return _LOST_ATTRIBUTES.filled(layers=layers, names=", ".join(lost)) if lost else _LOST.filled(layers=layers)


def _other_weights(ours: Any, theirs: Any) -> list[str]:
    if len(ours.weights) != len(theirs.weights):
        return [weight.name for weight in ours.weights[len(theirs.weights) :]]
    pairs = zip(ours.weights, values_of(ours.weights), values_of(theirs.weights), strict=True)
    return [weight.name for weight, one, other in pairs if not np.array_equal(one, other, equal_nan=True)]


def _other_attributes(ours: Any, theirs: Any) -> list[str]:
    """Return public attributes, and private ones of the user's own, that differ: "scale (2.5, loaded: 1.0)"."""
    known = set(vars(keras.layers.Layer()))
    mine, loaded = vars(ours), vars(theirs)
    return [
        f"{name} ({_shown(value)}, {_shown(loaded.get(name))})"
        for name, value in mine.items()
        if name not in known
        and not name.startswith("_self_")
        and _is_plain(value)
        and not _alike(value, loaded.get(name))
    ]


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(part) for part in value)
    if isinstance(value, dict):
        return all(_is_plain(part) for part in value.values())
    return value is None or isinstance(value, bool | int | float | str | np.ndarray | np.generic)


def _alike(first: Any, second: Any) -> bool:
    try:
        return bool(np.all(np.asarray(first) == np.asarray(second)))
    except Exception:  # what cannot be compared is not what went missing
        return True


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array {value.shape}"
    words = f"{value:.4g}" if isinstance(value, float) else repr(value)
    return words if len(words) <= 40 else words[:39] + "…"


CHECK = Check("save_and_load", 40, Text(en="Saved and loaded again", zh="保存后重新加载"), run)
