"""Values of other lists, on logged choices whose probabilities and truth are known."""

from dataclasses import replace

import numpy as np
import pytest

from models.off_policy import LoggedChoices, gain_of, value_of, value_under_budget
from models.preference import PreferenceModel

N_ACTIONS = 6


def softmax(score):
    size = np.exp(score - score.max(axis=1, keepdims=True))
    return size / size.sum(axis=1, keepdims=True)


def logged(n, seed, *, sharpness=1.0, spread=0.6, noise=0.3, knows=1.0, weights=None, n_people=None):
    """Return choices logged by a softmax, a sharper target, and the target's true value.

    `knows` is how well outcomes are expected: 1 rightly, 0 not at all; `spread` how much the old choices vary,
    `noise` how much of an outcome nobody can expect.
    """
    rng = np.random.default_rng(seed)
    truth = rng.random((n, N_ACTIONS))
    old, new = softmax(spread * rng.normal(size=(n, N_ACTIONS))), softmax(sharpness * truth * 3)
    if sharpness == 0.0:
        new = old
    taken = (old.cumsum(axis=1) > rng.random(n)[:, None]).argmax(axis=1)
    rows = np.arange(n)
    expected = knows * truth
    choices = LoggedChoices(
        person=rows if n_people is None else rng.integers(0, n_people, n),
        reward=truth[rows, taken] + rng.normal(0, noise, n), weight=np.ones(n) if weights is None else weights(rng, n),
        logged=old[rows, taken], target=new[rows, taken], expected=expected[rows, taken],
        expected_target=(new * expected).sum(axis=1), unsupported=np.zeros(n),
    )  # fmt: skip
    return choices, float((new * truth).sum(axis=1).mean())


@pytest.mark.parametrize("knows", [1.0, 0.5, 0.0])
def test_intervals_hold_the_truth_at_their_rate_whatever_is_expected(knows):
    truth = np.mean([logged(4_000, seed)[1] for seed in range(20)])
    values = [value_of(logged(500, 100 + seed, knows=knows)[0]) for seed in range(400)]
    held = np.mean([one.lower <= truth <= one.upper for one in values])
    assert 0.92 < held < 0.98
    assert np.mean([one.value for one in values]) == pytest.approx(truth, abs=0.01)


@pytest.mark.parametrize("knows", [1.0, 0.5, 0.0])
def test_few_heavy_choices_neither_lower_the_value_nor_narrow_the_interval_much(knows):
    """Choices worth 80 of 400; one in twenty of the weight is cut off."""
    truth = np.mean([logged(4_000, seed, spread=1.5)[1] for seed in range(20)])
    found = [value_of(logged(400, 100 + seed, spread=1.5, knows=knows)[0]) for seed in range(400)]
    values = [one for one in found if one.code == "estimated"]
    assert len(values) > 380
    assert np.mean([one.value for one in values]) == pytest.approx(truth, abs=0.01)
    assert np.mean([one.lower <= truth <= one.upper for one in values]) > 0.9


def test_a_good_expectation_makes_the_interval_narrower():
    found = {knows: value_of(logged(2_000, 1, knows=knows, noise=0.1)[0]) for knows in (0.0, 1.0)}
    widths = {knows: one.upper - one.lower for knows, one in found.items()}
    assert widths[1.0] < 0.7 * widths[0.0]


def test_equal_policies_give_the_plain_mean():
    choices, _ = logged(500, 0, sharpness=0.0, knows=0.0)
    found = value_of(choices)
    assert found.value == pytest.approx(choices.reward.mean())
    assert found.self_normalised == pytest.approx(choices.reward.mean())
    assert (found.gain, found.gain_lower, found.gain_upper) == pytest.approx((0.0, 0.0, 0.0))
    assert found.effective == pytest.approx(500)


def test_a_better_target_is_found_better_and_the_naive_mean_is_stated_beside():
    choices, truth = logged(3_000, 2, sharpness=2.0)
    found = value_of(choices)
    assert found.gain_lower > 0.1
    assert found.plain == pytest.approx(choices.reward.mean())
    assert found.self_normalised == pytest.approx(truth, abs=0.05)


def test_rows_that_stand_for_more_count_more():
    choices, _ = logged(300, 3)
    weight = np.where(np.arange(300) < 100, 3.0, 1.0)
    rows = np.concatenate([np.arange(300), np.arange(100), np.arange(100)])
    many = LoggedChoices(**{name: getattr(choices, name)[rows] for name in choices.__dataclass_fields__})
    assert value_of(replace(choices, weight=weight)).value == pytest.approx(value_of(many).value)


def test_rows_of_one_person_are_not_taken_for_more_people():
    choices, _ = logged(400, 4)
    rows = np.tile(np.arange(400), 5)
    five = LoggedChoices(**{name: getattr(choices, name)[rows] for name in choices.__dataclass_fields__})
    one, same = value_of(choices), value_of(five)
    assert same.upper - same.lower == pytest.approx(one.upper - one.lower)


def test_where_the_target_does_what_nobody_did_it_is_refused():
    choices, _ = logged(400, 5)
    rare = replace(choices, target=np.where(np.arange(400) < 10, 1.0, 0.0))
    assert value_of(rare).code == "no-overlap"
    assert np.isnan(value_of(rare).value)
    assert value_of(replace(choices, unsupported=np.full(400, 0.6))).code == "no-overlap"
    assert value_of(replace(choices, person=np.arange(400) % 19)).code == "not-enough-data"
    assert value_of(replace(choices, target=np.zeros(400))).code == "no-overlap"


def test_no_choice_counts_without_bound_and_what_is_cut_off_is_stated():
    choices, _ = logged(400, 6)
    steep = replace(choices, logged=np.where(np.arange(400) == 0, choices.target / 100, choices.logged))
    found = value_of(steep)
    assert found.cut == pytest.approx(80 / (found.mean_ratio * 400))
    assert abs(found.value - value_of(choices).value) < 20 / 400


def test_probabilities_that_are_wrong_are_noticed():
    choices, _ = logged(400, 6)
    assert value_of(choices).mean_ratio == pytest.approx(1.0, abs=0.15)
    found = value_of(replace(choices, logged=choices.logged / 2))
    assert found.code == "choices-not-understood"
    assert np.isnan(found.value)


def test_two_targets_are_compared_on_the_same_choices():
    choices, truth = logged(3_000, 2, sharpness=2.0)
    other, less = logged(3_000, 2)
    gain, lower, upper = gain_of(choices, other)
    assert lower <= truth - less <= upper
    assert gain == pytest.approx(value_of(choices).value - value_of(other).value)
    apart = value_of(choices).upper - value_of(choices).lower + value_of(other).upper - value_of(other).lower
    assert upper - lower < 0.7 * apart
    assert np.isnan(gain_of(choices, replace(other, target=np.zeros(3_000)))).all()


def test_the_choice_model_finds_what_people_choose_by():
    rng = np.random.default_rng(0)
    columns, owner = rng.normal(size=(6_000, 3)), np.repeat(np.arange(1_000), 6)
    score = (columns @ np.array([1.0, -0.5, 0.0])).reshape(1_000, 6)
    taken = (score + rng.gumbel(size=score.shape)).argmax(axis=1)
    model = PreferenceModel().fit(columns, owner, np.arange(1_000) * 6 + taken)
    assert model.coefficients_ / model.spread_ == pytest.approx([1.0, -0.5, 0.0], abs=0.12)
    found = model.predict(columns, owner)
    assert np.add.reduceat(found, np.arange(0, 6_000, 6)) == pytest.approx(np.ones(1_000))
    assert found == pytest.approx(softmax(score).ravel(), abs=0.1)
    assert np.abs(found - softmax(score).ravel()).mean() < 0.01


def pool(seed, skill, n=400):
    rng = np.random.default_rng(seed)
    reward, cost = rng.random(n), rng.uniform(1e6, 5e6, n)
    own = skill * reward + (1 - skill) * rng.random(n)
    return own, rng.random(n), reward, cost, np.arange(n), np.ones(n)


def test_a_better_order_buys_more_with_the_same_money():
    found = value_under_budget(*pool(0, 0.9), share=0.3, rng=np.random.default_rng(0))
    assert found.gain_lower > 0
    assert found.own > found.rule
    own = pool(0, 0.9)
    assert found.budget == pytest.approx(0.3 * own[3].sum())
    same = value_under_budget(own[0], own[0], *own[2:], share=0.3, rng=np.random.default_rng(0))
    assert (same.gain, same.gain_lower, same.gain_upper) == (0.0, 0.0, 0.0)


def test_all_the_money_buys_everything_whatever_the_order():
    own = pool(1, 0.5)
    found = value_under_budget(*own, share=1.0, rng=np.random.default_rng(0), n_resamples=3)
    assert found.own == pytest.approx(own[2].sum())
    assert found.gain == pytest.approx(0.0)


def test_orders_that_know_nothing_are_rarely_told_apart():
    told = 0
    for seed in range(40):
        found = value_under_budget(*pool(seed, 0.0), share=0.3, rng=np.random.default_rng(seed), n_resamples=100)
        told += not found.gain_lower <= 0 <= found.gain_upper
    assert told <= 6
