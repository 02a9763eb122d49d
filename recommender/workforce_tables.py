"""The workforce from its tables."""

import numpy as np
import pandas as pd

from recommender.workforce import UNKNOWN_DAY, Absences, Assessments, History, Interests, Ratings, Units, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import FloatArray, IndexArray, TextArray
from training_catalog.frames import Tables, choice_of, dates_of, index_of, numbers_of, sorted_by_key, text_of
from training_catalog.quantities import Scale
from training_catalog.tables_people import EMPLOYMENT_TYPES, HISTORY_STATES, METHODS, STATUSES

_NO_LONGER_HERE = (STATUSES.index("inactive"), STATUSES.index("retired"))


def build_workforce(tables: Tables, catalog: Catalog) -> Workforce:
    """Build the workforce; records of people, competencies or trainings that are not known are left out.

    Parameters
    ----------
    tables : Frames by canonical table name.
    catalog : Where positions, competencies and trainings are looked up.
    """
    people = sorted_by_key(tables["employees"], "employee")
    ids = text_of(people, "employee")
    unit_frame = sorted_by_key(tables["units"], "unit")
    unit = index_of(people, "unit", text_of(unit_frame, "unit"))
    status = choice_of(people, "status", STATUSES, "active")
    return Workforce(
        ids=ids,
        unit=unit,
        position=index_of(people, "position", catalog.positions.ids),
        employment_type=choice_of(people, "employment_type", EMPLOYMENT_TYPES, "other"),
        status=status,
        birth_date=dates_of(people, "birth_date"),
        sex=choice_of(people, "sex", ("", "M", "F"), ""),
        service_start=dates_of(people, "service_start"),
        position_since=dates_of(people, "position_since"),
        retirement_date=dates_of(people, "retirement_date"),
        units=_units(unit_frame, unit[~np.isin(status, _NO_LONGER_HERE)]),
        assessments=_assessments(tables["assessments"], ids, catalog),
        ratings=_ratings(tables["performance"], tables["rating_scales"], ids),
        history=_history(tables["history"], ids, catalog),
        interests=_interests(tables["interests"], ids, catalog),
        absences=_absences(tables["absences"], ids),
    )


def _units(frame: pd.DataFrame, unit_of_present: IndexArray) -> Units:
    ids = text_of(frame, "unit")
    headcount = np.bincount(unit_of_present[unit_of_present >= 0], minlength=len(ids)).astype(np.int64)
    authorised = numbers_of(frame, "authorised_staff")
    with np.errstate(divide="ignore", invalid="ignore"):
        vacant = np.clip(1.0 - headcount / authorised, 0.0, 1.0)
    return Units(
        ids=ids,
        names=text_of(frame, "name"),
        parent=index_of(frame, "parent", ids),
        city=text_of(frame, "city"),
        province=text_of(frame, "province"),
        shortage=np.where(authorised > 0, vacant, np.nan),
        headcount=headcount,
    )


def _ordered(frame: pd.DataFrame, keep: pd.Series, by: list[str]) -> pd.DataFrame:
    """Keep some rows and sort them; equal keys stay in table order."""
    return frame[keep].sort_values(by, kind="stable")


def _assessments(frame: pd.DataFrame, ids: TextArray, catalog: Catalog) -> Assessments:
    rows = frame.assign(
        e=index_of(frame, "employee", ids),
        c=index_of(frame, "competency", catalog.competencies.ids),
        m=choice_of(frame, "method", METHODS, "assessment-centre"),
    )
    rows["assessed_on"] = rows.assessed_on.fillna(UNKNOWN_DAY.astype("datetime64[s]"))
    keep = (rows.e >= 0) & (rows.c >= 0) & rows.level.notna()
    rows = _ordered(rows, keep, ["e", "c", "assessed_on", "m"])
    competency = rows.c.to_numpy(np.int64)
    return Assessments(
        employee=rows.e.to_numpy(np.int64),
        competency=competency,
        level=numbers_of(rows, "level") * catalog.competencies.direction[competency],
        on=dates_of(rows, "assessed_on"),
        method=rows.m.to_numpy(np.int64),
    )


def _goodness(ratings: FloatArray, scale: IndexArray, scales: pd.DataFrame) -> FloatArray:
    """Map each rating to 0 worst .. 1 best by its own scale."""
    goodness = np.full(len(ratings), np.nan)
    ends = zip(numbers_of(scales, "minimum"), numbers_of(scales, "maximum"), text_of(scales, "direction"), strict=True)
    for i, (minimum, maximum, direction) in enumerate(ends):
        rows = scale == i
        own = Scale(minimum=float(minimum), maximum=float(maximum), higher_is_better=direction != "lower")
        goodness[rows] = own.goodness(ratings[rows])
    return goodness


def _ratings(frame: pd.DataFrame, scale_frame: pd.DataFrame, ids: TextArray) -> Ratings:
    scales = sorted_by_key(scale_frame, "scale")
    rows = frame.assign(e=index_of(frame, "employee", ids), s=index_of(frame, "scale", text_of(scales, "scale")))
    keep = (rows.e >= 0) & (rows.s >= 0) & rows.rating.notna() & rows.period_end.notna()
    rows = _ordered(rows, keep, ["e", "period_end", "s"])
    scale = rows.s.to_numpy(np.int64)
    return Ratings(
        employee=rows.e.to_numpy(np.int64),
        on=dates_of(rows, "period_end"),
        goodness=np.clip(_goodness(numbers_of(rows, "rating"), scale, scales), 0.0, 1.0),
        scale=scale,
    )


def _history(frame: pd.DataFrame, ids: TextArray, catalog: Catalog) -> History:
    rows = frame.assign(
        e=index_of(frame, "employee", ids),
        t=index_of(frame, "training", catalog.trainings.ids),
        s=choice_of(frame, "status", HISTORY_STATES, "completed"),
    )
    rows["end_date"] = rows.end_date.fillna(rows.start_date)
    rows = _ordered(rows, (rows.e >= 0) & rows.end_date.notna(), ["e", "end_date", "t"])
    training = rows.t.to_numpy(np.int64)
    own_hours = np.append(catalog.trainings.hours, 0.0)[training]  # -1 reads the appended zero
    hours, start, end = numbers_of(rows, "hours"), dates_of(rows, "start_date"), dates_of(rows, "end_date")
    return History(
        employee=rows.e.to_numpy(np.int64),
        training=training,
        start=np.where(np.isnat(start), end, start),
        end=end,
        status=rows.s.to_numpy(np.int64),
        hours=np.where(np.isnan(hours), own_hours, hours),
        pre_score=numbers_of(rows, "pre_score"),
        post_score=numbers_of(rows, "post_score"),
    )


def _interests(frame: pd.DataFrame, ids: TextArray, catalog: Catalog) -> Interests:
    rows = frame.assign(e=index_of(frame, "employee", ids), t=index_of(frame, "training", catalog.trainings.ids))
    rows = _ordered(rows, (rows.e >= 0) & (rows.t >= 0), ["e", "t"])
    return Interests(
        employee=rows.e.to_numpy(np.int64),
        training=rows.t.to_numpy(np.int64),
        on=dates_of(rows, "stated_on"),
        is_wanted=text_of(rows, "kind", "interested") != "not-interested",
    )


def _absences(frame: pd.DataFrame, ids: TextArray) -> Absences:
    rows = frame.assign(e=index_of(frame, "employee", ids))
    rows = _ordered(rows, (rows.e >= 0) & rows.start_date.notna() & rows.end_date.notna(), ["e", "start_date"])
    return Absences(
        employee=rows.e.to_numpy(np.int64), start=dates_of(rows, "start_date"), end=dates_of(rows, "end_date")
    )
