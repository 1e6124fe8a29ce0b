"""The training of a run: batches in its order, changes in mid-run, and the calls of ``fit``."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.seeds import seeds_of
from ...core.text import Text
from ..early_stopping import Watch
from ..optimizers import OptimizerRecipe, OptimizerShelf
from ..schedule_shelf import ScheduleShelf
from .code_compile import optimizer_source, rate_source, schedule_source
from .code_data import DataCode
from .code_objects import Borrowed, Unwritable
from .code_printer import WIDTH, Expression, Verbatim, call, flat, listed, literal, source
from .code_schedule import ScheduleCode
from .code_settings import clipping_lines, penalty_lines
from .code_stopping import WATCHING, best_weights_lines, best_weights_source, stopping_source
from .code_timeline import Stretch, Timeline

_BATCHES = Text(
    en="The training rows in batches, each epoch in the order in which the run saw them.",
    zh="按批次给出训练数据，每一轮的顺序与运行时相同。",
)
_CHANGES = Text(
    en="Changes settings between two steps, as was done in mid-run.", zh="在两步之间更改设置，与运行途中所做的相同。"
)
_SCALED = Text(
    en="A schedule times a factor that can change while training.", zh="学习率调度乘以一个训练途中可变的系数。"
)
_AGAIN = Text(en="Compile anew, so that the optimizer starts with fresh state.", zh="重新编译，优化器状态重新开始。")
_RETRACE = Text(en="the compiled step has taken the old rate for a constant", zh="已编译的训练步把旧的比例当作常数")
_STEP_TABLE = Text(
    en="Step (counted over the whole run): the value from then on.", zh="步（在整个运行中计数）：从该步起的值。"
)
_FROM = Text(en="From epoch {epoch} on: {changes}.", zh="从第 {epoch} 轮起：{changes}。")
_INSTEAD = Text(en="{name} {new} instead of {old}", zh="{name} 由 {old} 改为 {new}")
_AVERAGES = Text(
    en="Averaged weights are taken over when all is done, not after each call of fit.",
    zh="平均权重在全部训练结束后才启用，而不是每次 fit 之后。",
)
_OWN_ORDER = Text(en="the order is made above", zh="顺序已在上面给定")


@dataclass
class Training:
    """Everything that the training part of a script is written from.

    Attributes:
        course: What was in force when.
        shelf: The optimizers.
        data: How the script gets at its data.
        compiled: Arguments of ``compile`` other than the optimizer.
        sites: For each dropout rate, the source that reaches it and its name.
        dropout: Rates by site for each value that the setting had.
        reseeded: By first epoch, where seeds begin anew: (place, seed).
        class_weights: Weight by class number for a choice of the control, or None.
        borrowed: Notes what of the user's own is named.
        language: For comments.
        schedules: The schedules that a run may follow.
        steps_per_epoch: Of the run; None when not known.
    """

    course: Timeline
    shelf: OptimizerShelf
    data: DataCode
    compiled: Mapping[str, Expression]
    sites: list[tuple[str, str]]
    dropout: Any
    reseeded: Mapping[int, list[tuple[str, int]]]
    class_weights: Callable[[str], Mapping[int, float] | None]
    borrowed: Borrowed
    language: str
    schedules: ScheduleShelf = field(default_factory=ScheduleShelf)
    steps_per_epoch: int | None = None
    _tables: dict[str, dict[int, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for move in self.course.moves:
            if move.name == "dropout":
                self._table("DROPOUT_RATES")[move.step] = self.dropout(move.value)
            elif self.shelf.recipe(move.optimizer).schedule is None:
                self._table("LEARNING_RATES")[move.step] = float(move.value)
            else:
                factor = self.shelf.recipe(move.optimizer).factor(move.value)
                self._table("RATE_FACTORS")[move.step] = float(factor)
        self._scales = "RATE_FACTORS" in self._tables or not all(map(self._can_fold, self.course.stretches))
        about = (self.schedules, self.steps_per_epoch, self.data.validation is not None, self.borrowed, self.language)
        self._schedule = ScheduleCode(self.course, self._recipe, *about)
        self._watches = len(self.course.stretches) > 1 and any(s.restores for s in self.course.stretches)
        self._compiles_again = any("optimizer" in stretch.changed for stretch in self.course.stretches)

    def _table(self, name: str) -> dict[int, Any]:
        return self._tables.setdefault(name, {})

    def _recipe(self, stretch: Stretch) -> OptimizerRecipe:
        return self.shelf.recipe(stretch.values["optimizer"]).clipped(stretch.values["clipnorm"])

    def _can_fold(self, stretch: Stretch) -> bool:
        """Whether the stretch's rate can be written without a class of the script's own."""
        try:
            recipe = self.shelf.recipe(stretch.values["optimizer"])
            rate_source(recipe, stretch.values["learning_rate"], Borrowed())
        except Unwritable:
            return False
        return True

    # ---------------------------------------------------------------- compile

    def compile_lines(self) -> list[str]:
        """Return the statements that compile the model for its first epoch."""
        first = self.course.stretches[0]
        lines = _scaled_schedule(self.language) if self._scales else self._schedule.before_compiling()
        lines += penalty_lines(self.course.values_of("l2"), self.language)
        before, optimizer = self._optimizer(first)
        if not self._compiles_again:
            return [*lines, *before, source(call("model.compile", optimizer=optimizer, **self.compiled))]
        words = f'    """{_AGAIN.get(self.language)}"""'
        compiling = source(call("model.compile", optimizer="optimizer", **self.compiled), indent=4)
        lines += ["", "def compile_model(optimizer):", words, compiling, "", ""]
        return [*lines, *before, source(call("compile_model", optimizer))]

    def _optimizer(self, stretch: Stretch) -> tuple[list[str], Expression]:
        """Return what must be said before, and the source of the stretch's optimizer."""
        recipe, rate = self._recipe(stretch), stretch.values["learning_rate"]
        scheduled = self._schedule.rate
        if scheduled is not None:
            return [], optimizer_source(recipe, scheduled, self.borrowed)
        if recipe.schedule is None or not self._scales:
            return [], optimizer_source(recipe, rate_source(recipe, rate, self.borrowed), self.borrowed)
        inner = schedule_source(recipe, self.borrowed)
        scaled = call("ScaledSchedule", inner, literal(float(recipe.factor(rate))))
        return [source(scaled, before="schedule = ")], optimizer_source(recipe, "schedule", self.borrowed)

    # ---------------------------------------------------------------- batches and changes

    @property
    def _shuffles(self) -> bool:
        return self.data.rows is not None and any(stretch.values["shuffle"] for stretch in self.course.stretches)

    def definitions(self) -> list[str]:
        """Return the classes that ``fit`` is given."""
        lines = self._batches() if self._shuffles else []
        lines += self._changes() if self._tables else []
        lines += self._schedule.definitions()
        return [*lines, *(best_weights_lines(self.language) if self._watches else [])]

    def _batches(self) -> list[str]:
        taken = "take({}, rows)" if self.data.nested else "{}[rows]"
        parts = [taken.format(name) for name in self.data.training]
        returned = ", ".join(parts) if len(parts) > 1 else f"({parts[0]},)"
        return [
            "",
            "class ShuffledBatches(keras.utils.PyDataset):",
            f'    """{_BATCHES.get(self.language)}"""',
            "",
            "    def __init__(self, batch_size, seed, first_epoch=0):",
            "        super().__init__()",
            "        self.batch_size, self.seed, self.next_epoch = batch_size, seed, first_epoch",
            "        self.order = np.arange(ROWS)",
            "",
            "    def on_epoch_begin(self):",
            "        generator = np.random.default_rng([self.seed, self.next_epoch])",
            "        self.order = generator.permutation(ROWS)",
            "        self.next_epoch += 1",
            "",
            "    def __len__(self):",
            "        return math.ceil(ROWS / self.batch_size)",
            "",
            "    def __getitem__(self, index):",
            "        first = index * self.batch_size",
            "        rows = self.order[first : first + self.batch_size]",
            f"        return {returned}",
            "",
        ]

    def _changes(self) -> list[str]:
        tables = [source(literal(dict(table)), before=f"{name} = ") for name, table in self._tables.items()]
        return [
            "",
            f"# {_STEP_TABLE.get(self.language)}",
            *tables,
            "",
            "",
            "class MidRunChanges(keras.callbacks.Callback):",
            f'    """{_CHANGES.get(self.language)}"""',
            "",
            "    def __init__(self):",
            "        super().__init__()",
            "        self.step = 0",
            "",
            "    def on_train_batch_begin(self, batch, logs=None):",
            *self._acting(),
            "        self.step += 1",
            "",
        ]

    def _acting(self) -> list[str]:
        lines = []
        if "LEARNING_RATES" in self._tables:
            lines += ["        if self.step in LEARNING_RATES:"]
            lines += ["            self.model.optimizer.learning_rate = LEARNING_RATES[self.step]"]
            lines += ["            scheduled.rate = LEARNING_RATES[self.step]"] if self._schedule.by_callback else []
        if "RATE_FACTORS" in self._tables:
            lines += ["        if self.step in RATE_FACTORS:"]
            lines += ["            schedule.factor.assign(RATE_FACTORS[self.step])"]
        if "DROPOUT_RATES" in self._tables:
            lines += ["        if self.step in DROPOUT_RATES:", "            rates = DROPOUT_RATES[self.step]"]
            lines += [line for place, name in self.sites for line in _rate_lines(place, name)]
            lines += [f"            # {_RETRACE.get(self.language)}"]
            lines += ["            self.model.make_train_function(force=True)"]
        return lines

    # ---------------------------------------------------------------- fit

    def fit_lines(self) -> list[str]:
        """Return the calls of ``fit``; they leave the numbers of each epoch in ``history``."""
        stretches = self.course.stretches
        if len(stretches) == 1:
            fit = self._fit(stretches[0], self._callbacks(stretches[0], "MidRunChanges()"))
            return [*self._own_lines(stretches[0]), source(fit, before="history = ", after=".history")]
        lines = ["changes = MidRunChanges()"] if self._tables else []
        lines += ["parts = []"]
        for stretch in stretches:
            lines += self._preparation(stretch)
            lines += self._own_lines(stretch)
            lines += self._averages(stretch)
            fit = self._fit(stretch, self._callbacks(stretch, "changes"))
            lines += [source(fit, before="part = ", after=".history"), "parts.append(part)"]
            lines += ["model.set_weights(best.weights)"] if stretch.restores else []
        return [*lines, "", "history = {name: [value for part in parts for value in part[name]] for name in parts[0]}"]

    def _preparation(self, stretch: Stretch) -> list[str]:
        if not stretch.changed:
            return []
        told = [
            _INSTEAD.get(self.language, name=name, new=new, old=old) for name, (old, new) in stretch.changed.items()
        ]
        joint = "；" if self.language == "zh" else ", "
        words = _FROM.get(self.language, epoch=stretch.first_epoch + 1, changes=joint.join(told))
        lines = ["", *(f"# {line}" for line in textwrap.wrap(words, WIDTH - 2, break_long_words=False))]
        if "optimizer" in stretch.changed:
            before, optimizer = self._optimizer(stretch)
            lines += [*before, source(call("compile_model", optimizer))]
        elif "clipnorm" in stretch.changed:
            old = self.shelf.recipe(stretch.values["optimizer"]).clipped(stretch.changed["clipnorm"][0])
            lines += clipping_lines(old, self._recipe(stretch))
        if "l2" in stretch.changed:
            lines += [f"set_l2({stretch.values['l2']!r})"]
        seeds = self.reseeded.get(stretch.first_epoch, [])
        return [*lines, *(seeding_source(place, seed) for place, seed in seeds)]

    def _own_lines(self, stretch: Stretch) -> list[str]:
        """Return what a call of ``fit`` is given by name: class weights, schedule, the keeper of the best weights."""
        first, lines = stretch is self.course.stretches[0], []
        weights = self._class_weight(stretch)
        if weights is not None and (first or "class_weight" in stretch.changed):
            lines.append(source(literal({int(k): float(v) for k, v in weights.items()}), before="class_weight = "))
        lines += self._schedule.own_lines(stretch)
        before, _ = stretch.changed.get("early_stopping", (0, 0))
        anew = stretch.begins or before is None or any(name in stretch.changed for name in WATCHING)
        if self._watches and anew:
            best = best_weights_source(Watch.of(stretch.values), validation=self.data.validation is not None)
            lines.append(source(best, before="best = "))
        return lines

    def _class_weight(self, stretch: Stretch) -> Mapping[int, float] | None:
        return self.class_weights(stretch.values["class_weight"]) if self.data.rows is not None else None

    def _callbacks(self, stretch: Stretch, changes: str) -> list[Expression]:
        made: list[Expression] = [changes] if self._tables else []
        made += self._schedule.callbacks(stretch)
        patience = stretch.values["early_stopping"]
        if self._watches:
            return [*made, *(["best"] if patience is not None else [])]
        if not stretch.watched or patience is None:
            return made
        watch, validation = Watch.of(stretch.values), self.data.validation is not None
        return [*made, stopping_source(watch, patience, validation=validation)]

    def _averages(self, stretch: Stretch) -> list[str]:
        """Return what keeps a call of ``fit`` that is not the last one from ending the run."""
        if not self.shelf.recipe(stretch.values["optimizer"]).config.get("use_ema"):
            return []
        begins, last = not stretch.first_epoch or "optimizer" in stretch.changed, self.course.stretches[-1]
        if stretch is last:
            return [] if begins else ["del model.optimizer.finalize_variable_values"]
        words = f"# {_AVERAGES.get(self.language)}"
        return [words, "model.optimizer.finalize_variable_values = lambda *_: None"] if begins else []

    def _fit(self, stretch: Stretch, callbacks: list[Expression]) -> Expression:
        one = len(self.course.stretches) == 1
        size = "BATCH_SIZE" if one else str(stretch.values["batch_size"])
        seed = "SEED" if one else str(seeds_of(stretch.values).order)
        positional: list[Expression] = ["train_data"]
        named: dict[str, Expression] = {"shuffle": "False"}
        if self.data.rows is not None and stretch.values["shuffle"]:
            first = {"first_epoch": literal(stretch.first_epoch)} if stretch.first_epoch else {}
            positional = [call("ShuffledBatches", size, seed, **first)]
        elif self.data.rows is not None:
            positional = [Verbatim(name) for name in self.data.training if not name.startswith("weight")]
            weights = [name for name in self.data.training if name.startswith("weight")]
            named = {**({"sample_weight": weights[0]} if weights else {}), "batch_size": size, **named}
        if self._class_weight(stretch) is not None:
            named["class_weight"] = "class_weight"
        if self.data.validation is not None:
            named["validation_data"] = self.data.validation
            if self.data.validation.startswith("("):
                named["validation_batch_size"] = size
        if stretch.first_epoch:
            named["initial_epoch"] = literal(stretch.first_epoch)
        named["epochs"] = "EPOCHS" if one else literal(stretch.end_epoch)
        if callbacks:
            named["callbacks"] = listed(callbacks)
        return call("model.fit", *positional, **named)


def _rate_lines(place: str, name: str) -> list[str]:
    indent, value = " " * 12, f"rates[{flat(literal(name))}]"
    line = f"{indent}{place} = {value}"
    layer, _, attribute = place.rpartition(".")
    return [line] if len(line) <= WIDTH else [f"{indent}layer = {layer}", f"{indent}layer.{attribute} = {value}"]


def seeding_source(place: str, seed: int) -> str:
    """Return the statement that lets a seed generator begin anew."""
    return source(call(f"{place}.state.assign", literal([seed, 0])))


def _scaled_schedule(language: str) -> list[str]:
    return [
        "",
        "class ScaledSchedule(keras.optimizers.schedules.LearningRateSchedule):",
        f'    """{_SCALED.get(language)}"""',
        "",
        "    def __init__(self, schedule, factor):",
        "        self.schedule = schedule",
        "        self.factor = keras.Variable(factor, trainable=False)",
        "",
        "    def __call__(self, step):",
        "        return self.schedule(step) * self.factor",
        "",
        "    def get_config(self):",
        '        return {"schedule": self.schedule, "factor": float(self.factor)}',
        "",
        "",
    ]
