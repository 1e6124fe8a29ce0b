import json

import pytest

from kerastune_widget.core.comparison import compare
from kerastune_widget.core.control import ControlSpec
from kerastune_widget.core.history import Change
from kerastune_widget.core.text import Text
from kerastune_widget.errors import KerasTuneError
from tests.core.runs import STEPS, branch_off, make_run


def metric(comparison, name):
    return next(one for one in comparison.metrics if one.name == name)


def words(texts):
    return " ".join(text.get("en") for text in texts)


def test_one_knob_is_fair():
    found = compare(make_run(1), make_run(2, settings={"learning_rate": 0.01}))
    assert found.fair and found.verdict == "fair" and not found.reasons
    assert found.headline == Text(en="Fair: only learning rate differs", zh="公平：只有学习率不同")
    assert [one.name for one in found.settings] == ["learning_rate"]
    assert found.settings[0].text == Text(en="learning rate 0.001 against 0.01", zh="学习率 0.001 对 0.01")
    assert (found.same_data, found.same_start, found.same_order) == (True, True, True)


def test_the_panels_own_titles_are_used():
    controls = {"learning_rate": ControlSpec("learning_rate", Text(en="Step size", zh="步长"), "log_slider", 0.001)}
    found = compare(make_run(1), make_run(2, settings={"learning_rate": 0.01}), controls=controls)
    assert "step size" in found.headline.en and "步长" in found.headline.zh


def test_a_choice_with_parameters_reads_by_its_title():
    found = compare(
        make_run(1, settings={"schedule": "cosine"}), make_run(2, settings={"schedule": "cosine(warmup_epochs=2.0)"})
    )
    assert found.fair
    assert found.settings[0].text.en == "schedule cosine decay against cosine decay (warm-up 2 epochs)"


@pytest.mark.parametrize(
    ("changed", "short", "advice"),
    [
        ({"data_id": "other"}, "other data", "in one session"),
        ({"start_id": "other"}, "other start weights", 'start="same"'),
        ({"settings": {"learning_rate": 0.01, "seed": 7}}, "other seed", "the same seed"),
        ({"settings": {"learning_rate": 0.01, "optimizer": "sgd"}}, "2 settings differ", "one at a time"),
    ],
)
def test_what_is_not_fair_says_why_and_what_to_do(changed, short, advice):
    changed = {"settings": {"learning_rate": 0.01}, **changed}
    found = compare(make_run(1), make_run(2, **changed))
    assert not found.fair and found.verdict == "unfair"
    assert found.headline.en.startswith("Not fair: ") and short in found.headline.en
    assert found.headline.zh.startswith("不公平：")
    assert advice in words(found.reasons)


def test_every_reason_is_told():
    found = compare(
        make_run(1), make_run(2, data_id="b", start_id="b", settings={"seed": 3, "batch_size": 8, "learning_rate": 1.0})
    )
    assert len(found.reasons) == 4 and "(0 and 3)" in words(found.reasons)
    assert "batch size 32 against 8" in words(found.reasons) and "learning rate 0.001 against 1" in words(found.reasons)


def test_another_batch_size_alone_is_fair_though_batches_differ():
    found = compare(make_run(1), make_run(2, settings={"batch_size": 64}))
    assert found.fair and not found.same_order and "Batches necessarily differ" in words(found.notes)


def test_only_the_seed_is_a_repetition():
    found = compare(make_run(1), make_run(2, settings={"seed": 1}, start_id="drawn by the seed"))
    assert (found.verdict, found.fair) == ("repeat", False)
    assert "what chance does" in words(found.reasons)


def test_nothing_differs():
    found = compare(make_run(1), make_run(2))
    assert found.verdict == "same" and not found.fair and "numerical noise" in words(found.reasons)
    assert metric(found, "val_loss").last.winner is None


def test_what_is_unknown_is_said_and_not_guessed():
    found = compare(make_run(1, data_id=""), make_run(2, data_id="", start_id="", settings={"learning_rate": 0.1}))
    assert (found.same_data, found.same_start, found.fair) == (None, None, True)
    assert "same data is not known" in words(found.notes) and "same weights is not known" in words(found.notes)


def test_a_change_in_mid_run_is_a_difference():
    changes = [Change(STEPS, 1, "learning_rate", 0.001, 0.0001)]
    found = compare(make_run(1), make_run(2, changes=changes))
    assert found.fair
    assert found.settings[0].text.en == "learning rate 0.001 against 0.001 → 0.0001 (epoch 2)"
    assert found.settings[0].second_changes == tuple(changes)
    both = compare(make_run(1, changes=changes), make_run(2, changes=changes, settings={"batch_size": 8}))
    assert both.fair and [one.name for one in both.settings] == ["batch_size"]


def test_a_slider_played_with_is_told_shortly():
    changes = [Change(step, 0, "learning_rate", step / 100, (step + 1) / 100) for step in range(1, 8)]
    found = compare(make_run(1), make_run(2, changes=changes))
    assert "changed 7 times, last to 0.08" in found.settings[0].text.en


def test_metrics_are_compared_at_the_epoch_that_both_have():
    found = compare(make_run(1, [3.0, 2.0, 2.5, 0.1]), make_run(2, [2.9, 2.2, 1.5], settings={"learning_rate": 0.01}))
    loss = metric(found, "val_loss")
    assert found.epochs == 3 and found.fair
    assert (loss.last.first, loss.last.second, loss.last.winner) == (2.5, 1.5, "second")
    assert (loss.best.first, loss.best.first_epoch, loss.best.second, loss.best.second_epoch) == (2.0, 2, 1.5, 3)
    assert loss.last.change == pytest.approx(-1.0)
    assert "4 and 3 epochs; they are compared after epoch 3" in words(found.notes)


def test_validation_comes_first_and_accuracy_is_better_when_higher():
    epochs = {"loss": [1.0], "accuracy": [0.5], "val_loss": [1.0], "val_accuracy": [0.5]}
    other = {**epochs, "val_accuracy": [0.7], "my_number": [1.0]}
    found = compare(make_run(1, [1.0], parts={"epochs": epochs}), make_run(2, [1.0], parts={"epochs": other}))
    assert [one.name for one in found.metrics] == ["val_loss", "val_accuracy", "loss", "accuracy"]
    assert metric(found, "val_accuracy").last.winner == "second"
    assert metric(found, "val_accuracy").title == Text(en="Validation accuracy", zh="验证准确率")


def test_a_diverged_run_loses():
    diverged = make_run(2, [2.0, float("nan")], settings={"learning_rate": 10.0}, status="diverged")
    found = compare(make_run(1), diverged)
    assert metric(found, "val_loss").last.winner == "first"
    assert "Run 2 diverged." in words(found.notes)
    json.dumps(found.to_json(), allow_nan=False)


def test_no_epoch_in_common_yet():
    found = compare(make_run(1), make_run(2, [], status="running", settings={"learning_rate": 1.0}))
    assert not found.fair and "no epoch in common" in found.headline.en and found.metrics == ()


class TestBranches:
    parent = make_run(1, [3.0, 2.0, 1.5])

    def test_a_branch_is_compared_with_its_parent_from_the_branching_on(self):
        child = branch_off(self.parent, 2, 2, [1.0], learning_rate=0.0001)
        found = compare(self.parent, child, [self.parent, child])
        assert found.fair and found.shared_epochs == 2
        assert found.settings[0].text.en == "learning rate 0.001 against 0.0001"
        assert "one run up to epoch 2" in words(found.notes)

    def test_what_the_parent_changed_after_the_branching_counts(self):
        parent = make_run(1, [3.0, 2.0, 1.5], changes=[Change(2 * STEPS, 2, "batch_size", 32, 8)])
        child = branch_off(parent, 2, 1, [2.0, 1.0], learning_rate=0.0001)
        found = compare(parent, child, [parent, child])
        assert not found.fair and {one.name for one in found.settings} == {"learning_rate", "batch_size"}

    def test_what_the_parent_changed_before_the_branching_does_not(self):
        parent = make_run(1, [3.0, 2.0, 1.5], changes=[Change(1, 0, "batch_size", 32, 8)])
        child = branch_off(parent, 2, 1, [2.0, 1.0], learning_rate=0.0001)
        assert compare(parent, child, [parent, child]).fair
        aside = make_run(3, [3.0, 2.0, 1.0], settings={"learning_rate": 0.0001})
        assert {one.name for one in compare(aside, child, [parent, child]).settings} == {"learning_rate", "batch_size"}

    def test_two_branches_of_one_run_share_their_trunk_whatever_their_seed_was_for(self):
        one = branch_off(self.parent, 2, 2, [1.0], learning_rate=0.1)
        two = branch_off(self.parent, 3, 2, [1.1], learning_rate=0.2)
        found = compare(one, two)
        assert found.fair and found.shared_epochs == 2

    def test_a_branch_of_a_branch_shares_what_the_nearer_branching_left(self):
        child = branch_off(self.parent, 2, 2, [1.0, 0.9], learning_rate=0.1)
        grandchild = branch_off(child, 3, 1, [2.0, 1.0, 0.5], learning_rate=0.2)
        assert compare(self.parent, grandchild, [self.parent, child, grandchild]).shared_epochs == 1

    def test_nothing_after_the_branching_yet(self):
        child = branch_off(self.parent, 2, 2, [], learning_rate=0.1)
        found = compare(self.parent, child)
        assert not found.fair and "no epoch in common" in found.headline.en

    def test_numbers_of_another_session_are_no_ancestry(self):
        child = branch_off(make_run(1, [9.0, 8.0, 7.0]), 2, 2, [1.0], learning_rate=0.1)
        assert compare(self.parent, child).shared_epochs == 0


class TestRepetitions:
    def runs(self, rate_loss, count=3):
        first = [make_run(seed + 1, [2.0, 1.0 + seed / 100], settings={"seed": seed}) for seed in range(count)]
        rated = {"learning_rate": 0.01}
        second = [
            make_run(seed + 11, [2.0, rate_loss + seed / 100], settings={**rated, "seed": seed})
            for seed in range(count)
        ]
        return first + second

    @pytest.mark.parametrize(("loss", "exceeds"), [(0.5, True), (1.005, False)])
    def test_the_difference_is_held_against_the_spread(self, loss, exceeds):
        runs = self.runs(loss)
        found = metric(compare(runs[0], runs[3], runs), "val_loss").spread
        assert (found.first_runs, found.second_runs, found.exceeds) == ((1, 2, 3), (11, 12, 13), exceeds)
        assert found.first_sd == pytest.approx(0.01)

    def test_it_is_said_in_words(self):
        runs = self.runs(0.5)
        report = compare(runs[0], runs[3], runs).report()
        assert "1.01 ± 0.01 (3 runs) and 0.51 ± 0.01 (3 runs)" in report and "exceeds their spread" in report
        assert "超出" in compare(runs[0], runs[3], runs).report("zh")

    def test_no_repeated_runs_yet_is_an_answer(self):
        runs = self.runs(0.5, count=1)
        found = compare(runs[0], runs[1], runs)
        assert metric(found, "val_loss").spread.exceeds is None and "No repeated runs yet" in found.report()

    def test_what_is_no_repetition_does_not_count(self):
        base = make_run(1)
        others = [
            make_run(2),  # the same seed and start: the same run again
            make_run(3, settings={"seed": 1}, data_id="other"),
            make_run(4, [3.0], settings={"seed": 2}),  # too short
            make_run(5, settings={"seed": 3}, changes=[Change(1, 0, "batch_size", 32, 8)]),
            make_run(6, settings={"seed": 4, "epochs": 99}),  # a plan is no difference
        ]
        target = make_run(7, settings={"learning_rate": 0.01})
        assert metric(compare(base, target, [base, *others, target]), "val_loss").spread.first_runs == (1, 6)


def test_json_is_strict_and_whole():
    runs = [make_run(1, name="a{b}"), make_run(2, settings={"learning_rate": 0.01, "dropout": {"d": 0.5}})]
    told = json.loads(json.dumps(compare(*runs).to_json(), allow_nan=False))
    assert told["first_title"]["en"] == "a{b}" and told["verdict"] == "unfair"
    assert told["settings"][1]["sides"] == [{"en": "none", "zh": "无"}, {"en": "d 0.5", "zh": "d 0.5"}]
    assert told["metrics"][0]["last"]["winner"] is None and told["metrics"][0]["spread"]["exceeds"] is None
    assert len(told["metrics"][0]["text"]) == 2


def test_how_many_epochs_were_asked_for_and_how_the_start_was_is_no_difference():
    runs = [
        make_run(1, settings={"start": "new"}),
        make_run(2, settings={"start": "same", "epochs": 9, "batch_size": 1}),
    ]
    assert [one.name for one in compare(*runs).settings] == ["batch_size"]


def test_it_prints_in_words():
    runs = [make_run(1, name="base"), make_run(2, [3.0, 2.0, 0.5], settings={"learning_rate": 0.01})]
    lines = str(compare(*runs)).splitlines()
    assert lines[0] == "Fair: only learning rate differs"
    assert "Validation loss after epoch 3: 1 and 0.5 (−0.5); Run 2 is better." in lines


@pytest.mark.parametrize("given", [1, {"loss": [1.0]}, None])
def test_what_is_no_run_is_refused_with_advice(given):
    with pytest.raises(KerasTuneError, match=r"session\.find"):
        compare(make_run(1), given)
