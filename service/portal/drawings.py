"""Pictures of pages as SVG: each has a title and a description, and stands beside its table."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _LABEL, _ROW, _BAR = 680, 250, 30, 14
_LONGEST = 31  # characters of a label; the table has the whole name


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where somebody stands in one competency.

    Parameters
    ----------
    label : The competency.
    required, assessed : Shares of the scale from 0 to 1, best at 1; None where not known.
    text : The same in words, beside the bar.
    """

    label: str
    required: float | None
    assessed: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What was foretold of some, and what was seen with its interval; all on one scale."""

    foretold: float
    seen: float
    lower: float
    upper: float


_SIDE, _MARGIN, _DOT = 320, 44, 4


def draw_calibration(
    chart: str, *, title: str, description: str, axes: tuple[str, str], points: Sequence[Point],
    ends: tuple[str, str],
) -> Markup:  # fmt: skip
    """Draw what was seen against what was foretold: on the line both agree.

    Parameters
    ----------
    chart : Id, unique on the page.
    title, description : Read out instead of the drawing.
    axes : Names of what is foretold (across) and seen (up).
    points : In any order.
    ends : Texts of the smallest and the largest value of both axes, which are those of the points and intervals.

    Returns
    -------
    An ``svg`` element; empty when there is no point.
    """
    if not points:
        return Markup()
    low, high = reach_of(points)

    def place(value: float) -> float:
        return (value - low) / (high - low) * _SIDE

    bottom = _MARGIN // 2 + _SIDE
    parts = [
        Markup('<rect class="track" x="{}" y="{}" width="{}" height="{}"/>').format(
            _MARGIN, bottom - _SIDE, _SIDE, _SIDE),
        Markup('<path class="want" d="M{} {}L{} {}"/>').format(_MARGIN, bottom, _MARGIN + _SIDE, bottom - _SIDE),
    ]  # fmt: skip
    for one in points:
        x = _MARGIN + place(one.foretold)
        parts.append(Markup('<path class="reach" d="M{:.1f} {:.1f}V{:.1f}"/>').format(
            x, bottom - place(one.lower), bottom - place(one.upper)))  # fmt: skip
        parts.append(Markup('<circle class="bar" cx="{:.1f}" cy="{:.1f}" r="{}"/>').format(
            x, bottom - place(one.seen), _DOT))  # fmt: skip
    for x, anchor, text in ((_MARGIN, "start", ends[0]), (_MARGIN + _SIDE, "end", ends[1]),
                            (_MARGIN + _SIDE / 2, "middle", axes[0])):  # fmt: skip
        parts.append(Markup('<text x="{:.0f}" y="{}" text-anchor="{}">{}</text>').format(x, bottom + 18, anchor, text))
    for y, text in ((bottom, ends[0]), (bottom - _SIDE + 12, ends[1])):
        parts.append(Markup('<text x="{}" y="{:.0f}" text-anchor="end">{}</text>').format(_MARGIN - 6, y, text))
    middle = bottom - _SIDE / 2
    upright = Markup('<text x="16" y="{:.0f}" text-anchor="middle" transform="rotate(-90 16 {:.0f})">{}</text>')
    parts.append(upright.format(middle, middle, axes[1]))
    return _picture(chart, _MARGIN + _SIDE + 12, bottom + 26, title, description, Markup().join(parts))


def reach_of(points: Sequence[Point]) -> tuple[float, float]:
    """Return the smallest and the largest value that a drawing of points shows; never the same."""
    values = [value for one in points for value in (one.foretold, one.lower, one.upper)]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _picture(chart: str, width: int, height: int, title: str, description: str, body: Markup) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>'
    ).format(width, height, chart, chart, chart, title, chart, description, body)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip()}…"


def _standing(one: Standing, top: int) -> Markup:
    width = _WIDTH - _LABEL - 110
    parts = [Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LABEL - 10, top + 12, _cut(one.label))]
    kind = "track" if one.assessed is not None else "unknown"
    parts.append(Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
        kind, _LABEL, top, width, _BAR))  # fmt: skip
    if one.assessed is not None:
        parts.append(Markup('<rect class="bar" x="{}" y="{}" width="{:.1f}" height="{}" rx="2"/>').format(
            _LABEL, top, max(2.0, one.assessed * width), _BAR))  # fmt: skip
    if one.required is not None:
        x = _LABEL + one.required * width
        parts.append(Markup('<path class="want" d="M{:.1f} {}v{}"/>').format(x, top - 4, _BAR + 8))
    parts.append(Markup('<text x="{}" y="{}">{}</text>').format(_LABEL + width + 10, top + 12, one.text))
    return Markup().join(parts)


def draw_standings(chart: str, *, title: str, description: str, rows: Sequence[Standing]) -> Markup:
    """Draw a bar for each competency, with a line where the position's standard is.

    Parameters
    ----------
    chart : Id, unique on the page.
    title, description : Read out instead of the drawing.
    rows : From top to bottom.

    Returns
    -------
    An ``svg`` element; empty when there is no row.
    """
    if not rows:
        return Markup()
    body = Markup().join(_standing(one, 8 + i * _ROW) for i, one in enumerate(rows))
    return _picture(chart, _WIDTH, len(rows) * _ROW + 8, title, description, body)
