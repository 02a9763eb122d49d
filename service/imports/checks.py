"""Checks between rows and tables: employee numbers, scales, labels, repeats, circles, references."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from service.imports.cells import CellError, CellFault
from service.imports.ids import are_nearly_nip
from service.imports.lines import is_part
from service.imports.plausible import check_plausible, check_targets
from service.imports.ratings import read_label
from service.imports.rows import Rows
from service.imports.sensitive import NATIONAL, is_national
from service.imports.values import read_scaled
from service.storage.frames import row_keys

NIP = re.compile(r"^\d{18}$")
YOUNGEST, OLDEST = 15, 70  # years of age at appointment beyond which a NIP is doubtful
OTHERS_SHOWN = 5
DATE_PAIRS = (("start_date", "end_date"), ("valid_from", "valid_until"))
SUGGESTION_CUTOFF = 0.8
MOST_SUGGESTED_FROM = 5_000  # ids searched for a suggestion


def check_employee_numbers(rows: Rows, known: pd.DataFrame) -> None:
    """Check 18-digit numbers as NIP, and read from them what neither the file nor anything before it gives.

    Layout: birth date, start (month, or 2 and contract count for PPPK), sex, serial (Perka BKN 22/2007).

    Parameters
    ----------
    rows : Employees.
    known : Employees on file and in other files; what they say stays where the file lacks the column.
    """
    frame = rows.frame
    ids = frame["employee"].fillna("")
    _refuse_national(rows, ids)
    nearly = are_nearly_nip(ids).to_numpy(dtype=np.bool_) & ~rows.had_error("employee")
    rows.refuse_all(np.flatnonzero(nearly), "id-structure", "a NIP has 18 digits, and no letters", column="employee")
    is_nip = ids.str.fullmatch(NIP.pattern).to_numpy(dtype=np.bool_)
    birth = _day_of(ids.where(is_nip, "").str[:8], "%Y%m%d")
    is_pppk = (ids.str[12:13] == "2").to_numpy(dtype=np.bool_)
    start = _day_of(ids.where(is_nip & ~is_pppk, "").str[8:14], "%Y%m")
    appointed = _day_of(ids.where(is_nip, "").str[8:12], "%Y")
    sex = ids.str[14:15].map({"1": "M", "2": "F"})
    impossible = birth.isna() | (~is_pppk & start.isna()) | appointed.isna() | sex.isna()
    impossible |= (is_pppk & (ids.str[13:14] == "0")) | (ids.str[15:] == "000")
    bad = is_nip & impossible.to_numpy(dtype=np.bool_)
    rows.refuse_all(np.flatnonzero(bad & ~rows.had_error("employee")), "id-structure",
                    "no NIP: birth date, start month, sex digit or serial number is impossible; a serial of 000 "
                    "means that a spreadsheet lost the last digits", column="employee")  # fmt: skip
    good = is_nip & ~bad
    age = appointed.dt.year - birth.dt.year
    for row in np.flatnonzero(good & ~age.between(YOUNGEST, OLDEST).to_numpy() & ~rows.refused).tolist():
        rows.note("id-structure", "by this NIP appointed at the age of {age}", severity="warning",
                  line=int(rows.line[row]), column="employee", value=ids.iloc[row], age=int(age.iloc[row]))  # fmt: skip
    _warn_of_others(rows, ids, good)
    kind = pd.Series(np.where(is_pppk, "PPPK", "PNS"), index=frame.index, dtype="str")
    _contradictions(rows, good, {"birth_date": birth, "sex": sex, "service_start": start, "employment_type": kind})
    _keep(rows, ids, known, ("birth_date", "sex", "employment_type", "service_start"))
    _derive(rows, good, {"birth_date": birth, "sex": sex, "employment_type": kind, "service_start": start})


def _warn_of_others(rows: Rows, ids: pd.Series, good: np.ndarray) -> None:
    """Say which numbers are no NIP where most of the file's are: numbers of another employer, or slips."""
    other = np.flatnonzero((ids != "").to_numpy() & ~good & ~rows.refused)
    if 0 < len(other) < good.sum():
        shown = ", ".join(f"{ids.iloc[row]} ({int(rows.line[row])})" for row in other[:OTHERS_SHOWN].tolist())
        rows.note("id-other", "{count} of these numbers are no NIP, as the others are, and are stored as they stand; "
                  "the first, with their lines: {shown}", severity="warning", column="employee", count=len(other),
                  shown=shown)  # fmt: skip


def _day_of(text: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[s]")


def _keep(rows: Rows, ids: pd.Series, known: pd.DataFrame, columns: Sequence[str]) -> None:
    """Take over what is known of people in columns that the file lacks, before anything is read from numbers."""
    for column in columns:
        if column not in rows.given:
            told = known[["employee", column]].dropna().drop_duplicates("employee").set_index("employee")[column]
            rows.frame[column] = told.reindex(ids).set_axis(rows.frame.index).astype(rows.frame[column].dtype)


def _derive(rows: Rows, good: np.ndarray, derived: Mapping[str, pd.Series]) -> None:
    """Fill what the file does not give with what its numbers say."""
    filled: list[str] = []
    for column, values in derived.items():
        fill = good & rows.frame[column].isna().to_numpy() & values.notna().to_numpy()
        if fill.any():
            rows.frame.loc[fill, column] = values[fill].astype(rows.frame[column].dtype)
            rows.given = rows.given | {column}
            filled.append(f"{rows.written(column)} ({int(fill.sum())})")
    if filled:
        rows.note("id-derived", "Read from the NIP where not given, with the number of rows: {columns}.",
                  columns=", ".join(filled))  # fmt: skip


def _refuse_national(rows: Rows, ids: pd.Series) -> None:
    """Refuse national identity numbers where an employee number belongs; they are not stored, nor shown."""
    national = ids.isin({text for text in ids.unique() if is_national(text)}).to_numpy(dtype=np.bool_)
    for row in np.flatnonzero(national).tolist():
        rows.refuse(row, "id-national", NATIONAL, column="employee")
    rows.frame.loc[national, "employee"] = np.nan


def _contradictions(rows: Rows, good: np.ndarray, columns: Mapping[str, pd.Series]) -> None:
    """Warn where another column says otherwise than the number; of the appointment the number tells the month."""
    for column, values in columns.items():
        given = rows.frame[column]
        both = good & given.notna().to_numpy() & values.notna().to_numpy()
        if column == "service_start":
            differs = both & (given.dt.strftime("%Y%m") != values.dt.strftime("%Y%m")).to_numpy(dtype=np.bool_)
        elif column == "employment_type":
            differs = both & ((given == "PPPK") != (values == "PPPK")).to_numpy(dtype=np.bool_)
        else:
            differs = both & (given != values).to_numpy(dtype=np.bool_)
        for row in np.flatnonzero(differs).tolist():
            value = given.iloc[row]
            rows.note("id-contradicts", "differs from what the NIP says", severity="warning", line=int(rows.line[row]),
                      column=column, value=value.date() if isinstance(value, pd.Timestamp) else value)  # fmt: skip


def check_dates(rows: Rows) -> None:
    """Refuse rows whose last day is before their first."""
    for first, last in DATE_PAIRS:
        if first in rows.given and last in rows.given:
            bad = (rows.frame[last] < rows.frame[first]).to_numpy(dtype=np.bool_)
            for row in np.flatnonzero(bad).tolist():
                day, end = rows.frame[first].iloc[row].date(), rows.frame[last].iloc[row].date()
                rows.refuse(
                    row, "date-contradicts", "is before the first day, {first}", column=last, value=end, first=day
                )


def check_levels(rows: Rows, scales: pd.DataFrame) -> None:
    """Refuse levels outside the scale of their competency's framework.

    Parameters
    ----------
    rows : Rows with a competency.
    scales : Indexed by competency: level_min and level_max; NaN where the framework has no levels.
    """
    limits = _ends(scales[["level_min", "level_max"]], rows.frame["competency"])
    for column in (c.name for c in rows.table.columns if c.kind == "level"):
        # a true zero is a level below the scale's first, not a missing one
        _refuse_outside(rows, column, limits, is_zero_accepted=rows.table.name == "assessments")


def _ends(scales: pd.DataFrame, codes: pd.Series) -> np.ndarray:
    """Return both ends of each row's scale; NaN where the row names none, or one without ends."""
    places, different = pd.factorize(codes)
    return scales.reindex([*different, ""]).to_numpy(dtype=np.float64)[places]  # missing is -1, the last


def _refuse_outside(rows: Rows, column: str, ends: np.ndarray, *, is_zero_accepted: bool = False) -> None:
    """Refuse the numbers of a column that lie outside their row's scale, whichever end comes first."""
    value = rows.frame[column].to_numpy(dtype=np.float64)
    one, other = ends.T
    with np.errstate(invalid="ignore"):
        bad = (value < np.minimum(one, other)) | (value > np.maximum(one, other))
    for row in np.flatnonzero(bad & ~(is_zero_accepted & (value == 0))).tolist():
        rows.refuse(row, "level-unreadable", "outside the scale; accepted: {low} to {high}", column=column,
                    value=value[row], low=f"{one[row]:g}", high=f"{other[row]:g}")  # fmt: skip


def check_ratings(rows: Rows, scales: pd.DataFrame) -> None:
    """Refuse ratings without a scale, or outside it."""
    frame = rows.frame
    is_open = frame["scale"].isna().to_numpy() & ~rows.had_error("scale") & ~rows.had_error("rating")
    for row in np.flatnonzero(is_open).tolist():
        rows.refuse(row, "required-missing", "which scale is it on? add the column, or give it with --set scale=...",
                    column="scale", value="")  # fmt: skip
    _refuse_outside(rows, "rating", _ends(scales.set_index("scale")[["minimum", "maximum"]], frame["scale"]))


def make_class_codes(rows: Rows) -> None:
    """Make codes of classes that have none, of their training and first day."""
    if "offering" in rows.given:
        return
    days = rows.frame["start_date"].dt.strftime("%Y%m%d")
    rows.frame["offering"] = rows.frame["training"].str.cat(days, sep="-")
    rows.given = rows.given | {"offering"}
    rows.note("code-made", "The classes have no codes; codes were made of trainings and first days.")


def warn_of_hours(rows: Rows) -> None:
    """Warn of trainings whose JP the file has a column for and does not give."""
    if "hours" in rows.given:
        for row in np.flatnonzero(rows.frame["hours"].isna().to_numpy() & ~rows.refused).tolist():
            rows.note("hours-unknown", "the JP is not known and counts as 0", severity="warning",
                      line=int(rows.line[row]), column="hours")  # fmt: skip


def check_totals(rows: Rows) -> None:
    """Compare each total that a budget file gives with the lines that it may add up: all, those above, or a part."""
    amounts = rows.frame["amount"].where(~rows.refused).fillna(0).to_numpy(dtype=np.int64)
    last = 0
    for line, name, cell in rows.totals:
        whole, above, part = (int(amounts[is_in].sum()) for is_in in (
            rows.line > 0, rows.line < line, (rows.line > last) & (rows.line < line)))  # fmt: skip
        last = line
        if isinstance(cell, CellFault):
            rows.note("cell-fault", "the total cannot be checked: the cell shows an error, or was never calculated",
                      severity="warning", line=line, column="amount", value=cell)  # fmt: skip
            continue
        try:
            told = read_scaled(cell, rows.factors.get("amount", 1))
        except CellError as error:
            rows.note(error.code, error.message, severity="warning", line=line, column="amount", value=cell,
                      **error.fields)  # fmt: skip
            continue
        total = next((found for found in (whole, above, part) if found == told), part if is_part(name) else whole)
        if told:
            rows.note("total-checked", "{name} says {told}; the lines read add up to {total}; difference {difference}.",
                      severity="note" if told == total else "warning", line=line, column="amount", value=cell,
                      name=name, told=rows.wording.money(told), total=rows.wording.money(total),
                      difference=rows.wording.money(total - told))  # fmt: skip


def check_circles(rows: Rows, known: Mapping[str, str], column: str = "parent") -> None:
    """Refuse rows whose parents, or trainings they are editions of, go in a circle.

    Parameters
    ----------
    rows : Rows with a parent.
    known : Parents on file and in other files, by child.
    column : Column that names the parent.
    """
    above = dict(known)
    fresh = {}
    accepted = rows.frame[~rows.refused & rows.frame[column].notna().to_numpy()]
    for row, child, parent in zip(accepted.index.tolist(), accepted[rows.table.key[0]], accepted[column], strict=True):
        if column == "series" and child == parent:  # an edition of itself is an edition of none
            continue
        above[child] = parent
        fresh[child] = row
    for child, row in fresh.items():
        seen, here = [child], above.get(child)
        while here is not None and here not in seen:
            seen.append(here)
            here = above.get(here)
        if here == child:
            rows.refuse(row, "parent-circle", "The parents go in a circle: {circle}.", column=column,
                        value=rows.frame[column].iloc[row], circle=" -> ".join([*seen, child]))  # fmt: skip


def suggestion(value: str, known: list[str]) -> str:
    """Return the known id that looks most like a value; empty when none does."""
    padded = [name for name in known if name.casefold().lstrip("0") == value.casefold().lstrip("0")]
    near = padded or difflib.get_close_matches(value, known[:MOST_SUGGESTED_FROM], n=1, cutoff=SUGGESTION_CUTOFF)
    return near[0] if near else ""


def _refuse_without_room(rows: Rows, least: str, most: str) -> None:
    is_empty = rows.frame[least].ge(rows.frame[most]).fillna(value=False).to_numpy(dtype=np.bool_)
    rows.refuse_all(np.flatnonzero(is_empty & ~rows.refused), "scale-empty",
                    "the largest value must be above the smallest", column=most)  # fmt: skip


def check_frameworks(rows: Rows) -> None:
    """Refuse frameworks without room between their levels, or of which only one end is given."""
    _refuse_without_room(rows, "level_min", "level_max")
    for given, missing in (("level_min", "level_max"), ("level_max", "level_min")):
        if rows.given >= {given, missing}:
            is_half = rows.frame[given].notna() & rows.frame[missing].isna()
            rows.refuse_all(np.flatnonzero(is_half.to_numpy() & ~rows.had_error(missing)), "required-missing",
                            "give the lowest and the highest level, or neither", column=missing)  # fmt: skip


def check_scales(rows: Rows) -> None:
    """Refuse scales without room between their ends, or with a label that is no value and name."""
    _refuse_without_room(rows, "minimum", "maximum")
    is_bad = rows.frame["labels"].map(
        lambda listed: any(read_label(part) is None for part in listed.split(";")), na_action="ignore"
    )
    rows.refuse_all(np.flatnonzero(is_bad.eq(True).to_numpy() & ~rows.refused), "number-unreadable",
                    "accepted: labels such as 1=Sangat Baik;2=Baik", column="labels")  # fmt: skip


def keep_states(rows: Rows, on_file: pd.DataFrame) -> None:
    """Let people stay on leave or on study, and in their unit, where a source only says that they are users."""
    known = on_file.set_index("employee").reindex(rows.frame["employee"]).set_axis(rows.frame.index)
    told = rows.frame["status"]
    stays = known["status"].where(told.ne("active") | known["status"].ne("inactive"))  # a user again is not inactive
    rows.frame["status"] = told.where(told.eq("inactive"), stays)
    rows.frame["unit"] = rows.frame["unit"].where(rows.frame["unit"].notna(), known["unit"])


def keep_outcomes(rows: Rows, on_file: pd.DataFrame) -> None:
    """Let a history that is on file keep its outcome, where a source only says that somebody was enrolled."""
    known = on_file.set_axis(row_keys(on_file, rows.table), axis=0)["status"]
    keys = row_keys(rows.frame, rows.table)
    is_known = keys.isin(known.index).to_numpy()
    told = known.reindex(keys[is_known]).to_numpy()
    rows.frame.loc[is_known, "status"] = told


def take_codes_of_titles(rows: Rows, on_file: pd.DataFrame) -> None:
    """Give trainings that are on file by one title the code they have there."""
    codes = on_file.drop_duplicates("name", keep=False).set_index("name")["training"]
    known = rows.frame["name"].map(codes).astype("str")
    rows.frame["training"] = known.where(known.notna(), rows.frame["training"])


def check_order(rows: Rows, on_file: pd.DataFrame) -> None:
    """Refuse prerequisites that go in a circle: nobody could begin with any of them.

    Parameters
    ----------
    rows : Prerequisites.
    on_file : Prerequisites on file and in other files.
    """
    accepted = rows.frame[~rows.refused]
    first: dict[str, set[str]] = {}
    for frame in (on_file, accepted):
        told = frame.dropna(subset=["training", "requires"])
        for training, requires in zip(told["training"], told["requires"], strict=True):
            first.setdefault(training, set()).add(requires)
    fresh = accepted[["training", "requires"]].dropna()
    for row, training, requires in zip(fresh.index.tolist(), fresh["training"], fresh["requires"], strict=True):
        circle = _way(first, requires, training)
        if circle:
            rows.refuse(row, "parent-circle", "The prerequisites go in a circle: {circle}.", column="requires",
                        value=requires, circle=" -> ".join([training, *circle]))  # fmt: skip


def _way(steps: Mapping[str, set[str]], start: str, goal: str) -> list[str]:
    """Return a shortest way along steps, with both its ends; empty where there is none."""
    came: dict[str, str] = {start: ""}
    waiting = [start]
    for here in waiting:
        if here == goal:
            way = [here]
            while came[way[-1]]:
                way.append(came[way[-1]])
            return way[::-1]
        for there in sorted(steps.get(here, set()) - came.keys()):
            came[there] = here
            waiting.append(there)
    return []


OF_ROWS: Mapping[str, Callable[[Rows], None]] = {
    "frameworks": check_frameworks, "trainings": warn_of_hours, "rating_scales": check_scales,
}  # fmt: skip
# What is on file and stays, where a source of rosters says less.
KEPT: Mapping[str, Callable[[Rows, pd.DataFrame], None]] = {"employees": keep_states, "history": keep_outcomes}
OF_FILES: Mapping[str, Callable[[Rows], None]] = {"budgets": check_totals, "offerings": make_class_codes}


def check_rows(rows: Rows, frame_of: Callable[[str], pd.DataFrame], on: date | None = None) -> None:
    """Check rows by the rules of their table, whether they come in a file or one by one.

    Parameters
    ----------
    rows : Rows of one table.
    frame_of : Returns a table as known, by name.
    on : Today, so that what has happened on days to come is named; None where nobody told it.
    """
    name = rows.table.name
    check_dates(rows)
    check_plausible(rows, on)
    if name == "employees":
        check_employee_numbers(rows, frame_of(name))
    if name in OF_ROWS:
        OF_ROWS[name](rows)
    if "competency" in rows.frame and name != "competencies":
        check_levels(rows, _scales(frame_of("competencies"), frame_of("frameworks")))
    if name == "training_targets":
        check_targets(rows, _directions(frame_of("competencies"), frame_of("frameworks")))
    if name == "performance":
        check_ratings(rows, frame_of("rating_scales"))


def _scales(competencies: pd.DataFrame, frameworks: pd.DataFrame) -> pd.DataFrame:
    """Return level_min and level_max by competency."""
    competencies = competencies.drop_duplicates("competency")
    frameworks = frameworks.drop_duplicates("framework").set_index("framework")
    scale = frameworks.reindex(competencies["framework"].fillna("ASN"))[["level_min", "level_max"]]
    return scale.set_index(competencies["competency"].to_numpy())


def _directions(competencies: pd.DataFrame, frameworks: pd.DataFrame) -> pd.Series:
    """Return by competency whether its higher or its lower level is the better one."""
    competencies = competencies.drop_duplicates("competency").set_index("competency")
    directions = frameworks.drop_duplicates("framework").set_index("framework")["direction"]
    return competencies["framework"].fillna("ASN").map(directions)
