"""The stacked ranker: better than what it stands on, the same whatever the order, and careful with the new."""

import numpy as np
import pytest

from models.choice import ChoiceModel
from models.choice_rows import (
    Steps,
    Together,
    describe_choices,
    find_standings,
    fuse,
    places,
    share_below,
    shortlist,
    steps_below,
)
from models.histories import Histories
from models.metrics import discounted_gain, target_ranks
from models.together import Signal, ease, steady_signals

N_ITEMS = 40


def walks(n_people: int, seed: int) -> Histories:
    """People go from item to item: mostly to the next but one, sometimes anywhere."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n_people):
        row = [int(rng.integers(N_ITEMS))]
        for _ in range(int(rng.integers(3, 8))):
            step = (row[-1] + 2) % N_ITEMS if rng.random() < 0.6 else int(rng.integers(N_ITEMS))
            row.append(step)
        rows.append(list(dict.fromkeys(row)))
    return Histories(bounds=np.cumsum([0, *map(len, rows)]), item=np.concatenate(rows), n_items=N_ITEMS)


@pytest.fixture(scope="module")
def histories() -> Histories:
    return walks(1_500, seed=1)


@pytest.fixture(scope="module")
def fitted(histories) -> ChoiceModel:
    return ChoiceModel(n_candidates=20, n_iterations=40).fit(histories.without_last()[0])


def quality(model: ChoiceModel, histories: Histories, target: np.ndarray) -> float:
    steps = model.look(histories)
    ranks = [target_ranks(score, target[people]) for people, score in model.order(steps, histories)]
    return float(discounted_gain(np.concatenate(ranks)).mean())


def test_the_stack_ranks_later_choices_better_than_its_signals_fused(histories, fitted):
    earlier, last = histories.without_last()
    fused = ChoiceModel(n_candidates=20)
    fused.model_, fused.strengths_ = None, {}
    assert quality(fitted, earlier, last) > 1.04 * quality(fused, earlier, last)


def test_the_order_of_people_changes_nothing(histories, fitted):
    earlier, _ = histories.without_last()
    order = np.random.default_rng(2).permutation(earlier.n_people)
    again = ChoiceModel(n_candidates=20, n_iterations=40).fit(earlier.take(order))
    few = earlier.take(np.arange(50))
    own, other = (next(iter(model.order(model.look(earlier), few)))[1] for model in (fitted, again))
    assert own == pytest.approx(other, abs=1e-6)


def test_chunks_of_people_change_nothing(histories, fitted):
    steps = fitted.look(histories)
    whole = np.concatenate([score for _, score in fitted.order(steps, histories)])
    alone = next(iter(fitted.order(steps, histories.take(np.array([777])))))[1]
    assert alone[0] == pytest.approx(whole[777])


def test_new_people_get_what_is_popular_and_new_items_stand_low(histories, fitted):
    wider = Histories(bounds=np.append(histories.bounds, len(histories.item)), item=histories.item, n_items=N_ITEMS + 1)
    together = fitted.look(wider).together
    standings = find_standings(together, wider.take(np.array([0, wider.n_people - 1])))
    best = int(np.argmax(together.taken))
    assert np.argmax(standings.fused[1]) == best
    assert np.isfinite(standings.fused).all()
    open_to_them = standings.fused[0][standings.fused[0] >= 0]
    assert standings.fused[0, N_ITEMS] < np.median(open_to_them)


def test_too_few_choices_leave_the_signals_fused():
    few = walks(20, seed=3)
    model = ChoiceModel().fit(few)
    assert model.model_ is None
    assert quality(model, few, few.back(0)) == 0  # what was taken comes last


def test_what_was_taken_is_no_candidate(histories, fitted):
    part = histories.take(np.arange(30))
    person, item = shortlist(find_standings(fitted.look(histories).together, part), N_ITEMS)
    taken = set(zip(part.person.tolist(), part.item.tolist(), strict=True))
    assert not taken & set(zip(person.tolist(), item.tolist(), strict=True))
    assert len(person) + len(taken) == 30 * N_ITEMS


def test_no_row_tells_which_item_it_is(histories, fitted):
    renamed = np.random.default_rng(4).permutation(N_ITEMS)
    again = Histories(bounds=histories.bounds, item=renamed[histories.item], n_items=N_ITEMS)
    rows = []
    for given, item in ((histories, np.array([3, 5])), (again, renamed[[3, 5]])):
        part, together = given.take(np.array([9])), fitted.look(given).together
        signals = tuple(signal for signal in together.signals if signal.name != "latent")
        together = type(together).of(given, signals)
        steps = Steps.of(given, together)
        rows.append(describe_choices(steps, part, find_standings(together, part), np.array([0, 0]), item))
    assert rows[0] == pytest.approx(rows[1], abs=1e-4, nan_ok=True)


def test_equal_scores_share_a_place_and_the_depth_ends_them():
    assert places(np.array([[0, 0, 4, 5, 5]], dtype=np.uint32), 4).tolist() == [[0, 0, 2, 4, 4]]


@pytest.mark.parametrize("n_items", [1, 2, 7, 40, 1_024, 1_025])  # from 1,025 on keys have 64 bits
@pytest.mark.parametrize("n_values", [2, 30, 10**6])
def test_a_place_is_how_many_stand_above(n_items, n_values):
    rng = np.random.default_rng(n_items)
    score = rng.integers(-n_values, n_values, (9, n_items)) / 7
    score[score == 0] *= rng.choice([-1, 1], int((score == 0).sum()))  # nothing from below is nothing from above
    row, column = np.nonzero(rng.random(score.shape) < 0.1)
    found = places(steps_below(score, row, column), n_items)
    score[row, column] = -np.inf
    above = (score[:, None, :] > score[:, :, None]).sum(axis=2)
    assert np.array_equal(found, above)


def test_rows_without_any_difference_have_one_place_beside_what_was_taken():
    below = steps_below(np.zeros((2, 3)), np.array([0]), np.array([1]))
    assert places(below).tolist() == [[0, 2, 0], [0, 0, 0]]


def test_a_share_counts_what_stands_below_and_not_what_is_equal():
    score = np.array([[3.0, 1.0, 2.0, 2.0], [0.0, 0.0, 0.0, -1.0]])
    found = share_below(score, np.array([1, 0, 0, 0]), np.array([0, 3, 0, 1]))
    assert found == pytest.approx([1 / 3, 1 / 3, 1.0, 0.0])


def test_of_few_people_few_and_small_trees_are_learned_that_still_order_better_than_signals_fused():
    earlier, last = walks(300, seed=4).without_last()
    model, fused = ChoiceModel(n_candidates=20).fit(earlier), ChoiceModel(n_candidates=20)
    fused.model_, fused.strengths_ = None, {}
    assert model.model_.n_iter_ == 60
    assert model.model_.max_leaf_nodes == 4
    assert quality(model, earlier, last) > 1.02 * quality(fused, earlier, last)


def tastes(n_people: int, seed: int) -> Histories:
    """People choose by taste and what is popular, in no order."""
    rng = np.random.default_rng(seed)
    kinds, likes = rng.normal(size=(60, 4)), rng.normal(size=(n_people, 4))
    value = likes @ kinds.T / 2 + rng.normal(size=60) + rng.gumbel(size=(n_people, 60))
    lengths = rng.integers(3, 13, n_people)
    rows = [rng.permutation(row[:n]) for row, n in zip(np.argsort(-value, axis=1), lengths, strict=True)]
    return Histories(bounds=np.cumsum([0, *lengths]), item=np.concatenate(rows), n_items=60)


def test_of_few_people_a_line_beside_the_trees_orders_better_than_they_alone():
    with_line, alone = [], []
    for seed in range(6):
        earlier, last = tastes(200, seed).without_last()
        model = ChoiceModel(n_candidates=60).fit(earlier)
        with_line.append(quality(model, earlier, last))
        model.line_ = None
        alone.append(quality(model, earlier, last))
    assert np.mean(with_line) > 1.01 * np.mean(alone)


def test_of_few_people_earlier_choices_are_learned_from_too():
    """The last choices of 600 people are worth 30 trees of the fewest 60; three of each 90."""
    histories = walks(600, seed=4)
    n_choices = sum(int(np.count_nonzero(histories.length > back)) for back in (1, 2, 3))
    assert ChoiceModel(n_candidates=N_ITEMS).fit(histories).model_.n_iter_ == n_choices // 20


def long_tastes(n_people: int, seed: int) -> Histories:
    """People choose many of a wide catalogue by taste, in no order."""
    rng = np.random.default_rng(seed)
    n_items = 300
    popular = rng.permutation(-np.log(np.arange(1, n_items + 1)))
    value = rng.normal(size=(n_people, 6)) @ rng.normal(size=(6, n_items)) * 0.65 + popular
    value += rng.gumbel(size=value.shape)
    rows = [rng.permutation(row[:40]) for row in np.argsort(-value, axis=1)]
    return Histories(bounds=np.arange(n_people + 1) * 40, item=np.concatenate(rows), n_items=n_items)


def test_links_are_held_back_as_suits_the_choices_they_are_made_from():
    """Links set for short histories in an order are worse, together, than a single one set for long ones without."""
    earlier, last = long_tastes(400, seed=1).without_last()
    model = ChoiceModel().fit(earlier)
    single = max(quality_of(ease(earlier, penalty), earlier, last) for penalty in (60.0, 150.0, 400.0, 1_000.0))
    assert model.strengths_["ease"]["penalty"] > 60
    assert quality(model, earlier, last) > single


def quality_of(link: np.ndarray, histories: Histories, target: np.ndarray) -> float:
    score = histories.weights() @ link
    score[histories.person, histories.item] = -np.inf
    return float(discounted_gain(target_ranks(score, target)).mean())


def test_trees_of_full_size_stand_alone(fitted):
    assert fitted.model_.n_iter_ == 40
    assert fitted.line_ is None


def test_what_is_fused_alone_is_what_stands_in_the_standings(histories):
    together = Together.of(histories, steady_signals(histories))
    some = histories.take(np.arange(0, 300, 7))
    assert np.array_equal(fuse(together, some), find_standings(together, some).fused)


def test_scores_that_differ_by_rounding_alone_share_a_place():
    link = np.zeros((5, 5))
    link[0] = [0.0, 1.0, 1e-17, 3e-17, -2e-17]
    together = Together(signals=(Signal(name="near", link=link, decay=1.0),), taken=np.ones(5))
    fused = fuse(together, Histories(bounds=np.array([0, 1]), item=np.array([0]), n_items=5))
    assert fused[0, 1] > fused[0, 2] == fused[0, 3] == fused[0, 4]
