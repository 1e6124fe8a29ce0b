"""Where a session trains, in the log too; what to install elsewhere; what strict mode costs."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import kerastune_widget as kt
from kerastune_widget.core.events import StrictCostMeasured
from kerastune_widget.engine import environment
from kerastune_widget.engine.environment import gather
from kerastune_widget.engine.git_state import GitState, git_state


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook's folder under git, below the top of its working copy."""
    place = tmp_path_factory.mktemp("copy") / "notebooks"
    place.mkdir()
    git(place.parent, "init", "--quiet")
    (place / "a.py").write_text("1\n")
    git(place.parent, "add", ".")
    git(place.parent, "commit", "--quiet", "-m", "a")
    return place


def small() -> Any:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


DATA = (np.ones((8, 3), "float32"), np.ones(8, "float32"))


def test_git_state(folder: Path, tmp_path: Path) -> None:
    commit = git(folder, "rev-parse", "HEAD")
    assert git_state(folder) == GitState(commit, False)
    (folder / "new.txt").write_text("not under version control")
    assert git_state(folder) == GitState(commit, False)
    (folder / "a.py").write_text("2\n")
    assert git_state(folder) == GitState(commit, True)
    (folder / "a.py").write_text("1\n")
    assert git_state(tmp_path) == GitState("", None)
    git(tmp_path, "init", "--quiet")
    assert git_state(tmp_path) == GitState("", None)  # no commit yet


def test_what_is_gathered() -> None:
    import tensorflow as tf

    found = gather()
    assert (found.python, found.keras, found.numpy) == (platform.python_version(), keras.__version__, np.__version__)
    assert (found.backend, found.backend_version, found.package) == ("tensorflow", tf.__version__, kt.__version__)
    assert found.system.startswith(platform.system()) and found.processor and found.cores >= 1
    assert found.intra_threads >= 1 and found.inter_threads >= 1 and found.onednn in (True, False)
    assert found.gpus == tuple(device.name for device in tf.config.list_physical_devices("GPU"))


def test_a_run_has_its_record_and_the_log_gives_it_back(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(folder.parent, "checkout", "--", ".")
    monkeypatch.chdir(folder)
    session = kt.Session(small(), DATA, log_dir=tmp_path)
    monkeypatch.chdir(tmp_path)  # too late: the record is that of the notebook's folder
    run = session.run(epochs=1)
    monkeypatch.setattr(environment, "_FRESH", 0.0)
    (folder / "a.py").write_text("now another\n")
    later = session.run(epochs=1)
    session.close()
    assert run.environment.git_commit == later.environment.git_commit == git(folder, "rev-parse", "HEAD")
    assert (run.environment.git_dirty, later.environment.git_dirty) == (False, True)
    assert run.environment.data_id == run.data_id != "" and len(run.environment.model_id) == 8
    assert session.environment == later.environment.about(data_id="", model_id="")
    saved = kt.Session.load(tmp_path)
    assert saved.runs[0].environment == run.environment
    assert saved.environment is None and saved.promises == ()
    assert kt.compare(run, saved.runs[0]).environment == ()


def test_a_log_without_records_is_read(tmp_path: Path) -> None:
    import json

    session = kt.Session(small(), DATA, log_dir=tmp_path)
    session.run(epochs=1)
    session.close()
    (header,) = tmp_path.rglob("run.json")
    told = json.loads(header.read_text())
    assert told.pop("environment")["backend"] == "tensorflow"
    header.write_text(json.dumps(told))
    assert kt.Session.load(tmp_path).runs[0].environment is None
    header.write_text(json.dumps({**told, "environment": {"cores": "many"}}))
    damaged = kt.Session.load(tmp_path)
    assert damaged.runs == () and "cores" in damaged.log_notices[0].en


def test_requirements_pin_what_is_used() -> None:
    session = kt.Session(small(), (pd.DataFrame(DATA[0]), pd.Series(DATA[1])))
    lines = session.requirements().splitlines()
    assert platform.python_version() in lines[0]
    assert f"kerastune-widget=={kt.__version__}" in lines
    for package in ("keras", "numpy", "pandas"):
        assert f"{package}=={version(package)}" in lines
    assert any(line.startswith("tensorflow") and "==" in line for line in lines)
    assert not any(line.startswith(("pathlib", "builtins", "tests=")) for line in lines)


def test_code_of_ones_own_is_named() -> None:
    class Own(keras.layers.Dense):
        """A layer of a module that no package has."""

    Own.__module__ = "my_layers.dense"
    model = keras.Sequential([keras.Input((3,)), Own(1)])
    model.compile("adam", "mse")
    assert "# my_layers: code of your own" in kt.Session(model, DATA).requirements()


def test_the_cost_of_strict_mode_is_measured_and_nothing_changes() -> None:
    session = kt.Session(small(), DATA)
    before = session.run(epochs=2)
    told: list[StrictCostMeasured] = []
    session.events.subscribe(StrictCostMeasured, told.append)
    cost = session.strict_cost(seconds=0.05)
    assert cost.ratio > 0 and cost.steps >= 25 and len(cost.plain) == len(cost.strict) == 5
    assert [event.number for event in told] == [1] and session.strict_costs[0].result is cost
    assert session.runs == (before,)
    after = session.run(epochs=2)
    assert after.history == before.history


def test_nothing_else_begins_while_it_is_measured() -> None:
    session = kt.Session(small(), DATA)
    measurement = session.start_strict_cost(seconds=60)
    with pytest.raises(kt.KerasTuneError, match="cost of strict mode"):
        session.start(epochs=1)
    session.stop()
    session.wait()
    assert measurement.ended and measurement.result is None and measurement.error is None
