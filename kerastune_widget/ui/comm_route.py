"""On which of the kernel's threads the messages of a page are answered."""

from __future__ import annotations

from typing import Any


def answer_where_asked(widget: Any) -> None:
    """Let the page's messages to ``widget``, its layout and its style be handled by the subshell that they are sent to.

    ipykernel 7.4 sends a page's message to the subshell of whatever message caused the widget's last update instead.
    Ours are updated by a thread that outlives pages: after a reload that subshell is gone and the message would be
    refused, so that a chart stays empty and a button dead, or the page waits for ever for the state of a widget that it
    asked for; and before it, a click would wait for a running cell.
    Nothing happens with kernels that have no such rule.

    Args:
        widget: One that the page talks to.
    """
    for part in (widget, getattr(widget, "layout", None), getattr(widget, "style", None)):
        comm = getattr(part, "comm", None)
        if comm is not None and hasattr(comm, "_reply_subshell_for"):
            comm._reply_subshell_for = _as_asked


def _as_asked(_data: Any, asked: str | None) -> str | None:
    """Return the subshell that the page has named."""
    return asked
