"""What a person asks to be written: a table, a framework as a CASE package, completions as Open Badges."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service.exports.badges import write_badges
from service.exports.case import write_framework
from service.exports.tables import write_table
from service.storage.database import Database
from training_catalog.errors import InputError

BADGES = "badges"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedExport:
    """What is to be written.

    Parameters
    ----------
    table : A table, or ``badges``.
    as_of : A table as it stood at the end of that day; as it is when None.
    framework : Framework of a CASE package.
    employee : Whose badges; everybody's when None.
    """

    table: str
    as_of: date | None = None
    framework: str | None = None
    employee: str | None = None

    def is_package(self, path: Path) -> bool:
        """Tell whether a framework is to be written as a CASE package."""
        return self.table == "frameworks" and path.suffix.lower() == ".json"

    def fits(self, path: Path) -> bool:
        """Tell whether what is to be written there is kept by day, where a day is asked for."""
        return self.as_of is None or not (self.is_package(path) or self.table == BADGES)


NO_DAY = "--as-of is for tables as .csv, .xlsx or .parquet"


def write_asked(database: Database, asked: AskedExport, path: Path, *, lang: str, on: date) -> tuple[int, str]:
    """Write what was asked for by the suffix of the path; return the number of rows, and of what.

    Raises
    ------
    InputError
        When it is not known, the suffix does not fit, or the file cannot be written.
    """
    if not asked.fits(path):
        raise InputError(NO_DAY)
    if asked.is_package(path):
        return write_framework(database, path, asked.framework, on), "competencies"
    if asked.table == BADGES:
        return write_badges(database, path, asked.employee), BADGES
    return write_table(database, asked.table, path, lang, asked.as_of), asked.table
