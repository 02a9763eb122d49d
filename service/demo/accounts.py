"""Accounts of the demo city, one of each role, with a password that is made anew each time and shown once."""

import secrets

from recommender.plan import Plan
from service.auth.accounts import Accounts
from service.auth.caller import ADMIN, EMPLOYEE, EVERY_UNIT, PLANNER, SUPERVISOR
from service.auth.users import update_user
from service.storage.database import Database
from service.storage.engine import transaction

NAMES = {EMPLOYEE: "pegawai", SUPERVISOR: "atasan", PLANNER: "perencana", ADMIN: "admin"}


def _people(database: Database, plan: Plan) -> tuple[str, str]:
    """Return somebody with a seat in the plan, and a colleague of their unit with another."""
    people = database.read("employees").set_index("employee")["unit"]
    units = people[people.index.isin(plan.assignments["employee"])] if len(plan.assignments) else people
    widest = units.value_counts().index[0]
    mine = units[units == widest].index
    return str(mine[0]), str(mine[min(1, len(mine) - 1)])


def add_demo_accounts(database: Database, plan: Plan) -> tuple[dict[str, str], str]:
    """Add an account for each role, or give those that exist the new password; return names by role, and it."""
    employee, supervisor = _people(database, plan)
    accounts, password = Accounts(database, "demo"), secrets.token_urlsafe(12)
    known = {user.name for user in accounts.everybody()}
    whose = {EMPLOYEE: (employee, ()), SUPERVISOR: (supervisor, ()), PLANNER: (None, (EVERY_UNIT,)), ADMIN: (None, ())}
    for role, (number, granted) in whose.items():
        name = NAMES[role]
        if name in known:
            accounts.set_password(name, password)
        else:
            accounts.add(name, role=role, units=granted, employee=number, password=password)
        with transaction(database.engine, is_writer=True) as connection:
            update_user(connection, name, must_change=0)
    return NAMES, password
