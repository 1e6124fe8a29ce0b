"""The errors we raise on purpose; each says what was received, what is accepted, and what to do.

The tree::

    KerasTuneError
    ├── ModelError (ValueError)            the model cannot be wrapped
    │   └── NotAModelError (TypeError)     the object is not a Keras model at all
    ├── DataError (ValueError)             the data cannot be trained on
    │   └── NotDataError (TypeError)       the object is no kind of data set we know
    ├── HyperparameterError (ValueError)   a setting is unknown or out of range
    ├── HistoryError (ValueError)          numbers handed to ``diagnose`` cannot be read
    ├── RunError (RuntimeError)            a run failed, or has not what was asked of it
    └── SessionBusyError (RuntimeError)    the session is training and was asked to start again
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class KerasTuneError(Exception):
    """Base of every error that kerastune-widget raises on purpose."""


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


class RunError(KerasTuneError, RuntimeError):
    """A run failed, or does not have what was asked of it."""


class SessionBusyError(KerasTuneError, RuntimeError):
    """The session is training and was asked to start another run."""


def nearest(name: str, accepted: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the accepted name nearest to ``name``, or ``""``.

    Args:
        name: What was received.
        accepted: The names that would have been right.
    """
    close = difflib.get_close_matches(name.lower(), list(accepted), n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else ""
