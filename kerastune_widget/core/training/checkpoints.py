"""What may be asked of a session's checkpoints."""

from __future__ import annotations

from typing import Protocol


class CheckpointsLike(Protocol):
    """The checkpoints that a session keeps, one an epoch, in memory up to a budget and beyond it on disk."""

    budget: int
    """Most bytes to hold in memory; may be set at any time, 0 or more."""

    @property
    def memory_bytes(self) -> int:
        """Bytes held in memory."""

    @property
    def disk_bytes(self) -> int:
        """Bytes held on disk."""
