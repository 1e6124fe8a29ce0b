"""Every schedule is a pure function that a script can contain, and says what its formula says."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap

import numpy as np
import pytest

from kerastune_widget.core.control import Choice, ControlSpec
from kerastune_widget.core.schedule import CONSTANT, all_schedules, names_taken_by, run_schedule
from kerastune_widget.core.text import LANGUAGES, Text
from kerastune_widget.errors import HyperparameterError

EPOCHS, STEPS = 10, 7
POSITIONS = np.arange(EPOCHS * STEPS, dtype=np.float64)
NAMES = list(all_schedules())
BUILTINS = {"float", "min", "max", "list", "reversed", "np", "math"}


def factors(value, epochs=EPOCHS, steps=STEPS):
    return run_schedule(value, epochs).factors(POSITIONS, steps)


def control():
    """The control as a session has it."""
    choices = tuple(Choice(one.name, one.title, one.controls) for one in all_schedules().values())
    return ControlSpec("schedule", Text.same("schedule"), "choice", CONSTANT, choices=choices)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_can_contain_it(name):
    schedule = all_schedules()[name]
    parameters = {parameter.name for parameter in schedule.parameters}
    for function in filter(None, (schedule.factor, schedule.momentum)):
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        taken = names_taken_by(function)
        assert taken <= {"step", "steps_per_epoch", "total_steps", *parameters}
        known = {node.id for part in tree.body for node in ast.walk(part) if isinstance(node, ast.Name)}
        made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        assert known - made <= {*taken, *BUILTINS}
        assert ast.get_docstring(tree)
        body = inspect.getsource(function).splitlines()[tree.body[1].lineno - 1 :]
        assert max(map(len, body)) <= 88


@pytest.mark.parametrize("name", NAMES)
def test_it_is_described(name):
    schedule = all_schedules()[name]
    assert all(schedule.title.get(language) and schedule.help.get(language) for language in LANGUAGES)
    for parameter in schedule.controls:
        assert all(parameter.title.get(language) and parameter.help.get(language) for language in LANGUAGES)
        assert parameter.check(parameter.default) == parameter.default
        assert isinstance(parameter.default, float | None) or parameter.kind in (
            "integer",
            "toggle",
            "choice",
            "numbers",
        )


@pytest.mark.parametrize("name", NAMES)
def test_factors_are_vectorised_and_positive(name):
    found = factors(name)
    assert found.dtype == np.float64 and found.shape == POSITIONS.shape
    assert (found > 0).all() and found.max() <= 1
    alone = [run_schedule(name, EPOCHS).factors(np.array([step]), STEPS)[0] for step in POSITIONS]
    np.testing.assert_allclose(found, alone, rtol=1e-14)


def test_constant_is_the_first():
    assert NAMES[0] == CONSTANT


def halves(step):
    return 0.5 * (1 + math.cos(math.pi * step))


def triangle(step, half):
    cycle = math.floor(1 + step / (2 * half))
    return max(0.0, 1 - abs(step / half - 2 * cycle + 1)), cycle


FORMULAS = {
    "exponential(decay_rate=0.5, decay_epochs=2.0)": lambda step: 0.5 ** (step / 14),
    "exponential(decay_rate=0.5, decay_epochs=2.0, staircase=True)": lambda step: 0.5 ** (step // 14),
    "step(drop=0.5, every_epochs=3.0)": lambda step: 0.5 ** (step // 21),
    "step": lambda step: 1 if step < 35 else 0.1 if step < 52.5 else 0.01,
    "piecewise(boundaries=(0.5, 2, 6), levels=(2, 0.5, 0.1))": lambda step: (
        1 if step < 3.5 else 2 if step < 14 else 0.5 if step < 42 else 0.1
    ),
    "polynomial(power=2.0, alpha=0.1)": lambda step: 0.9 * (1 - step / 70) ** 2 + 0.1,
    "inverse_time(decay_rate=0.5)": lambda step: 1 / (1 + 0.5 * step / 7),
    "cosine(alpha=0.0)": lambda step: halves(step / 70),
    "cosine_restarts(alpha=0.0, first_epochs=2.0, t_mul=1.0)": lambda step: halves(step % 14 / 14),
    "triangular": lambda step: 0.25 + 0.75 * triangle(step, 14)[0],
    "triangular2(step_epochs=1.0)": lambda step: 0.25 + 0.75 * triangle(step, 7)[0] / 2 ** (triangle(step, 7)[1] - 1),
    "exp_range(gamma=0.99)": lambda step: 0.25 + 0.75 * triangle(step, 14)[0] * 0.99**step,
    "one_cycle(shape='linear', rise=0.5, start=0.1, end=0.01)": lambda step: (
        0.1 + 0.9 * step / 35 if step < 35 else 1 - 0.99 * (step - 35) / 35
    ),
    "one_cycle(rise=0.5)": lambda step: (
        1 - 0.96 * halves(step / 35) if step < 35 else 1e-5 + (1 - 1e-5) * halves((step - 35) / 35)
    ),
}


@pytest.mark.parametrize("value", FORMULAS)
def test_it_is_the_published_formula(value):
    checked = control().check(value)
    np.testing.assert_allclose(factors(checked), [FORMULAS[value](step) for step in POSITIONS], rtol=1e-12)


def test_restarts_come_when_each_wave_is_over():
    found = factors("cosine_restarts(alpha=0.0)", epochs=1000, steps=1)[:64]
    assert np.flatnonzero(found == 1).tolist() == [0, 1, 3, 7, 15, 31, 63]


def test_momentum_goes_against_the_rate():
    cycle = run_schedule("one_cycle", EPOCHS)
    momenta, rates = cycle.momenta(POSITIONS, STEPS), cycle.factors(POSITIONS, STEPS)
    assert momenta[0] == 0.95 and momenta.min() == pytest.approx(0.85)
    assert (np.diff(momenta) * np.diff(rates) <= 0).all() and momenta.argmin() == rates.argmax() == 21
    assert run_schedule("one_cycle(cycle_momentum=False)", EPOCHS).momenta(POSITIONS, STEPS) is None
    assert [name for name in NAMES if run_schedule(name, EPOCHS).moves_momentum] == ["one_cycle"]


@pytest.mark.parametrize("name", [name for name, schedule in all_schedules().items() if schedule.warms_up])
def test_a_warm_up_comes_before_it(name):
    warmed = control().with_parameters(name, warmup_epochs=1.5)
    found, rest = factors(warmed), POSITIONS[11:] - 11  # half a step is a whole one
    np.testing.assert_allclose(found[:11], np.arange(11) / 11)
    taken = {
        one: value
        for one, value in control().parameters_of(name).items()
        if one in names_taken_by(all_schedules()[name].factor)
    }
    after = all_schedules()[name].factor(rest, steps_per_epoch=STEPS, total_steps=EPOCHS * STEPS - 11, **taken)
    np.testing.assert_allclose(found[11:], after)


def test_a_warm_up_longer_than_the_run_is_cut_off():
    np.testing.assert_allclose(factors("cosine(warmup_epochs=20.0)"), POSITIONS / 140)


@pytest.mark.parametrize("name", ["cosine", "exponential", "step", "polynomial", "one_cycle"])
def test_beyond_the_run_the_last_factor_stays(name):
    beyond = run_schedule(name, EPOCHS).factors(np.array([70.0, 71.0, 7000.0]), STEPS)
    assert beyond[0] == beyond[1] == beyond[2] < 0.011


@pytest.mark.parametrize("steps", [1, 3, 100])
def test_the_length_of_an_epoch_does_not_matter(steps):
    for name in set(NAMES) - {"exp_range"}:  # which counts in steps, as published
        of_epochs = run_schedule(name, EPOCHS).factors(np.arange(EPOCHS, dtype=float), 1)
        np.testing.assert_allclose(
            run_schedule(name, EPOCHS).factors(np.arange(EPOCHS) * float(steps), steps), of_epochs
        )


REFUSED = {
    "piecewise(boundaries=(1, 2), levels=(0.5,))": "as many levels as epochs",
    "piecewise(boundaries=(2, 1), levels=(0.5, 0.1))": "must ascend",
}


@pytest.mark.parametrize("value", REFUSED)
def test_what_does_not_go_together_is_refused(value):
    with pytest.raises(HyperparameterError, match=REFUSED[value]) as error:
        run_schedule(value, EPOCHS)
    assert "无法使用" in error.value.text.get("zh")


def test_several_numbers_may_come_as_an_array_or_a_text():
    for boundaries in (np.array([2, 4]), range(2, 5, 2), (2.0, 4.0), "2, 4"):
        value = {"name": "piecewise", "boundaries": boundaries, "levels": np.float32([0.5, 0.25])}
        assert control().check(value) == "piecewise(boundaries=(2, 4), levels=(0.5, 0.25))"
    with pytest.raises(HyperparameterError, match="must be numbers"):
        control().check({"name": "piecewise", "boundaries": None})


def test_ever_lower_peaks_come_to_nothing_without_a_warning():
    with np.errstate(all="raise", under="ignore"):
        assert factors("triangular2(step_epochs=1e-6)")[-1] == 0.25


def test_a_name_that_there_is_not():
    with pytest.raises(KeyError):
        run_schedule("sine", EPOCHS)
