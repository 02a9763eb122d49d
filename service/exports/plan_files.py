"""A plan's files in a folder: seats as CSV and Parquet, the whole plan as XLSX, and the rosters of its classes."""

import csv
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.exports.plan_rosters import MOST_SHEETS, Roster, roster_list, roster_sheet, roster_workbook, rosters
from service.exports.plan_sheets import Field, Sheet, assignment_sheet, plan_sheets
from service.exports.plan_workbook import write_workbook
from service.exports.tables import neutralise
from service.files import by_suffix
from service.wording import Wording

ROSTER_FOLDER, ROSTER_WORKBOOK, ROSTER_LIST = "rosters", "rosters.xlsx", "index.csv"


def _csv_column(field: Field, wording: Wording) -> pd.Series:
    if field.kind == "text":
        return field.cells.astype("object").map(neutralise)
    if field.kind == "flag":
        return field.cells.map({True: wording.text("yes"), False: wording.text("no")})
    if field.kind == "date":
        return field.cells.dt.strftime("%Y-%m-%d")
    if field.kind in {"whole", "money"}:
        return field.cells.astype("Int64")
    return field.cells


def to_csv(sheet: Sheet, wording: Wording) -> bytes:
    """Return a sheet as CSV: UTF-8 with a byte order mark, comma, point for decimals, ISO days."""
    columns = [_csv_column(field, wording).reset_index(drop=True) for field in sheet.fields]
    frame = pd.concat(columns, axis=1, keys=range(len(columns)))
    frame.columns = pd.Index([field.header for field in sheet.fields])
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, lineterminator="\r\n")
    return buffer.getvalue().encode("utf-8-sig")


def _put(path: Path, content: bytes) -> Path:
    """Write a file so that it is there in full or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    return path


def _earlier_rosters(folder: Path) -> Iterator[Path]:
    """Yield the files that an earlier plan's list of rosters names, and that list."""
    contents = folder / ROSTER_LIST
    if contents.is_file():
        with contents.open(encoding="utf-8-sig", newline="") as lines:
            named = [os.path.basename(row[0]) for row in csv.reader(lines) if row]  # noqa: PTH119 (no folder may slip in)
        yield from (folder / name for name in named if name.endswith(".csv"))
        yield contents


def _put_roster_folder(found: list[Roster], folder: Path, wording: Wording) -> list[Path]:
    """Write a file a class, and the list of them last."""
    folder.mkdir(exist_ok=True)
    written = [_put(folder / f"{roster.stem}.csv", to_csv(roster_sheet(roster, wording), wording)) for roster in found]
    stale = set(_earlier_rosters(folder)) - set(written)
    written.append(_put(folder / ROSTER_LIST, to_csv(roster_list(found, wording, suffix=".csv"), wording)))
    for path in stale - set(written):
        path.unlink(missing_ok=True)
    return written


def write_rosters(plan: Plan, names: Names, folder: Path, *, wording: Wording) -> list[Path]:
    """Write the rosters: one workbook up to `MOST_SHEETS` classes, else a folder with a CSV file a class.

    Parameters
    ----------
    plan, names, wording : What to write, in which language.
    folder : Exists; rosters of an earlier plan in it are replaced.

    Returns
    -------
    The files written, in order of the classes' first days; the list of classes is the last of a folder.
    """
    found = list(rosters(plan, names, wording))
    roster_folder, workbook = folder / ROSTER_FOLDER, folder / ROSTER_WORKBOOK
    if len(found) > MOST_SHEETS:
        written = _put_roster_folder(found, roster_folder, wording)
        workbook.unlink(missing_ok=True)
        return written
    written = [_put(workbook, roster_workbook(found, plan, wording))]
    for path in list(_earlier_rosters(roster_folder)):
        path.unlink(missing_ok=True)
    return written


def plan_file(plan: Plan, names: Names, suffix: str, *, wording: Wording) -> tuple[str, bytes]:
    """Return the name and content of one of a plan's files; equal plans give equal bytes.

    Raises
    ------
    InputError
        When the suffix is none of .csv, .parquet and .xlsx.
    """
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        ".csv": ("assignments.csv", lambda: to_csv(assignment_sheet(plan, names, wording), wording)),
        ".parquet": ("assignments.parquet", lambda: plan.assignments.to_parquet(index=False)),
        ".xlsx": ("plan.xlsx", lambda: write_workbook(
            plan_sheets(plan, names, wording), made_on=plan.provenance.on, lang=wording.lang)),
    }  # fmt: skip
    name, make = by_suffix(Path(f"plan{suffix}"), makers)
    return name, make()


def write_plan_files(plan: Plan, names: Names, folder: Path, *, wording: Wording) -> list[Path]:
    """Write a plan's files; equal plans give equal bytes.

    Parameters
    ----------
    plan : The plan.
    names : Names of its ids.
    folder : Made when absent; files of the same names in it are replaced.
    wording : Language of headers and words; Parquet keeps the canonical names.

    Returns
    -------
    ``assignments.csv``, ``assignments.parquet``, ``plan.xlsx``, then ``rosters.xlsx`` or ``rosters/*.csv``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = [plan_file(plan, names, suffix, wording=wording) for suffix in (".csv", ".parquet", ".xlsx")]
    written = [_put(folder / name, content) for name, content in made]
    return [*written, *write_rosters(plan, names, folder, wording=wording)]
