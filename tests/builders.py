"""Tiny offices for tests: canonical frames from rows written as words, and what is built from them."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from models.baseline import BaselineRule
from recommender.gap import find_gaps
from recommender.levels import expect
from recommender.policy import Policy
from recommender.use_cases import recommend
from recommender.workforce import Workforce
from recommender.workforce_tables import build_workforce
from training_catalog.catalog import Catalog, build_catalog
from training_catalog.frames import canonical
from training_catalog.tables import TABLES

ON = date(2026, 2, 1)
MISSING = "-"


def rows(columns, *lines):
    """Read lines of words as rows; ``-`` is a missing cell and ``~`` a blank inside a word."""
    names = columns.split()
    cells = [[None if word == MISSING else word.replace("~", " ") for word in line.split()] for line in lines]
    assert all(len(words) == len(names) for words in cells), lines
    return pd.DataFrame(cells, columns=names)


@cache
def _without_rows(table):
    """Return a table's canonical form without rows, made once: there are many, and of most nothing is given."""
    return canonical(pd.DataFrame(columns=list(table.column_names)), table)


def tables(**given):
    """Return every table in its canonical form; those not given are empty."""
    assert set(given) <= {table.name for table in TABLES}, given.keys()
    frames = {}
    for table in TABLES:
        if table.name not in given:
            frames[table.name] = _without_rows(table).copy(deep=False)  # what is written to a copy stays there
            continue
        frame = pd.DataFrame(given[table.name])
        unknown = set(frame.columns) - set(table.column_names)
        assert not unknown, f"{table.name}: {unknown}"
        frames[table.name] = canonical(frame, table)
    return frames


@dataclass(frozen=True)
class Office:
    tables: dict
    catalog: Catalog
    workforce: Workforce
    on: date

    def gaps(self, policy=None, expected=None):
        return find_gaps(self.workforce, self.catalog, self.on, (policy or Policy()).gap, expected)

    def lists(self, policy=None, model=None, rows=None, **keywords):
        policy = policy or Policy()
        expected = expect(self.workforce, self.catalog, self.on, policy.gap)
        crew = self.workforce if rows is None else self.workforce.take(np.asarray(rows, dtype=np.int64))
        return recommend(crew, self.catalog, model or BaselineRule(), self.on, policy, expected=expected, **keywords)

    def person(self, employee):
        return self.workforce.ids.tolist().index(employee)

    def training(self, code):
        return self.catalog.trainings.ids.tolist().index(code)

    def ranked(self, employee, **keywords):
        """Return the codes of a person's list, best first."""
        lists = self.lists(**keywords)
        mine = lists.training[lists.employee == self.person(employee)]
        return self.catalog.trainings.ids[mine].tolist()


def build(on=ON, **given):
    """Build an office on a day from its tables."""
    frames = tables(**given)
    catalog = build_catalog(frames, on)
    return Office(tables=frames, catalog=catalog, workforce=build_workforce(frames, catalog), on=on)


FRAMEWORKS = rows("framework name level_min level_max direction", "ASN ASN 1 5 higher", "REV Reversed 1 5 lower")
COMPETENCIES = rows(
    "competency name framework weight",
    "M.01 Integrity ASN -",
    "M.02 Teamwork ASN -",
    "M.03 Service ASN 2",
    "R.01 Order REV -",
)


def office(on=ON, **given):
    """Build an office of the position J, to which everybody belongs unless their row says otherwise.

    Frameworks and competencies are `FRAMEWORKS` and `COMPETENCIES` unless given.
    """
    given = {"frameworks": FRAMEWORKS, "competencies": COMPETENCIES, "positions": rows("position name", "J Clerk"),
             "requirements": rows("position competency level", "J M.01 3"), **given}  # fmt: skip
    people = pd.DataFrame(given.get("employees", rows("employee", "A")))
    given["employees"] = people if "position" in people else people.assign(position="J")
    return build(on, **given)


def trainings(**taught):
    """Return the tables ``trainings`` and ``training_targets`` of trainings written as ``P1="M.01 3, M.02 4"``."""
    codes = [code.replace("_", "-") for code in taught]
    targets = [
        (code, *target.split())
        for code, text in zip(codes, taught.values(), strict=True)
        for target in text.split(",")
        if target.strip()
    ]
    return {
        "trainings": pd.DataFrame({"training": codes, "name": codes, "hours": 20.0}),
        "training_targets": pd.DataFrame(targets, columns=["training", "competency", "level_to"]),
    }
