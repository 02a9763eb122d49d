"""What a report page is made of: sections with sentences, a chart and tables of finished texts."""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

RowKind = Literal["", "total", "alert"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    cells : Finished texts; the first names the row.
    level : Depth in a tree; 0 at the top.
    kind : ``total`` for a sum, ``alert`` for a row that needs attention.
    """

    cells: tuple[str, ...]
    level: int = 0
    kind: RowKind = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """One table.

    Parameters
    ----------
    id : Unique on the page.
    caption : What the table shows, with units.
    headers : One a column.
    n_text : So many first columns are texts; ...
    text_after : ... and so are these columns; all others are numbers, set to the right.
    rows : In reading order; sums last.
    note : A sentence below; empty for none.
    folded : Text of the line that opens the table; empty for a table that is open.
    """

    id: str
    caption: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    n_text: int = 1
    text_after: tuple[int, ...] = ()
    note: str = ""
    folded: str = ""

    def is_number(self, column: int) -> bool:
        """Return whether a column holds numbers."""
        return column >= self.n_text and column not in self.text_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A box that stands out.

    Parameters
    ----------
    kind : ``alert`` for what is wrong, ``caution`` for what to know.
    title : In words, so that nothing depends on the colour.
    lines : Sentences.
    """

    kind: Literal["alert", "caution"]
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of the page.

    Parameters
    ----------
    id : Unique on the page.
    title : Heading.
    notices, sentences, chart, tables : In this order.
    parts : Sections one heading level below.
    """

    id: str
    title: str
    notices: tuple[Notice, ...] = ()
    sentences: tuple[str, ...] = ()
    chart: Markup = Markup()  # noqa: RUF009 (Markup is immutable, as str is)
    tables: tuple[TableView, ...] = ()
    parts: tuple["Section", ...] = ()


MOST_OPEN_ROWS = 25  # a longer table is folded


def folded(n_rows: int, summary: str) -> str:
    """Return the line that opens a long table; empty for a short one."""
    return summary if n_rows > MOST_OPEN_ROWS else ""
