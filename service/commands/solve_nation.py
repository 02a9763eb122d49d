"""``bangkom solve FOLDER``: agencies as folders of Parquet, planned side by side into another folder."""

import sys
from pathlib import Path
from typing import Any

from rich.progress import Progress, TaskID

from service.nation.planning import Effort, plan_nation
from service.nation.workers import usual_processes, workers
from service.phrases import PLAN_STATES
from service.terminal import ATTENTION, Terminal
from training_catalog.errors import InputError

STEPS = {"read": "Reading and checking agencies", "plan": "Finding prices and planning regions"}
MOST_SHOWN = 20  # violations


class _Bar:
    """Shows how far a plan is.

    Parameters
    ----------
    terminal : Its language.
    progress : The display.
    """

    def __init__(self, terminal: Terminal, progress: Progress) -> None:
        self.terminal, self.progress = terminal, progress
        self.task: TaskID | None = None

    def show(self, name: str, n: int) -> None:
        """Begin a step of `n` tasks."""
        self.task = self.progress.add_task(self.terminal.wording.text(STEPS[name]), total=n)

    def step(self) -> None:
        """Count a task."""
        if self.task is not None:
            self.progress.advance(self.task)


def solve_folder(
    terminal: Terminal, folder: Path, out: Path | None, time_limit: float | None, *, processes: int | None,
    scheduler: str | None, is_recounted: bool,
) -> None:  # fmt: skip
    """Plan a folder of agencies and print the totals.

    Raises
    ------
    InputError
        When no folder for the plan is named, or the problem has faults.
    """
    if out is None:
        raise InputError("{folder}: a folder's plan goes into a folder; add --out FOLDER", folder=str(folder))
    with workers(processes or usual_processes(), scheduler) as (run, n), terminal.progress() as progress:
        bar = _Bar(terminal, progress)
        effort = Effort(run=run, processes=n, seconds=time_limit, is_recounted=is_recounted, show=bar.show,
                        step=bar.step)  # fmt: skip
        totals = plan_nation(folder, out, effort)
    if terminal.as_json:
        terminal.emit(totals)
    else:
        _print(terminal, totals, out)
    if totals["unmet"] or not totals["verified"]["ok"]:
        sys.exit(ATTENTION)


def _print(terminal: Terminal, totals: dict[str, Any], out: Path) -> None:
    """Print the totals for people."""
    wording, console = terminal.wording, terminal.console
    console.print(wording.text(
        "{state}: value {value}, gap {gap}; {cost} for {seats} seats, {people} of {all} people, in {regions} regions.",
        state=wording.text(PLAN_STATES[totals["status"]]), value=wording.number(totals["objective"], 2),
        gap=wording.percent(totals["gap"], 2), cost=wording.money(totals["cost"]),
        seats=wording.number(totals["assignments"]), people=wording.number(totals["people"]),
        all=wording.number(totals["employees"]), regions=wording.number(totals["regions"]),
    ))  # fmt: skip
    if totals["unmet"]:
        console.print(wording.text("{n} pins and mandatory demands are not met; each part-*.json names them.",
                                   n=wording.number(totals["unmet"])))  # fmt: skip
    for line in totals["verified"]["violations"][:MOST_SHOWN]:
        console.print(line)
    console.print(wording.text("The plan is in {folder}.", folder=str(out)))
