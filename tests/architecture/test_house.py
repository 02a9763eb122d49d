"""The shape of the house, checked."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from models.features import FEATURE_NAMES
from service.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("training_catalog", "models", "recommender", "service")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")) + sorted(
    (ROOT / "benchmarks").glob("*.py")
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    return [ROOT / name for name in listed if name] or FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = ast.get_docstring(node, clean=False)
            length = node.end_lineno - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "__init__.py"], ids=lambda p: str(p.relative_to(ROOT)))
def test_package_files_hold_one_sentence(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(body[0], ast.Expr)
    if path.parent.name != "models":  # it sets one OpenMP thread, see docs/adr/0001
        assert len(body) == 1


@pytest.mark.parametrize("first", ["models.benefit", "recommender.use_cases", "service.pipeline"])
def test_one_thread_is_set_before_scikit_learn_is_imported(first):
    script = (
        "import os, sys; os.environ.pop('OMP_NUM_THREADS', None);"
        f"import {first}; assert 'sklearn' in sys.modules; print(os.environ['OMP_NUM_THREADS'])"
    )
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "1"


def test_help_does_not_import_numbers():
    script = "import sys; import service.cli; print('numpy' in sys.modules or 'pandas' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_protected_attributes_are_no_features():
    words = set(re.split(r"_", "_".join(FEATURE_NAMES)))
    assert words.isdisjoint(
        {"sex", "gender", "age", "birth", "religion", "marital", "disability", "nip", "id"} - {"age"}
    )
    for name in ("pair_features.py", "person_features.py"):
        text = (ROOT / "recommender" / name).read_text(encoding="utf-8")
        assert ".sex" not in text
        assert ".birth_date" not in text


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_in_the_project():
    forbidden = re.compile(
        "|".join(["pyp" + "i.org", "files.python" + "hosted", "/simple" + "/", "index" + "-url", "/wo" + "rk/"])
    )
    for path in tracked():
        if path.suffix in {".py", ".toml", ".txt", ".md", ".cfg", ".po", ".yaml", ".yml", ""} and path.is_file():
            found = forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None, f"{path}: {found}"


def test_commands_in_the_readme_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`bangkom ([a-z]+)", readme))
    assert named <= set(COMMANDS)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", readme)) <= targets


def test_the_changelog_has_an_unreleased_part():
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
