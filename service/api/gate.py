"""The gate that every request passes: its id, who calls, how often, how much; and the way back."""

import asyncio
import hashlib
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog

from service.answers import Answer
from service.api.headers import LANGUAGE_COOKIE, SECURITY_HEADERS, csp_of, is_page
from service.api.parts import SESSION_COOKIE, Parts
from service.api.problems import PROBLEM_TYPE, RefusedError, language_of, problem_bytes
from service.auth.caller import SESSION, Caller
from service.auth.random_tokens import is_csrf_token
from service.storage.watch import Versions
from service.telemetry import LATENCY, LISTS, REFUSED, REQUESTS
from service.wording import Wording
from training_catalog.errors import NotAuthenticatedError, StorageError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_PLAN_FILE = re.compile(r"(/api/v1/plans/[^/]+)\.(csv|xlsx|parquet)")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
UPLOADS = ("/api/v1/imports", "/imports")
CALLER_SECONDS = 1.0  # how long a key or token that was looked up is known, while nothing about access changes
MOST_CALLERS = 10_000
MOST_KEPT = 10_000  # lists kept for the very same call; their bytes are those of `Answers`
OK, ACCEPTED = 200, 202
BODIES = {"POST", "PUT", "PATCH", "DELETE"}
_log = structlog.get_logger("access")


@dataclass(slots=True)
class Passage:
    """One request on its way: what is known of it."""

    scope: Scope
    headers: dict[bytes, bytes]
    request_id: str
    begun: float
    status: int = 0
    job: str = ""
    caller: Caller | None = None
    is_started: bool = False
    versions: Versions | None = None
    question: tuple[bytes, ...] | None = None

    @property
    def is_page(self) -> bool:
        """Whether a page of the portal is asked for."""
        return is_page(self.scope["path"])

    @property
    def lang(self) -> str:
        """Language of the answer: a page's reader has chosen one, or it is Indonesian."""
        if not self.is_page:
            return language_of(self.headers.get(b"accept-language", b"").decode("latin-1"))
        return "en" if _cookie(self.headers.get(b"cookie", b""), LANGUAGE_COOKIE) == "en" else "id"


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    access: int
    until: float


@dataclass(frozen=True, slots=True)
class _Kept:
    """A list that was answered: to be answered again while the database holds these versions."""

    answer: Answer
    versions: Versions
    route: str
    headers: list[tuple[bytes, bytes]]


class Gate:
    """ASGI application around the API.

    Parameters
    ----------
    app : The API.
    parts : Everything the service is made of.
    methods_of : Returns the methods that a path accepts.
    page_of : Returns the page that says a status and a sentence in a language.
    """

    def __init__(self, app: App, parts: Parts, methods_of: Callable[[str], list[str]],
                 page_of: Callable[[int, str, Wording], bytes]) -> None:  # fmt: skip
        self.app, self.parts, self.methods_of, self.page_of = app, parts, methods_of, page_of
        self.settings = parts.settings
        self._callers: dict[bytes, _Known] = {}
        self._answers: dict[tuple[bytes, ...], _Kept] = {}
        self._kept_for: Versions | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        passage = Passage(scope=scope, headers=headers, begun=time.perf_counter(),
                          request_id=given if _ID.fullmatch(given) else uuid.uuid4().hex)  # fmt: skip
        answer = self._answering(passage, send)
        try:
            await self._pass(passage, receive, answer)
        except RefusedError as refused:
            await self._refuse(passage, refused, answer)
        finally:
            self._tell(passage)

    async def _pass(self, passage: Passage, receive: Receive, send: Send) -> None:
        scope, headers = passage.scope, passage.headers
        if "\0" in scope["path"]:  # no database holds it, and PostgreSQL does not even look for it
            raise RefusedError(404, "not-found", "Not found")
        self._check_origin(passage)
        method = scope["method"]
        if method == "OPTIONS":
            await self._options(scope, send)
            return
        limit = self._check_body(scope, headers)
        passage.caller = await self._caller(passage)
        self._check_rate(passage)
        if await self._at_hand(passage, send):
            return
        state = scope.setdefault("state", {})
        state.update(request_id=passage.request_id, caller=passage.caller, lang=passage.lang,
                     versions=passage.versions)  # fmt: skip
        if method == "HEAD":
            scope["method"] = "GET"
        plan = _PLAN_FILE.fullmatch(scope["path"])
        if plan is not None:  # the framework's paths have no suffixes
            state["asked"] = scope["path"]
            scope["path"] = f"{plan[1]}/files/{plan[2]}"
            scope["raw_path"] = scope["path"].encode()
        await self.app(scope, _limited(receive, limit) if limit else receive, send)
        self._keep(passage)

    async def _at_hand(self, passage: Passage, send: Send) -> bool:
        """Answer at once what the same caller was answered before, as long as nothing has changed anywhere.

        Notes
        -----
        The answer is the handler's own: what was changed since, who may see it and the day are looked at as there.
        """
        kept = None if passage.question is None else self._answers.get(passage.question)
        if kept is None or kept.versions is not passage.versions or not self._is_of_today(kept):
            return False
        passage.scope["path_template"] = kept.route
        LISTS.labels(source="memory").inc()
        known = passage.headers.get(b"if-none-match")
        if known is not None and kept.answer.etag.encode() in known:
            await send({"type": "http.response.start", "status": 304, "headers": kept.headers[1:]})
            await send({"type": "http.response.body", "body": b""})
            return True
        await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
        await send({"type": "http.response.body", "body": kept.answer.body})
        return True

    def _is_of_today(self, kept: "_Kept") -> bool:
        return self.parts.snapshots.ready(kept.versions) is kept.answer.snapshot

    def _keep(self, passage: Passage) -> None:
        """Keep a list that was just answered, for the same caller's next call."""
        answer = passage.scope.get("state", {}).get("answer")
        if answer is None or passage.question is None or passage.versions is None or passage.status != OK:
            return
        if answer.people != passage.versions.people:
            return
        if passage.versions is not self._kept_for or len(self._answers) >= MOST_KEPT:
            self._answers.clear()  # what is no longer true would hold an old catalogue in memory
            self._kept_for = passage.versions
        headers = [(b"content-length", str(len(answer.body)).encode()), (b"content-type", b"application/json"),
                   (b"etag", answer.etag.encode()), (b"cache-control", b"private, no-cache")]  # fmt: skip
        route = passage.scope.get("path_template", "-")
        self._answers[passage.question] = _Kept(answer, passage.versions, route, headers)

    def _check_origin(self, passage: Passage) -> None:
        """Refuse forged requests of browsers: those with a session's cookie that come from another place."""
        scope, headers = passage.scope, passage.headers
        if scope["method"] not in BODIES:
            return
        is_shown = b"authorization" in headers or b"x-api-key" in headers
        if not passage.is_page and (is_shown or b"cookie" not in headers):
            return
        if headers.get(b"sec-fetch-site", b"same-origin") not in {b"same-origin", b"none"}:
            raise RefusedError(403, "cross-site", "a request with a session must come from this site")
        if passage.is_page:  # its form carries the token: see `service.portal.forms`
            return
        session = _cookie(headers[b"cookie"], SESSION_COOKIE)
        if session and not is_csrf_token(session, headers.get(b"x-csrf-token", b"").decode("latin-1")):
            raise RefusedError(403, "csrf", "a request with a session's cookie must repeat its token as X-CSRF-Token")

    def _check_body(self, scope: Scope, headers: dict[bytes, bytes]) -> int:
        """Refuse bodies that are too large; return the largest size accepted, 0 without a body."""
        length = headers.get(b"content-length")
        if length is None and b"transfer-encoding" not in headers:
            return 0
        limit = self.settings.upload_limit if scope["path"] in UPLOADS else self.settings.body_limit
        if length is not None and (not length.isdigit() or int(length) > limit):
            raise RefusedError(413, "too-large", "the body is larger than {limit} bytes", limit=limit)
        return limit

    async def _caller(self, passage: Passage) -> Caller | None:
        """Return who calls; None for nobody.

        Raises
        ------
        RefusedError
            When what was shown proves nothing.
        """
        key = passage.headers.get(b"x-api-key")
        bearer = passage.headers.get(b"authorization")
        cookie = _cookie(passage.headers.get(b"cookie", b""), SESSION_COOKIE)
        shown = key or bearer or (cookie.encode() if cookie else None)
        if shown is None:
            return None
        try:
            versions = await self.parts.versions()
            digest = hashlib.sha256(shown).digest()
            passage.versions, scope = versions, passage.scope
            if scope["method"] == "GET" and scope["path"].endswith("/recommendations"):
                language = passage.headers.get(b"accept-language", b"")
                passage.question = (digest, scope["path"].encode(), scope["query_string"], language)
            known = self._callers.get(digest)
            if known is not None and known.access == versions.access and known.until > time.monotonic():
                return known.caller
            if key is None and bearer is None and cookie:
                return await self._by_session(cookie)
            caller = await asyncio.to_thread(self._authenticate, key, bearer)
            self._remember(digest, caller, versions)
        except NotAuthenticatedError as error:
            REFUSED.labels(reason=error.code).inc()
            if passage.is_page:  # a session that has ended: the browser is sent to the door
                return None
            self._check_rate(passage)  # of the address: nobody tries keys faster than strangers ask
            raise RefusedError(401, error.code, str(error),
                               headers=((b"www-authenticate", b'Bearer realm="bangkom"'),)) from error  # fmt: skip
        except StorageError as error:
            _log.warning("database", reason=type(error).__name__)
            raise RefusedError(503, "database", "the database cannot be reached",
                               headers=((b"retry-after", b"5"),)) from error  # fmt: skip
        return caller

    async def _by_session(self, cookie: str) -> Caller:
        mark, authenticator = self.parts.watch.mark(), self.parts.authenticator
        known = authenticator.session_at_hand(cookie, mark)
        return await asyncio.to_thread(authenticator.by_session, cookie, mark) if known is None else known

    def _authenticate(self, key: bytes | None, bearer: bytes | None) -> Caller:
        if key is not None:
            return self.parts.authenticator.by_key(key.decode("latin-1"))
        kind, _, token = (bearer or b"").decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            raise NotAuthenticatedError("invalid-token")
        return self.parts.authenticator.by_token(token.strip())

    def _remember(self, digest: bytes, caller: Caller, versions: Versions) -> None:
        """Know a key or token for a moment; a session is looked up each time."""
        if caller.kind == SESSION:
            return
        if len(self._callers) >= MOST_CALLERS:
            self._callers.clear()
        self._callers[digest] = _Known(caller, versions.access, time.monotonic() + CALLER_SECONDS)

    def _check_rate(self, passage: Passage) -> None:
        path = passage.scope["path"]
        if path.startswith("/health"):
            return
        client = passage.scope.get("client")
        who = passage.caller.subject if passage.caller else f"address:{client[0] if client else ''}"
        wait = self.parts.buckets.take(who)
        if wait:
            REFUSED.labels(reason="rate").inc()
            seconds = str(max(1, round(wait + 0.5))).encode()
            raise RefusedError(429, "too-many-requests", "too many requests; try again in {seconds} s",
                               headers=((b"retry-after", seconds),), seconds=seconds.decode())  # fmt: skip

    async def _options(self, scope: Scope, send: Send) -> None:
        """Answer OPTIONS for every path that there is."""
        methods = self.methods_of(scope["path"])
        if not methods:
            raise RefusedError(404, "not-found", "Not found")
        headers = [(b"allow", ", ".join(methods).encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _cors(self, passage: Passage) -> list[tuple[bytes, bytes]]:
        """Return the headers that let scripts of a listed origin read an answer."""
        origin = passage.headers.get(b"origin", b"").decode("latin-1")
        if origin not in self.settings.cors_origins:
            return []
        found = [(b"access-control-allow-origin", origin.encode()), (b"vary", b"Origin"),
                 (b"access-control-expose-headers", b"ETag, Location, Retry-After, X-Request-Id")]  # fmt: skip
        if passage.scope["method"] == "OPTIONS":
            found += [
                (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
                (b"access-control-allow-headers",
                 b"Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-API-Key, X-Request-Id"),
                (b"access-control-max-age", b"600"),
            ]  # fmt: skip
        return found

    def _answering(self, passage: Passage, send: Send) -> Send:
        """Return a way back that adds the headers of every answer, and drops the body for HEAD."""
        is_head = passage.scope["method"] == "HEAD"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.is_started, passage.status = True, message["status"]
                if passage.status == ACCEPTED:
                    passage.job = _job_of(message.get("headers", ()))
                csp = csp_of(passage.scope["path"])
                own = [(b"x-request-id", passage.request_id.encode()), (b"content-security-policy", csp)]
                if self.settings.is_secure:
                    own.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
                given = list(message.get("headers", []))
                if not any(name == b"cache-control" for name, _ in given):
                    own.append((b"cache-control", b"no-store"))
                message = {**message, "headers": given + own + SECURITY_HEADERS + self._cors(passage)}
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        return answer

    async def _refuse(self, passage: Passage, refused: RefusedError, send: Send) -> None:
        if passage.is_started:  # too late to say it; the connection ends
            return
        wording = Wording(passage.lang)
        detail = wording.text(refused.detail, **refused.fields)
        body = self.page_of(refused.status, detail, wording) if passage.is_page else problem_bytes(
            refused.status, refused.code, detail, wording, path=passage.scope["path"], request_id=passage.request_id
        )  # fmt: skip
        kind = b"text/html; charset=utf-8" if passage.is_page else PROBLEM_TYPE.encode()
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": refused.status, "headers": [*headers, *refused.headers]})
        await send({"type": "http.response.body", "body": body})

    def _tell(self, passage: Passage) -> None:
        """Count and log a request: its route, never its path, which may name a person."""
        route = passage.scope.get("path_template") or "-"
        method, seconds = passage.scope["method"], time.perf_counter() - passage.begun
        REQUESTS.labels(method=method, route=route, status=str(passage.status)).inc()
        LATENCY.labels(method=method, route=route).observe(seconds)
        kind = passage.caller.kind if passage.caller else None
        _log.info("request", method=method, route=route, status=passage.status, ms=round(seconds * 1e3, 2),
                  request_id=passage.request_id, caller=kind)  # fmt: skip
        if self.parts.traces.is_on:
            about = {"request_id": passage.request_id, "caller": kind or "", "job": passage.job}
            self.parts.traces.request(
                method=method, route=route, status=passage.status, seconds=seconds,
                parent=passage.headers.get(b"traceparent", b""), about={k: v for k, v in about.items() if v},
            )  # fmt: skip


def _cookie(header: bytes, name: str) -> str | None:
    """Return the value of one cookie."""
    for part in header.decode("latin-1").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and value:
            return value
    return None


def _job_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id of the job that an answer points to; empty for none."""
    place = dict(headers).get(b"location", b"").decode("latin-1")
    return place.rpartition("/")[2] if place.startswith("/api/v1/jobs/") else ""


def _limited(receive: Receive, limit: int) -> Receive:
    """Return a way in that ends a body which breaks off, or grows beyond its limit, whatever its headers said."""
    received, is_whole = 0, False

    async def limited() -> Message:
        nonlocal received, is_whole
        message = await receive()
        if message["type"] == "http.disconnect" and not is_whole:
            raise RefusedError(400, "unreadable", "the body breaks off")
        is_whole = is_whole or not message.get("more_body", False)
        received += len(message.get("body", b""))
        if received > limit:
            raise RefusedError(413, "too-large", "the body is larger than {limit} bytes", limit=limit)
        return message

    return limited
