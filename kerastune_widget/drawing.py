"""Still pictures for objects that know no panels; the painter is loaded when a picture is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .core.plot import PlotSpec
from .core.text import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure_of(spec: PlotSpec, language: Language = "en") -> Figure:
    """Return a matplotlib figure of ``spec``.

    Args:
        spec: What to draw.
        language: Of the labels.
    """
    from .ui.figure import draw

    return draw(spec, language)
