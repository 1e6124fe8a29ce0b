"""A figure as a picture file, of the kind that the file's name asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..core.text import Text
from ..errors import KerasTuneError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")

_REFUSED = Text(
    en="A figure is saved as .png, .svg or .pdf; received {path!r}. Give the file a name that ends in one of these.",
    zh="图表可保存为 .png、.svg 或 .pdf；收到的是 {path!r}。请使用以其中之一结尾的文件名。",
)


def check_path(path: str | Path) -> Path:
    """Return ``path`` if its ending is one that we can write.

    Raises:
        KerasTuneError: If it is not.
    """
    if Path(path).suffix.lower() not in SUFFIXES:
        raise KerasTuneError(_REFUSED.filled(path=str(path)))
    return Path(path)


def save(figure: Figure, path: Path) -> None:
    """Write ``figure`` to ``path``; the texts of an SVG stay texts, which any reader can search."""
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(path, format=path.suffix.lower()[1:], dpi=150, facecolor=figure.get_facecolor())
