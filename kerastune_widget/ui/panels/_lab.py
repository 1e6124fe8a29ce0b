"""A lab: a closed fold that holds a fold for each of its parts; each part is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from ...core.text import Text
from ..making import sharing, show_if
from ..publisher import Batch
from ._base import Context, Panel
from ._fold import Fold


class Section(Protocol):
    """A part of a lab.

    Attributes:
        TITLE: Heading of its fold; what is in the fold has none.
        OPEN: Whether its fold is open at first.
    """

    TITLE: ClassVar[Text]
    OPEN: ClassVar[bool]

    def __call__(self, context: Context, announce: Callable[[str], None]) -> Panel:
        """Make its panel; ``announce`` has screen readers say a sentence."""


AnyPanel = TypeVar("AnyPanel", bound=Panel)


class LabPanel(Panel):
    """A closed fold with a fold for each part. A part costs nothing until a person opens it.

    Attributes:
        fold: The lab's own fold.
        folds: The fold of each part, by the class of its panel; none until the lab was opened.
    """

    def __init__(self, context: Context, title: Text, sections: Sequence[Any], announce: Callable[[str], None]) -> None:
        super().__init__(context)
        self._sections, self._announce = sections, announce
        self._panels: dict[Any, Panel] = {}
        self.folds: dict[Any, Fold] = {}
        self.fold = Fold(context, title, [])
        self.fold.toggle.observe(self._open_parts, names="value")
        self.widget = self.fold.widget
        self.widget.add_class("kerastune-lab")
        show_if(self.widget, self._useful)

    def section(self, kind: type[AnyPanel]) -> AnyPanel:
        """Return the panel of a part, opened if it was not."""
        self.fold.toggle.value = True
        self.folds[kind].toggle.value = True
        panel = self._panels[kind]
        assert isinstance(panel, kind)
        return panel

    def translate(self) -> None:
        """Write every text anew."""
        self.fold.translate()
        for fold in self.folds.values():
            fold.translate()
        for panel in self._panels.values():
            panel.translate()

    def follow(self, batch: Batch) -> bool:
        """Draw what happened in every part that is there."""
        super().follow(batch)
        again = [panel.follow(batch) for panel in list(self._panels.values())]
        return any(again)

    def update(self, batch: Batch) -> bool:
        """Nothing: the parts draw themselves."""
        return False

    @property
    def _useful(self) -> bool:
        """Whether there is a model to try things on."""
        return self.context.session.can_train

    def _open_parts(self, _: object) -> None:
        """Make the folds of the parts, and the parts whose folds are open at first."""
        if self.folds or not self.fold.toggle.value:
            return
        with self.context.lock, sharing():
            self.folds = {kind: Fold(self.context, kind.TITLE, []) for kind in self._sections}
            for kind, fold in self.folds.items():
                fold.toggle.observe(lambda _, kind=kind: self._make(kind), names="value")
                fold.toggle.value = kind.OPEN
            self.fold.body.children = tuple(fold.widget for fold in self.folds.values())

    def _make(self, kind: Any) -> None:
        if kind in self._panels:
            return
        with self.context.lock, sharing():
            panel = self._panels[kind] = kind(self.context, self._announce)
            self.folds[kind].body.children = (panel.widget,)
