"""Suggestions with their reasons: filtered, answered, and asked about."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
import numpy as np
import sqlalchemy as sa
from litestar import Response, get, post

from recommender.colleagues import Gained, gained_by_colleagues
from service.answers import Answer
from service.api.context import Call, parts_of, rule
from service.api.feedback import FeedbackIn, take_feedback
from service.api.people import history_of
from service.api.problems import wording_of
from service.api.recommendations import answer_at_hand, answer_of, read_list
from service.inline import ranking_document
from service.list_items import ListFilter
from service.phrases import LEFT_OUT, left_out_text
from service.portal.cards import WORDS, Shown, draw_cards, draw_filters
from service.portal.forms import Form, form_of
from service.portal.kept import KeptPages
from service.portal.meant import trainings_meant
from service.portal.own import own_number
from service.portal.page import HTML, THREAD, Reader, go, reader_of, render
from service.portal.said import read_proof, said_at_hand, said_of, say, waits_already
from service.schemas.lists import Recommendations, RecommendedItem
from service.snapshot import Snapshot, person_in
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES
from service.storage.statements import CLAIMED, CONFIRMED, NOT_WANTED, REFUSED, Statement
from service.storage.watch import Unchanged
from service.telemetry import LISTS
from service.training_standing import changes_text, changes_to_first
from service.wording import Wording
from training_catalog.columns import TextArray, look_up
from training_catalog.training import MODES

MOST = 100  # items that are asked for, of which the filters show some
N_SHOWN = 10
CLAIMS = (CLAIMED, CONFIRMED, REFUSED)
NARROWING = ("mode", "from", "until", "competency", "hours")
MOST_PAGES = 300  # kept in a process; 40 kB each
MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of one training that somebody asked about."""

    training: str
    name: str
    text: str


def _row(ids: TextArray, code: str) -> int:
    """Return the position of a code; -1 where it is absent."""
    return int(look_up(ids, np.asarray([code], dtype=np.str_))[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a reader narrows the list by, as it was filled in and as it was understood."""

    form: Form
    wanted: ListFilter
    competency: str
    hours: int | None

    @property
    def is_more(self) -> bool:
        """Whether the page is to say more than list, claims and reader tell."""
        return bool(self.form.get("why") or self.form.get("changed"))

    def keeps(self, item: RecommendedItem) -> bool:
        if self.form.faults:
            return True
        teaches = not self.competency or any(reason.competency == self.competency for reason in item.reasons)
        return teaches and (self.hours is None or (item.hours or 0) <= self.hours)


def _asked_of(call: Call) -> _Asked:
    form, wording = Form(values={name: [value] for name, value in call.query_params.items()}), wording_of(call)
    fault = wording.text("A day such as 2027-03-31 or 31/03/2027.")
    start, end = form.day("from", fault), form.day("until", fault)
    if start is not None and end is not None and end < start:
        form.faults["until"] = wording.text("This is before the first day.")
    hours = form.whole("hours", wording.text("A whole number from 1 to 1,000."), least=1, most=1_000)
    mode = form.get("mode") if form.get("mode") in MODES else None
    wanted = ListFilter(limit=MOST) if form.faults else ListFilter(limit=MOST, mode=mode, start=start, end=end)
    return _Asked(form=form, wanted=wanted, competency=form.get("competency"), hours=hours)


class _Seen(NamedTuple):
    """All that a page shows that says no more: who reads it, the list, and which claims wait."""

    reader: Reader
    etag: str
    claims: frozenset[str]


_PAGES: KeptPages[_Seen] = KeptPages(MOST_PAGES)
_EMPLOYMENT: Unchanged[str, str] = Unchanged(MOST_PEOPLE)  # kinds of employment, of who looked at a new list


@get("/suggestions", opt=rule("recommendations.read"))
async def suggestions(request: Call) -> Response[bytes]:
    """Show suggestions, filtered; and why a training is not among them."""
    asked, employee = _asked_of(request), own_number(request)
    page = None if asked.is_more else _at_hand(request, asked, employee)
    return await asyncio.to_thread(_page, request, asked, Form(), employee) if page is None else page


def _at_hand(call: Call, asked: _Asked, employee: str) -> Response[bytes] | None:
    """Return the page if it shows what was shown before and that can be told without waiting."""
    answer, told = answer_at_hand(call, employee, asked.wanted), said_at_hand(call, [employee], *CLAIMS)
    if answer is None or told is None:
        return None
    page = _PAGES.find(_Seen(reader_of(call), answer.etag, _waiting(told)))
    if page is None:
        return None
    LISTS.labels(source="page").inc()
    return Response(content=page, media_type=HTML)


def _page(call: Call, asked: _Asked, said: Form, employee: str, *, status: int = 200) -> Response[bytes]:
    answer = answer_of(call, employee, asked.wanted)
    seen = _Seen(reader_of(call), answer.etag, _waiting(said_of(call, [employee], *CLAIMS)))
    if asked.is_more or said.values:
        return Response(content=_made(call, asked, said, answer, seen), status_code=status, media_type=HTML)
    page = _PAGES.find(seen) or _PAGES.keep(seen, _made(call, asked, said, answer, seen))
    return Response(content=page, media_type=HTML)


def _waiting(told: list[Statement]) -> frozenset[str]:
    """Return the trainings of which a claim to have taken them waits for an answer."""
    answered = {one.answers for one in told}
    return frozenset(one.training for one in told
                     if one.kind == CLAIMED and one.training and one.statement not in answered)  # fmt: skip


def _made(call: Call, asked: _Asked, said: Form, answer: Answer, seen: _Seen) -> bytes:
    form, found, wording, address = asked.form, read_list(answer), seen.reader.wording, seen.reader.address
    kept = [item for item in found.items if asked.keeps(item)]
    shown = _shown(call, kept[: N_SHOWN if not form.has("all") else MOST], seen.claims, wording)
    cards = draw_cards(shown, lang=wording.lang, csrf=seen.reader.csrf, list_id=found.list_id, said=said)
    is_beside = any(one.item.training == said.get("training") and not one.is_claimed for one in shown)
    narrowed = [(name, form.get(name)) for name in NARROWING if form.get(name)]
    is_filtered = bool(narrowed)
    gaps = tuple((gap.competency, gap.name) for gap in found.gaps)
    filters = draw_filters(form, gaps, wording.lang, is_filtered=is_filtered)
    employee, changed, why = own_number(call), form.get("changed"), form.get("why")
    return render(
        "suggestions.html.j2", seen.reader, filters=filters, said=said, found=found, cards=cards, is_beside=is_beside,
        n_kept=len(kept), is_filtered=is_filtered, narrowed=narrowed,
        changed=_told(call, employee, changed, found) if changed else [],
        asked=why, told=_told(call, employee, why, found) if why else [],
        limit=_limit(call, employee, [item.hours or 0 for item in kept]), names=_names(call, found),
        everything=f"{address}{'&' if '?' in address else '?'}all=1",
    ).encode()  # fmt: skip


def _limit(call: Call, employee: str, hours: list[float]) -> str:
    """Say what the year's limit of learning hours leaves of a list; empty where it leaves everything."""
    if not hours or not _may_have_limit(call, employee):
        return ""
    history, wording = history_of(call, employee), wording_of(call)
    if history.hours_cap is None:
        return ""
    left = max(history.hours_cap - history.hours, 0.0)
    told = {"cap": wording.brief(history.hours_cap), "year": history.year, "left": wording.brief(left)}
    if left == 0:
        words = "This year's limit of {cap} JP is reached: a plan of {year} gives you no other training."
    elif max(hours) > left:
        words = "Of this year's limit of {cap} JP, {left} are left: a plan of {year} gives you no longer training."
    else:
        return ""
    return wording.text(words, **told)


def _may_have_limit(call: Call, employee: str) -> bool:
    """Tell whether people of somebody's employment type have one; a look at one row, before their hours are counted."""
    parts, people = parts_of(call), DATABASE_TABLES["employees"].c
    versions = parts.watch.look()  # the same object until somebody's rows change
    known = _EMPLOYMENT.find(versions, employee)
    if known is None:
        with transaction(parts.database.engine) as connection:
            query = sa.select(people.employment_type).where(people.employee == employee)
            known = connection.execute(query).scalar() or ""
        _EMPLOYMENT.keep(versions, employee, known)
    return not known or known in parts.policy.plan.hours_cap


def _names(call: Call, found: Recommendations) -> dict[str, str]:
    """Return the names of the trainings that were left out."""
    parts = parts_of(call)
    trainings = parts.snapshots.current(parts.watch.look()).office.catalog.trainings
    codes = [row.training for row in found.left_out]
    rows = look_up(trainings.ids, np.asarray(codes, dtype=np.str_))
    return {code: str(trainings.names[row]) for code, row in zip(codes, rows.tolist(), strict=True) if row >= 0}


def _shown(call: Call, items: list[RecommendedItem], claims: frozenset[str], wording: Wording) -> list[Shown]:
    return [Shown(item=item, colleagues=_colleagues(call, item, wording), is_claimed=item.training in claims)
            for item in items]  # fmt: skip


class _Measured:
    """What colleagues gained, by training and class of position, as long as a snapshot serves."""

    def __init__(self) -> None:
        self._kept: tuple[Snapshot | None, dict[tuple[int, int], Gained | None]] = (None, {})

    def find(self, snapshot: Snapshot, training: int, position_class: int) -> Gained | None:
        kept = self._kept
        if kept[0] is not snapshot:  # taken and replaced whole: another thread may serve an older one
            kept = self._kept = (snapshot, {})
        key = (training, position_class)
        if key not in kept[1]:
            office = snapshot.office
            kept[1][key] = gained_by_colleagues(office.workforce, office.catalog, training, position_class)
        return kept[1][key]


_MEASURED = _Measured()


def _colleagues(call: Call, item: RecommendedItem, wording: Wording) -> str | None:
    """Say what colleagues in the same class of position gained, for somebody with a blind spot there."""
    if not any(reason.code == "blind-spot" for reason in item.reasons):
        return None
    parts = parts_of(call)
    snapshot = parts.snapshots.current(parts.watch.look())
    office = snapshot.office
    training = _row(office.catalog.trainings.ids, item.training)
    own = _row(office.workforce.ids, own_number(call))
    if own < 0 or training < 0 or office.workforce.position[own] < 0:
        return None
    position_class = int(office.catalog.positions.position_class[office.workforce.position[own]])
    gained = _MEASURED.find(snapshot, training, position_class)
    if gained is None:
        return None
    return wording.text(
        "{n} colleagues in the same class of position took it: on average level {before} before, {after} after.",
        n=wording.number(gained.n_people), before=wording.number(abs(gained.before), 1),
        after=wording.number(abs(gained.after), 1),
    )  # fmt: skip


def _told(call: Call, employee: str, asked: str, found: Recommendations) -> list[Told]:
    """Say of each training that is meant why it stands where it does."""
    codes, wording, parts = trainings_meant(call, asked), wording_of(call), parts_of(call)
    if not codes:
        return []
    snapshot = parts.snapshots.current(parts.watch.look())
    with transaction(parts.database.engine) as connection:
        person, _ = person_in(snapshot, parts.database, connection, employee)
    ranking = ranking_document(parts.answers, snapshot, person, [code for code, _ in codes], wording, explain=False)
    ranks = {item.training: item for item in found.items}
    left = {row.training: row.text for row in found.left_out}
    names = dict(codes)
    told = [Told(training=one["training"], name=names[one["training"]], text=_why(one, ranks, left, found, wording))
            for one in ranking["items"]]  # fmt: skip
    if len(told) != 1:
        return told
    changes = changes_to_first(person, told[0].training, parts.answers.policy, snapshot.background, day=snapshot.day)
    more = changes_text(person.office.catalog, changes, wording)
    return [replace(told[0], text=f"{told[0].text} {more}".strip())]


def _why(one: dict[str, Any], ranks: dict[str, RecommendedItem], left: dict[str, str], found: Recommendations,
         wording: Wording) -> str:  # fmt: skip
    code = one["training"]
    if code in ranks:
        return wording.text("It is number {rank} of your list.", rank=ranks[code].rank)
    if code in left:
        return left[code]
    if one["code"] in LEFT_OUT:
        return left_out_text(one["code"], "", wording)
    if not found.gaps:
        return wording.text("There is no standard to compare with what it teaches.")
    if one["rank"] is None:
        return wording.text("It teaches nothing above your level that your position asks for.")
    last = found.items[-1].benefit if found.items else 0.0
    return wording.text("It would close about {benefit} levels; the last of your list closes {last}.",
                        benefit=wording.number(one["benefit"], 2), last=wording.number(last, 2))  # fmt: skip


@post("/suggestions", opt=rule("feedback.give"), **THREAD)
def answer_suggestion(request: Call) -> Response[Any]:
    """Take what somebody says of a suggestion, and show what that changed."""
    form, wording, employee = form_of(request), wording_of(request), own_number(request)
    training, kind, feedback = form.get("training"), form.get("kind"), None
    form.button("kind", ("interested", "not-relevant", "already-taken"), wording.text("Choose one of the answers."))
    proof, words = None, form.get("words") or None
    if kind == "not-relevant":
        form.choice("reason", WORDS, wording.text("Choose a reason."))
        words = f"{form.get('reason')}: {words}" if words else form.get("reason")
    if kind == "already-taken":
        proof = read_proof(form, "proof", wording.text("A PDF, PNG or JPEG file of at most 1.5 MB is accepted."))
        if proof is None and not words and "proof" not in form.faults:
            form.faults["words"] = wording.text("Say where and when, or add the certificate.")
        if not form.faults and proof is None and waits_already(request, CLAIMED, employee, training, words):
            form.faults[""] = wording.text("You have said so already; it waits for an answer.")
    given = {"list": form.get("list"), "employee": employee, "training": training, "kind": kind}
    try:
        if not form.faults:
            feedback = msgspec.convert(given, FeedbackIn)
    except msgspec.ValidationError:
        form.faults[""] = wording.text("This page is old; look at the list again.")
    if form.faults or feedback is None:
        return _page(request, _asked_of(request), form, employee, status=422)
    take_feedback(request, feedback)
    if kind == "already-taken":
        say(request, CLAIMED, employee, proof=proof, training=training, words=words)
    elif kind == "not-relevant":
        say(request, NOT_WANTED, employee, training=training, words=words)
    return go(f"/suggestions?changed={quote(training)}", f"feedback-{kind}")


def suggestion_handlers() -> list[Any]:
    """Return the routes of suggestions."""
    return [suggestions, answer_suggestion]
