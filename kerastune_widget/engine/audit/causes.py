"""Why a layer answered differently, told from what was recorded of its calls."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from ...core.text import NO_TEXT, Text
from .recording import Record

_DRAWS_IN_TRAINING = Text(
    en="{layers} is in training mode when the model predicts (it is called with training=True), so it draws new random "
    "numbers at each call.",
    zh="{layers}在模型预测时处于训练模式（调用时 training=True），因此每次调用都会抽取新的随机数。",
)
_NORMALIZES_IN_TRAINING = Text(
    en="{layers} is in training mode when the model predicts (it is called with training=True), so it normalizes each "
    "row by the mean and variance of the batch that the row happens to be in.",
    zh="{layers}在模型预测时处于训练模式（调用时 training=True），因此每一行都按它所在批次的均值和方差归一化。",
)
_TRAINING_FIX = Text(
    en="Do not write training=True into the model: let Keras pass it on, or in your own call(self, x, training=None) "
    "hand on training=training. For Monte Carlo dropout keep it, and report mean and spread of many predictions.",
    zh="不要在模型中写死 training=True：让 Keras 自动传递，或在自己的 call(self, x, training=None) 中写 "
    "training=training。若是蒙特卡洛 dropout，可以保留，但应报告多次预测的均值和离散程度。",
)
_NORMALIZES_FIX = Text(
    en="Do not write training=True into the model: let Keras pass it on, so that predictions use the moving mean and "
    "variance.",
    zh="不要在模型中写死 training=True：让 Keras 自动传递，使预测使用移动均值和移动方差。",
)
_STATE = Text(
    en="{layers} keeps its state from one call to the next (stateful=True), so an answer depends on all that was "
    "asked before.",
    zh="{layers}会把状态保留到下一次调用（stateful=True），因此每次回答都取决于之前输入过的全部内容。",
)
_STATE_FIX = Text(
    en="Reset it before each new series, model.get_layer({name!r}).reset_state(), or build it with stateful=False. "
    "When "
    "you train it, keep the rows in order (shuffle=False).",
    zh="在每个新序列之前重置：model.get_layer({name!r}).reset_state()；或使用 stateful=False 构建。训练时请保持行的顺序"
    "（shuffle=False）。",
)
_CHANGES = Text(
    en="{layers} changes variables of its own whenever it is called, also when the model predicts: {variables}.",
    zh="{layers}每次被调用都会改变自己的变量，预测时也不例外：{variables}。",
)
_CHANGES_FIX = Text(en="Change them only where training is true.", zh="只在 training 为真时才改变这些变量。")
_DRAWS = Text(
    en="{layers} draws random numbers at every call, whatever training says.",
    zh="无论 training 取何值，{layers}每次调用都会抽取随机数。",
)
_DRAWS_FIX = Text(
    en="In its call(self, x, training=None), draw only where training is true.",
    zh="在它的 call(self, x, training=None) 中，只在 training 为真时抽取随机数。",
)
_UNGOVERNED = Text(
    en="{layers} gives something else for the same input: it draws random numbers that no seed of the model governs, "
    "or "
    "keeps something outside of its weights.",
    zh="{layers}对相同的输入给出不同的结果：它抽取的随机数不受模型的任何种子控制，或者它在权重之外保存了某些内容。",
)
_UNGOVERNED_FIX = Text(
    en="Draw with keras.random and a seed of the layer's own (self.seed_generator = keras.random.SeedGenerator(seed)), "
    "and only where training is true.",
    zh="使用 keras.random，并为该层设置自己的种子（self.seed_generator = keras.random.SeedGenerator(seed)），且只在 "
    "training 为真时抽取。",
)


_DEFAULT = Text(
    en="{layers} acts unless it is told training=False: that is its default. model.predict(x) tells it so; a plain "
    "model(x) does not. Write model(x, training=False).",
    zh="除非传入 training=False，否则 {layers}就会起作用：这是它的默认行为。model.predict(x) 会传入该参数，而直接调用 "
    "model(x) 不会。请写 model(x, training=False)。",
)


@dataclass(frozen=True)
class Cause:
    """Why calls differ.

    Attributes:
        kind: "random", "state", or "default" (random, but only where nobody says whether it is training).
        text: In words, naming the layers.
        fix: What to do.
        layers: Their names.
    """

    kind: str
    text: Text
    fix: Text
    layers: tuple[str, ...]


def layer_list(layers: Iterable[Any]) -> Text:
    """Return layers by name and class, each once, in words."""
    found = {id(layer): (str(layer.name), type(layer).__name__) for layer in layers}
    return Text(
        en=", ".join(f"{name!r} ({kind})" for name, kind in found.values()),
        zh="、".join(f"“{name}”（{kind}）" for name, kind in found.values()),
    )


def why_unequal(parted: Sequence[Record], records: Sequence[Record]) -> list[Cause]:
    """Return the reasons why a model that predicts gives something else on the same input; never none.

    Args:
        parted: The calls whose outputs differ though their inputs do not.
        records: All calls, those of layers behind them too: their inputs differ already, yet they may be to blame.
    """
    blamed = {id(record): record for record in parted}
    alike = [one for one in records if id(one) not in blamed and _is_suspect(one)]
    every = [*parted, *(one for one in alike if _kind(one) != "unknown")]
    groups: dict[str, list[Record]] = {}
    for record in every:
        groups.setdefault(_kind(record), []).append(record)
    return [_cause(kind, found) for kind, found in groups.items()]


def _is_suspect(record: Record) -> bool:
    return bool(record.changed) or record.drew


def _kind(record: Record) -> str:
    if getattr(record.layer, "stateful", False) and isinstance(record.layer, keras.layers.RNN) and record.changed:
        return "stateful"
    if record.training and isinstance(record.layer, keras.layers.BatchNormalization):
        return "normalizes"
    if record.training:
        return "default" if _trains_by_default(record.layer) else "training"
    if record.changed:
        return "changes"
    return "draws" if record.drew else "unknown"


def _trains_by_default(layer: Any) -> bool:
    told = inspect.signature(layer.call).parameters.get("training")
    return told is not None and told.default is True


def _cause(kind: str, records: list[Record]) -> Cause:
    layers = layer_list(record.layer for record in records)
    names = tuple(dict.fromkeys(record.name for record in records))
    if kind == "stateful":
        return Cause("state", _STATE.filled(layers=layers), _STATE_FIX.filled(name=names[0]), names)
    if kind == "changes":
        variables = ", ".join(dict.fromkeys(name for record in records for name in record.changed))
        return Cause("state", _CHANGES.filled(layers=layers, variables=variables), _CHANGES_FIX, names)
    if kind == "default":
        return Cause("default", _DEFAULT.filled(layers=layers), NO_TEXT, names)
    texts = {
        "normalizes": (_NORMALIZES_IN_TRAINING, _NORMALIZES_FIX),
        "training": (_DRAWS_IN_TRAINING, _TRAINING_FIX),
        "draws": (_DRAWS, _DRAWS_FIX),
        "unknown": (_UNGOVERNED, _UNGOVERNED_FIX),
    }
    text, fix = texts[kind]
    return Cause("random", text.filled(layers=layers), fix, names)


def joined(texts: Iterable[Text]) -> Text:
    """Return several sentences as one text."""
    every = [text for text in texts if text.en]
    return Text(en=" ".join(text.en for text in every), zh="".join(text.zh for text in every))
