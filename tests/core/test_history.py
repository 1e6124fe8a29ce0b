"""The part of a history that a branch takes over."""

from __future__ import annotations

from kerastune_widget.core.history import Change, History


def changed(step: int, old: float, new: float) -> Change:
    return Change(step, 0, "learning_rate", old, new)


def test_of_changes_on_the_last_step_those_before_the_branching_are_taken_over() -> None:
    paused = (changed(4, 0.1, 0.05), changed(4, 0.05, 0.01))
    history = History(epochs={"loss": (1.0, 0.5)}, epoch_ends=(4, 8), changes=(*paused, changed(4, 0.01, 0.5)))
    assert history.up_to(1, {"learning_rate": 0.01}).changes == paused
    assert history.up_to(1, {"learning_rate": 0.1}).changes == ()
