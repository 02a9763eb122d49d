"""What everybody's past choices say of trainings before a day: what goes with what, who takes it, who completes it."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from models.baseline import MODE_COMPLETION
from models.choice_rows import Together, fuse, share_below
from models.histories import Histories
from models.together import steady_signals
from recommender.workforce import CANCELLED, COMPLETED, FAILED, WITHDRAWN, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import FloatArray, IndexArray, freeze, group_bounds

FEWEST_PEOPLE = 50  # people with a past; below, their choices tell nothing of anybody else's
CLASS_WEIGHT = 20.0  # people of everybody's share in that of a class of position
COMPLETION_WEIGHT = 10.0  # participations of the usual share in that of a training
PEOPLE_AT_ONCE = 500  # of whom everything fits beside the processor; the answer does not depend on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What is known of trainings from everybody's past before a day.

    Parameters
    ----------
    together : What goes with what; None when too few people have a past.
    by_class : shape (n_classes + 1, n_trainings): share of each position class that began it; the last row is for
        people whose class is not known.
    completion_above_usual : shape (n_trainings,): NaN where nobody began it.
    """

    together: Together | None
    by_class: FloatArray
    completion_above_usual: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def histories_before(workforce: Workforce, n_trainings: int, on: date) -> Histories:
    """Return what each person began before a day, oldest first; cancelled classes were not taken."""
    history = workforce.history
    began = (history.training >= 0) & (history.start < np.datetime64(on, "D")) & (history.status != CANCELLED)
    rows = np.flatnonzero(began)
    days = history.start[rows].astype("datetime64[D]").astype(np.int64)
    return Histories.of(history.employee[rows], history.training[rows], days, n_people=workforce.n_people,
                        n_items=n_trainings)  # fmt: skip


def classes_of(workforce: Workforce, catalog: Catalog) -> IndexArray:
    """Return the position class of each person; -1 where it is not known."""
    return np.append(catalog.positions.position_class, -1)[workforce.position]


def learn_habits(workforce: Workforce, catalog: Catalog, on: date) -> Habits:
    """Learn from everybody's past.

    Parameters
    ----------
    workforce, catalog : Everybody, and trainings.
    on : Only what began before this day counts, and only outcomes of what had ended before it.
    """
    n_trainings = len(catalog.trainings.ids)
    histories = histories_before(workforce, n_trainings, on)
    is_told = n_trainings > 0 and int((histories.length > 0).sum()) >= FEWEST_PEOPLE
    return Habits(
        together=Together.of(histories, steady_signals(histories)) if is_told else None,
        by_class=_by_class(histories, classes_of(workforce, catalog), len(catalog.positions.classes)),
        completion_above_usual=_completion_above_usual(workforce, catalog, on),
    )


def _by_class(histories: Histories, position_class: IndexArray, n_classes: int) -> FloatArray:
    """Return the share of each class that began each training, shrunk to the share of everybody."""
    group = np.where(position_class >= 0, position_class, n_classes)
    width = histories.n_items
    count = np.bincount(group[histories.person] * width + histories.item, minlength=(n_classes + 1) * width)
    count = count.reshape(n_classes + 1, width)
    size = np.bincount(group[histories.length > 0], minlength=n_classes + 1)
    overall = count.sum(axis=0) / max(int(size.sum()), 1)
    return np.asarray((count + CLASS_WEIGHT * overall) / (size[:, None] + CLASS_WEIGHT), dtype=np.float64)


def _completion_above_usual(workforce: Workforce, catalog: Catalog, on: date) -> FloatArray:
    history, n_trainings = workforce.history, len(catalog.trainings.ids)
    ended = (history.training >= 0) & (history.end < np.datetime64(on, "D"))
    rows = np.flatnonzero(ended & np.isin(history.status, (COMPLETED, FAILED, WITHDRAWN)))
    began = np.bincount(history.training[rows], minlength=n_trainings)
    done = np.bincount(history.training[rows], weights=history.status[rows] == COMPLETED, minlength=n_trainings)
    usual = MODE_COMPLETION[catalog.trainings.mode]
    share = (done + COMPLETION_WEIGHT * usual) / (began + COMPLETION_WEIGHT)
    return np.where(began > 0, share - usual, np.nan)


def habit_columns(
    past: Habits, workforce: Workforce, catalog: Catalog, employee: IndexArray, training: IndexArray, on: date
) -> dict[str, FloatArray]:
    """Return what past choices say of pairs; NaN where they say nothing.

    Parameters
    ----------
    past : Learned from everybody before the day.
    workforce, catalog : The people of the pairs, and trainings.
    employee, training : shape (n_pairs,): indices; by employee.
    on : The day.
    """
    return {
        "goes_with_past": _goes_with_past(past, workforce, employee, training, on),
        "taken_by_class": past.by_class[classes_of(workforce, catalog)[employee], training],
        "completion_above_usual": past.completion_above_usual[training],
    }


def _goes_with_past(
    past: Habits, workforce: Workforce, employee: IndexArray, training: IndexArray, on: date
) -> FloatArray:
    """Return the share of trainings that stand below each pair's for its person; NaN for people without a past."""
    found = np.full(len(employee), np.nan)
    if past.together is None:
        return found
    histories = histories_before(workforce, past.together.n_items, on)
    who = histories.alike()[employee]
    asked = np.flatnonzero(histories.length[who] > 0)
    asked = asked[np.argsort(who[asked], kind="stable")]
    bounds = group_bounds(who[asked], workforce.n_people)
    people = np.flatnonzero(np.diff(bounds))
    for first in range(0, len(people), PEOPLE_AT_ONCE):
        crew = people[first : first + PEOPLE_AT_ONCE]
        pairs = asked[bounds[crew[0]] : bounds[crew[-1] + 1]]
        fused = fuse(past.together, histories.take(crew))
        found[pairs] = share_below(fused, np.searchsorted(crew, who[pairs]), training[pairs])
    return found
