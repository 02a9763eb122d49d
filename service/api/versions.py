"""What callers know of a record's version: the headers that say it."""

from typing import Annotated, NamedTuple

from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="ETags; the record must still have one.")]
IfNoneMatch = Annotated[str | None, HeaderParameter(
    name="If-None-Match", description="`*`: only if there is none; ETags: only if it has none of them.")]  # fmt: skip
IfChanged = Annotated[str | None, HeaderParameter(name="If-None-Match", description="ETags that the caller has.")]
SAME_ANSWER = {304: ResponseSpec(None, generate_examples=False, description="As the caller has it")}


class Known(NamedTuple):
    """What a caller knows of a record: the headers of that name."""

    if_match: str | None = None
    if_none_match: str | None = None
