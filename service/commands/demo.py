"""``bangkom demo``: a whole city, from files to a plan."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from service.commands.opening import AS_JSON
from service.files import writing_to
from service.settings import Settings
from service.terminal import ATTENTION, Terminal

PLANNING_DAY = (2027, 1, 4)  # a Monday; used when --on is not given, so that everybody's demo is the same
STEPS = 6
PORTAL = "http://127.0.0.1:8000/"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default="demo-city", required=False)
@click.option("--people", type=click.IntRange(50, 1_000_000), default=5_200, show_default=True, help="People.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same city.")
@click.option("--time-limit", type=click.FloatRange(min=1), default=60, show_default=True, help="Seconds to solve.")
@click.option("--serve", is_flag=True, help="Start the service afterwards, on this machine only.")
@AS_JSON
@click.pass_context
def demo(
    ctx: click.Context, /, *, directory: Path, people: int, seed: int, time_limit: float, serve: bool, as_json: bool
) -> None:
    """Make the demo city in DIRECTORY as files an office would have, import them, learn, plan, and report.

    \b
    Examples:
      bangkom demo
      bangkom demo big-city --people 50000 --seed 7
    """
    settings: Settings = ctx.obj
    terminal = Terminal(settings, as_json)
    own = _demo_settings(ctx, settings, directory)
    is_calling = _run(terminal, own, directory, people=people, seed=seed, time_limit=time_limit)
    if serve:
        from service.commands.serve import serve as serve_command

        ctx.obj = own
        os.environ["BANGKOM_ON"] = own.on.isoformat()
        ctx.invoke(serve_command, host="127.0.0.1", port=8000, workers=1, dev=True)
    if is_calling:
        sys.exit(ATTENTION)


def _demo_settings(ctx: click.Context, settings: Settings, directory: Path) -> Settings:
    """Use the demo's own day and database unless the person named others."""
    from dataclasses import replace
    from datetime import date

    parent = ctx.parent
    given = {name: parent.get_parameter_source(name) for name in ("on", "database_url")} if parent else {}
    is_default = {name: source is None or source.name == "DEFAULT" for name, source in given.items()}
    on = date(*PLANNING_DAY) if is_default.get("on", True) else settings.on
    url = f"sqlite:///{directory / 'bangkom.db'}" if is_default.get("database_url", True) else settings.database_url
    return replace(settings, on=on, database_url=url)


def _run(terminal: Terminal, settings: Settings, directory: Path, *, people: int, seed: int, time_limit: float) -> bool:
    """Go through the steps, each with its line on the terminal; return whether something needs attention."""
    say = terminal.say
    say(
        "[1/{steps}] Building a city of {n} people (seed {seed}) ...",
        steps=STEPS,
        n=terminal.wording.number(people),
        seed=seed,
    )
    from service.demo.city import build_city, import_city, new_heads
    from service.phrases import verdict_text
    from service.pipeline import PlanRequest, learn, load_office
    from service.policy_file import read_policy

    with writing_to(directory):
        directory.mkdir(parents=True, exist_ok=True)
    city, files = build_city(terminal, settings, directory, n_people=people, seed=seed)
    say("[2/{steps}] Importing {n} files ...", steps=STEPS, n=len(files))
    database, counts = import_city(terminal, settings, files)
    say("    {read} rows read: {stored} stored, {unchanged} unchanged, {refused} refused, {left_out} left out.",
        **{key: terminal.wording.number(value) for key, value in counts.items()})  # fmt: skip
    say("[3/{steps}] Finding gaps ...", steps=STEPS)
    office = load_office(database, settings.on)
    policy_path = new_heads(office, directory)
    policy = read_policy(policy_path)
    say("[4/{steps}] Learning from past trainings ...", steps=STEPS)
    model_id, fitted = learn(database, office, policy, seed)
    say("    {model}: {words}", model=model_id, words=verdict_text(fitted.verdict.words, terminal.wording))
    say("[5/{steps}] Ranking trainings and planning ...", steps=STEPS)
    office = load_office(database, settings.on)
    request = PlanRequest(year=settings.on.year, policy=policy, name="demo", time_limit=time_limit, seed=seed)
    return _finish(terminal, settings, directory, database, office, request, city, policy_path)


def _finish(
    terminal: Terminal, settings: Settings, directory: Path, database: Any, office: Any, request: Any, city: Any,
    policy_path: Path,
) -> bool:  # fmt: skip
    """Plan, write, say what to do next, and return whether something needs attention."""
    from service.commands.plan import make_and_keep, needs_attention, summarise, write_files
    from service.demo.city import true_benefit_of
    from service.plan_answer import plan_document
    from service.storage.engine import shown_url

    plan_id, plan = make_and_keep(terminal, database, office, request)
    terminal.say("[6/{steps}] Writing the plan and its report ...", steps=STEPS)
    files = write_files(terminal, office, plan_id, plan, directory / "rencana")
    truth = true_benefit_of(city, office, plan)
    if terminal.as_json:
        document = plan_document(plan_id, plan, terminal.wording, full=False)
        terminal.emit(
            {**document, "report": str(files[0]), "true_benefit": truth, "database": shown_url(settings.database_url)}
        )
    else:
        summarise(terminal, plan_id, plan)
        terminal.say(
            "By the simulated truth it closes {truth} weighted levels.", truth=terminal.wording.number(truth, 1)
        )
        _next_steps(terminal, settings, plan_id, plan, policy_path)
        _portal(terminal, settings, database, plan)
    return needs_attention(plan)


def _program() -> str:
    """Return how the program was called, where its plain name would not be found."""
    given = Path(sys.argv[0])
    is_elsewhere = shutil.which(given.name) is None and given.name.startswith("bangkom")
    return shlex.quote(str(given)) if is_elsewhere else "bangkom"


def _next_steps(terminal: Terminal, settings: Settings, plan_id: str, plan: Any, policy_path: Path) -> None:
    from service.storage.engine import shown_url

    wording, console = terminal.wording, terminal.console
    someone = plan.assignments["employee"].iloc[0] if len(plan.assignments) else plan.people["employee"].iloc[0]
    call = f"{_program()} --database {shlex.quote(shown_url(settings.database_url))} --on {settings.on.isoformat()}"
    console.print()
    console.print(wording.text("Next, try:"))
    console.print(f"  {call} recommend {someone}")
    console.print(f"  {call} plans why {plan_id} {someone}")
    console.print(
        f"  {call} plan --year {plan.provenance.year} --policy {shlex.quote(str(policy_path))} --budget-factor 1.1"
    )


def _portal(terminal: Terminal, settings: Settings, database: Any, plan: Any) -> None:
    """Say how to open the portal, and who may come in."""
    from service.demo.accounts import add_demo_accounts
    from service.storage.engine import shown_url

    names, password = add_demo_accounts(database, plan)
    wording, console = terminal.wording, terminal.console
    call = f"{_program()} --database {shlex.quote(shown_url(settings.database_url))} --on {settings.on.isoformat()}"
    console.print()
    console.print(wording.text("The portal: start it, and open {address} in a browser:", address=PORTAL))
    console.print(f"  {call} serve --dev")
    console.print(f"  {call} worker   # {wording.text('beside it, for imports, fits and plans')}")
    console.print(wording.text("Accounts: {names}; password of all, made now: {password}",
                               names=", ".join(names.values()), password=password))  # fmt: skip
