"""A run as a plain Keras script: readable, and with the same curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.history import History
from ...core.seeds import seeds_of
from ...core.spelling import name_of
from ...core.text import Text
from ...errors import RunError
from ..class_weights import chosen_weights
from ..dataset import Dataset, steps_per_epoch
from ..optimizers import OptimizerShelf
from ..schedule_shelf import ScheduleShelf
from ..structure import structure_of
from ..template import ModelTemplate, Weights
from .code_compile import compile_arguments
from .code_data import DataCode, data_code
from .code_header import constants, docstring, imports, place_for_own
from .code_making import ModelMaker
from .code_objects import Borrowed
from .code_timeline import Timeline, timeline
from .code_training import Training

_DATA = Text(en="Data", zh="数据")
_MODEL = Text(en="Model", zh="模型")
_TRAINING = Text(en="Training", zh="训练")
_NO_START = Text(
    en="Run {number} ({status}) has no start weights to write: it has not begun, or they were let go when memory was "
    "short. run.to_code() still gives the script itself.",
    zh="第 {number} 次运行（{status}）没有可写出的起始权重：它尚未开始，或内存不足时已被释放。"
    "run.to_code() 仍可给出脚本本身。",
)


_NO_RECIPE = Text(
    en="Run {number} used an optimizer made by hand in another session, {name!r}, which this one does not know: its "
    "code cannot be written. run.history and to_csv() still give its numbers.",
    zh="第 {number} 次运行使用了在另一个会话中手动创建的优化器 {name!r}，本会话不认识它，因此无法写出代码。"
    "run.history 和 to_csv() 仍可给出它的数据。",
)


_NO_SCHEDULE = Text(
    en="Run {number} followed the schedule {name!r}, which this version does not know: its code cannot be written. "
    "Accepted are {accepted}. run.history and to_csv() still give its numbers.",
    zh="第 {number} 次运行使用了本版本不认识的学习率计划 {name!r}，因此无法写出代码。可用的有 {accepted}。"
    "run.history 和 to_csv() 仍可给出它的数据。",
)


@dataclass(frozen=True)
class Script:
    """A run as code, with what it reads.

    Attributes:
        text: The script.
        data: What data.npz holds; empty when the script says where to load the data.
        start: What start.npz holds; empty when the run has no start weights.
        run: Number and status of the run, for messages.
    """

    text: str
    data: Mapping[str, NDArray[Any]]
    start: Mapping[str, NDArray[Any]]
    run: tuple[int, str]

    def save(self, folder: str | Path) -> Path:
        """Write train.py, start.npz and data.npz into a folder, which is made if need be; return the script's path.

        Raises:
            RunError: If the run has no start weights any more.
        """
        if not self.start:
            raise RunError(_NO_START.filled(number=self.run[0], status=self.run[1]))
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        np.savez(place / "start.npz", allow_pickle=False, **self.start)
        if self.data:
            np.savez(place / "data.npz", allow_pickle=False, **self.data)
        path = place / "train.py"
        path.write_text(self.text, encoding="utf-8")
        return path


@dataclass(frozen=True)
class Subject:
    """What a script is written about.

    Attributes:
        number: Of the run.
        name: That a person gave it.
        status: How it stands.
        settings: Hyperparameters in force at the first step of its history.
        start_weights: The weights at that step, where they are still there.
        history: Its numbers.
    """

    number: int
    name: str
    status: str
    settings: Mapping[str, Any]
    start_weights: Weights | None
    history: History


def write_script(
    subject: Subject,
    template: ModelTemplate,
    shelf: OptimizerShelf,
    dataset: Dataset,
    language: str = "en",
    schedules: ScheduleShelf | None = None,
) -> Script:
    """Write a run as a plain Keras script.

    Args:
        subject: The run.
        template: Its model.
        shelf: The optimizers that it may name.
        dataset: The data as runs read them.
        language: Of the comments, "en" or "zh".
        schedules: The schedules that it may name; None for those that every session has.

    Raises:
        RunError: If the run used an optimizer that is not on the shelf, or a schedule that there is not.
    """
    for name in _moved(subject, "optimizer"):
        if not shelf.knows(name):
            raise RunError(_NO_RECIPE.filled(number=subject.number, name=name))
    schedules = schedules or ScheduleShelf()
    for name in map(name_of, _moved(subject, "schedule")):
        if name not in schedules.known:
            known = ", ".join(schedules.known)
            raise RunError(_NO_SCHEDULE.filled(number=subject.number, name=name, accepted=known))
    borrowed = Borrowed(policy=template.example.dtype_policy.name)
    inserts = template.can_insert_dropout and any(_moved(subject, "dropout"))
    structure = structure_of(subject.settings, subject.history.facts, can_insert_dropout=False)
    structure = replace(structure, inserted_dropout=inserts)
    course = timeline(subject.settings, subject.history, inserted_dropout=inserts)
    data = data_code(dataset, course.stretches[0].values["batch_size"], language)
    maker = ModelMaker(template, dataset, data, course, structure=structure, borrowed=borrowed, language=language)
    making, compiled = maker.lines(), compile_arguments(maker.model, borrowed)
    training = Training(
        course,
        shelf,
        data,
        compiled,
        maker.sites,
        maker.named_rates,
        maker.reseeded,
        partial(chosen_weights, dataset),
        borrowed,
        language,
        schedules,
        steps_per_epoch(dataset.training, subject.settings["batch_size"]),
    )
    sections = {
        _DATA: ['start = np.load(HERE / "start.npz")', *data.lines],
        _MODEL: [*making, *training.compile_lines()],
        _TRAINING: [*training.definitions(), *training.fit_lines(), *_ENDING],
    }
    body = "\n".join(line for title, lines in sections.items() for line in _section(title.get(language), lines))
    head = _head(subject, course, data, body, borrowed, language)
    return _script(subject, data, _tidied("\n".join([*head, body])))


_ENDING = ["", "for name, values in history.items():", "    print(name, np.round(values[-1], 4))", ""]


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", "", f"# {title}", "", *lines]


def _head(
    subject: Subject, course: Timeline, data: DataCode, body: str, borrowed: Borrowed, language: str
) -> list[str]:
    files = ["start.npz", *(["data.npz"] if data.arrays and not data.too_large else [])]
    first = course.stretches[0]
    epochs = course.planned or first.end_epoch
    values = {"EPOCHS": epochs, "BATCH_SIZE": first.values["batch_size"], "SEED": seeds_of(first.values).order}
    return [
        *docstring(subject.number, subject.name, subject.history, course, files, language),
        *imports(body, borrowed),
        *place_for_own(borrowed, language),
        *constants(body, {**values, "ROWS": data.rows}, language),
    ]


def _script(subject: Subject, data: DataCode, text: str) -> Script:
    start = {f"weight_{index}": _plain(weight) for index, weight in enumerate(subject.start_weights or [])}
    if start and data.held_out is not None:
        start["validation_rows"] = data.held_out
    return Script(text, {} if data.too_large else data.arrays, start, (subject.number, subject.status))


def _moved(subject: Subject, name: str) -> list[Any]:
    """Return every value that a setting had, the first one first."""
    return [subject.settings[name], *(change.new for change in subject.history.changes if change.name == name)]


def _plain(weight: NDArray[Any]) -> NDArray[Any]:
    """Return a weight in a type that a plain file can hold."""
    return weight if weight.dtype.kind in "fiub" and weight.dtype.isbuiltin else weight.astype(np.float32)


def _tidied(text: str) -> str:
    """Put two empty lines around each class and function, and nowhere more than two."""
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        begins = line.startswith(("class ", "def "))
        if line and (begins or (inside and not line.startswith((" ", ")")))):
            while lines and not lines[-1]:
                lines.pop()
            lines += ["", ""]
        inside = begins or (inside and (not line or line.startswith((" ", ")"))))
        if line or lines[-2:] != ["", ""]:
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"
