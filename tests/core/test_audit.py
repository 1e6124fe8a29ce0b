"""What an audit says, and what it takes for equal."""

from __future__ import annotations

import numpy as np
import pytest

from kerastune_widget.core.agreement import agreement
from kerastune_widget.core.audit import AuditCheck, Outcome, judged, named, report, report_html
from kerastune_widget.core.text import Text

TITLE = Text(en="Twice", zh="两次")
CAUSE, FIX = Text(en="Because of <it>.", zh="原因在它。"), Text(en="Mend it.", zh="请修好。")


@pytest.mark.parametrize(
    ("first", "second", "size"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([np.nan, 2.0], [np.nan, 2.0], 0.0),
        ([1.0, 4.0], [1.0, 3.0], 0.25),
        ([0.0, 0.0], [0.0, -2.0], 1.0),
        ([np.nan, 2.0], [1.0, 2.0], np.inf),
        ([np.inf, 2.0], [-np.inf, 2.0], np.inf),
        ([1.0], [1.0, 1.0], np.inf),
        ([1, 2], [1, 4], 0.5),
        (["a"], ["a"], 0.0),
        (["a"], ["b"], np.inf),
    ],
)
def test_size_is_the_largest_difference_by_the_largest_number(first, second, size) -> None:
    assert agreement([np.array(first)], [np.array(second)]).size == size


def test_the_largest_of_several_outputs_counts() -> None:
    found = agreement([np.ones(2), np.array([4.0])], [np.ones(2), np.array([3.0])])
    assert found.size == 0.25 and not found.within_rounding
    assert agreement([np.ones(2)], []).size == np.inf


@pytest.mark.parametrize(("dtype", "within"), [("float64", False), ("float32", True), ("float16", True)])
def test_rounding_depends_on_the_type(dtype: str, within: bool) -> None:
    ones = np.ones(3)
    found = agreement([ones], [ones + 1e-6], dtype)
    assert (found.equal, found.within_rounding) == (False, within)


def test_the_verdict_follows_from_the_size() -> None:
    ones = np.ones(3)
    verdicts = [judged(agreement([ones], [ones + more]), CAUSE, FIX) for more in (0.0, 1e-6, 0.1)]
    assert [one.verdict for one in verdicts] == ["equal", "rounding", "different"]
    assert [one.cause.en for one in verdicts] == ["", "", CAUSE.en]


def test_a_difference_that_is_intended_is_no_finding() -> None:
    finding = named("twice", TITLE, Outcome("different", CAUSE, FIX, size=0.5))
    intended = named("twice", TITLE, Outcome("different", CAUSE, expected=True))
    assert [check.is_finding for check in (finding, intended)] == [True, False]
    assert finding.sentence() == "Twice: different. Because of <it>. Fix: Mend it."
    assert finding.sentence("zh") == "两次：不同。原因在它。解决办法：请修好。"
    assert intended.word.en == "different, as intended"


def test_the_report_sums_up_and_lists() -> None:
    checks = [
        AuditCheck("twice", TITLE, "different", CAUSE, FIX),
        AuditCheck("again", TITLE, "rounding", size=2.4e-7),
        AuditCheck("third", TITLE, "skipped", CAUSE),
    ]
    head, *lines = report(checks).splitlines()
    assert head == "1 of 3 checks found a reason to answer differently."
    assert lines[1] == "≈ Twice: equal within rounding (2e-07)."
    assert report(checks, "zh").splitlines()[0] == "3 项检查中有 1 项发现了结果不同的原因。"
    assert "&lt;it&gt;" in report_html(checks)
    assert report(checks[1:]).splitlines()[0] == "No check found a reason to answer differently."
