"""What can be promised of a run that is repeated, and what cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .environment import Environment
from .text import Text


@dataclass(frozen=True)
class Promise:
    """One statement on repeating a run.

    Attributes:
        kept: Whether it says what holds; else what cannot be promised.
        text: In words.
    """

    kept: bool
    text: Text

    def __str__(self) -> str:
        return f"{'✓' if self.kept else '✗'} {self.text.en}"


_SAME = Text(
    en="The same seed gives the same numbers to the last bit on this computer with these versions: in this session and "
    "in another process, warm or cold, after other runs, after a pause, a branch or a reload.",
    zh="在这台计算机和这些版本下，相同的种子给出逐位相同的数值：无论在同一会话还是另一个进程，首次运行还是再次运行，"
    "之前是否有过别的运行，以及经过暂停、分支或重新加载之后。",
)
_SEEDED = Text(
    en="One seed governs the split, initial weights that are drawn anew, the order of the batches and all random "
    "layers: dropout, noise, augmentation.",
    zh="一个种子决定数据划分、重新抽取的初始权重、批次顺序和所有随机层：dropout、噪声、数据增强。",
)
_STRICT = Text(
    en="Strict: TensorFlow uses deterministic operations only; one that has no such form, and a random operation of "
    "TensorFlow without a seed, ends the run with an error instead of changing its numbers.",
    zh="严格模式：TensorFlow 只使用确定性运算；没有确定性实现的运算，以及没有种子的 TensorFlow 随机运算，"
    "会使运行报错结束，而不是悄悄改变数值。",
)
_NOT_STRICT = Text(
    en="Random operations of TensorFlow without a seed (tf.random.normal(...) in a layer of your own) differ each "
    "time; Session(..., strict=True) refuses them.",
    zh="没有种子的 TensorFlow 随机运算（例如自定义层中的 tf.random.normal(...)）每次结果不同；"
    "Session(..., strict=True) 会拒绝它们。",
)
_GPU = Text(
    en="On a GPU some operations add in an order that changes from time to time; Session(..., strict=True) avoids "
    "them.",
    zh="在 GPU 上，有些运算的求和顺序每次可能不同；Session(..., strict=True) 会避免使用它们。",
)
_HARDWARE = Text(
    en="On other hardware, numbers may differ in the last digit, and training makes more of it: another processor, GPU "
    "or instruction set adds up in another order, and so does another number of threads{threads} or oneDNN{onednn}.",
    zh="换了硬件，数值的最后一位可能不同，训练还会把它放大：处理器、GPU 或指令集不同，求和的顺序就不同；"
    "线程数{threads}或 oneDNN{onednn} 不同也是如此。",
)
_THREADS = Text(en=" (here {count} within an operation)", zh="（此处单个运算内为 {count} 个）")
_WITH, _WITHOUT = Text(en=" (here on)", zh="（此处为开）"), Text(en=" (here off)", zh="（此处为关）")
_VERSIONS = Text(
    en="With other versions of {backend}, Keras or NumPy nothing is promised: session.requirements() pins these.",
    zh="换了 {backend}、Keras 或 NumPy 的版本，则无法保证：session.requirements() 给出锁定这些版本的清单。",
)
_OWN_CODE = Text(
    en="What your own code draws while it trains (Python's random, np.random, a tf.data pipeline that shuffles) is not "
    "governed by the seed.",
    zh="训练时由你自己的代码抽取的随机数（Python 的 random、np.random、带打乱的 tf.data 流水线）不受该种子控制。",
)
_OTHER_MODE = Text(
    en="A run in strict mode and one without it may differ in the last digit: TensorFlow then computes some things by "
    "other operations.",
    zh="严格模式的运行与普通运行的最后一位可能不同：TensorFlow 在严格模式下会用别的运算来完成某些计算。",
)
_SIDE_EFFECT = Text(
    en="While a strict run trains, the setting holds for the whole process: tf.random operations without a seed raise "
    "an error elsewhere too. Afterwards it is as it was.",
    zh="严格模式的运行训练期间，该设置对整个进程生效：别处没有种子的 tf.random 运算也会报错。训练结束后恢复原状。",
)


def promises(environment: Environment) -> tuple[Promise, ...]:
    """Return what holds when a run is repeated, then what cannot be promised.

    Args:
        environment: Where it is trained, and whether in strict mode.
    """
    return tuple(sorted(_all(environment), key=lambda promise: not promise.kept))


def _all(environment: Environment) -> Iterator[Promise]:
    strict = environment.strict
    yield Promise(strict or not environment.gpus, _SAME if strict or not environment.gpus else _GPU)
    yield Promise(True, _SEEDED)
    yield Promise(strict, _STRICT if strict else _NOT_STRICT)
    yield Promise(False, _OWN_CODE)
    empty = Text(en="", zh="")
    threads = _THREADS.filled(count=environment.intra_threads) if environment.intra_threads else empty
    onednn = {True: _WITH, False: _WITHOUT}.get(environment.onednn) if environment.onednn is not None else None
    yield Promise(False, _HARDWARE.filled(threads=threads, onednn=onednn or empty))
    yield Promise(False, _VERSIONS.filled(backend=environment.backend_title))
    if strict:
        yield Promise(False, _OTHER_MODE)
        yield Promise(False, _SIDE_EFFECT)
