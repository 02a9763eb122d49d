"""Plans in a list, and the form that puts a new one in as a job."""

from typing import Any

import sqlalchemy as sa
from litestar import Response, get, post

from service.access import RULES, may
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule
from service.api.jobs import submit
from service.api.plans import PlanRow, plan_rows
from service.api.problems import wording_of
from service.portal.desk.plan_form import FILE, SLIDERS, default_policy, plan_asked
from service.portal.desk.supervisors_words import boxes_shown
from service.portal.desk.view import job_key, once_token, paged
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go, show
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES
from training_catalog.errors import InputError

STATES = {"draft": "Draft", "approved": "Approved", "retired": "Replaced", "withdrawn": "Taken back"}
TONES = {"draft": "", "approved": "good", "retired": "care", "withdrawn": "care"}


def may_call(call: Call, name: str) -> bool:
    """Tell whether the reader may call what a rule guards, so that a page offers it."""
    return may(known_caller(call), RULES[name], reach_of_call(call))


def budget_years(call: Call) -> list[int]:
    """Return the years with budget lines."""
    year = DATABASE_TABLES["budgets"].c.year
    with transaction(parts_of(call).database.engine) as connection:
        return [int(one) for one in connection.execute(sa.select(year).distinct().order_by(year)).scalars()]


def class_years(call: Call) -> list[int]:
    """Return the years in which classes begin: what costs nothing can be planned without a budget line."""
    year = sa.extract("year", DATABASE_TABLES["offerings"].c.start_date)
    with transaction(parts_of(call).database.engine) as connection:
        return [int(one) for one in connection.execute(sa.select(year).distinct().order_by(year)).scalars()]


@get("/plans", opt=rule("plans.read"), **THREAD)
def plan_list(request: Call) -> Response[str]:
    """Show every plan, the newest first."""
    rows: list[PlanRow] = plan_rows(request)
    pages = paged(request, len(rows))
    return show(request, "desk/plans.html.j2", rows=rows[pages.shown], pages=pages, states=STATES, tones=TONES,
                may_make=may_call(request, "plans.make"))  # fmt: skip


def _form_page(call: Call, form: Form, status: int = 200) -> Response[str]:
    document = default_policy(call)
    years = budget_years(call)
    day = parts_of(call).settings.today()
    year = day.year if day.year in years or not years else years[-1]
    return show(call, "desk/plan_form.html.j2", status=status, form=form, sliders=SLIDERS, years=years, year=year,
                shown={slider.name: slider.shown(document) for slider in SLIDERS}, file_field=FILE,
                boxes=boxes_shown(call, form), once=form.get("once") or once_token())  # fmt: skip


@get("/plans/new", opt=rule("plans.make"), **THREAD)
def new_plan(request: Call) -> Response[str]:
    """Show the form of a plan."""
    return _form_page(request, Form())


@post("/plans", opt=rule("plans.make"), **THREAD)
def make_plan(request: Call) -> Response[Any]:
    """Put a plan in as a job, and go on to see how far it is."""
    form = form_of(request)
    asked = plan_asked(request, form)
    if "year" not in form.faults and asked["year"] not in {*budget_years(request), *class_years(request)}:
        words = "No budget line and no class of {year} is on file; import them first."
        form.faults["year"] = wording_of(request).text(words, year=asked["year"])
    if not form.faults:
        try:
            job = submit(request, "plan", asked, key=job_key(request, form, asked))
            return go(f"/jobs/{job.content.id}")
        except InputError as error:
            form.faults[""] = error.said(wording_of(request).text)
    return _form_page(request, form, 422)


def plan_list_handlers() -> list[Any]:
    """Return the routes of the list and the form."""
    return [plan_list, new_plan, make_plan]
