"""Benchmarks run to their end at their smallest size and print their figures; what these are is no test's matter."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SMALLEST = {
    "recommend --people 60 --rounds 1": "ratio ",
    "import --rows 300 --sheet-rows 200": "CSV: 300 rows read, 300 stored, 0 refused",
    "plan_city --people 60 --seeds 1 --seconds 1": "random eligible",
    "reach --people 60 --seeds 1 --seconds 1": "seed 1: product ",
    "solver_choice --people 60 --seeds 1 --seconds 2": "greedy/highspy ",
    "allocation --people 60 --seconds 2 --tightness 1 --methods bangkom": "above greedy ",
    "nation --people 300 --seconds-a-person 0.01": "recount agrees",
    "portal --people 50 --rounds 1": "largest ratio: ",
    "serve --people 60 --seconds 1": "aim",
}


@pytest.mark.long
@pytest.mark.parametrize("command", SMALLEST)
def test_a_benchmark_prints_its_figures(command):
    name, *given = command.split()
    done = subprocess.run([sys.executable, str(BENCHMARKS / f"{name}.py"), *given], capture_output=True, text=True,
                          check=False, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert SMALLEST[command] in done.stdout
