"""What the pages of the desk share: lists by page, and names of what their rows are about."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
import sqlalchemy as sa

from service.api.context import Call, known_caller, parts_of
from service.portal.forms import Form
from service.portal.page import page_asked
from service.storage.engine import one_of, transaction
from service.storage.schema import DATABASE_TABLES, ROW_KEY

PER_PAGE = 50
MOST_KEYS = 500  # ids that one query looks up
MOST_LOOKED_UP = 3_000  # ids above which it is quicker to read every name


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where in a long list a page stands.

    Parameters
    ----------
    n : Items in all.
    page, n_pages : Which page, from 1, of how many; at least one.
    path, query : Address of the list, and what it is narrowed by.
    """

    n: int
    page: int
    n_pages: int
    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> slice:
        """The items of this page."""
        return slice((self.page - 1) * PER_PAGE, self.page * PER_PAGE)

    @property
    def first(self) -> int:
        """Number of the first item shown, from 1; 0 where there is none."""
        return min(self.n, (self.page - 1) * PER_PAGE + 1)

    @property
    def last(self) -> int:
        """Number of the last item shown."""
        return min(self.n, self.page * PER_PAGE)

    def address(self, page: int) -> str:
        """Return where another page of the list is."""
        return f"{self.path}?{urlencode([*self.query, ('page', str(page))])}"


def paged(call: Call, n: int) -> Pages:
    """Return the page of a list of so many items that a call asks for; what is asked wrongly is the nearest one."""
    n_pages = max(1, -(-n // PER_PAGE))
    query = tuple((name, text) for name, text in query_of(call) if name != "page")
    return Pages(n=n, page=page_asked(call, n_pages), n_pages=n_pages, path=call.url.path, query=query)


def query_of(call: Call) -> list[tuple[str, str]]:
    """Return what a page is narrowed to, without what is meant for one look at it."""
    return [(name, text) for name, text in call.query_params.multi_items() if name not in {"all", "said"}]


def with_all(call: Call) -> str:
    """Return the address of a page of rows to tick on which every one is."""
    return f"{call.url.path}?{urlencode([*query_of(call), ('all', '1')])}"


def asked_for(call: Call, name: str) -> str:
    """Return what a page is narrowed by, without spaces around; empty for nothing."""
    return str(call.query_params.get(name, "")).strip()[:200]


def names_of(call: Call, table: str, ids: list[str] | None = None) -> dict[str, str]:
    """Return the names of rows of a table by id; of all of them when None, or for very many ids."""
    stored = DATABASE_TABLES[table].c
    key, name = stored[ROW_KEY], stored.name
    is_whole = ids is None or len(ids) > MOST_LOOKED_UP
    parts = [None] if ids is None or is_whole else [ids[i : i + MOST_KEYS] for i in range(0, len(ids), MOST_KEYS)]
    found: dict[str, str] = {}
    with transaction(parts_of(call).database.engine) as connection:
        for part in parts:
            query = sa.select(key, name).where(name.is_not(None))
            rows = connection.execute(query if part is None else query.where(one_of(key, part)))
            found.update((str(code), str(text)) for code, text in rows)
    return found


def once_token() -> str:
    """Return what a form carries so that, sent twice by a slip, it puts in one job."""
    return secrets.token_hex(12)


def job_key(call: Call, form: Form, asked: dict[str, Any]) -> str | None:
    """Return what the job of a form is known by; None where the form carries no token."""
    if not form.get("once"):
        return None
    content = msgspec.json.encode([known_caller(call).subject, call.url.path, form.get("once"), asked], order="sorted")
    return hashlib.sha256(content).hexdigest()
