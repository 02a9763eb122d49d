"""Stacked bars as inline SVG: marks beside colours, a title and a description, and never without a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _LABEL, _BARS, _ROW, _BAR = 900, 270, 430, 26, 16  # units of the drawing
_LEGEND_ROW, _SWATCH = 24, 20
_LONGEST_LABEL = 34  # characters; the table beside has the whole name
_CHARACTER = 7.2  # width of one, for the legend and the texts beside bars

# Each ink has at least 3:1 against white; parts differ in their marks, not in colour alone. The marks are one dashed
# line along the bar: fill patterns would print as pictures and swell a PDF a hundredfold.
_INKS = ("#12436d", "#8a4b08", "#0b6e4f", "#5b2a86", "#1a1a1a")
_MARKS = (  # thickness and dashes of the line; None is a filled bar, 0 an empty one
    None,
    (_BAR, "2 4"),
    (_BAR // 3, "1 0"),
    (_BAR, "6 6"),
    (0, "1 0"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar.

    Parameters
    ----------
    label : What it is about.
    parts : One length a series, none below zero.
    text : Figures beside the bar, in words of the reader.
    """

    label: str
    parts: tuple[float, ...]
    text: str


def _shorten(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1].rstrip()}…"


def _box(series: int, left: float, top: float, width: float, height: int) -> Markup:
    """Draw one part: an outlined box with the marks of its series."""
    mark, ink = _MARKS[series], _INKS[series]
    fill = "#ffffff" if mark else ink
    box = Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" fill="{}" stroke="#333333"/>').format(
        left, top, width, height, fill
    )
    if not mark or mark[0] == 0:
        return box
    line = Markup('<path d="M{:.1f} {}h{:.1f}" stroke="{}" stroke-width="{}" stroke-dasharray="{}"/>').format(
        left, top + height / 2, width, ink, min(mark[0], height), mark[1]
    )
    return box + line


def _legend_places(series: Sequence[str]) -> list[tuple[float, int]]:
    """Return where each entry begins, and its row; an entry that does not fit begins a new row."""
    places: list[tuple[float, int]] = []
    left, row = 0.0, 0
    for name in series:
        width = _SWATCH + len(name) * _CHARACTER + 24
        if left > 0 and left + width > _WIDTH:
            left, row = 0.0, row + 1
        places.append((left, row))
        left += width
    return places


def _legend(series: Sequence[str]) -> Markup:
    entries = [
        _box(i, left + 1, 4 + row * _LEGEND_ROW, 14, 14)
        + Markup('<text x="{:.0f}" y="{}">{}</text>').format(left + _SWATCH, 16 + row * _LEGEND_ROW, name)
        for i, (name, (left, row)) in enumerate(zip(series, _legend_places(series), strict=True))
    ]
    return Markup().join(entries)


def _bar(bar: Bar, top: float, scale: float) -> Markup:
    """Draw a label, the parts one after another, and the figures."""
    drawn = [
        Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LABEL - 8, top + 13, _shorten(bar.label))
    ]
    left = float(_LABEL)
    for series, part in enumerate(bar.parts):
        width = part * scale
        if width > 0:
            drawn.append(_box(series, left, top, width, _BAR))
        left += width
    drawn.append(Markup('<text x="{:.1f}" y="{}">{}</text>').format(left + 6, top + 13, bar.text))
    return Markup("<g>{}</g>").format(Markup().join(drawn))


def draw_bars(chart: str, *, title: str, description: str, series: Sequence[str], bars: Sequence[Bar]) -> Markup:
    """Draw horizontal stacked bars.

    Parameters
    ----------
    chart : Id, unique on the page.
    title, description : Read out instead of the drawing.
    series : Names of the parts, at most five.
    bars : From top to bottom; all are drawn to one scale.

    Returns
    -------
    An ``svg`` element; empty when there is no bar.
    """
    if not bars:
        return Markup()
    longest = max(sum(bar.parts) for bar in bars)
    head = (_legend_places(series)[-1][1] + 1) * _LEGEND_ROW + 6
    room = _BARS - max(len(bar.text) for bar in bars) * _CHARACTER + (_WIDTH - _LABEL - _BARS)
    scale = min(room, _BARS) / longest if longest > 0 else 0.0
    body = Markup().join(_bar(bar, head + i * _ROW, scale) for i, bar in enumerate(bars))
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" font-size="13">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}</svg>'
    ).format(
        _WIDTH, head + len(bars) * _ROW, chart, chart, chart, title, chart, description,
        _legend(series), body,
    )  # fmt: skip
