"""OneRoster 1.1 and 1.2 as its ZIP of CSV files: units, people, trainings, classes and who is enrolled in them."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from service.imports.cells import MOST_BYTES, Cell, FileRefusedError, LeftOut, Lines, Reshaped, Sheet
from service.imports.headers import normal, plain
from service.imports.reshaping import header_names, placed_as, records
from training_catalog.tables import table

Row = Mapping[str, Cell]
_MANIFEST = "manifest.csv"
# What tells a file, in normal form, and the table it goes to; in the order in which they are read.
_FILES = {
    "orgs": ({"name", "type", "parentsourcedid"}, "units"),
    "users": ({"givenname", "familyname"}, "employees"),
    "courses": ({"title", "coursecode"}, "trainings"),
    "classes": ({"title", "coursesourcedid"}, "offerings"),
    "enrollments": ({"classsourcedid", "usersourcedid"}, "history"),
}
_OF_ALL = {"sourcedid", "status", "datelastmodified"}  # headers of every file but those of demographics of 1.1
_JOINED = {"users": ("org",), "classes": ("course", "start", "end"),
           "enrollments": ("course", "title", "start", "end", "person")}  # fmt: skip
_JOIN = "bangkom "  # before the header of a column that comes from another file of the ZIP
_DELETED = "The record is marked as deleted; left out, and what is on file stays."
_NOT_STUDENT = "Only enrolments of students are read; left out."
_SENSITIVE = (("column-sensitive", "Contact data, passwords, relatives and demographics are never read.", ""),)


def roster_sheets(content: bytes, read: Callable[[bytes], Sheet]) -> list[Sheet] | None:
    """Return the files of a OneRoster ZIP, each with what it refers to in the others; None for any other ZIP.

    Parameters
    ----------
    content : Bytes of a ZIP.
    read : Reader of one CSV file.

    Raises
    ------
    FileRefusedError
        When it is a OneRoster ZIP that unpacks to too much or is damaged.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        return None
    with archive:
        entries = {PurePosixPath(info.filename).name: info for info in archive.infolist()}
        if _MANIFEST not in entries:
            return None
        if sum(info.file_size for info in entries.values()) > MOST_BYTES:
            raise FileRefusedError("file-too-large", "the file unpacks to more than {most} bytes", most=MOST_BYTES)
        wanted = [name for name in (*_FILES, "academicSessions", "roles") if f"{name}.csv" in entries]
        try:
            unpacked = {name: archive.read(entries[f"{name}.csv"]) for name in wanted}
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise FileRefusedError("file-unreadable", "the packed file is damaged: {reason}", reason=error) from error
    sheets = {name: replace(read(part), name=f"{name}.csv") for name, part in unpacked.items() if part.strip()}
    return _joined(sheets)


def _joined(sheets: Mapping[str, Sheet]) -> list[Sheet]:
    """Give users, classes and enrolments the columns that stand in other files."""
    by_id = {
        name: {plain(row.get("sourcedid", "")): row for _, row in records(sheet)} for name, sheet in sheets.items()
    }
    units = {plain(row.get("usersourcedid", "")): row.get("orgsourcedid", "")
             for _, row in reversed(records(sheets["roles"]) if "roles" in sheets else [])}  # fmt: skip

    def parts(name: str, row: Row) -> dict[str, Cell]:
        if name == "users":
            return {"org": units.get(plain(row.get("sourcedid", "")), "")}
        meant = row if name == "classes" else _at(by_id, "classes", row.get("classsourcedid", ""))
        course = _at(by_id, "courses", meant.get("coursesourcedid", ""))
        term = _at(by_id, "academicSessions", _first(meant.get("termsourcedids", "")))
        return {"course": _course_code(course), "title": course.get("title", ""), "start": term.get("startdate", ""),
                "end": term.get("enddate", ""),
                "person": _number(_at(by_id, "users", row.get("usersourcedid", "")))}  # fmt: skip

    return [_with_columns(sheet, _JOINED.get(name, ()), partial(parts, name)) for name, sheet in sheets.items()
            if name in _FILES]  # fmt: skip


def _at(by_id: Mapping[str, Mapping[str, Row]], name: str, identifier: Cell) -> Row:
    """Return the record of a file that an identifier names; one that is missing is known by its identifier alone."""
    return by_id.get(name, {}).get(plain(identifier), {"sourcedid": identifier})


def _with_columns(sheet: Sheet, names: Sequence[str], parts: Callable[[Row], Mapping[str, Cell]]) -> Sheet:
    width = len(sheet.rows[0])
    rows = [[*sheet.rows[0], *(_JOIN + name for name in names)], *sheet.rows[1:]]
    for line, row in records(sheet):
        found = parts(row)
        own = sheet.rows[line - 1][:width]
        rows[line - 1] = [*own, *[""] * (width - len(own)), *(found[name] for name in names)]
    return replace(sheet, rows=rows)


def _first(identifiers: Cell) -> str:
    return plain(identifiers).split(",")[0].strip()


def _number(user: Row) -> Cell:
    """Return the number a person is known by: the local identifier, else the one of the exchange."""
    return user.get("identifier", "") or user.get("sourcedid", "")


def _course_code(course: Row) -> Cell:
    return course.get("coursecode", "") or course.get("sourcedid", "")


def _file_of(rows: Lines) -> str | None:
    names = set(header_names(rows))
    return next((file for file, (told, _) in _FILES.items() if told | {"sourcedid"} <= names), None)


def is_oneroster(rows: Lines) -> bool:
    """Return whether rows are of a file of OneRoster.

    Raises
    ------
    FileRefusedError
        When they are classes or enrolments on their own: days, trainings and people stand in other files; or of a
        file that holds nothing of ours, such as terms.
    """
    file = _file_of(rows)
    if file is None and set(header_names(rows)) >= _OF_ALL:
        raise FileRefusedError("file-kind", "this file of OneRoster holds nothing that is kept; import the ZIP that "
                               "holds them all")  # fmt: skip
    if file in ("classes", "enrollments") and normal(_JOIN + "course") not in header_names(rows):
        raise FileRefusedError("header-missing", "OneRoster classes and enrolments refer to other files; import the "
                               "ZIP that holds them all")  # fmt: skip
    return file is not None


def _unit(row: Row) -> dict[str, Cell]:
    return {"unit": row["sourcedid"], "name": row["name"], "parent": row["parentsourcedid"]}


def _person(row: Row) -> dict[str, Cell]:
    parts = (row.get(name, "") for name in ("givenname", "middlename", "familyname"))
    unit = row.get("primaryorgsourcedid", "") or row.get(_JOIN + "org", "") or _first(row.get("orgsourcedids", ""))
    status = {"true": "active", "false": "inactive"}.get(plain(row.get("enableduser", "")).lower(), "")
    return {"employee": _number(row), "name": " ".join(plain(part) for part in parts if plain(part)), "unit": unit,
            "status": status}  # fmt: skip


def _training(row: Row) -> dict[str, Cell]:
    hours = {"hours": row["metadata.jp"]} if "metadata.jp" in row else {}
    return {"training": _course_code(row), "name": row["title"], **hours}


def _class(row: Row) -> dict[str, Cell]:
    return {"offering": row["sourcedid"], "training": row[_JOIN + "course"], "start_date": row[_JOIN + "start"],
            "end_date": row[_JOIN + "end"], "city": row.get("location", "")}  # fmt: skip


def _enrolment(row: Row) -> dict[str, Cell]:
    days = {ours: row.get(own, "") or row[_JOIN + term] for ours, own, term in
            (("start_date", "begindate", "start"), ("end_date", "enddate", "end"))}  # fmt: skip
    return {"employee": row[_JOIN + "person"], "training": row[_JOIN + "course"],
            "training_name": row[_JOIN + "title"], **days, "status": "enrolled"}  # fmt: skip


_RESHAPERS: dict[str, Callable[[Row], dict[str, Cell]]] = {
    "orgs": _unit, "users": _person, "courses": _training, "classes": _class, "enrollments": _enrolment,
}  # fmt: skip


def reshape_oneroster(sheet: Sheet) -> list[Reshaped]:
    """Bring one file to its table; what is marked as deleted, and who is enrolled to teach, is left out."""
    file = _file_of(sheet.rows)
    if file is None:
        return []
    found: dict[int, dict[str, Cell]] = {}
    left_out: list[LeftOut] = []
    for line, row in records(sheet):
        if plain(row.get("status", "")).lower() == "tobedeleted":
            left_out.append((line, "row-incomplete", _DELETED))
        elif file == "enrollments" and plain(row.get("role", "")).lower() != "student":
            left_out.append((line, "row-incomplete", _NOT_STUDENT))
        else:
            found[line] = _RESHAPERS[file](row)
    name = _FILES[file][1]
    header = list(next(iter(found.values()), table(name).column_names))
    cells = {line: list(row.values()) for line, row in found.items()}
    notes = _SENSITIVE if file == "users" else ()
    return [Reshaped(sheet=placed_as(sheet, name, header, cells), table=name, left_out=tuple(left_out), notes=notes)]
