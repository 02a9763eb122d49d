"""Files to tables: every row stored, unchanged, refused or left out, and a report that adds up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from service.imports import checks
from service.imports.headers import Header, find_header, is_clear
from service.imports.parsing import Rows, parse_rows
from service.imports.profiles import PROFILES, find_profile
from service.imports.references import KnownIds, resolve
from service.imports.report import FileReport, ImportReport, Problem
from service.imports.sheets import FileRefusedError, Sheet, read_sheets
from service.storage.database import Database
from service.wording import Wording
from training_catalog.errors import InputError
from training_catalog.tables import TABLES
from training_catalog.tables import table as table_of

NUMBER_STYLE = {"id": "1.234,5", "en": "1,234.5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import.

    Parameters
    ----------
    table : Table that the files are of; found by their headers when None.
    profile : Profile of the source; found when None.
    encoding, delimiter, date_order, header_line, sheet : What the person says of the files.
    dry_run : Whether to roll everything back after the report is made.
    all_or_nothing : Whether one refused row keeps everything out.
    """

    table: str | None = None
    profile: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    date_order: str | None = None
    header_line: int | None = None
    sheet: str | None = None
    dry_run: bool = False
    all_or_nothing: bool = False


@dataclass(kw_only=True)
class _Part:
    """One sheet on its way into a table."""

    report: FileReport
    path: Path
    rows: Rows | None = None
    repeated: np.ndarray | None = None


class _RolledBackError(Exception):
    """Ends the transaction of a dry run, or of an import that is all or nothing."""


class Importer:
    """One import of several files.

    Parameters
    ----------
    database : Where rows go.
    options : How.
    wording : Language of the report.
    """

    def __init__(self, database: Database, options: ImportOptions, wording: Wording) -> None:
        self.database, self.options, self.wording = database, options, wording
        self.parts: list[_Part] = []
        self.on_file = database.read_all()
        self.known = KnownIds(self.on_file)

    def read(self, path: Path) -> None:
        """Read one file into parts; a file that cannot be read is a part with an error."""
        try:
            sheets = read_sheets(path, encoding=self.options.encoding, delimiter=self.options.delimiter)
        except FileRefusedError as error:
            self._refuse_file(path, error.code, self.wording.text(error.template, **error.fields))
            return
        visible = [s for s in sheets if not s.is_hidden and (self.options.sheet in (None, s.name))]
        if not visible:
            self._refuse_file(path, "table-unknown", self.wording.text("no sheet to read"))
        for sheet in sheets:
            if sheet in visible:
                self._read_sheet(path, sheet, is_only=len(visible) == 1)
            else:
                report = FileReport(file=path.name, sheet=sheet.name, problems=[])
                _note(report, "note", "sheet-hidden", self.wording.text("The hidden or unnamed sheet is passed over."))
                self.parts.append(_Part(report=report, path=path))

    def _refuse_file(self, path: Path, code: str, message: str) -> None:
        report = FileReport(file=path.name, problems=[])
        _note(report, "error", code, message)
        self.parts.append(_Part(report=report, path=path))

    def _read_sheet(self, path: Path, sheet: Sheet, *, is_only: bool) -> None:
        report = FileReport(file=path.name, sheet=sheet.name, encoding=sheet.encoding, delimiter=sheet.delimiter,
                            problems=[])  # fmt: skip
        part = _Part(report=report, path=path)
        self.parts.append(part)
        for code, found in sheet.notes:
            _note(
                report,
                "warning",
                code,
                self.wording.text("Read as {encoding}, because it is no UTF-8.", encoding=found),
            )
        profile = find_profile(self.options.profile, sheet.rows)
        if profile is not None:
            report.profile = profile.name
            sheet, left_out = profile.reshape(sheet)
            for line, code, message in left_out:
                report.left_out += 1
                report.read += 1
                report.problems.append(Problem(severity="note", line=line, column=None, value=None, code=code,
                                               message=self.wording.text(message)))  # fmt: skip
        header = self._header(path, sheet, report, is_only=is_only)
        if header is not None:
            self._parse(part, sheet, header)

    def _header(self, path: Path, sheet: Sheet, report: FileReport, *, is_only: bool) -> Header | None:
        """Find the table and header of a sheet, or say in words why not."""
        wanted = self.options.table or _named_table(sheet.name) or _named_table(path.name.split(".")[0])
        tables = (table_of(wanted),) if wanted else TABLES
        line = None if self.options.header_line is None else self.options.header_line - 1
        found = find_header(sheet.rows, tables, line)
        if wanted and self.options.table is None and (not found or found[0].missing):
            found = find_header(sheet.rows, TABLES, line)
        if is_clear(found):
            return found[0]
        severity = "error" if is_only or self.options.table else "note"
        if not found:
            _note(report, severity, "table-unknown", self.wording.text(
                "no line looks like the header of a table; name it with --table, or see the templates"))  # fmt: skip
        elif found[0].missing:
            best = found[0]
            missing = ", ".join(best.table.column(name).header_id for name in best.missing)
            _note(report, severity, "header-missing", self.wording.text(
                "nearest table is {table}; missing columns: {missing}; name the table with --table, or add the columns",
                table=best.table.name, missing=missing))  # fmt: skip
        else:
            names = ", ".join(h.table.name for h in found if not h.missing)
            _note(report, severity, "table-ambiguous", self.wording.text(
                "the headers fit several tables: {tables}; name one with --table", tables=names))  # fmt: skip
        return None

    def _parse(self, part: _Part, sheet: Sheet, header: Header) -> None:
        report = part.report
        rows = parse_rows(sheet.rows, header, self.wording, labels=checks.rating_labels(self.on_file["rating_scales"]),
                          order=self.options.date_order)  # fmt: skip
        report.table, report.header_line = header.table.name, header.row + 1
        report.date_order, report.number_style = rows.order, NUMBER_STYLE[self.wording.lang]
        report.read += len(rows.line) + rows.n_left_out
        report.left_out += rows.n_left_out
        for code, names, message in (
            ("header-unknown", header.unknown, "Not read: {columns}."),
            ("header-repeated", header.repeated, "Stands more than once, and only the first is read: {columns}."),
            ("column-sensitive", header.sensitive, "Sensitive, and not read: {columns}."),
        ):
            if names:
                rows.note(code, message, columns=", ".join(names))
        part.rows = rows

    def store(self, on_progress: Callable[[str], None]) -> None:
        """Check and store every part, table after table, in one transaction a table of an import."""
        with self.database.writing() as connection:
            for declared in TABLES:
                for part in [p for p in self.parts if p.rows is not None and p.rows.table is declared]:
                    on_progress(part.report.file)
                    self._check(part)
                    self._write(part, connection)
            if self.options.dry_run or (self.options.all_or_nothing and not self.is_clean):
                raise _RolledBackError

    @property
    def is_clean(self) -> bool:
        """Whether nothing was refused."""
        return not any(p.severity == "error" for part in self.parts for p in _problems(part))

    def _check(self, part: _Part) -> None:
        rows = part.rows
        if rows is None:
            return
        name = rows.table.name
        if name == "employees":
            checks.check_employee_numbers(rows)
        if name == "history":
            self._name_trainings(rows)
        if "competency" in rows.frame and name != "competencies":
            checks.check_levels(rows, self._scales())
        if name == "performance":
            checks.check_ratings(rows, self.on_file["rating_scales"])
        if name in ("competencies", "units") and "parent" in rows.given:
            parents = self.on_file[name].dropna(subset=["parent"])
            checks.check_circles(rows, dict(zip(parents[rows.table.key[0]], parents["parent"], strict=True)))

    def _name_trainings(self, rows: Rows) -> None:
        """Give history rows the official title of a known training, and a title where only a code is given."""
        titles = self._frame("trainings").drop_duplicates("training").set_index("training")["name"]
        official = rows.frame["training"].map(titles)
        title = official.where(official.notna(), rows.frame["training_name"])
        rows.frame["training_name"] = title.where(title.notna(), rows.frame["training"]).astype("str")
        rows.given = rows.given | {"training_name"}
        for row in np.flatnonzero(rows.frame["training_name"].isna().to_numpy() & ~rows.refused).tolist():
            rows.refuse(row, "required-missing", "A value is needed here.", column="training_name", value="")

    def _frame(self, name: str) -> pd.DataFrame:
        """Return a table with what this import has accepted so far."""
        fresh = [p.rows.frame[~p.rows.refused] for p in self.parts if p.rows is not None and p.rows.table.name == name]
        return pd.concat([*fresh, self.on_file[name]], ignore_index=True)

    def _scales(self) -> pd.DataFrame:
        """Return level_min and level_max by competency."""
        competencies = self._frame("competencies").drop_duplicates("competency")
        frameworks = self._frame("frameworks").drop_duplicates("framework").set_index("framework")
        scale = frameworks.reindex(competencies["framework"].fillna("ASN"))[["level_min", "level_max"]]
        return scale.set_index(pd.Index(competencies["competency"]))

    def _write(self, part: _Part, connection: object) -> None:
        rows, report = part.rows, part.report
        if rows is None:
            return
        made = resolve(rows, self.known)
        for name, frame in made.items():
            self.database.upsert(connection, name, frame, frozenset(frame.columns))  # type: ignore[arg-type]  # a connection
            self.known.add(name, frame)
        part.repeated = checks.check_repeats(rows)
        accepted = ~rows.refused & ~part.repeated
        frame = rows.frame[accepted]
        given = rows.given - {name for name in rows.given if name not in rows.frame}
        counts = self.database.upsert(connection, rows.table.name, frame, frozenset(given))  # type: ignore[arg-type]  # a connection
        if rows.table.name in _NAMED_BY_OTHERS:
            self.known.add(rows.table.name, frame)
        report.stored += counts.stored
        report.unchanged += counts.unchanged
        report.refused += int(rows.refused.sum())
        report.left_out += int((part.repeated & ~rows.refused).sum())


_NAMED_BY_OTHERS = frozenset(c.references for t in TABLES for c in t.columns if c.references)


def _problems(part: _Part) -> list[Problem]:
    return part.report.problems + (part.rows.problems if part.rows is not None else [])


def _note(report: FileReport, severity: str, code: str, message: str) -> None:
    report.problems.append(Problem(severity=severity, line=None, column=None, value=None, code=code, message=message))


def _named_table(name: str | None) -> str | None:
    """Return the table whose name or title a sheet or file has."""
    wanted = (name or "").strip().casefold()
    for table in TABLES:
        if wanted in (table.name, table.title_id.casefold(), table.title_en.casefold()):
            return table.name
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A report, and the refused rows of each file: headers first."""

    report: ImportReport
    refused: dict[str, list[list[object]]]


def import_files(
    database: Database, files: Sequence[Path], options: ImportOptions, wording: Wording,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Imported:  # fmt: skip
    """Import files; those that refer to each other may come in any order.

    Parameters
    ----------
    database, files, options, wording : Where, what, how, and the language of the report.
    on_progress : Called with the name of each file as it is read and stored.

    Returns
    -------
    The report, and the refused rows to mend and send again.

    Raises
    ------
    InputError
        When a named table or profile does not exist.
    """
    if options.table is not None and options.table not in {t.name for t in TABLES}:
        raise InputError(f"table {options.table!r} is not known; accepted: {', '.join(t.name for t in TABLES)}")
    if options.profile is not None and options.profile not in ("own", *PROFILES):
        raise InputError(f"profile {options.profile!r} is not known; accepted: own, {', '.join(PROFILES)}")
    importer = Importer(database, options, wording)
    for path in files:
        on_progress(path.name)
        importer.read(path)
    was_rolled_back = False
    try:
        importer.store(on_progress)
    except _RolledBackError:
        was_rolled_back = True
    return _finish(importer, was_rolled_back=was_rolled_back)


def _lines_again(part: _Part, rows: Rows, options: ImportOptions) -> list[list[object]]:
    """Read the header and the refused lines of a file once more, as they stand there; keeping them all costs memory."""
    sheets = read_sheets(part.path, encoding=options.encoding, delimiter=options.delimiter)
    sheet = next(s for s in sheets if s.name == part.report.sheet)
    lines = [sheet.rows[line - 1] for line in rows.line[rows.refused].tolist()]
    return [sheet.rows[(part.report.header_line or 1) - 1], *lines]


def _finish(importer: Importer, *, was_rolled_back: bool) -> Imported:
    options = importer.options
    refused: dict[str, list[list[object]]] = {}
    for part in importer.parts:
        if part.rows is None:
            continue
        part.report.problems += part.rows.problems
        part.report.problems.sort(key=lambda p: (p.line is None, p.line or 0))
        if part.rows.refused.any():
            refused[part.report.file] = _lines_again(part, part.rows, options)
        if was_rolled_back and not options.dry_run:
            part.report.refused += part.report.stored + part.report.unchanged
            part.report.stored = part.report.unchanged = 0
    ok = importer.is_clean
    report = ImportReport(dry_run=options.dry_run, ok=ok, files=[part.report for part in importer.parts])
    return Imported(report=report, refused=refused)
