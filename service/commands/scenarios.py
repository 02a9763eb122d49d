"""``bangkom scenarios``: what other budgets and other rules would close, in one run."""

import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings
from service.terminal import ATTENTION, Terminal
from service.wording import Wording
from training_catalog.errors import InputError

HEADERS = ("Scenario", "Budget", "Levels closed", "People", "Cost", "JP missing", "Units left out",
           "Least served unit", "Proven gap")  # fmt: skip


@click.command()
@click.option("--year", type=int, help="Plan year; the year of today when not given.")
@click.option("--policy", type=click.Path(path_type=Path), help="Policy file (JSON or TOML); see docs/policy.md.")
@click.option("--budget-factor", "budget_factors", multiple=True,
              default=("0.8", "0.9", "1.1", "1.2"), show_default=True,
              help="Factor of every line; may be given again. The budget as it is always comes too.")  # fmt: skip
@click.option("--hours-first", is_flag=True, help="Also with everybody's hours before any gap.")
@click.option("--unit-floor", "unit_floors", type=click.FloatRange(0, 100), multiple=True,
              help="Also with so many percent of each unit served; may be given again.")  # fmt: skip
@click.option("--most-even", is_flag=True, help="Also with the least served unit served as well as can be found.")
@click.option("--time-limit", type=click.FloatRange(min=1), default=20, show_default=True,
              help="Seconds to solve each plan.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the solver.")
@AS_JSON
@click.pass_obj
def scenarios(
    settings: Settings, /, *, year: int | None, policy: Path | None, budget_factors: tuple[str, ...], hours_first: bool,
    unit_floors: tuple[float, ...], most_even: bool, time_limit: float, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Show what other budgets and other rules would close; nothing is stored.

    \b
    Examples:
      bangkom scenarios --year 2027
      bangkom scenarios --year 2027 --budget-factor 1.5 --hours-first --unit-floor 30
    """
    from service.decisions import taken_by_others
    from service.pipeline import PlanRequest, load_office
    from service.policy_file import read_policy
    from service.scenario_answer import scenario_document
    from service.scenarios import Asked, Explorer

    terminal, database = open_both(settings, as_json=as_json)
    asked = Asked(factors=_factors(budget_factors, terminal.wording), hours_first=hours_first, most_even=most_even,
                  unit_floors=tuple(share / 100 for share in unit_floors))  # fmt: skip
    request = PlanRequest(year=year or settings.on.year, policy=read_policy(policy), time_limit=time_limit, seed=seed)
    office = load_office(database, settings.on)
    with terminal.progress() as progress:
        ranking = progress.add_task(terminal.wording.text("Ranking"), total=office.workforce.n_people)
        explorer = Explorer(office, request, taken_by_others(database, request.year),
                            lambda n_people: progress.advance(ranking, n_people))  # fmt: skip
        planning = progress.add_task(terminal.wording.text("Planning"), total=None)
        made = []
        for one in explorer.run(asked):
            made.append(one)
            progress.advance(planning)
    document = scenario_document(made, terminal.wording)
    if as_json:
        terminal.emit(document)
    else:
        _show(terminal, document)
    if not all(one["is_sound"] for one in document["scenarios"]):
        sys.exit(ATTENTION)


def _factors(texts: tuple[str, ...], wording: Wording) -> tuple[Fraction, ...]:
    """Read the factors, or say which one is wrong."""
    from service.policy_file import read_factor

    try:
        return tuple(read_factor(text) for text in texts)
    except InputError as error:
        raise click.BadParameter(error.said(wording.text), param_hint="--budget-factor") from error


def _show(terminal: Terminal, document: dict[str, Any]) -> None:
    """Print the table, and what it says in words."""
    wording = terminal.wording
    table = Table(*[wording.text(header) for header in HEADERS])
    for row in document["scenarios"]:
        table.add_row(
            row["title"], wording.money(row["budget"]), wording.number(row["benefit"], 1),
            wording.number(row["people"]), wording.money(row["cost"]), wording.number(row["missing_hours"]),
            wording.number(row["units_left_out"]), wording.percent(row["least_served"]),
            "?" if row["gap"] is None else wording.percent(row["gap"], 1),
        )  # fmt: skip
    terminal.console.print(table)
    for sentence in _sentences(document["scenarios"], document["step"], wording):
        terminal.console.print(sentence)


def _sentences(rows: list[dict[str, Any]], step: int, wording: Wording) -> Iterable[str]:
    for row in rows:
        if row["more"] is not None:
            yield wording.text("{title}: here another {step} closes about {levels} more levels.", title=row["title"],
                               step=wording.money(step), levels=wording.number(row["more"], 1))  # fmt: skip
        elif row["name"] != "base" and row["factor"] == 1 and not row["is_told"]:
            yield wording.text("{title}: no further from the plan as asked than their proven gaps would explain.",
                               title=row["title"])  # fmt: skip
        elif row["name"] != "base" and row["factor"] == 1:
            yield wording.text("{title}: closes {levels} levels less than the plan as asked.", title=row["title"],
                               levels=wording.number(row["costs"], 1))  # fmt: skip
