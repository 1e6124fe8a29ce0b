"""How much data may be copied into memory."""

from __future__ import annotations

import os
from pathlib import Path

_SHARE = 4  # a quarter of the memory: the data exist twice (the caller's and ours), and the model needs its own


def memory_limit() -> int:
    """Return how many bytes of data we are ready to hold: a quarter of what the machine or container has."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8 << 30
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(path).read_text()))
        except (OSError, ValueError):
            continue
    return total // _SHARE
