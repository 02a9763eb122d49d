"""Why somebody got a class of a plan, or did not: any person, any training."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from recommender.allocation.why import Reasons, WhyNot
from recommender.candidates import describe_pairs
from recommender.demand import worth_keeping
from recommender.plan import Plan, Proof
from recommender.policy import Policy
from service.list_items import left_out_rows
from service.lookup import Listed
from service.phrases import unmet_text
from service.pipeline import fetch_plan, fetch_proof
from service.storage.database import Database
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.columns import find_rows

Row = dict[str, Any]  # an answer has employee, code, training, offering, needs (rupiah) and text


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame as dicts keyed by column name."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _row(employee: str, code: str, text: str, *, training: str = "", offering: str = "", needs: int = 0) -> Row:
    return {"employee": employee, "code": code, "training": training, "offering": offering, "needs": needs,
            "text": text}  # fmt: skip


def why_rows(plan: Plan, nip: str, wording: Wording, names: Mapping[str, str]) -> list[Row]:
    """Return what the plan says of one person: what was chosen, or why nothing was.

    Parameters
    ----------
    plan : The plan.
    nip : Number of one of its people.
    names : Names of trainings by code; codes stand for those that are missing.
    """
    chosen = plan.assignments[plan.assignments["employee"] == nip]
    unmet = plan.unmet[plan.unmet["employee"] == nip]
    return [
        *_chosen(chosen, wording, names),
        *(_row(nip, row["code"], unmet_text(row, wording), training=row["training"], offering=row["offering"],
               needs=int(row["needs"])) for row in rows_of(unmet)),
    ]  # fmt: skip


def _chosen(seats: pd.DataFrame, wording: Wording, names: Mapping[str, str]) -> list[Row]:
    return [
        _row(row["employee"], "chosen", training=row["training"], offering=row["offering"],
             text=wording.text("Chosen: {training}, class {offering}, for {cost}; expected gain {benefit} levels.",
                               training=names.get(row["training"], row["training"]), offering=row["offering"],
                               cost=wording.money(int(row["cost"])), benefit=wording.number(float(row["benefit"]), 2)))
        for row in rows_of(seats)
    ]  # fmt: skip


def why_training(
    plan: Plan, answers: "PlanReasons | None", nip: str, training: str, wording: Wording, names: Mapping[str, str],
    listed: Callable[[], Listed],
) -> list[Row]:  # fmt: skip
    """Return what the plan says of one person and one training: chosen, or what stands in the way of each class.

    Parameters
    ----------
    plan, nip, names : As of `why_rows`.
    answers : What the plan was made from; None where it is not stored.
    training : Code of a training.
    listed : Gives the person's list, which is asked where no class of the training could be considered.

    Raises
    ------
    UnknownIdError
        When no such training is on file.
    """
    mine = plan.assignments[(plan.assignments["employee"] == nip) & (plan.assignments["training"] == training)]
    if len(mine):
        return _chosen(mine, wording, names)
    classes = plan.offerings.loc[plan.offerings["training"] == training, "offering"].tolist()
    refused = [] if answers is None else answers.of_classes(nip, classes)
    if refused:
        return [_refusal(nip, training, found, wording, names) for found in refused]
    if answers is None and classes:
        code, text = "not-stored", wording.text("What this plan was made from is not stored, so it cannot say why.")
    else:
        code, text = _not_considered(plan, classes, listed(), training, wording)
    return [_row(nip, code, text, training=training)]


def _refusal(nip: str, training: str, found: Row, wording: Wording, names: Mapping[str, str]) -> Row:
    text = wording.text(
        "{training}, class {offering} from {day}, would close {benefit} levels for {cost}. {why}",
        training=names.get(training, training), offering=found["offering"], day=wording.date(found["start"]),
        benefit=wording.number(found["benefit"], 2), cost=wording.money(found["cost"]), why=unmet_text(found, wording),
    )  # fmt: skip
    return _row(nip, found["code"], text, training=training, offering=found["offering"], needs=found["needs"])


def _not_considered(plan: Plan, classes: list[str], listed: Listed, training: str, wording: Wording) -> tuple[str, str]:
    """Say why no class of a training could be considered for a person."""
    lists, catalog, year = listed.grounds.lists, listed.office.catalog, plan.provenance.year
    row = int(find_rows("training", catalog.trainings.ids, [training])[0])
    for left in left_out_rows(lists, listed.place, listed.faces, wording):
        if left["training"] == training:
            return "not-eligible", left["text"]
    asked = describe_pairs(lists.candidates.gaps, catalog, np.array([listed.place]), np.array([row]))
    if asked.rule_benefit[0] <= 0:
        return "no-need", wording.text("It teaches nothing above their level that their position asks for.")
    unpaid = _unpaid(plan, catalog, row)
    if not classes and unpaid:
        return "no-payer", wording.text("No budget line may pay the fixed cost of its classes: {classes}.",
                                        classes=", ".join(unpaid))  # fmt: skip
    if not classes:
        return "no-offering", wording.text("No class of it is on offer in {year}.", year=year)
    return _not_weighed(plan, classes, listed, row, wording)


def _unpaid(plan: Plan, catalog: Catalog, training: int) -> list[str]:
    """Return the classes of a training that stay closed because no budget line may open them."""
    mine = set(catalog.offerings.ids[catalog.offerings.training == training].tolist())
    return [subject for code, subject in plan.warnings if code == "no-line-for-class" and subject in mine]


def _not_weighed(plan: Plan, classes: list[str], listed: Listed, training: int, wording: Wording) -> tuple[str, str]:
    """Say why classes of a training that somebody needs and may take were not among those weighed."""
    lists, offerings = listed.grounds.lists, listed.office.catalog.offerings
    pair = (lists.candidates.employee == listed.place) & (lists.candidates.training == training)
    if not pair.any():
        return "lower-benefit", wording.text("Other trainings close more of what they lack; only the best are weighed.")
    mine = pair[lists.options.pair] & np.isin(offerings.ids[lists.options.offering], classes)
    if not mine.any():
        text = wording.text("None of its classes in {year} is open to this person.", year=plan.provenance.year)
        return "no-offering", text
    if not (mine & worth_keeping(lists, msgspec.json.decode(plan.provenance.rules, type=Policy))).any():
        text = "Other classes close more of what they lack, or as much for less money; only the best are weighed."
        return "lower-benefit", wording.text(text)
    return "no-payer", wording.text("No budget line of their unit may pay for its classes.")


class PlanReasons:
    """Says why people of a plan did not get classes that they could have got.

    Parameters
    ----------
    proof : What the plan was made from, and what was chosen.
    people : Numbers of its people, in its order; the proof itself names nobody.
    """

    def __init__(self, proof: Proof, people: list[str]) -> None:
        self._problem = proof.problem
        self._reasons = Reasons(proof.problem, proof.allocation.chosen)
        self._row_of = dict(zip(people, range(len(proof.problem.people.ids)), strict=True))

    def of_classes(self, nip: str, classes: list[str]) -> list[Row]:
        """Return why a person did not get each of some classes, by first day; none that could not be considered.

        Returns
        -------
        The columns of `recommender.plan.UNMET_COLUMNS` that say what is in the way, and offering, start (a date),
        benefit and cost (rupiah) of the class for this person.
        """
        options, person = self._problem.options, self._row_of.get(nip, -1)
        first, last = np.searchsorted(options.employee, (person, person + 1)).tolist()
        cost, found = options.cost, dict[str, Row]()
        for option in range(first, last):
            offering = str(self._problem.classes.ids[options.offering[option]])
            if offering in classes:
                told = self._told(self._reasons.why_not(option), offering, int(cost[option]))
                if offering not in found or _is_nearer(told, found[offering]):
                    found[offering] = told
        return sorted(found.values(), key=lambda told: (told["start"], told["offering"]))

    def _told(self, answer: WhyNot, offering: str, cost: int) -> Row:
        classes, later = self._problem.classes, answer.next_offering
        start = classes.start[self._problem.options.offering[answer.option]].astype("datetime64[D]").item()
        return {
            "code": answer.code, "limit": answer.limit, "needs": answer.needs, "cutoff": answer.cutoff,
            "instead": answer.instead, "offering": offering, "cost": cost, "start": start,
            "benefit": float(self._problem.options.benefit[answer.option]),
            "next_offering": str(classes.ids[later]) if later >= 0 else "",
            "next_start": classes.start[later].astype("datetime64[D]").item() if later >= 0 else None,
            "next_code": answer.next_code,
        }  # fmt: skip


def plan_reasons(database: Database, plan_id: str) -> PlanReasons | None:
    """Return what answers for a stored plan; None where what it was made from is gone.

    Raises
    ------
    UnknownIdError
        When there is no such plan.
    """
    proof = fetch_proof(database, plan_id)
    return None if proof is None else PlanReasons(proof, fetch_plan(database, plan_id).people["employee"].tolist())


def _is_nearer(one: Row, other: Row) -> bool:
    """Tell of two ways to pay for a class which one lacks less money, or none."""
    return (one["code"] == "budget", one["needs"]) < (other["code"] == "budget", other["needs"])
