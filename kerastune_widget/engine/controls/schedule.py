"""Schedule: how the learning rate moves over the planned epochs."""

from __future__ import annotations

from dataclasses import replace

from ...core.control import Choice, ControlSpec
from ...core.schedule import CONSTANT, Schedule
from ...core.text import Text
from ..monitored import monitor_choices, usual_monitor
from ._base import Control, Subject

_OWN = Text(
    en="The model was compiled with a schedule of its own, which the learning rate scales.",
    zh="模型编译时自带学习率计划，学习率控件会按比例缩放它。",
)


def specify(subject: Subject) -> ControlSpec:
    """Offer every schedule; the slider's rate is what each begins with."""
    return ControlSpec(
        name="schedule",
        title=Text(en="Schedule", zh="学习率计划"),
        kind="choice",
        default=CONSTANT,
        choices=tuple(_choice(schedule, subject) for schedule in subject.schedules.known.values()),
        effect="run",
        help=Text(
            en="How the learning rate moves over the planned epochs; it multiplies the rate that you set.",
            zh="学习率在计划的轮数内如何变化；它与你设定的学习率相乘。",
        ),
        disabled=None if subject.template.optimizer.schedule is None else _OWN,
        advanced=True,
    )


def _choice(schedule: Schedule, subject: Subject) -> Choice:
    parameters = tuple(_for(subject, control) for control in schedule.controls)
    return Choice(schedule.name, schedule.title, parameters, schedule.help)


def _for(subject: Subject, parameter: ControlSpec) -> ControlSpec:
    """Return a parameter as this model and data have it: which metrics there are to watch."""
    if parameter.name != "monitor":
        return parameter
    choices = monitor_choices(subject.template, subject.dataset)
    return replace(parameter, default=usual_monitor(subject.dataset), choices=choices)


CONTROL = Control("schedule", 150, specify)
