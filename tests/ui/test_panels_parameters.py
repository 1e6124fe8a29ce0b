"""Parameters of a choice, and controls that act beside another: there when they act, gone when they don't."""

from __future__ import annotations

from dataclasses import replace

from kerastune_widget.core.control import Choice
from kerastune_widget.core.text import Text
from kerastune_widget.ui.panels._control_row import ControlRow
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


def schedule(bench: Workbench, name: str = "") -> ControlRow:
    """Return the row of the schedule, its parameters opened; with ``name`` the row of one of these."""
    row = bench.controls.rows["schedule"]
    row.settings.fold.toggle.value = True
    return row.settings.rows[name] if name else row


def choose(bench: Workbench, name: str) -> None:
    bench.controls.rows["schedule"].field.widget.value = name


def is_shown(widget: object) -> bool:
    return widget.layout.display is None


def test_only_a_choice_with_parameters_has_a_fold_for_them(bench: Workbench) -> None:
    fold = bench.controls.rows["schedule"].settings.fold
    assert not is_shown(fold.widget)
    choose(bench, "cosine")
    assert is_shown(fold.widget) and fold.toggle.description == "Settings of cosine decay"
    bench.language = "zh"
    assert fold.toggle.description == "“余弦衰减”的设置"
    assert bench.controls.rows["optimizer"].settings is None


def test_a_parameter_is_set_with_its_choice(bench: Workbench, session: FakeSession) -> None:
    choose(bench, "cosine")
    schedule(bench, "warmup_epochs").field.text.value = "2"
    assert session.settings["schedule"] == "cosine(warmup_epochs=2.0)"
    assert schedule(bench).settings.fold.toggle.description == "Settings of cosine decay · 1 changed"
    schedule(bench, "decay_epochs").enabled.value = True
    assert session.settings["schedule"] == "cosine(warmup_epochs=2.0, decay_epochs=5.0)"
    schedule(bench, "decay_epochs").enabled.value = False
    schedule(bench, "warmup_epochs").field.slider.value = 0.0
    assert session.settings["schedule"] == "cosine"


def test_several_numbers_and_a_switch(bench: Workbench, session: FakeSession) -> None:
    choose(bench, "piecewise")
    assert schedule(bench, "boundaries").field.widget.value == "5, 8"
    schedule(bench, "boundaries").field.widget.value = "3，4.5"
    schedule(bench, "smooth").field.check_box.value = True
    assert session.settings["schedule"] == "piecewise(boundaries=(3, 4.5), smooth=True)"
    assert schedule(bench, "boundaries").field.widget.value == "3, 4.5"


def test_a_wrong_parameter_is_explained_beside_it(bench: Workbench, session: FakeSession) -> None:
    choose(bench, "piecewise")
    schedule(bench, "boundaries").field.widget.value = "soon"
    assert session.settings["schedule"] == "piecewise"
    assert "such as (5, 10)" in schedule(bench, "boundaries")._note.value
    assert is_shown(schedule(bench, "boundaries")._note)


def test_what_code_sets_shows_in_the_list_and_in_the_fold(bench: Workbench, session: FakeSession) -> None:
    schedule(bench)
    session.set("schedule", {"name": "cosine", "warmup_epochs": 3})
    bench.flush()
    row = bench.controls.rows["schedule"]
    assert row.field.widget.value == "cosine"
    assert row.settings.rows["warmup_epochs"].field.text.value == "3"
    session.set("schedule", "cosine(warmup_epochs=4)")
    bench.flush()
    assert row.settings.rows["warmup_epochs"].field.text.value == "4"
    assert row.settings.fold.toggle.description.endswith("1 changed")


def test_trying_another_choice_keeps_the_rows_and_what_was_set(bench: Workbench, session: FakeSession) -> None:
    choose(bench, "cosine")
    schedule(bench, "warmup_epochs").field.text.value = "2"
    cosine, rows = schedule(bench).settings.rows, schedule(bench).settings.rows["warmup_epochs"].widget
    choose(bench, "piecewise")
    assert session.settings["schedule"] == "piecewise"
    assert list(schedule(bench).settings.rows) == ["boundaries", "smooth"]
    shown = [is_shown(group) for group in schedule(bench).settings.fold.body.children]
    assert shown == [False, True]
    choose(bench, "cosine")
    assert session.settings["schedule"] == "cosine(warmup_epochs=2.0)"
    assert schedule(bench).settings.rows is cosine and cosine["warmup_epochs"].widget is rows


def test_a_moving_slider_builds_nothing(bench: Workbench) -> None:
    choose(bench, "cosine")
    slider, children = schedule(bench, "warmup_epochs").field.slider, schedule(bench).settings.fold.body.children
    for position in (0.5, 1.0, 1.5):
        slider.value = position
        bench.flush()
    assert schedule(bench, "warmup_epochs").field.slider is slider
    assert schedule(bench).settings.fold.body.children == children


def test_a_closed_fold_costs_nothing(bench: Workbench) -> None:
    choose(bench, "cosine")
    settings = bench.controls.rows["schedule"].settings
    assert settings.rows == {} and settings.fold.body.children == ()


def test_a_parameter_acts_when_its_choice_does(session: FakeSession) -> None:
    session.controls["schedule"] = replace(session.controls["schedule"], effect="epoch")
    bench = Workbench(session)
    choose(bench, "cosine")
    assert "next epoch" in schedule(bench, "warmup_epochs").field.text.description
    bench.close()


def test_parameters_for_the_few_are_folded_and_some_act_beside_others(session: FakeSession) -> None:
    spec = session.controls["schedule"]
    piecewise = spec.choices[2]
    boundaries, smooth = piecewise.parameters
    changed = (replace(boundaries, shown_with="smooth", advanced=True), smooth)
    choices = (*spec.choices[:2], replace(piecewise, parameters=changed))
    session.controls["schedule"] = replace(spec, choices=choices)
    bench = Workbench(session)
    choose(bench, "piecewise")
    settings = schedule(bench).settings
    more = settings.fold.body.children[0].children[-1]
    assert settings.rows["boundaries"].widget in more.children[1].children
    assert not is_shown(settings.rows["boundaries"].widget)
    settings.rows["smooth"].field.check_box.value = True
    assert is_shown(settings.rows["boundaries"].widget)
    bench.close()


def test_a_choice_that_comes_while_the_session_goes_on_is_listed(bench: Workbench, session: FakeSession) -> None:
    spec = session.controls["optimizer"]
    session.controls["optimizer"] = replace(spec, choices=(*spec.choices, Choice("mine_1a2b", Text.same("Mine"))))
    session.set("optimizer", "mine_1a2b")
    bench.flush()
    field = bench.controls.rows["optimizer"].field.widget
    assert field.value == "mine_1a2b" and field.options[-1] == ("Mine", "mine_1a2b")


def test_what_is_on_no_list_is_shown_all_the_same(bench: Workbench, session: FakeSession) -> None:
    session.settings = session.settings.replace(optimizer="gone_1a2b")
    bench.flush()
    assert bench.controls.rows["optimizer"].field.widget.label == "gone_1a2b"
    bench.language = "zh"
    assert bench.controls.rows["optimizer"].field.widget.value == "gone_1a2b"


def test_a_dependent_control_is_there_while_the_other_is_on(bench: Workbench, session: FakeSession) -> None:
    stopping, least = (bench.controls.rows[name] for name in ("early_stopping", "min_delta"))
    together = bench.controls._dependents["early_stopping"]
    assert together.children == (least.widget,) and not is_shown(together)
    stopping.enabled.value = True
    bench.flush()
    assert is_shown(together)
    least.field.text.value = "0.01"
    assert session.settings["min_delta"] == 0.01
    bench.flush()
    assert bench.controls.more.toggle.description.endswith("2 changed")
    stopping.enabled.value = False
    bench.flush()
    assert not is_shown(together)
    assert bench.controls.more.toggle.description == "More settings"


def test_an_optional_choice_starts_with_its_first(session: FakeSession) -> None:
    spec = session.controls["schedule"]
    session.controls["schedule"] = replace(spec, optional=True, default=None)
    session.settings = session.settings.replace(schedule=None)
    bench = Workbench(session)
    row = bench.controls.rows["schedule"]
    assert not is_shown(row.settings.widget)
    row.enabled.value = True
    assert session.settings["schedule"] == "constant"
    row.field.widget.value = "cosine"
    assert is_shown(row.settings.widget)
    row.enabled.value = False
    assert session.settings["schedule"] is None and not is_shown(row.settings.widget)
    bench.close()


def test_a_parameter_may_act_beside_some_values_of_another(session: FakeSession) -> None:
    spec = session.controls["schedule"]
    piecewise = spec.choices[2]
    boundaries, smooth = piecewise.parameters
    changed = (replace(boundaries, shown_with="smooth", shown_for=(False,)), smooth)
    choices = (*spec.choices[:2], replace(piecewise, parameters=changed))
    session.controls["schedule"] = replace(spec, choices=choices)
    bench = Workbench(session)
    choose(bench, "piecewise")
    assert is_shown(schedule(bench, "boundaries").widget)
    schedule(bench, "smooth").field.check_box.value = True
    assert not is_shown(schedule(bench, "boundaries").widget)
    bench.close()
