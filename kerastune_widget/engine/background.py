"""What all that a session does in the background has in common: a number, an end, and what went wrong."""

from __future__ import annotations

from threading import Lock

from ..core.text import Text
from ..errors import KerasTuneError, RunError
from .failure import one_line


class Background:
    """Something that a session does in the background, going on or ended. Safe to read from any thread.

    Args:
        number: 1 for the session's first of its kind.
    """

    def __init__(self, number: int) -> None:
        self._number, self._lock = number, Lock()
        self._over = False
        self._exception: BaseException | None = None

    @property
    def number(self) -> int:
        """1 for the session's first of its kind."""
        return self._number

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        with self._lock:
            return self._over

    @property
    def exception(self) -> BaseException | None:
        """What was raised when it failed; else None."""
        with self._lock:
            return self._exception

    @property
    def error(self) -> Text | None:
        """What went wrong, in words; None when nothing did."""
        error = self.exception
        if error is None:
            return None
        return error.text if isinstance(error, KerasTuneError) else Text.same(one_line(error))

    def _raise_if_failed(self, sentence: Text) -> None:
        """Raise what ended it, if anything did.

        Args:
            sentence: With ``{number}`` and ``{error}``; for what is no error of ours, which is chained to it.

        Raises:
            RunError: If it failed.
        """
        error = self.exception
        if isinstance(error, KerasTuneError):
            raise error
        if error is not None:
            raise RunError(sentence.filled(number=self.number, error=self.error)) from error

    def _end(self, exception: BaseException | None = None) -> None:
        with self._lock:
            self._over, self._exception = True, exception or self._exception
