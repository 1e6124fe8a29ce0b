"""The other side of the local pool: reads calls from standard input, writes what they return to standard output."""

from __future__ import annotations

import os
import pickle
import sys
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any


def serve() -> None:
    """Answer calls until nobody asks any more; then the process ends at once, whatever it does."""
    from .local_pool import send

    asked = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, in Python or below it, must not speak in between
    sys.stdin = open(os.devnull, encoding="utf-8")
    calls: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(asked, calls), daemon=True).start()
    while True:
        send(answers, _answer(calls.get()))


def _listen(asked: IO[bytes], calls: SimpleQueue[bytes]) -> None:
    """Read calls; the pipe closes when whoever asks has gone, and what is being trained then is for nobody."""
    from .local_pool import receive

    while True:
        try:
            calls.put(receive(asked))
        except (OSError, EOFError):
            os._exit(0)


def _answer(packed: bytes) -> bytes:
    try:
        function, arguments, named = pickle.loads(packed)
        answer: tuple[Any, BaseException | None] = (function(*arguments, **named), None)
        return pickle.dumps(answer)
    except BaseException as error:  # it belongs to whoever called, as does an exit
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
