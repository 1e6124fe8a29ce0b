"""What a worker does, wherever it runs: it reads a session's parcel once and trains the trials it is given."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from .trial import Outcome, Trial

if TYPE_CHECKING:
    from .bench import Bench

_MOST_KEPT = 2
_BENCHES: dict[str, Bench] = {}
_LOCK = Lock()


def train(name: str, source: str | bytes, trial: Trial) -> Outcome | None:
    """Train a trial.

    Args:
        name: Fingerprint of the parcel: a worker that has read it does not read it again.
        source: The parcel, or the path of a file with it.
        trial: What to train.

    Returns:
        What came of it; None when there is no such file here, on another computer.
    """
    try:
        bench = _bench(name, source)
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever a user's own function raises: it is told with the run
        from .failure import one_line

        return Outcome(trial.place, "failed", error=one_line(error))
    return bench.train(trial)


def forget(name: str) -> None:
    """Let go of a parcel in this process; nothing happens where there is none."""
    with _LOCK:
        bench = _BENCHES.pop(name, None)
    if bench is not None:
        bench.close()


def name_of(packed: bytes) -> str:
    """Return the fingerprint of a parcel, 16 hexadecimal digits."""
    return blake2b(packed, digest_size=8).hexdigest()


def _bench(name: str, source: str | bytes) -> Bench:
    with _LOCK:
        if name not in _BENCHES:
            from .bench import Bench  # here, so that Keras is loaded by whoever trains, not by whoever sends
            from .parcel import unpack

            packed = source if isinstance(source, bytes) else Path(source).read_bytes()
            _BENCHES[name] = Bench(unpack(packed))
            for old in list(_BENCHES)[:-_MOST_KEPT]:
                _BENCHES.pop(old).close()
        return _BENCHES[name]
