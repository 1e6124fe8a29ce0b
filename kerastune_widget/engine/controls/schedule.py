"""Schedule: how the learning rate moves over the planned epochs."""

from __future__ import annotations

from ...core.control import Choice, ControlSpec
from ...core.schedule import CONSTANT, Schedule
from ...core.text import Text
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
        choices=tuple(_choice(schedule) for schedule in subject.schedules.known.values()),
        effect="run",
        help=Text(
            en="How the learning rate moves over the planned epochs; it multiplies the rate that you set.",
            zh="学习率在计划的轮数内如何变化；它与你设定的学习率相乘。",
        ),
        disabled=None if subject.template.optimizer.schedule is None else _OWN,
        advanced=True,
    )


def _choice(schedule: Schedule) -> Choice:
    return Choice(schedule.name, schedule.title, schedule.controls, schedule.help)


CONTROL = Control("schedule", 150, specify)
