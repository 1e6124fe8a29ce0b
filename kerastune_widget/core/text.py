"""Bilingual text: every message a user reads exists in English and Simplified Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import KerasTuneError, nearest

Language = Literal["en", "zh"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True)
class Text:
    """One message in both languages; leaving one out is a ``TypeError`` at import.

    Attributes:
        en: English, with ``{slots}`` as in ``str.format``.
        zh: Simplified Chinese, with the same slots.
    """

    en: str
    zh: str

    def get(self, language: str = "en", /, **values: object) -> str:
        """Return the text in ``language`` with its slots filled from ``values``.

        Raises:
            KerasTuneError: If ``language`` is neither "en" nor "zh".
        """
        if language not in LANGUAGES:
            raise KerasTuneError(
                f"language must be one of {list(LANGUAGES)}; received {language!r}.{nearest(str(language), LANGUAGES)}"
            )
        return (self.zh if language == "zh" else self.en).format(**values)


NO_TEXT = Text(en="", zh="")
