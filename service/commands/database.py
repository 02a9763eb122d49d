"""``bangkom database``: make or upgrade the database, and what changed in it."""

from typing import Any

import click
from rich.table import Table

from service.settings import Settings
from service.terminal import Terminal


@click.group()
def database() -> None:
    """Look after the database."""


@database.command()
@click.pass_obj
def upgrade(settings: Settings, /) -> None:
    """Bring the database to this release; a new one also gets the reference data.

    \b
    Example:
      bangkom --database sqlite:///office.db database upgrade
    """
    from service.reference import open_office
    from service.storage.engine import shown_url, transaction
    from service.storage.migrate import current_revision

    terminal = Terminal(settings)
    opened = open_office(settings.database_url)
    with transaction(opened.engine) as connection:
        revision = current_revision(connection)
    terminal.say("{url} is at revision {revision}.", url=shown_url(settings.database_url), revision=revision)


@database.command()
@click.argument("table")
@click.argument("identifier", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on standard output.")
@click.pass_obj
def changes(settings: Settings, /, *, table: str, identifier: str, as_json: bool) -> None:
    """Show who changed the rows of TABLE that begin with ID, when, from which file, before and after.

    \b
    Examples:
      bangkom database changes employees 199001012015011001
      bangkom database changes budgets 1.02/5.04.02/5.1.02.02.12.0001 --json
    """
    from dataclasses import asdict

    from service.reference import open_office
    from service.storage.engine import transaction
    from service.storage.history import changes_of

    terminal = Terminal(settings, as_json)
    with transaction(open_office(settings.database_url).engine) as connection:
        found = changes_of(connection, table, identifier)
    if as_json:
        terminal.emit({"table": table, "id": identifier, "changes": [asdict(change) for change in found]})
    else:
        _show(terminal, found)


def _show(terminal: Terminal, found: list[Any]) -> None:
    text = terminal.wording.text
    shown = Table(*[text(title) for title in ("When", "Author", "File", "Row", "Column", "Before", "After")])
    for change in found:
        when = change.made_at.astimezone().strftime("%Y-%m-%d %H:%M") if change.change else "-"
        row = ", ".join(str(value) for value in change.key.values() if value is not None)
        for column, after in change.after.items():
            before = "" if change.before is None else _cell(change.before[column])
            shown.add_row(when, change.author or "-", change.source or "-", row, column, before, _cell(after))
    terminal.console.print(shown)
    if not found:
        terminal.say("No row of that id was ever on file.")


def _cell(value: object) -> str:
    return "-" if value is None else str(value)
