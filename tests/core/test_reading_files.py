"""Files are read by what they hold: commas, semicolons and tabs, Lightning's rows, JSON of every common shape."""

import json
import math

import pytest

from kerastune_widget.core.reading import diagnose, read_history
from kerastune_widget.errors import HistoryError

LOSS = [2.3, 1.5, 1.0, 0.7, 0.5, 0.4]
VALID = [2.2, 1.5, 1.1, 0.8, 0.6, 0.5]
CURVES = {"loss": LOSS, "val_loss": VALID}
ROWS = [{"epoch": at, "loss": LOSS[at], "val_loss": VALID[at]} for at in range(6)]


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a text as a file of any name."""

    def read(text, name="log"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_history(path)

    return read


class TestSeparated:
    @pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
    def test_the_header_tells_what_parts_the_columns(self, read, separator):
        lines = ["epoch,loss,val_loss", *(f"{at},{LOSS[at]},{VALID[at]}" for at in range(6))]
        assert read("\n".join(lines).replace(",", separator)).epochs == CURVES

    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_decimals_may_have_a_comma_where_columns_have_none(self, read, separator):
        lines = ["epoch;loss;val_loss", *(f"{at};{LOSS[at]};{VALID[at]:e}".replace(".", ",") for at in range(6))]
        assert read("\n".join(lines).replace(";", separator)).epochs == CURVES

    def test_percent_and_scientific_numbers_are_read(self, read):
        history = read("epoch,loss,accuracy\n0,1e1,50%\n1,9.5E0,62.5%\n")
        assert history.epochs == {"loss": [10.0, 9.5], "accuracy": [0.5, 0.625]}

    def test_blank_rows_are_no_epochs(self, read):
        history = read("\n\nepoch,loss,accuracy\n,,\n0,2.0,0.5\n\n1,1.5,0.6\n,,\n")
        assert history.epochs == {"loss": [2.0, 1.5], "accuracy": [0.5, 0.6]} and not history.facts

    def test_rows_with_nothing_but_an_epoch_are_none_and_that_is_said(self, read):
        history = read("epoch,loss,val_loss\n0,2.0,2.1\n1,1.5,1.6\n2,,\n3,,\n")
        assert history.epochs == {"loss": [2.0, 1.5], "val_loss": [2.1, 1.6]}
        note = diagnose(history).notes[0]
        assert "left out: 2" in note.get() and "2 行" in note.get("zh")

    def test_nan_is_no_blank(self, read):
        history = read("epoch,loss\n0,2.0\n1,nan\n2,nan\n")
        assert str(history.epochs["loss"]) == "[2.0, nan, nan]"
        assert diagnose(history)[0].name == "diverging"

    def test_validation_that_lacks_in_some_rows_is_missing_there(self, read):
        history = read("epoch,loss,val_loss\n0,2,NA\n1,1.5,1.4\n2,1.2,\n")
        assert [math.isnan(value) for value in history.epochs["val_loss"]] == [True, False, True]


LIGHTNING = """\
epoch,lr-Adam,step,test_loss,train_acc,train_loss_epoch,train_loss_step,val_acc,val_loss
,0.001,0,,,,,,
0,,49,,,,3.0,,
0,,99,,,,2.6,,
0,,99,,,,,0.4,2.1
0,,99,,0.35,2.5,,,
1,,149,,,,2.0,,
1,,199,,,,,0.6,1.6
1,,199,,0.55,1.75,,,
2,,249,,,,1.5,,
2,,299,,,,,0.7,1.25
2,,299,,0.65,1.25,,,
3,,300,1.3,,,,,
"""


class TestLightning:
    def test_rows_of_an_epoch_are_joined_and_the_epochs_own_loss_counts(self, read):
        history = read(LIGHTNING, "metrics.csv")
        assert {name: history.epochs[name] for name in ("loss", "val_loss", "accuracy", "val_accuracy")} == {
            "loss": [2.5, 1.75, 1.25],
            "val_loss": [2.1, 1.6, 1.25],
            "accuracy": [0.35, 0.55, 0.65],
            "val_accuracy": [0.4, 0.6, 0.7],
        }
        assert "test_loss" not in history.epochs and not history.facts

    def test_a_loss_of_steps_alone_becomes_its_mean_and_that_is_said(self, read):
        history = read(
            "epoch,step,train_loss,val_loss\n0,9,3.0,\n0,19,2.0,\n0,19,,2.2\n1,29,1.5,\n1,39,1.0,\n1,39,,1.4\n"
        )
        assert history.epochs == {"loss": [2.5, 1.25], "val_loss": [2.2, 1.4]}
        assert "their mean" in diagnose(history).notes[0].get()

    def test_an_epoch_that_was_cut_short_is_not_taken_for_nan(self, read):
        history = read("epoch,step,train_loss,val_loss\n0,9,,2.2\n0,9,2.5,\n1,19,,1.4\n1,19,1.25,\n2,29,,1.3\n")
        assert history.epochs == {"loss": [2.5, 1.25], "val_loss": [2.2, 1.4]}

    def test_nan_stays_nan(self, read):
        history = read("epoch,step,train_loss,val_loss\n0,9,,2.2\n0,9,2.5,\n1,19,,nan\n1,19,nan,\n")
        assert str(history.epochs) == "{'loss': [2.5, nan], 'val_loss': [2.2, nan]}"

    def test_a_table_of_pandas_reads_like_its_file(self, read, tmp_path):
        pandas = pytest.importorskip("pandas")
        history = read(LIGHTNING, "metrics.csv")
        assert read_history(pandas.read_csv(tmp_path / "metrics.csv")).epochs == history.epochs

    def test_full_rows_of_one_epoch_number_are_epochs_all_the_same(self, read):
        """``fit(epochs=1)`` in a loop logs epoch 0 each time."""
        assert read("epoch,loss\n" + "".join(f"0,{loss}\n" for loss in LOSS)).epochs == {"loss": LOSS}


class TestJson:
    @pytest.mark.parametrize(
        "value",
        [
            CURVES,
            {"epoch": list(range(6)), **CURVES},
            {"history": CURVES, "params": {"epochs": 6}},
            {"history": ROWS},
            ROWS,
            {name: {str(at): values[at] for at in range(6)} for name, values in CURVES.items()},
            {str(at): row for at, row in enumerate(ROWS)},
            {"train_loss": LOSS, "val_losses": VALID, "best_val_loss": 0.5, "model": "cnn", "layers": {"dense": 2}},
        ],
        ids=["dict", "epoch", "history", "history of rows", "rows", "by column", "by row", "scalars beside"],
    )
    def test_every_common_shape_is_read(self, read, value):
        for name in ("history.json", "history.txt"):
            assert read(json.dumps(value, indent=1), name).epochs == CURVES
        if not isinstance(value, dict) or "0" not in value:
            assert read_history(value).epochs == CURVES

    def test_one_dict_a_line_is_read(self, read):
        assert read("\n".join(map(json.dumps, ROWS))).epochs == CURVES

    def test_what_pandas_writes_is_read(self, read):
        frame = pytest.importorskip("pandas").DataFrame(CURVES)
        for orient in ("columns", "index", "records"):
            assert read(frame.to_json(orient=orient)).epochs == CURVES

    def test_nan_and_infinity_are_read_and_null_is_nan(self, read):
        history = read('{"loss": [2.0, Infinity, NaN], "val_loss": [2.0, -Infinity, null]}')
        assert str(history.epochs) == "{'loss': [2.0, inf, nan], 'val_loss': [2.0, -inf, nan]}"
        assert diagnose(history)[0].name == "diverging"

    def test_row_numbers_are_sorted_as_numbers(self, read):
        losses = [3.0 / (at + 1) for at in range(12)]
        assert read(json.dumps({"loss": {str(at): losses[at] for at in reversed(range(12))}})).epochs["loss"] == losses

    def test_a_row_may_lack_a_name(self, read):
        history = read('[{"loss": 2.0}, {"loss": 1.5, "val_loss": 1.6}, {"loss": 1.2, "confusion": [[1, 2]]}]')
        assert str(history.epochs) == "{'loss': [2.0, 1.5, 1.2], 'val_loss': [nan, 1.6, nan]}"

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("[1.0, 2.0]", "a list of 2 items, the first 1.0"),
            ('{"loss": 0.3, "accuracy": 0.9}', r"a dict with the keys \['loss', 'accuracy'\]"),
            ('{"train": {"loss": [1.0, 2.0]}}', r"a dict with the keys \['train'\]"),
            ('[{"loss": [1.0, 2.0]}, {"loss": [1.0]}]', "a list of 2 items, the first {'loss'"),
            ("{'loss': [1.0]}", "begins like JSON and is none"),
            ("{}", "without any values"),
            ('{"accuracy": [0.1, 0.2]}', r"\['accuracy'\] but no 'loss'"),
        ],
    )
    def test_any_other_is_refused_with_what_was_found_and_what_is_accepted(self, read, text, complaint):
        with pytest.raises(HistoryError, match=complaint) as caught:
            read(text, "history.json")
        assert "history.json" in str(caught.value) and "diagnose accepts" in str(caught.value)
        assert "diagnose 接受" in caught.value.text.get("zh")
