"""The part of a session that says how well its runs can be repeated, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.environment import Environment
from ..core.events import EventBus
from ..core.promises import Promise, promises
from ..core.strict_cost import StrictCost
from ..core.text import Text
from .environment import EnvironmentRecord
from .launcher import Launcher
from .requirements import requirements
from .run_maker import RunMaker
from .runner import Runner
from .settings import Settings
from .strict_cost import CostMeasurement, CostTask
from .strictness import refuse_other_backends
from .template import ModelTemplate

_FAILED = Text(en="The cost of strict mode could not be measured: {error}", zh="无法测量严格模式的开销：{error}")


class SessionReproducing:
    """What a ``Session`` tells of repeating its runs."""

    events: EventBus
    _data_kinds: frozenset[type]
    _costs: list[CostMeasurement]
    _launcher: Launcher
    _maker: RunMaker
    _record: EnvironmentRecord
    _runner: Runner
    _settings: Settings
    _strict: bool
    _template: ModelTemplate

    if TYPE_CHECKING:

        def wait(self, timeout: float | None = None) -> bool:
            """Wait until no run is going on."""

        def _refuse_if_busy(self) -> None: ...

    @property
    def strict(self) -> bool:
        """Whether it trains with TensorFlow's deterministic operations only."""
        return self._strict

    @property
    def environment(self) -> Environment:
        """Where it trains: versions, processor, threads, git state; a run's has its data and model too."""
        return self._record.environment

    @property
    def promises(self) -> tuple[Promise, ...]:
        """What holds when a run is repeated with the same seed, then what cannot be promised.

        Example:
            >>> [promise.text.en for promise in session.promises if not promise.kept]
        """
        return promises(self.environment)

    @property
    def strict_costs(self) -> tuple[CostMeasurement, ...]:
        """All measurements of what strict mode costs, oldest first."""
        return tuple(self._costs)

    def requirements(self) -> str:
        """Return what to install to reproduce the runs elsewhere: lines for pip, each a package at its version.

        This package, Keras, its backend, NumPy, and whatever layers, loss, metrics, optimizer and data belong to.

        Example:
            >>> Path("requirements.txt").write_text(session.requirements())
        """
        return requirements(self._template, self._data_kinds)

    def start_strict_cost(self, seconds: float = 2.0, **hyperparameters: Any) -> CostMeasurement:
        """Measure in the background how much longer a step takes in strict mode; return at once.

        The same steps are taken in turns without and with it, on copies that are thrown away; runs and settings are
        as before. ``stop`` ends it.

        Args:
            seconds: About how long to take steps, in all; tracing comes on top.
            **hyperparameters: What differs from ``settings``, as for ``start``.

        Raises:
            ModelError: If Keras does not run on TensorFlow.
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run is going on.
        """
        refuse_other_backends()
        values = {**self._settings.now, **self._settings.checked(hyperparameters)}
        with self._launcher.lock:
            self._refuse_if_busy()
            measurement = CostMeasurement(len(self._costs) + 1)
            self._costs.append(measurement)
            facts = self._maker.facts_with(values)
            task = CostTask(measurement, values, facts, self._runner, seconds, self.events.publish)
            self._launcher.launch(iter([task]), takes_settings=False, aside=True)
        return measurement

    def strict_cost(self, seconds: float = 2.0, **hyperparameters: Any) -> StrictCost | None:
        """Measure what strict mode costs and return it; None when it was stopped. Arguments as for the other.

        Raises:
            RunError: If it failed, as when strict mode refuses an operation; the cause is chained to it.

        Example:
            >>> print(session.strict_cost())
        """
        measurement = self.start_strict_cost(seconds, **hyperparameters)
        self.wait()
        measurement._raise_if_failed(_FAILED)
        return measurement.result
