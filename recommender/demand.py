"""What people bring into a plan: each candidate in each class of the year, with benefit, cost and what it works on."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from recommender.policy import Mandate, Policy
from recommender.ranking import RankedLists
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import (
    BoolArray,
    FloatArray,
    IndexArray,
    find_rows,
    freeze,
    group_bounds,
    join_groups,
    look_up,
    rank_within,
)
from training_catalog.quantities import RupiahArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Options of a plan, by employee, then offering.

    Parameters
    ----------
    employee, offering, training : Indices.
    benefit, lower, upper, completion : As predicted.
    fee, travel : Whole rupiah.
    is_wanted : Demanded by the planner through a mandate.
    needs_first : Training that must be taken first in the same plan; -1 for none.
    topic_counts : Competencies each option works on.
    topic : Those competencies, option by option.
    topic_share : Share of the option's benefit in each of them.
    """

    employee: IndexArray
    offering: IndexArray
    training: IndexArray
    benefit: FloatArray
    lower: FloatArray
    upper: FloatArray
    completion: FloatArray
    fee: RupiahArray
    travel: RupiahArray
    is_wanted: BoolArray
    needs_first: IndexArray
    topic_counts: IndexArray
    topic: IndexArray
    topic_share: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def cost(self) -> RupiahArray:
        """Fee and travel; shape (n_options,)."""
        return self.fee + self.travel

    @property
    def topic_bounds(self) -> IndexArray:
        """Bounds of each option's topics."""
        return np.concatenate([[0], np.cumsum(self.topic_counts)]).astype(np.int64)


def worth_keeping(lists: RankedLists, policy: Policy) -> BoolArray:
    """Keep each person's options that are best by benefit or by benefit for money, and all that are demanded."""
    options, benefit = lists.options, lists.by_class.mean
    per_rupiah = benefit / (options.cost + 100_000.0)  # a seat without a fee still takes a place and a morning
    half = max(policy.plan.options_per_person // 2, 1)
    best = (rank_within(options.employee, -benefit) < half) | (rank_within(options.employee, -per_rupiah) < half)
    useful: BoolArray = (benefit >= policy.plan.minimum_benefit) & best
    return useful | lists.candidates.is_wanted[options.pair]


def demand_of(lists: RankedLists, catalog: Catalog, policy: Policy, year: int, first_employee: int) -> Demand:
    """Turn the lists of some people into their part of the demand.

    Parameters
    ----------
    lists : Ranked lists with their options.
    catalog : Days of classes.
    policy : Which options are worth keeping.
    year : Only classes that begin in this year.
    first_employee : Row of the lists' first person in the whole workforce.
    """
    options, estimates, candidates = lists.options, lists.by_class, lists.candidates
    in_year = catalog.offerings.start[options.offering].astype("datetime64[Y]").astype(np.int64) + 1970 == year
    kept = np.flatnonzero(in_year & worth_keeping(lists, policy))
    kept = kept[np.lexsort((options.offering[kept], options.employee[kept]))]
    pair = options.pair[kept]
    gaps, coverage = candidates.gaps, candidates.coverage
    weighted = coverage.closes * gaps.weight[coverage.gap]
    left, row = join_groups(coverage.bounds, pair)
    total = np.bincount(left, weights=weighted[row], minlength=len(pair))
    return Demand(
        employee=options.employee[kept] + first_employee,
        offering=options.offering[kept],
        training=candidates.training[pair],
        benefit=estimates.mean[kept],
        lower=estimates.lower[kept],
        upper=estimates.upper[kept],
        completion=estimates.completion[kept],
        fee=options.fee[kept],
        travel=options.travel[kept],
        is_wanted=candidates.is_wanted[pair],
        needs_first=candidates.needs_first[pair],
        topic_counts=np.bincount(left, minlength=len(pair)).astype(np.int64),
        topic=gaps.competency[coverage.gap[row]],
        topic_share=weighted[row] / np.where(total[left] > 0, total[left], 1.0),
    )


def gather_demand(parts: Iterable[Demand]) -> Demand:
    """Join the parts of consecutive people."""
    collected = list(parts)
    return Demand(**{f.name: np.concatenate([getattr(part, f.name) for part in collected]) for f in fields(Demand)})


def _mandated(workforce: Workforce, catalog: Catalog, mandate: Mandate) -> IndexArray:
    """Return the people a mandate is for."""
    chosen = np.ones(workforce.n_people, dtype=np.bool_)
    if mandate.employees:
        chosen[:] = False
        chosen[find_rows("employee", workforce.ids, mandate.employees)] = True
    if mandate.position_classes:
        classes = find_rows("position class", catalog.positions.classes, mandate.position_classes)
        chosen &= np.isin(np.append(catalog.positions.position_class, -1)[workforce.position], classes)
    return np.flatnonzero(chosen)


def mandated_pairs(workforce: Workforce, catalog: Catalog, policy: Policy) -> tuple[IndexArray, IndexArray]:
    """Return the (employee, training) pairs of mandates, the training as the mandate names it.

    Raises
    ------
    UnknownIdError
        When a mandate names a person, position class or training that is not known.
    """
    employee: list[IndexArray] = [np.empty(0, dtype=np.int64)]
    training: list[IndexArray] = [np.empty(0, dtype=np.int64)]
    for mandate in policy.mandates:
        people = _mandated(workforce, catalog, mandate)
        employee.append(people)
        training.append(np.repeat(find_rows("training", catalog.trainings.ids, [mandate.training]), len(people)))
    return np.concatenate(employee).astype(np.int64), np.concatenate(training).astype(np.int64)


def wanted_pairs(workforce: Workforce, catalog: Catalog, policy: Policy, on: date) -> tuple[IndexArray, IndexArray]:
    """Return the (employee, training) pairs that mandates and pins demand.

    Parameters
    ----------
    workforce, catalog, policy : People, trainings and what the planner demands.
    on : Editions without a class on or after this day are not demanded.

    Raises
    ------
    UnknownIdError
        When a mandate or pin names a person, position class, training or class that is not known.
    """
    series, offerings = catalog.trainings.series, catalog.offerings
    upcoming = np.zeros(len(series), dtype=np.bool_)
    upcoming[offerings.training[offerings.start >= np.datetime64(on, "D")]] = True
    editions = np.flatnonzero(upcoming)
    editions = editions[np.argsort(series[editions], kind="stable")]
    mandated, named = mandated_pairs(workforce, catalog, policy)
    left, row = join_groups(group_bounds(series[editions], len(series)), series[named])
    find_rows("employee", workforce.ids, [choice.employee for choice in policy.pinned])
    find_rows("offering", offerings.ids, [choice.offering for choice in policy.pinned])
    pinned_people, pinned_classes = pinned_rows(workforce, catalog, policy)
    employee = np.concatenate([mandated[left], pinned_people])
    return employee, np.concatenate([editions[row], offerings.training[pinned_classes]])


def pinned_rows(workforce: Workforce, catalog: Catalog, policy: Policy) -> tuple[IndexArray, IndexArray]:
    """Return (employee, offering) of the pins whose both ids are known in this workforce."""
    people = look_up(workforce.ids, np.asarray([choice.employee for choice in policy.pinned], dtype=np.str_))
    classes = look_up(catalog.offerings.ids, np.asarray([choice.offering for choice in policy.pinned], dtype=np.str_))
    known = (people >= 0) & (classes >= 0)
    return people[known], classes[known]
