from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from service.demo.city import N_NEW_HEADS, build_city, import_city, new_heads
from service.demo.files import LEADERSHIP_FOR_HEADS
from service.pipeline import PlanRequest, decide, load_office
from service.policy_file import read_policy
from service.settings import Settings
from service.terminal import Terminal


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    settings = Settings(database_url=f"sqlite:///{folder / 'office.db'}", lang="id", on=date(2027, 1, 4))
    terminal = Terminal(settings)
    _, files = build_city(terminal, settings, folder, n_people=60, seed=1)
    database, _ = import_city(terminal, settings, files)
    return load_office(database, settings.on)


def richer(office, factor):
    """Return the office with every budget line times a factor."""
    budgets = office.tables["budgets"]
    return replace(office, tables={**office.tables, "budgets": budgets.assign(amount=budgets["amount"] * factor)})


def test_nobody_is_mandated_where_no_line_can_pay_the_leadership_class(office, tmp_path):
    assert read_policy(new_heads(office, tmp_path)).mandates == ()


def test_with_money_the_newest_heads_are_mandated_and_all_of_them_get_their_place(office, tmp_path):
    rich = richer(office, 60)
    policy = read_policy(new_heads(rich, tmp_path))
    (mandate,) = policy.mandates
    assert 0 < len(mandate.employees) <= N_NEW_HEADS
    plan = decide(rich, PlanRequest(year=2027, policy=policy, time_limit=5))
    seats = plan.assignments[plan.assignments["training"] == LEADERSHIP_FOR_HEADS]
    assert np.isin(mandate.employees, seats["employee"]).all()
    assert plan.clashes.empty
