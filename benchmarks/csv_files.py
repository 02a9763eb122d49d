"""Reads somebody else's CSV file, and says in words what cannot be used: file, column, line, value."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import pandas as pd

from training_catalog.columns import FloatArray
from training_catalog.errors import InputError

MISSING = ["?", ".", *(f".{letter}" for letter in ascii_lowercase)]  # beside empty, NA, NaN and the like; Stata's
CODES = tuple(sign * code for sign in (1, -1) for code in (9, 99, 999, 9_999, 99_999, 999_999))  # often for not known
SEPARATORS = (";", "\t", "|")  # where there is no comma
HEADER = 2  # line of the first row under the header


def add_codes(own: argparse._ArgumentGroup) -> None:
    """Add the options of codes: those that mean *not known*, and those that are numbers like any other."""
    own.add_argument("--missing", nargs="+", default=[], metavar="VALUE", help="values that mean: not known")
    own.add_argument("--number", nargs="+", default=[], type=float, metavar="VALUE",
                     help="values such as -999 that are numbers like any other")  # fmt: skip


def read_table(
    path: Path, *, missing: Sequence[str] = (), number: Sequence[float] = (), **given: object
) -> pd.DataFrame:
    """Read a CSV file (.csv, .csv.gz; comma, semicolon, tab or bar) with its header line.

    Where cells are parted by something else than commas, 1,5 is one and a half.

    Parameters
    ----------
    path : The file.
    missing, number : Values that mean *not known*, and codes that do not (`numbers_of`).
    given : For the reader.

    Raises
    ------
    InputError
        When it is not there, cannot be read, is empty, or names a column twice.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; accepted: a CSV file with a header line (.csv or .csv.gz)")
    given = {"na_values": [*MISSING, *missing], "low_memory": False, **given}
    try:
        frame = pd.read_csv(path, **given)
        if len(frame.columns) == 1:
            separator = next((one for one in SEPARATORS if one in str(frame.columns[0])), ",")
            decimal = {} if separator == "," else {"decimal": ","}
            frame = pd.read_csv(path, sep=separator, **decimal, **given)
    except (UnicodeDecodeError, OSError, EOFError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path}: cannot be read as CSV in UTF-8: {error}") from error
    frame.attrs["number"] = tuple(number)
    frame.columns = [str(name).strip() for name in frame.columns]
    check_header(path, list(frame.columns))
    if not len(frame):
        raise InputError(f"{path}: holds no row under its header line; found columns {', '.join(frame.columns)}")
    return frame


def check_header(path: Path, found: list[str]) -> None:
    """Refuse a header that names a column twice; the reader calls the second one name.1.

    Raises
    ------
    InputError
        Naming file and column.
    """
    twice = [name for name in found if (name.endswith(".1") and name[:-2] in found) or found.count(name) > 1]
    if twice:
        raise InputError(f"{path}: column {twice[0].removesuffix('.1')} stands twice in the header; accepted: once")


def check_asked(asked: argparse.Namespace, *names: str) -> None:
    """Refuse a command that names a file and not what its columns are.

    Raises
    ------
    InputError
        Naming the first that is missing.
    """
    for name in names:
        if not getattr(asked, name):
            raise InputError(f"--file {asked.file} needs --{name} COLUMN")


def check_column(frame: pd.DataFrame, name: str, path: Path) -> str:
    """Return the name of a column that is there.

    Raises
    ------
    InputError
        Naming the file and the columns found.
    """
    if name not in frame.columns:
        raise InputError(f"{path}: no column {name}; found {', '.join(frame.columns)}")
    return name


def check_apart(path: Path, **asked: tuple[str, ...]) -> None:
    """Refuse a column that is asked for as two things at once: what is to be foretold tells nothing beforehand.

    Raises
    ------
    InputError
        Naming the column and both.
    """
    seen: dict[str, str] = {}
    for what, names in asked.items():
        for name in filter(None, names):
            if seen.setdefault(name, what) != what:
                raise InputError(
                    f"{path}: column {name} is asked for as {seen[name]} and as {what}; accepted: one of them"
                )


def numbers_of(frame: pd.DataFrame, name: str, path: Path) -> FloatArray:
    """Return a column as numbers, NaN where nothing stands.

    Raises
    ------
    InputError
        Naming file, column, line and value where a word or an infinite number stands, or a code far from all numbers.
    """
    column = frame[check_column(frame, name, path)]
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.flatnonzero((np.isnan(values) & column.notna().to_numpy()) | np.isinf(values))
    if len(wrong):
        refuse_value(frame, name, path, int(wrong[0]), "a finite number, or nothing where it is not known")
    for code in CODES:
        if code not in frame.attrs.get("number", ()) and is_far(values, code):
            row = int(np.flatnonzero(values == code)[0])
            refuse_value(frame, name, path, row, f"numbers near each other; --missing {code} where it means: not known,"
                                                 f" --number {code} where it is a number like any other")  # fmt: skip
    return values


def is_far(values: FloatArray, code: float) -> bool:
    """Return whether a code stands more than once, and farther from all other numbers than these from each other.

    Examples
    --------
    >>> is_far(np.array([3.0, 8.0, -999.0, -999.0]), -999), is_far(np.array([3.0, 60.0, 99.0, 99.0]), 99)
    (True, False)
    """
    others = values[~np.isnan(values) & (values != code)]
    if not len(others) or (values == code).sum() < 2 or others.min() < code < others.max():
        return False
    return bool(np.abs(others - code).min() > max(float(np.ptp(others)), 1.0))


def is_of_numbers(frame: pd.DataFrame, name: str) -> bool:
    """Return whether a column is of numbers: all of what stands there, or most of it, and then a word is a mistake."""
    known = frame[name].dropna()
    return bool(pd.to_numeric(known, errors="coerce").notna().mean() > 0.5) if len(known) else True


def refuse_value(frame: pd.DataFrame, name: str, path: Path, row: int, accepted: str) -> None:
    """Refuse one value.

    Raises
    ------
    InputError
        Always.
    """
    value = str(frame[name].iloc[row])
    raise InputError(f"{path}, column {name}, line {row + HEADER}: {value!r} is not accepted; accepted: {accepted}")


def days_of(column: pd.Series) -> FloatArray:
    """Return dates as days since 1970, NaN for what is none: 2024-03-31, with or without a time, or 31/3/2024.

    Of days and months with slashes, dots or hyphens the order is taken from the column: some first or some second
    number above 12 decides it; where none does, or both do, no date is one.
    """
    words = column.astype("string").str.strip()
    found = pd.to_datetime(words.where(words.str.match(r"\d{4}-\d{1,2}-\d{1,2}")), errors="coerce", format="ISO8601",
                           utc=True)  # fmt: skip
    parts = words.str.extract(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b").astype("Float64")
    is_first_day, is_second_day = ((parts[k] > 12).any() for k in (0, 1))
    if is_first_day != is_second_day:
        day, month = (parts[0], parts[1]) if is_first_day else (parts[1], parts[0])
        written = pd.DataFrame({"year": parts[2], "month": month, "day": day})
        found = found.fillna(pd.to_datetime(written.astype(float), errors="coerce", utc=True))
    return ((found - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)


def is_id(name: str) -> bool:
    """Return whether a column is named for an id, which must tell a model nothing.

    Examples
    --------
    >>> is_id("id_student"), is_id("user_id"), is_id("paid")
    (True, True, False)
    """
    return bool({"id", "uuid", "nip", "nik"} & set(name.lower().replace("-", "_").replace(" ", "_").split("_")))


def said_missing(n_missing: int, n_rows: int, what: str) -> None:
    """Say how many rows are left out for want of a value."""
    if n_missing:
        print(f"    {n_missing:,} of {n_rows:,} rows are left out: {what} is not known there")
