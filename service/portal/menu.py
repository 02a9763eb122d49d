"""Where a reader may go: what the one table of rules lets them call."""

from collections.abc import Callable
from dataclasses import dataclass

from service.access import RULES, Reach, may
from service.auth.caller import Caller


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu.

    Parameters
    ----------
    path, title : Its address, and its name in English.
    rule : What is needed to see it.
    """

    path: str
    title: str
    rule: str


OWN = (
    Entry("/", "My profile", "pages.own"),
    Entry("/suggestions", "Suggestions", "recommendations.read"),
    Entry("/my-plan", "My place in the plan", "people.read"),
    Entry("/my-history", "My history", "people.read"),
    Entry("/my-data", "My data", "people.export"),
)
OTHERS = (
    Entry("/team", "My team", "team.read"),
    Entry("/plans", "Plans", "plans.read"),
    Entry("/imports", "Imports", "imports.make"),
    Entry("/titles", "Course titles", "imports.make"),
    Entry("/budget", "Budget", "ledger.read"),
    Entry("/inbox", "Inbox", "inbox.answer"),
    Entry("/catalog", "Catalogue", "catalog.read"),
    Entry("/models", "Models", "models.read"),
    Entry("/audit", "Audit", "audit.read"),
    Entry("/users", "People and keys", "users.manage"),
)


def menu_of(caller: Caller | None, reach_of: Callable[[Caller], Reach]) -> tuple[Entry, ...]:
    """Return the pages that a caller may open; none for nobody."""
    if caller is None or caller.must_change_password:
        return ()
    reach = reach_of(caller)
    own = OWN if caller.employee is not None else ()
    return tuple(e for e in (*own, *OTHERS) if e.rule in RULES and may(caller, RULES[e.rule], reach))


def home_of(menu: tuple[Entry, ...]) -> str:
    """Return where a reader begins."""
    return menu[0].path if menu else "/catalog"
