"""Texts, numbers, money and dates in the reader's language."""

import gettext
import io
import math
import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from training_catalog.errors import Amount

# What follows a figure in English sentences, for many and for one; Indonesian has one form for both.
SINGULARS = {
    "people with a need get": "person with a need gets", "people stay": "person stays",
    "people attend": "person attends", "people are": "person is", "people were": "person was", "people": "person",
    "trained people": "trained person", "colleagues": "colleague", "participants": "participant",
    "participations were": "participation was", "later participations were": "later participation was",
    "past participations": "past participation", "wait": "waits", "lack": "lacks", "titles wait": "title waits",
    "titles are": "title is", "titles": "title", "classes open": "class opens", "classes": "class",
    "seats are": "seat is", "seats": "seat", "demands are": "demand is", "demands": "demand",
    "standards are": "standard is", "rows do": "row does", "rows": "row", "refused rows": "refused row",
    "records": "record", "ids stand": "id stands", "ids": "id", "agencies have": "agency has", "levels": "level",
    "more levels": "more level", "weighted levels": "weighted level", "points": "point", "trainings": "training",
    "days": "day", "lines": "line", "other lines begin": "other line begins", "paying lines": "paying line",
    "lists": "list", "files are": "file is", "files": "file", "units": "unit", "groups": "group",
    "competencies": "competency", "columns": "column", "cells": "cell", "characters": "character", "bytes": "byte",
    "bins": "bin", "entries": "entry", "options": "option", "others": "other", "parts": "part", "pins": "pin",
    "recommendations": "recommendation", "regions": "region", "seconds": "second", "sessions": "session",
    "templates": "template", "times": "time", "workers are": "worker is", "logged choices": "logged choice",
    "later outcomes": "later outcome", "stored values": "stored value",
}  # fmt: skip
_COUNTED = re.compile(rf"\{{(\w+)\}} ({'|'.join(sorted(SINGULARS, key=len, reverse=True))})\b")


@lru_cache(maxsize=1_000)
def _for_one(message: str, ones: frozenset[str]) -> str:
    """Return an English message as it is said where some of its fields are one.

    Examples
    --------
    >>> _for_one("{n} people with a need get nothing", frozenset({"n"}))
    '{n} person with a need gets nothing'
    """
    return _COUNTED.sub(
        lambda found: f"{{{found[1]}}} {SINGULARS[found[2]]}" if found[1] in ones else found[0], message
    )


@cache
def _translations(lang: str) -> gettext.NullTranslations:
    """Read every ``.po`` of the language; English is the text in the code."""
    folder = resources.files("service") / "locales" / lang
    if not folder.is_dir():
        return gettext.NullTranslations()
    merged = Catalog(locale=lang)
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".po"):
            for message in read_po(io.BytesIO(file.read_bytes()), locale=lang):
                if message.id and message.string:
                    merged.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@lru_cache(maxsize=50_000)
def _decimal(value: float, pattern: str, lang: str) -> str:
    """Format a number; the figures of lists come again and again, and Babel takes its time."""
    is_nothing = round(value, len(pattern.partition(".")[2])) == 0  # which has no sign
    return format_decimal(0 if is_nothing else value, format=pattern, locale=lang)


@lru_cache(maxsize=10_000)
def _share(share: float, pattern: str, lang: str) -> str:
    """Format a share, as `_decimal` does a number."""
    return format_percent(share, format=pattern, locale=lang)


@lru_cache(maxsize=10_000)
def _day(day: date, lang: str) -> str:
    """Format a day, as `_decimal` does a number."""
    return format_date(day, format="d MMMM y", locale=lang)


@dataclass(frozen=True, slots=True)
class Wording:
    """One reader's language.

    Parameters
    ----------
    lang : ``id`` or ``en``.
    """

    lang: str

    def text(self, message: str, /, **fields: object) -> str:
        """Translate an English message and fill its named fields.

        Examples
        --------
        >>> Wording("en").text("{n} rows read", n=3)
        '3 rows read'
        >>> Wording("id").text("{left} left", left=Amount(1_500_000))
        'Rp1.500.000 left'
        """
        translated = _translations(self.lang).gettext(message)
        ones = frozenset(name for name, value in fields.items() if str(value) == "1") if self.lang == "en" else ()
        if ones:
            translated = _for_one(translated, frozenset(ones))
        money = {name: self.money(value) for name, value in fields.items() if isinstance(value, Amount)}
        return translated.format(**{**fields, **money}) if fields else translated

    def number(self, value: float, digits: int = 0) -> str:
        """Format a number with the language's separators.

        Examples
        --------
        >>> Wording("id").number(1234567.891, 1)
        '1.234.567,9'
        >>> Wording("en").number(-0.001, 2)
        '0.00'
        """
        known = value or 0 if value == value else math.nan  # noqa: PLR0124 (one NaN for all, or none is found again)
        return _decimal(known, "#,##0" + ("." + "0" * digits if digits else ""), self.lang)

    def brief(self, value: float) -> str:
        """Format a number with one decimal where it has some, and none where it is whole.

        Examples
        --------
        >>> Wording("id").brief(60.0), Wording("id").brief(0.5)
        ('60', '0,5')
        """
        return _decimal(value or 0, "#,##0.#", self.lang)

    def money(self, amount: int) -> str:
        """Format whole rupiah.

        Examples
        --------
        >>> Wording("id").money(1500000), Wording("en").money(-1500000)
        ('Rp1.500.000', '-Rp1,500,000')
        """
        sign = "-" if amount < 0 else ""
        return f"{sign}Rp{self.number(abs(amount))}"

    def percent(self, share: float, digits: int = 1) -> str:
        """Format a share of one as a percentage.

        Examples
        --------
        >>> Wording("id").percent(0.1234)
        '12,3%'
        """
        return _share(share, "0." + "0" * digits + "%" if digits else "0%", self.lang)

    def date(self, day: date) -> str:
        """Format a day in words.

        Examples
        --------
        >>> Wording("id").date(date(2026, 8, 17)), Wording("en").date(date(2026, 8, 17))
        ('17 Agustus 2026', '17 August 2026')
        """
        return _day(day, self.lang)
