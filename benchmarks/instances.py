"""Claim: on problems that nobody here made, no set is behind HiGHS at equal time, and no bound is on the wrong side.

Runs our engine, HiGHS and, where OR-Tools is installed, CP-SAT on public knapsacks (mkp, mmkp), assignments (gap) and
facility locations (sscflp) with known values, each within the same time on the same program. Prints for each set how
many came to the best known value, the mean and the worst gap to it, and how many bounds were wrong. Expects a folder a
kind and `best_known.csv`. In student sectioning (see sectioning.py) ours plans with listed schedules; others get the
usual program of classes, and HiGHS the very same schedules besides.

    python benchmarks/instances.py [--data ../shared/instances] [--kinds mkp gap] [--seconds 60] [--each 3]
"""

import argparse
import csv
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sectioning
from instance_files import READERS, Instance, read_file
from peers import HAS_ORTOOLS, Found, cp_sat, highs_whole
from sectioning_files import Sectioning, read_sectioning_file

from recommender.allocation.limits import SolveLimits
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Status
from recommender.allocation.solve import solve
from recommender.allocation.verify import verify

USUAL_DATA = Path(__file__).parents[2] / "shared" / "instances"
PROCESSES = 2  # our engine may use a second core, as on a planner's machine; CP-SAT takes all, HiGHS has use for one
CLOSE = 1e-6  # relative, by which a value may miss the best known one and count as equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A row of `best_known.csv`."""

    kind: str
    file: str
    number: int
    best: float

    @property
    def family(self) -> str:
        """The set it is counted in: its folder, and the letter or size in the file's name."""
        path = Path(self.file)
        letter = re.match(r"[a-e](?=\d)|mknapcb\d", path.name)
        return f"{path.parent}{'/' + letter.group() if letter and self.kind in ('gap', 'mkp') else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a method did: relative gap to the best known value, whether its bound was wrong, and seconds."""

    gap: float
    is_wrong: bool
    seconds: float


def read_known(data: Path, kinds: list[str]) -> list[Known]:
    """Read which problems there are, and their best known values."""
    with (data / "best_known.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] in kinds and row["best_known"]]
    return [Known(kind=row["set"], file=row["file"], number=int(row["instance"] or 1), best=float(row["best_known"]))
            for row in rows if (data / row["file"]).exists()]  # fmt: skip


def by_us(problem: AllocationProblem, seconds: float) -> Found:
    """Solve with our engine, and recount."""
    found = solve(problem, SolveLimits(seconds=seconds, gap=0.0, clock=time.monotonic, processes=PROCESSES))
    wrong = verify(problem, found)
    if wrong:
        sys.exit("\n".join(map(str, wrong)))
    return Found(value=float("-inf") if found.status == Status.INFEASIBLE else found.objective, bound=found.bound)


METHODS: dict[str, Callable[[Any, float], Found]] = {"bangkom": by_us, "HiGHS": highs_whole, "CP-SAT": cp_sat}
OF_SECTIONING: dict[str, Callable[[Any, float], Found]] = {
    "bangkom": sectioning.by_us, "HiGHS": sectioning.highs_directly, "CP-SAT": sectioning.cp_sat_directly,
    "HiGHS, schedules": sectioning.highs_on_schedules,
}  # fmt: skip
SECTIONING = "sectioning"
KINDS = [*READERS, SECTIONING]


def read(data: Path, known: Known) -> Instance | Sectioning:
    """Read a problem."""
    path = data / known.file
    try:
        if known.kind == SECTIONING:
            return read_sectioning_file(path)
        found = read_file(known.kind, path)
    except ValueError as error:
        sys.exit(str(error))
    if not 0 < known.number <= len(found):
        sys.exit(f"{path}: problem {known.number} is asked for, and the file holds {len(found)}")
    return found[known.number - 1]


def judge(instance: Instance | Sectioning, found: Found, best: float, seconds: float) -> Score:
    """Compare with the best known value."""
    value, bound = instance.own(found.value), instance.own(found.bound)
    gap = instance.sign * (best - value) / max(abs(best), 1.0)
    is_wrong = instance.sign * (best - bound) > CLOSE * max(abs(best), 1.0)
    return Score(gap=gap, is_wrong=is_wrong, seconds=seconds)


def summary(method: str, scores: list[Score]) -> str:
    """Say how a method did on a set."""
    gaps = [min(max(score.gap, -1.0), 1.0) for score in scores]  # no plan counts as a gap of one
    n_best, n_none = sum(gap <= CLOSE for gap in gaps), sum(gap >= 1.0 for gap in gaps)
    return (f"  {method:16} best known {n_best:3}/{len(scores):<3} mean gap {sum(gaps) / len(gaps):8.4%} worst "
            f"{max(gaps):8.4%}  no plan {n_none:2}  wrong bounds {sum(score.is_wrong for score in scores):2}  mean "
            f"{sum(score.seconds for score in scores) / len(scores):5.1f} s")  # fmt: skip


def main() -> None:
    """Print the sets one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=USUAL_DATA)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--family", help="only sets whose name holds this")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each problem and method")
    parser.add_argument("--each", type=int, help="only so many problems of each set, spread over it")
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("--tell", action="store_true", help="a line for each problem and method")
    given = parser.parse_args()
    if not (given.data / "best_known.csv").exists():
        sys.exit(f"--data: {given.data} holds no best_known.csv")
    if not HAS_ORTOOLS and not given.only_ours:
        print("OR-Tools is not installed: without CP-SAT")
    families: dict[str, list[Known]] = defaultdict(list)
    for known in read_known(given.data, given.kinds):
        families[known.family].append(known)
    for family, every in families.items():
        if given.family and given.family not in family:
            continue
        n = given.each or len(every)
        picked = every if n >= len(every) else [every[(2 * i + 1) * len(every) // (2 * n)] for i in range(n)]
        print(f"{family}: {len(picked)} of {len(every)} problems, {given.seconds:.0f} s", flush=True)
        for method, scores in run(given.data, picked, given).items():
            print(summary(method, scores), flush=True)


def run(data: Path, picked: list[Known], given: argparse.Namespace) -> dict[str, list[Score]]:
    """Run every method on some problems of a set, one after another on each problem."""
    methods = OF_SECTIONING if picked[0].kind == SECTIONING else METHODS
    names = [
        name for name in methods if name == "bangkom" or not (given.only_ours or (name == "CP-SAT" and not HAS_ORTOOLS))
    ]
    scores: dict[str, list[Score]] = {name: [] for name in names}
    for known in picked:
        instance = read(data, known)
        for name in names:
            begun = time.monotonic()
            found = methods[name](instance.problem if isinstance(instance, Instance) else instance, given.seconds)
            scores[name].append(judge(instance, found, known.best, time.monotonic() - begun))
            if given.tell or known.kind == SECTIONING:
                print(f"    {known.file} {known.number} {name:16} {instance.own(found.value):14.6g} bound "
                      f"{instance.own(found.bound):14.6g} best known {known.best:14.6g} {scores[name][-1].gap:9.4%} "
                      f"{scores[name][-1].seconds:5.1f} s", flush=True)  # fmt: skip
    return scores


if __name__ == "__main__":
    main()
