"""The plot of range tests: its curves, its marks, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kerastune_widget.core.plot import PlotSpec, Series
from kerastune_widget.core.plots.range_test import build, rate_text, titles
from kerastune_widget.core.range_test import Numbers, RangeCurve, RangeResult, Suggestion
from kerastune_widget.core.text import NO_TEXT, Text

RATES = np.geomspace(1e-6, 10.0, 71)
TITLES = {"adam": Text(en="Adam", zh="Adam"), "sgd": Text(en="SGD", zh="SGD")}


def falling(rates: Numbers = RATES) -> Numbers:
    """Return a loss that stands at 2, falls to about 1 and explodes beyond a rate of 1."""
    logs = np.log10(rates)
    return 2.0 - 1.0 / (1 + np.exp(-4 * (logs + 2))) + 50.0 * np.maximum(0.0, logs) ** 2


def curve(optimizer: str = "adam", batch_size: int = 32, seed: int = 0, count: int = 71) -> RangeCurve:
    rates = RATES[:count]
    status = "finished" if count == len(RATES) else "running"
    return RangeCurve(optimizer, batch_size, seed, rates, falling(rates) + 0.01 * seed, status)


def result(*curves: RangeCurve, rate: float | None = 0.0123) -> RangeResult:
    found = (
        Suggestion("recommended", Text(en="Recommended", zh="推荐"), NO_TEXT, rate),
        Suggestion("steep", Text(en="Steepest", zh="最陡处"), NO_TEXT, rate and 2 * rate),
        Suggestion("slide", Text(en="Slide", zh="滑动"), NO_TEXT),
    )
    between = None if rate is None else (0.001, 0.1)
    return RangeResult(curves[0].optimizer, curves[0].batch_size, curves, found, NO_TEXT, between)


def part(spec: PlotSpec, name: str) -> Series:
    return next(one for one in spec.series if one.id == name)


def of_mark(spec: PlotSpec, mark: str) -> list[str]:
    return [one.id for one in spec.series if one.mark == mark]


def test_one_curve_grows_with_its_own_losses_pale_behind_it() -> None:
    before, after = (build([curve(count=count)], rates=(1e-6, 10.0)) for count in (30, 40))
    assert of_mark(after, "line") == ["adam|32|front"]
    assert of_mark(after, "faint") == ["adam|32|losses-1"]
    np.testing.assert_allclose(part(after, "adam|32|losses-1").y, falling(RATES[:40]), rtol=1e-6)
    grown = part(after, "adam|32|losses-1")
    assert np.array_equal(grown.x[:30], part(before, "adam|32|losses-1").x)
    assert before.x_log and before.x_range == after.x_range == (1e-6, 10.0)


def test_a_later_repeat_is_in_front_of_the_earlier_ones_until_their_mean_is() -> None:
    first, second = curve(), curve(seed=1, count=20)
    going = build([first, second])
    assert of_mark(going, "faint") == ["adam|32|repeat-0", "adam|32|losses-2"]
    assert len(part(going, "adam|32|front").x) == 20
    repeats = [first, curve(seed=1), curve(seed=2, count=60)]
    ended = build(repeats, [result(*repeats)])
    assert of_mark(ended, "faint") == [f"adam|32|repeat-{place}" for place in range(3)]
    front = part(ended, "adam|32|front")
    lines = [part(ended, name) for name in of_mark(ended, "faint")]
    assert len(front.x) == 60
    np.testing.assert_allclose(front.y[:50], np.mean([line.y[:50] for line in lines], axis=0), rtol=1e-5)


def test_several_optimizers_have_a_colour_and_a_name_each() -> None:
    curves = [curve(), curve("sgd"), curve("rmsprop", count=10)]
    spec = build(curves, [result(curves[0]), result(curves[1], rate=0.2)], optimizers=TITLES)
    lines = [one for one in spec.series if one.mark == "line"]
    assert [(one.title.en, one.colour) for one in lines] == [("Adam", 0), ("SGD", 1), ("rmsprop", 2)]
    assert of_mark(spec, "faint") == []
    assert [mark.text.en for mark in spec.annotations] == ["Adam: 0.012", "SGD: 0.2"]
    assert list(spec.spans) == []


def test_the_first_of_several_keeps_its_name_apart_from_what_comes_later() -> None:
    assert titles([curve()], TITLES) == {("adam", 32): Text(en="Loss", zh="损失")}
    sizes = titles([curve(), curve(batch_size=64)], TITLES)
    assert [title.en for title in sizes.values()] == ["Batch size 32", "Batch size 64"]
    both = titles([curve(), curve("sgd", 64)], TITLES)
    assert [title.zh for title in both.values()] == ["Adam，批大小 32", "SGD，批大小 64"]


def test_suggestions_stand_on_the_line_and_are_named() -> None:
    spec = build([curve()], [result(curve())])
    dots, front = part(spec, "adam|32|suggested"), part(spec, "adam|32|front")
    np.testing.assert_allclose(dots.x, [0.0123, 0.0246], rtol=1e-6)
    np.testing.assert_allclose(dots.y, np.interp(np.log(dots.x), np.log(front.x), front.y), rtol=1e-4)
    assert [(mark.text.en, mark.text.zh) for mark in spec.annotations] == [
        ("Recommended: 0.012", "推荐：0.012"),
        ("Steepest: 0.025", "最陡处：0.025"),
    ]
    assert {mark.kind for mark in spec.annotations} == {"suggestion"}
    assert [(span.start, span.end) for span in spec.spans] == [(0.001, 0.1)]


def test_no_answer_marks_nothing() -> None:
    spec = build([curve()], [result(curve(), rate=None)])
    assert (list(spec.annotations), list(spec.spans), of_mark(spec, "dots")) == ([], [], [])


def test_the_explosion_leaves_the_plot_at_its_upper_edge() -> None:
    spec = build([curve()])
    front = part(spec, "adam|32|front").y
    assert np.isnan(front[-1])
    highest = np.nanmax(front)
    assert front[0] < highest < 2 * front[0]
    assert np.nanargmax(front) == np.flatnonzero(np.isfinite(front))[-1]


@pytest.mark.parametrize("losses", [[np.nan], [np.inf, np.inf], [2.3], []])
def test_curves_with_next_to_no_numbers_can_be_drawn(losses: list[float]) -> None:
    bare = RangeCurve("adam", 32, 0, RATES[: len(losses)], np.array(losses), "diverged")
    spec = build([bare, replace(bare, seed=1)], [result(bare, bare)])
    assert of_mark(spec, "line") == ["adam|32|front"]
    assert not np.isinf(part(spec, "adam|32|front").y).any()


def test_nothing_yet_is_an_empty_plot() -> None:
    assert list(build([]).series) == []
    assert build([]).x_pick is not None
    assert build([], pick=False).x_pick is None


@pytest.mark.parametrize(("rate", "words"), [(0.0021449, "0.0021"), (3.14e-5, "3.1e-5"), (1.0, "1"), (12.6, "13")])
def test_a_rate_reads_as_it_is_set(rate: float, words: str) -> None:
    assert rate_text(rate) == words
