"""JSON bodies: read as what a handler takes, and nothing taken for what it is not; batches item by item."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import ValidationException
from litestar.handlers import HTTPRouteHandler

from service.api.problems import REFUSED_VALUE, Fault
from service.api.refused_values import accepted_at, said_refusal
from service.schemas.json_text import decode, refuse_repeated_keys
from service.wording import Wording

MOST_AT_ONCE = 100_000  # bytes that are looked through while others wait
_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")


class StrictRequest(Request[Any, Any, State]):
    """A request whose JSON is read by the type that its handler names.

    Notes
    -----
    The framework reads any JSON and then converts it, and takes the text ``"20"`` for the number 20 on the way.
    """

    async def json(self) -> Any:  # noqa: ANN401 (what the handler names)
        """Return the body as the type of the handler's parameter `data`.

        Raises
        ------
        ValidationException, JsonTextError
            When a value is not of that type; when the body is no JSON, or names a key twice.
        """
        handler, body = self.route_handler, await self.body()
        taken = handler.parsed_fn_signature.parameters.get("data") if isinstance(handler, HTTPRouteHandler) else None
        try:
            read = decode(body, Any if taken is None else taken.annotation)
        except msgspec.ValidationError as error:
            _check_json(body)
            said, place = said_at(error)
            raise ValidationException(extra=[{"key": place, "message": said, "source": "body"}]) from error
        if len(body) > MOST_AT_ONCE:
            await asyncio.to_thread(refuse_repeated_keys, body)
        else:
            refuse_repeated_keys(body)
        return read


def _check_json(body: bytes) -> None:
    """Refuse a body that is no JSON to its end, or names a key twice: that is the worse fault.

    Raises
    ------
    JsonTextError, UnicodeDecodeError, RecursionError
        When it is broken, not UTF-8, nested too deeply.
    """
    with suppress(msgspec.ValidationError):  # JSON, with a number that is out of range
        decode(body)
    refuse_repeated_keys(body)


def said_at(error: msgspec.ValidationError) -> tuple[str, str]:
    """Return what is wrong, and where: as ``items[0].level``, empty for all of it."""
    place = _PLACE.search(str(error))
    return _PLACE.sub("", str(error)), place[1] if place is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsRead:
    """The items of a batch.

    Parameters
    ----------
    places, values : Where each item stands that could be read, and what it says by field.
    faults : What is wrong with the others, by their place.
    """

    places: list[int] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[int, Fault] = field(default_factory=dict)


def read_items(raw: Sequence[msgspec.Raw], kind: type, wording: Wording) -> ItemsRead:
    """Read items one by one, so that one of a wrong shape keeps no other from being stored.

    Parameters
    ----------
    raw, kind : JSON of each item, and what each must be.
    wording : The language of what is wrong.

    Raises
    ------
    UnicodeDecodeError
        When the body is no text: then no item of it is to be trusted.
    """
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)
    found = ItemsRead()
    for place, item in enumerate(raw):
        try:
            read = decoder.decode(item)
        except msgspec.ValidationError as error:
            found.faults[place] = _fault(error, kind, f"/items/{place}", wording)
        else:
            found.places.append(place)
            found.values.append(msgspec.structs.asdict(read))
    return found


def _fault(error: msgspec.ValidationError, kind: type, prefix: str, wording: Wording) -> Fault:
    """Return what is wrong with an item: its first fault."""
    said, place = said_at(error)
    pointer = f"/{place}" if place else ""
    named, message = said_refusal(said, accepted_at(kind, pointer), wording)
    where = f"{prefix}{pointer}/{named}" if named else f"{prefix}{pointer}"
    return Fault(pointer=where, code=REFUSED_VALUE, message=message)
