"""Reads the Open University's tables, and describes each enrolment by what was known when."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from csv_files import check_column, read_table, refuse_value

RUN = ["code_module", "code_presentation"]
RESULTS = ("Pass", "Distinction", "Fail", "Withdrawn")
COLUMNS = {
    "studentInfo": (*RUN, "id_student", "highest_education", "num_of_prev_attempts", "studied_credits", "final_result"),
    "studentRegistration": (*RUN, "id_student", "date_registration"),
    "courses": (*RUN, "module_presentation_length"),
    "assessments": (*RUN, "id_assessment", "assessment_type", "date", "weight"),
    "studentAssessment": ("id_assessment", "id_student", "date_submitted", "score"),
}
EDUCATION = {"No Formal quals": 0, "Lower Than A Level": 1, "A Level or Equivalent": 2, "HE Qualification": 3,
             "Post Graduate Qualification": 4}  # fmt: skip
PRIOR_PASSED, PRIOR_WEIGHT = 0.47, 2.0  # share passed in the first presentations, and enrolments it counts for
MODULE_WEIGHT = 10.0


@dataclass(frozen=True, kw_only=True)
class Study:
    """Enrolments with what was known of them.

    Parameters
    ----------
    rows : One row an enrolment.
    passed : 1 or 0.
    is_test, is_latest : Enrolments of the last presentation, and of the one before.
    assessments, handed_in : Tables as they came.
    """

    rows: pd.DataFrame
    passed: np.ndarray
    is_test: np.ndarray
    is_latest: np.ndarray
    assessments: pd.DataFrame
    handed_in: pd.DataFrame


def table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table.

    Raises
    ------
    InputError
        When it is not there, or lacks a column.
    """
    plain, packed = folder / f"{name}.csv", folder / f"{name}.csv.gz"
    path = plain if plain.is_file() else packed
    frame = read_table(path)
    for column in COLUMNS[name]:
        check_column(frame, column, path)
    if name == "studentInfo":
        wrong = np.flatnonzero(~frame["final_result"].isin(RESULTS))
        if len(wrong):
            refuse_value(frame, "final_result", path, int(wrong[0]), ", ".join(RESULTS))
    return frame


def read_study(folder: Path) -> Study:
    """Read the tables and describe each enrolment by what was known before the module began."""
    rows = table(folder, "studentInfo").merge(table(folder, "studentRegistration"), on=[*RUN, "id_student"], how="left")
    rows = rows.merge(table(folder, "courses"), on=RUN, how="left")
    assessments, handed_in = table(folder, "assessments"), table(folder, "studentAssessment")
    presentations = np.sort(rows["code_presentation"].unique())
    rows["turn"] = np.searchsorted(presentations, rows["code_presentation"])
    rows["passed"] = rows["final_result"].isin(["Pass", "Distinction"]).astype(float)
    handed_in = handed_in.merge(assessments, on="id_assessment")
    handed_in["turn"] = np.searchsorted(presentations, handed_in["code_presentation"])
    rows = pd.concat([rows, _before(rows, assessments), _past(rows, handed_in)], axis=1)
    last = len(presentations) - 1
    return Study(rows=rows, passed=rows["passed"].to_numpy(), is_test=rows["turn"].to_numpy() == last,
                 is_latest=rows["turn"].to_numpy() == last - 1, assessments=assessments,
                 handed_in=handed_in)  # fmt: skip


def every_fourth(study: Study) -> Study:
    """Keep the students whose number goes into four."""
    kept = study.rows["id_student"].to_numpy() % 4 == 0
    return replace(study, rows=study.rows[kept].reset_index(drop=True), passed=study.passed[kept],
                   is_test=study.is_test[kept], is_latest=study.is_latest[kept])  # fmt: skip


def names_of_modules(study: Study) -> list[str]:
    """Add a column for each module, and return their names."""
    names = sorted(study.rows["code_module"].unique())
    for name in names:
        study.rows[f"is_{name}"] = (study.rows["code_module"] == name).astype(float)
    return [f"is_{name}" for name in names]


def _before(rows: pd.DataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """Describe module and enrolment."""
    by_run = assessments.groupby(RUN).agg(
        n_assessments=("id_assessment", "size"), first_due=("date", "min"),
        n_marked=("assessment_type", lambda kind: (kind == "TMA").sum()),
    )  # fmt: skip
    run = rows[RUN].merge(by_run.reset_index(), on=RUN, how="left")
    usual = rows.groupby("code_module")["studied_credits"].agg(lambda credit: credit.mode().iloc[0])
    return pd.DataFrame({
        "education": rows["highest_education"].map(EDUCATION), "attempts": rows["num_of_prev_attempts"],
        "credits": rows["studied_credits"], "registered": rows["date_registration"],
        "other_credits": rows["studied_credits"] - rows["code_module"].map(usual),
        "modules_now": rows.groupby(["id_student", "code_presentation"])["code_module"].transform("size"),
        "n_assessments": run["n_assessments"].to_numpy(), "n_marked": run["n_marked"].to_numpy(),
        "first_due": run["first_due"].to_numpy(), "length": rows["module_presentation_length"],
    })  # fmt: skip


def _past(rows: pd.DataFrame, handed_in: pd.DataFrame) -> pd.DataFrame:
    """Describe what came of earlier presentations, of the module and of the student."""
    parts = []
    for turn, part in rows.groupby("turn"):
        before = rows[rows["turn"] < turn].assign(
            withdrew=lambda past: past["final_result"] == "Withdrawn",
            failed=lambda past: past["final_result"] == "Fail",
            distinction=lambda past: past["final_result"] == "Distinction",
        )
        marks = handed_in[handed_in["turn"] < turn]
        marks = marks.assign(late=marks["date_submitted"] - marks["date"])
        module = before.groupby("code_module")["passed"].agg(["sum", "size"])
        rate = (module["sum"] + PRIOR_PASSED * MODULE_WEIGHT) / (module["size"] + MODULE_WEIGHT)
        own = before.groupby("id_student").agg(
            tried=("passed", "size"), done=("passed", "sum"), withdrew=("withdrew", "sum"), failed=("failed", "sum"),
            distinctions=("distinction", "sum"), last_passed=("passed", "last"),
        )  # fmt: skip
        scores = marks.groupby("id_student").agg(
            mean_score=("score", "mean"), handed_in_before=("score", "size"), late_before=("late", "mean")
        )
        known = own.join(scores, how="outer").reindex(part["id_student"]).set_axis(part.index)
        same = before.groupby(["id_student", "code_module"]).size()
        again = same.reindex(pd.MultiIndex.from_frame(part[["id_student", "code_module"]])).to_numpy()
        tried = known["tried"].fillna(0.0)
        share = (known["done"].fillna(0.0) + PRIOR_PASSED * PRIOR_WEIGHT) / (tried + PRIOR_WEIGHT)
        parts.append(known.drop(columns=["tried", "done"]).assign(
            tried=tried, passed_share=share, tried_same=again, module_passed=part["code_module"].map(rate),
        ))  # fmt: skip
    return pd.concat(parts).astype(float).reindex(rows.index)


def by_day(study: Study, day: int) -> Study:
    """Add what was handed in by a day of the module."""
    marks = study.handed_in[study.handed_in["date_submitted"] <= day]
    marks = marks.assign(late=marks["date_submitted"] - marks["date"], worth=marks["score"] * marks["weight"])
    key = [*RUN, "id_student"]
    found = marks.groupby(key).agg(
        handed_in=("score", "size"), score=("score", "mean"), worth=("worth", "sum"), weight=("weight", "sum"),
        late=("late", "mean"), last_handed_in=("date_submitted", "max"),
    )  # fmt: skip
    known = found.reindex(pd.MultiIndex.from_frame(study.rows[key])).reset_index(drop=True).set_axis(study.rows.index)
    due = study.assessments[study.assessments["date"] <= day].groupby(RUN).size()
    n_due = due.reindex(pd.MultiIndex.from_frame(study.rows[RUN])).fillna(0).to_numpy()
    n_in = known["handed_in"].fillna(0.0)
    more = known.drop(columns=["worth", "weight"]).assign(
        handed_in=n_in, due=n_due, share_handed_in=n_in / np.maximum(n_due, 1),
        weighted_score=known["worth"] / known["weight"].replace(0, np.nan),
    )  # fmt: skip
    return replace(study, rows=pd.concat([study.rows, more], axis=1))
