"""A plan as one HTML page that a head of agency reads: it loads nothing, needs no script, and prints on A4."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.reports.class_section import class_section
from service.reports.gap_section import gap_section
from service.reports.money_section import money_section
from service.reports.need_section import clash_section, price_section, unmet_section
from service.reports.people_section import fairness_section, hours_section, served_section
from service.reports.source_section import source_section
from service.reports.summary_section import summary_section
from service.reports.view import Section
from service.wording import Wording

_SECTIONS = (
    money_section,
    gap_section,
    hours_section,
    served_section,
    fairness_section,
    class_section,
    unmet_section,
    clash_section,
    price_section,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the template shows.

    Parameters
    ----------
    lang : Language of the page.
    title, office, subtitle : Head of the page; office may be empty.
    contents_title : Heading of the list of sections.
    sections : In reading order.
    foot : Last line.
    """

    lang: str
    title: str
    office: str
    subtitle: str
    contents_title: str
    sections: tuple[Section, ...]
    foot: str


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("service.reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("plan_report.html.j2")


def render_report(
    plan: Plan, names: Names, wording: Wording, *, plan_id: str = "", made_at: datetime | None = None
) -> str:
    """Render a plan's report.

    Parameters
    ----------
    plan : The plan.
    names : Names of its ids; names of people are not shown.
    wording : Language of the page.
    plan_id : Id under which the plan is stored; empty for none.
    made_at : When the plan was made; None leaves it out, so that equal plans give equal pages.

    Returns
    -------
    A whole HTML document without any reference to another file or address.
    """
    page = Page(
        lang=wording.lang,
        title=wording.text("Training plan {year}", year=plan.provenance.year),
        office=names.office,
        subtitle=wording.text("As of {day}", day=wording.date(plan.provenance.on)),
        contents_title=wording.text("Contents"),
        sections=(
            summary_section(plan, wording),
            *(make(plan, names, wording) for make in _SECTIONS),
            source_section(plan, plan_id, made_at, wording),
        ),
        foot=wording.text("People are named in the rosters only, not in this report."),
    )
    return _template().render(page=page)
