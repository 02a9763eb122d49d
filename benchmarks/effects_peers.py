"""DoubleML and EconML on the same rows as ours, where they are installed: pip install -e '.[peers]'."""

import importlib
import importlib.util
import logging
import time
import warnings

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from models.crossfit import TrainedRows

TREES = {"n_estimators": 200, "min_samples_leaf": 10, "max_features": "sqrt", "random_state": 1}
N_FOLDS = 5
CLIP = 0.01  # probabilities of training nearer to 0 or 1 are taken for this


def by_doubleml(rows: TrainedRows) -> tuple[float, float]:
    """Return the effect on the trained of DoubleML's interactive regression, and its standard error."""
    doubleml = importlib.import_module("doubleml")
    given = doubleml.DoubleMLData.from_arrays(rows.features, rows.outcome, rows.is_trained.astype(float))
    np.random.seed(1)  # noqa: NPY002 (DoubleML draws its folds from the old generator)
    model = doubleml.DoubleMLIRM(given, RandomForestRegressor(**TREES), RandomForestClassifier(**TREES),
                                 n_folds=N_FOLDS, score="ATTE").fit()  # fmt: skip
    return float(model.coef[0]), float(model.se[0])


def by_econml(rows: TrainedRows) -> tuple[float, float]:
    """Return the mean effect on the trained of EconML's linear doubly robust learner; it gives no error for it."""
    learner = importlib.import_module("econml.dr").LinearDRLearner(
        model_regression=RandomForestRegressor(**TREES), model_propensity=RandomForestClassifier(**TREES),
        cv=N_FOLDS, min_propensity=CLIP, random_state=1,
    )  # fmt: skip
    learner.fit(rows.outcome, rows.is_trained.astype(int), X=rows.features)
    return float(learner.effect(rows.features[rows.is_trained]).mean()), np.nan


PEERS = {"doubleml": ("DoubleML (forests)", by_doubleml), "econml": ("EconML (linear DR, forests)", by_econml)}


def tell_peers(rows: TrainedRows, digits: int = 0) -> None:
    """Print what the peers find; columns are standardised for them, and gaps take the column's median."""
    middle = np.nanmedian(rows.features, axis=0)
    filled = np.where(np.isnan(rows.features), middle, rows.features)
    spread = filled.std(axis=0)
    scaled = (filled - filled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    same = TrainedRows(features=scaled, is_trained=rows.is_trained, outcome=rows.outcome, person=rows.person)
    for package, (name, estimate) in PEERS.items():
        if importlib.util.find_spec(package) is None:
            print(f"    {name}: left out: {package} is not installed")
            continue
        begun = time.perf_counter()
        logging.disable(logging.WARNING)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the packages; what they find stands beside ours
                found, error = estimate(same)
        except Exception as broken:  # noqa: BLE001 (whatever another package raises)
            print(f"    {name}: left out: {package} broke: {type(broken).__name__}: {broken}", flush=True)
            continue
        finally:
            logging.disable(logging.NOTSET)
        said = f" ({error:,.{digits}f})" if np.isfinite(error) else ""
        print(f"    {name}: {found:,.{digits}f}{said}; {time.perf_counter() - begun:.0f} s", flush=True)
