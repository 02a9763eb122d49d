"""One command makes every table: it says what is missing, and goes on."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import evidence
import pytest

ROOT = Path(__file__).parents[2]


def test_every_table_is_made_by_a_script_that_knows_what_it_is_called_with():
    asked = Namespace(data=Path("somewhere"), quick=True, users=10)
    for name in evidence.TABLES:
        text = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
        given = [word for word in evidence.arguments(name, asked) if word.startswith("--")]
        assert "--quick" in given
        assert all(f'"{word}"' in text for word in given)


def test_peers_that_are_not_installed_are_named():
    peers = {"ranking": ("surely_not_installed", "numpy"), "effects": ("nor_this",)}
    assert evidence.missing_peers(["ranking", "outcomes"], peers) == ["surely_not_installed"]


@pytest.mark.long
def test_a_table_without_data_is_named_and_the_next_one_is_tried(tmp_path):
    command = [sys.executable, str(ROOT / "benchmarks" / "evidence.py"), "--quick", "--data", str(tmp_path),
               "--only", "ranking", "outcomes"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.count("QUICK") == 2
    assert done.stdout.count("NOT MADE (exit code 2)") == 2
    assert f"ranking.py: error: {tmp_path}: no sequences.csv" in done.stderr
    assert "[evidence: step 2 of 2" in done.stderr
