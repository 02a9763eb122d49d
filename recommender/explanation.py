"""Reasons for a recommendation, from the same numbers that ranked it: codes and figures, worded elsewhere."""

from dataclasses import dataclass

import numpy as np

from models.service_link import ServiceLink
from recommender.gap import GapState
from recommender.policy import RankingRules
from recommender.ranking import RankedLists
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray

MEASURABLE_LEVELS = 0.005  # contributions below this are not worth a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason.

    Parameters
    ----------
    code : ``closes-deficit``, ``assumed-need``, ``expired-assessment``, ``blind-spot``, ``suits-short-staff``,
        ``suits-full-calendar``, ``asked-for``, ``default-standard``, ``enrolment-lapsed`` or
        ``service-effect``.
    competency : Index of the competency; -1 when it is about none.
    levels : Levels covered; for ``service-effect`` points of the indicator for one more training a head in the unit.
    required, assessed : Levels on the framework's scale; NaN when not known.
    indicator : Service indicator, for ``service-effect``.
    """

    code: str
    competency: int = -1
    levels: float = np.nan
    required: float = np.nan
    assessed: float = np.nan
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


def is_blind_spot(lists: RankedLists) -> BoolArray:
    """Return gap rows where a person rates themselves above what was assessed, and is below what is required."""
    gaps = lists.candidates.gaps
    spot: BoolArray = (gaps.deficit > 0) & (gaps.self_rated > gaps.assessed) & (gaps.self_rated >= gaps.required)
    return spot


def explain_row(
    lists: RankedLists,
    row: int,
    workforce: Workforce,
    catalog: Catalog,
    context: Context,
    spots: BoolArray | None = None,
) -> list[Reason]:
    """Explain one row of the lists.

    Parameters
    ----------
    lists, row : The lists and the row in them.
    workforce, catalog : The people and catalogue that were ranked.
    context : Workload of people and what history says about service.
    spots : From `is_blind_spot`, where several rows are explained.

    Returns
    -------
    Reasons: competencies by levels covered, largest first, then what else speaks for it.
    """
    candidates, gaps = lists.candidates, lists.candidates.gaps
    pair, employee = int(lists.pair[row]), int(lists.employee[row])
    part = slice(int(candidates.coverage.bounds[pair]), int(candidates.coverage.bounds[pair + 1]))
    covered, gap_rows = candidates.coverage.covered[part], candidates.coverage.gap[part]
    spots = is_blind_spot(lists) if spots is None else spots
    reasons: list[Reason] = []
    for i in np.lexsort((gap_rows, -covered)):
        if covered[i] < MEASURABLE_LEVELS:
            continue
        gap = int(gap_rows[i])
        competency = int(gaps.competency[gap])
        sign = float(catalog.competencies.direction[competency])
        figures = {
            "competency": competency,
            "levels": float(covered[i]),
            "required": float(gaps.required[gap]) * sign,
            "assessed": float(gaps.assessed[gap]) * sign,
        }
        reasons.append(Reason(code=_STATE_CODES[int(gaps.state[gap])], **figures))  # type: ignore[arg-type]  # index is int
        if spots[gap]:
            reasons.append(Reason(code="blind-spot", **{**figures, "levels": float(gaps.self_rated[gap]) * sign}))  # type: ignore[arg-type]  # as above
    if np.any(gaps.is_default[gap_rows]):
        reasons.append(Reason(code="default-standard"))
    return reasons + _circumstances(lists, row, employee, workforce, context)


def _circumstances(lists: RankedLists, row: int, employee: int, workforce: Workforce, context: Context) -> list[Reason]:
    """Return what speaks for a row beside the competencies it covers."""
    reasons: list[Reason] = []
    if lists.suits_full_calendar[row]:
        if context.is_short_staffed[employee]:
            reasons.append(Reason(code="suits-short-staff"))
        if context.has_full_calendar[employee]:
            reasons.append(Reason(code="suits-full-calendar"))
    if lists.candidates.has_lapsed[lists.pair[row]]:
        reasons.append(Reason(code="enrolment-lapsed"))
    interests = workforce.interests
    asked = (interests.employee == employee) & (interests.training == lists.training[row]) & interests.is_wanted
    if asked.any():
        reasons.append(Reason(code="asked-for"))
    supported = (link for link in context.service_links if link.is_supported)
    reasons.extend(Reason(code="service-effect", levels=link.effect, indicator=link.indicator) for link in supported)
    return reasons
