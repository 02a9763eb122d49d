"""Plan a nation: agencies are read and cut, planned side by side, written and recounted; the totals come back."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from recommender.allocation.crossing import Crossing
from recommender.allocation.limits import Item, Result, Run, SolveLimits
from recommender.allocation.nation import NationPlan, n_tasks, solve_nation
from recommender.allocation.result import Status
from service.nation.reading import AGENCY, agencies_in, read_shared
from service.nation.stored import Fetch, Piece, Survey, Surveyed, crossing_of
from service.nation.writing import Written
from service.schemas.problem_reading import MOST_SHOWN
from training_catalog.errors import InputError

Show = Callable[[str, int], None]  # told of each step, and of how many tasks it has
Step = Callable[[], None]  # told of each task that is done


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What a plan of a nation may use.

    Parameters
    ----------
    run, processes : How tasks are run, and how many at once.
    seconds : For everything after reading; the folder's own when not given.
    is_recounted : Whether every region is recounted by code apart from the solver's.
    show : Told of each step.
    step : Told of each task that is done.
    """

    run: Run
    processes: int
    seconds: float | None = None
    is_recounted: bool = True
    show: Show = lambda _name, _n: None
    step: Step = lambda: None

    def counted(self, name: str, n: int) -> Run:
        """Return how to run the tasks of a step while its progress is shown."""
        self.show(name, n)

        def run(task: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
            for result in self.run(task, items):
                self.step()
                yield result

        return run


@contextmanager
def _pieces_in(folder: Path) -> Iterator[Path]:
    """Yield a folder for pieces that only its owner can open, and remove it afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = Path(tempfile.mkdtemp(prefix=".pieces-", dir=folder))
    try:
        yield pieces
    finally:
        shutil.rmtree(pieces)


def plan_nation(folder: Path, out: Path, effort: Effort) -> dict[str, Any]:
    """Plan a folder's agencies, and write the plan.

    Parameters
    ----------
    folder : The problem; see docs/problem-file.md.
    out : Where the plan goes: ``plan.json``, and each agency's seats and prices in a folder of its own.
    effort : Processes, seconds and who hears how far it is.

    Returns
    -------
    What ``plan.json`` says.

    Raises
    ------
    InputError
        When the problem has faults, or `out` holds a plan already.
    """
    if (out / "plan.json").exists() or any(out.glob(f"{AGENCY}*")):
        raise InputError("{folder}: holds a plan already; accepted: a new folder", folder=str(out))
    shared = read_shared(folder)
    with _pieces_in(out) as pieces_in:
        agencies = agencies_in(folder)
        survey = Survey(shared=shared, folder=pieces_in.resolve())
        surveyed = _faultless(effort.counted("read", len(agencies))(survey, [path.resolve() for path in agencies]))
        crossing = crossing_of(surveyed, shared.get("rules", {}))
        pieces = tuple(chain.from_iterable(part.pieces for part in surveyed))
        sources = [Fetch(piece=piece, lines=crossing.ids) for piece in pieces]
        seconds = effort.seconds or shared["time_limit"]
        tasks = n_tasks(len(pieces), sum(len(part.people) for part in surveyed), seconds)
        limits = SolveLimits(
            seconds=seconds, gap=shared["gap"], seed=shared["seed"], clock=time.monotonic,
            run=effort.counted("plan", tasks), processes=effort.processes,
        )  # fmt: skip
        written = Written(folder=out.resolve(), pieces=pieces, crossing=crossing, is_recounted=effort.is_recounted)
        found = solve_nation(sources, crossing, limits, written)
    totals = _totals(found, crossing, pieces, out, n_options=sum(part.n_options for part in surveyed), gap=limits.gap)
    (out / "plan.json").write_text(json.dumps(totals, indent=1, ensure_ascii=False), encoding="utf-8")
    return totals


def _faultless(found: Iterable[Surveyed | InputError]) -> list[Surveyed]:
    """Return what was read of every agency, or raise with the faults of all."""
    read, faults = list[Surveyed](), list[InputError]()
    for part in found:
        if isinstance(part, InputError):
            faults.append(part)
        else:
            read.append(part)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        shown = tuple(faults[:MOST_SHOWN])
        raise InputError("{n} agencies have faults:{faults}", n=len(faults), faults=shown)
    return read


def _totals(
    found: NationPlan, crossing: Crossing, pieces: tuple[Piece, ...], out: Path, *, n_options: int, gap: float
) -> dict[str, Any]:
    """Add the regions up; shared limits are compared in whole rupiah."""
    use, value = found.use, found.value
    bound = max(min(found.bound, found.price_bound), value)
    violations = [line for piece in pieces for line in _recounted(out, piece)]
    held = np.concatenate([crossing.amount, [mark.at_most or 0 for mark in crossing.earmarks]]).astype(np.int64)
    over = np.flatnonzero(use[: len(held)] > held)
    names = [*crossing.ids.tolist(), *(mark.name for mark in crossing.earmarks)]
    violations += [f"budget: {names[i]}: {use[i]}, allowed {held[i]}" for i in over.tolist()]
    share = 0.0 if bound <= value else (bound - value) / max(abs(bound), 1e-12)
    status = Status.WITHIN_GAP if share <= gap else Status.HEURISTIC
    n_unmet = sum(part.n_unmet for part in found.totals)
    return {
        "status": str(Status.INFEASIBLE if n_unmet else status), "objective": value, "bound": bound, "gap": share,
        "price_bound": max(found.price_bound, value), "employees": sum(part.people for part in found.outlines),
        "options": n_options, "regions": len(pieces), "cost": sum(part.cost for part in found.totals),
        "assignments": sum(part.seats for part in found.totals),
        "people": sum(part.people for part in found.totals), "unmet": n_unmet,
        "stopped_by_clock": found.was_hurried or any(part.was_stopped for part in found.totals),
        "lines": [
            {"line": name, "planned": int(use[i]), "free": int(crossing.amount[i] - use[i]),
             "price": float(found.shared[i])}
            for i, name in enumerate(crossing.ids.tolist())
        ],
        "verified": {"ok": not violations, "violations": violations},
    }  # fmt: skip


def _recounted(out: Path, piece: Piece) -> list[str]:
    """Return what the recount of a region found wrong."""
    path = out / f"{AGENCY}{piece.agency}" / f"part-{piece.part}.json"
    found = json.loads(path.read_bytes())
    return [f"{piece.agency}: {wrong}" for wrong in found["violations"]]
