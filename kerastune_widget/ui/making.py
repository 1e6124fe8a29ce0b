"""Make widgets that a page can fetch quickly.

JupyterLab allows a kernel four seconds to tell a reloaded page of all widgets, and then asks for each alone. So that a
busy machine keeps nobody waiting:

- What is built together shares its layouts and styles: alone they would be two thirds of all that is to be told.
- No more is shared than that. A page that hears of a new widget with a layout that it has not been told of yet waits
  two seconds for that layout, and answers to nothing meanwhile; so what is new brings its looks along.
- Every widget answers the page on the kernel's thread that the page asks on (``comm_route``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

import ipywidgets

from .comm_route import answer_where_asked


class Looks:
    """The layouts and styles of what is built together, each made when it is first worn."""

    def __init__(self) -> None:
        self._made: dict[object, Any] = {}

    def layout(self, *, visible: bool) -> Any:
        """Return the layout of what is shown, or of what is hidden."""
        return self._one(visible, ipywidgets.Layout, display=None if visible else "none")

    def style(self, kind: type[Any]) -> Any:
        """Return the style of this class."""
        return self._one(kind, kind)

    @property
    def made(self) -> list[Any]:
        """Those that there are."""
        return list(self._made.values())

    def _one(self, key: object, kind: type[Any], **traits: Any) -> Any:
        if key not in self._made:
            made = self._made[key] = kind(**traits)
            answer_where_asked(made)
            _looks_of[made] = self
        return self._made[key]


_looks_of: WeakKeyDictionary[Any, Looks] = WeakKeyDictionary()
_sharing: ContextVar[Looks | None] = ContextVar("kerastune_sharing", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Let the widgets that are made inside share layouts and styles among themselves."""
    before = _sharing.set(Looks())
    try:
        yield
    finally:
        _sharing.reset(before)


def make(kind: type[Any], *arguments: Any, **traits: Any) -> Any:
    """Return a new widget.

    Args:
        kind: Class of the widget.
        *arguments: For its constructor.
        **traits: Its traits; give it a ``layout`` of its own if it needs more than to be shown and hidden.
    """
    looks = _sharing.get()
    if looks is not None:
        traits.setdefault("layout", looks.layout(visible=True))
        style = kind.class_traits().get("style")
        if style is not None:
            traits.setdefault("style", looks.style(style.klass))
    made = kind(*arguments, **traits)
    answer_where_asked(made)
    return made


def show_if(widget: Any, visible: bool) -> None:
    """Show or hide ``widget``, taking no room when hidden."""
    looks = _looks_of.get(widget.layout)
    if looks is not None:
        widget.layout = looks.layout(visible=visible)
    else:
        widget.layout.display = None if visible else "none"


def close_tree(widget: Any) -> None:
    """Close ``widget`` and everything in it, looks too; ipywidgets closes only what it is told to."""
    for child in getattr(widget, "children", ()):
        close_tree(child)
    for part in (getattr(widget, "style", None), getattr(widget, "layout", None), widget):
        if isinstance(part, ipywidgets.Widget):
            looks = _looks_of.get(part)
            for one in looks.made if looks is not None else [part]:
                one.close()
