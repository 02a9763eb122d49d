"""What was decided and from what: written down so that it can be made again and compared."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec
import pandas as pd

from recommender.plan import Plan
from recommender.policy import Policy
from service.list_items import ListFilter
from service.lists import list_frames
from service.lookup import list_person, person_of, rank_candidates, recommendation_document
from service.pipeline import (
    AlsoKept,
    Office,
    PlanRequest,
    background_of,
    decide,
    fetch_plan,
    keep_plan,
    load_office,
    without_offerings,
)
from service.storage.database import Database
from service.storage.decisions import (
    LIST,
    LISTS,
    PLAN,
    RANKING,
    Decision,
    LoggedDecision,
    employee_of,
    list_decisions,
    plans_before,
)
from service.storage.engine import transaction
from service.storage.ledger_lines import held, last_entry
from service.wording import Wording
from training_catalog.errors import InputError, UnknownIdError

BACKGROUND = "background"  # of a list: the change at which everybody's records were read
_SAID = frozenset(
    {"list", "employee", "name", "position", "unit", "verdict", "notice", "text"}
)  # who it is for, and sentences


def _digest(content: object) -> str:
    encoded = msgspec.json.encode(content, order="sorted")
    return hashlib.sha256(encoded).hexdigest()[:16]


def _figures(document: dict[str, Any]) -> dict[str, Any]:
    """Return a list's document without names and sentences: the same in every language."""
    items = [{**item, "reasons": _figure_rows(said["reasons"])}
             for item, said in zip(_figure_rows(document["items"]), document["items"], strict=True)]  # fmt: skip
    rows = {"items": items, **{name: _figure_rows(document[name]) for name in ("gaps", "left_out")}}
    return {name: rows.get(name, value) for name, value in document.items() if name not in _SAID}


def _figure_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows, which have the same columns, without names and sentences."""
    kept = [name for name in rows[0] if name not in _SAID] if rows else []
    return [{name: row[name] for name in kept} for row in rows]


def policy_text(policy: Policy) -> str:
    """Return a policy as the log of decisions keeps it."""
    return msgspec.json.encode(policy, order="sorted").decode()


def _decision(
    office: Office, policy: str, kind: str, request: dict[str, Any], result: str, subject: str = ""
) -> Decision:
    return Decision(
        kind=kind, subject=subject, as_of=office.on, change=office.change, catalog=office.catalog.version,
        model=office.predictor.identifier, policy=policy,
        request=msgspec.to_builtins(request), result=result,
    )  # fmt: skip


def list_decision(
    office: Office, document: dict[str, Any], wanted: ListFilter, policy: str, background: int | None = None
) -> Decision:
    """Return the decision of one person's list.

    Parameters
    ----------
    office, document, wanted : From what it was made, what it says, and what was asked for.
    policy : From `policy_text`.
    background : The change that everybody's records were read at.
    """
    asked = msgspec.to_builtins(wanted)
    if background is not None:
        asked[BACKGROUND] = background
    return _decision(office, policy, LIST, asked, _digest(_figures(document)), document["employee"])


def ranking_decision(office: Office, document: dict[str, Any], trainings: list[str], policy: str,
                     background: int) -> Decision:  # fmt: skip
    """Return the decision of a ranking of a caller's own candidates; `background` is as of `list_decision`."""
    asked = {"trainings": trainings, BACKGROUND: background}
    return _decision(office, policy, RANKING, asked, _digest(_figure_rows(_unexplained(document["items"]))),
                     document["employee"])  # fmt: skip


def _unexplained(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**item, "reasons": None} for item in items]


class Watched:
    """Everybody's list on its way to a file, digested as it passes."""

    def __init__(self, frames: Iterator[pd.DataFrame]) -> None:
        self.frames, self.digest = frames, hashlib.sha256()

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Yield the frames."""
        for frame in self.frames:
            hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
            self.digest.update(hashes.tobytes())
            yield frame

    def decision(self, office: Office, policy: Policy, limit: int) -> Decision:
        """Return the decision of what has passed."""
        return _decision(office, policy_text(policy), LISTS, {"limit": limit}, self.digest.hexdigest()[:16])


def _plan_digest(plan: Plan) -> str:
    seats = plan.assignments[["employee", "offering", "cost"]].astype("str").to_numpy().tolist()
    return _digest([seats, plan.totals.status, plan.totals.cost])


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksSeen:
    """Up to which entry of the ledger a plan knew what others hold, and without whose reservations.

    Parameters
    ----------
    entry : Number of the last entry; 0 for none.
    without : Plans in whose place it would come.
    """

    entry: int = 0
    without: tuple[str, ...] = ()


def _see_books(database: Database, earlier: str | None) -> BooksSeen:
    with transaction(database.engine) as connection:
        without = () if earlier is None else (earlier, *plans_before(connection, earlier))
        return BooksSeen(entry=last_entry(connection), without=without)


def _taken(database: Database, year: int, books: BooksSeen) -> dict[str, tuple[int, int]]:
    with transaction(database.engine) as connection:
        return held(connection, year, books.entry, books.without)


def taken_by_others(database: Database, year: int) -> dict[str, tuple[int, int]]:
    """Return what approved plans hold of each line of a year by now."""
    return _taken(database, year, _see_books(database, None))


def plan_decision(
    office: Office, request: PlanRequest, plan: Plan, earlier: str | None, cancelled: tuple[str, ...],
    books: BooksSeen,
) -> Decision:  # fmt: skip
    """Return the decision of a plan; its subject is entered when the plan is kept."""
    asked = {"year": request.year, "budget_factor": str(request.budget_factor), "name": request.name,
             "time_limit": request.time_limit, "gap": request.gap, "seed": request.seed,
             "earlier": earlier, "cancelled": cancelled, "books": books}  # fmt: skip
    return _decision(office, policy_text(request.policy), PLAN, asked, _plan_digest(plan))


def decide_and_keep(
    database: Database, office: Office, request: PlanRequest, *, earlier: str | None = None,
    cancelled: tuple[str, ...] = (), on_progress: Callable[[int], None] = lambda _: None,
    on_found: Callable[[float, float], None] = lambda _value, _bound: None,
    also: AlsoKept = lambda _connection, _plan_id, _plan: None,
) -> tuple[str, Plan]:  # fmt: skip
    """Make a plan, store it as a draft and log the decision.

    Parameters
    ----------
    database, office, request : Where, what is known, and what is asked for.
    earlier : Plan whose choices are worth keeping.
    cancelled : Classes that do not take place.
    on_progress : Called with the number of people ranked.
    on_found : Called with the value of the best plan so far and the proven bound.
    also : Called last within the transaction that stores.

    Returns
    -------
    The plan's id, and the plan.
    """
    kept = None if earlier is None else fetch_plan(database, earlier).assignments
    open_office = without_offerings(office, cancelled)
    books = _see_books(database, earlier)
    taken = _taken(database, request.year, books)
    made = decide(open_office, request, earlier=kept, on_progress=on_progress, on_found=on_found, taken=taken)
    decision = plan_decision(open_office, request, made, earlier, cancelled, books)
    return keep_plan(database, made, request.name, decision, also), made


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A decision made again, from the rows of then.

    Parameters
    ----------
    decision : Its id.
    same : Whether the same came out.
    result, again : Digests of then and now.
    """

    decision: str
    same: bool
    result: str
    again: str


def replay(database: Database, decision: str) -> Replay:
    """Make a decision again from the rows, the model and the policy of then, and compare.

    Raises
    ------
    UnknownIdError
        When there is no such decision.
    InputError
        When its model cannot be loaded, or the person it was for was erased.
    """
    found = list_decisions(database, decision=decision)
    if not found:
        raise UnknownIdError("decision", decision, tuple(one.decision for one in list_decisions(database, 3)))
    logged = found[0].content
    office = load_office(database, logged.as_of, logged.change, logged.model)
    if office.predictor.identifier != logged.model:
        why = office.predictor.refusal or office.predictor.verdict
        raise InputError("decision {decision}: its model {model} cannot be loaded: {why}",
                         decision=decision, model=logged.model, why=why)  # fmt: skip
    again = _make_again(database, office, found[0])
    return Replay(decision=decision, same=again == logged.result, result=logged.result, again=again)


def _make_again(database: Database, office: Office, entry: LoggedDecision) -> str:
    """Return the digest of what comes out now."""
    logged = entry.content
    policy = msgspec.json.decode(logged.policy, type=Policy)
    if logged.kind == PLAN:
        return _plan_digest(_plan_again(database, office, policy, logged.request))
    if logged.kind == LISTS:
        watched = Watched(list_frames(office, policy, logged.request["limit"]))
        deque(watched, maxlen=0)
        return watched.decision(office, policy, logged.request["limit"]).result
    employee = employee_of(database, logged.subject)
    if employee is None:
        raise InputError("decision {decision}: the person it was for was erased", decision=entry.decision)
    asked = dict(logged.request)
    then = asked.pop(BACKGROUND, logged.change)
    everybody = office if then == logged.change else load_office(database, logged.as_of, then, logged.model)
    background = background_of(everybody, policy)
    if logged.kind == RANKING:
        ranked = rank_candidates(person_of(office, employee), asked["trainings"], policy, background)
        return _digest(_figure_rows(ranked.items))
    wanted = msgspec.convert(asked, ListFilter)
    listed = list_person(person_of(office, employee), policy, background)
    return _digest(_figures(recommendation_document(listed, wanted, Wording("en"))))


def _plan_again(database: Database, office: Office, policy: Policy, asked: dict[str, Any]) -> Plan:
    request = PlanRequest(year=asked["year"], policy=policy, budget_factor=Fraction(asked["budget_factor"]),
                          name=asked["name"], time_limit=asked["time_limit"], gap=asked["gap"],
                          seed=asked["seed"])  # fmt: skip
    earlier = None if asked["earlier"] is None else fetch_plan(database, asked["earlier"]).assignments
    taken = _taken(database, request.year, msgspec.convert(asked.get("books", {}), BooksSeen))
    return decide(without_offerings(office, tuple(asked["cancelled"])), request, earlier=earlier, taken=taken)
