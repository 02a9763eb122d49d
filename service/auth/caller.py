"""Who calls, and what a role may do."""

from dataclasses import dataclass

SCOPES = ("recommend:read", "people:read", "people:write", "catalog:read", "catalog:write", "plan:read", "plan:write",
          "model:write", "audit:read", "admin")  # fmt: skip
EMPLOYEE, SUPERVISOR, PLANNER, ADMIN, SYSTEM = "employee", "supervisor", "planner", "admin", "system"
ROLES = (EMPLOYEE, SUPERVISOR, PLANNER, ADMIN)  # of people; a key's is SYSTEM
EVERY_UNIT = "*"  # granted to a planner: all units, also those that are added later
SESSION, KEY, TOKEN = "session", "key", "token"

_OWN = frozenset({"recommend:read", "people:read", "catalog:read"})
ROLE_SCOPES: dict[str, frozenset[str]] = {
    EMPLOYEE: _OWN,  # of the own rows alone
    SUPERVISOR: _OWN | {"plan:read"},
    PLANNER: _OWN | {"people:write", "catalog:write", "plan:read", "plan:write"},
    ADMIN: frozenset(SCOPES),
    SYSTEM: frozenset(),  # a key brings its own
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, as far as it was proved.

    Parameters
    ----------
    subject : ``user:NAME``, ``key:k-...`` or ``oidc:ISSUER|SUBJECT``.
    kind : ``session``, ``key`` or ``token``.
    role : One of `ROLES`, or ``system`` for a key.
    employee : The caller's own staff number; None for none.
    units : Codes of the units granted, without those below them; None for all.
    scopes : What may be done, of `SCOPES`.
    must_change_password : Whether nothing but a new password may be set.
    """

    subject: str
    kind: str
    role: str
    employee: str | None
    units: frozenset[str] | None
    scopes: frozenset[str]
    must_change_password: bool = False
