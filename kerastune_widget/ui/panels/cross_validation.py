"""Cross-validation: each row is judged once, by a run that was not trained on it."""

from __future__ import annotations

from typing import Any, ClassVar

import ipywidgets

from ...core.text import Text
from ...core.training import CrossValidationLike
from ..making import make
from ._repeat_table import table_of
from ._repeated import RepeatedPanel

FOLDS, MOST = 5, 20

_FOLDS = Text(en="Folds", zh="折数")
_FOLDS_HELP = Text(en="Into how many parts the rows are dealt", zh="把样本分成几份")
_KIND = Text(en="Dealt out", zh="划分方式")
_KIND_HELP = Text(en="How rows come to their fold", zh="样本如何分到各折")
KINDS = {
    "auto": Text(en="as the data ask for", zh="根据数据自动选择"),
    "plain": Text(en="at random", zh="随机"),
    "stratified": Text(en="in equal shares of each class", zh="各类别比例相同（分层）"),
    "time": Text(en="in order of time", zh="按时间顺序"),
}
"""How rows can be dealt out here; groups are for code, which can say what belongs together."""


class CrossValidationPanel(RepeatedPanel):
    """How many folds of which kind, and what they come to.

    Attributes:
        folds: How many.
        kind: How rows are dealt out.
    """

    TITLE: ClassVar[Text] = Text(en="Cross-validation", zh="交叉验证")
    HINT: ClassVar[Text] = Text(
        en="Deals the rows into folds and trains one run for each, on the other folds: every row is judged once, by a "
        "run that has not seen it.",
        zh="把样本分成若干折，每一折都用其余各折训练一次：每个样本都由没有见过它的模型评判一次。",
    )
    START: ClassVar[Text] = Text(en="Cross-validate ({count} runs)", zh="交叉验证（{count} 次运行）")
    NAME: ClassVar[str] = "cross-validation"

    @property
    def newest(self) -> CrossValidationLike | None:
        """The newest cross-validation."""
        every = self.context.session.cross_validations
        return every[-1] if every else None

    @property
    def runs(self) -> int:
        """How many folds are asked for."""
        return int(self.folds.value)

    def make_form(self) -> list[Any]:
        """Ask for number and kind of the folds."""
        self.folds = make(ipywidgets.BoundedIntText, value=FOLDS, min=2, max=MOST)
        self.context.on_change(self.folds, lambda _: self.enable())
        self.kind = self.context.guard(make(ipywidgets.Dropdown, options=list(KINDS), value="auto"))
        return [self.folds, self.kind]

    def label_form(self) -> None:
        """Write what is asked for."""
        say = self.context.say
        self.folds.description, self.folds.tooltip = say(_FOLDS), say(_FOLDS_HELP)
        kind = self.kind.value
        self.kind.options = [(say(text), name) for name, text in KINDS.items()]
        self.kind.value = kind
        self.kind.description, self.kind.tooltip = say(_KIND), say(_KIND_HELP)

    def begin(self) -> None:
        """Start a cross-validation."""
        self.context.session.start_cross_validation(self.runs, kind=self.kind.value)

    def write_table(self, newest: CrossValidationLike) -> str:
        """Return mean, spread and extremes of each metric."""
        return table_of(newest, self.context.language, folds=True)
