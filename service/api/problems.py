"""Every error as ``application/problem+json`` (RFC 9457), translated once."""

import re
import uuid
from typing import Any

import msgspec
import sqlalchemy as sa
import structlog
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from service.api.refused_values import accepted_at, said_refusal
from service.inline import InlineValuesError, UnknownCodeError
from service.records import OutOfReachError, PreconditionError
from service.schemas.json_text import JsonTextError, RepeatedKeyError, pointer
from service.storage.people import EMPLOYEE
from service.wording import Wording
from training_catalog.errors import (
    BangkomError,
    ConflictError,
    InputError,
    InvalidValueError,
    StorageError,
    UnknownIdError,
)

PROBLEM_TYPE = "application/problem+json"
REFUSED_VALUE = "value-refused"
TITLES = {
    400: "Bad request", 401: "Not authenticated", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    406: "Not acceptable", 409: "Conflict", 412: "Changed since", 413: "Too large", 415: "Unsupported media type",
    422: "Not acceptable values", 428: "Precondition required", 429: "Too many requests", 500: "Internal error",
    503: "Not available",
}  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")  # in the order in which they are told
_log = structlog.get_logger()


class Fault(msgspec.Struct, kw_only=True):
    """One thing wrong in a request.

    Parameters
    ----------
    pointer : JSON pointer into the body, or the name of the parameter.
    code : Stable code.
    message : In the reader's language.
    """

    pointer: str
    code: str
    message: str


class Problem(msgspec.Struct, kw_only=True):
    """An error (RFC 9457).

    Parameters
    ----------
    type : Stable code as a URI reference.
    title, status : The kind of error in the reader's language, and the HTTP status.
    detail : What went wrong, in the reader's language.
    instance : Path of the request.
    request_id : To find the request in the log.
    errors : Each thing wrong.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[Fault] = []


class ApiError(HTTPException):
    """An error with a stable code.

    Parameters
    ----------
    status : HTTP status.
    code : Stable code.
    message : English sentence with its fields in braces.
    faults : Pointer, code, sentence and fields of each thing wrong.
    headers : Added to the answer.
    """

    def __init__(self, status: int, code: str, message: str, *, faults: tuple["FaultSaid", ...] = (),
                 headers: dict[str, str] | None = None, **fields: object) -> None:  # fmt: skip
        super().__init__(detail=message, status_code=status, headers=headers)
        self.code, self.message, self.fields, self.faults = code, message, fields, faults


class FaultSaid(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong before it is put into words."""

    pointer: str
    code: str
    message: str
    fields: dict[str, Any] = {}


class RefusedError(Exception):
    """A request that goes no further than the gate.

    Parameters
    ----------
    status, code, detail : As in `problem_bytes`; the detail is English.
    headers : Added to the answer.
    fields : Of the detail.
    """

    def __init__(self, status: int, code: str, detail: str, headers: tuple[tuple[bytes, bytes], ...] = (),
                 **fields: object) -> None:  # fmt: skip
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers, self.fields = status, code, detail, headers, fields


def language_of(accepted: str) -> str:
    """Return ``en`` where a reader prefers it to Indonesian, else ``id``.

    Examples
    --------
    >>> language_of("en-GB,en;q=0.9"), language_of("id,en;q=0.5"), language_of("")
    ('en', 'id', 'id')
    """
    weights = {"id": -1.0, "en": -1.0}
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";q=")
        lang = name.strip()[:2]
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        if lang in weights:
            weights[lang] = max(weights[lang], weight)
    return "en" if weights["en"] > weights["id"] else "id"


def problem_bytes(status: int, code: str, detail: str, wording: Wording, *, path: str, request_id: str,
                  faults: list[Fault] | None = None) -> bytes:  # fmt: skip
    """Return the body of an error: all that people read in it is in one language."""
    return msgspec.json.encode(Problem(
        type=f"/problems/{code}", title=wording.text(TITLES.get(status, "Error")), status=status, detail=detail,
        instance=path, request_id=request_id, errors=faults or [],
    ))  # fmt: skip


def request_id_of(request: Request[Any, Any, Any]) -> str:
    """Return the id that the gate gave to a request."""
    return str(request.scope.get("state", {}).get("request_id") or uuid.uuid4().hex)


def _respond(request: Request[Any, Any, Any], status: int, code: str, detail: str, *,
             faults: list[Fault] | None = None, headers: dict[str, str] | None = None) -> Response[bytes]:  # fmt: skip
    path = request.scope.get("state", {}).get("asked") or request.url.path
    body = problem_bytes(status, code, detail, wording_of(request), path=path, request_id=request_id_of(request),
                         faults=faults)  # fmt: skip
    return Response(content=body, status_code=status, media_type=PROBLEM_TYPE, headers=headers)


def wording_of(request: ASGIConnection[Any, Any, Any, Any]) -> Wording:
    """Return the language of an answer, as the gate found it."""
    known = request.scope.get("state", {}).get("lang")
    return Wording(known or language_of(request.headers.get("accept-language", "")))


def on_api_error(request: Request[Any, Any, Any], error: ApiError) -> Response[bytes]:
    """Say an error of our own."""
    wording = wording_of(request)
    faults = [Fault(pointer=f.pointer, code=f.code, message=wording.text(f.message, **f.fields)) for f in error.faults]
    detail = wording.text(error.message, **error.fields)
    return _respond(request, error.status_code, error.code, detail, faults=faults, headers=error.headers)


def on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Say what Litestar and msgspec refuse: 422 with the place of each fault, 400 for what is no JSON."""
    wording = wording_of(request)
    extra = error.extra if isinstance(error.extra, list) else []
    faults = [_fault(request, found, wording) for found in extra if isinstance(found, dict)]
    faults = faults or _missing(error.detail, wording)
    if not faults:
        return _respond(request, 400, "unreadable", wording.text("the request cannot be read: {reason}",
                                                                 reason=error.detail))  # fmt: skip
    return _respond(request, 422, "values-refused", wording.text("values are not accepted"), faults=faults)


def _missing(detail: str, wording: Wording) -> list[Fault]:
    """Return the parameter that is missing, of which the framework only speaks in a sentence; none for another one."""
    found = re.match(r"Missing required \w+ parameter '([^']+)'", detail)
    words = wording.text("A value is needed here.")
    return [Fault(pointer=found[1], code=REFUSED_VALUE, message=words)] if found else []


def _fault(request: Request[Any, Any, Any], found: dict[str, Any], wording: Wording) -> Fault:
    """Return one thing refused with its place: a pointer into the body, or the name that a parameter has in a call."""
    key, handler = str(found.get("key", "")), request.scope.get("route_handler")
    known = handler.parsed_fn_signature.parameters if isinstance(handler, HTTPRouteHandler) else {}
    is_parameter = found.get("source", "body") in {"query", "path", "header", "cookie"}
    pointer = (
        "" if is_parameter or key in {"", "data"} else "/" + key.replace("[", "/").replace("]", "").replace(".", "/")
    )
    taken = known.get(key if is_parameter else "data")
    accepted = accepted_at(taken.annotation, pointer) if taken is not None else []
    field, message = said_refusal(str(found.get("message", "")), accepted, wording)
    if is_parameter:
        return Fault(pointer=getattr(getattr(taken, "kwarg_definition", None), "name", None) or key, code=REFUSED_VALUE,
                     message=message)  # fmt: skip
    return Fault(pointer=f"{pointer}/{field}" if field else pointer, code=REFUSED_VALUE, message=message)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Say any other error of the framework: 404, 405, 413 and the like."""
    status = error.status_code
    code = TITLES.get(status, "error").lower().replace(" ", "-")
    wording = wording_of(request)
    if status == 400 and request.content_type[0] == "multipart/form-data":  # noqa: PLR2004 (bad request)
        return _respond(request, 400, "unreadable", wording.text("the body is no multipart/form-data that can be read: "
                        "parts begin with the boundary that the Content-Type names, the last one ends with it, and "
                        "names of files are in UTF-8"))  # fmt: skip
    detail = wording.text(TITLES.get(status, "Error"))
    headers = {
        name: _with_head(value) if name.lower() == "allow" else value for name, value in (error.headers or {}).items()
    }
    return _respond(request, status, code, detail, headers=headers)


def _with_head(methods: str) -> str:
    """Return the methods of an address as OPTIONS says them, in one order; HEAD is answered wherever GET is."""
    found = set(methods.split(", ")) | ({"HEAD"} if "GET" in methods else set())
    return ", ".join(method for method in METHODS if method in found)


def on_bangkom_error(request: Request[Any, Any, Any], error: BangkomError) -> Response[bytes]:
    """Say an error of the rooms below: 404 for an id, 503 for the database, 422 for input."""
    kinds = ((UnknownIdError, 404, "unknown-id"), (StorageError, 503, "database"), (InputError, 422, "input-refused"),
             (ConflictError, 409, "conflict"))  # fmt: skip
    status, code = next(((s, c) for kind, s, c in kinds if isinstance(error, kind)), (500, "internal-error"))
    if status == 500:  # noqa: PLR2004 (none of the three)
        return on_any(request, error)
    headers = {"Retry-After": "5"} if status == 503 else None  # noqa: PLR2004 (the database will be back)
    wording = wording_of(request)
    detail = wording.text("the database cannot be reached") if code == "database" else error.said(wording.text)
    if code == "database":
        _log.warning("database", reason=str(error), request_id=request_id_of(request))
    named = error.field if isinstance(error, InvalidValueError) else ""
    faults = [Fault(pointer=_pointer_to(request, named), code=REFUSED_VALUE, message=detail)] if named else None
    return _respond(request, status, code, detail, faults=faults, headers=headers)


def _pointer_to(request: Request[Any, Any, Any], named: str) -> str:
    """Return where a value stands: a pointer into the body, or the name of a parameter."""
    handler = request.scope.get("route_handler")
    known = handler.parsed_fn_signature.parameters if isinstance(handler, HTTPRouteHandler) else {}
    return f"/{named}" if "data" in known and named not in known else named


def on_data_error(request: Request[Any, Any, Any], error: sa.exc.DataError) -> Response[bytes]:
    """Say that the database holds no such value: a NUL character, a number beyond its range."""
    _log.warning("value-refused-by-database", reason=type(error.orig).__name__, request_id=request_id_of(request))
    return _respond(request, 422, "values-refused", wording_of(request).text("values are not accepted"))


def on_unknown_code(request: Request[Any, Any, Any], error: UnknownCodeError) -> Response[bytes]:
    """Say where in a body a code stands that is not on file."""
    wording = wording_of(request)
    fault = Fault(pointer=error.pointer, code="unknown-id", message=error.said(wording.text))
    return _respond(request, 422, "values-refused", wording.text("values are not accepted"), faults=[fault])


def on_inline_values(request: Request[Any, Any, Any], error: InlineValuesError) -> Response[bytes]:
    """Say where in a body values of a person stand that no file may hold."""
    faults = [Fault(pointer=pointer, code=code, message=message) for pointer, code, message in error.faults]
    return _respond(request, 422, "values-refused", error.said(wording_of(request).text), faults=faults)


def on_out_of_reach(request: Request[Any, Any, Any], error: OutOfReachError) -> Response[bytes]:
    """Say of rows that are not the caller's, word for word, what is said of rows that are not there."""
    if error.employee:
        return on_bangkom_error(request, UnknownIdError(EMPLOYEE, error.employee))
    return _respond(request, 404, "not-found", wording_of(request).text("Not found"))


def on_precondition(request: Request[Any, Any, Any], _error: PreconditionError) -> Response[bytes]:
    """Say that a record has changed since the caller saw it."""
    words = wording_of(request).text("the record has changed since; read it again")
    return _respond(request, 412, "changed-since", words)


def on_refused(request: Request[Any, Any, Any], error: RefusedError) -> Response[bytes]:
    """Say what the gate refuses while a body is being read."""
    detail = wording_of(request).text(error.detail, **error.fields)
    return _respond(request, error.status, error.code, detail)


def on_unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Say that a body is no JSON text: not UTF-8, or nested too deeply."""
    is_text = isinstance(error, UnicodeDecodeError)
    words = "the body is not in UTF-8" if is_text else "the body is nested too deeply"
    return _respond(request, 400, "unreadable", wording_of(request).text(words))


def on_json_text(request: Request[Any, Any, Any], error: JsonTextError) -> Response[bytes]:
    """Say where a body is no JSON, or which key stands twice in it."""
    wording = wording_of(request)
    said = error.said(wording.text)
    if isinstance(error, RepeatedKeyError):
        fault = Fault(pointer=pointer(error.path), code="key-repeated", message=said)
        return _respond(request, 400, "key-repeated", said, faults=[fault])
    return _respond(request, 400, "bad-request", wording.text("the body is no JSON: {problem}", problem=said))


def on_any(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Log what nobody foresaw, and say no more than its id."""
    request_id = request_id_of(request)
    _log.error("internal-error", request_id=request_id, kind=type(error).__name__, exc_info=error)
    words = wording_of(request).text("an internal error; its number in the log is {request_id}", request_id=request_id)
    return _respond(request, 500, "internal-error", words)


HANDLERS: dict[Any, Any] = {
    ApiError: on_api_error,
    RefusedError: on_refused,
    UnknownCodeError: on_unknown_code,
    InlineValuesError: on_inline_values,
    OutOfReachError: on_out_of_reach,
    PreconditionError: on_precondition,
    JsonTextError: on_json_text,
    ValidationException: on_validation,
    HTTPException: on_http_error,
    BangkomError: on_bangkom_error,
    sa.exc.DataError: on_data_error,
    UnicodeDecodeError: on_unreadable,
    RecursionError: on_unreadable,
    Exception: on_any,
}


def errors(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the documentation of the errors that a route may answer with, besides those of every route."""
    every = {400, 401, 403, 422, 429, 500, 503, *statuses}
    return {
        status: ResponseSpec(Problem, media_type=PROBLEM_TYPE, generate_examples=False, description=TITLES[status])
        for status in sorted(every)
    }


JSON = MediaType.JSON
