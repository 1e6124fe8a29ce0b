"""What repeated runs say: against NumPy and SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from kerastune_widget.core.repeat import RepeatRow, band, compared_metric, noise_floor, statistics_of
from kerastune_widget.core.spread_by_source import ADVICE, TITLES, shares_of, source_rows
from kerastune_widget.core.text import LANGUAGES

VALUES = [0.91, 0.87, 0.93, 0.90]


def rows(values, metric="val_accuracy", **options):
    return [RepeatRow(seed, epochs={metric: (0.1, value)}, **options) for seed, value in enumerate(values, 5)]


def test_statistics_are_those_of_numpy_and_scipy():
    found = statistics_of("val_accuracy", rows(VALUES))
    assert (found.count, found.lost) == (4, 0)
    assert found.mean == pytest.approx(np.mean(VALUES))
    assert found.sd == pytest.approx(np.std(VALUES, ddof=1))
    expected = stats.t.interval(0.95, 3, np.mean(VALUES), stats.sem(VALUES))
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-4)
    assert (found.best, found.best_seed, found.worst, found.worst_seed) == (0.93, 7, 0.87, 6)
    assert found.noise_floor == noise_floor(VALUES)


def test_which_way_is_better_follows_from_the_name():
    loss = statistics_of("loss", rows(VALUES, "loss"))
    assert (loss.best, loss.worst) == (0.87, 0.93)
    unknown = statistics_of("thing", rows(VALUES, "thing"))
    assert (unknown.best, unknown.worst, unknown.best_seed, unknown.worst_seed) == (None,) * 4
    assert unknown.mean == pytest.approx(np.mean(VALUES))


def test_runs_without_a_number_are_counted_and_nothing_more():
    there = rows(VALUES)
    lost = [*rows([math.nan]), *rows([0.5], status="diverged"), *rows([0.5], status="stopped"), RepeatRow(9)]
    found = statistics_of("val_accuracy", [*lost, *there])
    assert (found.count, found.lost) == (4, 4)
    assert found.mean == pytest.approx(np.mean(VALUES)) and found.best == 0.93


@pytest.mark.parametrize("values", [[], [0.9]])
def test_too_few_runs_have_no_spread(values):
    found = statistics_of("val_accuracy", rows(values))
    assert found.count == len(values) and math.isnan(found.mean) == (not values)
    assert (found.sd, found.low, found.high, found.noise_floor) == (None,) * 4
    assert noise_floor(values) is None


def test_the_interval_of_folds_is_wider_by_what_they_share():
    plain, folds = statistics_of("val_accuracy", rows(VALUES)), statistics_of("val_accuracy", rows(VALUES), 1 / 3)
    ratio = (folds.high - folds.low) / (plain.high - plain.low)
    assert ratio == pytest.approx(math.sqrt((1 / 4 + 1 / 3) / (1 / 4)))


def test_the_noise_floor_holds_nineteen_of_twenty_differences():
    """With many runs it is 1.96 * sqrt(2) standard deviations: 5% of pairs of runs differ by more."""
    values = np.random.default_rng(0).normal(size=4000)
    floor = noise_floor(values)
    assert floor == pytest.approx(stats.t.ppf(0.975, 3999) * values.std(ddof=1) * math.sqrt(2), rel=1e-4)
    pairs = np.random.default_rng(1).normal(size=(20_000, 2))
    assert np.mean(np.abs(np.diff(pairs)) > floor) == pytest.approx(0.05, abs=0.006)
    assert noise_floor([*VALUES, math.nan, math.inf]) == noise_floor(VALUES)


def test_band_of_curves_of_unequal_length():
    histories = [{"loss": (3.0, 2.0, 1.0)}, {"loss": (5.0, math.nan)}, {"loss": (4.0, 4.0)}, {"other": (9.0,)}]
    found = band(histories, "loss")
    assert found.count.tolist() == [3, 2, 1]
    np.testing.assert_allclose(found.mean, [4, 3, 1])
    sd = [np.std([3, 5, 4], ddof=1), np.std([2, 4], ddof=1), 0]
    np.testing.assert_allclose(found.high - found.mean, sd)
    np.testing.assert_allclose(found.mean - found.low, sd)


def test_band_of_nothing():
    assert band([], "loss").mean.shape == (0,)
    assert np.isnan(band([{"loss": (math.nan,)}], "loss").mean).all()


@pytest.mark.parametrize(
    ("asked", "names", "metric"),
    [
        (None, ["loss", "accuracy", "val_loss", "val_accuracy"], "val_accuracy"),
        (None, ["loss", "val_loss"], "val_loss"),
        (None, ["loss", "accuracy"], "loss"),
        (None, [], "loss"),
        ("accuracy", ["loss", "accuracy", "val_loss"], "accuracy"),
        ("val_accuracy", ["loss"], "loss"),
        ("val_accuracy", [], "val_accuracy"),
    ],
)
def test_which_metric_is_shown(asked, names, metric):
    assert compared_metric(asked, [RepeatRow(0, epochs=dict.fromkeys(names, (1.0,)))]) == metric


def test_shares_are_of_the_summed_variance():
    by_source = {"weights": [1.0, 2.0, 3.0], "order": [1.0, 1.5, 2.0], "dropout": [2.0, math.nan]}
    shares = shares_of(by_source)
    assert shares == {"weights": pytest.approx(0.8), "order": pytest.approx(0.2), "dropout": None}
    assert shares_of({"weights": [1.0, 1.0], "order": [2.0, 2.0]}) == {"weights": 0.0, "order": 0.0}


def test_each_source_has_its_title_and_advice():
    found = source_rows({source: [1.0, 2.0] for source in TITLES})
    assert [row.source for row in found] == list(TITLES) == list(ADVICE)
    for row in found:
        assert row.share == pytest.approx(1 / len(TITLES)) and row.sd == pytest.approx(np.std([1, 2], ddof=1))
        assert all(row.title.get(language) and row.advice.get(language) for language in LANGUAGES)
