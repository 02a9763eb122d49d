import numpy as np

from models.crossfit import TrainedRows
from models.effect import NO_DIFFERENCE, NOT_ENOUGH_DATA, RAISED
from models.pooling import Grouping, claims, draw_together, measure, spread_of_effects


def many(effects, n_each, *, seed=1, n_untrained=1_500, selection=0.5):
    """Return groups of trained rows with planted effects, each sent the more the better they are."""
    rng = np.random.default_rng(seed)
    group = np.concatenate([np.repeat(np.arange(len(effects)), n_each), np.full(n_untrained, -1)])
    skill = rng.normal(size=len(group)) + selection * (group >= 0) * (1 + 0.2 * (group % 3))
    effect = np.where(group >= 0, np.append(effects, 0.0)[group], 0.0)
    outcome = skill + effect + rng.normal(0, 0.7, len(group))
    rows = TrainedRows(features=np.stack([skill, rng.normal(size=len(group))], axis=1), is_trained=group >= 0,
                       outcome=outcome, person=np.arange(len(group)))  # fmt: skip
    return rows, group


def pooled(effects, n_each, kind=None, **keywords):
    rows, group = many(effects, n_each, **keywords)
    kinds = np.zeros(len(effects), dtype=np.int64) if kind is None else np.asarray(kind)
    return measure(rows, {"training": Grouping(group=group, kind=kinds)}, n_seeds=2)


def test_each_group_is_found_as_planted_and_the_small_are_drawn_to_their_kind():
    effects = np.array([0.0, 0.8, 0.0, 0.8, 0.0, 0.8])
    found = pooled(effects, [150, 150, 150, 150, 150, 12], kind=[0, 1, 0, 1, 0, 1]).groups["training"]
    assert [one.code for one in found] == [NO_DIFFERENCE, RAISED] * 3
    assert np.abs(np.array([one.estimate for one in found]) - effects).max() < 0.25
    assert found[5].drawn > found[1].drawn


def test_a_group_of_a_few_people_has_not_enough_data_in_so_many_words():
    found = pooled(np.array([0.5, 0.5]), [100, 9]).groups["training"]
    assert [one.code for one in found] == [RAISED, NOT_ENOUGH_DATA]
    assert np.isnan(found[1].estimate)


def test_with_no_effect_anywhere_hardly_any_of_many_groups_is_claimed():
    n_claimed = sum(
        one.code != NO_DIFFERENCE
        for seed in range(6)
        for one in pooled(np.zeros(20), [25] * 20, seed=seed).groups["training"]
    )
    assert n_claimed <= 3  # of 120 in six tables; at 5 % each without regard to the others: 6


def test_drawing_together_halves_the_error_of_small_groups():
    rng = np.random.default_rng(5)
    truth = rng.normal(0.3, 0.1, 60)
    error = rng.uniform(0.1, 0.5, 60)
    own = truth + rng.normal(0, error)
    together = draw_together(own, error, np.zeros(60, dtype=np.int64))
    assert np.sqrt(((together.mean - truth) ** 2).mean()) < 0.5 * np.sqrt(((own - truth) ** 2).mean())
    assert (np.abs(together.mean - truth) < 1.96 * together.error).mean() > 0.88


def test_the_spread_of_true_effects_is_found_and_is_nothing_where_all_are_alike():
    rng = np.random.default_rng(6)
    error, kind = np.full(200, 0.2), np.arange(200) % 2
    truth = kind + rng.normal(0, 0.5, 200)
    assert 0.4 < spread_of_effects(truth + rng.normal(0, error), error, kind) < 0.65
    assert spread_of_effects(np.full(5, 1.0), np.full(5, 0.2), np.zeros(5, dtype=np.int64)) == 0
    assert spread_of_effects(np.array([1.0]), np.array([0.2]), np.array([0])) == 0


def test_claims_are_made_with_all_others_in_view():
    assert claims(np.zeros(4), np.ones(4)).tolist() == [False] * 4
    assert claims(np.array([2.1]), np.ones(1)).tolist() == [True]
    assert not claims(np.append(2.1, np.zeros(19)), np.ones(20)).any()
    rng = np.random.default_rng(7)
    truth = np.where(rng.random(4_000) < 0.5, 3.0, 0.0)
    claimed = claims(truth + rng.normal(0, 1, 4_000), np.ones(4_000))
    assert claimed.sum() > 1_000
    assert (truth[claimed] == 0).mean() < 0.05


def test_nothing_to_measure_says_so_for_all_and_names_no_group():
    rows, group = many(np.array([0.5]), [5])
    found = measure(rows, {"mode": Grouping(group=group, kind=np.zeros(1, dtype=np.int64))})
    assert found.trained.code == found.everybody.code == NOT_ENOUGH_DATA
    assert found.groups == {"mode": ()}
