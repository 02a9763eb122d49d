"""What each kind of job is asked: checked when it is put in, so that nobody waits for a refusal."""

import json
from datetime import date
from typing import Annotated, Any

import msgspec

from service.exports.asked import BADGES
from service.imports.options import ImportOptions
from service.policy_file import policy_of, read_factor
from training_catalog.errors import InputError
from training_catalog.tables import TABLES

Lang = Annotated[str, msgspec.Meta(pattern="^(id|en)$")]
Seconds = Annotated[float, msgspec.Meta(ge=1, le=86_400)]
Seed = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]


class Request(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What every kind is asked: the language of sentences, and the day that counts as today (that of submission)."""

    lang: Lang = "id"
    on: date | None = None

    def check(self) -> None:
        """Check what types cannot tell."""


class ImportRequest(Request, kw_only=True):
    """How to import the files of the payload; `files` are their names, by which lists of jobs tell imports apart."""

    files: list[str] = []
    table: str | None = None
    profile: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    date_order: Annotated[str, msgspec.Meta(pattern="^(dmy|mdy)$")] | None = None
    number_style: Annotated[str, msgspec.Meta(pattern="^(1[.]234,5|1,234[.]5)$")] | None = None
    header_line: Annotated[int, msgspec.Meta(ge=1)] | None = None
    sheet: str | None = None
    supplied: dict[str, str] = {}
    dry_run: bool = False
    all_or_nothing: bool = False

    def options(self) -> ImportOptions:
        """Return the importer's options."""
        own = set(self.__struct_fields__) - {"files", *Request.__struct_fields__}
        return ImportOptions(on=self.on, **{name: getattr(self, name) for name in own})

    def check(self) -> None:
        """Check names and supplied values."""
        self.options().check()


class FitRequest(Request, kw_only=True):
    """How to fit."""

    seed: Seed = 0


class CheckRequest(Request, kw_only=True):
    """Which model to check, the serving one when none is named; whether to fit anew where it no longer holds."""

    model: str | None = None
    fit: bool = False


class PlanRequested(Request, kw_only=True):
    """What to plan; the policy as in its file."""

    year: int | None = None
    policy: dict[str, Any] = {}
    budget_factor: str = "1"
    name: str = ""
    time_limit: Seconds = 60.0
    seed: Seed = 0

    def check(self) -> None:
        """Check policy and factor."""
        policy_of(self.policy, "policy")
        read_factor(self.budget_factor)


class ReplanRequested(Request, kw_only=True):
    """Which plan to make again, without which classes."""

    plan: str
    cancelled: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    time_limit: Seconds = 60.0


class ExportRequest(Request, kw_only=True):
    """What to write: a table or a plan, and the suffix that says how."""

    format: Annotated[str, msgspec.Meta(pattern="^(csv|xlsx|parquet|json)$")]
    table: str | None = None
    plan: str | None = None
    as_of: date | None = None
    framework: str | None = None
    employee: str | None = None

    def check(self) -> None:
        """Check that there is one thing to write."""
        if (self.table is None) == (self.plan is None):
            raise InputError("export: name a table or a plan, one of them")
        tables = [declared.name for declared in TABLES]
        if self.table is not None and self.table not in (*tables, BADGES):
            raise InputError("table '{name}' is not known; accepted: {known}", name=self.table, known=", ".join(tables))


KINDS: dict[str, type[Request]] = {
    "import": ImportRequest,
    "fit": FitRequest,
    "check": CheckRequest,
    "plan": PlanRequested,
    "replan": ReplanRequested,
    "export": ExportRequest,
}


def check_request(kind: str, request: dict[str, Any]) -> Request:
    """Return the request of a kind.

    Raises
    ------
    InputError
        When there is no such kind, or the request is not accepted.

    Examples
    --------
    >>> check_request("fit", {"seed": 1}).seed
    1
    """
    if kind not in KINDS:
        raise InputError("job '{name}' is not known; accepted: {known}", name=kind, known=", ".join(KINDS))
    if not _can_be_kept(json.dumps(request, ensure_ascii=False)):
        raise InputError("request of {name}: NUL characters and halves of characters are not accepted", name=kind)
    try:
        found = msgspec.convert(request, KINDS[kind])
    except msgspec.ValidationError as error:
        raise InputError("request of {name}: {problem}", name=kind, problem=str(error)) from error
    found.check()
    return found


def _can_be_kept(text: str) -> bool:
    """Tell whether every database holds a text."""
    return "\\u0000" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
