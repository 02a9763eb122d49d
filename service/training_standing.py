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
    (row,) = find_rows("training", catalog.trainings.ids, [training])
    return {
        **person.identity, "on": office.on, "model": office.predictor.identifier, "catalog": catalog.version,
        "state": office.predictor.state, "training": training,
        "training_name": str(catalog.trainings.names[row]),
        **_standing(person, listed, training, policy, background, wording),
        "changes": [
            {"competency": str(catalog.competencies.ids[change.competency]),
             "level": change.level * float(catalog.competencies.direction[change.competency])}
            for change in changes
        ],
        "change_text": changes_text(catalog, changes, wording),
    }  # fmt: skip


def _standing(
    person: Person, listed: Listed, training: str, policy: Policy, background: Background, wording: Wording
) -> dict[str, Any]:
    """Return rank, figures and reasons; or the code and the sentence that say why it is not in the list."""
    lists, catalog = listed.grounds.lists, person.office.catalog
    (place,) = find_rows("training", catalog.trainings.ids, [training])
    nothing: dict[str, Any] = {"rank": None, "benefit": None, "low": None, "high": None, "completion": None}
    for row in np.flatnonzero(lists.training == place).tolist():
        return {
            "rank": int(lists.rank[row]), "benefit": round(float(lists.benefit[row]), 6),
            "low": round(float(lists.lower[row]), 6), "high": round(float(lists.upper[row]), 6),
            "completion": round(float(lists.completion[row]), 6), "code": None,
            "text": wording.text("It is number {rank} of the list.", rank=wording.number(int(lists.rank[row]))),
            "reasons": item_reasons(listed.grounds, row, listed.faces, wording),
        }  # fmt: skip
    for left in left_out_rows(lists, listed.place, listed.faces, wording):
        if left["training"] == training:
            return {**nothing, "code": left["code"], "text": left["text"], "reasons": []}
    (one,) = rank_candidates(person, [training], policy, background).items
    code = CLOSES_NOTHING if one["rank"] is None else OTHERS_CLOSE_MORE
    figures = {name: one[name] for name in nothing if name != "rank"}
    text = wording.text(NOT_IN_LIST[code], benefit=wording.number(one["benefit"] or 0.0, 2))
    return {"rank": None, **figures, "code": code, "text": text, "reasons": []}
