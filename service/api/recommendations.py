"""Lists, gaps and rankings over HTTP."""

import asyncio
import datetime as dt
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from service.answers import Answer, Question
from service.api.context import Call, check_reach, known_caller, parts_of, reach_of_call, rule
from service.api.problems import ApiError, Fault, FaultSaid, errors, wording_of
from service.api.record_types import PLAIN_TEXT
from service.api.versions import SAME_ANSWER, IfChanged
from service.inline import InlinePerson, inline_document, person_inline, ranking_document
from service.list_items import ListFilter, check_days
from service.lookup import Person
from service.records import OutOfReachError
from service.schemas.lists import GapList, Recommendations, Standing
from service.snapshot import Snapshot, person_in
from service.storage.engine import transaction
from service.storage.history import last_change
from service.telemetry import LISTS
from service.training_standing import standing_document
from service.wording import Wording
from training_catalog.errors import UnknownIdError

Mode = Literal["face-to-face", "online", "blended"]
MOST_PEOPLE = 1_000
Nip = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=PLAIN_TEXT)]


def _filter(limit: int, mode: str | None, max_cost: int | None, start: dt.date | None, end: dt.date | None,
            named: str = "end") -> ListFilter:  # fmt: skip
    check_days(start, end, named)
    return ListFilter(limit=limit, mode=mode, max_cost=max_cost, start=start, end=end)


@get("/employees/{employee:str}/recommendations", operation_id="get_recommendations", tags=["recommendations"],
     opt=rule("recommendations.read"), responses={**SAME_ANSWER, **errors(404)},
     summary="Ranked trainings of one person")  # fmt: skip
async def get_recommendations(
    request: Call, employee: FromPath[str],
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="Most items.")] = 10,
    mode: Annotated[Mode | None, QueryParameter(description="Only classes of this mode.")] = None,
    max_cost: Annotated[int | None, QueryParameter(ge=0, le=10**13, description="Dearest class, in rupiah.")] = None,
    from_: Annotated[dt.date | None, QueryParameter(name="from", description="First day, earliest.")] = None,
    until: Annotated[dt.date | None, QueryParameter(description="Last day, latest.")] = None,
    if_none_match: IfChanged = None,
) -> Response[Recommendations]:  # fmt: skip
    """Return a person's list, from memory where nothing it depends on has changed."""
    parts, caller = parts_of(request), known_caller(request)
    question = Question(employee=employee, lang=wording_of(request).lang,
                        wanted=_filter(limit, mode, max_cost, from_, until, "until"))  # fmt: skip
    versions = request.scope["state"]["versions"]  # as looked up since this call came
    ready = parts.answers.at_hand(question, versions)
    LISTS.labels(source="made" if ready is None else "memory").inc()
    found = ready or parts.answers.at_once(question, caller.subject, versions)
    if found is None:
        found = await asyncio.to_thread(parts.answers.answer, question, caller.subject)
    held = parts.held.at_hand(employee, versions)
    if held is None:
        held = await asyncio.to_thread(parts.held.of, employee, versions)
    reach = await asyncio.to_thread(parts.reach, caller) if caller.units else parts.reach(caller)
    check_reach(reach, employee, found.unit)
    found = parts.held.tell(found, held)
    request.scope["state"]["answer"] = found
    return _as_response(found, if_none_match or "")


def _as_response(answer: Answer, known: str) -> Response[Any]:
    headers = {"ETag": answer.etag, "Cache-Control": "private, no-cache"}
    if answer.etag in known:
        return Response(content=None, status_code=304, headers=headers)
    return Response(content=answer.body, media_type="application/json", headers=headers)


def list_of(request: Call, employee: str, wanted: ListFilter) -> Recommendations:
    """Return the list of a person within reach, for a page; it is logged as any other."""
    return read_list(answer_of(request, employee, wanted))


def answer_of(request: Call, employee: str, wanted: ListFilter) -> Answer:
    """Return the list of a person within reach, for a page, as the bytes it is kept in."""
    parts, caller = parts_of(request), known_caller(request)
    question = Question(employee=employee, lang=wording_of(request).lang, wanted=wanted)
    found = parts.answers.answer(question, caller.subject)
    check_reach(parts.reach(caller), employee, found.unit)
    LISTS.labels(source="page").inc()
    return parts.held.tell(found, parts.held.of(employee, parts.watch.look()))


def answer_at_hand(request: Call, employee: str, wanted: ListFilter) -> Answer | None:
    """Return the list of a person within reach, if it is true without a look at any row; this waits for nobody.

    Returns
    -------
    None where `answer_of` has to be asked, for the list or for the units that are within reach.
    """
    parts, caller = parts_of(request), known_caller(request)
    question = Question(employee=employee, lang=wording_of(request).lang, wanted=wanted)
    versions = request.scope["state"]["versions"]
    found, held = parts.answers.at_hand(question, versions), parts.held.at_hand(employee, versions)
    if caller.units or found is None or held is None:
        return None
    check_reach(parts.reach(caller), employee, found.unit)
    return parts.held.tell(found, held)


def read_list(answer: Answer) -> Recommendations:
    """Return a list as its type."""
    return msgspec.json.decode(answer.body, type=Recommendations)


class Ask(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Lists of several people on file, or of one who is not.

    Parameters
    ----------
    employees : Numbers of people on file.
    person : A whole person, stored nowhere.
    limit, mode, max_cost, start, end : What to show of each list.
    """

    employees: Annotated[list[Nip], msgspec.Meta(min_length=1, max_length=MOST_PEOPLE)] | None = None
    person: InlinePerson | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    mode: Mode | None = None
    max_cost: Annotated[int, msgspec.Meta(ge=0, le=10**13)] | None = None
    start: dt.date | None = None
    end: dt.date | None = None


class Asked(msgspec.Struct, kw_only=True):
    """One person's list, or why there is none."""

    employee: str
    status: Literal["ok", "not-found"]
    recommendations: Recommendations | None
    errors: list[Fault] = []


class AskedAll(msgspec.Struct, kw_only=True):
    """Lists in the order asked for."""

    items: list[Asked]


@get("/employees/{employee:str}/recommendations/{training:str}", operation_id="get_standing", tags=["recommendations"],
     opt=rule("recommendations.read"), responses=errors(404), summary="Where one training stands for a person",
     sync_to_thread=True)  # fmt: skip
def get_standing(request: Call, employee: FromPath[str], training: FromPath[str]) -> Standing:
    """Return a training's rank, or why it is not in the list, and what would have to be found for it to rank first."""
    answers = parts_of(request).answers
    snapshot = answers.snapshots.current(answers.watch.look())
    with transaction(answers.database.engine) as connection:
        person, _ = person_in(snapshot, answers.database, connection, employee)
    check_reach(reach_of_call(request), employee, person.unit)
    document = standing_document(
        person, training, answers.policy, snapshot.background, wording_of(request), snapshot.day
    )
    return msgspec.convert(msgspec.to_builtins(document), Standing)


@post("/recommendations", operation_id="ask_recommendations", status_code=200, tags=["recommendations"],
      opt=rule("recommendations.read"), responses=errors(413, 415), summary="Lists of several people, or of one inline",
      sync_to_thread=True)  # fmt: skip
def ask_recommendations(request: Call, data: JSONBody[Ask]) -> AskedAll:
    """Return lists of up to 1,000 people, each item for itself."""
    parts, caller, wording = parts_of(request), known_caller(request), wording_of(request)
    if (data.employees is None) == (data.person is None):
        raise _one_of()
    wanted = _filter(data.limit, data.mode, data.max_cost, data.start, data.end)
    if data.person is not None:
        document = inline_document(parts.answers, data.person, wanted, wording)
        return AskedAll(items=[Asked(employee=data.person.employee, status="ok", recommendations=as_list(document))])
    reach, items = reach_of_call(request), []
    for place, employee in enumerate(data.employees or []):
        question = Question(employee=employee, wanted=wanted, lang=wording.lang)
        try:
            answer = parts.answers.answer(question, caller.subject)
            check_reach(reach, employee, answer.unit)
            shown = read_list(parts.held.tell(answer, parts.held.of(employee, parts.watch.look())))
            items.append(Asked(employee=employee, status="ok", recommendations=shown))
        except (UnknownIdError, OutOfReachError):
            items.append(
                Asked(employee=employee, status="not-found", recommendations=None, errors=[_not_found(place, wording)])
            )
    return AskedAll(items=items)


def _one_of() -> ApiError:
    return ApiError(422, "values-refused", "values are not accepted", faults=(FaultSaid(
        pointer="", code="one-of", message="give either employees or person"),))  # fmt: skip


def _not_found(place: int, wording: Wording) -> Fault:
    words = wording.text("nobody of this number is on file")
    return Fault(pointer=f"/employees/{place}", code="unknown-id", message=words)


def as_list(document: dict[str, Any]) -> Recommendations:
    """Return a list's document as its type."""
    return msgspec.convert(msgspec.to_builtins(document), Recommendations)


class RankingAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person and the trainings to rank for them.

    Parameters
    ----------
    employee : Number of a person on file.
    person : Or a whole person, stored nowhere.
    trainings : Codes of trainings on file, in any order.
    explain : Whether reasons are wanted.
    """

    trainings: Annotated[list[Nip], msgspec.Meta(min_length=1, max_length=MOST_PEOPLE)]
    employee: Nip | None = None
    person: InlinePerson | None = None
    explain: bool = False


class RankedTraining(msgspec.Struct, kw_only=True):
    """One training of a ranking; `rank` is null where it does not come into question, and `code` says why."""

    training: str
    rank: int | None
    benefit: float | None
    low: float | None
    high: float | None
    completion: float | None
    code: str | None
    reasons: list[Any] | None = None


class Ranking(msgspec.Struct, kw_only=True):
    """A ranking: best first, then what does not come into question."""

    list_id: str = msgspec.field(name="list")
    employee: str
    on: dt.date
    model: str
    catalog: str
    state: Literal["model", "rule"]
    items: list[RankedTraining]


@post("/rankings", operation_id="make_ranking", status_code=200, tags=["recommendations"], opt=rule("rankings.make"),
      responses=errors(404, 413, 415), summary="Rank the caller's own candidates", sync_to_thread=True)  # fmt: skip
def make_ranking(request: Call, data: JSONBody[RankingAsk]) -> Ranking:
    """Rank some trainings for a person."""
    if (data.employee is None) == (data.person is None):
        raise _one_of()
    answers = parts_of(request).answers
    snapshot, person, change = _whom(request, data)
    document = ranking_document(answers, snapshot, person, data.trainings, wording_of(request), explain=data.explain)
    if data.person is None:
        office = replace(person.office, change=change)
        answers.log_ranking(snapshot, office, document, data.trainings, known_caller(request).subject)
    return msgspec.convert(msgspec.to_builtins(document), Ranking)


def _whom(request: Call, data: RankingAsk) -> tuple[Snapshot, Person, int]:
    """Return the person a ranking is for, on file and within reach or inline, and the change that was known of."""
    answers = parts_of(request).answers
    snapshot = answers.snapshots.current(answers.watch.look())
    if data.person is not None:
        return snapshot, person_inline(snapshot, data.person, wording_of(request)), snapshot.office.change
    with transaction(answers.database.engine) as connection:
        person, _ = person_in(snapshot, answers.database, connection, data.employee or "")
        change = last_change(connection)
    check_reach(reach_of_call(request), str(person.crew.ids[0]), person.unit)
    return snapshot, person, change


@get("/employees/{employee:str}/gaps", operation_id="get_gaps", tags=["recommendations"], responses=errors(404),
     opt=rule("people.read"), summary="Competency gaps of one person", sync_to_thread=True)  # fmt: skip
def get_gaps(request: Call, employee: FromPath[str]) -> GapList:
    """Return a person's gaps against the position's standard."""
    return gaps_of(request, employee)


def gaps_of(request: Call, employee: str) -> GapList:
    """Return the gaps of a person within reach."""
    document, unit = parts_of(request).answers.gaps(employee, wording_of(request).lang)
    check_reach(reach_of_call(request), employee, unit)
    return msgspec.convert(msgspec.to_builtins(document), GapList)


def recommendation_router() -> Router:
    """Return the routes of lists."""
    return Router(
        path="/", route_handlers=[get_recommendations, get_standing, ask_recommendations, make_ranking, get_gaps]
    )
