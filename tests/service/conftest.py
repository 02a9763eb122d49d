import json
import sys
from dataclasses import dataclass

import pytest

from service.cli import main


@dataclass
class Run:
    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)


@pytest.fixture
def bangkom(monkeypatch, capsys, tmp_path):
    """Run the terminal as a user would, on a database of its own, in English."""

    def run(*arguments, lang="en", on="2027-01-04"):
        url = f"sqlite:///{tmp_path / 'office.db'}"
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
