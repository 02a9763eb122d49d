"""Errors as pages: the same problems as of the API, for somebody with a browser."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import quote

import msgspec
from litestar import Request, Response

from service.api.context import TYPED
from service.api.headers import is_page
from service.api.parts import SESSION_COOKIE
from service.api.problems import TITLES, Problem
from service.portal.page import HTML, Reader, go, reader_of, render
from service.wording import Wording

Handler = Callable[[Request[Any, Any, Any], Any], Response[Any]]
SESSION_ENDED = "Your session has ended; sign in again."
CHANGE_PASSWORD = "/problems/password-must-change"  # noqa: S105 (a code)


def _as_page(request: Request[Any, Any, Any], answer: Response[Any]) -> Response[Any]:
    """Return a problem as a page; who is not signed in is sent to the door, and back afterwards."""
    problem = msgspec.json.decode(cast("bytes", answer.content), type=Problem)
    if problem.status == 401:  # noqa: PLR2004 (not authenticated)
        had_session = bool(request.cookies.get(SESSION_COOKIE))
        if request.scope.get("state", {}).get(TYPED):
            ended = msgspec.structs.replace(problem, title=SESSION_ENDED, detail="")
            return _with_words(request, ended, answer, f"/login?next={quote(_address(request), safe='')}")
        return go(f"/login?next={quote(_address(request), safe='')}", "session-ended" if had_session else "")
    if problem.type == CHANGE_PASSWORD:
        return go("/password")
    if problem.status == 405 and request.method in {"GET", "HEAD"}:  # noqa: PLR2004 (the address of a form)
        return go(_page_of(request.url.path))
    return _with_words(request, problem, answer, _address(request))


def _with_words(request: Request[Any, Any, Any], problem: Problem, answer: Response[Any], again: str) -> Response[Any]:
    """Return a problem as a page, with what was written into the form that was refused, and where to send it again."""
    typed = request.scope.get("state", {}).get(TYPED, "")
    body = render("fault.html.j2", reader_of(request), problem=problem, typed=typed, again=again)
    return Response(content=body, status_code=problem.status, media_type=HTML, headers=answer.headers)


def _address(request: Request[Any, Any, Any]) -> str:
    """Return the address that was asked for; of a form, which is lost, where it was sent to: its page, or below it."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _page_of(path: str) -> str:
    """Return the page above the address of a form, at which somebody arrives by a language, a log-in or a bookmark.

    Examples
    --------
    >>> _page_of("/team/199001012015011001/word"), _page_of("/keys"), _page_of("/choices")
    ('/team/199001012015011001', '/users', '/')
    """
    return "/users" if path == "/keys" else path.rpartition("/")[0] or "/"


def plain_page(status: int, detail: str, wording: Wording) -> bytes:
    """Return the page of an error before it is known who reads it."""
    reader = Reader(wording=wording, caller=None, csrf="", zone="WIB", path="", address="/", menu=(), said="")
    problem = Problem(type="", title=TITLES.get(status, "Error"), status=status, detail=detail, instance="",
                      request_id="")  # fmt: skip
    return render("fault.html.j2", reader, problem=problem, typed="", again="").encode()


def as_pages(handlers: Mapping[Any, Handler]) -> dict[Any, Handler]:
    """Return handlers of errors that answer a browser's calls of pages with pages."""

    def paged(handler: Handler) -> Handler:
        def answer(request: Request[Any, Any, Any], error: Any) -> Response[Any]:  # noqa: ANN401 (any error)
            said = handler(request, error)
            return _as_page(request, said) if is_page(request.url.path) else said

        return answer

    return {kind: paged(handler) for kind, handler in handlers.items()}
