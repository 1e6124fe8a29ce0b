"""Make widgets that a reloaded page can fetch quickly.

JupyterLab allows a kernel four seconds to tell a reloaded page of all widgets, and then asks for each alone. So that a
busy machine keeps nobody waiting:

- What a workbench is built of shares its layouts and styles: alone they would be two thirds of all that is to be told.
- What comes later, by itself, brings its own. A page that hears of a new widget with a layout that it has not been told
  of yet waits two seconds for that layout, and answers to nothing meanwhile.
- Every widget answers the page on the kernel's thread that the page asks on (``comm_route``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

import ipywidgets

from .comm_route import answer_where_asked

_lock = Lock()
_shared: dict[object, Any] = {}
_sharing: ContextVar[bool] = ContextVar("kerastune_sharing", default=False)


@contextmanager
def sharing() -> Iterator[None]:
    """Let widgets that are made inside share their layouts and styles: those that a page asked for, not later ones."""
    before = _sharing.set(True)
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
    if _sharing.get():
        traits.setdefault("layout", _layout(visible=True))
        style = kind.class_traits().get("style")
        if style is not None:
            traits.setdefault("style", _one(style.klass, style.klass))
    made = kind(*arguments, **traits)
    answer_where_asked(made)
    return made


def show_if(widget: Any, visible: bool) -> None:
    """Show or hide ``widget``, taking no room when hidden."""
    if is_shared(widget.layout):
        widget.layout = _layout(visible=visible)
    else:
        widget.layout.display = None if visible else "none"


def is_shared(part: Any) -> bool:
    """Whether ``part`` is a layout or a style that other widgets wear too."""
    return any(part is one for one in _shared.values())


def _layout(*, visible: bool) -> Any:
    return _one(visible, ipywidgets.Layout, display=None if visible else "none")


def _one(key: object, kind: type[Any], **traits: Any) -> Any:
    with _lock:
        found = _shared.get(key)
        if found is None or found.comm is None:  # somebody has closed all widgets
            found = _shared[key] = kind(**traits)
        return found
