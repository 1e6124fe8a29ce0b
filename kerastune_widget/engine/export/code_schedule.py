"""Schedules in a script: Keras's own class or callback where it does the same, else a callback with their formula."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...core.improvement import MONITORED
from ...core.metric_direction import direction
from ...core.plateau import PLATEAU
from ...core.schedule import CONSTANT, WARMUP, RunSchedule, names_taken_by, run_schedule
from ...core.spelling import name_of
from ...core.text import Text
from ..momentum import momentum_name
from ..optimizers import OptimizerRecipe
from ..schedule_shelf import OwnSchedule, ScheduleShelf
from .code_objects import Borrowed, Unwritable, made
from .code_printer import Expression, call, definition, literal, source
from .code_schedule_classes import momentum_lines, plateau_lines, rate_lines, warm_up_lines
from .code_timeline import Stretch, Timeline

_ROUNDED = Text(
    en="Keras computes this schedule in float32; the run's rates agree with it to rounding.",
    zh="Keras 以 float32 计算该学习率计划；与运行时的学习率在舍入误差内一致。",
)
_FACTOR = Text(
    en="What multiplies the rate at a step of the schedule “{title}”.", zh="学习率计划“{title}”在某一步的系数。"
)
_MOMENTUM = Text(en="The momentum at a step of the schedule “{title}”.", zh="学习率计划“{title}”在某一步的动量。")
_OF_RUN = ("steps_per_epoch", "total_steps")


@dataclass
class ScheduleCode:
    """Writes how the learning rate moved.

    Attributes:
        course: What was in force when.
        recipe: Tells the optimizer of a stretch.
        schedules: The schedules that a run may follow.
        steps_per_epoch: Of the run; None when not known.
        validation: Whether there are validation data.
        borrowed: Notes what of the user's own is named.
        language: For comments.
    """

    course: Timeline
    recipe: Callable[[Stretch], OptimizerRecipe]
    schedules: ScheduleShelf
    steps_per_epoch: int | None
    validation: bool
    borrowed: Borrowed
    language: str

    def __post_init__(self) -> None:
        self._scheduled = any(map(self._follows, self.course.stretches))
        first = self.course.stretches[0]
        self._in_keras = self._native(first) if self._scheduled and self._is_simple else None
        self._names: dict[str, str] = {}

    @property
    def by_callback(self) -> bool:
        """Whether a callback of the script's own sets the rate, ``scheduled``, in every stretch that has one."""
        return self._scheduled and self._in_keras is None

    def moves(self, stretch: Stretch) -> bool:
        """Whether a stretch is given that callback: all are once one is, to have a constant rate again."""
        return self.by_callback and self.recipe(stretch).schedule is None

    def _follows(self, stretch: Stretch) -> bool:
        return stretch.values["schedule"] != CONSTANT and self.recipe(stretch).schedule is None

    @property
    def _is_simple(self) -> bool:
        """Whether one call of ``fit`` does, with no rate moved by hand."""
        moved = any(move.name == "learning_rate" for move in self.course.moves)
        return len(self.course.stretches) == 1 and not moved

    def _of(self, stretch: Stretch) -> RunSchedule:
        return run_schedule(stretch.values["schedule"], stretch.scheduled_epochs, self.schedules.known)

    # ---------------------------------------------------------------- Keras's own

    def _native(self, stretch: Stretch) -> tuple[Expression, Expression | None] | None:
        """Return rate and callback where Keras has the schedule; None where it has not."""
        name, rate = name_of(stretch.values["schedule"]), float(stretch.values["learning_rate"])
        if name in self.schedules.own:
            return self._own_in_keras(self.schedules.own[name], rate)
        schedule, steps = self._of(stretch), self.steps_per_epoch
        if steps is None or (schedule.moves_momentum and self._momentum_name(stretch)):
            return None
        found, warmup = schedule.keras(rate, steps), schedule.warmup_steps(steps)
        if found is not None:
            return self._written(*found, rate)
        after = schedule.keras_after_warmup(rate, steps)
        if after is None or name == PLATEAU:
            return None
        return call("WarmUp", literal(rate), literal(warmup), self._written(*after, rate)[0]), None

    def _written(self, kind: str, arguments: Mapping[str, Any], rate: float) -> tuple[Expression, Expression | None]:
        if kind == "ReduceLROnPlateau":
            monitor = self._watched(arguments["monitor"])
            options = {name: literal(value) for name, value in arguments.items() if name != "monitor"}
            return literal(rate), call(f"keras.callbacks.{kind}", literal(monitor), **options)
        options = {name: literal(_plain(value)) for name, value in arguments.items() if value is not False}
        return call(f"keras.optimizers.schedules.{kind}", **options), None

    def _own_in_keras(self, own: OwnSchedule, rate: float) -> tuple[Expression, Expression | None] | None:
        """Return a person's own function as Keras takes it, where the rate is as it says."""
        if rate != own.base_rate:
            return None
        if own.rates.kind == "keras":
            try:
                return made(own.rates.function, self.borrowed), None
            except Unwritable:
                return None
        if own.rates.kind == "epoch" and own.rates.returns_floats:
            scheduler = call("keras.callbacks.LearningRateScheduler", self._name_of(own))
            return literal(own.rates.first if own.rates.takes_rate else rate), scheduler
        return None

    def _name_of(self, own: OwnSchedule) -> str:
        """Return what the script calls a person's own function; one without a name is left to them."""
        if own.rates.kind == "keras":
            return f"{own.rates.name.lower()}_schedule"
        try:
            return self.borrowed.name_of(own.rates.function)
        except Unwritable:
            self.borrowed.missing["your_schedule"] = "function"
            return "your_schedule"

    # ---------------------------------------------------------------- parts of the script

    @property
    def rate(self) -> Expression | None:
        """Return what the optimizer is made with when Keras has the schedule; None when it is given a plain rate."""
        return self._in_keras[0] if self._in_keras is not None else None

    def before_compiling(self) -> list[str]:
        """Return what must stand before the optimizer is made."""
        if self._in_keras is None or isinstance(self._in_keras[0], str):
            return []
        lines = warm_up_lines(self.language) if self._in_keras[0].opening == "WarmUp(" else []
        own = name_of(self.course.stretches[0].values["schedule"]) in self.schedules.own
        return [*lines, *([] if own else [f"# {_ROUNDED.get(self.language)}"])]

    def definitions(self) -> list[str]:
        """Return the functions of the schedules, and the callbacks that follow them."""
        if not self.by_callback:
            return []
        stretches = [stretch for stretch in self.course.stretches if self.moves(stretch)]
        lines: list[str] = []
        for value in dict.fromkeys(name_of(stretch.values["schedule"]) for stretch in stretches):
            lines += self._functions(value, moved=any(self._moves_momentum(stretch) for stretch in stretches))
        warms = any(self._of(stretch).arguments.get(WARMUP.name) for stretch in stretches)
        watches = any(name_of(stretch.values["schedule"]) == PLATEAU for stretch in stretches)
        counts = self.steps_per_epoch is not None
        lines += rate_lines(self.language, warms=warms, watches=watches, counts=counts)
        lines += plateau_lines(self.language) if watches else []
        moved = next((stretch for stretch in stretches if self._moves_momentum(stretch)), None)
        return lines if moved is None else [*lines, *momentum_lines(self.language, self._place(moved), counts=counts)]

    def own_lines(self, stretch: Stretch) -> list[str]:
        """Return the statements that make what a call of ``fit`` is given."""
        if not self.moves(stretch):
            return []
        schedule, value = self._of(stretch), stretch.values["schedule"]
        name = name_of(value)
        taken = _arguments(schedule, schedule.schedule.factor)
        warmup = schedule.arguments.get(WARMUP.name)
        options: dict[str, Expression] = {"warmup_epochs": literal(warmup)} if warmup else {}
        options |= {"watch": "plateau"} if name == PLATEAU else {}
        lines = self._plateau(stretch, schedule) if name == PLATEAU else []
        rate, epochs = literal(float(stretch.values["learning_rate"])), literal(stretch.scheduled_epochs)
        lines += [
            source(call("ScheduledRate", rate, _factor_name(name), epochs, **options, **taken), before="scheduled = ")
        ]
        if self._moves_momentum(stretch):
            assert schedule.schedule.momentum is not None
            taken = _arguments(schedule, schedule.schedule.momentum)
            about = (literal(self._momentum_name(stretch)), _momentum_function(name), epochs)
            lines += [source(call("ScheduledMomentum", *about, **taken), before="momentum = ")]
        return lines

    def callbacks(self, stretch: Stretch) -> list[Expression]:
        """Return the callbacks that a call of ``fit`` is given."""
        if self._in_keras is not None:
            return [] if self._in_keras[1] is None else [self._in_keras[1]]
        if not self.moves(stretch):
            return []
        plateau: list[Expression] = ["plateau"] if name_of(stretch.values["schedule"]) == PLATEAU else []
        return [*plateau, "scheduled", *(["momentum"] if self._moves_momentum(stretch) else [])]

    def _plateau(self, stretch: Stretch, schedule: RunSchedule) -> list[str]:
        """Make what watches the loss, where it comes into force; a later call of ``fit`` goes on with it."""
        place = self.course.stretches.index(stretch)
        before = self.course.stretches[place - 1].values["schedule"] if place else None
        if before == stretch.values["schedule"]:
            return []
        watched = {name: value for name, value in schedule.arguments.items() if name != WARMUP.name}
        watched["monitor"] = self._watched(watched["monitor"])
        watched |= {"mode": "max"} if direction(watched["monitor"]) == "up" else {}
        return [
            source(call("Plateau", **{name: literal(value) for name, value in watched.items()}), before="plateau = ")
        ]

    def _watched(self, monitor: str) -> str:
        """Return the metric that a plateau watched: the training loss where there is no validation."""
        return monitor if self.validation or not monitor.startswith("val_") else MONITORED[1]

    # ---------------------------------------------------------------- momentum

    def _momentum_name(self, stretch: Stretch) -> str:
        recipe = self.recipe(stretch)
        return momentum_name(recipe.kind(**{**recipe.config, "learning_rate": 1.0}))

    def _moves_momentum(self, stretch: Stretch) -> bool:
        return self._follows(stretch) and self._of(stretch).moves_momentum and bool(self._momentum_name(stretch))

    def _place(self, stretch: Stretch) -> str:
        wrapped = self.recipe(stretch).loss_scaling is not None
        return "self.model.optimizer.inner_optimizer" if wrapped else "self.model.optimizer"

    # ---------------------------------------------------------------- formulas

    def _functions(self, name: str, *, moved: bool) -> list[str]:
        if name in self.schedules.own:
            return self._own_function(name, self.schedules.own[name])
        schedule = self.schedules.known[name]
        words = _FACTOR.get(self.language, title=schedule.title)
        lines = _function(_factor_name(name), schedule.factor, words)
        if schedule.momentum is None or not moved:
            return lines
        words = _MOMENTUM.get(self.language, title=schedule.title)
        return [*lines, *_function(_momentum_function(name), schedule.momentum, words)]

    def _own_function(self, name: str, own: OwnSchedule) -> list[str]:
        called, base = self._name_of(own), literal(own.base_rate)
        lines = []
        if own.rates.kind == "keras":
            lines = [source(made(own.rates.function, self.borrowed), before=f"{called} = ")]
        body = {
            "epoch": [f"    return {called}(int(step // steps_per_epoch)) / {base}"],
            "step": [f"    return {called}(int(step)) / {base}"],
            "keras": [f"    return float({called}(int(step))) / {base}"],
        }[own.rates.kind]
        if own.rates.takes_rate:
            body = [
                f"    rate = {literal(own.rates.first)}",
                "    for epoch in range(int(step // steps_per_epoch) + 1):",
                f"        rate = {called}(epoch, float(np.float32(rate)))",
                f"    return rate / {base}",
            ]
        words = self.schedules.known[name].help.get(self.language)
        head = definition(_factor_name(name), ["step", "*", *_OF_RUN])
        return [*lines, "", *head, f'    """{words}"""', *body, ""]


def _plain(value: Any) -> Any:
    """Return a length as a whole number where it is one."""
    return int(value) if isinstance(value, float) and value.is_integer() and value > 1 else value


def _factor_name(name: str) -> str:
    return f"{name}_factor"


def _momentum_function(name: str) -> str:
    return f"{name}_momentum"


def _arguments(schedule: RunSchedule, function: Callable[..., Any]) -> dict[str, Expression]:
    taken = names_taken_by(function)
    return {name: literal(value) for name, value in schedule.arguments.items() if name in taken}


def _function(name: str, function: Callable[..., Any], words: str) -> list[str]:
    """Return the source of a schedule's function without its types, its words in the script's language."""
    text = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(text).body[0]
    assert isinstance(tree, ast.FunctionDef)
    body = text.splitlines()[tree.body[1].lineno - 1 :]
    taken = [name for name in inspect.signature(function).parameters if name != "step"]
    return ["", *definition(name, ["step", "*", *taken]), f'    """{words}"""', *body, ""]
