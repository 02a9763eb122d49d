from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.builders import ON, build, office, rows, tables, trainings
from training_catalog.catalog import build_catalog
from training_catalog.errors import InvalidValueError
from training_catalog.frames import canonical, empty_frame
from training_catalog.offering import UNLIMITED_SEATS
from training_catalog.price_book import UNKNOWN_PRICE
from training_catalog.tables import TABLES, table

STANDARDS = rows(
    "position competency level valid_from valid_until",
    "J M.01 2 2020-01-01 2025-12-31",
    "J M.01 4 2026-01-01 -",
    "J M.02 3 2026-03-01 -",
)


def test_the_standard_that_holds_on_the_day_counts():
    old, new = (office(on=day, requirements=STANDARDS).catalog.positions for day in (date(2025, 12, 31), ON))
    assert old.level.tolist() == [2]
    assert new.level.tolist() == [4]
    assert office(on=date(2026, 3, 1), requirements=STANDARDS).catalog.positions.level.tolist() == [4, 3]


def test_of_two_standards_that_both_hold_the_later_one_counts():
    both = rows(
        "position competency level valid_from",
        "J M.01 4 2025-01-01",
        "J M.01 2 2020-01-01",
        "J M.01 5 2030-01-01",
    )
    assert office(requirements=both).catalog.positions.level.tolist() == [4]


def test_a_position_s_own_row_wins_over_its_class_competency_by_competency():
    here = office(
        positions=rows("position name position_class", "J Clerk K1", "L Lead K1", "N Other -"),
        requirements=rows("position competency level", "J M.01 5"),
        position_defaults=rows("position_class competency level", "K1 M.01 2", "K1 M.02 3"),
    )
    p = here.catalog.positions
    assert np.diff(p.bounds).tolist() == [2, 2, 0]
    assert p.level.tolist() == [5, 3, 2, 3]
    assert p.is_default.tolist() == [False, True, True, True]


def test_weights_of_the_position_and_of_the_competency_multiply():
    here = office(requirements=rows("position competency level weight", "J M.03 3 0.5", "J M.01 3 -"))
    assert here.catalog.positions.weight.tolist() == [1, 1]


def test_levels_are_turned_so_that_more_is_better():
    here = office(requirements=rows("position competency level", "J R.01 2"), **trainings(P1="R.01 2, M.01 3"))
    c = here.catalog
    assert c.positions.level.tolist() == [-2]
    assert c.trainings.level_to.tolist() == [3, -2]
    assert c.trainings.level_from.tolist() == [2, -3]
    ends = dict(
        zip(c.competencies.ids.tolist(), zip(c.competencies.lowest, c.competencies.highest, strict=True), strict=True)
    )
    assert ends["R.01"] == (-5, -1)
    assert ends["M.01"] == (1, 5)


def test_a_competency_without_a_known_framework_has_no_ends():
    here = build(competencies=rows("competency name framework", "X Skill O*NET"))
    assert here.catalog.competencies.lowest.tolist() == [-np.inf]
    assert here.catalog.competencies.highest.tolist() == [np.inf]


def test_editions_of_editions_are_one_series_and_a_circle_is_refused():
    taught = trainings(P1="", P2="", P3="")
    taught["trainings"]["series"] = [None, "P1", "P2"]
    assert office(**taught).catalog.trainings.series.tolist() == [0, 0, 0]
    taught["trainings"]["series"] = ["P3", "P1", "P2"]
    with pytest.raises(InvalidValueError, match=r"series: P\d is not accepted; accepted: an edition chain that ends"):
        office(**taught)


def test_what_a_class_does_not_say_comes_from_its_training():
    taught = trainings(P1="M.01 3")
    taught["trainings"]["mode"] = ["online"]
    classes = rows(
        "offering training start_date end_date mode seats_max",
        "K2 P1 2026-05-01 2026-05-03 - -",
        "K1 P1 2026-05-01 2026-05-01 blended 9",
        "K9 P9 2026-05-01 2026-05-01 - -",
    )
    here = office(**taught, offerings=classes)
    o = here.catalog.offerings
    assert o.ids.tolist() == ["K1", "K2"]
    assert o.mode.tolist() == [2, 1]
    assert o.n_days.tolist() == [1, 3]
    assert o.seats_max.tolist() == [9, UNLIMITED_SEATS]
    assert o.seats_min.tolist() == [1, 1]
    assert (o.seat_cost.tolist(), o.fixed_cost.tolist()) == ([0, 0], [0, 0])


def test_a_price_that_the_book_does_not_have_is_unknown_and_not_zero():
    here = office(price_book=rows("item region amount", "lodging Riau 0"))
    assert here.catalog.prices.unit_price("lodging", np.array(["Riau", "Bali"])).tolist() == [0, UNKNOWN_PRICE]
    assert office().catalog.prices.unit_price("lodging", np.array(["Bali"])).tolist() == [UNKNOWN_PRICE]


def test_the_version_changes_with_the_content_and_only_with_it():
    given = {"requirements": rows("position competency level", "J M.01 3", "J M.02 3"),
             **trainings(P1="M.01 3", P2="M.02 3")}  # fmt: skip
    version = office(**given).catalog.version
    turned = {name: frame.iloc[::-1] for name, frame in given.items()}
    assert office(**turned).catalog.version == version
    assert office(**given, employees=rows("employee", "X", "Y")).catalog.version == version
    raised = {**given, "requirements": rows("position competency level", "J M.01 4", "J M.02 3")}
    assert office(**raised).catalog.version != version
    assert version.startswith("c-")
    assert len(version) == 14


def test_every_declared_table_can_be_empty_and_references_point_backwards():
    assert build_catalog(tables(), ON).trainings.ids.tolist() == []
    seen = set()
    for declared in TABLES:
        seen.add(declared.name)
        assert set(declared.key) <= set(declared.column_names)
        for column in declared.columns:
            assert column.references is None or column.references in seen, (declared.name, column.name)


def test_canonical_frames_keep_large_money_and_leading_zeros():
    frame = pd.DataFrame(
        {"line": ["0100", "100"], "year": [2027, 2027], "amount": [9007199254740993, None]}, dtype=object
    )
    found = canonical(frame, table("budgets"))
    assert found["line"].tolist() == ["0100", "100"]
    assert found["amount"].iloc[0] == 9007199254740993
    assert found["amount"].isna().tolist() == [False, True]
    assert tuple(found.columns) == table("budgets").column_names
    assert len(empty_frame(table("history"))) == 0
    with pytest.raises(KeyError):
        table("nothing")
    with pytest.raises(KeyError):
        table("budgets").column("nothing")
