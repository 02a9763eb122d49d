"""Titles and texts that name nothing on file: matched after an import, decided by a person, applied when read."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from service.storage.database import Database
from service.storage.history import Writing
from training_catalog.frames import Tables, text_of
from training_catalog.tables import table

CONFIRMED, MATCHED, WAITING = "confirmed", "matched", "waiting"
N_SUGGESTED = 3  # competencies offered for a training


def match_history(database: Database, writing: Writing, imported: set[str]) -> None:
    """Match the history's written titles that no person has decided on.

    Parameters
    ----------
    database, writing : Where, within the import's transaction.
    imported : Tables that the import brought: other trainings may mean other matches, history alone only new titles.
    """
    if not imported & {"history", "trainings"}:
        return
    titles = database.read("training_titles", writing.connection)
    done = titles if "trainings" not in imported else titles[titles["status"] == CONFIRMED]
    history = database.read("history", writing.connection)
    written = history.loc[history["training"].isna(), "training_name"].dropna().drop_duplicates()
    written = written[~written.isin(done["title"])].sort_values()
    if written.empty:
        return
    from models.matching import SURE, match_titles  # noqa: PLC0415 (scikit-learn is loaded only where a title waits)

    trainings = database.read("trainings", writing.connection)
    best, confidence = match_titles(text_of(trainings, "name").tolist(), written.tolist())
    meant = pd.Series([*trainings["training"], None], dtype="str").take(best).to_numpy()
    database.upsert(writing, "training_titles", pd.DataFrame({
        "title": written.to_numpy(), "training": meant, "confidence": np.round(confidence, 3),
        "status": np.where(confidence >= SURE, MATCHED, WAITING),
    }))  # fmt: skip


def with_titles(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables, with the training that a written title means in the history."""
    titles, history = tables["training_titles"], tables["history"]
    decided = titles[titles["status"].isin((CONFIRMED, MATCHED)) & titles["training"].notna()]
    if decided.empty:
        return dict(tables)
    meant = history["training_name"].map(decided.set_index("title")["training"])
    filled = history["training"].where(history["training"].notna(), meant).astype(history["training"].dtype)
    return {**tables, "history": history.assign(training=filled)}


def titles_waiting(tables: Tables) -> pd.DataFrame:
    """Return the titles that wait for a person, the surest first, with the training proposed and the rows they are in.

    Returns
    -------
    Columns title, training, confidence, name, rows.
    """
    titles = tables["training_titles"]
    names = tables["trainings"].set_index("training")["name"]
    counts = tables["history"].loc[tables["history"]["training"].isna(), "training_name"].value_counts()
    waiting = titles[titles["status"] == WAITING].drop(columns="status")
    waiting = waiting.assign(name=waiting["training"].map(names), rows=waiting["title"].map(counts).astype("Int64"))
    return waiting.sort_values(["confidence", "title"], ascending=[False, True], kind="stable").reset_index(drop=True)


def suggest_competencies(tables: Tables) -> pd.DataFrame:
    """Return competencies that trainings without any may teach, in Indonesian or English, the best first.

    Returns
    -------
    The columns of ``training_targets``, whose levels a person fills in, then name, competency_name and confidence.
    """
    trainings, competencies = tables["trainings"], tables["competencies"]
    untagged = trainings[~trainings["training"].isin(tables["training_targets"]["training"])]
    columns = [*table("training_targets").column_names, "name", "competency_name", "confidence"]
    if untagged.empty or competencies.empty:
        return pd.DataFrame(columns=columns)
    from models.matching import TextMatcher  # noqa: PLC0415 (scikit-learn is loaded only by the command that needs it)

    names = _joined(competencies, ("name", "name_en"))
    matcher = TextMatcher(names, _joined(competencies, ("name", "name_en", "definition")))
    index, confidence = matcher.best(_joined(untagged, ("name", "topic")), N_SUGGESTED)
    row, place = np.nonzero(confidence > 0)
    chosen = competencies.iloc[index[row, place]]
    return pd.DataFrame({
        "training": untagged["training"].to_numpy()[row], "competency": chosen["competency"].to_numpy(),
        "level_from": np.nan, "level_to": np.nan, "name": untagged["name"].to_numpy()[row],
        "competency_name": chosen["name"].to_numpy(), "confidence": np.round(confidence[row, place], 3),
    })[columns]  # fmt: skip


def _joined(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[str]:
    """Return the texts of some columns as one text a row."""
    return [" ".join(parts) for parts in zip(*[text_of(frame, name).tolist() for name in columns], strict=True)]
