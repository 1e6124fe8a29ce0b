"""``kerastune diagnose``: words or JSON on standard output, an exit status that a build can use."""

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from kerastune_widget.command_line import main

EPOCHS = np.arange(20)
HEALTHY = {"loss": 0.1 + 2 * np.exp(-EPOCHS / 2), "val_loss": 0.12 + 2 * np.exp(-EPOCHS / 2)}
OVERFITTED = {"loss": 2 * np.exp(-EPOCHS / 4), "val_loss": 1 + np.abs(EPOCHS - 6) / 10}


@pytest.fixture
def log(tmp_path):
    """Return a function that writes curves as Keras's CSVLogger does."""

    def write(name, curves):
        path = tmp_path / name
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["epoch", *curves])
            rows.writerows([epoch, *values] for epoch, values in enumerate(zip(*curves.values(), strict=True)))
        return str(path)

    return write


def test_a_healthy_log_says_so_and_ends_with_0(log, capsys):
    assert main(["diagnose", log("healthy.csv", HEALTHY)]) == 0
    assert "Healthy (KT110)" in capsys.readouterr().out


def test_an_overfitted_log_ends_with_1_with_its_cause_first(log, capsys):
    assert main(["diagnose", log("overfitted.csv", OVERFITTED)]) == 1
    assert "Overfitting (KT101)" in capsys.readouterr().out.splitlines()[0]


def test_the_threshold_is_the_callers(log):
    path = log("overfitted.csv", OVERFITTED)
    assert main(["diagnose", path, "--fail-on", "never"]) == 0
    assert main(["diagnose", log("healthy.csv", HEALTHY), "--fail-on", "problem"]) == 0


def test_json_holds_every_finding_by_file(log, capsys):
    healthy, overfitted = log("healthy.csv", HEALTHY), log("overfitted.csv", OVERFITTED)
    assert main(["diagnose", healthy, overfitted, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [finding["name"] for finding in found[healthy]] == ["healthy"]
    first = found[overfitted][0]
    assert first["code"] == "KT101" and first["span"] == [6, 19] and first["evidence"]["best_epoch"] == 7


def test_chinese_is_chinese(log, capsys):
    main(["diagnose", log("overfitted.csv", OVERFITTED), "--language", "zh"])
    assert "过拟合（KT101）" in capsys.readouterr().out


def test_what_cannot_be_read_ends_with_2_and_says_why(tmp_path, capsys):
    assert main(["diagnose", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_which_of_several_runs_was_judged_is_said_in_words_and_in_json(log, tmp_path, capsys):
    path = tmp_path / "appended.csv"
    first, last = (open(log(name, curves)).read() for name, curves in (("a", OVERFITTED), ("b", HEALTHY)))
    path.write_text(first + last.partition("\n")[2])
    assert main(["diagnose", str(path)]) == 0
    assert capsys.readouterr().out.startswith("The file holds 2 runs; the last one, of 20 epochs, is judged.\ngood:")
    main(["diagnose", str(path), "--language", "zh"])
    assert capsys.readouterr().out.startswith("文件中有 2 次运行")
    main(["diagnose", str(path), log("plain.csv", HEALTHY), "--json"])
    appended, plain = json.loads(capsys.readouterr().out).values()
    assert [finding["name"] for finding in appended] == [finding["name"] for finding in plain] == ["healthy"]
    assert "2 runs" in appended[0]["notes"][0] and plain[0]["notes"] == []


def test_a_json_file_is_read_as_a_csv_file_is(log, tmp_path, capsys):
    path = tmp_path / "history.json"
    path.write_text(json.dumps({name: list(values) for name, values in OVERFITTED.items()}))
    assert main(["diagnose", str(path)]) == main(["diagnose", log("overfitted.csv", OVERFITTED)]) == 1
    said = capsys.readouterr().out
    assert said.count("Overfitting (KT101)") == 2


def test_help_names_the_kinds_of_files(capsys):
    with pytest.raises(SystemExit):
        main(["diagnose", "--help"])
    said = capsys.readouterr().out
    assert all(word in said for word in ("CSVLogger", "Lightning", "JSON"))


def test_it_runs_as_a_module_without_tensorflow(log):
    code = (
        "import sys; from kerastune_widget.command_line import main; "
        f"status = main(['diagnose', {log('healthy.csv', HEALTHY)!r}]); "
        "sys.exit(status or 'keras' in sys.modules or 'tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_cannot_be_read_is_said_in_the_language_asked_for(tmp_path, capsys):
    assert main(["diagnose", str(tmp_path / "none.csv"), "--language", "zh"]) == 2
    said = capsys.readouterr()
    assert "无法读取" in said.err and "CSV 文件可由 CSVLogger" in said.err and not said.out


def test_a_terminal_without_chinese_and_a_reader_who_leaves_are_no_failures(log):
    command = [sys.executable, "-m", "kerastune_widget", "diagnose", log("healthy.csv", HEALTHY), "--language", "zh"]
    plain = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, timeout=60)
    assert plain.returncode == 0 and b"KT110" in plain.stdout and not plain.stderr
    read, write = os.pipe()
    os.close(read)
    left = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, timeout=60)
    os.close(write)
    assert left.returncode == 0 and not left.stderr
