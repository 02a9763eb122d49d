"""A plan as its pages have it: whole or as far as the reader sees, with what may be done to it."""

from dataclasses import dataclass
from typing import Any

from litestar import Response

from recommender.plan import Plan
from service.api.context import Call, parts_of, reach_of_call
from service.api.plans import seen_by
from service.plan_document import unpack_plan
from service.portal.desk.plan_list import STATES, TONES, may_call
from service.portal.page import show
from service.storage.database import APPROVED, DRAFT
from service.storage.decisions import plans_before
from service.storage.engine import transaction
from training_catalog.errors import UnknownIdError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One view of a plan, at its own address."""

    tail: str
    title: str


TABS = (
    Tab(tail="", title="Overview"), Tab(tail="/lines", title="Budget lines"), Tab(tail="/classes", title="Classes"),
    Tab(tail="/units", title="Units"), Tab(tail="/people", title="People"), Tab(tail="/unmet", title="Unmet needs"),
    Tab(tail="/prices", title="The next rupiah"), Tab(tail="/seats", title="Attendance"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A plan before a reader.

    Parameters
    ----------
    plan_id, name, state : Which one, and how it stands.
    plan : What the reader may see of it.
    is_whole : Whether that is everything.
    may_sign, may_make : Whether the reader may approve or withdraw it, and make others from it.
    """

    plan_id: str
    name: str
    state: str
    plan: Plan
    is_whole: bool
    may_sign: bool
    may_make: bool

    @property
    def path(self) -> str:
        """Address of its pages."""
        return f"/plans/{self.plan_id}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be approved."""
        return self.state == DRAFT

    @property
    def is_open(self) -> bool:
        """Whether it may be withdrawn."""
        return self.state in {DRAFT, APPROVED}


def shown_plan(call: Call, plan_id: str) -> Shown:
    """Return a plan as its reader may see it.

    Raises
    ------
    UnknownIdError
        When there is no such plan.
    """
    stored = parts_of(call).database.load_plan(plan_id)
    if stored is None:
        raise UnknownIdError("plan", plan_id)
    reach = reach_of_call(call)
    return Shown(
        plan_id=plan_id, name=str(stored.summary.get("name") or ""), state=stored.state,
        plan=seen_by(unpack_plan(stored.document), reach), is_whole=reach.everyone,
        may_sign=may_call(call, "plans.sign"), may_make=may_call(call, "plans.make"),
    )  # fmt: skip


def earlier_than(call: Call, plan_id: str) -> list[str]:
    """Return the plans that a plan was made from, the nearest first."""
    with transaction(parts_of(call).database.engine) as connection:
        return plans_before(connection, plan_id)


def show_plan(call: Call, template: str, shown: Shown, *, tab: str = "-", status: int = 200,
              **view: object) -> Response[str]:  # fmt: skip
    """Return a page of a plan, under its head and tabs."""
    common: dict[str, Any] = {"one": shown, "plan": shown.plan, "tab": tab, "tabs": TABS, "states": STATES,
                              "tones": TONES}  # fmt: skip
    return show(call, template, status=status, **{**common, **view})
