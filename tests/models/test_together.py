"""Links between items: figures that fit on paper, planted groups and orders, and laws of every signal."""

import numpy as np
import pytest

from models.histories import Histories
from models.together import cosine, ease, fit_signals, follow, latent, popularity, succeed, walk

N_GROUPS, GROUP_SIZE, N_ITEMS = 4, 6, 24


def chosen(*rows: list[int], n_items: int = N_ITEMS) -> Histories:
    return Histories(
        bounds=np.cumsum([0, *map(len, rows)]),
        item=np.array([i for row in rows for i in row], dtype=np.int64),
        n_items=n_items,
    )


@pytest.fixture(scope="module")
def groups() -> Histories:
    """Everybody takes five of the six items of one group, in the order of their numbers."""
    rng = np.random.default_rng(1)
    rows = []
    for _ in range(300):
        own = rng.integers(N_GROUPS) * GROUP_SIZE + np.sort(rng.permutation(GROUP_SIZE)[:5])
        rows.append(own.tolist())
    return chosen(*rows)


def test_cosine_is_the_share_in_common_shrunk():
    link = cosine(chosen([0, 1], [0, 1], [0], n_items=3), shrinkage=1.0)
    assert link[0, 1] == pytest.approx(2 / (np.sqrt(3 * 2) + 1))
    assert link[0, 0] == link[0, 2] == 0


def test_cosine_keeps_the_nearest_items_only():
    link = cosine(chosen([0, 1], [0, 1], [0, 2], n_items=4), neighbours=1, shrinkage=1.0)
    assert (link[1, 0] > 0, link[2, 0]) == (True, 0)


def test_ease_is_the_ridge_regression_of_each_item_on_the_others():
    taken = np.random.default_rng(2).random((60, 5)) < 0.4
    link = ease(chosen(*[np.flatnonzero(row).tolist() for row in taken], n_items=5), penalty=3.0)
    others, own = taken[:, 1:].astype(float), taken[:, 0].astype(float)
    by_hand = np.linalg.solve(others.T @ others + 3.0 * np.eye(4), others.T @ own)
    assert link[1:, 0] == pytest.approx(by_hand)


def test_a_walk_goes_from_item_to_person_to_item():
    link = walk(chosen([0, 1], [0], n_items=2), power=1.0, popularity=0.0)
    assert link[0, 1] == pytest.approx(1 / 2 * 1 / 2)
    assert link[1, 0] == pytest.approx(1 * 1 / 2)


def test_what_came_after_is_told_from_what_came_before():
    history = chosen([0, 1, 2], n_items=3)
    link = follow(history, decay=0.5, popularity=0.0, shrinkage=0.0)
    assert (link[0, 1], link[0, 2], link[1, 0]) == (1.0, 0.5, 0.0)


def test_the_next_item_is_regressed_on_what_was_taken_before(groups):
    link = succeed(groups, penalty=1.0)
    first, second = link[0, 1], link[1, 0]
    assert first > 0.1 > second


@pytest.mark.parametrize("name", ["ease", "walk", "cosine, lately", "follow", "succeed", "latent"])
def test_planted_groups_are_found_by_every_signal(groups, name):
    signal = next(signal for signal in fit_signals(groups) if signal.name == name)
    score = signal.score(chosen([6, 7, 8]))[0]
    score[[6, 7, 8]] = -np.inf
    assert set(np.argsort(-score)[:3]) == {9, 10, 11}


def test_who_took_nothing_and_what_nobody_took_score_nothing(groups):
    wider = Histories(bounds=np.append(groups.bounds, groups.bounds[-1]), item=groups.item, n_items=N_ITEMS + 1)
    for signal in fit_signals(wider):
        score = signal.score(wider)
        assert not score[-1].any(), signal.name
        assert np.abs(score[:, -1]).max() < 1e-6, signal.name
        assert np.isfinite(score).all(), signal.name


def test_nothing_taken_by_anybody_links_nothing():
    for signal in fit_signals(chosen([], [], n_items=3)):
        assert not signal.link.any(), signal.name


def test_the_order_of_people_changes_nothing(groups):
    again = groups.take(np.random.default_rng(3).permutation(groups.n_people))
    for one, other in zip(fit_signals(groups), fit_signals(again), strict=True):
        assert one.link == pytest.approx(other.link, abs=1e-8), one.name


def test_names_of_items_change_nothing(groups):
    renamed = np.random.default_rng(4).permutation(N_ITEMS)
    again = Histories(bounds=groups.bounds, item=renamed[groups.item], n_items=N_ITEMS)
    for one, other in zip(fit_signals(groups), fit_signals(again), strict=True):
        if one.name != "latent":  # factors of equal strength turn into each other
            assert one.link == pytest.approx(other.link[np.ix_(renamed, renamed)], abs=1e-8), one.name


def test_more_factors_than_items_or_people_are_not_asked_for():
    assert latent(chosen([0, 1], [1, 2], n_items=3), n_factors=50).shape == (3, 3)


def test_latest_choices_are_counted_apart():
    history = chosen([0, 1, 2], [0], n_items=3)
    assert popularity(history).tolist() == [2, 1, 1]
    assert popularity(history, 1).tolist() == [1, 0, 1]
