"""``bangkom plans prices``: what more money, seats and looser rules would close."""

import time
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings
from service.terminal import Terminal

MOST_LIMITS = 20  # classes and rules shown on the terminal; all are in the JSON document


@click.command()
@click.argument("plan_id")
@click.option("--line", help="Plan again with more money on this budget line: how far its price holds.")
@click.option("--more", type=click.IntRange(min=1), multiple=True,
              help="Rupiah added to the line; may be given again. Not given: 10, 25, 50, 100 percent.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(min=1), default=20, show_default=True,
              help="Seconds to solve each plan.")  # fmt: skip
@AS_JSON
@click.pass_obj
def prices(
    settings: Settings, /, *, plan_id: str, line: str | None, more: tuple[int, ...], time_limit: float, as_json: bool
) -> None:
    """Show what one more million rupiah would buy on each line, best first, and what seats and rules cost.

    \b
    Examples:
      bangkom plans prices p-1a2b3c4d5e6f
      bangkom plans prices p-1a2b3c4d5e6f --line 01/5.1.02 --more 10000000 --more 50000000
    """
    from service.exports.plan_names import NAMED, names_from
    from service.pipeline import fetch_plan, fetch_proof
    from service.plan_answer import price_rows
    from service.plan_prices import limit_rows

    terminal, database = open_both(settings, as_json=as_json)
    plan, proof = fetch_plan(database, plan_id), fetch_proof(database, plan_id)
    if line is not None:
        _climb(terminal, plan_id, (plan, proof), line, more, time_limit)
        return
    names, rows = names_from(database.read_some(NAMED), lang=terminal.wording.lang), price_rows(plan)
    limits = [] if proof is None else limit_rows(plan, proof, terminal.wording, names.trainings, names.units)
    if as_json:
        terminal.emit({"plan": plan_id, "unit": "weighted levels per million rupiah", "prices": rows, "limits": limits})
        return
    _show(terminal, rows, limits)


def _show(terminal: Terminal, rows: list[dict[str, Any]], limits: list[dict[str, Any]]) -> None:
    wording = terminal.wording
    table = Table(wording.text("Line"), wording.text("Name"), wording.text("Levels per million"), wording.text("Free"))
    for row in rows:
        table.add_row(row["line"], row["name"], wording.number(row["price"], 3), wording.money(row["free"]))
    terminal.console.print(table)
    if rows and rows[0]["price"] > 0:
        best = rows[0]
        terminal.console.print(wording.text(
            "One million rupiah more for {name} ({line}) would close about {levels} more levels; how far that holds: "
            "bangkom plans prices ... --line", name=best["name"] or best["line"], line=best["line"],
            levels=wording.number(best["price"], 2)))  # fmt: skip
    for row in limits[:MOST_LIMITS]:
        terminal.console.print(row["text"])
    if len(limits) > MOST_LIMITS:
        terminal.console.print(wording.text("... and {n} more.", n=wording.number(len(limits) - MOST_LIMITS)))


def _climb(
    terminal: Terminal, plan_id: str, stored: tuple[Any, Any], line: str, more: tuple[int, ...], time_limit: float
) -> None:
    """Plan again with more money on one line, and show what each amount closed."""
    from recommender.allocation.limits import SolveLimits
    from service.plan_prices import climb_line, line_document, usual_amounts
    from training_catalog.errors import InputError

    plan, proof = stored
    if proof is None:
        raise InputError("Nothing is stored from which {plan} could be recounted.", plan=plan_id)
    amounts = sorted(set(more)) or list(usual_amounts(proof, line))
    limits, steps = SolveLimits(seconds=time_limit, clock=time.monotonic), []
    with terminal.progress() as progress:
        task = progress.add_task(terminal.wording.text("Planning"), total=len(amounts) + 1)
        for step in climb_line(proof, line, amounts, limits):
            steps.append(step)
            progress.advance(task)
    document = line_document(plan_id, plan, line, steps)
    if terminal.as_json:
        terminal.emit(document)
        return
    _show_steps(terminal, document)


def _show_steps(terminal: Terminal, document: dict[str, Any]) -> None:
    wording = terminal.wording
    headers = ("More on the line", "Levels closed by it", "At most", "Levels per million", "Seats", "People")
    table = Table(*[wording.text(header) for header in headers])
    for row in document["steps"]:
        table.add_row(wording.money(row["more"]), wording.number(row["closes"], 2), wording.number(row["at_most"], 2),
                      wording.number(row["per_million"], 3), wording.number(row["seats"]),
                      wording.number(row["people"]))  # fmt: skip
    terminal.console.print(table)
    price = wording.number(document["price"], 3)
    if document["holds_up_to"]:
        terminal.console.print(wording.text(
            "The price of {price} levels per million rupiah holds up to {money} more, to within a tenth.", price=price,
            money=wording.money(document["holds_up_to"])))  # fmt: skip
    else:
        terminal.console.print(
            wording.text(
                "The price of {price} levels per million rupiah holds for less than the smallest amount tried.",
                price=price,
            )
        )
