"""Past choices: what goes with what, who takes it and who completes it, as known before a day and not after."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from recommender.habits import habit_columns, learn_habits
from recommender.outcomes import gather_outcomes
from recommender.policy import GapRules
from tests.builders import office, rows, trainings

ON = date(2026, 2, 1)
N_PEOPLE = 80


def history(*, extra=()):
    """Half take P1 then P2, half P3 then P4; every fourth fails the second one. All of it in 2024."""
    lines = []
    for i in range(N_PEOPLE):
        first, second = ("P1", "P2") if i % 2 else ("P3", "P4")
        lines.append((f"E{i:02d}", first, "2024-02-01", "2024-02-03", "completed"))
        lines.append((f"E{i:02d}", second, "2024-06-01", "2024-06-03", "failed" if i % 4 == 0 else "completed"))
    columns = ["employee", "training", "start_date", "end_date", "status"]
    return pd.DataFrame([*lines, *extra], columns=columns)


def place(**given):
    names = [f"E{i:02d}" for i in range(N_PEOPLE)] + ["NEW", "ONE"]
    taught = trainings(P1="M.01 3", P2="M.01 3", P3="M.01 3", P4="M.01 3", P5="M.01 3")
    one = ("ONE", "P1", "2025-02-01", "2025-02-03", "completed")
    return office(employees=pd.DataFrame({"employee": names}), **{**taught, "history": history(extra=[one]), **given})


@pytest.fixture(scope="module")
def here():
    return place()


def columns(here, employee, codes, on=ON):
    past = learn_habits(here.workforce, here.catalog, on)
    training = np.array([here.training(code) for code in codes])
    people = np.full(len(codes), here.person(employee))
    return habit_columns(past, here.workforce, here.catalog, people, training, on)


def test_what_goes_with_the_past_stands_above_what_does_not(here):
    follows, other, nobody_s = columns(here, "ONE", ["P2", "P4", "P5"])["goes_with_past"]
    assert follows == 1.0
    assert follows > max(other, nobody_s)


def test_pairs_in_any_order_are_told_the_same(here):
    past = learn_habits(here.workforce, here.catalog, ON)
    people = np.array([here.person(name) for name in ("E00", "E01", "NEW", "ONE") for _ in range(3)])
    training = np.array([here.training(code) for code in ("P2", "P4", "P5")] * 4)
    asked = (here.workforce, here.catalog)
    order = np.random.default_rng(3).permutation(len(people))
    in_order = habit_columns(past, *asked, people, training, ON)["goes_with_past"]
    shuffled = habit_columns(past, *asked, people[order], training[order], ON)["goes_with_past"]
    assert np.isnan(in_order).sum() == 3
    assert np.array_equal(in_order[order], shuffled, equal_nan=True)


def test_new_people_have_no_past_to_go_with_and_new_trainings_no_completion(here):
    found = columns(here, "NEW", ["P2", "P5"])
    assert np.isnan(found["goes_with_past"]).all()
    assert np.isnan(found["completion_above_usual"]).tolist() == [False, True]
    assert found["taken_by_class"][0] > 0 == found["taken_by_class"][1]


def test_completion_is_held_against_the_usual_share_and_shrunk_to_it(here):
    always, often = columns(here, "NEW", ["P2", "P4"])["completion_above_usual"]
    assert always == pytest.approx((40 + 10 * 0.95) / 50 - 0.95)
    assert often == pytest.approx((20 + 10 * 0.95) / 50 - 0.95)


def test_too_few_people_with_a_past_tell_nothing():
    few = place(history=history().head(60))
    assert learn_habits(few.workforce, few.catalog, ON).together is None
    assert np.isnan(columns(few, "E01", ["P2"])["goes_with_past"]).all()


def test_what_begins_on_the_day_or_later_is_not_known_and_cancelled_classes_were_not_taken(here):
    late = [
        ("ONE", "P3", "2026-02-01", "2026-02-03", "completed"),
        ("ONE", "P4", "2025-03-01", "2025-03-02", "cancelled"),
    ]
    again = place(history=history(extra=[("ONE", "P1", "2025-02-01", "2025-02-03", "completed"), *late]))
    for name, values in columns(here, "ONE", ["P2", "P3", "P4", "P5"]).items():
        assert values == pytest.approx(columns(again, "ONE", ["P2", "P3", "P4", "P5"])[name], nan_ok=True), name


def test_shifting_the_future_changes_no_feature_of_the_past(here):
    before = gather_outcomes(here.workforce, here.catalog, ON, GapRules())
    history_ = here.workforce.history
    later = history_.start >= np.datetime64("2024-06-01")
    shifted = replace(history_, training=np.where(later, (history_.training + 1) % 5, history_.training),
                      status=np.where(later, 1, history_.status))  # fmt: skip
    after = gather_outcomes(replace(here.workforce, history=shifted), here.catalog, ON, GapRules())
    early = before.on < np.datetime64("2024-06-01")
    assert early.sum() == N_PEOPLE
    assert np.array_equal(before.features[early], after.features[early], equal_nan=True)


def test_the_order_of_people_changes_nothing(here):
    order = np.random.default_rng(1).permutation(here.workforce.n_people)
    again = learn_habits(here.workforce.take(order), here.catalog, ON)
    past = learn_habits(here.workforce, here.catalog, ON)
    assert np.array_equal(past.by_class, again.by_class)
    for one, other in zip(past.together.signals, again.together.signals, strict=True):
        assert one.link == pytest.approx(other.link, abs=1e-9), one.name


def test_lists_break_ties_by_the_past_where_there_is_one_and_by_code_where_there_is_none():
    classes = rows(
        "offering training start_date end_date seat_cost",
        *[f"K{i} P{i} 2026-05-01 2026-05-03 100" for i in range(2, 6)],
    )
    with_classes = place(offerings=classes)
    past = learn_habits(with_classes.workforce, with_classes.catalog, ON)
    assert with_classes.ranked("ONE", past=past)[0] == "P2"
    assert with_classes.ranked("NEW", past=past)[0] == "P2"
    swapped = history(extra=[("ONE", "P3", "2025-02-01", "2025-02-03", "completed")])
    other = place(offerings=classes, history=swapped)
    assert other.ranked("ONE", past=learn_habits(other.workforce, other.catalog, ON))[0] == "P4"
