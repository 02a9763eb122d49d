from dataclasses import replace
from datetime import date

import numpy as np

from recommender.colleagues import gained_by_colleagues
from recommender.past_effects import FEWEST_TOLD
from tests.builders import build, rows

ON = date(2027, 1, 4)


def office(n_people):
    """Return an office in which each of some analysts took P1 in 2025 and rose from 1 to 3, and one cook to 5."""
    people = [f"E{i}" for i in range(n_people)]
    made = build(
        ON,
        frameworks=rows("framework name level_min level_max direction", "ASN Kamus 1 5 higher"),
        competencies=rows("competency name framework", "M.01 Integritas ASN"),
        positions=rows("position name position_class", "J Analis A", "K Juru~Masak B"),
        requirements=rows("position competency level", "J M.01 4", "K M.01 4"),
        employees=rows("employee name position", *[f"{nip} N J" for nip in people], "X N K"),
        assessments=rows(
            "employee competency level assessed_on method",
            *[f"{nip} M.01 1 2024-06-01 test" for nip in [*people, "X"]],
            *[f"{nip} M.01 3 2025-09-01 test" for nip in people], "X M.01 5 2025-09-01 test",
            *[f"{nip} M.01 5 2025-10-01 self" for nip in people]),
        trainings=rows("training name hours mode", "P1 Etika 20 online"),
        training_targets=rows("training competency level_from level_to", "P1 M.01 1 4"),
        history=rows("employee training training_name start_date end_date status",
                     *[f"{nip} P1 Etika 2025-01-01 2025-01-03 completed" for nip in [*people, "X"]]),
    )  # fmt: skip
    return made.workforce, made.catalog


def test_colleagues_of_the_same_class_are_measured_before_and_after():
    workforce, catalog = office(FEWEST_TOLD)
    gained = gained_by_colleagues(workforce, catalog, 0, 0)
    assert (gained.n_people, gained.before, gained.after) == (FEWEST_TOLD, 1.0, 3.0)


def test_fewer_than_five_are_never_told():
    workforce, catalog = office(FEWEST_TOLD - 1)
    assert gained_by_colleagues(workforce, catalog, 0, 0) is None
    assert gained_by_colleagues(workforce, catalog, 0, 1) is None  # the cook alone


def test_who_was_not_measured_again_is_not_counted():
    workforce, catalog = office(FEWEST_TOLD)
    records = workforce.assessments
    kept = ~((records.employee == 0) & (records.on > np.datetime64("2025-01-03")))
    fewer = replace(records, **{name: getattr(records, name)[kept] for name in records.__slots__})
    assert gained_by_colleagues(replace(workforce, assessments=fewer), catalog, 0, 0) is None
