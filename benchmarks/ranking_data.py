"""Reads sequences of choices from a file, however they are laid out, and says in words what cannot be used."""

from pathlib import Path

import numpy as np
import pandas as pd
from csv_files import days_of, read_table, refuse_value, said_missing

from models.histories import Histories
from training_catalog.errors import InputError

PERSON = ("user", "user_id", "learner", "learner_id", "student", "student_id", "id_student", "person", "employee",
          "employee_id", "pegawai", "nip")  # fmt: skip
ITEM = ("item", "item_id", "course", "course_id", "training", "training_id", "code_module", "pelatihan", "kursus")
ORDER = ("time", "timestamp", "date", "order", "position", "start", "started", "start_date", "enrolled",
         "enrolled_on", "registered", "tanggal", "tanggal_mulai", "mulai")  # fmt: skip
FEWEST = 3  # choices of a person: one to learn from, one to tune on, one to test on
FEWEST_PEOPLE, FEWEST_ITEMS = 50, 20  # below, ten places say nothing
ACCEPTED_TIMES = "numbers, or dates like 2024-03-31, or like 31/3/2024 where a day above 12 tells the order"
STEMS = ("sequences", "interactions", "enrolments")
FORMS = (f"one row a person with a column items (and test_item), or one row a choice with a person"
         f" ({', '.join(PERSON)}), an item ({', '.join(ITEM)}) and a time ({', '.join(ORDER)})")  # fmt: skip


def files_in(data: Path) -> list[Path]:
    """Return the files with sequences: the one given, that of the folder given, or those of its folders ranking-*.

    Raises
    ------
    InputError
        When there is none.
    """
    if data.is_file():
        return [data]
    for folders in ([data], sorted(data.glob("ranking*"))):
        found = [path for folder in folders if (path := table_in(folder)) is not None]
        if found:
            return found
    names = ", ".join(f"{stem}.csv" for stem in STEMS)
    raise InputError(f"{data}: no {names} (or .csv.gz) here, nor in a folder ranking-*; accepted: a file or folder with"
                     f" {FORMS}")  # fmt: skip


def table_in(folder: Path) -> Path | None:
    """Return the file with sequences or single choices."""
    names = [f"{stem}{end}" for stem in STEMS for end in (".csv.gz", ".csv")]
    return next((folder / name for name in names if (folder / name).is_file()), None)


def column_of(frame: pd.DataFrame, names: tuple[str, ...], path: Path) -> str:
    """Return the first column of one of these names.

    Raises
    ------
    InputError
        Naming the file, what was found and what is accepted.
    """
    found = next((name for name in frame.columns if name.strip().lower() in names), None)
    if found is None:
        raise InputError(f"{path}: no column {' or '.join(names)}; found {', '.join(frame.columns)}; accepted: {FORMS}")
    return found


def as_long(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return one row a choice: person, item, order; a column ``test_item`` is the last choice."""
    if "items" in frame.columns:
        texts = frame["items"].fillna("").astype(str)
        if "test_item" in frame.columns:
            texts = texts + " " + frame["test_item"].astype("string").fillna("").astype(str)
        split = texts.str.replace(r"[\[\],;|'\"]", " ", regex=True).str.split()
        long = pd.DataFrame({"person": np.arange(len(frame)), "item": split}).explode("item").dropna()
        return long.assign(order=np.arange(len(long)))
    person, item = (column_of(frame, names, path) for names in (PERSON, ITEM))
    order = order_of(frame, path)
    known = (frame[person].notna() & frame[item].notna() & ~np.isnan(order)).to_numpy()
    said_missing(int((~known).sum()), len(frame), f"{person}, {item} or the time")
    own = frame[known]
    return pd.DataFrame(
        {"person": pd.factorize(own[person])[0], "item": own[item].astype(str).to_numpy(), "order": order[known]}
    )


def order_of(frame: pd.DataFrame, path: Path) -> np.ndarray:
    """Return a number that grows with time, NaN where no time stands; the order of rows without such a column.

    Raises
    ------
    InputError
        Naming file, column, line and value of what is neither number nor date.
    """
    name = next((name for name in frame.columns if name.strip().lower() in ORDER), None)
    if name is None:
        print(f"    {path.name} has no column {', '.join(ORDER)}: its rows are taken to stand in the order of time")
        return np.arange(len(frame), dtype=np.float64)
    values = pd.to_numeric(frame[name], errors="coerce")
    if values.isna().all():
        values = pd.Series(days_of(frame[name]), index=frame.index)
    wrong = np.flatnonzero(values.isna() & frame[name].notna())
    if len(wrong):
        refuse_value(frame, name, path, int(wrong[0]), ACCEPTED_TIMES)
    return values.to_numpy(dtype=np.float64)


def read_sequences(path: Path, n_users: int | None = None) -> tuple[Histories, np.ndarray]:
    """Return the training choices of each person, oldest first, and the last one, to test on.

    Parameters
    ----------
    path : Rows (user, items, test_item), or rows (user, item, time).
    n_users : Only the first so many; all when None.

    Raises
    ------
    InputError
        When it cannot be read, lacks a column, or has too few people or items to rank.
    """
    frame = read_table(path, dtype={"items": "string", "test_item": "string"})
    if n_users is not None and "items" in frame.columns:
        frame = frame.head(n_users)
    long = as_long(frame, path)
    if n_users is not None:
        long = long[long["person"] < n_users]
    item, names = pd.factorize(long["item"], sort=True)
    person = long["person"].to_numpy(dtype=np.int64)
    everything = Histories.of(person, item.astype(np.int64), long["order"].to_numpy(),
                              n_people=int(person.max(initial=-1)) + 1, n_items=len(names))  # fmt: skip
    usable = np.flatnonzero(everything.length >= FEWEST)
    if len(usable) < FEWEST_PEOPLE or len(names) < FEWEST_ITEMS:
        found = f"{len(usable):,} people with at least {FEWEST} different items, and {len(names):,} items"
        raise InputError(f"{path}: {found}; accepted: at least {FEWEST_PEOPLE} and {FEWEST_ITEMS}")
    return everything.take(usable).without_last()
