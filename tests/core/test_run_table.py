import json
from types import SimpleNamespace

import pytest

from kerastune_widget.core.control import ControlSpec
from kerastune_widget.core.run_table import metrics_of, run_rows
from kerastune_widget.core.text import Text
from tests.core.runs import SETTINGS, branch_off, make_run


def scored(number, accuracy, **others):
    epochs = {"loss": accuracy, "val_loss": [1.0] * len(accuracy), "val_accuracy": accuracy}
    return make_run(number, [1.0] * len(accuracy), parts={"epochs": epochs}, **others)


def finding(title="Overfitting", severity="warning"):
    return SimpleNamespace(rule=SimpleNamespace(title=Text(en=title, zh="过拟合")), severity=severity)


def test_newest_first_with_changed_settings_only():
    runs = [make_run(1), make_run(2, settings={"learning_rate": 0.01, "batch_size": 64, "epochs": 9})]
    newest, oldest = run_rows(runs, SETTINGS)
    assert (newest.number, oldest.number) == (2, 1)
    assert newest.settings == {"learning_rate": 0.01, "batch_size": 64}
    assert newest.settings_text == Text(en="learning rate 0.01 · batch size 64", zh="学习率 0.01 · 批大小 64")
    assert oldest.settings == {} and oldest.settings_text.en == ""
    assert newest.planned == 9


def test_the_panels_own_titles_are_used():
    controls = {"learning_rate": ControlSpec("learning_rate", Text(en="Step size", zh="步长"), "log_slider", 0.001)}
    (row,) = run_rows([make_run(1, settings={"learning_rate": 0.01})], SETTINGS, controls=controls)
    assert row.settings_text == Text(en="step size 0.01", zh="步长 0.01")


def test_a_choice_with_parameters_reads_by_its_title():
    (row,) = run_rows([make_run(1, settings={"schedule": "cosine(warmup_epochs=2.0)"})], SETTINGS)
    assert row.settings_text.en == "schedule cosine decay (warm-up 2 epochs)"
    assert row.settings_text.zh == "学习率计划 余弦衰减（预热 2 轮）"


@pytest.mark.parametrize(
    ("value", "text"), [(None, "none"), (True, "on"), ({"a": 0.5, "b": 0.25}, "a 0.5, b 0.25"), ("{odd}", "{odd}")]
)
def test_odd_values_can_be_read(value, text):
    (row,) = run_rows([make_run(1, settings={"dropout": value})], SETTINGS)
    assert row.settings_text.get("en") == f"dropout {text}"


def test_a_branch_shows_what_it_was_branched_with():
    parent = make_run(1, settings={"batch_size": 8})
    child = branch_off(parent, 2, 1, [1.0], learning_rate=0.5)
    row = run_rows([parent, child], SETTINGS)[0]
    assert row.settings == {"learning_rate": 0.5, "batch_size": 8} and row.changes == 0
    assert (row.parent.run, row.parent.epochs) == (1, 1)


def test_best_and_last_values():
    (row,) = run_rows([make_run(1, [3.0, 1.0, 2.0])], SETTINGS)
    assert row.metric == "val_loss"
    assert (row.score.best, row.score.epoch, row.score.last) == (1.0, 2, 2.0) and row.loss == row.score


def test_the_best_run_is_marked_by_the_metrics_direction():
    runs = [scored(1, [0.5, 0.9]), scored(2, [0.6, 0.7]), make_run(3, [9.0])]
    rows = run_rows(runs, SETTINGS, metric="val_accuracy")
    assert [(row.number, row.best) for row in rows] == [(3, False), (2, False), (1, True)]
    assert rows[0].score.epoch is None and rows[0].loss.best == 9.0


def test_one_run_alone_is_not_the_best_and_of_equals_the_older_one_is():
    assert [row.best for row in run_rows([make_run(1)], SETTINGS)] == [False]
    assert [row.best for row in run_rows([make_run(1), make_run(2)], SETTINGS)] == [False, True]


def test_a_metric_whose_name_tells_nothing_has_no_best():
    epochs = {"loss": [1.0], "my_number": [2.0]}
    runs = [make_run(n, [1.0], parts={"epochs": epochs}) for n in (1, 2)]
    rows = run_rows(runs, SETTINGS, metric="my_number")
    assert not any(row.best for row in rows) and rows[0].score.last == 2.0
    assert rows[0].to_json()["best"] is None


def test_sorted_by_a_metric_best_first_and_those_without_it_last():
    runs = [scored(1, [0.5]), scored(2, [0.7]), make_run(3), scored(4, [0.6])]
    assert [row.number for row in run_rows(runs, SETTINGS, sort="val_accuracy")] == [2, 4, 1, 3]
    losses = [make_run(1, [2.0]), make_run(2, [1.0]), make_run(3, [float("nan")]), make_run(4, [3.0])]
    assert [row.number for row in run_rows(losses, SETTINGS, sort="val_loss")] == [2, 1, 4, 3]


def test_the_verdict_is_the_first_finding_and_how_it_failed():
    runs = [
        make_run(1, findings=[finding(), finding("Other", "info")]),
        make_run(2),
        make_run(3, [], status="failed"),
    ]
    failed, silent, found = run_rows(runs, SETTINGS)
    assert (found.verdict.en, found.severity) == ("Overfitting", "warning")
    assert (silent.verdict.en, silent.severity) == ("", None)
    assert (failed.verdict.en, failed.severity) == ("Failed", "problem")


def test_json_is_strict_and_small():
    parent = make_run(1, name="base {x}", note="n", pinned=True)
    runs = [parent, branch_off(parent, 2, 1, [float("inf")], learning_rate=0.01)]
    rows = [row.to_json() for row in run_rows(runs, SETTINGS)]
    text = json.dumps(rows, allow_nan=False)
    branch, base = json.loads(text)
    assert branch["parent"] == {"run": 1, "epochs": 1} and base["parent"] is None
    assert branch["last"] is None and branch["best"] == 3.0 and branch["best_epoch"] == 1
    assert base["settings"] == {"en": "", "zh": ""} and base["name"] == "base {x}" and base["kept"] == [1, 2, 3]
    assert base["is_best"] and not branch["is_best"] and base["severity"] == ""
    assert len(text) < 500 * len(rows)


class TestCache:
    def test_a_run_that_ended_is_read_once(self):
        runs, cache = [make_run(1), make_run(2, status="running")], {}
        for _ in range(3):
            run_rows(runs, SETTINGS, cache=cache)
        assert (runs[0].reads, runs[1].reads) == (1, 3)

    def test_labels_are_always_fresh(self):
        run, cache = make_run(1), {}
        run_rows([run], SETTINGS, cache=cache)
        run.name, run.pinned = "new", True
        (row,) = run_rows([run], SETTINGS, cache=cache)
        assert (row.name, row.pinned, row.title.en) == ("new", True, "new")

    def test_a_run_that_was_continued_is_read_again(self):
        run, cache = make_run(1, [2.0]), {}
        run_rows([run], SETTINGS, cache=cache)
        run.history = make_run(1, [2.0, 1.0]).history
        (row,) = run_rows([run], SETTINGS, cache=cache)
        assert row.score.best == 1.0 and row.epochs == 2

    def test_another_run_of_the_same_number_is_read(self):
        cache = {}
        run_rows([make_run(1, [2.0])], SETTINGS, cache=cache)
        (row,) = run_rows([make_run(1, [1.0])], SETTINGS, cache=cache)
        assert row.score.best == 1.0

    def test_metrics_are_known_with_and_without_it(self):
        runs, cache = [scored(1, [0.5]), make_run(2)], {}
        assert metrics_of(runs) == ["val_loss", "val_accuracy", "loss"]
        run_rows(runs, SETTINGS, cache=cache)
        reads = [run.reads for run in runs]
        assert metrics_of(runs, cache) == ["val_loss", "val_accuracy", "loss"]
        assert [run.reads for run in runs] == reads


def test_no_runs_no_rows():
    assert run_rows([], SETTINGS) == [] and metrics_of([]) == []
