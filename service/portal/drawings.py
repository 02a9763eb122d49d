"""Pictures of pages as SVG: each has a title and a description, and stands beside its table."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_ROW, _WORDS, _BAR = 44, 20, 14
_LONGEST = 33  # characters of a label; the table has the whole name


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where somebody stands in one competency.

    Parameters
    ----------
    label : The competency.
    required, assessed : Shares of the scale from 0 to 1, best at 1; None where not known.
    text : The same in words, beside the bar.
    has_expired : Whether what was assessed is too old to count as known.
    """

    label: str
    required: float | None
    assessed: float | None
    text: str
    has_expired: bool = False


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
    size = Markup('viewBox="0 0 {} {}"').format(_MARGIN + _SIDE + 12, bottom + 26)
    return _picture(chart, size, title, description, Markup().join(parts))


def reach_of(points: Sequence[Point]) -> tuple[float, float]:
    """Return the smallest and the largest value that a drawing of points shows; never the same."""
    values = [value for one in points for value in (one.foretold, one.lower, one.upper)]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _picture(chart: str, size: Markup, title: str, description: str, body: Markup) -> Markup:
    return Markup(
        '<svg class="chart" {} role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>'
    ).format(size, chart, chart, chart, title, chart, description, body)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip()}…"


def _standing(one: Standing, top: int) -> Markup:
    """Return a competency: its name and what was found above, the bar below, in shares of whatever width there is."""
    bar = top + _WORDS
    parts = [
        Markup('<text x="0" y="{}">{}</text>').format(bar - 6, _cut(one.label)),
        Markup('<text x="100%" y="{}" text-anchor="end">{}</text>').format(bar - 6, one.text),
        Markup('<rect class="{}" x="0" y="{}" width="100%" height="{}" rx="2"/>').format(
            "unknown" if one.assessed is None else "track", bar, _BAR),
    ]  # fmt: skip
    if one.assessed is not None:
        parts.append(Markup('<rect class="{}" x="0" y="{}" width="{:.1f}%" height="{}" rx="2"/>').format(
            "bar old" if one.has_expired else "bar", bar, max(0.5, one.assessed * 100), _BAR))  # fmt: skip
    if one.required is not None:
        parts.append(Markup('<line class="want" x1="{0:.1f}%" x2="{0:.1f}%" y1="{1}" y2="{2}"/>').format(
            one.required * 100, bar - 4, bar + _BAR + 4))  # fmt: skip
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
    body = Markup().join(_standing(one, i * _ROW) for i, one in enumerate(rows))
    size = Markup('width="100%" height="{}"').format(len(rows) * _ROW)  # texts stay as large on a phone
    return _picture(chart, size, title, description, body)
