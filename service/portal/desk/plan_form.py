"""The form of a plan: the policy as fields with their meaning, pins as lines; what is wrong stands beside its field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from recommender.policy import Policy
from service.api.context import Call, parts_of
from service.api.problems import wording_of
from service.policy_file import parse_policy, policy_of, read_factor
from service.portal.desk.supervisors_words import take_up
from service.portal.desk.view import names_of
from service.portal.forms import Form
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES, ROW_KEY
from service.wording import Wording
from training_catalog.errors import InputError

MOST_SECONDS = 3600
FILE = "policy_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A number of the policy that the form asks for.

    Parameters
    ----------
    name : Its field.
    title, hint : What it is called and means, in English.
    path : Where it stands in the policy's document.
    least, most, step : What is accepted, as shown.
    grain : Step of the slider beside it.
    is_share : Whether it is shown in percent.
    is_whole : Whether it is a count.
    may_miss : Whether it may be left empty for no rule.
    """

    name: str
    title: str
    hint: str
    path: tuple[str, ...]
    least: float
    most: float
    step: str = "any"
    grain: str = "1"
    is_share: bool = False
    is_whole: bool = False
    may_miss: bool = False

    def shown(self, document: dict[str, Any]) -> str:
        """Return the value of a policy as the field shows it."""
        value: Any = document
        for key in self.path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return ""
        return f"{value * 100 if self.is_share else value:.6g}"


SLIDERS = (
    Slider(name="floor_pns", title="Hours that every PNS should reach (JP)", least=0, most=200, step="1",
           hint="Wanted, not forced: falling short costs value by the weight below. The rule is 20.",
           path=("plan", "hours_floor", "PNS"), may_miss=True),
    Slider(name="cap_pppk", title="Most hours for a PPPK (JP)", least=0, most=200, step="1",
           hint="Never exceeded. The rule is 24.", path=("plan", "hours_cap", "PPPK"), may_miss=True),
    Slider(name="hours_weight", title="Weight of missing hours", least=0, most=0.1, grain="0.001",
           hint="Value lost for each JP that somebody stays below the hours wanted, in competency levels; with 0.002, "
                "ten missing JP weigh like 0.02 levels.", path=("plan", "hours_weight")),
    Slider(name="max_trainings", title="Most trainings for one person", least=1, most=20, step="1", is_whole=True,
           hint="In the whole year.", path=("plan", "max_trainings")),
    Slider(name="away_share", title="Most of a unit away on one day (%)", least=0, most=100, step="1", is_share=True,
           hint="So that service goes on; one person may always go. Empty for no limit.", path=("plan", "away_share"),
           may_miss=True),
    Slider(name="unit_floor_share", title="Part of each unit that should get something (%)", least=0, most=100,
           step="1", is_share=True, hint="Of the people with a need. Wanted, not forced. Empty for none.",
           path=("plan", "unit_floor_share"), may_miss=True),
    Slider(name="reserve_share", title="Kept back of every budget line (%)", least=0, most=100, step="1", is_share=True,
           hint="For what comes unforeseen during the year.", path=("plan", "reserve_share")),
    Slider(name="minimum_benefit", title="Least gain of a seat (levels)", least=0, most=1, grain="0.01",
           hint="Seats that are expected to close less of a gap are not planned.", path=("plan", "minimum_benefit")),
    Slider(name="stability_weight", title="Worth of keeping a choice (levels)", least=0, most=100,
           hint="Only where a plan is made again from an earlier one: 0 lets everything change, 100 changes only what "
                "must.", path=("plan", "stability_weight")),
)  # fmt: skip


def default_policy(call: Call) -> dict[str, Any]:
    """Return the office's policy as a document: what the form begins with."""
    document: dict[str, Any] = msgspec.to_builtins(parts_of(call).policy)
    return document


def _number(form: Form, slider: Slider, wording: Wording) -> float | int | None:
    """Return a field's number as the policy has it; None for none, or with its fault noted."""
    text = form.get(slider.name).replace(",", ".")
    accepted = wording.text("Accepted: {least} to {most}.", least=wording.brief(slider.least),
                            most=wording.brief(slider.most))  # fmt: skip
    if not text:
        if not slider.may_miss:
            form.faults[slider.name] = f"{wording.text(slider.title)}: {accepted}"
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not slider.least <= value <= slider.most or (slider.is_whole and not value.is_integer()):
        form.faults[slider.name] = f"{wording.text(slider.title)}: {accepted}"
        return None
    if slider.is_whole:
        return int(value)
    return value / 100 if slider.is_share else value


def _put(document: dict[str, Any], path: tuple[str, ...], value: float | None) -> None:
    for key in path[:-1]:
        document = document[key]
    if value is None and path[-1] in {"PNS", "PPPK"}:
        document.pop(path[-1], None)
    else:
        document[path[-1]] = value


def _pairs(call: Call, form: Form, field: str) -> list[dict[str, str]]:
    """Return the lines of a field as pairs of number and class; a fault names the first line that is none."""
    wording = wording_of(call)
    lines = [(n, line.split()) for n, line in enumerate(form.get(field).splitlines(), start=1) if line.strip()]
    for n, words in lines:
        if len(words) != 2:  # noqa: PLR2004 (number and class)
            form.faults[field] = wording.text(
                "Line {line}: '{value}' is not a number (NIP) and a class with a space between.", line=n,
                value=" ".join(words)[:80])  # fmt: skip
            return []
    people = set(names_of(call, "employees", [words[0] for _, words in lines]))
    classes = _on_file(call, "offerings", [words[1] for _, words in lines])
    for n, (who, what) in lines:
        if who not in people:
            form.faults[field] = wording.text("Line {line}: nobody of number {value} is on file.", line=n, value=who)
        elif what not in classes:
            form.faults[field] = wording.text("Line {line}: no class {value} is on file.", line=n, value=what)
    return [{"employee": who, "offering": what} for _, (who, what) in lines]


def _on_file(call: Call, table: str, ids: Iterable[str]) -> set[str]:
    key = DATABASE_TABLES[table].c[ROW_KEY]
    with transaction(parts_of(call).database.engine) as connection:
        return set(connection.execute(sa.select(key).where(key.in_(sorted(set(ids))))).scalars())


def _from_file(call: Call, form: Form) -> dict[str, Any] | None:
    """Return the policy of an uploaded file; None where there is none, or with its fault noted."""
    files = [file for file in form.files.get(FILE, []) if file.filename]
    if not files:
        return None
    try:
        found: Policy = parse_policy(files[0].file.read(), files[0].filename)
    except InputError as error:
        form.faults[FILE] = error.said(wording_of(call).text)
        return None
    document: dict[str, Any] = msgspec.to_builtins(found)
    return document


def policy_asked(call: Call, form: Form) -> dict[str, Any]:
    """Return the policy of a form: of the file where there is one, else of the fields; with its pins and exclusions."""
    document = _from_file(call, form)
    if document is None:
        document = default_policy(call)
        for slider in SLIDERS:
            _put(document, slider.path, _number(form, slider, wording_of(call)))
    for field in ("pinned", "excluded"):
        document[field] = [*document[field], *_pairs(call, form, field)]
    if not form.faults:
        _check(call, form, document)
    return document


def _check(call: Call, form: Form, document: dict[str, Any]) -> None:
    try:
        policy_of(document, "policy")
    except InputError as error:
        form.faults[""] = error.said(wording_of(call).text)


def plan_asked(call: Call, form: Form) -> dict[str, Any]:
    """Return what a form asks for, as the job takes it; the form holds what is wrong."""
    wording = wording_of(call)
    year = form.whole("year", wording.text("Accepted: a year from 2000 to 2100."), least=2000, most=2100)
    if year is None:
        form.faults.setdefault("year", wording.text("Accepted: a year from 2000 to 2100."))
    limit = form.whole("time_limit", "", least=1, most=MOST_SECONDS)
    if limit is None:
        form.faults["time_limit"] = wording.text("Accepted: 1 to {most} seconds.", most=wording.number(MOST_SECONDS))
    factor = form.get("budget_factor") or "1"
    try:
        read_factor(factor)
    except InputError as error:
        form.faults["budget_factor"] = error.said(wording.text)
    policy = policy_asked(call, form)
    if year is not None:
        take_up(call, form, policy, year)
    return {"year": year, "name": form.get("name")[:200], "budget_factor": factor,
            "time_limit": float(limit or 1), "policy": policy}  # fmt: skip
