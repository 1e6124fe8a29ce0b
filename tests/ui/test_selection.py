"""Which runs are on the chart, and which is in focus."""

from __future__ import annotations

import pytest

from kerastune_widget.core.training import Parent
from kerastune_widget.ui.panels._selection import Selection
from tests.ui.fake_session import FakeSession


@pytest.fixture
def selection() -> Selection:
    return Selection()


def start(session: FakeSession, selection: Selection, **attributes: object) -> int:
    run = session.finish(1, **attributes)
    selection.follow(session.runs, run.number)
    return run.number


def test_nothing_is_shown_before_the_first_run(selection: Selection) -> None:
    selection.follow([])
    assert (selection.shown, selection.focus) == ((), None)


def test_the_newest_run_is_shown_alone(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    start(session, selection)
    assert (selection.shown, selection.focus) == ((2,), 2)


def test_a_ticked_run_stays_when_the_next_one_starts(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    start(session, selection)
    selection.tick(1, True)
    start(session, selection)
    assert (selection.shown, selection.focus) == ((1, 3), 3)


def test_a_pinned_run_stays_in_sight(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    session.label(1, pinned=True)
    start(session, selection)
    assert selection.shown == (1, 2)


def test_a_branch_brings_its_parent(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    start(session, selection)
    start(session, selection, parent=Parent(1, 1))
    assert (selection.shown, selection.focus) == ((1, 3), 3)


def test_the_runs_of_a_sweep_are_shown_together(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    start(session, selection, sweep=1)
    start(session, selection, sweep=1)
    assert (selection.shown, selection.focus) == ((2, 3), 3)


def test_looking_at_another_run_outlasts_the_next_one_of_a_sweep_but_no_other(
    session: FakeSession, selection: Selection
) -> None:
    start(session, selection)
    start(session, selection, sweep=1)
    selection.look_at(1)
    start(session, selection, sweep=1)
    assert (selection.shown, selection.focus) == ((1, 2, 3), 1)
    start(session, selection)
    assert selection.focus == 4


def test_the_last_run_on_the_chart_cannot_be_taken_off(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    selection.tick(1, False)
    assert (selection.shown, selection.focus) == ((1,), 1)


def test_taking_the_run_in_focus_off_hands_the_focus_on(session: FakeSession, selection: Selection) -> None:
    for _ in range(3):
        start(session, selection)
    selection.tick(1, True)
    selection.tick(3, False)
    assert (selection.shown, selection.focus) == ((1,), 1)


def test_only_one_run(session: FakeSession, selection: Selection) -> None:
    for _ in range(3):
        start(session, selection)
    selection.tick(1, True)
    selection.only(2)
    assert (selection.shown, selection.focus) == ((2,), 2)


def test_a_deleted_run_goes_and_comes_back(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    start(session, selection)
    selection.tick(1, True)
    session.delete(1)
    selection.follow(session.runs)
    assert (selection.shown, selection.focus) == ((2,), 2)
    session.delete(2)
    selection.follow(session.runs)
    assert (selection.shown, selection.focus) == ((), None)
    session.undo_delete()
    selection.follow(session.runs)
    assert (selection.shown, selection.focus) == ((2,), 2)


def test_when_the_run_in_focus_is_deleted_another_on_the_chart_takes_its_place(
    session: FakeSession, selection: Selection
) -> None:
    for _ in range(3):
        start(session, selection)
    selection.only(3)
    selection.tick(1, True)
    session.delete(3)
    selection.follow(session.runs)
    assert (selection.shown, selection.focus) == ((1,), 1)


def test_an_unknown_run_cannot_be_looked_at(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    selection.look_at(7)
    selection.only(7)
    assert (selection.shown, selection.focus) == ((1,), 1)


def test_a_run_keeps_its_colour_and_no_two_on_the_chart_share_one(session: FakeSession, selection: Selection) -> None:
    for _ in range(9):
        start(session, selection)
    selection.tick(1, True)
    first = selection.colours[1]
    assert selection.colours[9] != first
    selection.tick(1, False)
    selection.tick(1, True)
    assert selection.colours[1] == first


def test_observers_hear_of_changes_only(session: FakeSession, selection: Selection) -> None:
    heard = []
    selection.observe(lambda: heard.append(selection.shown))
    start(session, selection)
    selection.follow(session.runs)
    selection.look_at(1)
    assert heard == [(1,)]
    assert selection.version == 1


def race(session: FakeSession, selection: Selection, *races: list[int]) -> None:
    run = session.finish(1)
    selection.follow(session.runs, run.number, races)


def test_the_runs_of_a_race_are_shown_together(session: FakeSession, selection: Selection) -> None:
    start(session, selection)
    race(session, selection, [2])
    race(session, selection, [2, 3])
    assert (selection.shown, selection.focus) == ((2, 3), 3)
    race(session, selection, [2, 3], [4])
    assert selection.shown == (4,)


def test_a_run_that_is_looked_at_stays_in_focus_during_a_race(session: FakeSession, selection: Selection) -> None:
    race(session, selection, [1])
    race(session, selection, [1, 2])
    selection.look_at(1)
    race(session, selection, [1, 2, 3])
    assert (selection.shown, selection.focus) == ((1, 2, 3), 1)


def test_a_run_that_turns_out_to_belong_to_a_race_is_joined_by_the_others(
    session: FakeSession, selection: Selection
) -> None:
    race(session, selection, [1])
    race(session, selection, [1])
    assert selection.shown == (2,)
    selection.follow(session.runs, races=[[1, 2]])
    assert selection.shown == (1, 2)
