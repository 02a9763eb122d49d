from datetime import date

import numpy as np
import pytest

from recommender.workforce import CANCELLED, COMPLETED
from tests.builders import office, rows, trainings
from training_catalog.errors import LengthMismatchError


def test_records_of_what_is_not_known_are_left_out_and_ids_come_in_order():
    here = office(
        employees=rows("employee", "B", "A"),
        **trainings(P1="M.01 3"),
        assessments=rows(
            "employee competency level assessed_on",
            "B M.01 2 2025-01-01", "Z M.01 2 2025-01-01", "A X.99 2 2025-01-01", "A M.01 - 2025-01-01", "A M.01 2 -",
        ),
        history=rows("employee training training_name end_date status", "A P9 Old 2020-01-01 -",
                     "A P1 - 2021-01-01 cancelled", "Z P1 - 2021-01-01 -"),
        interests=rows("employee training", "A P9", "A P1"),
    )  # fmt: skip
    crew = here.workforce
    assert crew.ids.tolist() == ["A", "B"]
    assert (crew.assessments.employee.tolist(), crew.assessments.level.tolist()) == ([0, 1], [2, 2])
    assert crew.assessments.on.astype(str).tolist() == ["1900-01-01", "2025-01-01"]  # a day not known: expired
    assert crew.history.training.tolist() == [-1, 0]
    assert crew.history.status.tolist() == [COMPLETED, CANCELLED]
    assert crew.interests.training.tolist() == [0]


def test_hours_and_start_of_a_past_training_fall_back_on_what_is_known():
    here = office(
        **trainings(P1="M.01 3"),
        history=rows("employee training training_name start_date end_date hours", "A P1 - - 2021-01-05 -",
                     "A - Other 2022-01-01 2022-01-05 -", "A P1 - 2023-01-01 2023-01-05 8"),
    )  # fmt: skip
    assert here.workforce.history.hours.tolist() == [20, 0, 8]
    assert here.workforce.history.start.tolist() == [date(2021, 1, 5), date(2022, 1, 1), date(2023, 1, 1)]


def test_shortage_counts_who_is_there_and_is_not_known_without_authorised_posts():
    here = office(
        units=rows("unit name authorised_staff parent", "U A 4 -", "V B - U", "W C 1 gone"),
        employees=rows("employee unit status", "A U active", "B U leave", "C U inactive", "D V active", "E W active",
                       "F W active", "G nowhere active"),
    )  # fmt: skip
    units = here.workforce.units
    assert units.headcount.tolist() == [2, 1, 2]
    assert units.shortage[[0, 2]].tolist() == [0.5, 0.0]
    assert np.isnan(units.shortage[1])
    assert units.parent.tolist() == [-1, 0, -1]
    assert here.workforce.unit.tolist() == [0, 0, 0, 1, 2, 2, -1]


def test_ratings_beyond_their_scale_count_as_its_end():
    here = office(
        rating_scales=rows("scale name minimum maximum direction", "S S 1 5 lower"),
        performance=rows(
            "employee period_end scale rating", "A 2024-12-31 S 9", "A 2025-12-31 S 0", "A 2025-06-30 X 3"
        ),
    )
    assert here.workforce.ratings.goodness.tolist() == [0, 1]


def test_a_crew_keeps_its_own_records_and_nobody_else_s():
    here = office(
        employees=rows("employee", "A", "B", "C"),
        assessments=rows("employee competency level assessed_on", "A M.01 1 2025-01-01", "C M.01 3 2025-01-01"),
        absences=rows("employee start_date end_date", "B 2026-01-01 2026-01-02"),
    )
    crew = here.workforce.take(np.array([1, 2]))
    assert crew.ids.tolist() == ["B", "C"]
    assert (crew.assessments.employee.tolist(), crew.assessments.level.tolist()) == ([1], [3])
    assert crew.absences.employee.tolist() == [0]
    assert crew.units is here.workforce.units


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(LengthMismatchError, match=r"workforce.unit has 2 entries, expected 1"):
        here = office(employees=rows("employee", "A", "B"))
        whole = {name: getattr(here.workforce, name) for name in here.workforce.__dataclass_fields__}
        type(here.workforce)(**{**whole, "ids": here.workforce.ids[:1]})
