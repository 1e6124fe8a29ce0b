from dataclasses import replace

import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.plot import Span
from kerastune_widget.core.plots.training_curves import build
from kerastune_widget.ui.chart_store import ChartStore

LOSSES = np.linspace(2, 1, 2000)


def spec_after(steps, ends=(), **changed):
    history = History(
        epochs={"loss": [1.0] * len(ends), "val_loss": [1.5] * len(ends)},
        steps={"loss": LOSSES[:steps]},
        epoch_ends=list(ends),
    )
    return replace(build(history), **changed)


def numbers_of(message):
    """Read a message the way the page does."""
    content, buffer = message
    numbers, found = np.frombuffer(buffer, dtype=np.float32), {}
    for part in content["curves"]:
        count = part["count"]
        found[part["id"]] = numbers[: 2 * count].reshape(2, count)
        numbers = numbers[2 * count :]
    assert not len(numbers)
    return found


def test_the_whole_carries_every_number():
    store = ChartStore(spec_after(700, [500]))
    message = store.whole()
    assert message[0]["kind"] == "whole"
    assert numbers_of(message)["loss"].tolist() == [list(range(1, 701)), LOSSES[:700].astype("f4").tolist()]
    assert numbers_of(message)["val_loss"].tolist() == [[500], [1.5]]


def test_a_delta_carries_only_what_is_new():
    store = ChartStore(spec_after(100, [50]))
    content, buffer = store.extend({"loss": ([101, 102], [0.5, 0.4])}, {})
    assert content["curves"] == [{"id": "loss", "start": 100, "count": 2}]
    assert len(buffer) == 2 * 2 * 4
    assert set(content) == {"kind", "generation", "sequence", "curves"}


def test_showing_a_plot_that_continues_costs_a_delta():
    store = ChartStore(spec_after(100, [50]))
    content, _ = store.advance(spec_after(130, [50, 100]))
    assert content["kind"] == "delta"
    assert content["epoch_ends"] == [50, 100]
    assert [(part["id"], part["start"], part["count"]) for part in content["curves"]] == [
        ("loss", 100, 30),
        ("val_loss", 1, 1),
    ]
    assert store.advance(spec_after(130, [50, 100])) is None
    np.testing.assert_array_equal(numbers_of(store.whole())["loss"][1], LOSSES[:130].astype("f4"))


@pytest.mark.parametrize(
    "other",
    [
        spec_after(50, [50]),
        spec_after(200, [50], x_log=True),
        spec_after(200),
        build(History(steps={"loss": LOSSES[:200] + 1})),
    ],
    ids=["shorter", "another look", "other curves", "other numbers"],
)
def test_showing_anything_else_costs_a_whole(other):
    store = ChartStore(spec_after(100, [50]))
    before = store.whole()[0]["generation"]
    content, _ = store.advance(other)
    assert content["kind"] == "whole"
    assert content["generation"] != before


def test_nan_does_not_look_like_other_numbers():
    numbers = np.array([1, np.nan, 2])
    store = ChartStore(build(History(steps={"loss": numbers})))
    content, _ = store.advance(build(History(steps={"loss": np.append(numbers, 3)})))
    assert content["kind"] == "delta"


def test_deltas_are_numbered_without_gaps():
    store = ChartStore(spec_after(10))
    first = store.whole()[0]["sequence"]
    deltas = [store.extend({"loss": ([n], [n])}, {}) for n in range(11, 14)]
    assert [content["sequence"] for content, _ in deltas] == [first + 1, first + 2, first + 3]
    assert store.whole()[0]["sequence"] == first + 3


def test_unknown_curves_are_ignored_and_nothing_new_says_nothing():
    store = ChartStore(spec_after(10))
    assert store.extend({"nobody": ([1], [1])}, {}) is None
    assert store.extend({"loss": ([], [])}, {}) is None
    assert store.mark(spans=[]) is None


def test_marks_travel_alone():
    store = ChartStore(spec_after(10))
    content, buffer = store.mark(spans=[Span(1, 2, "problem")])
    assert content["spans"] == [{"start": 1, "end": 2, "severity": "problem"}]
    assert content["curves"] == [] and buffer == b""


def test_validation_points_tell_where_epochs_end():
    store = ChartStore(spec_after(100, [50]))
    content, _ = store.extend({"val_loss": ([100], [1.0])}, {})
    assert content["epoch_ends"] == [50, 100]
    assert list(store.spec().epoch_ends) == [50, 100]


def test_scalars_are_numbers_too_and_unequal_lengths_are_refused():
    store = ChartStore(spec_after(1))
    assert store.extend({"loss": (2, 0.5)}, {})[0]["curves"][0]["count"] == 1
    with pytest.raises(ValueError, match="equal length"):
        store.extend({"loss": ([3, 4], [1])}, {})


def test_the_spec_given_out_is_a_copy():
    store = ChartStore(spec_after(10))
    taken = store.spec()
    store.extend({"loss": ([11], [1])}, {})
    assert len(taken.series[0].x) == 10 and len(store.spec().series[0].x) == 11
