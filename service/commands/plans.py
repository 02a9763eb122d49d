"""``bangkom plans``: work with plans that were made."""

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.commands.plan_prices import prices
from service.commands.plan_reasons import compare, why
from service.commands.seats import cancel_seat, complete, correct, enrol, ledger, reprice, undo, withdraw
from service.settings import Settings
from service.terminal import ATTENTION


@click.group(invoke_without_command=True)
@click.pass_context
def plans(ctx: click.Context) -> None:
    """Work with plans: make, approve and replace them, and follow their money."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_plans)


for _command in (compare, why, prices, withdraw, enrol, complete, correct, undo, cancel_seat, reprice, ledger):
    plans.add_command(_command)


@plans.command("list")
@AS_JSON
@click.pass_obj
def list_plans(settings: Settings, /, *, as_json: bool = False) -> None:
    """List plans, newest first."""
    terminal, database = open_both(settings, as_json=as_json)
    rows = [
        {"plan": p.plan_id, "state": p.state, "created_on": p.created_on, **p.summary} for p in database.list_plans()
    ]
    if as_json:
        terminal.emit({"plans": rows})
        return
    wording = terminal.wording
    headers = ("Plan", "Name", "Year", "State", "Status", "Seats", "People", "Cost", "Benefit")
    table = Table(*[wording.text(header) for header in headers])
    for row in rows:
        states = (wording.text(row["state"]), wording.text(row["status"]))
        table.add_row(row["plan"], row["name"], str(row["year"]), *states,
                      wording.number(row["assignments"]), wording.number(row["people"]), wording.money(row["cost"]),
                      wording.number(row["benefit"], 1))  # fmt: skip
    terminal.console.print(table)


@plans.command()
@click.argument("plan_id")
@click.option("--full", is_flag=True, help="Also who was chosen, and why not.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write its files and report again.")
@AS_JSON
@click.pass_obj
def show(settings: Settings, /, *, plan_id: str, full: bool, out: Path | None, as_json: bool) -> None:
    """Show a plan."""
    from service.commands.plan import finish
    from service.pipeline import fetch_plan, load_office

    terminal, database = open_both(settings, as_json=as_json)
    made = fetch_plan(database, plan_id)
    office = load_office(database, made.provenance.on) if out is not None else None
    finish(terminal, office, plan_id, made, out=out, full=full)


@plans.command()
@click.argument("plan_id")
@AS_JSON
@click.pass_obj
def verify(settings: Settings, /, *, plan_id: str, as_json: bool) -> None:
    """Recount a plan from what is stored beside it: its value, every rule, and what its prices prove."""
    from recommender.allocation.proof import recount
    from service.phrases import recount_texts
    from service.pipeline import fetch_proof

    terminal, database = open_both(settings, as_json=as_json)
    proof = fetch_proof(database, plan_id)
    if proof is None:
        terminal.say("Nothing is stored from which {plan} could be recounted.", plan=plan_id)
        sys.exit(ATTENTION)
    found = recount(proof.problem, proof.allocation)
    violations = [str(violation) for violation in found.violations]
    if as_json:
        terminal.emit({"plan": plan_id, "value": found.value, "proven_bound": found.bound, "proven_gap": found.gap,
                       "claimed_bound": found.claimed, "ok": not violations, "violations": violations})  # fmt: skip
    else:
        wording = terminal.wording
        terminal.console.print(wording.text(
            "{plan} is worth {value}; its prices prove that no plan is worth more than {bound}, {gap} above it.",
            plan=plan_id, value=wording.number(found.value, 2), bound=wording.number(found.bound, 2),
            gap=wording.percent(found.gap, 2),
        ))  # fmt: skip
        for line in recount_texts(violations, wording):
            terminal.console.print(line)
    if violations:
        sys.exit(ATTENTION)


@plans.command()
@click.argument("plan_id")
@AS_JSON
@click.pass_obj
def approve(settings: Settings, /, *, plan_id: str, as_json: bool) -> None:
    """Approve a plan whose recount agrees and whose demands are met, and reserve its money."""
    from service.commands.plan import needs_attention
    from service.ledger.approval import approve_plan
    from service.pipeline import fetch_plan

    terminal, database = open_both(settings, as_json=as_json)
    plan = fetch_plan(database, plan_id)
    if needs_attention(plan):
        terminal.say("Not approved: the recount or a demand fails; see `bangkom plans show {plan}`.", plan=plan_id)
        sys.exit(ATTENTION)
    result = approve_plan(database, plan_id, database.author)
    if as_json:
        terminal.emit(asdict(result))
        return
    money = terminal.wording.money(result.reserved)
    terminal.say("{plan} is approved.", plan=plan_id)
    terminal.say("It reserves {money} for {n} seats.", money=money, n=terminal.wording.number(result.seats))


@plans.command()
@click.argument("plan_id")
@click.option("--cancel", "cancelled", multiple=True, help="Class that is cancelled; may be repeated.")
@click.option("--time-limit", type=click.FloatRange(min=1), default=60, show_default=True, help="Seconds to solve.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for files and report.")
@AS_JSON
@click.pass_obj
def replan(
    settings: Settings,
    /,
    *,
    plan_id: str,
    cancelled: tuple[str, ...],
    time_limit: float,
    out: Path | None,
    as_json: bool,
) -> None:
    """Plan again, after classes were cancelled or with what is on file now; whoever can keeps their place."""
    from service.commands.plan import finish, make_and_keep
    from service.commands.plan_reasons import show_moves
    from service.pipeline import fetch_plan, replan_request
    from service.plan_answer import again_name
    from service.plan_moves import moves
    from service.plan_why import plan_reasons

    terminal, database = open_both(settings, as_json=as_json)
    earlier = fetch_plan(database, plan_id)
    office, request = replan_request(
        database, earlier, settings.on, time_limit, again_name(cancelled, terminal.wording)
    )
    new_id, made = make_and_keep(terminal, database, office, request, earlier=plan_id, cancelled=cancelled)
    if not as_json:
        answers = plan_reasons(database, new_id)
        show_moves(terminal, database, (earlier, made), moves(earlier, made, answers, terminal.wording))
    finish(terminal, office, new_id, made, out=out, full=True)
