"""A page: who reads it in which language, its frame, and the template it is made of."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import jinja2
from litestar import Response
from litestar.connection import ASGIConnection

from service.api.context import caller_of, parts_of
from service.api.parts import SESSION_COOKIE
from service.api.problems import wording_of
from service.auth.caller import Caller
from service.auth.random_tokens import csrf_token
from service.portal.forms import Form
from service.portal.menu import Entry, menu_of
from service.portal.words import FixedWords
from service.wording import Wording

HTML = "text/html"
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
ZONE_COOKIE = "bangkom_zone"
FILES = {"portal.css": "text/css; charset=utf-8", "portal.js": "text/javascript; charset=utf-8",
         "icon.svg": "image/svg+xml"}  # fmt: skip
# What a page says after a form was sent: the form's handler sends the browser on with one of these codes.
DONE = {
    "password": "Your new password is set.",
    "signed-out": "You have signed out.",
    "session-ended": "Your session has ended; sign in again.",
    "feedback-interested": "Noted: you are interested. The list below is new.",
    "feedback-not-relevant": "Noted: this is not for you. The list below is new.",
    "feedback-already-taken": "Thank you. Your claim waits for somebody of the training office to confirm it.",
    "seat": "Your answer is stored; the planner sees it.",
    "objection": "Your objection is stored. A person will look at it and answer here.",
    "nominated": "Stored: the planner sees it.",
    "away": "The days are stored; plans made from now on respect them.",
    "model-approve": "The model serves from now on.",
    "model-rollback": "The one before serves again.",
    "user-changed": "Stored. It counts in the very next request.",
    "key-revoked": "The key is revoked; the very next call with it is refused.",
    "answered": "Your answer is stored; the employee sees it.",
    "cancel-asked": "The work was asked to stop.",
    "plan-approved": "The plan is approved; its money is reserved.",
    "plan-withdrawn": "The plan is withdrawn.",
    "seat-noted": "Stored. The money of the budget line and the training history follow what is noted.",
    "targets-stored": "What the trainings teach is stored; lists follow it from now on.",
    "titles-confirmed": "The titles are confirmed; they are not asked again.",
}
THREAD: dict[str, Any] = {"sync_to_thread": True}  # of handlers that read the database
MOST_DIGITS = 6  # of the number of a page
Call = ASGIConnection[Any, Any, Any, Any]


@cache
def asset(name: str) -> tuple[bytes, str]:
    """Return a file of the portal, and its address, which changes with its content."""
    content = resources.files("service.portal").joinpath("static", name).read_bytes()
    return content, f"/assets/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


@cache
def _templates(lang: str) -> jinja2.Environment:
    made = jinja2.Environment(loader=jinja2.PackageLoader("service.portal"), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=jinja2.StrictUndefined, auto_reload=False,
                              extensions=[FixedWords])  # fmt: skip
    made.extend(words=Wording(lang).text)
    made.globals["asset"] = lambda name: asset(name)[1]
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a page.

    Parameters
    ----------
    wording : Language.
    caller : Who is signed in; None for nobody.
    csrf : What forms of the session carry; empty for nobody.
    zone : ``WIB``, ``WITA`` or ``WIT``, in which moments are shown; days have no zone.
    path : Path of the page.
    address : Where to come back to: the path with what the page is narrowed by.
    menu : Where the reader may go.
    said : Code of what a form has just done; empty for nothing.
    """

    wording: Wording
    caller: Caller | None
    csrf: str
    zone: str
    path: str
    address: str
    menu: tuple[Entry, ...]
    said: str

    def moment(self, moment: datetime) -> str:
        """Format a moment in the reader's zone."""
        local = moment.astimezone(ZoneInfo(ZONES[self.zone]))
        clock = f"{local:%H:%M}" if self.wording.lang == "en" else f"{local:%H.%M}"
        return f"{self.wording.date(local.date())} {clock} {self.zone}"


def csrf_of(call: Call) -> str:
    """Return what forms of the caller's session carry; empty for nobody."""
    token = call.cookies.get(SESSION_COOKIE, "") if caller_of(call) is not None else ""
    return csrf_token(token) if token else ""


def reader_of(call: Call) -> Reader:
    """Return who reads the page of a call."""
    caller = caller_of(call)
    zone = call.cookies.get(ZONE_COOKIE, "")
    return Reader(wording=wording_of(call), caller=caller, csrf=csrf_of(call),
                  zone=zone if zone in ZONES else "WIB", path=call.url.path, address=_address(call),
                  menu=menu_of(caller, parts_of(call).reach), said=call.query_params.get("said", ""))  # fmt: skip


def _address(call: Call) -> str:
    """Return the address of a page, without what a form has just done."""
    query = [(name, text) for name, text in parse_qsl(call.url.query, keep_blank_values=True) if name != "said"]
    return f"{call.url.path}?{urlencode(query)}" if query else call.url.path


@cache
def _words_of(lang: str) -> dict[str, Callable[..., str]]:
    """Return what templates put into words with."""
    wording = Wording(lang)
    return {
        "t": wording.text, "money": wording.money, "number": wording.number, "brief": wording.brief,
        "percent": wording.percent, "day": lambda value: wording.date(_day(value)),
    }  # fmt: skip


@cache
def macros(template: str, lang: str) -> Any:  # noqa: ANN401 (its attributes are the macros of the template)
    """Return the macros of a template that knows no reader but the language."""
    return _templates(lang).get_template(template).make_module(dict(_words_of(lang)))


def render(template: str, reader: Reader, **view: object) -> str:
    """Return a page, or a part of one, as HTML."""
    wording = reader.wording
    helpers = {**_words_of(wording.lang), "moment": reader.moment}
    done = wording.text(DONE[reader.said]) if reader.said in DONE else ""
    made = _templates(wording.lang).get_template(template)
    return made.render(reader=reader, lang=wording.lang, done=done, zones=tuple(ZONES),
                       **{"form": Form(), **helpers, **view})  # fmt: skip


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def show(call: Call, template: str, *, status: int = 200, **view: object) -> Response[str]:
    """Return a page as an answer."""
    return Response(content=render(template, reader_of(call), **view), status_code=status, media_type=HTML)


def page_asked(call: Call, n_pages: int) -> int:
    """Return which page of a long list is asked for; what is asked wrongly is the nearest one."""
    asked = call.query_params.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS else 1
    return min(max(1, number), n_pages)


def go(path: str, said: str = "") -> Response[bytes]:
    """Send the browser on after a form, and say there what was done."""
    address = f"{path}{'&' if '?' in path else '?'}said={said}" if said else path
    return Response(content=b"", media_type=HTML, status_code=303, headers={"Location": address})
