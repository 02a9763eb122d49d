"""What a workbook shows otherwise than it holds: percentages, zeros in front of codes, struck-out cells."""

import re
from array import array
from collections.abc import Collection, Mapping

import numpy as np

from service.imports.cells import Cell
from service.imports.columns import Coded, Columns

PERCENT = 0  # as the width of zeros of a format that shows a percent sign
MOST_EXACT = 10**15  # a spreadsheet's number keeps 15 digits
PERCENT_DECIMALS = 10
_BUILT_IN = {"9": PERCENT, "10": PERCENT}  # formats that no workbook spells out
_TAG = r"<(?:\w{1,20}:)?"
_FORMAT = re.compile(_TAG + r"""numFmt\b(?=[^>]*?\snumFmtId=["'](\d+)["'])[^>]*?\sformatCode=["']([^"']*)["']""")
_CELL_STYLES = re.compile(_TAG + r"cellXfs\b.*?</(?:\w{1,20}:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(_TAG + r"xf\b([^>]*)>")
_FONTS = re.compile(_TAG + r"fonts\b.*?</(?:\w{1,20}:)?fonts>", re.DOTALL)
_FONT = re.compile(_TAG + r"font(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w{1,20}:)?font>)", re.DOTALL)
_STRIKE = re.compile(_TAG + r"""strike\b(?![^>]*\sval=["'](?:0|false)["'])""")
_FONT_OF = re.compile(r"""\sfontId=["'](\d+)["']""")
_FORMAT_OF = re.compile(r"""\snumFmtId=["'](\d+)["']""")
_ZEROS = re.compile(r"(?:\[\$-[^\]]*\])?(0{2,})(?:;.*)?")
Places = dict[tuple[int, bytes], "array[int]"]  # column from 0 and style: rows from 0


def telling_styles(styles: str) -> dict[bytes, int]:
    """Return for each style of cells that shows a percent sign or zeros in front the number of figures that it shows.

    Examples
    --------
    >>> telling_styles(
    ...     '<numFmt numFmtId="164" formatCode="0000"/><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    ... )
    {b'1': 4}
    """
    formats = dict(_BUILT_IN)
    for number, code in _FORMAT.findall(styles):
        if zeros := _ZEROS.fullmatch(code):
            formats[number] = len(zeros[1])
        elif "%" in re.sub(r"&quot;.*?&quot;|\\.", "", code):
            formats[number] = PERCENT
    return {style: formats[number] for style, number in _told(styles, _FORMAT_OF) if number in formats}


def _told(styles: str, attribute: re.Pattern[str]) -> list[tuple[bytes, str]]:
    """Return each style of cells with what one of its attributes says."""
    section = _CELL_STYLES.search(styles)
    told = [attribute.search(attributes) for attributes in _STYLE.findall(section[0])] if section else []
    return [(str(at).encode(), found[1]) for at, found in enumerate(told) if found]


def striking_styles(styles: str) -> set[bytes]:
    """Return the styles of cells that strike out what stands in them.

    Examples
    --------
    >>> striking_styles(
    ...     '<fonts><font/><font><strike/></font></fonts><cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs>'
    ... )
    {b'1'}
    """
    section = _FONTS.search(styles)
    fonts = _FONT.findall(section[0]) if section else []
    struck = {str(at) for at, font in enumerate(fonts) if _STRIKE.search(font)}
    return {style for style, font in _told(styles, _FONT_OF) if font in struck}


def pattern_of(styles: Collection[bytes]) -> re.Pattern[bytes] | None:
    """Return the pattern of a cell that has one of some styles: style, letters and figures of its place."""
    if not styles:
        return None
    numbers = b"|".join(styles)
    return re.compile(
        rb"<(?:\w{1,20}:)?c\b(?=[^>]*?\ss=[\"'](" + numbers + rb")[\"'])[^>]*?\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"']"
    )


def _shown(cell: Cell, width: int) -> Cell:
    """Return a number as the sheet shows it; what is none, or has lost digits, as it is."""
    if not isinstance(cell, int | float) or isinstance(cell, bool) or abs(cell) >= MOST_EXACT:
        return cell
    if width == PERCENT:
        return round(cell * 100, PERCENT_DECIMALS)
    return str(int(cell)).zfill(width) if float(cell).is_integer() and cell >= 0 else cell


def as_shown(lines: Columns, places: Places, styles: Mapping[bytes, int]) -> tuple[Columns, set[int], set[int]]:
    """Put what a sheet shows where it holds something else.

    Returns
    -------
    The lines; columns of which percentages, and of which codes with zeros in front were read as they are shown.
    """
    columns = list(lines.columns)
    percents: set[int] = set()
    zeros: set[int] = set()
    for (at, style), told in places.items():
        rows = np.array([row for row in told if row < len(lines)], dtype=np.int64)
        if at >= len(columns) or not len(rows):
            continue
        column, width = columns[at], styles[style]
        shown = [_shown(cell, width) for cell in column.different]
        is_other = np.array([new != old for new, old in zip(shown, column.different, strict=True)], dtype=np.bool_)
        if not is_other[column.places[rows]].any():
            continue
        moved = column.places.astype(np.int64)
        moved[rows] += len(column.different)
        columns[at] = Coded(different=[*column.different, *shown], places=moved)
        (percents if width == PERCENT else zeros).add(at)
    return Columns(columns), percents, zeros
