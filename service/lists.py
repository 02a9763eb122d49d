"""Everybody's recommendations as one file, written chunk by chunk."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from recommender.policy import Policy
from recommender.ranking import RankedLists
from recommender.use_cases import recommend_in_chunks
from recommender.workforce import Workforce
from service.exports.plan_workbook import MOST_ROWS
from service.exports.tables import neutralise
from service.files import by_suffix, writing_to
from service.pipeline import Office
from training_catalog.catalog import Catalog
from training_catalog.errors import InputError
from training_catalog.training import MODES

COLUMNS = ("employee", "rank", "training", "offering", "benefit", "low", "high", "completion", "cost", "hours", "mode",
           "start", "end", "competencies", "blind_spot", "suits_full_calendar", "state")  # fmt: skip


def list_frame(lists: RankedLists, crew: Workforce, catalog: Catalog, limit: int, state: str) -> pd.DataFrame:
    """Return the first rows of each person's list."""
    rows = np.flatnonzero(lists.rank <= limit)
    offering, option = lists.offering[rows], lists.option[rows]
    has = option >= 0
    coverage, gaps = lists.candidates.coverage, lists.candidates.gaps
    codes, spots = catalog.competencies.ids[gaps.competency[coverage.gap]], gaps.is_blind_spot[coverage.gap]
    bounds = coverage.bounds
    pair = lists.pair[rows]
    n_spots = coverage.total(spots.astype(np.float64))[pair]
    mode = np.where(has, np.append(catalog.offerings.mode, 0)[offering], catalog.trainings.mode[lists.training[rows]])
    own_hours = catalog.trainings.hours[lists.training[rows]]
    nothing = np.datetime64("NaT", "D")
    return pd.DataFrame({
        "employee": crew.ids[lists.employee[rows]], "rank": lists.rank[rows],
        "training": catalog.trainings.ids[lists.training[rows]],
        "offering": np.append(catalog.offerings.ids, "")[offering],
        "benefit": lists.benefit[rows], "low": lists.lower[rows], "high": lists.upper[rows],
        "completion": lists.completion[rows], "cost": pd.array(lists.cost[rows], dtype="Int64").copy(),
        "hours": np.where(has, np.append(catalog.class_hours, 0.0)[offering], own_hours),
        "mode": np.asarray(MODES)[mode],
        "start": np.append(catalog.offerings.start, nothing)[offering].astype("datetime64[s]"),
        "end": np.append(catalog.offerings.end, nothing)[offering].astype("datetime64[s]"),
        "competencies": pd.array([";".join(codes[bounds[p] : bounds[p + 1]]) for p in pair.tolist()], dtype="str"),
        "blind_spot": n_spots > 0, "suits_full_calendar": lists.suits_full_calendar[rows], "state": state,
    })[list(COLUMNS)]  # fmt: skip


def list_frames(
    office: Office, policy: Policy, limit: int, on_progress: Callable[[int], None] = lambda _: None
) -> Iterator[pd.DataFrame]:
    """Yield the first rows of everybody's list, some thousand people at a time."""
    chunks = recommend_in_chunks(office.workforce, office.catalog, office.predictor.predictor, office.on, policy,
                                 on_progress=on_progress)  # fmt: skip
    for _, crew, lists in chunks:
        yield list_frame(lists, crew, office.catalog, limit, office.predictor.state)


def write_lists(frames: Iterator[pd.DataFrame], path: Path) -> int:
    """Write everybody's list to a file and return the number of rows.

    Raises
    ------
    InputError
        When the suffix is not known, the file cannot be written, or a workbook cannot hold the rows.
    """
    writers = {".parquet": _to_parquet, ".csv": _to_csv, ".xlsx": _to_xlsx}
    writer = by_suffix(path, writers)
    unfinished = path.with_name(path.name + ".part")
    try:
        with writing_to(path):
            n_rows = writer(frames, unfinished)
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return n_rows


def _to_parquet(frames: Iterator[pd.DataFrame], path: Path) -> int:
    writer, n_rows = None, 0
    for frame in frames:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table.cast(writer.schema))
        n_rows += len(frame)
    if writer is not None:
        writer.close()
    return n_rows


def _to_csv(frames: Iterator[pd.DataFrame], path: Path) -> int:
    n_rows = 0
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerow(COLUMNS)
        for frame in frames:
            safe = frame.assign(**{name: frame[name].map(neutralise) for name in ("employee", "training", "offering")})
            safe.to_csv(stream, index=False, header=False, date_format="%Y-%m-%d")
            n_rows += len(frame)
    return n_rows


def _to_xlsx(frames: Iterator[pd.DataFrame], path: Path) -> int:
    whole = pd.concat(list(frames), ignore_index=True)
    if len(whole) > MOST_ROWS:
        raise InputError(
            "{n} rows do not fit a workbook (at most {most}); use .parquet or .csv", n=len(whole), most=MOST_ROWS
        )
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs=options) as writer:
        whole.to_excel(writer, index=False, sheet_name="recommendations")
    return len(whole)
