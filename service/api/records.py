"""Records over HTTP: one router for each declared table, all alike."""

import datetime
import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from litestar import Response, Router, delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from service import records
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule, wording_of
from service.api.problems import ApiError, Fault, FaultSaid, errors
from service.imports.report import Problem
from service.records import Outcome, Record
from service.storage.engine import transaction
from service.storage.people import EMPLOYEE, personal_tables
from training_catalog.errors import UnknownIdError
from training_catalog.schema import Column, Table
from training_catalog.tables import TABLES

PLAIN_TEXT = r"^[^\x00-\x1f\x7f]*$"
MOST_IN_A_BATCH = 1_000
MOST_ON_A_PAGE = 500
LARGEST = 9_007_199_254_740_991  # whole numbers beyond it lose digits in browsers
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=PLAIN_TEXT)]
Whole = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ON_A_PAGE, description="Most items of a page.")]
Cursor = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_-]{1,2000}$", description="From `next` of a page.")]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="ETag that the record must still have.")]
IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match", description="`*`: only if there is none.")]
_IN, _OUT = TypeVar("_IN"), TypeVar("_OUT")


class Stored(msgspec.Struct, kw_only=True):
    """What became of one item of a batch."""

    index: int
    id: str
    status: Literal["stored", "unchanged", "refused"]
    etag: str | None
    errors: list[Fault] = []


class BatchReport(msgspec.Struct, kw_only=True):
    """What became of a batch, item by item."""

    stored: int
    unchanged: int
    refused: int
    items: list[Stored]


def _type(column: Column) -> Any:  # noqa: ANN401 (a type made at run time)
    if column.kind == "choice" and column.choices:
        return Literal[tuple(choice for choice, _ in column.choices)]
    kinds = {"integer": Whole, "money": Whole, "decimal": float, "level": float, "hours": float, "date": datetime.date}
    return kinds.get(column.kind, Text)


def title_of(name: str) -> str:
    """Return a table's name as that of one of its rows: ``unit_outcomes`` is `UnitOutcome`."""
    words = name.split("_")
    words[-1] = {"competencies": "competency", "history": "past_training", "performance": "rating"}.get(
        words[-1], words[-1].removesuffix("s")
    )  # fmt: skip
    return "".join(part.title() for word in words for part in word.split("_"))


def structs_of(declared: Table) -> tuple[type, type, type]:
    """Return the types of a record on its way in, in part, and out."""
    name = title_of(declared.name)
    required = [(c.name, _type(c)) for c in declared.columns if c.required or c.name in declared.key[:1]]
    optional = [(c.name, _type(c) | None, None) for c in declared.columns
                if not c.required and c.name not in declared.key[:1]]  # fmt: skip
    taken = {"kw_only": True, "forbid_unknown_fields": True, "module": __name__}
    whole = msgspec.defstruct(f"{name}In", [*required, *optional], **taken, namespace={"__doc__": declared.meaning})
    part = msgspec.defstruct(
        f"{name}Change", [(c.name, _type(c) | None | msgspec.UnsetType, msgspec.UNSET) for c in declared.columns],
        **taken, namespace={"__doc__": f"{declared.meaning} Fields that are absent stay as they are."},
    )  # fmt: skip
    columns = [(c.name, _type_out(c)) for c in declared.columns]
    out = msgspec.defstruct(name, [("id", str), ("etag", str), *columns], kw_only=True, module=__name__,
                            namespace={"__doc__": declared.meaning})  # fmt: skip
    return whole, part, out


def _type_out(column: Column) -> Any:  # noqa: ANN401 (a type made at run time)
    kinds = {"integer": int, "money": int, "decimal": float, "level": float, "hours": float, "date": datetime.date}
    return kinds.get(column.kind, str) | None


def page_of(name: str, item: type) -> type:
    """Return the type of a page of items."""
    return msgspec.defstruct(f"{name}Page", [("items", list[item]), ("next", str | None)], kw_only=True,  # type: ignore[valid-type] (made at run time)
                             module=__name__, namespace={"__doc__": "A page; `next` is null on the last."})  # fmt: skip


def batch_of(name: str, item: type) -> type:
    """Return the type of a batch of items."""
    items = Annotated[list[item], msgspec.Meta(min_length=1, max_length=MOST_IN_A_BATCH)]  # type: ignore[valid-type] (as above)
    return msgspec.defstruct(f"{name}Batch", [("items", items)], kw_only=True, forbid_unknown_fields=True,
                             module=__name__, namespace={"__doc__": "Records to store, each on its own."})  # fmt: skip


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

    def __init__(self, declared: Table, out: type, page: type) -> None:
        self.declared, self.name, self.out, self.page = declared, declared.name, out, page

    def page_at(self, call: Call, limit: int, cursor: str | None, employee: str | None) -> Any:  # noqa: ANN401 (as above)
        """Return a page."""
        reach = reach_of_call(call)
        with transaction(parts_of(call).database.engine) as connection:
            found, following = records.read_page(connection, self.name, reach, limit=limit, cursor=cursor,
                                                 where={EMPLOYEE: employee} if employee else None)  # fmt: skip
        return self.page(items=[_shown(self.out, record) for record in found], next=following)

    def read(self, call: Call, identifier: str) -> Response[Any]:
        """Return a record, or 304 where the caller has it."""
        reach = reach_of_call(call)
        with transaction(parts_of(call).database.engine) as connection:
            record = records.read_record(connection, self.name, identifier, reach)
        headers = {"ETag": record.etag}
        if record.etag in call.headers.get("if-none-match", ""):
            return Response(content=None, status_code=304, headers=headers)
        return Response(content=_shown(self.out, record), headers=headers)

    def put(self, call: Call, identifier: str, values: dict[str, Any]) -> Response[Any]:
        """Store a whole record."""
        if self._id_of(values) != identifier:
            raise ApiError(422, "values-refused", "values are not accepted", faults=(FaultSaid(
                pointer=f"/{self.declared.key[0]}", code="key-differs", message="the key in the body is not that of "
                "the address"),))  # fmt: skip
        return self._store(call, identifier, lambda _: values)

    def patch(self, call: Call, identifier: str, values: dict[str, Any]) -> Response[Any]:
        """Change some fields of a record."""
        moved = [name for name in self.declared.key if name in values]

        def merged(old: Record | None) -> dict[str, Any]:
            if old is None:
                raise UnknownIdError(self.name, identifier)
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

        return self._store(call, identifier, merged)

    def _id_of(self, values: dict[str, Any]) -> str:
        parts = ["" if values.get(name) is None else str(values[name]) for name in self.declared.key]
        return records.public_id("\x1f".join(parts))

    def _store(self, call: Call, identifier: str, make: Any) -> Response[Any]:  # noqa: ANN401 (old record -> new values)
        parts, reach = parts_of(call), reach_of_call(call)
        with parts.database.writing_as(known_caller(call).subject, "api") as writing:
            connection = writing.connection
            records.check_precondition(connection, self.name, identifier, if_match=call.headers.get("if-match"),
                                       if_none_match=call.headers.get("if-none-match"))  # fmt: skip
            try:
                old = records.read_record(connection, self.name, identifier, reach)
            except UnknownIdError:
                old = None
            values = make(old)
            outcome = records.write_records(parts.database, writing, self.name, [values], reach, wording_of(call))[0]
            self._refuse(outcome)
            record = records.read_record(connection, self.name, identifier, reach)
        return Response(content=_shown(self.out, record), status_code=201 if old is None else 200,
                        headers={"ETag": record.etag})  # fmt: skip

    def _refuse(self, outcome: Outcome) -> None:
        if outcome.state == records.REFUSED:
            said = tuple(FaultSaid(pointer=f.pointer, code=f.code, message="{text}", fields={"text": f.message})
                         for f in _faults(outcome.problems))  # fmt: skip
            raise ApiError(422, "values-refused", "values are not accepted", faults=said)

    def delete(self, call: Call, identifier: str) -> None:
        """Delete a record that no other refers to."""
        reach = reach_of_call(call)
        with parts_of(call).database.writing_as(known_caller(call).subject, "api") as writing:
            records.check_precondition(writing.connection, self.name, identifier,
                                       if_match=call.headers.get("if-match"), if_none_match=None)  # fmt: skip
            records.read_record(writing.connection, self.name, identifier, reach)
            used = records.uses_of(writing.connection, self.name, identifier)
            if used:
                raise ApiError(409, "in-use", "other records refer to it: {tables}", tables=", ".join(used))
            records.delete_record(writing, self.name, identifier)

    def store_all(self, call: Call, items: list[Any]) -> BatchReport:
        """Store a batch; each item that is refused says why, and the others are stored."""
        parts, reach = parts_of(call), reach_of_call(call)
        values = [msgspec.structs.asdict(item) for item in items]
        with parts.database.writing_as(known_caller(call).subject, "api") as writing:
            outcomes = records.write_records(parts.database, writing, self.name, values, reach, wording_of(call))
        told = [
            Stored(index=i, id=one.identifier, status=one.state, etag=one.etag or None,  # type: ignore[arg-type] (one of the three)
                   errors=_faults(one.problems, f"/items/{i}"))
            for i, one in enumerate(outcomes)
        ]  # fmt: skip
        counts = {state: sum(one.state == state for one in outcomes) for state in ("stored", "unchanged", "refused")}
        return BatchReport(items=told, **counts)


def router_of(declared: Table) -> Router:
    """Return the routes of a table."""
    whole, part, out = structs_of(declared)
    title, name = title_of(declared.name), declared.name
    page, batch = page_of(title, out), batch_of(title, whole)
    routes, (may_read, may_write) = Routes(declared, out, page), _rules(name)
    slug = re.sub(r"(?<!^)(?=[A-Z])", "_", title).lower()
    in_thread: dict[str, Any] = {"sync_to_thread": True}

    @get("/", operation_id=f"list_{name}", opt=rule(may_read), responses=errors(), summary=f"List {name}", **in_thread)
    def list_records(request: Call, limit: Limit = 100, cursor: Cursor = None, employee: OfEmployee = None) -> page:  # type: ignore[valid-type] (made at run time)
        return routes.page_at(request, limit, cursor, employee)

    @get("/{record_id:str}", operation_id=f"read_{slug}", opt=rule(may_read), responses=errors(404),
         summary=f"Read one of {name}", **in_thread)  # fmt: skip
    def read_record(request: Call, record_id: FromPath[str]) -> Response[out]:  # type: ignore[valid-type] (as above)
        return routes.read(request, record_id)

    @put("/{record_id:str}", operation_id=f"put_{slug}", opt=rule(may_write), responses=errors(404, 412, 413, 415),
         summary=f"Store one of {name} whole", **in_thread)  # fmt: skip
    def put_record(request: Call, record_id: FromPath[str], data: JSONBody[whole], if_match: IfMatch = None,  # type: ignore[valid-type] (as above)
                   if_none_match: IfNoneMatch = None) -> Response[out]:  # type: ignore[valid-type] (as above)  # noqa: ARG001 (read from the headers)
        return routes.put(request, record_id, msgspec.structs.asdict(data))

    @patch("/{record_id:str}", operation_id=f"change_{slug}", opt=rule(may_write), summary=f"Change one of {name}",
           responses=errors(404, 412, 413, 415), **in_thread)  # fmt: skip
    def change_record(request: Call, record_id: FromPath[str], data: JSONBody[part], if_match: IfMatch = None) -> Response[out]:  # type: ignore[valid-type] (as above)  # noqa: ARG001 (as above)
        values = {key: value for key, value in msgspec.structs.asdict(data).items() if value is not msgspec.UNSET}
        return routes.patch(request, record_id, values)

    @delete("/{record_id:str}", operation_id=f"delete_{slug}", opt=rule(may_write), summary=f"Delete one of {name}",
            responses=errors(404, 409, 412), **in_thread)  # fmt: skip
    def delete_record(request: Call, record_id: FromPath[str], if_match: IfMatch = None) -> None:  # noqa: ARG001 (as above)
        routes.delete(request, record_id)

    @post("/", operation_id=f"store_{name}", opt=rule(may_write), status_code=200, responses=errors(413, 415),
          summary=f"Store several {name}", **in_thread)  # fmt: skip
    def store_records(request: Call, data: JSONBody[batch]) -> BatchReport:  # type: ignore[valid-type] (as above)
        return routes.store_all(request, data.items)  # type: ignore[attr-defined] (as above)

    handlers: list[HTTPRouteHandler] = [list_records, read_record, put_record, change_record, store_records]
    if name != "employees":  # a person is erased, not deleted
        handlers.append(delete_record)
    return Router(path=f"/{name}", route_handlers=handlers, tags=[name])


OfEmployee = Annotated[str | None, QueryParameter(max_length=64, pattern=PLAIN_TEXT,
                                                  description="Only rows of this employee.")]  # fmt: skip


def record_routers() -> list[Router]:
    """Return the routes of every declared table."""
    return [router_of(declared) for declared in TABLES]
