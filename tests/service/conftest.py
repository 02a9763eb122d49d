import json
import sys
from dataclasses import dataclass

import pytest

from service.cli import main
from tests.offices import copied_file, demo_city, reference_rows


@dataclass
class Run:
    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)


@pytest.fixture
def terminal_of(monkeypatch, capsys):
    """Return a function that makes a terminal on the database of an address."""

    def terminal(url):
        def run(*arguments, lang="en", on="2027-01-04"):
            line = ["bangkom", "--database", url, "--lang", lang, "--on", on, *map(str, arguments)]
            monkeypatch.setattr(sys, "argv", line)
            code = 0
            try:
                main()
            except SystemExit as stop:
                code = stop.code or 0
            captured = capsys.readouterr()
            return Run(code, captured.out, captured.err)

        return run

    return terminal


@pytest.fixture
def bangkom(terminal_of, tmp_path):
    """Run the terminal as a user would, on a database of its own, in English."""
    return terminal_of(copied_file(tmp_path / "office.db", reference_rows))


@pytest.fixture
def demo_plan(bangkom, tmp_path):
    """Put the demo city where the terminal's database is, and return its plan."""
    copied_file(tmp_path / "office.db", demo_city)
    return bangkom("plans", "list", "--json").document["plans"][0]["plan"]
