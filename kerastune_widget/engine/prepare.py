"""From the arguments of ``Session`` to a checked Dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import DataError
from .checks import check_fits_model, is_classification, notice_not_finite
from .dataset import ArrayData, Cancelled, Data, Dataset, StreamData, read_data
from .split import rows_to_hold_out, split_off
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
    if isinstance(data, Dataset):  # prepared before, for a session that trains parts of it
        return data
    model = template.example
    training = read_data(data, "data", class_weight, model)
    validation = None if validation_data is None else read_data(validation_data, "validation_data", model=model)
    if validation_split and validation is not None:
        raise DataError("Give either validation_data or validation_split, not both.")
    held_out = None
    if validation_split:
        whole = _splittable(training)
        classes = is_classification(template)
        held_out = rows_to_hold_out(whole, validation_split, seed=seed, shuffle=shuffle_split, classes=classes)
        training, validation = split_off(whole, held_out)
        if class_weight is not None:  # weighs the classes for training; fit judges what it holds out without
            validation = replace(validation, sample_weight=None)
    check_fits_model(template, training, "training")
    if validation is not None:
        check_fits_model(template, validation, "validation")
    notices = notice_not_finite(training, "training") + notice_not_finite(validation, "validation")
    return Dataset(training, validation, tuple(notices), held_out, class_weight)


def _splittable(training: Data) -> ArrayData:
    if isinstance(training, StreamData):
        raise DataError(
            f"validation_split needs arrays; the data are {training.source.en}. Pass validation_data instead."
        )
    return training


def in_memory(dataset: Dataset, cancelled: Cancelled = lambda: False) -> Dataset:
    """Read streams into memory where they fit and repeat themselves; may take a while.

    Args:
        dataset: What to read.
        cancelled: Asked between batches; once it says yes, reading ends and ``dataset`` comes back as it is.
    """
    training = _materialized(dataset.training, cancelled)
    validation = None if dataset.validation is None else _materialized(dataset.validation, cancelled)
    return dataset if cancelled() else replace(dataset, training=training, validation=validation)


def _materialized(data: Data, cancelled: Cancelled) -> Data:
    if isinstance(data, ArrayData) or cancelled():
        return data
    return data.materialize(cancelled) or data
