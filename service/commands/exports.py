"""``bangkom export``: a table as CSV, XLSX or Parquet, a framework as a CASE package, completions as Open Badges."""

from datetime import datetime
from pathlib import Path

import click

from service.settings import Settings
from service.terminal import Terminal


@click.command("export")
@click.argument("table")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it stood at the end of that day.")
@click.option("--framework", help="Framework of a CASE package (frameworks as .json).")
@click.option("--employee", help="Whose badges to write; everybody's when not given.")
@click.pass_obj
def export(
    settings: Settings, /, *, table: str, file: Path, as_of: datetime | None, framework: str | None,
    employee: str | None,
) -> None:  # fmt: skip
    """Write TABLE to FILE; the suffix (.csv, .xlsx, .parquet) says how.

    frameworks as .json is a 1EdTech CASE 1.1 package of one framework with its competencies.
    badges as .json are Open Badges 3.0 credentials of completed trainings, to be signed by whoever issues them.

    \b
    Examples:
      bangkom export employees pegawai.xlsx
      bangkom export assessments penilaian.parquet
      bangkom export positions jabatan.csv --as-of 2026-12-31
      bangkom export frameworks kamus.json --framework ASN
      bangkom export badges lencana.json --employee 199003152014022987
    """
    from service.exports.asked import NO_DAY, AskedExport, write_asked
    from service.reference import open_office

    terminal = Terminal(settings)
    database = open_office(settings.database_url)
    day = None if as_of is None else as_of.date()
    asked = AskedExport(table=table, as_of=day, framework=framework, employee=employee)
    if not asked.fits(file):
        raise click.UsageError(NO_DAY)
    rows, table = write_asked(database, asked, file, lang=terminal.wording.lang, on=settings.on)
    terminal.say("{n} rows of {table} written to {file}.", n=terminal.wording.number(rows), table=table, file=file)
