"""Subcommands of ``bangkom plans`` that move the money of approved plans, and show it."""

from dataclasses import asdict
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings
from service.terminal import Terminal

COST = click.option("--cost", type=click.IntRange(min=0), help="What it really cost, in whole rupiah.")


def _happen(settings: Settings, seat: tuple[str, str, str], kind: str, cost: int | None, *, as_json: bool) -> None:
    """Note what happened to a seat, and say how it stands."""
    from service.ledger.events import seat_event

    terminal, database = open_both(settings, as_json=as_json)
    changed = seat_event(database, *seat, kind, database.author, cost=cost)
    _say_seats(terminal, [changed])


def _say_seats(terminal: Terminal, seats: list[Any]) -> None:
    if terminal.as_json:
        terminal.emit({"seats": [{**asdict(seat), "reserved": seat.reserved, "spent": seat.spent} for seat in seats]})
        return
    wording = terminal.wording
    headers = ("Employee", "Class", "State", "Reserved", "Spent")
    table = Table(*[wording.text(header) for header in headers])
    for seat in seats:
        table.add_row(seat.employee, seat.offering, wording.text(seat.state), wording.money(seat.reserved),
                      wording.money(seat.spent))  # fmt: skip
    terminal.console.print(table)


@click.command()
@click.argument("plan_id")
@click.argument("nip")
@click.argument("offering")
@AS_JSON
@click.pass_obj
def enrol(settings: Settings, /, *, plan_id: str, nip: str, offering: str, as_json: bool) -> None:
    """Note that a person of an approved plan was enrolled in the class."""
    _happen(settings, (plan_id, nip, offering), "enrol", None, as_json=as_json)


@click.command()
@click.argument("plan_id")
@click.argument("nip")
@click.argument("offering")
@COST
@click.option("--failed", is_flag=True, help="The person attended and did not pass; the money is spent all the same.")
@AS_JSON
@click.pass_obj
def complete(
    settings: Settings, /, *, plan_id: str, nip: str, offering: str, cost: int | None, failed: bool, as_json: bool
) -> None:
    """Note that a person completed the class: what was reserved is spent, at its real cost."""
    _happen(settings, (plan_id, nip, offering), "fail" if failed else "complete", cost, as_json=as_json)


@click.command("cancel-seat")
@click.argument("plan_id")
@click.argument("nip")
@click.argument("offering")
@COST
@AS_JSON
@click.pass_obj
def cancel_seat(
    settings: Settings, /, *, plan_id: str, nip: str, offering: str, cost: int | None, as_json: bool
) -> None:
    """Cancel a person's seat: what was reserved comes back, less what it costs all the same."""
    _happen(settings, (plan_id, nip, offering), "cancel", cost, as_json=as_json)


@click.command()
@click.argument("plan_id")
@click.argument("nip")
@click.argument("offering")
@click.option("--cost", type=click.IntRange(min=0), required=True, help="What it really cost, in whole rupiah.")
@AS_JSON
@click.pass_obj
def correct(settings: Settings, /, *, plan_id: str, nip: str, offering: str, cost: int, as_json: bool) -> None:
    """Correct what a seat that is over cost: the difference is spent, or comes back."""
    _happen(settings, (plan_id, nip, offering), "correct", cost, as_json=as_json)


@click.command()
@click.argument("plan_id")
@click.argument("nip")
@click.argument("offering")
@AS_JSON
@click.pass_obj
def undo(settings: Settings, /, *, plan_id: str, nip: str, offering: str, as_json: bool) -> None:
    """Take back that a seat is completed or failed: its money is reserved again, and it leaves the history."""
    _happen(settings, (plan_id, nip, offering), "undo", None, as_json=as_json)


@click.command()
@click.argument("offering")
@click.option("--fee", type=click.IntRange(min=0), required=True, help="New fee of a seat, in whole rupiah.")
@AS_JSON
@click.pass_obj
def reprice(settings: Settings, /, *, offering: str, fee: int, as_json: bool) -> None:
    """Give the seats of a class that are not over another fee, in every approved plan."""
    from service.ledger.events import reprice as reprice_class

    terminal, database = open_both(settings, as_json=as_json)
    _say_seats(terminal, reprice_class(database, offering, fee, database.author))


@click.command()
@click.argument("plan_id")
@AS_JSON
@click.pass_obj
def withdraw(settings: Settings, /, *, plan_id: str, as_json: bool) -> None:
    """Withdraw a plan: what it still reserves comes back, what was spent stays spent."""
    from service.ledger.approval import withdraw_plan

    terminal, database = open_both(settings, as_json=as_json)
    result = withdraw_plan(database, plan_id, database.author)
    if as_json:
        terminal.emit(asdict(result))
        return
    terminal.say("{plan} is withdrawn.", plan=plan_id)


@click.command()
@click.argument("line", required=False)
@click.option("--year", type=int, help="Budget year; all when not given.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most movements shown.")
@AS_JSON
@click.pass_obj
def ledger(settings: Settings, /, *, line: str | None, year: int | None, limit: int, as_json: bool) -> None:
    """Show what approved plans hold of each budget line; of one line, its movements as well, newest first."""
    from service.ledger.books import balances, entries
    from training_catalog.errors import UnknownIdError

    terminal, database = open_both(settings, as_json=as_json)
    lines = [one for one in balances(database, year) if line in (None, one.line)]
    if line is not None and not lines:
        raise UnknownIdError("budget line", line)
    moved = [] if line is None else entries(database, line=line, limit=limit)
    if as_json:
        terminal.emit({"lines": [asdict(one) for one in lines], "entries": [asdict(entry) for entry in moved]})
        return
    _print_lines(terminal, lines)
    if line is not None:
        _print_entries(terminal, moved)


def _print_lines(terminal: Terminal, lines: list[Any]) -> None:
    wording = terminal.wording
    headers = ("Line", "Year", "Amount", "Reserved before", "Spent before", "Reserved", "Spent", "Free")
    table = Table(*[wording.text(header) for header in headers])
    for one in lines:
        amounts = (one.amount, one.imported_reserved, one.imported_spent, one.reserved, one.spent, one.free)
        table.add_row(one.line, str(one.year), *[wording.money(amount) for amount in amounts])
    terminal.console.print(table)


def _print_entries(terminal: Terminal, moved: list[Any]) -> None:
    wording = terminal.wording
    headers = ("Number", "When", "Who", "Plan", "Class", "What", "Reserved", "Spent")
    table = Table(*[wording.text(header) for header in headers])
    for entry in moved:
        table.add_row(str(entry.entry), f"{entry.made_at:%Y-%m-%d %H:%M}", entry.author, entry.plan, entry.offering,
                      wording.text(entry.kind), wording.money(entry.reserved), wording.money(entry.spent))  # fmt: skip
    terminal.console.print(table)
