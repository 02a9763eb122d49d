"""One's own CSV for benchmarks/effects.py: a column of who was trained, an outcome, and what was known before."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from csv_files import (
    check_apart,
    check_column,
    is_id,
    is_of_numbers,
    numbers_of,
    read_table,
    refuse_value,
    said_missing,
)

from models.crossfit import TrainedRows
from models.effect import FEWEST_PEOPLE, NO_COUNTERPARTS, NOT_ENOUGH_DATA
from training_catalog.columns import FloatArray
from training_catalog.errors import InputError

YES, NO = (
    ("1", "1.0", "true", "yes", "y", "treated", "trained", "ya"),
    ("0", "0.0", "false", "no", "n", "control", "untrained", "tidak"),
)
MOST_WORDS = 50  # different words of a column; one with more tells people apart, not kinds of people
REASONS = {
    NOT_ENOUGH_DATA: f"fewer than {FEWEST_PEOPLE} trained or untrained people (or values of --cluster): no effect is"
                     " estimated",
    NO_COUNTERPARTS: "too many have nobody comparable on the other side (no overlap): what would have happened to them"
                     " is not in these data, and no effect is estimated",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a file is asked for.

    Parameters
    ----------
    path, untrained_path : The file, and another one whose rows stand for the untrained.
    treatment, outcome : Columns.
    covariates : Columns known before; all others when empty.
    cluster : Column whose equal values go together (person, school); each row for itself when empty.
    missing, number : Values that mean *not known*, and codes that do not.
    trained, compared : Values of the treatment; all that is not trained is compared when `compared` is empty.
    """

    path: Path
    treatment: str
    outcome: str
    covariates: tuple[str, ...] = ()
    cluster: str = ""
    trained: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    untrained_path: Path | None = None
    missing: tuple[str, ...] = ()
    number: tuple[float, ...] = ()


def is_trained(frame: pd.DataFrame, asked: Asked, path: Path) -> FloatArray:
    """Return 1 trained, 0 untrained, NaN where it is not known or neither was asked for.

    Raises
    ------
    InputError
        Naming file, column, line and value of what is neither.
    """
    words = frame[check_column(frame, asked.treatment, path)].astype("string").str.strip()
    known = words.notna().to_numpy()
    if asked.trained:
        one = words.isin(asked.trained).to_numpy(dtype=bool)
        other = words.isin(asked.compared).to_numpy(dtype=bool) if asked.compared else known & ~one
        if not one.any():
            found = ", ".join(sorted(words.dropna().unique())[:10])
            raise InputError(
                f"{path}, column {asked.treatment}: no row holds {' or '.join(asked.trained)}; found {found}"
            )
    else:
        one, other = (words.str.lower().isin(names).to_numpy(dtype=bool) for names in (YES, NO))
        wrong = np.flatnonzero(known & ~one & ~other)
        if len(wrong):
            accepted = (
                "1 or 0, true or false, yes or no, treated or control; for others --trained VALUE [--compared VALUE]"
            )
            refuse_value(frame, asked.treatment, path, int(wrong[0]), accepted)
    return np.where(one, 1.0, np.where(other, 0.0, np.nan))


def features_of(frame: pd.DataFrame, names: list[str], path: Path) -> np.ndarray:
    """Return columns as numbers: words become a column each; what says nothing is left out and named.

    Raises
    ------
    InputError
        When a number is infinite.
    """
    parts, left_out = [], []
    for name in names:
        column = frame[name]
        if is_id(name):
            left_out.append(f"{name} (an id)")
        elif len(column.drop_duplicates()) <= 1:
            left_out.append(f"{name} (the same in every row)")
        elif is_of_numbers(frame, name):
            parts.append(numbers_of(frame, name, path)[:, None])
        elif column.nunique() > MOST_WORDS:
            left_out.append(f"{name} ({column.nunique():,} different words; at most {MOST_WORDS} are kinds)")
        else:
            parts.append(pd.get_dummies(column, dummy_na=bool(column.isna().any()), dtype=float).to_numpy())
    if left_out:
        print(f"    columns left out: {'; '.join(left_out)}")
    return np.hstack(parts) if parts else np.zeros((len(frame), 1))


def both_sides(asked: Asked) -> tuple[pd.DataFrame, FloatArray]:
    """Return the rows of one or both files, and who was trained."""
    frame = read_table(asked.path, missing=asked.missing, number=asked.number)
    trained = is_trained(frame, asked, asked.path)
    if asked.untrained_path is None:
        return frame, trained
    other = read_table(asked.untrained_path, missing=asked.missing, number=asked.number)
    check_column(other, asked.outcome, asked.untrained_path)
    known = other.assign(**{asked.treatment: 0}) if asked.treatment not in other.columns else other
    if asked.treatment in other.columns:
        known = known[is_trained(other, asked, asked.untrained_path) == 0]
    shared = [name for name in frame.columns if name in known.columns]
    both = pd.concat([frame.loc[trained == 1, shared], known[shared]], ignore_index=True)
    both.attrs = frame.attrs
    return both, np.arange(len(both)) < (trained == 1).sum()


def rows_asked(asked: Asked) -> TrainedRows:
    """Read the rows that a file is asked for.

    Raises
    ------
    InputError
        When a column is missing, a value is not accepted, one side has no rows, or the outcome never varies.
    """
    check_apart(asked.path, treatment=(asked.treatment,), outcome=(asked.outcome,), covariates=asked.covariates)
    frame, trained = both_sides(asked)
    trained = trained.astype(np.float64)
    outcome = numbers_of(frame, asked.outcome, asked.path)
    said_missing(int(np.isnan(trained).sum()), len(frame), f"{asked.treatment}, as one of the two asked for,")
    said_missing(int((np.isnan(outcome) & ~np.isnan(trained)).sum()), len(frame), asked.outcome)
    kept = ~np.isnan(trained) & ~np.isnan(outcome)
    check_sides(trained[kept], outcome[kept], asked)
    used = {asked.treatment, asked.outcome, asked.cluster}
    names = [check_column(frame, name, asked.path) for name in asked.covariates] or [
        name for name in frame.columns if name not in used
    ]
    own = frame[kept].reset_index(drop=True)
    empty = int(own[names].isna().any(axis=1).sum())
    if empty:
        print(f"    {empty:,} rows lack something of what was known before; missing is taken as a value of its own")
    cluster = own[check_column(frame, asked.cluster, asked.path)] if asked.cluster else pd.Series(np.arange(len(own)))
    person = pd.factorize(cluster, use_na_sentinel=False)[0]
    return TrainedRows(features=features_of(own, names, asked.path), is_trained=trained[kept] > 0,
                       outcome=outcome[kept], person=person.astype(np.int64))  # fmt: skip


def check_sides(trained: FloatArray, outcome: FloatArray, asked: Asked) -> None:
    """Refuse a treatment with one side only, and an outcome that never varies.

    Raises
    ------
    InputError
        Naming file, column and what was found.
    """
    n_one, n_other = int((trained == 1).sum()), int((trained == 0).sum())
    if not n_one or not n_other:
        found = f"{n_one:,} trained and {n_other:,} untrained rows with a known {asked.outcome}"
        raise InputError(f"{asked.path}, column {asked.treatment}: {found}; accepted: both, at least {FEWEST_PEOPLE}"
                         " people each")  # fmt: skip
    if np.ptp(outcome) == 0:
        raise InputError(f"{asked.path}, column {asked.outcome}: every row holds {outcome[0]:g}; accepted: an outcome"
                         " that varies")  # fmt: skip


def fully_known(rows: TrainedRows) -> TrainedRows:
    """Return the rows of which every number that was known before is there, and say how many others there are.

    Notes
    -----
    Among people of whom a number is missing, trained and untrained cannot be made alike in it. Their difference then
    looks like a gain of their own, and an order by gain would be claimed that is not there.
    """
    known = np.flatnonzero(~np.isnan(rows.features).any(axis=1))
    if len(known) < len(rows.outcome):
        print(f"    others cannot be made alike in what is missing: {len(known):,} rows, in which nothing is, follow by"
              " themselves; who gains most is asked of them")  # fmt: skip
    return rows.take(known)
