from dataclasses import replace

import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.plot import Span
from kerastune_widget.core.plots.training_curves import build, overlay
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
        build(History(steps={"loss": LOSSES[:200] + 1})),
        build(History(steps={"loss": LOSSES[:100]}), prefix="2"),
    ],
    ids=["other numbers", "another run"],
)
def test_showing_something_else_costs_a_whole(other):
    store = ChartStore(spec_after(100, [50]))
    before = store.whole()[0]["generation"]
    content, _ = store.advance(other)
    assert content["kind"] == "whole"
    assert content["generation"] != before


@pytest.mark.parametrize(
    ("other", "starts"),
    [
        (spec_after(50, [50]), {"loss": 0, "val_loss": 1}),
        (spec_after(200, [50], x_log=True), {"loss": 100, "val_loss": 1}),
        (spec_after(200), {"loss": 100, "val_loss": 0}),
    ],
    ids=["one curve starts anew", "another look", "a curve begins again"],
)
def test_what_stays_of_another_plot_does_not_travel_again(other, starts):
    store = ChartStore(spec_after(100, [50]))
    generation = store.whole()[0]["generation"]
    content, buffer = store.advance(other)
    assert (content["kind"], content["generation"]) == ("delta", generation)
    assert [part["id"] for part in content["spec"]["series"]] == list(starts)
    assert {part["id"]: part["start"] for part in content["curves"]} == starts
    assert len(buffer) == 8 * sum(part["count"] for part in content["curves"])
    for shown, wanted in zip(store.spec().series, other.series, strict=True):
        np.testing.assert_array_equal([shown.x, shown.y], [wanted.x, wanted.y])


def test_another_run_beside_the_one_that_trains_costs_only_its_own_numbers():
    one, two = (build(History(steps={"loss": LOSSES[:n]}), prefix=str(n), colour=n) for n in (100, 200))
    store = ChartStore(one)
    content, buffer = store.advance(overlay([one, two]))
    assert [(part["id"], part["start"], part["count"]) for part in content["curves"]] == [
        ("100/loss", 100, 0),
        ("200/loss", 0, 200),
    ]
    assert len(buffer) == 8 * 200
    content, _ = store.extend({"100/loss": ([101], [0.5])}, {})
    assert content["curves"] == [{"id": "100/loss", "start": 100, "count": 1}]
    content, buffer = store.advance(
        build(History(steps={"loss": np.append(LOSSES[:100], 0.5)}), prefix="100", colour=100)
    )
    assert content["curves"] == [{"id": "100/loss", "start": 101, "count": 0}] and buffer == b""


def test_what_can_be_picked_is_told_once_and_with_the_whole():
    store = ChartStore(spec_after(100, [50]))
    content, buffer = store.offer({3: ([1, 2], np.array([50, 100]))})
    assert content["picks"] == {"3": {"epochs": [1, 2], "ends": [50, 100]}} and buffer == b""
    assert store.offer({3: ([1, 2], [50, 100])}) is None
    assert store.whole()[0]["picks"] == content["picks"]


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
