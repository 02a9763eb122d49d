"""A nation's problem as a folder: what all agencies share in ``problem.json``, and a folder of Parquet for each."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from service.schemas.problem import ProblemFile
from service.schemas.problem_reading import check_problem, read_document
from training_catalog.errors import InputError

SHARED = "problem.json"
AGENCY = "agency="
TABLES = ("budgets", "offerings", "employees", "options", "units", "previous")
NEEDED = ("offerings", "employees", "options")


def read_shared(folder: Path) -> dict[str, Any]:
    """Read what all agencies share: lines, rules, and time limit, gap and seed, which are always there.

    Raises
    ------
    InputError
        When it cannot be read, or lists what stands in the agencies' own folders.
    """
    path = folder / SHARED
    try:
        found = read_document(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError("{file}: cannot be read: {reason}", file=str(path), reason=error.strerror or "") from error
    if not isinstance(found, dict):
        raise InputError("{file}: accepted: a JSON object with budgets and rules", file=str(path))
    for name in TABLES[1:]:
        if found.get(name):
            raise InputError("{file}: $.{name}: belongs into each agency's folder, as {name}.parquet",
                             file=str(path), name=name)  # fmt: skip
    document: dict[str, Any] = {"budgets": [], **found, "offerings": [], "employees": [], "options": []}
    rules = document.get("rules")
    known = {"rules": _own_rules(rules, [])} if isinstance(rules, dict) else {}
    checked = check_problem({**document, **known}, str(path))
    return {**document, "time_limit": checked.time_limit, "gap": checked.gap, "seed": checked.seed}


def agencies_in(folder: Path) -> list[Path]:
    """List the agencies' folders, ascending.

    Raises
    ------
    InputError
        When there is none.
    """
    found = sorted(path for path in folder.glob(f"{AGENCY}*") if path.is_dir())
    if not found:
        raise InputError("{folder}: no agency here; accepted: folders named agency=NAME", folder=str(folder))
    return found


def read_agency(folder: Path, shared: dict[str, Any]) -> ProblemFile:
    """Read an agency's tables and check them together with what is shared.

    Parameters
    ----------
    folder : Tables of the fields that docs/problem-file.md gives each list; ``budgets``, ``units`` and ``previous``
        where the agency has any. An empty cell stands for a field that is not given.
    shared : What all agencies share.

    Raises
    ------
    InputError
        With every fault: the agency, the row, the value and what is accepted.
    """
    tables = {name: _rows(folder, name) for name in TABLES}
    budgets = [*shared["budgets"], *(tables.pop("budgets") or [])]
    given = {name: rows for name, rows in tables.items() if rows is not None}
    rules = _own_rules(shared.get("rules", {}), given.get("offerings", []))
    return check_problem({**shared, **given, "budgets": budgets, "rules": rules}, folder.name)


def _rows(folder: Path, name: str) -> list[dict[str, Any]] | None:
    """Read a table's rows, empty cells left out."""
    path = folder / f"{name}.parquet"
    if not path.exists():
        if name in NEEDED:
            raise InputError("{file}: missing", file=f"{folder.name}/{path.name}")
        return None
    try:
        rows = pq.read_table(path, partitioning=None).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise InputError("{file}: not a Parquet table: {problem}", file=f"{folder.name}/{path.name}",
                         problem=str(error).splitlines()[0]) from error  # fmt: skip
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def _own_rules(rules: dict[str, Any], offerings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rules with the earmarked trainings and prerequisites of what an agency gives."""
    own = {row.get("training", row.get("offering")) for row in offerings}
    earmarks = [{**mark, "trainings": [training for training in mark.get("trainings", ()) if training in own]}
                for mark in rules.get("earmarks", ())]  # fmt: skip
    prerequisites = [pair for pair in rules.get("prerequisites", ()) if pair.get("training") in own]
    return {**rules, "earmarks": earmarks, "prerequisites": prerequisites}
