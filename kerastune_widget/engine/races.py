"""The optimizer races that a session offers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.race import RACERS
from ..core.range_plan import RangePlan
from ..core.text import Text
from ..errors import HyperparameterError, did_you_mean
from .comparisons import raise_if_failed
from .launcher import Job, Launcher, Task
from .optimizers import OptimizerShelf
from .race import Race
from .range_task import RangeTask
from .range_test import RangeTest
from .range_tests import raise_if_test_failed
from .run_maker import RunMaker
from .settings import Settings

TUNED, COMMON = "tuned", "common"

_NO_OPTIMIZERS = Text(
    en="optimizers must be a list of one optimizer or more; received {value!r}.",
    zh="optimizers 必须是至少含一个优化器的列表；收到的是 {value!r}。",
)
_NO_RATES = Text(
    en='rates must be "tuned", "common" or a mapping with the rate of each optimizer; received {value!r}.',
    zh='rates 必须是 "tuned"、"common"，或每个优化器到学习率的映射；收到的是 {value!r}。',
)
_NO_RATE = Text(
    en="rates has no rate for {names}; give one for each optimizer of the race.",
    zh="rates 中没有 {names} 的学习率；请为每个参赛的优化器给出一个。",
)
_NO_FACTORS = Text(
    en="sensitivity must be numbers above 0 that multiply the rates, such as (0.1, 10); received {value!r}.",
    zh="sensitivity 必须是乘以学习率的若干正数，例如 (0.1, 10)；收到的是 {value!r}。",
)
_NO_METRIC = Text(
    en="metric must be one of {accepted}; received {value!r}.{hint}",
    zh="metric 必须是 {accepted} 之一；收到的是 {value!r}。{hint}",
)
_NO_TEST = Text(
    en='range_test is for rates="tuned", where range tests give the rates; received rates={value!r}.',
    zh='range_test 只用于 rates="tuned"（由范围测试给出学习率）；收到的是 rates={value!r}。',
)
_NO_PLAN = Text(
    en="range_test accepts {accepted}; received {value!r}.{hint}",
    zh="range_test 可用的有 {accepted}；收到的是 {value!r}。{hint}",
)
_NO_VALLEY = Text(
    en="The range test of {name} shows no clear valley: it runs at {rate:g}, its usual rate.",
    zh="{name} 的范围测试没有明显的谷底：它以常用的学习率 {rate:g} 运行。",
)
_PLAN = ("low", "high", "spacing", "steps", "seconds", "repeats")


class SessionRaces:
    """Optimizer races of a ``Session``."""

    _launcher: Launcher
    _maker: RunMaker
    _races: list[Race]
    _range_tests: list[RangeTest]
    _settings: Settings
    _shelf: OptimizerShelf

    if TYPE_CHECKING:

        def wait(self, timeout: float | None = None) -> bool:
            """Wait until no run is going on."""

        def _refuse_if_busy(self) -> None: ...
        def _values_with(self, given: Mapping[str, Any]) -> dict[str, Any]: ...
        def _new_range_test(
            self,
            plan: RangePlan,
            optimizers: Sequence[Any] | None,
            batch_sizes: Sequence[int] | None,
            hyperparameters: Mapping[str, Any],
        ) -> tuple[RangeTest, RangeTask]: ...

    @property
    def races(self) -> tuple[Race, ...]:
        """All races so far, oldest first."""
        return tuple(self._races)

    def start_race(
        self,
        optimizers: Sequence[Any] | None = None,
        *,
        rates: str | Mapping[str, float] = TUNED,
        sensitivity: Sequence[float] = (),
        metric: str | None = None,
        range_test: Mapping[str, Any] | None = None,
        **hyperparameters: Any,
    ) -> Race:
        """Run several optimizers from the same start over the same batches, in the background; return at once.

        Settings changed meanwhile act on later runs only, so that the comparison stays fair; a hand-over is left out.
        ``stop`` ends the race.

        Args:
            optimizers: Which, names (with settings of their own if you like) or Keras optimizers; None for the line
                from SGD to AdamW, and your own where it is none of those.
            rates: "tuned": each at the rate that its range test recommends; "common": all at the learning rate that
                is set; or a mapping with the rate of each.
            sensitivity: What each optimizer's rate is multiplied by for further runs, such as (0.1, 10), which come
                after all others; empty for none.
            metric: What the table compares, one of the choices of the control ``monitor``; None for the first metric
                of the validation data, or the loss.
            range_test: How to test, for "tuned": ``repeats``, ``steps``, ``seconds``, ``low``, ``high`` and
                ``spacing`` of ``start_range_test``.
            **hyperparameters: What else differs from ``settings``, as for ``start``.

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run is going on.
        """
        names = self._racers(optimizers)
        given = self._settings.checked({**hyperparameters, "hand_over": None})
        given.pop("optimizer", None)
        factors, compared = _factors(sensitivity), self._compared(metric)
        known = self._known_rates(rates, names, given)
        plan = _plan(range_test, rates)
        with self._launcher.lock:
            self._refuse_if_busy()
            base = self._values_with(given)
            tests = self._new_range_test(plan, names, None, base) if known is None else None
            number = self._races[-1].number + 1 if self._races else 1
            race = Race(number, names, compared, factors, known or {}, tests[0] if tests else None)
            self._races.append(race)
            if tests is not None:
                self._range_tests.append(tests[0])
            jobs = self._jobs(race, base, tests[1] if tests else None)
            self._launcher.launch(jobs, takes_settings=False, finish=race.end)
        return race

    def race(self, optimizers: Sequence[Any] | None = None, **options: Any) -> Race:
        """Hold a race, wait for its end and return it; arguments as for ``start_race``.

        Raises:
            RunError: If training failed; the cause is chained to it.

        Example:
            >>> race = session.race(["sgd", "sgd_momentum", "adam"], epochs=10)
            >>> [(row.optimizer, row.rate, row.best, row.epochs_to_level) for row in race.rows]
        """
        race = self.start_race(optimizers, **options)
        self.wait()
        if race.test is not None:
            raise_if_test_failed(race.test)
        for run in race.started:
            raise_if_failed(run)
        return race

    def _jobs(self, race: Race, base: Mapping[str, Any], task: Task | None) -> Iterator[Job | Task]:
        """Yield the range tests, if any, then the runs, each made when its turn comes."""
        if task is not None:
            yield task
            if not self._take_rates(race):
                return
        for own in race.plan():
            run = self._maker.fresh({**base, **own})
            race.started.append(run)
            yield run, run.hyperparameters["epochs"]

    def _take_rates(self, race: Race) -> bool:
        """Take the rates from the range tests; return False when those did not come to their end."""
        assert race.test is not None
        for optimizer in race.optimizers:
            result = race.test.find(optimizer)
            if result is None:
                return False
            rate = result.rate
            if rate is None:
                rate = self._shelf.recipe(optimizer).usual_rate
                title = self._shelf.recipe(optimizer).title
                race.notices.append(_NO_VALLEY.filled(name=title, rate=rate))
            race.rates[optimizer] = rate
        return True

    # ---------------------------------------------------------------- what was asked for

    def _racers(self, asked: Sequence[Any] | None) -> list[str]:
        if asked is None:
            offered = [choice.value for choice in self._settings.specs["optimizer"].choices]
            names = [name for name in RACERS if name in offered]
            own = self._shelf.own.name
            return names if own in names else [*names, own]
        if isinstance(asked, str) or not isinstance(asked, Sequence) or not asked:
            raise HyperparameterError(_NO_OPTIMIZERS.filled(value=asked))
        checked = [self._settings.checked({"optimizer": one})["optimizer"] for one in asked]
        return list(dict.fromkeys(checked))

    def _known_rates(
        self, rates: str | Mapping[str, float], names: Sequence[str], given: Mapping[str, Any]
    ) -> dict[str, float] | None:
        """Return the rate of each optimizer; None when range tests are to tell."""
        if isinstance(rates, Mapping):
            return self._given_rates(rates, names)
        if rates == COMMON:
            return dict.fromkeys(names, {**self._settings.now, **given}["learning_rate"])
        if rates != TUNED:
            raise HyperparameterError(_NO_RATES.filled(value=rates))
        return None

    def _given_rates(self, rates: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
        check = self._settings.checked
        known = {check({"optimizer": name})["optimizer"]: rate for name, rate in rates.items()}
        missing = [name for name in names if name not in known]
        if missing:
            raise HyperparameterError(_NO_RATE.filled(names=", ".join(missing)))
        return {name: check({"learning_rate": known[name]})["learning_rate"] for name in names}

    def _compared(self, metric: str | None) -> str:
        offered: list[str] = [choice.value for choice in self._settings.specs["monitor"].choices]
        usual: str = self._settings.specs["monitor"].default
        if metric is None:
            side = "val_" if usual.startswith("val_") else ""
            metrics = [name for name in offered if name.startswith(side) and not name.endswith("loss")]
            return metrics[0] if metrics else usual
        if metric not in offered:
            raise HyperparameterError(
                _NO_METRIC.filled(accepted=offered, value=metric, hint=did_you_mean(str(metric), offered))
            )
        return metric


def _factors(given: Sequence[float]) -> tuple[float, ...]:
    """Return the factors, ascending; 1 is what the race itself is run at."""
    try:
        factors = {float(factor) for factor in given}
    except (TypeError, ValueError):
        factors = {math.nan}
    if not all(math.isfinite(factor) and factor > 0 for factor in factors):
        raise HyperparameterError(_NO_FACTORS.filled(value=given))
    return tuple(sorted(factors - {1.0}))


def _plan(given: Mapping[str, Any] | None, rates: object) -> RangePlan:
    if given is not None and rates != TUNED:
        raise HyperparameterError(_NO_TEST.filled(value=rates))
    for name in given or {}:
        if name not in _PLAN:
            hint = did_you_mean(str(name), _PLAN)
            raise HyperparameterError(_NO_PLAN.filled(accepted=list(_PLAN), value=name, hint=hint))
    return RangePlan(**(given or {}))
