"""Requests that may come twice: the same ``Idempotency-Key`` from the same caller does a thing once."""

import hashlib
from typing import Annotated

import sqlalchemy as sa
from litestar.params import HeaderParameter

from service.api.context import Call, known_caller, parts_of
from service.api.problems import ApiError
from service.storage.engine import transaction
from service.storage.feedback import answer_of, same_request

IdempotencyKey = Annotated[str | None, HeaderParameter(
    name="Idempotency-Key", pattern=r"^[A-Za-z0-9._~+/=:-]{1,200}$",
    description="Any text of yours; the same again within seven days does nothing twice.",
)]  # fmt: skip


def once(call: Call, key: str | None, body: bytes) -> str | None:
    """Return what a request is known by for good; None where the caller gave no key.

    Raises
    ------
    ApiError
        422 when the key came before with another request.
    """
    if key is None:
        return None
    with transaction(parts_of(call).database.engine, is_writer=True, in_turn=False) as connection:
        _check_same(call, connection, key, body)
    caller = known_caller(call).subject
    return hashlib.sha256(f"{caller}\0{_route(call)}\0{key}".encode()).hexdigest()


def answered(call: Call, connection: sa.Connection, key: str | None, body: bytes) -> str | None:
    """Return what the same request was answered before; None where it is to be done now, in this transaction.

    Raises
    ------
    ApiError
        422 when the key came before with another request, 409 when what it was answered was about somebody erased.
    """
    if key is None:
        return None
    _check_same(call, connection, key, body)
    answer = answer_of(connection, known_caller(call).subject, key)
    if answer == "":
        raise ApiError(409, "conflict", "this request was done, and somebody it was about has been erased since")
    return answer


def _route(call: Call) -> str:
    return f"{call.method} {call.url.path}"


def _check_same(call: Call, connection: sa.Connection, key: str, body: bytes) -> None:
    digest = hashlib.sha256(_route(call).encode() + b"\0" + body).hexdigest()
    if not same_request(connection, known_caller(call).subject, key, digest, parts_of(call).database.clock()):
        raise ApiError(422, "key-reused", "this Idempotency-Key came before with another request")
