"""What a reader must know of how a log was read, before the findings can be understood."""

from __future__ import annotations

from .history import History
from .text import Text

_LAST_RUN = Text(
    en="The file holds {runs} runs; the last one, of {count} {epochs}, is judged.",
    zh="文件中有 {runs} 次运行；这里只诊断最后一次，共 {count} 轮。",
)
_MID_RUN = Text(
    en="The log begins with epoch {first}; epochs are counted from its first row here.",
    zh="日志从第 {first} 轮开始；以下的轮数从日志的第一行数起。",
)
_GOES_ON = Text(
    en="The epochs begin anew in the file; as the loss goes on, all {count} are judged as one run.",
    zh="文件中的轮数重新从头计数；由于损失延续了之前的走势，全部 {count} 轮作为一次运行来诊断。",
)
_UNCOUNTED = Text(
    en="The epochs begin anew in at least every other row; all {count} rows are judged as the epochs of one run.",
    zh="文件中至少有一半的行使轮数重新计数；全部 {count} 行作为同一次运行的各轮来诊断。",
)
_EMPTY_ROWS = Text(
    en="Rows with an epoch and no number, left out: {count}. Where the loss was NaN (pandas writes NaN as an empty "
    "cell), the run diverged.",
    zh="只有轮数、没有数值的行已略去，共 {count} 行。"
    "如果那里的损失是 NaN（pandas 把 NaN 写成空单元格），说明训练已发散。",
)
_MEANS = Text(
    en="The log has several values of the loss in each epoch: their mean is judged.",
    zh="日志中每轮有多个损失值：这里诊断的是每轮的平均值。",
)
_RIVAL = Text(
    en="There are 'loss' and {name!r}, and no validation loss: 'loss' is judged as the training loss. Where it is the "
    "validation loss, call it 'val_loss'.",
    zh="日志中有 'loss' 和 {name!r}，但没有验证损失：这里把 'loss' 当作训练损失。"
    "如果它其实是验证损失，请改名为 'val_loss'。",
)
_TEST = Text(
    en="There is no validation set in the log: {name!r} is read as one.",
    zh="日志中没有验证集的数值：这里把 {name!r} 当作验证集的结果。",
)


def reading_notes(history: History) -> tuple[Text, ...]:
    """Return a sentence for each thing about a log that changes what its findings mean; none for a plain log.

    Args:
        history: As ``core.reading`` made it; its facts tell.
    """
    facts, count = history.facts, history.epoch_count
    notes = []
    if "runs_in_file" in facts:
        epochs = Text(en="epoch" if count == 1 else "epochs", zh="轮")
        notes.append(_LAST_RUN.filled(runs=facts["runs_in_file"], count=count, epochs=epochs))
    if "first_epoch" in facts:
        notes.append(_MID_RUN.filled(first=facts["first_epoch"]))
    if facts.get("goes_on"):
        notes.append(_GOES_ON.filled(count=count))
    if facts.get("uncounted"):
        notes.append(_UNCOUNTED.filled(count=count))
    if "empty_rows" in facts:
        notes.append(_EMPTY_ROWS.filled(count=facts["empty_rows"]))
    if facts.get("epoch_means"):
        notes.append(_MEANS)
    if "rival_loss" in facts:
        notes.append(_RIVAL.filled(name=facts["rival_loss"]))
    if "test_as_validation" in facts:
        notes.append(_TEST.filled(name=facts["test_as_validation"]))
    return tuple(notes)
