"""``bangkom import``: files in, a report on every row."""

import csv
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from service.settings import Settings
from service.terminal import ATTENTION, NOT_DONE, Terminal

MOST_SHOWN = 40  # problems listed for each file on a screen; --json and --refused have them all


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--table", help="Table that the files are of; found by their headers when not given.")
@click.option("--profile", help="Source: own, onet, esco, apbd; found when not given.")
@click.option("--dry-run", is_flag=True, help="Report as if importing, and store nothing.")
@click.option("--all-or-nothing", is_flag=True, help="One refused row keeps everything out.")
@click.option("--encoding", help="Encoding of CSV files, such as cp1252.")
@click.option("--delimiter", help="Delimiter of CSV files.")
@click.option("--sheet", help="Sheet to read; every visible one when not given.")
@click.option("--header-line", type=click.IntRange(min=1), help="Line of the header.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="Order of numeric dates.")
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Write refused rows to this CSV, to mend and send again."
)
@click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on standard output.")
@click.pass_obj
def import_files(
    settings: Settings,
    /,
    *,
    files: tuple[Path, ...],
    refused: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Import FILES (CSV or XLSX); tables that refer to each other may come in any order.

    \b
    Examples:
      bangkom import pegawai.csv penilaian.xlsx --dry-run
      bangkom import my-office/*.csv --refused to-mend.csv
    """
    from service.imports.importer import ImportOptions
    from service.imports.importer import import_files as run
    from service.reference import open_office

    terminal = Terminal(settings, as_json)
    database = open_office(settings.database_url)
    with terminal.progress() as progress:
        task = progress.add_task(terminal.wording.text("Importing"), total=len(files))

        def on_progress(name: str) -> None:
            progress.update(task, description=name)

        imported = run(database, files, ImportOptions(**flags), terminal.wording, on_progress)
        progress.update(task, completed=len(files))
    if refused is not None:
        _write_refused(refused, imported.refused)
    if as_json:
        terminal.emit(imported.report)
    else:
        _show(terminal, imported.report)
    if not imported.report.ok:
        unread = all(f.table is None for f in imported.report.files)
        sys.exit(NOT_DONE if unread else ATTENTION)


def _write_refused(path: Path, refused: dict[str, list[list[object]]]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        for rows in refused.values():
            csv.writer(stream, delimiter=";").writerows(rows)


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
        if len(file.problems) > MOST_SHOWN:
            console.print(wording.text("... and {n} more in {file}; --json lists them all.",
                                       n=len(file.problems) - MOST_SHOWN, file=file.file))  # fmt: skip
    if report.dry_run:
        console.print(wording.text("Dry run: nothing was stored."))
