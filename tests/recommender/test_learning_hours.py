import numpy as np

from recommender.learning_hours import hours_by_form, hours_taken
from tests.builders import rows, trainings
from tests.recommender.planning import small_office


def test_coaching_counts_up_to_its_monthly_cap_for_each_person_and_form():
    taught = trainings(P1="M.01 3", P2="M.01 3", P3="M.01 3", P4="M.01 3")
    taught["trainings"]["form"] = ["C1", "C2", "B3", "C1"]
    rules = rows("form name scope per rate monthly_session_cap", "C1 Coaching national session 2 2",
                 "C2 Mentoring national session 2 2", "B3 Class national actual 1 -")  # fmt: skip
    here = small_office(
        **taught,
        hour_rules=rules,
        history=rows(
            "employee training training_name start_date end_date status hours",
            "A P1 a 2026-01-05 2026-01-05 completed 3",
            "A P4 b 2026-01-15 2026-01-15 completed 3",  # another coaching in the same month: 4 of 6
            "A P2 c 2026-01-20 2026-01-20 completed 3",  # mentoring has a cap of its own
            "A P1 d 2026-02-05 2026-02-05 completed 2",
            "A P3 e 2026-02-05 2026-02-09 completed 30",
            "A - f 2026-02-05 2026-02-05 completed 9",
            "B P1 g 2026-03-30 2026-05-02 completed 20",  # three months of 4
        ),
    )
    assert hours_taken(here.workforce, here.catalog, 2026).tolist()[:2] == [4 + 3 + 2 + 30 + 9, 12]
    found = hours_by_form(here.workforce, here.catalog, 2026)
    each = zip(found.employee.tolist(), found.form.tolist(), found.recorded, found.counted, strict=True)
    assert list(each) == [(0, "", 9, 9), (0, "B3", 30, 30), (0, "C1", 8, 6), (0, "C2", 3, 3), (1, "C1", 20, 12)]
    assert here.catalog.month_caps.tolist() == [4, 4, np.inf, 4]
