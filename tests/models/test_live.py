"""A live comparison that may be looked at after every person."""

import numpy as np
import pytest
from scipy.stats import norm

from models.live import NEW_BETTER, OLD_BETTER, UNDECIDED, compare_live, confidence_sequence


def people(n, seed, *, old=0.3, new=0.3, share=0.5):
    rng = np.random.default_rng(seed)
    is_new = rng.random(n) < share
    return (rng.random(n) < np.where(is_new, new, old)).astype(np.float64), is_new


@pytest.mark.parametrize(("share", "rate"), [(0.5, 0.3), (0.2, 0.3), (0.5, 0.02)])
def test_equal_configurations_are_told_apart_in_one_trial_of_twenty_at_most(share, rate):
    stopped = sum(compare_live(*people(3_000, seed, old=rate, new=rate, share=share), share).code != UNDECIDED
                  for seed in range(300))  # fmt: skip
    assert stopped <= 15


def test_whoever_looks_at_an_ordinary_interval_each_time_is_deceived_far_more_often():
    # The reason for all this: 95 % intervals for one look, looked at after every person from the twentieth on.
    deceived = 0
    for seed in range(200):
        outcome, is_new = people(3_000, seed)
        scores = np.where(is_new, 2 * outcome, -2 * outcome)
        n = np.arange(1, 3_001)
        mean = np.cumsum(scores) / n
        error = np.sqrt((np.cumsum(scores**2) / n - mean**2) / n)
        deceived += bool((np.abs(mean) > norm.ppf(0.975) * error)[20:].any())
    assert deceived > 60


@pytest.mark.parametrize(("old", "new", "code"), [(0.2, 0.4, NEW_BETTER), (0.4, 0.2, OLD_BETTER)])
def test_a_difference_is_found_and_the_trial_ends_early(old, new, code):
    trials = [compare_live(*people(5_000, seed, old=old, new=new)) for seed in range(20)]
    assert {one.code for one in trials} == {code}
    assert np.median([one.stopped_at for one in trials]) < 2_000
    assert all(one.n_new + one.n_old == one.stopped_at for one in trials)


def test_the_bounds_hold_the_truth_at_every_moment_together():
    held = 0
    for seed in range(300):
        values = np.random.default_rng(seed).beta(2, 5, 1_000)
        lower, upper = confidence_sequence(values)
        held += bool(((lower <= 2 / 7) & (upper >= 2 / 7)).all())
    assert held >= 285


def test_what_comes_later_changes_no_earlier_bound():
    values = np.random.default_rng(0).random(500)
    shorter, longer = confidence_sequence(values[:200]), confidence_sequence(values)
    for one, other in zip(shorter, longer, strict=True):
        assert one.tolist() == other[:200].tolist()
        assert np.all(np.diff(longer[0]) >= 0)


def test_nobody_yet_decides_nothing():
    trial = compare_live(np.empty(0), np.empty(0, dtype=bool))
    assert (trial.code, trial.stopped_at) == (UNDECIDED, 0)
    one = compare_live(np.ones(1), np.array([True]))
    assert one.code == UNDECIDED


def test_bounds_are_those_of_the_theorem_worked_out_value_by_value():
    # Waudby-Smith & Ramdas 2024, theorem 2 and equation 14: every stake from what came before it alone.
    values = np.random.default_rng(3).beta(2, 3, 60).tolist()
    price, seen, away = np.log(2 / 0.05), 0.5, 0.25
    weight = moved = spread = 0.0
    low, high, mean, variance = 0.0, 1.0, 0.5, 0.25
    for n, value in enumerate(values, start=1):
        stake = min((2 * price / (variance * n * np.log(n + 1))) ** 0.5, 0.5)
        weight, moved = weight + stake, moved + stake * value
        spread += 4 * (value - mean) ** 2 * (-np.log(1 - stake) - stake) / 4
        reach = (price + spread) / weight
        low, high = max(low, moved / weight - reach), min(high, moved / weight + reach)
        seen += value
        mean = seen / (n + 1)
        away += (value - mean) ** 2
        variance = away / (n + 1)
    lower, upper = confidence_sequence(np.array(values))
    assert (lower[-1], upper[-1]) == pytest.approx((low, high))


def test_what_is_told_is_the_difference_of_the_shares_however_the_lot_fell():
    for seed in range(20):
        outcome, is_new = people(60, seed, old=0.9, new=0.9)
        found = compare_live(outcome, is_new)
        assert found.code == UNDECIDED
        assert found.gain == pytest.approx(outcome[is_new].mean() - outcome[~is_new].mean())


def test_a_difference_of_shares_is_never_more_than_everything():
    for n in (0, 1, 2, 5):
        found = compare_live(np.ones(n), np.arange(n) % 2 == 0)
        assert -1 <= found.lower <= found.gain <= found.upper <= 1
