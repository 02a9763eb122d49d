"""Every import table, in an order in which references point backwards."""

from training_catalog.schema import Table
from training_catalog.tables_catalog import CATALOG_TABLES
from training_catalog.tables_people import PEOPLE_TABLES

_ORDER = (
    "frameworks", "competencies", "units", "positions", "requirements", "position_defaults", "employees",
    "assessments", "rating_scales", "performance", "trainings", "training_targets", "prerequisites", "accounts",
    "budgets", "offerings", "history", "training_titles", "price_book", "hour_rules",
    "unit_outcomes", "interests", "absences",
)  # fmt: skip
_BY_NAME = {table.name: table for table in (*CATALOG_TABLES, *PEOPLE_TABLES)}

TABLES: tuple[Table, ...] = tuple(_BY_NAME[name] for name in _ORDER)


def table(name: str) -> Table:
    """Return the table of that name.

    Raises
    ------
    KeyError
        If there is none.

    Examples
    --------
    >>> table("employees").key
    ('employee',)
    """
    return _BY_NAME[name]
