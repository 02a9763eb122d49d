"""What commands begin with: the option for JSON, the terminal and the office's database."""

from typing import Any

import click

from service.settings import Settings
from service.terminal import Terminal

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on standard output.")


def open_both(settings: Settings, *, as_json: bool = False) -> tuple[Terminal, Any]:
    """Return the terminal and the database, the latter with the reference data where it is new."""
    from service.reference import open_office

    return Terminal(settings, as_json), open_office(settings.database_url)
