"""``bangkom export``: a table as CSV, XLSX or Parquet."""

from pathlib import Path

import click

from service.settings import Settings
from service.terminal import Terminal


@click.command("export")
@click.argument("table")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def export(settings: Settings, /, *, table: str, file: Path) -> None:
    """Write TABLE to FILE; the suffix (.csv, .xlsx, .parquet) says how.

    \b
    Examples:
      bangkom export employees pegawai.xlsx
      bangkom export assessments penilaian.parquet
    """
    from service.exports.tables import write_table
    from service.reference import open_office

    terminal = Terminal(settings)
    rows = write_table(open_office(settings.database_url), table, file, terminal.wording.lang)
    terminal.say("{n} rows of {table} written to {file}.", n=terminal.wording.number(rows), table=table, file=file)
