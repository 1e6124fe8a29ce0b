"""The repeats over seeds that a session offers: how much runs differ, by which source, and the noise floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Any

from ..core.events import EventBus, RepeatEnded, RepeatEvent, RepeatMoved, RepeatStarted, RunEnded
from ..core.repeat import GOVERNED, SOURCES
from ..core.text import Text
from ..errors import HyperparameterError, did_you_mean
from .bench import Subject
from .checks import is_classification
from .crew import Crew, refuse_crew
from .dataset import Dataset
from .launcher import Job, Launcher, Task
from .optimizers import OptimizerShelf
from .proof import comes_trained
from .repeat import Repeat, noise_floor_of
from .repeat_logged import LoggedRepeats
from .repeat_task import RepeatTask
from .repeated import row_of_outcome, row_of_run
from .run_book import RunBook
from .run_maker import RunMaker
from .settings import Settings
from .source_spread import SourceSpread
from .template import ModelTemplate
from .trial import Cut, Outcome, Trial
from .warm_models import WarmModels
from .whole_data import WholeData

MOST = 1000
"""Runs in one repeat."""

_SEEDS = 2**31  # as many as the control takes
_COUNT = Text(
    en="count must be a whole number from 2 to {most}; received {value!r}.",
    zh="count 必须是 2 到 {most} 之间的整数；收到的是 {value!r}。",
)
_GIVEN_SEEDS = Text(
    en="seeds must be two or more different whole numbers from 0 to 2147483647; received {value!r}.",
    zh="seeds 必须是两个或更多互不相同的整数，范围为 0 到 2147483647；收到的是 {value!r}。",
)
_NO_SOURCE = Text(
    en="{name} must be some of {accepted}; received {value!r}.{hint}",
    zh="{name} 必须取自 {accepted}；收到的是 {value!r}。{hint}",
)
_VARIED = Text(
    en="{name} cannot be held at {value!r} in a repeat that varies {source!r}. Leave it out, or say in vary which "
    "other sources are to differ.",
    zh="重复运行要改变 {source!r}，因此不能把 {name} 固定为 {value!r}。请去掉它，或用 vary 指定要改变的其他来源。",
)
_START = Text(
    en='start must be "new" or "model" for repeated runs, each of which begins anew; received {value!r}.',
    zh='重复运行每次都重新开始，因此 start 必须是 "new" 或 "model"；收到的是 {value!r}。',
)
_TRAINED = Text(
    en="The model came trained, so that all runs begin with its weights: initial weights are no source of chance here.",
    zh="模型已经过训练，所有运行都从它的权重开始：初始权重在这里不是随机来源。",
)
_NO_SPLIT = Text(
    en='"split" varies which rows are held out, but here they are not drawn: the validation data were given apart, or '
    "are the last rows. Make the session with validation_split=0.2, or cross-validate.",
    zh="“split”改变留作验证的样本，但这里的验证集不是抽取的：它是单独给出的，或者是最后若干行。"
    "请用 validation_split=0.2 创建会话，或使用交叉验证。",
)


class SessionRepeats:
    """Repeats over seeds of a ``Session``."""

    events: EventBus
    _book: RunBook
    _launcher: Launcher
    _logged: LoggedRepeats
    _made_with: Mapping[str, Any]
    _maker: RunMaker
    _repeats: list[Repeat]
    _settings: Settings
    _shelf: OptimizerShelf
    _spreads: list[SourceSpread]
    _template: ModelTemplate
    _warm: WarmModels

    if TYPE_CHECKING:

        def wait(self, timeout: float | None = None) -> bool:
            """Wait until no run is going on."""

        def _compared(self, metric: str | None) -> str: ...
        def _refuse_if_busy(self) -> None: ...
        def _refuse_unplannable(self, values: Mapping[str, Any]) -> None: ...

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        """All repeats over seeds so far, oldest first; from earlier sessions those whose runs are in the log."""
        first = min((repeat.number for repeat in self._own_repeats), default=None)
        return (*self._logged.among(self._book.runs, before=first), *self._repeats)

    @property
    def spreads(self) -> tuple[SourceSpread, ...]:
        """All spreads by source of chance so far, oldest first."""
        return tuple(self._spreads)

    def noise_floor(self, metric: str, *, best: bool = False) -> float | None:
        """Return the difference below which two single runs differ by no more than chance; None while not known.

        It comes from the repeat in which just what the seed governs differed, of those that have ended the one with
        most finished runs (the newest of equals), those in the log included: Student's t times the standard deviation
        times the root of 2. It is that of the repeated settings, and a guess for others.

        Args:
            metric: By Keras's name.
            best: Whether best values over the epochs are compared, which differ less; else those of the last epoch.
        """
        return noise_floor_of(self.repeats, metric, best=best)

    def start_repeat(
        self,
        count: int = 5,
        *,
        vary: Sequence[str] | None = None,
        seeds: Sequence[int] | None = None,
        metric: str | None = None,
        executor: Executor | None = None,
        workers: int | None = None,
        **hyperparameters: Any,
    ) -> Repeat:
        """Run the same settings over several seeds, in the background, to see how much they differ; return at once.

        Each run begins anew and is, bit for bit, what ``run(seed=..., start="new")`` gives. They are runs of the
        session like others, except where they see other rows or are trained by workers: then only their rows are
        kept. The next run's "same" start is none of theirs. ``stop`` ends the repeat.

        Args:
            count: How many runs, 2 or more.
            vary: Which sources of chance differ, the others held as set: "weights" (initial weights), "order" (of the
                batches), "dropout" (and all random layers), "split" (which rows are held out; only where the session
                drew them), "subset" (nine tenths of the training rows, drawn). None for what a run's seed governs: the
                first three together.
            seeds: Those of the runs; None for ``count`` in a row, from the one that is set.
            metric: What the table shows, one of the choices of the control ``monitor``; None for the first metric of
                the validation data, or the loss.
            executor: Whose workers train: any ``concurrent.futures.Executor``, such as Dask's
                ``client.get_executor()``. The numbers are those of runs in sequence.
            workers: How many processes of our own train instead. Each takes the memory of a Python with TensorFlow,
                model and data.
            **hyperparameters: What else differs from ``settings``, as for ``start``; ``start`` is "new" or "model".

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run is going on.
        """
        refuse_crew(executor, workers)
        sources = self._sources("vary", GOVERNED if vary is None else vary)
        _refuse_varied(sources, hyperparameters)
        base = self._base(hyperparameters)
        drawn = _seeds(count, seeds, base["seed"])
        shown = None if metric is None else self._compared(metric)
        with self._launcher.lock:
            self._refuse_if_busy()
            repeat = Repeat(self._next_repeat, drawn, sources, shown)
            self._repeats.append(repeat)
            tell = partial(self._told_of, RepeatStarted(0, "repeat", repeat.number))
            self._launch_repeats([repeat], base, Crew(executor, workers), repeat._end, lambda: repeat.ended, tell)
        return repeat

    def repeat(self, count: int = 5, **options: Any) -> Repeat:
        """Repeat, wait for the end and return what came of it; arguments as for ``start_repeat``.

        Raises:
            RunError: If all runs failed; a single one that did has a row that says so.

        Example:
            >>> repeat = session.repeat(10, epochs=20)
            >>> repeat.statistics("val_loss").mean, repeat.noise_floor
        """
        repeat = self.start_repeat(count, **options)
        self.wait()
        repeat.raise_if_failed()
        return repeat

    def start_spread(
        self,
        count: int = 5,
        sources: Sequence[str] | None = None,
        *,
        seeds: Sequence[int] | None = None,
        metric: str | None = None,
        executor: Executor | None = None,
        workers: int | None = None,
        **hyperparameters: Any,
    ) -> SourceSpread:
        """Vary one source of chance at a time, the others held fixed, in the background; return at once.

        Args:
            count: How many runs for each source, 2 or more.
            sources: Which, as for ``vary`` of ``start_repeat``; None for all that there are in this session.
            seeds: As for ``start_repeat``.
            metric: Likewise.
            executor: Likewise.
            workers: Likewise.
            **hyperparameters: Likewise.

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run is going on.
        """
        refuse_crew(executor, workers)
        base = self._base(hyperparameters)
        names = self._sources("sources", self._all_sources(base) if sources is None else sources)
        drawn = _seeds(count, seeds, base["seed"])
        shown = None if metric is None else self._compared(metric)
        with self._launcher.lock:
            self._refuse_if_busy()
            number = self._spreads[-1].number + 1 if self._spreads else 1
            repeats = [Repeat(at, drawn, (name,), shown) for at, name in enumerate(names, self._next_repeat)]
            spread = SourceSpread(number, len(drawn), repeats, shown)
            self._spreads.append(spread)
            tell = partial(self._told_of, RepeatStarted(0, "spread", number))
            self._launch_repeats(repeats, base, Crew(executor, workers), spread._end, lambda: spread.ended, tell)
        return spread

    def spread(self, count: int = 5, sources: Sequence[str] | None = None, **options: Any) -> SourceSpread:
        """Vary one source at a time, wait for the end and return what came of it; as ``start_spread``.

        Raises:
            RunError: If all runs of a source failed.

        Example:
            >>> spread = session.spread(5, ["weights", "order"], epochs=20)
            >>> {row.source: row.share for row in spread.rows}
        """
        spread = self.start_spread(count, sources, **options)
        self.wait()
        spread.raise_if_failed()
        return spread

    # ---------------------------------------------------------------- how it is done

    def _launch_repeats(
        self,
        repeats: Sequence[Repeat],
        base: Mapping[str, Any],
        crew: Crew,
        end: Callable[[], None],
        ended: Callable[[], bool],
        tell: Callable[[type[RepeatEvent]], None],
    ) -> None:
        """Begin with the first run. The lock is held by the caller."""
        places: dict[int, tuple[Repeat, int]] = {}

        def told() -> None:
            tell(RepeatMoved)
            if ended():
                listening.close()
                tell(RepeatEnded)

        def heard(event: RunEnded) -> None:
            if event.run in places:
                repeat, place = places.pop(event.run)
                repeat._take(place, row_of_run(self._book.find(event.run), repeat.seeds[place]))
                told()

        def finish() -> None:
            crew.close()
            end()

        tell(RepeatStarted)
        listening = self.events.subscribe(RunEnded, heard)
        jobs = self._repeat_jobs(repeats, base, crew, places, told)
        self._launcher.launch(jobs, takes_settings=False, aside=True, finish=finish)

    def _repeat_jobs(
        self,
        repeats: Sequence[Repeat],
        base: Mapping[str, Any],
        crew: Crew,
        places: dict[int, tuple[Repeat, int]],
        told: Callable[[], None],
    ) -> Iterator[Job | Task]:
        """Yield the runs of the session, each made when its turn comes, and what is trained elsewhere in one piece."""
        for repeat in repeats:
            if base["start"] == "model" and "weights" in repeat.vary:
                repeat._notice(_TRAINED)
            if not (crew.is_here and repeat.on_own_data):
                yield self._apart(repeat, base, crew, told)
                continue
            for place, values in enumerate(repeat.plan(base)):
                run = self._maker.fresh(values)
                run.repeat = repeat.number
                repeat._begin(run)
                places[run.number] = repeat, place
                yield run, run.hyperparameters["epochs"]

    def _apart(self, repeat: Repeat, base: Mapping[str, Any], crew: Crew, told: Callable[[], None]) -> RepeatTask:
        def trials(dataset: Dataset) -> list[Trial]:
            cuts = self._cuts(repeat, dataset)
            plan = zip(repeat.plan(base), cuts, strict=True)
            return [Trial(place, values, cut) for place, (values, cut) in enumerate(plan)]

        def take(outcome: Outcome) -> None:
            repeat._take(outcome.place, row_of_outcome(outcome, repeat.seeds[outcome.place]))

        about = {"read": self._warm.read, "subject": self._subject_of, "trials": trials, "take": take, "told": told}
        return RepeatTask(repeat, crew, **about)  # type: ignore[arg-type]

    def _cuts(self, repeat: Repeat, dataset: Dataset) -> list[Cut | None]:
        """Return the rows that each run sees; None for the session's own."""
        whole, classes = WholeData(dataset), is_classification(self._template)
        cuts: list[Cut | None] = []
        for seed in repeat.seeds:
            cut = whole.split_by(seed, classes=classes) if "split" in repeat.vary else None
            cuts.append(whole.subset_by(seed, cut, classes=classes) if "subset" in repeat.vary else cut)
        return cuts

    def _subject_of(self, dataset: Dataset) -> Subject:
        """Return what workers are told of the session."""
        schedules, common = self._settings.schedules, OptimizerShelf(self._template.optimizer).recipes
        return Subject(
            self._template,
            dataset,
            recipes={name: one for name, one in self._shelf.recipes.items() if name not in common},
            schedules=dict(schedules.own),
            known={name: schedules.known[name] for name in schedules.own},
            **self._made_with,
        )

    def _told_of(self, first: RepeatEvent, kind: type[RepeatEvent]) -> None:
        self.events.publish(kind(0, first.kind, first.number))

    # ---------------------------------------------------------------- what was asked for

    def _base(self, hyperparameters: Mapping[str, Any], start: str | None = None) -> dict[str, Any]:
        """Return the hyperparameters that all runs share; without ``start``, trained weights are kept."""
        given = self._settings.checked(hyperparameters)
        start = start or ("model" if comes_trained(self._template) else "new")
        base = {**self._settings.now, "start": start, **given}
        if base["start"] not in ("new", "model"):
            raise HyperparameterError(_START.filled(value=base["start"]))
        self._refuse_unplannable(base)
        return base

    def _sources(self, name: str, asked: Sequence[str]) -> tuple[str, ...]:
        given = () if isinstance(asked, str) else tuple(dict.fromkeys(asked))
        wrong = [one for one in given if one not in SOURCES]
        if wrong or not given:
            value = wrong[0] if wrong else asked
            hint = did_you_mean(str(value), SOURCES)
            raise HyperparameterError(_NO_SOURCE.filled(name=name, accepted=list(SOURCES), value=value, hint=hint))
        if "split" in given and not self._draws_split:
            raise HyperparameterError(_NO_SPLIT)
        return given

    @property
    def _own_repeats(self) -> tuple[Repeat, ...]:
        return (*self._repeats, *(repeat for spread in self._spreads for repeat in spread.repeats))

    @property
    def _next_repeat(self) -> int:
        """A number that no repeat has had, those of spreads and of the log included."""
        ours = self._own_repeats
        logged = [run.repeat for run in self._book.runs if run.repeat is not None]
        return max([*logged, *(repeat.number for repeat in ours)], default=0) + 1

    @property
    def _draws_split(self) -> bool:
        return self._warm.dataset.held_out is not None and WholeData(self._warm.dataset).draws_split

    def _all_sources(self, base: Mapping[str, Any]) -> list[str]:
        left_out = {"split"} if not self._draws_split else set()
        if base["start"] == "model":
            left_out.add("weights")
        return [source for source in SOURCES if source not in left_out]


def _refuse_varied(sources: Sequence[str], given: Mapping[str, Any]) -> None:
    for source in sources:
        name = f"{source}_seed"
        if given.get(name) is not None:
            raise HyperparameterError(_VARIED.filled(name=name, source=source, value=given[name]))


def _seeds(count: Any, seeds: Sequence[int] | None, first: int) -> list[int]:
    if seeds is not None:
        return _given(seeds)
    if isinstance(count, bool) or not isinstance(count, int) or not 2 <= count <= MOST:
        raise HyperparameterError(_COUNT.filled(most=MOST, value=count))
    return [(first + place) % _SEEDS for place in range(count)]


def _given(seeds: Sequence[int]) -> list[int]:
    try:
        given = [int(seed) for seed in seeds]
        fits = given == list(seeds) and all(0 <= seed < _SEEDS for seed in given)
    except (TypeError, ValueError):
        given, fits = [], False
    if not fits or not 2 <= len(given) <= MOST or len(set(given)) < len(given):
        raise HyperparameterError(_GIVEN_SEEDS.filled(value=seeds))
    return given
