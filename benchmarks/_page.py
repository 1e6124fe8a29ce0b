"""A stand-in for the page: takes every message as a kernel would send it, and counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import comm
import ipywidgets
from comm.base_comm import BaseComm
from jupyter_client.session import Session as Wire

_wire = Wire(key=b"benchmark")


class Page:
    """What arrived so far.

    Attributes:
        messages: How many.
        bytes: How long they were, signed and serialised.
        first_numbers: When the chart's first numbers arrived since ``forget``; None before.
    """

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self.messages = self.bytes = 0
        self.first_numbers: float | None = None

    def forget(self) -> None:
        """Start afresh."""
        self._arrived.clear()
        self.messages = self.bytes = 0
        self.first_numbers = None

    def take(self, message: dict[str, Any], buffers: list[Any]) -> None:
        """Count one message."""
        parts = [*_wire.serialize(message), *map(memoryview, buffers)]
        self.messages += 1
        self.bytes += sum(part.nbytes if isinstance(part, memoryview) else len(part) for part in parts)
        carries = message["content"]["data"].get("method") == "custom" and any(len(part) for part in buffers)
        if carries and self.first_numbers is None:
            self.first_numbers = time.perf_counter()
            self._arrived.set()

    def wait_for_numbers(self) -> float:
        """Wait for the chart's first numbers and return when they came."""
        assert self._arrived.wait(120), "no numbers reached the page"
        assert self.first_numbers is not None
        return self.first_numbers


PAGE = Page()


class PageComm(BaseComm):
    """A widget's line to the page."""

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        """Serialise and sign as a kernel does, then hand it to the page; answer a chart as a page does."""
        content = {"data": data or {}, "comm_id": self.comm_id, **keys}
        PAGE.take(_wire.msg(msg_type, content, metadata=metadata), list(buffers or ()))


def install() -> None:
    """Let every widget made from now on talk to the stand-in."""
    comm.create_comm = PageComm


def display(widget: Any) -> None:
    """Show ``widget``: its live chart hears that a page is there."""
    widget._repr_mimebundle_()
    ready = {"content": {"data": {"method": "custom", "content": {"kind": "ready"}}}, "buffers": []}
    for part in parts(widget):
        if hasattr(part, "_esm"):
            part.comm.handle_msg(ready)


def parts(widget: Any) -> Iterator[Any]:
    """Yield ``widget`` and everything in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def button(widget: Any, caption: str) -> ipywidgets.Button:
    """Return the button with this caption."""
    found = (part for part in parts(widget) if isinstance(part, ipywidgets.Button) and part.description == caption)
    return next(found)
