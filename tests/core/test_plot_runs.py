import numpy as np
import pytest

from kerastune_widget.core.history import Change
from kerastune_widget.core.plot import PALETTE_SIZE, hue
from kerastune_widget.core.plots.runs import assign_colours, build
from tests.core.runs import STEPS, branch_off, make_run


def curve(spec, name):
    return next(series for series in spec.series if series.id == name)


def test_each_run_has_its_curves_under_its_number():
    spec = build([make_run(1), make_run(3, name="best {so far}")])
    assert [series.id for series in spec.series] == ["1/loss", "1/val_loss", "3/loss", "3/val_loss"]
    assert curve(spec, "1/loss").title.en == "Run 1 · training"
    described = spec.to_json()["series"]
    assert described[2]["title"]["en"] == "best {so far} · training"


def test_one_run_alone_reads_as_a_plot_of_one_run():
    spec = build([make_run(3)])
    assert [series.id for series in spec.series] == ["3/loss", "3/val_loss"]
    assert curve(spec, "3/loss").title.en == "Training"
    assert hue(curve(spec, "3/loss"), spec) != hue(curve(spec, "3/val_loss"), spec)


def test_runs_differ_in_colour_and_roles_in_dash():
    spec = build([make_run(1), make_run(2)])
    hues = {series.id: hue(series, spec) for series in spec.series}
    assert hues["1/loss"] == hues["1/val_loss"] != hues["2/loss"] == hues["2/val_loss"]
    assert {series.role for series in spec.series} == {"training", "validation"}


def test_only_the_active_run_shows_raw_values_marks_and_epochs():
    changed = make_run(1, [3.0, 2.0], changes=[Change(2, 0, "learning_rate", 0.1, 0.2)])
    spec = build([changed, make_run(2)], active=1)
    assert [series.raw for series in spec.series] == [True, True, False, False]
    assert [mark.x for mark in spec.annotations] == [2] and list(spec.epoch_ends) == [STEPS, 2 * STEPS]
    assert next(iter(spec.series)).id == "1/loss"  # the order of the legend stays
    newest = build([changed, make_run(2)])
    assert [series.raw for series in newest.series] == [False, False, True, True] and not newest.annotations


def test_findings_are_the_active_runs():
    class Found:
        span, severity = (0, 0), "warning"

    assert [span.end for span in build([make_run(1), make_run(2)], active=1, findings=[Found()]).spans] == [STEPS]


def test_a_metric_recorded_by_another_run_has_its_pane():
    measured = make_run(1, [1.0], parts={"epochs": {"loss": [1.0], "accuracy": [0.5], "val_accuracy": [0.4]}})
    spec = build([measured, make_run(2, [], status="running")])
    assert [axis.id for axis in spec.axes] == ["loss", "accuracy"]
    assert {series.id for series in spec.series} >= {"1/val_accuracy", "2/loss"}


class TestTree:
    parent = make_run(1, [3.0, 2.0, 1.5])
    child = branch_off(parent, 2, 2, [1.0], learning_rate=0.1)

    def test_a_branch_is_drawn_from_where_it_left_its_parent(self):
        spec = build([self.parent, self.child])
        loss, validation = curve(spec, "2/loss"), curve(spec, "2/val_loss")
        assert loss.since == validation.since == 2 * STEPS
        assert len(loss.x) == 3 * STEPS, "what lies before feeds the moving average"
        assert loss.x[loss.first] == validation.x[validation.first] == 2 * STEPS
        assert loss.y[loss.first] == curve(spec, "1/loss").y[loss.first], "it begins on its parent's curve"
        assert curve(spec, "1/loss").since is None and curve(spec, "1/loss").first == 0

    def test_the_fork_is_marked(self):
        marks = [mark for mark in build([self.parent, self.child]).annotations if mark.kind == "fork"]
        assert [(mark.x, mark.text.en, mark.text.zh) for mark in marks] == [
            (2 * STEPS, "Run 2 branches off", "第 2 次运行由此分出")
        ]

    def test_branches_at_one_place_share_a_mark(self):
        other = branch_off(self.parent, 3, 2, [1.1], learning_rate=0.2)
        marks = [mark for mark in build([other, self.parent, self.child]).annotations if mark.kind == "fork"]
        assert [mark.text.en for mark in marks] == ["Run 2, Run 3 branch off"]

    def test_without_its_parent_it_is_drawn_whole(self):
        spec = build([make_run(7), self.child])
        assert all(series.since is None for series in spec.series)
        assert not [mark for mark in spec.annotations if mark.kind == "fork"]

    def test_without_steps_it_branches_off_at_an_epoch(self):
        bare = {"steps": {}, "epoch_ends": [], "branch_step": 0}
        parent, child = (
            make_run(n, [3.0, 2.0, 1.0], parts=bare, **more)
            for n, more in ((1, {}), (2, {"parent": self.child.parent}))
        )
        assert curve(build([parent, child]), "2/val_loss").since == 2.0


class TestColours:
    def test_a_run_keeps_its_colour_while_others_come_and_go(self):
        first = assign_colours([1, 2])
        grown = assign_colours([1, 2, 3, 9], first)
        assert {number: grown[number] for number in (1, 2)} == first
        assert len(set(grown.values())) == 4
        shrunk = assign_colours([2, 9], grown)
        assert shrunk == {number: grown[number] for number in (2, 9)}

    def test_a_run_gets_its_colour_back(self):
        before = assign_colours([1, 2, 3])
        remembered = {**before, **assign_colours([1, 3], before)}
        assert assign_colours([1, 2, 3], remembered) == before

    def test_more_runs_than_colours(self):
        places = assign_colours(range(1, 21))
        assert set(places.values()) == set(range(PALETTE_SIZE)) and len(places) == 20

    def test_they_reach_the_curves(self):
        spec = build([make_run(1), make_run(2)], colours={1: 5, 2: 3})
        assert [series.colour for series in spec.series] == [5, 5, 3, 3]


@pytest.mark.parametrize("painter", ["LIGHT", "DARK"])
def test_painters_have_as_many_colours_as_we_count_on(painter):
    from kerastune_widget.ui import palette

    assert len(set(getattr(palette, painter))) == PALETTE_SIZE


def test_numbers_are_those_of_the_record():
    run = make_run(4, [3.0, 1.0])
    np.testing.assert_array_equal(curve(build([run]), "4/loss").y, np.float32(run.history.steps["loss"]))
