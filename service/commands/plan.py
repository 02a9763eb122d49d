"""``bangkom plan``: decide who attends which class within the budget."""

import sys
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from service.commands.opening import AS_JSON
from service.files import writing_to
from service.settings import Settings
from service.terminal import ATTENTION, Terminal
from service.wording import Wording
from training_catalog.errors import InputError


@click.command()
@click.option("--year", type=int, help="Plan year; the year of today when not given.")
@click.option("--policy", type=click.Path(path_type=Path), help="Policy file (JSON or TOML); see docs/policy.md.")
@click.option("--budget-factor", default="1", show_default=True, help="Multiply every line, such as 1.1.")
@click.option("--name", default="", help="Name of the plan.")
@click.option("--time-limit", type=click.FloatRange(min=1), default=60, show_default=True, help="Seconds to solve.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the solver.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for CSV, XLSX, Parquet and report."
)
@click.option("--full", is_flag=True, help="With --json: also who was chosen, and why not.")
@AS_JSON
@click.pass_obj
def plan(
    settings: Settings, /, *, year: int | None, policy: Path | None, budget_factor: str, name: str, time_limit: float,
    seed: int, out: Path | None, full: bool, as_json: bool,
) -> None:  # fmt: skip
    """Decide who attends which class of the year, within every budget line, seat, hour and rule.

    \b
    Examples:
      bangkom plan --year 2027 --out rencana-2027
      bangkom plan --year 2027 --policy kebijakan.toml --budget-factor 1.1 --json
    """
    from service.pipeline import PlanRequest, load_office
    from service.policy_file import read_policy
    from service.reference import open_office

    terminal = Terminal(settings, as_json)
    request = PlanRequest(
        year=year or settings.on.year,
        policy=read_policy(policy),
        budget_factor=_factor(budget_factor, terminal.wording),
        name=name,
        time_limit=time_limit,
        seed=seed,
    )
    database = open_office(settings.database_url)
    terminal.say("Loading ...")
    office = load_office(database, settings.on)
    plan_id, made = make_and_keep(terminal, database, office, request)
    finish(terminal, office, plan_id, made, out=out, full=full)


def _factor(text: str, wording: Wording) -> Fraction:
    """Read the factor, or say what is wrong with the option."""
    from service.policy_file import read_factor

    try:
        return read_factor(text)
    except InputError as error:
        raise click.BadParameter(error.said(wording.text), param_hint="--budget-factor") from error


def make_and_keep(
    terminal: Terminal, database: Any, office: Any, request: Any, *, earlier: str | None = None,
    cancelled: tuple[str, ...] = (),
) -> tuple[str, Any]:  # fmt: skip
    """Make a plan with progress on the terminal, and store it; it keeps the choices of an earlier one."""
    from service.decisions import decide_and_keep

    wording = terminal.wording
    solving = wording.text("Solving (at most {seconds} s)", seconds=wording.brief(request.time_limit))
    with terminal.progress() as progress:
        ranking = progress.add_task(wording.text("Ranking"), total=office.workforce.n_people)
        search = progress.add_task(solving, total=None, visible=False)

        def on_progress(n_people: int) -> None:
            progress.advance(ranking, n_people)
            progress.update(search, visible=progress.tasks[0].finished)

        def on_found(value: float, bound: float) -> None:
            found = wording.text("Best so far {value} levels, at most {bound}", value=wording.number(value, 1),
                                 bound=wording.number(bound, 1))  # fmt: skip
            progress.update(search, description=found)

        return decide_and_keep(database, office, request, earlier=earlier, cancelled=cancelled,
                               on_progress=on_progress, on_found=on_found)  # fmt: skip


def finish(terminal: Terminal, office: Any, plan_id: str, made: Any, *, out: Path | None, full: bool) -> None:
    """Write files, print the answer, and exit 1 when something needs attention."""
    from service.plan_answer import plan_document

    if out is not None:
        write_files(terminal, office, plan_id, made, out)
    if terminal.as_json:
        terminal.emit(plan_document(plan_id, made, terminal.wording, full=full))
    else:
        summarise(terminal, plan_id, made)
    if needs_attention(made):
        sys.exit(ATTENTION)


def needs_attention(made: Any) -> bool:
    """Tell whether a plan breaks a rule or leaves a demand unmet, so that nobody should sign it as it is."""
    return not made.is_sound


def write_files(terminal: Terminal, office: Any, plan_id: str, made: Any, out: Path) -> list[Path]:
    """Write CSV, XLSX, Parquet, rosters and the report; return their paths, the report first."""
    from service.exports.plan_files import write_plan_files
    from service.exports.plan_names import names_from
    from service.reports.plan_report import render_report

    wording = terminal.wording
    names = names_from(office.tables, lang=wording.lang)
    report = out / ("laporan.html" if wording.lang == "id" else "report.html")
    with writing_to(out):
        out.mkdir(parents=True, exist_ok=True)
        made_at = datetime.combine(made.provenance.on, datetime.min.time())
        html = render_report(made, names, wording, plan_id=plan_id, made_at=made_at)
        report.write_text(html, encoding="utf-8")
        files = write_plan_files(made, names, out, wording=wording)
    terminal.say("Report: {report}", report=report)
    return [report, *files]


def summarise(terminal: Terminal, plan_id: str, made: Any) -> None:
    """Print the plan in a few lines."""
    from service.labels import cut, warning_texts
    from service.phrases import PLAN_STATES, clash_text, recount_texts

    wording, console, totals = terminal.wording, terminal.console, made.totals
    gap = wording.percent(totals.gap, 1) if totals.gap == totals.gap and totals.gap != float("inf") else "?"
    console.print(wording.text(
        "Plan {plan} for {year}: {seats} seats for {people} people, {cost}.",
        plan=plan_id, year=made.provenance.year, seats=wording.number(totals.assignments),
        people=wording.number(totals.people), cost=wording.money(totals.cost),
    ))  # fmt: skip
    console.print(wording.text(
        "Expected to close {benefit} weighted levels; {state}, proven gap {gap}.",
        benefit=wording.number(totals.benefit, 1), state=wording.text(PLAN_STATES[totals.status]), gap=gap,
    ))  # fmt: skip
    if totals.kept:
        console.print(wording.text(
            "{kept} seats are kept from the earlier plan; the gap is against plans that keep as many, and what keeping "
            "them counted for is left out of it.",
            kept=wording.number(totals.kept),
        ))  # fmt: skip
    console.print(budget_text(made.lines, wording))
    clashes = tuple(clash_text(clash, wording) for clash in made.clashes.to_dict("records"))
    for line in (*recount_texts(made.violations, wording), *cut(clashes, wording)):
        console.print(line)
    for warning in warning_texts(made.warnings, wording):
        console.print(wording.text("Note: {warning}", warning=warning))


def budget_text(lines: Any, wording: Wording) -> str:
    """Say what becomes of the budget, added up as the report does: the top lines contain the others."""
    from service.reports.money_section import top_lines

    top = top_lines(lines)
    sums = {name: int(top[name].sum()) for name in ("amount", "reserved", "spent", "planned", "reserve", "free")}
    money = {name: wording.money(amount) for name, amount in sums.items()}
    return wording.text(
        "Budget {amount}: taken before {taken}, planned {planned}, kept in reserve {reserve}, free {free}; {n} lines.",
        taken=wording.money(sums["reserved"] + sums["spent"]), n=wording.number(len(lines)), **money,
    )  # fmt: skip
