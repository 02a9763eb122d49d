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
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>'
    ).format(_WIDTH, len(rows) * _ROW + 8, chart, chart, chart, title, chart, description, body)  # fmt: skip
