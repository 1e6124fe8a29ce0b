"""From curves to rates: the published methods on curves whose answer is known, and ours with its honest "no"."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from kerastune_widget.core.range_analysis import judge
from kerastune_widget.core.range_levels import evened, level_at_first, points_until_divergence, scatter
from kerastune_widget.core.range_plan import MOST_EPOCHS, RangePlan
from kerastune_widget.core.range_smoothing import noise_left, smoothed
from kerastune_widget.core.range_test import RangeCurve
from kerastune_widget.core.range_valley import joint
from kerastune_widget.core.suggestion import all_methods
from kerastune_widget.core.suggestions._recorded import averaged, recorded
from kerastune_widget.core.suggestions.minimum import minimum
from kerastune_widget.core.suggestions.slide import slide
from kerastune_widget.core.suggestions.steep import steep
from kerastune_widget.core.suggestions.valley import valley
from kerastune_widget.core.text import LANGUAGES
from kerastune_widget.errors import HyperparameterError

RATES = np.geomspace(1e-6, 10, 141)  # 20 steps in each factor of ten


def falls(rates=RATES, *, middle=1e-2, explodes=1.0, first=2.3, last=0.5, noise=0.0, seed=0):
    """Return losses that fall around one rate, and explode at another."""
    steps = np.log10(rates)
    losses = first - (first - last) / (1 + np.exp(-6 * (steps - np.log10(middle))))
    losses += np.exp(np.clip(8 * (steps - np.log10(explodes)), -700, 5))
    return losses + noise * np.random.default_rng(seed).normal(size=len(rates))


def curve(losses, rates=RATES, status="finished"):
    return RangeCurve("adam", 32, 0, rates[: len(losses)], np.asarray(losses, dtype=float), status)


def cut(losses, rates=RATES):
    """Return what a test keeps of it."""
    points = points_until_divergence(rates, losses)
    return curve(losses[:points], rates, "diverged" if points else "finished")


# ---------------------------------------------------------------- smoothing and stopping


def test_smoothing_keeps_straight_lines_in_place_and_shrinks_noise_as_it_says():
    line = smoothed(RATES, np.linspace(1, 2, len(RATES)))
    np.testing.assert_allclose(line[20:-20], np.linspace(1, 2, len(RATES))[20:-20], rtol=1e-6)
    noise = np.random.default_rng(0).normal(size=(200, len(RATES)))
    left = np.std([smoothed(RATES, row)[70] for row in noise])
    assert left == pytest.approx(noise_left(RATES), rel=0.15)


def test_smoothing_leaves_what_is_not_finite_out():
    losses = np.ones(50)
    losses[20] = np.nan
    line = smoothed(RATES[:50], losses)
    assert np.isnan(line[20]) and np.allclose(np.delete(line, 20), 1)


@pytest.mark.parametrize("losses", [[], [1.0]])
def test_smoothing_next_to_nothing(losses):
    assert list(smoothed(RATES[: len(losses)], np.array(losses))) == losses


def test_scatter_and_first_level_are_those_of_the_noise():
    losses = falls(noise=0.2, explodes=1e9)
    assert scatter(losses) == pytest.approx(0.2, rel=0.2)
    assert level_at_first(losses) == pytest.approx(2.3, abs=0.1)


@pytest.mark.parametrize("offset", [0.0, -9.0])
def test_what_is_particular_to_each_batch_is_taken_away(offset):
    trend = falls(explodes=1e9) + offset
    hard = np.resize([0.3, -0.2, 0.1, -0.2], len(trend))
    losses = trend + hard if offset else trend * (1 + hard)  # a loss below 0 cannot be scaled
    np.testing.assert_allclose(evened(losses, 4), trend, rtol=1e-3)
    np.testing.assert_array_equal(evened(losses, 0), losses)
    np.testing.assert_array_equal(evened(losses, 36), losses)  # hardly four passes


def test_batches_that_come_again_make_a_weak_fall_clear():
    def repeats(batches):
        hard = [np.resize(np.random.default_rng(seed).normal(size=7), 52) for seed in range(3)]
        rates = RATES[::2][:52]
        fall = falls(rates, first=1.0, last=0.8, explodes=1e9)
        return [RangeCurve("adam", 32, 0, rates, fall * (1 + 0.3 * one), "diverged", batches) for one in hard]

    assert joint(repeats(7)).certainty > 10 * joint(repeats(0)).certainty


def test_a_curve_ends_when_the_loss_is_as_far_above_as_it_was_below():
    losses = falls(noise=0.05)
    points = points_until_divergence(RATES, losses)
    assert 0.7 < RATES[points - 1] < 2.0


def test_a_curve_ends_at_the_first_loss_that_is_no_number():
    losses = falls(explodes=1e9)
    losses[100] = np.nan
    assert points_until_divergence(RATES, losses) == 101


def test_rounding_is_no_explosion():
    losses = np.full(len(RATES), 1.1)
    losses[50:] += 1e-7
    assert points_until_divergence(RATES, losses) is None


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_explosion(seed):
    noise = np.random.default_rng(seed).normal(size=len(RATES))
    assert points_until_divergence(RATES, 2.3 + 0.3 * noise) is None
    assert points_until_divergence(RATES, falls(explodes=1e9, noise=0.3, seed=seed)) is None


def test_a_negative_loss_may_rise_and_fall_too():
    losses = falls(first=-1.0, last=-5.0, noise=0.1)
    assert 0.5 < RATES[points_until_divergence(RATES, losses) - 1] < 5


# ---------------------------------------------------------------- the published methods


def test_the_average_is_the_exponential_one_corrected_for_its_start():
    losses = falls(noise=0.3)
    weights = 0.98 ** np.arange(len(losses))[::-1]
    for step in (0, 1, 10, 140):
        expected = np.average(losses[: step + 1], weights=weights[-step - 1 :])
        assert averaged(losses)[step] == pytest.approx(expected)


def test_methods_get_neither_the_first_tenth_nor_the_last_five():
    rates, means = recorded(curve(np.full(100, 2.0)))
    np.testing.assert_array_equal(rates, RATES[10:95])
    np.testing.assert_allclose(means, 2.0)


def test_methods_get_nothing_beyond_four_times_the_least_or_a_loss_that_is_no_number():
    exploding = np.concatenate([np.full(60, 1.0), np.full(40, 1000.0)])
    assert len(recorded(curve(exploding))[0]) == 61 - 5 - 10
    exploding[50] = np.inf
    assert len(recorded(curve(exploding))[0]) == 50 - 5 - 10


def test_steep_is_where_the_slope_is_least():
    losses = falls(middle=10**-2.5, explodes=1e9)
    assert steep(RATES, losses) == pytest.approx(10**-2.5, rel=0.13)
    assert steep(RATES, np.linspace(0, 1, len(RATES))) is None


def test_minimum_is_a_tenth_of_the_rate_with_the_least_loss():
    losses = np.abs(np.arange(141) - 100.0)
    assert minimum(RATES, losses) == pytest.approx(RATES[100] / 10)


def test_valley_is_halfway_down_the_longest_fall():
    losses = np.concatenate([np.full(20, 5.0), np.linspace(5, 1, 61)[1:], np.linspace(1, 9, 60)])
    start = 79 - 61  # the fall ends at step 79 and is 61 losses long
    assert valley(RATES, losses) == pytest.approx(RATES[start + 20 + 10])
    assert valley(RATES, np.arange(141.0)) is None


@pytest.mark.parametrize("seed", range(5))
def test_the_longest_fall_may_leave_losses_out(seed):
    losses = np.random.default_rng(seed).normal(size=9)
    longest = max(
        (chosen for size in range(1, 10) for chosen in combinations(range(9), size) if _falls(losses[list(chosen)])),
        key=lambda chosen: (len(chosen), -chosen[-1]),
    )
    size, end = len(longest), longest[-1]
    expected = None if size == 1 else RATES[end - size + int(size / 3) + int(size / 6)]
    assert valley(RATES[:9], losses) == expected


def _falls(losses):
    return bool((np.diff(losses) < 0).all())


def test_slide_stops_where_the_slope_has_settled():
    losses = 2.0 + 0.001 * np.maximum(0, np.arange(100) - 60.0) ** 2
    # the slope at step 60 + k is 0.002 k, flat before: over 15 steps it differs by 0.006 up to 63, by 0.004 up to 62
    assert slide(RATES[:100], losses) == RATES[63 - 15]
    assert slide(RATES[:100], np.full(100, 2.0)) == RATES[84]
    assert slide(RATES[:15], losses[:15]) is None


# ---------------------------------------------------------------- ours, and the result


def test_ours_lies_where_most_of_the_fall_is_done_and_below_the_explosion():
    result = judge([cut(falls(noise=0.1, seed=seed)) for seed in range(3)])
    ours = result.suggestions[0]
    assert ours.method == "recommended" and result.rate == ours.rate
    assert 5e-3 < ours.rate < 5e-2 and ours.low <= ours.rate * 1.5 and ours.high >= ours.rate / 1.5
    low, high = result.schedule_range
    assert low < 10**-2 < high * 3 and high == ours.rate
    assert "factor" in result.verdict.en


def test_repeats_that_say_the_same_differ_by_no_factor():
    assert judge([cut(falls())] * 3).verdict.en.endswith("The repeats agree.")


def test_averaging_repeats_tells_more_than_any_one_of_them():
    alone, together = [], []
    for seed in range(20):
        curves = [cut(falls(noise=0.4, seed=10 * seed + repeat)) for repeat in range(5)]
        alone += [result.rate for result in (judge([one]) for one in curves) if result.rate is not None]
        together.append(judge(curves).rate)
    assert None not in together
    assert np.std(np.log(together)) < 0.75 * np.std(np.log(alone))


def test_all_methods_answer_in_the_order_to_show_them():
    result = judge([cut(falls(noise=0.02))])
    assert [one.method for one in result.suggestions] == ["recommended", "steep", "valley", "minimum", "slide"]
    for one in result.suggestions:
        assert one.rate is not None and one.low == pytest.approx(one.rate) and one.high == pytest.approx(one.rate)
        for language in LANGUAGES:
            assert one.title.get(language) and f"{one.rate:.2g}" in one.why.get(language)
    assert {method.title for method in all_methods().values()} == {one.title for one in result.suggestions}


def test_repeats_of_a_published_method_are_averaged_as_factors():
    curves = [cut(falls(middle=middle, explodes=100 * middle)) for middle in (1e-3, 1e-2, 1e-1)]
    found = next(one for one in judge(curves).suggestions if one.method == "minimum")
    alone = [next(one.rate for one in judge([each]).suggestions if one.method == "minimum") for each in curves]
    assert found.rate == pytest.approx(np.exp(np.mean(np.log(alone))))
    assert (found.low, found.high) == pytest.approx((min(alone), max(alone)))


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        (2.3 + 0.3 * np.random.default_rng(1).normal(size=141), "no more than the batches scatter"),
        (falls(middle=3.0, explodes=1e9), "still falls at the greatest rate tried, 10"),
        (2.3 + np.exp(0.2 * np.arange(141)), "explodes before it has fallen"),
        (np.full(141, 2.3), "No clear valley"),
        (falls(first=2.3, last=2.29, explodes=1e9), "No clear valley"),
        (np.full(141, np.nan), "No clear valley"),
    ],
)
def test_no_clear_valley_is_an_answer(losses, words):
    result = judge([cut(losses)] * 2)
    assert result.rate is None and result.schedule_range is None
    assert words in result.verdict.en
    assert "没有明显的山谷" in result.verdict.zh


def test_repeats_that_disagree_are_told():
    curves = [cut(falls(middle=middle, explodes=1.0)) for middle in (10**-4.5, 1e-2)]
    assert "with care" in judge(curves).verdict.en


@pytest.mark.parametrize("points", [1, 2, 5, 10])
def test_a_curve_of_a_few_points_has_no_answer_but_raises_nothing(points):
    assert judge([curve(np.full(points, 2.0))]).rate is None
    assert judge([curve(np.full(points, np.nan), status="diverged")]).rate is None


def test_linear_spacing_works_too():
    rates = np.linspace(1e-4, 2, 200)
    losses = 2.3 - 1.8 * np.minimum(1, rates / 0.4) + np.maximum(0, rates - 1.2) * 8
    assert 0.05 < judge([cut(losses, rates)]).rate < 0.4


# ---------------------------------------------------------------- the plan


def test_rates_rise_as_asked():
    np.testing.assert_allclose(np.diff(np.log(RangePlan(1e-5, 1.0).rates(30))), np.log(1e5) / 29)
    np.testing.assert_allclose(np.diff(RangePlan(1e-5, 1.0, "linear").rates(30)), (1 - 1e-5) / 29)


def test_numbers_of_numpy_will_do_and_others_are_refused():
    plan = RangePlan(np.float32(0.125), np.float64(2), steps=np.int64(12), repeats=np.int32(2))
    assert plan.rates(plan.steps_of(None, None, 2)).tolist() == RangePlan(0.125, 2.0).rates(12).tolist()
    for wrong in ({"low": 1e-300}, {"high": 1e300}, {"low": 2, "high": 1}, {"steps": 12.5}, {"repeats": True}):
        with pytest.raises(HyperparameterError, match="received"):
            RangePlan(**wrong)


def test_a_test_takes_less_than_a_tenth_of_the_grid():
    plan = RangePlan(repeats=3)
    for steps_per_epoch in (3, 10, 45, 10_000):
        taken = 3 * plan.steps_of(steps_per_epoch, None, 3)
        assert taken <= MOST_EPOCHS * steps_per_epoch < 25 * 10 * steps_per_epoch / 10
    assert plan.steps_of(10_000, None, 3) == plan.steps_of(None, None, 3) == 150


def test_the_time_budget_is_for_all_curves():
    assert RangePlan(seconds=30).steps_of(1000, 0.1, 6) == 50
    assert RangePlan(seconds=30).steps_of(1000, 100.0, 6) == 10
    assert RangePlan(seconds=30, steps=77).steps_of(1000, 100.0, 6) == 77
