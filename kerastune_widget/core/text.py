"""Bilingual text: every message a user reads exists in English and Simplified Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NoReturn

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
        """Return the text in ``language`` with its slots filled from ``values``; a ``Text`` fills one in that language.

        Raises:
            KerasTuneError: If ``language`` is neither "en" nor "zh".
        """
        if language not in LANGUAGES:
            _refuse(language)
        words = {name: value.get(language) if isinstance(value, Text) else value for name, value in values.items()}
        return (self.zh if language == "zh" else self.en).format(**words)

    def filled(self, **values: object) -> Text:
        """Return this text with its slots filled for good; braces in ``values`` stay braces."""
        return Text(en=_escaped(self.get("en", **values)), zh=_escaped(self.get("zh", **values)))

    @classmethod
    def same(cls, words: str) -> Text:
        """Return a text that says the same in both languages: a name, or what a library said; braces stay braces."""
        return cls(en=_escaped(words), zh=_escaped(words))


def _escaped(words: str) -> str:
    return words.replace("{", "{{").replace("}", "}}")


def _refuse(language: object) -> NoReturn:
    from ..errors import KerasTuneError, nearest  # here, because errors are made of texts

    raise KerasTuneError(
        f"language must be one of {list(LANGUAGES)}; received {language!r}.{nearest(str(language), LANGUAGES)}"
    )


NO_TEXT = Text(en="", zh="")
