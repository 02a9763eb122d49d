"""``bangkom user``: people who may log in to this office."""

import sys
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings, account
from service.terminal import Terminal

UNITS = click.option("--unit", "units", multiple=True, help="Unit granted, with those below it; may be repeated.")
STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def user() -> None:
    """Look after people who may log in."""


@user.command()
@click.argument("name")
@click.option("--role", default="employee", show_default=True, help="employee, supervisor, planner or admin.")
@click.option("--employee", help="The person's NIP.")
@UNITS
@STDIN
@click.option("--no-password", is_flag=True, help="No password: the person comes from the identity provider.")
@AS_JSON
@click.pass_obj
def add(
    settings: Settings, /, *, name: str, role: str, employee: str | None, units: tuple[str, ...],
    password_stdin: bool, no_password: bool, as_json: bool,
) -> None:  # fmt: skip
    """Add the person NAME; the password is asked for, read, or made and shown once, and must be changed at once.

    \b
    Examples:
      bangkom user add ani --role planner --unit U-1 --employee 199001012015011001
      bangkom user add budi --role admin --password-stdin < kata-sandi.txt
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    password, is_made = (None, False) if no_password else _password(terminal, from_stdin=password_stdin)
    made = accounts.add(name, role=role, password=password, employee=employee, units=units)
    _tell(terminal, made, password if is_made else None, "{name} may log in as {role}.")


@user.command("list")
@AS_JSON
@click.pass_obj
def list_users(settings: Settings, /, *, as_json: bool) -> None:
    """List everybody who may log in.

    \b
    Example:
      bangkom user list
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    found = accounts.everybody()
    if as_json:
        terminal.emit({"users": [_document(one) for one in found]})
        return
    text = terminal.wording.text
    shown = Table(*[text(title) for title in ("Name", "Role", "NIP", "Units", "Password", "State")])
    for one in found:
        state = "disabled" if one.disabled_at is not None else "to be changed" if one.must_change else "active"
        password = "set" if one.password else "none"
        shown.add_row(
            one.name, text(one.role), one.employee or "-", ", ".join(one.units) or "-", text(password), text(state)
        )
    terminal.console.print(shown)


@user.command("set-password")
@click.argument("name")
@STDIN
@AS_JSON
@click.pass_obj
def set_password(settings: Settings, /, *, name: str, password_stdin: bool, as_json: bool) -> None:
    """Set another password of NAME, which must be changed at the next log-in; every session of the person ends.

    \b
    Example:
      bangkom user set-password ani
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    password, is_made = _password(terminal, from_stdin=password_stdin)
    changed = accounts.set_password(name, password)
    _tell(terminal, changed, password if is_made else None, "{name} has a new password.")


@user.command()
@click.argument("name")
@click.argument("role")
@AS_JSON
@click.pass_obj
def role(settings: Settings, /, *, name: str, role: str, as_json: bool) -> None:
    """Give NAME the ROLE employee, supervisor, planner or admin, from the next request on.

    \b
    Example:
      bangkom user role ani planner
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    _tell(terminal, accounts.set_role(name, role), None, "{name} may log in as {role}.")


@user.command()
@click.argument("name")
@click.argument("unit", nargs=-1)
@AS_JSON
@click.pass_obj
def units(settings: Settings, /, *, name: str, unit: tuple[str, ...], as_json: bool) -> None:
    """Grant NAME these units, with those below them, in the place of those granted before.

    \b
    Example:
      bangkom user units ani U-1 U-2
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    _tell(terminal, accounts.set_units(name, unit), None, "{name} is granted: {units}.")


@user.command()
@click.argument("name")
@AS_JSON
@click.pass_obj
def disable(settings: Settings, /, *, name: str, as_json: bool) -> None:
    """Let NAME in no more; every session ends at once.

    \b
    Example:
      bangkom user disable ani
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    _tell(terminal, accounts.disable(name), None, "{name} can no longer log in.")


@user.command()
@click.argument("name")
@AS_JSON
@click.pass_obj
def enable(settings: Settings, /, *, name: str, as_json: bool) -> None:
    """Let NAME in again.

    \b
    Example:
      bangkom user enable ani
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    _tell(terminal, accounts.enable(name), None, "{name} may log in as {role}.")


@user.command()
@click.argument("name")
@AS_JSON
@click.pass_obj
def unlock(settings: Settings, /, *, name: str, as_json: bool) -> None:
    """Forget the wrong log-ins of NAME.

    \b
    Example:
      bangkom user unlock ani
    """
    terminal, accounts = _accounts(settings, as_json=as_json)
    _tell(terminal, accounts.unlock(name), None, "{name} is not locked.")


def _accounts(settings: Settings, *, as_json: bool) -> tuple[Terminal, Any]:
    from service.auth.accounts import Accounts

    terminal, database = open_both(settings, as_json=as_json)
    return terminal, Accounts(database, f"account:{account()}")


def _password(terminal: Terminal, *, from_stdin: bool) -> tuple[str, bool]:
    """Return a password, and whether it was made here; an empty answer to the question asks for one that is made."""
    from service.auth.passwords import new_password

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if not sys.stdin.isatty():
        return new_password(), True
    asked = terminal.wording.text("Password (empty: one is made)")
    typed = str(
        click.prompt(asked, default="", hide_input=True, confirmation_prompt=True, show_default=False, err=True)
    )
    return (typed, False) if typed else (new_password(), True)


def _tell(terminal: Terminal, one: Any, password: str | None, sentence: str) -> None:
    if terminal.as_json:
        terminal.emit(_document(one) | ({} if password is None else {"password": password}))
        return
    text = terminal.wording.text
    terminal.say(sentence, name=one.name, role=text(one.role), units=", ".join(one.units) or "-")
    if password is not None:
        terminal.say("The password is shown this once, and must be changed at the first log-in:")
        click.echo(password)


def _document(one: Any) -> dict[str, Any]:
    """Return a user without the hash of the password."""
    return asdict(one) | {"password": one.password is not None}
