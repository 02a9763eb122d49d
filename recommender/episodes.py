"""Stretches of people's past between two findings, some with a training in between: what effects are estimated from.

A stretch begins with a finding (a level, a rating), ends with the next one, and is described by what was on file on its
first day, for the trained and the others alike: nothing that came after that day is read, except what was found at the
end. Comparing from the same kind of day is what keeps out time in which the trained could not have failed (Hernan &
Robins 2016, Am. J. Epidemiol. 183).
"""

from dataclasses import dataclass

import numpy as np

from models.crossfit import TrainedRows
from recommender.outcomes import OUTCOME_DAYS
from recommender.past_records import FIRST_DAY, SPAN, Records, days_of, past_columns, standings
from recommender.unaided import required_levels
from recommender.workforce import COMPLETED, SELF_RATED, UNKNOWN_DAY, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import DateArray, FloatArray, IndexArray, freeze, join_groups
from training_catalog.tables_people import METHODS

SETTLING_DAYS = 90  # a rating whose period ends sooner after a training does not measure it
LONGEST_RATED = 550  # days between two ratings that follow each other; beyond, one is missing in between
MEAN_STANDING = (4, 5)  # features of stretches between ratings that tell past standing: mean and last
POST_TRAINING = METHODS.index("post-training")


@dataclass(frozen=True, slots=True, kw_only=True)
class Episodes:
    """Stretches between two findings.

    Parameters
    ----------
    rows : Numbers: features as of the first day, whether trained, what was found at the end, the person.
    training : The one training taken in between; -1 for none, and for ratings also where there were several.
    competency : What was found again; -1 for ratings.
    start, end : First and last day.
    before : What was found on the first day; for ratings the mean standing until then.
    n_unclear : Stretches left out because several trainings for the competency, or one that is on file under a title
        that names no training, fell into them.
    """

    rows: TrainedRows
    training: IndexArray
    competency: IndexArray
    start: DateArray
    end: DateArray
    before: FloatArray
    n_unclear: int

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Completed trainings, a row for each owner they count for; sorted by owner and last day.

    Parameters
    ----------
    owner : Person, or person x n_competencies + competency taught.
    first, last : Days since 1970.
    training : Which.
    """

    owner: IndexArray
    first: IndexArray
    last: IndexArray
    training: IndexArray

    def between(self, owner: IndexArray, after: IndexArray, before: IndexArray) -> tuple[IndexArray, IndexArray]:
        """Return how many ended after one day and before another, and the row of the last; -1 for none."""
        keys = self.owner * SPAN + self.last
        low = np.searchsorted(keys, owner * SPAN + after, side="right")
        high = np.searchsorted(keys, owner * SPAN + before, side="left")
        count = np.maximum(high - low, 0)
        return count, np.where(count > 0, high - 1, -1)


def _taken(workforce: Workforce, owner: IndexArray, row: IndexArray) -> Taken:
    history = workforce.history
    last = np.maximum(days_of(history.end[row]), FIRST_DAY)
    order = np.lexsort((history.training[row], last, owner))
    return Taken(owner=owner[order], first=days_of(history.start[row])[order], last=last[order],
                 training=history.training[row][order])  # fmt: skip


def taken_for_competencies(workforce: Workforce, catalog: Catalog) -> Taken:
    """Return completed trainings by person and competency taught."""
    history = workforce.history
    rows = np.flatnonzero((history.status == COMPLETED) & (history.training >= 0))
    left, target = join_groups(catalog.trainings.target_bounds, history.training[rows])
    owner = history.employee[rows[left]] * len(catalog.competencies.ids) + catalog.trainings.target_competency[target]
    return _taken(workforce, owner, rows[left])


def _of_no_name(workforce: Workforce) -> Taken:
    """Return completed trainings whose title names none, by person: they may have taught anything."""
    history = workforce.history
    rows = np.flatnonzero((history.status == COMPLETED) & (history.training < 0))
    return _taken(workforce, history.employee[rows], rows)


def level_episodes(workforce: Workforce, catalog: Catalog, today: np.datetime64) -> Episodes:
    """Return stretches between two assessments of a person in a competency that the position requires.

    Parameters
    ----------
    workforce, catalog : People with their past, and trainings.
    today : Nothing after this day is used.

    Notes
    -----
    Trained: one completed training that teaches the competency began after the first day and ended before the last one,
    at most `OUTCOME_DAYS` earlier. A stretch with several is left out: what each of them did cannot be told apart. One
    with a training of no known name is left out too: counted as untrained, such stretches made effects of 0.17 levels
    in the simulated city look like 0.14.
    Levels that people gave themselves are no findings. The outcome is the change of the level.
    """
    records, width = workforce.assessments, len(catalog.competencies.ids)
    dated = (records.on > UNKNOWN_DAY) & (records.on <= today)
    used = np.flatnonzero((records.method != SELF_RATED) & dated)
    required = required_levels(workforce, catalog, records.employee[used], records.competency[used])
    used, required = used[~np.isnan(required)], required[~np.isnan(required)]
    owner, day = records.employee[used] * width + records.competency[used], days_of(records.on[used])
    pair = np.flatnonzero((owner[1:] == owner[:-1]) & (day[1:] > day[:-1]))
    one, two, begin, end = used[pair], used[pair + 1], day[pair], day[pair + 1]
    taken = taken_for_competencies(workforce, catalog)
    count, event = taken.between(owner[pair], begin, end)
    is_later = np.append(taken.first, FIRST_DAY)[event] > begin
    is_fresh = end - np.append(taken.last, FIRST_DAY)[event] <= OUTCOME_DAYS
    unclear = (count > 1) | (_of_no_name(workforce).between(records.employee[one], begin, end)[0] > 0)
    kept = np.flatnonzero(~unclear & ((count == 0) | (is_later & is_fresh)))
    features = _level_features(workforce, catalog, taken, one[kept], required[pair][kept])
    rows = TrainedRows(features=features, is_trained=count[kept] > 0, person=records.employee[one[kept]],
                       outcome=records.level[two[kept]] - records.level[one[kept]])  # fmt: skip
    return Episodes(
        rows=rows, training=np.append(taken.training, -1)[event][kept], competency=records.competency[one[kept]],
        start=records.on[one[kept]], end=records.on[two[kept]], before=records.level[one[kept]],
        n_unclear=int(unclear.sum()),
    )  # fmt: skip


def _level_features(
    workforce: Workforce, catalog: Catalog, taken: Taken, first: IndexArray, required: FloatArray
) -> FloatArray:
    """Describe stretches by what was on file on their first day; `first` are rows of the assessments."""
    records = workforce.assessments
    employee, day = records.employee[first], days_of(records.on[first])
    owner = employee * len(catalog.competencies.ids) + records.competency[first]
    earlier = Records.of(taken.owner, taken.last, np.ones(len(taken.owner)))
    columns = [
        records.level[first], records.level[first] - required, (records.method[first] == POST_TRAINING).astype(float),
        earlier.until(owner, day)[0], earlier.latest(owner, day)[0], day.astype(np.float64),
    ]  # fmt: skip
    return np.stack([*columns, *past_columns(workforce, catalog, employee, day)], axis=1)


def rating_episodes(workforce: Workforce, catalog: Catalog, today: np.datetime64) -> Episodes:
    """Return stretches between two ratings of a person that follow each other.

    Notes
    -----
    Trained: at least one training was completed after the first period ended and `SETTLING_DAYS` before the second one
    did. Those trained only later than that are left out. Outcome: standing in SD among those rated alike.
    """
    ratings = workforce.ratings
    standing = standings(workforce)
    used = np.flatnonzero(~np.isnan(standing) & (ratings.on <= today))
    day, who = days_of(ratings.on[used]), ratings.employee[used]
    pair = np.flatnonzero((who[1:] == who[:-1]) & (day[1:] > day[:-1]) & (day[1:] - day[:-1] <= LONGEST_RATED))
    begin, end, employee = day[pair], day[pair + 1], who[pair]
    rows = np.flatnonzero(workforce.history.status == COMPLETED)
    taken = _taken(workforce, workforce.history.employee[rows], rows)
    n_early, event = taken.between(employee, begin, end - SETTLING_DAYS + 1)
    n_all, _ = taken.between(employee, begin, end + 1)
    kept = np.flatnonzero((n_early > 0) | (n_all == 0))
    past = past_columns(workforce, catalog, employee[kept], begin[kept])
    scale = ratings.scale[used[pair + 1]][kept].astype(np.float64)
    single = np.where(n_early == 1, np.append(taken.training, -1)[event], -1)[kept]
    return Episodes(
        rows=TrainedRows(features=np.stack([begin[kept].astype(np.float64), scale, *past], axis=1),
                         is_trained=n_early[kept] > 0, person=employee[kept], outcome=standing[used[pair + 1]][kept]),
        training=single, competency=np.full(len(kept), -1), start=ratings.on[used[pair]][kept],
        end=ratings.on[used[pair + 1]][kept], before=past[2], n_unclear=0,
    )  # fmt: skip
