"""What a range test is to do: which optimizers, which batch sizes, which rates, how long."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets

from ...core.control import ControlSpec
from ...core.spelling import name_of
from ...core.text import NO_TEXT, Text
from ...core.value_text import value_text
from ...errors import KerasTuneError
from ..making import make, show_if
from ._base import Context, box
from ._checked import CheckedValues
from ._fold import Fold
from ._sweep_values import read, written

SECONDS, REPEATS, LOW, HIGH = 30.0, 3, 1e-6, 10.0

_OPTIONS = Text(en="What to test", zh="测试内容")
_CHANGED = Text(en="What to test · {count} curves", zh="测试内容 · {count} 条曲线")
_OPTIMIZERS = Text(en="Optimizers", zh="优化器")
_SIZES = Text(en="Batch sizes", zh="批大小")
_SIZES_HELP = Text(en="Separated by commas; one curve is drawn for each", zh="用逗号分隔；每个取值画一条曲线")
_RATES = Text(en="Rates", zh="学习率")
_RATES_HELP = Text(en="The least and the greatest rate, separated by a comma", zh="最小与最大的学习率，用逗号分隔")
_REPEATS = Text(en="Repeats", zh="重复次数")
_REPEATS_HELP = Text(
    en="Each repeat sees other batches; how far their suggestions differ is the uncertainty",
    zh="每次重复使用不同的批次；各次建议的差异就是不确定性",
)
_SECONDS = Text(en="Time (s)", zh="时间（秒）")
_SECONDS_HELP = Text(en="At most, for all curves together", zh="所有曲线合计的时间上限")
_SPACING = Text(en="Rate rises", zh="上升方式")
_SPACINGS = {
    "exponential": Text(en="by a factor", zh="按倍数（指数）"),
    "linear": Text(en="by an amount", zh="按固定增量（线性）"),
}


class RangeForm:
    """The form in a fold of its own; it follows the present optimizer and batch size until a person chooses others.

    Attributes:
        optimizers: A check box for each.
        sizes: Batch sizes, as a person writes them.
        rates: Least and greatest rate, as a person writes them.
        repeats: Curves for each optimizer and batch size.
        seconds: Most time for all curves.
        spacing: How the rate rises.
        fold: What holds them.
        complete: Whether a range test could be started with what it says.
        widget: What is shown.
    """

    def __init__(self, context: Context, changed: Callable[[], None]) -> None:
        self._context, self._changed = context, changed
        self._specs = context.session.controls
        self._chosen, self._written = False, False  # by a person
        self._writing = False
        self.complete = True
        self.optimizers = CheckedValues(context, _titles(self._specs.get("optimizer")), self._choose)
        self.sizes = make(ipywidgets.Text, continuous_update=False)
        self.rates = make(ipywidgets.Text, value=written([LOW, HIGH]), continuous_update=False)
        self.repeats = make(ipywidgets.BoundedIntText, value=REPEATS, min=1, max=20)
        self.seconds = make(ipywidgets.BoundedFloatText, value=SECONDS, min=0.1, max=3600.0)
        self.spacing = make(ipywidgets.Dropdown, options=list(_SPACINGS))
        self._named, self._note = make(ipywidgets.HTML), make(ipywidgets.HTML)
        self._note.add_class("kerastune-note")
        fields = box([self.sizes, self.rates, self.repeats, self.seconds, self.spacing], "lab-form", horizontal=True)
        self.fold = Fold(context, _OPTIONS, [self._named, self.optimizers.widget, fields, self._note])
        self.widget = self.fold.widget
        context.on_change(self.sizes, self._write)
        for field in (self.rates, self.repeats, self.seconds):
            context.on_change(field, lambda _: self._look())
        context.guard(self.spacing)
        for name, parts in (("optimizer", (self._named, self.optimizers.widget)), ("batch_size", (self.sizes,))):
            for part in parts:
                show_if(part, self._can(name))
        self.follow()
        self.translate()

    def read(self) -> dict[str, Any]:
        """Return the options of ``Session.start_range_test``.

        Raises:
            HyperparameterError: If something in it is refused.
        """
        low, high = sorted(read(_rate_spec(self._specs["learning_rate"]), self.rates.value))[:2]
        options: dict[str, Any] = {"low": low, "high": high, "repeats": self.repeats.value}
        options |= {"seconds": self.seconds.value, "spacing": self.spacing.value}
        if self._chosen and self.optimizers.values:
            options["optimizers"] = self._tested()
        if self._written:
            options["batch_sizes"] = read(self._specs["batch_size"], self.sizes.value, fewest=1)
        return options

    def follow(self) -> None:
        """Show the present optimizer and batch size, unless a person chose others."""
        settings = self._context.session.settings
        if not self._chosen and self._can("optimizer"):
            self.optimizers.show([name_of(settings["optimizer"])])
        if not self._written and self._can("batch_size"):
            words = written([settings["batch_size"]])
            if self.sizes.value != words:
                self._writing = True
                self.sizes.value = words
                self._writing = False

    def translate(self) -> None:
        """Write every text anew; values stay."""
        say = self._context.say
        self.fold.translate()
        self.optimizers.translate()
        self._named.value = f"<span>{html.escape(say(_OPTIMIZERS))}</span>"
        for field, title, words in (
            (self.sizes, _SIZES, _SIZES_HELP),
            (self.rates, _RATES, _RATES_HELP),
            (self.repeats, _REPEATS, _REPEATS_HELP),
            (self.seconds, _SECONDS, _SECONDS_HELP),
            (self.spacing, _SPACING, _SPACING),
        ):
            field.description, field.tooltip = say(title), say(words)
        chosen = self.spacing.value
        with self.spacing.hold_sync():
            self.spacing.options = [(say(words), name) for name, words in _SPACINGS.items()]
            self.spacing.value = chosen
        self._check()

    def _can(self, name: str) -> bool:
        return name in self._specs and self._specs[name].disabled is None

    def _choose(self) -> None:
        self._chosen = bool(self.optimizers.values)
        self.follow()
        self._look()

    def _write(self, words: str) -> None:
        if not self._writing:
            self._written = bool(words.strip())
            self.follow()
            self._look()

    def _tested(self) -> list[Any]:
        """Return the optimizers; the present one with its own settings."""
        present = self._context.session.settings["optimizer"]
        return [present if name == name_of(present) else name for name in self.optimizers.values]

    def _look(self) -> None:
        self._check()
        self._changed()

    def _check(self) -> None:
        """Say what is wrong, and how many curves there will be."""
        complaint, title = NO_TEXT, _OPTIONS
        try:
            options = self.read()
        except KerasTuneError as error:
            complaint = error.text
        else:
            conditions = len(options.get("optimizers", [0])) * len(options.get("batch_sizes", [0]))
            if conditions > 1:
                title = _CHANGED.filled(count=conditions * options["repeats"])
        self.complete = not complaint.en
        self.fold.retitle(title)
        self._note.value = (
            f'<span class="kerastune-error" role="alert">{html.escape(self._context.say(complaint))}</span>'
        )
        show_if(self._note, bool(complaint.en))


def _titles(spec: ControlSpec | None) -> dict[Any, Text]:
    return {} if spec is None else {choice.value: value_text(choice.value, spec) for choice in spec.choices}


def _rate_spec(spec: ControlSpec) -> ControlSpec:
    """Return what both ends of a range test must be: any rate that can be set."""
    return replace(spec, disabled=None)
