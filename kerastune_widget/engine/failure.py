"""What went wrong, in one line that a person can read."""

from __future__ import annotations

_HEADINGS = ("Graph execution error:", "Exception encountered when calling")
_FRAMES = ("File ", "[[", "Detected at", "Arguments received", "•", "{{")


def one_line(error: BaseException) -> str:
    """Return the type of an error and the line of its text that says most.

    TensorFlow's errors begin with a heading and a stack of frames; what went wrong stands behind them.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if lines and lines[0].startswith(_HEADINGS):
        telling = [line for line in lines[1:] if not line.startswith(_FRAMES)]
        lines = telling[-1:] or lines
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
