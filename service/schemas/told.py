"""What a plan says of its prices and of people, as it goes out over HTTP."""

from typing import Literal

import msgspec


class Price(msgspec.Struct, kw_only=True):
    """What one more million rupiah on a line would buy, in weighted levels."""

    line: str
    name: str
    price: float
    free: int


class LimitPrice(msgspec.Struct, kw_only=True):
    """What a seat, a person or a million rupiah less of a limit would close, in weighted levels, and in words."""

    kind: Literal["seat", "smallest-class", "unit-floor", "away", "earmark-cap", "earmark-floor"]
    subject: str
    price: float
    text: str


class PriceList(msgspec.Struct, kw_only=True):
    """Lines by what one more rupiah would buy, best first, and limits of classes and rules, the dearest first."""

    plan: str
    unit: str
    prices: list[Price]
    limits: list[LimitPrice]


class Why(msgspec.Struct, kw_only=True):
    """Why a person got a class, or nothing."""

    employee: str
    code: str
    training: str | None
    offering: str | None
    needs: int
    text: str


class WhyList(msgspec.Struct, kw_only=True):
    """What a plan says of one person."""

    plan: str
    employee: str
    reasons: list[Why]
