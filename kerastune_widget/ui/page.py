"""What only the page itself can do: keys, names for screen readers, things said aloud, the language of its texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..core.text import Language
from .bundle import bundle
from .comm_route import answer_where_asked

_STATIC = Path(__file__).parent / "static" / "page"


class PageHelper(anywidget.AnyWidget):  # type: ignore[misc]
    """A question mark that explains the keys, and everything about the workbench around it that Python can't reach.

    While the focus is in the workbench and not in a text field, R, P and S are sent here and kept from the front-end,
    where they would turn a cell raw or worse. Without our JavaScript nothing is lost but this comfort.

    Attributes:
        language: "en" or "zh"; also told to the page, so that a screen reader pronounces it rightly.
    """

    _esm = bundle(_STATIC)
    _css = _STATIC / "page.css"
    language = traitlets.Enum(("en", "zh"), "en").tag(sync=True)

    def __init__(self, on_key: Callable[[str], None], language: Language = "en") -> None:
        """Listen.

        Args:
            on_key: Called with "run", "pause" or "stop", on whichever thread the kernel hands messages to.
            language: "en" or "zh".
        """
        super().__init__(language=language)
        self._on_key = on_key
        self.on_msg(self._answer)
        answer_where_asked(self)

    def say(self, sentence: str) -> None:
        """Have screen readers say ``sentence`` when they are free."""
        self.send({"kind": "say", "text": sentence})

    def reveal(self, name: str) -> None:
        """Scroll the page, if need be, until the part of the workbench with this style class is in sight."""
        self.send({"kind": "reveal", "name": name})

    def _answer(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("kind") == "key":
            self._on_key(str(content.get("name")))
