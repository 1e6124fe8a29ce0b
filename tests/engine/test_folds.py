"""Rows dealt out to folds: as scikit-learn deals them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

from kerastune_widget.engine.dataset import ArrayData, Dataset
from kerastune_widget.engine.folds import deal, kind_of, refuse_folds
from kerastune_widget.engine.whole_data import SUBSET, WholeData
from kerastune_widget.errors import DataError, HyperparameterError

ROWS = 30
X = np.arange(ROWS, dtype="float32")[:, None]
Y = np.arange(ROWS) % 3
GROUPS = np.array(list("abcdef"))[np.arange(ROWS) % 6]
DATA = ArrayData(X, Y)

SPLITTERS = {
    "plain": KFold(5, shuffle=True, random_state=7),
    "stratified": StratifiedKFold(5, shuffle=True, random_state=7),
    "grouped": GroupKFold(5),
    "time": TimeSeriesSplit(5),
}


@pytest.mark.parametrize("kind", SPLITTERS)
def test_folds_are_those_of_scikit_learn(kind):
    groups = GROUPS if kind == "grouped" else None
    found = deal(DATA, 5, kind, groups, seed=7)
    expected = list(SPLITTERS[kind].split(X, Y, GROUPS))
    assert len(found) == len(expected)
    for cut, (training, held) in zip(found, expected, strict=True):
        assert cut.training.tolist() == sorted(training) and cut.validation.tolist() == sorted(held)
    if kind == "time":
        assert all(cut.training.max() < cut.validation.min() for cut in found)
    if kind == "grouped":
        assert not any(set(GROUPS[cut.training]) & set(GROUPS[cut.validation]) for cut in found)


@pytest.mark.parametrize(
    ("kind", "y", "groups", "classes", "chosen"),
    [
        ("auto", Y, None, True, "stratified"),
        ("auto", Y, None, False, "plain"),
        ("auto", Y + 0.5, None, True, "plain"),
        ("auto", Y, GROUPS, True, "grouped"),
        ("time", Y, None, True, "time"),
    ],
)
def test_which_kind(kind, y, groups, classes, chosen):
    assert kind_of(kind, ArrayData(X, y), groups, classes=classes) == chosen


REFUSED = {
    "one fold": (1, "auto", None, "folds must be"),
    "no number": ("5", "auto", None, "folds must be"),
    "an unknown kind": (5, "stratify", None, "Did you mean 'stratified'"),
    "groups left out": (5, "grouped", None, "groups missing"),
    "groups for nothing": (5, "time", GROUPS, "groups given"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_folds_is_refused(name):
    folds, kind, groups, words = REFUSED[name]
    with pytest.raises(HyperparameterError, match=words):
        refuse_folds(folds, kind, groups)


@pytest.mark.parametrize(
    ("folds", "kind", "groups", "words"),
    [
        (31, "plain", None, "cannot be dealt out to 31 folds"),
        (5, "grouped", GROUPS[:4], "each of the 30 rows; received shape"),
        (5, "stratified", None, "one class for each row"),
    ],
)
def test_what_the_rows_do_not_allow_is_refused(folds, kind, groups, words):
    data = ArrayData(X, Y + 0.5) if kind == "stratified" else DATA
    with pytest.raises(DataError, match=words):
        deal(data, folds, kind, groups, seed=0)


def split_dataset(held, class_weight=None):
    rest = np.setdiff1d(np.arange(ROWS), held)
    return Dataset(DATA.take(rest), DATA.take(held), held_out=np.array(held), class_weight=class_weight)


def test_the_whole_is_put_together_again():
    whole = WholeData(split_dataset([3, 4, 17]))
    assert whole.rows == ROWS and whole.draws_split
    np.testing.assert_array_equal(whole.data.x, X)
    np.testing.assert_array_equal(whole.data.y, Y)
    assert whole.own_cut.validation.tolist() == [3, 4, 17]
    assert not WholeData(split_dataset([27, 28, 29])).draws_split
    assert not WholeData(Dataset(DATA, DATA)).draws_split


def test_another_split_and_a_part_of_the_rows():
    whole = WholeData(split_dataset([3, 4, 17], {0: 2.0}))
    cut = whole.split_by(11, classes=True)
    assert len(cut.validation) == 3 and sorted([*cut.training, *cut.validation]) == list(range(ROWS))
    assert sorted(Y[cut.validation]) == [0, 1, 2]
    part = whole.subset_by(11, cut, classes=False)
    assert len(part.training) == round(SUBSET * 27) and set(part.training) < set(cut.training)
    assert part.validation is cut.validation
    made = whole.divided(part)
    np.testing.assert_array_equal(made.training.x, X[part.training])
    np.testing.assert_array_equal(made.training.sample_weight, np.where(Y[part.training] == 0, 2.0, 1.0))
    assert made.validation.sample_weight is None and made.held_out is cut.validation
