"""Files to tables: every row stored, unchanged, refused or left out, and a report that adds up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from service.completions import TELLING, leave_to_files
from service.imports import checks
from service.imports.audiences import read_audiences
from service.imports.blocks import is_of, read_blocks
from service.imports.cells import FileRefusedError, Reshaped, Sheet
from service.imports.columns import Columns
from service.imports.conflicts import Keyed, check_between, check_repeats
from service.imports.day_ranges import split_days
from service.imports.headers import Header
from service.imports.history_titles import name_trainings
from service.imports.level_matrix import levels_beside
from service.imports.likeness import note_names_alike, warn_of_codes_alike, warn_of_places_and_items
from service.imports.on_file import OnFile
from service.imports.options import ImportOptions
from service.imports.parsing import ParseOptions, parse_rows, preview_of
from service.imports.parts import SHEET_NOTES, Part, RefusedRows, need_choice, need_one, refused_rows, tell
from service.imports.profiles import find_profile, reshaped_by
from service.imports.ratings import rating_labels
from service.imports.recognition import Unrecognised, recognise, shown_columns
from service.imports.references import (
    KnownIds,
    check_editions,
    check_parents,
    check_prerequisites,
    refuse_orphans,
    resolve,
)
from service.imports.report import FileReport, ImportReport, Problem, counted
from service.imports.rows import Rows
from service.imports.whole_lines import refuse_shifted
from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.frames import row_keys
from service.storage.history import Writing, last_change
from service.titles import match_history
from service.wording import Wording
from training_catalog.tables import TABLES
from training_catalog.tables import table as table_of


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
        self.parts: list[Part] = []
        self.n_changes = -1
        with transaction(database.engine) as connection:
            self._look(connection)

    def _look(self, connection: sa.Connection) -> None:
        """Take what is on file from now on as it is, unless nothing has changed since the last look."""
        n_changes = last_change(connection)
        if n_changes != self.n_changes:
            self.n_changes, self.on_file = n_changes, OnFile(self.database, n_changes)
            self.known = KnownIds(self.on_file)

    def read(self, path: Path) -> None:
        """Read one file into parts; a file that cannot be read is a part with an error."""
        try:
            sheets = read_blocks(path, encoding=self.options.encoding, delimiter=self.options.delimiter,
                                 line=self.options.header_line)  # fmt: skip
        except FileRefusedError as error:
            self._refuse_file(path, error.code, error.said(self.wording.text))
            return
        asked = self.options.sheet
        wanted = [
            s for s in sheets if (not s.is_hidden if asked in {None, EVERY_SHEET} else asked in {s.name, s.part_of})
        ]
        if not wanted:
            names = ", ".join(sheet.name or "-" for sheet in sheets)
            self._refuse_file(path, "sheet-unknown", self.wording.text("no such sheet; sheets: {names}", names=names))
        first = len(self.parts)
        for sheet in sheets:
            if any(sheet is one for one in wanted):
                self._read_block(path, sheet)
            elif asked in {None, EVERY_SHEET}:
                report = FileReport(file=path.name, sheet=sheet.name, problems=[])
                tell(report, "note", "sheet-hidden", self.wording.text("The hidden sheet is passed over."))
                self.parts.append(Part(report=report, path=path))
        need_one(self.parts[first:])
        if asked is None or not any(asked in {sheet.name, EVERY_SHEET} for sheet in wanted):
            need_choice(self.parts[first:], self.wording)

    def _read_block(self, path: Path, sheet: Sheet) -> None:
        """Read a sheet; of one of several tables on a sheet only where it is the table that was asked for."""
        table = self.options.table
        if sheet.part_of is None or table is None or is_of(sheet.rows, table):
            self._read_sheet(path, sheet)
        else:
            tell(self._start(path, sheet).report, "note", "table-other", self.wording.text(
                "It holds another table than {table}, and is passed over.", table=table))  # fmt: skip

    def _refuse_file(self, path: Path, code: str, message: str) -> None:
        report = FileReport(file=path.name, problems=[])
        tell(report, "error", code, message)
        self.parts.append(Part(report=report, path=path))

    def _start(self, path: Path, sheet: Sheet, profile: str = "own") -> Part:
        report = FileReport(file=path.name, sheet=sheet.name, encoding=sheet.encoding, delimiter=sheet.delimiter,
                            profile=profile, problems=[])  # fmt: skip
        part = Part(report=report, path=path)
        self.parts.append(part)
        for code, value in sheet.notes:
            severity, message = SHEET_NOTES[code]
            tell(report, severity, code, self.wording.text(message, value=value))
        return part

    def _read_sheet(self, path: Path, sheet: Sheet) -> None:
        if not (len(sheet.rows) if isinstance(sheet.rows, Columns) else any(sheet.rows)):
            tell(self._start(path, sheet).report, "note", "sheet-empty", self.wording.text("The sheet is empty."))
            return
        try:
            sheet = split_days(sheet)
            found = find_profile(self.options.profile, sheet)
        except FileRefusedError as error:
            tell(self._start(path, sheet).report, "error", error.code, error.said(self.wording.text))
            return
        if found is None:
            self._read_own(path, sheet)
            return
        profile, sheet = found
        every = reshaped_by(profile, sheet)
        wanted = [r for r in every if self.options.table in (None, r.table)]
        for reshaped in wanted:
            part = self._start(path, sheet, profile.name)
            self._read_reshaped(part, reshaped)
            if profile.is_headed and part.rows is not None and not isinstance(sheet.rows, Columns):
                refuse_shifted(part.rows, sheet.rows, len(sheet.rows[0]))
        if not wanted:
            tables = ", ".join(r.table for r in every)
            message = self.wording.text("the file is of {tables}", tables=tables)
            tell(self._start(path, sheet, profile.name).report, "error", "table-unknown", message)

    def _read_own(self, path: Path, sheet: Sheet) -> None:
        """Read a sheet of ours; levels beside each other are one part a competency."""
        people, levels = levels_beside(sheet, self.options, self._frame)
        if people is not None:
            self._parse(self._start(path, sheet), sheet, people)
        for reshaped in levels:
            self._read_reshaped(self._start(path, reshaped.sheet), reshaped)
        if not levels:
            self._recognise(self._start(path, sheet), sheet, self.options.table)

    def _read_reshaped(self, part: Part, reshaped: Reshaped) -> None:
        """Take over what a profile left out and warns of, and read the rest like a file of our own."""
        report, text = part.report, self.wording.text
        part.n_header, part.origin, part.asked = reshaped.n_header, reshaped.origin, reshaped.asked
        part.date_order = reshaped.date_order
        report.left_out = report.read = len(reshaped.left_out)
        told = [("note", one) for one in (*reshaped.left_out, *reshaped.remarks)]
        for severity, (line, code, message, *named) in told + [("warning", one) for one in reshaped.warnings]:
            report.problems.append(Problem(severity=severity, line=line, column=None, value=None, code=code,
                                           message=text(message, **(named[0] if named else {}))))  # fmt: skip
        for code, message, columns in reshaped.notes:
            tell(report, "note", code, text(message, columns=columns))
        self._recognise(part, reshaped.sheet, reshaped.table)

    def _recognise(self, part: Part, sheet: Sheet, table: str | None) -> None:
        found = recognise(part.path, sheet, self.wording, table=table, line=self.options.header_line,
                          supplied=frozenset({*self.options.supplied, *part.asked}), ids=self._codes)  # fmt: skip
        if isinstance(found, Unrecognised):
            tell(part.report, "error" if table else "note", found.code, found.message)
        else:
            self._parse(part, sheet, found)

    def _codes(self, table: str) -> set[str]:
        """Return the codes on file of a table with a key of one column."""
        return self.on_file.ids(table, table_of(table).key[0])

    def _parse(self, part: Part, sheet: Sheet, header: Header) -> None:
        report, options = part.report, self.options
        rows = parse_rows(sheet, header, self.wording, ParseOptions(
            labels=rating_labels(self._frame("rating_scales")), order=options.date_order or part.date_order,
            style=options.number_style, origin=part.origin,
            supplied={**dict.fromkeys(part.asked, ""), **options.supplied},
        ))  # fmt: skip
        part.header_at = sheet.header_at
        report.table, report.header_line = header.table.name, header.row + 1 + sheet.header_at
        report.date_order, report.number_style = rows.order, rows.style
        report.read += len(rows.line) + rows.n_left_out
        report.left_out += rows.n_left_out
        for code, names, message in (
            ("header-unknown", header.unknown, "Not read: {columns}."),
            ("column-sensitive", header.sensitive, "Sensitive, and not read: {columns}."),
            (
                "value-supplied",
                sorted(header.supplied & set(options.supplied)),
                "The same for all rows, as asked for: {columns}.",
            ),
        ):
            if names:
                shown = [f"{name}={options.supplied[name]}" if code == "value-supplied" else name for name in names]
                rows.note(code, message, columns=", ".join(shown))
        if header.is_told_by_name:
            rows.note("table-by-name", "Read as {table}, as the name of the file or sheet says.",
                      table=header.table.name)  # fmt: skip
        if not len(rows.line) and not report.left_out:
            rows.note("rows-none", "There is no row below the header.", severity="warning")
        part.rows, part.header = rows, header

    def store(
        self, on_progress: Callable[[str], None], last: Callable[[sa.Connection], object] = lambda _: None
    ) -> None:
        """Check and store every part, table after table, in one transaction, which ends with `last`."""
        names = ", ".join(dict.fromkeys(part.path.name for part in self.parts))
        with self.database.writing(names) as writing:
            self._look(writing.connection)
            self.on_file.connection = writing.connection
            for declared in TABLES:
                parts = [p for p in self.parts if p.rows is not None and p.rows.table is declared]
                for part in parts:
                    on_progress(part.report.file)
                    self._check(part)
                self._resolve(parts, writing)
                for part in parts:
                    self._write(part, writing)
            tables = {p.rows.table.name for p in self.parts if p.rows is not None}
            match_history(self.database, writing, tables)
            if tables & TELLING:
                leave_to_files(self.database, writing)
            if self.options.dry_run or (self.options.all_or_nothing and not self.is_clean):
                raise _RolledBackError
            last(writing.connection)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was refused."""
        return not any(p.severity == "error" for part in self.parts for p in _problems(part))

    def _check(self, part: Part) -> None:
        rows = part.rows
        if rows is None:
            return
        name = rows.table.name
        checks.check_rows(rows, self._frame, self.options.on)
        if name == "history":
            name_trainings(rows, self.on_file[name], self._frame)
        if name in checks.OF_FILES:
            checks.OF_FILES[name](rows)
        if name == "trainings" and part.report.profile == "schedule":
            checks.take_codes_of_titles(rows, self.on_file[name])
        if part.report.profile == "oneroster" and name in checks.KEPT:
            checks.KEPT[name](rows, self.on_file[name])
        note_names_alike(rows, self.on_file[name])
        warn_of_codes_alike(rows, self.on_file[name])
        warn_of_places_and_items(rows, self.on_file[name], self._frame)
        read_audiences(rows, self._frame)

    def _frame(self, name: str) -> pd.DataFrame:
        """Return a table with what this import has accepted so far."""
        fresh = [p.rows.frame[~p.rows.refused] for p in self.parts if p.rows is not None and p.rows.table.name == name]
        return pd.concat([*fresh, self.on_file[name]], ignore_index=True)

    def _refuse_new(self, part: Part, rows: Rows) -> None:
        """Where a file has only some columns, refuse rows that are not on file yet."""
        missing = () if part.header is None else part.header.missing
        if not missing:
            return
        others = [p.rows for p in self.parts if p is not part and p.rows is not None and p.rows.table is rows.table]
        frames = [self.on_file[rows.table.name], *[other.frame[~other.refused] for other in others]]
        on_file = set().union(*[row_keys(frame, rows.table) for frame in frames if len(frame)])
        new = ~row_keys(rows.frame, rows.table).isin(on_file).to_numpy() & ~rows.refused
        for row in np.flatnonzero(new).tolist():
            rows.refuse(row, "required-missing", "not on file yet; new rows also need {missing}",
                        column=rows.table.key[0], value=rows.frame[rows.table.key[0]].iloc[row],
                        missing=shown_columns(rows.table, missing, self.wording))  # fmt: skip

    def _resolve(self, parts: list[Part], writing: Writing) -> None:
        """Find what the rows of one table refer to, and compare rows of one key in all files."""
        every = [part.rows for part in parts if part.rows is not None]
        keyed = []
        for part, rows in zip(parts, every, strict=True):
            for name, frame in resolve(rows, self.known, every).items():
                self.database.upsert(writing, name, frame, frozenset(frame.columns))
                self.known.add(name, frame)
            self._refuse_new(part, rows)
            part.repeated = check_repeats(rows)
            report = part.report
            name = f"{report.file} [{report.sheet}]" if report.sheet else report.file
            keyed.append(Keyed(name=name, rows=rows, repeated=part.repeated))
        if every:
            check_parents(every, self.on_file[every[0].table.name])
            check_editions(every, self.on_file[every[0].table.name])
            if every[0].table.name == "prerequisites":
                check_prerequisites(every, self.on_file["prerequisites"])
        check_between(keyed)
        refuse_orphans(every, self.known)

    def _write(self, part: Part, writing: Writing) -> None:
        rows, report = part.rows, part.report
        if rows is None or part.repeated is None:
            return
        written = np.flatnonzero(~rows.refused & ~part.repeated)
        frame = rows.frame.iloc[written]
        counts = self.database.upsert(writing, rows.table.name, frame, frozenset(rows.given))
        rows.note_emptied(counts.emptied, written)
        if rows.table.name in _NAMED_BY_OTHERS:
            self.known.add(rows.table.name, frame)
        report.stored += counts.stored
        report.unchanged += counts.unchanged
        report.refused += int(rows.refused.sum())
        report.left_out += int((part.repeated & ~rows.refused).sum())


EVERY_SHEET = "*"
_NAMED_BY_OTHERS = frozenset(c.references for t in TABLES for c in t.columns if c.references)


def _problems(part: Part) -> list[Problem]:
    return part.report.problems + (part.rows.problems if part.rows is not None else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A report, and the refused rows of each sheet that has some."""

    report: ImportReport
    refused: tuple[RefusedRows, ...] = field(default=())


def import_files(
    database: Database, files: Sequence[Path], options: ImportOptions, wording: Wording,
    on_progress: Callable[[str], None] = lambda _: None,
    also: Callable[[sa.Connection, Imported], object] = lambda _connection, _imported: None,
) -> Imported:  # fmt: skip
    """Import files; those that refer to each other may come in any order.

    Parameters
    ----------
    database, files, options, wording : Where, what, how, and the language of the report.
    on_progress : Called with the name of each file as it is read and stored.
    also : Called last within the transaction that stores; not where everything is rolled back.

    Returns
    -------
    The report, and the refused rows to mend and send again.

    Raises
    ------
    InputError
        When a named table, profile or column does not exist.
    """
    options.check()
    importer = Importer(database, options, wording)
    for path in files:
        on_progress(path.name)
        importer.read(path)
    imported: list[Imported] = []

    def last(connection: sa.Connection) -> None:
        imported.append(_finish(importer))
        also(connection, imported[0])

    try:
        importer.store(on_progress, last)
    except _RolledBackError:
        return _finish(importer)
    return imported[0]


def _finish(importer: Importer) -> Imported:
    is_clean = importer.is_clean
    is_kept_out = importer.options.all_or_nothing and not is_clean
    for part in importer.parts:
        part.report.problems, part.report.counts = counted(_problems(part))
        if part.rows is None:
            continue
        part.report.columns = {part.rows.written(name) or name: name for name in part.rows.origin}
        part.report.preview = preview_of(part.rows)
        if is_kept_out:
            part.report.refused += part.report.stored + part.report.unchanged
            part.report.stored = part.report.unchanged = 0
    report = ImportReport(dry_run=importer.options.dry_run, ok=is_clean,
                          files=[part.report for part in importer.parts])  # fmt: skip
    return Imported(report=report, refused=refused_rows(importer.parts, importer.options))
