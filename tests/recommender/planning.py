"""A plan of a tiny office, made as the program makes it."""

import itertools

from models.baseline import BaselineRule
from recommender.allocation.limits import SolveLimits
from recommender.budget import build_budget
from recommender.demand import demand_of, gather_demand, wanted_pairs
from recommender.plan_making import PlanInputs
from recommender.planning_problem import build_problem
from recommender.policy import PlanRules, Policy
from recommender.use_cases import make_plan, recommend_in_chunks
from tests.builders import office, rows, trainings

YEAR = 2026
ACCOUNTS = rows("account name purpose forms", "5.1 Courses fee -", "5.2 Travel travel -")
LINES = rows(
    "line year unit account funding_source amount reserved spent parent",
    "TOP 2026 - - - 100000000 - - -",
    "FEE 2026 U 5.1 APBD 6000000 500000 500000 TOP",
    "TRIP 2026 U 5.2 APBD 9000000 - - TOP",
)
CLASSES = rows(
    "offering training start_date end_date mode city province seat_cost seats_min seats_max",
    "K1 P1 2026-05-04 2026-05-05 - - - 1000000 - 2",
    "K2 P2 2026-06-04 2026-06-05 - Bandung Jawa~Barat 2000000 - 10",
    "K3 P3 2026-07-06 2026-07-07 online - - 0 - 10",
)
PRICES = rows("item region amount", "per_diem_training Jawa~Barat 100000", "transport Jawa~Barat 1500000",
              "lodging Jawa~Barat 400000")  # fmt: skip
TAUGHT = trainings(P1="M.01 3", P2="M.02 3", P3="M.02 3")
TAUGHT["trainings"]["mode"] = [None, None, "online"]
FREE = Policy(plan=PlanRules(away_share=None, hours_weight=0.0))


def small_office(**given):
    """Four people below their standard in two competencies, three trainings, one line for fees, one for travel."""
    people = ("A", "B", "C", "D")
    found = [f"{e} {c} {level} 2025-06-01" for e in people for c, level in (("M.01", 2), ("M.02", 2))]
    return office(**{
        "units": rows("unit name city", "U Unit Pontianak"),
        "employees": rows("employee unit", *[f"{e} U" for e in people]),
        "requirements": rows("position competency level", "J M.01 3", "J M.02 3"),
        "assessments": rows("employee competency level assessed_on", *found),
        "accounts": ACCOUNTS, "budgets": LINES, "offerings": CLASSES, "price_book": PRICES,
        **TAUGHT, **given,
    })  # fmt: skip


def demand(here, policy=FREE):
    chunks = recommend_in_chunks(
        here.workforce, here.catalog, BaselineRule(), here.on, policy,
        wanted=wanted_pairs(here.workforce, here.catalog, policy, here.on),
    )  # fmt: skip
    return gather_demand(demand_of(part, here.catalog, policy, YEAR, first) for first, _, part in chunks)


def problem(here, policy=FREE, earlier=None):
    budget = build_budget(here.tables, here.workforce.units, YEAR)
    return build_problem(demand(here, policy), here.workforce, here.catalog, budget, policy, earlier)


def plan(here, policy=FREE, model=None, earlier=None, seconds=1e6):
    ticks = itertools.count()
    return make_plan(
        here.workforce, here.catalog, model or BaselineRule(), build_budget(here.tables, here.workforce.units, YEAR),
        policy, here.on,
        inputs=PlanInputs(model="rule", model_state="rule", verdict="no approved model", policy=policy,
                          earlier=earlier),
        limits=SolveLimits(seconds=seconds, clock=lambda: float(next(ticks)) * 1e-3),
    )  # fmt: skip


def seats(made):
    return sorted(zip(made.assignments["employee"], made.assignments["offering"], strict=True))
