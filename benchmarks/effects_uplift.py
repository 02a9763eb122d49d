"""Who gains most? Claimed only where an order by predicted gain beats treating at random."""

import numpy as np
from scipy.special import stdtrit

from models.crossfit import Nuisance, TrainedRows, cross_fit, in_order
from models.effect import FEWEST_COMPARABLE, MOST_LEFT_OUT_OVERALL, Scores, combined, on_everybody

TOP = 0.2  # share of people who would be trained first
N_SEEDS = 5


def order_gain(rows: TrainedRows, parts: Nuisance) -> Scores:
    """Return what the first fifth by predicted gain gains beyond everybody's average.

    Notes
    -----
    Predicted gain: expected outcome with training less without, both learned on other people's rows (two regressions;
    Kunzel et al. 2019, PNAS 116). What they really gain is counted by doubly robust scores (Robins, Rotnitzky & Zhao
    1994), which the order has not seen. Right where training was drawn by lot; elsewhere only as
    far as what is known before tells who was trained, and only where both sides have counterparts.
    """
    predicted = parts.trained - parts.untrained
    rest = np.where(rows.is_trained, rows.outcome - parts.trained, rows.outcome - parts.untrained)
    weight = np.where(rows.is_trained, 1 / parts.chance, -1 / (1 - parts.chance))
    score = predicted + weight * rest
    is_first = predicted >= np.quantile(predicted, 1 - TOP)
    part = is_first / is_first.mean()
    estimate = float((part * score).mean() - score.mean())
    mean = float(score[is_first].mean())
    influence = part * (score - mean) - (score - score.mean())
    return Scores(estimate=estimate, influence=influence / len(score), scale=0.0, left_out=0.0, n_comparable=len(score))


def overlap(rows: TrainedRows, parts: list[Nuisance]) -> tuple[float, float]:
    """Return the share of all without counterparts, and the rows that the weights are worth: medians over the seeds."""
    scores = [on_everybody(rows, one) for one in parts]
    return (float(np.median([one.left_out for one in scores])),
            float(np.median([one.n_comparable for one in scores])))  # fmt: skip


def tell_order(name: str, given: TrainedRows, digits: int = 2) -> bool:
    """Print whether an order by predicted gain beats one at random, and return it."""
    rows, _ = in_order(given)
    parts = [cross_fit(rows, seed) for seed in range(N_SEEDS)]
    left_out, n_comparable = overlap(rows, parts)
    if left_out > MOST_LEFT_OUT_OVERALL or n_comparable < FEWEST_COMPARABLE:
        print(f"    who gains most, {name}: cannot be told: {left_out:.0%} of all have no counterparts on the other"
              " side; nothing is claimed", flush=True)  # fmt: skip
        return False
    scores = [order_gain(rows, one) for one in parts]
    estimate, error, _ = combined(scores, rows.person)
    n_people = len(np.unique(rows.person))
    half = float(stdtrit(n_people - 1, 0.975)) * error
    is_better = estimate - half > 0
    said = "beats random: claimed" if is_better else "not clearly better than random: nothing is claimed"
    print(f"    who gains most, {name}: first {TOP:.0%} above the average by {estimate:,.{digits}f}"
          f" ({error:,.{digits}f}) [{estimate - half:,.{digits}f}, {estimate + half:,.{digits}f}]; {said}",
          flush=True)  # fmt: skip
    return is_better
