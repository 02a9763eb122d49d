"""``bangkom export``: a table as CSV, XLSX or Parquet."""

from datetime import datetime
from pathlib import Path

import click

from service.settings import Settings
from service.terminal import Terminal


@click.command("export")
@click.argument("table")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it stood at the end of that day.")
@click.pass_obj
def export(settings: Settings, /, *, table: str, file: Path, as_of: datetime | None) -> None:
    """Write TABLE to FILE; the suffix (.csv, .xlsx, .parquet) says how.

    \b
    Examples:
      bangkom export employees pegawai.xlsx
      bangkom export assessments penilaian.parquet
      bangkom export positions jabatan.csv --as-of 2026-12-31
    """
    from service.exports.tables import write_table
    from service.reference import open_office

    terminal = Terminal(settings)
    day = None if as_of is None else as_of.date()
    rows = write_table(open_office(settings.database_url), table, file, terminal.wording.lang, day)
    terminal.say("{n} rows of {table} written to {file}.", n=terminal.wording.number(rows), table=table, file=file)
