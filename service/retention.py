"""How long rows about people are kept, and the erasure of those whose time is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.people import erase_person
from service.storage.database import Database
from service.storage.people import delete_before, drop_old_bytes, overwrite_deleted, retired_before
from training_catalog.errors import InputError

# Table to the columns that tell how old a row is, the first that has a value.
_DAYS = {
    "assessments": ("assessed_on",), "performance": ("period_end",), "history": ("end_date", "start_date"),
    "interests": ("stated_on",), "absences": ("end_date",),
}  # fmt: skip
PEOPLE = "employees"
EVERY_OTHER = ""  # names the tables that are not named


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What was erased of one table, or would be.

    Parameters
    ----------
    table, years : Table, and how long its rows are kept.
    before : First day that is kept.
    rows : Rows and earlier versions erased; of `employees` the people, each with everything about them.
    """

    table: str
    years: int
    before: date
    rows: int


def retain(database: Database, years: Mapping[str, int], on: date, *, is_dry: bool) -> list[Retained]:
    """Erase rows older than they are kept; a person when so many years have passed since they left.

    Parameters
    ----------
    database, on : Where, and the day that counts as today.
    years : Years by table, as `retention_years` tells.
    is_dry : Whether to count only.

    Raises
    ------
    InputError
        When nothing is set, or a table is named that does not age.
    """
    known = (*_DAYS, PEOPLE)
    wrong = sorted(set(years) - {*known, EVERY_OTHER})
    if not years or wrong:
        raise InputError("BANGKOM_RETENTION_YEARS names '{value}'; accepted: years, or years for any of {known}",
                         value=", ".join(wrong), known=", ".join(known))  # fmt: skip
    kept = {name: years.get(name, years.get(EVERY_OTHER)) for name in known}
    found = []
    with database.writing("retention") as writing:
        overwrite_deleted(writing.connection)
        for name, days in _DAYS.items():
            if (n_years := kept[name]) is not None:
                day = _years_before(on, n_years)
                rows = delete_before(writing, name, days, day, is_dry=is_dry)
                found.append(Retained(table=name, years=n_years, before=day, rows=rows))
        n_years = kept[PEOPLE]
        left = [] if n_years is None else retired_before(writing.connection, _years_before(on, n_years))
    if n_years is not None:
        for employee in [] if is_dry else left:
            erase_person(database, employee, is_last=False)
        found.append(Retained(table=PEOPLE, years=n_years, before=_years_before(on, n_years), rows=len(left)))
    if not is_dry:
        drop_old_bytes(database.engine)
    return found


def _years_before(on: date, years: int) -> date:
    """Return the same day so many years ago; of 29 February the 28th."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return on.replace(year=on.year - years, day=day)
