"""References between tables, also to rows of the same import, in any order of files."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from service.imports.checks import MOST_SUGGESTED_FROM, check_circles, check_order, suggestion
from service.imports.on_file import OnFile
from service.imports.rows import Rows
from service.imports.sensitive import NATIONAL, is_national
from service.spelling import all_folded, folded

MADE_BY_REFERENCE = ("units", "positions")
MOST_SUGGESTIONS = 100  # different unknown values of a column for which a known one is looked for
MOST_PEOPLE = 5  # of one name that a message lists
NAME_CUTOFF = 0.88  # a name of fewer shared letters is another one
MOST_LETTERS_AMISS = 4  # letters that a name misspelt is longer or shorter by
NAMING = ("employees", "requirements")  # tables that may name units and positions before anybody imports them
# The row is stored without the value, and a warning says so: an unmatched title stays a title, a post stays a post.
SOFT = frozenset({("history", "training"), ("positions", "parent")})


class KnownIds:
    """Ids of each table: on file, and accepted in this import.

    Parameters
    ----------
    on_file : Tables as they were.
    """

    def __init__(self, on_file: OnFile) -> None:
        self._frames = on_file
        self._ids: dict[str, set[str]] = {}
        self._names: dict[str, dict[str, str]] = {}

    def ids(self, table: str) -> set[str]:
        """Return the ids of a table."""
        if table not in self._ids:
            self._ids[table] = self._frames.ids(table, table_key(table))
        return self._ids[table]

    def names(self, table: str) -> dict[str, str]:
        """Return id by name, for names that only one row has; people are never found by their name."""
        if table == "employees":
            return {}
        if table not in self._names:
            frame = self._frames[table]
            if "name" not in frame:
                return {}
            single = frame.assign(name=all_folded(frame["name"])).drop_duplicates("name", keep=False)
            self._names[table] = dict(zip(single["name"], single[table_key(table)], strict=True))
        return self._names[table]

    def names_beside(self, table: str, own: Sequence[pd.DataFrame]) -> dict[str, str]:
        """Return id by name of a table that refers to itself, where rows on file and new ones have it for one id only.

        Parameters
        ----------
        table : Its name.
        own : New rows.
        """
        frame = self._frames[table]
        if "name" not in frame:
            return {}
        both = pd.concat([rows[[table_key(table), "name"]] for rows in (frame, *own)]).dropna()
        both["name"] = all_folded(both["name"])
        both = both.drop_duplicates()
        single = both[~both["name"].duplicated(keep=False)]
        return dict(zip(single["name"], single[table_key(table)], strict=True))

    def people(self, name: str) -> list[str]:
        """Return the employees of a name, for a person to choose from."""
        frame = self._frames["employees"]
        return frame["employee"][frame["name"].map(_untitled) == _untitled(name)].tolist()

    def add(self, table: str, rows: pd.DataFrame) -> None:
        """Add accepted rows."""
        ids = self.ids(table)
        key = table_key(table)
        ids.update(rows[key].dropna())
        names = self.names(table)
        if "name" in rows:
            names.update({folded(str(n)): i for n, i in zip(rows["name"], rows[key], strict=True) if pd.notna(n)})


def _untitled(name: object) -> str:
    """Return a name without the titles after it, to offer candidates with."""
    return folded(str(name).partition(",")[0].strip())


def table_key(table: str) -> str:
    """Return the column that names a row of a table that others refer to."""
    return {
        "frameworks": "framework", "competencies": "competency", "units": "unit", "positions": "position",
        "employees": "employee", "trainings": "training", "budgets": "line", "offerings": "offering",
        "rating_scales": "scale", "accounts": "account",
    }[table]  # fmt: skip


def resolve(rows: Rows, known: KnownIds, every: Sequence[Rows]) -> dict[str, pd.DataFrame]:
    """Check the references of accepted rows; a name that only one row has stands for its id.

    Parameters
    ----------
    rows : Rows of one file.
    known : What is on file, and what this import has accepted of tables before.
    every : The rows of all files of the table, which may refer to each other.

    Returns
    -------
    Units and positions that employees or standards name before anybody imported them, to be stored with it.
    """
    made: dict[str, pd.DataFrame] = {}
    for column in rows.table.columns:
        if column.references is None or column.name not in rows.given:
            continue
        refers_to_own = column.references == rows.table.name
        own = _own_ids(every, column.references)
        ids = known.ids(column.references)
        values = rows.frame[column.name]
        unknown = _is_none_of(values, ids, own)
        if not unknown.any():
            continue
        fresh = [one.frame[~one.refused] for one in every] if refers_to_own else []
        names = known.names_beside(column.references, fresh) if refers_to_own else known.names(column.references)
        by_name = all_folded(values).map(names)
        named = unknown & by_name.notna().to_numpy()
        rows.frame.loc[named, column.name] = by_name[named].astype("str")
        unknown &= ~named
        if rows.table.name in NAMING and column.references in MADE_BY_REFERENCE:
            made |= _make(rows, column.name, column.references, unknown, known)
        else:
            _refuse_unknown(rows, column.name, column.references, unknown, known, ids | own)
    return made


def _is_none_of(values: pd.Series, ids: set[str], own: set[str]) -> np.ndarray:
    """Return which values are no id; a missing one names nothing."""
    places, different = pd.factorize(values)
    unknown = set(different.tolist()) - ids - own
    if not unknown:
        return np.zeros(len(values), dtype=np.bool_)
    return np.array([*(value in unknown for value in different), False], dtype=np.bool_)[places]  # missing is -1, last


def check_parents(every: Sequence[Rows], on_file: pd.DataFrame) -> None:
    """Check that no parents go in a circle; a position that is its own superior is stored without one.

    Parameters
    ----------
    every : The rows of all files of one table.
    on_file : The table as it is.
    """
    bearing = [rows for rows in every if "parent" in rows.given]
    if not bearing:
        return
    key = bearing[0].table.key[0]
    for rows in bearing:
        if (rows.table.name, "parent") in SOFT:
            own = (rows.frame["parent"] == rows.frame[key]).fillna(value=False).to_numpy(dtype=np.bool_)
            for row in np.flatnonzero(own & ~rows.refused).tolist():
                rows.note("parent-circle", "is its own superior; stored without one", severity="warning",
                          line=int(rows.line[row]), column="parent", value=rows.frame["parent"].iloc[row])  # fmt: skip
            rows.frame.loc[own, "parent"] = np.nan
    _refuse_circles(bearing, on_file, "parent")


def check_editions(every: Sequence[Rows], on_file: pd.DataFrame) -> None:
    """Check that no trainings are editions of each other in a circle."""
    _refuse_circles([rows for rows in every if "series" in rows.given], on_file, "series")


def check_prerequisites(every: Sequence[Rows], on_file: pd.DataFrame) -> None:
    """Check that no trainings come before each other in a circle."""
    known = pd.concat([on_file, *[rows.frame[~rows.refused] for rows in every]])
    for rows in every:
        check_order(rows, known)


def _refuse_circles(bearing: Sequence[Rows], on_file: pd.DataFrame, column: str) -> None:
    if not bearing:
        return
    frames = [on_file, *[rows.frame[~rows.refused] for rows in bearing]]
    key = bearing[0].table.key[0]
    above = {child: parent for frame in frames for child, parent in _parents(frame, key, column)}
    for rows in bearing:
        check_circles(rows, above, column)


def _parents(frame: pd.DataFrame, key: str, column: str) -> Iterable[tuple[str, str]]:
    told = frame.dropna(subset=[key, column])
    return zip(told[key], told[column], strict=True)


def refuse_orphans(every: Sequence[Rows], known: KnownIds) -> None:
    """Refuse rows whose parent stands in one of the files and was refused, until all that are left have one.

    Parameters
    ----------
    every : The rows of all files of one table.
    known : What is on file.
    """
    bearing = [rows for rows in every if "parent" in rows.given]
    if not bearing or bearing[0].table.column("parent").references != bearing[0].table.name:
        return
    target, found = bearing[0].table.name, True
    while found:
        found = False
        ids = known.ids(target) | _own_ids(every, target)
        for rows in bearing:
            has = rows.frame["parent"].isna() | rows.frame["parent"].isin(ids)
            orphans = np.flatnonzero(~has.to_numpy() & ~rows.refused)
            rows.refuse_all(orphans, "reference-unknown", "its parent is refused in this file", column="parent")
            found |= bool(len(orphans))


def _refuse_unknown(
    rows: Rows, column: str, target: str, unknown: np.ndarray, known: KnownIds, ids: set[str]
) -> None:  # fmt: skip
    """Refuse rows with a value that is none of the ids, or warn and drop the value where it may be dropped."""
    listed = sorted(ids)
    told: dict[str, tuple[str, str, str]] = {}
    for row in np.flatnonzero(unknown).tolist():
        value = str(rows.frame[column].iloc[row])
        if value not in told:
            told[value] = _why_unknown(value, target, known, listed if len(told) < MOST_SUGGESTIONS else [])
        code, message, hint = told[value]
        if (rows.table.name, column) in SOFT:
            rows.note(code, message, severity="warning", line=int(rows.line[row]), column=column, value=value,
                      table=target, hint=hint)  # fmt: skip
        else:
            rows.refuse(row, code, message, column=column, value=None if message == NATIONAL else value, table=target,
                        hint=hint)  # fmt: skip
    if (rows.table.name, column) in SOFT:
        if rows.table.name == "history":
            title = rows.frame["training_name"]
            rows.frame["training_name"] = title.where(~unknown | title.notna(), rows.frame[column])
        rows.frame.loc[unknown, column] = np.nan


def _own_ids(every: Sequence[Rows], target: str) -> set[str]:
    """Return the ids that the rows bring themselves, where a table refers to itself."""
    own = (rows for rows in every if rows.table.name == target)
    return set().union(*(rows.frame[rows.table.key[0]][~rows.refused].dropna() for rows in own))


def _why_unknown(value: str, target: str, known: KnownIds, listed: list[str]) -> tuple[str, str, str]:
    """Return code, message and hint for a value that names nothing on file."""
    if target == "employees" and is_national(value):
        return "id-national", NATIONAL, ""
    if target == "employees" and not any(map(str.isdigit, value)):
        people = ", ".join(known.people(value)[:MOST_PEOPLE]) or "-"
        return "person-by-name", "people are not matched by name; of this name: {hint}; give the number", people
    parts = [part for part in re.split(r"\s*[,;/\n]\s*", value) if part]
    if len(parts) > 1 and set(parts) <= known.ids(target):
        return "reference-unknown", "names several rows of {table}; give each a line of its own", ""
    hint = suggestion(value, listed) or (suggestion_by_name(value, known.names(target)) if listed else "")
    message = "not on file in {table}; did you mean {hint}?" if hint else "not on file in {table}"
    return "reference-unknown", message, hint


def suggestion_by_name(value: str, names: Mapping[str, str]) -> str:
    """Return the id of the name that looks most like a value; empty when none does."""
    told = folded(value)
    likely = [name for name in names if name[:1] == told[:1] and abs(len(name) - len(told)) <= MOST_LETTERS_AMISS]
    near = difflib.get_close_matches(told, likely[:MOST_SUGGESTED_FROM], n=1, cutoff=NAME_CUTOFF)
    return f"{names[near[0]]} ({near[0]})" if near else ""


def _make(rows: Rows, column: str, target: str, unknown: np.ndarray, known: KnownIds) -> dict[str, pd.DataFrame]:
    """Make units or positions that are named for the first time; what looks like a slip of the pen is refused."""
    on_file = sorted(known.ids(target))
    wanted = sorted(set(rows.frame[column][unknown]))
    needed = set(rows.frame[column][unknown & ~rows.refused])
    folded = {_folded(name): name for name in on_file}
    slips = {v: near for v in wanted if (near := _slip(v, on_file, folded))}
    for row in np.flatnonzero(unknown).tolist():
        value = str(rows.frame[column].iloc[row])
        if value in slips:
            rows.refuse(row, "reference-unknown", "not on file in {table}; did you mean {hint}?", column=column,
                        value=value, table=target, hint=slips[value])  # fmt: skip
    fresh = [value for value in wanted if value not in slips and value in needed]
    names = known.names(target)
    for n_before, value in enumerate(fresh):
        hint = suggestion_by_name(value, names) if n_before < MOST_SUGGESTIONS else ""
        message = (
            "Was not on file in {table} and was made with this name; did you mean {hint}?"
            if hint
            else "Was not on file in {table} and was made with this name."
        )
        rows.note("reference-created", message, severity="warning", column=column, value=value, table=target,
                  hint=hint)  # fmt: skip
    return {target: pd.DataFrame({table_key(target): fresh, "name": fresh})} if fresh else {}


def _folded(code: str) -> str:
    """Return a code without its case and without zeros in front."""
    return code.casefold().lstrip("0")


def _slip(value: str, on_file: list[str], folded: Mapping[str, str]) -> str:
    """Return the id that a value is a slip of the pen of: other case, other zeros in front, or a letter amiss."""
    near = difflib.get_close_matches(value, on_file, n=1, cutoff=0.9)
    return folded.get(_folded(value)) or next(iter(near), "")
