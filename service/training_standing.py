"""Where a training stands in somebody's list, why, and what would have to be found of them for it to rank first."""

from typing import Any

import numpy as np

from recommender.catalog_day import CatalogDay
from recommender.counterfactual import Change, Setting, change_to_rank_first
from recommender.policy import Policy
from service.list_items import item_reasons, left_out_rows
from service.lookup import Listed, Person, list_person, rank_candidates
from service.phrases import competency_name
from service.pipeline import Background
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.columns import find_rows

CLOSES_NOTHING, OTHERS_CLOSE_MORE = "closes-nothing", "others-close-more"
NOT_IN_LIST = {
    CLOSES_NOTHING: "It teaches nothing above the levels found that the position asks for.",
    OTHERS_CLOSE_MORE: "It would close about {benefit} levels; those of the list close more.",
}


def changes_to_first(
    person: Person, training: str, policy: Policy, background: Background, day: CatalogDay | None = None
) -> tuple[Change, ...]:
    """Return what would have to be found of a person for a training to rank first; empty for nothing so small.

    Raises
    ------
    UnknownIdError
        When the training is not on file.
    """
    office = person.office
    setting = Setting(catalog=office.catalog, model=office.predictor.predictor, on=office.on, policy=policy,
                      expected=background.expected, day=day, past=background.past)  # fmt: skip
    (row,) = find_rows("training", office.catalog.trainings.ids, [training])
    return change_to_rank_first(person.crew, int(row), setting)


def changes_text(catalog: Catalog, changes: tuple[Change, ...], wording: Wording) -> str:
    """Say what would have to be found; nothing where there is nothing."""
    said = [
        {"level": wording.number(change.level * float(catalog.competencies.direction[change.competency])),
         "name": competency_name(catalog, change.competency, wording)}
        for change in changes
    ]  # fmt: skip
    if not said:
        return ""
    if len(said) == 1:
        return wording.text("With a level {level} assessment in {name} it would rank first.", **said[0])
    return wording.text(
        "With a level {level} assessment in {name}, and a level {other} one in {second}, it would rank first.",
        **said[0], other=said[1]["level"], second=said[1]["name"],
    )  # fmt: skip


def standing_document(
    person: Person, training: str, policy: Policy, background: Background, wording: Wording,
    day: CatalogDay | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return where one training stands for a person: rank and figures, or why it is not in the list; and what would do.

    Raises
    ------
    UnknownIdError
        When the training is not on file.
    """
    office, catalog = person.office, person.office.catalog
    changes = changes_to_first(person, training, policy, background, day)
    listed = list_person(person, policy, background, day)
    place = int(np.searchsorted(catalog.trainings.ids, training))
    row = np.flatnonzero(listed.grounds.lists.training == place)
    standing = _listed(listed, int(row[0]), wording) if len(row) else _unlisted(
        listed, rank_candidates(person, [training], policy, background).items[0], wording
    )  # fmt: skip
    return {
        **person.identity, "on": office.on, "model": office.predictor.identifier, "catalog": catalog.version,
        "state": office.predictor.state, "training": training, "training_name": str(catalog.trainings.names[place]),
        **standing,
        "changes": [
            {"competency": str(catalog.competencies.ids[change.competency]),
             "level": change.level * float(catalog.competencies.direction[change.competency])}
            for change in changes
        ],
        "change_text": changes_text(catalog, changes, wording),
    }  # fmt: skip


def _listed(listed: Listed, row: int, wording: Wording) -> dict[str, Any]:
    """Return rank, figures and reasons of a training in the list."""
    lists = listed.grounds.lists
    rank = int(lists.rank[row])
    return {
        "rank": rank, "benefit": round(float(lists.benefit[row]), 6), "low": round(float(lists.lower[row]), 6),
        "high": round(float(lists.upper[row]), 6), "completion": round(float(lists.completion[row]), 6), "code": None,
        "text": wording.text("It is number {rank} of the list.", rank=wording.number(rank)),
        "reasons": item_reasons(listed.grounds, row, listed.faces, wording),
    }  # fmt: skip


def _unlisted(listed: Listed, alone: dict[str, Any], wording: Wording) -> dict[str, Any]:
    """Return code and sentence of a training that is not in the list; `alone` is what is expected of it by itself."""
    figures = {name: alone[name] for name in ("benefit", "low", "high", "completion")}
    for left in left_out_rows(listed.grounds.lists, listed.place, listed.faces, wording):
        if left["training"] == alone["training"]:
            return {"rank": None, **dict.fromkeys(figures), "code": left["code"], "text": left["text"], "reasons": []}
    code = CLOSES_NOTHING if alone["rank"] is None else OTHERS_CLOSE_MORE
    text = wording.text(NOT_IN_LIST[code], benefit=wording.number(alone["benefit"] or 0.0, 2))
    return {"rank": None, **figures, "code": code, "text": text, "reasons": []}
