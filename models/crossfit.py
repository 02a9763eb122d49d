"""Cross-fitting for effects: what would have been found without training, and who was trained, each row by others."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from training_catalog.columns import BoolArray, FloatArray, IndexArray, check_lengths, freeze
from training_catalog.errors import InvalidValueError

N_FOLDS = 5
MOST_ROWS = 60_000  # rows that are read; of more, those of people drawn by what stands in their rows
PENALTIES = np.logspace(-1, 4, 6)  # of the outcome regression, on standardised columns; chosen by leave-one-out
FARTHEST = 4.0  # standard deviations beyond which a square grows no more
SEEDS_APART = np.uint64(0x9E3779B97F4A7C15)  # the golden ratio, as in SplitMix64 (Steele, Lea & Flood 2014)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRows:
    """Rows of which some were trained.

    Parameters
    ----------
    features : shape (n_rows, n_features), as of before the training; NaN is not known.
    is_trained : Whether trained.
    outcome : What was found later.
    person : Number of the person; only tells which rows belong together.

    Raises
    ------
    LengthMismatchError
        When columns differ in length.
    InvalidValueError
        When an outcome is not known, a feature is infinite, or `is_trained` holds anything but true and false.
    """

    features: NDArray[np.float64]
    is_trained: BoolArray
    outcome: FloatArray
    person: IndexArray

    def __post_init__(self) -> None:
        check_lengths("rows", len(self.features), is_trained=self.is_trained, outcome=self.outcome, person=self.person)
        if self.features.ndim != 2:  # noqa: PLR2004 (rows and columns)
            raise InvalidValueError("rows.features", f"shape {self.features.shape}", "rows and columns")
        if self.is_trained.dtype != np.bool_:  # ~ of a number is another number
            raise InvalidValueError("rows.is_trained", f"type {self.is_trained.dtype}", "true or false in every row")
        check_finite("outcome", self.outcome, ~np.isfinite(self.outcome), "a number in every row")
        check_finite("features", self.features, np.isinf(self.features), "finite numbers, or NaN where not known")
        freeze(self)

    def take(self, rows: IndexArray) -> "TrainedRows":
        """Keep some rows, in the order given."""
        return TrainedRows(features=self.features[rows], is_trained=self.is_trained[rows], outcome=self.outcome[rows],
                           person=self.person[rows])  # fmt: skip


def check_finite(name: str, values: NDArray[np.float64], is_wrong: NDArray[np.bool_], accepted: str) -> None:
    """Refuse a column with a value that cannot be used.

    Raises
    ------
    InvalidValueError
        Naming the first row with such a value.
    """
    if is_wrong.any():
        place = tuple(int(i) for i in np.argwhere(is_wrong)[0])
        raise InvalidValueError(f"rows.{name}, row {', column '.join(map(str, place))}", float(values[place]), accepted)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter numbers so that neighbours end far apart (the last steps of SplitMix64)."""
    mixed = values + SEEDS_APART
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _content(rows: TrainedRows) -> NDArray[np.uint64]:
    """Return a number of what stands in each row, whatever its place and its person's number."""
    columns = (*np.nan_to_num(rows.features, nan=-1e30).T, rows.is_trained.astype(np.float64), rows.outcome)
    code = np.zeros(len(rows.outcome), dtype=np.uint64)
    for column in columns:
        code = _mixed(code ^ (np.asarray(column, dtype=np.float64) + 0.0).view(np.uint64))  # + 0: one zero
    return code


def in_order(rows: TrainedRows) -> tuple[TrainedRows, IndexArray]:
    """Sort rows by what stands in them and number people likewise, so that neither order nor ids change anything.

    Returns
    -------
    rows : Sorted; people are numbered from 0, in an order that looks random.
    order : Where each sorted row stood.
    """
    content = _content(rows)
    _, person = np.unique(rows.person, return_inverse=True)
    signature = np.zeros(int(person.max()) + 1 if len(person) else 0, dtype=np.uint64)
    np.add.at(signature, person, _mixed(content))  # the sum knows no order
    order = np.lexsort((content, signature[person])).astype(np.int64)
    place = np.empty(len(signature), dtype=np.int64)
    place[np.argsort(signature, kind="stable")] = np.arange(len(signature))
    number = place[person[order]]
    kept = number < _most_people(number)
    order, number = order[kept], number[kept]
    taken = rows.take(order)
    known = taken.features if taken.features.shape[1] else np.zeros((len(order), 1))  # nothing is known before
    empty = np.isnan(known).all(axis=0)  # boosting cannot bin a column that nobody has a value in
    return replace(taken, features=np.where(empty, 0.0, known), person=number), order


def _most_people(number: IndexArray) -> int:
    """Return how many people, in the order of their numbers, have at most `MOST_ROWS` rows."""
    upto = np.cumsum(np.bincount(number)) if len(number) else np.empty(0, dtype=np.int64)
    return int(np.searchsorted(upto, MOST_ROWS, side="right"))


def folds_of(rows: TrainedRows, seed: int, n_folds: int = N_FOLDS) -> IndexArray:
    """Return the fold of each row: a person is in one fold, and each fold has its share of the trained.

    Parameters
    ----------
    rows : From `in_order`.
    seed : Different seeds give different folds.
    n_folds : How many.
    """
    n_people = int(rows.person.max()) + 1 if len(rows.person) else 0
    has_trained = np.bincount(rows.person, weights=rows.is_trained, minlength=n_people) > 0
    draw = _mixed(np.arange(n_people, dtype=np.uint64) + _mixed(np.array([seed], dtype=np.uint64)))
    fold = np.empty(n_people, dtype=np.int64)
    fold[np.lexsort((draw, has_trained))] = np.arange(n_people) % n_folds
    return fold[rows.person]


def _with_squares(X: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([X, np.clip(X, -FARTHEST, FARTHEST) ** 2])


def outcome_model() -> Pipeline:
    """Return the regression of what would have been found: ridge on columns, what is missing, and squares."""
    return make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
        FunctionTransformer(_with_squares),
        StandardScaler(),
        RidgeCV(PENALTIES),
    )


def propensity_model() -> HistGradientBoostingClassifier:
    """Return the classifier of who was trained: boosted small trees, for whom missing is a value of its own."""
    return HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.06, max_leaf_nodes=4, min_samples_leaf=10, early_stopping=False, random_state=0
    )


def standardised(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return columns, and whether they are missing, with mean 0 and spread 1; what is not known is the median."""
    filled = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True).fit_transform(features)
    return np.asarray(StandardScaler().fit_transform(filled), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuisance:
    """What each row's others say of it.

    Parameters
    ----------
    untrained, trained : Outcome expected without and with training.
    chance : Probability of having been trained.
    """

    untrained: FloatArray
    trained: FloatArray
    chance: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def _expected(rows: TrainedRows, fold: IndexArray, learned_from: BoolArray) -> FloatArray:
    """Return the outcome expected of each row, learned from some rows of other folds."""
    expected = np.empty(len(fold))
    for k in np.unique(fold):
        fitted, told = (fold != k) & learned_from, fold == k
        model = outcome_model().fit(rows.features[fitted], rows.outcome[fitted])
        lowest, highest = rows.outcome[fitted].min(), rows.outcome[fitted].max()
        expected[told] = np.clip(model.predict(rows.features[told]), lowest, highest)  # never beyond what was seen
    return expected


def chances(rows: TrainedRows, fold: IndexArray) -> FloatArray:
    """Return the probability of having been trained, learned from rows of other folds."""
    chance = np.empty(len(fold))
    for k in np.unique(fold):
        model = propensity_model().fit(rows.features[fold != k], rows.is_trained[fold != k])
        chance[fold == k] = model.predict_proba(rows.features[fold == k])[:, 1]
    return np.clip(chance, 1e-4, 1 - 1e-4)


def cross_fit(rows: TrainedRows, seed: int) -> Nuisance:
    """Learn the three parts on other people's rows.

    Parameters
    ----------
    rows : From `in_order`, some trained and some not.
    seed : Of the folds.
    """
    fold = folds_of(rows, seed)
    return Nuisance(
        untrained=_expected(rows, fold, ~rows.is_trained),
        trained=_expected(rows, fold, rows.is_trained),
        chance=chances(rows, fold),
    )
