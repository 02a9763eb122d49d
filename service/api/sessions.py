"""Coming in with a name and a password, and who one is."""

import datetime as dt
from typing import Annotated

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import JSONBody

from service.api.context import Call, known_caller, parts_of, rule
from service.api.parts import SESSION_COOKIE
from service.api.problems import ApiError, errors
from service.auth.sessions import Session
from training_catalog.errors import NotAuthenticatedError

Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class LogIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Name and password of a local account."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    password: Secret


class NewPassword(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The present password, and the one to come: at least 12 characters, and not the name."""

    current: Secret
    new: Secret


class Opened(msgspec.Struct, kw_only=True):
    """A session; send `token` as `Authorization: Bearer`. It is shown once."""

    token: str
    expires_at: dt.datetime
    must_change_password: bool


class Me(msgspec.Struct, kw_only=True):
    """Who the caller is; `units` is null for all."""

    kind: str
    role: str
    employee: str | None
    units: list[str] | None
    scopes: list[str]
    must_change_password: bool


def _address(request: Call) -> str | None:
    return request.client.host if request.client is not None else None


def _opened(session: Session) -> Opened:
    return Opened(token=session.token, expires_at=session.expires_at,
                  must_change_password=session.caller.must_change_password)  # fmt: skip


def _refused(error: NotAuthenticatedError) -> ApiError:
    return ApiError(401, error.code, str(error),
                    headers={"WWW-Authenticate": 'Bearer realm="bangkom"'})  # fmt: skip


@post("/sessions", operation_id="open_session", opt=rule("session.open"), responses=errors(413, 415),
      summary="Come in with name and password", sync_to_thread=True, security=[])  # fmt: skip
def open_session(request: Call, data: JSONBody[LogIn]) -> Opened:
    """Open a session for a local account."""
    try:
        session = parts_of(request).authenticator.log_in(data.name, data.password, address=_address(request))
    except NotAuthenticatedError as error:
        raise _refused(error) from error
    return _opened(session)


@get("/me", operation_id="who_am_i", opt=rule("session.own"), responses=errors(), summary="Who the caller is")
async def who_am_i(request: Call) -> Me:
    """Return role, units and scopes of the caller."""
    caller = known_caller(request)
    return Me(kind=caller.kind, role=caller.role, employee=caller.employee, scopes=sorted(caller.scopes),
              units=None if caller.units is None else sorted(caller.units),
              must_change_password=caller.must_change_password)  # fmt: skip


def _token(request: Call) -> str:
    """Return the session's token.

    Raises
    ------
    ApiError
        When the caller came with a key, or a token of the identity provider.
    """
    if known_caller(request).kind != "session":
        raise ApiError(409, "no-session", "the caller has no session here")
    return request.headers.get("authorization", "").partition(" ")[2].strip() or request.cookies.get(SESSION_COOKIE, "")


@put("/sessions/current/password", operation_id="change_password", opt=rule("session.own"), sync_to_thread=True,
     responses=errors(409, 413, 415), summary="Set a new password")  # fmt: skip
def change_password(request: Call, data: JSONBody[NewPassword]) -> Opened:
    """Set a new password; every session of the person ends, and a new one is opened."""
    parts, token = parts_of(request), _token(request)
    try:
        session = parts.authenticator.change_password(token, data.current, data.new, address=_address(request))
    except NotAuthenticatedError as error:
        raise _refused(error) from error
    return _opened(session)


@delete("/sessions/current", operation_id="close_session", opt=rule("session.own"), sync_to_thread=True,
        responses=errors(409), summary="Leave")  # fmt: skip
def close_session(request: Call) -> None:
    """End the session."""
    parts_of(request).authenticator.log_out(_token(request))


def session_router() -> Router:
    """Return the routes of sessions."""
    return Router(path="/", route_handlers=[open_session, who_am_i, change_password, close_session],
                  tags=["sessions"])  # fmt: skip
