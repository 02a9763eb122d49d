"""People, keys and logs, for administrators."""

import secrets
from datetime import datetime, time, timedelta
from typing import Any

from litestar import Response, get, post

from service.api.context import Call, known_caller, parts_of, rule
from service.api.problems import wording_of
from service.auth.accounts import Accounts
from service.auth.caller import ADMIN
from service.auth.journal import list_entries
from service.auth.keys import create_key, list_keys, revoke_key
from service.auth.users import tidy_name
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go, show
from service.storage.decisions import list_decisions
from training_catalog.errors import InputError, InvalidValueError

MOST = 100
WORDS = {"employee": "Employee", "supervisor": "Supervisor", "planner": "Planner", "admin": "Administrator"}
SCOPE_WORDS = {
    "recommend:read": "see lists, and have people ranked", "people:read": "see people, their levels and history",
    "people:write": "change people, import files", "catalog:read": "see trainings and classes",
    "catalog:write": "change trainings and classes", "plan:read": "see plans, teams and money",
    "plan:write": "make and sign plans, answer the inbox", "model:write": "fit and approve models",
    "audit:read": "read the logs", "admin": "manage people and keys",
}  # fmt: skip
EVENTS = {
    "log-in": "signed in", "log-out": "signed out", "password-changed": "changed the own password",
    "password-set": "gave a new password", "user-added": "added a person", "user-tied": "tied a person to the provider",
    "user-disabled": "shut somebody out", "user-enabled": "let somebody in again",
    "user-unlocked": "unlocked an account",
    "role-set": "set a role", "units-set": "granted units", "key-created": "made a key", "key-revoked": "revoked a key",
    "model-approved": "let a model serve", "model-withdrawn": "withdrew a model", "model-retired": "replaced a model",
    "model-trial": "began a comparison of models", "model-drifted": "found that the data have changed",
    "model-stale": "found a model too old",
}  # fmt: skip
OUTCOMES = {
    "done": "done", "wrong-credentials": "wrong name or password", "locked": "locked after wrong attempts",
    "session-ended": "the session had ended", "account-disabled": "shut out", "unknown-person": "nobody of this number",
}  # fmt: skip
NO_UNITS = {  # what no granted unit means
    "employee": "only the own pages", "supervisor": "the own unit", "planner": "none", "admin": "all",
}  # fmt: skip
FIELDS = {  # of the forms, by what an error is about
    "name": "name", "role": "role", "employee": "employee", "unit": "units", "label": "label", "scope": "scopes",
    "expires": "expires",
}  # fmt: skip
ACTIONS = ("password", "role", "units", "disable", "enable", "unlock")


def _units(form: Form) -> tuple[str, ...]:
    return tuple(part for part in form.get("units").replace(",", " ").replace(";", " ").split() if part)


@get("/users", opt=rule("users.manage"), **THREAD)
def users(request: Call) -> Response[str]:
    """Show everybody who may come in, and every key."""
    return _page(request, Form())


def _page(call: Call, form: Form, *, status: int = 200, shown: tuple[str, str] | None = None) -> Response[str]:
    database, people = parts_of(call).database, _accounts(call).everybody()
    return show(call, "users.html.j2", status=status, form=form, people=people, keys=list_keys(database), roles=WORDS,
                scopes=SCOPE_WORDS, no_units=NO_UNITS, shown=shown, own=known_caller(call).subject)  # fmt: skip


@post("/users", opt=rule("users.manage"), **THREAD)
def add_user(request: Call) -> Response[Any]:
    """Add a person, with a password that is shown once and must be changed."""
    form, accounts = form_of(request), _accounts(request)
    secret = secrets.token_urlsafe(12)
    try:
        added = accounts.add(form.get("name"), role=form.get("role"), units=_units(form), password=secret,
                             employee=form.get("employee") or None)  # fmt: skip
    except InputError as error:
        form.faults[_field_of(error)] = error.said(wording_of(request).text)
        return _page(request, form, status=422)
    return _page(request, Form(), shown=(added.name, secret))


def _field_of(error: InputError) -> str:
    """Return the field of a form that an error is about; empty for the form as a whole."""
    about = error.field if isinstance(error, InvalidValueError) else getattr(error, "kind", "")
    return FIELDS.get(about, "")


def _accounts(call: Call) -> Accounts:
    parts = parts_of(call)
    return Accounts(parts.database, known_caller(call).subject, parts.passwords)


@post("/users/change", opt=rule("users.manage"), **THREAD)
def change_user(request: Call) -> Response[Any]:
    """Change a person's role or units, give a new password, or shut them out."""
    form, accounts, name = form_of(request), _accounts(request), form_of(request).get("name")
    action = form.button("action", ACTIONS, wording_of(request).text("Choose one of the answers."))
    shuts_out = action == "disable" or (action == "role" and form.get("role") != ADMIN)
    if shuts_out and _is_own(request, name):
        form.faults[""] = wording_of(request).text("You can't shut yourself out; another administrator can.")
        return _page(request, form, status=422)
    try:
        if action == "password":
            secret = secrets.token_urlsafe(12)
            accounts.set_password(name, secret)
            return _page(request, Form(), shown=(name, secret))
        if action == "role":
            accounts.set_role(name, form.get("role"))
        elif action == "units":
            accounts.set_units(name, _units(form))
        elif action is not None:
            getattr(accounts, action)(name)
    except InputError as error:
        form.faults[""] = error.said(wording_of(request).text)
    return _page(request, form, status=422) if form.faults else go("/users", "user-changed")


def _is_own(call: Call, name: str) -> bool:
    return known_caller(call).subject == f"user:{tidy_name(name)}"


@post("/keys", opt=rule("users.manage"), **THREAD)
def add_key(request: Call) -> Response[Any]:
    """Make a key, which is shown once."""
    form, wording, database = form_of(request), wording_of(request), parts_of(request).database
    until = form.day("expires", wording.text("A day such as 2027-03-31 or 31/03/2027."))
    if form.faults:
        return _page(request, form, status=422)
    expires = None if until is None else datetime.combine(until, time()).astimezone() + timedelta(days=1)
    try:
        key, text = create_key(database, form.get("label"), actor=known_caller(request).subject, expires_at=expires,
                               scopes=form.all("scopes"), units=_units(form) or None)  # fmt: skip
    except InputError as error:
        field = _field_of(error)
        form.faults["key-units" if field == "units" else field] = error.said(wording.text)
        return _page(request, form, status=422)
    return _page(request, Form(), shown=(key.label, text))


@post("/keys/revoke", opt=rule("users.manage"), **THREAD)
def end_key(request: Call) -> Response[bytes]:
    """Revoke a key: the very next call with it is refused."""
    revoke_key(parts_of(request).database, form_of(request).get("key"), actor=known_caller(request).subject)
    return go("/users", "key-revoked")


@get("/audit", opt=rule("audit.read"), **THREAD)
def audit(request: Call) -> Response[str]:
    """Show what was decided, and who came in."""
    database = parts_of(request).database
    return show(
        request,
        "audit.html.j2",
        decisions=list_decisions(database, MOST),
        entries=list_entries(database, MOST),
        events=EVENTS,
        outcomes=OUTCOMES,
    )


def admin_handlers() -> list[Any]:
    """Return the routes of administrators."""
    return [users, add_user, change_user, add_key, end_key, audit]
