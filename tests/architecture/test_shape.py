"""The shape of the house: short files, declared order, nothing hidden below the service."""

import ast
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("training_catalog", "models", "recommender", "service")
FILES = sorted(path for place in (*ROOMS, "benchmarks") for path in (ROOT / place).rglob("*.py"))
BELOW_SERVICE = [path for path in FILES if path.relative_to(ROOT).parts[0] in ROOMS[:3]]
PACKAGES = [path for path in FILES if path.name == "__init__.py"]
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
CLOCKS = {"today", "now", "utcnow"}  # a deadline asks the clock that it was given
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_of_code(function):
    """Count a function's lines from its first, without the docstring."""
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = function.body[0].end_lineno - function.body[0].lineno + 1 if has_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring


def children(room):
    """Return the names of files and folders of code directly in a room."""
    here = ROOT / room
    files = {path.stem for path in here.glob("*.py")} - {"__init__"}
    return files | {path.parent.name for path in here.glob("*/__init__.py")}


def order_of(room):
    """Return the names in a room's declared order."""
    contract = next(c for c in CONTRACTS if c.get("containers") == [room])
    assert contract["type"] == "layers"
    assert contract["exhaustive"] is True
    return [name.strip() for layer in contract["layers"] for name in layer.split("|")]


def test_no_file_is_longer_than_400_lines():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert len(lengths) > 400
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_longer_than_40_lines_without_its_docstring():
    functions = [(name_of(path), node) for path in FILES for node in ast.walk(tree_of(path))
                 if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]  # fmt: skip
    assert len(functions) > 3_000
    lengths = {f"{name}:{function.lineno} {function.name}": lines_of_code(function) for name, function in functions}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_a_package_file_holds_one_docstring_and_no_code(path):
    tree = tree_of(path)
    docstring = ast.get_docstring(tree)
    assert docstring
    assert "\n" not in docstring
    rest = [ast.unparse(node) for node in tree.body[1:]]
    one_thread = ["import os", "os.environ.setdefault('OMP_NUM_THREADS', '1')"]  # why: docs/adr/0001
    assert rest == (one_thread if name_of(path) == "models/__init__.py" else [])


def test_every_folder_of_code_is_a_package():
    assert {path.parent for path in FILES} == {path.parent for path in PACKAGES} | {ROOT / "benchmarks"}


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_of_a_room_stands_once_in_its_declared_order(room):
    assert sorted(order_of(room)) == sorted(children(room))


def test_the_rooms_are_layers_in_this_order():
    rooms = next(c for c in CONTRACTS if "containers" not in c and c["type"] == "layers")
    assert rooms["layers"] == list(reversed(ROOMS))


def test_all_import_contracts_are_kept():
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in run.stdout


def hidden_inputs(tree):
    """Yield calls whose answer depends on more than their arguments: clock, files, terminal, unseeded randomness."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            of, _, last = called.rpartition(".")
            of_the_calendar = of.rpartition(".")[2] in {"date", "datetime", "Timestamp"} and last in CLOCKS
            unseeded = last in {"default_rng", "RandomState", "SeedSequence"} and not (node.args or node.keywords)
            if called in {"open", "print", "input"} or last == "urandom" or of_the_calendar or unseeded:
                yield called


def test_below_the_service_nothing_reads_a_clock_a_file_or_chance():
    found = {name_of(path): list(hidden_inputs(tree_of(path))) for path in BELOW_SERVICE}
    assert len(found) > 100
    assert {name: calls for name, calls in found.items() if calls} == {}
