"""Learning rates as plots: what is planned, what was done, how much depends on them."""

from types import SimpleNamespace

import numpy as np
import pytest

from kerastune_widget.core.events import StepsEnded
from kerastune_widget.core.history import Change, History
from kerastune_widget.core.plots import planned_rates, rate_sensitivity
from kerastune_widget.core.plots._thinned import kept_places
from kerastune_widget.core.plots.runs import build as build_runs
from kerastune_widget.core.plots.training_curves import build, step_numbers
from kerastune_widget.core.race import RaceRow
from kerastune_widget.core.rates import moves_by_itself
from kerastune_widget.core.schedule import PlannedRates
from kerastune_widget.core.text import Text

COSINE = {"schedule": "cosine", "learning_rate": 1.0, "epochs": 2}
WAVE = 0.5 * (1 + np.cos(np.pi * np.arange(8) / 8))
PLAN = PlannedRates(WAVE, steps_per_epoch=4)


def history(rates, **changed):
    steps = {"loss": np.linspace(2, 1, len(rates))}
    parts = {"steps": steps, "learning_rates": np.asarray(rates, float), "epoch_ends": (4,), "status": "running"}
    return History(**{**parts, **changed})


def drawn(*runs, **more):
    runs = [SimpleNamespace(number=place, name="", parent=None, record=lambda run=run: run) for place, run in runs]
    return build_runs(runs, **more)


def curve(spec, name):
    return next(series for series in spec.series if series.id == name)


def test_a_plain_run_has_no_pane_for_its_rate():
    assert [axis.id for axis in drawn((1, history([0.1] * 6))).axes] == ["loss"]
    assert [series.id for series in build(history([0.1] * 6)).series] == ["loss"]


@pytest.mark.parametrize(
    ("record", "moves"),
    [
        (history([0.1] * 6), False),
        (history([]), False),
        (history([0.1, 0.1, 0.2, 0.2], changes=[Change(2, 0, "learning_rate", 0.1, 0.2)]), False),
        (history([0.1, 0.1, 0.2, 0.3], changes=[Change(2, 0, "learning_rate", 0.1, 0.2)]), True),
        (history([0.1, 0.09]), True),
        (history([], hyperparameters={"schedule": "constant(warmup_epochs=1.0)"}), True),
        (history([], hyperparameters={"schedule": "constant"}), False),
        (history([], facts={"scheduled": True}), True),
    ],
)
def test_only_what_nobody_set_by_hand_counts_as_moving(record, moves):
    assert moves_by_itself(record) is moves


def test_the_rate_is_drawn_over_what_was_planned_of_it():
    spec = drawn((3, history(WAVE[:5], hyperparameters=COSINE)), planned={3: PLAN})
    assert [(axis.id, axis.wide) for axis in spec.axes] == [("loss", False), ("learning_rate", True)]
    planned, own = curve(spec, "3/planned_learning_rate"), curve(spec, "3/learning_rate")
    np.testing.assert_allclose(planned.y, WAVE, rtol=1e-6)
    assert planned.x.tolist() == list(range(1, 9)) and planned.mark == "faint"
    np.testing.assert_array_equal(own.y, planned.y[:5])
    assert own.x.tolist() == curve(spec, "3/loss").x.tolist()
    assert spec.series.index(planned) < spec.series.index(own)  # that of the steps taken lies on top


def test_a_plan_ends_where_its_run_ended_and_begins_where_it_branched():
    def planned(**changed):
        record = history(WAVE[:5], hyperparameters=COSINE, **changed)
        return curve(drawn((1, record), planned={1: PLAN}), "1/planned_learning_rate").x.tolist()

    assert planned(status="stopped") == [1, 2, 3, 4, 5]
    assert planned(branch_step=4) == [5, 6, 7, 8]


def test_beside_a_scheduled_run_the_others_show_theirs():
    spec = drawn((1, history([0.1] * 6)), (2, history(WAVE[:5], hyperparameters=COSINE)), active=1)
    assert curve(spec, "1/learning_rate").y.tolist() == [np.float32(0.1)] * 6
    assert [axis.id for axis in spec.axes] == ["loss", "learning_rate"]
    assert curve(spec, "2/learning_rate").title == Text(en="Run 2 · learning rate", zh="第 2 次运行 · 学习率")


def test_a_low_pane_stays_below_the_metric_of_another_run():
    with_metric = history([0.1] * 6, steps={"loss": np.ones(6), "accuracy": np.ones(6)})
    spec = drawn((1, with_metric), (2, history(WAVE[:5], hyperparameters=COSINE)), active=2)
    assert [axis.id for axis in spec.axes] == ["loss", "accuracy", "learning_rate"]


def test_new_steps_tell_their_rates():
    event = StepsEnded(1, first_step=3, values={"loss": np.ones(2)}, learning_rates=np.array([0.5, 0.25]))
    x, y = step_numbers(event, prefix="1")["1/learning_rate"]
    assert (x.tolist(), y.tolist()) == ([4, 5], [0.5, 0.25])


def test_a_plateau_tells_its_reasons_in_the_pane_of_the_rate():
    losses = [1.0, 0.5, 0.6, 0.7, 0.4]
    record = history(
        np.ones(10),
        epochs={"loss": losses, "val_loss": losses},
        epoch_ends=(2, 4, 6, 8, 10),
        hyperparameters={"schedule": "plateau(patience=2)", "learning_rate": 1.0},
    )
    marks = [(mark.x, mark.kind, mark.axis) for mark in build(record, rates=True).annotations]
    assert marks == [(6, "wait", "learning_rate"), (8, "change", "learning_rate")]
    cut = build(record, rates=True).annotations[1]
    assert cut.short.en == "cut to ×0.5" and "epoch" in cut.text.en.lower()
    assert all(mark.axis == "" for mark in build(record).annotations)


def test_a_long_curve_keeps_its_picture_with_fewer_points():
    values = np.abs(np.sin(np.arange(100_000) / 700.0))
    values[12345] = 3.0
    kept = kept_places(values, 800)
    assert len(kept) <= 802 and kept[0] == 0 and kept[-1] == 99_999
    assert 12345 in kept and (np.diff(kept) > 0).all()
    between = np.interp(np.arange(100_000), kept, values[kept])
    assert np.abs(between - values)[20_000:].max() < 0.2
    assert kept_places(values[:50]).tolist() == list(range(50))


def test_a_preview_has_one_point_a_step_and_a_pane_for_the_momentum():
    spec = planned_rates.build(PlannedRates(WAVE, 4, momentum=np.linspace(0.95, 0.85, 8)))
    assert [axis.id for axis in spec.axes] == ["learning_rate", "momentum"] and list(spec.epoch_ends) == [4, 8]
    np.testing.assert_array_equal(curve(spec, "learning_rate").y, WAVE.astype(np.float32))
    assert curve(spec, "momentum").x.tolist() == list(range(1, 9)) and spec.x_range == (0, 8)
    assert [axis.id for axis in planned_rates.build(PLAN).axes] == ["learning_rate"]


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        (np.full(8, 0.1), "The learning rate stays at 0.1 over all 2 epochs."),
        (np.linspace(0.8, 0.1, 8), "The learning rate falls from 0.8 to 0.1 over 2 epochs."),
        (
            np.array([0, 1, 2, 3, 4, 3, 2, 1.0]),
            "The learning rate begins at 0, is highest in epoch 2 (4) and ends at 1 after 2 epochs.",
        ),
    ],
)
def test_a_preview_reads_as_a_sentence(rates, sentence):
    assert planned_rates.in_words(PlannedRates(rates, 4)).get("en") == sentence
    told = planned_rates.in_words(PlannedRates(rates, 4, may_change=True)).get("en")
    assert told.startswith(sentence) and "depending on how the run goes" in told


def test_sensitivity_has_a_line_for_each_optimizer_with_a_gap_where_it_diverged():
    rows = [
        RaceRow("adam", 1, 0.01, "val_accuracy", sensitivity=((0.001, 0.8), (0.01, 0.9), (0.1, float("nan")))),
        RaceRow("sgd(momentum=0.9)", 2, 0.1, "val_accuracy", sensitivity=((0.1, 0.7),)),
    ]
    spec = rate_sensitivity.build(rows, colours={"adam": 4})
    assert spec.x_log and [series.colour for series in spec.series] == [4, 1]
    np.testing.assert_allclose(curve(spec, "adam").x, [0.001, 0.01, 0.1], rtol=1e-6)
    np.testing.assert_array_equal(curve(spec, "adam").y, np.float32([0.8, 0.9, np.nan]))
    assert spec.series[1].title.en == "sgd (momentum 0.9)"
    assert spec.axes[0].title.en == "Validation accuracy" and not spec.axes[0].loggable
