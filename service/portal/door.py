"""Coming in, going out, a new password; the language and the zone that pages are shown in; files of the pages."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from service.api.context import Call, caller_of, known_caller, parts_of, rule
from service.api.headers import LANGUAGE_COOKIE
from service.api.parts import SESSION_COOKIE
from service.api.problems import wording_of
from service.auth.sessions import Session
from service.portal.forms import Form, form_of
from service.portal.menu import home_of, menu_of
from service.portal.page import FILES, THREAD, ZONE_COOKIE, ZONES, asset, go, show
from service.settings import LANGUAGES
from training_catalog.errors import InputError, NotAuthenticatedError

YEAR = 366 * 86_400
REFUSALS = {
    "wrong-credentials": "Name or password is wrong.",
    "locked": "Too many wrong attempts; try again later, or ask your administrator.",
    "session-ended": "Your session has ended; sign in again.",
}


def _back(path: str) -> str:
    """Return a path of this site to go to, or the beginning.

    Examples
    --------
    >>> _back("/plans?year=2027"), _back("//evil.example"), _back("https://evil.example"), _back("/login")
    ('/plans?year=2027', '/', '/', '/')
    """
    is_own = path.startswith("/") and not path.startswith(("//", "/\\", "/login", "/logout"))
    return path if is_own and path.isprintable() else "/"


def _cookie(request: Call, name: str, value: str, seconds: int) -> Cookie:
    return Cookie(key=name, value=value, max_age=seconds, path="/", httponly=True, samesite="lax",
                  secure=parts_of(request).settings.is_secure)  # fmt: skip


def _opened(request: Call, session: Session, answer: Response[bytes]) -> Response[bytes]:
    seconds = max(0, int((session.expires_at - parts_of(request).database.clock()).total_seconds()))
    answer.cookies.append(_cookie(request, SESSION_COOKIE, session.token, seconds))
    return answer


def _door(request: Call, form: Form, back: str, status: int) -> Response[str]:
    has_provider = parts_of(request).authenticator.oidc is not None
    return show(request, "login.html.j2", status=status, form=form, back=back, has_provider=has_provider)


@get("/login", opt=rule("session.open"), **THREAD)
def log_in_page(request: Call) -> Response[Any]:
    """Show the door."""
    caller, back = caller_of(request), request.query_params.get("next", "")
    if caller is not None:
        return go(home_of(menu_of(caller, parts_of(request).reach)))
    return _door(request, Form(), back, 200)


def _address(request: Call) -> str | None:
    return request.client.host if request.client is not None else None


@post("/login", opt=rule("session.open"), **THREAD)
def log_in(request: Call) -> Response[Any]:
    """Open a session, in the place of the browser's session before, if any."""
    form, wording = form_of(request), wording_of(request)
    name, password = form.get("name"), (form.values.get("password") or [""])[-1]
    for field, value in (("name", name), ("password", password)):
        if not value:
            form.faults[field] = wording.text("This must be filled in.")
    if form.faults:
        return _door(request, form, form.get("next"), 422)
    before = request.cookies.get(SESSION_COOKIE)
    try:
        session = parts_of(request).authenticator.log_in(name, password, address=_address(request), replaces=before)
    except NotAuthenticatedError as error:
        form.faults[""] = wording.text(REFUSALS[error.code])
        return _door(request, form, form.get("next"), 401)
    must_change = session.caller.must_change_password
    return _opened(request, session, go("/password" if must_change else _back(form.get("next"))))


@post("/logout", opt=rule("session.own"), **THREAD)
def log_out(request: Call) -> Response[bytes]:
    """End the session, and leave nothing of it in the browser."""
    parts_of(request).authenticator.log_out(request.cookies.get(SESSION_COOKIE, ""))
    answer = go("/login", "signed-out")
    answer.cookies.append(_cookie(request, SESSION_COOKIE, "", 0))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@get("/password", opt=rule("session.own"), **THREAD)
def password_page(request: Call) -> Response[str]:
    """Show the form for a new password."""
    return show(request, "password.html.j2", must_change=known_caller(request).must_change_password)


@post("/password", opt=rule("session.own"), **THREAD)
def change_password(request: Call) -> Response[Any]:
    """Set a new password; every session of the person ends, and a new one is opened."""
    form, wording, parts = form_of(request), wording_of(request), parts_of(request)
    current, new, again = ((form.values.get(name) or [""])[-1] for name in ("current", "new", "again"))
    if new != again:
        form.faults["again"] = wording.text("The two are not the same.")
    try:
        if not form.faults:
            token = request.cookies.get(SESSION_COOKIE, "")
            session = parts.authenticator.change_password(token, current, new, address=_address(request))
            return _opened(request, session, go("/", "password"))
    except NotAuthenticatedError as error:
        form.faults["current"] = wording.text(REFUSALS[error.code])
    except InputError as error:
        form.faults["new"] = error.said(wording.text)
    must_change = known_caller(request).must_change_password
    return show(request, "password.html.j2", status=422, form=form, must_change=must_change)


@post("/choices", opt=rule("session.open"), **THREAD)
def choose(request: Call) -> Response[bytes]:
    """Keep the language and the zone that a browser's pages are to be shown in."""
    form = form_of(request)
    answer = go(_back(form.get("back")))
    for name, accepted, cookie in (("lang", LANGUAGES, LANGUAGE_COOKIE), ("zone", tuple(ZONES), ZONE_COOKIE)):
        if form.get(name) in accepted:
            answer.cookies.append(_cookie(request, cookie, form.get(name), YEAR))
    return answer


@get("/assets/{digest:str}/{name:str}", opt=rule("pages.files"), include_in_schema=False)
async def read_asset(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Return a file of the pages, for good: another content has another address."""
    if name not in FILES:
        raise NotFoundException
    content, address = asset(name)
    is_current = address == f"/assets/{digest}/{name}"
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if is_current else "no-cache"}
    return Response(content=content, media_type=FILES[name], headers=headers)


def door_handlers() -> list[Any]:
    """Return the routes of the door."""
    return [log_in_page, log_in, log_out, password_page, change_password, choose, read_asset]
