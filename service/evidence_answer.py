"""What speaks for and against a model: kept with its card when it is fitted, without what could be traced to a few."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from models.fairness import CHOSEN_SHARE, GroupFigure
from models.off_policy import ESTIMATED, NO_OVERLAP, NOT_UNDERSTOOD
from models.reliability import Bin
from models.slices import BETTER, COMPLETION, HARMED, NO_DIFFERENCE, NOT_ENOUGH_DATA, ORDERING, SliceFigure
from models.verdict import APPROVED, DRIFTED, HARMS, NOT_BETTER_OVERALL, STALE, STANDINGS, objections
from recommender.evidence import Evidence
from recommender.past_choices import ListValue
from recommender.past_effects import FEWEST_TOLD
from service.reports.fairness import hidden_groups, place_of_group
from service.wording import Wording

WORDS = {
    BETTER: "better than the rule", HARMED: "worse than the rule", NO_DIFFERENCE: "no difference seen",
    NOT_ENOUGH_DATA: "not enough data",
    f"{BETTER} {ORDERING}": "orders better than the rule",
    f"{BETTER} {COMPLETION}": "foretells better than the rule who completes",
    f"{BETTER} {ORDERING} {COMPLETION}": "orders, and foretells who completes, better than the rule",
    f"{HARMED} {ORDERING}": "orders worse than the rule",
    f"{HARMED} {COMPLETION}": "foretells worse than the rule who completes",
    f"{HARMED} {ORDERING} {COMPLETION}": "orders, and foretells who completes, worse than the rule",
    "unit_kind": "Kind of unit", "employment_type": "Employment type", "position_class": "Position class",
    "person": "People, new or known", "training": "Trainings, new or known", "mode": "Mode",
    "sex": "Sex", "age_band": "Age",
    "person:new": "new to the model", "person:known": "seen by the model before",
    "training:new": "new to the model", "training:known": "seen by the model before",
    "mode:face-to-face": "face-to-face", "mode:online": "online", "mode:blended": "blended",
    "sex:M": "Men", "sex:F": "Women", "age_band:<30": "Under 30", "age_band:>=50": "50 and over",
    "employment_type:other": "Other", "unit_kind:other": "Other", "not known": "not known",
    NOT_BETTER_OVERALL: "it was not found better than the rule",
    HARMS: "it is clearly worse than the rule for: {slices}",
    DRIFTED: "what it reads, or what comes of it, is no longer as when it was fitted",
    NO_OVERLAP: "people hardly ever chose what its lists would show",
    NOT_UNDERSTOOD: "how people chose could not be told from their choices",
    "lists": "Had people chosen from its lists: {value} levels a choice ({lower} to {upper}), against {plain} really"
    " closed; from {n} logged choices worth {effective}.",
    "lists unknown": "What its lists would have achieved cannot be said: {why}.",
    "lists against": "From the rule's lists {rule}: a difference of {gain} ({gain_lower} to {gain_upper}).",
    "budget": "With {money} among past participations, chosen by benefit for money: {own} levels, by the rule {rule};"
    " a difference of {gain} ({gain_lower} to {gain_upper}).",
    STALE: "it is too old, or the standards have changed since it was fitted",
}  # fmt: skip

OVERLAPPING = ("person", "training", "mode")  # one person stands in several groups: no sum tells of a hidden one


def evidence_card(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as kept with a model: figures of groups of `FEWEST_TOLD` people and more, nobody's rows.

    Notes
    -----
    Groups nobody is in are left out; those hidden keep their names and verdicts, see
    `service.reports.fairness.hidden_groups`.
    """
    slices = {way: _told(way, evidence.names[way], figures) for way, figures in evidence.slices.items()}
    fairness = {way: _told(way, evidence.names[way], figures) for way, figures in evidence.fairness.items()}
    return {
        "slices": slices,
        "harmed": [f"{way}:{one['id']}" for way, rows in slices.items() for one in rows if one.get("code") == HARMED],
        "completion": _bins(evidence.completion), "benefit": _bins(evidence.benefit),
        "fairness": fairness, "chosen_share": CHOSEN_SHARE,
    }  # fmt: skip


def lists_card(lists: ListValue) -> dict[str, Any]:
    """Return what lists would have achieved, as kept with a model."""
    kept = {name: plain_figures(asdict(getattr(lists, name))) for name in ("own", "rule")}
    gain = {name: _plain(getattr(lists, name)) for name in ("gain", "gain_lower", "gain_upper")}
    return {**kept, **gain, "budget": plain_figures(asdict(lists.budget)) if lists.budget else None}


def list_words(manifest: Mapping[str, Any], wording: Wording) -> list[str]:
    """Say what a model's lists would have achieved on the choices that were logged, or why that cannot be said."""
    card = manifest.get("lists")
    if card is None:
        return []
    own, said = card["own"], []
    if own["code"] == ESTIMATED:
        values = _figures(own, ("value", "lower", "upper", "plain"), wording)
        counts = {"effective": wording.number(own["effective"]), "n": wording.number(own["n_choices"])}
        said.append(wording.text(WORDS["lists"], **values, **counts))
    else:
        said.append(wording.text(WORDS["lists unknown"], why=wording.text(WORDS[own["code"]])))
    if card["gain"] is not None:
        said.append(wording.text(WORDS["lists against"], rule=wording.number(card["rule"]["value"], 3),
                                 **_figures(card, ("gain", "gain_lower", "gain_upper"), wording)))  # fmt: skip
    if card["budget"]:
        budget = card["budget"]
        said.append(wording.text(WORDS["budget"], money=wording.money(round(budget["budget"])),
                                 **{name: wording.number(budget[name], 1)
                                    for name in ("own", "rule", "gain", "gain_lower", "gain_upper")}))  # fmt: skip
    return said


def _figures(card: Mapping[str, Any], names: Sequence[str], wording: Wording) -> dict[str, str]:
    return {name: wording.number(card[name], 3) for name in names}


def plain_figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures as JSON has them: null for what is no number."""
    return {name: _plain(value) for name, value in figures.items()}


def _told(way: str, names: Sequence[str], figures: Sequence[SliceFigure | GroupFigure]) -> list[dict[str, Any]]:
    some = [(name, asdict(one)) for name, one in zip(names, figures, strict=True) if one.n_people]
    sizes = np.array([one["n_people"] for _, one in some], dtype=np.int64)
    hidden = sizes < FEWEST_TOLD if way in OVERLAPPING else hidden_groups(sizes)
    return [
        {"id": name, **{key: None if is_hidden and key != "code" else _plain(value) for key, value in one.items()}}
        for (name, one), is_hidden in zip(some, hidden, strict=True)
    ]


def _plain(value: Any) -> Any:  # noqa: ANN401 (text or number)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _bins(bins: Sequence[Bin]) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in asdict(one).items()} for one in bins if one.n_people >= FEWEST_TOLD]


def objections_to(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what stands against a stored model: the one rule for terminal, HTTP, portal and the fit itself."""
    code = str(manifest.get("details", {}).get("code", ""))
    harmed = manifest.get("evidence", {}).get("harmed", [])
    return objections(code, does_harm=bool(harmed), standing=str(manifest.get("watch", {}).get("code", "")))


def objection_texts(manifest: Mapping[str, Any], wording: Wording) -> list[str]:
    """Say what stands against a stored model."""
    pairs = [one.split(":", 1) for one in manifest.get("evidence", {}).get("harmed", [])]
    harmed = [group_text(way, group, wording) for way, group in pairs]
    return [wording.text(WORDS[code], slices=", ".join(harmed)) for code in objections_to(manifest)]


def group_text(way: str, group: str, wording: Wording) -> str:
    """Name a group of a way of slicing."""
    if not group:
        return wording.text(WORDS["not known"])
    named = WORDS.get(f"{way}:{group}")
    return wording.text(named) if named else group


def evidence_tables(manifest: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    """Return a card's evidence with its words, as pages and terminal show it.

    Returns
    -------
    ``slices`` and ``fairness``: for each way of slicing its title and rows with name (and verdict); ``completion`` and
    ``benefit``: bins. Empty for a model fitted before evidence was kept.
    """
    card = manifest.get("evidence", {})
    return {
        "slices": [_table(way, rows, wording) for way, rows in card.get("slices", {}).items() if rows],
        "fairness": [
            _table(way, _in_order(way, rows), wording) for way, rows in card.get("fairness", {}).items() if rows
        ],
        "completion": card.get("completion", []), "benefit": card.get("benefit", []),
        "chosen_share": card.get("chosen_share", CHOSEN_SHARE),
    }  # fmt: skip


def _in_order(way: str, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return ages from young to old; other groups as they are."""
    return sorted(rows, key=lambda one: place_of_group(one["id"])) if way == "age_band" else rows


def _table(way: str, rows: Sequence[Mapping[str, Any]], wording: Wording) -> dict[str, Any]:
    named = [
        {**one, "name": group_text(way, one["id"], wording),
         "verdict": wording.text(WORDS[f"{one['code']} {one.get('claimed') or ''}".strip()]) if "code" in one else ""}
        for one in rows
    ]  # fmt: skip
    return {"way": way, "title": wording.text(WORDS[way]), "rows": named}


def standing_words(manifest: Mapping[str, Any]) -> str:
    """Return in English that a model drifted or is stale; empty where it is neither."""
    return STANDINGS.get(str(manifest.get("watch", {}).get("code", "")), "")


def verdict_code(manifest: Mapping[str, Any]) -> str:
    """Return the verdict as it stands: of the fit, or ``drifted`` or ``stale`` where an approved one became so."""
    code, standing = str(manifest.get("details", {}).get("code", "")), str(manifest.get("watch", {}).get("code", ""))
    return standing if code == APPROVED and standing in {DRIFTED, STALE} else code
