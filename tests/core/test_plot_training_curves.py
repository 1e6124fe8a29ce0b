from types import SimpleNamespace

import numpy as np
import pytest

from kerastune_widget.core import plots
from kerastune_widget.core.control import ControlSpec
from kerastune_widget.core.discover import discover
from kerastune_widget.core.events import EpochEnded, StepsEnded
from kerastune_widget.core.history import Change, History
from kerastune_widget.core.plot import Plot
from kerastune_widget.core.plots.training_curves import (
    build,
    epoch_numbers,
    finding_spans,
    metric_names,
    overlay,
    step_numbers,
)
from kerastune_widget.core.text import Text


def by_step(**changed):
    parts = {
        "epochs": {"loss": [2.0, 1.0], "accuracy": [0.3, 0.6], "val_loss": [1.5, 1.2], "val_accuracy": [0.5, 0.55]},
        "steps": {"loss": np.array([3.0, 2, 2, 1, 1, 1]), "accuracy": np.linspace(0, 1, 6)},
        "epoch_ends": [3, 6],
    }
    return History(**{**parts, **changed})


def curve(spec, name):
    return next(series for series in spec.series if series.id == name)


def test_every_plot_is_found():
    assert "training-curves" in discover(plots, "PLOT", Plot)


def test_an_epochs_last_step_and_its_validation_share_one_position():
    spec = build(by_step())
    assert [axis.id for axis in spec.axes] == ["loss", "accuracy"]
    assert curve(spec, "loss").x.tolist() == [1, 2, 3, 4, 5, 6]
    assert curve(spec, "val_loss").x.tolist() == [3, 6]
    assert curve(spec, "loss").smooth and curve(spec, "loss").x.dtype == np.float32
    assert (curve(spec, "val_loss").mark, curve(spec, "val_loss").role) == ("points", "validation")
    assert list(spec.epoch_ends) == [3, 6]
    assert spec.x_title.en == "Step"


def test_a_plain_keras_history_counts_epochs():
    spec = build(History(epochs={"loss": [3, 2, 1], "val_loss": [3, 2.5], "mae": [1, 1, 1]}))
    assert spec.x_title.en == "Epoch" and list(spec.epoch_ends) == []
    assert curve(spec, "loss").x.tolist() == [1, 2, 3]
    assert not curve(spec, "loss").smooth
    assert curve(spec, "val_loss").x.tolist() == [1, 2]


def test_an_empty_history_is_a_plot_without_numbers():
    spec = build(History())
    assert [series.id for series in spec.series] == ["loss"]
    assert spec.series[0].x.size == 0


def test_a_validation_loss_that_was_not_taken_each_epoch_keeps_its_gaps():
    spec = build(by_step(epochs={"loss": [2.0, 1.0], "val_loss": [np.nan, 1.2]}))
    np.testing.assert_array_equal(curve(spec, "val_loss").y, np.float32([np.nan, 1.2]))


def test_numbers_too_large_for_float32_become_infinite_without_a_warning(recwarn):
    assert np.isinf(curve(build(by_step(steps={"loss": np.array([1e300])})), "loss").y).all()
    assert not recwarn


@pytest.mark.parametrize(("metric", "panes"), [(None, ["loss", "a"]), ("b", ["loss", "b"]), ("c", ["loss"])])
def test_which_metric(metric, panes):
    history = History(epochs={"loss": [1], "a": [1], "b": [1], "val_b": [1], "learning_rate": [1]})
    assert metric_names(history) == ["a", "b"]
    assert [axis.id for axis in build(history, metric=metric).axes] == panes


def test_only_what_is_not_a_share_offers_a_logarithmic_axis():
    axes = build(History(epochs={"loss": [1], "sparse_categorical_accuracy": [1]}), log=True).axes
    assert [(axis.log, axis.loggable) for axis in axes] == [(True, True), (False, False)]
    assert axes[1].title == Text(en="Accuracy", zh="准确率")


def test_changes_are_marked_in_both_languages_and_a_moved_slider_once():
    changes = [Change(3, 1, "learning_rate", 0.001, 0.005), Change(3, 1, "learning_rate", 0.005, 0.01)]
    (mark,) = build(by_step(changes=changes)).annotations
    assert mark.x == 3
    assert mark.text == Text(en="learning rate 0.001 → 0.01", zh="学习率 0.001 → 0.01")
    control = ControlSpec("learning_rate", Text(en="L2", zh="L2"), "log_slider", 0.001)
    named = build(by_step(changes=changes), controls={"learning_rate": control}).annotations
    assert named[0].text.en.startswith("L2 ")


def test_a_slider_moved_and_moved_back_leaves_no_mark():
    changes = [Change(3, 1, "dropout", 0.1, 0.2), Change(3, 1, "dropout", 0.2, 0.1)]
    assert build(by_step(changes=changes)).annotations == []


def test_odd_values_of_changes_can_be_read():
    changes = [Change(1, 0, "dropout", {"dense_1": 0.25}, {"dense_1": 0.5}), Change(2, 0, "odd{name}", None, True)]
    texts = [mark.text.get("en") for mark in build(by_step(changes=changes)).annotations]
    assert texts[1] == "odd(name) none → on"
    assert "dense_1 0.25" in build(by_step(changes=changes)).annotations[0].text.en


def test_a_run_that_was_cut_short_has_an_end_mark():
    (mark,) = build(by_step(status="diverged")).annotations
    assert (mark.x, mark.kind, mark.text.zh) == (6, "end", "已发散")
    assert build(by_step(status="finished")).annotations == []


@pytest.mark.parametrize(("span", "stretch"), [((0, 0), (0, 3)), ((1, 1), (3, 6)), ((0, 9), (0, 6))])
def test_findings_become_stretches_of_steps(span, stretch):
    finding = SimpleNamespace(span=span, severity="warning")
    (found,) = build(by_step(), findings=[finding]).spans
    assert (found.start, found.end, found.severity) == (*stretch, "warning")


def test_findings_about_the_whole_run_or_epochs_to_come_have_no_stretch():
    findings = [SimpleNamespace(span=None, severity="info"), SimpleNamespace(span=(7, 8), severity="info")]
    assert finding_spans(findings, [3, 6]) == []


def test_events_add_exactly_what_a_fresh_build_has():
    spec = build(by_step())
    steps = step_numbers(StepsEnded(1, first_step=3, epoch=1, values={"loss": np.array([1.0, 1, 1])}))
    np.testing.assert_array_equal(steps["loss"], [curve(spec, "loss").x[3:], curve(spec, "loss").y[3:]])
    epoch = epoch_numbers(EpochEnded(1, epoch=1, last_step=6, logs={"loss": 1.0, "val_loss": 1.2}))
    assert list(epoch) == ["val_loss"]
    np.testing.assert_array_equal(epoch["val_loss"], [curve(spec, "val_loss").x[1:], curve(spec, "val_loss").y[1:]])


def test_runs_can_share_a_plot():
    runs = [
        build(by_step(), prefix=str(n), run_title=Text(en=f"Run {n}", zh=f"第 {n} 次"), colour=n - 1) for n in (1, 2)
    ]
    both = overlay(runs)
    assert len({series.id for series in both.series}) == len(both.series) == 8
    assert curve(both, "2/val_loss").title == Text(en="Run 2 · validation", zh="第 2 次 · 验证")
    assert [axis.id for axis in both.axes] == ["loss", "accuracy"]


def test_an_offset_moves_everything():
    spec = build(by_step(changes=[Change(3, 1, "dropout", 0.1, 0.2)], status="stopped"), offset=100)
    assert curve(spec, "loss").x[0] == 101 and curve(spec, "val_loss").x.tolist() == [103, 106]
    assert [mark.x for mark in spec.annotations] == [103, 106] and list(spec.epoch_ends) == [103, 106]
