"""What the epoch column says: several runs in one file, runs that went on, logs that begin in mid-run."""

from types import SimpleNamespace

import pytest

from kerastune_widget.core.reading import diagnose, read_history

FIRST = [2.0, 1.4, 1.0, 0.8]
AGAIN = [1.9, 1.5, 1.2, 1.0, 0.9]


def log(*parts, **others):
    """One log of parts, each of which counts its epochs from 0."""
    losses = [loss for part in parts for loss in part]
    return {"epoch": [at for part in parts for at in range(len(part))], "loss": losses, **others}


class TestSeveralRuns:
    def test_the_last_is_judged_and_that_is_said_in_both_languages(self):
        history = read_history(log(FIRST, AGAIN))
        assert history.epochs == {"loss": AGAIN} and history.facts["runs_in_file"] == 2
        note = diagnose(history).notes[0]
        assert note.get() == "The file holds 2 runs; the last one, of 5 epochs, is judged."
        assert note.get("zh") == "文件中有 2 次运行；这里只诊断最后一次，共 5 轮。"

    def test_each_is_counted(self):
        history = read_history(log(FIRST, AGAIN, FIRST, FIRST, AGAIN))
        assert history.epochs["loss"] == AGAIN and history.facts["runs_in_file"] == 5

    def test_one_epoch_is_one(self):
        assert "of 1 epoch, is" in diagnose(log(FIRST, AGAIN, [2.0])).notes[0].get()

    def test_a_run_after_nan_is_another(self):
        history = read_history(log([2.0, 9.0, float("nan"), float("nan")], AGAIN))
        assert history.epochs["loss"] == AGAIN
        assert "diverging" not in {finding.name for finding in diagnose(history)}

    def test_a_run_after_one_that_blew_up_is_another(self):
        assert read_history(log([2.0, 30.0, 700.0], AGAIN)).epochs["loss"] == AGAIN

    @pytest.mark.parametrize(
        "others",
        [
            {"accuracy": [0.2, 0.5, 0.6, 0.7, 0.22, 0.4, 0.5, 0.6, 0.65]},
            {"val_loss": [2.0, 1.5, 1.2, 1.1, 2.4, 1.5, 1.2, 1.0, 0.9]},
        ],
    )
    def test_accuracy_and_validation_tell_what_the_loss_does_not(self, others):
        assert read_history(log(FIRST, [0.8, 0.6, 0.5, 0.4, 0.3], **others)).facts["runs_in_file"] == 2

    def test_columns_are_cut_together_and_shorter_ones_left_out(self):
        valid = [value + 0.1 for value in FIRST + AGAIN]
        history = read_history(log(FIRST, AGAIN, val_loss=valid, f1=[0.1, 0.2]))
        assert history.epochs == {"loss": AGAIN, "val_loss": valid[4:]}

    def test_an_epoch_before_the_first_is_of_another_run(self):
        history = read_history({"epoch": [5, 6, 7, 8, 0, 1, 5], "loss": [0.5, 0.4, 0.35, 0.34, 0.3, 0.2, 0.1]})
        assert history.epochs["loss"] == [0.3, 0.2, 0.1] and history.facts == {"runs_in_file": 2}


class TestOneRun:
    @pytest.mark.parametrize("goes_on", [[0.75, 0.7, 0.6], [0.9, 0.8, 0.7], [1.35, 0.9, 0.7]])
    def test_a_second_fit_that_goes_on_is_the_same_run(self, goes_on):
        history = read_history(log(FIRST, goes_on))
        assert history.epochs["loss"] == FIRST + goes_on and history.facts == {"goes_on": True}
        note = diagnose(history).notes[0]
        assert note.get() == "The epochs begin anew in the file; as the loss goes on, all 7 are judged as one run."
        assert "全部 7 轮作为一次运行" in note.get("zh")

    def test_one_that_goes_on_after_another_run_is_told_with_it(self):
        history = read_history(log(FIRST, AGAIN, [0.8, 0.7, 0.6]))
        assert history.facts == {"runs_in_file": 2, "goes_on": True}
        assert len(diagnose(history).notes) == 2
        assert read_history(log(FIRST, [0.75, 0.7, 0.6], AGAIN)).facts == {"runs_in_file": 2}

    def test_epochs_of_a_loop_over_fit_tell_nothing_and_that_is_said(self):
        history = read_history(log([2.0], [1.5], [1.1], [0.9]))
        assert history.facts == {"uncounted": True}
        note = diagnose(history).notes[0]
        assert "all 4 rows are judged as the epochs of one run" in note.get() and "全部 4 行" in note.get("zh")

    def test_what_was_learnt_counts_from_the_start_of_the_run(self):
        parts = [2.0, 1.4, 1.0], [0.9, 0.6, 0.5], [0.6, 0.5, 0.4]
        assert read_history(log(*parts)).facts == {"goes_on": True}

    def test_a_run_that_stands_still_is_not_cut_by_its_noise(self):
        parts = [[2.302, 2.304, 2.303], [2.305, 2.302, 2.303], [2.304, 2.301, 2.303]]
        assert read_history(log(*parts)).facts == {"goes_on": True}

    def test_epochs_trained_again_after_a_crash_replace_those_before(self):
        history = read_history({"epoch": [0, 1, 2, 3, 2, 3, 4], "loss": [2.0, 1.4, 1.0, 0.8, 1.05, 0.82, 0.7]})
        assert history.epochs["loss"] == [2.0, 1.4, 1.05, 0.82, 0.7] and not history.facts


class TestFirstEpoch:
    @pytest.mark.parametrize(("first", "facts"), [(0, {}), (1, {}), (2, {"first_epoch": 2}), (39, {"first_epoch": 39})])
    def test_a_log_that_begins_in_mid_run_says_where(self, first, facts):
        history = read_history({"Epoch": [first + at for at in range(4)], "train_loss": FIRST})
        assert history.facts == facts and history.epochs["loss"] == FIRST
        assert len(diagnose(history).notes) == len(facts)

    def test_the_reader_is_told(self):
        note = diagnose({"epoch": [39, 40, 41, 42], "loss": FIRST}).notes[0]
        assert "begins with epoch 39" in note.get() and "第 39 轮" in note.get("zh")

    def test_it_is_the_last_runs(self):
        history = read_history({"epoch": [0, 1, 2, 3, 2, 3, 4], "loss": [2.0, 1.4, 1.0, 0.8, 2.0, 1.6, 1.4]})
        assert history.facts == {"runs_in_file": 2, "first_epoch": 2}

    def test_keras_counts_from_0(self):
        assert read_history(SimpleNamespace(history={"loss": FIRST}, epoch=[4, 5, 6, 7])).facts == {"first_epoch": 5}
        assert not read_history(SimpleNamespace(history={"loss": FIRST}, epoch=[0, 1, 2, 3])).facts
