"""The part of a session that trains several runs as one launch: sweeps and proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.diagnosis import Fix
from ..core.text import Text
from ..errors import HyperparameterError, KerasTuneError, RunError
from .launcher import Launcher
from .proof import Proof, affordable_epochs, comes_trained, planned_epochs
from .run import Run
from .run_book import RunBook
from .run_maker import RunMaker
from .settings import Settings
from .sweep import Sweep
from .template import ModelTemplate

_EMPTY_SWEEP = Text(
    en="A sweep needs at least one value of {name}; received none.", zh="扫描“{name}”至少需要一个值；没有收到任何值。"
)
_FEW_SEEDS = Text(
    en="A proof needs at least 2 seeds, for one pair says nothing about chance; received seeds={seeds!r}.",
    zh="验证至少需要 2 个种子，因为一对运行无法说明随机性；收到的是 seeds={seeds!r}。",
)
_NOT_A_FIX = Text(
    en="start_proof takes a Fix, such as run.findings[0].fix; received {fix!r}.",
    zh="start_proof 需要一个 Fix，例如 run.findings[0].fix；收到的是 {fix!r}。",
)
_NOTHING_TO_PROVE = Text(
    en="There is nothing to prove: {name} is {value!r} already.", zh="没有可验证的：“{name}”已经是 {value!r}。"
)


class SessionComparisons:
    """Sweeps and proofs of a ``Session``."""

    _book: RunBook
    _launcher: Launcher
    _maker: RunMaker
    _proofs: list[Proof]
    _settings: Settings
    _sweeps: list[Sweep]
    _template: ModelTemplate

    if TYPE_CHECKING:

        def wait(self, timeout: float | None = None) -> bool:
            """Wait until no run is going on."""

        def _refuse_if_busy(self) -> None: ...
        def _values_with(self, given: Mapping[str, Any]) -> dict[str, Any]: ...

    @property
    def sweeps(self) -> tuple[Sweep, ...]:
        """All sweeps so far, oldest first."""
        return tuple(self._sweeps)

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """All proofs so far, oldest first."""
        return tuple(self._proofs)

    def start_sweep(self, name: str, values: Sequence[Any], **hyperparameters: Any) -> Sweep:
        """Run several values of one control, one after the other from the same start, in the background.

        Settings changed meanwhile act on later runs only, so that the comparison stays fair. ``stop`` ends the sweep.

        Args:
            name: Which control, such as "learning_rate".
            values: At least one value of it.
            **hyperparameters: What else differs from ``settings``, as for ``start``.

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run is going on.
        """
        given = self._settings.checked(hyperparameters)
        others = {other: value for other, value in given.items() if other != name}
        checked = [{**self._settings.checked({name: value}), **others} for value in values]
        if not checked:
            raise HyperparameterError(_EMPTY_SWEEP.filled(name=name))
        with self._launcher.lock:
            self._refuse_if_busy()
            number = self._sweeps[-1].number + 1 if self._sweeps else 1
            sweep = Sweep(number, name, tuple(values[name] for values in checked))
            self._sweeps.append(sweep)
            base = self._values_with({**others, name: checked[0][name]})  # not the rate of the first one's optimizer
            jobs = self._maker.sweep(sweep, base, checked)
            self._launcher.launch(jobs, takes_settings=False, finish=sweep.end)
        return sweep

    def sweep(self, name: str, values: Sequence[Any], **hyperparameters: Any) -> Sweep:
        """Run a sweep, wait for its end and return it; arguments as for ``start_sweep``.

        Raises:
            RunError: If training failed; the cause is chained to it.
        """
        sweep = self.start_sweep(name, values, **hyperparameters)
        self.wait()
        for run in sweep.started:
            raise_if_failed(run)
        return sweep

    def start_proof(
        self, fix: Fix, run: Run | int | None = None, *, seeds: int = 3, epochs: int | None = None
    ) -> Proof:
        """Put a fix to the test in the background: pairs of runs without and with it; return at once.

        The runs of a pair begin with the same weights and see the same batches in the same order; each pair has a seed
        of its own. A model that came trained keeps its weights as the start of every pair. Settings changed meanwhile
        act on later runs only. ``stop`` ends the proof; ``proof.result`` tells what came of it.

        Args:
            fix: What to change, such as ``run.findings[0].fix``.
            run: The run whose settings to start from, or its number; None for ``settings``, or for what they were
                before, where the fix is in force already.
            seeds: How many pairs, at least 2.
            epochs: How long each run is; None for as long as ``run`` was, or shorter if all would take over a minute.

        Raises:
            HyperparameterError: If the fix is refused or in force already, or there are too few seeds.
            RunError: If it is no run of this session.
            SessionBusyError: If a run is going on.
        """
        if not isinstance(fix, Fix):
            raise HyperparameterError(_NOT_A_FIX.filled(fix=fix))
        if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 2:
            raise HyperparameterError(_FEW_SEEDS.filled(seeds=seeds))
        chosen = None if run is None else self._book.own(run)
        before, change = self._sides(fix, chosen)
        with self._launcher.lock:
            self._refuse_if_busy()
            proof = self._new_proof(fix, chosen, before, seeds, epochs)
            before |= {"epochs": proof.epochs, "start": "model" if comes_trained(self._template) else "new"}
            jobs = self._maker.proof(proof, before, {**before, **change})
            self._proofs.append(proof)
            self._launcher.launch(jobs, takes_settings=False, aside=True, finish=proof.end)
        return proof

    def prove(self, fix: Fix, run: Run | int | None = None, *, seeds: int = 3, epochs: int | None = None) -> Proof:
        """Put a fix to the test, wait for the end and return the proof; arguments as for ``start_proof``.

        Raises:
            RunError: If training failed; the cause is chained to it.

        Example:
            >>> proof = session.prove(run.findings[0].fix, run)
            >>> proof.verdict, proof.sentence()
        """
        proof = self.start_proof(fix, run, seeds=seeds, epochs=epochs)
        self.wait()
        for trained in proof.started:
            raise_if_failed(trained)
        return proof

    def _sides(self, fix: Fix, run: Run | None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the settings without the fix, and what it changes in them."""
        own = self._settings.now if run is None else run.hyperparameters
        known = {name: value for name, value in own.items() if name in self._settings.specs}
        before = self._settings.checked({**self._settings.defaults, **known})
        change = self._settings.checked({fix.control: fix.value})
        if run is None and all(before[name] == value for name, value in change.items()):
            before |= {name: self._settings.defaults[name] for name in change}
        if all(before[name] == value for name, value in change.items()):
            title = self._settings.specs[fix.control].title
            raise HyperparameterError(_NOTHING_TO_PROVE.filled(name=title, value=before[fix.control]))
        return before, change

    def _new_proof(self, fix: Fix, run: Run | None, before: Mapping[str, Any], pairs: int, epochs: int | None) -> Proof:
        planned = planned_epochs(run, before["epochs"])
        if epochs is not None:
            length = self._settings.checked({"epochs": epochs})["epochs"]
        elif fix.control == "epochs":
            length = planned
        else:
            length = affordable_epochs(run, planned, 2 * pairs)
        logged = [run.proof.proof for run in self._book.runs if run.proof is not None]
        number = max([*logged, *(proof.number for proof in self._proofs)], default=0) + 1
        shown = None if run is None else run.number
        return Proof(number, fix, shown, before[fix.control], pairs, length, planned)


def raise_if_failed(run: Run) -> Run:
    """Return ``run``.

    Raises:
        RunError: If it failed; the cause is chained to it.
    """
    if isinstance(run.exception, KerasTuneError):
        raise run.exception
    if run.exception is not None:
        raise RunError(f"Run {run.number} failed: {run.error}") from run.exception
    return run
