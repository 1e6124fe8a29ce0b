"""The data read twice: unseeded splits, shuffles and augmentation in what makes the data."""

from __future__ import annotations

from ....core.audit import Outcome
from ....core.text import NO_TEXT, Text
from ..causes import joined
from ..check import Check
from ..rereading import Difference, Rereading
from ..subject import Subject

_ARRAYS = Text(
    en="Arrays in memory: they are the same at every reading. (Give a function that makes the data, to have that "
    "looked at too.)",
    zh="数据是内存中的数组，每次读取都相同。（若提供生成数据的函数，也会检查该函数。）",
)
_CAUSES: dict[Difference, Text] = {
    "order": Text(en="The rows come in another order at each reading.", zh="每次读取时各行的顺序不同。"),
    "sides": Text(
        en="The split differs: {percent} of the validation rows are others at the second reading.",
        zh="划分不同：第二次读取时，{percent} 的验证行换成了别的行。",
    ),
    "rows": Text(
        en="Other rows are chosen at each reading: {percent} of them differ (an unseeded split or sample).",
        zh="每次读取选出的行不同：{percent} 的行不一样（划分或抽样没有设种子）。",
    ),
    "values": Text(
        en="The values differ: {percent} of the rows are changed at random (unseeded augmentation or noise).",
        zh="数值不同：{percent} 的行被随机改变（数据增强或噪声没有设种子）。",
    ),
    "unsure": Text(
        en="The data are too long to be read to their end, and the rows that come first are others at each reading: "
        "shuffled, or changed at random.",
        zh="数据太长，无法全部读完；每次读取时，开头的行都不同：可能是被打乱，也可能是被随机改变。",
    ),
    "shapes": Text(en="The number of rows differs from reading to reading.", zh="每次读取得到的行数不同。"),
}
_SHUFFLE = Text(
    en="For training that is as it should be; give shuffle(..., seed=...) a seed if runs are to be equal.",
    zh="对训练来说这是正常的；若希望各次运行相同，请为 shuffle(..., seed=...) 设置种子。",
)
_SEEDABLE = Text(
    en="The function draws from Python's or NumPy's shared generator: it is equal only when that is seeded right "
    "before.",
    zh="该函数使用 Python 或 NumPy 的全局随机数生成器：只有在调用前刚设置过种子时，结果才相同。",
)
_OWN = Text(
    en="Seeding Python and NumPy does not help: it draws from a generator of its own.",
    zh="为 Python 和 NumPy 设置种子也无济于事：它使用自己的随机数生成器。",
)
_FIXES: dict[Difference, Text] = {
    "values": Text(
        en="Give the augmentation a seed (a layer's seed=..., np.random.default_rng(seed), tf.random.stateless_... in "
        "map), or put it into the model as a layer, where the run's seed governs it.",
        zh="为数据增强设置种子（层的 seed=...、np.random.default_rng(seed)，或在 map 中使用 tf.random.stateless_...），"
        "或把它作为层放进模型，由运行的种子控制。",
    ),
    "order": Text(
        en="Seed it: np.random.default_rng(seed).permutation(n), or shuffle(..., seed=seed).",
        zh="请设置种子：np.random.default_rng(seed).permutation(n)，或 shuffle(..., seed=seed)。",
    ),
}
_SPLIT_FIX = Text(
    en="Seed the split: train_test_split(..., random_state=seed) or np.random.default_rng(seed); or give all rows and "
    "validation_split=..., which the session's seed governs.",
    zh="为划分设置种子：train_test_split(..., random_state=seed) 或 np.random.default_rng(seed)；"
    "或者传入全部数据并使用 "
    "validation_split=...，由会话的种子控制。",
)


def run(subject: Subject) -> Outcome:
    """Say what differs between two readings."""
    if subject.rereading is None:
        return Outcome("equal", _ARRAYS, size=0.0)
    found = subject.rereading()
    if found.what == "none":
        return Outcome("equal", size=0.0)
    cause = _CAUSES[found.what].filled(percent=f"{100 * found.share:.0f}%")
    evidence = {"share": found.share}
    if found.what == "unsure" or (found.what == "order" and found.of_stream):
        return Outcome("different", joined([cause, _SHUFFLE]), expected=True, evidence=evidence)
    fix = _FIXES.get(found.what, _SPLIT_FIX)
    return Outcome("different", joined([cause, _generator(found)]), fix, evidence=evidence)


def _generator(found: Rereading) -> Text:
    if not found.of_function:
        return NO_TEXT
    return _SEEDABLE if found.seedable else _OWN


CHECK = Check("data_twice", 5, Text(en="The data read twice", zh="数据读取两次"), run)
