"""What a race is to do: which optimizers, at which rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from ...core.control import ControlSpec
from ...core.spelling import name_of
from ...core.text import Text
from ..making import make
from ._base import Context, box
from ._checked import CheckedValues

USUAL = ("sgd", "sgd_momentum", "rmsprop", "adam", "adamw")
"""The optimizers that are ticked at first, beside the present one."""

FACTORS = (0.1, 10.0)
"""Times an optimizer's own rate: what its sensitivity is measured at."""

_RATES = Text(en="Rates", zh="学习率")
_RATES_HELP = Text(
    en="Own rates come from a range test of each optimizer; the common one is that of the settings",
    zh="各自的学习率来自每个优化器的范围测试；相同的学习率取自当前设置",
)
_KINDS = {
    "tuned": Text(en="each its own, from a range test", zh="各自通过范围测试确定"),
    "common": Text(en="the same for all", zh="全部相同"),
}
_SENSITIVITY = Text(en="Also at a tenth and at ten times the rate", zh="另外用十分之一和十倍的学习率各训练一次")
_SENSITIVITY_HELP = Text(
    en="Shows how much each optimizer depends on its learning rate; three times as many runs",
    zh="显示每个优化器对学习率的敏感程度；运行次数为三倍",
)


class RaceForm:
    """Ticks for the optimizers, and the rates to run them at.

    Attributes:
        optimizers: A check box for each.
        rates: Whether each runs at its own rate.
        sensitivity: Whether to run each at other rates, too.
        widget: What is shown.
    """

    def __init__(self, context: Context, changed: Callable[[], None]) -> None:
        self._context = context
        spec = context.session.controls.get("optimizer")
        self.optimizers = CheckedValues(context, _titles(spec), changed)
        self.optimizers.show(_usual(spec, self._present))
        self.rates = make(ipywidgets.Dropdown, options=list(_KINDS), value="tuned")
        self.sensitivity = make(ipywidgets.Checkbox, value=False, indent=False)
        context.guard(self.rates)
        context.on_change(self.sensitivity, lambda _: changed())
        fields = box([self.rates, self.sensitivity], "lab-form", horizontal=True)
        self.widget = box([self.optimizers.widget, fields], "race-form")
        self.translate()

    @property
    def runs(self) -> int:
        """How many runs it makes."""
        return len(self.optimizers.values) * (1 + len(FACTORS) * bool(self.sensitivity.value))

    def read(self) -> tuple[list[Any], dict[str, Any]]:
        """Return the optimizers, the present one as it is set, and the other options of ``Session.start_race``."""
        present = self._present
        chosen = [present if value == name_of(present) else value for value in self.optimizers.values]
        return chosen, {"rates": self.rates.value, "sensitivity": FACTORS if self.sensitivity.value else ()}

    def translate(self) -> None:
        """Write every text anew, keeping what was chosen."""
        say, value = self._context.say, self.rates.value
        self.optimizers.translate()
        self.rates.description, self.rates.tooltip = say(_RATES), say(_RATES_HELP)
        with self.rates.hold_sync():
            self.rates.options = [(say(title), kind) for kind, title in _KINDS.items()]
            self.rates.value = value
        self.sensitivity.description, self.sensitivity.tooltip = say(_SENSITIVITY), say(_SENSITIVITY_HELP)

    @property
    def _present(self) -> Any:
        return self._context.session.settings.get("optimizer")


def _titles(spec: ControlSpec | None) -> dict[Any, Text]:
    return {choice.value: choice.title for choice in spec.choices} if spec is not None else {}


def _usual(spec: ControlSpec | None, present: Any) -> list[Any]:
    return [value for value in _titles(spec) if value in (*USUAL, name_of(present))]
