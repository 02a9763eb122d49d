"""Reads sequences of choices from a folder, however they are laid out."""

from pathlib import Path

import numpy as np
import pandas as pd

from models.histories import Histories
from training_catalog.errors import InputError

PERSON = ("user", "user_id", "learner", "student", "student_id", "person", "employee")
ITEM = ("item", "item_id", "course", "course_id", "training", "training_id")
ORDER = ("time", "timestamp", "date", "order", "position", "start")
FEWEST = 3  # choices of a person: one to learn from, one to tune on, one to test on


def folders_in(data: Path) -> list[Path]:
    """Return the folders that hold sequences: the one given, or those in it whose name begins with ``ranking``.

    Raises
    ------
    InputError
        When there is none.
    """
    for found in ([data], sorted(data.glob("ranking*"))):
        usable = [folder for folder in found if folder.is_dir() and table_in(folder)]
        if usable:
            return usable
    message = f"{data}: no sequences.csv, interactions.csv (or .csv.gz) here, nor in a folder ranking-*"
    raise InputError(message)


def table_in(folder: Path) -> Path | None:
    """Return the file with sequences or single choices."""
    names = [f"{stem}{end}" for stem in ("sequences", "interactions", "enrolments") for end in (".csv.gz", ".csv")]
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
        message = f"{path}: no column {' or '.join(names)}; found {', '.join(frame.columns)}"
        raise InputError(message)
    return found


def as_long(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return one row a choice: person, item, order; a column ``test_item`` is the last choice."""
    if "items" in frame.columns:
        texts = frame["items"].fillna("").astype(str)
        if "test_item" in frame.columns:
            texts = texts + " " + frame["test_item"].astype("string").fillna("").astype(str)
        split = texts.str.replace(r"[\[\],;|]", " ", regex=True).str.split()
        long = pd.DataFrame({"person": np.arange(len(frame)), "item": split}).explode("item").dropna()
        return long.assign(order=np.arange(len(long)))
    long = pd.DataFrame(
        {
            "person": pd.factorize(frame[column_of(frame, PERSON, path)])[0],
            "item": frame[column_of(frame, ITEM, path)].astype(str),
        }
    )
    named = [name for name in frame.columns if name.strip().lower() in ORDER]
    order = pd.to_numeric(frame[named[0]], errors="coerce") if named else pd.Series(np.arange(len(frame)))
    if named and order.isna().all():
        order = pd.to_datetime(frame[named[0]], errors="coerce").astype("int64")
    return long.assign(order=order.fillna(order.min()).rank(method="dense"))


def read_sequences(folder: Path, n_users: int | None = None) -> tuple[Histories, np.ndarray]:
    """Return the training choices of each person, oldest first, and the last one, to test on.

    Parameters
    ----------
    folder : With ``sequences.csv.gz`` (user, items, test_item) or ``interactions.csv.gz`` (user, item, time).
    n_users : Only the first so many; all when None.
    """
    path = table_in(folder)
    frame = pd.read_csv(path, dtype={"items": "string", "test_item": "string"}, low_memory=False)
    if n_users is not None and "items" in frame.columns:
        frame = frame.head(n_users)
    long = as_long(frame, path)
    if n_users is not None:
        long = long[long["person"] < n_users]
    item, names = pd.factorize(long["item"], sort=True)
    person = long["person"].to_numpy(dtype=np.int64)
    everything = Histories.of(person, item.astype(np.int64), long["order"].to_numpy(), n_people=int(person.max()) + 1,
                              n_items=len(names))  # fmt: skip
    return everything.take(np.flatnonzero(everything.length >= FEWEST)).without_last()
