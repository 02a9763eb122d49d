"""Who moves from one plan to another, and why."""

from itertools import zip_longest
from typing import Any

import pandas as pd

from recommender.plan import Plan
from service.labels import CLASSES, lower, word_for
from service.phrases import unmet_text
from service.plan_why import PlanReasons
from service.wording import Wording

Move = dict[str, Any]  # employee, old and new (classes or None), code, text


def moves(one: Plan, other: Plan, answers: PlanReasons | None, wording: Wording) -> list[Move]:
    """Return the people whose classes differ, with the class in one plan, in the other, and why.

    Parameters
    ----------
    one, other : Two plans, as far as the reader may see them.
    answers : What the other plan was made from; None where it is not stored: then some reasons are empty.
    """
    before = one.assignments[["employee", "offering"]].assign(side="before")
    after = other.assignments[["employee", "offering"]].assign(side="after")
    both = pd.concat([before, after])
    alone = both[~both.duplicated(["employee", "offering"], keep=False)]
    classes = dict(zip(other.offerings["offering"].tolist(), other.offerings["code"].tolist(), strict=True))
    people, found = frozenset(other.people["employee"]), []
    for employee, part in alone.groupby("employee"):
        lost = sorted(part.loc[part.side == "before", "offering"])
        gained = sorted(part.loc[part.side == "after", "offering"])
        for old, new in zip_longest(lost, gained):
            code, text = _class_lost(old, classes, wording)
            if not code and old is not None:
                code, text = _place_lost(str(employee), old, answers, wording, is_there=employee in people)
            elif not code:
                code, text = "gained", wording.text("There is a seat and the money for it.")
            found.append({"employee": employee, "old": old, "new": new, "code": code, "text": text})
    return found


OWN_REASONS = ("opened", "lower-benefit")  # of classes; why somebody does not attend one is told of the person


def _class_lost(old: str | None, classes: dict[str, str], wording: Wording) -> tuple[str, str]:
    """Say that the class itself is gone or cannot open; nothing where it could."""
    if old is None or classes.get(old) in OWN_REASONS:
        return "", ""
    if old not in classes:
        return "cancelled", wording.text("The class does not take place.")
    return classes[old], wording.text("The class does not open: {why}.",
                                      why=lower(word_for(classes[old], CLASSES, wording)))  # fmt: skip


def _place_lost(
    employee: str, old: str, answers: PlanReasons | None, wording: Wording, *, is_there: bool
) -> tuple[str, str]:
    """Say what keeps somebody from a class that others attend."""
    if not is_there:
        return "left", wording.text("The person is no longer among those planned for.")
    if answers is None:
        return "", ""
    found = answers.of_classes(employee, [old])
    if not found:
        return "not-considered", wording.text("The class can no longer be considered for this person.")
    return found[0]["code"], unmet_text(found[0], wording)
