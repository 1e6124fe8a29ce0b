"""Numbers that strict JSON can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def json_number(value: Any) -> Any:
    """Return ``value`` with every number that is not finite, which JSON has no word for, as None.

    Numpy's numbers and arrays become Python's, tuples become lists; what is inside a dict or a list likewise.
    """
    if isinstance(value, Mapping):
        return {str(name): json_number(part) for name, part in value.items()}
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [json_number(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
