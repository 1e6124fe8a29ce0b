"""How few models a page has to be told of, and that sharing them harms nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets

from kerastune_widget.ui.making import make, sharing, show_if
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


def everything(widget: Any) -> Iterator[Any]:
    """Yield ``widget`` and all that is in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def test_a_workbench_is_told_in_few_models(bench: Workbench) -> None:
    widgets = list(everything(bench.root))
    looks = {id(part) for widget in widgets for part in (widget.layout, getattr(widget, "style", None)) if part}
    assert len(widgets) > 100
    assert len(looks) < len(widgets) / 5


def test_one_that_is_hidden_hides_no_other() -> None:
    with sharing():
        first, second = make(ipywidgets.HTML), make(ipywidgets.HTML)
    assert first.layout is second.layout and first.style is second.style
    show_if(first, False)
    assert (first.layout.display, second.layout.display) == ("none", None)
    show_if(first, True)
    assert first.layout.display is None


def test_one_that_comes_later_brings_its_own_looks() -> None:
    first, second = make(ipywidgets.HTML), make(ipywidgets.HTML)
    assert first.layout is not second.layout and first.style is not second.style
    show_if(first, False)
    assert (first.layout.display, second.layout.display) == ("none", None)


def test_a_workbench_that_closes_leaves_another_its_looks(bench: Workbench) -> None:
    other = Workbench(FakeSession(script=False))
    other.close()
    assert all(widget.comm is None for widget in everything(other.root))
    assert all(widget.layout.comm is not None for widget in everything(bench.root))


def test_what_is_built_later_brings_looks_of_its_own() -> None:
    """A page that opens just then knows none that are older."""
    with sharing():
        before = make(ipywidgets.HTML)
    with sharing():
        after = make(ipywidgets.HTML)
    assert before.layout is not after.layout and before.style is not after.style


def test_nothing_of_a_closed_workbench_stays(bench: Workbench) -> None:
    widgets = list(everything(bench.root))
    looks = {id(widget.layout): widget.layout for widget in widgets}
    bench.close()
    assert all(layout.comm is None for layout in looks.values())
