"""Operations in the traced graph that may give something else each time, by layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from ....core.audit import Outcome
from ....core.text import Text
from ..causes import joined, layer_list
from ..check import Check
from ..kept import layers_of
from ..subject import Subject

RANDOM = frozenset(
    {
        "Multinomial",
        "ParameterizedTruncatedNormal",
        "RandomGamma",
        "RandomPoissonV2",
        "RandomShuffle",
        "RandomStandardNormal",
        "RandomUniform",
        "RandomUniformInt",
        "RngReadAndSkip",
        "SampleDistortedBoundingBoxV2",
        "TruncatedNormal",
    }
)
"""They draw from generators inside TensorFlow, which only ``tf.random.set_seed`` or their own seed governs; Keras's own
layers draw by Stateless... operations instead. Source: TensorFlow's guide "Random number generation"."""

OPAQUE = frozenset({"EagerPyFunc", "PyFunc", "PyFuncStateless"})
"""They call Python code, which may do anything."""

UNORDERED = frozenset(
    {
        "BiasAddGrad",
        "Bincount",
        "Conv2DBackpropFilter",
        "Conv2DBackpropInput",
        "Conv3DBackpropFilterV2",
        "Conv3DBackpropInputV2",
        "CropAndResizeGradBoxes",
        "CropAndResizeGradImage",
        "CTCLoss",
        "CudnnRNNBackpropV3",
        "DepthwiseConv2dNativeBackpropFilter",
        "MaxPoolGrad",
        "ResizeBicubicGrad",
        "ResizeBilinearGrad",
        "ResizeNearestNeighborGrad",
        "ScatterNd",
        "SegmentSum",
        "SparseSoftmaxCrossEntropyWithLogits",
        "SparseTensorDenseMatMul",
        "UnsortedSegmentSum",
    }
)
"""On a GPU they may add up in another order each time. ``tf.config.experimental.enable_op_determinism`` makes them
deterministic or refuses them, but names none; these are kinds that NVIDIA's framework-reproducibility notes on
TensorFlow tell of. None of it was measured on a GPU of ours, so the words on it say "may"."""

_BACKEND = Text(
    en="Only TensorFlow builds a graph that can be looked at.", zh="只有 TensorFlow 会构建可以检查的计算图。"
)
_RANDOM = Text(
    en="{layers} draws by {operations}, from TensorFlow's own generator, which the seeds of Keras and of a session do "
    "not govern.",
    zh="{layers}通过 {operations} 抽取随机数，使用的是 TensorFlow 自己的生成器，不受 Keras 和会话的种子控制。",
)
_RANDOM_FIX = Text(
    en="Use keras.random with a keras.random.SeedGenerator of the layer's own in place of tf.random.",
    zh="请用 keras.random 和该层自己的 keras.random.SeedGenerator 代替 tf.random。",
)
_OPAQUE = Text(
    en="{layers} calls Python code inside the graph ({operations}), which cannot be looked into.",
    zh="{layers}在计算图中调用 Python 代码（{operations}），无法检查其内部。",
)
_ON_GPU = Text(
    en="{operations} may add up in another order each time on this GPU.",
    zh="在这块 GPU 上，{operations} 每次求和的顺序可能不同。",
)
_ON_GPU_FIX = Text(
    en="Train in strict mode: Session(..., strict=True).", zh="请使用严格模式训练：Session(..., strict=True)。"
)
_ELSEWHERE = Text(
    en="Here, without a GPU, all operations have a fixed order. On a GPU these may not: {operations}.",
    zh="本机没有 GPU，所有运算的顺序都是固定的。在 GPU 上，以下运算的顺序可能不固定：{operations}。",
)

Found = dict[str, dict[str, Any]]
"""By operation, the layers that it is in, by name."""


def run(subject: Subject) -> Outcome:
    """Trace a prediction, and a forward and backward pass in training, and walk through their operations."""
    if keras.backend.backend() != "tensorflow":
        return Outcome("skipped", _BACKEND)
    with subject.kept():
        found = _found(subject)
    drawing, opaque, unordered = (_among(found, group) for group in (RANDOM, OPAQUE, UNORDERED))
    notes = [_told(_OPAQUE, opaque)] if opaque else []
    if drawing:
        layers = tuple(dict.fromkeys(name for inside in drawing.values() for name in inside))
        return Outcome("different", joined([_told(_RANDOM, drawing), *notes]), _RANDOM_FIX, layers)
    if unordered and _risky_gpu():
        return Outcome("different", joined([_told(_ON_GPU, unordered), *notes]), _ON_GPU_FIX)
    if unordered:
        notes.append(_told(_ELSEWHERE, unordered))
    return Outcome("equal", joined(notes))


def _found(subject: Subject) -> Found:
    import tensorflow as tf

    x = keras.tree.map_structure(keras.ops.convert_to_tensor, subject.x)
    model, weights = subject.model, [variable.value for variable in subject.model.trainable_variables]

    def step(inputs: Any) -> Any:
        with tf.GradientTape() as tape:
            outputs = keras.tree.flatten(model(inputs, training=True))
            total = sum(tf.reduce_sum(tf.cast(one, tf.float32)) for one in outputs if one.dtype.is_floating)
        return tape.gradient(total, weights) if weights else total

    layers = {str(layer.name): layer for layer in layers_of(model)}
    found: Found = {}
    for function in (lambda inputs: model(inputs, training=False), step):
        graph = tf.function(function, autograph=False).get_concrete_function(x).graph
        for node in _nodes(graph.as_graph_def()):
            inside = [name for part in node.name.split("/") if (name := _layer_of(part, layers))]
            found.setdefault(node.op, {}).update({name: layers[name] for name in inside[-1:]})
    return found


def _layer_of(scope: str, layers: dict[str, Any]) -> str | None:
    """Return the layer whose scope this is: TensorFlow numbers a scope that Keras opens again, as for each call."""
    return next((name for name in (scope.rpartition("_")[0], scope) if name in layers), None)


def _nodes(definition: Any) -> Iterator[Any]:
    yield from definition.node
    for function in definition.library.function:
        yield from function.node_def


def _among(found: Found, group: frozenset[str]) -> Found:
    return {operation: layers for operation, layers in sorted(found.items()) if operation in group}


def _told(words: Text, found: Found) -> Text:
    layers = {name: layer for inside in found.values() for name, layer in inside.items()}
    every = layer_list(layers.values()) if layers else Text(en="The model", zh="模型")
    return words.filled(layers=every, operations=", ".join(found))


def _risky_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


CHECK = Check(
    "graph_operations", 80, Text(en="Nondeterministic operations in the graph", zh="计算图中的非确定性运算"), run
)
