"""What a session's model and data look like, measured when somebody first asks."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from ..core.data_profile import DataProfile
from ..core.model_profile import ModelProfile
from ..core.profile_data import profile_data
from ..core.profile_model import profile_model
from .checks import is_classification
from .dataset import ArrayData, Dataset
from .template import ModelTemplate


class Profiles:
    """Measures model and data once. Any thread may ask.

    Args:
        template: The user's model.
        dataset: Tells the data as they are now: a stream may have been read into memory since.
    """

    def __init__(self, template: ModelTemplate, dataset: Callable[[], Dataset]) -> None:
        self._template, self._dataset = template, dataset
        self._lock = Lock()
        self._model: ModelProfile | None = None
        self._data: DataProfile | None = None

    @property
    def model(self) -> ModelProfile | None:
        """The user's model as it was given."""
        with self._lock:
            if self._model is None:
                self._model = profile_model(self._template.example)
            return self._model

    @property
    def data(self) -> DataProfile | None:
        """Training and validation data; None for a stream that is not in memory. Takes up to 0.3 s the first time."""
        with self._lock:
            if self._data is None:
                self._data = self._look_at(self._dataset())
            return self._data

    @property
    def known_data(self) -> DataProfile | None:
        """Likewise, but None as long as nobody has asked for it: for those who cannot wait."""
        return self._data

    def _look_at(self, dataset: Dataset) -> DataProfile | None:
        training, validation = dataset.training, dataset.validation
        if not isinstance(training, ArrayData):
            return None
        other: tuple[Any, Any] = (validation.x, validation.y) if isinstance(validation, ArrayData) else (None, None)
        classes = is_classification(self._template) or None  # another loss may be a mistake
        return profile_data(training.x, training.y, *other, classification=classes)
