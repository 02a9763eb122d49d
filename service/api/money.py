"""The money of approved plans over HTTP: what each line has left, every movement, and what happens to seats."""

import datetime as dt
from typing import Annotated, Literal, TypeVar

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from service import records
from service.api.context import Call, check_reach, known_caller, parts_of, reach_of_call, rule
from service.api.once import IdempotencyKey, once
from service.api.problems import errors
from service.inline import Code
from service.ledger.books import balances, entries
from service.ledger.events import reprice, seat_event
from service.storage.engine import transaction

Rupiah = Annotated[int, msgspec.Meta(ge=0, le=10**13)]


class Balance(msgspec.Struct, kw_only=True):
    """A budget line in whole rupiah: the office's own books, and what approved plans hold on top."""

    line: str
    year: int
    parent: str
    amount: int
    imported_reserved: int
    imported_spent: int
    reserved: int
    spent: int
    free: int


class Balances(msgspec.Struct, kw_only=True):
    """Every budget line."""

    items: list[Balance]


class Movement(msgspec.Struct, kw_only=True):
    """A movement of money; it says no person's name or number, but the seat's."""

    entry: int
    made_at: dt.datetime
    author: str
    plan: str
    year: int
    line: str
    seat: str
    offering: str
    part: str
    kind: str
    reserved: int
    spent: int


class Movements(msgspec.Struct, kw_only=True):
    """Movements, newest first; `next` is null on the last page."""

    items: list[Movement]
    next: str | None


class SeatEvent(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What happened to a seat of an approved plan; `cost` is what it cost, what comes back, or its corrected cost.

    A seat that is completed or failed is in the person's training history as well; `undo` takes both back.
    """

    employee: Code
    offering: Code
    kind: Literal["enrol", "complete", "fail", "cancel", "refund", "correct", "undo"]
    cost: Rupiah | None = None


class SeatMoney(msgspec.Struct, kw_only=True):
    """A seat of an approved plan with its money in whole rupiah."""

    seat: str
    plan: str
    employee: str
    offering: str
    year: int
    state: str
    fee_line: str
    travel_line: str
    fee_reserved: int
    travel_reserved: int
    fee_spent: int
    travel_spent: int


class NewFee(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The fee of one seat of a class from now on."""

    fee: Rupiah


class Repriced(msgspec.Struct, kw_only=True):
    """The seats that have the new fee."""

    items: list[SeatMoney]


Wire = TypeVar("Wire", bound=msgspec.Struct)


def _as(kind: type[Wire], of_ledger: object) -> Wire:
    """Return what the ledger says as it goes over the wire: the fields of that name."""
    return msgspec.convert(of_ledger, kind, from_attributes=True)


@get("/ledger/lines", operation_id="list_balances", opt=rule("ledger.read"), responses=errors(), sync_to_thread=True,
     summary="What each budget line has left")  # fmt: skip
def list_balances(
    request: Call, year: Annotated[int | None, QueryParameter(ge=2000, le=2100, description="Budget year.")] = None
) -> Balances:
    """Return every line: amount, reserved, spent and free."""
    found = balances(parts_of(request).database, year)
    return Balances(items=[_as(Balance, one) for one in found])


@get("/ledger/entries", operation_id="list_movements", opt=rule("ledger.read"), responses=errors(),
     summary="Every movement of money", sync_to_thread=True)  # fmt: skip
def list_movements(
    request: Call, line: Annotated[str | None, QueryParameter(max_length=200)] = None,
    plan: Annotated[str | None, QueryParameter(max_length=80)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500, description="Most items.")] = 100,
    cursor: Annotated[str | None, QueryParameter(pattern=r"^[0-9]{1,15}$", description="From `next`.")] = None,
) -> Movements:  # fmt: skip
    """Return movements, newest first."""
    before = None if cursor is None else int(cursor)
    found = entries(parts_of(request).database, line, plan, limit + 1, before)
    following = str(found[limit - 1].entry) if len(found) > limit else None
    return Movements(next=following, items=[_as(Movement, one) for one in found[:limit]])


@post("/plans/{plan_id:str}/seats", operation_id="note_seat_event", opt=rule("seats.note"), status_code=200,
      responses=errors(404, 409, 413, 415), summary="Note what happened to a seat", sync_to_thread=True)  # fmt: skip
def note_seat_event(
    request: Call, plan_id: FromPath[str], data: JSONBody[SeatEvent], idempotency_key: IdempotencyKey = None
) -> SeatMoney:
    """Enrol, complete, fail, cancel, refund or correct a seat, or undo its end; the same event twice moves nothing."""
    database = parts_of(request).database
    with transaction(database.engine) as connection:
        person = records.read_record(connection, "employees", data.employee, records.EVERYONE)
    check_reach(reach_of_call(request), data.employee, person.values["unit"] or "")
    key = once(request, idempotency_key, msgspec.json.encode(data))
    author = known_caller(request).subject
    return _as(
        SeatMoney, seat_event(database, plan_id, data.employee, data.offering, data.kind, author, key, data.cost)
    )


@post("/offerings/{offering:str}/reprice", operation_id="reprice_offering", opt=rule("seats.reprice"),
      status_code=200, responses=errors(404, 409, 413, 415), summary="Another fee", sync_to_thread=True)  # fmt: skip
def reprice_offering(request: Call, offering: FromPath[str], data: JSONBody[NewFee]) -> Repriced:
    """Move the money of every seat that is not over; all of them, or none."""
    seats = reprice(parts_of(request).database, offering, data.fee, known_caller(request).subject)
    return Repriced(items=[_as(SeatMoney, seat) for seat in seats])


def money_router() -> Router:
    """Return the routes of money."""
    return Router(path="/", route_handlers=[list_balances, list_movements, note_seat_event, reprice_offering],
                  tags=["money"])  # fmt: skip
