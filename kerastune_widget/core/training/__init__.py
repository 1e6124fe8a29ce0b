"""What the top floor may ask of a session and of a run; the engine provides it, tests can fake it."""

from __future__ import annotations

from .audit import AuditLike
from .background import BackgroundLike
from .checkpoints import CheckpointsLike
from .proof import ProofLike
from .race import RaceLike
from .range_test import RangeTestLike
from .repeat import CrossValidationLike, RepeatedLike, RepeatLike, SpreadLike
from .run import Parent, ProofPart, RunLike
from .session import SessionLike
from .strict_cost import StrictCostLike
from .sweep import SweepLike

__all__ = [
    "AuditLike",
    "BackgroundLike",
    "CheckpointsLike",
    "CrossValidationLike",
    "Parent",
    "ProofLike",
    "ProofPart",
    "RaceLike",
    "RangeTestLike",
    "RepeatLike",
    "RepeatedLike",
    "RunLike",
    "SessionLike",
    "SpreadLike",
    "StrictCostLike",
    "SweepLike",
]
