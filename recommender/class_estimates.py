"""What is expected of each candidate in each class: a class may be held in another mode than its training."""

from dataclasses import fields

import numpy as np

from models.baseline import BenefitEstimates, BenefitPredictor
from models.features import FeatureMatrix
from recommender.candidates import Candidates
from recommender.options import Options
from recommender.pair_features import held_in
from training_catalog.catalog import Catalog


def estimate_classes(
    model: BenefitPredictor,
    features: FeatureMatrix,
    estimates: BenefitEstimates,
    catalog: Catalog,
    candidates: Candidates,
    options: Options,
) -> BenefitEstimates:
    """Estimate each option: as its pair where the class is held in the training's mode, anew where it is not.

    Parameters
    ----------
    model : What predicted the pairs.
    features, estimates : Of the candidates, in their order.
    catalog, candidates, options : Modes, pairs and their classes.

    Returns
    -------
    One row an option.
    """
    usual = catalog.trainings.mode[candidates.training[options.pair]]
    mode = catalog.offerings.mode[options.offering]
    other = np.flatnonzero(usual != mode)
    columns = {column.name: getattr(estimates, column.name)[options.pair] for column in fields(BenefitEstimates)}
    if len(other):
        anew = model.predict(held_in(features[options.pair[other]], usual[other], mode[other]))
        for name, values in columns.items():
            values[other] = getattr(anew, name)
    return BenefitEstimates(**columns)
