"""Lists on logged choices: what could have been chosen, and how likely it was."""

import numpy as np
import pandas as pd
import pytest

from models.baseline import BaselineRule
from models.evaluation import split_repeatedly
from models.judged import foretell, put_together
from recommender import past_choices
from recommender.outcomes import gather_outcomes
from recommender.past_choices import prices_of, value_lists
from recommender.policy import Policy
from tests.builders import ON, office, rows, trainings


def past(n=300, seed=0, *, by_rule=0.0):
    """Return an office whose people chose among twelve trainings: at random, or rather what fits their level."""
    rng = np.random.default_rng(seed)
    names = [f"E{i:03}" for i in range(n)]
    codes = [f"P{i:02}" for i in range(12)]
    taught = trainings(**{code: f"M.01 {2 + i % 4}" for i, code in enumerate(codes)})
    level = rng.integers(1, 4, n)
    closes = np.array([[min(2 + i % 4, 4) - one for i in range(12)] for one in level])
    score = by_rule * (closes == 1) + rng.gumbel(size=(n, 12))
    taken = np.where(closes > 0, score, -np.inf).argmax(axis=1)
    gain = rng.random(n) < np.where(closes[np.arange(n), taken] == 1, 0.7, 0.1)  # the next level is learned best
    day = pd.Timestamp("2024-01-10") + pd.to_timedelta(rng.integers(0, 500, n), unit="D")
    found = pd.DataFrame({"employee": names, "competency": "M.01", "level": level.astype(float),
                          "assessed_on": day - pd.Timedelta(days=100)})  # fmt: skip
    later = found.assign(level=level + gain, assessed_on=day + pd.Timedelta(days=100))
    history = pd.DataFrame({"employee": names, "training": np.array(codes)[taken], "start_date": day,
                            "end_date": day + pd.Timedelta(days=3), "status": "completed"})  # fmt: skip
    return office(employees=pd.DataFrame({"employee": names}), history=history,
                  requirements=rows("position competency level", "J M.01 4"),
                  assessments=pd.concat([found, later]), **taught)  # fmt: skip


def judged(here):
    outcomes = gather_outcomes(here.workforce, here.catalog, ON, Policy().gap)
    _, splits = split_repeatedly(outcomes.on, (0.9, 0.4), ON)
    parts = []
    for i, (_, later) in enumerate(splits):
        own = outcomes.rows.take(later)
        parts.append(foretell(BaselineRule(), own.features, own.completed, own.gain, person=own.person, split=i))
    return put_together(parts), outcomes, splits


def valued(here):
    return value_lists([BaselineRule()] * 2, *judged(here), here.workforce, here.catalog, Policy(),
                       np.random.default_rng(0))  # fmt: skip


def test_lists_of_everything_achieve_what_was_achieved(monkeypatch):
    monkeypatch.setattr(past_choices, "LISTED", 12)
    found = valued(past())
    assert found.own.code == "estimated"
    assert found.own.mean_ratio == pytest.approx(1.0)
    assert found.own.self_normalised == pytest.approx(found.own.plain)
    assert (found.gain, found.gain_lower, found.gain_upper) == pytest.approx((0.0, 0.0, 0.0))


def test_lists_of_what_fits_are_found_better_than_random_choices(monkeypatch):
    monkeypatch.setattr(past_choices, "LISTED", 3)
    found = valued(past())
    assert found.own.mean_ratio == pytest.approx(1.0, abs=0.25)
    assert found.own.gain_lower > 0
    assert found.own.value == pytest.approx(found.own.self_normalised, abs=0.1)


def test_choices_by_the_rule_leave_less_to_gain(monkeypatch):
    monkeypatch.setattr(past_choices, "LISTED", 3)
    assert valued(past(by_rule=2.0)).own.gain < valued(past()).own.gain


def test_alternatives_are_those_whose_outcome_could_have_been_measured():
    here = past()
    known, outcomes, splits = judged(here)
    used = np.flatnonzero(known.is_used)
    later = np.concatenate([later for _, later in splits])
    menus = past_choices._menus(outcomes, later[used], here.workforce, here.catalog, Policy())
    assert np.bincount(menus.owner, weights=menus.is_chosen).tolist() == [1.0] * len(used)
    assert (menus.features[:, past_choices.FEATURE_NAMES.index("covered_deficit")] > 0).all()


def test_a_training_without_a_class_has_the_usual_price():
    offerings = rows("offering training start_date end_date seat_cost", "K1 P1 2026-05-01 2026-05-02 100",
                     "K2 P1 2026-06-01 2026-06-02 300", "K3 P2 2026-06-01 2026-06-02 600")  # fmt: skip
    here = office(offerings=offerings, **trainings(P1="M.01 3", P2="M.01 3", P3="M.01 3"))
    assert prices_of(here.catalog).tolist() == [200.0, 600.0, 400.0]


def test_without_known_outcomes_there_is_nothing_to_say():
    here = office(**trainings(P1="M.01 3"))
    found = valued(here)
    assert found.own.code == "not-enough-data"
    assert found.budget is None
