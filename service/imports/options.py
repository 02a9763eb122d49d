"""What a person may say of the files that are imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from service.imports.cells import CellError
from service.imports.profiles import PROFILES
from service.imports.values import reader_of
from training_catalog.errors import InputError
from training_catalog.tables import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import.

    Parameters
    ----------
    table : Table that the files are of; found by their headers when None.
    profile : Profile of the source; found when None.
    encoding, delimiter, date_order, number_style, header_line, sheet : What the person says of the files.
    supplied : Column to the one value that all rows have, for files without that column.
    dry_run : Whether to roll everything back after the report is made.
    all_or_nothing : Whether one refused row keeps everything out.
    on : Today, so that what has happened on days to come is named; None where nobody told it.
    """

    table: str | None = None
    profile: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    date_order: str | None = None
    number_style: str | None = None
    header_line: int | None = None
    sheet: str | None = None
    supplied: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    all_or_nothing: bool = False
    on: date | None = None

    def check(self) -> None:
        """Check names and supplied values.

        Raises
        ------
        InputError
            When a table, profile or column does not exist, or a supplied value cannot be read.
        """
        tables = [table.name for table in TABLES]
        if self.table is not None and self.table not in tables:
            raise InputError("table '{name}' is not known; accepted: {known}", name=self.table, known=", ".join(tables))
        if self.profile is not None and self.profile not in ("own", *PROFILES):
            raise InputError("profile '{name}' is not known; accepted: own, {known}",
                             name=self.profile, known=", ".join(PROFILES))  # fmt: skip
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise InputError("delimiter '{name}': accepted is one character, such as ;", name=self.delimiter)
        for name, value in self.supplied.items():
            _check_supplied(name, value, self.table)


def _check_supplied(name: str, value: str, table: str | None) -> None:
    """Check that some table has the column and can read the value in it."""
    homes = [t.column(name) for t in TABLES if table in (None, t.name) and name in t.column_names]
    if not homes:
        columns = sorted({c.name for t in TABLES if table in (None, t.name) for c in t.columns})
        raise InputError("column '{name}' is not known; accepted: {known}", name=name, known=", ".join(columns))
    reasons = []
    for column in homes:
        try:
            reader_of(column, "dmy")(value)
        except CellError as error:
            reasons.append(error)
    if len(reasons) == len(homes):
        raise InputError("{name}={value}: {why}", name=name, value=value, why=reasons[0])
