import math

import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.paired_difference import paired
from kerastune_widget.core.proof import Trained, judge_proof, unfinished, value_of

NAN = math.nan


def trained(*losses, accuracy=None, scores=None, status="finished", **settings):
    epochs = {"loss": losses, "val_loss": losses}
    if accuracy is not None:
        epochs["val_accuracy"] = accuracy
    return Trained(History(epochs=epochs, status=status, hyperparameters=settings), scores or {})


def pairs_of(before, after):
    return [(trained(first), trained(second)) for first, second in zip(before, after, strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_is_students(seed):
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(seed)
    before = random.uniform(0.5, 2.0, 4)
    after = before * np.exp(random.normal(-0.3, 0.4, 4))
    found = paired("val_loss", list(zip(before, after, strict=True)))
    expected = stats.ttest_rel(np.log(after), np.log(before)).confidence_interval()
    assert found.interval == pytest.approx((expected.low, expected.high), abs=2e-3)
    before, after = random.uniform(0, 1, (2, 5))
    found = paired("val_accuracy", list(zip(before, after, strict=True)))
    expected = stats.ttest_rel(after, before).confidence_interval()
    assert found.interval == pytest.approx((expected.low, expected.high), abs=2e-3)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((1.0, 1.1, 0.9), (0.5, 0.6, 0.45), "helped"),
        ((0.5, 0.6, 0.45), (1.0, 1.1, 0.9), "made it worse"),
        ((1.0, 1.1, 0.9), (0.9, 1.2, 0.95), "no clear effect"),
        ((1.0, 1.1, 0.9), (1.0, 1.1, 0.9), "no clear effect"),
        ((1.0, 1.1, 0.9), (0.99, 1.089, 0.891), "no clear effect"),  # sure, but 1% is too little to matter
        ((50.0, 300.0, 8.0), (0.1, 0.12, 0.09), "helped"),  # a ratio is steady where a difference is not
        ((-1.0, -1.1, -0.9), (-2.0, -2.1, -1.8), "helped"),  # a loss below zero has no ratio
        ((NAN, NAN, NAN), (0.5, 0.6, 0.7), "helped"),
        ((0.5, 0.6, 0.7), (NAN, 0.6, NAN), "made it worse"),
        ((NAN, 0.6, 0.7), (0.5, 0.6, 0.7), "no clear effect"),
        ((NAN, NAN, NAN), (NAN, NAN, NAN), "no clear effect"),
        ((NAN, NAN, 0.5), (0.5, 0.5, NAN), "no clear effect"),
    ],
)
def test_the_verdict(before, after, verdict):
    assert judge_proof("learning_rate", pairs_of(before, after)).verdict == verdict


def test_of_an_accuracy_more_is_better():
    pairs = [
        (trained(1.0, scores={"accuracy": first}), trained(9.0, scores={"accuracy": second}))
        for first, second in ((0.1, 0.8), (0.12, 0.85), (0.09, 0.82))
    ]
    result = judge_proof("output", pairs)
    assert (result.verdict, result.judged.metric) == ("helped", "accuracy")
    assert "not judged by the loss, which the fix itself changes" in result.sentence()


def test_class_weights_are_judged_by_the_recall_of_all_classes_and_tell_what_it_costs():
    def run(balanced, accuracy, loss):
        return trained(loss, scores={"balanced_accuracy": balanced, "accuracy": accuracy})

    pairs = [
        (run(0.5, 0.95, 0.2), run(0.8, 0.93, 0.4)),
        (run(0.52, 0.95, 0.2), run(0.78, 0.93, 0.4)),
        (run(0.5, 0.96, 0.2), run(0.83, 0.93, 0.4)),
    ]
    result = judge_proof("class_weight", pairs)
    assert result.verdict == "helped"
    assert "29.7 points higher with the fix" in result.sentence("en")
    assert "accuracy 2.3 points lower" in result.sentence("en")
    assert "各类平均召回率提高 29.7 个百分点" in result.sentence("zh")
    assert judge_proof("learning_rate", pairs).verdict == "made it worse"  # by the loss


def test_a_regression_with_another_loss_is_judged_by_its_error():
    pairs = [
        (trained(1.0, scores={"root_mean_squared_error": a}), trained(2.0, scores={"root_mean_squared_error": b}))
        for a, b in ((10.0, 1.0), (12.0, 1.1))
    ]
    assert judge_proof("output", pairs).judged.metric == "root_mean_squared_error"


def test_without_scores_a_metric_of_the_history_judges_a_changed_loss():
    pairs = [
        (trained(1.0, accuracy=[0.5]), trained(2.0, accuracy=[0.9])),
        (trained(1.0, accuracy=[0.52]), trained(2.0, accuracy=[0.91])),
    ]
    assert judge_proof("l2", pairs).judged.metric == "val_accuracy"
    assert judge_proof("l2", pairs_of((1.0, 1.1), (0.5, 0.6))).judged.metric == "val_loss"


def test_without_validation_the_training_loss_judges():
    pairs = [
        (Trained(History(epochs={"loss": [a]})), Trained(History(epochs={"loss": [b]}))) for a, b in ((1, 0.5),) * 2
    ]
    assert judge_proof("learning_rate", pairs).judged.metric == "loss"


def test_a_run_is_worth_the_mean_of_its_last_epochs():
    assert value_of(trained(9.0, 8.0, 7.0, 6.0), "val_loss") == 6.0
    assert value_of(trained(*range(12)), "val_loss") == pytest.approx(10.0)  # of 9, 10 and 11
    assert value_of(trained(*range(100)), "val_loss") == pytest.approx(98.0)


def test_a_run_that_keeps_its_best_epoch_is_worth_that_epoch():
    course = [3.0, 2.0, 1.0, 0.9, 0.5, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
    assert value_of(trained(*course, early_stopping=5), "val_loss") == pytest.approx((0.9 + 0.5 + 0.9) / 3)
    assert value_of(trained(*course, early_stopping=None), "val_loss") == pytest.approx((1.3 + 1.4 + 1.5) / 3)


def test_a_run_that_diverged_has_no_number_whatever_its_metrics_say():
    assert math.isnan(value_of(trained(1.0, accuracy=[0.9], status="diverged"), "val_accuracy"))
    empty = Trained(History(status="diverged"))
    result = judge_proof("learning_rate", [(empty, trained(0.5)), (empty, trained(0.6))])
    assert result.verdict == "helped"
    assert "no number in 2 of 2 runs without the fix, in 0 of 2 with it" in result.sentence()


def test_it_says_how_sure_it_is_and_how_short_the_runs_were():
    result = judge_proof("learning_rate", pairs_of((1.0, 1.1, 0.9), (0.5, 0.5, 0.5)), epochs=10, planned=40)
    assert result.sentence() == (
        "Helped: validation loss 50% lower with the fix (95% interval: 36% to 61% lower; better in 3 of 3 "
        "pairs); compared over 10 of 40 epochs."
    )
    assert result.sentence("zh").startswith("有帮助：采用后验证损失降低 50%（95% 区间：")
    unsure = judge_proof("learning_rate", pairs_of((1.0, 1.0, 1.0), (0.9, 0.4, 0.05)))
    assert "all pairs agree, but differ too much to be sure" in unsure.sentence()
    assert "chance alone" in judge_proof("learning_rate", pairs_of((1.0, 1.1), (0.9, 1.2))).sentence()
    assert "too little to matter" in judge_proof("learning_rate", pairs_of((1.0, 1.1), (0.99, 1.09))).sentence()


def test_other_metrics_stand_beside():
    pairs = [(trained(1.0, accuracy=[0.5]), trained(0.5, accuracy=[0.75]))] * 2
    assert "validation accuracy 25.0 points higher" in judge_proof("learning_rate", pairs).sentence()


def test_a_proof_without_all_its_pairs_proves_nothing():
    assert unfinished(1, 3).sentence() == "Not finished: stopped after 1 of 3 pairs."
    assert unfinished(1, 3).verdict == "not finished"
