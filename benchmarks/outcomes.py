"""Claim: who finishes a training is foretold as of enrolment, and by day 60, without a protected attribute.

The Open University's data (OULAD): fit on presentations 2013B, 2013J and 2014B, settings found within those by time,
tested once on 2014J. Success is a pass or a distinction. It runs through `models.completion.CompletionModel`, the
class that serves in the product; only the columns are this study's. Sex, age, region, deprivation and disability are
left out; so are ids of students. What happened to a module or a student counts from earlier presentations only.

    python benchmarks/outcomes.py [--data FOLDER] [--quick]
    python benchmarks/outcomes.py --file FILE.csv --outcome COLUMN --time COLUMN [--person COLUMN] [--item COLUMN]

FOLDER holds studentInfo.csv.gz, studentRegistration.csv.gz, assessments.csv.gz, studentAssessment.csv.gz and
courses.csv.gz, or folders outcome-* with them. `--quick` takes every fourth student.

A file of one's own: CSV (.csv, .csv.gz), one row an enrolment. The outcome holds 1 or 0, yes or no, pass or fail; of
other words `--success VALUE` names those that count. The time is a number, a date, or a period such as 2013B; the
latest fifth is tested on, once. What came of a person's or an item's earlier enrolments is counted from strictly
earlier times. All other columns (or `--covariates A B C`) are what was known before; columns named for a protected
attribute are left out.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from csv_files import add_codes, check_asked
from outcomes_data import Study, by_day, every_fourth, names_of_modules, read_study
from outcomes_file import Asked, read_file
from progress import QUICK, Progress

from models.completion import CompletionModel
from models.features import Feature
from models.metrics import brier_score, calibration_error, calibration_line, concordance
from training_catalog.errors import InputError

DATA = Path(__file__).parents[2] / "shared" / "datasets"
DAY = 60
MET = {True: "met", False: "MISSED"}
KNOWN_BEFORE = ("education", "attempts", "credits", "other_credits", "registered", "modules_now", "n_assessments",
                "n_marked", "first_due", "length", "module_passed")  # fmt: skip
OWN_PAST = ("tried", "passed_share", "withdrew", "failed", "distinctions", "last_passed", "tried_same", "mean_score",
            "handed_in_before", "late_before")  # fmt: skip
BY_DAY = ("handed_in", "due", "share_handed_in", "score", "weighted_score", "late", "last_handed_in")
RISING = {"module_passed": 1, "passed_share": 1, "share_handed_in": 1}


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What is asked for: AUC, Brier score, and AUC where the student has a past."""

    auc: float
    brier: float
    auc_with_past: float = 0.0


def schema_of(columns: list[str]) -> tuple[Feature, ...]:
    """Declare columns for the completion model."""
    return tuple(
        Feature(name=name, unit="as found", minimum=-1e9, maximum=1e9, meaning=name.replace("_", " "),
                completion_direction=RISING.get(name, 0))
        for name in columns
    )  # fmt: skip


def tell(name: str, study: Study, columns: list[str], aim: Aim | None = None) -> None:
    """Fit, test, and print a row."""
    begun = time.perf_counter()
    rows = study.rows[columns].to_numpy(dtype=np.float32)
    y, train, test = study.passed, ~study.is_test, study.is_test
    model = CompletionModel(schema=schema_of(columns)).tuned(rows[train], y[train], study.is_latest[train])
    chance = model.fit(rows[train], y[train]).predict_proba(rows[test])[:, 1]
    happened, with_past = y[test], study.rows["tried"].to_numpy()[test] > 0
    auc, brier = concordance(happened, chance), brier_score(happened, chance)
    past = concordance(happened[with_past], chance[with_past]) if with_past.any() else np.nan
    slope, shift = calibration_line(happened, chance)
    print(f"{name:40} {auc:.3f}  {brier:.4f}  {past:.3f}  {slope:5.2f} {shift:+.2f}  "
          f"{calibration_error(happened, chance):.3f}  {model.n_iterations} trees of {model.n_leaves} leaves, "
          f"{time.perf_counter() - begun:.0f} s", flush=True)  # fmt: skip
    if aim is not None:
        is_met = auc >= aim.auc and round(brier, 3) <= aim.brier and past >= aim.auc_with_past
        beside = f", with a past {aim.auc_with_past}" if aim.auc_with_past else ""
        print(f"    aim AUC {aim.auc}, Brier score {aim.brier}{beside}: {MET[is_met]}")


HEADER = f"{'':40} AUC    Brier   past   slope shift  ECE"


def one_folder(folder: Path, *, is_quick: bool) -> None:
    """Print the table of one data set."""
    progress = Progress("outcomes", 6)
    progress.step(f"reading {folder}")
    study = every_fourth(read_study(folder)) if is_quick else read_study(folder)
    print(f"\n{folder.name}: {int((~study.is_test).sum()):,} enrolments to learn from, {int(study.is_test.sum()):,} to "
          f"test on{f'; {QUICK}' if is_quick else ''}\n{HEADER}")  # fmt: skip
    modules = names_of_modules(study)
    enrolment, later = [*modules, *KNOWN_BEFORE, *OWN_PAST], by_day(study, DAY)
    for name, of, columns, aim in (
        ("module only", study, modules, None),
        ("as of enrolment, own past left out", study, [*modules, *KNOWN_BEFORE], None),
        ("as of enrolment, module not named", study, [*KNOWN_BEFORE, *OWN_PAST], None),
        ("as of enrolment", study, enrolment, Aim(auc=0.658, brier=0.228, auc_with_past=0.692)),
        (f"by day {DAY}", later, [*enrolment, *BY_DAY], Aim(auc=0.842, brier=0.168)),
    ):
        progress.step(name)
        tell(name, of, columns, None if is_quick else aim)


def one_file(asked: argparse.Namespace) -> None:
    """Print the table of a file.

    Raises
    ------
    InputError
        Naming file, column, line, value, and what is accepted.
    """
    check_asked(asked, "outcome", "time")
    study, columns = read_file(Asked(
        path=asked.file, outcome=asked.outcome, time=asked.time, person=asked.person, item=asked.item,
        covariates=tuple(asked.covariates), success=tuple(asked.success), missing=tuple(asked.missing),
        number=tuple(asked.number),
    ))  # fmt: skip
    n_test = int(study.is_test.sum())
    print(
        f"\n{asked.file.name}: {len(study.passed) - n_test:,} enrolments to learn from, {n_test:,} to test on\n{HEADER}"
    )
    own = [name for name in ("tried", "passed_share", "tried_same") if name in columns]
    others = [name for name in columns if name not in own]
    if own and others:
        tell("own past left out", study, others)
    tell("all that was known before", study, columns)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data")
    parser.add_argument("--quick", action="store_true", help="on every fourth student")
    own = parser.add_argument_group("a file of one's own")
    own.add_argument("--file", type=Path, help="CSV file, one row an enrolment")
    own.add_argument("--outcome", help="column of what came of it")
    own.add_argument("--time", help="column of when it began")
    own.add_argument("--person", default="", help="column of who")
    own.add_argument("--item", default="", help="column of what was taken")
    own.add_argument("--covariates", nargs="+", default=[], help="columns known before; all others when left out")
    add_codes(own)
    own.add_argument("--success", nargs="+", default=[], help="values of the outcome that count as success")
    asked = parser.parse_args()
    try:
        if asked.file:
            one_file(asked)
            return
        folders = [asked.data, *sorted(asked.data.glob("outcome*"))]
        folders = [folder for folder in folders if any(folder.glob("studentInfo.csv*"))]
        if not folders:
            parser.error(f"{asked.data}: no studentInfo.csv.gz here, nor in a folder outcome-*; accepted: --data"
                         " FOLDER, or --file FILE")  # fmt: skip
        for folder in folders:
            one_folder(folder, is_quick=asked.quick)
    except InputError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
