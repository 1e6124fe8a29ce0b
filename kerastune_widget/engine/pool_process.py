"""The other side of the local pool: reads calls from standard input, writes what they return to standard output."""

from __future__ import annotations

import os
import pickle
import sys
from typing import Any


def serve() -> None:
    """Answer calls until nobody asks any more."""
    from .local_pool import receive, send

    asked = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, in Python or below it, must not speak in between
    sys.stdin = open(os.devnull, encoding="utf-8")
    while True:
        try:
            packed = receive(asked)
        except EOFError:
            return
        send(answers, _answer(packed))


def _answer(packed: bytes) -> bytes:
    try:
        function, arguments, named = pickle.loads(packed)
        answer: tuple[Any, BaseException | None] = (function(*arguments, **named), None)
        return pickle.dumps(answer)
    except Exception as error:  # it belongs to whoever called
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
