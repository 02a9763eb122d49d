"""``bangkom match``: titles that name no training, decided in one go; competencies for trainings without any."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON
from service.settings import Settings
from service.terminal import ATTENTION, NOT_DONE, Terminal

MOST_SHOWN = 40  # rows listed on a screen; a file has them all


@click.group()
def match() -> None:
    """Decide what written titles mean, and what trainings without competencies teach."""


@match.command("list")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@AS_JSON
@click.pass_obj
def list_titles(settings: Settings, /, *, file: Path | None, as_json: bool) -> None:
    """List the history's titles that wait for a person; write them to FILE to decide in one go.

    In FILE, correct the training where it is another one, empty it where it is none, delete the rows to decide later.

    \b
    Examples:
      bangkom match list judul.csv
      bangkom match confirm judul.csv
    """
    from service.reference import open_office
    from service.titles import titles_waiting

    tables = open_office(settings.database_url).read_all()
    waiting = titles_waiting(tables)
    counts = tables["training_titles"]["status"].value_counts()
    terminal = Terminal(settings, as_json)
    if file is not None:
        _write(waiting, "training_titles", ("title", "training", "confidence"), file, terminal)
    if as_json:
        terminal.emit({"waiting": _rows(waiting), "matched": int(counts.get("matched", 0)),
                       "confirmed": int(counts.get("confirmed", 0))})  # fmt: skip
    elif file is None:
        headers = ("Title", "Training", "Confidence", "Name", "Rows")
        _show(terminal, waiting, Table(*[terminal.wording.text(header) for header in headers]))
        terminal.say("{waiting} titles wait, {matched} are matched, {confirmed} confirmed.", waiting=len(waiting),
                     matched=counts.get("matched", 0), confirmed=counts.get("confirmed", 0))  # fmt: skip


@match.command()
@click.argument("file", type=click.Path(path_type=Path))
@AS_JSON
@click.pass_obj
def confirm(settings: Settings, /, *, file: Path, as_json: bool) -> None:
    """Confirm every row of FILE; what is confirmed is remembered and not asked again.

    \b
    Example:
      bangkom match confirm judul.csv
    """
    from service.imports.importer import import_files
    from service.imports.options import ImportOptions
    from service.reference import open_office

    terminal = Terminal(settings, as_json)
    options = ImportOptions(table="training_titles", profile="own", supplied={"status": "confirmed"})
    report = import_files(open_office(settings.database_url), [file], options, terminal.wording).report
    if as_json:
        terminal.emit(report)
    for problem in [p for part in report.files for p in part.problems if p.severity == "error"]:
        place = terminal.wording.text("line {line}", line=problem.line) if problem.line else file.name
        terminal.say("{place}: {code}: {message}", place=place, code=problem.code, message=problem.message)
    stored = sum(part.stored + part.unchanged for part in report.files)
    terminal.say("{n} titles are confirmed.", n=terminal.wording.number(stored))
    if not report.ok:
        sys.exit(ATTENTION if any(part.table for part in report.files) else NOT_DONE)


@match.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@AS_JSON
@click.pass_obj
def competencies(settings: Settings, /, *, file: Path | None, as_json: bool) -> None:
    """Suggest competencies for trainings without any; write them to FILE, fill in the levels, delete what is wrong.

    \b
    Examples:
      bangkom match competencies sasaran.csv
      bangkom import sasaran.csv --table training_targets
    """
    from service.reference import open_office
    from service.titles import suggest_competencies

    suggested = suggest_competencies(open_office(settings.database_url).read_all())
    terminal = Terminal(settings, as_json)
    if file is not None:
        _write(suggested, "training_targets", tuple(suggested.columns[:4]), file, terminal)
    if as_json:
        terminal.emit({"suggestions": _rows(suggested)})
    elif file is None:
        shown = suggested[["training", "name", "competency", "competency_name", "confidence"]]
        headers = ("Training", "Name", "Competency", "Name", "Confidence")
        _show(terminal, shown, Table(*[terminal.wording.text(header) for header in headers]))


def _rows(frame: Any) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(frame.columns, row, strict=True)) for row in plain.itertuples(index=False)]


def _show(terminal: Terminal, frame: Any, shown: Table) -> None:
    for row in frame.head(MOST_SHOWN).astype(object).where(frame.notna(), "-").itertuples(index=False):
        shown.add_row(*[terminal.wording.number(cell, 2) if isinstance(cell, float) else str(cell) for cell in row])
    terminal.console.print(shown)
    if len(frame) > MOST_SHOWN:
        terminal.say("... and {n} more; name a file to have them all.", n=len(frame) - MOST_SHOWN)


def _write(frame: Any, name: str, declared: tuple[str, ...], file: Path, terminal: Terminal) -> None:
    """Write rows under the headers of the table that they go into, with columns for the reader beside them."""
    from dataclasses import replace

    from service.exports.tables import write_frame
    from training_catalog.schema import Column
    from training_catalog.tables import table

    beside = {
        "name": Column(name="name", kind="text", header_id="Nama Pelatihan", header_en="Training name", meaning=""),
        "competency_name": Column(name="competency_name", kind="text", header_id="Nama Kompetensi",
                                  header_en="Competency name", meaning=""),
        "confidence": Column(name="confidence", kind="decimal", header_id="Keyakinan", header_en="Confidence",
                             meaning=""),
        "rows": Column(name="rows", kind="integer", header_id="Jumlah Baris", header_en="Rows", meaning=""),
    }  # fmt: skip
    own = table(name)
    columns = tuple(own.column(column) if column in declared else beside[column] for column in frame.columns)
    write_frame(frame, replace(own, columns=columns), file, terminal.wording.lang)
    terminal.say("{n} rows written to {file}.", n=terminal.wording.number(len(frame)), file=file)
