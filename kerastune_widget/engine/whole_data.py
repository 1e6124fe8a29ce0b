"""The whole data of a session, and other divisions of it: another split, a part of the rows, a fold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import keras
import numpy as np

from ..core.text import Text
from ..errors import DataError
from .arrays import Nested
from .dataset import ArrayData, Dataset, class_weights_to_sample_weights
from .split import draw_rows
from .trial import Cut, Rows

SUBSET = 0.9
"""The share of the training rows that a run keeps when rows are a source of chance."""

_STREAM = Text(
    en="This needs data in memory, as arrays; these come as a stream. Pass arrays, or leave out the executor, split, "
    "subset and folds.",
    zh="这需要数据以数组形式放在内存中；现有的数据是流。请传入数组，或不要使用 executor、split、subset 和折。",
)


@dataclass(frozen=True)
class WholeData:
    """All rows that may be dealt out anew: those of training, and those held out of the same data set.

    Args:
        dataset: The session's; in memory.

    Raises:
        DataError: If it is a stream.
    """

    dataset: Dataset

    def __post_init__(self) -> None:
        if not isinstance(self.dataset.training, ArrayData):
            raise DataError(_STREAM)

    @property
    def training(self) -> ArrayData:
        """The session's training data."""
        assert isinstance(self.dataset.training, ArrayData)
        return self.dataset.training

    @property
    def held_out(self) -> Rows | None:
        """Numbers of the rows held out of the whole, ascending; None when the validation data were given apart."""
        return self.dataset.held_out

    @property
    def draws_split(self) -> bool:
        """Whether which rows are held out is drawn: not so for the last rows, and for validation data given apart."""
        held, rows = self.held_out, self.rows
        return held is not None and not np.array_equal(held, np.arange(rows - len(held), rows))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.training.rows + (0 if self.held_out is None else len(self.held_out))

    @cached_property
    def data(self) -> ArrayData:
        """All rows in the order they were given, without the weights that stand for classes."""
        weighed = self.dataset.class_weight is not None
        training = replace(self.training, sample_weight=None) if weighed else self.training
        held, validation = self.held_out, self.dataset.validation
        if held is None or not isinstance(validation, ArrayData):
            return training
        pairs = ((getattr(training, name), getattr(validation, name)) for name in ("x", "y", "sample_weight"))
        return ArrayData(*(_joined(first, second, held) for first, second in pairs))

    def split_by(self, seed: int, *, classes: bool) -> Cut:
        """Return the same number of rows held out, drawn by another seed as the session draws them."""
        assert self.held_out is not None
        held = np.sort(draw_rows(self.data, len(self.held_out), seed, classes))
        return Cut(_without(self.rows, held), held)

    def subset_by(self, seed: int, cut: Cut | None, *, classes: bool) -> Cut:
        """Return ``SUBSET`` of the training rows, drawn by ``seed``; the validation data stay.

        Args:
            seed: Draws them.
            cut: The division whose training rows are meant; None for the session's own.
            classes: Whether classes keep their shares.
        """
        own = self.own_cut if cut is None else cut
        count = max(1, round(SUBSET * len(own.training)))
        drawn = draw_rows(self.data.take(own.training), count, seed, classes)
        return Cut(own.training[np.sort(drawn)], own.validation)

    @property
    def own_cut(self) -> Cut:
        """The session's own division."""
        held = self.held_out
        return Cut(np.arange(self.rows) if held is None else _without(self.rows, held), held)

    def divided(self, cut: Cut) -> Dataset:
        """Return the data set of a division, made as the session's own was."""
        training = self.data.take(cut.training)
        weights = self.dataset.class_weight
        if weights is not None:
            made = class_weights_to_sample_weights(training.y, dict(weights))
            training = replace(training, sample_weight=made)
        validation = self.dataset.validation if cut.validation is None else self.data.take(cut.validation)
        return Dataset(training, validation, held_out=cut.validation, class_weight=weights)


def _without(rows: int, some: Rows) -> Rows:
    kept = np.ones(rows, dtype=bool)
    kept[some] = False
    return np.flatnonzero(kept)


def _joined(first: Nested, second: Nested, held: Rows) -> Nested:
    """Put the rows of two parts back where they were."""
    if first is None or second is None:
        return None

    def join(training: Any, validation: Any) -> Any:
        rows = len(training) + len(validation)
        whole = np.empty((rows, *training.shape[1:]), training.dtype)
        whole[_without(rows, held)], whole[held] = training, validation
        return whole

    return keras.tree.map_structure(join, first, second)
