"""What was decided, and who came in, for those who look after it."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from service.api.context import Call, parts_of, rule
from service.api.problems import errors
from service.auth.journal import list_entries
from service.storage.decisions import list_decisions

Last = Annotated[int, QueryParameter(ge=1, le=1_000, description="The last so many.")]


class DecisionRow(msgspec.Struct, kw_only=True):
    """A decision of the log; `subject` is a pseudonym, or a plan's id."""

    decision: str
    made_at: dt.datetime
    author: str
    kind: str
    subject: str
    as_of: dt.date
    change: int
    catalog: str
    model: str
    request: dict[str, Any]
    result: str


class DecisionList(msgspec.Struct, kw_only=True):
    """Decisions, newest first."""

    items: list[DecisionRow]


class AccessRow(msgspec.Struct, kw_only=True):
    """A line of the log of access."""

    made_at: dt.datetime
    actor: str
    kind: str
    subject: str
    outcome: str
    details: dict[str, Any]


class AccessList(msgspec.Struct, kw_only=True):
    """Lines of the log of access, newest first."""

    items: list[AccessRow]


@get("/audit/decisions", operation_id="list_decisions", opt=rule("audit.read"), responses=errors(),
     summary="Lists served and plans made", sync_to_thread=True)  # fmt: skip
def read_decisions(request: Call, last: Last = 100) -> DecisionList:
    """Return the last decisions, with what it takes to make them again."""
    return DecisionList(items=[
        DecisionRow(decision=one.decision, made_at=one.made_at, author=one.author, **{
            name: getattr(one.content, name)
            for name in ("kind", "subject", "as_of", "change", "catalog", "model", "request", "result")
        }) for one in list_decisions(parts_of(request).database, last)
    ])  # fmt: skip


@get("/audit/access", operation_id="list_access", opt=rule("audit.read"), responses=errors(),
     summary="Log-ins, refusals, and changes of people and keys", sync_to_thread=True)  # fmt: skip
def read_access(request: Call, last: Last = 100) -> AccessList:
    """Return the last lines of the log of access."""
    return AccessList(items=[
        AccessRow(made_at=one.made_at, **{
            name: getattr(one.entry, name) for name in ("actor", "kind", "subject", "outcome", "details")
        }) for one in list_entries(parts_of(request).database, last)
    ])  # fmt: skip


def audit_router() -> Router:
    """Return the routes of the logs."""
    return Router(path="/", route_handlers=[read_decisions, read_access], tags=["audit"])
