"""Requests that may come twice: the same ``Idempotency-Key`` from the same caller does a thing once."""

import hashlib
from typing import Annotated

from litestar.params import HeaderParameter

from service.api.context import Call, known_caller, parts_of
from service.api.problems import ApiError
from service.storage.engine import transaction
from service.storage.feedback import same_request

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
    caller, database = known_caller(call).subject, parts_of(call).database
    route = f"{call.method} {call.url.path}"
    digest = hashlib.sha256(route.encode() + b"\0" + body).hexdigest()
    with transaction(database.engine, is_writer=True, in_turn=False) as connection:
        if not same_request(connection, caller, key, digest, database.clock()):
            raise ApiError(422, "key-reused", "this Idempotency-Key came before with another request")
    return hashlib.sha256(f"{caller}\0{route}\0{key}".encode()).hexdigest()
