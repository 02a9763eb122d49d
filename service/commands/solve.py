"""``bangkom solve``: one allocation problem given as a file, no database."""

import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON
from service.settings import Settings
from service.terminal import ATTENTION, Terminal


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--time-limit", type=click.FloatRange(min=0.1), help="Seconds; the file's own when not given.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the plan of a folder; a new one.")
@click.option(
    "--processes", type=click.IntRange(min=1), help="At once, beyond 20,000 people; as many as there are cores."
)
@click.option("--scheduler", help="A Dask cluster that works on a folder, such as tcp://10.0.0.5:8786.")
@click.option("--recount/--no-recount", default=True, help="Recount a folder's plan by separate code.")
@AS_JSON
@click.pass_obj
def solve(settings: Settings, /, *, file: Path, time_limit: float | None, out: Path | None, processes: int | None,
          scheduler: str | None, recount: bool, as_json: bool) -> None:  # fmt: skip
    """Solve the allocation problem in FILE and print the allocation.

    FILE is one problem (JSON), or a folder: problem.json with what all agencies share, and Parquet for each agency.

    \b
    Examples:
      bangkom solve problem.json
      bangkom solve problem.json --time-limit 10 --json > answer.json
      bangkom solve nation/ --out plan/ --time-limit 3600

    The shapes of problem and answer are in docs/problem-file.md.
    """
    from recommender.allocation.limits import SolveLimits
    from recommender.allocation.solve import solve as solve_problem
    from recommender.allocation.verify import verify
    from service.nation.workers import run_in, usual_processes
    from service.schemas.answer import build_answer
    from service.schemas.problem_columns import to_columns
    from service.schemas.problem_reading import read_problem

    terminal = Terminal(settings, as_json)
    if file.is_dir():
        from service.commands.solve_nation import solve_folder

        solve_folder(terminal, file, out, time_limit, processes=processes, scheduler=scheduler, is_recounted=recount)
        return
    parsed = read_problem(file)
    problem = to_columns(parsed)
    seconds = time_limit or parsed.time_limit
    terminal.say("Solving {n} options of {people} people, at most {seconds} seconds ...",
                 n=terminal.wording.number(len(problem.options.employee)), seconds=terminal.wording.brief(seconds),
                 people=terminal.wording.number(len(problem.people.ids)))  # fmt: skip
    processes = processes or usual_processes()
    limits = SolveLimits(seconds=seconds, gap=parsed.gap, seed=parsed.seed, clock=time.monotonic,
                         run=run_in(processes), processes=processes)  # fmt: skip
    allocation = solve_problem(problem, limits)
    violations = verify(problem, allocation)
    answer = build_answer(parsed, problem, allocation, violations, content=file.read_bytes(), wording=terminal.wording)
    if as_json:
        terminal.emit(answer)
    else:
        _show(terminal, answer)
    mandatory_unmet = any(clash["people"] for clash in answer["clashes"])
    if violations or mandatory_unmet or answer["status"] == "infeasible":
        sys.exit(ATTENTION)


def _show(terminal: Terminal, answer: dict[str, Any]) -> None:
    """Print the allocation for people."""
    from service.labels import WARNINGS
    from service.phrases import PLAN_STATES, clash_text, recount_texts

    wording, console = terminal.wording, terminal.console
    gap = answer["gap"]
    console.print(wording.text(
        "Plan {plan}: {state}; value {value}, gap {gap}; {cost} for {seats} seats, {people} people.",
        plan=answer["plan"], state=wording.text(PLAN_STATES[answer["status"]]),
        value=wording.number(answer["objective"], 2), gap="?" if gap is None else wording.percent(gap, 2),
        cost=wording.money(answer["cost"]), seats=wording.number(answer["assignments"]),
        people=wording.number(answer["people"]),
    ))  # fmt: skip
    table = Table(wording.text("Employee"), wording.text("Class"), wording.text("Cost"), wording.text("Benefit"))
    for row in answer["chosen"]:
        table.add_row(row["employee"], row["offering"], wording.money(row["cost"]), wording.number(row["benefit"], 2))
    console.print(table)
    for clash in answer["clashes"]:
        console.print(clash_text({**clash, "people": ";".join(clash["people"])}, wording))
    if not answer["unmet_proved"]:
        console.print(wording.text(WARNINGS["demands-not-proved"]))
    for row in answer["unmet"]:
        console.print(f"{row['employee']}: {row['text']}")
    for row in answer["changes"]:
        console.print(f"{row['employee']}: {row['old'] or '-'} -> {row['new'] or '-'}: {row['reason']}")
    for line in recount_texts(answer["verified"]["violations"], wording):
        console.print(line)
