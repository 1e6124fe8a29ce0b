"""Fingerprint of a configuration: equal for equal settings, in whatever session they are made."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any


def config_fingerprint(*parts: Any) -> str:
    """Return 8 hexadecimal digits for nested settings; of an object that JSON lacks, only its kind counts.

    Args:
        *parts: Whatever ``get_config`` returns, names, shapes.
    """
    text = json.dumps(parts, sort_keys=True, default=_named)
    return blake2b(text.encode(), digest_size=4).hexdigest()


def _named(value: Any) -> Any:
    config = getattr(value, "get_config", None)
    return [type(value).__name__, config() if callable(config) and not isinstance(value, type) else str(type(value))]
