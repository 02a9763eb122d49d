"""What handlers take from a request: the caller and their reach, the language, the parts of the service."""

import asyncio
from typing import Any

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute

from service.access import ANYBODY, RULES, WHOLE, Reach, may
from service.api.parts import SESSION_COOKIE, Parts
from service.api.problems import ApiError, FaultSaid
from service.auth.caller import Caller
from service.records import OutOfReachError

Call = Request[Any, Any, State]
RULE = "rule"  # key of a handler's rule among its options


def rule(name: str) -> dict[str, Any]:
    """Return the option that names a handler's rule."""
    return {RULE: name}


def parts_of(call: ASGIConnection[Any, Any, Any, Any]) -> Parts:
    """Return the parts of the service."""
    parts: Parts = call.app.state["parts"]
    return parts


def caller_of(call: ASGIConnection[Any, Any, Any, Any]) -> Caller | None:
    """Return who calls; None for nobody."""
    caller: Caller | None = call.scope.get("state", {}).get("caller")
    return caller


def known_caller(call: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Return who calls.

    Raises
    ------
    ApiError
        When nobody does; the guard has seen to that already.
    """
    caller = caller_of(call)
    if caller is None:
        raise ApiError(401, "not-authenticated", "not authenticated; send X-API-Key or Authorization: Bearer",
                       headers={"WWW-Authenticate": 'Bearer realm="bangkom"'})  # fmt: skip
    return caller


def reach_of_call(call: ASGIConnection[Any, Any, Any, Any]) -> Reach:
    """Return whose rows the caller may see."""
    return parts_of(call).reach(known_caller(call))


WORDS, TYPED = "words", "typed"  # the field of long texts, and where they are kept of a form that is refused
MOST_TYPED = 65_536  # bytes of a form that is read although nobody is known to send it
_FORM = b"application/x-www-form-urlencoded"


async def _keep_words(call: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Keep what somebody wrote into a form while their session ended, so that they can be shown it."""
    headers = dict(call.scope["headers"])
    size, is_form = headers.get(b"content-length", b""), headers.get(b"content-type", b"").startswith(_FORM)
    had_session = SESSION_COOKIE in call.cookies
    if isinstance(call, Request) and had_session and is_form and size.isdigit() and int(size) <= MOST_TYPED:
        call.scope["state"][TYPED] = str((await call.form()).get(WORDS, ""))


async def guard(call: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a call through to its handler, or not; a handler without a rule is open to nobody.

    Raises
    ------
    ApiError
        401 for nobody, 403 for who may not.
    """
    found = RULES.get(handler.opt.get(RULE, ""))
    if found is not None and found.reach == ANYBODY:
        return
    if caller_of(call) is None:
        await _keep_words(call)
    caller = known_caller(call)
    if caller.must_change_password and handler.opt.get(RULE) != "session.own":
        raise ApiError(403, "password-must-change", "set a new password first")
    is_whole = found is not None and found.reach == WHOLE
    reach = await asyncio.to_thread(parts_of(call).reach, caller) if is_whole else None
    if not may(caller, found, reach):
        needed = found.scope if found is not None else None
        if is_whole and needed in caller.scopes:
            raise ApiError(403, "not-allowed", "not allowed; this needs all units of the office, also those added "
                           "lately; an administrator grants them")  # fmt: skip
        raise ApiError(403, "not-allowed", "not allowed; needed: {needed}", needed=needed or "-")


JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
FORM_TYPES = frozenset({"multipart/form-data"})


QUERIES = "queries"  # where the application keeps what `query_names` returns


def query_names(app: Litestar) -> dict[tuple[str, str], frozenset[str]]:
    """Return the names of the query parameters that each route of the API takes, by path and method."""
    return {
        (route.path_format, method): frozenset(one.field_alias for one in model.expected_query_params)
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/v1/")
        for method, (_, model) in route.route_handler_map.items()
    }


def _check_query(call: Call) -> None:
    """Refuse a query parameter that is not known: passed over, a misspelt one would narrow nothing, without a word."""
    accepted = call.app.state[QUERIES].get((call.scope["path_template"], call.method))
    unknown = [] if accepted is None else sorted(set(call.query_params) - accepted)
    if unknown:
        told = "not known; accepted: {accepted}" if accepted else "not known; no query parameter is accepted here"
        raise ApiError(422, "values-refused", "values are not accepted", faults=tuple(
            FaultSaid(pointer=name[:100], code="parameter-unknown", message=told,
                      fields={"accepted": ", ".join(sorted(accepted or ()))}) for name in unknown))  # fmt: skip


async def check_call(call: Call) -> None:
    """Refuse an unknown query parameter, and a body of another kind than the route takes.

    A coroutine, or each request would go through a thread.

    Raises
    ------
    ApiError
        422 and 415, with what is accepted.
    """
    if call.scope["query_string"]:
        _check_query(call)
    has_body = call.headers.get("content-length", "0") != "0" or "transfer-encoding" in call.headers
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    accepted = FORM_TYPES if call.url.path == "/api/v1/imports" else JSON_TYPES
    if has_body and call.method in {"POST", "PUT", "PATCH"} and kind not in accepted:
        raise ApiError(415, "media-type", "the body is {found}; accepted: {accepted}", found=kind or "-",
                       accepted=", ".join(sorted(accepted)))  # fmt: skip


def check_reach(reach: Reach, employee: str, unit: str) -> None:
    """Refuse a person outside the caller's reach.

    Raises
    ------
    OutOfReachError
        Said as 404, so that nobody learns who is on file.
    """
    if not reach.covers(employee, unit):
        raise OutOfReachError(employee)
