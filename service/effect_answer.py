"""What past trainings did: kept with the model's card when it is fitted, and told in words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from models.effect import LOWERED, NO_COUNTERPARTS, NO_DIFFERENCE, NOT_ENOUGH_DATA, RAISED, Effect
from models.pooling import GroupEffect
from models.service_link import ServiceLink
from recommender.past_effects import FEWEST_TOLD, WAYS, PastEffects
from service.phrases import indicator_text
from service.storage.database import Database
from service.wording import Wording
from training_catalog.catalog import Catalog

WORDS = {
    RAISED: "raised", LOWERED: "lowered", NO_DIFFERENCE: "no difference seen", NOT_ENOUGH_DATA: "not enough data",
    NO_COUNTERPARTS: "no comparable untrained people",
    "levels": "Levels found later in what the training teaches, against comparable people who took no such training:",
    "ratings": "The next performance rating, in standard deviations of that year's ratings:",
    "range": "{estimate}, 95 % interval {lower} to {upper}, {people} trained people",
    "hidden": "To make up this figure, a cause nobody recorded would have to explain {strength} of what is left"
    " unexplained, in the outcome and in who was trained; {doubt} would bring the interval to nothing.",
    "naive": "Plain difference of trained and untrained, which misleads unless people are sent at random: {naive}.",
    "left out": "{share} of the trained have nobody to compare with, and are left out.",
    "everybody": "On everybody, also those who were not sent: {words}.",
    "service": "Service of units, {indicator}: {words}.",
    "service range": "{verdict}: {estimate} points for each further training completed a head in the year before, 95 %"
    " interval {lower} to {upper}, {units} units",
    "no service": "Service of units: no outcomes of theirs are on file, so nothing can be said.",
    "service limits": "Of units it is said what went together, each compared with itself and all in the same year; that"
    " is no proof that trainings did it.",
    "limits": "These are averages over many people, measured as levels were found; they say nothing of one person.",
    "none": "Effects have not been measured yet: they are with each fit of a model.",
    "many": "Groups are drawn towards the mean of their kind, the more the fewer people they rest on; of all that is"
    " claimed at once, one in twenty is expected to be false at most.",
}  # fmt: skip
_FIGURES = ("estimate", "error", "lower", "upper")


def effects_card(effects: PastEffects, catalog: Catalog, service: Sequence[ServiceLink] = ()) -> dict[str, Any]:
    """Return effects as kept with a model: figures, ids and names, nobody's rows."""
    names = {
        "training": dict(zip(catalog.trainings.ids.tolist(), catalog.trainings.names.tolist(), strict=True)),
        "competency": dict(zip(catalog.competencies.ids.tolist(), catalog.competencies.names.tolist(), strict=True)),
    }
    groups = {
        way: [_group(one, str(ids[one.group]), names.get(way, {})) for one in effects.levels.groups[way]]
        for way, ids in effects.ids.items()
    }
    ratings = effects.ratings
    return {
        "on": effects.on.isoformat(), "left_out": effects.n_unclear,
        "levels": _effect(effects.levels.trained), "everybody": _effect(effects.levels.everybody), "groups": groups,
        "ratings": {"code": ratings.code, "given_past": _effect(ratings.given_past), "change": _effect(ratings.change)},
        "service": [_service(one) for one in service],
    }  # fmt: skip


def _service(link: ServiceLink) -> dict[str, Any]:
    figures = {"estimate": link.effect, "lower": link.lower, "upper": link.upper}
    code = NO_DIFFERENCE if not link.is_supported else RAISED if link.effect > 0 else LOWERED
    return {
        "indicator": link.indicator, "code": code if link.is_enough else NOT_ENOUGH_DATA, "units": link.n_units,
        "periods": link.n_periods, **(figures if link.is_enough else dict.fromkeys(figures)),
    }  # fmt: skip


def _effect(effect: Effect) -> dict[str, Any]:
    known = {name: value if not isinstance(value, float) or math.isfinite(value) else None
             for name, value in asdict(effect).items()}  # fmt: skip
    return _told_of_enough(known | {"people": known.pop("n_people")})


def _group(one: GroupEffect, identifier: str, names: Mapping[str, str]) -> dict[str, Any]:
    figures = {name: value if math.isfinite(value) else None for name, value in asdict(one).items() if name in _FIGURES}
    own = one.own.estimate if math.isfinite(one.own.estimate) else None
    return _told_of_enough({"id": identifier, "name": names.get(identifier, identifier), "code": one.code, **figures,
                            "own_estimate": own, "people": one.own.n_people})  # fmt: skip


def _told_of_enough(figures: dict[str, Any]) -> dict[str, Any]:
    """Leave out how many people and rows there are, and what was found of them, where they are too few to be told."""
    if figures["people"] >= FEWEST_TOLD:
        return figures
    kept = ("id", "name", "code")
    return {name: value if name in kept else None for name, value in figures.items()}


def kept_effects(database: Database) -> dict[str, Any] | None:
    """Return the effects kept with the newest model that has them."""
    for model in database.list_models():
        if "effects" in model.manifest:
            return dict(model.manifest["effects"])
    return None


def effects_document(card: dict[str, Any] | None, way: str, wording: Wording) -> dict[str, Any]:
    """Return effects by one way of grouping, with their words; the surest and largest first.

    Parameters
    ----------
    card : From `effects_card`; None where nothing was measured.
    way : One of `WAYS`.
    wording : Language.
    """
    if card is None:
        return {"on": None, "by": way, "words": [wording.text(WORDS["none"])], "levels": None, "everybody": None,
                "ratings": None, "service": [], "items": []}  # fmt: skip
    items = [{**one, "verdict": wording.text(WORDS[one["code"]])} for one in card["groups"].get(way, [])]
    if way == "mode":
        items = [{**one, "name": wording.text(one["id"])} for one in items]
    items.sort(
        key=lambda one: (one["estimate"] is None, one["code"] == NO_DIFFERENCE, -(one["estimate"] or 0), one["id"])
    )
    return {
        "on": card["on"], "by": way, "words": effect_words(card, wording), "levels": _summary(card["levels"], wording),
        "everybody": _summary(card["everybody"], wording), "items": items,
        "ratings": {"verdict": wording.text(WORDS[card["ratings"]["code"]]), "code": card["ratings"]["code"],
                    "given_past": _summary(card["ratings"]["given_past"], wording),
                    "change": _summary(card["ratings"]["change"], wording)},
        "service": [{**one, "verdict": wording.text(WORDS[one["code"]])} for one in card.get("service", [])],
    }  # fmt: skip


def _summary(effect: dict[str, Any], wording: Wording) -> dict[str, Any]:
    kept = (*_FIGURES, "naive", "people", "left_out", "strength", "strength_of_doubt")
    return {"code": effect["code"], "verdict": wording.text(WORDS[effect["code"]]), **{k: effect[k] for k in kept}}


def in_words(effect: dict[str, Any], wording: Wording, digits: int = 2) -> str:
    """Return one effect in words."""
    verdict = wording.text(WORDS[effect["code"]])
    if effect["estimate"] is None:
        return verdict
    figures = {name: wording.number(effect[name], digits) for name in ("estimate", "lower", "upper")}
    return f"{verdict}: " + wording.text(WORDS["range"], **figures, people=wording.number(effect["people"]))


def effect_words(card: dict[str, Any], wording: Wording) -> list[str]:
    """Return the sentences of a card."""
    levels, ratings = card["levels"], card["ratings"]
    said = [f"{wording.text(WORDS['levels'])} {in_words(levels, wording)}."]
    if levels["naive"] is not None:
        said.append(wording.text(WORDS["naive"], naive=wording.number(levels["naive"], 2)))
    if levels["estimate"] is not None:
        said.append(wording.text(WORDS["hidden"], strength=wording.percent(levels["strength"]),
                                 doubt=wording.percent(levels["strength_of_doubt"])))  # fmt: skip
    if levels["left_out"]:
        said.append(wording.text(WORDS["left out"], share=wording.percent(levels["left_out"])))
    said.append(wording.text(WORDS["everybody"], words=in_words(card["everybody"], wording)))
    said.append(f"{wording.text(WORDS['ratings'])} {wording.text(WORDS[ratings['code']])}.")
    said += service_words(card.get("service"), wording)
    return [*said, wording.text(WORDS["many"]), wording.text(WORDS["limits"])]


def service_words(service: Sequence[Mapping[str, Any]] | None, wording: Wording) -> list[str]:
    """Say what went with trainings in the service of units; nothing of a card from before it was kept."""
    if service is None:
        return []
    if not service:
        return [wording.text(WORDS["no service"])]
    return [*(_of_indicator(one, wording) for one in service), wording.text(WORDS["service limits"])]


def _of_indicator(one: Mapping[str, Any], wording: Wording) -> str:
    words = wording.text(WORDS[one["code"]])
    if one["estimate"] is not None:
        digits = _digits(one["upper"] - one["lower"])
        figures = {name: wording.number(one[name], digits) for name in ("estimate", "lower", "upper")}
        words = wording.text(WORDS["service range"], verdict=words, units=wording.number(one["units"]), **figures)
    return wording.text(WORDS["service"], indicator=indicator_text(one["indicator"], wording), words=words)


def _digits(width: float) -> int:
    """Return the decimals that tell the ends of an interval apart: an indicator may be a share or in points."""
    return 2 if width <= 0 else min(max(1 - math.floor(math.log10(width)), 2), 6)


__all__ = ["WAYS", "WORDS", "effects_card", "effects_document", "in_words", "kept_effects"]
