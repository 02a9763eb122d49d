"""``bangkom database``: make or upgrade the database."""

import click

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
