import numpy as np
import pytest

from kerastune_widget.core.control import Choice, ControlSpec
from kerastune_widget.core.plots.metric_by_value import build
from kerastune_widget.core.text import Text

ADAM = Choice("adam", Text(en="Adam", zh="Adam"))


def drawn(points, metric="val_loss", name="learning_rate", **more):
    return build(points, name=name, metric=metric, **more)


def marks(spec):
    return [(mark.x, mark.text.get("en"), mark.kind) for mark in spec.annotations]


def test_values_over_decades_are_logarithmic_and_in_order():
    spec = drawn([(0.1, 2.0), (0.001, 3.0), (0.01, 1.0)])
    (curve,) = spec.series
    assert spec.x_log and curve.mark == "points"
    np.testing.assert_allclose(curve.x, [0.001, 0.01, 0.1], rtol=1e-6)
    assert curve.y.tolist() == [3, 1, 2] and curve.x.dtype == np.float32
    assert spec.axes[0].title == Text(en="Validation loss", zh="验证损失") and spec.x_title.en == "Learning rate"
    assert list(spec.x_labels) == []


@pytest.mark.parametrize("values", [(0.1, 0.2, 0.5), (0.0, 0.1, 10.0), (-1.0, 1.0)])
def test_close_values_and_zero_are_not(values):
    assert not drawn([(value, 1.0) for value in values]).x_log


def test_the_best_is_marked_by_the_metrics_direction():
    points = [(0.1, 0.5), (0.2, 0.9), (0.3, float("nan"))]
    assert marks(drawn(points)) == [(0.1, "best: 0.1", "best")]
    assert marks(drawn(points, "val_accuracy")) == [(0.2, "best: 0.2", "best")]
    assert marks(drawn(points, "my_number")) == [] == marks(drawn(points[:1]))
    assert drawn(points).annotations[0].text.zh == "最佳：0.1"


def test_choices_stand_side_by_side_with_their_names():
    points = [("sgd", 2.0), ("adam", 1.0), ("a{b}", 3.0)]
    control = ControlSpec("optimizer", Text(en="Rule", zh="规则"), "choice", "adam", choices=(ADAM,))
    spec = drawn(points, name="optimizer", controls={"optimizer": control})
    assert spec.x_title.en == "Rule"
    assert [(label.x, label.text.get("en")) for label in spec.x_labels] == [(0, "sgd"), (1, "Adam"), (2, "a{b}")]
    assert [curve.mark for curve in spec.series] == ["dots"] and spec.series[0].x.tolist() == [0, 1, 2]
    assert marks(spec) == [(1, "best: Adam", "best")]
    assert spec.to_json()["x_labels"][2] == {"x": 2.0, "text": {"en": "a{b}", "zh": "a{b}"}}


@pytest.mark.parametrize("values", [(True, False), (None, 0.5), ({"a": 0.1}, {"a": 0.2})])
def test_what_is_no_number_is_a_choice(values):
    spec = drawn([(value, 1.0) for value in values], name="dropout")
    assert len(spec.x_labels) == 2 and not spec.x_log


def test_repeated_runs_are_dots_around_the_line_of_their_means():
    spec = drawn([(1, 2.0), (2, 5.0), (1, 4.0)])
    mean, runs = spec.series
    assert (mean.mark, mean.y.tolist()) == ("line", [3, 5])
    assert (runs.mark, runs.x.tolist()) == ("dots", [1, 1, 2])
    assert marks(spec) == [(1, "best: 1", "best")]


def test_nothing_to_draw_yet():
    spec = drawn([])
    assert spec.series[0].x.size == 0 and marks(spec) == []


def test_a_validation_metric_is_dashed_like_everywhere():
    assert drawn([(1, 1.0)]).series[0].role == "validation" and drawn([(1, 1.0)], "loss").series[0].role == "training"
