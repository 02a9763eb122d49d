"""Selection rates by group, with small groups hidden so that none of them can be worked out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.past_effects import FEWEST_TOLD
from recommender.plan import Plan
from service.wording import Wording
from training_catalog.columns import BoolArray, IndexArray

FEWEST_PEOPLE = FEWEST_TOLD  # a smaller group is not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRate:
    """How many of a group's people with a need are served.

    Parameters
    ----------
    group : Code of the group; empty for not known.
    n_people, n_served : None where hidden.
    """

    group: str
    n_people: int | None
    n_served: int | None


def hidden_groups(sizes: IndexArray) -> BoolArray:
    """Return which groups of one table are hidden.

    Parameters
    ----------
    sizes : shape (n_groups,): people in each group; the table's total is known to the reader.

    Returns
    -------
    Every group below `FEWEST_PEOPLE`; and, while those hidden are together below it (as a single one always is), the
    smallest group still shown (ties: the first), because the total less the groups shown would tell the rest.

    Examples
    --------
    >>> hidden_groups(np.array([200, 40, 3])).tolist()
    [False, True, True]
    >>> hidden_groups(np.array([200, 40, 30])).tolist()
    [False, False, False]
    """
    hidden = sizes < FEWEST_PEOPLE
    while 0 < sizes[hidden].sum() < FEWEST_PEOPLE and not hidden.all():
        hidden[np.argmin(np.where(hidden, np.iinfo(np.int64).max, sizes))] = True
    return hidden


def hidden_units(plan: Plan) -> frozenset[str]:
    """Return the units of which a report says no figures of people, by those who have a need: one rule for every table.

    The pages of a plan follow the reader instead: whoever sees a unit there sees its people by name.
    """
    needy = plan.people.loc[plan.people["need"] > 0, "unit"].value_counts().sort_index()
    hidden = hidden_groups(np.asarray(needy, dtype=np.int64))
    return frozenset(needy.index[hidden]) | (frozenset(plan.gaps["unit"]) - frozenset(needy.index))


def hiding_rule(wording: Wording) -> str:
    """Say which groups are hidden."""
    return wording.text(
        "Groups of fewer than {n} people are not shown. Where only one group would be hidden, or the hidden ones "
        "together are fewer than {n}, the next smallest is hidden as well, so that none can be worked out from the "
        "sum.",
        n=wording.number(FEWEST_PEOPLE),
    )


def place_of_group(group: str) -> tuple[int, str]:
    """Return where a group stands: ``<30`` before ``30-39`` before ``>=50`` before not known."""
    outside = {"": 3, "<": 0, ">": 2}
    return outside.get(group[:1], 1), group


def rates_by(people: pd.DataFrame, column: str) -> tuple[GroupRate, ...]:
    """Return the selection rates of a column's groups, in order of their codes, open ends outside, not known last.

    Parameters
    ----------
    people : Frame of a plan; only people with a need count.
    column : ``employment_type``, ``sex`` or ``age_band``.
    """
    needy = people[people["need"] > 0]
    served = (needy["n_trainings"] > 0).groupby(needy[column]).agg(["size", "sum"])
    served = served.loc[sorted(served.index, key=place_of_group)]
    hidden = hidden_groups(served["size"].to_numpy(np.int64))
    return tuple(
        GroupRate(group=str(group), n_people=None, n_served=None)
        if is_hidden
        else GroupRate(group=str(group), n_people=int(size), n_served=int(count))
        for group, size, count, is_hidden in zip(served.index, served["size"], served["sum"], hidden, strict=True)
    )
