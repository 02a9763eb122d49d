"""The four tables of docs/evidence.md in one command: ranking, outcomes, effects, planted truth.

    python benchmarks/evidence.py --data FOLDER [--quick] [--users 10000] [--only effects planted]

Tables go to standard output, progress to standard error. A table whose data are not there, or that breaks, is named and
the next one is made; a peer that is not installed is named and its rows are missing. `--quick` makes the same four
tables on samples (ranking: 5,000 people, two settings a peer; outcomes: every fourth student; effects: three fold
seeds; planted: three cities), in about ten minutes in all; each says so above its figures.
"""

import argparse
import importlib.util
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from progress import QUICK, Progress

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "datasets"
TABLES = ("ranking", "outcomes", "effects", "planted")
PEERS = {"ranking": ("implicit", "lightfm"), "effects": ("doubleml", "econml")}


def arguments(name: str, asked: argparse.Namespace) -> list[str]:
    """Return what a table's script is called with."""
    given = [] if name == "planted" else ["--data", str(asked.data)]
    if name == "ranking" and asked.users:
        given += ["--users", str(asked.users)]
    return [*given, "--quick"] if asked.quick else given


def missing_peers(names: list[str], peers: Mapping[str, tuple[str, ...]] = MappingProxyType(PEERS)) -> list[str]:
    """Return the packages whose rows the tables will lack."""
    return [package for name in names for package in peers.get(name, ()) if importlib.util.find_spec(package) is None]


def run(name: str, given: list[str]) -> str:
    """Make one table, and return in words what became of it."""
    begun = time.perf_counter()
    code = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *given], check=False).returncode
    made = "made" if code == 0 else f"NOT MADE (exit code {code}); its last words stand above"
    return f"{made}, {time.perf_counter() - begun:.0f} s"


def main() -> int:
    """Make the tables asked for; 1 when one could not be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public data sets")
    parser.add_argument("--quick", action="store_true", help="on samples, in about ten minutes")
    parser.add_argument("--users", type=int, help="ranking: only the first so many people")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES), help="only these tables")
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(
            f"{asked.data}: no such folder; only planted truth needs none. Accepted: --data FOLDER, DATA=FOLDER of make"
        )
    lacking = missing_peers(asked.only)
    print(f"peers left out, not installed: {', '.join(lacking)}" if lacking else "every peer is installed")
    progress, said = Progress("evidence", len(asked.only)), {}
    for name in asked.only:
        given = arguments(name, asked)
        progress.step(f"the table of {name}")
        marked = f" ({QUICK})" if asked.quick else ""
        print(f"\n=== {name}{marked}\n    python benchmarks/{name}.py {' '.join(given)}\n", flush=True)
        said[name] = run(name, given)
    print("\n=== what was made")
    for name, words in said.items():
        print(f"{name:10} {words}")
    return int(any("NOT MADE" in words for words in said.values()))


if __name__ == "__main__":
    sys.exit(main())
