"""Subcommands of ``bangkom plans`` that say why: of one person, and of what differs between two plans."""

from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings
from service.terminal import Terminal


@click.command()
@click.argument("one")
@click.argument("other")
@AS_JSON
@click.pass_obj
def compare(settings: Settings, /, *, one: str, other: str, as_json: bool) -> None:
    """Compare two plans: totals, money, gaps, and who moves from where to where, and why."""
    from service.pipeline import fetch_plan
    from service.plan_answer import differences
    from service.plan_why import plan_reasons

    terminal, database = open_both(settings, as_json=as_json)
    both = fetch_plan(database, one), fetch_plan(database, other)
    document = differences(*both, plan_reasons(database, other), terminal.wording)
    if as_json:
        terminal.emit(document)
        return
    _show_totals(terminal, document, (one, other))
    _show_lines(terminal, document["lines"])
    _show_gaps(terminal, database, document["gaps"])
    show_moves(terminal, database, both, document["changes"])


def _show_totals(terminal: Terminal, document: dict[str, Any], plans: tuple[str, str]) -> None:
    from service.plan_answer import total_rows

    table = Table("", *plans, terminal.wording.text("Difference"))
    for row in total_rows(document, terminal.wording):
        table.add_row(row["title"], row["one"], row["other"], row["change"])
    terminal.console.print(table)


def _show_lines(terminal: Terminal, lines: list[dict[str, Any]]) -> None:
    from service.plan_answer import signed

    if not lines:
        return
    wording = terminal.wording
    headers = ("Line", "Name", "Before", "After", "Difference")
    table = Table(*[wording.text(header) for header in headers],
                  title=wording.text("Budget lines of which not the same is planned"))  # fmt: skip
    for row in lines:
        before, after = row["planned"]
        table.add_row(row["line"], row["name"], wording.money(before), wording.money(after),
                      signed(after - before, wording.money(after - before)))  # fmt: skip
    terminal.console.print(table)


def _show_gaps(terminal: Terminal, database: Any, gaps: list[dict[str, Any]]) -> None:
    from service.plan_answer import signed

    if not gaps:
        return
    wording, names = terminal.wording, _names(terminal, database).competencies
    headers = ("Competency", "Before", "After", "Difference")
    table = Table(*[wording.text(header) for header in headers],
                  title=wording.text("Competencies of which not the same is closed, in levels"))  # fmt: skip
    for row in gaps:
        before, after = row["closed"]
        code = row["competency"]
        table.add_row(f"{names[code]} ({code})" if code in names else code, wording.number(before, 1),
                      wording.number(after, 1), signed(after - before, wording.number(after - before, 1)))  # fmt: skip
    terminal.console.print(table)


def _names(terminal: Terminal, database: Any) -> Any:
    from service.exports.plan_names import NAMED, names_from

    return names_from(database.read_some(NAMED), lang=terminal.wording.lang)


def show_moves(terminal: Terminal, database: Any, plans: Sequence[Any], changes: list[dict[str, Any]]) -> None:
    """Print who moves from where to where, and why.

    Parameters
    ----------
    plans : The two plans; they say which training a class is of.
    changes : From `service.plan_moves.moves`.
    """
    wording = terminal.wording
    if not changes:
        terminal.console.print(wording.text("Both plans choose the same."))
        return
    names = _names(terminal, database)
    training = {offering: code for plan in plans for offering, code in
                zip(plan.offerings["offering"], plan.offerings["training"], strict=True)}  # fmt: skip

    def look(offering: str | None) -> str:
        if offering is None:
            return wording.text("none")
        code = training.get(offering, "")
        return f"{names.trainings.get(code, code)} ({offering})"

    table = Table(*[wording.text(header) for header in ("Name", "Class before", "Class after", "Why")],
                  title=wording.text("People whose classes differ"), show_lines=True)  # fmt: skip
    for row in changes:
        person = f"{names.employees.get(row['employee'], '')} {row['employee']}".strip()
        table.add_row(person, look(row["old"]), look(row["new"]), row["text"])
    terminal.console.print(table)


def _nobody(nip: str, plan_id: str, people: Any) -> Exception:
    """Return what is to be said of a number, or a name, that a plan does not hold."""
    from service.spelling import those_named
    from training_catalog.columns import SUGGESTIONS
    from training_catalog.errors import InputError, UnknownIdError

    if nip in set(people["employee"]):
        return InputError("{employee} is on file, but was not when {plan} was made.", employee=nip, plan=plan_id)
    return UnknownIdError("employee", nip, those_named(people, nip, SUGGESTIONS))


@click.command()
@click.argument("plan_id")
@click.argument("nip")
@click.argument("training", required=False)
@AS_JSON
@click.pass_obj
def why(settings: Settings, /, *, plan_id: str, nip: str, training: str | None, as_json: bool) -> None:
    """Say why a person got a class, or nothing; with TRAINING, why its classes were or were not chosen for them.

    \b
    Examples:
      bangkom plans why p-1a2b3c4d5e6f 199001012015011001
      bangkom plans why p-1a2b3c4d5e6f 199001012015011001 P01
    """
    from service.pipeline import fetch_plan
    from service.plan_why import why_rows

    terminal, database = open_both(settings, as_json=as_json)
    plan = fetch_plan(database, plan_id)
    if nip not in set(plan.people["employee"]):
        raise _nobody(nip, plan_id, database.read("employees"))
    names = _names(terminal, database)
    if training is None:
        rows = why_rows(plan, nip, terminal.wording, names.trainings)
    else:
        rows = _about(database, plan_id, plan, nip, training, terminal, names.trainings)
    if as_json:
        terminal.emit({"plan": plan_id, "employee": nip, "reasons": rows})
        return
    for row in rows:
        terminal.console.print(row["text"])
    if not rows:
        terminal.console.print(terminal.wording.text("No need was found for this person, so nothing was planned."))


def _about(
    database: Any, plan_id: str, plan: Any, nip: str, training: str, terminal: Terminal, names: dict[str, str]
) -> list[dict[str, Any]]:
    """Return what a plan says of a person and a training; what it never considered is told by what is on file."""
    import msgspec

    from recommender.policy import Policy
    from service.lookup import Listed, list_person, person_of
    from service.pipeline import background_of, load_office
    from service.plan_why import plan_reasons, why_training

    def listed() -> Listed:
        office, rules = (
            load_office(database, plan.provenance.on),
            msgspec.json.decode(plan.provenance.rules, type=Policy),
        )
        return list_person(person_of(office, nip), rules, background_of(office, rules))

    answers = plan_reasons(database, plan_id)
    return why_training(plan, answers, nip, training, terminal.wording, names, listed)
