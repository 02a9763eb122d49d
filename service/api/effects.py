"""Effects of past trainings over HTTP: as measured with the last fit; a request computes nothing."""

import datetime as dt
from typing import Literal

import msgspec
from litestar import Router, get
from litestar.params import FromQuery

from service.api.context import Call, parts_of, rule
from service.api.problems import errors, wording_of
from service.effect_answer import effects_document, kept_effects

Way = Literal["training", "mode", "provider", "competency"]


class EffectFigures(msgspec.Struct, kw_only=True):
    """An effect with its 95 % interval; figures are null where nothing is said, and of fewer than five people."""

    code: str
    verdict: str
    estimate: float | None
    error: float | None
    lower: float | None
    upper: float | None
    naive: float | None
    people: int | None
    left_out: float | None
    strength: float | None
    strength_of_doubt: float | None


class RatingEffects(msgspec.Struct, kw_only=True):
    """The effect on the next rating, read in two ways; the verdict is what both say."""

    code: str
    verdict: str
    given_past: EffectFigures
    change: EffectFigures


class GroupEffects(msgspec.Struct, kw_only=True):
    """The effect of one group of trainings on levels, drawn towards the mean of its kind."""

    id: str
    name: str
    code: str
    verdict: str
    estimate: float | None
    error: float | None
    lower: float | None
    upper: float | None
    own_estimate: float | None
    people: int | None


class ServiceEffect(msgspec.Struct, kw_only=True):
    """What went with one more training a head in the year before, in points of a unit's service indicator."""

    indicator: str
    code: str
    verdict: str
    estimate: float | None
    lower: float | None
    upper: float | None
    units: int
    periods: int


class Effects(msgspec.Struct, kw_only=True):
    """What past trainings did; `on` is null where it has not been measured yet."""

    on: dt.date | None
    by: str
    words: list[str]
    levels: EffectFigures | None
    everybody: EffectFigures | None
    ratings: RatingEffects | None
    service: list[ServiceEffect]
    items: list[GroupEffects]


@get("/effects", operation_id="read_effects", opt=rule("models.read"), responses=errors(), sync_to_thread=True,
     summary="What past trainings did")  # fmt: skip
def read_effects(request: Call, by: FromQuery[Way] = "mode") -> Effects:
    """Return the effects measured with the last fit, by training, mode, provider or competency."""
    document = effects_document(kept_effects(parts_of(request).database), by, wording_of(request))
    return msgspec.convert(document, Effects)


def effect_router() -> Router:
    """Return the route of effects."""
    return Router(path="/", route_handlers=[read_effects], tags=["models"])
