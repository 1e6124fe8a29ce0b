import numpy as np
import pytest

from kerastune_widget.core.spread import measure_spread, student


def group(values, first=1):
    return [(first + place, value) for place, value in enumerate(values)]


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_is_welchs(seed):
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(seed)
    first, second = random.normal(0, 1, 8), random.normal(1, 3, 5)
    found = measure_spread(group(first), group(second))
    interval = stats.ttest_ind(second, first, equal_var=False).confidence_interval()
    width = interval.high - interval.low
    assert found.low == pytest.approx(interval.low, abs=0.03 * width)  # degrees of freedom are rounded down
    assert found.high == pytest.approx(interval.high, abs=0.03 * width)
    assert found.high - found.low >= width - 1e-3
    assert found.first_sd == pytest.approx(first.std(ddof=1)) and found.second_mean == pytest.approx(second.mean())


def test_students_quantiles():
    stats = pytest.importorskip("scipy.stats")
    for freedom in (1, 2, 7, 30, 31, 60, 1000):
        assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=2e-3)
    assert student(2.9) == student(2)


def test_one_run_each_tells_nothing():
    found = measure_spread(group([1.0]), group([2.0], 2))
    assert found.exceeds is None and found.first_sd is None and (found.first_mean, found.second_mean) == (1.0, 2.0)


def test_a_single_run_is_held_against_the_spread_of_the_repeated_one():
    repeated = [1.0, 1.1, 0.9, 1.05, 0.95]
    assert measure_spread(group(repeated), group([1.1], 9)).exceeds is False
    far = measure_spread(group(repeated), group([2.0], 9))
    assert far.exceeds is True and far.second_sd is None
    reach = 2.776 * np.std(repeated, ddof=1) * np.sqrt(1 + 1 / 5)  # the textbook's prediction interval
    assert (far.high - far.low) / 2 == pytest.approx(reach, rel=1e-3)


def test_groups_without_any_spread():
    assert measure_spread(group([1.0, 1.0]), group([1.0, 1.0], 3)).exceeds is False
    assert measure_spread(group([1.0, 1.0]), group([1.1, 1.1], 3)).exceeds is True


def test_chance_alone_is_called_a_difference_about_once_in_twenty():
    random = np.random.default_rng(0)
    called = [measure_spread(group(random.normal(size=4)), group(random.normal(size=4))).exceeds for _ in range(1000)]
    assert 0.02 < np.mean(called) < 0.07
