"""What runs that were only read from a log can tell without a session: their model, if the log has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core.text import Language, Text
from ...errors import RunError
from ..export.code import Script
from ..optimizers import OptimizerShelf
from ..run import Run
from ..run_book import RunBook
from ..structure import structure_of
from ..template import ModelTemplate
from ..trained_copy import trained_copy
from .folder import LogFolder
from .model_file import load_model

_NO_CODE = Text(
    en="The code of run {number} needs the model and the data: load the log with them, "
    "kt.Session.load({folder!r}, model, data).",
    zh="生成第 {number} 次运行的代码需要模型和数据：请连同它们一起加载日志，即 "
    "kt.Session.load({folder!r}, model, data)。",
)
_NO_WEIGHTS = Text(
    en="The log has no trained weights of run {number} ({status}).",
    zh="日志中没有第 {number} 次运行训练得到的权重（状态：{status}）。",
)
_OTHER_OPTIMIZER = Text(
    en="Run {number} ended with the optimizer {name!r}, which the log's model does not know. Take run.weights instead.",
    zh="第 {number} 次运行结束时使用的优化器是 {name!r}，而日志中的模型不认识它。请改用 run.weights。",
)


class SavedSource:
    """Answers for the runs of one log.

    Args:
        folder: The log folder.
        book: Its runs.
    """

    def __init__(self, folder: Path, book: RunBook) -> None:
        self._folder, self._book = folder, book

    def kept_epochs(self, run: Run) -> tuple[int, ...]:
        """Nothing can be branched without data."""
        return ()

    def data_profile(self, *, wait: bool) -> None:
        """Only the log of a run says what its data looked like."""

    def repeats(self, run: Run) -> list[float]:
        """Return the losses that finished runs which differ in their seed only ended with, that of ``run`` first."""
        return self._book.repeats(run)

    def rebuild(self, run: Run) -> Any:
        """Return the model that the run trained, made of the log's own copy of the user's model.

        Raises:
            LogError: If the log has no model, or one that safe mode refuses.
            RunError: If it has no weights of the run, or they need an optimizer that it does not know.
        """
        if run.end is None:
            raise RunError(_NO_WEIGHTS.filled(number=run.number, status=run.status))
        template = ModelTemplate(load_model(LogFolder(self._folder).model))
        shelf = OptimizerShelf(template.optimizer)
        if not shelf.knows(run.end.state.optimizer):
            raise RunError(_OTHER_OPTIMIZER.filled(number=run.number, name=run.end.state.optimizer))
        inserts = template.can_insert_dropout
        structure = structure_of(run.hyperparameters, run.facts, can_insert_dropout=inserts)
        return trained_copy(template, shelf, run.end.state, run.end.values, (None,), structure)

    def script(self, run: Run, language: Language) -> Script:
        """Refuse: only model and data tell what to write.

        Raises:
            RunError: Always.
        """
        raise RunError(_NO_CODE.filled(number=run.number, folder=str(self._folder)))
