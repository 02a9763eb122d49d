"""What is expected of each candidate in each class: a class may be held in another mode than its training."""

from dataclasses import fields

import numpy as np

from models.baseline import BenefitEstimates, BenefitPredictor
from recommender.prospects import Prospects
from training_catalog.columns import IndexArray

COLUMNS = tuple(column.name for column in fields(BenefitEstimates))


def estimate_classes(model: BenefitPredictor, prospects: Prospects) -> tuple[BenefitEstimates, BenefitEstimates]:
    """Estimate each pair, and each option: as its pair where the class is held in the training's mode, else anew.

    Parameters
    ----------
    model : The approved model, or the baseline rule; asked once.
    prospects : Pairs and their classes, described.

    Returns
    -------
    estimates : One row a pair.
    by_class : One row an option.
    """
    n_pairs, row = len(prospects.features), prospects.options.pair
    if not len(prospects.held):
        estimates = model.predict(prospects.features)
        return estimates, _take(estimates, row)
    row = row.copy()
    row[prospects.held_option] = np.arange(n_pairs, n_pairs + len(prospects.held))
    found = model.predict(np.concatenate([prospects.features, prospects.held]))
    return _take(found, np.arange(n_pairs)), _take(found, row)


def _take(estimates: BenefitEstimates, rows: IndexArray) -> BenefitEstimates:
    return BenefitEstimates(**{name: getattr(estimates, name)[rows] for name in COLUMNS})
