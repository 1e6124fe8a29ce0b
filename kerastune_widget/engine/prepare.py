"""From the arguments of ``Session`` to a checked Dataset."""

from __future__ import annotations

from typing import Any

from ..errors import DataError
from .checks import check_fits_model, is_classification, notice_not_finite
from .dataset import ArrayData, Data, Dataset, StreamData, read_data
from .split import split
from .template import ModelTemplate


def prepare_dataset(
    template: ModelTemplate,
    data: Any,
    *,
    validation_data: Any,
    validation_split: float,
    shuffle_split: bool,
    class_weight: dict[int, float] | None,
    seed: int,
) -> Dataset:
    """Read, split and check; nothing heavy happens to streams yet.

    Raises:
        DataError: If anything is not as it must be (see ``Session``).
    """
    training = read_data(data, "data", class_weight)
    validation = None if validation_data is None else read_data(validation_data, "validation_data")
    if validation_split and validation is not None:
        raise DataError("Give either validation_data or validation_split, not both.")
    if validation_split:
        training, validation = _split(template, training, validation_split, shuffle_split, seed)
    check_fits_model(template, training, "training")
    if validation is not None:
        check_fits_model(template, validation, "validation")
    notices = notice_not_finite(training, "training") + notice_not_finite(validation, "validation")
    return Dataset(training, validation, tuple(notices))


def _split(
    template: ModelTemplate, training: Data, share: float, shuffle: bool, seed: int
) -> tuple[ArrayData, ArrayData]:
    if isinstance(training, StreamData):
        raise DataError(
            f"validation_split needs arrays; the data are {training.source.en}. Pass validation_data instead."
        )
    return split(training, share, seed=seed, shuffle=shuffle, classes=is_classification(template))


def in_memory(dataset: Dataset) -> Dataset:
    """Read streams into memory where they fit and repeat themselves; may take a while."""
    training = _materialized(dataset.training)
    validation = None if dataset.validation is None else _materialized(dataset.validation)
    return Dataset(training, validation, dataset.notices)


def _materialized(data: Data) -> Data:
    if isinstance(data, ArrayData):
        return data
    return data.materialize() or data
