"""One run to be trained apart from a session's own, and what came of it: plain data that travel between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.events import RunStatus
from ..core.text import Text

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Cut:
    """Which rows of the whole data train and which judge.

    Attributes:
        training: Numbers of the rows, ascending.
        validation: Likewise; None for the validation data that there are.
    """

    training: Rows
    validation: Rows | None = None


@dataclass(frozen=True)
class Trial:
    """A run that is to be trained.

    Attributes:
        place: Which row of the table it fills, 0 for the first.
        values: All its hyperparameters, in normal form.
        cut: Which rows it is about; None for the session's own training and validation data.
        predicts: Whether it predicts its validation rows with the weights that it ended with.
    """

    place: int
    values: Mapping[str, Any]
    cut: Cut | None = None
    predicts: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    Attributes:
        place: That of the trial.
        status: How the run ended.
        epochs: Its values by metric, one an epoch.
        seconds: Time it trained.
        error: What went wrong, in a line or a sentence; empty when nothing did.
        start_id: Fingerprint of the weights it began with.
        end_id: Fingerprint of the weights it ended with.
        predictions: As ``model.predict`` gives them for its validation rows; None where nobody asked.
    """

    place: int
    status: RunStatus
    epochs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    seconds: float = 0.0
    error: Text | str = ""
    start_id: str = ""
    end_id: str = ""
    predictions: Any = None
