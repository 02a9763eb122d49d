"""Who may do what, and whose rows they may see: the one place that decides; what is not listed is denied.

Rows follow the caller. Somebody's own number is always theirs; a supervisor or planner sees the people of the units
granted and of every unit below; an administrator, a key without units, and a planner of all units see everybody.
"""

from dataclasses import dataclass

from service.auth.caller import Caller
from training_catalog.columns import IndexArray, TextArray

EVERYBODY, ROWS, WHOLE, ANYBODY = "everybody", "rows", "whole", "anybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an operation needs.

    Parameters
    ----------
    scope : Scope of the caller; None where being known is enough.
    reach : ``everybody``: no rows of people are shown; ``rows``: only rows within the caller's reach are;
        ``whole``: only for callers who may see all people; ``anybody``: also for callers who are not known.
    """

    scope: str | None
    reach: str = EVERYBODY


# Every operation of the service. A test walks all routes with all roles and compares with this table.
RULES: dict[str, Rule] = {
    "health": Rule(scope=None, reach=ANYBODY),
    "metrics": Rule(scope=None, reach=ANYBODY),
    "documentation": Rule(scope=None, reach=ANYBODY),
    "session.open": Rule(scope=None, reach=ANYBODY),
    "session.own": Rule(scope=None),
    "pages.files": Rule(scope=None, reach=ANYBODY),
    "pages.own": Rule(scope=None),
    "recommendations.read": Rule(scope="recommend:read", reach=ROWS),
    "rankings.make": Rule(scope="recommend:read"),
    "feedback.give": Rule(scope="recommend:read", reach=ROWS),
    "people.read": Rule(scope="people:read", reach=ROWS),
    "people.write": Rule(scope="people:write", reach=ROWS),
    "people.export": Rule(scope="people:read", reach=ROWS),
    "people.erase": Rule(scope="admin", reach=ROWS),
    "catalog.read": Rule(scope=None),
    "catalog.write": Rule(scope="catalog:write"),
    "budgets.read": Rule(scope="plan:read"),
    "budgets.write": Rule(scope="plan:write"),
    "imports.make": Rule(scope="people:write", reach=WHOLE),
    "exports.make": Rule(scope="people:read", reach=WHOLE),
    "jobs.read": Rule(scope=None, reach=ROWS),
    "team.read": Rule(scope="plan:read", reach=ROWS),
    "team.write": Rule(scope="plan:read", reach=ROWS),
    "inbox.answer": Rule(scope="plan:write", reach=ROWS),
    "plans.read": Rule(scope="plan:read", reach=ROWS),
    "plans.make": Rule(scope="plan:write", reach=WHOLE),
    "plans.sign": Rule(scope="plan:write", reach=WHOLE),
    "ledger.read": Rule(scope="plan:read", reach=WHOLE),
    "seats.note": Rule(scope="plan:write", reach=ROWS),
    "seats.reprice": Rule(scope="plan:write", reach=WHOLE),
    "models.read": Rule(scope="plan:read"),
    "models.write": Rule(scope="model:write"),
    "users.manage": Rule(scope="admin", reach=WHOLE),
    "audit.read": Rule(scope="audit:read", reach=WHOLE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose rows a caller may see.

    Parameters
    ----------
    everyone : Whether all.
    units : Codes of units whose people are within reach; empty for none.
    employee : The caller's own number; None for none.
    """

    everyone: bool
    units: frozenset[str]
    employee: str | None

    def covers(self, employee: str, unit: str) -> bool:
        """Tell whether a person of a unit is within reach."""
        return self.everyone or employee == self.employee or (bool(unit) and unit in self.units)


def branches(ids: TextArray, parent: IndexArray, granted: frozenset[str]) -> frozenset[str]:
    """Return the granted units with all units below them.

    Parameters
    ----------
    ids, parent : Units, and the position of the unit above; -1 for none.
    granted : Codes.
    """
    found = {i for i, code in enumerate(ids.tolist()) if code in granted}
    grew = True
    while grew:
        below = {i for i, above in enumerate(parent.tolist()) if above in found} - found
        grew = bool(below)
        found |= below
    return frozenset(str(ids[i]) for i in found) | granted


def reach_of(caller: Caller, ids: TextArray, parent: IndexArray) -> Reach:
    """Return whose rows a caller may see; units are as on file now."""
    if caller.units is None and caller.role in {"admin", "planner", "system"}:
        return Reach(everyone=True, units=frozenset(), employee=caller.employee)
    granted = caller.units if caller.units is not None and caller.role != "employee" else frozenset()
    units = branches(ids, parent, granted) if granted else frozenset()
    has_all = caller.role == "planner" and len(ids) > 0 and units.issuperset(ids.tolist())
    return Reach(everyone=has_all, units=units, employee=caller.employee)


def may(caller: Caller | None, rule: Rule | None, reach: Reach | None) -> bool:
    """Tell whether a caller may call an operation at all; rows are checked where they are read."""
    if rule is None:
        return False
    if rule.reach == ANYBODY:
        return True
    if caller is None or (caller.must_change_password and rule is not RULES["session.own"]):
        return False
    if rule.scope is not None and rule.scope not in caller.scopes:
        return False
    return rule.reach != WHOLE or (reach is not None and reach.everyone)
