"""``diagnose`` reads every common holder of curves, and says plainly what it cannot read."""

import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import kerastune_widget
from kerastune_widget.core.history import History
from kerastune_widget.core.reading import diagnose, read_history
from kerastune_widget.errors import HistoryError, KerasTuneError

LOSS = [2.3, 1.5, 1.0, 0.7, 0.5, 0.4]
VALID = [2.2, 1.5, 1.1, 0.8, 0.6, 0.5]
CURVES = {"loss": LOSS, "val_loss": VALID}


def fake_keras_history(optimizer=None, **curves):
    """What Keras's History callback is made of."""
    model = SimpleNamespace(optimizer=SimpleNamespace(get_config=lambda: optimizer)) if optimizer else None
    return SimpleNamespace(history=curves, params={"epochs": 6, "steps": 45}, epoch=list(range(6)), model=model)


def test_a_dict_a_history_and_a_run_read_the_same():
    history = History(epochs=CURVES)
    run = SimpleNamespace(record=lambda: history)
    assert read_history(history) is history and read_history(run) is history
    assert read_history(CURVES).epochs == CURVES
    assert diagnose(CURVES) == diagnose(history) == diagnose(run)
    assert kerastune_widget.diagnose(CURVES) == diagnose(CURVES)


def test_a_keras_history_brings_what_it_knows_of_its_run():
    history = read_history(fake_keras_history({"name": "adam", "learning_rate": 0.001}, **CURVES))
    assert history.epochs == CURVES
    assert history.planned_epochs == 6
    assert history.hyperparameters == {"optimizer": "adam", "learning_rate": 0.001}


def test_a_keras_history_without_a_usable_model_is_read_all_the_same():
    assert read_history(fake_keras_history(**CURVES)).hyperparameters == {}
    assert read_history(SimpleNamespace(history=CURVES)).epochs == CURVES


def test_the_names_of_a_keras_history_stay():
    names = ["loss", "eval_loss", "main_loss", "train_acc", "test_acc", "std_dev", "total_loss", "mean_loss", "As AUC"]
    curves = dict.fromkeys(names, LOSS)
    read = read_history(fake_keras_history(**curves))
    assert read.epochs == curves and not {"rival_loss", "test_as_validation"} & set(read.facts)
    single = read_history(fake_keras_history(loss=LOSS, eval_loss=VALID))
    assert set(single.epochs) == {"loss", "eval_loss"}


def test_a_history_object_of_another_library_is_read_like_a_dict():
    assert read_history(fake_keras_history(train_loss=LOSS, valid_loss=VALID)).epochs == CURVES


def test_a_scheduled_rate_is_not_taken_for_a_setting():
    logged = read_history(CURVES | {"learning_rate": [0.1, 0.1, 0.1, 0.01, 0.01, 0.01]})
    assert "learning_rate" not in logged.hyperparameters and logged.facts["scheduled"] is True
    configured = read_history(fake_keras_history({"name": "sgd", "learning_rate": {"class_name": "Cosine"}}, **CURVES))
    assert configured.hyperparameters == {"optimizer": "sgd"} and configured.facts["scheduled"] is True
    assert read_history(CURVES | {"learning_rate": [0.1] * 6}).hyperparameters == {"learning_rate": 0.1}


@pytest.mark.parametrize("kind", [tuple, np.array, lambda values: [np.float32(value) for value in values]])
def test_numbers_may_be_numpys(kind):
    assert read_history({name: kind(values) for name, values in CURVES.items()}).series("loss") == pytest.approx(LOSS)


def test_missing_values_become_nan():
    history = read_history({"loss": LOSS, "val_loss": [None, 1.5, "NA", 0.8, math.nan, 0.5]})
    assert np.isnan(history.series("val_loss")).tolist() == [True, False, True, False, True, False]
    assert diagnose(history)


def test_validation_every_other_epoch_is_spread_over_the_run():
    at = np.arange(20)
    rising = (1 + np.abs(at - 6) / 10)[1::2]
    findings = diagnose({"loss": 2 * np.exp(-at / 4), "val_loss": rising})
    assert findings[0].name == "overfitting" and findings[0].evidence["best_epoch"] in (6, 7, 8)


def test_other_columns_do_not_disturb():
    curves = CURVES | {"epoch": range(6), "note": list("abcdef"), "confusion": [[1, 2]] * 6, "batches": range(99)}
    assert set(read_history(curves).epochs) == {"loss", "val_loss"}


def test_rows_are_sorted_by_epoch_but_an_appended_run_keeps_its_order():
    assert list(read_history({"epoch": [2, 0, 1], "loss": [1.0, 3.0, 2.0]}).epochs["loss"]) == [3, 2, 1]
    assert list(read_history({"epoch": [0, 1, 0, 1], "loss": [4, 3, 2, 1]}).epochs["loss"]) == [4, 3, 2, 1]


class TestFiles:
    @pytest.mark.parametrize("separator", [",", ";"])
    @pytest.mark.parametrize("kind", [str, lambda path: path])
    def test_a_csv_logger_file_is_read(self, tmp_path, separator, kind):
        rows = ["epoch,accuracy,loss,val_loss"] + [f"{at},0.5,{LOSS[at]},{VALID[at]}" for at in range(6)]
        path = tmp_path / "log.csv"
        path.write_text("\n".join(rows).replace(",", separator) + "\n", encoding="utf-8")
        history = read_history(kind(path))
        assert history.epochs["loss"] == LOSS and history.epochs["val_loss"] == VALID
        assert diagnose(kind(path)) == diagnose(CURVES | {"accuracy": [0.5] * 6})

    def test_nan_inf_and_half_a_last_row_are_read(self, tmp_path):
        path = tmp_path / "log.csv"
        path.write_text("epoch,loss,val_loss\n0,2.3,2.2\n1,inf,NA\n2,nan\n")
        assert str(read_history(path).epochs) == "{'loss': [2.3, inf, nan], 'val_loss': [2.2, nan, nan]}"
        assert diagnose(path)[0].name == "diverging"

    def test_a_run_appended_to_another_is_one_run(self, tmp_path):
        path = tmp_path / "log.csv"
        path.write_text("epoch,loss\n0,4\n1,3\nepoch,loss\n0,2\n1,1\n")
        assert read_history(path).epochs["loss"] == [4, 3, 2, 1]

    @pytest.mark.parametrize("text", ["", "epoch,accuracy\n0,1\n", "epoch,loss\n", "epoch,loss\n0,high\n"])
    def test_a_file_without_a_loss_is_refused(self, tmp_path, text):
        path = tmp_path / "log.csv"
        path.write_text(text)
        with pytest.raises(HistoryError, match=r"log\.csv.*diagnose accepts"):
            diagnose(path)

    def test_a_missing_file_and_a_folder_are_refused(self, tmp_path):
        for path in (tmp_path, tmp_path / "none.csv"):
            with pytest.raises(HistoryError, match="cannot be read"):
                diagnose(path)


def test_a_data_frame_is_read_whatever_its_order():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"epoch": range(6), **CURVES}).sample(frac=1, random_state=3)
    assert diagnose(frame) == diagnose(CURVES)
    with pytest.raises(HistoryError, match="a DataFrame with"):
        diagnose(pandas.DataFrame({"accuracy": [1.0]}))


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (None, "Received None"),
        (3, "type int"),
        ([2.3, 1.0], "type list"),
        (object(), "type object"),
        (SimpleNamespace(history=[1, 2]), "SimpleNamespace"),
        (SimpleNamespace(record=lambda: 7), "record"),
        ({}, "without any values"),
        ({"loss": []}, "it is empty"),
        ({"accuracy": [1.0]}, "no 'loss'"),
        ({"los": [1.0]}, "Did you mean 'los'"),
        ({"loss": ["high"]}, "'high'"),
        ({"loss": "high"}, "'high'"),
        ({"loss": 2.3}, "2.3"),
        ({"loss": [[1.0, 2.0]]}, "shape"),
        ({"loss": [1.0], "val_loss": [1.0, 2.0]}, "2 values where 'loss' has 1"),
        (SimpleNamespace(history={}), "a Keras History"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_way_out(given, complaint):
    with pytest.raises(HistoryError, match=complaint) as caught:
        diagnose(given)
    assert isinstance(caught.value, KerasTuneError) and "diagnose accepts" in str(caught.value)


def test_a_run_that_has_not_taken_a_step_has_no_findings():
    assert diagnose(History(status="running")) == []


def test_reading_loads_neither_keras_nor_pandas():
    code = (
        "import sys, kerastune_widget as k; k.diagnose({'loss': [3, 2, 1, 0.5, 0.4]});"
        "assert not {'keras', 'tensorflow', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_two_thousand_epochs_take_no_longer_than_a_blink():
    at = np.arange(2000)
    noisy = 0.2 + np.exp(-at / 300) + np.random.default_rng(0).normal(size=2000) * 0.01
    assert diagnose({"loss": noisy, "val_loss": noisy + 0.02})
