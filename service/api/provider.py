"""Coming in through the office's identity provider: the browser goes there, and comes back with a session."""

import asyncio
from typing import Annotated

from litestar import Response, Router, get
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.params import QueryParameter

from service.api.context import Call, parts_of, rule
from service.api.parts import SESSION_COOKIE
from service.api.problems import ApiError, errors
from service.auth.oidc import OidcLogIn
from training_catalog.errors import NotAuthenticatedError

KEPT_COOKIE, CSRF_COOKIE = "bangkom_login", "bangkom_csrf"
KEPT_SECONDS = 600
Back = Annotated[str, QueryParameter(max_length=4_000)]
State = Annotated[str, QueryParameter(name="state", max_length=4_000)]


def _door(call: Call) -> OidcLogIn:
    door = parts_of(call).authenticator.oidc
    if door is None:
        raise NotFoundException
    return door


def _cookie(call: Call, name: str, value: str, seconds: int, *, is_read_by_scripts: bool = False) -> Cookie:
    return Cookie(key=name, value=value, max_age=seconds, path="/", httponly=not is_read_by_scripts, samesite="lax",
                  secure=parts_of(call).settings.is_secure)  # fmt: skip


def _refused(error: NotAuthenticatedError) -> ApiError:
    status = 503 if error.code == "provider-unavailable" else 401
    return ApiError(status, error.code, str(error))


@get("/auth/login", operation_id="begin_log_in", opt=rule("session.open"), responses=errors(404), status_code=302,
     summary="Go to the identity provider", security=[])  # fmt: skip
async def begin(request: Call) -> Response[None]:
    """Send the browser to the identity provider."""
    door = _door(request)
    try:
        address, kept = await asyncio.to_thread(door.begin)
    except NotAuthenticatedError as error:
        raise _refused(error) from error
    return Response(content=None, status_code=302, headers={"Location": address},
                    cookies=[_cookie(request, KEPT_COOKIE, kept, KEPT_SECONDS)])  # fmt: skip


@get("/auth/callback", operation_id="finish_log_in", opt=rule("session.open"), responses=errors(404), status_code=302,
     summary="Come back from the identity provider", security=[])  # fmt: skip
async def finish(request: Call, code: Back = "", given: State = "") -> Response[None]:
    """Open a session in cookies; scripts read the one that requests must repeat as X-CSRF-Token."""
    door, parts = _door(request), parts_of(request)
    kept, before = request.cookies.get(KEPT_COOKIE, ""), request.cookies.get(SESSION_COOKIE)
    try:
        session = await asyncio.to_thread(door.finish, code, given, kept, replaces=before)
    except NotAuthenticatedError as error:
        raise _refused(error) from error
    seconds = max(0, int((session.expires_at - parts.database.clock()).total_seconds()))
    cookies = [_cookie(request, SESSION_COOKIE, session.token, seconds), _cookie(request, KEPT_COOKIE, "", 0),
               _cookie(request, CSRF_COOKIE, session.csrf, seconds, is_read_by_scripts=True)]  # fmt: skip
    return Response(content=None, status_code=302, headers={"Location": "/"}, cookies=cookies)


def provider_router() -> Router:
    """Return the routes of the identity provider's door."""
    return Router(path="/", route_handlers=[begin, finish], tags=["sessions"])
