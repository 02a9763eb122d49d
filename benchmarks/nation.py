"""Claim: five million people get a certified plan on two cores, and time grows with the people, not faster.

Draws a nation of agencies (each a ministry of ministry.py, under a national line and national caps), writes it as
Parquet by agency, and runs `bangkom solve FOLDER --out PLAN`. Prints the proven gap, seconds in all
and a person, the most memory that all processes held of their own, together, and the growth from the smallest size to
the largest. With --dask the same is done by a cluster of worker processes on loopback, and the plans are compared row
by row.

    python benchmarks/nation.py [--people 50000 500000] [--hundredth] [--seconds-a-person 0.002] [--dask] [--folder DIR]

--hundredth is 50,000 people in about a minute; --people 50000 5000000 --seconds-a-person 0.001 is the nation.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ministry import CAP_SHARE, N_CAPPED, N_KINDS, Ministry, draw_ministry

SIZES = (6_000, 2_000, 14_000, 4_000, 24_000)  # people of an agency, in turn
NATION_SHARE = 0.97  # of what the agencies have, that the nation may spend
POLL_SECONDS = 0.5
HUNDREDTH, MINUTE = 50_000, 1.2e-3  # people, and seconds for each of them that make a minute
USUAL = 2e-3
PAGE = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One plan: what it says, seconds, and the most memory of all processes in GB."""

    totals: dict[str, Any]
    seconds: float
    memory: float


def agency_sizes(n_people: int) -> list[int]:
    """Return how many people each agency has."""
    sizes: list[int] = []
    while (left := n_people - sum(sizes)) > 0:
        sizes.append(min(SIZES[len(sizes) % len(SIZES)], left))
    return sizes


def write_agency(folder: Path, name: str, drawn: Ministry) -> tuple[int, list[list[str]], list[tuple[str, str]]]:
    """Write an agency's tables; return its money, the trainings of each kind, and its prerequisites."""
    problem, own = drawn.problem, folder / f"agency={name}"
    own.mkdir(parents=True)
    people, classes, options, lines = problem.people, problem.classes, problem.options, problem.lines

    def called(ids: np.ndarray) -> np.ndarray:
        return np.char.add(f"{name}-", ids)

    line_ids, class_ids, person_ids = called(lines.ids), called(classes.ids), called(people.ids)
    training_ids = called(classes.training_ids)
    above = np.where(lines.parent >= 0, line_ids[lines.parent], "NATION")
    pq.write_table(pa.table({"line": line_ids.tolist(), "amount": lines.amount, "parent": above.tolist()}),
                   own / "budgets.parquet")  # fmt: skip
    pq.write_table(pa.table({
        "offering": class_ids.tolist(), "training": training_ids[classes.training].tolist(),
        "line": line_ids[classes.line].tolist(), "fixed_cost": classes.fixed_cost, "min": classes.seats_min,
        "max": classes.seats_max, "start": classes.start, "end": classes.end, "hours": classes.hours,
    }), own / "offerings.parquet")  # fmt: skip
    pq.write_table(pa.table({
        "employee": person_ids.tolist(), "unit": called(people.unit_ids)[people.unit].tolist(),
        "hours_floor": people.hours_floor, "hours_cap": people.hours_cap, "max_trainings": people.max_trainings,
    }), own / "employees.parquet")  # fmt: skip
    pq.write_table(pa.table({
        "employee": person_ids[options.employee].tolist(), "offering": class_ids[options.offering].tolist(),
        "benefit": options.benefit, "cost": options.cost, "line": line_ids[options.charges.indices].tolist(),
    }), own / "options.parquet")  # fmt: skip
    kinds = [training_ids[i::N_KINDS].tolist() for i in range(N_CAPPED)]
    pairs = [(str(training_ids[a]), str(training_ids[b])) for a, b in problem.rules.prerequisites]
    return int(lines.amount[0]), kinds, pairs


def write_nation(folder: Path, n_people: int, seed: int) -> float:
    """Draw and write a nation; return what missing every mandatory course would cost."""
    sizes, money, penalty = agency_sizes(n_people), 0, 0.0
    kinds: list[list[str]] = [[] for _ in range(N_CAPPED)]
    needs: list[tuple[str, str]] = []
    for i, size in enumerate(sizes):
        drawn = draw_ministry(seed * 100_000 + i, size)
        amount, own, pairs = write_agency(folder, f"A{i:04d}", drawn)
        money, penalty = money + amount, penalty + drawn.penalty
        needs += pairs
        for k, trainings in enumerate(own):
            kinds[k] += trainings
    nation = int(money * NATION_SHARE)
    document = {
        "budgets": [{"line": "NATION", "amount": nation}],
        "rules": {
            "hours_weight": 0.05, "unit_floor_share": 0.5,
            "prerequisites": [{"training": a, "requires": b} for a, b in needs],
            "earmarks": [{"name": f"M{k}", "trainings": own, "at_most": int(nation * CAP_SHARE)}
                         for k, own in enumerate(kinds)],
        },
    }  # fmt: skip
    (folder / "problem.json").write_text(json.dumps(document), encoding="utf-8")
    return penalty


def _memory_of(root: int) -> float:
    """Return the GB that a process and all its descendants hold of their own; what they share is left out."""
    parents, total, below = {}, 0.0, {root}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue  # it has just ended
    for _ in range(5):
        below |= {pid for pid, parent in parents.items() if parent in below}
    for pid in below:
        try:
            pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
        except OSError:
            continue
        total += (int(pages[1]) - int(pages[2])) * PAGE / 1e9
    return total


def solve(folder: Path, out: Path, seconds: float, *extra: str) -> Ran:
    """Run the command, watched."""
    command = [sys.executable, "-m", "service", "solve", str(folder), "--out", str(out), "--json",
               "--time-limit", f"{seconds:.0f}", *extra]  # fmt: skip
    begun, held = time.monotonic(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            held = max(held, _memory_of(process.pid))
            time.sleep(POLL_SECONDS)
    if not (out / "plan.json").exists():
        raise SystemExit(f"no plan: exit {process.returncode}")
    return Ran(totals=json.loads((out / "plan.json").read_bytes()), seconds=time.monotonic() - begun, memory=held)


def show(name: str, ran: Ran, penalty: float) -> None:
    """Print a line."""
    value, bound, people = (float(str(ran.totals[key])) for key in ("objective", "bound", "employees"))
    recount = "agrees" if ran.totals["verified"]["ok"] else "DIFFERS"
    ended = ", ended by the clock" if ran.totals["stopped_by_clock"] else ""
    print(f"{name:10} {people:10,.0f} people  value {value - penalty:13,.1f}  proven gap "
          f"{(bound - value) / (bound - penalty):7.3%}  recount {recount}  {ran.seconds:8.1f} s, "
          f"{ran.seconds / people * 1e3:5.2f} ms a person  {ran.memory:5.2f} GB{ended}", flush=True)  # fmt: skip


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the address of a Dask scheduler with two worker processes on loopback."""
    address = "tcp://127.0.0.1:28786"
    start = [sys.executable, "-m"]
    scheduler = subprocess.Popen([*start, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "28786",
                                  "--no-dashboard"], stderr=subprocess.DEVNULL)  # fmt: skip
    workers = [subprocess.Popen([*start, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
                                 "--no-dashboard"], stderr=subprocess.DEVNULL) for _ in range(2)]  # fmt: skip
    try:
        time.sleep(5.0)
        yield address
    finally:
        for process in [*workers, scheduler]:
            process.terminate()
            process.wait()


def same(one: Path, other: Path) -> bool:
    """Say whether two plans seat the same people."""
    parts = sorted(path.relative_to(one) for path in one.glob("agency=*/part-*.parquet"))
    return all(pq.read_table(one / part, partitioning=None).equals(pq.read_table(other / part, partitioning=None))
               for part in parts)  # fmt: skip


def main() -> None:
    """Print a line for each size, and how time and memory grow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[HUNDREDTH, 10 * HUNDREDTH])
    parser.add_argument("--hundredth", action="store_true", help=f"{HUNDREDTH:,} people only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds-a-person", type=float, help="wall-clock seconds of planning; 0.002 when not given, "
                        f"{MINUTE} of a hundredth")  # fmt: skip
    parser.add_argument("--dask", action="store_true", help="again on a cluster of processes; the plans are compared")
    parser.add_argument("--no-recount", action="store_true")
    parser.add_argument("--folder", type=Path, help="where nations and plans stay; a temporary one when not given")
    given = parser.parse_args()
    extra = ["--no-recount"] if given.no_recount else []
    with tempfile.TemporaryDirectory() as temporary:
        root, found = given.folder or Path(temporary), []
        for n_people in [HUNDREDTH] if given.hundredth else given.people:
            folder = root / f"nation-{n_people}-{given.seed}"
            penalty = write_nation(folder, n_people, given.seed)
            seconds = (given.seconds_a_person or (MINUTE if given.hundredth else USUAL)) * n_people
            ran = solve(folder, folder / "plan", seconds, *extra)
            show("processes", ran, penalty)
            found.append((n_people, ran))
            if given.dask:
                with cluster() as address:
                    show("Dask", solve(folder, folder / "dask", seconds, "--scheduler", address, *extra), penalty)
                print("the plans are the same" if same(folder / "plan", folder / "dask") else "THE PLANS DIFFER")
        (n_first, first), (n_last, last) = found[0], found[-1]
        if n_last > n_first:
            print(f"people x {n_last / n_first:.0f}: seconds x {last.seconds / first.seconds:.1f}, "
                  f"memory x {last.memory / first.memory:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
