"""Records over HTTP: one router for each declared table, all alike."""

# mypy: disable-error-code="valid-type"
# the types are made at run time, of the tables' declarations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, cast

import msgspec
from litestar import Response, Router, delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from service import records
from service.api.bodies import read_items
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule
from service.api.once import IdempotencyKey, answered
from service.api.problems import ApiError, Fault, FaultSaid, errors, wording_of
from service.api.record_types import PLAIN_TEXT, batch_of, page_of, structs_of, title_of
from service.api.versions import SAME_ANSWER, IfChanged, IfMatch, IfNoneMatch, Known
from service.imports.report import Problem
from service.imports.values import read_text
from service.records import Outcome, Record
from service.storage.engine import transaction
from service.storage.feedback import keep_answer
from service.storage.history import Writing
from service.storage.people import EMPLOYEE, personal_tables
from training_catalog.errors import UnknownIdError
from training_catalog.schema import Table
from training_catalog.tables import TABLES

MOST_ON_A_PAGE = 500
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ON_A_PAGE, description="Most items of a page.")]
Cursor = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_-]{1,2000}$", description="From `next` of a page.")]


class State(StrEnum):
    """What became of an item."""

    STORED, UNCHANGED, REFUSED = records.STORED, records.SAME, records.REFUSED


class Stored(msgspec.Struct, kw_only=True):
    """What became of one item of a batch."""

    index: int
    id: str
    status: State
    etag: str | None
    errors: list[Fault] = []


class BatchReport(msgspec.Struct, kw_only=True):
    """What became of a batch, item by item."""

    stored: int
    unchanged: int
    refused: int
    items: list[Stored]


def _shown(out: type, record: Record) -> Any:  # noqa: ANN401 (a type made at run time)
    return out(id=record.identifier, etag=record.etag, **record.values)


def _faults(problems: list[Problem], prefix: str = "") -> list[Fault]:
    return [Fault(pointer=f"{prefix}/{p.column or ''}", code=p.code, message=p.message) for p in problems
            if p.severity == "error"]  # fmt: skip


def _rules(name: str) -> tuple[str, str]:
    """Return the rules for reading and writing a table."""
    noun = "people" if name in personal_tables() else "budgets" if name == "budgets" else "catalog"
    return f"{noun}.read", f"{noun}.write"


class Routes:
    """What the routes of one table do."""

    def __init__(self, declared: Table, whole: type, out: type, page: type) -> None:
        self.declared, self.name, self.whole, self.out, self.page = declared, declared.name, whole, out, page

    def page_at(self, call: Call, limit: int, cursor: str | None, employee: str | None) -> Any:  # noqa: ANN401 (as above)
        """Return a page."""
        reach = reach_of_call(call)
        with transaction(parts_of(call).database.engine) as connection:
            found, following = records.read_page(connection, self.name, reach, limit=limit, cursor=cursor,
                                                 where={EMPLOYEE: employee} if employee else None)  # fmt: skip
        return self.page(items=[_shown(self.out, record) for record in found], next=following)

    def read(self, call: Call, identifier: str, known: str) -> Response[Any]:
        """Return a record, or 304 where the caller has it."""
        reach = reach_of_call(call)
        with transaction(parts_of(call).database.engine) as connection:
            record = records.read_record(connection, self.name, identifier, reach)
        headers = {"ETag": record.etag}
        if records.is_listed(record.etag, known, is_weak=True):
            return Response(content=None, status_code=304, headers=headers)
        return Response(content=_shown(self.out, record), headers=headers)

    def put(self, call: Call, identifier: str, values: dict[str, Any], known: Known) -> Response[Any]:
        """Store a whole record."""
        if self._id_of(values) != identifier:
            raise ApiError(422, "values-refused", "values are not accepted", faults=(FaultSaid(
                pointer=f"/{self.declared.key[0]}", code="key-differs", message="the key in the body is not that of "
                "the address"),))  # fmt: skip
        return self._store(call, identifier, lambda _: values, known)

    def patch(self, call: Call, identifier: str, values: dict[str, Any], known: Known) -> Response[Any]:
        """Change some fields of a record."""
        moved = [name for name in self.declared.key if name in values]

        def merged(old: Record | None) -> dict[str, Any]:
            if old is None:
                raise UnknownIdError(EMPLOYEE if self.name == "employees" else self.name, identifier)
            new = {**old.values, **values}
            if self._id_of(new) != identifier:
                raise ApiError(422, "values-refused", "values are not accepted", faults=(FaultSaid(
                    pointer=f"/{moved[0]}", code="key-differs", message="a key cannot be changed; delete the record, "
                    "and store it anew"),))  # fmt: skip
            missing = [c.name for c in self.declared.columns if c.required and new.get(c.name) is None]
            if missing:
                raise ApiError(422, "values-refused", "values are not accepted", faults=tuple(FaultSaid(
                    pointer=f"/{name}", code="required-missing", message="A value is needed here."
                ) for name in missing))  # fmt: skip
            return new

        return self._store(call, identifier, merged, known)

    def _id_of(self, values: dict[str, Any]) -> str:
        parts = ["" if values.get(name) is None else str(values[name]) for name in self.declared.key]
        return records.public_id("\x1f".join(parts))

    def _store(
        self, call: Call, identifier: str, make: Callable[[Record | None], dict[str, Any]], known: Known
    ) -> Response[Any]:
        parts, reach = parts_of(call), reach_of_call(call)
        with parts.database.writing_as(known_caller(call).subject, "api") as writing:
            connection = writing.connection
            records.check_precondition(connection, self.name, identifier, reach, if_match=known.if_match,
                                       if_none_match=known.if_none_match)  # fmt: skip
            try:
                old = records.read_record(connection, self.name, identifier, reach)
            except UnknownIdError:
                if not records.may_add(self.name, reach):
                    raise
                old = None
            values = make(old)
            outcome = records.write_records(parts.database, writing, self.name, [values], reach, wording_of(call))[0]
            self._refuse(outcome)
            if outcome.identifier != identifier:  # blanks in the key, which no file would keep
                raise self._key_as_read(values)
            record = records.read_record(connection, self.name, identifier, reach)
        return Response(content=_shown(self.out, record), status_code=201 if old is None else 200,
                        headers={"ETag": record.etag})  # fmt: skip

    def _key_as_read(self, values: dict[str, Any]) -> ApiError:
        """Return the refusal of a key whose texts a file would have otherwise."""
        read = {name: read_text(values[name]) for name in self.declared.key if isinstance(values[name], str)}
        return ApiError(422, "values-refused", "values are not accepted", faults=tuple(
            FaultSaid(pointer=f"/{name}", code="id-structure", message="accepted: {accepted}",
                      fields={"accepted": text})
            for name, text in read.items() if text != values[name]
        ))  # fmt: skip

    def _refuse(self, outcome: Outcome) -> None:
        if outcome.state == records.REFUSED:
            said = tuple(FaultSaid(pointer=f.pointer, code=f.code, message="{text}", fields={"text": f.message})
                         for f in _faults(outcome.problems))  # fmt: skip
            raise ApiError(422, "values-refused", "values are not accepted", faults=said)

    def delete(self, call: Call, identifier: str, known: Known) -> None:
        """Delete a record that no other refers to."""
        reach = reach_of_call(call)
        with parts_of(call).database.writing_as(known_caller(call).subject, "api") as writing:
            records.check_precondition(writing.connection, self.name, identifier, reach, if_match=known.if_match,
                                       if_none_match=None)  # fmt: skip
            records.read_record(writing.connection, self.name, identifier, reach)
            used = records.uses_of(writing.connection, self.name, identifier)
            if records.LEDGER in used:
                raise ApiError(409, "in-use", "an approved plan holds its money; cancel the seats or withdraw the plan")
            if used:
                raise ApiError(409, "in-use", "other records refer to it: {tables}", tables=", ".join(used))
            records.delete_record(writing, self.name, identifier)

    def store_all(self, call: Call, items: list[msgspec.Raw], key: str | None) -> BatchReport:
        """Store a batch, once for a key; each item that is refused says why, and the others are stored."""
        parts, caller = parts_of(call), known_caller(call).subject
        with parts.database.writing_as(caller, "api") as writing:
            before = answered(call, writing.connection, key, msgspec.json.encode(items))
            if before is not None:
                return msgspec.json.decode(before, type=BatchReport)
            report = self._store_items(call, writing, items)
            if key is not None:
                keep_answer(writing.connection, caller, key, msgspec.json.encode(report).decode())
        return report

    def _store_items(self, call: Call, writing: Writing, items: list[msgspec.Raw]) -> BatchReport:
        wording = wording_of(call)
        read = read_items(items, self.whole, wording)
        outcomes = records.write_records(parts_of(call).database, writing, self.name, read.values, reach_of_call(call),
                                         wording)  # fmt: skip
        told = [Stored(index=i, id="", status=State.REFUSED, etag=None, errors=[one]) for i, one in read.faults.items()]
        told += [
            Stored(index=i, id=one.identifier, status=State(one.state), etag=one.etag or None,
                   errors=_faults(one.problems, f"/items/{i}"))
            for i, one in zip(read.places, outcomes, strict=True)
        ]  # fmt: skip
        counts = {state.value: sum(one.status == state for one in told) for state in State}
        return BatchReport(items=sorted(told, key=lambda one: one.index), **counts)


OfEmployee = Annotated[str | None, QueryParameter(max_length=64, pattern=PLAIN_TEXT,
                                                  description="Only rows of this employee.")]  # fmt: skip
_THREAD: dict[str, Any] = {"sync_to_thread": True}


def _reading(routes: Routes, slug: str, allowed: dict[str, Any]) -> list[HTTPRouteHandler]:
    """Return the handlers that show records."""
    name, page, out = routes.name, routes.page, routes.out
    whole: dict[str, Any] = {"operation_id": f"list_{name}", "summary": f"List {name}", "responses": errors()}

    @get("/", opt=allowed, **whole, **_THREAD)
    def list_records(request: Call, limit: Limit = 100, cursor: Cursor = None) -> page:
        return routes.page_at(request, limit, cursor, None)

    @get("/", opt=allowed, **whole, **_THREAD)
    def list_of_people(request: Call, limit: Limit = 100, cursor: Cursor = None, employee: OfEmployee = None) -> page:
        return routes.page_at(request, limit, cursor, employee)

    @get("/{record_id:str}", operation_id=f"read_{slug}", opt=allowed, responses={**SAME_ANSWER, **errors(404)},
         summary=f"Read one of {name}", **_THREAD)  # fmt: skip
    def read_record(request: Call, record_id: FromPath[str], if_none_match: IfChanged = None) -> Response[out]:
        return routes.read(request, record_id, if_none_match or "")

    return [list_of_people if name in personal_tables() else list_records, read_record]


def _writing(routes: Routes, slug: str, allowed: dict[str, Any], whole: type, part: type) -> list[HTTPRouteHandler]:
    """Return the handlers that change one record."""
    name, out = routes.name, routes.out
    made = {201: ResponseSpec(out, generate_examples=False, description="Stored anew")}

    @put("/{record_id:str}", operation_id=f"put_{slug}", opt=allowed,
         responses={**made, **errors(404, 412, 413, 415)}, summary=f"Store one of {name} whole", **_THREAD)  # fmt: skip
    def put_record(
        request: Call, record_id: FromPath[str], data: JSONBody[whole],
        if_match: IfMatch = None, if_none_match: IfNoneMatch = None,
    ) -> Response[out]:  # fmt: skip
        return routes.put(request, record_id, msgspec.structs.asdict(data), Known(if_match, if_none_match))

    @patch("/{record_id:str}", operation_id=f"change_{slug}", opt=allowed, summary=f"Change one of {name}",
           responses=errors(404, 412, 413, 415), **_THREAD)  # fmt: skip
    def change_record(
        request: Call, record_id: FromPath[str], data: JSONBody[part], if_match: IfMatch = None,
    ) -> Response[out]:  # fmt: skip
        values = {key: value for key, value in msgspec.structs.asdict(data).items() if value is not msgspec.UNSET}
        return routes.patch(request, record_id, values, Known(if_match))

    @delete("/{record_id:str}", operation_id=f"delete_{slug}", opt=allowed, summary=f"Delete one of {name}",
            responses=errors(404, 409, 412), **_THREAD)  # fmt: skip
    def delete_record(request: Call, record_id: FromPath[str], if_match: IfMatch = None) -> None:
        routes.delete(request, record_id, Known(if_match))

    return [put_record, change_record, *([] if name == "employees" else [delete_record])]  # a person is erased


def router_of(declared: Table) -> Router:
    """Return the routes of a table."""
    whole, part, out = structs_of(declared)
    title, name = title_of(declared.name), declared.name
    batch, (may_read, may_write) = batch_of(title), _rules(name)
    routes = Routes(declared, whole, out, page_of(title, out))
    slug = re.sub(r"(?<!^)(?=[A-Z])", "_", title).lower()

    @post("/", operation_id=f"store_{name}", opt=rule(may_write), status_code=200, responses=errors(409, 413, 415),
          summary=f"Store several {name}", **_THREAD)  # fmt: skip
    def store_records(
        request: Call, data: JSONBody[batch], idempotency_key: IdempotencyKey = None
    ) -> BatchReport:  # fmt: skip
        return routes.store_all(request, cast("Any", data).items, idempotency_key)

    single = [*_reading(routes, slug, rule(may_read)), *_writing(routes, slug, rule(may_write), whole, part)]
    return Router(path=f"/{name}", route_handlers=[*single, store_records], tags=[name])


def record_routers() -> list[Router]:
    """Return the routes of every declared table."""
    return [router_of(declared) for declared in TABLES]
