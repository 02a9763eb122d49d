"""One's own enrolment table for benchmarks/outcomes.py: who took what, when, and what came of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from csv_files import (
    check_apart,
    check_column,
    days_of,
    is_id,
    is_of_numbers,
    numbers_of,
    read_table,
    refuse_value,
    said_missing,
)
from outcomes_data import MODULE_WEIGHT, PRIOR_WEIGHT, Study

from training_catalog.columns import BoolArray
from training_catalog.errors import InputError

YES = ("1", "1.0", "true", "yes", "y", "pass", "passed", "completed", "lulus", "selesai", "ya")
NO = ("0", "0.0", "false", "no", "n", "fail", "failed", "withdrawn", "not completed", "tidak lulus", "tidak")
PROTECTED = (
    "sex", "gender", "age", "birth", "born", "religion", "agama", "marital", "married", "disability", "ethnicity",
    "ethnic", "race", "suku", "nationality", "region", "deprivation", "imd", "name", "nip", "kelamin", "usia", "umur",
    "lahir", "perkawinan",
)  # fmt: skip
MOST_WORDS = 50  # kinds of a column of words, and periods named by words
ACCEPTED_TIMES = ("numbers, dates like 2024-03-31, or like 31/3/2024 where a day above 12 tells the order, or at most"
                  f" {MOST_WORDS} periods such as 2013B")  # fmt: skip
LATEST = 0.2  # share of rows, at least, that is tested on; and of the others that judges settings
FEWEST = 200  # rows to learn from, and half as many to test on


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a file is asked for: its columns, values of the outcome that count as success, and codes."""

    path: Path
    outcome: str
    time: str
    person: str = ""
    item: str = ""
    covariates: tuple[str, ...] = ()
    success: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    number: tuple[float, ...] = ()


def passed_of(frame: pd.DataFrame, asked: Asked) -> np.ndarray:
    """Return 1, 0, or NaN where nothing is known.

    Raises
    ------
    InputError
        Naming file, column, line and value of what is neither.
    """
    words = frame[check_column(frame, asked.outcome, asked.path)].astype("string").str.strip()
    known = words.notna().to_numpy()
    if asked.success:
        one = words.isin(asked.success).to_numpy(dtype=bool)
        if not one.any():
            found = ", ".join(sorted(words.dropna().unique())[:10])
            raise InputError(
                f"{asked.path}, column {asked.outcome}: no row holds {' or '.join(asked.success)}; found {found}"
            )
        return np.where(known, one.astype(float), np.nan)
    one, other = (words.str.lower().isin(names).to_numpy(dtype=bool) for names in (YES, NO))
    wrong = np.flatnonzero(known & ~one & ~other)
    if len(wrong):
        accepted = "1 or 0, true or false, yes or no, pass or fail; for others --success VALUE [VALUE ...]"
        refuse_value(frame, asked.outcome, asked.path, int(wrong[0]), accepted)
    return np.where(one, 1.0, np.where(other, 0.0, np.nan))


def turns_of(frame: pd.DataFrame, asked: Asked) -> np.ndarray:
    """Return the place of each row's time among all times, NaN where none stands: numbers, dates, or words in order.

    Raises
    ------
    InputError
        When there are many different ones, and not all of them numbers, or dates.
    """
    column = frame[check_column(frame, asked.time, asked.path)]
    values = pd.to_numeric(column, errors="coerce")
    if (values.isna() & column.notna()).any():
        values = pd.Series(days_of(column), index=column.index)
    wrong = np.flatnonzero(values.isna() & column.notna())
    if len(wrong) and column.nunique() > MOST_WORDS:
        refuse_value(frame, asked.time, asked.path, int(wrong[0]), ACCEPTED_TIMES)
    if len(wrong):
        values = column.astype("string").str.strip()  # periods such as 2013B
    turn = pd.factorize(values, sort=True)[0].astype(float)
    return np.where(turn < 0, np.nan, turn)


def later_part(turn: np.ndarray) -> BoolArray:
    """Return the latest times that hold at least a fifth of the rows."""
    return turn >= np.quantile(turn, 1 - LATEST, method="higher") if len(turn) else np.zeros(0, dtype=bool)


def before(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return how many rows of the same key stand at earlier times, and how many of them were passed."""
    each = rows.groupby([*key, "turn"])["passed"].agg(["sum", "size"])
    earlier = each.groupby(level=key).cumsum() - each
    return earlier.reindex(pd.MultiIndex.from_frame(rows[[*key, "turn"]])).set_axis(rows.index)


def past(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Describe what came of earlier enrolments, of the item and of the person, drawn towards the earliest share."""
    overall = float(rows.loc[rows["turn"] == rows["turn"].min(), "passed"].mean())
    known = {"tried": pd.Series(0.0, index=rows.index)}
    if asked.person:
        own = before(rows, [asked.person])
        known["tried"] = own["size"].astype(float)
        known["passed_share"] = (own["sum"] + overall * PRIOR_WEIGHT) / (own["size"] + PRIOR_WEIGHT)
    if asked.item:
        same = before(rows, [asked.item])
        known["module_passed"] = (same["sum"] + overall * MODULE_WEIGHT) / (same["size"] + MODULE_WEIGHT)
    if asked.person and asked.item:
        known["tried_same"] = before(rows, [asked.person, asked.item])["size"].astype(float)
    return pd.DataFrame(known)


def described(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return what was known before as numbers; protected attributes and what says nothing are left out and named."""
    used = {asked.outcome, asked.time, asked.person, asked.item, "turn", "passed"}
    names = [check_column(frame, name, asked.path) for name in asked.covariates]
    parts, left_out = [], []
    for name in names or [name for name in frame.columns if name not in used]:
        column = frame[name]
        if set(name.lower().replace("-", "_").replace(" ", "_").split("_")) & set(PROTECTED):
            left_out.append(f"{name} (protected)")
        elif is_id(name):
            left_out.append(f"{name} (an id)")
        elif len(column.drop_duplicates()) <= 1:
            left_out.append(f"{name} (the same in every row)")
        elif is_of_numbers(frame, name):
            parts.append(pd.Series(numbers_of(frame, name, asked.path), index=frame.index, name=name))
        elif column.nunique() > MOST_WORDS:
            left_out.append(f"{name} ({column.nunique():,} different words; at most {MOST_WORDS} are kinds)")
        else:
            parts.append(pd.get_dummies(column, prefix=name, dtype=float))
    if left_out:
        print(f"    columns left out: {'; '.join(left_out)}")
    return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=frame.index)


def read_file(asked: Asked) -> tuple[Study, list[str]]:
    """Return the enrolments of a file, and the columns that a model may read.

    Raises
    ------
    InputError
        When a column is missing, a value is not accepted, or there is too little to learn from or to test on.
    """
    check_apart(asked.path, outcome=(asked.outcome,), time=(asked.time,), person=(asked.person,), item=(asked.item,),
                covariates=asked.covariates)  # fmt: skip
    frame = read_table(asked.path, missing=asked.missing, number=asked.number)
    passed, turn = passed_of(frame, asked), turns_of(frame, asked)
    for name in (asked.person, asked.item):
        if name:
            check_column(frame, name, asked.path)
    kept = ~np.isnan(passed) & ~np.isnan(turn)
    said_missing(int((~kept).sum()), len(frame), f"{asked.outcome} or {asked.time}")
    rows = frame[kept].assign(turn=turn[kept], passed=passed[kept]).reset_index(drop=True)
    own = pd.concat([past(rows, asked), described(rows, asked)], axis=1)
    is_test = later_part(rows["turn"].to_numpy())
    is_latest = np.zeros(len(rows), dtype=bool)
    is_latest[~is_test] = later_part(rows["turn"].to_numpy()[~is_test])
    check_parts(rows, is_test, asked)
    study = Study(rows=own, passed=rows["passed"].to_numpy(), is_test=is_test, is_latest=is_latest,
                  assessments=pd.DataFrame(), handed_in=pd.DataFrame())  # fmt: skip
    return study, list(own.columns) if asked.person else [name for name in own.columns if name != "tried"]


def check_parts(rows: pd.DataFrame, is_test: BoolArray, asked: Asked) -> None:
    """Refuse too few rows, a single time, and parts in which everybody fared alike.

    Raises
    ------
    InputError
        Naming file, column, what was found and what is accepted.
    """
    times = rows["turn"].nunique()
    if times < 3:
        raise InputError(f"{asked.path}, column {asked.time}: {times} different times; accepted: at least three, to"
                         " learn from, to find settings on, and to test on")  # fmt: skip
    for name, part, fewest in (("earlier", ~is_test, FEWEST), ("latest", is_test, FEWEST // 2)):
        own = rows["passed"][part]
        if len(own) < fewest or own.nunique() < 2:
            found = f"{len(own):,} {name} rows, {int(own.sum()):,} of them a success"
            raise InputError(f"{asked.path}, column {asked.outcome}: {found}; accepted: at least {fewest},"
                             " with successes and failures")  # fmt: skip
