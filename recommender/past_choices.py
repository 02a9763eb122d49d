"""What a model's lists would have achieved among the choices people really made, and what the same money would buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.baseline import BaselineRule, BenefitPredictor, covered_deficit
from models.evaluation import Split, later_rows
from models.features import FEATURE_NAMES, FeatureMatrix
from models.judged import Judged
from models.off_policy import BudgetValue, LoggedChoices, PolicyValue, gain_of, value_of, value_under_budget
from models.preference import PreferenceModel
from recommender.candidates import describe_pairs
from recommender.gap import find_gaps
from recommender.habits import learn_habits
from recommender.levels import expect
from recommender.outcomes import Outcomes
from recommender.pair_features import make_features
from recommender.person_features import describe_people
from recommender.policy import Policy
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, FloatArray, IndexArray

LISTED = 10  # trainings of a list, among which its reader is taken to choose
MOST_CHOICES = 800  # known outcomes that are looked at, evenly in time
LEAST_SHOWN = 0.01  # probability that a list holds what is chosen, below which nothing is known of its reader
BUDGET_SHARE = 0.3  # of the price of all participations
CHOSEN_BY = ("rule_benefit", "hours", "is_online", "is_blended", "is_interested")  # and how often others chose it


@dataclass(frozen=True, slots=True, kw_only=True)
class ListValue:
    """Lists of the model, of the rule, and one against the other.

    Parameters
    ----------
    own, rule : Value of each, in weighted levels a choice.
    gain, gain_lower, gain_upper : Model less rule, with a 95 % interval by person; NaN where either is refused.
    budget : What model and rule buy with the same money; None without any price.
    """

    own: PolicyValue
    rule: PolicyValue
    gain: float
    gain_lower: float
    gain_upper: float
    budget: BudgetValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Menus:
    """What could have been chosen, by choice: rows are alternatives."""

    owner: IndexArray
    is_chosen: BoolArray
    features: FeatureMatrix
    popularity: FloatArray


def value_lists(
    models: Sequence[BenefitPredictor], judged: Judged, outcomes: Outcomes, splits: Sequence[Split],
    workforce: Workforce, catalog: Catalog, policy: Policy, rng: np.random.Generator,
) -> ListValue:  # fmt: skip
    """Estimate what lists would have achieved.

    Parameters
    ----------
    models : One a split, fitted on its earlier rows only.
    judged, outcomes, splits : Later participations, all of them, and the rows of each split.
    workforce, catalog, policy : People with their past, trainings, how levels are read.
    rng : For the bootstrap.

    Notes
    -----
    How people choose is estimated from their choices among all trainings (`models.preference`): by how often others
    chose it, expected closing, hours, mode and interest. Whoever reads a list is taken to choose among its first
    `LISTED` in the same proportions. What is expected of a choice is the rule's, brought to the size of what was found.
    """
    later = later_rows(splits)
    used = np.flatnonzero(judged.is_used)
    used = used[np.linspace(0, len(used) - 1, min(len(used), MOST_CHOICES)).astype(np.int64)] if len(used) else used
    known = judged.take(used)
    budget = _budget(
        judged.take(np.flatnonzero(judged.is_used)), outcomes.training[later[judged.is_used]], catalog, rng
    )
    if not len(used):
        nothing = value_of(_choices(known, *([np.zeros(0)] * 5)))
        return ListValue(own=nothing, rule=nothing, gain=np.nan, gain_lower=np.nan, gain_upper=np.nan, budget=budget)
    menus = _menus(outcomes, later[used], workforce, catalog, policy)
    columns = _choice_columns(menus)
    chance = PreferenceModel().fit(columns, menus.owner, np.flatnonzero(menus.is_chosen)).predict(columns, menus.owner)
    rule = BaselineRule().predict(menus.features).mean
    own = np.empty(len(rule))
    for i, model in enumerate(models):
        rows = np.flatnonzero(known.split[menus.owner] == i)
        own[rows] = model.predict(menus.features[rows]).mean
    expected = rule * _size(known)
    both = [_logged(known, menus, chance, mean, expected) for mean in (own, rule)]
    gain, lower, upper = gain_of(*both)
    return ListValue(own=value_of(both[0]), rule=value_of(both[1]), gain=gain, gain_lower=lower, gain_upper=upper,
                     budget=budget)  # fmt: skip


def _budget(used: Judged, training: IndexArray, catalog: Catalog, rng: np.random.Generator) -> BudgetValue | None:
    price = prices_of(catalog)[training]
    if not len(training) or not price.any():
        return None
    return value_under_budget(used.own.mean, used.rule.mean, used.outcome, price, used.person, used.weight,
                              share=BUDGET_SHARE, rng=rng)  # fmt: skip


def prices_of(catalog: Catalog) -> FloatArray:
    """Return the mean fee a head of each training's classes, in rupiah; the median fee where it has none."""
    offerings, n = catalog.offerings, len(catalog.trainings.ids)
    count = np.bincount(offerings.training, minlength=n)
    total = np.bincount(offerings.training, weights=offerings.seat_cost.astype(np.float64), minlength=n)
    known = count > 0
    usual = float(np.median(total[known] / count[known])) if known.any() else 0.0
    return np.where(known, total / np.maximum(count, 1), usual)


def _size(known: Judged) -> float:
    """Return what was found, as a share of what the rule foretold."""
    foretold = float((known.rule.mean * known.weight).sum())
    return float((known.outcome * known.weight).sum()) / foretold if foretold > 0 else 0.0


def _menus(outcomes: Outcomes, rows: IndexArray, workforce: Workforce, catalog: Catalog, policy: Policy) -> _Menus:
    """Describe, as of each choice's own day, every training whose outcome could be measured as that of the choice was.

    Choices that could close nothing, or of levels never found, have no measured outcome and are not among the rows;
    alternatives of that kind would be choices that are never seen.
    """
    n_trainings, parts = len(catalog.trainings.ids), []
    for day in np.unique(outcomes.as_of[rows]):
        of_day = np.flatnonzero(outcomes.as_of[rows] == day)
        people, local = np.unique(outcomes.employee[rows[of_day]], return_inverse=True)
        on: date = day.astype("datetime64[D]").item()
        crew = workforce.take(people)
        expected = expect(workforce, catalog, on, policy.gap)
        gaps = find_gaps(crew, catalog, on, policy.gap, expected.deficits)
        training = np.tile(np.arange(n_trainings), len(of_day))
        pairs = describe_pairs(gaps, catalog, np.repeat(local, n_trainings).astype(np.int64), training)
        history = workforce.history
        earlier = history.training[(history.start < day) & (history.training >= 0)]
        popularity = np.bincount(earlier, minlength=n_trainings).astype(np.float64)
        parts.append(_Menus(
            owner=np.repeat(of_day, n_trainings),
            is_chosen=training == np.repeat(outcomes.training[rows[of_day]], n_trainings),
            features=make_features(crew, catalog, pairs, describe_people(crew, catalog, gaps, on), on,
                                   learn_habits(workforce, catalog, on), expected.spread),
            popularity=popularity[training],
        ))  # fmt: skip
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _Menus.__slots__}
    age = columns["features"][:, FEATURE_NAMES.index("assessment_age")]
    kept = np.flatnonzero(columns["is_chosen"] | (covered_deficit(columns["features"]) > 0) & ~np.isnan(age))
    order = kept[np.argsort(columns["owner"][kept], kind="stable")]
    return _Menus(**{name: column[order] for name, column in columns.items()})


def _choice_columns(menus: _Menus) -> FloatArray:
    told = [np.nan_to_num(menus.features[:, FEATURE_NAMES.index(name)].astype(np.float64)) for name in CHOSEN_BY]
    return np.stack([np.log1p(menus.popularity), *told], axis=1)


def _logged(known: Judged, menus: _Menus, chance: FloatArray, mean: FloatArray, expected: FloatArray) -> LoggedChoices:
    """Return the choices as logged, beside those of a list: the first `LISTED` by benefit; ties as trainings stand."""
    order = np.lexsort((-mean, menus.owner))
    starts = np.searchsorted(menus.owner, np.arange(len(known.person)))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - starts[menus.owner[order]]
    listed = np.where(place < LISTED, chance, 0.0)
    shown = np.add.reduceat(listed, starts)
    target = listed / np.maximum(shown[menus.owner], 1e-12)
    taken = np.flatnonzero(menus.is_chosen)
    return _choices(known, chance[taken], target[taken], expected[taken], np.add.reduceat(target * expected, starts),
                    (shown < LEAST_SHOWN).astype(np.float64))  # fmt: skip


def _choices(
    known: Judged, logged: FloatArray, target: FloatArray, expected: FloatArray, expected_target: FloatArray,
    unsupported: FloatArray,
) -> LoggedChoices:  # fmt: skip
    return LoggedChoices(person=known.person, reward=known.outcome, weight=known.weight, logged=logged, target=target,
                         expected=expected, expected_target=expected_target, unsupported=unsupported)  # fmt: skip
