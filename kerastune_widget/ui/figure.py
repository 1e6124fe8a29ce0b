"""A PlotSpec drawn by matplotlib: for a saved notebook, a report, a front-end without our JavaScript.

Only ``matplotlib.figure.Figure`` is used: pyplot's global state breaks when a thread draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..core.plot import Axis, PlotSpec, Series, hue, smoothed
from ..core.text import Language, Text
from .palette import DARK, LIGHT, SEVERITY_COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "PingFang HK",
    "Hiragino Sans GB",
    "Heiti SC",
    "Heiti TC",
    "STHeiti",
    "Arial Unicode MS",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Noto Serif CJK SC",
    "SimSun",
)
_PLAIN_FONT = "DejaVu Sans"  # comes with matplotlib
_PANE_INCHES, _WIDE_PANE_INCHES = 2.6, 3.2
_LEGEND_INCHES, _LEGEND_ROW_INCHES, _LEGEND_COLUMNS = 0.35, 0.19, 4
_WIDE_INCHES = 9.0  # from here on panes stand side by side
_MARK_SHARE = 0.3  # of a pane's width, for the words of one mark
_MARK_ROW = 10.0  # points
_MOST_POINTS = 4000  # a pane is never wider in pixels than half of this


@dataclass(frozen=True)
class _Look:
    """Everything about the style of one picture."""

    language: Language
    fonts: list[str]
    palette: tuple[str, ...]
    ink: str
    muted: str
    grid: str
    ground: str

    def words(self, text: Text) -> str:
        return text.get(self.language)


def draw(spec: PlotSpec, language: Language = "en", *, width_inches: float = 10.0, dark: bool = False) -> Figure:
    """Draw ``spec`` and return the figure.

    Args:
        spec: What to draw.
        language: Of the labels; English when no installed font has Chinese.
        width_inches: Width of the figure; from 9 inches on, panes stand side by side.
        dark: Whether to draw on dark ground.
    """
    from matplotlib.figure import Figure

    look = _look(language, dark)
    count = max(1, len(spec.axes))
    columns = min(count, 2) if width_inches >= _WIDE_INCHES else 1
    legend_rows = -(-len({(curve.title, hue(curve, spec)) for curve in spec.series}) // _LEGEND_COLUMNS)
    legend = _LEGEND_INCHES + _LEGEND_ROW_INCHES * max(0, legend_rows - 1)
    figure, places = _panes(Figure, width_inches, -(-count // columns), columns, legend, look)
    for place in places[len(spec.axes) :]:
        place.set_axis_off()
    for place, axis in zip(places, spec.axes, strict=False):
        _draw_pane(place, axis, spec, look)
    if spec.axes and spec.axes[-1].wide and columns == 2 and count % 2:
        _widen(places[count - 1], places[count])
    _draw_legend(figure, places[: len(spec.axes)], look)
    if look.words(spec.title):
        figure.suptitle(look.words(spec.title), color=look.ink, family=look.fonts, fontsize=11, y=0.985)
    return figure


def to_png(figure: Figure, dots_per_inch: float = 100.0) -> bytes:
    """Return ``figure`` as a PNG picture."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=dots_per_inch)
    return buffer.getvalue()


def _panes(make_figure: Any, width: float, rows: int, columns: int, legend: float, look: _Look) -> tuple[Figure, Any]:
    """Place the panes by hand: matplotlib's layout engines take half of the time of a picture."""
    pane = _PANE_INCHES if columns == 1 else _WIDE_PANE_INCHES
    height = rows * pane + legend
    figure = make_figure(figsize=(width, height), facecolor=look.ground)
    left, right, above, below = 0.55, 0.15, 0.42, 0.5  # inches around a pane's axes
    inner = (width - columns * (left + right)) / columns
    spaces = {"wspace": (left + right) / inner, "hspace": (above + below) / (pane - above - below)}
    edges = {"left": left / width, "right": 1 - right / width, "bottom": below / height}
    figure.subplots_adjust(**edges, top=1 - (legend + above) / height, **spaces)
    return figure, figure.subplots(rows, columns, squeeze=False).flatten()


def _widen(place: Any, free: Any) -> None:
    """Let a pane take the room of the free one beside it, too."""
    own, beside = place.get_position(), free.get_position()
    place.set_position([own.x0, own.y0, beside.x1 - own.x0, own.height])


@cache
def chinese_font() -> str | None:
    """Return the name of an installed font that has Chinese; None if there is none."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _CHINESE_FONTS if name in installed), None)


def _look(language: Language, dark: bool) -> _Look:
    font = chinese_font() if language == "zh" else None
    readable: Language = "zh" if font else "en"
    fonts = [_PLAIN_FONT, font] if font else [_PLAIN_FONT]
    if dark:
        return _Look(readable, fonts, DARK, "#e4e4e4", "#a6a6a6", "#3a3a3a", "#111111")
    return _Look(readable, fonts, LIGHT, "#212121", "#6b6b6b", "#e6e6e6", "#ffffff")


def _draw_pane(place: Any, axis: Axis, spec: PlotSpec, look: _Look) -> None:
    _dress(place, axis, spec, look)
    for span in spec.spans:
        place.axvspan(span.start, span.end, color=SEVERITY_COLOURS[span.severity], alpha=0.14, linewidth=0)
    for curve in spec.series:
        if curve.axis == axis.id:
            _draw_curve(place, curve, spec, look)
    for mark in spec.annotations:
        if mark.axis in ("", axis.id):
            width = 0.5 if mark.kind in ("fork", "wait") else 1
            place.axvline(mark.x, color=look.muted, linewidth=width, linestyle=(0, (2, 2)))
    _write_marks(place, axis, spec, look)


def _dress(place: Any, axis: Axis, spec: PlotSpec, look: _Look) -> None:
    place.set_facecolor(look.ground)
    bold = {"color": look.ink, "family": look.fonts, "fontsize": 10, "weight": "bold"}
    place.set_title(look.words(axis.title), loc="left", pad=16, **bold)
    place.set_xlabel(_x_label(spec, look), color=look.muted, family=look.fonts, fontsize=8)
    place.tick_params(colors=look.muted, labelsize=8, length=0)
    place.grid(True, axis="y", color=look.grid, linewidth=0.8)
    place.set_axisbelow(True)
    for name, spine in place.spines.items():
        spine.set_visible(name == "bottom")
        spine.set_color(look.grid)
    if axis.log:
        place.set_yscale("log", nonpositive="mask")
    if spec.x_log:
        place.set_xscale("log", nonpositive="mask")
    if spec.x_range:
        place.set_xlim(*spec.x_range)
    if spec.x_labels:
        words = [look.words(label.text) for label in spec.x_labels]
        place.set_xticks([label.x for label in spec.x_labels], words, family=look.fonts)
        place.set_xlim(spec.x_labels[0].x - 0.5, spec.x_labels[-1].x + 0.5)


def _x_label(spec: PlotSpec, look: _Look) -> str:
    label = look.words(spec.x_title)
    count = len(spec.epoch_ends)
    if not count:
        return label
    return f"{label} · {count} 轮" if look.language == "zh" else f"{label} · {count} epoch{'s' if count > 1 else ''}"


def _draw_curve(place: Any, curve: Series, spec: PlotSpec, look: _Look) -> None:
    colour = look.palette[hue(curve, spec) % len(look.palette)]
    y = np.where(np.isfinite(curve.y), curve.y, np.nan).astype(np.float64)
    averaged = curve.smooth and spec.smoothing > 0
    drawn = slice(curve.first, None)
    if curve.mark == "faint" and curve.role == "rate":  # what it was to do, to be seen past the line of what it did
        place.plot(curve.x[drawn], y[drawn], color=colour, alpha=0.65, linewidth=1.2, linestyle=(0, (5, 4)), zorder=2)
    elif (averaged and curve.raw) or curve.mark == "faint":
        place.plot(*_thinned(curve.x[drawn], y[drawn]), color=colour, alpha=0.25, linewidth=0.8, zorder=2)
    if curve.fill_to is not None:
        other = next(one for one in spec.series if one.id == curve.fill_to)
        count = min(len(curve.x), len(other.x))
        place.fill_between(curve.x[:count], y[:count], other.y[:count], color=colour, alpha=0.18, linewidth=0, zorder=1)
    if curve.mark == "faint":
        return
    x, front = curve.x[drawn], (smoothed(y, spec.smoothing) if averaged else y)[drawn]
    lines = place.plot(*_thinned(x, front), color=colour, linewidth=1.6, zorder=3, **_stroke(curve))
    lines[0].set_label(look.words(curve.title))
    lines[0].set_gid(curve.id)
    if curve.since is not None and len(x):
        ring = {"marker": "o", "markersize": 6, "markerfacecolor": look.ground, "markeredgecolor": colour}
        place.plot(x[:1], front[:1], linestyle="", zorder=4, gid=f"fork:{curve.id}", **ring)


def _stroke(curve: Series) -> dict[str, Any]:
    style: dict[str, Any] = {"linestyle": (0, (5, 2))} if curve.role == "validation" else {}
    if curve.mark == "points":
        style |= {"marker": "o", "markersize": 3.5 if len(curve.x) <= 60 else 0}
    return {"linestyle": "", "marker": "o", "markersize": 5} if curve.mark == "dots" else style


def _thinned(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Keep each stretch's least and greatest value of what is too long to draw."""
    if len(x) <= _MOST_POINTS:
        return x, y
    stretch = -(-2 * len(x) // _MOST_POINTS)
    whole = len(x) // stretch * stretch
    rows = np.where(np.isnan(y[:whole]), np.inf, y[:whole]).reshape(-1, stretch)
    least = rows.argmin(axis=1)
    greatest = np.where(np.isinf(rows), -np.inf, rows).argmax(axis=1)
    kept = np.sort(np.stack([least, greatest]), axis=0) + np.arange(len(rows)) * stretch
    places = np.concatenate([kept.T.ravel(), np.arange(whole, len(x))])
    return x[places], y[places]


def _write_marks(place: Any, axis: Axis, spec: PlotSpec, look: _Look) -> None:
    """Write the marks' words above the pane, as far as there is room; those of a suggestion go down where is none."""
    low, high = place.get_xlim()
    rows: list[float] = []  # where the last word of each row stands
    home = "" if axis == spec.axes[0] else axis.id
    written = [mark for mark in spec.annotations if mark.axis in (home, axis.id) and mark.kind != "wait"]
    for mark in sorted(written, key=lambda mark: mark.x):
        share = _share(mark.x, low, high, log=spec.x_log)
        row = next((row for row, taken in enumerate(rows) if share >= taken + _MARK_SHARE), len(rows))
        if row and mark.kind != "suggestion":
            continue
        side = "left" if share < _MARK_SHARE / 2 else "right" if share > 1 - _MARK_SHARE / 2 else "center"
        place.annotate(
            look.words(mark.short or mark.text),
            (mark.x, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 - _MARK_ROW * row),
            textcoords="offset points",
            ha=side,
            fontsize=7.5,
            color=look.ink,
            family=look.fonts,
            bbox={"facecolor": look.ground, "alpha": 0.8 if row else 0.0, "linewidth": 0, "pad": 1},
        )
        rows[row : row + 1] = [share]


def _share(x: float, low: float, high: float, *, log: bool) -> float:
    """Return how far along the horizontal axis a position stands."""
    if log:
        x, low, high = (float(np.log(max(value, np.finfo(float).tiny))) for value in (x, low, high))
    return (x - low) / (high - low)


def _draw_legend(figure: Any, places: Any, look: _Look) -> None:
    """Draw one legend for all panes: a name that several panes share stands in it once."""
    entries: dict[tuple[str, str], Any] = {}
    for place in places:
        for line, label in zip(*place.get_legend_handles_labels(), strict=True):
            entries.setdefault((label, line.get_color()), line)
    if entries:
        figure.legend(
            list(entries.values()),
            [label for label, _ in entries],
            loc="upper left",
            borderaxespad=0.4,
            ncols=_LEGEND_COLUMNS,
            frameon=False,
            labelcolor=look.ink,
            prop={"family": look.fonts, "size": 8.5},
        )
