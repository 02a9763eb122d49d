"""The planted past can be found again, and a naive look at it misleads."""

from dataclasses import replace

import numpy as np

from recommender.simulation.past import _gains, levels_at
from recommender.simulation.settings import SELECTION_BY_RATING
from training_catalog.columns import look_up


def day(date_):
    return int(np.datetime64(date_, "D").astype(np.int64))


def standing_of(truth):
    n = len(truth.employees)
    count = np.maximum(np.bincount(truth.employee, minlength=n), 1)
    return np.bincount(truth.employee, weights=truth.level - truth.required, minlength=n) / count


def test_only_completed_trainings_raise_levels(taken):
    assert taken.completed[taken.gain_row].all()
    assert (taken.gain >= 0).all()


def test_levels_are_the_earlier_ones_before_any_training_and_never_lower_after(traits, taken):
    entries = np.arange(len(traits.level))
    before = levels_at(traits, taken, entries, np.full(len(entries), day("2000-01-01")))
    after = levels_at(traits, taken, entries, np.full(len(entries), day("2027-01-04")))
    assert (before == traits.level).all()
    assert (after >= before).all()


def test_a_gain_comes_with_the_last_day_and_fades_only_where_it_is_not_practised(traits, taken):
    once = np.flatnonzero(np.bincount(taken.gain_entry, minlength=len(traits.level))[taken.gain_entry] == 1)
    entry, end = taken.gain_entry[once], taken.end[taken.gain_row[once]]
    room = traits.level[entry] + taken.gain[once] < 5
    at_once = levels_at(traits, taken, entry, end) - traits.level[entry]
    assert (levels_at(traits, taken, entry, end - 1) == traits.level[entry]).all()
    np.testing.assert_allclose(at_once[room], taken.gain[once][room])
    practised = np.isinf(taken.half_life[once])
    later = levels_at(traits, taken, entry, end + 400) - traits.level[entry]
    np.testing.assert_allclose(later[practised & room], at_once[practised & room])
    faded = later[~practised & room] / np.maximum(at_once[~practised & room], 1e-9)
    assert 0.5 < np.median(faded) < 0.85


def test_trainings_at_the_right_level_teach_more_than_old_news(traits, taken, catalog):
    level = traits.level[taken.gain_entry]
    first = np.bincount(taken.gain_entry, minlength=len(traits.level))[taken.gain_entry] == 1
    teaches = catalog.trainings.target_bounds[taken.training[taken.gain_row]]
    one_target = np.diff(catalog.trainings.target_bounds)[taken.training[taken.gain_row]] == 1
    known = level >= catalog.trainings.level_to[teaches]
    fits = (level >= catalog.trainings.level_from[teaches]) & ~known
    assert taken.gain[first & one_target & fits].mean() > 3 * taken.gain[first & one_target & known].mean()


def test_a_second_training_in_a_competency_starts_from_what_the_first_one_gave(traits, catalog):
    """Whoever the first training brings to its target level learns little from another one to that level."""
    trainings = catalog.trainings
    training = np.flatnonzero((np.diff(trainings.target_bounds) == 1) & (trainings.hours >= 30))[0]
    target = trainings.target_bounds[training]
    asked = traits.competency == trainings.target_competency[target]
    who = traits.employee[asked]
    nearly_there = replace(traits, level=np.where(asked, trainings.level_to[target] - 0.05, traits.level))
    twice, same = np.tile(who, 2), np.full(2 * len(who), training)
    start, completed = np.repeat([18_000, 18_300], len(who)), np.full(2 * len(who), True)
    taken = _gains(nearly_there, catalog, twice, same, start, start + 5, completed, np.random.default_rng(0))
    first, second = taken.gain[taken.gain_row < len(who)], taken.gain[taken.gain_row >= len(who)]
    reached = first > 0.05
    assert reached.sum() > 20
    assert second[reached].mean() < 0.4 * first[reached].mean()


def test_better_rated_people_are_sent_to_more_trainings(traits, taken):
    count = np.bincount(taken.employee, minlength=traits.n_people)
    here = traits.service_start < day("2021-01-01")
    best, worst = traits.past_rating > 0.8, traits.past_rating < -0.8
    assert SELECTION_BY_RATING > 0
    assert count[here & best].mean() > 1.5 * count[here & worst].mean()


def test_the_trained_stand_better_by_more_than_trainings_gave_them(traits, taken):
    """Selection bias: those sent often were better to begin with, so the naive difference is too large."""
    count = np.bincount(taken.employee, minlength=traits.n_people)
    here = traits.service_start < day("2021-01-01")
    today = levels_at(traits, taken, np.arange(len(traits.level)), np.full(len(traits.level), day("2027-01-04")))
    n_entries = np.bincount(traits.employee, minlength=traits.n_people)
    now = np.bincount(traits.employee, weights=today - traits.required, minlength=traits.n_people) / n_entries
    given = np.bincount(traits.employee, weights=today - traits.level, minlength=traits.n_people) / n_entries
    often, never = here & (count >= 4), here & (count == 0)
    naive, true = now[often].mean() - now[never].mean(), given[often].mean() - given[never].mean()
    assert naive > 1.15 * true > 0


def test_the_trained_ended_with_smaller_deficits_than_the_untrained(city):
    history = city.tables["history"].query("status == 'completed'")
    count = history.groupby("employee").size().reindex(city.truth.employees, fill_value=0).to_numpy()
    standing = standing_of(city.truth)
    assert standing[count >= 3].mean() > standing[count == 0].mean() + 0.1


def test_ratings_and_competence_go_together_a_little(city):
    rating = city.tables["performance"].query("scale == 'skp-angka'").groupby("employee")["rating"].mean()
    standing = standing_of(city.truth)[look_up(city.truth.employees, rating.index.to_numpy(dtype=str))]
    assert 0.08 < np.corrcoef(rating, standing)[0, 1] < 0.32
