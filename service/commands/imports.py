"""``bangkom import``: files in, a report on every row."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON
from service.files import writing_to
from service.settings import Settings
from service.terminal import ATTENTION, NOT_DONE, Terminal
from service.wording import Wording

MOST_SHOWN = 40  # problems listed for each file on a screen; --json has more, --refused every row


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--table", help="Table that the files are of; found by their headers when not given.")
@click.option("--profile", help="Source, such as own, onet, esco, apbd, schedule or moodle; found when not given.")
@click.option("--dry-run", is_flag=True, help="Report as if importing, and store nothing.")
@click.option("--all-or-nothing", is_flag=True, help="One refused row keeps everything out.")
@click.option("--encoding", help="Encoding of CSV files, such as cp1252.")
@click.option("--delimiter", help="Delimiter of CSV files.")
@click.option("--sheet", help="Sheet to read, or * for every visible one; asked for where several hold one table.")
@click.option("--header-line", type=click.IntRange(min=1), help="Line of the header.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="Order of numeric dates.")
@click.option("--number-style", type=click.Choice(["1.234,5", "1,234.5"]), help="How numbers are written.")
@click.option("--set", "supplied", multiple=True, metavar="COLUMN=VALUE",
              help="One value for all rows of a file without that column; may be repeated.")  # fmt: skip
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Write refused rows to this CSV, to mend and send again."
)
@AS_JSON
@click.pass_obj
def import_files(
    settings: Settings,
    /,
    *,
    files: tuple[Path, ...],
    supplied: tuple[str, ...],
    refused: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Import FILES (CSV, XLSX, JSON or Parquet); tables that refer to each other may come in any order.

    With --table a file may hold only the key and some columns: rows that are on file are changed in these alone.

    \b
    Examples:
      bangkom import pegawai.csv penilaian.xlsx --dry-run
      bangkom import my-office/*.csv --refused to-mend.csv
      bangkom import asesmen.xlsx --set assessed_on=2026-06-30
      bangkom import biaya.csv --table offerings
    """
    from service.imports.importer import import_files as run
    from service.imports.options import ImportOptions
    from service.reference import open_office

    terminal = Terminal(settings, as_json)
    options = ImportOptions(supplied=_pairs(supplied, terminal.wording), on=settings.on, **flags)
    options.check()
    database = open_office(settings.database_url)
    with terminal.progress() as progress:
        task = progress.add_task(terminal.wording.text("Importing"), total=len(files))

        def on_progress(name: str) -> None:
            progress.update(task, description=name)

        imported = run(database, files, options, terminal.wording, on_progress)
        progress.update(task, completed=len(files))
    if refused is not None:
        _write_refused(refused, imported.refused, terminal)
    if as_json:
        terminal.emit(imported.report)
    else:
        _show(terminal, imported.report)
    waiting = int((database.read("training_titles")["status"] == "waiting").sum())
    if waiting and not options.dry_run and {f.table for f in imported.report.files} & {"history", "trainings"}:
        terminal.say("{n} titles of the history name no training for sure; `bangkom match list` shows them.",
                     n=terminal.wording.number(waiting))  # fmt: skip
    if not imported.report.ok:
        unread = all(f.table is None for f in imported.report.files)
        sys.exit(NOT_DONE if unread else ATTENTION)


def _pairs(supplied: tuple[str, ...], wording: Wording) -> dict[str, str]:
    """Split COLUMN=VALUE."""
    pairs = [entry.partition("=") for entry in supplied]
    for name, equals, value in pairs:
        if not (name.strip() and equals and value.strip()):
            words = wording.text("'{value}': accepted is COLUMN=VALUE, as in year=2027", value=f"{name}{equals}{value}")
            raise click.BadParameter(words, param_hint="--set")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _write_refused(path: Path, refused: Any, terminal: Terminal) -> None:
    """Write refused rows under their own headers: one file, or one for each sheet that has some."""
    from service.exports.refused import refused_csv

    several = len(refused) > 1
    for n, part in enumerate(refused, start=1):
        own = path.with_name(f"{path.stem}-{n}-{part.table}{path.suffix}") if several else path
        with writing_to(own):
            own.write_bytes(refused_csv(part))
        terminal.say("{n} refused rows of {file} written to {path}; mend them there and import it with --table {table}",
                     n=terminal.wording.number(len(part.lines) - 1), file=part.file, path=own,
                     table=part.table)  # fmt: skip


def _show(terminal: Terminal, report: Any) -> None:
    wording, console = terminal.wording, terminal.console
    table = Table(*[wording.text(t) for t in ("File", "Table", "Read", "Stored", "Unchanged", "Refused", "Left out")])
    for file in report.files:
        name = f"{file.file} [{file.sheet}]" if file.sheet else file.file
        counts = [wording.number(n) for n in (file.read, file.stored, file.unchanged, file.refused, file.left_out)]
        table.add_row(name, file.table or "-", *counts)
    console.print(table)
    for file in report.files:
        for problem in file.problems[:MOST_SHOWN]:
            place = wording.text("line {line}", line=problem.line) if problem.line else wording.text("file")
            column = f", {problem.column}" if problem.column else ""
            value = f" ({problem.value})" if problem.value else ""
            severity = wording.text(problem.severity)
            console.print(f"{file.file}, {place}{column}{value}: {severity} {problem.code}: {problem.message}")
        n_found = sum(count.found for count in file.counts)
        if n_found > MOST_SHOWN:
            console.print(wording.text("... and {n} more in {file}; --json counts them by kind.",
                                       n=wording.number(n_found - MOST_SHOWN), file=file.file))  # fmt: skip
    if report.dry_run:
        console.print(wording.text("Dry run: nothing was stored."))
