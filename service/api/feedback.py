"""What people and HR systems say of a list: joined to the list's id."""

import time
import uuid
from typing import Annotated, Literal

import msgspec
from litestar import Router, post
from litestar.params import JSONBody

from service import records
from service.api.context import Call, check_reach, known_caller, parts_of, reach_of_call, rule
from service.api.once import IdempotencyKey, once
from service.api.parts import Parts
from service.api.problems import ApiError, FaultSaid, errors, wording_of
from service.inline import Code
from service.storage.engine import transaction
from service.storage.feedback import Feedback, add_feedback, is_list_of
from service.storage.history import Writing

Kind = Literal["interested", "not-relevant", "already-taken", "enrolled", "completed"]
AS_INTEREST = {"interested": "interested", "not-relevant": "not-interested"}
MOST_WAIT = 2.0  # seconds that a list which was just served may take to reach the log


class FeedbackIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said of one training of a list.

    Parameters
    ----------
    list_id : Id of the list that was served.
    employee, training, offering : Whose list, and what of it.
    kind : What is said; interest and its absence also enter the person's record of interests.
    """

    list_id: Annotated[str, msgspec.Meta(pattern=r"^d-[0-9a-f]{8,32}$")] = msgspec.field(name="list")
    employee: Code
    training: Code
    kind: Kind
    offering: Code | None = None


class FeedbackOut(FeedbackIn, kw_only=True):
    """What was stored."""

    feedback: str


@post("/feedback", operation_id="give_feedback", tags=["recommendations"], opt=rule("feedback.give"),
      responses=errors(404, 413, 415), summary="Say something of a list", sync_to_thread=True)  # fmt: skip
def give_feedback(request: Call, data: JSONBody[FeedbackIn], idempotency_key: IdempotencyKey = None) -> FeedbackOut:
    """Store feedback; the same again with its key is stored once."""
    return take_feedback(request, data, once(request, idempotency_key, msgspec.json.encode(data)))


def take_feedback(request: Call, data: FeedbackIn, key: str | None = None) -> FeedbackOut:
    """Store what a caller says of a list, once for a key."""
    parts, caller = parts_of(request), known_caller(request)
    _check(request, parts, data)
    identifier = f"f-{key[:32] if key else uuid.uuid4().hex}"
    with parts.database.writing_as(caller.subject, "feedback") as writing:
        said = Feedback(feedback=identifier, made_at=parts.database.clock(), author=caller.subject, kind=data.kind,
                        said_on=parts.settings.today(), decision=data.list_id, employee=data.employee,
                        training=data.training, offering=data.offering)  # fmt: skip
        if add_feedback(writing.connection, said):
            _enter_interest(request, parts, writing, data)
    return FeedbackOut(feedback=identifier, **msgspec.structs.asdict(data))


def _check(request: Call, parts: Parts, data: FeedbackIn) -> None:
    """Check person, list, training and class; a list that was just served may be on its way into the log."""
    snapshot = parts.snapshots.current(parts.watch.look())
    with transaction(parts.database.engine) as connection:
        person = records.read_record(connection, "employees", data.employee, records.EVERYONE)
    check_reach(reach_of_call(request), data.employee, person.values["unit"] or "")
    codes = {"training": (data.training, snapshot.office.catalog.trainings.ids),
             "offering": (data.offering, snapshot.office.catalog.offerings.ids)}  # fmt: skip
    faults = [FaultSaid(pointer=f"/{name}", code="unknown-id", message="not on file in {table}",
                        fields={"table": f"{name}s"})
              for name, (value, ids) in codes.items() if value is not None and value not in ids]  # fmt: skip
    if not _is_known(parts, data):
        faults.append(FaultSaid(pointer="/list", code="list-unknown", message="no list of this id was made for them"))
    if faults:
        raise ApiError(422, "values-refused", "values are not accepted", faults=tuple(faults))


def _is_known(parts: Parts, data: FeedbackIn) -> bool:
    end = time.monotonic() + MOST_WAIT
    while True:
        with transaction(parts.database.engine) as connection:
            if is_list_of(connection, data.list_id, data.employee):
                return True
        if time.monotonic() > end:
            return False
        time.sleep(0.05)


def _enter_interest(request: Call, parts: Parts, writing: Writing, data: FeedbackIn) -> None:
    if data.kind in AS_INTEREST:
        values = {"employee": data.employee, "training": data.training, "kind": AS_INTEREST[data.kind],
                  "stated_on": parts.settings.today()}  # fmt: skip
        records.write_records(parts.database, writing, "interests", [values], records.EVERYONE, wording_of(request))


def feedback_router() -> Router:
    """Return the routes of feedback."""
    return Router(path="/", route_handlers=[give_feedback])
