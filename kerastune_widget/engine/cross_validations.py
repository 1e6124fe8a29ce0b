"""The cross-validations that a session offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Any

from ..core.events import RepeatEnded, RepeatEvent, RepeatMoved, RepeatStarted
from ..core.text import Text
from .bench import Subject
from .checks import is_classification
from .crew import Crew, refuse_crew
from .cross_validation import CrossValidation
from .dataset import ArrayData, Dataset
from .folds import deal, kind_of, refuse_folds
from .launcher import Launcher
from .proof import comes_trained
from .repeat_task import RepeatTask
from .repeated import numbered, row_of_outcome
from .settings import Settings
from .template import ModelTemplate
from .trial import Cut, Outcome, Trial
from .warm_models import WarmModels
from .whole_data import WholeData

_SEEN = Text(
    en="Each fold begins with trained weights. If rows of these data trained them, the folds are judged by rows that "
    'they have seen, and the scores are too good: take start="new" and a model without trained weights.',
    zh="每一折都从训练过的权重开始。如果这些权重是用这份数据训练的，各折就会用已经见过的样本来评估，得分偏高："
    '请使用 start="new" 和未经训练的模型。',
)


class SessionCrossValidations:
    """Cross-validations of a ``Session``."""

    _cross_validations: list[CrossValidation]
    _launcher: Launcher
    _settings: Settings
    _template: ModelTemplate
    _warm: WarmModels

    if TYPE_CHECKING:

        def wait(self, timeout: float | None = None) -> bool:
            """Wait until no run is going on."""

        def _base(self, hyperparameters: Mapping[str, Any], start: str | None = None) -> dict[str, Any]: ...
        def _compared(self, metric: str | None) -> str: ...
        def _refuse_if_busy(self) -> None: ...
        def _subject_of(self, dataset: Dataset) -> Subject: ...
        def _told_of(self, first: RepeatEvent, kind: type[RepeatEvent]) -> None: ...

    @property
    def cross_validations(self) -> tuple[CrossValidation, ...]:
        """All cross-validations so far, oldest first."""
        return tuple(self._cross_validations)

    def start_cross_validation(
        self,
        folds: int = 5,
        *,
        kind: str = "auto",
        groups: Sequence[Any] | None = None,
        metric: str | None = None,
        executor: Executor | None = None,
        workers: int | None = None,
        **hyperparameters: Any,
    ) -> CrossValidation:
        """Train a run for each fold, judged by the rows that it was not trained on, in the background.

        All rows are dealt out, those included that the session itself held out; validation data that were given apart
        stay out of it. Every run begins with the same weights and seed: new weights, though the model came trained,
        because those it came with may have seen the rows that a fold is judged by. Needs scikit-learn.

        Args:
            folds: How many, 2 or more.
            kind: "plain" (shuffled), "stratified" (shuffled, each class in equal shares), "grouped" (a group is never
                on both sides), "time" (rows stay in their order, each fold is judged by what comes after all that it
                is trained on), or "auto": by groups where they are given, else by classes where there are some, else
                plain.
            groups: For "grouped", one for each row of the data as given, shape (rows,): numbers or text.
            metric: What the table shows: one of the choices of the control ``monitor``, or ``val_`` and one of them;
                None for the first metric of the held-out rows, or the loss.
            executor: As for ``start_repeat``.
            workers: Likewise.
            **hyperparameters: Likewise; with ``start="model"``, a model that came trained keeps its weights.

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            DataError: If the rows cannot be dealt out so.
            RunError: If scikit-learn is not installed.
            SessionBusyError: If a run is going on.
        """
        refuse_crew(executor, workers)
        refuse_folds(folds, kind, groups)
        base = self._base(hyperparameters, "new")
        shown = self._judging(metric)
        dataset, dealt = self._warm.dataset, None
        if isinstance(dataset.training, ArrayData):
            kind, dealt = self._dealt(dataset, folds, kind, groups, base["seed"])
        with self._launcher.lock:
            self._refuse_if_busy()
            found = CrossValidation(numbered(self._cross_validations), folds, kind, shown)
            kept = base["start"] == "model" or self._template.function is not None
            if kept and comes_trained(self._template):
                found._notice(_SEEN)
            self._cross_validations.append(found)
            task = self._folds_task(found, base, Crew(executor, workers), groups, dealt)
            self._told_of(RepeatStarted(0, "folds", found.number), RepeatStarted)
            self._launcher.launch(iter([task]), takes_settings=False, aside=True, finish=found._end)
        return found

    def cross_validate(self, folds: int = 5, **options: Any) -> CrossValidation:
        """Cross-validate, wait for the end and return what came of it; as ``start_cross_validation``.

        Raises:
            RunError: If the runs of all folds failed.

        Example:
            >>> found = session.cross_validate(5, kind="time", epochs=20)
            >>> found.scores, found.out_of_fold.shape
        """
        found = self.start_cross_validation(folds, **options)
        self.wait()
        found.raise_if_failed()
        return found

    def _judging(self, metric: str | None) -> str | None:
        """Return the table's metric; folds have validation data even where the session has none."""
        if metric is None:
            return None
        offered = [choice.value for choice in self._settings.specs["monitor"].choices]
        folds_only = isinstance(metric, str) and metric.removeprefix("val_") in offered
        return metric if folds_only else self._compared(metric)

    def _dealt(self, dataset: Dataset, folds: int, kind: str, groups: Any, seed: int) -> tuple[str, list[Cut]]:
        data = WholeData(dataset).data
        kind = kind_of(kind, data, groups, classes=is_classification(self._template))
        return kind, deal(data, folds, kind, groups, seed=seed)

    def _folds_task(
        self, found: CrossValidation, base: Mapping[str, Any], crew: Crew, groups: Any, dealt: list[Cut] | None
    ) -> RepeatTask:
        tell = partial(self._told_of, RepeatStarted(0, "folds", found.number))

        def trials(dataset: Dataset) -> list[Trial]:
            cuts = dealt
            if cuts is None:
                found._kind, cuts = self._dealt(dataset, found.folds, found.kind, groups, base["seed"])
            held = [cut.validation for cut in cuts if cut.validation is not None]
            found._deal(held, WholeData(dataset).rows, [cut.training for cut in cuts])
            return [Trial(fold, base, cut, predicts=True) for fold, cut in enumerate(cuts)]

        def take(outcome: Outcome) -> None:
            found._predicted(outcome.place, outcome.predictions)
            found._take(outcome.place, row_of_outcome(outcome, base["seed"], outcome.place))

        def told() -> None:
            tell(RepeatMoved)
            if found.ended:
                crew.close()
                tell(RepeatEnded)

        about = {"read": self._warm.read, "subject": self._subject_of, "trials": trials, "take": take, "told": told}
        return RepeatTask(found, crew, **about)  # type: ignore[arg-type]
