"""Titles of trainings people took: the official one where the training is known, and one spelling of the same row."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from service.imports.rows import Rows
from service.spelling import all_folded

_SAME = ["employee", "form", "end_date"]


def name_trainings(rows: Rows, on_file: pd.DataFrame, frame_of: Callable[[str], pd.DataFrame]) -> None:
    """Give history rows the official title of a known training, and a title where only a code is given.

    A title that differs in case alone from that of a row of the same person and day is the same row.

    Parameters
    ----------
    rows : Histories.
    on_file : Histories as stored.
    frame_of : Returns a table as known, by name.
    """
    titles = frame_of("trainings").drop_duplicates("training").set_index("training")["name"]
    official = rows.frame["training"].map(titles)
    title = official.where(official.notna(), rows.frame["training_name"])
    rows.frame["training_name"] = title.where(title.notna(), rows.frame["training"]).astype("str")
    rows.given = rows.given | {"training_name"}
    for row in np.flatnonzero(rows.frame["training_name"].isna().to_numpy() & ~rows.refused).tolist():
        rows.refuse(row, "required-missing", "A value is needed here.", column="training_name", value="")
    columns = ["employee", "training_name", "end_date"]
    every = pd.concat([frame[columns] for frame in (on_file, frame_of("history"), rows.frame)], ignore_index=True)
    every["form"] = all_folded(every["training_name"])
    first = every.groupby(_SAME, dropna=False, sort=False)["training_name"].transform("first")
    rows.frame["training_name"] = first.iloc[len(first) - len(rows.frame) :].to_numpy()
    rows.frame["training_name"] = rows.frame["training_name"].astype("str")
