"""``diagnose`` and what it accepts: any object that holds the curves of one run becomes a History."""

from __future__ import annotations

from .door import diagnose, read_all
from .messages import ACCEPTED
from .sources import read_history

__all__ = ["ACCEPTED", "diagnose", "read_all", "read_history"]
