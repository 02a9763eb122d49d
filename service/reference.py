"""What ships as data: frameworks, default standards, prices, hour rules, scales, accounts; dated rows with sources.

They enter every new database through the same importer as anybody's files, and can be corrected the same way.
"""

from importlib import resources
from pathlib import Path

from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.storage.database import Database, open_database
from service.wording import Wording
from training_catalog.errors import BangkomError


def reference_files() -> list[Path]:
    """Return the CSV files that ship, in name order."""
    folder = Path(str(resources.files("training_catalog") / "reference"))
    return sorted(folder.glob("*.csv"))


def open_office(url: str, pool_size: int = 0) -> Database:
    """Open a database, and give a new one the reference data.

    Raises
    ------
    InputError
        When the database cannot be opened.
    BangkomError
        When the reference data that ship are refused, which would be a defect of this release.
    """
    database = open_database(url, pool_size)
    if database.read("frameworks").empty:
        imported = import_files(database, reference_files(), ImportOptions(all_or_nothing=True), Wording("en"))
        if not imported.report.ok:
            errors = [p for f in imported.report.files for p in f.problems if p.severity == "error"]
            raise BangkomError("reference data refused: {problems}", problems=str(errors[:3]))
    return database
