"""How files of an import are to be read: the fields of its form, and messages that speak of them."""

import re
from typing import Any

from service.portal.forms import Form
from service.wording import Wording

OPTION_LABELS = {  # by the name that an option has on the terminal, after two dashes
    "sheet": "Sheet", "header-line": "Line of the headers", "delimiter": "What parts the columns of a CSV file",
    "encoding": "Letters of a CSV file", "date-order": "Days such as 03/04/2026",
    "number-style": "Numbers such as 1.500", "set": "One value for all rows", "table": "Table",
    "profile": "Kind of file",
}  # fmt: skip
DELIMITERS = {"": "found in the file", ";": "semicolon", ",": "comma", "tab": "tabulator", "|": "upright bar"}
ENCODINGS = {"": "found in the file", "utf-8": "UTF-8", "windows-1252": "Windows-1252 (Western Europe)",
             "windows-1250": "Windows-1250 (Central Europe)", "utf-16": "UTF-16", "mac-roman": "Mac Roman"}  # fmt: skip
DATE_ORDERS = {"": "found in the file", "dmy": "day first: 3 April", "mdy": "month first: 4 March"}
NUMBER_STYLES = {"": "found in the file", "1.234,5": "dots part thousands: fifteen hundred",
                 "1,234.5": "a dot begins decimals: one and a half"}  # fmt: skip
PROFILE_WORDS = {  # kinds of files by what they hold; the terminal knows them by their short names
    "own": "own template", "onet": "O*NET: occupations and what they ask for", "esco": "ESCO: occupations and skills",
    "apbd": "Budget accounts of the APBD", "schedule": "Schedule of a training centre",
    "posts": "Posts that people held, with days", "by-name": "Lists of people by name only",
    "rating-list": "Names of ratings", "parts": "Scores by part of a test",
    "side-by-side": "Required and found levels side by side", "siasn": "SIASN (records of the personnel service)",
    "xapi": "xAPI or cmi5 statements", "moodle": "Moodle completion report", "case": "CASE competency framework",
    "oneroster": "OneRoster (ZIP)",
}  # fmt: skip
CHOICES = {"delimiter": DELIMITERS, "encoding": ENCODINGS, "date-order": DATE_ORDERS, "number-style": NUMBER_STYLES}
TABULATOR = "tab"  # which no form could send as it is
LAST_LINE = 1_048_576  # of a sheet
_OPTION = re.compile(rf"--({'|'.join(OPTION_LABELS)})\b")


def field_of(option: str) -> str:
    """Return the name that an option has as a field of the form and of a job."""
    return "supplied" if option == "set" else option.replace("-", "_")


def read_options(form: Form, wording: Wording) -> dict[str, Any]:
    """Return what a form says of how its files are read; faults are noted beside their fields."""
    asked: dict[str, Any] = {name: form.get(name) or None for name in ("table", "profile", "sheet")}
    for option, words in CHOICES.items():
        name = field_of(option)
        told = form.choice(name, words, wording.text("choose one of the list")) if form.get(name) else None
        asked[name] = "\t" if told == TABULATOR else told
    line = wording.text("accepted: the number of a line, such as 4")
    asked["header_line"] = form.whole("header_line", line, least=1, most=LAST_LINE)
    asked["supplied"] = _supplied(form, wording)
    return asked


def _supplied(form: Form, wording: Wording) -> dict[str, str]:
    """Read lines such as ``scale=skp-predikat``."""
    given = {}
    for line in filter(None, map(str.strip, form.get("supplied").splitlines())):
        name, _, value = (part.strip() for part in line.partition("="))
        if not name or not value:
            form.faults["supplied"] = wording.text(
                "'{line}': accepted: a column, an equals sign and its value", line=line
            )
        given[name] = value
    return given


def with_labels(message: str, wording: Wording) -> str:
    """Return a message with the fields of the form instead of the options of the terminal.

    Examples
    --------
    >>> with_labels("name one with --sheet, or all with --sheet '*'", Wording("en"))
    "name one with “Sheet”, or all with “Sheet” '*'"
    """
    return _OPTION.sub(lambda found: f"“{wording.text(OPTION_LABELS[found[1]])}”", message)
