"""The errors we raise on purpose; each says what was received, what is accepted, and what to do.

The tree::

    KerasTuneError
    ├── ModelError (ValueError)            the model cannot be wrapped
    │   └── NotAModelError (TypeError)     the object is not a Keras model at all
    ├── DataError (ValueError)             the data cannot be trained on
    │   └── NotDataError (TypeError)       the object is no kind of data set we know
    ├── HyperparameterError (ValueError)   a setting is unknown or out of range
    ├── HistoryError (ValueError)          numbers handed to ``diagnose`` cannot be read
    ├── LogError (ValueError)              a log folder cannot be read, or not be written to
    ├── RunError (RuntimeError)            a run failed, or has not what was asked of it
    └── SessionBusyError (RuntimeError)    the session is training and was asked to start again
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from .core.text import NO_TEXT, Text

_DID_YOU_MEAN = Text(en=" Did you mean {name!r}?", zh="你是想写 {name!r} 吗？")


class KerasTuneError(Exception):
    """Base of every error that kerastune-widget raises on purpose; ``str(error)`` is English.

    Args:
        message: What is wrong, all slots filled; a plain string says the same in both languages.

    Attributes:
        text: The message in both languages, for whoever shows it to a person.
    """

    def __init__(self, message: Text | str) -> None:
        self.text = message if isinstance(message, Text) else Text.same(message)
        super().__init__(self.text.get("en"))


class ModelError(KerasTuneError, ValueError):
    """The model cannot be wrapped as it is."""


class NotAModelError(ModelError, TypeError):
    """The object is neither a Keras model nor a function that builds one."""


class DataError(KerasTuneError, ValueError):
    """The data cannot be trained on as it is."""


class NotDataError(DataError, TypeError):
    """The object is no kind of data set that we know."""


class HyperparameterError(KerasTuneError, ValueError):
    """A setting is unknown, of the wrong kind or out of range."""


class HistoryError(KerasTuneError, ValueError):
    """The object handed to ``diagnose`` holds no curves that we can read."""


class LogError(KerasTuneError, ValueError):
    """A log folder, or a file in it, cannot be read or not be written to."""


class RunError(KerasTuneError, RuntimeError):
    """A run failed, or does not have what was asked of it."""


class SessionBusyError(KerasTuneError, RuntimeError):
    """The session is training and was asked to start another run."""


def did_you_mean(name: str, accepted: Iterable[str]) -> Text:
    """Return ``" Did you mean 'x'?"`` for the accepted name nearest to ``name``, or no text; it follows a full stop.

    Args:
        name: What was received.
        accepted: The names that would have been right.
    """
    close = difflib.get_close_matches(name.lower(), list(accepted), n=1, cutoff=0.5)
    return _DID_YOU_MEAN.filled(name=close[0]) if close else NO_TEXT


def nearest(name: str, accepted: Iterable[str]) -> str:
    """Return ``did_you_mean`` in English, for a message that is English only."""
    return did_you_mean(name, accepted).get("en")
