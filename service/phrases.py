"""Sentences for the stable codes and verdicts of the rooms below: reasons, clashes, broken rules, how a model did."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from string import Formatter
from typing import Any

from models.verdict import FIXED_AMOUNT, REFUSALS, REFUSED, SIZED, STANDINGS, UNREADABLE
from models.verdict import WORDS as VERDICT_WORDS
from recommender.allocation.why import LISTED, MONEY
from recommender.explanation import Reason
from service.labels import IN_RUPIAH, RULES, cut, lower, word_for
from service.labels import UNMET as LIMITS
from service.wording import Wording
from training_catalog.catalog import Catalog

REASONS = {
    "closes-deficit": "Works on {levels} levels of {name}: required {required}, assessed {assessed}.",
    "assumed-need": "{name} was never assessed; colleagues in such positions lack {levels} levels on average.",
    "expired-assessment": "Works on {levels} levels of {name}, by an assessment that has expired.",
    "blind-spot": "Blind spot in {name}: self-rating {levels}, assessment {assessed}.",
    "suits-short-staff": "Online or short, because the unit is short of staff.",
    "suits-full-calendar": "Online or short, because the calendar is full.",
    "asked-for": "Interest in it was stated.",
    "enrolment-lapsed": "An earlier enrolment in it has no outcome long after the class ended, and no longer counts.",
    "default-standard": "The required level is the default of the position class.",
    "service-effect": "In the past, in units with one more training a head, {indicator} went up by {levels} points"
    " afterwards.",
    "service-effect-down": "In the past, in units with one more training a head, {indicator} went down by {levels}"
    " points afterwards.",
}

INDICATORS = {  # of units; an office's own codes are shown as they are
    "complaints-resolved": "complaints resolved",
    "satisfaction": "public satisfaction",
}

LEFT_OUT = {
    "inactive": "Not in active service.",
    "on-leave": "On leave or on a study assignment.",
    "retiring-soon": "Retires within the horizon of the policy.",
    "closed": "The training is closed.",
    "past": "Every class of it lies in the past.",
    "already-taken": "Taken already, in this or another edition.",
    "already-enrolled": "Enrolled already.",
    "wrong-employment-type": "Not meant for this employment type.",
    "wrong-position": "Not meant for this position.",
    "prerequisite-missing": "Needs {requires} first.",
    "not-interested": "Marked as not wanted.",
}

UNMET = {
    "budget": "What is left of budget line {limit} does not suffice: {needs} more would be needed.",
    "budget-lines": "What is left of the budget lines {limit} does not suffice: each needs up to {needs} more.",
    "no-payer": "No budget line pays for opening the class; it costs {needs}.",
    "earmark": "The most money for {limit} does not suffice: {needs} more would be needed.",
    "seats": "Class {limit} is full; the last seat went at an expected gain of {cutoff} levels.",
    "no-seats": "Class {limit} has no seats.",
    "minimum-class": "Too few people want class {limit}, so it does not open.",
    "overlap": "It overlaps with {instead}, which was chosen.",
    "already": "Another class of the same training was chosen: {instead}.",
    "hours-cap": "It would exceed the yearly limit of learning hours.",
    "max-trainings": "The most trainings allowed in a year are chosen already.",
    "away-share": "Too many people of the unit would be away on the same day.",
    "prerequisite": "Its prerequisite is not in the plan before it.",
    "no-offering": "No class of a suitable training is on offer this year.",
    "not-eligible": "No suitable training may be taken: {limit}.",
    "lower-benefit": "Others gain more from the same money and seats.",
    "closed-class": "Class {limit} stays closed: too few who want it are free, or its money does more elsewhere.",
    "no-gain": "It would close nothing.",
    "topic": "Another training for the same deficit was chosen: {instead}.",
}

MODES = {"face-to-face": "face-to-face", "online": "online", "blended": "blended"}

PLAN_STATES = {
    "optimal": "proven optimal",
    "within-gap": "proven within the gap",
    "heuristic": "not proven optimal",
    "infeasible": "not all demands are met; this is the nearest plan",
}


def competency_name(catalog: Catalog, competency: int, wording: Wording) -> str:
    """Return a competency's name in the reader's language, the office's own where English is missing."""
    english = str(catalog.competencies.names_en[competency])
    return english if wording.lang == "en" and english else str(catalog.competencies.names[competency])


def reason_text(reason: Reason, catalog: Catalog, wording: Wording) -> str:
    """Say one reason for a recommendation."""
    is_service = reason.code == "service-effect"
    return wording.text(
        REASONS[f"{reason.code}-down" if is_service and reason.levels < 0 else reason.code],
        name=competency_name(catalog, reason.competency, wording) if reason.competency >= 0 else "",
        levels=wording.number(abs(reason.levels), 2) if is_service else wording.brief(reason.levels),
        required=wording.brief(reason.required),
        assessed=wording.brief(reason.assessed),
        indicator=indicator_text(reason.indicator, wording) if reason.indicator else "",
    )


def indicator_text(indicator: str, wording: Wording) -> str:
    """Name an indicator of units' service; an office's own code is shown as it is."""
    return wording.text(INDICATORS[indicator]) if indicator in INDICATORS else indicator


def left_out_text(code: str, requires: str, wording: Wording) -> str:
    """Say why a training is not recommended."""
    return wording.text(LEFT_OUT[code], requires=requires)


def unmet_code(code: str) -> str:
    """Return the code under which other systems know a reason: an earmark lacks money as a line does."""
    return "budget" if code == "earmark" else code


def unmet_text(row: Mapping[str, Any], wording: Wording) -> str:
    """Say why a person's need is not met, what else it would take, and the next chance where there is one."""
    kind, needs = _limit_kind(row), _figure(row["needs"])
    sentences = [wording.text(
        UNMET.get(kind, UNMET["lower-benefit"]),
        limit=_few(row["limit"], wording) if kind == "budget-lines" else limit_name(kind, row["limit"], wording),
        needs=wording.money(int(needs or 0)),
        cutoff=wording.number(_figure(row["cutoff"]) or 0.0, 2),
        instead=row["instead"],
    )]  # fmt: skip
    if needs and row["code"] not in MONEY:
        sentences.append(wording.text("Money falls short as well, by {needs}.", needs=wording.money(int(needs))))
    if row["next_offering"]:
        sentences.append(_next_text(row, wording))
    return " ".join(sentences)


def _few(limit: str, wording: Wording) -> str:
    """Name the first of many lines, those that lack most, and count the others."""
    lines = str(limit).split(LISTED)
    if len(lines) <= MOST_NAMED:
        return limit
    return wording.text("{lines} and {n} more", lines=LISTED.join(lines[:MOST_NAMED]),
                        n=wording.number(len(lines) - MOST_NAMED))  # fmt: skip


def _next_text(row: Mapping[str, Any], wording: Wording) -> str:
    chance, code = row["next_start"], str(row.get("next_code") or "")
    day = chance.date() if hasattr(chance, "date") else chance
    when = wording.date(day) if isinstance(day, date) else ""
    if code not in LIMITS:
        return wording.text("Next chance: {offering}, {day}.", offering=row["next_offering"], day=when)
    return wording.text("Next chance: {offering}, {day}; there: {why}.", offering=row["next_offering"], day=when,
                        why=lower(word_for(code, LIMITS, wording)))  # fmt: skip


def _figure(value: Any) -> float | None:  # noqa: ANN401 (a cell of a frame)
    """Return a figure; None where a cell holds none."""
    return None if value is None or value != value else float(value)  # noqa: PLR0124 (NaN test)


def _limit_kind(row: Mapping[str, Any]) -> str:
    """Return the code of what is in the way, or which of its sentences fits."""
    code, limit = str(row["code"]), str(row["limit"] or "")
    if code == "budget":
        return "no-payer" if not limit else ("budget-lines" if LISTED in limit else code)
    if code == "seats" and "cutoff" in row and _figure(row["cutoff"]) is None:
        return "no-seats"
    if code == "lower-benefit" and limit:
        return "closed-class"
    benefit = _figure(row.get("benefit"))
    return "no-gain" if code == "lower-benefit" and benefit is not None and benefit <= 0 else code


MOST_NAMED = 2  # lines of a sentence
VIOLATION = "{rule}: {subject} at {limit}: {found}, allowed {allowed}"  # as `recommender.allocation.verify` writes it


def limit_name(code: str, limit: str, wording: Wording) -> str:
    """Return which limit stands in the way: its id, or in words why a person may not take a training."""
    if code == "not-eligible" and limit in LEFT_OUT:
        return wording.text(LEFT_OUT[limit], requires=wording.text("another training")).rstrip(".")
    return limit


def clash_text(clash: Mapping[str, Any], wording: Wording) -> str:
    """Say which demand is not met, what is in the way, and who is left out.

    Parameters
    ----------
    clash : Code, subject, limit, needed and available; people as ids joined by ``;``.
    """
    figure = wording.money if clash["code"] in IN_RUPIAH else wording.number
    limit = limit_name(clash["code"], clash["limit"], wording)
    is_unpaid = clash["code"] == "budget" and not clash["limit"]
    kind = word_for("no-payer" if is_unpaid else str(clash["code"]), LIMITS, wording)
    return wording.text(
        "Not met: {subject} ({limit}): needs {needed}, there is {available}. Left out: {people}",
        subject=clash["subject"], limit=f"{kind}: {limit}" if limit else kind,
        needed=figure(clash["needed"]), available=figure(clash["available"]),
        people=", ".join(str(clash["people"]).split(";")) or "-",
    )  # fmt: skip


def _read_back(template: str, said: str) -> dict[str, str] | None:
    """Return the fields of a sentence made from a template; None when it was not."""
    parts = (re.escape(text) + (f"(?P<{name}>.*?)" if name else "") for text, name, _, _ in Formatter().parse(template))
    found = re.fullmatch("".join(parts), said)
    return found.groupdict() if found else None


@lru_cache(maxsize=256)
def verdict_text(words: str, wording: Wording) -> str:
    """Say a verdict, which is kept in English with its model or plan, in the reader's language."""
    for standing in STANDINGS.values():
        if words.startswith(standing):
            return f"{wording.text(standing)} {verdict_text(words.removeprefix(standing).lstrip(), wording)}".strip()
    for last in (SIZED, FIXED_AMOUNT):
        first, mark, rest = words.partition(f" {last.split('{', maxsplit=1)[0]}")
        if mark:
            return f"{verdict_text(first, wording)} {verdict_text(mark.lstrip() + rest, wording)}"
    for template in (*VERDICT_WORDS, SIZED):
        figures = _read_back(template, words)
        if figures is not None:
            shown = {name: figure.replace(".", wording.number(0, 1)[1]) for name, figure in figures.items()}
            return wording.text(template, **shown)
    return _refusal_text(words, wording) or wording.text(words)


def _refusal_text(words: str, wording: Wording) -> str:
    """Say why a model was refused; empty where that is not what is said."""
    for template in (UNREADABLE, REFUSED):
        fields = _read_back(template, words)
        if fields is not None:
            why = fields.get("why", "")
            reasons = ((reason, _read_back(reason, why)) for reason in REFUSALS)
            told = next((wording.text(reason, **found) for reason, found in reasons if found is not None), why)
            return wording.text(template, **{**fields, "why": told})
    return ""


def violation_text(violation: str, wording: Wording) -> str:
    """Say which rule a recount found broken, in the reader's language."""
    fields = _read_back(VIOLATION, violation)
    if fields is None:
        return violation
    return wording.text(VIOLATION, **{**fields, "rule": word_for(fields["rule"], RULES, wording)})


def recount_texts(violations: Sequence[str], wording: Wording) -> list[str]:
    """Say whether the recount agrees, with the rules that it found broken."""
    if not violations:
        return [wording.text("The recount agrees.")]
    broken = cut(tuple(violation_text(violation, wording) for violation in violations), wording)
    return [wording.text("The recount found violations:"), *(f"  {line}" for line in broken)]
