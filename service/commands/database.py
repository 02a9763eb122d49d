"""``bangkom database``: make or upgrade the database, what changed in it, and what was decided from it."""

import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.table import Table

from service.settings import Settings
from service.terminal import ATTENTION, Terminal


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


@database.command()
@click.option("--last", "n_last", type=click.IntRange(min=1), default=20, show_default=True, help="Newest to show.")
@click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on standard output.")
@click.pass_obj
def decisions(settings: Settings, /, *, n_last: int, as_json: bool) -> None:
    """List the newest decisions: lists that were served and plans that were made, by whom and from what.

    \b
    Example:
      bangkom database decisions --last 5
    """
    from service.reference import open_office
    from service.storage.decisions import list_decisions

    terminal = Terminal(settings, as_json)
    found = list_decisions(open_office(settings.database_url), n_last)
    if as_json:
        terminal.emit({"decisions": [
            {"decision": one.decision, "made_at": one.made_at, "author": one.author, **asdict(one.content)}
            for one in found
        ]})  # fmt: skip
        return
    text = terminal.wording.text
    shown = Table(*[text(title) for title in ("Decision", "When", "Author", "Kind", "Subject", "Model", "Catalogue")])
    for one in found:
        made = one.content
        shown.add_row(one.decision, _when(one.made_at), one.author, text(made.kind), made.subject or "-", made.model,
                      made.catalog)  # fmt: skip
    terminal.console.print(shown)


@database.command()
@click.argument("decision")
@click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on standard output.")
@click.pass_obj
def replay(settings: Settings, /, *, decision: str, as_json: bool) -> None:
    """Make DECISION again from the rows, the model and the policy of then, and say whether the same comes out.

    \b
    Example:
      bangkom database replay d-1a2b3c4d5e6f
    """
    from service.decisions import replay as run
    from service.reference import open_office

    terminal = Terminal(settings, as_json)
    answer = run(open_office(settings.database_url), decision)
    if as_json:
        terminal.emit(asdict(answer))
    elif answer.same:
        terminal.say("{decision}: the same comes out again.", decision=decision)
    else:
        terminal.say("{decision}: something else comes out now.", decision=decision)
    if not answer.same:
        sys.exit(ATTENTION)


@database.command()
@click.option("--dry-run", is_flag=True, help="Count what would be erased, and erase nothing.")
@click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on standard output.")
@click.pass_obj
def retain(settings: Settings, /, *, dry_run: bool, as_json: bool) -> None:
    """Erase rows about people that are older than BANGKOM_RETENTION_YEARS says, and people so long after they left.

    \b
    Examples:
      bangkom database retain --dry-run
      bangkom --on 2027-01-04 database retain --json
    """
    from service.reference import open_office
    from service.retention import retain as run
    from service.settings import retention_years

    terminal = Terminal(settings, as_json)
    found = run(open_office(settings.database_url), retention_years(), settings.on, is_dry=dry_run)
    if as_json:
        terminal.emit({"dry_run": dry_run, "tables": [asdict(one) for one in found]})
        return
    for one in found:
        terminal.say("{table}: {n} rows from before {day}.", table=one.table, n=terminal.wording.number(one.rows),
                     day=one.before.isoformat())  # fmt: skip
    if dry_run:
        terminal.say("Dry run: nothing was erased.")


def _show(terminal: Terminal, found: list[Any]) -> None:
    text = terminal.wording.text
    shown = Table(*[text(title) for title in ("When", "Author", "File", "Row", "Column", "Before", "After")])
    for change in found:
        when = _when(change.made_at) if change.change else "-"
        row = ", ".join(str(value) for value in change.key.values() if value is not None)
        for column, after in change.after.items():
            before = "" if change.before is None else _cell(change.before[column])
            shown.add_row(when, change.author or "-", change.source or "-", row, column, before, _cell(after))
    terminal.console.print(shown)
    if not found:
        terminal.say("No row of that id was ever on file.")


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _cell(value: object) -> str:
    return "-" if value is None else str(value)
