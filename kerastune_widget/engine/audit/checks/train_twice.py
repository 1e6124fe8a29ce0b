"""Two trainings with one seed: initial weights, forward passes and steps, on two copies of the model."""

from __future__ import annotations

from typing import Any

import keras

from ....core.agreement import Agreement
from ....core.audit import Outcome, judged
from ....core.text import NO_TEXT, Text
from ...building import ensure_built, set_weights
from ...failure import one_line
from ...seeding import seeded
from ..causes import layer_list
from ..check import Check
from ..kept import layers_of, values_of
from ..recording import Record, recording, sources
from ..recurrence import quick_recurrence
from ..subject import Subject

_STEPS = 3
_NO_COPY = Text(en="The model cannot be trained on a copy: {error}", zh="无法在副本上训练该模型：{error}")
_NOT_TRAINED = Text(en="A step of training failed: {error}", zh="训练步出错：{error}")
_JAX = Text(en="With the JAX backend this check is left out.", zh="使用 JAX 后端时不做这项检查。")
_INITIAL = Text(
    en="The initial weights of {layers} differ: your function, or an initializer, draws from a generator that the seed "
    "does not reach.",
    zh="{layers}的初始权重不同：构建函数或初始化器使用了种子控制不到的随机数生成器。",
)
_INITIAL_FIX = Text(
    en="Use keras.initializers with a seed, or np.random.default_rng(seed) with a fixed one.",
    zh="请使用带 seed 的 keras.initializers，或使用固定种子的 np.random.default_rng(seed)。",
)
_FORWARD = Text(
    en="In training, {layers} draws random numbers that no seed of the model governs (from TensorFlow's or Keras's "
    "global generator, or one of its own), or keeps something outside of its weights. (Keras's global generator a "
    "session governs: its runs with one seed are equal all the same.)",
    zh="训练时，{layers}抽取的随机数不受模型的种子控制（来自 TensorFlow 或 Keras 的全局生成器，或它自己的生成器），"
    "或者它在"
    "权重之外保存了某些内容。（会话会控制 Keras 的全局生成器：在会话中，同一种子的各次运行仍然相同。）",
)
_FORWARD_FIX = Text(
    en="Draw with keras.random and a seed generator of the layer's own: self.seed_generator = "
    "keras.random.SeedGenerator(seed) in __init__, then keras.random.normal(..., seed=self.seed_generator).",
    zh="使用 keras.random 和该层自己的种子生成器：在 __init__ 中写 self.seed_generator = "
    "keras.random.SeedGenerator(seed)，然后调用 keras.random.normal(..., seed=self.seed_generator)。",
)
_BACKWARD = Text(
    en="The forward passes are equal, but the steps are not: the gradients of {layers} are summed in no fixed order, "
    "or "
    "a train_step of your own draws random numbers.",
    zh="前向计算相同，但训练步不同：{layers}的梯度求和顺序不固定，或者自定义的 train_step 抽取了随机数。",
)
_BACKWARD_FIX = Text(
    en="Train in strict mode: Session(..., strict=True).", zh="请使用严格模式训练：Session(..., strict=True)。"
)
_SEEDED_ONLY = Text(
    en="With one seed they are equal. Without a seed of their own: {layers}. Unless keras.utils.set_random_seed(seed) "
    "comes before the model is built, or a session trains it, every start of the kernel trains differently.",
    zh="使用同一个种子时结果相同。没有自己的种子的层：{layers}。如果构建模型之前没有调用 "
    "keras.utils.set_random_seed(seed)，也没有使用会话训练，那么每次启动内核后的训练结果都会不同。",
)


def run(subject: Subject) -> Outcome:
    """Train two copies for a few steps on the same batches, and compare layer by layer and weight by weight."""
    if keras.backend.backend() == "jax":
        return Outcome("skipped", _JAX)
    if subject.template is None:
        return Outcome("skipped", _NO_COPY.filled(error=subject.uncopied))
    copies = [_copy(subject) for _ in range(2)]
    started = subject.agree(*map(_weights, copies))
    if not started.within_rounding:
        return _blamed(started, _other_layers(subject, copies), _INITIAL, _INITIAL_FIX)
    stood = _seeds_of(copies[0])
    try:
        first, second = (_train(copy, subject) for copy in copies)
    except Exception as error:  # whatever a user's train_step raises
        return Outcome("skipped", _NOT_TRAINED.filled(error=one_line(error)))
    found = subject.agree(*map(_weights, copies))
    if found.within_rounding:
        outcome = judged(found)
        return Outcome(outcome.verdict, _unseeded(subject, copies[0], stood), size=outcome.size)
    parted = [one.layer for one, _ in sources(first, second, subject.dtype)]
    if parted:
        return _blamed(found, _originals(subject, copies[0], parted), _FORWARD, _FORWARD_FIX)
    return _blamed(found, _other_layers(subject, copies), _BACKWARD, _BACKWARD_FIX)


def _blamed(found: Agreement, layers: list[Any], cause: Text, fix: Text) -> Outcome:
    names = tuple(dict.fromkeys(str(layer.name) for layer in layers))
    return judged(found, cause.filled(layers=layer_list(layers)), fix, layers=names)


def _originals(subject: Subject, copy: Any, layers: list[Any]) -> list[Any]:
    """Return the layers of the model itself for those of a copy, whose inner layers may have other names."""
    pairs = list(zip(layers_of(copy), layers_of(subject.model), strict=False))
    alike = all(type(one) is type(other) for one, other in pairs)
    own = {id(one): other for one, other in pairs} if alike else {}
    return [own.get(id(layer), layer) for layer in layers]


def _copy(subject: Subject) -> Any:
    assert subject.template is not None
    copy = subject.template.fresh(subject.seed)
    with seeded(subject.seed):
        ensure_built(copy, subject.x)
    if subject.template.function is None and subject.template.came_with is not None:
        set_weights(copy, subject.template.came_with)
    copy.run_eagerly, copy.jit_compile = True, False
    return copy


def _train(copy: Any, subject: Subject) -> list[Record]:
    """Take a few steps under the seed; return what the layers did."""
    parts = subject.batch(subject.fixed_batch_size or subject.rows)
    with seeded(subject.seed), quick_recurrence({}), recording() as records:
        for _ in range(_STEPS):
            copy.train_on_batch(*parts)
    return records


def _weights(model: Any) -> list[Any]:
    return values_of(model.weights)


def _other_layers(subject: Subject, copies: list[Any]) -> list[Any]:
    pairs = zip(*map(layers_of, copies), strict=True)
    other = [one for one, other in pairs if _own(one) and not _same(_own(one), _own(other))]
    return _originals(subject, copies[0], other)


def _own(layer: Any) -> list[Any]:
    return values_of([*layer._trainable_variables, *layer._non_trainable_variables])


def _same(first: list[Any], second: list[Any]) -> bool:
    return all((one == other).all() for one, other in zip(first, second, strict=True))


def _seeds_of(model: Any) -> list[list[Any]]:
    return [values_of(one.state for one in layer._seed_generators) for layer in layers_of(model)]


def _unseeded(subject: Subject, copy: Any, stood: list[list[Any]]) -> Text:
    """Name the layers that drew random numbers in training and were given no seed of their own."""
    outer = {id(rnn.cell): rnn for rnn in layers_of(copy) if isinstance(rnn, keras.layers.RNN)}
    moved = [not _same(one, other) for one, other in zip(stood, _seeds_of(copy), strict=True)]
    drew = [layer for layer, draws in zip(layers_of(copy), moved, strict=True) if draws]
    free = [one for one in drew if any(own._initial_seed is None for own in one._seed_generators)]
    named = _originals(subject, copy, [outer.get(id(one), one) for one in free])
    return _SEEDED_ONLY.filled(layers=layer_list(named)) if named else NO_TEXT


CHECK = Check("train_twice", 50, Text(en="Trained twice with one seed", zh="用同一个种子训练两次"), run)
