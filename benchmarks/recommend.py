"""Claim: from deficit to ranked list, the whole path runs at no less than half the speed of bare predictions.

The floor is scikit-learn's own predict and predict_proba of the same two models, each on its columns of the same
feature matrix, in the same run.

    python benchmarks/recommend.py [--people 5200] [--rounds 5]
"""

import argparse
import time

import numpy as np
from plan_city import ON, city_tables, reference_tables

from models.benefit import PairModel
from models.features import FEATURES
from models.rows import without_empty_columns
from recommender.candidates import find_candidates
from recommender.gap import find_gaps
from recommender.levels import expect
from recommender.outcomes import gather_outcomes
from recommender.pair_features import make_features
from recommender.person_features import describe_people
from recommender.policy import Policy
from recommender.simulation.city import simulate_city
from recommender.use_cases import recommend_in_chunks
from recommender.workforce_tables import build_workforce
from training_catalog.catalog import build_catalog


def main() -> None:
    """Print pairs per second of the whole path and of the bare predictions, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5_200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    reference = reference_tables()
    city = simulate_city(np.random.default_rng(1), n_people=given.people, on=ON, reference=reference)
    tables, policy = city_tables(city, reference), Policy()
    catalog = build_catalog(tables, ON)
    workforce = build_workforce(tables, catalog)
    past = gather_outcomes(workforce, catalog, ON, policy.gap).rows
    model = PairModel().fit(past.features, past.completed, past.gain)
    expected = expect(workforce, catalog, ON, policy.gap)
    gaps = find_gaps(workforce, catalog, ON, policy.gap, expected.deficits)
    candidates = find_candidates(workforce, catalog, gaps, ON, policy)
    features = make_features(workforce, catalog, candidates, describe_people(workforce, catalog, gaps, ON), ON)
    finishes, gains = (without_empty_columns(features[:, [getattr(feature, tells) for feature in FEATURES]])
                       for tells in ("tells_completion", "tells_gain"))  # fmt: skip
    whole, bare = [], []
    for _ in range(given.rounds):
        begun = time.perf_counter()
        for _ in recommend_in_chunks(workforce, catalog, model, ON, policy):
            pass
        whole.append(len(features) / (time.perf_counter() - begun))
        begun = time.perf_counter()
        model.completion_.model_.predict_proba(finishes)
        model.benefit_.model_.predict(gains)
        bare.append(len(features) / (time.perf_counter() - begun))
    ratio = np.median(np.array(whole) / np.array(bare))
    print(f"{len(features)} pairs of {given.people} people, {given.rounds} rounds")
    print(f"whole path: {np.median(whole):,.0f} pairs a second; bare predictions: {np.median(bare):,.0f}")
    print(f"ratio {ratio:.2f} (aim: at least 0.50)")


if __name__ == "__main__":
    main()
