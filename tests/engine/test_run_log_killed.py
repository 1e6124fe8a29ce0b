"""A kernel that is killed in mid-run loses nothing that had ended, and of the run that was cut off the last moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import kerastune_widget as kt
from tests.engine.models import dropout, images

ROOT = Path(__file__).parents[2]

CHILD = """
import sys, time
import numpy as np
import kerastune_widget as kt
from kerastune_widget.core.events import StepsEnded
from tests.engine.models import dropout, images

session = kt.Session(dropout(), images(), validation_split=0.2, log_dir=sys.argv[1])
whole = session.run(epochs=3)
session.label(whole, name="whole")
np.savez(sys.argv[2], rates=whole.learning_rates, **whole.steps, **{f"epochs_{k}": v for k, v in whole.history.items()})

def tell(event):
    if event.run == 2:
        numbers = " ".join(value.hex() for value in event.values["loss"].tolist())
        print(time.time(), numbers, flush=True)

session.events.subscribe(StepsEnded, tell)
session.run(epochs=100_000, learning_rate=1e-4)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A log whose writer was killed in its second run: the folder, what it told before, and when it was killed."""
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-c", CHILD, str(folder / "runs"), str(folder / "whole.npz")]
    told = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        try:
            for line in child.stdout:
                told.append(line.split())
                if float(told[-1][0]) - float(told[0][0]) > 2:
                    break
        finally:
            os.kill(child.pid, signal.SIGKILL)
            at = time.time()
        told += [line.split() for line in child.stdout if line.endswith("\n")]
    assert child.returncode == -signal.SIGKILL
    return folder, told, at


def test_what_had_ended_is_whole_to_the_last_bit(killed):
    folder, _, _ = killed
    run = kt.Session.load(folder / "runs").find(1)
    expected = np.load(folder / "whole.npz")
    assert (run.status, run.name, run.epochs) == ("finished", "whole", 3)
    assert run.learning_rates.tobytes() == expected["rates"].tobytes()
    for name, values in run.steps.items():
        assert values.tobytes() == expected[name].tobytes()
    for name, values in run.history.items():
        assert np.array(values).tobytes() == expected[f"epochs_{name}"].tobytes()
    assert len(run.weights) == len(dropout().get_weights())


def test_the_one_cut_off_has_its_curves_up_to_the_last_second(killed):
    folder, told, at = killed
    run = kt.Session.load(folder / "runs").find(2)
    assert run.status == "interrupted" and not run.has_weights
    losses = [float.fromhex(number) for _, *numbers in told for number in numbers]
    old = sum(len(numbers) for when, *numbers in told if float(when) < at - 1)
    found = run.steps["loss"].tolist()
    assert 0 < old <= len(found)
    count = min(len(found), len(losses))
    assert found[:count] == losses[:count]
    assert 1 < run.seconds < 600


def test_a_new_kernel_takes_the_dead_ones_log_over_and_goes_on(killed):
    folder, _, _ = killed
    session = kt.Session.load(folder / "runs", data=images(), validation_split=0.2)
    assert [run.status for run in session.runs] == ["finished", "interrupted"]
    assert session.run(epochs=1).number == 3
    session.continue_run(1, run=1)
    session.wait()
    with pytest.raises(kt.KerasTuneError, match="nothing to continue"):
        session.continue_run(1, run=2)
    session.close()
    assert [run.status for run in kt.Session.load(folder / "runs").runs] == ["finished", "interrupted", "finished"]
