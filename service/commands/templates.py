"""``bangkom templates``: empty tables to fill in."""

from pathlib import Path

import click

from service.settings import Settings
from service.terminal import Terminal


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def templates(settings: Settings, /, *, directory: Path) -> None:
    """Write every import table to DIRECTORY: one workbook with notes, and one CSV a table.

    \b
    Example:
      bangkom templates my-office
    """
    from service.exports.templates import write_templates

    terminal = Terminal(settings)
    written = write_templates(directory, terminal.wording)
    terminal.say("{n} templates written to {folder}; fill in what you have and run: bangkom import {folder}/*.xlsx",
                 n=len(written), folder=directory)  # fmt: skip
