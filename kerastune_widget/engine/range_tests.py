"""The range tests of the learning rate that a session offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.events import EventBus
from ..core.range_plan import RangePlan
from ..core.text import Text
from ..errors import HyperparameterError
from .launcher import Launcher
from .proof import comes_trained
from .range_task import RangeTask
from .range_test import RangeTest
from .run import Run
from .run_maker import RunMaker
from .runner import Runner
from .settings import Settings
from .template import ModelTemplate

_EMPTY = Text(
    en="A range test needs at least one value in {name}; received {value!r}.",
    zh="范围测试的 {name} 至少需要一个值；收到的是 {value!r}。",
)
_FAILED = Text(en="Range test {number} failed: {error}", zh="第 {number} 次学习率范围测试失败：{error}")


class SessionRangeTests:
    """Range tests of the learning rate of a ``Session``."""

    events: EventBus
    _launcher: Launcher
    _maker: RunMaker
    _range_tests: list[RangeTest]
    _runner: Runner
    _settings: Settings
    _template: ModelTemplate

    if TYPE_CHECKING:

        def wait(self, timeout: float | None = None) -> bool:
            """Wait until no run is going on."""

        @property
        def _last(self) -> Run | None: ...
        def _refuse_if_busy(self) -> None: ...

    @property
    def range_tests(self) -> tuple[RangeTest, ...]:
        """All range tests of the learning rate so far, oldest first."""
        return tuple(self._range_tests)

    def start_range_test(
        self,
        *,
        optimizers: Sequence[Any] | None = None,
        batch_sizes: Sequence[int] | None = None,
        repeats: int = 3,
        steps: int | None = None,
        seconds: float = 30.0,
        low: float = 1e-6,
        high: float = 10.0,
        spacing: str = "exponential",
        **hyperparameters: Any,
    ) -> RangeTest:
        """Raise the learning rate from step to step, in the background, to see which rates train; return at once.

        Each curve begins as the next run would: the same settings, weights and batches. Further repeats have batches
        of their own and, unless the model came trained, weights of their own. Nothing is changed: afterwards weights,
        optimizer, metrics, random layers and the order of the data are exactly as if there had been no test. (A
        stream that draws random numbers of its own does move on.) ``stop`` ends it.

        Args:
            optimizers: Which to test, names or Keras optimizers; None for the one that is set.
            batch_sizes: Which to test, in rows; None for the one that is set.
            repeats: Curves for each optimizer and batch size, 1 to 20; their spread tells how sure a rate is.
            steps: Steps in each curve, 10 or more; None for as many as data and ``seconds`` allow, at most 150.
            seconds: Most time for all curves together, where ``steps`` is None.
            low: The rate of the first step.
            high: The rate of the last step, which a loss that explodes may forestall.
            spacing: "exponential" (each rate is a constant factor above the one before) or "linear".
            **hyperparameters: What else differs from ``settings``, as for ``start``; a learning rate or schedule
                has no effect.

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run or another range test is going on.
        """
        plan = RangePlan(low, high, spacing, steps, seconds, repeats)  # type: ignore[arg-type]
        test, task = self._new_range_test(plan, optimizers, batch_sizes, hyperparameters)
        with self._launcher.lock:
            self._refuse_if_busy()
            self._range_tests.append(test)
            self._launcher.launch(iter([task]), takes_settings=False, aside=True)
        return test

    def range_test(self, **options: Any) -> RangeTest:
        """Make a range test, wait for its end and return it; arguments as for ``start_range_test``.

        Raises:
            RunError: If training failed; the cause is chained to it.

        Example:
            >>> test = session.range_test(optimizers=["sgd_momentum", "adam"])
            >>> session.set("learning_rate", test.rate)
        """
        test = self.start_range_test(**options)
        self.wait()
        raise_if_test_failed(test)
        return test

    def _new_range_test(
        self,
        plan: RangePlan,
        optimizers: Sequence[Any] | None,
        batch_sizes: Sequence[int] | None,
        hyperparameters: Mapping[str, Any],
    ) -> tuple[RangeTest, RangeTask]:
        """Return a new test, which is not in the list yet, and its work."""
        given = self._settings.checked(hyperparameters)
        values = {**self._settings.now, **given}
        drawn = values["start"] == "new" and values["weights_seed"] is None
        if drawn and "seed" not in given and self._last is not None:
            values["seed"] += values["seed"] == self._last.hyperparameters["seed"]  # as the next run would
        names = self._each("optimizer", optimizers, values)
        sizes = self._each("batch_size", batch_sizes, values)
        number = self._range_tests[-1].number + 1 if self._range_tests else 1
        test = RangeTest(number, names, sizes, plan)
        draws = values["start"] != "model" and not comes_trained(self._template)
        facts = self._maker.facts_with(values)
        publish: Callable[[Any], None] = lambda event: self.events.publish(event)  # noqa: E731
        return test, RangeTask(test, values, facts, draws=draws, runner=self._runner, publish=publish)

    def _each(self, name: str, asked: Sequence[Any] | None, values: Mapping[str, Any]) -> list[Any]:
        """Return the values of a control to test, each once; None asks for the one that is set."""
        if asked is None:
            return [values[name]]
        single = isinstance(asked, str) or not isinstance(asked, Iterable)
        checked = [self._settings.checked({name: one})[name] for one in ([asked] if single else asked)]
        if not checked:
            raise HyperparameterError(_EMPTY.filled(name=f"{name}s", value=asked))
        return list(dict.fromkeys(checked))


def raise_if_test_failed(test: RangeTest) -> None:
    """Raise what ended a range test, if anything did.

    Raises:
        RunError: If it failed; the cause is chained to it.
    """
    test._raise_if_failed(_FAILED)
