import json

import numpy as np
import pytest

from kerastune_widget.core.plot import Annotation, Axis, PlotSpec, Series, Span, hue, smoothed
from kerastune_widget.core.text import Text

WORD = Text(en="word", zh="词")


def spec_of(*series):
    return PlotSpec(name="p", title=WORD, x_title=WORD, axes=[Axis("a", WORD)], series=series)


def test_json_has_everything_but_the_numbers():
    curve = Series("c", WORD, "a", x=np.arange(3, dtype="f4"), y=np.arange(3, dtype="f4"))
    spec = PlotSpec(
        name="p",
        title=WORD,
        x_title=WORD,
        axes=[Axis("a", WORD, loggable=True)],
        series=[curve],
        annotations=[Annotation(2, WORD)],
        spans=[Span(0, 1, "warning")],
        epoch_ends=np.array([2]),
    )
    described = json.loads(json.dumps(spec.to_json()))
    assert described["title"] == {"en": "word", "zh": "词"}
    assert described["epoch_ends"] == [2]
    assert described["axes"][0]["loggable"] is True
    assert described["spans"] == [{"start": 0, "end": 1, "severity": "warning"}]
    assert described["series"][0]["title"] == {"en": "word", "zh": "词"}
    assert not {"x", "y"} & set(described["series"][0])


def test_one_run_tells_roles_by_hue_and_several_runs_tell_runs():
    training, validation = Series("t", WORD, "a"), Series("v", WORD, "a", role="validation")
    alone = spec_of(training, validation)
    assert hue(training, alone) != hue(validation, alone)
    second = Series("t2", WORD, "a", colour=1)
    both = spec_of(training, validation, second)
    assert hue(training, both) == hue(validation, both) == 0
    assert hue(second, both) == 1


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.9, 0.999])
def test_smoothed_is_the_weighted_mean_of_the_past(weight):
    values = np.random.default_rng(0).normal(size=50)
    for last in (0, 1, 20, 49):
        weights = weight ** np.arange(last, -1, -1.0)
        assert smoothed(values, weight)[last] == pytest.approx(np.average(values[: last + 1], weights=weights))


def test_smoothed_skips_what_is_not_finite():
    result = smoothed(np.array([1, np.nan, 3, np.inf]), 0.5)
    assert np.isnan(result[[1, 3]]).all()
    np.testing.assert_allclose(result[[0, 2]], smoothed(np.array([1.0, 3.0]), 0.5))
    assert smoothed(np.empty(0), 0.5).size == 0


def test_smoothed_constant_stays_that_constant_in_float64():
    assert smoothed(np.full(5000, 0.1), 0.99) == pytest.approx(0.1, rel=1e-12)
