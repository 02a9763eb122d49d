"""Claim: a city's plan comes with a proven gap of a few hundredths of a per cent, and an eighth above greedy.

Draws ministries (see ministry.py) and runs greedy, our engine, HiGHS (linear and whole program, with its two slow
options off) and, where OR-Tools is installed (`pip install 'bangkom[benchmarks]'`), PDLP and CP-SAT, each in a
process of its own and within the same time. Prints the value, the bound it proved, the gap to its own bound and to the
best bound of all, seconds, and the most memory that it and its solver's process held.

    python benchmarks/allocation.py [--people 300 1000] [--seeds 1] [--tightness 1 0.8] [--seconds 60]
        [--methods bangkom greedy]
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np
from ministry import draw_ministry
from peers import HAS_ORTOOLS, Found, cp_sat, highs_linear, highs_whole, pdlp

from recommender.allocation.greedy import greedy, ratio_scores
from recommender.allocation.limits import SolveLimits
from recommender.allocation.objective import worth
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.relaxation import Relaxation
from recommender.allocation.solve import solve
from recommender.allocation.verify import verify

USUAL_SECONDS = {300: 20.0, 1_000: 30.0, 6_000: 120.0, 50_000: 480.0}
MOST_VERIFIED = 10_000  # people; the recount is plain Python


def by_greedy(problem: AllocationProblem, _seconds: float) -> Found:
    """Fill by value for money, the usual practice."""
    return Found(value=worth(problem, greedy(Placement(problem), ratio_scores(problem))).objective)


def by_us(problem: AllocationProblem, seconds: float) -> Found:
    """Solve with our engine, and recount its plan."""
    begun, told = time.monotonic(), list[tuple[float, float]]()
    found = solve(problem, SolveLimits(seconds=seconds, clock=time.monotonic, tell=lambda _, bound: told.append(
        (time.monotonic() - begun, bound))))  # fmt: skip
    wrong = verify(problem, found) if len(problem.people.ids) <= MOST_VERIFIED else ()
    if wrong:
        raise SystemExit("\n".join(map(str, wrong)))
    return Found(value=found.objective, bound=found.bound, early=told[0])


METHODS: dict[str, Callable[[AllocationProblem, float], Found]] = {
    "greedy": by_greedy, "bangkom": by_us, "HiGHS LP": highs_linear, "HiGHS MIP": highs_whole,
    "PDLP (approx.)": pdlp, "CP-SAT": cp_sat,
}  # fmt: skip
OF_ORTOOLS = ("PDLP (approx.)", "CP-SAT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One method on one problem: what it found, less the penalty, seconds of everything and memory in GB.

    `early` are the seconds after which a bound was first told, and the bound.
    """

    method: str
    value: float
    bound: float
    seconds: float
    memory: float
    early: tuple[float, float] | None = None


def _serve(connection: Connection, method: str, drawn: tuple[int, int, float], seconds: float) -> None:
    """Draw a problem, run a method and send what it found."""
    ministry = draw_ministry(*drawn)
    if method == "bangkom":  # compiled machine code is loaded before the clock starts, as in a service
        warm = Relaxation(draw_ministry(1, 60).problem)
        warm.losses(np.zeros(warm.n_prices), 1.0)
        warm.evaluate(np.zeros(warm.n_prices))
    begun = time.monotonic()
    found = METHODS[method](ministry.problem, seconds)
    took = time.monotonic() - begun
    held = [resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    early = found.early and (found.early[0], found.early[1] - ministry.penalty)
    connection.send(Row(method=method, value=found.value - ministry.penalty, bound=found.bound - ministry.penalty,
                        seconds=took, memory=sum(held), early=early))  # fmt: skip


def run(method: str, drawn: tuple[int, int, float], seconds: float) -> Row:
    """Run a method in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, method, drawn, seconds))
    process.start()
    theirs.close()
    try:
        row: Row = ours.recv()
    except EOFError:
        row = Row(method=method, value=-np.inf, bound=np.inf, seconds=np.nan, memory=np.nan)
    process.join()
    return row


def show(rows: list[Row]) -> None:
    """Print a table."""
    best = min(row.bound for row in rows if row.method not in OF_ORTOOLS)
    floor = rows[0].value
    for row in rows:
        early = f"  bound {row.early[1]:.1f} after {row.early[0]:.0f} s" if row.early else ""
        own = (row.bound - row.value) / row.bound if np.isfinite(row.bound + row.value) else np.nan
        print(f"{row.method:15} value {row.value:12.1f}  bound {row.bound:12.1f}  proven gap {own:8.3%}  to the best "
              f"bound {(best - row.value) / best:8.3%}  above greedy {row.value / floor - 1.0:7.1%}  "
              f"{row.seconds:6.1f} s  {row.memory:5.2f} GB{early}", flush=True)  # fmt: skip


def main() -> None:
    """Print a table for each size, seed and tightness."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[300, 1_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--tightness", type=float, nargs="+", default=[1.0, 0.8], help="factor on all money")
    parser.add_argument("--seconds", type=float, help="for each method; 20 to 480 by size where not given")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), help="greedy and these alone")
    given = parser.parse_args()
    asked = ["greedy", *(given.methods or METHODS)]
    methods = [name for name in METHODS if name in asked and (HAS_ORTOOLS or name not in OF_ORTOOLS)]
    if not HAS_ORTOOLS:
        print("OR-Tools is not installed: without PDLP and CP-SAT")
    for n_people in given.people:
        seconds = given.seconds or USUAL_SECONDS.get(n_people, 120.0)
        for seed in given.seeds:
            for tightness in given.tightness:
                print(f"\n{n_people:,} people, seed {seed}, money x {tightness}, {seconds:.0f} s each")
                show([run(name, (seed, n_people, tightness), seconds) for name in methods])


if __name__ == "__main__":
    main()
