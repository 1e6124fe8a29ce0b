import numpy as np
import pytest

from kerastune_widget.core.plot import smoothed
from kerastune_widget.core.plots.metric_by_value import build as build_metric
from kerastune_widget.core.plots.runs import build
from kerastune_widget.ui.figure import draw, to_png
from tests.core.runs import STEPS, branch_off, make_run


def lines(figure):
    return {line.get_gid(): line for place in figure.axes for line in place.get_lines() if line.get_gid()}


def tree():
    parent = make_run(1, [3.0, 2.0, 1.5])
    return build([parent, branch_off(parent, 2, 2, [1.0, 0.5], learning_rate=0.1)])


def test_a_branch_is_drawn_from_its_fork_with_a_ring_on_its_parents_curve():
    spec = tree()
    drawn = lines(draw(spec))
    loss = next(series for series in spec.series if series.id == "2/loss")
    assert drawn["2/loss"].get_xdata()[0] == 2 * STEPS
    np.testing.assert_allclose(drawn["2/loss"].get_ydata(), smoothed(loss.y, spec.smoothing)[loss.first :])
    parent = drawn["1/loss"]
    at = list(parent.get_xdata()).index(2 * STEPS)
    assert drawn["fork:2/loss"].get_ydata()[0] == pytest.approx(parent.get_ydata()[at])
    assert drawn["fork:2/val_loss"].get_xdata().tolist() == [2 * STEPS]
    assert "fork:1/loss" not in drawn


def test_only_the_active_run_has_raw_values_behind_its_average():
    figure = draw(build([make_run(1), make_run(2)]))
    faint = [line for line in figure.axes[0].get_lines() if line.get_alpha() == 0.25]
    assert [line.get_color() for line in faint] == [lines(figure)["2/loss"].get_color()]


def test_every_run_of_many_stands_in_the_legend():
    runs = [make_run(number, name="same name" if number < 3 else "") for number in range(1, 11)]
    figure = draw(build(runs))
    assert len(figure.legends[0].get_texts()) == 20
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    legend = figure.legends[0].get_window_extent(renderer)
    top = max(place.get_window_extent(renderer).y1 for place in figure.axes)
    assert legend.y0 > top, "the legend covers no curve"


def test_a_metric_by_value_has_names_or_a_logarithmic_axis():
    choices = draw(build_metric([("sgd", 2.0), ("adam", 1.0)], name="optimizer", metric="val_loss"))
    place = choices.axes[0]
    assert [label.get_text() for label in place.get_xticklabels()] == ["sgd", "adam"]
    assert place.get_xlim() == (-0.5, 1.5)
    assert lines(choices)["val_loss"].get_linestyle() == "None"
    numbers = draw(build_metric([(0.001, 2.0), (0.1, 1.0)], name="learning_rate", metric="val_loss"))
    assert numbers.axes[0].get_xscale() == "log"
    assert "best: 0.1" in [text.get_text() for text in numbers.axes[0].texts]


@pytest.mark.parametrize("dark", [False, True])
def test_a_tree_is_a_picture(dark):
    assert to_png(draw(tree(), dark=dark)).startswith(b"\x89PNG")
