"""Reasons for a recommendation, from the same numbers that ranked it: codes and figures, worded elsewhere."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.service_link import ServiceLink
from recommender.gap import GapState
from recommender.policy import RankingRules
from recommender.ranking import RankedLists
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, FloatArray, IndexArray, freeze, group_bounds

MEASURABLE_LEVELS = 0.005  # contributions below this are not worth a sentence
NOT_KNOWN = float("nan")  # this very one, so that equal reasons are equal


class Reason(NamedTuple):
    """One reason.

    Parameters
    ----------
    code : ``closes-deficit``, ``assumed-need``, ``expired-assessment``, ``blind-spot``, ``suits-short-staff``,
        ``suits-full-calendar``, ``asked-for``, ``default-standard``, ``enrolment-lapsed`` or
        ``service-effect``.
    competency : Index of the competency; -1 when it is about none.
    levels : Levels covered; for ``service-effect`` points of the indicator for one more training a head in the unit.
    required, assessed : Levels on the framework's scale; `NOT_KNOWN` when not known.
    indicator : Service indicator, for ``service-effect``.
    """

    code: str
    competency: int = -1
    levels: float = NOT_KNOWN
    required: float = NOT_KNOWN
    assessed: float = NOT_KNOWN
    indicator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What explanations need beside the lists.

    Parameters
    ----------
    is_short_staffed, has_full_calendar : shape (n_people,).
    service_links : What history says about trainings and the unit's service; empty when it says nothing.
    rules : What counts as short.
    """

    is_short_staffed: BoolArray
    has_full_calendar: BoolArray
    service_links: tuple[ServiceLink, ...]
    rules: RankingRules


_STATE_CODES = {
    int(GapState.NEVER_ASSESSED): "assumed-need",
    int(GapState.EXPIRED): "expired-assessment",
    int(GapState.DEFICIT): "closes-deficit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Lists, and what reasons for their rows are given from: looked up once for all of them.

    Parameters
    ----------
    lists, context : The lists, and what explanations need beside them.
    bounds : shape (n_pairs + 1,): where the needs begin that each pair's training covers measurably.
    gap, covered : Row in the gaps, and levels covered; the most covered of a pair first.
    has_default : shape (n_pairs,): whether a requirement that it works on is the class's default.
    is_spot : shape (n_gaps,): from `Gaps.is_blind_spot`.
    direction : shape (n_gaps,): turns a level back to the framework's own scale.
    asked_for : People and trainings that they asked for.
    about_service : What history says of all of them.
    """

    lists: RankedLists
    context: Context
    bounds: IndexArray
    gap: IndexArray
    covered: FloatArray
    has_default: BoolArray
    is_spot: BoolArray
    direction: FloatArray
    asked_for: frozenset[tuple[int, int]]
    about_service: tuple[Reason, ...]

    def __post_init__(self) -> None:
        freeze(self)


def find_grounds(lists: RankedLists, workforce: Workforce, catalog: Catalog, context: Context) -> Grounds:
    """Look up what reasons are given from.

    Parameters
    ----------
    lists : Of the people of the workforce.
    workforce, catalog : The people and catalogue that were ranked.
    context : Workload of people and what history says about service.
    """
    gaps, coverage = lists.candidates.gaps, lists.candidates.coverage
    n_pairs, interests = lists.candidates.n_pairs, workforce.interests
    pair = np.repeat(np.arange(n_pairs), np.diff(coverage.bounds))
    told = np.flatnonzero(coverage.covered >= MEASURABLE_LEVELS)
    order = told[np.lexsort((coverage.gap[told], -coverage.covered[told], pair[told]))]
    wanted = zip(*(column[interests.is_wanted].tolist() for column in (interests.employee, interests.training)),
                 strict=True)  # fmt: skip
    return Grounds(
        lists=lists,
        context=context,
        bounds=group_bounds(pair[order], n_pairs),
        gap=coverage.gap[order],
        covered=coverage.covered[order],
        has_default=np.bincount(pair, weights=gaps.is_default[coverage.gap], minlength=n_pairs) > 0,
        is_spot=gaps.is_blind_spot,
        direction=catalog.competencies.direction[gaps.competency],
        asked_for=frozenset(wanted),
        about_service=tuple(
            Reason("service-effect", levels=link.effect, indicator=link.indicator)
            for link in context.service_links
            if link.is_supported
        ),
    )


def explain_row(grounds: Grounds, row: int) -> list[Reason]:
    """Explain one row of the lists.

    Returns
    -------
    Reasons: competencies by levels covered, largest first, then what else speaks for it.
    """
    gaps, pair = grounds.lists.candidates.gaps, int(grounds.lists.pair[row])
    part = slice(*grounds.bounds[pair : pair + 2].tolist())
    reasons: list[Reason] = []
    for gap, levels in zip(grounds.gap[part].tolist(), grounds.covered[part].tolist(), strict=True):
        competency, sign = int(gaps.competency[gap]), float(grounds.direction[gap])
        required, found = float(gaps.required[gap]) * sign, float(gaps.assessed[gap]) * sign
        assessed = NOT_KNOWN if math.isnan(found) else found
        code = _STATE_CODES[int(gaps.state[gap])]
        reasons.append(Reason(code, competency, levels, required, assessed))
        if grounds.is_spot[gap]:
            self_rated = float(gaps.self_rated[gap]) * sign
            reasons.append(Reason("blind-spot", competency, self_rated, required, assessed))
    if grounds.has_default[pair]:
        reasons.append(Reason("default-standard"))
    return reasons + _circumstances(grounds, row)


def _circumstances(grounds: Grounds, row: int) -> list[Reason]:
    """Return what speaks for a row beside the competencies it covers."""
    lists, context, reasons = grounds.lists, grounds.context, list[Reason]()
    employee = int(lists.employee[row])
    if lists.suits_full_calendar[row]:
        if context.is_short_staffed[employee]:
            reasons.append(Reason("suits-short-staff"))
        if context.has_full_calendar[employee]:
            reasons.append(Reason("suits-full-calendar"))
    if lists.candidates.has_lapsed[lists.pair[row]]:
        reasons.append(Reason("enrolment-lapsed"))
    if (employee, int(lists.training[row])) in grounds.asked_for:
        reasons.append(Reason("asked-for"))
    return [*reasons, *grounds.about_service]
