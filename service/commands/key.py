"""``bangkom key``: keys with which programs call this office."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings, account
from service.terminal import Terminal


@click.group()
def key() -> None:
    """Look after keys with which programs call."""


@key.command()
@click.argument("label")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; may be repeated.")
@click.option("--unit", "units", multiple=True, help="Unit it is limited to, with those below it; may be repeated.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day it is good for (YYYY-MM-DD).")
@AS_JSON
@click.pass_obj
def create(
    settings: Settings, /, *, label: str, scopes: tuple[str, ...], units: tuple[str, ...], expires: datetime | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a key for what LABEL says, and show it this once.

    \b
    Examples:
      bangkom key create "sistem kepegawaian" --scope recommend:read --scope people:write
      bangkom key create laporan --scope plan:read --unit U-1 --expires 2027-12-31
    """
    from service.auth.keys import create_key

    terminal, database = open_both(settings, as_json=as_json)
    end = None if expires is None else expires.astimezone(UTC) + timedelta(days=1)  # the office's midnight
    made, text = create_key(database, label, actor=_actor(), scopes=scopes, units=units or None, expires_at=end)
    if as_json:
        terminal.emit(asdict(made) | {"key": text})
        return
    terminal.say("Key {id} is made. It is shown this once; keep it as a password is kept:", id=made.key_id)
    click.echo(text)


@key.command("list")
@AS_JSON
@click.pass_obj
def list_all(settings: Settings, /, *, as_json: bool) -> None:
    """List keys with what they may do and when they were last used.

    \b
    Example:
      bangkom key list
    """
    from service.auth.keys import list_keys

    terminal, database = open_both(settings, as_json=as_json)
    found = list_keys(database)
    if as_json:
        terminal.emit({"keys": [asdict(one) for one in found]})
        return
    text = terminal.wording.text
    titles = ("Key", "Label", "Scopes", "Units", "Expires", "Last use", "State")
    shown = Table(*[text(title) for title in titles])
    for one in found:
        shown.add_row(one.key_id, one.label, " ".join(one.scopes), _units(terminal, one.units), _day(one.expires_at),
                      _day(one.used_at), text(_state(one)))  # fmt: skip
    terminal.console.print(shown)


@key.command()
@click.argument("key_id", metavar="ID")
@AS_JSON
@click.pass_obj
def revoke(settings: Settings, /, *, key_id: str, as_json: bool) -> None:
    """Revoke the key ID; its next request is refused.

    \b
    Example:
      bangkom key revoke k-abcdefghij
    """
    from service.auth.keys import revoke_key

    terminal, database = open_both(settings, as_json=as_json)
    revoked = revoke_key(database, key_id, actor=_actor())
    if as_json:
        terminal.emit(asdict(revoked))
        return
    terminal.say("Key {id} is revoked.", id=key_id)


def _actor() -> str:
    return f"account:{account()}"


def _state(one: Any) -> str:
    if one.revoked_at is not None:
        return "revoked"
    is_over = one.expires_at is not None and one.expires_at <= datetime.now(UTC)
    return "expired" if is_over else "active"


def _units(terminal: Terminal, units: tuple[str, ...] | None) -> str:
    return terminal.wording.text("all") if units is None else ", ".join(units)


def _day(moment: datetime | None) -> str:
    return "-" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")
