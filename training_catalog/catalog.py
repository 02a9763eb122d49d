"""The catalogue of one day: an immutable index of everything above, with a content version."""

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from datetime import date

import numpy as np

from training_catalog.columns import FloatArray
from training_catalog.competency import Competencies, Frameworks, build_competencies, build_frameworks
from training_catalog.frames import Tables
from training_catalog.hour_rules import credited_hours, monthly_caps
from training_catalog.offering import Offerings, build_offerings
from training_catalog.position import Positions, build_positions
from training_catalog.price_book import PriceBook, build_price_book
from training_catalog.training import Trainings, build_trainings


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What can be learned and what positions ask for, on one day.

    Parameters
    ----------
    class_hours : shape (n_offerings,): JP that each class is credited with.
    month_caps : shape (n_trainings,): most JP in a month that its form is credited with; infinite without a cap.
    version : ``c-`` and the first 12 hexadecimal digits of the content's SHA-256.
    on : Day whose standards and prices hold.
    """

    frameworks: Frameworks
    competencies: Competencies
    positions: Positions
    trainings: Trainings
    offerings: Offerings
    prices: PriceBook
    class_hours: FloatArray
    month_caps: FloatArray
    on: date
    version: str


def content_digest(*parts: object) -> str:
    """Digest dataclasses of arrays by content: names, types, shapes and bytes."""
    digest = hashlib.sha256()
    for part in parts:
        if is_dataclass(part):
            for entry in fields(part):
                digest.update(entry.name.encode())
                digest.update(content_digest(getattr(part, entry.name)).encode())
        elif isinstance(part, np.ndarray):
            digest.update(f"{part.dtype.kind}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).tobytes())
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()


def build_catalog(tables: Tables, on: date) -> Catalog:
    """Build the catalogue that holds on a day.

    Parameters
    ----------
    tables : Frames by canonical table name.
    on : Day on which standards and prices must hold.
    """
    frameworks = build_frameworks(tables["frameworks"])
    competencies = build_competencies(tables["competencies"], frameworks)
    positions = build_positions(
        tables["positions"], tables["requirements"], tables["position_defaults"], competencies, on
    )
    trainings = build_trainings(
        tables["trainings"], tables["training_targets"], tables["prerequisites"], competencies, positions.classes
    )
    offerings = build_offerings(tables["offerings"], trainings)
    prices = build_price_book(tables["price_book"], on)
    class_hours = credited_hours(offerings, trainings, tables["hour_rules"], on)
    month_caps = monthly_caps(tables["hour_rules"], trainings.form, on)
    parts = (frameworks, competencies, positions, trainings, offerings, prices, class_hours, month_caps)
    return Catalog(
        frameworks=frameworks,
        competencies=competencies,
        positions=positions,
        trainings=trainings,
        offerings=offerings,
        prices=prices,
        class_hours=class_hours,
        month_caps=month_caps,
        on=on,
        version=f"c-{content_digest(*parts)[:12]}",
    )
