"""Batch size: how many examples each step looks at."""

from __future__ import annotations

from ...core.control import Choice, ControlSpec
from ...core.text import Text
from ..dataset import ArrayData
from ._base import Control, Subject

_KERAS_DEFAULT = 32
_MOST = 10**9  # more rows than any memory holds; a bound at all, as the loop counts rows in 32 bits
_FIXED = Text(en="The data come in batches of their own: {source}.", zh="数据自带批次：{source}。")


def specify(subject: Subject) -> ControlSpec:
    """Offer powers of two up to the data set; a larger number may be typed, which takes all rows, as in ``fit``."""
    data = subject.dataset.training
    rows = data.rows if isinstance(data, ArrayData) else max(1024, data.batch_size)
    default = min(_KERAS_DEFAULT, rows) if isinstance(data, ArrayData) else data.batch_size
    default = subject.template.fixed_batch_size or default
    sizes = sorted({2**power for power in range(rows.bit_length()) if 2**power <= rows} | {default})
    return ControlSpec(
        name="batch_size",
        title=Text(en="Batch size", zh="批大小"),
        kind="choice",
        default=default,
        minimum=1,
        maximum=_MOST,
        choices=tuple(Choice(size, Text(en=str(size), zh=str(size))) for size in sizes),
        effect="epoch",
        help=Text(
            en="How many examples each step averages over. Small: noisy but frugal; large: smooth but fewer steps; "
            "more than there are rows: one step with all of them.",
            zh="每一步平均多少个样本。小：噪声大但省数据；大：平滑但步数少；超过样本总数时，每一步用上全部样本。",
        ),
        disabled=_disabled(subject),
    )


def _disabled(subject: Subject) -> Text | None:
    fixed, data = subject.template.fixed_batch_size, subject.dataset.training
    if fixed is not None:
        return Text(en=f"The model was built for batches of {fixed}.", zh=f"模型按固定批大小 {fixed} 构建。")
    if isinstance(data, ArrayData) or data.resizable:
        return None
    return Text(en=_FIXED.get("en", source=data.source.en), zh=_FIXED.get("zh", source=data.source.zh))


CONTROL = Control("batch_size", 20, specify)
