"""Makes new runs: fresh ones, branches of others, and those of a sweep or a proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.history import History
from ..core.hyperparameters import Hyperparameters
from ..core.schedule import CONSTANT
from ..core.seeds import moved_seeds
from ..core.text import Text
from ..core.training import Parent, ProofPart
from ..errors import RunError
from .checkpoints import Checkpoint, CheckpointStore
from .launcher import Job
from .proof import Proof
from .recorder import Recorder
from .run import Run, RunSource
from .run_book import RunBook
from .structure import facts_under
from .structure_refusals import refuse_in_branch
from .sweep import Sweep

_NONE = Text(en="none", zh="无")
_NOT_KEPT = Text(
    en="Run {number} cannot be branched after epoch {epoch}; a checkpoint is kept after {kept}.",
    zh="第 {number} 次运行无法从第 {epoch} 轮之后分支；保留了检查点的轮次有 {kept}。",
)


class RunMaker:
    """Makes the runs of one session and puts them into its book.

    Args:
        book: Numbers and keeps them.
        facts: What is known of model and data.
        source: Answers for the session.
        checkpoints: Where branches begin.
    """

    def __init__(
        self, book: RunBook, facts: Mapping[str, Any], source: RunSource, checkpoints: CheckpointStore
    ) -> None:
        self._book, self._facts, self._source, self._checkpoints = book, facts, source, checkpoints

    def untrained(self, values: Mapping[str, Any]) -> History:
        """Return what is known before a run with these hyperparameters takes a step."""
        return Recorder(Hyperparameters(values), self.facts_with(values)).history()

    def fresh(self, values: Mapping[str, Any], **parts: Any) -> Run:
        """Return a new run with these hyperparameters."""
        facts = self.facts_with(values)
        run = Run(self._book.next_number, Hyperparameters(values), facts, self._source, **parts)
        self._book.add(run)
        return run

    def facts_with(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is known of model and data under these hyperparameters."""
        facts = facts_under(values, self._facts)
        return facts if values["schedule"] == CONSTANT else {**facts, "scheduled": True}

    def branch(self, run: Run, epoch: int, given: Mapping[str, Any]) -> Run:
        """Return a new run that goes on from ``run`` after ``epoch`` epochs with the ``given`` hyperparameters.

        Raises:
            RunError: If that epoch is not kept.
            HyperparameterError: If a branch cannot have one of them, as it goes on with the model that there is.
        """
        parent = self._root_of(run, epoch)
        checkpoint = self._checkpoint(parent, epoch)
        refuse_in_branch(given, checkpoint.values)
        prefix = parent.record().up_to(epoch, checkpoint.values)
        made = self.fresh({**checkpoint.values, **given}, prefix=prefix, parent=Parent(parent.number, epoch))
        made.branch_of = checkpoint
        if parent.start_weights is not None:
            made.begin_with(parent.start_weights, parent.start_id)
        made.start_id, made.model_profile = parent.start_id, parent.model_profile
        return made

    def sweep(self, sweep: Sweep, values: Mapping[str, Any], changed: Sequence[Mapping[str, Any]]) -> Iterator[Job]:
        """Yield the runs of a sweep, each made when its turn comes.

        Args:
            sweep: Notes them.
            values: The hyperparameters that they share.
            changed: What each has of its own.
        """
        for own in changed:
            run = self.fresh({**values, **own})
            run.sweep = sweep.number
            sweep.started.append(run)
            yield run, run.hyperparameters["epochs"]

    def proof(self, proof: Proof, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Job]:
        """Yield the runs of a proof, pair by pair, until one fails.

        Args:
            proof: Notes them.
            before: The hyperparameters without the fix; its seed is that of the first pair.
            after: Those with it.
        """
        for pair in range(proof.pairs):
            for fixed, values in enumerate((before, after)):
                run = self.fresh({**values, **moved_seeds(before, pair)})
                run.proof = ProofPart(proof.number, bool(fixed), run.hyperparameters["seed"])
                proof.started.append(run)
                yield run, run.hyperparameters["epochs"]
                if run.exception is not None:
                    return

    def _root_of(self, run: Run, epoch: int) -> Run:
        """Return the run that trained ``epoch`` itself: a branch's first epochs are those of another."""
        while run.parent is not None and epoch <= run.parent.epochs:
            run = self._book.find(run.parent.run)
        return run

    def _checkpoint(self, run: Run, epoch: int) -> Checkpoint:
        if epoch not in run.kept_epochs:
            raise RunError(_NOT_KEPT.filled(number=run.number, epoch=epoch, kept=list(run.kept_epochs) or _NONE))
        return self._checkpoints.get(run.number, epoch)
